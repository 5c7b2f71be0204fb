//! The stretch of time that a paged list covers: 60 days at most, never in ANAF's future.

use std::time::Duration;

use anaf_types::{Cif, Error, limits, text, wall};
use jiff::civil::DateTime;
use jiff::{Span, Timestamp};

use super::Filter;

const DAY: Duration = Duration::from_secs(86_400);
/// How far a frozen window stays inside ANAF's 60 days, so that a walk has time to finish.
const EDGE: Duration = Duration::from_secs(60);
/// How far the start moves when ANAF finds it too old: by more than a change to summer time.
const STEP: Duration = Duration::from_secs(3_660);

/// A stretch of time, by when ANAF listed the messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    start: Timestamp,
    end: Timestamp,
}

impl Window {
    /// From one instant to another. It is checked when it is used.
    #[must_use]
    pub fn between(start: Timestamp, end: Timestamp) -> Self {
        Self { start, end }
    }

    /// Its beginning (`startTime`).
    #[must_use]
    pub fn start(self) -> Timestamp {
        self.start
    }

    /// Its end (`endTime`).
    #[must_use]
    pub fn end(self) -> Timestamp {
        self.end
    }

    /// What ANAF would refuse whatever the time is.
    pub(super) fn check(self) -> Result<(), Error> {
        if self.end <= self.start {
            return Err(Error::invalid_input(format!(
                "the window ends ({}) before it starts ({}), Romanian time",
                wall::print(self.end),
                wall::print(self.start)
            )));
        }
        let length = self.start.duration_until(self.end).unsigned_abs();
        if length > DAY * limits::LIST_DAYS {
            return Err(Error::invalid_input(format!(
                "the window is {:.1} days long; ANAF lists at most {} days back",
                length.as_secs_f64() / DAY.as_secs_f64(),
                limits::LIST_DAYS
            )));
        }
        Ok(())
    }

    /// The window that ANAF's refusal of this one asks for, if it is a refusal about time: ANAF's clock, quoted in
    /// its text, gives the new end.
    pub(super) fn corrected(self, said: &str, margin: Duration) -> Option<Self> {
        let folded = text::fold(said);
        if folded.contains("in viitor") {
            let quoted = folded.split_once("momentul requestului = ")?.1;
            let clock = wall::parse(quoted.get(..19)?)?;
            let end = nearest(clock, self.end)?.checked_sub(margin).ok()?;
            return (end > self.start).then_some(Self { end, ..self });
        }
        if folded.contains("mai vechi de") {
            let start = self.start.checked_add(STEP).ok()?;
            return (start < self.end).then_some(Self { start, ..self });
        }
        None
    }
}

/// The instant of a wall time; of the two in the hour that autumn repeats, the one nearer to `about`.
fn nearest(clock: DateTime, about: Timestamp) -> Option<Timestamp> {
    let ambiguous = wall::bucharest().to_ambiguous_zoned(clock);
    let earlier = ambiguous.clone().earlier().ok()?.timestamp();
    let later = ambiguous.later().ok()?.timestamp();
    let far = |t: Timestamp| t.duration_until(about).unsigned_abs();
    Some(if far(later) < far(earlier) {
        later
    } else {
        earlier
    })
}

/// A question for all messages of a company in a stretch of time; [`crate::EFactura::messages`] walks the pages.
///
/// ```
/// use anaf_efactura::{Filter, MessageQuery};
///
/// let query = MessageQuery::new("RO12345674".parse()?).last_days(7).filter(Filter::Received);
/// # Ok::<(), anaf_types::InvalidCif>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageQuery {
    pub(super) cif: Cif,
    pub(super) filter: Option<Filter>,
    pub(super) margin: Duration,
    reach: Reach,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Days(u32),
    Since(Timestamp),
    Between(Window),
}

impl MessageQuery {
    /// All messages of a company that ANAF still has: the last 60 days.
    #[must_use]
    pub fn new(cif: Cif) -> Self {
        Self {
            cif,
            filter: None,
            margin: Duration::from_secs(5),
            reach: Reach::Days(limits::LIST_DAYS),
        }
    }

    /// The messages listed in the last `days` days, 1 to 60.
    #[must_use]
    pub fn last_days(mut self, days: u32) -> Self {
        self.reach = Reach::Days(days);
        self
    }

    /// The messages listed since an instant, at most 60 days ago.
    #[must_use]
    pub fn since(mut self, start: Timestamp) -> Self {
        self.reach = Reach::Since(start);
        self
    }

    /// The messages listed in a window of at most 60 days. An end in the future becomes now.
    #[must_use]
    pub fn between(mut self, window: Window) -> Self {
        self.reach = Reach::Between(window);
        self
    }

    /// Only the messages of one sort.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = Some(filter);
        self
    }

    /// How far behind this machine's clock the window ends: 5 s unless set. One second ahead of ANAF's clock is
    /// refused; the walk corrects itself once by the clock that ANAF quotes.
    #[must_use]
    pub fn margin(mut self, margin: Duration) -> Self {
        self.margin = margin;
        self
    }

    /// A beginning that is so fresh that the window would end before it: nothing can be listed yet.
    pub(super) fn is_too_fresh(&self, now: Timestamp) -> Option<Window> {
        let latest = now.checked_sub(self.margin).unwrap_or(Timestamp::MIN);
        match self.reach {
            Reach::Since(start) if (latest..=now).contains(&start) => {
                Some(Window::between(start, now))
            }
            _ => None,
        }
    }

    /// The window as it is now, which the whole walk keeps.
    pub(super) fn freeze(&self, now: Timestamp) -> Result<Window, Error> {
        let latest = now.checked_sub(self.margin).unwrap_or(Timestamp::MIN);
        let oldest = oldest(now);
        let edge = oldest.checked_add(EDGE).unwrap_or(Timestamp::MAX);
        let (start, end) = match self.reach {
            Reach::Days(days) if !(1..=limits::LIST_DAYS).contains(&days) => {
                return Err(Error::invalid_input(format!(
                    "{days} days asked for; ANAF lists the last 1 to {}",
                    limits::LIST_DAYS
                )));
            }
            Reach::Days(days) => {
                let start = now.checked_sub(DAY * days).unwrap_or(Timestamp::MIN);
                (start.max(edge), latest)
            }
            Reach::Since(start) => (start, latest),
            Reach::Between(window) => {
                window.check()?;
                (window.start, window.end.min(latest))
            }
        };
        if start < oldest {
            return Err(Error::invalid_input(format!(
                "the window starts at {}; ANAF lists {} days back, that is from {} (Romanian time)",
                wall::print(start),
                limits::LIST_DAYS,
                wall::print(oldest)
            )));
        }
        let window = Window::between(start.max(edge), end);
        window.check()?;
        Ok(window)
    }
}

/// Sixty days ago, by the calendar or by the hour, whichever is later: a change to summer time makes them differ.
fn oldest(now: Timestamp) -> Timestamp {
    let by_hour = now
        .checked_sub(DAY * limits::LIST_DAYS)
        .unwrap_or(Timestamp::MIN);
    now.to_zoned(wall::bucharest())
        .checked_sub(Span::new().days(i64::from(limits::LIST_DAYS)))
        .map_or(by_hour, |z| z.timestamp().max(by_hour))
}

#[cfg(test)]
mod tests {
    use super::*;
    use anaf_types::ErrorKind;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn query() -> MessageQuery {
        MessageQuery::new("12345674".parse().unwrap())
    }

    #[test]
    fn what_freezes_to_what() {
        let now = at("2026-07-30T12:00:00Z");
        let cases = [
            (
                query(),
                Some(("2026-05-31T12:01:00Z", "2026-07-30T11:59:55Z")),
            ),
            (
                query().last_days(1),
                Some(("2026-07-29T12:00:00Z", "2026-07-30T11:59:55Z")),
            ),
            (query().last_days(0), None),
            (query().last_days(61), None),
            (
                query()
                    .since(at("2026-07-01T00:00:00Z"))
                    .margin(Duration::from_secs(60)),
                Some(("2026-07-01T00:00:00Z", "2026-07-30T11:59:00Z")),
            ),
            (query().since(at("2026-05-01T00:00:00Z")), None),
            (query().since(at("2026-08-01T00:00:00Z")), None),
            (
                query().between(Window::between(
                    at("2026-07-01T00:00:00Z"),
                    at("2026-07-02T00:00:00Z"),
                )),
                Some(("2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z")),
            ),
            (
                query().between(Window::between(
                    at("2026-07-29T00:00:00Z"),
                    at("2026-09-02T00:00:00Z"),
                )),
                Some(("2026-07-29T00:00:00Z", "2026-07-30T11:59:55Z")),
            ),
            (
                query().between(Window::between(
                    at("2026-05-31T12:00:00Z"),
                    at("2026-07-30T12:00:01Z"),
                )),
                None,
            ),
            (
                query().between(Window::between(
                    at("2026-07-02T00:00:00Z"),
                    at("2026-07-01T00:00:00Z"),
                )),
                None,
            ),
        ];
        for (query, expected) in cases {
            let expected = expected.map(|(start, end)| Window::between(at(start), at(end)));
            let got = query.freeze(now);
            if let Err(e) = &got {
                assert_eq!(e.kind(), ErrorKind::InvalidInput, "{query:?}");
            }
            assert_eq!(got.ok(), expected, "{query:?}");
        }
    }

    #[test]
    fn sixty_days_across_the_change_to_summer_time() {
        // Sixty calendar days before are 60 × 24 − 1 hours before: by the calendar ANAF's limit is later.
        assert_eq!(
            oldest(at("2026-04-20T12:00:00Z")),
            at("2026-02-19T13:00:00Z")
        );
        assert_eq!(
            oldest(at("2026-11-20T12:00:00Z")),
            at("2026-09-21T12:00:00Z")
        );
    }

    #[test]
    fn the_clock_that_anaf_quotes_corrects_the_end() {
        let start = at("2026-07-29T00:00:00Z");
        let margin = Duration::from_secs(5);
        let window = Window::between(start, at("2026-07-30T12:15:28Z"));
        let said = |clock: &str| {
            format!("endTime = x nu poate in viitor fata de momentul requestului = {clock}")
        };
        let cases = [
            (said("30-07-2026 15:15:27"), Some("2026-07-30T12:15:22Z")),
            (
                said("30-07-2026 15:15:27").replace("poate in", "poate fi în"),
                Some("2026-07-30T12:15:22Z"),
            ),
            (said("29-07-2026 03:00:01"), None),
            (said("?"), None),
            ("Altceva".to_owned(), None),
        ];
        for (said, end) in cases {
            let got = window.corrected(&said, margin);
            assert_eq!(
                got,
                end.map(|end| Window::between(start, at(end))),
                "{said}"
            );
        }
        let old = "startTime = 09-07-2022 10:41:11 nu poate fi mai vechi de 60 de zile fata de momentul requestului";
        assert_eq!(
            window.corrected(old, margin).unwrap().start(),
            at("2026-07-29T01:01:00Z")
        );
        // 03:30 happens twice on this night; the end that was asked for says which one is meant.
        let night = Window::between(at("2026-10-24T00:00:00Z"), at("2026-10-25T01:30:10Z"));
        assert_eq!(
            night
                .corrected(&said("25-10-2026 03:30:05"), margin)
                .unwrap()
                .end(),
            at("2026-10-25T01:30:00Z")
        );
    }
}
