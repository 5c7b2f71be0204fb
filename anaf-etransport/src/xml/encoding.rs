//! From bytes to text, by libxml2's order: a byte order mark or the look of the first bytes settles the encoding; only
//! else does the declaration's word count.

use std::borrow::Cow;

use super::encoding_tables::{ISO_8859, OTHERS};
use super::markup::declaration;
use super::{Fault, Malformed};

/// Decodes a document. The byte order mark is taken off.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Malformed> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        [0, 0, 0xFE, 0xFF, rest @ ..] => utf32(rest, u32::from_be_bytes),
        [0xFF, 0xFE, 0, 0, rest @ ..] => utf32(rest, u32::from_le_bytes),
        [0, 0, 0, b'<', ..] => utf32(bytes, u32::from_be_bytes),
        [b'<', 0, 0, 0, ..] => utf32(bytes, u32::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0, b'<', 0, b'?', ..] => utf16(bytes, u16::from_be_bytes),
        [b'<', 0, b'?', 0, ..] => utf16(bytes, u16::from_le_bytes),
        _ => match declared(bytes).map(known) {
            None | Some(Some(Known::Utf8)) => utf8(bytes),
            Some(Some(Known::Bytes(upper))) => one_byte(bytes, &upper),
            Some(None) => Err(Malformed::new(0, Fault::Encoding)),
        },
    }
}

/// An encoding that this reader knows by name.
enum Known {
    Utf8,
    /// One byte a character: what 0x80 and what follows mean. A character that is not there is no character.
    Bytes(Vec<char>),
}

fn known(name: &str) -> Option<Known> {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "utf-8" | "utf8" => return Some(Known::Utf8),
        "us-ascii" | "ascii" => return Some(Known::Bytes(Vec::new())),
        _ => {}
    }
    let listed = OTHERS.iter().find(|(names, _)| names.contains(&&*name));
    let upper = match listed {
        Some((_, upper)) => upper.chars().collect(),
        None => iso_8859(iso_8859_part(&name)?)?,
    };
    Some(Known::Bytes(upper))
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

fn iso_8859(part: u8) -> Option<Vec<char>> {
    if part == 1 {
        return Some((0x80..=0xFF).map(char::from).collect());
    }
    let (_, upper) = ISO_8859.iter().find(|(number, _)| *number == part)?;
    Some((0x80..0xA0).map(char::from).chain(upper.chars()).collect())
}

fn one_byte<'b>(bytes: &[u8], upper: &[char]) -> Result<Cow<'b, str>, Malformed> {
    let letter = |byte: &u8| match byte.checked_sub(0x80) {
        None => Some(char::from(*byte)),
        Some(at) => upper.get(usize::from(at)).copied().filter(|c| *c != '\0'),
    };
    let text: Option<String> = bytes.iter().map(letter).collect();
    text.map(Cow::Owned)
        .ok_or(Malformed::new(0, Fault::Encoding))
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Malformed> {
    std::str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .map_err(|_| Malformed::new(0, Fault::Encoding))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'static, str>, Malformed> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> =
        char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(Cow::Owned(text)),
        _ => Err(Malformed::new(0, Fault::Encoding)),
    }
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> Result<Cow<'static, str>, Malformed> {
    let (units, rest) = bytes.as_chunks::<4>();
    let text: Option<String> = units
        .iter()
        .map(|bytes| char::from_u32(unit(*bytes)))
        .collect();
    match text {
        Some(text) if rest.is_empty() => Ok(Cow::Owned(text)),
        _ => Err(Malformed::new(0, Fault::Encoding)),
    }
}

/// The encoding that the XML declaration names. A declaration that is broken names none: what reads it says so.
fn declared(bytes: &[u8]) -> Option<&str> {
    let inner = bytes.strip_prefix(b"<?xml")?;
    let inner = inner.get(..memchr::memmem::find(inner, b"?>")?)?;
    let inner = std::str::from_utf8(inner).ok()?;
    declaration(inner, 0).ok()?
}
