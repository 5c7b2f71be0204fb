//! How long a UIT lives, and what may still be changed.

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use crate::codes::Operation;

/// How many days before the transport a UIT may be asked for at the earliest.
const DAYS_AHEAD: i64 = 3;

/// The days of a UIT. All days are calendar days in Romania, whatever the machine's time zone.
///
/// ```
/// use anaf_etransport::codes::Operation;
/// use anaf_etransport::{Stage, Validity};
/// use jiff::civil::date;
///
/// let validity = Validity::of(Operation::Domestic, date(2026, 11, 23));
/// assert_eq!(validity.opens(), date(2026, 11, 20));
/// assert_eq!(validity.last_day(), date(2026, 11, 27));
/// // Half past eleven at night in Greenwich is the next day in Bucharest.
/// assert_eq!(validity.stage("2026-11-27T21:59:59Z".parse()?), Stage::Valid);
/// assert_eq!(validity.stage("2026-11-27T22:00:00Z".parse()?), Stage::Expired);
/// # Ok::<(), jiff::Error>(())
/// ```
///
/// Source: ANAF's e-Transport guide: at most 3 days before the transport date; 5 calendar days counting that date, 15
/// for AIC, LHI, LHE, SCI, SCE and DIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Validity {
    transport: Date,
    days: u8,
}

/// Where a UIT stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// The transport is too far ahead: no UIT may be asked for yet.
    TooEarly,
    /// The UIT may be asked for; the day of the transport has not come.
    Ahead,
    /// The UIT is valid.
    Valid,
    /// The days are over.
    Expired,
}

/// Whether the vehicle has begun to move on Romanian roads. ANAF does not know; the declarant does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Movement {
    /// It stands.
    NotStarted,
    /// It moves, or has moved.
    Started,
}

/// What may still be filed about a UIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Changes {
    /// A correction of the notification.
    pub correction: bool,
    /// A deletion of the notification.
    pub deletion: bool,
    /// A change of vehicle.
    pub vehicle: bool,
    /// A confirmation: from the day of the transport on. The published rules name no last day for it.
    pub confirmation: bool,
}

impl Validity {
    /// The days of a UIT for this operation, with the road in Romania starting on this day.
    pub const fn of(operation: Operation, transport: Date) -> Self {
        Self {
            transport,
            days: operation.validity_days(),
        }
    }

    /// The first day on which the UIT may be asked for.
    pub fn opens(&self) -> Date {
        self.transport.saturating_sub(Span::new().days(DAYS_AHEAD))
    }

    /// The first day on which the UIT is valid: that of the transport.
    pub const fn first_day(&self) -> Date {
        self.transport
    }

    /// The last day on which the UIT is valid, to its midnight in Romania.
    pub fn last_day(&self) -> Date {
        self.transport
            .saturating_add(Span::new().days(i64::from(self.days) - 1))
    }

    /// Where the UIT stands at an instant.
    pub fn stage(&self, now: Timestamp) -> Stage {
        let today = anaf_types::wall::day(now);
        if today < self.opens() {
            Stage::TooEarly
        } else if today < self.transport {
            Stage::Ahead
        } else if today <= self.last_day() {
            Stage::Valid
        } else {
            Stage::Expired
        }
    }

    /// What may still be filed at an instant: everything until the movement starts, then the vehicle alone.
    pub fn changes(&self, now: Timestamp, movement: Movement) -> Changes {
        let stage = self.stage(now);
        let alive = matches!(stage, Stage::Ahead | Stage::Valid);
        let whole = alive && movement == Movement::NotStarted;
        Changes {
            correction: whole,
            deletion: whole,
            vehicle: alive,
            confirmation: matches!(stage, Stage::Valid | Stage::Expired),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn five_days_or_fifteen_counting_the_first() {
        for operation in Operation::ALL {
            let validity = Validity::of(*operation, date(2026, 2, 26));
            let last = if operation.validity_days() == 15 {
                date(2026, 3, 12)
            } else {
                date(2026, 3, 2)
            };
            assert_eq!(validity.last_day(), last, "{operation:?}");
            assert_eq!(validity.opens(), date(2026, 2, 23));
        }
    }

    #[test]
    fn days_begin_at_midnight_in_bucharest_in_summer_and_winter() {
        let cases = [
            // Winter: two hours ahead of Greenwich.
            (date(2026, 1, 10), "2026-01-06T21:59:59Z", Stage::TooEarly),
            (date(2026, 1, 10), "2026-01-06T22:00:00Z", Stage::Ahead),
            (date(2026, 1, 10), "2026-01-09T22:00:00Z", Stage::Valid),
            (date(2026, 1, 10), "2026-01-14T21:59:59Z", Stage::Valid),
            (date(2026, 1, 10), "2026-01-14T22:00:00Z", Stage::Expired),
            // Summer: three.
            (date(2026, 7, 10), "2026-07-09T20:59:59Z", Stage::Ahead),
            (date(2026, 7, 10), "2026-07-09T21:00:00Z", Stage::Valid),
            // Across the change of clocks on 29 March 2026.
            (date(2026, 3, 27), "2026-03-31T20:59:59Z", Stage::Valid),
            (date(2026, 3, 27), "2026-03-31T21:00:00Z", Stage::Expired),
        ];
        for (day, at, stage) in cases {
            assert_eq!(
                Validity::of(Operation::Domestic, day).stage(at.parse().unwrap()),
                stage,
                "{day} {at}"
            );
        }
    }

    #[test]
    fn after_the_start_only_the_vehicle_may_change() {
        let validity = Validity::of(Operation::Domestic, date(2026, 1, 10));
        let now = "2026-01-11T10:00:00Z".parse().unwrap();
        let all = Changes {
            correction: true,
            deletion: true,
            vehicle: true,
            confirmation: true,
        };
        assert_eq!(validity.changes(now, Movement::NotStarted), all);
        let moving = Changes {
            correction: false,
            deletion: false,
            ..all
        };
        assert_eq!(validity.changes(now, Movement::Started), moving);
        let late = validity.changes("2026-01-20T10:00:00Z".parse().unwrap(), Movement::Started);
        assert_eq!(
            late,
            Changes {
                vehicle: false,
                ..moving
            }
        );
    }

    #[test]
    fn the_ends_of_the_calendar_do_not_panic() {
        for day in [Date::MIN, Date::MAX] {
            let validity = Validity::of(Operation::Import, day);
            let _ = (
                validity.opens(),
                validity.last_day(),
                validity.stage(Timestamp::MAX),
            );
        }
    }
}
