//! Romanian e-Factura invoices (CIUS-RO, UBL 2.1), offline: build, read, write and validate.
//!
//! - [`build::InvoiceBuilder`] makes an [`model::Invoice`] from what a business knows, every amount computed;
//! - [`model::Invoice::to_xml`] writes UBL, [`ubl::from_xml`] reads what any program wrote;
//! - [`validate()`] checks a document against the UBL schema and every rule of CIUS-RO, [`model::Invoice::validate`]
//!   an authored invoice, which gives a [`Validated`] one: the proof that an upload asks for.
//!
//! Nothing here does I/O or is async. Dates are [`jiff::civil::Date`]s and amounts [`rust_decimal::Decimal`]s, in public
//! on purpose.
#![forbid(unsafe_code)]

pub mod build;
pub mod codes;
pub mod model;
pub mod ubl;
mod validated;

mod doc;
mod report;
pub mod rules;
mod schema;
mod validate;

pub use doc::{XmlError, XmlErrorKind, decode_xml};
pub use report::{Finding, FindingKind, Location, Report, Severity, Undetermined};
pub use validate::validate;
pub use validated::{Rejected, RejectedBecause, Validated};

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
