//! From bytes to text: the encodings that real invoices come in.

use super::error::{XmlError, XmlErrorKind};
use super::place;
use anaf_types::xml::{DecodeError, decode};
use std::borrow::Cow;

/// The text of an XML file in any of the encodings that this crate reads: UTF-8, UTF-16, UTF-32, US-ASCII, the parts of
/// ISO 8859, Windows 1250 to 1257 (but 1255) and KOI8-R. UTF-8 is borrowed, the rest is transcoded once.
///
/// A byte order mark, which outranks the XML declaration as in libxml2, is taken off. Whether the text is well-formed
/// XML is not looked at, and its declaration still names the encoding that the bytes had.
///
/// # Errors
/// [`XmlErrorKind::UnsupportedEncoding`] and [`XmlErrorKind::BadEncoding`], at the first byte that cannot be read.
pub fn decode_xml(bytes: &[u8]) -> Result<Cow<'_, str>, XmlError> {
    decode(bytes).map_err(|error| {
        let (kind, offset) = match error {
            DecodeError::Malformed { encoding, offset } => {
                (XmlErrorKind::BadEncoding(encoding), offset)
            }
            DecodeError::Unsupported(name) => (XmlErrorKind::UnsupportedEncoding(name), 0),
            other => (XmlErrorKind::UnsupportedEncoding(other.to_string()), 0),
        };
        let head = String::from_utf8_lossy(bytes.get(..offset).unwrap_or(&[]));
        let (line, column) = place::line_column(&head, head.len());
        XmlError::new(kind, line, column)
    })
}
