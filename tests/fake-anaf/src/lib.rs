//! A stateful imitation of ANAF's services, for tests: OAuth, e-Factura, e-Transport, with failures on order.
//!
//! It depends on no crate of the SDK, so that it cannot share a misunderstanding with the client that it tests. All its
//! hosts are one HTTP server on a loopback port: [`FakeAnaf::oauth_base`] stands for logincert.anaf.ro,
//! [`FakeAnaf::api_base`] for api.anaf.ro, [`FakeAnaf::public_base`] for webservicesp.anaf.ro.
//!
//! ```no_run
//! use fake_anaf::{Failure, FakeAnaf, FakeClock, Operation};
//! use jiff::SignedDuration;
//!
//! # async fn demo() -> Result<(), Box<dyn std::error::Error>> {
//! let clock = FakeClock::manual("2026-07-01T09:00:00Z".parse()?);
//! let fake = FakeAnaf::builder().clock(clock.clone()).start().await?;
//! fake.efactura().configure(|settings| settings.processing = SignedDuration::from_secs(30));
//!
//! // A login without a browser: what the person's browser would be redirected to.
//! let url = format!(
//!     "{}/authorize?response_type=code&client_id={}&redirect_uri={}&token_content_type=jwt&state=s1",
//!     fake.oauth_base(), fake.client_id(), fake.redirect_uri(),
//! );
//! let callback = fake.log_in(&url)?;
//! // Or no login at all: a bearer token of the default person, who has rights for `fake.cif()`.
//! let bearer = fake.bearer();
//!
//! fake.fail_next(Operation::Upload, Failure::status(503));
//! clock.advance(SignedDuration::from_hours(1));
//! assert_eq!(fake.count(Operation::Upload), 0);
//! # let _ = (callback, bearer); Ok(())
//! # }
//! ```
//!
//! Defaults: one application ([`FakeAnaf::application`]), two people — one with rights for [`CIF`] and
//! [`BUYER_CIF`], one with rights for no fiscal code —, the published limits, no processing time, no indexing lag,
//! the machine's clock. Everything may be changed while it runs.

mod admin;
mod answer;
mod call;
mod clock;
mod efactura;
mod etransport;
mod fake;
mod faults;
mod limits;
mod log;
mod multipart;
mod oauth;
mod people;
mod proxy;
mod registries;
mod server;
mod state;
mod xml;

use oauth::random_uuid as trace_id;

pub use call::{Env, Operation};
pub use clock::FakeClock;
pub use efactura::{
    EFacturaControl, EFacturaSettings, FirewallReach, Grammar, IdForm, ReceivedUpload, RuleFailure,
    Rules, Verdict, sample_invoice,
};
pub use etransport::{
    ETransportControl, ETransportSettings, TransportVerdict, TransportView, uit_check_digits,
    uit_checks,
};
pub use fake::{
    BUYER_CIF, Builder, CALLBACK, CIF, CLIENT_ID, CLIENT_SECRET, FakeAnaf, SERIAL,
    SERIAL_NO_RIGHTS, STRANGER_CIF,
};
pub use faults::{Failure, On, SUPPORT_ID};
pub use limits::{Limits, RetryAfter};
pub use log::LoggedRequest;
pub use oauth::{
    Concurrent, ExpiresIn, IssuedTokens, LoginRefused, OAuthControl, OAuthSettings,
    OldRefreshToken, TokenKind,
};
pub use people::{Application, Person, Service};
pub use proxy::{Fault, FaultProxy};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
