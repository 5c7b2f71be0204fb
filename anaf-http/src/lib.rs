#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
//! The one road to ANAF: a [`Session`] that every client of the family shares.
//!
//! A client is a list of [`Operation`]s: values that build a [`Request`] and read an [`Answer`]. The session sends
//! them: it asks a [`BearerSource`] for the token, keeps ANAF's limits ([`Limits`]), waits and repeats where that is
//! safe ([`RetryPolicy`]), keeps the times ([`Timeouts`]) and the caps on answers, and writes one tracing span for
//! each call. Time, chance and the network are arguments: [`Clock`], [`Dice`], [`Transport`].

mod bearer;
mod clock;
mod dice;
mod limits;
mod operation;
mod retry;
#[cfg(any(test, feature = "test-util"))]
mod scripted;
mod session;
mod timeouts;
mod transport;

pub use anaf_types::answer::{Answer, Shape};
pub use anaf_types::{Cif, Delivery, Endpoints, Environment, Error, ErrorKind, Host, QuotaScope};
pub use bearer::{Bearer, BearerSource, FixedBearer};
#[cfg(any(test, feature = "test-util"))]
#[cfg_attr(docsrs, doc(cfg(feature = "test-util")))]
pub use clock::ManualClock;
pub use clock::{Clock, Sleep, SystemClock};
#[cfg(any(test, feature = "test-util"))]
#[cfg_attr(docsrs, doc(cfg(feature = "test-util")))]
pub use dice::LoadedDice;
pub use dice::{Dice, SystemDice};
pub use limits::{Limits, WhenReached};
pub use operation::{Access, Body, Cap, Method, Operation, Part, QuotaUse, Request};
pub use retry::RetryPolicy;
#[cfg(any(test, feature = "test-util"))]
#[cfg_attr(docsrs, doc(cfg(feature = "test-util")))]
pub use scripted::ScriptedTransport;
pub use session::{CallOptions, Session, SessionBuilder};
pub use timeouts::Timeouts;
pub use transport::{HttpTransport, Transport, WireRequest};

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
