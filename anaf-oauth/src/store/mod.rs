//! Where tokens are kept: the [`TokenStore`] trait and the stores of this crate.
//!
//! # What every store promises
//!
//! * A [`TokenStore::compare_and_swap`] or [`TokenStore::journal`] that returned `Ok` survives the death of the
//!   process, and of the machine as far as its disk keeps what it promises ([`MemoryStore`] excepted).
//! * Versions and fencing numbers of a key only grow, also after the grant was deleted.
//! * A lease is advisory: it keeps processes from calling ANAF at once. What makes a late holder harmless is its
//!   fencing number: a swap with an old number is refused.
//! * Lease time is the store's: a server's clock where there is one, the machine's steady clock otherwise. The
//!   caller's wall clock is never asked.
//! * Nothing that a store prints, returns as an error or passes to another process holds a token.
//!
//! # How a refresh uses it
//!
//! 1. [`TokenStore::acquire_lease`], then [`TokenStore::load`] and [`TokenStore::journalled`] again: somebody else may
//!    have been quicker, or may have died with the answer in the journal.
//! 2. [`TokenStore::journal`] without an answer: the intent. Whoever finds it knows that ANAF may have used up the
//!    refresh token of that version.
//! 3. One call to ANAF.
//! 4. [`TokenStore::journal`] with the answer. It is not fenced: a pair that ANAF gave is never thrown away because
//!    its holder was slow.
//! 5. [`TokenStore::compare_and_swap`] with version and fencing number; it clears the journal in the same step.
//!
//! What no store can save: a process that dies after ANAF used up the old refresh token and before step 4 returned.
//!
//! # Two leases, in this order
//!
//! ANAF answers 255 to a user who asks for several tokens at once, so the lease on the grant is not enough: one person
//! may have logged in for many grants. Before step 2 a second lease is taken, on a [reserved
//! key](GrantKey::is_reserved) that is made of the certificate's serial number, and it is given back after step 5. It is
//! always taken after the grant's, and whoever waits for it keeps the grant's alive; nobody who holds it waits for a
//! grant's. So there is no circle to wait in, and each wait has its end.

#[cfg(feature = "conformance")]
#[cfg_attr(docsrs, doc(cfg(feature = "conformance")))]
pub mod conformance;
mod error;
mod file;
mod form;
mod journal;
mod key;
mod login;
mod machine;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod record;
mod records;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tokens;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

pub use error::StoreError;
pub use file::FileStore;
#[cfg(feature = "keychain")]
#[cfg_attr(docsrs, doc(cfg(feature = "keychain")))]
pub use file::Keychain;
#[cfg(feature = "encrypted-file")]
#[cfg_attr(docsrs, doc(cfg(feature = "encrypted-file")))]
pub use file::{KeySource, SealKey};
pub use journal::JournalEntry;
pub use key::GrantKey;
pub use login::{Advance, LoginHash, LoginPhase, PendingLogin};
pub use memory::MemoryStore;
#[cfg(feature = "postgres")]
#[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
pub use postgres::{PostgresSettings, PostgresStore};
#[cfg(feature = "sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
pub use sqlite::SqliteStore;
pub use tokens::{Claims, TokenSet};

/// The schema version that the stores of this crate write. They open any version from 1 on, and bring older ones up
/// to this one when they open them.
pub const SCHEMA_VERSION: u32 = 1;

/// A grant as it stands in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The tokens.
    pub tokens: TokenSet,
    /// Grows with each change of this key's tokens, also across a deletion. For
    /// [`TokenStore::compare_and_swap`].
    pub version: u64,
}

/// What [`TokenStore::compare_and_swap`] did.
#[expect(
    clippy::large_enum_variant,
    reason = "a conflict is rare, and a box would be in every caller's way"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Swap {
    /// The new tokens are stored, durably, under this version.
    Swapped {
        /// The version that they have now.
        version: u64,
    },
    /// Another version is stored than the expected one: this. Nothing was changed.
    Conflict(Option<Stored>),
    /// Somebody has taken a later lease. Nothing was changed.
    Fenced {
        /// The fencing number of the latest lease.
        latest: u64,
    },
}

/// A lease on one grant, held until its time is over or it is released.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lease {
    /// Whose grant.
    pub key: GrantKey,
    /// Who holds it.
    pub holder: String,
    /// The fencing number: of two leases on one key the later has the greater.
    pub fence: u64,
    /// How long it holds, counted from some moment between the call that took or renewed it and its return. A holder
    /// that counts from before the call, on a clock that never jumps, errs on the safe side.
    pub ttl: Duration,
}

impl Lease {
    /// For implementers of [`TokenStore`]: a lease that was just granted.
    #[must_use]
    pub fn new(key: GrantKey, holder: impl Into<String>, fence: u64, ttl: Duration) -> Self {
        Self {
            key,
            holder: holder.into(),
            fence,
            ttl,
        }
    }
}

/// What [`TokenStore::acquire_lease`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaseOutcome {
    /// The caller holds the lease.
    Granted(Lease),
    /// Somebody else holds it.
    Held {
        /// How long at most, unless they renew it.
        remaining: Duration,
        /// Who.
        holder: String,
    },
}

/// A place for tokens, leases and pending logins. See the [module](self) for what every store promises; the
/// conformance suite checks it.
#[async_trait]
pub trait TokenStore: Send + Sync + fmt::Debug {
    /// The grant under a key.
    ///
    /// # Errors
    /// [`StoreError`]; `Ok(None)` if there is no such grant.
    async fn load(&self, key: &GrantKey) -> Result<Option<Stored>, StoreError>;

    /// Stores `new` if the key's version is `expected`, or if `expected` is `None` and the key has no grant, and clears
    /// the key's journal in the same step. With a `fence`, only while no later lease was granted; that is looked at
    /// first.
    ///
    /// # Errors
    /// [`StoreError`]. After [`StoreError::Unavailable`] the swap may or may not have happened: load and look.
    async fn compare_and_swap(
        &self,
        key: &GrantKey,
        expected: Option<u64>,
        fence: Option<u64>,
        new: &TokenSet,
    ) -> Result<Swap, StoreError>;

    /// Deletes the grant and its journal, if its version is `expected` (any, if `None`). Says whether it did.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete(&self, key: &GrantKey, expected: Option<u64>) -> Result<bool, StoreError>;

    /// The keys that have a grant, in the order of their bytes, `limit` at most, beginning after `after`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn keys(
        &self,
        after: Option<&GrantKey>,
        limit: usize,
    ) -> Result<Vec<GrantKey>, StoreError>;

    /// Takes the lease on a key, which need not have a grant, for `ttl`. A holder that asks again while it holds the
    /// lease gets [`LeaseOutcome::Held`] like anybody else. `holder` is a free text that names the caller in logs, at
    /// most 256 bytes; make it unique, because only its holder can renew or release a lease.
    ///
    /// The key may be a [reserved one](GrantKey::is_reserved): a store treats it as any other that has no grant.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn acquire_lease(
        &self,
        key: &GrantKey,
        holder: &str,
        ttl: Duration,
    ) -> Result<LeaseOutcome, StoreError>;

    /// Makes a lease hold for `ttl` from now, also if its time was over but nobody else has taken it. `Ok(None)` if it
    /// was lost. The fencing number stays.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn renew_lease(&self, lease: &Lease, ttl: Duration) -> Result<Option<Lease>, StoreError>;

    /// Gives a lease back. Does nothing if it was lost.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError>;

    /// Writes a record of a refresh, durably, in the place of an earlier one with the same fencing number. A store
    /// keeps the newest [`JournalEntry::KEPT`] entries of a key. Never refused because of a later lease.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn journal(&self, key: &GrantKey, entry: &JournalEntry) -> Result<(), StoreError>;

    /// The records of refreshes that no swap has cleared, the smallest fencing number first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn journalled(&self, key: &GrantKey) -> Result<Vec<JournalEntry>, StoreError>;

    /// Removes the records with a fencing number of `through` or less.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn clear_journal(&self, key: &GrantKey, through: u64) -> Result<(), StoreError>;

    /// Keeps a login that begins. `Ok(false)`, and nothing is changed, if its id or its `state` is known already.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn put_login(&self, login: &PendingLogin) -> Result<bool, StoreError>;

    /// The login with this id, whatever its phase and age, unless it was purged.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn login(&self, id: &LoginHash) -> Result<Option<PendingLogin>, StoreError>;

    /// The login with this `state`, whatever its phase and age, unless it was purged.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn login_by_state(&self, state: &LoginHash) -> Result<Option<PendingLogin>, StoreError>;

    /// Brings a login from one of the phases `from` to `to`, in one step: of any number of callers at once, on any
    /// number of machines, one gets [`Advance::Done`]. `reason` and `at` are stored with it. Looks at no clock: whether
    /// the login has expired is for the caller to say.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn advance_login(
        &self,
        id: &LoginHash,
        from: &[LoginPhase],
        to: LoginPhase,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<Advance, StoreError>;

    /// Forgets logins whose `expires_at` lies before `before`, and says how many.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn purge_logins(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// The schema version of what is stored.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn schema_version(&self) -> Result<u32, StoreError>;
}

/// The longest name of a lease's holder, in bytes.
const MAX_HOLDER: usize = 256;

/// Refuses a lease that no store could keep.
fn check_lease(holder: &str, ttl: Duration) -> Result<(), StoreError> {
    if holder.is_empty() || holder.len() > MAX_HOLDER || holder.contains('\0') {
        return Err(StoreError::invalid(format!(
            "a lease's holder is named with 1 to {MAX_HOLDER} bytes, none of them zero"
        )));
    }
    if ttl.is_zero() || ttl > Duration::from_secs(24 * 3600) {
        return Err(StoreError::invalid(
            "a lease holds for more than nothing and at most a day",
        ));
    }
    Ok(())
}
