//! What a store does that keeps all there is about a key in one record, and changes it in one step: memory, files, SQLite.

use std::time::Duration;

use async_trait::async_trait;

use super::record::{Moment, Record};
use super::{
    GrantKey, JournalEntry, Lease, LeaseOutcome, StoreError, Stored, Swap, TokenSet, check_lease,
    machine,
};

/// Reads a clock when its time has come.
pub(super) type ReadClock = Box<dyn FnOnce() -> Moment + Send>;

/// Where records are kept.
#[async_trait]
pub(super) trait Records: Sync {
    /// The record of a key; an empty one if there is none.
    async fn look(&self, key: &GrantKey) -> Result<Record, StoreError>;

    /// Changes a key's record, durably, and alone: nobody else sees or changes it meanwhile. Nothing is written if it
    /// stays as it is.
    async fn change<T, F>(&self, key: &GrantKey, change: F) -> Result<T, StoreError>
    where
        F: FnOnce(&mut Record) -> T + Send + 'static,
        T: Send + 'static;

    /// The clock that measures leases: the machine's. It is read while the record is held, since that may be waited for.
    fn clock(&self) -> ReadClock {
        Box::new(machine::now)
    }
}

pub(super) async fn load(
    store: &impl Records,
    key: &GrantKey,
) -> Result<Option<Stored>, StoreError> {
    Ok(store.look(key).await?.stored())
}

pub(super) async fn swap(
    store: &impl Records,
    key: &GrantKey,
    expected: Option<u64>,
    fence: Option<u64>,
    new: &TokenSet,
) -> Result<Swap, StoreError> {
    let new = new.clone();
    let change = move |record: &mut Record| record.swap(expected, fence, &new);
    store.change(key, change).await
}

pub(super) async fn delete(
    store: &impl Records,
    key: &GrantKey,
    expected: Option<u64>,
) -> Result<bool, StoreError> {
    let change = move |record: &mut Record| record.delete(expected);
    store.change(key, change).await
}

pub(super) async fn acquire(
    store: &impl Records,
    key: &GrantKey,
    holder: &str,
    ttl: Duration,
) -> Result<LeaseOutcome, StoreError> {
    check_lease(holder, ttl)?;
    let (whose, holder, now) = (key.clone(), holder.to_owned(), store.clock());
    let change = move |record: &mut Record| record.acquire(&whose, &holder, ttl, now());
    store.change(key, change).await
}

pub(super) async fn renew(
    store: &impl Records,
    lease: &Lease,
    ttl: Duration,
) -> Result<Option<Lease>, StoreError> {
    check_lease(&lease.holder, ttl)?;
    let (mine, now) = (lease.clone(), store.clock());
    let change = move |record: &mut Record| record.renew(&mine, ttl, now());
    store.change(&lease.key, change).await
}

pub(super) async fn release(store: &impl Records, lease: &Lease) -> Result<(), StoreError> {
    let mine = lease.clone();
    let change = move |record: &mut Record| record.release(&mine);
    store.change(&lease.key, change).await
}

pub(super) async fn journal(
    store: &impl Records,
    key: &GrantKey,
    entry: &JournalEntry,
) -> Result<(), StoreError> {
    let entry = entry.clone();
    let change = move |record: &mut Record| record.write_journal(&entry);
    store.change(key, change).await
}

pub(super) async fn journalled(
    store: &impl Records,
    key: &GrantKey,
) -> Result<Vec<JournalEntry>, StoreError> {
    Ok(store.look(key).await?.journal)
}

pub(super) async fn clear_journal(
    store: &impl Records,
    key: &GrantKey,
    through: u64,
) -> Result<(), StoreError> {
    let change = move |record: &mut Record| record.clear_journal(through);
    store.change(key, change).await
}
