#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
//! Logins at ANAF, the tokens that they give, where the tokens are kept, and what keeps them fresh.
//!
//! * [`Application`] and [`OAuthClient`]: ANAF's OAuth server as functions, for those who keep tokens themselves.
//! * [`Grants`] and [`Grant`]: the application's grants in a [`store`], each a [`BearerSource`] that stays fresh.
//! * [`Keeper`]: keeps idle grants alive, and says which will lapse.
//! * [`Logins`]: links for a certificate's owner who sits elsewhere. `LoopbackLogin` (feature `loopback`) and
//!   [`Authorization::code_from_pasted`]: logins on one machine.
//! * [`Hello`]: the call with which ANAF lets a token be tested.
//!
//! # How a refresh goes
//!
//! ANAF answers a refresh with a new pair and may end the old refresh token at once, so a refresh is a transaction:
//! reload from the store → take the store's lease → reload again → write down the intent → call ANAF once → write down
//! the answer, then the grant, with compare-and-swap → hand the token out. In one process it runs in a task of its own,
//! one for each grant, so that a caller who gives up cannot lose it.
//!
//! | what happens | what follows |
//! |---|---|
//! | another process was quicker | its pair is used; ANAF is not called |
//! | a process died with the answer written down | the next one stores it; ANAF is not called |
//! | a process died, or the connection did, before the answer was written down | the access token serves while it lives; whichever process asks, one more try is made after a minute, and then one a day until the token's last day; the error says what is known |
//! | 429, 5xx, no connection | the access token serves; a growing pause |
//! | 255 | its own kind, a pause of a minute for every grant of the same person |
//! | `invalid_grant`, expired refresh token | the store is looked at again; then [`ErrorKind::NeedsLogin`] with the grant's key, and ANAF is not asked again until a login comes |
//! | the store is down | the access token serves; ANAF is not called; the error stands in [`Grant::status`] |
//! | the store fails after ANAF answered | it is tried again for a minute, and with each later call; until then the pair is in memory only, which [`GrantStatus::unsaved`] says |
//! | a clock jumps | at worst a refresh too early: of the wall clock and the steady clock the one that says less counts |

mod answer;
mod application;
mod callback;
mod client;
mod grants;
mod hello;
mod jwt;
mod keeper;
mod logins;
#[cfg(feature = "loopback")]
mod loopback;
pub mod store;

pub use anaf_http::{Bearer, BearerSource, Delivery, Endpoints, Error, ErrorKind};
pub use application::Application;
pub use callback::{Callback, Code, State};
pub use client::{Authorization, OAuthClient, OAuthClientBuilder};
pub use grants::{Grant, GrantStatus, Grants, GrantsBuilder};
pub use hello::Hello;
pub use keeper::{Keeper, KeeperBuilder, KeeperFailure, KeeperFinding, KeeperReport, Lapsing};
pub use logins::{Language, LoginFailure, LoginLink, LoginTrouble, Logins, Page};
#[cfg(feature = "loopback")]
#[cfg_attr(docsrs, doc(cfg(feature = "loopback")))]
pub use loopback::LoopbackLogin;

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
