//! Identifiers, notes, periods, delivery, and references to other documents.

use jiff::civil::Date;

use std::fmt;

use anaf_types::text::Masked;

use super::PostalAddress;
use crate::codes::{IcdScheme, MimeCode, NoteSubject};

/// An identifier with the scheme that it belongs to; `S` is the list of schemes that the term allows. `Debug` masks
/// personal codes.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Identifier<S> {
    /// The identifier.
    pub value: String,
    /// Its scheme.
    pub scheme: Option<S>,
}

impl<S: fmt::Debug> fmt::Debug for Identifier<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identifier")
            .field("value", &Masked(&self.value))
            .field("scheme", &self.scheme)
            .finish()
    }
}

impl<S> Identifier<S> {
    /// An identifier without a scheme.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            scheme: None,
        }
    }

    /// An identifier of a scheme.
    #[must_use]
    pub fn with_scheme(value: impl Into<String>, scheme: S) -> Self {
        Self {
            value: value.into(),
            scheme: Some(scheme),
        }
    }
}

/// BG-1 Invoice note. UBL writes the subject into the text, as `#AAI#text`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// BT-21 Invoice note subject code.
    pub subject: Option<NoteSubject>,
    /// BT-22 Invoice note: at most 300 characters, subject included (BR-RO-L302).
    pub text: String,
}

impl Note {
    /// A note without a subject.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            subject: None,
            text: text.into(),
        }
    }

    /// A note on a subject.
    #[must_use]
    pub fn on(subject: NoteSubject, text: impl Into<String>) -> Self {
        Self {
            subject: Some(subject),
            text: text.into(),
        }
    }
}

/// BG-3 Preceding invoice reference.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrecedingInvoice {
    /// BT-25 Preceding invoice number.
    pub number: String,
    /// BT-26 Preceding invoice issue date.
    pub issue_date: Option<Date>,
}

impl PrecedingInvoice {
    /// A reference by number and date.
    #[must_use]
    pub fn new(number: impl Into<String>, issue_date: Option<Date>) -> Self {
        Self {
            number: number.into(),
            issue_date,
        }
    }
}

/// A period: of the invoice (BG-14) or of a line (BG-26). At least one end is given (BR-CO-19, BR-CO-20).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Period {
    /// BT-73 Invoicing period start date; BT-134 Invoice line period start date.
    pub start: Option<Date>,
    /// BT-74 Invoicing period end date; BT-135 Invoice line period end date.
    pub end: Option<Date>,
}

impl Period {
    /// A period with both ends, both included.
    #[must_use]
    pub fn new(start: Date, end: Date) -> Self {
        Self {
            start: Some(start),
            end: Some(end),
        }
    }
}

/// BG-13 Delivery information.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// BT-70 Deliver to party name.
    pub party_name: Option<String>,
    /// BT-71 Deliver to location identifier.
    pub location: Option<Identifier<IcdScheme>>,
    /// BT-72 Actual delivery date.
    pub date: Option<Date>,
    /// BG-15 Deliver to address.
    pub address: Option<PostalAddress>,
}

impl Delivery {
    /// A delivery on a date.
    #[must_use]
    pub fn on(date: Date) -> Self {
        Self {
            date: Some(date),
            ..Self::default()
        }
    }

    /// Sets the address (BG-15).
    #[must_use]
    pub fn with_address(mut self, address: PostalAddress) -> Self {
        self.address = Some(address);
        self
    }
}

/// BG-24 Additional supporting document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SupportingDocument {
    /// BT-122 Supporting document reference.
    pub reference: String,
    /// BT-123 Supporting document description.
    pub description: Option<String>,
    /// BT-124 External document location: a URL.
    pub location: Option<String>,
    /// BT-125 Attached document.
    pub attachment: Option<Attachment>,
}

impl SupportingDocument {
    /// A document by its reference.
    #[must_use]
    pub fn new(reference: impl Into<String>) -> Self {
        Self {
            reference: reference.into(),
            ..Self::default()
        }
    }

    /// Attaches the document itself (BT-125).
    #[must_use]
    pub fn with_attachment(mut self, attachment: Attachment) -> Self {
        self.attachment = Some(attachment);
        self
    }
}

/// BT-125 Attached document.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attachment {
    /// BT-125-1 Attached document mime code.
    pub mime: MimeCode,
    /// BT-125-2 Attached document filename.
    pub filename: String,
    /// The document's bytes; on the wire they are base64.
    pub content: Vec<u8>,
}

impl Attachment {
    /// An attachment.
    #[must_use]
    pub fn new(mime: MimeCode, filename: impl Into<String>, content: Vec<u8>) -> Self {
        Self {
            mime,
            filename: filename.into(),
            content,
        }
    }
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attachment")
            .field("mime", &self.mime)
            .field("filename", &self.filename)
            .field("bytes", &self.content.len())
            .finish()
    }
}
