//! The people of this process: a queue for each, so that at most one of their flights waits at the store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Gate, MutexGuard};

/// The people of this process, by the serial number of their certificate. Only flights wait here, never a caller of
/// `bearer()`.
#[derive(Default)]
pub(crate) struct Users(Mutex<HashMap<String, Arc<User>>>);

/// One person, as this process knows them.
#[derive(Default)]
pub(super) struct User {
    gate: Gate<()>,
    /// After a 255: no request before this moment of the steady clock.
    paused_until: Mutex<Duration>,
}

impl User {
    /// Waits until no other flight of this process is busy with the person.
    pub(super) async fn queue(&self) -> MutexGuard<'_, ()> {
        self.gate.lock().await
    }

    /// ANAF answered 255: nobody asks for this person before `until`.
    pub(super) fn pause(&self, until: Duration) {
        let mut paused = self.paused();
        *paused = until.max(*paused);
    }

    /// What is left of a pause at this moment of the steady clock.
    pub(super) fn pausing(&self, steady: Duration) -> Option<Duration> {
        let left = self.paused().saturating_sub(steady);
        (!left.is_zero()).then_some(left)
    }

    fn paused(&self) -> std::sync::MutexGuard<'_, Duration> {
        self.paused_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Users {
    /// A person. `None` for a token that does not say whose it is.
    pub(super) fn user(&self, serial: Option<&str>, steady: Duration) -> Option<Arc<User>> {
        let serial = serial?.trim();
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(user) = users.get(serial) {
            return Some(user.clone());
        }
        // People come and go; one whom nobody asks for and who needs no pause is forgotten.
        if users.len() >= 1024 {
            users.retain(|_, user| Arc::strong_count(user) > 1 || user.pausing(steady).is_some());
        }
        let user = Arc::new(User::default());
        users.insert(serial.to_owned(), user.clone());
        Some(user)
    }
}
