//! The few XPath functions that the official assertions use, with XPath's own meaning.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::report::Ambiguity;
use crate::schema::digits::is_unicode_digit;
use crate::xml::{AttrName, Document, is_space, trim};

/// Whether an assertion holds, or why the official processor cannot say.
pub(super) type Holds = Result<bool, Ambiguity>;

/// `normalize-space()`: trims, and makes one space of many. Spaces are those of XML: a no-break space is none.
pub(crate) fn normalize(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    // Most values are codes and numbers, without any space.
    if !bytes.iter().fold(false, |found, b| found | (*b <= b' ')) {
        return Cow::Borrowed(text);
    }
    let ends_bare =
        !bytes.first().is_some_and(|b| is_space(*b)) && !bytes.last().is_some_and(|b| is_space(*b));
    let single = |pair: &[u8]| !pair.iter().all(|b| *b == b' ');
    let plain = ends_bare
        && bytes.windows(2).all(single)
        && !bytes.iter().any(|b| matches!(b, b'\t' | b'\n' | b'\r'));
    if plain {
        return Cow::Borrowed(text);
    }
    let words = text
        .split(|c: char| u8::try_from(c).is_ok_and(is_space))
        .filter(|word| !word.is_empty());
    let mut normal = String::with_capacity(text.len());
    for word in words {
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(word);
    }
    Cow::Owned(normal)
}

/// `normalize-space(//@name)`: the one value in the document, empty where there is none. Several stop the processor.
pub(super) fn the_only<'d>(
    doc: &'d Document<'_>,
    name: AttrName,
) -> Result<Cow<'d, str>, Ambiguity> {
    if doc.count(name) > 1 {
        return Err(Ambiguity::SeveralValues(name.as_str()));
    }
    Ok(doc.first(name).map_or(Cow::Borrowed(""), normalize))
}

/// `normalize-space(.) = ('a', 'b', …)`.
pub(super) fn is_one_of(value: &str, list: &[&str]) -> bool {
    let value = normalize(value);
    list.iter().any(|entry| *entry == value)
}

/// `not(contains(normalize-space(.), ' ')) and contains(' A B ', concat(' ', normalize-space(.), ' '))`, for lists
/// whose entries are single words: the value is one of the list's words.
pub(super) fn is_listed(value: &str, listed: impl Fn(&str) -> bool) -> bool {
    listed(&normalize(value))
}

/// `$TIN-REGEX`, `^(([1-9][0-9]{12})|([1-9][0-9]{1,9}))$`: the shape of a Romanian fiscal code.
pub(crate) fn is_tin(text: &str) -> bool {
    let digits = text.as_bytes();
    matches!(digits.len(), 2..=10 | 13)
        && digits.iter().all(u8::is_ascii_digit)
        && digits.first().is_some_and(|first| *first != b'0')
}

/// `matches(., '[0-9A-Z]{2,20}')`, which is not anchored: two such characters side by side are enough.
pub(super) fn has_plate(text: &str) -> bool {
    let plain = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    text.as_bytes()
        .windows(2)
        .any(|pair| pair.iter().all(plain))
}

/// `matches(., '\d{4}') or matches(., '\d{6}') or matches(., '\d{8}')`, anchored; `\d` is any script's digit.
pub(super) fn is_tariff_code(text: &str) -> bool {
    text.chars().all(is_unicode_digit) && matches!(text.chars().count(), 4 | 6 | 8)
}

/// `matches(., '\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}')`, not anchored; `\d` is any script's digit.
pub(super) fn has_date_time(text: &str) -> bool {
    const SHAPE: &str = "dddd-dd-ddTdd:dd:dd";
    let fits = |rest: &str| {
        let mut given = rest.chars();
        SHAPE.chars().all(|wanted| match (wanted, given.next()) {
            ('d', Some(c)) => is_unicode_digit(c),
            (wanted, given) => Some(wanted) == given,
        })
    };
    text.char_indices()
        .any(|(at, _)| text.get(at..).is_some_and(fits))
}

/// `matches(., '^.{2,100}$')`: code points are counted.
pub(super) fn is_2_to_100_long(text: &str) -> bool {
    (2..=100).contains(&text.chars().take(101).count())
}

/// `string-length(substring-after(., '.')) <= 2`, on the text as it stands: a trailing blank counts.
pub(super) fn has_two_decimals(text: &str) -> bool {
    let decimals = point(text)
        .and_then(|at| text.get(at + 1..))
        .unwrap_or_default();
    decimals.len() <= 2 || decimals.chars().take(3).count() <= 2
}

/// `string-length(substring-before(., '.')) <= 12`: without a point, a number of any length passes.
pub(super) fn has_twelve_digits(text: &str) -> bool {
    let whole = point(text)
        .and_then(|at| text.get(..at))
        .unwrap_or_default();
    whole.len() <= 12 || whole.chars().take(13).count() <= 12
}

/// Where the first point stands.
fn point(text: &str) -> Option<usize> {
    text.bytes().position(|b| b == b'.')
}

/// A decimal number of any length, as `xs:decimal()` reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal<'t> {
    negative: bool,
    whole: &'t str,
    fraction: &'t str,
}

/// `xs:decimal(.)`: white space around is taken, exponents are not.
pub(crate) fn decimal(text: &str) -> Result<Decimal<'_>, Ambiguity> {
    let text = trim(text);
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..)),
        Some(b'+') => (false, text.get(1..)),
        _ => (false, Some(text)),
    };
    let digits = digits.ok_or(Ambiguity::NotANumber)?;
    let mut point = None;
    for (at, byte) in digits.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => {}
            b'.' if point.is_none() => point = Some(at),
            _ => return Err(Ambiguity::NotANumber),
        }
    }
    let (whole, fraction) = match point {
        None => (digits, ""),
        Some(at) => (
            digits.get(..at).unwrap_or_default(),
            digits.get(at + 1..).unwrap_or_default(),
        ),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(Ambiguity::NotANumber);
    }
    Ok(Decimal {
        negative,
        whole: whole.trim_start_matches('0'),
        fraction: fraction.trim_end_matches('0'),
    })
}

impl Decimal<'_> {
    /// -1, 0 or 1.
    pub(crate) fn signum(self) -> i8 {
        match (
            self.whole.is_empty() && self.fraction.is_empty(),
            self.negative,
        ) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    /// Exact comparison, whatever the length.
    pub(crate) fn compare(self, other: Self) -> Ordering {
        let magnitude = |one: Self, two: Self| {
            let whole = one
                .whole
                .len()
                .cmp(&two.whole.len())
                .then_with(|| one.whole.cmp(two.whole));
            // Fractions without trailing zeros compare like words.
            whole.then_with(|| one.fraction.cmp(two.fraction))
        };
        self.signum()
            .cmp(&other.signum())
            .then_with(|| match self.signum() {
                1 => magnitude(self, other),
                -1 => magnitude(other, self),
                _ => Ordering::Equal,
            })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn normalize_space_knows_the_spaces_of_xml_alone() {
        for (given, wanted) in [
            ("", ""),
            (" ", ""),
            ("a b", "a b"),
            (" a  b\t\nc ", "a b c"),
            ("a\u{a0} ", "a\u{a0}"),
            ("\u{a0}\u{a0}", "\u{a0}\u{a0}"),
            ("a\tb", "a b"),
        ] {
            assert_eq!(normalize(given), wanted, "{given:?}");
        }
    }

    #[test]
    fn unanchored_patterns_find_a_match_anywhere() {
        assert!(has_plate("bAB") && has_plate("B-99") && !has_plate("b9b") && !has_plate(""));
        assert!(has_date_time("x2024-06-01T10:00:00.5Z") && !has_date_time("2024-06-01T10:00"));
        assert!(has_date_time("٢٠٢٤-06-01T10:00:00"), "digits of any script");
    }

    #[test]
    fn decimals_are_read_as_xpath_does() {
        for (text, sign) in [
            ("1", 1),
            (" +1. ", 1),
            (".5", 1),
            ("-.5", -1),
            ("0.00", 0),
            ("-0", 0),
        ] {
            assert_eq!(decimal(text).unwrap().signum(), sign, "{text}");
        }
        for text in [
            "", " ", ".", "+", "1e3", "1,5", "NaN", "١", "--1", "1 2", "\u{a0}1",
        ] {
            assert!(decimal(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn decimals_compare_like_numbers(a in -9_999_999i64..9_999_999, b in -9_999_999i64..9_999_999) {
            let text = |n: i64| format!("{}{}.{:03}", if n < 0 { "-" } else { "" }, n.abs() / 1000, n.abs() % 1000);
            let (x, y) = (text(a), text(b));
            prop_assert_eq!(decimal(&x).unwrap().compare(decimal(&y).unwrap()), a.cmp(&b));
        }

        #[test]
        fn normalize_is_what_it_says(text in "[ a\t\n\r\u{a0}é]{0,12}") {
            let words: Vec<&str> = text.split([' ', '\t', '\n', '\r']).filter(|w| !w.is_empty()).collect();
            prop_assert_eq!(normalize(&text), words.join(" "));
        }
    }
}
