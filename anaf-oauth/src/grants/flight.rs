//! One errand at a time for one grant, in a task of its own: callers who give up waiting cannot lose its outcome.

use std::sync::Arc;
use std::time::Duration;

use anaf_types::{Error, ErrorKind};
use tokio::sync::watch;
use tracing::Instrument;

use super::login::Arrival;
use super::slot::{Purpose, Slot};
use super::{Shared, renew};
use crate::store::TokenSet;

/// What a flight is for.
#[derive(Debug)]
pub(super) enum Errand {
    /// A token is wanted that lives longer than this; `basis` is the version that is too old.
    Renew {
        basis: Option<u64>,
        margin: Option<Duration>,
    },
    /// ANAF refused the token of this version.
    Replace { refused: u64 },
    /// Look into the store; ANAF is not asked.
    Reload,
    /// Exchange a code and store what comes.
    LogIn(Arrival),
    /// Store these tokens.
    Adopt(TokenSet),
}

impl Errand {
    fn purpose(&self) -> Purpose {
        match self {
            Self::Renew { .. } | Self::Replace { .. } => Purpose::Renewal,
            Self::Reload => Purpose::Look,
            Self::LogIn(_) | Self::Adopt(_) => Purpose::Login,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Renew { .. } => "renew",
            Self::Replace { .. } => "replace",
            Self::Reload => "reload",
            Self::LogIn(_) => "log_in",
            Self::Adopt(_) => "adopt",
        }
    }
}

/// A flight under way, to wait for.
#[derive(Clone)]
pub(super) struct Flight(watch::Receiver<Option<Result<(), Error>>>);

impl Flight {
    /// Waits for the end.
    pub(super) async fn landed(mut self) -> Result<(), Error> {
        match self.0.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone().unwrap_or(Ok(())),
            Err(_) => Err(Error::new(ErrorKind::Other).because(
                "the task that renews the grant panicked, or was stopped with its runtime",
            )),
        }
    }
}

/// Ends the flight also when its task is dropped or panics.
struct Landing {
    shared: Arc<Shared>,
    slot: Arc<Slot>,
    announce: watch::Sender<Option<Result<(), Error>>>,
    landed: bool,
}

impl Landing {
    fn land(mut self, purpose: Purpose, outcome: Result<(), Error>) {
        self.landed = true;
        self.slot.conclude(&self.shared, purpose, &outcome);
        self.announce.send_replace(Some(outcome));
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        if !self.landed {
            self.slot.state().flight = None;
        }
    }
}

/// What came of wanting a flight.
pub(super) enum Begun {
    /// The errand is under way.
    Mine(Flight),
    /// Another flight is; the errand was not begun.
    Other(Flight, Box<Errand>),
}

/// Begins a flight unless one is under way.
pub(super) fn begin(
    shared: &Arc<Shared>,
    slot: &Arc<Slot>,
    errand: Errand,
) -> Result<Begun, Error> {
    let runtime = tokio::runtime::Handle::try_current().map_err(|_| {
        Error::invalid_input("tokens are renewed on a tokio runtime, and there is none here")
    })?;
    let mut state = slot.state();
    if let Some(flight) = &state.flight {
        return Ok(Begun::Other(flight.clone(), Box::new(errand)));
    }
    let (announce, wait) = watch::channel(None);
    let flight = Flight(wait);
    state.flight = Some(flight.clone());
    drop(state);
    let landing = Landing {
        shared: shared.clone(),
        slot: slot.clone(),
        announce,
        landed: false,
    };
    let grant = anaf_types::text::mask_personal_codes(slot.key.as_str());
    let span =
        tracing::info_span!(parent: None, "anaf.grant", errand = errand.name(), grant = %grant);
    let purpose = errand.purpose();
    let task = async move {
        let outcome = renew::run(&landing.shared, &landing.slot, errand).await;
        report(&outcome);
        landing.land(purpose, outcome);
    };
    runtime.spawn(task.instrument(span));
    Ok(Begun::Mine(flight))
}

/// Runs an errand that cannot share another's flight: waits until the place is free.
pub(super) async fn alone(
    shared: &Arc<Shared>,
    slot: &Arc<Slot>,
    errand: Errand,
) -> Result<(), Error> {
    let mut errand = errand;
    loop {
        match begin(shared, slot, errand)? {
            Begun::Mine(flight) => return flight.landed().await,
            Begun::Other(flight, mine) => {
                // Its outcome is somebody else's.
                drop(flight.landed().await);
                errand = *mine;
            }
        }
    }
}

fn report(outcome: &Result<(), Error>) {
    match outcome {
        Ok(()) => tracing::debug!("done"),
        Err(error) if error.needs_login() => {
            tracing::error!(kind = %error.kind(), %error, "a person must log in again");
        }
        Err(error) => {
            tracing::warn!(kind = %error.kind(), %error, "the grant could not be renewed")
        }
    }
}
