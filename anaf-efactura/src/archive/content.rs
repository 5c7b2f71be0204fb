//! What an archive's document is, and ANAF's list of errors.

use std::fmt;

use anaf_types::answer::parse_header;
use anaf_types::{Cif, UploadIndex, text};

use crate::RuleFailure;
use crate::root::root;

/// What an archive's document is, by its root element. `Debug` masks personal codes.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// A UBL invoice.
    Invoice,
    /// A UBL credit note.
    CreditNote,
    /// A Cross Industry Invoice.
    CrossIndustryInvoice,
    /// A buyer's message about an invoice.
    BuyerMessage {
        /// The upload index of the invoice that it is about.
        index: Option<UploadIndex>,
        /// The message.
        message: String,
    },
    /// ANAF's list of errors: the filing was rejected.
    Rejection(Rejection),
    /// Something else, or not readable as XML.
    Other,
}

/// ANAF's list of errors for a rejected filing.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// The filing's index (`Index_incarcare`).
    pub index: Option<UploadIndex>,
    /// The issuer's fiscal code (`Cif_emitent`).
    pub issuer: Option<Cif>,
    /// What is wrong, in ANAF's order.
    pub failures: Vec<RuleFailure>,
}

impl Rejection {
    /// The index of the original, when the filing was rejected for having been filed before.
    #[must_use]
    pub fn duplicate_of(&self) -> Option<UploadIndex> {
        self.failures.iter().find_map(RuleFailure::duplicate_of)
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejection")
            .field("index", &self.index)
            .field("issuer", &self.issuer)
            .field("failures", &self.failures)
            .finish()
    }
}

const SIGNATURES: &str = "http://www.w3.org/2000/09/xmldsig#";

pub(super) fn is_signature(bytes: &[u8]) -> bool {
    root(bytes).is_some_and(|(namespace, name)| name == "Signature" && namespace == SIGNATURES)
}

pub(super) fn read(bytes: &[u8]) -> Content {
    let Some((namespace, name)) = root(bytes) else {
        return Content::Other;
    };
    match name.as_str() {
        "Invoice" => Content::Invoice,
        "CreditNote" => Content::CreditNote,
        "CrossIndustryInvoice" => Content::CrossIndustryInvoice,
        "header" => header(bytes, &namespace),
        _ => Content::Other,
    }
}

/// So many failures of one document are kept; ANAF sends dozens.
const FAILURES: usize = 10_000;

fn header(bytes: &[u8], namespace: &str) -> Content {
    let Ok(header) = parse_header(bytes) else {
        return Content::Other;
    };
    let index = |name: &str| UploadIndex::parse(header.attribute(name)?).ok();
    if let Some(message) = header.attribute("message") {
        return Content::BuyerMessage {
            index: index("index_incarcare"),
            message: message.to_owned(),
        };
    }
    // The namespace's last word is spelled "Factuta"; should ANAF ever correct it, the errors still tell.
    if !header.errors().is_empty() || namespace.contains("mesajEroriFact") {
        return Content::Rejection(Rejection {
            index: index("Index_incarcare").or_else(|| index("index_incarcare")),
            issuer: header
                .attribute("Cif_emitent")
                .and_then(|text| Cif::without_control(text).ok()),
            failures: header
                .errors()
                .iter()
                .flat_map(|text| RuleFailure::parse(text))
                .take(FAILURES)
                .collect(),
        });
    }
    Content::Other
}

impl Content {
    /// A short English name, for people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit note",
            Self::CrossIndustryInvoice => "cross industry invoice",
            Self::BuyerMessage { .. } => "buyer's message",
            Self::Rejection(_) => "list of errors",
            Self::Other => "other document",
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuyerMessage { index, message } => f
                .debug_struct("BuyerMessage")
                .field("index", index)
                .field("message", &text::mask_personal_codes(message))
                .finish(),
            Self::Rejection(rejection) => rejection.fmt(f),
            other => f.write_str(other.name()),
        }
    }
}
