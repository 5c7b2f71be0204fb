//! Rows of a list that cannot be read: kept as they came, and the others read all the same.

use std::fmt;

use anaf_types::answer::{self, Answer};
use anaf_types::{Delivery, Error, ErrorKind, text};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::Message;

/// A row of a list that is no readable message: without an id, or of another shape. ANAF may mean something by it, so
/// it is kept as it came. `Debug` and `Display` mask personal codes.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnreadableRow {
    /// The row's JSON, byte for byte.
    pub json: Box<str>,
    /// What is wrong with it.
    pub reason: Box<str>,
}

impl UnreadableRow {
    pub(super) fn new(json: &str, reason: impl Into<Box<str>>) -> Self {
        Self {
            json: json.into(),
            reason: reason.into(),
        }
    }

    /// The row as an error: [`ErrorKind::Unreadable`], with the row's JSON as [`Error::said`].
    #[must_use]
    pub fn to_error(&self) -> Error {
        Error::new(ErrorKind::Unreadable)
            .delivered(Delivery::Answered)
            .because(format!("a row of the list: {}", self.reason))
            .quoting(&*self.json)
    }
}

impl fmt::Display for UnreadableRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = text::mask_personal_codes(&self.json);
        write!(f, "a row that cannot be read ({}): {json}", self.reason)
    }
}

impl fmt::Debug for UnreadableRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnreadableRow")
            .field("json", &text::mask_personal_codes(&self.json))
            .field("reason", &self.reason)
            .finish()
    }
}

/// An answer that has rows.
pub(super) trait Rows: DeserializeOwned + Default {
    fn put(&mut self, messages: Vec<Message>, unreadable: Vec<UnreadableRow>);
}

/// Reads an answer row by row, after it could not be read as a whole. `None` when the rows are not to blame, or when not
/// one of them is readable: then it is the answer that has no known form.
pub(super) fn row_by_row<T: Rows>(answer: &Answer) -> Option<T> {
    #[derive(Deserialize)]
    struct Raw<'a> {
        #[serde(borrow)]
        mesaje: Vec<&'a RawValue>,
    }
    let body = answer
        .body
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(&answer.body);
    // What ANAF may append to its JSON does not matter here either.
    let rows = Raw::deserialize(&mut serde_json::Deserializer::from_slice(body)).ok()?;
    let (mut messages, mut unreadable) = (Vec::new(), Vec::new());
    for row in &rows.mesaje {
        match serde_json::from_str(row.get()) {
            Ok(message) => messages.push(message),
            Err(error) => unreadable.push(UnreadableRow::new(row.get(), error.to_string())),
        }
    }
    if messages.is_empty() {
        return None;
    }
    let mut list: T = around(answer, body, &rows.mesaje)?;
    tracing::warn!(
        rows = unreadable.len(),
        "the list has rows that cannot be read"
    );
    list.put(messages, unreadable);
    Some(list)
}

/// The answer without its rows.
fn around<T: Rows>(answer: &Answer, body: &[u8], rows: &[&RawValue]) -> Option<T> {
    let offset = |at: &str| (at.as_ptr() as usize).checked_sub(body.as_ptr() as usize);
    let start = offset(rows.first()?.get())?;
    let last = rows.last()?.get();
    let end = offset(last)?.checked_add(last.len())?;
    let rest = [body.get(..start)?, body.get(end..)?].concat();
    answer::object(&Answer::new(answer.status, rest)).ok()
}
