//! Walking all pages of a list.

use std::collections::HashSet;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use anaf_http::Session;
use anaf_types::{DownloadId, Error, ErrorKind, limits, text};
use futures_core::Stream;
use jiff::Timestamp;

use super::{ListPage, Message, MessageQuery, Page, UnreadableRow, Window};

/// So many pages in a row without a new message mean that ANAF repeats itself.
const BARREN: u32 = 3;

/// What to ask next, and what the answers so far amount to. No I/O.
pub(super) struct Walk {
    query: MessageQuery,
    window: Window,
    page: u64,
    total: Option<u64>,
    seen: HashSet<DownloadId>,
    /// Rows that are no readable messages, each once.
    unreadable: Vec<UnreadableRow>,
    seen_rows: HashSet<Box<str>>,
    /// So many of them have been given.
    told: usize,
    barren: u32,
    /// The pages of the first walk, once it is over and the pages are walked once more.
    again: Option<u64>,
    clock_corrected: bool,
    start_corrected: bool,
    done: bool,
}

impl Walk {
    pub(super) fn new(query: &MessageQuery, now: Timestamp) -> Result<Self, Error> {
        let too_fresh = query.is_too_fresh(now);
        Ok(Self {
            window: match too_fresh {
                Some(window) => window,
                None => query.freeze(now)?,
            },
            query: query.clone(),
            page: 1,
            total: None,
            seen: HashSet::new(),
            unreadable: Vec::new(),
            seen_rows: HashSet::new(),
            told: 0,
            barren: 0,
            again: None,
            clock_corrected: false,
            start_corrected: false,
            done: too_fresh.is_some(),
        })
    }

    pub(super) fn ask(&self) -> Option<ListPage> {
        let page = ListPage::new(self.query.cif, self.window, self.page);
        (!self.done).then(|| page.filter_if(self.query.filter))
    }

    /// Takes the answer to the last question; gives the messages that are new.
    pub(super) fn take(&mut self, answer: Result<Page, Error>) -> Result<Vec<Message>, Error> {
        match answer {
            Ok(page) => self.take_page(page),
            Err(e) => self.take_error(e).map(|()| Vec::new()),
        }
    }

    fn take_error(&mut self, e: Error) -> Result<(), Error> {
        let said = e.said().unwrap_or_default();
        if e.kind() == ErrorKind::InvalidParameter {
            let past_the_end = text::fold(said).contains("pagina solicitata");
            if past_the_end && self.page > 1 {
                self.finish();
                return Ok(());
            }
            if let Some(window) = self.window.corrected(said, self.query.margin) {
                let starts_elsewhere = window.start() != self.window.start();
                let corrected = match starts_elsewhere {
                    true => &mut self.start_corrected,
                    false => &mut self.clock_corrected,
                };
                if !std::mem::replace(corrected, true) {
                    // Another window has other pages; what was given already is known by its id.
                    self.window = window;
                    self.begin();
                    return Ok(());
                }
            }
        }
        self.done = true;
        Err(e)
    }

    fn take_page(&mut self, page: Page) -> Result<Vec<Message>, Error> {
        let count = page.messages.len() + page.unreadable.len();
        if count == 0 {
            self.finish();
            return Ok(Vec::new());
        }
        self.total = page.total;
        let mut fresh = page.messages;
        fresh.retain(|message| self.seen.insert(message.id.clone()));
        for row in page.unreadable {
            if self.seen_rows.insert(row.json.clone()) {
                self.unreadable.push(row);
            }
        }
        self.barren = match fresh.is_empty() && self.again.is_none() {
            true => self.barren + 1,
            false => 0,
        };
        if self.barren >= BARREN {
            self.done = true;
            return Err(Error::new(ErrorKind::Unreadable)
                .delivered(anaf_types::Delivery::Answered)
                .during(ListPage::NAME)
                .because(format!(
                    "pages {} to {} of the list repeat earlier ones",
                    self.page + 1 - u64::from(BARREN),
                    self.page
                )));
        }
        let last = match page.pages {
            Some(pages) => self.page >= pages,
            None => count < limits::PAGE_SIZE as usize,
        };
        // Whatever number of pages ANAF claims, the second walk is little longer than the first.
        let enough = self.again.is_some_and(|pages| self.page > pages);
        match last || enough {
            true => self.finish(),
            false => self.page += 1,
        }
        Ok(fresh)
    }

    fn begin(&mut self) {
        self.page = 1;
        self.total = None;
        self.barren = 0;
    }

    /// How many messages ANAF counts and did not give.
    fn missing(&self) -> u64 {
        let total = self.total.unwrap_or_default();
        total.saturating_sub((self.seen.len() + self.unreadable.len()) as u64)
    }

    /// The next row that could not be read, once all the others are given.
    fn tell(&mut self) -> Option<Error> {
        let row = self.unreadable.get(self.told)?;
        self.told += 1;
        Some(row.to_error().during(ListPage::NAME))
    }

    /// The last page is read. If messages are missing (they moved between pages, or a page came empty), the pages are
    /// walked once more.
    fn finish(&mut self) {
        if self.missing() > 0 && self.again.is_none() {
            self.again = Some(self.page);
            self.begin();
        } else {
            self.done = true;
        }
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<Page, Error>> + Send>>;

/// The messages of all pages, each once. It asks for a page when it is polled and has none left.
///
/// The window is frozen when the stream is made, so that messages that arrive meanwhile do not shift the pages; pages
/// are counted here, by ANAF's number of them; messages are told apart by id. After a call that failed the stream is
/// over: what it gave before stays good, and a new stream gives the rest again.
///
/// A row that is no readable message hinders none of the others. Such rows come last, each as an error of
/// [`ErrorKind::Unreadable`] with the row's JSON as [`Error::said`]; who stops at the first error has then seen all
/// there is to read. [`MessageStream::unreadable`] gives them as values.
#[must_use = "streams do nothing unless polled"]
pub struct MessageStream {
    session: Session,
    walk: Walk,
    waiting: Option<Answer>,
    ready: std::vec::IntoIter<Message>,
    /// A call failed, so the stream is over.
    failed: bool,
}

/// What a stream gave in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Collected {
    /// The messages, each once.
    pub messages: Vec<Message>,
    /// Rows that are no readable messages, as they came.
    pub unreadable: Vec<UnreadableRow>,
    /// How many messages ANAF counts and has not given; see [`MessageStream::missing`].
    pub missing: u64,
}

impl MessageStream {
    pub(crate) fn new(session: Session, query: &MessageQuery) -> Result<Self, Error> {
        let walk = Walk::new(query, session.clock().now())?;
        Ok(Self {
            session,
            walk,
            waiting: None,
            ready: Vec::new().into_iter(),
            failed: false,
        })
    }

    /// The next message; `None` when there are no more. The same as `StreamExt::next`, without the import.
    ///
    /// # Errors
    /// What the call for a page failed with.
    pub async fn next(&mut self) -> Option<Result<Message, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// All messages that are left, held in memory.
    ///
    /// # Errors
    /// What a call for a page failed with; [`ErrorKind::Unreadable`] when a row is no readable message. Where one such
    /// row must not stand in the way of the others, use [`MessageStream::collect_all`].
    pub async fn collect(mut self) -> Result<Vec<Message>, Error> {
        let mut messages = Vec::new();
        while let Some(message) = self.next().await {
            messages.push(message?);
        }
        Ok(messages)
    }

    /// All messages that are left, held in memory, and beside them the rows that could not be read.
    ///
    /// # Errors
    /// What a call for a page failed with.
    pub async fn collect_all(mut self) -> Result<Collected, Error> {
        let mut messages = Vec::new();
        while let Some(message) = self.next().await {
            match message {
                Ok(message) => messages.push(message),
                // The rows that cannot be read come last, and only once all pages were walked.
                Err(_) if self.walk.told > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(Collected {
            messages,
            missing: self.missing(),
            unreadable: self.walk.unreadable,
        })
    }

    /// The rows met so far that are no readable messages, each once.
    #[must_use]
    pub fn unreadable(&self) -> &[UnreadableRow] {
        &self.walk.unreadable
    }

    /// How many messages ANAF says there are, once a page has come.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.walk.total
    }

    /// How many messages ANAF counts and has not given, readable or not, also when the pages were walked once more. Ask when the stream
    /// is over; anything but 0 means that the list should be asked for again later.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.walk.missing()
    }

    /// The window that is walked.
    #[must_use]
    pub fn window(&self) -> Window {
        self.walk.window
    }
}

impl Stream for MessageStream {
    type Item = Result<Message, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(message) = self.ready.next() {
                return Poll::Ready(Some(Ok(message)));
            }
            let Some(waiting) = &mut self.waiting else {
                let Some(page) = self.walk.ask() else {
                    return Poll::Ready(self.walk.tell().filter(|_| !self.failed).map(Err));
                };
                let session = self.session.clone();
                self.waiting = Some(Box::pin(async move { session.call(&page).await }));
                continue;
            };
            let answer = ready!(waiting.as_mut().poll(cx));
            self.waiting = None;
            match self.walk.take(answer) {
                Ok(messages) => self.ready = messages.into_iter(),
                Err(e) => {
                    self.failed = true;
                    return Poll::Ready(Some(Err(e)));
                }
            }
        }
    }
}

impl fmt::Debug for MessageStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageStream")
            .field("window", &self.walk.window)
            .field("page", &self.walk.page)
            .field("total", &self.walk.total)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anaf_types::answer;
    use proptest::prelude::*;

    fn walk() -> Walk {
        let query = MessageQuery::new("12345674".parse().unwrap());
        Walk::new(&query, "2026-07-30T12:00:00Z".parse().unwrap()).unwrap()
    }

    fn page(ids: std::ops::Range<u64>, pages: u64, total: u64) -> Result<Page, Error> {
        let rows: Vec<String> = ids.map(|id| format!(r#"{{"id":{id}}}"#)).collect();
        let json = format!(
            r#"{{"mesaje":[{}],"numar_total_pagini":{pages},"numar_total_inregistrari":{total},"index_pagina_curenta":1}}"#,
            rows.join(",")
        );
        Ok(serde_json::from_str(&json).unwrap())
    }

    fn ids(messages: &[Message]) -> Vec<u64> {
        messages
            .iter()
            .map(|m| m.id.as_str().parse().unwrap())
            .collect()
    }

    #[test]
    fn pages_are_counted_here_and_messages_given_once() {
        let mut walk = walk();
        assert_eq!(ids(&walk.take(page(1..4, 3, 7)).unwrap()), [1, 2, 3]);
        assert_eq!(ids(&walk.take(page(3..6, 3, 7)).unwrap()), [4, 5]);
        assert_eq!(walk.page, 3);
        assert_eq!(ids(&walk.take(page(6..8, 3, 7)).unwrap()), [6, 7]);
        assert!(walk.ask().is_none());
    }

    #[test]
    fn rows_that_cannot_be_read_come_last_and_are_not_missing() {
        let with = |mut page: Page, rows: &[&str]| -> Result<Page, Error> {
            page.unreadable = rows
                .iter()
                .map(|json| UnreadableRow::new(json, "odd"))
                .collect();
            Ok(page)
        };
        let mut walk = walk();
        let first = with(page(1..3, 2, 5).unwrap(), &["7", "8"]);
        assert_eq!(ids(&walk.take(first).unwrap()), [1, 2]);
        let second = with(page(3..4, 2, 5).unwrap(), &["8"]);
        assert_eq!(ids(&walk.take(second).unwrap()), [3]);
        assert!(walk.done && walk.missing() == 0, "{}", walk.missing());
        let told: Vec<Error> = std::iter::from_fn(|| walk.tell()).collect();
        let said: Vec<_> = told.iter().filter_map(Error::said).collect();
        assert_eq!(said, ["7", "8"]);
        assert!(told.iter().all(|e| e.kind() == ErrorKind::Unreadable));
    }

    #[test]
    fn shifted_pages_are_walked_once_more() {
        let mut walk = walk();
        walk.take(page(1..4, 2, 5)).unwrap();
        // One message went away: what stood first on page two stands last on page one now.
        walk.take(page(5..6, 2, 4)).unwrap();
        assert!(walk.done, "nothing is missing by the new count");
        let mut walk = self::walk();
        walk.take(page(1..4, 2, 6)).unwrap();
        walk.take(page(6..7, 2, 5)).unwrap();
        assert_eq!(walk.page, 1);
        assert_eq!(ids(&walk.take(page(2..5, 2, 5)).unwrap()), [4]);
        walk.take(page(5..7, 2, 5)).unwrap();
        assert!(walk.done && walk.seen.len() == 6);
    }

    #[test]
    fn it_ends_on_empty_pages_and_past_the_end_and_when_anaf_repeats_itself() {
        let past =
            answer::said("Pagina solicitata 2 este mai mare decat numarul toatal de pagini 1");
        let mut walk = walk();
        assert!(walk.take(Err(past.clone())).is_err(), "on the first page");
        let mut walk = self::walk();
        walk.take(page(1..3, 2, 2)).unwrap();
        walk.take(Err(past)).unwrap();
        assert!(walk.done);
        let mut walk = self::walk();
        walk.take(page(0..0, 9, 9)).unwrap();
        assert!(walk.done);
        let mut walk = self::walk();
        walk.take(page(1..3, 3, 5)).unwrap();
        walk.take(page(0..0, 3, 5)).unwrap();
        assert!(
            !walk.done,
            "an empty page in the middle is asked for once more"
        );
        walk.take(page(1..3, 3, 5)).unwrap();
        walk.take(page(0..0, 3, 5)).unwrap();
        assert!(walk.done && walk.missing() == 3);
        let mut walk = self::walk();
        let outcome: Vec<bool> = (0..4)
            .map(|_| walk.take(page(1..3, u64::MAX, 9)).is_ok())
            .collect();
        assert_eq!(outcome, [true, true, true, false]);
    }

    #[test]
    fn anafs_clock_corrects_the_window_once() {
        let ahead = || {
            Err(answer::said(
                "endTime = 30-07-2026 14:59:55 nu poate in viitor fata de momentul requestului = 30-07-2026 14:59:50",
            ))
        };
        let mut walk = walk();
        assert!(walk.take(ahead()).unwrap().is_empty());
        let end: Timestamp = "2026-07-30T11:59:45Z".parse().unwrap();
        assert_eq!(walk.window.end(), end);
        assert_eq!(walk.ask().unwrap(), walk.ask().unwrap());
        assert!(walk.take(ahead()).is_err());
        assert!(walk.ask().is_none());
    }

    proptest! {
        #[test]
        fn it_always_ends(answers in proptest::collection::vec((0_u64..5, 0_u64..4, 0_u64..4, 0_u64..9), 40)) {
            let mut walk = walk();
            for (start, length, pages, total) in answers {
                if walk.ask().is_none() {
                    break;
                }
                let _ = walk.take(page(start..start + length, pages, total));
            }
            prop_assert!(walk.ask().is_none());
        }
    }
}
