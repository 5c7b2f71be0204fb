//! The refresh as a transaction: reload → leases → reload → one call → journal and durable write → hand out.

use std::time::Duration;

use anaf_types::{Error, ErrorKind};
use jiff::SignedDuration;

use super::doubt::{held_back, in_doubt, is_certain};
use super::flight::Errand;
use super::lease::{Holding, Taken, acquire};
use super::login::{adopt, log_in};
use super::save::{Save, leftover, withdraw};
use super::slot::{Ended, Slot, is_fresh};
use super::turn::{self, Turn};
use super::{Shared, needs_login, turn_is_paused};
use crate::store::{JournalEntry, Lease, Stored, Swap};

/// After ANAF refused a refresh token: how often, and how long apart, to look whether another process that began a
/// refresh still writes its outcome down.
const LOOKS: u32 = 6;
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);
/// How often a refresh begins anew because its leases ran out before ANAF was asked: the machine slept, or its store did.
const ATTEMPTS: u32 = 4;
/// How far the clocks of two machines may be apart before one of them renews what the other has just renewed.
const CLOCKS_APART: SignedDuration = SignedDuration::from_hours(1);

/// When a stored set is good enough.
struct Goal {
    basis: Option<u64>,
    refused: Option<u64>,
    margin: Duration,
}

impl Goal {
    fn is_met(&self, shared: &Shared, stored: &Stored) -> bool {
        if let Some(refused) = self.refused {
            return stored.version > refused;
        }
        match self.basis {
            // Too old by the clocks of whoever asks; what somebody else has renewed since is taken without asking them.
            // Not so a set whose end lies long back: it was renewed while this process slept, and has died since.
            Some(basis) => {
                let ended = stored.tokens.access_expires_at();
                stored.version > basis && shared.clock().now().duration_since(ended) < CLOCKS_APART
            }
            None => is_fresh(&stored.tokens, shared.clock().now(), self.margin),
        }
    }
}

/// Does what a flight is for.
pub(super) async fn run(shared: &Shared, slot: &Slot, errand: Errand) -> Result<(), Error> {
    // A login supersedes what an earlier flight could not store, and its code does not wait.
    if !matches!(errand, Errand::LogIn(_) | Errand::Adopt(_)) {
        leftover(shared, slot).await?;
    }
    let margin = shared.settings.margin;
    match errand {
        Errand::Reload => reload(shared, slot).await,
        Errand::Renew {
            basis,
            margin: wanted,
        } => {
            let goal = Goal {
                basis,
                refused: None,
                margin: wanted.unwrap_or(margin),
            };
            renew(shared, slot, &goal).await
        }
        Errand::Replace { refused } => {
            let goal = Goal {
                basis: None,
                refused: Some(refused),
                margin,
            };
            renew(shared, slot, &goal).await
        }
        Errand::LogIn(arrival) => log_in(shared, slot, arrival).await,
        Errand::Adopt(tokens) => adopt(shared, slot, tokens).await,
    }
}

async fn reload(shared: &Shared, slot: &Slot) -> Result<(), Error> {
    match shared.load(&slot.key).await? {
        Some(stored) => {
            slot.install(shared, &stored);
            // Nobody has logged in since ANAF ended it.
            let state = slot.state();
            state
                .ended
                .as_ref()
                .map_or(Ok(()), |ended| Err(ended.error.clone()))
        }
        None => Err(missing(shared, slot)),
    }
}

/// No login was ever made, or the grant was deleted.
fn missing(shared: &Shared, slot: &Slot) -> Error {
    let error = needs_login(&slot.key, "no login is stored under this key");
    slot.forget();
    let mut state = slot.state();
    state.looked = shared.clock().monotonic();
    state.ended = Some(Ended {
        version: None,
        error: error.clone(),
    });
    error
}

async fn renew(shared: &Shared, slot: &Slot, goal: &Goal) -> Result<(), Error> {
    let serial = match shared.load(&slot.key).await? {
        Some(stored) => {
            slot.install(shared, &stored);
            if goal.is_met(shared, &stored) {
                return Ok(());
            }
            stored.tokens.claims().serial.clone()
        }
        None if shared.store.journalled(&slot.key).await?.is_empty() => {
            return Err(missing(shared, slot));
        }
        None => None,
    };
    let steady = || shared.clock().monotonic();
    let user = shared.users.user(serial.as_deref(), steady());
    let _queue = match &user {
        Some(user) => Some(user.queue().await),
        None => None,
    };
    if let Some(left) = user.as_ref().and_then(|user| user.pausing(steady())) {
        return Err(turn_is_paused(left));
    }
    for _ in 0..ATTEMPTS {
        if let Progress::Over = transaction(shared, slot, goal).await? {
            return Ok(());
        }
        tracing::debug!("a lease ran out before ANAF was asked");
    }
    Err(Error::new(ErrorKind::Store).because("the leases kept running out before ANAF was asked"))
}

/// Whether a transaction came to its end.
enum Progress {
    Over,
    /// A lease ran out before ANAF was asked.
    LeaseLost,
}

async fn transaction(shared: &Shared, slot: &Slot, goal: &Goal) -> Result<Progress, Error> {
    let patience = shared.settings.grant_patience();
    let met = |stored: &Stored| goal.is_met(shared, stored);
    let mut grant = match acquire(shared, &slot.key, patience, met).await? {
        Taken::Lease(lease) => lease,
        Taken::Settled(stored) => {
            slot.install(shared, &stored);
            return Ok(Progress::Over);
        }
    };
    let outcome = under_lease(shared, slot, goal, &mut grant).await;
    grant.release(shared).await;
    outcome
}

async fn under_lease(
    shared: &Shared,
    slot: &Slot,
    goal: &Goal,
    grant: &mut Holding,
) -> Result<Progress, Error> {
    // Before anybody else of this person's is made to wait.
    let Some(sight) = look(shared, slot, goal, &grant.lease).await? else {
        return Ok(Progress::Over);
    };
    let Some(mut turn) = turn::for_refresh(shared, &sight.stored.tokens, grant).await? else {
        return Ok(Progress::LeaseLost);
    };
    let outcome = under_both(shared, slot, goal, grant, &mut turn).await;
    turn.end(shared).await;
    outcome
}

async fn under_both(
    shared: &Shared,
    slot: &Slot,
    goal: &Goal,
    grant: &mut Holding,
    turn: &mut Turn,
) -> Result<Progress, Error> {
    if !keep_both(shared, grant, turn).await? {
        return Ok(Progress::LeaseLost);
    }
    // Again: a slower holder of the grant's lease may have had the turn until now.
    let Some(Sight { stored, journal }) = look(shared, slot, goal, &grant.lease).await? else {
        return Ok(Progress::Over);
    };
    let intent = JournalEntry::intent(
        grant.lease.fence,
        shared.holder.as_str(),
        stored.version,
        shared.clock().now(),
    );
    // A store that does not take the intent would not take the answer either: then ANAF is not called.
    shared.store.journal(&slot.key, &intent).await?;
    // The store may have taken its time.
    let kept = keep_both(shared, grant, turn).await;
    if !matches!(kept, Ok(true)) {
        withdraw(shared, slot, intent).await;
        return kept.map(|_| Progress::LeaseLost);
    }
    slot.state().asked += 1;
    let answer = shared.client.refresh(&stored.tokens).await;
    turn.note(shared, &answer);
    let outcome = match answer {
        Ok(tokens) => {
            Save::new(grant, Some(stored.version), tokens)
                .patient(shared.settings.write)
                .run(shared, slot, turn)
                .await
        }
        Err(error) if error.needs_login() => {
            let unanswered: Vec<JournalEntry> = journal
                .into_iter()
                .filter(|entry| entry.version == stored.version && entry.answer.is_none())
                .collect();
            refused(shared, slot, &grant.lease, &stored, &unanswered, error).await
        }
        Err(error) if is_certain(&error) => {
            withdraw(shared, slot, intent).await;
            Err(error)
        }
        Err(error) => Err(in_doubt(error, &stored)),
    };
    outcome.map(|()| Progress::Over)
}

/// Sees to it that both leases outlast a call to ANAF.
async fn keep_both(shared: &Shared, grant: &mut Holding, turn: &mut Turn) -> Result<bool, Error> {
    let call = shared.client.timeouts().total;
    Ok(grant.keep(shared, call).await? && turn.keep(shared, call).await?)
}

/// What the store has of a grant that must be refreshed.
struct Sight {
    stored: Stored,
    journal: Vec<JournalEntry>,
}

/// Looks whether the grant must be refreshed, and may be. `Ok(None)`: what is stored will do.
async fn look(
    shared: &Shared,
    slot: &Slot,
    goal: &Goal,
    lease: &Lease,
) -> Result<Option<Sight>, Error> {
    let key = &slot.key;
    let stored = shared.load(key).await?;
    let journal = shared.store.journalled(key).await?;
    let stored = match recover(shared, lease, stored.as_ref(), &journal).await? {
        Some(recovered) => Some(recovered),
        None => stored,
    };
    let Some(stored) = stored else {
        return Err(missing(shared, slot));
    };
    slot.install(shared, &stored);
    if goal.is_met(shared, &stored) {
        return Ok(None);
    }
    if stored.tokens.refresh().is_none() {
        let why = "ANAF gave no refresh token with this grant";
        return Err(ended(shared, slot, &stored, needs_login(key, why)));
    }
    held_back(shared, &stored, &journal)?;
    Ok(Some(Sight { stored, journal }))
}

/// An answer that was journalled by a process that died before it could store it.
async fn recover(
    shared: &Shared,
    lease: &Lease,
    stored: Option<&Stored>,
    journal: &[JournalEntry],
) -> Result<Option<Stored>, Error> {
    let version = stored.map(|stored| stored.version);
    let found = journal
        .iter()
        .rev()
        .filter(|entry| entry.version == version.unwrap_or(0))
        .find_map(|entry| entry.answer.clone());
    let Some(tokens) = found else {
        return Ok(None);
    };
    let swap = shared
        .store
        .compare_and_swap(&lease.key, version, Some(lease.fence), &tokens)
        .await?;
    match swap {
        Swap::Swapped { version } => {
            tracing::info!(
                "tokens that a process could not store any more were found in the journal"
            );
            Ok(Some(Stored { tokens, version }))
        }
        Swap::Conflict(now) => Ok(now),
        Swap::Fenced { .. } => {
            Err(Error::new(ErrorKind::Store).because("the lease on the grant ran out"))
        }
    }
}

/// ANAF says that the refresh token is dead. Somebody else's refresh may be the reason: then theirs is used.
async fn refused(
    shared: &Shared,
    slot: &Slot,
    lease: &Lease,
    used: &Stored,
    unanswered: &[JournalEntry],
    error: Error,
) -> Result<(), Error> {
    let others = unanswered.iter().any(|entry| entry.holder != shared.holder);
    for look in 0..LOOKS {
        let stored = shared.load(&slot.key).await?;
        if let Some(newer) = stored.as_ref().filter(|s| s.version != used.version) {
            slot.install(shared, newer);
            return Ok(());
        }
        let journal = shared.store.journalled(&slot.key).await?;
        if let Some(found) = recover(shared, lease, stored.as_ref(), &journal).await? {
            slot.install(shared, &found);
            return Ok(());
        }
        if !others || look + 1 == LOOKS {
            break;
        }
        shared.clock().sleep(BETWEEN_LOOKS).await;
    }
    let error = error.for_grant(slot.key.as_str());
    let error = match unanswered.last() {
        None => error,
        Some(entry) => {
            let detail = error.detail().unwrap_or_default().to_owned();
            error.because(format!(
                "{detail}; a refresh that was begun at {} by `{}` was never answered there: if ANAF gave a new pair, \
                 it is lost",
                entry.begun_at, entry.holder
            ))
        }
    };
    Err(ended(shared, slot, used, error))
}

/// Remembers that ANAF ended a grant, so that it is not asked again until a login replaces it.
fn ended(shared: &Shared, slot: &Slot, stored: &Stored, error: Error) -> Error {
    let mut state = slot.state();
    state.looked = shared.clock().monotonic();
    state.ended = Some(Ended {
        version: Some(stored.version),
        error: error.clone(),
    });
    slot.warm.store(None);
    error
}
