//! A store that ends with the process.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anaf_http::{Clock, SystemClock};
use async_trait::async_trait;
use jiff::Timestamp;

use super::record::{Moment, Record};
use super::{
    Advance, GrantKey, JournalEntry, Lease, LeaseOutcome, LoginHash, LoginPhase, PendingLogin,
    SCHEMA_VERSION, StoreError, Stored, Swap, TokenSet, TokenStore, check_lease,
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

    fn with<T>(&self, key: &GrantKey, change: impl FnOnce(&mut Record) -> T) -> T {
        change(self.shelf().records.entry(key.clone()).or_default())
    }

    fn now(&self) -> Moment {
        let steady = self.clock.monotonic().as_millis();
        Moment {
            boot: Some(String::new()),
            steady_ms: u64::try_from(steady).unwrap_or(u64::MAX),
            wall_ms: 0,
        }
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
impl TokenStore for MemoryStore {
    async fn load(&self, key: &GrantKey) -> Result<Option<Stored>, StoreError> {
        Ok(self.shelf().records.get(key).and_then(Record::stored))
    }

    async fn compare_and_swap(
        &self,
        key: &GrantKey,
        expected: Option<u64>,
        fence: Option<u64>,
        new: &TokenSet,
    ) -> Result<Swap, StoreError> {
        Ok(self.with(key, |record| record.swap(expected, fence, new)))
    }

    async fn delete(&self, key: &GrantKey, expected: Option<u64>) -> Result<bool, StoreError> {
        Ok(self.with(key, |record| record.delete(expected)))
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
        check_lease(holder, ttl)?;
        let now = self.now();
        Ok(self.with(key, |record| record.acquire(key, holder, ttl, now)))
    }

    async fn renew_lease(&self, lease: &Lease, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        check_lease(&lease.holder, ttl)?;
        let now = self.now();
        Ok(self.with(&lease.key, |record| record.renew(lease, ttl, now)))
    }

    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        self.with(&lease.key, |record| record.release(lease));
        Ok(())
    }

    async fn journal(&self, key: &GrantKey, entry: &JournalEntry) -> Result<(), StoreError> {
        self.with(key, |record| record.write_journal(entry));
        Ok(())
    }

    async fn journalled(&self, key: &GrantKey) -> Result<Vec<JournalEntry>, StoreError> {
        let shelf = self.shelf();
        let record = shelf.records.get(key);
        Ok(record
            .map(|record| record.journal.clone())
            .unwrap_or_default())
    }

    async fn clear_journal(&self, key: &GrantKey, through: u64) -> Result<(), StoreError> {
        self.with(key, |record| record.clear_journal(through));
        Ok(())
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
        Ok(match shelf.logins.get_mut(id) {
            Some(login) if from.contains(&login.phase) => {
                login.phase = to;
                login.changed_at = at;
                login.reason = reason.map(str::to_owned);
                Advance::Done(login.clone())
            }
            other => Advance::Refused(other.cloned()),
        })
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
