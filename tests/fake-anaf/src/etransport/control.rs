//! What a test may ask of, and order from, e-Transport.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;

use super::{ETransportSettings, TransportVerdict};
use crate::call::Env;
use crate::clock;
use crate::server::Shared;

/// What stands behind a UIT that has been `ok`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TransportView {
    /// The UIT.
    pub uit: String,
    /// Where it was declared.
    pub env: Env,
    /// The declarant's fiscal code.
    pub declarant: String,
    /// The index of the notification.
    pub index: u64,
    /// The transport date, corrections taken into account.
    pub transport_date: Date,
    /// The last day on which the UIT is valid.
    pub last_day: Date,
    /// Whether it is valid now.
    pub alive: bool,
    /// Whether it was deleted.
    pub deleted: bool,
    /// The vehicle now, after all changes.
    pub vehicle: String,
    /// How many goods lines it has.
    pub lines: usize,
    /// The code of its confirmation (`10`, `20`, `30`), if there was one.
    pub confirmation: Option<String>,
}

/// Orders to, and the contents of, e-Transport.
#[derive(Clone)]
pub struct ETransportControl(pub(crate) Arc<Shared>);

impl ETransportControl {
    /// Changes the settings. Processing times apply to the declarations that follow.
    pub fn configure(&self, change: impl FnOnce(&mut ETransportSettings)) {
        change(&mut self.0.lock().etransport.settings);
    }

    /// The next declaration that gets an index ends so. May be called several times in advance.
    pub fn next_verdict(&self, verdict: TransportVerdict) {
        self.0.lock().etransport.verdicts.push_back(verdict);
    }

    /// Ends the processing of every declaration that is still `in prelucrare`.
    pub fn finish_processing(&self) {
        let now = self.0.clock.now();
        let mut state = self.0.lock();
        for declaration in state
            .etransport
            .declarations
            .values_mut()
            .filter(|found| found.outcome.is_none())
        {
            declaration.ready = declaration.ready.min(now);
            declaration.polls_left = 0;
        }
        state.etransport.settle(now);
    }

    /// How many declarations were given an index.
    pub fn declaration_count(&self) -> usize {
        self.0.lock().etransport.declarations.len()
    }

    /// All transports whose UIT has been `ok`, by UIT.
    pub fn transports(&self) -> Vec<TransportView> {
        let now = self.0.clock.now();
        let mut state = self.0.lock();
        state.etransport.settle(now);
        let today = clock::day(now);
        state
            .etransport
            .transports
            .values()
            .map(|known| TransportView {
                uit: known.uit.clone(),
                env: known.env,
                declarant: known.declarant.clone(),
                index: known.index,
                transport_date: known.notification.date,
                last_day: known.last_day(),
                alive: known.is_alive(today),
                deleted: known.deleted,
                vehicle: known.vehicle()[0].to_owned(),
                lines: known.notification.lines,
                confirmation: known
                    .confirmation
                    .as_ref()
                    .map(|(_, _, confirmation)| confirmation.kind.clone()),
            })
            .collect()
    }
}

impl fmt::Debug for ETransportControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ETransportControl").finish_non_exhaustive()
    }
}
