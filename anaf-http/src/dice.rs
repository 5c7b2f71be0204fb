//! Chance as an argument.

/// A source of chance, for the jitter of pauses.
pub trait Dice: Send + Sync + std::fmt::Debug {
    /// A number from 0 (included) to 1 (excluded), evenly spread.
    fn roll(&self) -> f64;
}

/// The ordinary generator; not for secrets.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemDice;

impl Dice for SystemDice {
    fn roll(&self) -> f64 {
        fastrand::f64()
    }
}

/// Always the same number, for tests.
#[cfg(any(test, feature = "test-util"))]
#[derive(Clone, Copy, Debug)]
pub struct LoadedDice(pub f64);

#[cfg(any(test, feature = "test-util"))]
impl Dice for LoadedDice {
    fn roll(&self) -> f64 {
        self.0
    }
}
