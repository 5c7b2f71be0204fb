//! Documents that may be filed.

use crate::model::Declaration;
use crate::read::{Read, ReadError};
use crate::report::Report;

/// A document that the schema and every official rule accept, with the bytes that will be filed.
///
/// There is no other way to one than through the validator: [`Declaration::validate`] for what you built, and
/// [`Validated::read`] for what you were given.
#[derive(Debug, Clone)]
pub struct Validated<T> {
    document: T,
    xml: Vec<u8>,
}

/// A declaration that breaks rules.
#[derive(Clone, thiserror::Error)]
#[error("the declaration is not valid:\n{report}")]
#[non_exhaustive]
pub struct Invalid {
    /// The declaration, to be mended.
    pub declaration: Box<Declaration>,
    /// What is wrong with it; places are those of [`Declaration::to_xml`].
    pub report: Report,
}

crate::shown::debug_as_text!(Invalid);

impl Declaration {
    /// Writes the declaration, and checks what was written against the schema and the official rules.
    ///
    /// # Errors
    /// [`Invalid`] gives the declaration back with the findings.
    pub fn validate(self) -> Result<Validated<Self>, Invalid> {
        let xml = self.to_xml();
        let report = crate::validate(xml.as_bytes());
        if report.is_valid() {
            Ok(Validated {
                document: self,
                xml: xml.into_bytes(),
            })
        } else {
            Err(Invalid {
                declaration: Box::new(self),
                report,
            })
        }
    }
}

impl Validated<Declaration> {
    /// Reads and checks a document that somebody else wrote. The bytes are kept as they are.
    ///
    /// # Errors
    /// [`ReadError::Invalid`] with everything that the schema and the rules have against it.
    pub fn read(bytes: impl Into<Vec<u8>>) -> Result<Self, ReadError> {
        let xml = bytes.into();
        let Read {
            declaration,
            report,
        } = Declaration::read_with_report(&xml)?;
        if report.is_valid() {
            Ok(Self {
                document: declaration,
                xml,
            })
        } else {
            Err(ReadError::Invalid(Box::new(report)))
        }
    }
}

impl<T> Validated<T> {
    /// The document.
    pub fn document(&self) -> &T {
        &self.document
    }

    /// The bytes that will be filed.
    pub fn xml(&self) -> &[u8] {
        &self.xml
    }

    /// Gives both away.
    pub fn into_parts(self) -> (T, Vec<u8>) {
        (self.document, self.xml)
    }
}
