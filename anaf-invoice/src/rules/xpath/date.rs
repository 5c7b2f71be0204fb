//! `xs:date`: the lexical form, and the order by which the official rules compare two of them.

use super::{Undetermined, xml_trim};

/// A date as the minute in which it starts, counted from an arbitrary day: enough to compare two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date(i128);

impl Date {
    /// `xs:date($text)`. A date without a zone starts at midnight UTC, as on the official processor.
    ///
    /// # Errors
    ///
    /// `FORG0001` where the text is no date.
    pub(crate) fn parse(text: &str) -> Result<Date, Undetermined> {
        parse(xml_trim(text)).ok_or(Undetermined::NotAValue)
    }
}

fn parse(text: &str) -> Option<Date> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (year, rest) = text.split_once('-')?;
    // Four digits or more; more than four do not start with a zero.
    if year.len() < 4 || year.len() > 9 || (year.len() > 4 && year.starts_with('0')) {
        return None;
    }
    let year = number(year)? * if negative { -1 } else { 1 };
    let (month, rest) = rest.split_once('-')?;
    let (day, zone) = rest.split_at_checked(2)?;
    let (month, day) = (number(month).filter(|_| month.len() == 2)?, number(day)?);
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    Some(Date(
        i128::from(day_number(year, month, day)) * 1440 - i128::from(zone_minutes(zone)?),
    ))
}

fn number(digits: &str) -> Option<i64> {
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok())
        .flatten()
}

/// Minutes east of UTC: nothing, `Z`, or `±hh:mm` up to 14 hours.
fn zone_minutes(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone == "Z" {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = zone
        .get(1..)?
        .split_once(':')
        .filter(|(hours, minutes)| hours.len() == 2 && minutes.len() == 2)?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (minutes < 60 && hours * 60 + minutes <= 14 * 60).then_some(sign * (hours * 60 + minutes))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year.rem_euclid(4) == 0
            && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0) =>
        {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 0000-03-01 of the proleptic Gregorian calendar.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day
        - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_the_lexical_forms_of_xs_date() {
        for text in [
            "2024-02-29",
            " 2024-06-01\n",
            "2024-06-01Z",
            "2024-06-01+14:00",
            "-0044-03-15",
            "12024-06-01",
            "2000-02-29",
        ] {
            assert!(Date::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-6-01",
            "2024-06-1",
            "24-06-01",
            "02024-06-01",
            "2024-06-01+15:00",
            "2024-06-01 +01:00",
            "2024/06/01",
            "2024-06-01T00:00:00",
            "2024-06-31",
            "２024-06-01",
        ] {
            assert_eq!(Date::parse(text), Err(Undetermined::NotAValue), "{text}");
        }
    }

    #[test]
    fn orders_by_the_instant_at_which_a_day_starts() {
        let date = |text| Date::parse(text).unwrap();
        assert!(date("2024-02-29") < date("2024-03-01"));
        assert!(date("2024-06-01+03:00") < date("2024-06-01"));
        assert!(date("-0001-12-31") < date("0001-01-01"));
        assert_eq!(date("2024-06-01Z"), date("2024-06-01"));
    }
}
