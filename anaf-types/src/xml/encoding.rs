//! From bytes to text, by libxml2's order: a byte order mark or the look of the first bytes settles the encoding; only
//! else does the declaration's word count.

use std::borrow::Cow;

use super::declaration;
use super::tables::{ISO_8859, OTHERS};

/// Why bytes are no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The declaration names an encoding that is not read here; its name, cut to 40 characters.
    #[error("the encoding {0:?} is not one of those that are read")]
    Unsupported(String),
    /// The bytes are not what the encoding allows.
    #[error("the bytes are not valid {encoding}, from byte {offset} on")]
    Malformed {
        /// The encoding.
        encoding: &'static str,
        /// The first byte that cannot be read, from 0.
        offset: usize,
    },
}

/// The text of an XML document: UTF-8, UTF-16 and UTF-32, US-ASCII, the parts of ISO 8859, Windows 1250 to 1257 (but
/// 1255) and KOI8-R. UTF-8 is borrowed, the rest is transcoded once; a byte order mark is taken off.
///
/// Whether the text is well-formed is not looked at.
///
/// # Errors
/// [`DecodeError`].
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, DecodeError> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest, 3),
        [0, 0, 0xFE, 0xFF, rest @ ..] => utf32(rest, u32::from_be_bytes),
        [0xFF, 0xFE, 0, 0, rest @ ..] => utf32(rest, u32::from_le_bytes),
        [0, 0, 0, b'<', ..] => utf32(bytes, u32::from_be_bytes),
        [b'<', 0, 0, 0, ..] => utf32(bytes, u32::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0, b'<', 0, b'?', ..] => utf16(bytes, u16::from_be_bytes),
        [b'<', 0, b'?', 0, ..] => utf16(bytes, u16::from_le_bytes),
        _ => match declared(bytes) {
            None => utf8(bytes, 0),
            Some(name) => named(bytes, name),
        },
    }
}

/// The encoding that the XML declaration names. A declaration that is broken names none: what reads it says so.
fn declared(bytes: &[u8]) -> Option<&str> {
    let inner = bytes.strip_prefix(b"<?xml")?;
    let end = inner.windows(2).position(|two| two == b"?>")?;
    let inner = std::str::from_utf8(inner.get(..end)?).ok()?;
    declaration(inner)?.encoding
}

fn named<'b>(bytes: &'b [u8], name: &str) -> Result<Cow<'b, str>, DecodeError> {
    let small = name.to_ascii_lowercase();
    match small.as_str() {
        "utf-8" | "utf8" => return utf8(bytes, 0),
        "us-ascii" | "ascii" => return one_byte(bytes, "US-ASCII", &[]),
        _ => {}
    }
    let is_named = |(name, other, _): &&(&str, &str, &str)| {
        name.eq_ignore_ascii_case(&small) || *other == small
    };
    if let Some((name, _, upper)) = OTHERS.iter().find(is_named) {
        return one_byte(bytes, name, &upper.chars().collect::<Vec<_>>());
    }
    // Below 0xA0 all parts of ISO 8859 have the control characters.
    let controls = (0x80..0xA0).map(char::from);
    match iso_8859_part(&small) {
        Some(1) => one_byte(
            bytes,
            "ISO-8859-1",
            &(0x80..=0xFF).map(char::from).collect::<Vec<_>>(),
        ),
        Some(part) => match ISO_8859.iter().find(|(number, ..)| *number == part) {
            Some((_, name, upper)) => one_byte(
                bytes,
                name,
                &controls.chain(upper.chars()).collect::<Vec<_>>(),
            ),
            None => Err(unsupported(name)),
        },
        None => Err(unsupported(name)),
    }
}

fn unsupported(name: &str) -> DecodeError {
    DecodeError::Unsupported(name.chars().take(40).collect())
}

/// The number of a part of ISO 8859 in `iso-8859-2`, `latin2` and their like.
fn iso_8859_part(name: &str) -> Option<u8> {
    let forms = ["iso-8859-", "iso8859-", "iso_8859-"];
    if let Some(number) = forms.iter().find_map(|form| name.strip_prefix(form)) {
        return number
            .parse()
            .ok()
            .filter(|_| !number.starts_with(['0', '+']));
    }
    if name == "iso-latin-1" {
        return Some(1);
    }
    let latin = name
        .strip_prefix("latin")
        .or_else(|| name.strip_prefix('l'))?;
    Some(match latin {
        "1" => 1,
        "2" => 2,
        "3" => 3,
        "4" => 4,
        "5" => 9,
        "6" => 10,
        "7" => 13,
        "8" => 14,
        "10" => 16,
        _ => return None,
    })
}

/// `upper` is what 0x80 and the bytes after it mean; NUL and what is not there mean nothing.
fn one_byte<'b>(
    bytes: &'b [u8],
    encoding: &'static str,
    upper: &[char],
) -> Result<Cow<'b, str>, DecodeError> {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for (offset, byte) in bytes.iter().enumerate() {
        let letter = match byte.checked_sub(0x80) {
            None => Some(char::from(*byte)),
            Some(at) => upper.get(usize::from(at)).copied().filter(|c| *c != '\0'),
        };
        text.push(letter.ok_or(DecodeError::Malformed { encoding, offset })?);
    }
    Ok(Cow::Owned(text))
}

/// `skipped` bytes of a mark stood before these.
fn utf8(bytes: &[u8], skipped: usize) -> Result<Cow<'_, str>, DecodeError> {
    std::str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .map_err(|error| DecodeError::Malformed {
            encoding: "UTF-8",
            offset: error.valid_up_to() + skipped,
        })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'static, str>, DecodeError> {
    let encoding = "UTF-16";
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    let mut offset = 0;
    for letter in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let letter = letter.map_err(|_| DecodeError::Malformed { encoding, offset })?;
        offset += 2 * letter.len_utf16();
        text.push(letter);
    }
    match rest {
        [] => Ok(Cow::Owned(text)),
        _ => Err(DecodeError::Malformed { encoding, offset }),
    }
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> Result<Cow<'static, str>, DecodeError> {
    let encoding = "UTF-32";
    let (units, rest) = bytes.as_chunks::<4>();
    let mut text = String::with_capacity(units.len());
    for (index, bytes) in units.iter().enumerate() {
        let offset = index * 4;
        text.push(char::from_u32(unit(*bytes)).ok_or(DecodeError::Malformed { encoding, offset })?);
    }
    match rest {
        [] => Ok(Cow::Owned(text)),
        _ => Err(DecodeError::Malformed {
            encoding,
            offset: units.len() * 4,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_bytes() {
        let malformed = |encoding, offset| Err(DecodeError::Malformed { encoding, offset });
        let unsupported = |name: &str| Err(DecodeError::Unsupported(name.to_owned()));
        let cases: [(&str, u8, Result<char, DecodeError>); 18] = [
            ("US-ASCII", 0xFE, malformed("US-ASCII", 44)),
            ("ISO-8859-1", 0xFE, Ok('þ')),
            ("iso-latin-1", 0xFE, Ok('þ')),
            ("ISO-8859-2", 0xFE, Ok('ţ')),
            ("ISO8859-2", 0x9F, Ok('\u{9f}')),
            ("latin2", 0xE3, Ok('ă')),
            ("L2", 0xE3, Ok('ă')),
            ("ISO-8859-15", 0xA4, Ok('€')),
            ("ISO-8859-16", 0xFE, Ok('ț')),
            ("latin10", 0xBA, Ok('ș')),
            ("windows-1250", 0xBA, Ok('ş')),
            ("Windows-1250", 0x81, malformed("windows-1250", 48)),
            ("CP1252", 0x80, Ok('€')),
            ("windows-1251", 0xC6, Ok('Ж')),
            ("KOI8-R", 0xC1, Ok('а')),
            ("ISO-8859-12", 0xFE, unsupported("ISO-8859-12")),
            ("ISO-8859-02", 0xFE, unsupported("ISO-8859-02")),
            ("UTF-16", b'x', unsupported("UTF-16")),
        ];
        for (name, byte, expected) in cases {
            let head = format!("<?xml version=\"1.0\" encoding=\"{name}\"?><a>");
            let bytes = [head.as_bytes(), &[byte]].concat();
            let letter = decode(&bytes).map(|text| text.chars().last().unwrap());
            assert_eq!(letter, expected, "{name}");
        }
    }

    #[test]
    fn every_table_is_full() {
        assert!(
            ISO_8859
                .iter()
                .all(|(.., upper)| upper.chars().count() == 96)
        );
        assert!(
            OTHERS
                .iter()
                .all(|(.., upper)| upper.chars().count() == 128)
        );
    }

    #[test]
    fn marks_and_looks_come_before_the_declaration() {
        let text = "<?xml version='1.0' encoding='x'?><a>ș😀</a>";
        let wide =
            |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<_>>();
        let wider = |unit: fn(u32) -> [u8; 4]| {
            text.chars()
                .flat_map(|c| unit(c as u32))
                .collect::<Vec<_>>()
        };
        let cases: [Vec<u8>; 9] = [
            ["\u{feff}".as_bytes(), text.as_bytes()].concat(),
            wide(u16::to_le_bytes),
            wide(u16::to_be_bytes),
            [&[0xFF, 0xFE][..], &wide(u16::to_le_bytes)].concat(),
            [&[0xFE, 0xFF][..], &wide(u16::to_be_bytes)].concat(),
            wider(u32::to_le_bytes),
            wider(u32::to_be_bytes),
            [&[0xFF, 0xFE, 0, 0][..], &wider(u32::to_le_bytes)].concat(),
            [&[0, 0, 0xFE, 0xFF][..], &wider(u32::to_be_bytes)].concat(),
        ];
        for (at, bytes) in cases.iter().enumerate() {
            assert_eq!(decode(bytes).as_deref(), Ok(text), "{at}");
            assert!(
                decode(&bytes[..bytes.len() - 1]).is_err() || at == 0,
                "{at}, cut"
            );
        }
    }

    #[test]
    fn bytes_that_are_no_text() {
        let cases: [(&[u8], &str, usize); 5] = [
            (b"<a>\xFF", "UTF-8", 3),
            (b"\xEF\xBB\xBF<a>\xC8", "UTF-8", 6),
            (b"\xFF\xFE<\0\x00\xD8", "UTF-16", 2),
            (b"\xFF\xFE<\0a", "UTF-16", 2),
            (b"<\0\0\0\0\0\x11\0", "UTF-32", 4),
        ];
        for (bytes, encoding, offset) in cases {
            assert_eq!(
                decode(bytes),
                Err(DecodeError::Malformed { encoding, offset }),
                "{bytes:?}"
            );
        }
    }
}
