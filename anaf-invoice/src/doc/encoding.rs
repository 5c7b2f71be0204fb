//! From bytes to text: the encodings that real invoices come in.

use super::encoding_tables::{ISO_8859_2, ISO_8859_16, WINDOWS_1250, WINDOWS_1252};
use super::error::{XmlError, XmlErrorKind};
use super::place;
use std::borrow::Cow;

/// The text of an XML file in any of the encodings that this crate reads: UTF-8, UTF-16, US-ASCII, ISO-8859-1, -2 and
/// -16, windows-1250 and -1252. UTF-8 is borrowed, the rest is transcoded once.
///
/// A byte order mark, which outranks the XML declaration as in libxml2, is taken off. Whether the text is well-formed
/// XML is not looked at, and its declaration still names the encoding that the bytes had.
///
/// # Errors
/// [`XmlErrorKind::UnsupportedEncoding`] and [`XmlErrorKind::BadEncoding`], at the first byte that cannot be read.
pub fn decode_xml(bytes: &[u8]) -> Result<Cow<'_, str>, XmlError> {
    decode(bytes).map_err(|(kind, offset)| {
        let head = String::from_utf8_lossy(bytes.get(..offset).unwrap_or(&[]));
        let (line, column) = place::line_column(&head, head.len());
        XmlError::new(kind, line, column)
    })
}

/// On failure the offset of the first bad byte.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, (XmlErrorKind, usize)> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest).map_err(|(kind, at)| (kind, at + 3)),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [b'<', 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, b'<', ..] => utf16(bytes, u16::from_be_bytes),
        _ => declared(bytes),
    }
}

fn declared(bytes: &[u8]) -> Result<Cow<'_, str>, (XmlErrorKind, usize)> {
    let Some(name) = declared_name(bytes) else {
        return utf8(bytes);
    };
    let upper = name.to_ascii_uppercase();
    match upper.as_str() {
        "UTF-8" | "UTF8" => utf8(bytes),
        "US-ASCII" | "ASCII" => match bytes.iter().position(|b| *b >= 0x80) {
            Some(at) => Err((XmlErrorKind::BadEncoding("US-ASCII"), at)),
            None => utf8(bytes),
        },
        "ISO-8859-1" | "ISO_8859-1" | "LATIN1" => {
            single_byte(bytes, |b| char::from_u32(u32::from(b) + 0x80), "ISO-8859-1")
        }
        "ISO-8859-2" | "ISO_8859-2" | "LATIN2" => table(bytes, &ISO_8859_2, "ISO-8859-2"),
        "ISO-8859-16" | "ISO_8859-16" | "LATIN10" => table(bytes, &ISO_8859_16, "ISO-8859-16"),
        "WINDOWS-1250" | "CP1250" => table(bytes, &WINDOWS_1250, "windows-1250"),
        "WINDOWS-1252" | "CP1252" => table(bytes, &WINDOWS_1252, "windows-1252"),
        _ => Err((XmlErrorKind::UnsupportedEncoding(name), 0)),
    }
}

/// The encoding that the XML declaration names.
fn declared_name(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..bytes.len().min(256))?;
    let head = head.strip_prefix(b"<?xml")?;
    let head = head.get(..memchr::memmem::find(head, b"?>")?)?;
    let at = memchr::memmem::find(head, b"encoding")?;
    let rest = head
        .get(at + 8..)?
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    let (quote, rest) = rest.split_first()?;
    let end = rest.iter().position(|b| b == quote)?;
    String::from_utf8(rest.get(..end)?.to_vec()).ok()
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, (XmlErrorKind, usize)> {
    std::str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .map_err(|e| (XmlErrorKind::BadEncoding("UTF-8"), e.valid_up_to()))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, (XmlErrorKind, usize)> {
    const BAD: XmlErrorKind = XmlErrorKind::BadEncoding("UTF-16");
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err((BAD, bytes.len()));
    }
    let mut text = String::with_capacity(pairs.len());
    for (index, decoded) in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).enumerate() {
        text.push(decoded.map_err(|_| (BAD, index * 2))?);
    }
    Ok(Cow::Owned(text))
}

fn table<'x>(
    bytes: &'x [u8],
    upper: &[u16; 128],
    name: &'static str,
) -> Result<Cow<'x, str>, (XmlErrorKind, usize)> {
    let decode = |b: u8| {
        upper
            .get(usize::from(b))
            .and_then(|c| char::from_u32(u32::from(*c)))
            .filter(|c| *c != '\0')
    };
    single_byte(bytes, decode, name)
}

/// `upper` decodes the bytes from 0x80, given without that offset.
fn single_byte<'x>(
    bytes: &'x [u8],
    upper: impl Fn(u8) -> Option<char>,
    name: &'static str,
) -> Result<Cow<'x, str>, (XmlErrorKind, usize)> {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for (at, byte) in bytes.iter().enumerate() {
        let decoded = if byte.is_ascii() {
            Some(char::from(*byte))
        } else {
            upper(byte & 0x7F)
        };
        text.push(decoded.ok_or((XmlErrorKind::BadEncoding(name), at))?);
    }
    Ok(Cow::Owned(text))
}
