//! Waiting for the verdict.

use std::fmt;
use std::time::Duration;

use anaf_http::{Error, ErrorKind};
use anaf_types::limits::ETRANSPORT_STARE;
use anaf_types::text::Masked;
use anaf_types::{UploadIndex, wall};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::upload::{IssuedUit, Receipt};
use super::{ETransport, State};
use crate::uit::Uit;

/// The first pause; each that follows is twice as long, up to [`LONGEST`].
const FIRST: Duration = Duration::from_secs(2);
/// A day of pauses this long is 72 questions, and the way up to it ten: fewer than the 100 that ANAF allows.
const LONGEST: Duration = Duration::from_secs(20 * 60);
/// Questions left to others, such as a person who looks at the same declaration.
const SPARE: u32 = 5;

/// What one is waiting for, and how far one has come. Serialise it, and another process goes on where this one stopped,
/// within the same daily allowance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    receipt: Receipt,
    asked: u32,
    day: Option<Date>,
    asked_on_day: u32,
    next: Option<Timestamp>,
}

/// How long to wait before giving the state back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Patience {
    /// Until the verdict, days if need be.
    Unlimited,
    /// So long at most.
    Until(Duration),
}

/// How waiting ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the verdict may be a rejection"]
pub enum Waited {
    /// With the verdict.
    Settled(Settled),
    /// ANAF still works on it. The state may be kept and waited on later, by this process or another.
    StillProcessing,
}

/// The end of a declaration: index, UIT and verdict together.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "the verdict may be a rejection"]
pub struct Settled {
    /// The upload's index.
    pub index: UploadIndex,
    /// The UIT that was issued; whether it became valid is the verdict's to say.
    pub issued: Option<IssuedUit>,
    /// The verdict.
    pub verdict: Verdict,
}

impl Settled {
    /// The UIT, now valid. `None` where ANAF did not accept the declaration, or the receipt had no UIT.
    pub fn uit(&self) -> Option<Uit> {
        match self.verdict {
            Verdict::Accepted => self.issued.as_ref()?.not_yet_valid().ok(),
            Verdict::Rejected(_) | Verdict::NotTakenOver(_) => None,
        }
    }
}

/// What ANAF says of a declaration in the end.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Accepted: the UIT is valid, or the deletion, confirmation or change is made.
    Accepted,
    /// Rejected, for these reasons, word for word.
    Rejected(Vec<String>),
    /// Not taken over (`XML cu erori nepreluat de sistem`).
    NotTakenOver(Vec<String>),
}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("Accepted"),
            Self::Rejected(texts) => f.debug_tuple("Rejected").field(&Masked(texts)).finish(),
            Self::NotTakenOver(texts) => {
                f.debug_tuple("NotTakenOver").field(&Masked(texts)).finish()
            }
        }
    }
}

impl Waiting {
    /// Begins to wait for the verdict on an upload.
    pub fn new(receipt: Receipt) -> Self {
        Self {
            receipt,
            asked: 0,
            day: None,
            asked_on_day: 0,
            next: None,
        }
    }

    /// The receipt.
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// How often ANAF was asked, by all processes together.
    pub fn asked(&self) -> u32 {
        self.asked
    }

    /// When ANAF is to be asked next; at once where it was never asked.
    pub fn next(&self) -> Option<Timestamp> {
        self.next
    }

    /// Counts a question at `now`, and sets the time of the next: pauses double from 2 seconds to 20 minutes, less up to
    /// a tenth by chance, and what the day's allowance does not cover waits for midnight in Bucharest.
    fn ask_again(&mut self, now: Timestamp, chance: f64) {
        let today = wall::day(now);
        if self.day != Some(today) {
            (self.day, self.asked_on_day) = (Some(today), 0);
        }
        let doublings = self.asked.min(16);
        self.asked = self.asked.saturating_add(1);
        self.asked_on_day = self.asked_on_day.saturating_add(1);
        let pause = FIRST.saturating_mul(1 << doublings).min(LONGEST);
        let chance = if chance.is_finite() {
            chance.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let pause = pause.mul_f64(1.0 - chance / 10.0);
        let soon = later(now, pause);
        let spent = self.asked_on_day + SPARE >= ETRANSPORT_STARE.per_day;
        self.next = Some(if spent {
            soon.max(wall::next_midnight(now))
        } else {
            soon
        });
    }

    /// ANAF's allowance for the day is used up, by others perhaps.
    fn day_is_spent(&mut self, now: Timestamp, pause: Option<Duration>) {
        self.ask_again(now, 0.0);
        let resume = pause.map_or_else(|| wall::next_midnight(now), |pause| later(now, pause));
        self.next = self.next.max(Some(resume));
    }

    fn settled(&self, verdict: Verdict) -> Settled {
        Settled {
            index: self.receipt.index.clone(),
            issued: self.receipt.uit.clone(),
            verdict,
        }
    }
}

fn later(now: Timestamp, pause: Duration) -> Timestamp {
    SignedDuration::try_from(pause)
        .ok()
        .and_then(|pause| now.checked_add(pause).ok())
        .unwrap_or(Timestamp::MAX)
}

impl ETransport {
    /// Waits for the verdict on an upload, as long as it takes. It asks within ANAF's 100 questions a day.
    ///
    /// # Errors
    /// As [`Self::wait_on`].
    pub async fn wait(&self, receipt: Receipt) -> Result<Settled, Error> {
        let mut waiting = Waiting::new(receipt);
        loop {
            if let Waited::Settled(settled) =
                self.wait_on(&mut waiting, Patience::Unlimited).await?
            {
                return Ok(settled);
            }
        }
    }

    /// Goes on waiting, and gives up when patience ends. The state stays good whatever happens: on an error, or when the
    /// future is dropped, wait on it again.
    ///
    /// Failures that pass (a lost connection, ANAF's technical errors, a spent allowance) are waited out.
    ///
    /// # Errors
    /// What does not pass: no right, no such index, a login that is needed.
    pub async fn wait_on(
        &self,
        waiting: &mut Waiting,
        patience: Patience,
    ) -> Result<Waited, Error> {
        let clock = self.session().clock().clone();
        let began = clock.monotonic();
        loop {
            let pause = waiting.next.map_or(SignedDuration::ZERO, |next| {
                clock.now().duration_until(next)
            });
            let pause = Duration::try_from(pause).unwrap_or_default();
            if let Patience::Until(limit) = patience {
                let left = limit.saturating_sub(clock.monotonic().saturating_sub(began));
                if pause > left {
                    clock.sleep(left).await;
                    return Ok(Waited::StillProcessing);
                }
            }
            if !pause.is_zero() {
                clock.sleep(pause).await;
            }
            match self.state(&waiting.receipt.index).await {
                Ok(answer) => match answer.state {
                    State::Accepted => {
                        return Ok(Waited::Settled(waiting.settled(Verdict::Accepted)));
                    }
                    State::Rejected(texts) => {
                        return Ok(Waited::Settled(waiting.settled(Verdict::Rejected(texts))));
                    }
                    State::NotTakenOver(texts) => {
                        return Ok(Waited::Settled(
                            waiting.settled(Verdict::NotTakenOver(texts)),
                        ));
                    }
                    // A state that nobody knows is no verdict.
                    State::Processing | State::Other(..) => {
                        waiting.ask_again(clock.now(), self.session().dice().roll());
                    }
                },
                Err(error) if error.kind() == ErrorKind::Quota => {
                    waiting.day_is_spent(clock.now(), error.retry_after());
                }
                Err(error) if error.is_retryable() => {
                    waiting.ask_again(clock.now(), self.session().dice().roll());
                }
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_waiting_stays_within_the_allowance() {
        for chance in [0.0, 0.5, 0.999] {
            let start: Timestamp = "2026-07-01T21:00:00Z".parse().unwrap();
            let mut waiting = Waiting::new(Receipt::of_index(UploadIndex::from(7)));
            let (mut now, mut by_day) = (start, std::collections::BTreeMap::new());
            while now < later(start, Duration::from_secs(4 * 86_400)) {
                *by_day.entry(wall::day(now)).or_insert(0_u32) += 1;
                waiting.ask_again(now, chance);
                assert!(waiting.next().unwrap() > now);
                now = waiting.next().unwrap();
            }
            assert!(by_day.values().all(|asked| *asked <= 95), "{by_day:?}");
            assert!(by_day.len() >= 4);
        }
    }

    #[test]
    fn pauses_grow_and_never_overflow() {
        let mut waiting = Waiting::new(Receipt::of_index(UploadIndex::from(7)));
        let now: Timestamp = "2026-07-01T00:00:00Z".parse().unwrap();
        waiting.asked = u32::MAX;
        waiting.asked_on_day = u32::MAX - SPARE - 1;
        waiting.day = Some(wall::day(now));
        waiting.ask_again(now, 2.0);
        waiting.ask_again(Timestamp::MAX, f64::NAN);
    }
}
