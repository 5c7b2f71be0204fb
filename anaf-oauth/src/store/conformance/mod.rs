//! What a [`TokenStore`] must do, as checks that any implementation can run.
//!
//! Each check takes a function that opens the store: every call gives another handle on **one and the same** store, as
//! another process would have it. A check uses keys of its own, so that all can run on one store, one after another or
//! at once. No test framework is needed: a check returns a [`Violation`] that says what was promised and what happened.
//! They must run on tokio's multi-threaded runtime, or they do not race.
//!
//! ```
//! use std::sync::Arc;
//! use anaf_oauth::store::{MemoryStore, conformance};
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let store = MemoryStore::new();
//! let open = async || Ok::<conformance::Handle, _>(Arc::new(store.clone()));
//! conformance::all(&open).await?;
//! conformance::many_grants(&open, 10_000).await?;
//! # Ok::<(), conformance::Violation>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Durability needs a process to kill: run [`write_until_killed`] in a child process, kill it at any moment, and give
//! the lines that it wrote to [`check_survivors`].

mod grants;
mod kill;
mod leases;
mod logins;
mod swaps;

use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Claims, GrantKey, StoreError, TokenSet, TokenStore};

pub use grants::{many_grants, secrets_stay_hidden, unicode_keys};
pub use kill::{check_survivors, write_until_killed};
pub use leases::{journal, lease_races, leases, person_leases};
pub use logins::{login_races, logins};
pub use swaps::{swap_races, swaps};

/// One handle on the store under test.
pub type Handle = Arc<dyn TokenStore>;

/// A promise that the store under test does not keep.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{check}: {detail}")]
pub struct Violation {
    check: String,
    detail: String,
}

impl Violation {
    fn new(check: impl Into<String>, detail: impl fmt::Display) -> Self {
        Self {
            check: check.into(),
            detail: detail.to_string(),
        }
    }

    /// What was promised.
    #[must_use]
    pub fn check(&self) -> &str {
        &self.check
    }

    /// What happened.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl From<StoreError> for Violation {
    fn from(error: StoreError) -> Self {
        Self::new("a call that should succeed", error)
    }
}

/// Every check but [`many_grants`] and the one of durability, one after another.
///
/// # Errors
/// The first [`Violation`].
pub async fn all(open: &impl AsyncFn() -> Result<Handle, StoreError>) -> Result<(), Violation> {
    let version = open().await?.schema_version().await?;
    must(version >= 1, "a store states its schema version", version)?;
    swaps(open).await?;
    swap_races(open).await?;
    leases(open).await?;
    person_leases(open).await?;
    lease_races(open).await?;
    journal(open).await?;
    unicode_keys(open).await?;
    logins(open).await?;
    login_races(open).await?;
    secrets_stay_hidden(open).await
}

/// How many handles race with each other.
const RACERS: usize = 8;

async fn handles(
    open: &impl AsyncFn() -> Result<Handle, StoreError>,
) -> Result<Vec<Handle>, Violation> {
    let mut handles = Vec::with_capacity(RACERS);
    for _ in 0..RACERS {
        handles.push(open().await?);
    }
    Ok(handles)
}

fn must(holds: bool, check: &str, found: impl fmt::Debug) -> Result<(), Violation> {
    if holds {
        return Ok(());
    }
    Err(Violation::new(check, format_args!("found {found:?}")))
}

/// Waits for tasks that race, and gives what each found.
async fn finish<T: Send + 'static>(
    tasks: Vec<tokio::task::JoinHandle<Result<T, Violation>>>,
) -> Result<Vec<T>, Violation> {
    let mut results = Vec::with_capacity(tasks.len());
    for task in tasks {
        let result = task.await;
        results.push(result.map_err(|error| Violation::new("a call does not panic", error))??);
    }
    Ok(results)
}

/// A key that only this run uses.
fn key(name: &str) -> Result<GrantKey, Violation> {
    let run = fastrand::u64(..);
    Ok(GrantKey::new(format!("conformance {run:016x} {name}"))?)
}

/// A set of tokens that can be told from all others.
fn tokens(mark: u64) -> TokenSet {
    let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_700_000_000);
    let claims = Claims {
        serial: Some(format!("serial-{mark}")),
        roles: vec!["EFACTURA".to_owned(), "ETRANSPORT".to_owned()],
        ..Claims::default()
    };
    TokenSet::new(
        format!("conformance-access-secret-{mark}"),
        Some(format!("conformance-refresh-secret-{mark}").into()),
        now,
        now + SignedDuration::from_hours(90 * 24),
    )
    .with_refresh_expires_at(Some(now + SignedDuration::from_hours(365 * 24)))
    .with_claims(claims)
    .with_generation(mark)
}
