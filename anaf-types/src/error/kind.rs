//! The kinds of failure, and what each means in words.

use std::fmt;

#[cfg(doc)]
use super::Error;

/// What went wrong. Each kind's doc says what to do, and whether [`Error::is_retryable`] holds.
///
/// The table that derives kinds from ANAF's answers stands in [`crate::answer`]; `docs/troubleshooting.md` of the
/// repository has a paragraph for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call was refused here, before anything was sent: a file over the size limit, a window over 60 days,
    /// a missing setting. Correct the call. Not retryable.
    InvalidInput,
    /// No connection could be made: name, route, TLS, or refused. Nothing was sent. Retryable.
    Connect,
    /// The time for connecting, reading or the whole call ran out. Look at [`Error::delivery`]. Retryable where
    /// the call only reads.
    Timeout,
    /// The connection broke while the call was under way. Look at [`Error::delivery`]. Retryable where the call
    /// only reads.
    ConnectionLost,
    /// A limit: HTTP 429, ANAF's text about a daily limit, or the local ledger's refusal. Wait for
    /// [`Error::retry_after`]; ANAF blocks callers who go on. Retryable after that.
    Quota,
    /// HTTP 401: the access token is invalid or expired, and one refresh did not help. Not retryable.
    Unauthorized,
    /// The grant is gone: refresh token expired, revoked, or never stored. A person must log in again with the
    /// certificate. Not retryable.
    NeedsLogin,
    /// The person's login was refused (`access_denied`, or a wrong or expired `state` or code). Start a new login.
    LoginRefused,
    /// 255: several tokens were asked for by one user at once. Wait a minute, then ask once. Retryable after a pause.
    ConcurrentTokens,
    /// ANAF's token endpoint refused for another reason (`invalid_client`, `invalid_request` …). Correct the
    /// application's registration or settings. Not retryable.
    OAuth,
    /// HTTP 403: the token is good, but not for this URL or service; also ANAF's answer to some wrong paths.
    /// Enrol the application for the service. Not retryable.
    Forbidden,
    /// ANAF says that the user has no right in SPV for the fiscal code or message. Not retryable.
    NoRight,
    /// HTTP 404, or ANAF's text that there is no such invoice, message or declaration. Not retryable.
    NotFound,
    /// The message can no longer be downloaded: its 60 days are over. Terminal.
    Gone,
    /// ANAF refuses a parameter (HTTP 400, or a text about it). Correct the call. Not retryable.
    InvalidParameter,
    /// ANAF refused the document at the door: not valid by the schema, or too large. Correct it. Not retryable.
    InvalidDocument,
    /// The simple list has more than 500 messages: use the paged one. Not retryable.
    ListTooLong,
    /// ANAF has nothing for this query. List operations turn it into an empty list; it surfaces only elsewhere.
    NothingFound,
    /// The firewall in front of ANAF answered instead of ANAF (an HTML page with HTTP 200). Give
    /// [`Error::support_id`] to ANAF; look for firewall triggers in the document. Not retryable as it is.
    Firewall,
    /// A login page or a redirect to one came instead of an answer. Not retryable.
    LoginPage,
    /// HTTP 5xx. Retryable where the call only reads.
    Server,
    /// ANAF's own "A aparut o eroare tehnica". Try later. Retryable where the call only reads.
    Technical,
    /// A success status with no body. Retryable where the call only reads.
    Empty,
    /// The answer stops in the middle. Retryable where the call only reads.
    Truncated,
    /// The answer is none of the forms that ANAF is known to give. Report it with [`Error::said`].
    Unreadable,
    /// The answer is larger than the cap for this call; it was not held in memory. Raise the cap if it is right.
    TooLarge,
    /// ANAF said something that no known text matches: it is in [`Error::said`], word for word.
    Other,
    /// The token store failed. The cause is in the message.
    Store,
}

impl ErrorKind {
    /// Every kind there is, in the order of their declaration.
    pub const ALL: &[Self] = &[
        Self::InvalidInput,
        Self::Connect,
        Self::Timeout,
        Self::ConnectionLost,
        Self::Quota,
        Self::Unauthorized,
        Self::NeedsLogin,
        Self::LoginRefused,
        Self::ConcurrentTokens,
        Self::OAuth,
        Self::Forbidden,
        Self::NoRight,
        Self::NotFound,
        Self::Gone,
        Self::InvalidParameter,
        Self::InvalidDocument,
        Self::ListTooLong,
        Self::NothingFound,
        Self::Firewall,
        Self::LoginPage,
        Self::Server,
        Self::Technical,
        Self::Empty,
        Self::Truncated,
        Self::Unreadable,
        Self::TooLarge,
        Self::Other,
        Self::Store,
    ];

    /// The kind as a short `snake_case` word, stable, for logs and metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::ConnectionLost => "connection_lost",
            Self::Quota => "quota",
            Self::Unauthorized => "unauthorized",
            Self::NeedsLogin => "needs_login",
            Self::LoginRefused => "login_refused",
            Self::ConcurrentTokens => "concurrent_tokens",
            Self::OAuth => "oauth",
            Self::Forbidden => "forbidden",
            Self::NoRight => "no_right",
            Self::NotFound => "not_found",
            Self::Gone => "gone",
            Self::InvalidParameter => "invalid_parameter",
            Self::InvalidDocument => "invalid_document",
            Self::ListTooLong => "list_too_long",
            Self::NothingFound => "nothing_found",
            Self::Firewall => "firewall",
            Self::LoginPage => "login_page",
            Self::Server => "server",
            Self::Technical => "technical",
            Self::Empty => "empty",
            Self::Truncated => "truncated",
            Self::Unreadable => "unreadable",
            Self::TooLarge => "too_large",
            Self::Other => "other",
            Self::Store => "store",
        }
    }

    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::InvalidInput => "refused before sending",
            Self::Connect => "no connection to ANAF could be made; nothing was sent",
            Self::Timeout => "the time for the call ran out",
            Self::ConnectionLost => "the connection broke during the call",
            Self::Quota => "a limit of ANAF's is reached",
            Self::Unauthorized => "ANAF does not accept the access token, also after a refresh",
            Self::NeedsLogin => "a person must log in with the certificate",
            Self::LoginRefused => "the login was refused",
            Self::ConcurrentTokens => "ANAF gives a user one token at a time (its error 255)",
            Self::OAuth => "ANAF's token endpoint refused the request",
            Self::Forbidden => {
                "the token is not allowed for this service (is the application enrolled for it?)"
            }
            Self::NoRight => "the user has no right in SPV for this",
            Self::NotFound => "ANAF does not know this",
            Self::Gone => "the message can no longer be downloaded: its 60 days are over",
            Self::InvalidParameter => "ANAF refuses a parameter",
            Self::InvalidDocument => "ANAF refused the document at the door",
            Self::ListTooLong => "the list is longer than 500 messages: use the paged list",
            Self::NothingFound => "ANAF has nothing for this query",
            Self::Firewall => "the firewall in front of ANAF refused the request",
            Self::LoginPage => "a login page came instead of an answer",
            Self::Server => "ANAF's server failed",
            Self::Technical => "ANAF reports a technical error of its own",
            Self::Empty => "ANAF's answer is empty",
            Self::Truncated => "ANAF's answer is cut short",
            Self::Unreadable => "ANAF's answer has no known form",
            Self::TooLarge => "ANAF's answer is larger than the cap for this call",
            Self::Other => "ANAF refused",
            Self::Store => "the token store failed",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
