#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
//! A typed client for e-Factura, Romania's mandatory invoicing system, over ANAF's API.
//!
//! [`EFactura`] has a method for each call. What ANAF decides about a document is a value to match ([`Verdict`],
//! [`Content`], [`Validation`]); what goes wrong on the way is an [`Error`]. Each call is also a value of its own
//! ([`Upload`], [`Status`], [`List`], [`ListPage`], [`Download`], [`Validate`], [`Transform`], [`CheckSignature`]): a
//! pure pair of functions, of the request and of the answer, which [`anaf_http::Session::call`] sends.
//!
//! | ANAF's call | here |
//! |---|---|
//! | `upload`, `uploadb2c` | [`EFactura::upload`] |
//! | `stareMesaj` | [`EFactura::status`], [`EFactura::wait`] |
//! | `listaMesajeFactura` | [`EFactura::list`] |
//! | `listaMesajePaginatieFactura` | [`EFactura::messages`] |
//! | `descarcare` | [`EFactura::download`] |
//! | `validare`, `transformare` | [`EFactura::validate`], [`EFactura::transform`] |
//! | signature check | [`EFactura::check_signature`] |
//!
//! Documents can be sent as they are ([`Document::raw`]), or built and checked offline first: an
//! [`anaf_invoice::Validated`] invoice is a [`Document`] too.

mod archive;
mod client;
mod finding;
mod list;
mod lost;
mod rasp;
mod root;
mod schema_location;
mod signature;
mod status;
mod transform;
mod upload;
mod validate;
mod wait;

pub use anaf_types::{
    Cif, Delivery, DownloadId, Environment, Error, ErrorKind, QuotaScope, UploadIndex,
};
pub use archive::{
    Archive, ArchiveError, ArchiveLimits, Content, Download, DownloadZip, Entry, Rejection,
};
pub use client::EFactura;
pub use finding::RuleFailure;
pub use list::{
    Collected, Filter, List, ListPage, Message, MessageKind, MessageList, MessageQuery,
    MessageStream, Page, Roles, UnreadableRow, Window,
};
pub use lost::LostUpload;
pub use rasp::BuyerMessage;
pub use schema_location::strip_schema_location;
pub use signature::{CheckSignature, SignatureCheck};
pub use status::{Status, Verdict};
pub use transform::{Rendering, Transform};
pub use upload::{Document, Receipt, Standard, Upload};
pub use validate::{Form, Validate, Validation, Via};
pub use wait::{Wait, WaitPolicy, Waited};

/// `{env}/FCTEL/rest/{method}`
fn path(environment: Environment, method: &str) -> String {
    format!("{}/FCTEL/rest/{method}", environment.segment())
}

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
