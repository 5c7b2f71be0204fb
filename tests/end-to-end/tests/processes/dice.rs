//! Chance for tests: which process, and when.

/// A source of chance.
pub(crate) struct Dice(std::cell::Cell<u64>);

impl Dice {
    pub(crate) fn new() -> Self {
        use std::hash::{BuildHasher as _, RandomState};
        Self(std::cell::Cell::new(RandomState::new().hash_one(0)))
    }

    pub(crate) fn below(&self, limit: u64) -> u64 {
        // A linear congruential generator; its high bits are good enough for a moment to kill in.
        let next = self
            .0
            .get()
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0.set(next);
        (next >> 33) % limit
    }
}
