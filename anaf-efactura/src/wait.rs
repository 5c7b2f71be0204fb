//! Waiting for a verdict: the state of a wait, which another process can take up.

use std::fmt;
use std::time::Duration;

use anaf_http::{CallOptions, Session, WhenReached};
use anaf_types::{Delivery, Error, ErrorKind, QuotaScope, UploadIndex, limits, wall};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Status, Verdict};

/// How a wait goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WaitPolicy {
    /// The pause before the second question: 3 s. Each further pause is half as long again, give or take a tenth.
    pub first: Duration,
    /// The longest pause: 15 minutes.
    pub longest: Duration,
    /// How long one call of [`crate::EFactura::wait`] waits: an hour.
    pub patience: Duration,
    /// How many questions in one day, Bucharest's: 90. ANAF answers 100 about a filing.
    pub per_day: u32,
}

impl Default for WaitPolicy {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(3),
            longest: Duration::from_secs(15 * 60),
            patience: Duration::from_secs(3600),
            per_day: limits::STARE_MESAJ.per_day - 10,
        }
    }
}

/// A wait for the verdict on one filing. It can be stored (`serde`) and taken up by another process: the pauses grow
/// on from where they were, and the day's questions are counted on.
///
/// ```
/// use anaf_efactura::Wait;
///
/// let wait = Wait::new("3828".parse()?);
/// let stored = serde_json::to_string(&wait)?;
/// let taken_up: Wait = serde_json::from_str(&stored)?;
/// assert_eq!(taken_up.index().as_str(), "3828");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    index: UploadIndex,
    policy: WaitPolicy,
    asked: u32,
    day: Option<Date>,
    asked_today: u32,
    next: Option<Timestamp>,
    last: Option<Verdict>,
}

/// How a wait ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Waited {
    /// ANAF's verdict, or a state that is not known.
    Decided(Verdict),
    /// The patience ran out. Nothing is lost: store the wait and go on later.
    Undecided {
        /// The wait, as it stands: the upload's index, and what ANAF said last.
        wait: Wait,
        /// What the last question failed with, if it failed.
        trouble: Option<Error>,
    },
}

/// How it ended as a sentence, with ANAF's words.
impl fmt::Display for Waited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decided(verdict) => verdict.fmt(f),
            Self::Undecided { wait, trouble } => {
                write!(
                    f,
                    "no verdict on {} yet, after {} questions: go on waiting later",
                    wait.index, wait.asked
                )?;
                match trouble {
                    Some(trouble) => write!(f, "; the last one failed: {trouble}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl Wait {
    /// A wait that has not begun.
    #[must_use]
    pub fn new(index: UploadIndex) -> Self {
        Self {
            index,
            policy: WaitPolicy::default(),
            asked: 0,
            day: None,
            asked_today: 0,
            next: None,
            last: None,
        }
    }

    /// The same with another policy.
    #[must_use]
    pub fn policy(mut self, policy: WaitPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The same with another patience.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.policy.patience = patience;
        self
    }

    /// The filing's index.
    #[must_use]
    pub fn index(&self) -> &UploadIndex {
        &self.index
    }

    /// How many questions were asked so far.
    #[must_use]
    pub fn asked(&self) -> u32 {
        self.asked
    }

    /// What ANAF said last.
    #[must_use]
    pub fn last(&self) -> Option<&Verdict> {
        self.last.as_ref()
    }

    /// When the next question is due; `None` before the first.
    #[must_use]
    pub fn next_question(&self) -> Option<Timestamp> {
        self.next
    }

    /// Counts a question on its day; `false` when the day has no more.
    fn may_ask(&mut self, now: Timestamp) -> bool {
        let today = wall::day(now);
        if self.day != Some(today) {
            self.day = Some(today);
            self.asked_today = 0;
        }
        if self.asked_today >= self.policy.per_day {
            return false;
        }
        self.asked_today += 1;
        self.asked = self.asked.saturating_add(1);
        true
    }

    /// The pause after the last question; `chance` is from 0 to 1.
    fn pause(&self, chance: f64) -> Duration {
        let longest = self.policy.longest.as_secs_f64();
        let grown = 1.5_f64.powi(self.asked.saturating_sub(1).min(64) as i32);
        let pause = (self.policy.first.as_secs_f64() * grown).min(longest);
        // So that many waits begun together do not stay together.
        Duration::from_secs_f64((pause * (0.9 + 0.2 * chance)).clamp(0.0, 1e9))
    }

    fn due(&mut self, now: Timestamp, pause: Duration) {
        self.next = Some(now.checked_add(pause).unwrap_or(Timestamp::MAX));
    }
}

/// Asks until there is an answer that will stay, or until the patience runs out.
pub(crate) async fn wait(session: &Session, wait: &mut Wait) -> Result<Waited, Error> {
    let clock = session.clock();
    let deadline = clock.monotonic().saturating_add(wait.policy.patience);
    let mut trouble = None;
    loop {
        let now = clock.now();
        let left = deadline.saturating_sub(clock.monotonic());
        let pause = wait.next.map_or(Duration::ZERO, |next| until(now, next));
        if pause > left {
            // What is left of the patience ends with one more question, unless a limit stands against it.
            let limited =
                trouble.as_ref().is_some_and(Error::is_quota) || !may_still_ask(wait, now);
            if left.is_zero() || limited {
                return Ok(undecided(wait, trouble));
            }
        }
        clock.sleep(pause.min(left)).await;
        let now = clock.now();
        if !wait.may_ask(now) {
            wait.next = Some(wall::next_midnight(now));
            continue;
        }
        // The pause is set first: a caller that is cancelled in mid-call does not ask again at once.
        wait.due(now, wait.pause(session.dice().roll()));
        trouble = match ask(session, wait).await {
            Ok(Verdict::InProgress) => None,
            Ok(verdict) => return Ok(Waited::Decided(verdict)),
            Err(e) if ends_the_wait(&e) => return Err(e),
            Err(e) => Some(e),
        };
        if let Some(asked) = trouble.as_ref().and_then(Error::retry_after) {
            let now = clock.now();
            wait.due(now, asked.max(until(now, wait.next.unwrap_or(now))));
        }
        if clock.monotonic() >= deadline {
            return Ok(undecided(wait, trouble));
        }
    }
}

/// What asking again cannot mend. Everything else passes: a page of the firewall's, a maintenance page, a lost answer.
fn ends_the_wait(e: &Error) -> bool {
    matches!(
        e.kind(),
        ErrorKind::InvalidInput
            | ErrorKind::InvalidParameter
            | ErrorKind::NotFound
            | ErrorKind::Gone
            | ErrorKind::NoRight
            | ErrorKind::Forbidden
            | ErrorKind::Unauthorized
            | ErrorKind::NeedsLogin
            | ErrorKind::OAuth
            | ErrorKind::Other
    )
}

async fn ask(session: &Session, wait: &mut Wait) -> Result<Verdict, Error> {
    // A session that sleeps until midnight when a day's limit is reached would sleep past the patience.
    let options = CallOptions::new()
        .when_minute_is_full(WhenReached::Wait)
        .when_day_is_full(WhenReached::Refuse);
    let answer = session
        .call_with(&Status::of(wait.index.clone()), &options)
        .await;
    match &answer {
        Ok(verdict) => wait.last = Some(verdict.clone()),
        Err(e) if e.quota_scope() == Some(QuotaScope::Day) => wait.asked_today = u32::MAX,
        // A question that never left does not count against the day's hundred.
        Err(e) if e.delivery() == Delivery::NotSent => {
            wait.asked_today = wait.asked_today.saturating_sub(1);
        }
        Err(_) => {}
    }
    answer
}

fn may_still_ask(wait: &Wait, now: Timestamp) -> bool {
    wait.day != Some(wall::day(now)) || wait.asked_today < wait.policy.per_day
}

fn until(now: Timestamp, then: Timestamp) -> Duration {
    Duration::try_from(now.duration_until(then)).unwrap_or_default()
}

fn undecided(wait: &Wait, trouble: Option<Error>) -> Waited {
    Waited::Undecided {
        wait: wait.clone(),
        trouble,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anaf_http::{FixedBearer, LoadedDice, ManualClock, ScriptedTransport};
    use anaf_types::answer::Answer;
    use anaf_types::{Delivery, Environment, ErrorKind};

    const PROGRESS: &str = r#"<header stare="in prelucrare"/>"#;
    const OK: &str = r#"<header stare="ok" id_descarcare="7"/>"#;

    fn road(net: &ScriptedTransport, clock: &ManualClock) -> Session {
        Session::builder(Environment::Test)
            .bearer(FixedBearer::new("t"))
            .transport(net.clone())
            .clock(clock.clone())
            .dice(LoadedDice(0.5))
            .retry(anaf_http::RetryPolicy::never())
            .build()
            .unwrap()
    }

    fn clock() -> ManualClock {
        ManualClock::auto("2026-01-15T08:00:00Z".parse().unwrap())
    }

    fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[tokio::test]
    async fn it_asks_ever_more_rarely_until_the_verdict() {
        let net = ScriptedTransport::new();
        (0..5).for_each(|_| net.push(Ok(Answer::new(200, PROGRESS))));
        let net = net.answer(200, OK);
        let clock = clock();
        let mut state = Wait::new(3828.into());
        let waited = wait(&road(&net, &clock), &mut state).await.unwrap();
        assert!(
            matches!(waited, Waited::Decided(Verdict::Accepted { download }) if download.as_str() == "7")
        );
        assert_eq!(state.asked(), 6);
        let pauses = 3.0 * (1.0 + 1.5 + 2.25 + 3.375 + 5.0625);
        assert!((clock.slept().as_secs_f64() - pauses).abs() < 0.01);
    }

    #[tokio::test]
    async fn a_day_of_waiting_stays_inside_the_limit_and_goes_on_after_midnight() {
        let net = ScriptedTransport::new();
        (0..200).for_each(|_| net.push(Ok(Answer::new(200, PROGRESS))));
        let clock = clock();
        let policy = WaitPolicy {
            longest: secs(60),
            patience: secs(20 * 3600),
            ..WaitPolicy::default()
        };
        let mut state = Wait::new(3828.into()).policy(policy);
        let waited = wait(&road(&net, &clock), &mut state).await.unwrap();
        let Waited::Undecided { wait: left, .. } = waited else {
            panic!("{waited:?}");
        };
        assert_eq!(left, state);
        // Ninety before midnight in Bucharest, ninety after it.
        assert_eq!(
            (net.sent().len(), left.last()),
            (180, Some(&Verdict::InProgress))
        );
        assert_eq!(left.index().as_str(), "3828");
    }

    #[tokio::test]
    async fn a_stored_wait_is_taken_up_where_it_was() {
        let clock = clock();
        let net = ScriptedTransport::new()
            .answer(200, PROGRESS)
            .answer(200, PROGRESS);
        let mut state = Wait::new(3828.into()).patience(secs(3));
        let waited = wait(&road(&net, &clock), &mut state).await.unwrap();
        assert!(matches!(waited, Waited::Undecided { .. }));
        assert_eq!((state.asked(), clock.slept()), (2, secs(3)));
        let stored = serde_json::to_string(&state).unwrap();
        // Another process, at once: the pause that was due is kept.
        let mut other: Wait = serde_json::from_str(&stored).unwrap();
        assert_eq!(other, state);
        let net = ScriptedTransport::new().answer(200, OK);
        let waited = wait(&road(&net, &clock), &mut other.clone().patience(secs(60)))
            .await
            .unwrap();
        assert!(matches!(waited, Waited::Decided(_)));
        assert_eq!(clock.slept(), secs(3) + Duration::from_millis(4500));
        // Another process, without patience: one question when it is due already.
        let net = ScriptedTransport::new().answer(200, PROGRESS);
        clock.advance(secs(3600));
        other = other.patience(Duration::ZERO);
        wait(&road(&net, &clock), &mut other).await.unwrap();
        assert_eq!(net.sent().len(), 1);
    }

    #[tokio::test]
    async fn failures_on_the_way() {
        use ErrorKind as K;
        let lost = |kind| Err(Error::new(kind).delivered(Delivery::MaybeSent));
        let refused =
            r#"<header><Errors errorMessage="Nu exista factura cu id_incarcare= 15000"/></header>"#;
        let limit = r#"<header><Errors errorMessage="S-au facut deja 20 descarcari de mesaj in cursul zilei"/></header>"#;
        // What comes first, → what comes of it with an OK after it.
        let cases = [
            (lost(K::Timeout), Ok(true)),
            (Ok(Answer::new(503, "")), Ok(true)),
            (Ok(Answer::new(200, "")), Ok(true)),
            (Ok(Answer::new(429, "")), Ok(true)),
            (Ok(Answer::new(200, limit)), Ok(false)),
            (Ok(Answer::new(200, refused)), Err(K::NotFound)),
            (Ok(Answer::new(403, "")), Err(K::Forbidden)),
        ];
        for (first, expected) in cases {
            let name = format!("{first:?}");
            let net = ScriptedTransport::new().then(first).answer(200, OK);
            let mut state = Wait::new(15_000.into());
            let got = wait(&road(&net, &clock()), &mut state).await;
            let got = got
                .map(|w| matches!(w, Waited::Decided(_)))
                .map_err(|e| e.kind());
            assert_eq!(got, expected, "{name}");
        }
    }

    #[tokio::test]
    async fn a_day_without_answers_ends_in_what_is_known() {
        let clock = clock();
        let net = ScriptedTransport::new();
        let mut state = Wait::new(3828.into()).patience(secs(600));
        let waited = wait(&road(&net, &clock), &mut state).await.unwrap();
        let Waited::Undecided { wait, trouble } = waited else {
            panic!("{waited:?}");
        };
        assert_eq!(trouble.unwrap().kind(), ErrorKind::Connect);
        assert_eq!((wait.index().as_str(), wait.last()), ("3828", None));
        assert_eq!(clock.slept(), secs(600));
    }
}
