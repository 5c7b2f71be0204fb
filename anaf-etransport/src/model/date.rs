//! Dates as XML Schema writes them.

use std::fmt;

use jiff::civil::{Date, DateTime};

/// A date, with a zone where the document writes one (`2024-06-01+03:00`). Dates of this crate's own making have none:
/// they are Romanian calendar days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct XmlDate {
    /// The calendar day.
    pub date: Date,
    /// The zone in minutes east of Greenwich, where one is written.
    pub zone: Option<i16>,
}

/// A moment, with a zone where the document writes one. Without one it is Romanian wall time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct XmlDateTime {
    /// Day and time of day.
    pub at: DateTime,
    /// The zone in minutes east of Greenwich, where one is written.
    pub zone: Option<i16>,
}

impl From<Date> for XmlDate {
    fn from(date: Date) -> Self {
        Self { date, zone: None }
    }
}

impl From<DateTime> for XmlDateTime {
    fn from(at: DateTime) -> Self {
        Self { at, zone: None }
    }
}

impl From<jiff::Timestamp> for XmlDateTime {
    /// The Romanian wall time of an instant, to the second.
    fn from(instant: jiff::Timestamp) -> Self {
        let at = anaf_types::wall::at(instant);
        Self {
            at: at.with().subsec_nanosecond(0).build().unwrap_or(at),
            zone: None,
        }
    }
}

impl fmt::Display for XmlDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_day(f, self.date)?;
        write_zone(f, self.zone)
    }
}

impl fmt::Display for XmlDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at;
        write_day(f, at.date())?;
        write!(f, "T{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())?;
        if at.subsec_nanosecond() != 0 {
            let fraction = format!("{:09}", at.subsec_nanosecond());
            write!(f, ".{}", fraction.trim_end_matches('0'))?;
        }
        write_zone(f, self.zone)
    }
}

fn write_day(f: &mut fmt::Formatter<'_>, date: Date) -> fmt::Result {
    let sign = if date.year() < 0 { "-" } else { "" };
    write!(
        f,
        "{sign}{:04}-{:02}-{:02}",
        date.year().unsigned_abs(),
        date.month(),
        date.day()
    )
}

fn write_zone(f: &mut fmt::Formatter<'_>, zone: Option<i16>) -> fmt::Result {
    match zone {
        None => Ok(()),
        Some(0) => f.write_str("Z"),
        Some(minutes) => {
            let sign = if minutes < 0 { '-' } else { '+' };
            let minutes = minutes.unsigned_abs();
            write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    }
}
