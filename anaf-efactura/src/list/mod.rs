//! The lists of messages: one row, its kinds and filters, and the two operations that fetch them.

mod message;
mod page;
mod roles;
mod simple;
mod unreadable;
mod walk;
mod window;

pub use message::{Message, MessageKind};
pub use page::{ListPage, Page};
pub use roles::Roles;
pub use simple::{List, MessageList};
pub use unreadable::UnreadableRow;
pub use walk::{Collected, MessageStream};
pub use window::{MessageQuery, Window};

use anaf_types::answer::{self, Answer, Shape};
use anaf_types::json::Text;
use anaf_types::{Error, ErrorKind};
use serde::{Deserialize, Deserializer};

use unreadable::{Rows, row_by_row};

/// Which messages a list shows: ANAF's parameter `filtru`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Filter {
    /// `E`: errors of filings.
    Errors,
    /// `T`: invoices sent.
    Sent,
    /// `P`: invoices received.
    Received,
    /// `R`: buyers' messages, sent and received.
    BuyerMessages,
}

impl Filter {
    /// The parameter's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Errors => "E",
            Self::Sent => "T",
            Self::Received => "P",
            Self::BuyerMessages => "R",
        }
    }
}

/// Reads a list. "There are no messages" is an empty list, not an error.
fn read<T: Rows>(answer: &Answer) -> Result<T, Error> {
    let failure = match answer::check(answer) {
        Ok(Shape::Json) if is_object(&answer.body) => match answer::json(answer) {
            Ok(list) => return Ok(list),
            Err(e) => match row_by_row(answer) {
                Some(list) => return Ok(list),
                None => long_failure(answer).unwrap_or(e),
            },
        },
        Ok(_) => {
            let why = "a list answers with a JSON object";
            answer::unreadable(answer, ErrorKind::Unreadable, why)
        }
        Err(e) => e,
    };
    match failure.kind() {
        ErrorKind::NothingFound => Ok(T::default()),
        _ => Err(failure),
    }
}

fn is_object(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    body.trim_ascii_start().first() == Some(&b'{')
}

/// A failure in a body that was too long for [`answer::check`] to look into.
fn long_failure(answer: &Answer) -> Option<Error> {
    #[derive(Deserialize)]
    struct Failure {
        eroare: String,
    }
    let failure: Failure = answer::json(answer).ok()?;
    Some(answer::answered(answer::said(&failure.eroare), answer))
}

/// `mesaje`: the key must be there, its value may be null.
fn rows<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Message>, D::Error> {
    Ok(Option::deserialize(d)?.unwrap_or_default())
}

/// A text, whatever ANAF writes in its place: it must not lose the rows.
fn words<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    Ok(Text::deserialize(d)?.filled().map(str::to_owned))
}
