//! The one error type of the family.

mod kind;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::text;

pub use kind::ErrorKind;

/// What is known of the request's way to ANAF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// No byte of it left this machine: sending it again is safe, whatever it was.
    NotSent,
    /// It may have arrived and may have had its effect.
    MaybeSent,
    /// ANAF, or something in front of it, answered.
    Answered,
}

/// Which limit an [`ErrorKind::Quota`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QuotaScope {
    /// Calls a minute, all together.
    Minute,
    /// A daily limit; it starts anew at midnight in Bucharest.
    Day,
}

/// What went wrong on the way: the kind, the operation, what ANAF said, and what happened to the request.
///
/// `Display` and `Debug` mask personal codes (CNP) in ANAF's texts; [`Error::said`] gives them word for word.
/// No secret is ever part of an error.
///
/// ```
/// use anaf_types::{Error, ErrorKind};
/// # fn upload() -> Result<(), Error> { Err(Error::new(ErrorKind::Timeout).filing(true)) }
/// if let Err(e) = upload() {
///     if e.is_outcome_unknown() {
///         // Look for the document in the list before you send it again.
///     } else if let Some(pause) = e.retry_after() {
///         println!("come back in {pause:?}");
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Error(Box<Facts>);

#[derive(Clone, Debug)]
struct Facts {
    kind: ErrorKind,
    delivery: Delivery,
    operation: Option<&'static str>,
    status: Option<u16>,
    said: Option<String>,
    detail: Option<Cow<'static, str>>,
    support_id: Option<String>,
    retry_after: Option<Duration>,
    quota: Option<QuotaScope>,
    limit: Option<u64>,
    grant: Option<String>,
    filing: bool,
    attempts: u32,
}

impl Error {
    /// An error of a kind, [`Delivery::NotSent`] until [`Error::delivered`] says otherwise.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Facts {
            kind,
            delivery: Delivery::NotSent,
            operation: None,
            status: None,
            said: None,
            detail: None,
            support_id: None,
            retry_after: None,
            quota: None,
            limit: None,
            grant: None,
            filing: false,
            attempts: 0,
        }))
    }

    /// Something refused before sending, with the reason.
    #[must_use]
    pub fn invalid_input(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidInput).because(detail)
    }

    /// Sets what is known of the delivery.
    #[must_use]
    pub fn delivered(mut self, delivery: Delivery) -> Self {
        self.0.delivery = delivery;
        self
    }

    /// Names the operation, such as `efactura.upload`, unless it is named already.
    #[must_use]
    pub fn during(mut self, operation: &'static str) -> Self {
        self.0.operation.get_or_insert(operation);
        self
    }

    /// Adds a sentence of ours about the cause. It must hold no secret.
    #[must_use]
    pub fn because(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Keeps ANAF's words.
    #[must_use]
    pub fn quoting(mut self, said: impl Into<String>) -> Self {
        self.0.said = Some(said.into());
        self
    }

    /// Keeps the HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Keeps the firewall's support id.
    #[must_use]
    pub fn with_support_id(mut self, id: Option<String>) -> Self {
        self.0.support_id = id;
        self
    }

    /// Says when to come back.
    #[must_use]
    pub fn with_retry_after(mut self, pause: Option<Duration>) -> Self {
        self.0.retry_after = pause;
        self
    }

    /// Says which limit it is, and the figure where ANAF named one.
    #[must_use]
    pub fn with_quota(mut self, scope: QuotaScope, limit: Option<u64>) -> Self {
        self.0.quota = Some(scope);
        self.0.limit = limit;
        self
    }

    /// Names the grant key that needs a login.
    #[must_use]
    pub fn for_grant(mut self, key: impl Into<String>) -> Self {
        self.0.grant = Some(key.into());
        self
    }

    /// Says whether the call files something, so that sending it twice would do harm.
    #[must_use]
    pub fn filing(mut self, filing: bool) -> Self {
        self.0.filing = filing;
        self
    }

    /// Says how many times the call was sent or tried.
    #[must_use]
    pub fn after_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What is known of the request's way to ANAF.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// The operation, such as `efactura.upload`.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The HTTP status, if there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// ANAF's words, exactly as they came. They may hold a personal code; do not log them unread.
    #[must_use]
    pub fn said(&self) -> Option<&str> {
        self.0.said.as_deref()
    }

    /// Our words about the cause.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The id that the firewall's page asks to be quoted to ANAF's administrators.
    #[must_use]
    pub fn support_id(&self) -> Option<&str> {
        self.0.support_id.as_deref()
    }

    /// How long to wait before trying again, where somebody said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Which limit was reached, for [`ErrorKind::Quota`].
    #[must_use]
    pub fn quota_scope(&self) -> Option<QuotaScope> {
        self.0.quota
    }

    /// The limit's figure, where ANAF's text named it.
    #[must_use]
    pub fn quota_limit(&self) -> Option<u64> {
        self.0.limit
    }

    /// The key of the grant that needs a login, where that is the trouble.
    #[must_use]
    pub fn grant_key(&self) -> Option<&str> {
        self.0.grant.as_deref()
    }

    /// How many times the call was tried; 0 if it never came so far.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether trying the same call later can help *and* cannot do harm. A filing is retryable only if it was
    /// provably not taken: not sent, or refused by a limit.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let passing = matches!(
            self.0.kind,
            ErrorKind::Connect
                | ErrorKind::Timeout
                | ErrorKind::ConnectionLost
                | ErrorKind::Quota
                | ErrorKind::ConcurrentTokens
                | ErrorKind::Server
                | ErrorKind::Technical
                | ErrorKind::Empty
                | ErrorKind::Truncated
        );
        passing && !self.is_outcome_unknown()
    }

    /// Whether a filing may or may not have been taken: its answer was lost, unreadable, or a server's failure.
    /// Look for the document in the list, or wait for it there, before sending it again.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.filing
            && match self.0.delivery {
                Delivery::NotSent => false,
                Delivery::MaybeSent => true,
                Delivery::Answered => matches!(
                    self.0.kind,
                    ErrorKind::Server
                        | ErrorKind::Timeout
                        | ErrorKind::ConnectionLost
                        | ErrorKind::Empty
                        | ErrorKind::Truncated
                        | ErrorKind::Unreadable
                        | ErrorKind::TooLarge
                        | ErrorKind::Technical
                ),
            }
    }

    /// Whether a limit was reached: wait for [`Error::retry_after`].
    #[must_use]
    pub fn is_quota(&self) -> bool {
        self.0.kind == ErrorKind::Quota
    }

    /// Whether only a person with the certificate can help.
    #[must_use]
    pub fn needs_login(&self) -> bool {
        self.0.kind == ErrorKind::NeedsLogin
    }

    /// Whether ANAF says that the user lacks a right for the fiscal code or the service.
    #[must_use]
    pub fn is_no_right(&self) -> bool {
        matches!(self.0.kind, ErrorKind::NoRight | ErrorKind::Forbidden)
    }

    /// Whether the thing asked for does not exist, or does no longer.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::NotFound | ErrorKind::Gone | ErrorKind::NothingFound
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = &*self.0;
        if let Some(operation) = facts.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(facts.kind.sentence())?;
        if let Some(detail) = &facts.detail {
            write!(f, ": {}", text::mask_personal_codes(detail))?;
        }
        if let Some(said) = &facts.said {
            write!(f, "; ANAF said: \"{}\"", text::mask_personal_codes(said))?;
        }
        if let Some(status) = facts.status.filter(|s| *s != 200) {
            write!(f, " (HTTP {status})")?;
        }
        if let Some(id) = &facts.support_id {
            write!(f, " (support id {id})")?;
        }
        if let Some(key) = &facts.grant {
            write!(f, " (grant `{}`)", text::mask_personal_codes(key))?;
        }
        if let Some(pause) = facts.retry_after {
            write!(f, "; come back in {} s", pause.as_secs_f64().ceil())?;
        }
        if self.is_outcome_unknown() {
            f.write_str("; the outcome is unknown: look for the document in the list before sending it again")?;
        }
        Ok(())
    }
}

/// The message of `Display`, and the facts that are known: `fn main() -> Result<(), Error>` prints this one.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = &*self.0;
        let mut shown = f.debug_struct("Error");
        shown
            .field("message", &format_args!("{self}"))
            .field("kind", &facts.kind)
            .field("delivery", &facts.delivery);
        let known: [(&str, Option<&dyn fmt::Debug>); 4] = [
            ("status", facts.status.as_ref().map(|status| status as _)),
            ("quota", facts.quota.as_ref().map(|scope| scope as _)),
            ("limit", facts.limit.as_ref().map(|limit| limit as _)),
            (
                "retry_after",
                facts.retry_after.as_ref().map(|pause| pause as _),
            ),
        ];
        for (name, value) in known {
            if let Some(value) = value {
                shown.field(name, value);
            }
        }
        shown
            .field("filing", &facts.filing)
            .field("attempts", &facts.attempts)
            .finish()
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filing_is_repeatable_only_when_it_was_provably_not_taken() {
        use Delivery::{Answered, MaybeSent, NotSent};
        use ErrorKind as K;
        // kind, delivery, filing → (retryable, outcome unknown)
        let cases = [
            (K::Connect, NotSent, true, (true, false)),
            (K::Timeout, MaybeSent, true, (false, true)),
            (K::Timeout, MaybeSent, false, (true, false)),
            (K::ConnectionLost, MaybeSent, true, (false, true)),
            (K::Server, Answered, true, (false, true)),
            (K::Server, Answered, false, (true, false)),
            (K::Quota, Answered, true, (true, false)),
            (K::Empty, Answered, true, (false, true)),
            (K::Technical, Answered, true, (false, true)),
            (K::InvalidDocument, Answered, true, (false, false)),
            (K::NeedsLogin, NotSent, true, (false, false)),
        ];
        for (kind, delivery, filing, expected) in cases {
            let e = Error::new(kind).delivered(delivery).filing(filing);
            assert_eq!(
                (e.is_retryable(), e.is_outcome_unknown()),
                expected,
                "{kind:?} {delivery:?} {filing}"
            );
        }
    }

    #[test]
    fn the_message_masks_personal_codes_and_says_what_to_do() {
        let e = Error::new(ErrorKind::NoRight)
            .during("efactura.upload")
            .quoting("Nu aveti drept in SPV pentru CIF=1900101123455")
            .with_status(200);
        let cnp_free = |text: String| assert!(!text.contains("1900101123455"), "{text}");
        cnp_free(e.to_string());
        cnp_free(format!("{e:?}"));
        assert_eq!(
            e.said(),
            Some("Nu aveti drept in SPV pentru CIF=1900101123455")
        );
        let e = Error::new(ErrorKind::Timeout)
            .delivered(Delivery::MaybeSent)
            .filing(true);
        assert!(e.to_string().contains("before sending it again"));
        let shown = format!("{:?}", Error::invalid_input("no file"));
        assert_eq!(
            shown,
            "Error { message: refused before sending: no file, kind: InvalidInput, delivery: NotSent, filing: false, attempts: 0 }"
        );
    }
}
