//! What is filed: bytes, and what they are.

use std::fmt;

use anaf_invoice::Validated;
use anaf_invoice::model::{DocumentKind, Invoice};
use anaf_types::Error;
use bytes::Bytes;

use crate::BuyerMessage;
use crate::root::root;

/// What an uploaded file is: ANAF's parameter `standard`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Standard {
    /// `UBL`: an invoice, UBL 2.1.
    Ubl,
    /// `CN`: a credit note, UBL 2.1.
    CreditNote,
    /// `CII`: an invoice, UN/CEFACT Cross Industry Invoice.
    Cii,
    /// `RASP`: the buyer's message about an invoice that was received.
    Rasp,
}

impl Standard {
    /// The parameter's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ubl => "UBL",
            Self::CreditNote => "CN",
            Self::Cii => "CII",
            Self::Rasp => "RASP",
        }
    }
}

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A file to upload: its bytes, and what they are. One made from a validated invoice also knows how it wants to be filed.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    standard: Standard,
    bytes: Bytes,
    pub(super) filing: Filing,
}

/// How a document wants to be filed: `uploadb2c`, and the flags `extern` and `autofactura`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Filing {
    pub(super) consumer: bool,
    pub(super) foreign_buyer: bool,
    pub(super) self_billed: bool,
}

impl Filing {
    fn of(invoice: &Invoice) -> Self {
        Self {
            consumer: invoice.is_to_consumer(),
            foreign_buyer: invoice.is_buyer_foreign(),
            self_billed: invoice.is_self_billed(),
        }
    }
}

impl Document {
    /// Bytes as they stand. ANAF checks them; nothing here does but for the size, when they are sent.
    #[must_use]
    pub fn raw(standard: Standard, bytes: impl Into<Bytes>) -> Self {
        Self {
            standard,
            bytes: bytes.into(),
            filing: Filing::default(),
        }
    }

    /// Bytes whose standard their root element tells: `Invoice`, `CreditNote`, `CrossIndustryInvoice`, or the `header`
    /// of a buyer's message. Any encoding will do that [`anaf_invoice::validate()`] reads, UTF-16 for one; the bytes are
    /// sent as they stand. ANAF publishes no list of encodings, and its examples are UTF-8: prefer that.
    ///
    /// # Errors
    /// [`anaf_types::ErrorKind::InvalidInput`] for any other root, and for what is not XML in such an encoding: say what it is
    /// then, with [`Document::raw`].
    pub fn detect(bytes: impl Into<Bytes>) -> Result<Self, Error> {
        let bytes = bytes.into();
        let found = root(&bytes);
        let is_message = |namespace: &str| namespace.contains(":reqMesaj:");
        let standard = match found
            .as_ref()
            .map(|(namespace, name)| (namespace.as_str(), name.as_str()))
        {
            Some((_, "Invoice")) => Standard::Ubl,
            Some((_, "CreditNote")) => Standard::CreditNote,
            Some((_, "CrossIndustryInvoice")) => Standard::Cii,
            // A list of errors that ANAF sent has the same root element in another namespace.
            Some((namespace, "header")) if is_message(namespace) => Standard::Rasp,
            Some((_, other)) => {
                return Err(Error::invalid_input(format!(
                    "the root element is `{other}`: none of Invoice, CreditNote, CrossIndustryInvoice, header"
                )));
            }
            None => {
                return Err(Error::invalid_input(
                    "the document is not XML in an encoding that can be read",
                ));
            }
        };
        Ok(Self::raw(standard, bytes))
    }

    /// What the bytes are.
    #[must_use]
    pub fn standard(&self) -> Standard {
        self.standard
    }

    /// The bytes that go on the wire.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl From<&Validated<Invoice>> for Document {
    /// The XML that validation saw, with its standard, and with what the invoice says of its buyer and of who wrote it.
    fn from(validated: &Validated<Invoice>) -> Self {
        let (standard, filing) = told(validated);
        Self {
            standard,
            bytes: Bytes::copy_from_slice(validated.xml()),
            filing,
        }
    }
}

impl From<Validated<Invoice>> for Document {
    /// As for a reference, without a copy of the XML.
    fn from(validated: Validated<Invoice>) -> Self {
        let (standard, filing) = told(&validated);
        Self {
            standard,
            bytes: validated.into_xml().into(),
            filing,
        }
    }
}

fn told(validated: &Validated<Invoice>) -> (Standard, Filing) {
    let standard = match validated.kind() {
        DocumentKind::Invoice => Standard::Ubl,
        DocumentKind::CreditNote => Standard::CreditNote,
    };
    (standard, Filing::of(validated.invoice()))
}

impl From<&BuyerMessage> for Document {
    fn from(message: &BuyerMessage) -> Self {
        Self::raw(Standard::Rasp, message.to_xml())
    }
}

impl From<BuyerMessage> for Document {
    fn from(message: BuyerMessage) -> Self {
        Self::from(&message)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({}, {} bytes)", self.standard, self.bytes.len())
    }
}
