//! The lexical forms of the schema's simple types, as libxml2 reads them.

use super::model::Simple;
use std::borrow::Cow;

impl Simple {
    /// Whether every text is a value of the type.
    pub(super) fn accepts_all(self) -> bool {
        matches!(self, Simple::String | Simple::NormalizedString)
    }

    /// Whether `text` (decoded, not yet collapsed) is a value of the type.
    pub(super) fn accepts(self, text: &str) -> bool {
        match self {
            Simple::String | Simple::NormalizedString => true,
            Simple::Decimal => is_decimal(trim(text)),
            Simple::Integer => is_integer(trim(text)),
            Simple::Boolean => matches!(trim(text), "true" | "false" | "0" | "1"),
            // libxml2 forgets to collapse white space around these three.
            Simple::Date => is_date(text),
            Simple::Time => is_time(text),
            Simple::DateTime => is_date_time(text),
            Simple::Base64 => is_base64(text),
            Simple::AnyUri => super::uri::is_uri_reference(&collapse(text)),
            Simple::Language => is_language(trim(text)),
            Simple::Id => is_nc_name(trim(text)),
            Simple::Enumeration(values) => values.contains(&text),
        }
    }

    /// What the type wants, in English and Romanian.
    pub(super) fn wanted(self) -> (&'static str, &'static str) {
        match self {
            Simple::String | Simple::NormalizedString => ("a text", "un text"),
            Simple::Decimal => (
                "a decimal number with a point, such as 1234.50",
                "un număr zecimal cu punct, de exemplu 1234.50",
            ),
            Simple::Integer => ("a whole number", "un număr întreg"),
            Simple::Boolean => ("true or false", "true sau false"),
            Simple::Date => (
                "a date such as 2024-06-30",
                "o dată calendaristică de forma 2024-06-30",
            ),
            Simple::Time => ("a time such as 14:30:00", "o oră de forma 14:30:00"),
            Simple::DateTime => (
                "a date and time such as 2024-06-30T14:30:00",
                "o dată și oră de forma 2024-06-30T14:30:00",
            ),
            Simple::Base64 => ("base64", "text în base64"),
            Simple::AnyUri => ("a URI", "un URI"),
            Simple::Language => (
                "a language tag such as ro",
                "un cod de limbă, de exemplu ro",
            ),
            Simple::Id => (
                "an XML name without a colon",
                "un nume XML fără două puncte",
            ),
            Simple::Enumeration(_) => ("one of the listed values", "una dintre valorile enumerate"),
        }
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

pub(super) fn trim(text: &str) -> &str {
    // Most values need no trimming, and looking at bytes is enough to see that.
    let blank = |b: &u8| is_blank(char::from(*b));
    let (first, last) = (text.as_bytes().first(), text.as_bytes().last());
    if first.is_some_and(blank) || last.is_some_and(blank) {
        text.trim_matches(is_blank)
    } else {
        text
    }
}

/// The white space facet `collapse`.
fn collapse(text: &str) -> Cow<'_, str> {
    let trimmed = trim(text);
    if !trimmed
        .bytes()
        .zip(trimmed.bytes().skip(1))
        .any(|(a, b)| is_blank(a.into()) && is_blank(b.into()))
        && !trimmed.contains(['\t', '\n', '\r'])
    {
        return Cow::Borrowed(trimmed);
    }
    Cow::Owned(
        trimmed
            .split(is_blank)
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
    )
}

fn unsigned(text: &str) -> &[u8] {
    text.strip_prefix(['+', '-']).unwrap_or(text).as_bytes()
}

/// Digits with at most one point among or around them.
fn is_decimal(text: &str) -> bool {
    let (mut digits, mut points) = (0, 0);
    for byte in unsigned(text) {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'.' => points += 1,
            _ => return false,
        }
    }
    digits > 0 && points <= 1
}

fn is_integer(text: &str) -> bool {
    let number = unsigned(text);
    number.iter().all(u8::is_ascii_digit) && !number.is_empty()
}

fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let sized = |part: &str| (1..=8).contains(&part.len());
    parts
        .next()
        .is_some_and(|p| sized(p) && p.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(|p| sized(p) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn is_nc_name(text: &str) -> bool {
    !text.contains(':') && crate::doc::is_name(text)
}

/// Groups of four, padded at the end; libxml2 looks past every character outside the alphabet.
fn is_base64(text: &str) -> bool {
    let (mut count, mut padding, mut last) = (0usize, 0usize, 0u8);
    for byte in text.bytes() {
        match byte {
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding > 0 => return false,
            b'A'..=b'Z' => last = byte - b'A',
            b'a'..=b'z' => last = byte - b'a' + 26,
            b'0'..=b'9' => last = byte - b'0' + 52,
            b'+' => last = 62,
            b'/' => last = 63,
            _ => continue,
        }
        count += 1;
    }
    // The bits that the padding leaves over must be zero.
    count % 4 == 0
        && match padding {
            0 => true,
            1 => last & 0b11 == 0,
            2 => last & 0b1111 == 0,
            _ => false,
        }
}

/// Reads what the forms of dates have in common; every step takes its part off the front.
struct Reader<'t> {
    rest: &'t [u8],
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            rest: text.as_bytes(),
        }
    }

    fn byte(&mut self, wanted: u8) -> Option<()> {
        self.rest = self.rest.strip_prefix(&[wanted])?;
        Some(())
    }

    fn two_digits(&mut self) -> Option<u32> {
        let [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] = self.rest else {
            return None;
        };
        self.rest = rest;
        Some(u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
    }

    /// The year's last digits are enough to know leap years.
    fn year(&mut self) -> Option<i64> {
        let negative = self.byte(b'-').is_some();
        let len = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at_checked(len)?;
        let year: i64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
        if len < 4 || (len > 4 && digits.first() == Some(&b'0')) || year == 0 {
            return None;
        }
        self.rest = rest;
        Some(if negative { -year } else { year })
    }

    fn date(&mut self) -> Option<()> {
        let year = self.year()?;
        self.byte(b'-')?;
        let month = self.two_digits()?;
        self.byte(b'-')?;
        let day = self.two_digits()?;
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (1..=days).contains(&day).then_some(())
    }

    fn time(&mut self) -> Option<()> {
        let hour = self.two_digits()?;
        self.byte(b':')?;
        let minute = self.two_digits()?;
        self.byte(b':')?;
        let second = self.two_digits()?;
        let mut fraction = 0;
        if self.byte(b'.').is_some() {
            let len = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
            let (digits, rest) = self
                .rest
                .split_at_checked(len)
                .filter(|(digits, _)| !digits.is_empty())?;
            fraction = digits
                .iter()
                .map(|b| u32::from(b - b'0'))
                .max()
                .unwrap_or(0);
            self.rest = rest;
        }
        let end_of_day = hour == 24 && minute == 0 && second == 0 && fraction == 0;
        ((hour < 24 && minute < 60 && second < 60) || end_of_day).then_some(())
    }

    /// An optional zone, and then the end.
    fn zone_and_end(&mut self) -> Option<()> {
        if self.byte(b'Z').is_none() && !self.rest.is_empty() {
            self.byte(b'+').or_else(|| self.byte(b'-'))?;
            let hour = self.two_digits()?;
            self.byte(b':')?;
            let minute = self.two_digits()?;
            if minute > 59 || hour * 60 + minute > 14 * 60 {
                return None;
            }
        }
        self.rest.is_empty().then_some(())
    }
}

fn is_date(text: &str) -> bool {
    let mut reader = Reader::new(text);
    reader.date().and_then(|()| reader.zone_and_end()).is_some()
}

fn is_time(text: &str) -> bool {
    let mut reader = Reader::new(text);
    reader.time().and_then(|()| reader.zone_and_end()).is_some()
}

fn is_date_time(text: &str) -> bool {
    let mut reader = Reader::new(text);
    let mut read = || {
        reader.date()?;
        reader.byte(b'T')?;
        reader.time()?;
        reader.zone_and_end()
    };
    read().is_some()
}
