//! The durable write of a new pair. ANAF gives it once.

use std::time::Duration;

use anaf_types::{Error, ErrorKind};

use super::lease::{Holding, Taken, acquire};
use super::slot::{Slot, Unsaved};
use super::turn::Turn;
use super::{Shared, needs_login};
use crate::store::{JournalEntry, Stored, Swap, TokenSet};

/// A new pair on its way into the store.
pub(super) struct Save {
    /// Under which lease.
    fence: u64,
    /// The version that it replaces.
    expected: Option<u64>,
    /// Whether it replaces also what somebody else has stored meanwhile: so for a login, not for a refresh.
    insist: bool,
    /// The pair.
    tokens: TokenSet,
    /// How long a failing store is tried again.
    patience: Duration,
    /// The lease that was taken after the first one had run out.
    retaken: Option<Holding>,
    /// Under which fencing numbers the pair stands in the journal.
    journalled: Vec<u64>,
}

/// What one try came to.
enum Attempt {
    /// The pair is stored, and the journal is empty.
    Stored(Stored),
    /// This is there instead, or it is there since an earlier try.
    Other(Stored),
    /// There is no grant any more.
    Deleted,
}

impl Save {
    pub(super) fn new(lease: &Holding, expected: Option<u64>, tokens: TokenSet) -> Self {
        Self {
            fence: lease.lease.fence,
            expected,
            insist: false,
            tokens,
            patience: Duration::ZERO,
            retaken: None,
            journalled: Vec::new(),
        }
    }

    /// Replaces also what somebody else has stored meanwhile.
    pub(super) fn over_anything(mut self) -> Self {
        self.insist = true;
        self
    }

    /// Tries a failing store again for so long.
    pub(super) fn patient(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Writes the journal, then the grant, and takes the pair into use. A store that fails is tried again; after that
    /// the pair stays in memory and the next flight begins with it.
    pub(super) async fn run(
        mut self,
        shared: &Shared,
        slot: &Slot,
        turn: &mut Turn,
    ) -> Result<(), Error> {
        let outcome = self.store(shared, slot, turn).await;
        if let Some(lease) = self.retaken.take() {
            lease.release(shared).await;
        }
        outcome
    }

    async fn store(&mut self, shared: &Shared, slot: &Slot, turn: &mut Turn) -> Result<(), Error> {
        let clock = shared.clock();
        let begun = clock.monotonic();
        let mut pause = Duration::from_millis(50);
        loop {
            let failure = match self.attempt(shared, slot, turn).await {
                Ok(Attempt::Stored(stored)) => {
                    slot.install(shared, &stored);
                    return Ok(());
                }
                Ok(Attempt::Other(stored)) => {
                    self.leave_no_trace(shared, slot).await;
                    slot.install(shared, &stored);
                    return Ok(());
                }
                Ok(Attempt::Deleted) => {
                    self.leave_no_trace(shared, slot).await;
                    return Err(needs_login(&slot.key, "the grant was deleted meanwhile"));
                }
                Err(failure) => failure,
            };
            if clock.monotonic().saturating_sub(begun) >= self.patience {
                slot.state().unsaved = Some(Unsaved {
                    tokens: self.tokens.clone(),
                    expected: self.expected,
                    insist: self.insist,
                    journalled: self.journalled.clone(),
                });
                return Err(unsaved(&failure));
            }
            tracing::warn!(error = %failure, "new tokens could not be stored yet");
            // The person's other grants need not wait for the store.
            turn.leave(shared).await;
            let jittered = pause.mul_f64(0.5 + shared.dice.roll() / 2.0);
            clock.sleep(jittered).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }

    async fn attempt(
        &mut self,
        shared: &Shared,
        slot: &Slot,
        turn: &mut Turn,
    ) -> Result<Attempt, Error> {
        let key = &slot.key;
        self.journal(shared, slot).await;
        // A login gives way to nobody, so it may meet several others.
        for _ in 0..8 {
            let swap = shared
                .store
                .compare_and_swap(key, self.expected, Some(self.fence), &self.tokens)
                .await?;
            match swap {
                Swap::Swapped { version } => {
                    let tokens = self.tokens.clone();
                    return Ok(Attempt::Stored(Stored { tokens, version }));
                }
                // An earlier try that seemed to fail, or somebody who found the pair in the journal.
                Swap::Conflict(Some(now)) if now.tokens == self.tokens => {
                    return Ok(Attempt::Other(now));
                }
                Swap::Conflict(now) if self.insist => {
                    self.expected = now.map(|stored| stored.version);
                }
                Swap::Conflict(Some(now)) => return Ok(Attempt::Other(now)),
                Swap::Conflict(None) => return Ok(Attempt::Deleted),
                Swap::Fenced { .. } => {
                    // Whoever has the grant's lease now may be waiting for this person's turn.
                    turn.leave(shared).await;
                    if let Some(settled) = self.retake(shared, slot).await? {
                        return Ok(Attempt::Other(settled));
                    }
                }
            }
        }
        Err(Error::new(ErrorKind::Store).because("others kept changing the grant"))
    }

    /// The write-ahead record. If it fails, the swap that follows makes the pair durable just as well.
    async fn journal(&mut self, shared: &Shared, slot: &Slot) {
        let entry = self.entry(shared, self.fence).answered(self.tokens.clone());
        match shared.store.journal(&slot.key, &entry).await {
            Ok(()) if !self.journalled.contains(&self.fence) => self.journalled.push(self.fence),
            Ok(()) => {}
            Err(error) => {
                tracing::warn!(%error, "the write-ahead record of new tokens failed");
            }
        }
    }

    fn entry(&self, shared: &Shared, fence: u64) -> JournalEntry {
        JournalEntry::intent(
            fence,
            shared.holder.as_str(),
            self.expected.unwrap_or(0),
            shared.clock().now(),
        )
    }

    /// Takes the pair out of the journal again: something else is stored, whose swap may have come before our record.
    /// Only our own records, since others may still be needed.
    async fn leave_no_trace(&self, shared: &Shared, slot: &Slot) {
        for fence in &self.journalled {
            withdraw(shared, slot, self.entry(shared, *fence)).await;
        }
    }

    /// The lease ran out and somebody took a later one: waits for another, or for somebody else's result.
    async fn retake(&mut self, shared: &Shared, slot: &Slot) -> Result<Option<Stored>, Error> {
        if let Some(lost) = self.retaken.take() {
            lost.release(shared).await;
        }
        let (expected, insist) = (self.expected, self.insist);
        let settled = |stored: &Stored| {
            !insist && (Some(stored.version) != expected || stored.tokens == self.tokens)
        };
        let patience = shared.settings.lease;
        match acquire(shared, &slot.key, patience, settled).await? {
            Taken::Settled(stored) => Ok(Some(stored)),
            Taken::Lease(lease) => {
                self.fence = lease.lease.fence;
                self.retaken = Some(lease);
                Ok(None)
            }
        }
    }
}

/// Takes an entry back: it points to version 0, which no grant has, and holds no tokens. Clearing the journal instead
/// could clear the answer of a slower holder with it.
pub(super) async fn withdraw(shared: &Shared, slot: &Slot, mut entry: JournalEntry) {
    entry.version = 0;
    entry.answer = None;
    if let Err(error) = shared.store.journal(&slot.key, &entry).await {
        tracing::debug!(%error, "an entry of the journal could not be withdrawn");
    }
}

/// Stores what an earlier flight could not.
pub(super) async fn leftover(shared: &Shared, slot: &Slot) -> Result<(), Error> {
    let Some(left) = slot.state().unsaved.take() else {
        return Ok(());
    };
    let keep = left.clone();
    let lease = match acquire(shared, &slot.key, shared.settings.lease, |_| false).await {
        Ok(Taken::Lease(lease)) => lease,
        Ok(Taken::Settled(_)) => return Ok(()),
        Err(error) => {
            slot.state().unsaved = Some(keep);
            return Err(unsaved(&error));
        }
    };
    let mut save = Save::new(&lease, left.expected, left.tokens);
    save.insist = left.insist;
    save.journalled = left.journalled;
    let outcome = save.run(shared, slot, &mut Turn::none()).await;
    lease.release(shared).await;
    outcome
}

fn unsaved(failure: &Error) -> Error {
    let why = failure.detail().unwrap_or("the store failed").to_owned();
    failure.clone().because(format!(
        "{why}; ANAF gave new tokens, which are in this process's memory only: keep it running until the store works"
    ))
}
