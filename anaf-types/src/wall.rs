//! Romanian wall time: ANAF prints local time (Europe/Bucharest) in several formats and counts its days by it.

use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::sync::LazyLock;

/// The formats that ANAF's answers use, beside the digits alone.
const FORMATS: [(&str, usize); 4] = [
    ("%d-%m-%Y %H:%M:%S", 19),
    ("%Y-%m-%dT%H:%M:%S", 19),
    ("%Y-%m-%d %H:%M:%S", 19),
    ("%d.%m.%Y %H:%M:%S", 19),
];

static BUCHAREST: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Bucharest").unwrap_or(TimeZone::UTC));

/// The time zone by which ANAF prints times and counts days. Its data is built into the program.
#[must_use]
pub fn bucharest() -> TimeZone {
    BUCHAREST.clone()
}

/// Reads a date and time as ANAF prints it: `202108051140`, `20210805114059`, `05-08-2021 12:04:01`,
/// `2024-06-24T00:00:00` (fractions of a second and an offset are ignored), or a bare date.
///
/// `None` for anything else: an unreadable date must not lose the answer it stands in.
#[must_use]
pub fn parse(text: &str) -> Option<DateTime> {
    let text = text.trim();
    if !text.is_ascii() {
        return None;
    }
    if matches!(text.len(), 12 | 14) {
        return parse_digits(text.as_bytes());
    }
    for (format, len) in FORMATS {
        let head = text.get(..len);
        if let Some(read) = head.and_then(|h| strtime::parse(format, h).ok()) {
            return read.to_datetime().ok();
        }
    }
    parse_date(text).map(|d| d.at(0, 0, 0, 0))
}

/// `202108051140` and `20210805114059`: by hand, for a page of a list has five hundred of them.
fn parse_digits(text: &[u8]) -> Option<DateTime> {
    let number = |from: usize, to: usize| -> Option<i16> {
        text.get(from..to)?.iter().try_fold(0_i16, |sum, b| {
            b.is_ascii_digit().then(|| sum * 10 + i16::from(b - b'0'))
        })
    };
    let small = |from: usize| i8::try_from(number(from, from + 2)?).ok();
    let second = match text.len() {
        14 => small(12)?,
        _ => 0,
    };
    DateTime::new(
        number(0, 4)?,
        small(4)?,
        small(6)?,
        small(8)?,
        small(10)?,
        second,
        0,
    )
    .ok()
}

/// Reads a date alone: `2024-06-24`, `24-06-2024`, `24.06.2024`, `20240624`.
#[must_use]
pub fn parse_date(text: &str) -> Option<Date> {
    ["%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d"]
        .iter()
        .filter(|f| text.len() == if **f == "%Y%m%d" { 8 } else { 10 })
        .find_map(|f| strtime::parse(f, text).ok()?.to_date().ok())
}

/// The instant of a wall time in Bucharest. In the hour that autumn repeats, the earlier one; in the hour that
/// spring skips, the later: jiff's "compatible" rule.
#[must_use]
pub fn instant(wall: DateTime) -> Option<Timestamp> {
    wall.to_zoned(bucharest()).ok().map(|z| z.timestamp())
}

/// What a clock on the wall in Bucharest shows at an instant.
#[must_use]
pub fn at(instant: Timestamp) -> DateTime {
    zoned(instant).datetime()
}

/// The calendar day in Bucharest at an instant: the day that daily limits count by.
#[must_use]
pub fn day(instant: Timestamp) -> Date {
    at(instant).date()
}

/// The first instant of the next calendar day in Bucharest: when the daily limits start anew.
#[must_use]
pub fn next_midnight(now: Timestamp) -> Timestamp {
    zoned(now)
        .tomorrow()
        .and_then(|z| z.start_of_day())
        .map_or(Timestamp::MAX, |z| z.timestamp())
}

/// `05-08-2021 12:04:01`, as ANAF's messages print time.
#[must_use]
pub fn print(instant: Timestamp) -> String {
    at(instant).strftime("%d-%m-%Y %H:%M:%S").to_string()
}

fn zoned(instant: Timestamp) -> Zoned {
    instant.to_zoned(bucharest())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, datetime};
    use proptest::prelude::*;

    #[test]
    fn every_format_of_the_wire() {
        let cases = [
            ("202108051140", Some(datetime(2021, 8, 5, 11, 40, 0, 0))),
            ("20210805114059", Some(datetime(2021, 8, 5, 11, 40, 59, 0))),
            (
                "05-08-2021 12:04:01",
                Some(datetime(2021, 8, 5, 12, 4, 1, 0)),
            ),
            (
                "2024-06-24T00:00:00",
                Some(datetime(2024, 6, 24, 0, 0, 0, 0)),
            ),
            (
                "2022-09-07T12:33:24.284+00:00",
                Some(datetime(2022, 9, 7, 12, 33, 24, 0)),
            ),
            (" 2026-01-20 ", Some(datetime(2026, 1, 20, 0, 0, 0, 0))),
            ("20-01-2026", Some(datetime(2026, 1, 20, 0, 0, 0, 0))),
            ("202113051140", None),
            ("20210805114061", None),
            ("2021080511x0", None),
            ("+21080511405", None),
            ("31-02-2021 12:04:01", None),
            ("", None),
            ("mâine", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_zone_is_built_in_and_days_turn_at_its_midnight() {
        let summer: Timestamp = "2026-07-30T21:30:00Z".parse().unwrap();
        assert_eq!(day(summer), date(2026, 7, 31));
        assert_eq!(print(summer), "31-07-2026 00:30:00");
        let before_dst: Timestamp = "2026-03-28T22:30:00Z".parse().unwrap();
        assert_eq!(
            next_midnight(before_dst).to_string(),
            "2026-03-29T21:00:00Z"
        );
        assert_eq!(
            instant(datetime(2026, 1, 1, 2, 0, 0, 0))
                .unwrap()
                .to_string(),
            "2026-01-01T00:00:00Z"
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn reads_what_it_prints(second in 0_i64..4_000_000_000) {
            let now = Timestamp::from_second(second).unwrap();
            prop_assert_eq!(parse(&print(now)), Some(at(now)));
        }
    }
}
