//! `xs:date` and `xs:dateTime`, with the lexical forms that libxml2 takes: no white space around, no year 0, years
//! beyond four digits without leading zero, zones up to 14 hours, `24:00:00` for the end of a day.

/// The parts of a date as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrittenDate {
    pub(crate) year: i64,
    pub(crate) month: u8,
    pub(crate) day: u8,
}

/// The parts of a time of day as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrittenTime<'t> {
    pub(crate) hour: u8,
    pub(crate) minute: u8,
    pub(crate) second: u8,
    /// The digits after the point of the seconds.
    pub(crate) fraction: &'t str,
}

/// A zone in minutes east of Greenwich.
pub(crate) type Zone = Option<i16>;

/// Reads an `xs:date`.
pub(crate) fn date(text: &str) -> Option<(WrittenDate, Zone)> {
    let (date, rest) = take_date(text)?;
    Some((date, zone(rest)?))
}

/// Reads an `xs:dateTime`.
pub(crate) fn date_time(text: &str) -> Option<(WrittenDate, WrittenTime<'_>, Zone)> {
    let (date, rest) = take_date(text)?;
    let (hour, rest) = two(rest.strip_prefix('T')?)?;
    let (minute, rest) = two(rest.strip_prefix(':')?)?;
    let (second, rest) = two(rest.strip_prefix(':')?)?;
    let (fraction, rest) = match rest.strip_prefix('.') {
        None => ("", rest),
        Some(rest) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 {
                return None;
            }
            rest.split_at_checked(digits)?
        }
    };
    let end_of_day =
        hour == 24 && minute == 0 && second == 0 && fraction.bytes().all(|b| b == b'0');
    if (hour > 23 && !end_of_day) || minute > 59 || second > 59 {
        return None;
    }
    Some((
        date,
        WrittenTime {
            hour,
            minute,
            second,
            fraction,
        },
        zone(rest)?,
    ))
}

fn take_date(text: &str) -> Option<(WrittenDate, &str)> {
    let (negative, rest) = text
        .strip_prefix('-')
        .map_or((false, text), |rest| (true, rest));
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (year, rest) = rest.split_at_checked(digits)?;
    if digits < 4 || (digits > 4 && year.starts_with('0')) {
        return None;
    }
    let year: i64 = year.parse().ok().filter(|year| *year != 0)?;
    let (month, rest) = two(rest.strip_prefix('-')?)?;
    let (day, rest) = two(rest.strip_prefix('-')?)?;
    let fits = (1..=12).contains(&month) && day >= 1 && day <= days_in(year, month);
    fits.then_some((
        WrittenDate {
            year: if negative { -year } else { year },
            month,
            day,
        },
        rest,
    ))
}

const fn days_in(year: i64, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

fn two(text: &str) -> Option<(u8, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((digits.parse().ok()?, rest))
}

/// `Z`, `+hh:mm`, `-hh:mm` or nothing. The outer `None` is a fault.
fn zone(text: &str) -> Option<Zone> {
    let (sign, rest) = match text.as_bytes().first() {
        None => return Some(None),
        Some(b'Z') if text.len() == 1 => return Some(Some(0)),
        Some(b'+') => (1, text.get(1..)?),
        Some(b'-') => (-1, text.get(1..)?),
        Some(_) => return None,
    };
    let (hours, rest) = two(rest)?;
    let (minutes, rest) = two(rest.strip_prefix(':')?)?;
    let total = i16::from(hours) * 60 + i16::from(minutes);
    (rest.is_empty() && minutes < 60 && total <= 14 * 60).then_some(Some(sign * total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_libxml2_takes_them() {
        for good in [
            "2024-01-01",
            "2024-01-01Z",
            "2024-01-01+14:00",
            "12024-01-01",
            "-0001-01-01",
            "2024-02-29",
            "2000-02-29",
            "-0004-02-29",
            "9223372036854775807-01-01",
        ] {
            assert!(date(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "2024-01-32",
            "2024-13-01",
            " 2024-01-01",
            "2024-00-10",
            "2024-01-00",
            "0000-01-01",
            "2023-02-29",
            "20240101",
            "2024-01",
            "999-01-01",
            "00024-01-01",
            "２０２４-01-01",
            "2024-01-01-14:01",
            "1900-02-29",
            "2024-01-01T00:00:00",
            "+2024-01-01",
            "9223372036854775808-01-01",
            "2024-01-01z",
            "2024-01-01+3:00",
        ] {
            assert!(date(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn times_as_libxml2_takes_them() {
        for good in [
            "2024-06-01T10:00:00",
            "2024-06-01T10:00:00-14:00",
            "2024-06-01T10:00:00.123456789123",
            "2024-06-01T24:00:00",
            "2024-06-01T24:00:00.00",
        ] {
            assert!(date_time(good).is_some(), "{good}");
        }
        for bad in [
            "2024-06-01",
            "2024-06-01T10:00:00.",
            "2024-06-01T24:00:01",
            "2024-06-01T10:00:60",
            "2024-06-01t10:00:00",
            "2024-06-01T10:00",
            "2024-06-01T10:00:00+99:00",
            "2024-06-01T10:00:00 Z",
        ] {
            assert!(date_time(bad).is_none(), "{bad}");
        }
    }
}
