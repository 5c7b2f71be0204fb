#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
//! The words that every ANAF service shares: fiscal codes, environments and hosts, identifiers, Romanian wall
//! time, published limits, units of measure, the ways of libxml2, and the one [`Error`] type with the table that tells
//! ANAF's many failures apart.
//!
//! Nothing here does I/O or is async. The crates above ([`anaf-http`], [`anaf-oauth`], [`anaf-efactura`],
//! [`anaf-etransport`]) re-export what their callers need.
//!
//! [`anaf-http`]: https://docs.rs/anaf-http
//! [`anaf-oauth`]: https://docs.rs/anaf-oauth
//! [`anaf-efactura`]: https://docs.rs/anaf-efactura
//! [`anaf-etransport`]: https://docs.rs/anaf-etransport
//!
//! Timestamps are [`jiff`] types, in public on purpose: `jiff::Timestamp` for instants, `jiff::civil::DateTime`
//! for what ANAF prints.

pub mod answer;
mod cif;
mod endpoints;
mod error;
mod id;
pub mod json;
pub mod limits;
pub mod text;
mod unit;
pub mod wall;
pub mod xml;

pub use cif::{Cif, InvalidCif};
pub use endpoints::{Endpoints, Environment, Host, InvalidBaseUrl};
pub use error::{Delivery, Error, ErrorKind, QuotaScope};
pub use id::{DownloadId, InvalidId, UploadIndex};
pub use unit::{Unit, UnknownUnit};

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
