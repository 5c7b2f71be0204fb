//! Typed codes: what EN 16931 and CIUS-RO take from published lists.
//!
//! Short lists whose members mean something to a program are enums ([`InvoiceType`], [`VatCategory`], [`County`] …);
//! long ones are checked texts with constants for the common members ([`Unit`], [`Currency`], [`Country`] …). All are
//! open: reading keeps a code that is not on the list (`Other`, or [`Unit::other`] and its sisters), and validation
//! then names the rule that it breaks.

mod enums;
pub(crate) mod list;
mod listed;
pub(crate) mod tables;

pub use enums::{County, InvoiceType, MimeCode, Sector, VatCategory, VatPointDateCode};
pub use listed::{
    AllowanceReason, ChargeReason, Country, Currency, EasScheme, ExemptionReason, IcdScheme,
    ItemTypeScheme, NoteSubject, PaymentMeansCode, ReferenceQualifier, Unit,
};

/// A code that is not on its list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{code}` is not a code of {list}")]
#[non_exhaustive]
pub struct UnknownCode {
    /// The list's name.
    pub list: &'static str,
    /// The code as it was given.
    pub code: String,
}

impl UnknownCode {
    pub(crate) fn new(list: &'static str, code: &str) -> Self {
        Self {
            list,
            code: code.to_owned(),
        }
    }
}
