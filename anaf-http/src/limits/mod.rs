//! ANAF's limits: kept before they are reached, corrected by what ANAF says.

mod ledger;
mod minute;

use anaf_types::limits::{PER_MINUTE, PER_MINUTE_2022};

pub(crate) use ledger::{Ledger, until_new_day};
pub(crate) use minute::MinuteGate;

/// What a call does when a limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenReached {
    /// Waits, through the session's clock, until the limit allows the call.
    Wait,
    /// Gives an [`anaf_types::ErrorKind::Quota`] error that says when to come back.
    Refuse,
}

/// Which limits a session keeps, and what it does when one is reached.
///
/// The default: 1000 calls a minute, waited for; the published daily limits, refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Calls a minute, all together; `None` keeps no such limit.
    pub per_minute: Option<u32>,
    /// When the minute's calls are used up: [`WhenReached::Wait`].
    pub minute: WhenReached,
    /// When a day's calls are used up: [`WhenReached::Refuse`].
    pub day: WhenReached,
    /// Whether the daily limits are kept at all.
    pub keep_daily: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self::published()
    }
}

impl Limits {
    /// The published figures: 1000 calls a minute.
    #[must_use]
    pub fn published() -> Self {
        Self {
            per_minute: Some(PER_MINUTE),
            minute: WhenReached::Wait,
            day: WhenReached::Refuse,
            keep_daily: true,
        }
    }

    /// The OAuth guide of 2022: 100 calls a minute.
    #[must_use]
    pub fn guide_of_2022() -> Self {
        Self::published().per_minute(PER_MINUTE_2022)
    }

    /// No limit of ours; ANAF's own remain.
    #[must_use]
    pub fn none() -> Self {
        Self {
            per_minute: None,
            keep_daily: false,
            ..Self::published()
        }
    }

    /// The same with another number of calls a minute; 0 is taken as 1.
    #[must_use]
    pub fn per_minute(mut self, calls: u32) -> Self {
        self.per_minute = Some(calls.max(1));
        self
    }

    /// The same, with what to do when the minute's calls are used up.
    #[must_use]
    pub fn when_minute_is_full(mut self, then: WhenReached) -> Self {
        self.minute = then;
        self
    }

    /// The same, with what to do when a day's calls are used up.
    #[must_use]
    pub fn when_day_is_full(mut self, then: WhenReached) -> Self {
        self.day = then;
        self
    }
}
