//! The durable write of a new pair. ANAF gives it once.

use std::time::Duration;

use anaf_types::Error;

use super::lease::{Taken, acquire, release};
use super::slot::{Slot, Unsaved};
use super::{Shared, needs_login};
use crate::store::{JournalEntry, Lease, Stored, Swap, TokenSet};

/// A new pair on its way into the store.
pub(super) struct Save {
    /// Under which lease.
    pub(super) fence: u64,
    /// The version that it replaces.
    pub(super) expected: Option<u64>,
    /// Whether it replaces also what somebody else has stored meanwhile: so for a login, not for a refresh.
    pub(super) insist: bool,
    /// The pair.
    pub(super) tokens: TokenSet,
    /// How long a failing store is tried again.
    pub(super) patience: Duration,
}

impl Save {
    /// Writes the journal, then the grant, and takes the pair into use. A store that fails is tried again; after that
    /// the pair stays in memory and the next flight begins with it.
    pub(super) async fn run(mut self, shared: &Shared, slot: &Slot) -> Result<(), Error> {
        let clock = shared.clock();
        let begun = clock.monotonic();
        let mut pause = Duration::from_millis(50);
        let mut retaken: Option<Lease> = None;
        let outcome = loop {
            let failure = match self.attempt(shared, slot, &mut retaken).await {
                Ok(Some(stored)) => {
                    slot.install(shared, &stored);
                    break Ok(());
                }
                Ok(None) => break Err(needs_login(&slot.key, "the grant was deleted meanwhile")),
                Err(failure) => failure,
            };
            if clock.monotonic().saturating_sub(begun) >= self.patience {
                slot.state().unsaved = Some(Unsaved {
                    tokens: self.tokens,
                    expected: self.expected,
                    insist: self.insist,
                });
                break Err(unsaved(&failure));
            }
            tracing::warn!(error = %failure, "new tokens could not be stored yet");
            let jittered = pause.mul_f64(0.5 + shared.dice.roll() / 2.0);
            clock.sleep(jittered).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        };
        if let Some(lease) = &retaken {
            release(shared, lease).await;
        }
        outcome
    }

    /// One try. `Ok(None)`: there is no grant any more.
    async fn attempt(
        &mut self,
        shared: &Shared,
        slot: &Slot,
        retaken: &mut Option<Lease>,
    ) -> Result<Option<Stored>, Error> {
        let key = &slot.key;
        let entry = JournalEntry::intent(
            self.fence,
            shared.holder.as_str(),
            self.expected.unwrap_or(0),
            shared.clock().now(),
        )
        .answered(self.tokens.clone());
        let journalled = shared.store.journal(key, &entry).await;
        if let Err(error) = &journalled {
            // The swap that follows makes it durable just as well.
            tracing::warn!(%error, "the write-ahead record of new tokens failed");
        }
        // A login gives way to nobody, so it may meet several others.
        for _ in 0..8 {
            let swap = shared
                .store
                .compare_and_swap(key, self.expected, Some(self.fence), &self.tokens)
                .await?;
            match swap {
                Swap::Swapped { version } => {
                    return Ok(Some(Stored {
                        tokens: self.tokens.clone(),
                        version,
                    }));
                }
                // An earlier try that seemed to fail, or somebody who found the pair in the journal.
                Swap::Conflict(Some(now)) if now.tokens == self.tokens => return Ok(Some(now)),
                Swap::Conflict(now) if self.insist => {
                    self.expected = now.map(|stored| stored.version);
                }
                Swap::Conflict(now) => return Ok(now),
                Swap::Fenced { .. } => {
                    if let Some(settled) = self.retake(shared, slot, retaken).await? {
                        return Ok(Some(settled));
                    }
                }
            }
        }
        Err(anaf_types::Error::new(anaf_types::ErrorKind::Store)
            .because("others kept changing the grant"))
    }

    /// The lease ran out and somebody took a later one: waits for another, or for somebody else's result.
    async fn retake(
        &mut self,
        shared: &Shared,
        slot: &Slot,
        retaken: &mut Option<Lease>,
    ) -> Result<Option<Stored>, Error> {
        if let Some(lost) = retaken.take() {
            release(shared, &lost).await;
        }
        let (expected, insist) = (self.expected, self.insist);
        let settled = |stored: &Stored| {
            !insist && (Some(stored.version) != expected || stored.tokens == self.tokens)
        };
        let patience = shared.settings.lease;
        match acquire(shared, &slot.key, patience, settled).await? {
            Taken::Settled(stored) => Ok(Some(stored)),
            Taken::Lease(lease) => {
                self.fence = lease.fence;
                *retaken = Some(lease);
                Ok(None)
            }
        }
    }
}

/// Stores what an earlier flight could not.
pub(super) async fn leftover(shared: &Shared, slot: &Slot) -> Result<(), Error> {
    let Some(unsaved_pair) = slot.state().unsaved.take() else {
        return Ok(());
    };
    let keep = unsaved_pair.clone();
    let lease = match acquire(shared, &slot.key, shared.settings.lease, |_| false).await {
        Ok(Taken::Lease(lease)) => lease,
        Ok(Taken::Settled(_)) => return Ok(()),
        Err(error) => {
            slot.state().unsaved = Some(keep);
            return Err(unsaved(&error));
        }
    };
    let save = Save {
        fence: lease.fence,
        expected: unsaved_pair.expected,
        insist: unsaved_pair.insist,
        tokens: unsaved_pair.tokens,
        patience: Duration::ZERO,
    };
    let outcome = save.run(shared, slot).await;
    release(shared, &lease).await;
    outcome
}

fn unsaved(failure: &Error) -> Error {
    let why = failure.detail().unwrap_or("the store failed").to_owned();
    failure.clone().because(format!(
        "{why}; ANAF gave new tokens, which are in this process's memory only: keep it running until the store works"
    ))
}
