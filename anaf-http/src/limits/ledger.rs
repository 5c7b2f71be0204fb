//! The daily limits: a ledger of our own, since governor has no calendar day.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anaf_types::{Error, ErrorKind, QuotaScope, text, wall};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::QuotaUse;

/// Lines kept for one day; a session that counts more messages forgets those that are far from their limit.
const LINES: usize = 200_000;
/// ANAF's day may turn a little later than ours: so long after midnight a refusal may still be about yesterday.
const DUSK: Duration = Duration::from_secs(5 * 60);
/// Whoever waits for midnight comes this much later.
const GRACE: Duration = Duration::from_secs(60);

/// What was used today, by limit and subject. The day is Bucharest's.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    page: Mutex<Page>,
}

#[derive(Debug, Default)]
struct Page {
    day: Option<Date>,
    lines: HashMap<QuotaUse, Line>,
    /// Limits that ANAF has closed for the user, whatever the subject.
    closed: HashMap<&'static str, u32>,
}

#[derive(Clone, Copy, Debug)]
struct Line {
    used: u32,
    limit: u32,
}

impl Ledger {
    fn page(&self, now: Timestamp) -> MutexGuard<'_, Page> {
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        page.turn(wall::day(now));
        page
    }

    /// Whether a call may go, without counting it.
    pub(crate) fn check(&self, uses: &[QuotaUse], now: Timestamp) -> Result<(), Error> {
        match uses.is_empty() {
            true => Ok(()),
            false => self.page(now).check(uses, now),
        }
    }

    /// Counts one call against all its limits, or refuses it without counting.
    pub(crate) fn count(&self, uses: &[QuotaUse], now: Timestamp) -> Result<(), Error> {
        if uses.is_empty() {
            return Ok(());
        }
        let mut page = self.page(now);
        page.check(uses, now)?;
        page.make_room();
        for quota in uses {
            let mut line = page.line(quota);
            line.used += 1;
            page.lines.insert(quota.clone(), line);
        }
        Ok(())
    }

    /// Takes back a count that was made at `sent`: ANAF has certainly not counted the call.
    pub(crate) fn give_back(&self, uses: &[QuotaUse], sent: Timestamp) {
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        if page.day != Some(wall::day(sent)) {
            return;
        }
        for quota in uses {
            if let Some(line) = page.lines.get_mut(quota) {
                line.used = line.used.saturating_sub(1);
            }
        }
    }

    /// ANAF refused a call that was sent at `sent`, in `said`'s words: closes what it is about for the rest of the day.
    pub(crate) fn correct(
        &self,
        uses: &[QuotaUse],
        error: &Error,
        sent: Timestamp,
        now: Timestamp,
    ) {
        // Said of yesterday, perhaps: it would close a day that has just begun.
        if is_dusk(now) || wall::day(sent) != wall::day(now) {
            return;
        }
        let mut page = self.page(now);
        let figure = error.quota_limit().and_then(|n| u32::try_from(n).ok());
        if error.said().is_some_and(text::is_per_user) {
            for quota in uses {
                let limit = figure.unwrap_or(quota.limit.per_day);
                page.closed.insert(quota.limit.name, limit);
            }
            return;
        }
        for quota in uses {
            let mut line = page.line(quota);
            line.limit = figure.unwrap_or(line.limit);
            line.used = line.limit;
            page.lines.insert(quota.clone(), line);
        }
    }
}

impl Page {
    fn turn(&mut self, today: Date) {
        if self.day != Some(today) {
            self.day = Some(today);
            self.lines.clear();
            self.closed.clear();
        }
    }

    fn line(&self, quota: &QuotaUse) -> Line {
        self.lines.get(quota).copied().unwrap_or(Line {
            used: 0,
            limit: quota.limit.per_day,
        })
    }

    fn check(&self, uses: &[QuotaUse], now: Timestamp) -> Result<(), Error> {
        for quota in uses {
            if let Some(limit) = self.closed.get(quota.limit.name) {
                return Err(refusal(quota, *limit, now));
            }
            let line = self.line(quota);
            if line.used >= line.limit {
                return Err(refusal(quota, line.limit, now));
            }
        }
        Ok(())
    }

    fn make_room(&mut self) {
        if self.lines.len() >= LINES {
            self.lines.retain(|_, line| line.used * 2 > line.limit);
        }
        if self.lines.len() >= LINES {
            self.lines.clear();
        }
    }
}

fn is_dusk(now: Timestamp) -> bool {
    let midnight = wall::next_midnight(now.checked_sub(DUSK).unwrap_or(now));
    midnight <= now
}

/// How long until a daily limit has certainly started anew; a few minutes where a refusal may be about yesterday.
pub(crate) fn until_new_day(now: Timestamp) -> Duration {
    if is_dusk(now) {
        return DUSK;
    }
    let midnight = now.duration_until(wall::next_midnight(now));
    Duration::try_from(midnight).unwrap_or_default() + GRACE
}

fn refusal(quota: &QuotaUse, limit: u32, now: Timestamp) -> Error {
    let midnight = now.duration_until(wall::next_midnight(now));
    Error::new(ErrorKind::Quota)
        .with_quota(QuotaScope::Day, Some(u64::from(limit)))
        .with_retry_after(Some(Duration::try_from(midnight).unwrap_or_default() + GRACE))
        .because(format!(
            "`{}` allows {limit} calls a day, and all are used; the day turns at midnight in Bucharest",
            quota.limit.name
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use anaf_types::answer;
    use anaf_types::limits::{DESCARCARE, LISTA};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn one(subject: &str) -> [QuotaUse; 1] {
        [QuotaUse {
            limit: DESCARCARE,
            subject: subject.into(),
        }]
    }

    fn list(subject: &str) -> [QuotaUse; 1] {
        [QuotaUse {
            limit: LISTA,
            subject: subject.into(),
        }]
    }

    #[test]
    fn ten_a_day_for_each_message_until_midnight_in_bucharest() {
        let ledger = Ledger::default();
        let evening = at("2026-01-15T20:00:00Z");
        for _ in 0..10 {
            ledger.count(&one("1"), evening).unwrap();
        }
        let refused = ledger.count(&one("1"), evening).unwrap_err();
        assert_eq!(
            refused.retry_after(),
            Some(Duration::from_secs(2 * 3600 + 60))
        );
        assert_eq!(refused.quota_limit(), Some(10));
        ledger.count(&one("2"), evening).unwrap();
        ledger.count(&one("1"), at("2026-01-15T22:00:00Z")).unwrap();
    }

    #[test]
    fn what_anaf_says_corrects_it() {
        let of_cif = "S-au facut deja 1000 de interogari de tip lista mesaje de catre CUI= 1 in cursul zilei";
        let of_user =
            "S-au facut deja 1000 interogari de lista mesaje de catre utilizator in cursul zilei";
        for (said, others_go_on) in [(of_cif, true), (of_user, false)] {
            let ledger = Ledger::default();
            let now = at("2026-01-15T10:00:00Z");
            ledger.count(&list("1"), now).unwrap();
            ledger.correct(&list("1"), &answer::said(said), now, now);
            let refused = ledger.count(&list("1"), now).unwrap_err();
            assert_eq!(refused.quota_limit(), Some(1000));
            assert_eq!(
                ledger.count(&list("2"), now).is_ok(),
                others_go_on,
                "{said}"
            );
            ledger
                .count(&list("1"), at("2026-01-16T10:00:00Z"))
                .unwrap();
        }
    }

    #[test]
    fn a_refusal_around_midnight_does_not_close_the_day_that_begins() {
        let said = answer::said("S-au facut deja 10 descarcari de mesaj in cursul zilei");
        // Midnight in Bucharest is 22:00 UTC.
        let cases = [
            ("2026-01-15T21:59:58Z", "2026-01-15T22:00:05Z"),
            ("2026-01-15T22:00:01Z", "2026-01-15T22:00:02Z"),
        ];
        for (sent, now) in cases {
            let ledger = Ledger::default();
            ledger.correct(&one("1"), &said, at(sent), at(now));
            ledger.count(&one("1"), at(now)).unwrap();
            assert_eq!(until_new_day(at(now)), DUSK);
        }
    }

    #[test]
    fn a_refused_call_is_not_counted_elsewhere_and_one_that_never_left_is_given_back() {
        let ledger = Ledger::default();
        let now = at("2026-01-15T10:00:00Z");
        let both = [one("1")[0].clone(), one("2")[0].clone()];
        let said = answer::said("S-au facut deja 10 descarcari de mesaj in cursul zilei");
        ledger.correct(&one("2"), &said, now, now);
        assert!(ledger.count(&both, now).is_err());
        for _ in 0..10 {
            ledger.count(&one("1"), now).unwrap();
        }
        ledger.give_back(&one("1"), at("2026-01-14T10:00:00Z"));
        assert!(ledger.check(&one("1"), now).is_err(), "another day's call");
        ledger.give_back(&one("1"), now);
        ledger.count(&one("1"), now).unwrap();
    }

    #[test]
    fn memory_is_bounded() {
        let ledger = Ledger::default();
        let now = at("2026-01-15T10:00:00Z");
        for message in 0..(LINES + 10) {
            ledger.count(&one(&message.to_string()), now).unwrap();
        }
        assert!(ledger.page.lock().unwrap().lines.len() <= LINES);
    }
}
