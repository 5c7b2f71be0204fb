//! A store that ends with the process.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anaf_http::{Clock, SystemClock};
use async_trait::async_trait;
use jiff::Timestamp;

use super::login::Step;
use super::record::{Moment, Record};
use super::records::{self, ReadClock, Records};
use super::{
    Advance, GrantKey, JournalEntry, Lease, LeaseOutcome, LoginHash, LoginPhase, PendingLogin,
    SCHEMA_VERSION, StoreError, Stored, Swap, TokenSet, TokenStore,
};

/// A store in this process's memory, for tests and for tokens that somebody else keeps. Clones share their contents.
/// It keeps every promise of a store but the one of surviving the process.
#[derive(Clone)]
pub struct MemoryStore {
    shelf: Arc<Mutex<Shelf>>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct Shelf {
    records: BTreeMap<GrantKey, Record>,
    logins: BTreeMap<LoginHash, PendingLogin>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(Arc::new(SystemClock::new()))
    }

    /// An empty store whose leases are measured by this clock.
    #[must_use]
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self {
            shelf: Arc::default(),
            clock,
        }
    }

    // The lock is never held across an await.
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shelf = self.shelf();
        f.debug_struct("MemoryStore")
            .field("keys", &shelf.records.len())
            .field("logins", &shelf.logins.len())
            .finish()
    }
}

#[async_trait]
impl Records for MemoryStore {
    async fn look(&self, key: &GrantKey) -> Result<Record, StoreError> {
        let record = self.shelf().records.get(key).cloned();
        Ok(record.unwrap_or_default())
    }

    async fn change<T, F>(&self, key: &GrantKey, change: F) -> Result<T, StoreError>
    where
        F: FnOnce(&mut Record) -> T + Send + 'static,
        T: Send + 'static,
    {
        let mut shelf = self.shelf();
        Ok(change(shelf.records.entry(key.clone()).or_default()))
    }

    fn clock(&self) -> ReadClock {
        let clock = Arc::clone(&self.clock);
        Box::new(move || {
            let steady = clock.monotonic().as_millis();
            Moment {
                boot: Some(String::new()),
                steady_ms: u64::try_from(steady).unwrap_or(u64::MAX),
                wall_ms: 0,
            }
        })
    }
}

#[async_trait]
impl TokenStore for MemoryStore {
    async fn load(&self, key: &GrantKey) -> Result<Option<Stored>, StoreError> {
        records::load(self, key).await
    }

    async fn compare_and_swap(
        &self,
        key: &GrantKey,
        expected: Option<u64>,
        fence: Option<u64>,
        new: &TokenSet,
    ) -> Result<Swap, StoreError> {
        records::swap(self, key, expected, fence, new).await
    }

    async fn delete(&self, key: &GrantKey, expected: Option<u64>) -> Result<bool, StoreError> {
        records::delete(self, key, expected).await
    }

    async fn keys(
        &self,
        after: Option<&GrantKey>,
        limit: usize,
    ) -> Result<Vec<GrantKey>, StoreError> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let shelf = self.shelf();
        let live = shelf
            .records
            .range::<GrantKey, _>((from, Bound::Unbounded))
            .filter(|(_, record)| record.tokens.is_some());
        Ok(live.take(limit).map(|(key, _)| key.clone()).collect())
    }

    async fn acquire_lease(
        &self,
        key: &GrantKey,
        holder: &str,
        ttl: Duration,
    ) -> Result<LeaseOutcome, StoreError> {
        records::acquire(self, key, holder, ttl).await
    }

    async fn renew_lease(&self, lease: &Lease, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        records::renew(self, lease, ttl).await
    }

    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        records::release(self, lease).await
    }

    async fn journal(&self, key: &GrantKey, entry: &JournalEntry) -> Result<(), StoreError> {
        records::journal(self, key, entry).await
    }

    async fn journalled(&self, key: &GrantKey) -> Result<Vec<JournalEntry>, StoreError> {
        records::journalled(self, key).await
    }

    async fn clear_journal(&self, key: &GrantKey, through: u64) -> Result<(), StoreError> {
        records::clear_journal(self, key, through).await
    }

    async fn put_login(&self, login: &PendingLogin) -> Result<bool, StoreError> {
        let mut shelf = self.shelf();
        let logins = &mut shelf.logins;
        if logins.contains_key(&login.id) || logins.values().any(|other| other.state == login.state)
        {
            return Ok(false);
        }
        logins.insert(login.id, login.clone());
        Ok(true)
    }

    async fn login(&self, id: &LoginHash) -> Result<Option<PendingLogin>, StoreError> {
        Ok(self.shelf().logins.get(id).cloned())
    }

    async fn login_by_state(&self, state: &LoginHash) -> Result<Option<PendingLogin>, StoreError> {
        let shelf = self.shelf();
        let found = shelf.logins.values().find(|login| login.state == *state);
        Ok(found.cloned())
    }

    async fn advance_login(
        &self,
        id: &LoginHash,
        from: &[LoginPhase],
        to: LoginPhase,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<Advance, StoreError> {
        let mut shelf = self.shelf();
        let found = shelf.logins.get(id).cloned();
        let advance = Step::new(from, to, reason, at).take(found);
        if let Advance::Done(login) = &advance {
            shelf.logins.insert(*id, login.clone());
        }
        Ok(advance)
    }

    async fn purge_logins(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut shelf = self.shelf();
        let logins = shelf.logins.len();
        shelf.logins.retain(|_, login| login.expires_at >= before);
        Ok((logins - shelf.logins.len()) as u64)
    }

    async fn schema_version(&self) -> Result<u32, StoreError> {
        Ok(SCHEMA_VERSION)
    }
}
