//! What a test may ask of, and order from, the OAuth server.

use std::fmt;

use jiff::Timestamp;

use super::token::{issue, wants_jwt};
use super::{Grant, Login, OAuthSettings, jwt};
use crate::call::Operation;
use crate::server::Shared;
use std::sync::Arc;

/// A pair of tokens made without a login.
#[derive(Clone)]
#[non_exhaustive]
pub struct IssuedTokens {
    /// The bearer token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
    /// When the access token dies, by the fake's clock.
    pub access_expires: Timestamp,
    /// When the refresh token dies, by the fake's clock.
    pub refresh_expires: Timestamp,
}

impl fmt::Debug for IssuedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedTokens")
            .field("access_expires", &self.access_expires)
            .field("refresh_expires", &self.refresh_expires)
            .finish_non_exhaustive()
    }
}

/// Why [`FakeAnaf::log_in`](crate::FakeAnaf::log_in) came to nothing: the fake showed a page instead of redirecting.
#[derive(Clone, Debug)]
pub struct LoginRefused {
    /// The HTTP status of the page.
    pub status: u16,
    /// The page.
    pub page: String,
}

impl fmt::Display for LoginRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no redirect, but a page with status {}: {}",
            self.status, self.page
        )
    }
}

impl std::error::Error for LoginRefused {}

/// Orders to, and counters of, the OAuth server.
#[derive(Clone)]
pub struct OAuthControl(pub(crate) Arc<Shared>);

impl OAuthControl {
    /// Changes the settings.
    pub fn configure(&self, change: impl FnOnce(&mut OAuthSettings)) {
        change(&mut self.0.lock().oauth.settings);
    }

    /// The person with this certificate serial logs in next, whatever the login page would have asked.
    pub fn next_login_as(&self, serial: impl Into<String>) {
        self.0
            .lock()
            .oauth
            .next_logins
            .push_back(Login::As(serial.into()));
    }

    /// The next login is refused: `error=access_denied`, as with no USB token plugged in.
    pub fn refuse_next_login(&self) {
        self.0.lock().oauth.next_logins.push_back(Login::Refused);
    }

    /// Makes a pair of JWTs for a person and an application, as if they had logged in. Counts as no exchange.
    pub fn issue_for(&self, serial: &str, client_id: &str) -> IssuedTokens {
        let now = self.0.clock.now();
        let mut state = self.0.lock();
        let jwt = wants_jwt(&state, Some("jwt"));
        issue(
            &mut state,
            &Grant {
                serial: serial.to_owned(),
                client_id: client_id.to_owned(),
                jwt,
            },
            now,
        )
    }

    /// Kills every access token that is alive: the next service call is answered 401.
    pub fn expire_access_tokens(&self) {
        self.0.lock().oauth.access.clear();
    }

    /// Kills every refresh token in the way that time does: `Refresh Token status is expired`.
    pub fn expire_refresh_tokens(&self) {
        let now = self.0.clock.now();
        self.0
            .lock()
            .oauth
            .refresh
            .values_mut()
            .for_each(|refresh| refresh.expires = now);
    }

    /// Forgets every refresh token: the next refresh is `invalid_grant`, as after somebody else's refresh.
    pub fn forget_refresh_tokens(&self) {
        self.0.lock().oauth.refresh.clear();
    }

    /// Whether a bearer token would be accepted now.
    pub fn is_access_token_alive(&self, token: &str) -> bool {
        let now = self.0.clock.now();
        self.0
            .lock()
            .oauth
            .access
            .get(token)
            .is_some_and(|access| now < access.expires)
    }

    /// Whether a refresh token would be accepted now.
    pub fn is_refresh_token_alive(&self, token: &str) -> bool {
        let now = self.0.clock.now();
        let state = self.0.lock();
        state
            .oauth
            .refresh
            .get(token)
            .is_some_and(|refresh| refresh.used.is_none() && now < refresh.expires)
    }

    /// Code exchanges that gave tokens.
    pub fn exchanges(&self) -> u64 {
        self.0.lock().oauth.exchanges
    }

    /// Refreshes that gave tokens.
    pub fn refreshes(&self) -> u64 {
        self.0.lock().oauth.refreshes
    }

    /// Refreshes asked for, whatever was answered.
    pub fn refresh_attempts(&self) -> u64 {
        self.0.lock().log.count(Operation::TokenRefresh)
    }

    /// The DER of the `RSAPublicKey` that verifies the JWTs.
    pub fn public_key(&self) -> Vec<u8> {
        jwt::public_key()
    }
}

impl fmt::Debug for OAuthControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthControl").finish_non_exhaustive()
    }
}
