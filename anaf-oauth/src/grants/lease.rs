//! Taking the store's leases, keeping them alive, and giving them back.

use std::time::Duration;

use anaf_types::{Error, ErrorKind};

use super::Shared;
use crate::store::{GrantKey, Lease, LeaseOutcome, Stored};

/// A lease that was granted to this process, and until when it surely holds.
pub(super) struct Holding {
    pub(super) lease: Lease,
    ttl: Duration,
    /// By the steady clock, counted from before the store was asked.
    until: Duration,
}

impl Holding {
    /// Sees to it that the lease holds for `need` from now, or for its whole time where that is less. `false`: it was
    /// lost, and somebody else may have it.
    pub(super) async fn keep(&mut self, shared: &Shared, need: Duration) -> Result<bool, Error> {
        let now = shared.clock().monotonic();
        if self.until.saturating_sub(now) >= need {
            return Ok(true);
        }
        let renewed = shared.store.renew_lease(&self.lease, self.ttl).await?;
        self.until = now + self.ttl;
        Ok(renewed.is_some())
    }

    /// Makes it hold for so long from now, whatever was agreed before.
    pub(super) async fn extend(&self, shared: &Shared, time: Duration) {
        if let Err(error) = shared.store.renew_lease(&self.lease, time).await {
            tracing::debug!(%error, "a lease could not be made to hold for longer");
        }
    }

    /// Gives it back. If that fails it ends by itself.
    pub(super) async fn release(self, shared: &Shared) {
        if let Err(error) = shared.store.release_lease(&self.lease).await {
            tracing::debug!(%error, "the lease could not be released and will run out");
        }
    }
}

/// What asking for a lease came to.
pub(super) enum Asked {
    Granted(Holding),
    Held { remaining: Duration, holder: String },
}

/// Asks for a lease once.
pub(super) async fn ask(shared: &Shared, key: &GrantKey, ttl: Duration) -> Result<Asked, Error> {
    let until = shared.clock().monotonic() + ttl;
    let outcome = shared.store.acquire_lease(key, &shared.holder, ttl).await?;
    Ok(match outcome {
        LeaseOutcome::Granted(lease) => Asked::Granted(Holding { lease, ttl, until }),
        LeaseOutcome::Held { remaining, holder } => Asked::Held { remaining, holder },
    })
}

/// The pauses between two looks at a lease that somebody else holds.
pub(super) struct Pauses {
    next: Duration,
    longest: Duration,
}

impl Pauses {
    pub(super) fn up_to(longest: Duration) -> Self {
        Self {
            next: Duration::from_millis(20).min(longest),
            longest,
        }
    }

    /// Waits a while, longer each time, but not past the lease's end.
    pub(super) async fn wait(&mut self, shared: &Shared, remaining: Duration) {
        let jittered = self.next.mul_f64(0.5 + shared.dice.roll() / 2.0);
        // Just after its end, not just before.
        let end = remaining + Duration::from_millis(2);
        shared.clock().sleep(jittered.min(end)).await;
        self.next = (self.next * 2).min(self.longest);
    }
}

/// What waiting for the lease on a grant came to.
pub(super) enum Taken {
    /// The lease is held here.
    Lease(Holding),
    /// Whoever held it did what was wanted.
    Settled(Stored),
}

/// Takes the lease on a grant. While somebody else holds it, looks whether they have done already what is wanted.
pub(super) async fn acquire(
    shared: &Shared,
    key: &GrantKey,
    patience: Duration,
    settled: impl Fn(&Stored) -> bool,
) -> Result<Taken, Error> {
    let clock = shared.clock();
    let begun = clock.monotonic();
    let mut pauses = Pauses::up_to(Duration::from_millis(500));
    loop {
        let (remaining, holder) = match ask(shared, key, shared.settings.lease).await? {
            Asked::Granted(holding) => return Ok(Taken::Lease(holding)),
            Asked::Held { remaining, holder } => (remaining, holder),
        };
        if clock.monotonic().saturating_sub(begun) >= patience {
            return Err(Error::new(ErrorKind::Store)
                .because(format!("`{holder}` holds the lease on the grant"))
                .with_retry_after(Some(remaining)));
        }
        pauses.wait(shared, remaining).await;
        if let Some(stored) = shared.load(key).await?.filter(|stored| settled(stored)) {
            return Ok(Taken::Settled(stored));
        }
    }
}
