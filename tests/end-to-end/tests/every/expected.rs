//! What each failure must end in. Derived from what ANAF's services say on the wire and from what HTTP promises, not
//! from what the code does: first by the failure's class, then the few operations for which the same answer means
//! something else.

use anaf_types::{Delivery, ErrorKind};

use super::Op;

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// The answer is good all the same.
    Good,
    /// It fails.
    Failed {
        kind: ErrorKind,
        delivery: Delivery,
        /// A filing may or may not have been taken.
        unknown: bool,
        /// What only reads is sent again by the session.
        again: bool,
    },
}

use Delivery::{Answered, MaybeSent, NotSent};
use ErrorKind as K;

/// ANAF or its gateway refuses: nothing was filed, and the same call would be refused again.
const fn refused(kind: K) -> Expected {
    Expected::Failed {
        kind,
        delivery: Answered,
        unknown: false,
        again: false,
    }
}

/// Refused for now: nothing was filed, and the same call may pass later.
const fn refused_for_now(kind: K) -> Expected {
    Expected::Failed {
        kind,
        delivery: Answered,
        unknown: false,
        again: true,
    }
}

/// An answer that does not tell what became of a filing, and that would be the same a moment later.
const fn unclear(kind: K) -> Expected {
    Expected::Failed {
        kind,
        delivery: Answered,
        unknown: true,
        again: false,
    }
}

/// A broken answer, or a server's failure: it passes, and does not tell what became of a filing.
const fn broken(kind: K) -> Expected {
    Expected::Failed {
        kind,
        delivery: Answered,
        unknown: true,
        again: true,
    }
}

/// No answer to a request that may have arrived.
const fn lost(kind: K) -> Expected {
    Expected::Failed {
        kind,
        delivery: MaybeSent,
        unknown: true,
        again: true,
    }
}

const UNSENT: Expected = Expected::Failed {
    kind: K::Connect,
    delivery: NotSent,
    unknown: false,
    again: true,
};

/// By the failure's class, for a service call.
const CLASSES: &[(Expected, &[&str])] = &[
    (refused(K::InvalidParameter), &["400"]),
    // The OAuth server's error 255 in a body with HTTP 400: of a service, no text that is known.
    (refused(K::InvalidParameter), &["255 as a code"]),
    (refused(K::Unauthorized), &["401"]),
    (refused(K::Forbidden), &["403"]),
    (refused(K::NotFound), &["404"]),
    (refused(K::InvalidDocument), &["413"]),
    (refused(K::ConcurrentTokens), &["255"]),
    // The firewall and the login wall stand in front of the service, which saw nothing.
    (refused(K::Firewall), &["firewall"]),
    (refused(K::LoginPage), &["login page", "login wall"]),
    (
        refused(K::NoRight),
        &[
            "no right",
            "no right, as eroare",
            "no right, as Errors in JSON",
            "no right, as error",
            "no right, as Errors in XML",
        ],
    ),
    (refused(K::Quota), &["the day's limit"]),
    (refused(K::Other), &["another text"]),
    (
        refused_for_now(K::Quota),
        &["429", "429, come back", "429, come back at a date"],
    ),
    (
        broken(K::Server),
        &["500", "502", "503", "503, but done", "504"],
    ),
    (unclear(K::Technical), &["technical"]),
    (unclear(K::Empty), &["204", "empty"]),
    (unclear(K::Truncated), &["half a body"]),
    (unclear(K::TooLarge), &["a flood"]),
    (
        unclear(K::Unreadable),
        &[
            "418",
            "a page",
            "gibberish",
            "other JSON",
            "a JSON list",
            "other XML",
        ],
    ),
    (
        Expected::Good,
        &[
            "stray bracket",
            "wrong content type",
            "no content type",
            "a little late",
        ],
    ),
    (UNSENT, &["refused"]),
    (
        lost(K::ConnectionLost),
        &[
            "reset before read",
            "reset after read",
            "reset after it was done",
            "closed after it was done",
        ],
    ),
    (
        lost(K::Timeout),
        &[
            "too late",
            "stalled before read",
            "stalled after read",
            "stalled after it was done",
        ],
    ),
    (broken(K::Truncated), &["cut body", "cut body and reset"]),
    (broken(K::Timeout), &["stalled body"]),
];

/// Where the same failure means something else, and why.
fn otherwise(op: Op, failure: &str) -> Option<Expected> {
    use Op::{
        CheckSignature, CheckSignatureOAuth, Exchange, Hello, Refresh, Revoke, Transform,
        TransformOAuth, TransformUnchecked, TransformUncheckedOAuth, Validate, ValidateOAuth,
    };
    Some(match (op, failure) {
        // Its own words for trouble, with HTTP 400: "Eroare tehnică: request incorect".
        (CheckSignature | CheckSignatureOAuth, "technical") => refused(K::InvalidParameter),
        // All its refusals come with HTTP 400, which says that the request is to blame where the text says nothing.
        (CheckSignature | CheckSignatureOAuth, "another text") => refused(K::InvalidParameter),
        // A greeting is one line of text, with the request's echo after it: half of that still holds the greeting.
        (Hello, "half a body") => Expected::Good,
        // These have no form for a refusal with HTTP 200: the fake says it with HTTP 500.
        (
            Hello | Exchange | Refresh | Revoke,
            "technical" | "no right" | "the day's limit" | "another text",
        ) => broken(K::Server),
        // The OAuth server's refusals are HTTP 400, and a 401 is about the application's secret (RFC 6749, 5.2).
        (Exchange | Refresh | Revoke, "400" | "401") => refused(K::OAuth),
        (Exchange | Refresh | Revoke, "255 as a code") => refused(K::ConcurrentTokens),
        // `error` is the standard's name for a refusal's code; no code that it defines is one of ANAF's sentences.
        (Exchange | Refresh | Revoke, "no right, as error") => refused(K::OAuth),
        // RFC 7009, 2.2: a success says all with its status, and an empty body is the usual one. What has no form of a
        // failure is a success.
        (
            Revoke,
            "204" | "empty" | "half a body" | "gibberish" | "other JSON" | "a JSON list"
            | "other XML",
        ) => Expected::Good,
        // The fake's `{}` is over before it could be cut.
        (Revoke, "cut body" | "cut body and reset" | "stalled body") => Expected::Good,
        // `nok` with a text about the document is a verdict; the texts about the call are the three of their document.
        (
            Validate
            | ValidateOAuth
            | Transform
            | TransformOAuth
            | TransformUnchecked
            | TransformUncheckedOAuth,
            "no right" | "the day's limit" | "another text",
        ) => Expected::Good,
        _ => return None,
    })
}

/// What a failure must end in for an operation.
pub(crate) fn expected(op: Op, failure: &str) -> Expected {
    let by_class = || {
        let mut found = CLASSES.iter().filter(|(_, names)| names.contains(&failure));
        let (expected, _) = found.next().expect("a class for each failure");
        assert!(found.next().is_none(), "one class for each failure");
        *expected
    };
    otherwise(op, failure).unwrap_or_else(by_class)
}
