//! A network that answers by a script, for tests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use anaf_types::answer::Answer;
use anaf_types::{Error, ErrorKind};
use async_trait::async_trait;

use crate::{Transport, WireRequest};

/// Answers requests in order from a script, and keeps what was sent. Clones share both. When the script is over it
/// answers [`ErrorKind::Connect`].
#[derive(Clone, Debug, Default)]
pub struct ScriptedTransport {
    script: Arc<Mutex<VecDeque<Result<Answer, Error>>>>,
    sent: Arc<Mutex<Vec<WireRequest>>>,
}

impl ScriptedTransport {
    /// A transport with an empty script.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an answer of a status and a body.
    #[must_use]
    pub fn answer(self, status: u16, body: impl Into<Vec<u8>>) -> Self {
        self.then(Ok(Answer::new(status, body)))
    }

    /// Adds a failure.
    #[must_use]
    pub fn failure(self, error: Error) -> Self {
        self.then(Err(error))
    }

    /// Adds whatever comes next.
    #[must_use]
    pub fn then(self, next: Result<Answer, Error>) -> Self {
        self.push(next);
        self
    }

    /// Adds to the end of the script.
    pub fn push(&self, next: Result<Answer, Error>) {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        script.push_back(next);
    }

    /// What was sent so far.
    #[must_use]
    pub fn sent(&self) -> Vec<WireRequest> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[async_trait]
impl Transport for ScriptedTransport {
    async fn send(&self, request: WireRequest) -> Result<Answer, Error> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request);
        let next = self
            .script
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        next.unwrap_or_else(|| Err(Error::new(ErrorKind::Connect).because("the script is over")))
    }
}
