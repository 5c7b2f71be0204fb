//! Everything the fake remembers.

use crate::efactura::EFacturaState;
use crate::etransport::TransportState;
use crate::faults::Faults;
use crate::limits::{Limits, Usage};
use crate::log::Log;
use crate::oauth::OAuthState;
use crate::people::{Application, Person};

/// The state behind the responder's lock.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) applications: Vec<Application>,
    pub(crate) people: Vec<Person>,
    pub(crate) limits: Limits,
    pub(crate) usage: Usage,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    pub(crate) oauth: OAuthState,
    pub(crate) efactura: EFacturaState,
    pub(crate) etransport: TransportState,
}

impl State {
    pub(crate) fn application(&self, client_id: &str) -> Option<&Application> {
        self.applications
            .iter()
            .find(|app| app.client_id == client_id)
    }

    pub(crate) fn person(&self, serial: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.serial == serial)
    }
}
