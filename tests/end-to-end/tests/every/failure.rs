//! Every failure that can be ordered.

use std::time::Duration;

use fake_anaf::{Failure, Fault, RetryAfter};

/// How a call is made to fail, each time that it is sent.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// The fake answers so.
    Answer(Failure),
    /// The connection breaks so.
    Connection(Fault),
    /// Nothing listens.
    Refused,
}

/// A failure, by the name under which the expectations have it.
pub(crate) struct Failing {
    pub(crate) name: &'static str,
    order: fn() -> Trouble,
    /// The answer is waited for in vain.
    pub(crate) slow: bool,
}

impl Failing {
    pub(crate) fn trouble(&self) -> Trouble {
        (self.order)()
    }
}

pub(crate) const fn failing(name: &'static str, order: fn() -> Trouble) -> Failing {
    Failing {
        name,
        order,
        slow: false,
    }
}

const fn slow(name: &'static str, order: fn() -> Trouble) -> Failing {
    Failing {
        slow: true,
        ..failing(name, order)
    }
}

/// Larger than what the calls are let to take.
pub(crate) const FLOOD: usize = 300 * 1024;

fn answer(failure: Failure) -> Trouble {
    Trouble::Answer(failure)
}

fn status(status: u16) -> Trouble {
    answer(Failure::status(status))
}

fn body(body: &str) -> Trouble {
    answer(Failure::replaced(body))
}

/// Not carried out, and said so with HTTP 200 in a form that may be another operation's.
fn refused_in(body: &str) -> Trouble {
    answer(Failure::answer(200, body))
}

use Trouble::{Connection, Refused};

pub(crate) const FAILURES: &[Failing] = &[
    failing("204", || answer(Failure::answer(204, ""))),
    failing("400", || status(400)),
    failing("401", || status(401)),
    failing("403", || status(403)),
    failing("404", || status(404)),
    failing("413", || status(413)),
    failing("418", || status(418)),
    failing("429", || status(429)),
    failing("429, come back", || {
        answer(Failure::too_many_requests(
            RetryAfter::Seconds,
            Duration::from_secs(7),
        ))
    }),
    failing("429, come back at a date", || {
        answer(Failure::too_many_requests(
            RetryAfter::Date,
            Duration::from_secs(7),
        ))
    }),
    failing("500", || status(500)),
    failing("502", || status(502)),
    failing("503", || status(503)),
    failing("503, but done", || {
        answer(Failure::status(503).after_processing())
    }),
    failing("504", || status(504)),
    failing("255", || status(255)),
    failing("255 as a code", || answer(Failure::oauth_255())),
    failing("firewall", || answer(Failure::firewall_page())),
    failing("login page", || answer(Failure::login_page())),
    failing("login wall", || answer(Failure::login_redirect())),
    failing("a page", || {
        body("<!DOCTYPE html><html><body>Mentenanta</body></html>")
    }),
    failing("technical", || answer(Failure::technical_error())),
    failing("no right", || {
        answer(Failure::said("Nu aveti drept in SPV pentru CIF=10000016"))
    }),
    failing("the day's limit", || {
        answer(Failure::said(
            "S-au facut deja 20 descarcari de mesaj in cursul zilei",
        ))
    }),
    failing("another text", || {
        answer(Failure::said("Serviciul este oprit"))
    }),
    failing("no right, as eroare", || {
        refused_in(r#"{"eroare":"Nu aveti drept in SPV pentru CIF=10000016","titlu":"Eroare"}"#)
    }),
    failing("no right, as Errors in JSON", || {
        refused_in(
            r#"{"Errors":[{"errorMessage":"Nu aveti drept in SPV pentru CIF=10000016"}],"ExecutionStatus":1}"#,
        )
    }),
    failing("no right, as error", || {
        refused_in(r#"{"trace_id":"x","error":"Nu aveti drept in SPV pentru CIF=10000016"}"#)
    }),
    failing("no right, as Errors in XML", || {
        refused_in(
            r#"<header xmlns="x"><Errors errorMessage="Nu aveti drept in SPV pentru CIF=10000016"/></header>"#,
        )
    }),
    failing("empty", || answer(Failure::empty_body())),
    failing("half a body", || answer(Failure::truncated())),
    failing("a flood", || answer(Failure::replaced(vec![b' '; FLOOD]))),
    failing("gibberish", || body("?!")),
    failing("other JSON", || body(r#"{"x":1}"#)),
    failing("a JSON list", || body("[7]")),
    failing("other XML", || body("<x/>")),
    failing("stray bracket", || answer(Failure::stray_bracket())),
    failing("wrong content type", || {
        answer(Failure::wrong_content_type("text/html"))
    }),
    failing("no content type", || {
        answer(Failure::wrong_content_type(""))
    }),
    failing("a little late", || {
        answer(Failure::late(Duration::from_millis(30)))
    }),
    slow("too late", || {
        answer(Failure::late(Duration::from_secs(20)))
    }),
    failing("refused", || Refused),
    failing("reset before read", || Connection(Fault::ResetBeforeRead)),
    failing("reset after read", || Connection(Fault::ResetAfterRead)),
    failing("reset after it was done", || {
        Connection(Fault::ResetAfterForward)
    }),
    failing("closed after it was done", || {
        Connection(Fault::CloseAfterForward)
    }),
    slow("stalled before read", || Connection(Fault::StallBeforeRead)),
    slow("stalled after read", || Connection(Fault::StallAfterRead)),
    slow("stalled after it was done", || {
        Connection(Fault::StallAfterForward)
    }),
    failing("cut body", || Connection(Fault::CutBody(9))),
    failing("cut body and reset", || {
        Connection(Fault::CutBodyAndReset(9))
    }),
    slow("stalled body", || Connection(Fault::StallBody(9))),
];
