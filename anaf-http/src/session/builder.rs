//! How a session is made.

use std::fmt;
use std::sync::Arc;

use anaf_types::{Endpoints, Environment, Error};

use super::{Caps, Inner, Session};
use crate::dice::SystemDice;
use crate::limits::{Ledger, MinuteGate};
use crate::{
    BearerSource, Clock, Dice, HttpTransport, Limits, RetryPolicy, SystemClock, Timeouts, Transport,
};

/// Builds a [`Session`].
#[must_use]
pub struct SessionBuilder {
    environment: Environment,
    endpoints: Endpoints,
    bearer: Option<Arc<dyn BearerSource>>,
    transport: Option<Arc<dyn Transport>>,
    clock: Option<Arc<dyn Clock>>,
    dice: Option<Arc<dyn Dice>>,
    limits: Limits,
    retry: RetryPolicy,
    timeouts: Timeouts,
    caps: Caps,
}

impl SessionBuilder {
    pub(super) fn new(environment: Environment) -> Self {
        Self {
            environment,
            endpoints: Endpoints::anaf(),
            bearer: None,
            transport: None,
            clock: None,
            dice: None,
            limits: Limits::published(),
            retry: RetryPolicy::default(),
            timeouts: Timeouts::default(),
            caps: Caps {
                archive: 64 * 1024 * 1024,
                plain: 4 * 1024 * 1024,
            },
        }
    }

    /// Where access tokens come from. Without it only the public services can be called.
    pub fn bearer(mut self, source: impl BearerSource + 'static) -> Self {
        self.bearer = Some(Arc::new(source));
        self
    }

    /// Other base URLs than ANAF's.
    pub fn endpoints(mut self, endpoints: Endpoints) -> Self {
        self.endpoints = endpoints;
        self
    }

    /// Another network.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Another clock.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Another source of chance.
    pub fn dice(mut self, dice: impl Dice + 'static) -> Self {
        self.dice = Some(Arc::new(dice));
        self
    }

    /// Which limits to keep.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How calls are tried again.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// How long an attempt may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// The largest archive to accept, in bytes: 64 MiB.
    pub fn archive_cap(mut self, bytes: usize) -> Self {
        self.caps.archive = bytes;
        self
    }

    /// The largest other answer to accept, in bytes: 4 MiB.
    pub fn answer_cap(mut self, bytes: usize) -> Self {
        self.caps.plain = bytes;
        self
    }

    /// Makes the session.
    ///
    /// # Errors
    /// [`anaf_types::ErrorKind::Connect`] when TLS cannot be set up on this machine.
    pub fn build(self) -> Result<Session, Error> {
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(HttpTransport::new(self.timeouts)?),
        };
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        Ok(Session(Arc::new(Inner {
            environment: self.environment,
            endpoints: self.endpoints,
            bearer: self.bearer,
            transport,
            gate: MinuteGate::new(self.limits.per_minute, clock.clone()),
            clock,
            dice: self.dice.unwrap_or_else(|| Arc::new(SystemDice)),
            limits: self.limits,
            ledger: Ledger::default(),
            retry: self.retry,
            timeouts: self.timeouts,
            caps: self.caps,
        })))
    }
}

impl fmt::Debug for SessionBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionBuilder")
            .field("environment", &self.environment)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
