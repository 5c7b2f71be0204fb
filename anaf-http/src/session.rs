//! The session: every call's way to ANAF and back.

mod builder;
mod call;
mod options;

use std::fmt;
use std::sync::Arc;

use anaf_types::{Endpoints, Environment, Error};

use crate::limits::{Ledger, MinuteGate};
use crate::{BearerSource, Clock, Dice, Limits, Operation, RetryPolicy, Timeouts, Transport};

pub use builder::SessionBuilder;
pub use options::CallOptions;

/// The shared road to ANAF. Cheap to clone; all clones share limits, connections and the token.
///
/// ```
/// use anaf_http::{Environment, FixedBearer, Limits, Session};
///
/// let session = Session::builder(Environment::Test)
///     .bearer(FixedBearer::new("a token from elsewhere"))
///     .limits(Limits::guide_of_2022())
///     .build()?;
/// # let _ = session;
/// # Ok::<(), anaf_http::Error>(())
/// ```
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    environment: Environment,
    endpoints: Endpoints,
    bearer: Option<Arc<dyn BearerSource>>,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
    limits: Limits,
    gate: MinuteGate,
    ledger: Ledger,
    retry: RetryPolicy,
    timeouts: Timeouts,
    caps: Caps,
}

#[derive(Clone, Copy)]
struct Caps {
    archive: usize,
    plain: usize,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("environment", &self.0.environment)
            .field("limits", &self.0.limits)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// Begins a session with one of ANAF's environments.
    pub fn builder(environment: Environment) -> SessionBuilder {
        SessionBuilder::new(environment)
    }

    /// The environment of this session.
    #[must_use]
    pub fn environment(&self) -> Environment {
        self.0.environment
    }

    /// The session's clock: for everything that waits or compares times around its calls.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// The session's source of chance.
    #[must_use]
    pub fn dice(&self) -> &Arc<dyn Dice> {
        &self.0.dice
    }

    /// Sends an operation and reads its answer.
    ///
    /// # Errors
    /// Whatever went wrong, with the delivery and the number of attempts; see [`anaf_types::ErrorKind`].
    pub async fn call<O: Operation>(&self, operation: &O) -> Result<O::Output, Error> {
        self.call_with(operation, &CallOptions::default()).await
    }

    /// Sends an operation with options of its own.
    ///
    /// # Errors
    /// As [`Session::call`].
    pub async fn call_with<O: Operation>(
        &self,
        operation: &O,
        options: &CallOptions,
    ) -> Result<O::Output, Error> {
        call::run(&self.0, operation, options).await
    }
}

#[cfg(test)]
mod tests;
