//! From an answer to a set of tokens: how long each of them lives, and whose they are.

use anaf_types::{Delivery, Error, ErrorKind};
use jiff::{SignedDuration, Timestamp};
use oauth2::TokenResponse as _;
use secrecy::{ExposeSecret, SecretString};

use super::OAuthClient;
use crate::answer::{Asked, Issued};
use crate::jwt::Payload;
use crate::store::{Claims, TokenSet};

/// The documented life of an access token: 129600 minutes.
const ACCESS_LIFE: SignedDuration = SignedDuration::from_mins(129_600);
/// The documented life of a JWT grant's refresh token: 525600 minutes.
const JWT_REFRESH_LIFE: SignedDuration = SignedDuration::from_mins(525_600);
/// An opaque grant's refresh token outlives its access token by this.
const OPAQUE_REFRESH_EXTRA: SignedDuration = SignedDuration::from_mins(60);
impl OAuthClient {
    pub(super) fn token_set(
        &self,
        asked: Asked,
        issued: &Issued,
        before: Option<&TokenSet>,
    ) -> Result<TokenSet, Error> {
        let now = self.0.clock.now();
        let access = issued.access_token().secret();
        // The wire cannot carry others; better to say so now than at the first call.
        if access.is_empty() || !access.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Error::new(ErrorKind::Unreadable)
                .delivered(Delivery::Answered)
                .during(asked.operation())
                .because("the access token is empty or has characters that no header can carry"));
        }
        let payload = Payload::of(access);
        let access_life = access_life(issued, payload.as_ref(), now);
        let refresh = issued
            .refresh_token()
            .map(|token| SecretString::from(token.secret().clone()))
            .filter(|token| !token.expose_secret().is_empty());
        let refresh_expires_at = match (&refresh, before) {
            (Some(token), _) => {
                let life = refresh_life(issued, token, payload.is_some(), access_life);
                Some(after(now, life))
            }
            // No new refresh token: the old one goes on, as RFC 6749 has it.
            (None, Some(before)) => before.refresh_expires_at(),
            (None, None) => None,
        };
        let refresh = refresh.or_else(|| before.and_then(|before| before.refresh().cloned()));
        let claims = payload.map_or_else(Claims::default, Payload::into_claims);
        let generation = before.map_or(0, |before| before.generation().saturating_add(1));
        Ok(
            TokenSet::new(access.clone(), refresh, now, after(now, access_life))
                .with_refresh_expires_at(refresh_expires_at)
                .with_claims(claims)
                .with_generation(generation),
        )
    }
}

/// From `expires_in`, else by the JWT's own times, else the documented 90 days.
fn access_life(issued: &Issued, payload: Option<&Payload>, now: Timestamp) -> SignedDuration {
    let relative = issued
        .seconds()
        .or_else(|| payload.and_then(Payload::lifetime));
    if let Some(seconds) = relative {
        return SignedDuration::from_secs(seconds);
    }
    match payload.and_then(Payload::expiry) {
        Some(expiry) if expiry > now => expiry.duration_since(now),
        _ => ACCESS_LIFE,
    }
}

fn refresh_life(
    issued: &Issued,
    token: &SecretString,
    is_jwt: bool,
    access_life: SignedDuration,
) -> SignedDuration {
    let own = || Payload::of(token.expose_secret()).and_then(|payload| payload.lifetime());
    match issued.refresh_seconds().or_else(own) {
        Some(seconds) => SignedDuration::from_secs(seconds),
        None if is_jwt => JWT_REFRESH_LIFE.max(access_life),
        None => access_life.saturating_add(OPAQUE_REFRESH_EXTRA),
    }
}

fn after(now: Timestamp, life: SignedDuration) -> Timestamp {
    now.saturating_add(life).unwrap_or(Timestamp::MAX)
}
