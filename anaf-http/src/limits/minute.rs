//! The per-minute limit: one gate for all clones of a session, first come first served.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use anaf_types::{Error, ErrorKind, QuotaScope};
use governor::clock::{Clock as GovernorClock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::Mutex;

use super::WhenReached;
use crate::Clock;

/// How long 429 without `Retry-After` closes the gate: ANAF counts by the minute.
const MINUTE: Duration = Duration::from_secs(60);
/// The longest that one 429 closes the gate for everybody; then one call finds out whether it is over.
const LONGEST: Duration = Duration::from_secs(15 * 60);

type Limiter = RateLimiter<NotKeyed, InMemoryState, Monotonic, NoOpMiddleware<Nanos>>;

/// governor's view of our clock.
#[derive(Clone, Debug)]
struct Monotonic(Arc<dyn Clock>);

impl GovernorClock for Monotonic {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.monotonic().into()
    }
}

/// Lets at most N calls through in any minute.
#[derive(Debug)]
pub(crate) struct MinuteGate {
    /// Written by every call, so it lies apart from what every call only reads.
    limiter: Option<Box<Limiter>>,
    clock: Arc<dyn Clock>,
    /// tokio's mutex is fair: who waits longest passes first.
    turn: Mutex<()>,
    /// How many callers wait at the gate: while one does, nobody may slip past.
    waiting: AtomicUsize,
    /// Nanoseconds of the monotonic clock.
    closed_until: AtomicU64,
}

/// Why a caller may not pass now, and for how long.
#[derive(Clone, Copy)]
enum Barred {
    /// ANAF answered 429.
    ByAnaf(Duration),
    /// The session's own limit.
    ByLimit(Duration),
}

/// governor lets a burst pass and refills evenly meanwhile; a burst of a tenth, and a refill that makes up the rest
/// within a minute, keep any window of a minute at N or fewer, whichever minute it is that ANAF counts by.
fn quota(per_minute: u32) -> Quota {
    let burst = (per_minute / 10).max(1);
    let refill = per_minute.saturating_sub(burst).saturating_add(1);
    // Rounded up: a period a nanosecond short would let one call too many through.
    let period = MINUTE / refill + Duration::from_nanos(1);
    Quota::with_period(period)
        .unwrap_or(Quota::per_minute(NonZeroU32::MIN))
        .allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN))
}

impl MinuteGate {
    pub(crate) fn new(per_minute: Option<u32>, clock: Arc<dyn Clock>) -> Self {
        let limiter = per_minute.map(|calls| {
            let clock = Monotonic(clock.clone());
            Box::new(RateLimiter::direct_with_clock(quota(calls), clock))
        });
        Self {
            limiter,
            clock,
            turn: Mutex::new(()),
            waiting: AtomicUsize::new(0),
            closed_until: AtomicU64::new(0),
        }
    }

    /// Passes the gate if it is open and nobody waits at it: without a lock, since most calls pass so.
    pub(crate) fn try_pass(&self) -> bool {
        self.obstacle().is_none()
    }

    /// Passes the gate, waiting in turn, or says when to come back.
    pub(crate) async fn pass(&self, when: WhenReached) -> Result<(), Error> {
        match (self.obstacle(), when) {
            (None, _) => return Ok(()),
            (Some(barred), WhenReached::Refuse) => return Err(barred.refusal()),
            (Some(_), WhenReached::Wait) => {}
        }
        let _waiting = Waiting::at(&self.waiting);
        let _turn = self.turn.lock().await;
        while let Some(barred) = self.barred() {
            self.clock.sleep(barred.pause()).await;
        }
        Ok(())
    }

    /// ANAF said 429: nobody passes until its time is over.
    pub(crate) fn close(&self, pause: Option<Duration>) {
        let until = self.clock.monotonic() + pause.unwrap_or(MINUTE).min(LONGEST);
        let until = u64::try_from(until.as_nanos()).unwrap_or(u64::MAX);
        self.closed_until.fetch_max(until, Ordering::AcqRel);
    }

    /// What keeps a newcomer from passing: the gate, or those who wait already.
    fn obstacle(&self) -> Option<Barred> {
        if self.waiting.load(Ordering::Acquire) == 0 {
            return self.barred();
        }
        let queue = Barred::ByLimit(Duration::from_secs(1));
        Some(self.closed_for().map_or(queue, Barred::ByAnaf))
    }

    fn barred(&self) -> Option<Barred> {
        let closed = self.closed_for().map(Barred::ByAnaf);
        closed.or_else(|| self.over_the_limit().map(Barred::ByLimit))
    }

    fn closed_for(&self) -> Option<Duration> {
        let until = match self.closed_until.load(Ordering::Acquire) {
            0 => return None,
            nanos => Duration::from_nanos(nanos),
        };
        let left = until.checked_sub(self.clock.monotonic());
        left.filter(|d| !d.is_zero())
    }

    fn over_the_limit(&self) -> Option<Duration> {
        let limiter = self.limiter.as_ref()?;
        let not_until = limiter.check().err()?;
        let now = Nanos::from(self.clock.monotonic());
        let pause = not_until.earliest_possible().duration_since(now);
        // A sleep of zero would spin where the clock is coarse.
        Some(Duration::from(pause).max(Duration::from_millis(1)))
    }
}

impl Barred {
    fn pause(self) -> Duration {
        match self {
            Self::ByAnaf(pause) | Self::ByLimit(pause) => pause,
        }
    }

    fn refusal(self) -> Error {
        let why = match self {
            Self::ByAnaf(_) => "ANAF answered 429 to this session a moment ago",
            Self::ByLimit(_) => "the session's own per-minute limit",
        };
        Error::new(ErrorKind::Quota)
            .with_quota(QuotaScope::Minute, None)
            .with_retry_after(Some(self.pause()))
            .because(why)
    }
}

/// Counts one who waits, also one that is cancelled.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn at(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
