//! String functions on one text: `normalize-space`, `string-length`, `substring-after`, casts.

use std::cmp::Ordering;

use super::{Undetermined, xml_trim};
use crate::codes::list::CodeList;

/// White space as XML defines it.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// `normalize-space($text) = $value`, for a value that has no blank at an end and no two in a row.
pub(crate) fn normalizes_to(text: &str, value: &str) -> bool {
    if value.contains(' ') {
        words(text).eq(words(value))
    } else {
        xml_trim(text) == value
    }
}

/// Whether `normalize-space($text)` is not empty.
pub(crate) fn is_present(text: &str) -> bool {
    !text.bytes().all(is_space)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\t', '\r', '\n'])
        .filter(|word| !word.is_empty())
}

/// `string-length(normalize-space($text)) <= $most`, in code points.
pub(crate) fn normalized_at_most(text: &str, most: usize) -> bool {
    // A code point is at least one byte, and normalising never lengthens.
    text.len() <= most || normalized_length(text) <= most
}

fn normalized_length(text: &str) -> usize {
    let (mut length, mut gap) = (0, false);
    for char in text.chars() {
        if u8::try_from(char).is_ok_and(is_space) {
            gap = length > 0;
        } else {
            length += 1 + usize::from(gap);
            gap = false;
        }
    }
    length
}

/// `string-length(substring-after($text, '.')) <= 2`, on the raw text: `10.000` has three, and so has `10.00 `.
pub(crate) fn two_decimals(text: &str) -> bool {
    match text.split_once('.') {
        Some((_, after)) => after.len() <= 2 || after.chars().nth(2).is_none(),
        None => true,
    }
}

/// `upper-case($text) = $value`.
pub(crate) fn uppercases_to(text: &str, value: &str) -> bool {
    if text.is_ascii() {
        return text.len() == value.len()
            && text
                .bytes()
                .map(|b| b.to_ascii_uppercase())
                .eq(value.bytes());
    }
    text.chars().flat_map(char::to_uppercase).eq(value.chars())
}

/// `normalize-space(upper-case($text)) = $value`, for a value without blanks.
pub(crate) fn normalizes_upper_to(text: &str, value: &str) -> bool {
    uppercases_to(xml_trim(text), value)
}

/// Whether the text, trimmed, is a code of a list: one word, in the list's own case.
pub(crate) fn is_code_of(text: &str, list: &CodeList) -> bool {
    list.contains(xml_trim(text))
}

/// `xs:double($text)`. The official processor orders NaN above all numbers, so it is infinity here; neither becomes
/// a decimal.
pub(crate) fn double(text: &str) -> Result<f64, Undetermined> {
    let text = xml_trim(text);
    match text {
        "INF" | "+INF" | "NaN" => return Ok(f64::INFINITY),
        "-INF" => return Ok(f64::NEG_INFINITY),
        _ => {}
    }
    // Rust reads more ("infinity", "nan") but no number of XML otherwise than Rust does.
    let plain = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-'));
    if !plain
        && !text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
    {
        return Err(Undetermined::NotAValue);
    }
    let number: f64 = text.parse().map_err(|_| Undetermined::NotAValue)?;
    // A short whole number is read as an integer, which has no negative zero.
    Ok(if plain && text.len() <= 11 {
        number + 0.0
    } else {
        number
    })
}

/// A text compared with 0 as a double: -0.00 is less than 0, -0 is not, NaN is more than all.
pub(crate) fn versus_zero(text: &str) -> Result<Ordering, Undetermined> {
    if is_short_unsigned(text) {
        let is_more = text.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
        return Ok(is_more.cmp(&false));
    }
    double(text).map(|number| number.total_cmp(&0.0))
}

/// Digits with at most one point, too few to round to zero: nearly every price and rate.
fn is_short_unsigned(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let points = text.bytes().filter(|byte| *byte == b'.').count();
    text.len() <= 30 && digits > 0 && points <= 1 && digits + points == text.len()
}

/// `xs:boolean($text)`.
pub(crate) fn boolean(text: &str) -> Result<bool, Undetermined> {
    match xml_trim(text) {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Undetermined::NotAValue),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_code_points_after_collapsing_xml_space_only() {
        for (text, length) in [
            ("", 0),
            (" \t\r\n", 0),
            ("  a  b ", 3),
            ("a\n\n\tb", 3),
            ("\u{a0}\u{a0}", 2),
            ("\u{200b}", 1),
            ("🚀🚀", 2),
            ("s\u{327}", 2),
            ("ș", 1),
        ] {
            assert_eq!(normalized_length(text), length, "{text:?}");
        }
        assert!(
            normalized_at_most(&"ț".repeat(100), 100) && !normalized_at_most(&"ț".repeat(101), 100)
        );
    }

    #[test]
    fn decimals_are_counted_on_the_raw_text() {
        for (text, passes) in [
            ("10", true),
            ("10.00", true),
            ("10.000", false),
            ("10.00 ", false),
            ("10.", true),
            ("1.2.3", false),
            ("x.ăî", true),
        ] {
            assert_eq!(two_decimals(text), passes, "{text:?}");
        }
    }

    #[test]
    fn codes_allow_white_space_around_and_nothing_else() {
        let list = crate::codes::list::code_list!["A", "EA", "H87"];
        for (text, passes) in [
            ("H87", true),
            (" H87\n", true),
            ("h87", false),
            ("", false),
            ("A EA", false),
            ("\u{a0}A", false),
        ] {
            assert_eq!(is_code_of(text, list), passes, "{text:?}");
        }
    }

    #[test]
    fn doubles_and_booleans_as_xml_schema_writes_them() {
        for text in ["1E2", "-1e-5", ".5", "5.", "+3", " 10 ", "INF", "-INF"] {
            assert!(double(text).is_ok(), "{text}");
        }
        assert_eq!(double("NaN"), Ok(f64::INFINITY));
        for text in [
            "", "inf", "infinity", "nan", "1,0", "0x10", "1e", "--1", "1 0",
        ] {
            assert_eq!(double(text), Err(Undetermined::NotAValue), "{text}");
        }
        for (text, order) in [
            ("-0.00", Ordering::Less),
            ("-0E0", Ordering::Less),
            ("-0", Ordering::Equal),
            (" -0000000000 ", Ordering::Equal),
            ("-00000000000", Ordering::Less),
            ("0.00", Ordering::Equal),
            ("NaN", Ordering::Greater),
        ] {
            assert_eq!(versus_zero(text), Ok(order), "{text}");
        }
        assert_eq!([boolean(" true "), boolean("0")], [Ok(true), Ok(false)]);
        assert_eq!(boolean("TRUE"), Err(Undetermined::NotAValue));
    }

    #[test]
    fn upper_case_is_that_of_unicode() {
        assert!(normalizes_upper_to(" vat ", "VAT"));
        assert!(normalizes_upper_to("ſ", "S"));
        assert!(!uppercases_to(" VAT", "VAT"));
    }

    #[test]
    fn prices_are_compared_with_zero_as_doubles() {
        use Ordering::{Equal, Greater, Less};
        for (text, order) in [
            ("0", Equal),
            ("0.00", Equal),
            (".0", Equal),
            (" 0 ", Equal),
            ("+0.0", Equal),
            ("-0", Equal),
            ("-0.00", Less),
            ("0.01", Greater),
            ("5.", Greater),
            (".5", Greater),
            ("-1E-5", Less),
            ("NaN", Greater),
        ] {
            assert_eq!(versus_zero(text), Ok(order), "{text:?}");
        }
        let tiny = format!("0.{}1", "0".repeat(400));
        assert_eq!(versus_zero(&tiny), Ok(Equal));
        for text in ["", ".", "1.0.0", "1,0", "..", "0x1"] {
            assert!(versus_zero(text).is_err(), "{text:?}");
        }
    }
}
