//! When a call is tried again, and after which pause.

use std::time::Duration;

use anaf_types::{Delivery, Error, ErrorKind, QuotaScope};

use crate::Dice;

/// How often and how long a call is tried.
///
/// Only what is safe is tried again: a call that files nothing, or one that was provably not sent; and only on
/// failures to connect, broken connections, timeouts, HTTP 429 and 5xx. Pauses are chosen with full jitter: evenly
/// from zero to a bound that doubles each time. A `Retry-After` is obeyed, not shortened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How many times a call is sent at the most, the first included: 4.
    pub attempts: u32,
    /// The bound of the first pause: 500 ms.
    pub base: Duration,
    /// The largest bound: 20 s.
    pub cap: Duration,
    /// No pause begins that would end later than this after the call's beginning, waits for limits left out: 3 minutes.
    pub total: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(20),
            total: Duration::from_secs(180),
        }
    }
}

impl RetryPolicy {
    /// Never tries again.
    #[must_use]
    pub fn never() -> Self {
        Self::default().attempts(1)
    }

    /// The same with another number of attempts.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The same with other bounds of the first and of the longest pause.
    #[must_use]
    pub fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.base = base;
        self.cap = cap;
        self
    }

    /// The same with another bound on the whole.
    #[must_use]
    pub fn total(mut self, total: Duration) -> Self {
        self.total = total;
        self
    }

    /// The pause before the next attempt, or `None` to give up.
    ///
    /// `attempt` counts from 1; `spent` is the time since the call began; `files` says that the call is not
    /// idempotent.
    #[must_use]
    pub fn pause(
        &self,
        error: &Error,
        files: bool,
        attempt: u32,
        spent: Duration,
        dice: &dyn Dice,
    ) -> Option<Duration> {
        if attempt >= self.attempts || !Self::is_safe(error, files) || !Self::can_help(error) {
            return None;
        }
        let doubled = self
            .base
            .saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1).min(20)));
        let bound = doubled.min(self.cap);
        let jitter = bound.mul_f64(dice.roll().clamp(0.0, 1.0));
        // Everybody who was told the same time would come back in the same instant without the jitter.
        let pause = error
            .retry_after()
            .map_or(jitter, |asked| asked + jitter.min(self.base));
        (spent + pause <= self.total).then_some(pause)
    }

    fn is_safe(error: &Error, files: bool) -> bool {
        !files || error.delivery() == Delivery::NotSent
    }

    fn can_help(error: &Error) -> bool {
        match error.kind() {
            ErrorKind::Connect
            | ErrorKind::Timeout
            | ErrorKind::ConnectionLost
            | ErrorKind::Truncated
            | ErrorKind::Server => true,
            // A refusal of our own ledger was not sent, and will be the same again.
            ErrorKind::Quota => {
                error.quota_scope() == Some(QuotaScope::Minute)
                    && error.delivery() == Delivery::Answered
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::LoadedDice;
    use proptest::prelude::*;

    const HALF: LoadedDice = LoadedDice(0.5);

    #[test]
    fn what_is_tried_again() {
        use Delivery::{Answered, MaybeSent, NotSent};
        use ErrorKind as K;
        // kind, delivery, files → tried again
        let cases = [
            (K::Connect, NotSent, false, true),
            (K::Connect, NotSent, true, true),
            (K::Timeout, NotSent, true, true),
            (K::Timeout, MaybeSent, true, false),
            (K::Timeout, MaybeSent, false, true),
            (K::ConnectionLost, MaybeSent, true, false),
            (K::ConnectionLost, MaybeSent, false, true),
            (K::Server, Answered, false, true),
            (K::Server, Answered, true, false),
            (K::Truncated, Answered, false, true),
            (K::Empty, Answered, false, false),
            (K::Technical, Answered, false, false),
            (K::NoRight, Answered, false, false),
            (K::Firewall, Answered, false, false),
            (K::ConcurrentTokens, Answered, false, false),
            (K::InvalidInput, NotSent, true, false),
        ];
        for (kind, delivery, files, expected) in cases {
            let e = Error::new(kind).delivered(delivery);
            let pause = RetryPolicy::default().pause(&e, files, 1, Duration::ZERO, &HALF);
            assert_eq!(pause.is_some(), expected, "{kind:?} {delivery:?} {files}");
        }
    }

    #[test]
    fn limits_are_obeyed_not_hammered() {
        let policy = RetryPolicy::default();
        let minute = Error::new(ErrorKind::Quota)
            .with_quota(QuotaScope::Minute, None)
            .with_retry_after(Some(Duration::from_secs(30)))
            .delivered(Delivery::Answered);
        let pause = policy.pause(&minute, false, 1, Duration::ZERO, &HALF);
        assert_eq!(pause, Some(Duration::from_millis(30_250)));
        assert_eq!(
            policy.pause(&minute, false, 1, Duration::from_secs(170), &HALF),
            None,
            "the total is kept"
        );
        let day = Error::new(ErrorKind::Quota)
            .with_quota(QuotaScope::Day, Some(10))
            .delivered(Delivery::Answered);
        assert_eq!(policy.pause(&day, false, 1, Duration::ZERO, &HALF), None);
    }

    proptest! {
        #[test]
        fn pauses_stay_in_their_bounds(attempt in 1_u32..100, roll in 0.0_f64..1.0, spent in 0_u64..400) {
            let policy = RetryPolicy::default().attempts(1000);
            let e = Error::new(ErrorKind::Connect);
            let spent = Duration::from_secs(spent);
            if let Some(pause) = policy.pause(&e, true, attempt, spent, &LoadedDice(roll)) {
                prop_assert!(pause <= policy.cap);
                prop_assert!(spent + pause <= policy.total);
            }
        }
    }
}
