//! A small writer of XML text: elements, attributes, decimals; escaping and forbidden characters in one place.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::WriteError;

/// Writes indented UTF-8 XML. The first error stays and is given by [`XmlWriter::finish`].
pub(super) struct XmlWriter {
    out: Vec<u8>,
    open: Vec<&'static str>,
    error: Option<WriteError>,
}

impl XmlWriter {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        let mut out = Vec::with_capacity(bytes);
        out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        Self {
            out,
            open: Vec::with_capacity(12),
            error: None,
        }
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, WriteError> {
        match self.error {
            None => Ok(self.out),
            Some(error) => Err(error),
        }
    }

    /// An element with children.
    #[inline]
    pub(super) fn group(&mut self, name: &'static str, content: impl FnOnce(&mut Self)) {
        self.group_with(name, &[], content);
    }

    /// An element with attributes and children.
    pub(super) fn group_with(
        &mut self,
        name: &'static str,
        attributes: &[(&'static str, &str)],
        content: impl FnOnce(&mut Self),
    ) {
        self.start(name, attributes);
        self.out.push(b'\n');
        self.open.push(name);
        content(self);
        self.open.pop();
        self.indent();
        self.end(name);
    }

    /// An element with text.
    #[inline]
    pub(super) fn text(&mut self, name: &'static str, text: &str) {
        self.text_with(name, &[], text);
    }

    /// An element with attributes and text.
    pub(super) fn text_with(
        &mut self,
        name: &'static str,
        attributes: &[(&'static str, &str)],
        text: &str,
    ) {
        self.start(name, attributes);
        self.escape(name, text, false);
        self.end(name);
    }

    /// An element with text, when there is one.
    #[inline]
    pub(super) fn optional(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// An element with a date, when there is one.
    pub(super) fn date(&mut self, name: &'static str, date: Option<Date>) {
        if let Some(date) = date {
            self.start(name, &[]);
            push_date(&mut self.out, date);
            self.end(name);
        }
    }

    /// An element with a decimal of at least `min_scale` decimals and no further zeros.
    pub(super) fn decimal(
        &mut self,
        name: &'static str,
        attributes: &[(&'static str, &str)],
        value: Decimal,
        min_scale: u32,
    ) {
        self.start(name, attributes);
        push_decimal(&mut self.out, value, min_scale);
        self.end(name);
    }

    /// An element with base64.
    pub(super) fn binary(
        &mut self,
        name: &'static str,
        attributes: &[(&'static str, &str)],
        content: &[u8],
    ) {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD;

        self.start(name, attributes);
        let text = STANDARD.encode(content);
        self.out.extend_from_slice(text.as_bytes());
        self.end(name);
    }

    fn start(&mut self, name: &'static str, attributes: &[(&'static str, &str)]) {
        self.indent();
        self.out.push(b'<');
        self.out.extend_from_slice(name.as_bytes());
        for (attribute, value) in attributes {
            self.out.push(b' ');
            self.out.extend_from_slice(attribute.as_bytes());
            self.out.extend_from_slice(b"=\"");
            self.escape(name, value, true);
            self.out.push(b'"');
        }
        self.out.push(b'>');
    }

    fn end(&mut self, name: &'static str) {
        self.out.extend_from_slice(b"</");
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b">\n");
    }

    fn indent(&mut self) {
        const BLANKS: &[u8] = b"                                ";
        let width = (2 * self.open.len()).min(BLANKS.len());
        self.out
            .extend_from_slice(BLANKS.get(..width).unwrap_or(BLANKS));
    }

    fn escape(&mut self, name: &'static str, text: &str, attribute: bool) {
        let bytes = text.as_bytes();
        let mut done = 0;
        for (at, byte) in bytes.iter().enumerate() {
            let replacement: &[u8] = match byte {
                b'&' => b"&amp;",
                b'<' => b"&lt;",
                b'>' => b"&gt;",
                b'\r' => b"&#13;",
                b'"' if attribute => b"&quot;",
                b'\n' if attribute => b"&#10;",
                b'\t' if attribute => b"&#9;",
                b'\t' | b'\n' => continue,
                0..0x20 => {
                    self.forbid(name, char::from(*byte));
                    continue;
                }
                0xEF => {
                    match bytes.get(at + 1..at + 3) {
                        Some([0xBF, 0xBE]) => self.forbid(name, '\u{FFFE}'),
                        Some([0xBF, 0xBF]) => self.forbid(name, '\u{FFFF}'),
                        _ => {}
                    }
                    continue;
                }
                _ => continue,
            };
            self.out
                .extend_from_slice(bytes.get(done..at).unwrap_or_default());
            self.out.extend_from_slice(replacement);
            done = at + 1;
        }
        self.out
            .extend_from_slice(bytes.get(done..).unwrap_or_default());
    }

    #[cold]
    fn forbid(&mut self, name: &'static str, character: char) {
        if self.error.is_none() {
            let mut location = String::new();
            for step in self.open.iter().chain([&name]) {
                location.push('/');
                location.push_str(step);
            }
            self.error = Some(WriteError::IllegalCharacter {
                location,
                character,
            });
        }
    }
}

fn push_date(out: &mut Vec<u8>, date: Date) {
    let year = date.year().unsigned_abs();
    if date.year() < 0 {
        out.push(b'-');
    }
    let two = |n: u8| [b'0' + n / 10, b'0' + n % 10];
    out.extend_from_slice(&two((year / 100) as u8));
    out.extend_from_slice(&two((year % 100) as u8));
    out.push(b'-');
    out.extend_from_slice(&two(date.month().unsigned_abs()));
    out.push(b'-');
    out.extend_from_slice(&two(date.day().unsigned_abs()));
}

/// Equal values give equal text: `10`, `10.0` and `10.000` are all `10.00` when two decimals are the least.
fn push_decimal(out: &mut Vec<u8>, value: Decimal, min_scale: u32) {
    let mut digits = value.mantissa().unsigned_abs();
    let mut scale = value.scale();
    while scale > min_scale && digits.is_multiple_of(10) {
        digits /= 10;
        scale -= 1;
    }
    if value.is_sign_negative() && digits != 0 {
        out.push(b'-');
    }
    // 29 digits, the point and zeros up to a scale of 28 fit.
    let mut text = [b'0'; 64];
    let mut at = text.len();
    let mut put = |byte: u8| {
        at = at.saturating_sub(1);
        if let Some(slot) = text.get_mut(at) {
            *slot = byte;
        }
    };
    while scale < min_scale {
        digits = digits.saturating_mul(10);
        scale += 1;
    }
    let mut placed = 0;
    let mut rest = digits;
    while rest != 0 || placed <= scale {
        if placed == scale && scale > 0 {
            put(b'.');
        }
        // Most amounts fit 64 bits, where division is several times cheaper.
        let digit = match u64::try_from(rest) {
            Ok(small) => {
                rest = u128::from(small / 10);
                (small % 10) as u8
            }
            Err(_) => {
                let digit = (rest % 10) as u8;
                rest /= 10;
                digit
            }
        };
        put(b'0' + digit);
        placed += 1;
    }
    out.extend_from_slice(text.get(at..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(value: &str, min_scale: u32) -> String {
        let mut out = Vec::new();
        push_decimal(&mut out, value.parse().unwrap(), min_scale);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn decimals_by_value() {
        for (value, min_scale, expected) in [
            ("10", 2, "10.00"),
            ("10.000", 2, "10.00"),
            ("10.005", 2, "10.005"),
            ("0", 0, "0"),
            ("0", 2, "0.00"),
            ("-0.00", 2, "0.00"),
            ("-0.5", 2, "-0.50"),
            ("0.05", 0, "0.05"),
            ("19.00", 0, "19"),
            ("100", 0, "100"),
            (
                "79228162514264337593543950335",
                0,
                "79228162514264337593543950335",
            ),
            (
                "0.0000000000000000000000000001",
                2,
                "0.0000000000000000000000000001",
            ),
        ] {
            assert_eq!(decimal(value, min_scale), expected, "{value}");
        }
    }

    #[test]
    fn dates_have_ten_characters() {
        let mut out = Vec::new();
        push_date(&mut out, jiff::civil::date(207, 3, 1));
        assert_eq!(out, b"0207-03-01");
    }

    #[test]
    fn text_is_escaped_and_forbidden_characters_are_named() {
        let mut w = XmlWriter::with_capacity(64);
        w.group_with("a", &[("b", "\"<\n\t")], |w| {
            w.text("c", "R&D <x> \r\n \u{FFFD}")
        });
        let text = String::from_utf8(w.finish().unwrap()).unwrap();
        assert!(text.contains("<a b=\"&quot;&lt;&#10;&#9;\">"), "{text}");
        assert!(
            text.contains("<c>R&amp;D &lt;x&gt; &#13;\n \u{FFFD}</c>"),
            "{text}"
        );

        for (bad, character) in [
            ("a\u{0}b", '\0'),
            ("\u{1F}", '\u{1F}'),
            ("x\u{FFFF}", '\u{FFFF}'),
        ] {
            let mut w = XmlWriter::with_capacity(64);
            w.group("a", |w| w.text("c", bad));
            assert_eq!(
                w.finish(),
                Err(WriteError::IllegalCharacter {
                    location: "/a/c".to_owned(),
                    character
                })
            );
        }
    }

    proptest! {
        #[test]
        fn decimals_keep_their_value(mantissa in any::<i64>(), scale in 0_u32..20, min_scale in 0_u32..3) {
            let value = Decimal::new(mantissa, scale);
            let mut out = Vec::new();
            push_decimal(&mut out, value, min_scale);
            let text = String::from_utf8(out).unwrap();
            prop_assert_eq!(Decimal::from_str_exact(&text).unwrap(), value);
            let decimals = text.split_once('.').map_or(0, |(_, d)| d.len());
            prop_assert!(decimals >= min_scale as usize);
        }
    }
}
