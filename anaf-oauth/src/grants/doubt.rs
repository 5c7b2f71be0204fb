//! What can be known of a refresh whose answer was lost, and when it may be tried again.

use std::time::Duration;

use anaf_types::{Delivery, Error, ErrorKind};
use jiff::Timestamp;

use super::Shared;
use crate::store::{JournalEntry, Stored};

/// How long after a refresh whose answer was lost it is tried once more.
const ONCE_MORE: Duration = Duration::from_secs(60);
/// How often it is looked at again whether the time for the last resort has come.
const LOOK_AGAIN: Duration = Duration::from_secs(15 * 60);
/// With less than this left of the access token, a refresh token that may be dead is tried all the same.
const LAST_RESORT: Duration = Duration::from_secs(86_400);
/// How often after that, while the access token lives longer than the last resort.
const DAILY: Duration = Duration::from_secs(86_400);

/// A refresh that was begun and whose answer nobody wrote down, here or elsewhere, may have used up the refresh token:
/// while the access token lives long enough, it is tried once more after a minute, and then once a day, until the
/// token's end is near. ANAF might end the whole grant for a refresh token that comes twice.
pub(super) fn held_back(
    shared: &Shared,
    stored: &Stored,
    journal: &[JournalEntry],
) -> Result<(), Error> {
    let unanswered = || {
        journal
            .iter()
            .filter(|entry| entry.version == stored.version && entry.answer.is_none())
    };
    let Some(last) = unanswered().map(|entry| entry.begun_at).max() else {
        return Ok(());
    };
    let now = shared.clock().now();
    let left = |until: Timestamp| Duration::try_from(until.duration_since(now)).unwrap_or_default();
    let spare = left(stored.tokens.access_expires_at()).saturating_sub(LAST_RESORT);
    let pause = match unanswered().count() {
        1 => ONCE_MORE,
        _ => DAILY,
    };
    // A clock that jumped must not make a minute longer than a minute.
    let pause = left(last.saturating_add(pause).unwrap_or(now)).min(pause);
    if spare.is_zero() || pause.is_zero() {
        return Ok(());
    }
    let lost = Error::new(ErrorKind::Timeout)
        .delivered(Delivery::MaybeSent)
        .during("oauth.refresh")
        .because("an earlier refresh was never answered")
        .with_retry_after(Some(pause.min(spare).min(LOOK_AGAIN)));
    Err(in_doubt(lost, stored))
}

/// Whether ANAF has certainly not used up the refresh token. A server that fails says so itself; a gateway's 502 or 504
/// says nothing about the server behind it.
pub(super) fn is_certain(error: &Error) -> bool {
    let of_a_gateway = matches!(error.status(), Some(502 | 504));
    if error.kind() == ErrorKind::Server && !of_a_gateway {
        return true;
    }
    error.delivery() == Delivery::NotSent
        || error.delivery() == Delivery::Answered
            && matches!(
                error.kind(),
                ErrorKind::Quota
                    | ErrorKind::ConcurrentTokens
                    | ErrorKind::OAuth
                    | ErrorKind::Forbidden
                    | ErrorKind::NotFound
                    | ErrorKind::LoginPage
                    | ErrorKind::Firewall
            )
}

/// The answer is lost, and with it perhaps the new pair.
pub(super) fn in_doubt(error: Error, stored: &Stored) -> Error {
    let detail = error.detail().map_or(String::new(), |d| format!("{d}; "));
    let until = stored.tokens.access_expires_at().round(jiff::Unit::Second);
    let until: Timestamp = until.unwrap_or(stored.tokens.access_expires_at());
    error.because(format!(
        "{detail}ANAF may have ended the old refresh token and its new pair may be lost; the access token serves until \
         {until}, and the refresh is tried again only after a pause"
    ))
}
