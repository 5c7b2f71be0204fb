//! What this process knows of one grant.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anaf_http::Bearer;
use anaf_types::{Delivery, Error, ErrorKind};
use arc_swap::ArcSwapOption;
use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::Shared;
use super::flight::Flight;
use crate::store::{Claims, GrantKey, Stored, TokenSet};

/// How long the hot path serves without a look at the wall clock.
const LOOK: Duration = Duration::from_secs(60);
/// How often the store is asked whether a grant that has ended was replaced by a login.
pub(super) const ENDED_LOOK: Duration = Duration::from_secs(5);
/// With less than this left, a token may not survive the call that it is given to.
const HARD: Duration = Duration::from_secs(60);
/// The longest pause after failures of ANAF's, and of the store's, which is nobody's to spare.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);
const LONGEST_STORE_PAUSE: Duration = Duration::from_secs(15);

/// A token that the hot path hands out until a moment of the steady clock.
pub(super) struct Warm {
    pub(super) bearer: Bearer,
    pub(super) until: Duration,
}

pub(crate) struct Slot {
    pub(super) key: GrantKey,
    pub(super) warm: ArcSwapOption<Warm>,
    /// Held for a few instructions, never across an await.
    state: Mutex<State>,
}

/// The tokens that this process uses now. The refresh token stays in the store.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) bearer: Bearer,
    pub(super) version: u64,
    pub(super) expires_at: Timestamp,
    pub(super) refresh_expires_at: Option<Timestamp>,
    pub(super) claims: Claims,
    /// The end by the steady clock, which no administrator sets back.
    until: Duration,
    margin: Duration,
    hard: Duration,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) held: Option<Held>,
    pub(super) flight: Option<Flight>,
    pub(super) pause: Option<Pause>,
    pub(super) ended: Option<Ended>,
    /// New tokens that the store did not take yet.
    pub(super) unsaved: Option<Unsaved>,
    pub(super) failures: u32,
    pub(super) problem: Option<Error>,
    /// When the store was last asked, by the steady clock.
    pub(super) looked: Duration,
    /// How many refreshes ANAF was asked for.
    pub(super) asked: u64,
    /// When a refused token was last replaced, by the steady clock.
    pub(super) replaced: Option<Duration>,
}

/// New tokens that are in memory only.
#[derive(Clone)]
pub(super) struct Unsaved {
    pub(super) tokens: TokenSet,
    /// The version that they replace.
    pub(super) expected: Option<u64>,
    /// Whether they replace also what somebody else has stored meanwhile: those of a login do.
    pub(super) insist: bool,
    /// Under which fencing numbers they stand in the journal.
    pub(super) journalled: Vec<u64>,
}

/// No calls to ANAF until then.
pub(super) struct Pause {
    pub(super) until: Duration,
    pub(super) error: Error,
}

/// ANAF says, or the store shows, that only a person can help.
pub(super) struct Ended {
    pub(super) version: Option<u64>,
    pub(super) error: Error,
}

/// What a caller does next.
pub(super) enum Step {
    Serve(Bearer),
    Fail(Error),
    Wait(Flight),
    /// Start a flight, and wait for it.
    Renew,
    /// Ask the store first, and wait for that.
    Reload,
}

impl Held {
    /// What is left of the token by the clock that says less: a clock that jumped makes a token seem older, never
    /// younger.
    fn remaining(&self, steady: Duration, wall: Timestamp) -> Duration {
        let by_wall = Duration::try_from(self.expires_at.duration_since(wall)).unwrap_or_default();
        by_wall.min(self.until.saturating_sub(steady))
    }

    fn is_usable(&self, steady: Duration, wall: Timestamp) -> bool {
        self.remaining(steady, wall) > self.hard
    }
}

impl Slot {
    pub(super) fn new(key: GrantKey) -> Self {
        Self {
            key,
            warm: ArcSwapOption::empty(),
            state: Mutex::default(),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nothing would be forgotten with it but what the store has.
    pub(super) fn is_quiet(&self) -> bool {
        let state = self.state();
        state.flight.is_none() && state.unsaved.is_none() && state.pause.is_none()
    }

    pub(super) fn forget(&self) {
        let mut state = self.state();
        self.warm.store(None);
        state.held = None;
        state.unsaved = None;
        state.ended = None;
        state.pause = None;
    }

    /// Takes tokens from the store into use, unless newer ones are in use already.
    pub(super) fn install(&self, shared: &Shared, stored: &Stored) {
        let held = hold(shared, stored);
        let mut state = self.state();
        state.looked = shared.clock().monotonic();
        if state
            .held
            .as_ref()
            .is_some_and(|old| old.version >= held.version)
        {
            return;
        }
        if state
            .ended
            .as_ref()
            .is_some_and(|ended| ended.version != Some(held.version))
        {
            state.ended = None;
        }
        self.warm.store(None);
        state.held = Some(held);
        // Whoever renewed it: what stood against that is over.
        state.recover();
    }

    /// A flight is over: sets or ends the pause.
    pub(super) fn conclude(&self, shared: &Shared, purpose: Purpose, outcome: &Result<(), Error>) {
        let mut state = self.state();
        state.flight = None;
        let of_the_store = |error: &Error| error.kind() == ErrorKind::Store;
        match (outcome, purpose) {
            // A look into the store says nothing about ANAF.
            (Ok(()), Purpose::Look) => {
                if state.problem.as_ref().is_some_and(of_the_store) {
                    state.recover();
                }
            }
            (Ok(()), _) => state.recover(),
            (Err(error), Purpose::Look)
                if state
                    .pause
                    .as_ref()
                    .is_some_and(|p| !of_the_store(&p.error))
                    && of_the_store(error) => {}
            // A login that failed is no trouble of the grant's, unless ANAF itself asks for a pause.
            (Err(error), Purpose::Login)
                if error.kind() != ErrorKind::ConcurrentTokens
                    || error.delivery() == Delivery::NotSent => {}
            (Err(error), _) => {
                state.problem = Some(error.clone());
                if error.kind() == ErrorKind::NeedsLogin {
                    return;
                }
                state.failures = state.failures.saturating_add(1);
                let pause = pause_after(error, state.failures, shared.dice.roll());
                state.pause = Some(Pause {
                    until: shared.clock().monotonic() + pause,
                    error: error.clone(),
                });
            }
        }
    }

    /// Decides what a caller does who wants any token that ANAF will accept.
    pub(super) fn step(&self, shared: &Shared) -> Step {
        let (steady, wall) = (shared.clock().monotonic(), shared.clock().now());
        let mut state = self.state();
        let usable = match &state.held {
            Some(held) => {
                let remaining = held.remaining(steady, wall);
                if remaining > held.margin && state.ended.is_none() {
                    let long = remaining - held.margin;
                    let bearer = held.bearer.clone();
                    self.arm(&bearer, steady, long);
                    return Step::Serve(bearer);
                }
                held.is_usable(steady, wall).then(|| held.bearer.clone())
            }
            None => None,
        };
        if let Some(flight) = &state.flight {
            // Whoever began the flight waits for it; a token that still lives is good for everybody else.
            return usable.map_or_else(|| Step::Wait(flight.clone()), Step::Serve);
        }
        if state.ended.is_some() {
            if steady.saturating_sub(state.looked) >= ENDED_LOOK {
                state.looked = steady;
                return Step::Reload;
            }
            let error = state.ended.as_ref().map(|ended| ended.error.clone());
            return match (usable, error) {
                (Some(bearer), _) => Step::Serve(bearer),
                (None, Some(error)) => Step::Fail(error),
                (None, None) => Step::Renew,
            };
        }
        match state.pausing(steady) {
            Some((left, error)) => match usable {
                Some(bearer) => {
                    self.arm(&bearer, steady, left);
                    Step::Serve(bearer)
                }
                None => Step::Fail(error.with_retry_after(Some(left))),
            },
            None => Step::Renew,
        }
    }

    /// The token in use, if it still lives: what is served when a renewal failed.
    pub(super) fn usable(&self, shared: &Shared) -> Option<Bearer> {
        let (steady, wall) = (shared.clock().monotonic(), shared.clock().now());
        let state = self.state();
        let held = state.held.as_ref()?;
        held.is_usable(steady, wall).then(|| held.bearer.clone())
    }

    /// Whether it is time to look whether another process replaced the grant; says so once.
    pub(super) fn is_reload_due(&self, shared: &Shared) -> bool {
        let steady = shared.clock().monotonic();
        let mut state = self.state();
        let due = state.flight.is_none()
            && state.held.is_some()
            && steady.saturating_sub(state.looked) >= shared.settings.reload;
        if due {
            state.looked = steady;
        }
        due
    }

    fn arm(&self, bearer: &Bearer, steady: Duration, long: Duration) {
        let until = steady + long.min(LOOK);
        self.warm.store(Some(Arc::new(Warm {
            bearer: bearer.clone(),
            until,
        })));
    }
}

/// What a flight's outcome says something about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The grant at ANAF.
    Renewal,
    /// What the store has.
    Look,
    /// A login, which is not the grant that is there already.
    Login,
}

impl State {
    fn recover(&mut self) {
        self.failures = 0;
        self.pause = None;
        self.problem = None;
    }

    /// What is left of a pause, and why there is one.
    pub(super) fn pausing(&self, steady: Duration) -> Option<(Duration, Error)> {
        let pause = self.pause.as_ref()?;
        let left = pause.until.saturating_sub(steady);
        (!left.is_zero()).then(|| (left, pause.error.clone()))
    }
}

/// The life that a set was given.
fn life(tokens: &TokenSet) -> Duration {
    let life = tokens
        .access_expires_at()
        .duration_since(tokens.obtained_at());
    Duration::try_from(life).unwrap_or_default()
}

fn hold(shared: &Shared, stored: &Stored) -> Held {
    let tokens = &stored.tokens;
    let (steady, wall) = (shared.clock().monotonic(), shared.clock().now());
    let left = tokens.access_expires_at().duration_since(wall);
    // A clock that was set back would make the rest longer than the whole.
    let left = Duration::try_from(left).unwrap_or_default();
    let life = life(tokens);
    Held {
        bearer: Bearer::new(tokens.access().expose_secret(), stored.version),
        version: stored.version,
        expires_at: tokens.access_expires_at(),
        refresh_expires_at: tokens.refresh_expires_at(),
        claims: tokens.claims().clone(),
        until: steady + left.min(life),
        margin: shared.margin(life),
        hard: HARD.min(life / 10),
    }
}

/// Whether a stored set needs no renewal yet, with a margin of the caller's.
pub(super) fn is_fresh(tokens: &TokenSet, wall: Timestamp, margin: Duration) -> bool {
    let left = tokens.access_expires_at().duration_since(wall);
    Duration::try_from(left).is_ok_and(|left| left > margin.min(life(tokens) / 4))
}

/// How long to leave ANAF, or the store, alone. Full jitter over the second half of a doubling interval; ANAF's own
/// word goes before it.
fn pause_after(error: &Error, failures: u32, roll: f64) -> Duration {
    let base = match error.kind() {
        ErrorKind::Store => 1,
        ErrorKind::Connect => 2,
        // Its answer was lost: what can be known is known now, and one try more is a last resort, not a repetition.
        _ if error.delivery() == Delivery::MaybeSent => 60,
        ErrorKind::ConcurrentTokens | ErrorKind::OAuth => 60,
        ErrorKind::Quota | ErrorKind::Server | ErrorKind::Technical => 5,
        _ => 30,
    };
    let doubled = Duration::from_secs(base << failures.saturating_sub(1).min(10));
    let longest = match error.kind() {
        ErrorKind::Store => LONGEST_STORE_PAUSE,
        _ => LONGEST_PAUSE,
    };
    let pause = doubled.min(longest).mul_f64(0.5 + roll / 2.0);
    match error.retry_after() {
        // A little more than what was asked, so that many waiting grants do not come back in one moment.
        Some(asked) => asked.mul_f64(1.0 + roll / 10.0),
        None if error.kind() == ErrorKind::ConcurrentTokens => pause.max(Duration::from_secs(60)),
        None => pause,
    }
}
