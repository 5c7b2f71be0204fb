//! After an upload whose outcome is unknown: looking for it in the list.

use std::fmt;

use anaf_http::Session;
use anaf_types::{Error, ErrorKind};
use jiff::Timestamp;

use crate::list::MessageStream;
use crate::{Download, Message, MessageKind, MessageQuery, Upload};

/// So many archives at most are downloaded in one search.
const DOWNLOADS: usize = 200;
/// ANAF's clock and this machine's may differ.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// What came of looking for a lost upload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LostUpload {
    /// It was taken, and accepted: this message's archive holds the very bytes. Do not send it again.
    Found(Message),
    /// It is not among what ANAF has listed since. That proves little for a quarter of an hour, and nothing while
    /// ANAF still processes it.
    NotSeen {
        /// Rejections listed since. An archive of a rejection does not hold the document, so one of them may be it;
        /// its errors tell.
        rejected: Vec<Message>,
        /// Messages that were not looked into: there were too many, or their archives cannot be had any more.
        unread: Vec<Message>,
    },
}

/// What came of it as a sentence.
impl fmt::Display for LostUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(message) => {
                write!(f, "it was taken, and accepted: message {}", message.id)
            }
            Self::NotSeen { rejected, unread } => write!(
                f,
                "not seen among what ANAF has listed since ({} rejections, {} messages not looked into); ANAF lists a \
                 filing up to 15 minutes after its verdict: look again before you send it again",
                rejected.len(),
                unread.len()
            ),
        }
    }
}

/// Looks at everything that was listed since, and compares the documents' bytes.
pub(crate) async fn find(
    session: &Session,
    upload: &Upload,
    since: Timestamp,
) -> Result<LostUpload, Error> {
    let start = since.checked_sub(SKEW).unwrap_or(since);
    let query = MessageQuery::new(upload.cif()).since(start);
    let mut messages = MessageStream::new(session.clone(), &query)?;
    let (mut rejected, mut unread) = (Vec::new(), Vec::new());
    let mut downloads = 0;
    while let Some(message) = messages.next().await {
        let message = message?;
        match message.kind {
            MessageKind::InvoiceErrors => rejected.push(message),
            MessageKind::InvoiceReceived | MessageKind::BuyerMessageReceived => {}
            _ if downloads >= DOWNLOADS => unread.push(message),
            _ => {
                downloads += 1;
                match session.call(&Download::new(message.id.clone())).await {
                    Ok(archive) if archive.document().bytes() == &upload.document().bytes()[..] => {
                        return Ok(LostUpload::Found(message));
                    }
                    Ok(_) => {}
                    Err(e) if stops_the_search(&e) => return Err(e),
                    Err(_) => unread.push(message),
                }
            }
        }
    }
    Ok(LostUpload::NotSeen { rejected, unread })
}
/// Whether the trouble is with ANAF or the token as a whole, rather than with one message's archive.
fn stops_the_search(e: &Error) -> bool {
    matches!(
        e.kind(),
        ErrorKind::Connect
            | ErrorKind::Timeout
            | ErrorKind::ConnectionLost
            | ErrorKind::Server
            | ErrorKind::Unauthorized
            | ErrorKind::NeedsLogin
            | ErrorKind::Store
            | ErrorKind::OAuth
            | ErrorKind::ConcurrentTokens
    )
}
