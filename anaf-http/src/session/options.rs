//! The options of one call.

use crate::{RetryPolicy, Timeouts, WhenReached};

/// What one call may do otherwise than its session.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct CallOptions {
    pub(super) timeouts: Option<Timeouts>,
    pub(super) cap: Option<usize>,
    pub(super) retry: Option<RetryPolicy>,
    pub(super) minute: Option<WhenReached>,
    pub(super) day: Option<WhenReached>,
}

impl CallOptions {
    /// As the session does.
    pub fn new() -> Self {
        Self::default()
    }

    /// Other times for this call.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = Some(timeouts);
        self
    }

    /// Another cap on the answer's body, in bytes.
    pub fn cap(mut self, bytes: usize) -> Self {
        self.cap = Some(bytes);
        self
    }

    /// Another retry policy.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = Some(retry);
        self
    }

    /// What to do when the minute's calls are used up.
    pub fn when_minute_is_full(mut self, then: WhenReached) -> Self {
        self.minute = Some(then);
        self
    }

    /// What to do when a day's calls are used up.
    pub fn when_day_is_full(mut self, then: WhenReached) -> Self {
        self.day = Some(then);
        self
    }

    /// What to do when a limit, the minute's or the day's, is reached.
    pub fn when_reached(self, then: WhenReached) -> Self {
        self.when_minute_is_full(then).when_day_is_full(then)
    }
}
