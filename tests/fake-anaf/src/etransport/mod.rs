//! e-Transport: declarations, UITs, lists.

mod control;
mod declaration;
mod info;
mod lista;
mod schema;
mod settle;
mod stare;
mod uit;
mod upload;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Env;
use crate::clock;

pub use control::{ETransportControl, TransportView};
pub(crate) use info::{info, info_error};
pub(crate) use lista::lista;
pub(crate) use stare::stare;
pub use uit::{uit_check_digits, uit_checks};
pub(crate) use upload::upload;

use declaration::{Confirmation, Content, Notification, VehicleChange};

/// Settings of e-Transport; change them with [`ETransportControl::configure`].
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ETransportSettings {
    /// How long a declaration is `in prelucrare`, by the fake's clock: nothing by default.
    pub processing: SignedDuration,
    /// How many `stareMesaj` calls answer `in prelucrare` whatever the clock says: none by default.
    pub processing_polls: u32,
}

/// A verdict on order, for the next declaration that gets an index. See [`ETransportControl::next_verdict`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TransportVerdict {
    /// `nok` with these texts.
    Rejected(Vec<String>),
    /// `XML cu erori nepreluat de sistem`.
    NotTakenOver,
}

/// A declaration that was given an index.
#[derive(Clone, Debug)]
struct Declaration {
    index: u64,
    env: Env,
    cif: String,
    declarant: String,
    reference: String,
    post_outage: bool,
    content: Content,
    /// The UIT that it is about: issued to a new notification, named by all others.
    uit: String,
    received: Timestamp,
    ready: Timestamp,
    polls_left: u32,
    ordered: Option<TransportVerdict>,
    outcome: Option<Outcome>,
}

/// The final state of a declaration.
#[derive(Clone, Debug)]
enum Outcome {
    Ok,
    Rejected(Vec<String>),
    NotTakenOver,
}

/// What stands behind a UIT.
#[derive(Clone, Debug)]
struct Transport {
    env: Env,
    uit: String,
    index: u64,
    declarant: String,
    reference: String,
    post_outage: bool,
    notification: Notification,
    created: Timestamp,
    modified: Option<Timestamp>,
    deleted: bool,
    vehicles: Vec<(u64, Timestamp, VehicleChange)>,
    confirmation: Option<(u64, Timestamp, Confirmation)>,
}

impl Transport {
    /// The last day on which the UIT is valid.
    fn last_day(&self) -> Date {
        uit::last_day(self.notification.operation, self.notification.date)
    }

    /// Whether the UIT still stands on this day.
    fn is_alive(&self, today: Date) -> bool {
        !self.deleted && today <= self.last_day()
    }

    /// The vehicle on the road now: the last one notified.
    fn vehicle(&self) -> [&str; 3] {
        match self.vehicles.last() {
            Some((_, _, change)) => [&change.vehicle, &change.trailers.0, &change.trailers.1],
            None => {
                let notification = &self.notification;
                [
                    &notification.vehicle,
                    &notification.trailers.0,
                    &notification.trailers.1,
                ]
            }
        }
    }
}

/// What e-Transport remembers.
#[derive(Default)]
pub(crate) struct TransportState {
    pub(crate) settings: ETransportSettings,
    declarations: BTreeMap<u64, Declaration>,
    pending: BTreeSet<u64>,
    transports: BTreeMap<String, Transport>,
    verdicts: VecDeque<TransportVerdict>,
    last_index: u64,
}

/// So many declarations are remembered: a server that runs for days must not grow for days.
const KEPT: usize = 200_000;

impl TransportState {
    /// Forgets the oldest tenth of the declarations, with what they declared.
    fn forget_the_oldest(&mut self) {
        let first_kept = self.last_index.saturating_sub(KEPT as u64 / 10 * 9);
        self.declarations = self.declarations.split_off(&first_kept);
        self.pending = self.pending.split_off(&first_kept);
        let known: std::collections::HashSet<&str> = self
            .declarations
            .values()
            .map(|declaration| declaration.uit.as_str())
            .collect();
        self.transports
            .retain(|uit, _| known.contains(uit.as_str()));
    }
}

/// HTTP 200 and `Errors`.
pub(crate) fn errors(now: Timestamp, texts: &[String]) -> Answer {
    Answer::json(
        200,
        &json!({
            "Errors": error_list(texts),
            "dateResponse": clock::minute(now),
            "ExecutionStatus": 1,
            "trace_id": crate::trace_id(),
        }),
    )
}

fn error_list(texts: &[String]) -> Vec<Value> {
    texts
        .iter()
        .map(|text| json!({"errorMessage": text}))
        .collect()
}
