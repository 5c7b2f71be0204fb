//! The task that keeps idle grants alive, and raises the one alarm that an operator needs.

use std::fmt;
use std::time::Duration;

use anaf_types::{Error, ErrorKind};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio::task::JoinHandle;

use crate::Grants;
use crate::store::GrantKey;

/// Keys asked for at once.
const PAGE: usize = 500;
/// Between two rounds.
const ROUND: Duration = Duration::from_secs(6 * 3600);
/// How long before its end an access token is renewed.
const AHEAD: Duration = Duration::from_secs(14 * 86_400);
/// How long before its end a refresh token is an alarm.
const ALARM: Duration = Duration::from_secs(14 * 86_400);
/// Between two renewals: ANAF publishes no limit for its token endpoint, so it is not tried out.
const PACE: Duration = Duration::from_millis(200);

/// A task that visits all grants of a store and renews them long before their end, so that a grant that nobody uses
/// does not die at day 90. It stops when this value is dropped; a renewal that is under way then is finished in its own
/// task.
///
/// Several machines may each run one: the store's lease and versions see to it that each grant is renewed once.
///
/// ```no_run
/// # fn demo(grants: &anaf_oauth::Grants) -> Result<(), anaf_oauth::Error> {
/// let keeper = anaf_oauth::Keeper::builder(grants).start(|report| {
///     for grant in &report.lapsing {
///         eprintln!("{} must log in again by {}", grant.key, grant.lapses_at);
///     }
/// })?;
/// # drop(keeper); Ok(()) }
/// ```
#[must_use = "the keeper stops when it is dropped"]
pub struct Keeper(JoinHandle<()>);

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keeper")
    }
}

/// Settings of a [`Keeper`].
#[derive(Clone, Debug)]
#[must_use]
pub struct KeeperBuilder {
    grants: Grants,
    every: Duration,
    ahead: Duration,
    alarm: Duration,
    pace: Duration,
}

/// What a round found.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct KeeperReport {
    /// How many grants there are.
    pub grants: usize,
    /// Which were renewed.
    pub renewed: Vec<GrantKey>,
    /// Which could not be renewed, and why. Look for [`Error::needs_login`]: those have ended.
    pub failed: Vec<KeeperFailure>,
    /// Which have a refresh token that lapses soon and that a renewal did not extend: a person must log in again. **The
    /// alarm.**
    pub lapsing: Vec<Lapsing>,
    /// Why the round could not be finished.
    pub problem: Option<Error>,
}

/// A grant that could not be renewed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeeperFailure {
    /// Which grant.
    pub key: GrantKey,
    /// Why.
    pub error: Error,
}

/// A grant whose refresh token lapses soon.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Lapsing {
    /// Which grant.
    pub key: GrantKey,
    /// When its refresh token lapses: a person must have logged in by then.
    pub lapses_at: Timestamp,
}

impl KeeperBuilder {
    /// How often all grants are visited: every 6 hours unless set, a tenth more or less by chance.
    pub fn every(mut self, interval: Duration) -> Self {
        self.every = interval;
        self
    }

    /// How long before its end an access token is renewed: 14 days unless set, at most a quarter of its life. Each grant
    /// adds up to a half of its own, so that grants which began together are not renewed together.
    pub fn renew_ahead(mut self, ahead: Duration) -> Self {
        self.ahead = ahead;
        self
    }

    /// How long before a refresh token lapses a grant is reported: 14 days unless set. It is renewed first; what a
    /// renewal extends is not reported.
    pub fn alarm_within(mut self, time: Duration) -> Self {
        self.alarm = time;
        self
    }

    /// The longest pause between two renewals, by chance between nothing and this: 200 ms unless set.
    pub fn pace(mut self, pause: Duration) -> Self {
        self.pace = pause;
        self
    }

    /// Starts the task. `on_report` is called after each round.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] outside a tokio runtime, or for rounds without an interval.
    pub fn start(
        self,
        on_report: impl Fn(KeeperReport) + Send + Sync + 'static,
    ) -> Result<Keeper, Error> {
        if self.every.is_zero() {
            return Err(Error::invalid_input("the keeper's rounds need an interval"));
        }
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| {
            Error::invalid_input("the keeper runs on a tokio runtime, and there is none here")
        })?;
        Ok(Keeper(runtime.spawn(async move {
            loop {
                on_report(self.round().await);
                let roll = self.grants.0.dice.roll();
                let pause = self.every.mul_f64(0.9 + 0.2 * roll);
                self.grants.client().clock().sleep(pause).await;
            }
        })))
    }

    /// Visits all grants once: for programs that are started by a timer.
    pub async fn round(&self) -> KeeperReport {
        let mut report = KeeperReport::default();
        if let Err(error) = self.visit_all(&mut report).await {
            report.problem = Some(error);
        }
        if let Err(error) = crate::logins::purge(&self.grants).await {
            tracing::debug!(%error, "old logins could not be forgotten");
        }
        log(&report);
        report
    }

    async fn visit_all(&self, report: &mut KeeperReport) -> Result<(), Error> {
        let mut after: Option<GrantKey> = None;
        loop {
            let keys = self.grants.store().keys(after.as_ref(), PAGE).await?;
            let Some(last) = keys.last() else {
                return Ok(());
            };
            after = Some(last.clone());
            for key in keys {
                report.grants += 1;
                self.visit(key, report).await;
            }
        }
    }

    async fn visit(&self, key: GrantKey, report: &mut KeeperReport) {
        let ahead = self.ahead.mul_f64(1.0 + 0.5 * share(&key));
        match self.grants.visit(&key, ahead, self.alarm).await {
            Ok(visit) => {
                if visit.renewed || visit.trouble.is_some() {
                    let pause = self.pace.mul_f64(self.grants.0.dice.roll());
                    self.grants.client().clock().sleep(pause).await;
                }
                if visit.renewed {
                    report.renewed.push(key.clone());
                }
                if let Some(lapses_at) = visit.lapses_at {
                    let key = key.clone();
                    report.lapsing.push(Lapsing { key, lapses_at });
                }
                if let Some(error) = visit.trouble {
                    report.failed.push(KeeperFailure { key, error });
                }
            }
            Err(error) => report.failed.push(KeeperFailure { key, error }),
        }
    }
}

impl Keeper {
    /// A keeper of these grants.
    pub fn builder(grants: &Grants) -> KeeperBuilder {
        KeeperBuilder {
            grants: grants.clone(),
            every: ROUND,
            ahead: AHEAD,
            alarm: ALARM,
            pace: PACE,
        }
    }
}

/// A number from 0 to 1 that is a grant's own: the same in every round and on every machine.
fn share(key: &GrantKey) -> f64 {
    let digest = Sha256::digest(key.as_str().as_bytes());
    let number = digest
        .iter()
        .take(4)
        .fold(0_u32, |n, byte| n << 8 | u32::from(*byte));
    f64::from(number) / f64::from(u32::MAX)
}

fn log(report: &KeeperReport) {
    let mask = |key: &GrantKey| anaf_types::text::mask_personal_codes(key.as_str()).into_owned();
    for grant in &report.lapsing {
        tracing::warn!(grant = %mask(&grant.key), lapses_at = %grant.lapses_at,
            "a grant's refresh token lapses soon: a person must log in again");
    }
    for failure in &report.failed {
        let (grant, error) = (mask(&failure.key), &failure.error);
        match error.kind() {
            ErrorKind::NeedsLogin => tracing::error!(%grant, %error, "a grant has ended"),
            _ => tracing::warn!(%grant, %error, "a grant could not be renewed"),
        }
    }
    if let Some(error) = &report.problem {
        tracing::warn!(%error, "the keeper's round was not finished");
    }
    tracing::info!(
        grants = report.grants,
        renewed = report.renewed.len(),
        failed = report.failed.len(),
        lapsing = report.lapsing.len(),
        "the keeper's round is over"
    );
}
