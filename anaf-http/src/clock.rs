//! Time as an argument: what the clock shows, and how to wait.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// A future of [`Clock::sleep`].
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A source of time. Everything in this family that reads a clock or waits does it through one.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// What the wall clock shows. It may jump.
    fn now(&self) -> Timestamp;

    /// Time since some fixed moment; it never goes back.
    fn monotonic(&self) -> Duration;

    /// Waits. A zero duration may return at once.
    fn sleep(&self, duration: Duration) -> Sleep;
}

/// The machine's clock, and tokio's timer.
#[derive(Clone, Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// The machine's clock.
    #[must_use]
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

#[cfg(any(test, feature = "test-util"))]
pub use manual::ManualClock;

#[cfg(any(test, feature = "test-util"))]
mod manual {
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    use tokio::sync::oneshot;

    use super::{Clock, Duration, Sleep, Timestamp};

    /// A clock moved by hand, for tests. Clones share the time.
    ///
    /// By default a sleeper waits until somebody calls [`ManualClock::advance`]. A clock made with
    /// [`ManualClock::auto`] moves itself: each sleep advances the time by its length and returns, so a five-hour
    /// wait takes no time at all.
    #[derive(Clone, Debug)]
    pub struct ManualClock {
        state: Arc<Mutex<State>>,
        auto: bool,
    }

    #[derive(Debug)]
    struct State {
        wall: Timestamp,
        monotonic: Duration,
        slept: Duration,
        sleepers: Vec<(Duration, oneshot::Sender<()>)>,
    }

    impl ManualClock {
        /// A clock that shows `now` and stands still until it is moved.
        #[must_use]
        pub fn new(now: Timestamp) -> Self {
            Self {
                state: Arc::new(Mutex::new(State {
                    wall: now,
                    monotonic: Duration::ZERO,
                    slept: Duration::ZERO,
                    sleepers: Vec::new(),
                })),
                auto: false,
            }
        }

        /// A clock that moves itself by the length of each sleep.
        #[must_use]
        pub fn auto(now: Timestamp) -> Self {
            Self {
                auto: true,
                ..Self::new(now)
            }
        }

        fn state(&self) -> MutexGuard<'_, State> {
            self.state.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// Moves the time forward and wakes the sleepers whose time has come.
        pub fn advance(&self, by: Duration) {
            let mut state = self.state();
            state.monotonic += by;
            state.wall = state.wall.saturating_add(by).unwrap_or(Timestamp::MAX);
            let now = state.monotonic;
            let (due, rest) = std::mem::take(&mut state.sleepers)
                .into_iter()
                .partition(|(at, _)| *at <= now);
            state.sleepers = rest;
            drop(state);
            let due: Vec<(Duration, oneshot::Sender<()>)> = due;
            for (_, wake) in due {
                // A sleeper that was dropped needs no waking.
                let _ = wake.send(());
            }
        }

        /// Sets the wall clock alone, as an administrator or NTP would; sleepers do not notice.
        pub fn set_wall(&self, now: Timestamp) {
            self.state().wall = now;
        }

        /// How long all sleeps of this clock were, together.
        #[must_use]
        pub fn slept(&self) -> Duration {
            self.state().slept
        }

        /// How many sleepers wait now.
        #[must_use]
        pub fn sleepers(&self) -> usize {
            self.state().sleepers.len()
        }
    }

    impl Clock for ManualClock {
        fn now(&self) -> Timestamp {
            self.state().wall
        }

        fn monotonic(&self) -> Duration {
            self.state().monotonic
        }

        fn sleep(&self, duration: Duration) -> Sleep {
            self.state().slept += duration;
            if duration.is_zero() {
                return Box::pin(tokio::task::yield_now());
            }
            if self.auto {
                self.advance(duration);
                return Box::pin(tokio::task::yield_now());
            }
            let (wake, woken) = oneshot::channel();
            let mut state = self.state();
            let at = state.monotonic + duration;
            state.sleepers.push((at, wake));
            Box::pin(async move {
                // The sender is dropped only with the clock itself.
                let _ = woken.await;
            })
        }
    }
}
