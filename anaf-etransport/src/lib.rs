#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
//! Romania's e-Transport: declare a transport, get its UIT, know that it is valid.
//!
//! * **Documents**: [`Declaration`] and its four operations, built without leaving anything out
//!   ([`Notification::of`]), written ([`Declaration::to_xml`]) and read ([`Declaration::read`]).
//! * **Rules, offline**: [`validate`] gives the verdict of the official schema and of the official rules on any bytes;
//!   [`rules()`] lists them. [`Validated`] is a document that passed.
//! * **UITs**: [`Uit`] with its check digits, [`Validity`] with its days and with what may still be changed.
//! * **Codes**: [`codes`].
//! * **The client** (feature `client`, on by default): `ETransport` over a session of `anaf-http`.
//!
//! # Fidelity
//!
//! The rules are those of the Schematron file of version 2.0.2 (12.08.2024), the schema that of 26.01.2023; both are
//! held against SaxonC and libxml2 on golden documents and mutants. What the official files do by mistake is done here
//! as well: BR-003 and BR-209 never fire, BR-216 and BR-217 have lost their ids and fire all the same, and libxml2 takes
//! lengths of `codTarifar` and `codDeclarant` that the schema's patterns exclude (rules BR-034 and BR-002 refuse them).
//! Where the official processor dies on a document, the rule is [`Undetermined`].

pub mod codes;
mod model;
mod read;
mod report;
mod rules;
mod schema;
mod shown;
mod sink;
mod uit;
mod validate;
mod validated;
mod validity;
mod write;
mod xml;

#[cfg(feature = "client")]
mod client;

#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use client::*;
pub use model::*;
pub use read::{Read, ReadError};
pub use report::{
    Ambiguity, Finding, FindingPlace, Kind, MAX_FINDINGS, Report, Severity, Undetermined,
};
pub use rules::{RuleInfo, rules};
pub use uit::{InvalidUit, Uit};
pub use validate::{MAX_BYTES, validate};
pub use validated::{Invalid, Validated};
pub use validity::{Changes, Movement, Stage, Validity};
/// The crates whose types stand in this one's API: dates and numbers.
pub use {jiff, rust_decimal};

#[doc = include_str!("../README.md")]
#[cfg(all(doctest, feature = "client"))]
struct Readme;
