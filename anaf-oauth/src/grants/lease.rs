//! Taking the store's lease on a grant, and giving it back.

use std::time::Duration;

use anaf_types::{Error, ErrorKind};

use super::Shared;
use crate::store::{GrantKey, Lease, LeaseOutcome, Stored};

/// What waiting for a lease came to.
pub(super) enum Taken {
    /// The lease is held here.
    Lease(Lease),
    /// Whoever held it did what was wanted.
    Settled(Stored),
}

/// Takes the lease. While somebody else holds it, looks whether they have done already what is wanted.
pub(super) async fn acquire(
    shared: &Shared,
    key: &GrantKey,
    patience: Duration,
    settled: impl Fn(&Stored) -> bool,
) -> Result<Taken, Error> {
    let clock = shared.clock();
    let begun = clock.monotonic();
    let mut pause = Duration::from_millis(20);
    loop {
        let lease = shared.settings.lease;
        let outcome = shared
            .store
            .acquire_lease(key, &shared.holder, lease)
            .await?;
        let (remaining, holder) = match outcome {
            LeaseOutcome::Granted(lease) => return Ok(Taken::Lease(lease)),
            LeaseOutcome::Held { remaining, holder } => (remaining, holder),
        };
        if clock.monotonic().saturating_sub(begun) >= patience {
            return Err(Error::new(ErrorKind::Store)
                .because(format!("`{holder}` holds the lease on the grant"))
                .with_retry_after(Some(remaining)));
        }
        let jittered = pause.mul_f64(0.5 + shared.dice.roll() / 2.0);
        // Just after its end, not just before.
        clock
            .sleep(jittered.min(remaining + Duration::from_millis(2)))
            .await;
        pause = (pause * 2).min(Duration::from_millis(500));
        if let Some(stored) = shared.load(key).await?.filter(|stored| settled(stored)) {
            return Ok(Taken::Settled(stored));
        }
    }
}

/// Gives a lease back. If that fails it ends by itself.
pub(super) async fn release(shared: &Shared, lease: &Lease) {
    if let Err(error) = shared.store.release_lease(lease).await {
        tracing::debug!(%error, "the lease could not be released and will run out");
    }
}
