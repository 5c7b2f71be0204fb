//! The published limits, counted on the fake's clock.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::call::Operation;
use crate::clock;

/// How 429 tells the caller when to come back. ANAF does not document it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RetryAfter {
    /// Not at all.
    #[default]
    Absent,
    /// A number of seconds.
    Seconds,
    /// An HTTP date.
    Date,
}

/// The limits. Defaults are the published figures; change them with [`FakeAnaf::set_limits`](crate::FakeAnaf::set_limits).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Calls a minute by one person, all methods together: 1000. Over it: HTTP 429.
    pub calls_per_minute: u32,
    /// The `Retry-After` of a 429.
    pub retry_after: RetryAfter,
    /// RASP uploads a day for one CIF: 1000.
    pub rasp_uploads_per_day: u32,
    /// `stareMesaj` a day for one message: 100.
    pub stare_per_day: u32,
    /// `listaMesajeFactura` a day for one CIF: 1500.
    pub lists_per_day: u32,
    /// `listaMesajePaginatieFactura` a day for one CIF: 100 000.
    pub paged_lists_per_day: u32,
    /// `descarcare` a day for one message: 10.
    pub downloads_per_day: u32,
    /// e-Transport `lista` a day for one person: 1000.
    pub transport_lists_per_day: u32,
    /// e-Transport `stareMesaj` a day for one upload index: 100.
    pub transport_stare_per_day: u32,
    /// Requests a second to one registry of webservicesp: 1. Over it: HTTP 429.
    pub registry_requests_per_second: u32,
    /// Messages on one page of the paged list, and the most that the simple list shows: 500.
    pub page_size: usize,
    /// Largest e-Factura upload in bytes: 10 MB.
    pub upload_bytes: usize,
    /// Largest validare, transformare and e-Transport document in bytes: 5 MB.
    pub document_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls_per_minute: 1000,
            retry_after: RetryAfter::Absent,
            rasp_uploads_per_day: 1000,
            stare_per_day: 100,
            lists_per_day: 1500,
            paged_lists_per_day: 100_000,
            downloads_per_day: 10,
            transport_lists_per_day: 1000,
            transport_stare_per_day: 100,
            registry_requests_per_second: 1,
            page_size: 500,
            upload_bytes: 10 * 1024 * 1024,
            document_bytes: 5 * 1024 * 1024,
        }
    }
}

/// What a daily limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Daily {
    RaspUpload,
    Stare,
    List,
    PagedList,
    Download,
    TransportList,
    TransportStare,
}

impl Limits {
    fn daily(&self, what: Daily) -> u32 {
        match what {
            Daily::RaspUpload => self.rasp_uploads_per_day,
            Daily::Stare => self.stare_per_day,
            Daily::List => self.lists_per_day,
            Daily::PagedList => self.paged_lists_per_day,
            Daily::Download => self.downloads_per_day,
            Daily::TransportList => self.transport_lists_per_day,
            Daily::TransportStare => self.transport_stare_per_day,
        }
    }
}

/// Calls counted so far.
#[derive(Default)]
pub(crate) struct Usage {
    day: Option<Date>,
    daily: HashMap<(Daily, String), u32>,
    minutes: HashMap<String, (Timestamp, u32)>,
    seconds: HashMap<Operation, (i64, u32)>,
}

impl Usage {
    /// Counts one call of the present minute; says how long the rest of the minute is when there were too many. A
    /// minute begins with a person's first call after the last one ended.
    pub(crate) fn minute_exhausted(
        &mut self,
        limits: &Limits,
        who: &str,
        now: Timestamp,
    ) -> Option<SignedDuration> {
        const MINUTE: SignedDuration = SignedDuration::from_secs(60);
        let (began, count) = self.minutes.entry(who.to_owned()).or_insert((now, 0));
        let age = now.duration_since(*began);
        if age >= MINUTE || age.is_negative() {
            (*began, *count) = (now, 0);
        }
        if *count >= limits.calls_per_minute {
            return Some(MINUTE - now.duration_since(*began));
        }
        *count += 1;
        None
    }

    /// Counts one request of the present second to a registry; says whether there were too many.
    pub(crate) fn second_exhausted(
        &mut self,
        limits: &Limits,
        registry: Operation,
        now: Timestamp,
    ) -> bool {
        let (second, count) = self.seconds.entry(registry).or_default();
        if *second != now.as_second() {
            (*second, *count) = (now.as_second(), 0);
        }
        *count = count.saturating_add(1);
        *count > limits.registry_requests_per_second
    }

    /// Counts one call of the present day, which turns at midnight in Bucharest; gives the limit when it is used up.
    pub(crate) fn day_exhausted(
        &mut self,
        limits: &Limits,
        what: Daily,
        key: &str,
        now: Timestamp,
    ) -> Option<u32> {
        let today = clock::day(now);
        if self.day != Some(today) {
            self.day = Some(today);
            self.daily.clear();
        }
        let limit = limits.daily(what);
        let count = self.daily.entry((what, key.to_owned())).or_insert(0);
        if *count >= limit {
            return Some(limit);
        }
        *count += 1;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_turns_at_midnight_in_bucharest() {
        let limits = Limits {
            downloads_per_day: 2,
            ..Limits::default()
        };
        let mut usage = Usage::default();
        let mut call = |now| usage.day_exhausted(&limits, Daily::Download, "7", at(now));
        assert_eq!(call("2026-07-01T20:59:58Z"), None);
        assert_eq!(call("2026-07-01T20:59:58Z"), None);
        assert_eq!(call("2026-07-01T20:59:59Z"), Some(2));
        assert_eq!(call("2026-07-01T21:00:00Z"), None);
    }

    #[test]
    fn a_minute_says_how_much_of_it_is_left() {
        let limits = Limits {
            calls_per_minute: 2,
            ..Limits::default()
        };
        let mut usage = Usage::default();
        let mut call = |now| usage.minute_exhausted(&limits, "a", at(now));
        assert_eq!(call("2026-07-01T20:00:30Z"), None);
        assert_eq!(call("2026-07-01T20:00:40Z"), None);
        assert_eq!(
            call("2026-07-01T20:01:10Z"),
            Some(SignedDuration::from_secs(20))
        );
        assert_eq!(call("2026-07-01T20:01:30Z"), None);
    }
}
