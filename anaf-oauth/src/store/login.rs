//! Logins that were begun and are not yet finished, in the same store as the tokens.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{GrantKey, StoreError};

/// The SHA-256 of a link code or a `state` value. Stores keep only hashes: whoever reads the store cannot make a
/// working link from it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoginHash([u8; 32]);

impl LoginHash {
    /// The hash of a code as it stands in a URL.
    #[must_use]
    pub fn of(code: &str) -> Self {
        Self(Sha256::digest(code.as_bytes()).into())
    }

    /// The hash as 64 lower-case hex digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        hex(&self.0)
    }

    /// Reads [`LoginHash::to_hex`].
    ///
    /// # Errors
    /// [`StoreError::Invalid`] if it is not 64 hex digits.
    pub fn from_hex(text: &str) -> Result<Self, StoreError> {
        let wrong = || StoreError::invalid("a login's hash has 64 hex digits");
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

/// Bytes as lower-case hex digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

impl fmt::Debug for LoginHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Eight digits tell logins apart in a log.
        write!(
            f,
            "LoginHash({}…)",
            hex(self.0.get(..4).unwrap_or_default())
        )
    }
}

impl fmt::Display for LoginHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

/// How far a login has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LoginPhase {
    /// The link was made; nobody has opened it.
    Waiting,
    /// Somebody opened the link and was sent to ANAF.
    Opened,
    /// The callback came; its code is being exchanged. From here on neither link nor `state` works again.
    Exchanging,
    /// The tokens are stored.
    Done,
    /// It failed; [`PendingLogin::reason`] says why.
    Failed,
    /// The application took it back.
    Cancelled,
}

impl LoginPhase {
    /// The phase as a short `snake_case` word, as stores keep it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Opened => "opened",
            Self::Exchanging => "exchanging",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads [`LoginPhase::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let all = [
            Self::Waiting,
            Self::Opened,
            Self::Exchanging,
            Self::Done,
            Self::Failed,
            Self::Cancelled,
        ];
        all.into_iter().find(|phase| phase.as_str() == word)
    }

    /// Whether nothing more will happen to the login.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// A login that was begun. It stays in the store after its end, until it is purged, so that a used, an expired and
/// an unknown link can be told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PendingLogin {
    /// The hash of the link's code: the login's id.
    pub id: LoginHash,
    /// The hash of the `state` that goes to ANAF and back.
    pub state: LoginHash,
    /// Under which key the tokens will be kept.
    pub key: GrantKey,
    /// The callback URL, which the exchange of the code must repeat exactly.
    pub redirect_uri: String,
    /// When it was begun.
    pub created_at: Timestamp,
    /// From when on link and `state` are refused.
    pub expires_at: Timestamp,
    /// How far it has come.
    pub phase: LoginPhase,
    /// When it came to this phase.
    pub changed_at: Timestamp,
    /// Why it failed, in words for the person who waits. No secret.
    pub reason: Option<String>,
}

impl PendingLogin {
    /// A login that nobody has opened yet.
    #[must_use]
    pub fn new(
        id: LoginHash,
        state: LoginHash,
        key: GrantKey,
        redirect_uri: impl Into<String>,
        created_at: Timestamp,
        expires_at: Timestamp,
    ) -> Self {
        Self {
            id,
            state,
            key,
            redirect_uri: redirect_uri.into(),
            created_at,
            expires_at,
            phase: LoginPhase::Waiting,
            changed_at: created_at,
            reason: None,
        }
    }
}

/// What [`TokenStore::advance_login`](super::TokenStore::advance_login) did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advance {
    /// This caller, and nobody else, brought the login to its new phase; this is the login now.
    Done(PendingLogin),
    /// The login is in none of the phases that were asked for, or there is no such login. Nothing was changed.
    Refused(Option<PendingLogin>),
}

/// A login's way from one of several phases to another.
pub(super) struct Step {
    from: Vec<LoginPhase>,
    to: LoginPhase,
    reason: Option<String>,
    at: Timestamp,
}

impl Step {
    pub(super) fn new(
        from: &[LoginPhase],
        to: LoginPhase,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Self {
        Self {
            from: from.to_owned(),
            to,
            reason: reason.map(str::to_owned),
            at,
        }
    }

    /// Takes a login that was found to its new phase, if it may go there.
    pub(super) fn take(self, found: Option<PendingLogin>) -> Advance {
        match found {
            Some(mut login) if self.from.contains(&login.phase) => {
                login.phase = self.to;
                login.changed_at = self.at;
                login.reason = self.reason;
                Advance::Done(login)
            }
            other => Advance::Refused(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_and_phases_read_what_they_print() {
        let hash = LoginHash::of("code");
        assert_eq!(LoginHash::from_hex(&hash.to_hex()).unwrap(), hash);
        assert!(LoginHash::from_hex("ș").is_err());
        assert!(LoginHash::from_hex(&"+1".repeat(32)).is_err());
        for phase in [
            "waiting",
            "opened",
            "exchanging",
            "done",
            "failed",
            "cancelled",
        ] {
            assert_eq!(LoginPhase::parse(phase).unwrap().as_str(), phase);
        }
        assert_eq!(LoginPhase::parse("else"), None);
    }
}
