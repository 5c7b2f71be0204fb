//! UBL 2.1: writing the model as XML and reading it back.
//!
//! [`Invoice::to_xml`](crate::model::Invoice::to_xml) writes; [`from_xml`] reads what any program wrote.

mod kept;
mod read;
mod read_document;
mod read_line;
mod read_party;
mod read_payment;
mod reader;
mod write;
mod write_document;
mod write_line;
mod write_party;
mod xml;

pub use kept::{Extra, KeptAside, ReadInvoice, ReadIssue, ReadProblem};
pub use read::{ReadError, from_xml};

/// Why an invoice cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A text has a character that XML 1.0 forbids, even escaped: a control character, U+FFFE or U+FFFF.
    #[error("{location} has the character U+{:04X}, which XML forbids: take it out of the text", u32::from(*character))]
    IllegalCharacter {
        /// The UBL path of the element.
        location: String,
        /// The character.
        character: char,
    },
}
