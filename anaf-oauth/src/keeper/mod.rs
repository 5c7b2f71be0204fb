//! The task that keeps idle grants alive, and raises the one alarm that an operator needs.

mod outage;
mod report;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use anaf_types::{Error, ErrorKind};
use futures_util::FutureExt as _;
use sha2::{Digest as _, Sha256};
use tokio::task::JoinHandle;

pub use report::{KeeperFailure, KeeperFinding, KeeperReport, Lapsing};

use crate::Grants;
use crate::grants::Visit;
use crate::store::GrantKey;
use outage::Outage;

/// Keys asked for at once.
const PAGE: usize = 500;
/// Between two rounds.
const ROUND: Duration = Duration::from_secs(6 * 3600);
/// How long before its end an access token is renewed.
const AHEAD: Duration = Duration::from_secs(14 * 86_400);
/// How long before its end a refresh token is an alarm.
const ALARM: Duration = Duration::from_secs(14 * 86_400);
/// After a round that is not whole the next one comes so soon, then later each time.
const RETRY: Duration = Duration::from_secs(5 * 60);
/// Between two renewals: ANAF publishes no limit for its token endpoint, so it is not tried out.
const PACE: Duration = Duration::from_millis(200);

/// A task that visits all grants of a store and renews them long before their end, so that a grant that nobody uses
/// does not die at day 90. It stops when this value is dropped; a renewal that is under way then is finished in its own
/// task.
///
/// Several machines may each run one: the store's lease and versions see to it that each grant is renewed once.
///
/// **When ANAF fails for everybody**: after five failures in a row that lie with no single grant (no connection, 5xx, 429,
/// a wrong client secret …) the round asks ANAF no more. It looks at all other grants in the store, so that the alarm is
/// complete, and the next round comes after 5 minutes, then 10, 20 …, up to the usual interval. So it does when the store
/// fails.
///
/// **When something panics**: a panic in a callback of yours, in the store, or here while one grant is visited, is caught
/// on purpose and logged as an error (the grant's is reported as its failure), and the keeper goes on: the alarm must not
/// end because a mail server's client did. With `panic = "abort"` it cannot be caught.
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

type OnFinding = Arc<dyn Fn(&KeeperFinding) + Send + Sync>;

/// Settings of a [`Keeper`].
#[derive(Clone)]
#[must_use]
pub struct KeeperBuilder {
    grants: Grants,
    on_finding: Option<OnFinding>,
    every: Duration,
    ahead: Duration,
    alarm: Duration,
    pace: Duration,
}

impl fmt::Debug for KeeperBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeeperBuilder")
            .field("grants", &self.grants)
            .field("every", &self.every)
            .field("ahead", &self.ahead)
            .field("alarm", &self.alarm)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
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

    /// Tells each finding as soon as it is made: a round over many grants may last long, and an alarm need not wait for
    /// its end. What is told here stands in the round's report, too.
    pub fn on_finding(
        mut self,
        on_finding: impl Fn(&KeeperFinding) + Send + Sync + 'static,
    ) -> Self {
        self.on_finding = Some(Arc::new(on_finding));
        self
    }

    /// Starts the task. `on_report` is called after each round, whole or not.
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
            let mut strikes = 0;
            loop {
                let report = self.round().await;
                strikes = match report.problem {
                    Some(_) => strikes + 1,
                    None => 0,
                };
                call("on_report", || on_report(report));
                let pause = self.pause(strikes);
                self.grants.client().clock().sleep(pause).await;
            }
        })))
    }

    /// Until the next round, after so many in a row that were not whole.
    fn pause(&self, strikes: u32) -> Duration {
        let pause = match strikes {
            0 => self.every,
            _ => self.every.min(RETRY * (1 << (strikes - 1).min(16))),
        };
        pause.mul_f64(0.9 + 0.2 * self.grants.0.dice.roll())
    }

    /// Visits all grants once: for programs that are started by a timer. It does not panic, whatever a callback or the
    /// store does.
    pub async fn round(&self) -> KeeperReport {
        let mut report = KeeperReport::default();
        let visits = self.visit_all(&mut report);
        if let Err(error) = unharmed("a round of the keeper's", visits).await {
            report.problem = Some(error);
        }
        let purge = crate::logins::purge(&self.grants);
        if let Err(error) = unharmed("the store", purge).await {
            tracing::debug!(%error, "old logins could not be forgotten");
        }
        report.log();
        report
    }

    async fn visit_all(&self, report: &mut KeeperReport) -> Result<(), Error> {
        let mut after: Option<GrantKey> = None;
        let mut outage = Outage::default();
        loop {
            let keys = self.grants.store().keys(after.as_ref(), PAGE).await?;
            let Some(last) = keys.last() else {
                break;
            };
            after = Some(last.clone());
            for key in keys {
                self.visit(key, &mut outage, report).await;
                if outage.may_be_the_stores() {
                    // Several damaged grants are several failures; a store that is down would fail for all the rest.
                    self.grants.store().schema_version().await?;
                }
            }
        }
        report.problem = outage.of_anaf().map(|error| {
            let why = error.detail().unwrap_or("see what it said").to_owned();
            error.clone().because(format!(
                "{why}; this came several times in a row, so ANAF was not asked for the {} other grants that are due",
                report.postponed
            ))
        });
        Ok(())
    }

    async fn visit(&self, key: GrantKey, outage: &mut Outage, report: &mut KeeperReport) {
        report.grants += 1;
        let ahead = self.ahead.mul_f64(1.0 + 0.5 * share(&key));
        let may_ask = outage.of_anaf().is_none();
        let visit = self.grants.visit(&key, ahead, self.alarm, may_ask);
        let visit = unharmed("the visit", visit).await;
        outage.note(&visit);
        match visit {
            Ok(visit) => {
                report.postponed += usize::from(visit.postponed);
                if visit.asked {
                    let pause = self.pace.mul_f64(self.grants.0.dice.roll());
                    self.grants.client().clock().sleep(pause).await;
                }
                self.tell(key, visit, report);
            }
            Err(error) => self.found(KeeperFinding::Failed(KeeperFailure { key, error }), report),
        }
    }

    fn tell(&self, key: GrantKey, visit: Visit, report: &mut KeeperReport) {
        if visit.renewed {
            self.found(KeeperFinding::Renewed(key.clone()), report);
        }
        if let Some(lapses_at) = visit.lapses_at {
            let key = key.clone();
            self.found(KeeperFinding::Lapsing(Lapsing { key, lapses_at }), report);
        }
        if let Some(error) = visit.trouble {
            self.found(KeeperFinding::Failed(KeeperFailure { key, error }), report);
        }
    }

    fn found(&self, finding: KeeperFinding, report: &mut KeeperReport) {
        finding.log();
        if let Some(on_finding) = &self.on_finding {
            call("on_finding", || on_finding(&finding));
        }
        report.add(finding);
    }
}

/// Calls what the program has given. Its panic is its own: it is logged, and ends nothing here.
fn call(name: &'static str, callback: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(callback)).is_err() {
        tracing::error!(callback = name, "a callback of the keeper's panicked");
    }
}

/// Turns a panic into an error, so that what panics for one grant does not keep the others from being visited. Nothing
/// of ours is left half changed by one: the state of a grant is behind a lock that is held for a few instructions.
async fn unharmed<T>(what: &str, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let caught = AssertUnwindSafe(work).catch_unwind().await;
    caught.unwrap_or_else(|_| {
        tracing::error!("{what} panicked");
        Err(Error::new(ErrorKind::Other).because(format!(
            "{what} panicked; the message stands on the standard error"
        )))
    })
}

impl Keeper {
    /// A keeper of these grants.
    pub fn builder(grants: &Grants) -> KeeperBuilder {
        KeeperBuilder {
            grants: grants.clone(),
            on_finding: None,
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
