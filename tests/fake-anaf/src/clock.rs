//! The fake's clock: real, set by hand, or borrowed from the test; and ANAF's ways of writing a moment down.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

/// Where the fake reads the time. Clones share it.
///
/// Everything that depends on time (codes, tokens, processing, lists, limits, UITs) reads this clock, so a test can
/// move through ninety days in a millisecond. Only delays of answers are real time.
#[derive(Clone)]
pub struct FakeClock(Arc<Mutex<Source>>);

enum Source {
    Real { offset: SignedDuration },
    Manual(Timestamp),
    Shared { read: Read, offset: SignedDuration },
}

type Read = Arc<dyn Fn() -> Timestamp + Send + Sync>;

impl FakeClock {
    /// The machine's clock.
    pub fn real() -> Self {
        Self::from_source(Source::Real {
            offset: SignedDuration::ZERO,
        })
    }

    /// A clock that stands still at `start` until it is moved.
    pub fn manual(start: Timestamp) -> Self {
        Self::from_source(Source::Manual(start))
    }

    /// A clock that asks `read` each time: give it the reading function of the client's own manual clock, and both
    /// sides live in the same time.
    pub fn shared(read: Arc<dyn Fn() -> Timestamp + Send + Sync>) -> Self {
        Self::from_source(Source::Shared {
            read,
            offset: SignedDuration::ZERO,
        })
    }

    fn from_source(source: Source) -> Self {
        Self(Arc::new(Mutex::new(source)))
    }

    fn with<T>(&self, f: impl FnOnce(&mut Source) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.with(|source| source.now())
    }

    /// Moves the clock to `to`. A real or shared clock keeps running from there, by an offset.
    pub fn set(&self, to: Timestamp) {
        let by = self.now().duration_until(to);
        self.advance(by);
    }

    /// Moves the clock by `by`, which may be negative. A real or shared clock keeps running from there, by an offset.
    pub fn advance(&self, by: SignedDuration) {
        self.with(|source| match source {
            Source::Manual(at) => *at = later(*at, by),
            Source::Real { offset } | Source::Shared { offset, .. } => {
                *offset = offset.saturating_add(by)
            }
        });
    }
}

impl Source {
    fn now(&self) -> Timestamp {
        match self {
            Self::Real { offset } => later(Timestamp::now(), *offset),
            Self::Manual(at) => *at,
            Self::Shared { read, offset } => later(read(), *offset),
        }
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::real()
    }
}

impl fmt::Debug for FakeClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FakeClock({})", self.now())
    }
}

/// `at + by`, held inside the range that a timestamp can express.
pub(crate) fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(at)
}

/// A moment in Bucharest.
pub(crate) fn bucharest(at: Timestamp) -> Zoned {
    // The time zone database is bundled; UTC is what a broken build of it would leave us with.
    at.to_zoned(TimeZone::get("Europe/Bucharest").unwrap_or(TimeZone::UTC))
}

/// The calendar day in Bucharest: what daily limits and UITs count by.
pub(crate) fn day(at: Timestamp) -> Date {
    bucharest(at).date()
}

/// `09-07-2022 10:41:11`, as error texts and list titles quote it.
pub(crate) fn quoted(at: Timestamp) -> String {
    bucharest(at).strftime("%d-%m-%Y %H:%M:%S").to_string()
}

/// `202211011336`, as `dateResponse` and `data_creare` are written.
pub(crate) fn minute(at: Timestamp) -> String {
    bucharest(at).strftime("%Y%m%d%H%M").to_string()
}

/// `20221101133659`, as e-Transport's `data_creare` is written.
pub(crate) fn second(at: Timestamp) -> String {
    bucharest(at).strftime("%Y%m%d%H%M%S").to_string()
}

/// `2022-03-07T11:16:41.957+00:00`, as the 404 bodies are written.
pub(crate) fn iso_millis(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00")
        .to_string()
}

/// `2026-01-20`, as the duplicate text quotes the day of the original upload.
pub(crate) fn iso_day(at: Timestamp) -> String {
    day(at).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_romanian_time() {
        let at: Timestamp = "2026-07-30T12:15:27.5Z".parse().unwrap();
        assert_eq!(quoted(at), "30-07-2026 15:15:27");
        assert_eq!(minute(at), "202607301515");
        assert_eq!(second(at), "20260730151527");
        assert_eq!(iso_millis(at), "2026-07-30T12:15:27.500+00:00");
        let winter: Timestamp = "2026-01-20T22:30:00Z".parse().unwrap();
        assert_eq!(iso_day(winter), "2026-01-21");
    }

    #[test]
    fn every_kind_of_clock_can_be_moved() {
        let start: Timestamp = "2026-01-20T22:30:00Z".parse().unwrap();
        for clock in [
            FakeClock::manual(start),
            FakeClock::shared(Arc::new(move || start)),
            FakeClock::real(),
        ] {
            clock.set(start);
            clock.advance(SignedDuration::from_hours(24));
            let off = clock.now().duration_since(start) - SignedDuration::from_hours(24);
            assert!(off.abs() < SignedDuration::from_secs(5), "{off:?}");
        }
    }
}
