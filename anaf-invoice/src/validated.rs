//! The proof that an invoice passed validation.

use std::fmt;

use crate::model::{DocumentKind, Invoice};
use crate::report::Report;
use crate::ubl::WriteError;
use crate::validate::validate;

/// Something that ANAF's published rules accept, with the bytes that were checked.
///
/// It can only be made by validation, so a function that takes it need not check again. The bytes are exactly those
/// that the rules saw: upload them as they are.
#[derive(Clone, Debug)]
pub struct Validated<T> {
    checked: T,
    xml: Vec<u8>,
    report: Report,
}

impl<T> Validated<T> {
    /// The XML that was checked, as it is to be uploaded.
    #[must_use]
    pub fn xml(&self) -> &[u8] {
        &self.xml
    }

    /// The XML, by value.
    #[must_use]
    pub fn into_xml(self) -> Vec<u8> {
        self.xml
    }

    /// What validation said: warnings at most.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }
}

impl Validated<Invoice> {
    /// The invoice.
    #[must_use]
    pub fn invoice(&self) -> &Invoice {
        &self.checked
    }

    /// The invoice, by value.
    #[must_use]
    pub fn into_invoice(self) -> Invoice {
        self.checked
    }

    /// Whether the document is an invoice or a credit note: ANAF's upload standard differs (`UBL`, `CN`).
    #[must_use]
    pub fn kind(&self) -> DocumentKind {
        self.checked.kind
    }
}

/// An invoice that did not pass validation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rejected {
    /// The invoice, to correct.
    pub invoice: Invoice,
    /// Why.
    pub reason: RejectedBecause,
}

/// What keeps an invoice from being uploaded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RejectedBecause {
    /// It cannot be written as XML.
    Unwritable(WriteError),
    /// The rules found something fatal; the report says what.
    Rules(Report),
}

impl Rejected {
    /// The report, when there was something to report on.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match &self.reason {
            RejectedBecause::Rules(report) => Some(report),
            RejectedBecause::Unwritable(_) => None,
        }
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = &self.invoice.number;
        match &self.reason {
            RejectedBecause::Unwritable(error) => write!(f, "invoice {number}: {error}"),
            RejectedBecause::Rules(report) => {
                write!(f, "invoice {number} would be rejected:\n{report}")
            }
        }
    }
}

impl std::error::Error for Rejected {}

impl Invoice {
    /// Writes the invoice and checks the XML as [`validate`] does: the UBL schema and every rule of CIUS-RO.
    ///
    /// # Errors
    /// [`Rejected`] gives the invoice back, with the report of what is wrong.
    pub fn validate(self) -> Result<Validated<Self>, Box<Rejected>> {
        let xml = match self.to_xml() {
            Ok(xml) => xml,
            Err(error) => {
                return Err(Box::new(Rejected {
                    invoice: self,
                    reason: RejectedBecause::Unwritable(error),
                }));
            }
        };
        let report = validate(&xml);
        if report.is_accepted() {
            Ok(Validated {
                checked: self,
                xml,
                report,
            })
        } else {
            Err(Box::new(Rejected {
                invoice: self,
                reason: RejectedBecause::Rules(report),
            }))
        }
    }
}
