//! What was asked of the fake, for tests to query.

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;

use crate::call::{Call, Operation};

/// One request, as the log keeps it: never its headers nor its body.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// When it came, by the fake's clock.
    pub at: Timestamp,
    /// What it asked for.
    pub operation: Operation,
    /// `GET`, `POST` …
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, without the question mark; empty where there is none.
    pub query: String,
    /// Size of the body in bytes.
    pub body_bytes: usize,
    /// The status that was answered.
    pub status: u16,
    /// Whether a failure on order changed the answer.
    pub spoiled: bool,
}

/// The most requests kept; counters go on beyond it.
const KEPT: usize = 100_000;

#[derive(Default)]
pub(crate) struct Log {
    requests: VecDeque<LoggedRequest>,
    counts: HashMap<Operation, u64>,
}

impl Log {
    pub(crate) fn write(&mut self, call: &Call<'_>, status: u16, spoiled: bool) {
        *self.counts.entry(call.operation).or_default() += 1;
        if self.requests.len() == KEPT {
            self.requests.pop_front();
        }
        self.requests.push_back(LoggedRequest {
            at: call.now,
            operation: call.operation,
            method: call.request.method.to_string(),
            path: call.request.url.path().to_owned(),
            query: call.request.url.query().unwrap_or_default().to_owned(),
            body_bytes: call.body().len(),
            status,
            spoiled,
        });
    }

    pub(crate) fn count(&self, operation: Operation) -> u64 {
        self.counts.get(&operation).copied().unwrap_or_default()
    }

    pub(crate) fn requests(&self) -> Vec<LoggedRequest> {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
