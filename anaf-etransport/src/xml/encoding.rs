//! From bytes to text: UTF-8 with or without byte order mark, UTF-16, and the one-byte encodings that Romanian programs
//! have used, where the declaration names one.

use std::borrow::Cow;

use super::encoding_tables::{LATIN_2, WINDOWS_1250, WINDOWS_1252};
use super::{Fault, Malformed};

/// Decodes a document. The byte order mark is taken off.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Malformed> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0, b'<', 0, _, ..] => utf16(bytes, u16::from_be_bytes),
        [b'<', 0, _, 0, ..] => utf16(bytes, u16::from_le_bytes),
        _ => match declared(bytes).map(known) {
            None | Some(Some(Known::Utf8)) => utf8(bytes),
            Some(Some(Known::Bytes(upper))) => one_byte(bytes, upper),
            Some(None) => Err(Malformed::new(0, Fault::Encoding)),
        },
    }
}

/// An encoding that this reader knows.
enum Known {
    Utf8,
    /// One byte a character: what 0x80 to 0xFF mean.
    Bytes(fn(u8) -> Option<char>),
}

fn known(name: &str) -> Option<Known> {
    let name = name.to_ascii_lowercase();
    Some(match name.as_str() {
        "utf-8" | "utf8" | "us-ascii" | "ascii" => Known::Utf8,
        "iso-8859-1" | "iso8859-1" | "iso_8859-1" | "latin1" => {
            Known::Bytes(|byte| Some(char::from(byte)))
        }
        "iso-8859-2" | "iso8859-2" | "iso_8859-2" | "latin2" => {
            Known::Bytes(|byte| upper(&LATIN_2, byte))
        }
        "windows-1250" | "cp1250" => Known::Bytes(|byte| upper(&WINDOWS_1250, byte)),
        "windows-1252" | "cp1252" => Known::Bytes(|byte| upper(&WINDOWS_1252, byte)),
        _ => return None,
    })
}

fn upper(table: &[char; 128], byte: u8) -> Option<char> {
    table
        .get(usize::from(byte).checked_sub(128)?)
        .copied()
        .filter(|c| *c != '\0')
}

fn one_byte(bytes: &[u8], upper: fn(u8) -> Option<char>) -> Result<Cow<'_, str>, Malformed> {
    let text: Option<String> = bytes
        .iter()
        .map(|byte| {
            if byte.is_ascii() {
                Some(char::from(*byte))
            } else {
                upper(*byte)
            }
        })
        .collect();
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

/// The encoding that the XML declaration names, read from the first bytes alone.
fn declared(bytes: &[u8]) -> Option<&str> {
    let head = bytes.get(..bytes.len().min(200))?;
    let head = head.strip_prefix(b"<?xml")?;
    let head = head.get(..memchr::memchr(b'>', head)?)?;
    let head = std::str::from_utf8(head).ok()?;
    let value = head
        .split_once("encoding")?
        .1
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split(quote).next()
}
