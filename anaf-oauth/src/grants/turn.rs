//! A person's turn at the token endpoint: ANAF answers 255 to a user who asks for several tokens at once, so their
//! requests are made one after another, whatever grant and whatever process they are for.
//!
//! What is waited for, always in this order: the person's queue in this process, the lease on the grant, the person's
//! lease. Whoever waits for the last keeps the one before alive, and whoever holds it waits for neither.

use std::sync::Arc;
use std::time::Duration;

use anaf_types::{Delivery, Error, ErrorKind};

use super::Shared;
use super::lease::{Asked, Holding, Pauses, ask};
use super::users::User;
use crate::answer::PAUSE_AFTER_255;
use crate::store::{GrantKey, TokenSet};

/// How long a login of somebody unknown waits for the logins of other unknown people. Then it goes on: a process that
/// died must not keep strangers from logging in.
const COURTESY: Duration = Duration::from_secs(5);
/// How often a waiting refresh looks at the store at least, and a login, whose code does not live long. Turns go to
/// whoever looks first, so nobody should look much less often than a request lasts.
const REFRESH_LOOKS: Duration = Duration::from_millis(200);
const LOGIN_LOOKS: Duration = Duration::from_millis(100);
/// A store keeps no lease for longer than a day.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// The right to ask ANAF for a person's token.
pub(super) struct Turn {
    user: Option<Arc<User>>,
    lease: Option<Holding>,
    after: After,
}

/// What becomes of the lease.
enum After {
    /// It is given back.
    Release,
    /// It runs out by itself.
    Lapse,
    /// It is held for as long as ANAF is to be left alone.
    Pause(Duration),
}

impl Turn {
    /// Where ANAF is not asked, or nobody knows for whom.
    pub(super) fn none() -> Self {
        Self {
            user: None,
            lease: None,
            after: After::Release,
        }
    }

    /// Sees to it that the turn lasts for `need` from now. `false`: it went to somebody else.
    pub(super) async fn keep(&mut self, shared: &Shared, need: Duration) -> Result<bool, Error> {
        match &mut self.lease {
            Some(lease) => lease.keep(shared, need).await,
            None => Ok(true),
        }
    }

    /// ANAF has answered, or has not.
    pub(super) fn note<T>(&mut self, shared: &Shared, outcome: &Result<T, Error>) {
        let Err(error) = outcome else { return };
        match (error.kind(), &self.user) {
            (ErrorKind::ConcurrentTokens, Some(user)) => {
                let pause = error.retry_after().unwrap_or(PAUSE_AFTER_255);
                user.pause(shared.clock().monotonic() + pause);
                self.after = After::Pause(pause.min(LONGEST_PAUSE));
            }
            // ANAF may still be at it.
            (ErrorKind::Timeout, Some(_)) if error.delivery() == Delivery::MaybeSent => {
                self.after = After::Lapse;
            }
            _ => {}
        }
    }

    /// Gives the turn back before something else is waited for.
    pub(super) async fn leave(&mut self, shared: &Shared) {
        let Some(lease) = self.lease.take() else {
            return;
        };
        match self.after {
            After::Release => lease.release(shared).await,
            After::Lapse => {}
            After::Pause(pause) => lease.extend(shared, pause).await,
        }
    }

    /// The turn is over.
    pub(super) async fn end(mut self, shared: &Shared) {
        self.leave(shared).await;
    }
}

/// What waiting for a turn came to.
enum Waited {
    Granted(Holding),
    /// Somebody else's request takes longer than the patience.
    Busy {
        remaining: Duration,
        holder: String,
    },
    /// Meanwhile the lease on the grant went to somebody else.
    GrantLost,
}

/// Waits for the turn of the tokens' owner. An opaque token does not say whose it is: then there is nothing to wait for.
/// `Ok(None)`: meanwhile the lease on the grant went to somebody else.
pub(super) async fn for_refresh(
    shared: &Shared,
    tokens: &TokenSet,
    grant: &mut Holding,
) -> Result<Option<Turn>, Error> {
    let Some(serial) = tokens.claims().serial.as_deref() else {
        return Ok(Some(Turn::none()));
    };
    let deadline = shared.clock().monotonic() + shared.settings.turn_patience();
    known(shared, serial, grant, deadline, REFRESH_LOOKS).await
}

/// Waits for the turn of whoever logs in. Who that is nobody knows before ANAF has answered: most likely whoever logged
/// in for the grant before; without such a one, somebody among all the unknown.
pub(super) async fn for_login(
    shared: &Shared,
    before: Option<&TokenSet>,
    grant: &mut Holding,
    deadline: Duration,
) -> Result<Option<Turn>, Error> {
    if let Some(serial) = before.and_then(|tokens| tokens.claims().serial.as_deref()) {
        return known(shared, serial, grant, deadline, LOGIN_LOOKS).await;
    }
    let deadline = deadline.min(shared.clock().monotonic() + COURTESY);
    let anybody = GrantKey::of_anybody();
    let lease = match wait(shared, &anybody, grant, deadline, LOGIN_LOOKS).await? {
        Waited::Granted(lease) => Some(lease),
        Waited::Busy { .. } => None,
        Waited::GrantLost => return Ok(None),
    };
    Ok(Some(Turn {
        lease,
        ..Turn::none()
    }))
}

async fn known(
    shared: &Shared,
    serial: &str,
    grant: &mut Holding,
    deadline: Duration,
    looks: Duration,
) -> Result<Option<Turn>, Error> {
    let user = shared.users.user(Some(serial), shared.clock().monotonic());
    let person = GrantKey::of_person(serial);
    match wait(shared, &person, grant, deadline, looks).await? {
        Waited::Granted(lease) => Ok(Some(Turn {
            user,
            lease: Some(lease),
            after: After::Release,
        })),
        Waited::Busy { remaining, holder } => Err(Error::new(ErrorKind::ConcurrentTokens)
            .because(format!(
                "ANAF was not asked: `{holder}` asks it for another token of the same person, or was told to wait"
            ))
            .with_retry_after(Some(remaining))),
        Waited::GrantLost => Ok(None),
    }
}

async fn wait(
    shared: &Shared,
    key: &GrantKey,
    grant: &mut Holding,
    deadline: Duration,
    looks: Duration,
) -> Result<Waited, Error> {
    let ttl = shared.settings.person;
    let mut pauses = Pauses::up_to(looks);
    loop {
        let (remaining, holder) = match ask(shared, key, ttl).await? {
            Asked::Granted(lease) => return Ok(Waited::Granted(lease)),
            Asked::Held { remaining, holder } => (remaining, holder),
        };
        let left = deadline.saturating_sub(shared.clock().monotonic());
        // No request holds it for longer than `ttl`: ANAF has asked for a long pause.
        if left.is_zero() || remaining > ttl {
            return Ok(Waited::Busy { remaining, holder });
        }
        pauses.wait(shared, remaining.min(left)).await;
        if !grant.keep(shared, shared.settings.lease / 2).await? {
            return Ok(Waited::GrantLost);
        }
    }
}
