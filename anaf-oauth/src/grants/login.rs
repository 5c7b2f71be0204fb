//! A login's end: the code is exchanged, and its tokens stand in the place of whatever was there.

use std::time::Duration;

use anaf_types::{Error, ErrorKind};

use super::lease::{Holding, Taken, acquire};
use super::save::Save;
use super::slot::Slot;
use super::turn::{self, Turn};
use super::{Shared, turn_is_paused};
use crate::Code;
use crate::store::{Stored, TokenSet};

/// A login waits no longer than this from its callback on: its code lives 60 seconds.
pub(super) const PATIENCE: Duration = Duration::from_secs(45);

/// What came back from ANAF with the browser.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) code: Code,
    /// When, by the steady clock.
    pub(super) since: Duration,
    /// Where to, unless to the application's callback.
    pub(super) callback: Option<String>,
}

/// Exchanges a code. Where ANAF has asked for a pause it is waited out, if the code lives that long; else ANAF is not
/// asked.
pub(super) async fn log_in(shared: &Shared, slot: &Slot, arrival: Arrival) -> Result<(), Error> {
    let deadline = arrival.since + PATIENCE;
    wait_out(shared, slot, deadline).await?;
    let left = deadline.saturating_sub(shared.clock().monotonic());
    let mut grant = grant_lease(shared, slot, left).await?;
    let outcome = exchange(shared, slot, &mut grant, arrival, deadline).await;
    grant.release(shared).await;
    outcome
}

async fn exchange(
    shared: &Shared,
    slot: &Slot,
    grant: &mut Holding,
    arrival: Arrival,
    deadline: Duration,
) -> Result<(), Error> {
    // Before the code is spent: a store that does not answer would not take the tokens either.
    let before = shared.load(&slot.key).await?;
    let earlier = before.as_ref().map(|stored| &stored.tokens);
    let Some(mut turn) = turn::for_login(shared, earlier, grant, deadline).await? else {
        return Err(lost());
    };
    let outcome = under_both(shared, slot, grant, &mut turn, arrival, before).await;
    turn.end(shared).await;
    outcome
}

async fn under_both(
    shared: &Shared,
    slot: &Slot,
    grant: &mut Holding,
    turn: &mut Turn,
    arrival: Arrival,
    before: Option<Stored>,
) -> Result<(), Error> {
    let call = shared.client.timeouts().total;
    if !(grant.keep(shared, call).await? && turn.keep(shared, call).await?) {
        return Err(lost());
    }
    let Arrival {
        code,
        since,
        callback,
    } = arrival;
    let tokens = shared
        .client
        .exchange_since(code, since, callback.as_deref())
        .await;
    turn.note(shared, &tokens);
    replace(shared, slot, grant, turn, before, tokens?).await
}

/// Stores tokens that came from elsewhere.
pub(super) async fn adopt(shared: &Shared, slot: &Slot, tokens: TokenSet) -> Result<(), Error> {
    let grant = grant_lease(shared, slot, PATIENCE).await?;
    let outcome = async {
        let before = shared.load(&slot.key).await?;
        replace(shared, slot, &grant, &mut Turn::none(), before, tokens).await
    }
    .await;
    grant.release(shared).await;
    outcome
}

/// Sits out the pause that a 255 has set, if the code lives that long.
async fn wait_out(shared: &Shared, slot: &Slot, deadline: Duration) -> Result<(), Error> {
    while let Some((left, error)) = pause(shared, slot).await? {
        let now = shared.clock().monotonic();
        if now + left > deadline {
            return Err(error);
        }
        shared.clock().sleep(left).await;
    }
    Ok(())
}

/// The pause that keeps a login from asking ANAF: only a 255's, since everything else may be over by now, and somebody
/// is waiting.
pub(super) async fn pause(
    shared: &Shared,
    slot: &Slot,
) -> Result<Option<(Duration, Error)>, Error> {
    let before = shared.load(&slot.key).await?;
    let serial = before.and_then(|stored| stored.tokens.claims().serial.clone());
    let steady = shared.clock().monotonic();
    let of_the_grant = slot
        .state()
        .pausing(steady)
        .filter(|(_, error)| error.kind() == ErrorKind::ConcurrentTokens)
        .map(|(left, _)| left);
    let user = shared.users.user(serial.as_deref(), steady);
    let of_the_person = user.and_then(|user| user.pausing(steady));
    let left = of_the_grant.max(of_the_person);
    Ok(left.map(|left| (left, turn_is_paused(left))))
}

async fn grant_lease(shared: &Shared, slot: &Slot, patience: Duration) -> Result<Holding, Error> {
    match acquire(shared, &slot.key, patience, |_| false).await? {
        Taken::Lease(lease) => Ok(lease),
        Taken::Settled(_) => Err(Error::new(ErrorKind::Store).because("no lease was given")),
    }
}

fn lost() -> Error {
    Error::new(ErrorKind::Store).because("the lease on the grant ran out before ANAF was asked")
}

/// Stores the tokens of a login over whatever is there.
async fn replace(
    shared: &Shared,
    slot: &Slot,
    grant: &Holding,
    turn: &mut Turn,
    before: Option<Stored>,
    tokens: TokenSet,
) -> Result<(), Error> {
    let generation = before
        .as_ref()
        .map_or(0, |b| b.tokens.generation().saturating_add(1));
    let expected = before.map(|stored| stored.version);
    let tokens = tokens.with_generation(generation);
    // What an earlier flight could not store belongs to the grant that this login replaces.
    slot.state().unsaved = None;
    Save::new(grant, expected, tokens)
        .over_anything()
        .patient(shared.settings.write)
        .run(shared, slot, turn)
        .await
}
