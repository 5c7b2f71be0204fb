//! What a grant consists of: the pair of tokens and what is known about it.

use std::fmt;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::StoreError;

/// The version of the JSON form that [`TokenSet::to_json`] writes.
const FORM: u32 = 1;

/// One grant's tokens. `Debug` never shows them.
///
/// The stored form is explicit ([`TokenSet::to_json`], [`TokenSet::from_json`]): the type implements neither
/// `Serialize` nor `Deserialize`, so that no log and no API answer can hold it by accident.
#[derive(Clone)]
pub struct TokenSet {
    access: SecretString,
    refresh: Option<SecretString>,
    obtained_at: Timestamp,
    access_expires_at: Timestamp,
    refresh_expires_at: Option<Timestamp>,
    claims: Claims,
    generation: u64,
}

/// What ANAF's token says about itself, where it is a JWT (claims `serial`, `role`, `clientappid`, `issuer`,
/// `scope`). An opaque token has none of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Claims {
    /// The certificate's serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// What the token may be used for: `EFACTURA`, `ETRANSPORT`, `HELLO` …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// The application's id at ANAF.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_app_id: Option<String>,
    /// Who issued the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The scope, as ANAF writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

impl TokenSet {
    /// A set with what every answer of ANAF's has. `access_expires_at` is the moment from which ANAF refuses the
    /// access token.
    #[must_use]
    pub fn new(
        access: impl Into<SecretString>,
        refresh: Option<SecretString>,
        obtained_at: Timestamp,
        access_expires_at: Timestamp,
    ) -> Self {
        Self {
            access: access.into(),
            refresh,
            obtained_at,
            access_expires_at,
            refresh_expires_at: None,
            claims: Claims::default(),
            generation: 0,
        }
    }

    /// Sets when the refresh token lapses, where that is known.
    #[must_use]
    pub fn with_refresh_expires_at(mut self, at: Option<Timestamp>) -> Self {
        self.refresh_expires_at = at;
        self
    }

    /// Sets what the token says about itself.
    #[must_use]
    pub fn with_claims(mut self, claims: Claims) -> Self {
        self.claims = claims;
        self
    }

    /// Sets how many refreshes lie behind this set.
    #[must_use]
    pub fn with_generation(mut self, generation: u64) -> Self {
        self.generation = generation;
        self
    }

    /// The access token. A secret.
    #[must_use]
    pub fn access(&self) -> &SecretString {
        &self.access
    }

    /// The refresh token. A secret. `None` if ANAF gave none: such a grant ends with its access token.
    #[must_use]
    pub fn refresh(&self) -> Option<&SecretString> {
        self.refresh.as_ref()
    }

    /// When ANAF gave the pair.
    #[must_use]
    pub fn obtained_at(&self) -> Timestamp {
        self.obtained_at
    }

    /// From when on ANAF refuses the access token.
    #[must_use]
    pub fn access_expires_at(&self) -> Timestamp {
        self.access_expires_at
    }

    /// From when on ANAF refuses the refresh token, where that is known.
    #[must_use]
    pub fn refresh_expires_at(&self) -> Option<Timestamp> {
        self.refresh_expires_at
    }

    /// What the token says about itself.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// How many refreshes lie behind this set: it grows by one with each, also when a new login replaces the grant.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The set as JSON for a store. It holds both tokens in clear: only a store should call this.
    #[must_use]
    pub fn to_json(&self) -> Zeroizing<String> {
        #[expect(
            clippy::expect_used,
            reason = "strings, numbers and timestamps always serialise"
        )]
        Zeroizing::new(serde_json::to_string(&self.to_form()).expect("a token set is plain data"))
    }

    /// Reads what [`TokenSet::to_json`] wrote, of this or an older version.
    ///
    /// # Errors
    /// [`StoreError::TooNew`] for a later version, [`StoreError::Corrupt`] for anything else. `what` names the
    /// place in the error; the contents are never quoted.
    pub fn from_json(what: &str, json: &str) -> Result<Self, StoreError> {
        let Version { v } = read_json(what, json.as_bytes())?;
        check_version(what, v)?;
        Self::from_form(what, read_json(what, json.as_bytes())?)
    }

    pub(super) fn to_form(&self) -> TokenForm {
        let text = |token: &SecretString| Zeroizing::new(token.expose_secret().to_owned());
        TokenForm {
            v: FORM,
            access: text(&self.access),
            refresh: self.refresh.as_ref().map(text),
            obtained_at: self.obtained_at,
            access_expires_at: self.access_expires_at,
            refresh_expires_at: self.refresh_expires_at,
            claims: self.claims.clone(),
            generation: self.generation,
        }
    }

    pub(super) fn from_form(what: &str, form: TokenForm) -> Result<Self, StoreError> {
        check_version(what, form.v)?;
        Ok(Self {
            access: SecretString::from(form.access.as_str()),
            refresh: form.refresh.map(|token| SecretString::from(token.as_str())),
            obtained_at: form.obtained_at,
            access_expires_at: form.access_expires_at,
            refresh_expires_at: form.refresh_expires_at,
            claims: form.claims,
            generation: form.generation,
        })
    }
}

/// Reads JSON that may hold secrets: serde's own words could quote them, so the error has only the place.
pub(super) fn read_json<T: DeserializeOwned>(what: &str, json: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(json).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        StoreError::corrupt(
            what,
            format!("it has not the form that it should have (line {line}, column {column})"),
        )
    })
}

fn check_version(what: &str, v: u32) -> Result<(), StoreError> {
    if v > FORM {
        return Err(StoreError::TooNew {
            what: what.to_owned(),
            found: v,
            supported: FORM,
        });
    }
    Ok(())
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// The stored form. It has no `Debug`.
#[derive(Serialize, Deserialize)]
pub(super) struct TokenForm {
    v: u32,
    access: Zeroizing<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh: Option<Zeroizing<String>>,
    obtained_at: Timestamp,
    access_expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_expires_at: Option<Timestamp>,
    #[serde(default)]
    claims: Claims,
    #[serde(default)]
    generation: u64,
}

impl fmt::Debug for TokenSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSet")
            .field("access", &"[REDACTED]")
            .field("refresh", &self.refresh.as_ref().map(|_| "[REDACTED]"))
            .field("obtained_at", &self.obtained_at)
            .field("access_expires_at", &self.access_expires_at)
            .field("refresh_expires_at", &self.refresh_expires_at)
            .field("claims", &self.claims)
            .field("generation", &self.generation)
            .finish()
    }
}

impl PartialEq for TokenSet {
    /// Whether two sets are the same in every field, tokens included. For tests and stores; not constant in time.
    fn eq(&self, other: &Self) -> bool {
        *self.to_json() == *other.to_json()
    }
}

impl Eq for TokenSet {}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> TokenSet {
        TokenSet::new(
            "acc3ss",
            Some("r3fresh".into()),
            Timestamp::from_second(1_700_000_000).unwrap(),
            Timestamp::from_second(1_707_776_000).unwrap(),
        )
        .with_generation(7)
    }

    #[test]
    fn reads_what_it_writes_and_shows_nothing() {
        let set = set();
        let json = set.to_json();
        assert_eq!(TokenSet::from_json("here", &json).unwrap(), set);
        let shown = format!("{set:?}");
        assert!(
            !shown.contains("acc3ss") && !shown.contains("r3fresh"),
            "{shown}"
        );
    }

    #[test]
    fn refuses_what_it_cannot_read_without_quoting_it() {
        let newer = set().to_json().replace("\"v\":1", "\"v\":2");
        let error = TokenSet::from_json("row 5", &newer).unwrap_err();
        assert!(matches!(
            error,
            StoreError::TooNew {
                found: 2,
                supported: 1,
                ..
            }
        ));
        for bad in [
            "",
            "{}",
            "{\"v\":1,\"access\":\"acc3ss\"}",
            "{\"v\":1,\"access\":[\"acc3ss\"]}",
        ] {
            let error = TokenSet::from_json("row 5", bad).unwrap_err();
            assert!(matches!(error, StoreError::Corrupt { .. }), "{bad}");
            assert!(!error.to_string().contains("acc3ss"));
        }
    }
}
