//! Why a link or a callback did not work, for the person and for the log.

use anaf_types::{Error, ErrorKind};

use super::{Language, Page};

/// What was wrong with a link, a callback, or the login behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoginTrouble {
    /// The link or the `state` was not made by this application: mangled on its way, or made up.
    Forged,
    /// It was made by this application, but no store knows it any more.
    Unknown,
    /// Its time is over.
    Expired,
    /// A login with it succeeded already, or is just being finished.
    Used,
    /// The application took it back.
    Cancelled,
    /// An earlier attempt failed for good.
    Spent,
    /// ANAF refused the login: no USB token, no right, the browser's memory. The link may be opened again.
    Refused,
    /// ANAF did not accept the code: it lives 60 seconds. The link may be opened again.
    Late,
    /// ANAF gives a user one token at a time, and another request of theirs is under way or was just refused for it (255).
    /// The link may be opened again after a minute; [`LoginFailure::error`] says when.
    Busy,
    /// Something failed here or at ANAF; [`LoginFailure::error`] says what.
    Failed,
}

impl LoginTrouble {
    fn why(self) -> &'static str {
        match self {
            Self::Forged => "the link or the state was not made by this application",
            Self::Unknown => "the link is not known any more",
            Self::Expired => "the link has expired",
            Self::Used => "the link was used already",
            Self::Cancelled => "the link was taken back",
            Self::Spent => "an earlier attempt with the link failed for good",
            Self::Refused => "ANAF refused the login",
            Self::Late => "ANAF did not accept the code",
            Self::Busy => "ANAF gives one user one token at a time",
            Self::Failed => "the login could not be finished",
        }
    }

    /// The HTTP status that a page about it should have.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Forged => 400,
            Self::Unknown => 404,
            Self::Expired | Self::Used | Self::Cancelled | Self::Spent => 410,
            Self::Refused | Self::Late => 403,
            Self::Busy | Self::Failed => 503,
        }
    }
}

/// A login that did not come about: what to log ([`LoginFailure::error`]), and what to show ([`LoginFailure::page`]).
#[derive(Clone, Debug)]
pub struct LoginFailure {
    trouble: LoginTrouble,
    error: Error,
}

impl LoginFailure {
    pub(super) fn new(trouble: LoginTrouble) -> Self {
        let error = Error::new(ErrorKind::LoginRefused).because(trouble.why());
        Self::because(trouble, error)
    }

    pub(super) fn because(trouble: LoginTrouble, error: Error) -> Self {
        Self { trouble, error }
    }

    /// What the trouble is.
    #[must_use]
    pub fn trouble(&self) -> LoginTrouble {
        self.trouble
    }

    /// The error behind it.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// The page for the person: what happened, and what to try next.
    #[must_use]
    pub fn page(&self, language: Language) -> Page {
        Page::failure(self.trouble, language)
    }
}

impl std::fmt::Display for LoginFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.trouble.why(), self.error)
    }
}

impl std::error::Error for LoginFailure {}

impl From<LoginFailure> for Error {
    fn from(failure: LoginFailure) -> Self {
        failure.error
    }
}
