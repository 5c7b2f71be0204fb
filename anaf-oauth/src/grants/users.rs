//! One token request at a time for one person: ANAF answers 255 to several at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Gate, OwnedMutexGuard};

/// The people of this process, by the serial number of their certificate. Only flights wait here, never a caller of
/// `bearer()`.
#[derive(Default)]
pub(crate) struct Users(Mutex<HashMap<String, Arc<Gate<Turn>>>>);

/// A person's turn at the token endpoint.
#[derive(Default)]
pub(super) struct Turn {
    /// After a 255: no request before this moment of the steady clock.
    pub(super) paused_until: Duration,
}

impl Users {
    /// Waits for the person's turn. An opaque token does not say whose it is: then there is nothing to wait for.
    pub(super) async fn turn(&self, serial: Option<&str>) -> Option<OwnedMutexGuard<Turn>> {
        let gate = self.gate(serial?);
        Some(gate.lock_owned().await)
    }

    fn gate(&self, serial: &str) -> Arc<Gate<Turn>> {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = users.get(serial) {
            return gate.clone();
        }
        // People come and go; a gate that nobody uses and that holds no pause is forgotten.
        if users.len() >= 1024 {
            users.retain(|_, gate| {
                Arc::strong_count(gate) > 1
                    || gate
                        .try_lock()
                        .is_ok_and(|turn| !turn.paused_until.is_zero())
            });
        }
        let gate = Arc::new(Gate::default());
        users.insert(serial.to_owned(), gate.clone());
        gate
    }
}
