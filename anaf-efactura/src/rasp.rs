//! The buyer's message about an invoice that was received (standard `RASP`).

use std::fmt;

use anaf_types::{Error, UploadIndex, text};
use quick_xml::escape::escape;

/// The buyer's message about a received invoice: uploaded like a document, delivered to the seller.
///
/// ```
/// use anaf_efactura::{BuyerMessage, Upload};
///
/// let message = BuyerMessage::new("191823".parse()?, "Cantitatea de pe linia 2 nu corespunde")?;
/// let upload = Upload::new("RO12345674".parse()?, &message);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BuyerMessage {
    index: UploadIndex,
    message: String,
}

impl BuyerMessage {
    /// A message about the invoice whose upload index is `index` (the `id_solicitare` of the list's row).
    ///
    /// # Errors
    /// [`anaf_types::ErrorKind::InvalidInput`] when the message is blank, or holds a character that XML 1.0 cannot
    /// carry (control characters other than tab and line breaks).
    pub fn new(index: UploadIndex, message: impl Into<String>) -> Result<Self, Error> {
        let message = message.into();
        if message.trim().is_empty() {
            return Err(Error::invalid_input("the message to the seller is empty"));
        }
        let odd = |c: char| {
            (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
        };
        if let Some(at) = message.chars().position(odd) {
            return Err(Error::invalid_input(format!(
                "character {} of the message to the seller cannot stand in XML",
                at + 1
            )));
        }
        Ok(Self { index, message })
    }

    /// The upload index of the invoice that it is about.
    #[must_use]
    pub fn index(&self) -> &UploadIndex {
        &self.index
    }

    /// The message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The XML that goes on the wire, UTF-8. Line breaks and tabs are written as character references: an XML
    /// reader would turn them into spaces otherwise.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let message = escape(&self.message)
            .replace('\t', "&#9;")
            .replace('\n', "&#10;")
            .replace('\r', "&#13;");
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<header xmlns=\"mfp:anaf:dgti:spv:reqMesaj:v1\" index_incarcare=\"{}\" message=\"{message}\"/>",
            self.index
        )
    }
}

impl fmt::Debug for BuyerMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuyerMessage")
            .field("index", &self.index)
            .field("message", &text::mask_personal_codes(&self.message))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anaf_types::answer::parse_header;
    use proptest::prelude::*;

    #[test]
    fn what_is_refused() {
        let new = |text: &str| BuyerMessage::new(1.into(), text).is_ok();
        assert!(new("a\tb\r\nc") && !new("") && !new(" \n") && !new("a\u{0}b") && !new("\u{1b}x"));
    }

    proptest! {
        #[test]
        fn a_reader_gets_back_what_was_written(text in "[ -~ăâîșțĂÎ\t\n\r<>&\"'\u{10000}-\u{10010}]{1,60}x") {
            let message = BuyerMessage::new(191_823.into(), text.clone()).unwrap();
            let read = parse_header(message.to_xml().as_bytes()).unwrap();
            prop_assert_eq!(read.attribute("message"), Some(text.as_str()));
            prop_assert_eq!(read.attribute("index_incarcare"), Some("191823"));
        }

        #[test]
        fn never_panics(text in ".{0,80}") {
            let _ = BuyerMessage::new(1.into(), text).map(|m| m.to_xml());
        }
    }
}
