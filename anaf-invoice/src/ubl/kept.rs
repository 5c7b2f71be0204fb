//! What reading gives beside the invoice, so that nothing of the document is lost.

use std::fmt;

use crate::model::Invoice;
use crate::report::Location;

/// An invoice as it was read, with the bytes it was read from and all that has no place in the model.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReadInvoice {
    /// The invoice. Required terms that the document lacks are empty or zero here; [`issues`](Self::issues) names them.
    pub invoice: Invoice,
    /// The bytes, as they were given.
    pub raw: Vec<u8>,
    /// Elements and attributes that the model does not name, and repetitions beyond what it holds.
    pub extras: Vec<Extra>,
    /// Terms that are missing or could not be taken as they stand.
    pub issues: Vec<ReadIssue>,
}

impl ReadInvoice {
    /// The invoice alone, if every required term was there and could be read.
    ///
    /// # Errors
    /// The whole of what was read, when [`issues`](Self::issues) is not empty.
    pub fn into_complete(self) -> Result<Invoice, Box<Self>> {
        if self.issues.is_empty() {
            Ok(self.invoice)
        } else {
            Err(Box::new(self))
        }
    }
}

/// A part of the document that is kept aside.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extra {
    /// Where it stands; for an attribute, its element.
    pub location: Location,
    /// Why it is not in the model.
    pub why: KeptAside,
    /// The part as it was written: an element with its content, or `name="value"`.
    pub xml: String,
}

/// Why a part of the document is kept aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeptAside {
    /// The model has no such term: extensions, and what CIUS-RO says an invoice shall not include.
    NotInModel,
    /// The model holds one such term, and another came before.
    Repeated,
    /// The element is the model's, but its value could not be read; an issue says more.
    Unreadable,
    /// An attribute that the model has no place for.
    Attribute,
}

/// A term that is missing, or not as the standard wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadIssue {
    /// The business term, as `BT-131`.
    pub term: &'static str,
    /// The element, or where it should be.
    pub location: Location,
    /// What is wrong.
    pub problem: ReadProblem,
}

impl fmt::Display for ReadIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            term,
            location,
            problem,
        } = self;
        let (path, line, column) = (location.path(), location.line(), location.column());
        write!(
            f,
            "{term} at {path} (line {line}, column {column}): {problem}"
        )
    }
}

/// What is wrong with a term.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadProblem {
    /// A required term is not there; the model has an empty text, zero, or the first day of year 0.
    #[error("missing")]
    Missing,
    /// The text is not a number, date or base64; the model has nothing, or zero where a value is required.
    #[error("`{text}` cannot be read")]
    Unreadable {
        /// The text, cut after 100 characters.
        text: String,
    },
    /// The value was read, but the document says more than the model can: a date with a time zone.
    #[error("read without what surrounds it in `{text}`")]
    Adapted {
        /// The text.
        text: String,
    },
    /// The amount is in another currency than the invoice.
    #[error("the amount is in {currency}, not in the currency of the invoice")]
    OtherCurrency {
        /// The currency that the amount names.
        currency: String,
    },
}
