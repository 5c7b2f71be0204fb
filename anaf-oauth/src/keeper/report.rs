//! What a keeper tells.

use anaf_types::{Error, ErrorKind};
use jiff::Timestamp;

use crate::store::GrantKey;

/// What a round found.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct KeeperReport {
    /// How many grants were looked at: all that there are, unless there is a [`KeeperReport::problem`] of the store's.
    pub grants: usize,
    /// Which were renewed.
    pub renewed: Vec<GrantKey>,
    /// Which could not be renewed, and why. Look for [`Error::needs_login`]: those have ended, or there is no refresh
    /// token.
    pub failed: Vec<KeeperFailure>,
    /// Which have a refresh token that lapses soon and that a renewal did not extend: a person must log in again. **The
    /// alarm.** Complete also where ANAF was not asked any more.
    pub lapsing: Vec<Lapsing>,
    /// How many were due and not tried, because ANAF had failed for several in a row: see [`KeeperReport::problem`].
    pub postponed: usize,
    /// Why the round is not whole: ANAF failed for everybody, or the store failed. The next one comes sooner then.
    pub problem: Option<Error>,
}

/// One thing that a round found, as soon as it was found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum KeeperFinding {
    /// A grant was renewed.
    Renewed(GrantKey),
    /// A grant could not be renewed.
    Failed(KeeperFailure),
    /// A person must log in again soon. **The alarm.**
    Lapsing(Lapsing),
}

/// A grant that could not be renewed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeeperFailure {
    /// Which grant.
    pub key: GrantKey,
    /// Why.
    pub error: Error,
}

/// A grant whose refresh token lapses soon.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Lapsing {
    /// Which grant.
    pub key: GrantKey,
    /// When its refresh token lapses: a person must have logged in by then.
    pub lapses_at: Timestamp,
}

impl KeeperReport {
    pub(super) fn add(&mut self, finding: KeeperFinding) {
        match finding {
            KeeperFinding::Renewed(key) => self.renewed.push(key),
            KeeperFinding::Failed(failure) => self.failed.push(failure),
            KeeperFinding::Lapsing(lapsing) => self.lapsing.push(lapsing),
        }
    }

    /// Says what the round came to.
    pub(super) fn log(&self) {
        if let Some(error) = &self.problem {
            tracing::warn!(%error, postponed = self.postponed, "the keeper's round is not whole");
        }
        tracing::info!(
            grants = self.grants,
            renewed = self.renewed.len(),
            failed = self.failed.len(),
            lapsing = self.lapsing.len(),
            postponed = self.postponed,
            "the keeper's round is over"
        );
    }
}

impl KeeperFinding {
    /// Says so at once: a round may last long. A key's `Display` masks what may be a personal code.
    pub(super) fn log(&self) {
        match self {
            Self::Renewed(key) => tracing::debug!(grant = %key, "a grant was renewed"),
            Self::Failed(KeeperFailure { key, error }) => match error.kind() {
                ErrorKind::NeedsLogin => {
                    tracing::error!(grant = %key, %error, "a person must log in for a grant");
                }
                _ => tracing::warn!(grant = %key, %error, "a grant could not be renewed"),
            },
            Self::Lapsing(Lapsing { key, lapses_at }) => {
                tracing::warn!(grant = %key, %lapses_at,
                    "a grant's refresh token lapses soon: a person must log in again");
            }
        }
    }
}
