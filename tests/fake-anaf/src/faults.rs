//! Failures on order, inside HTTP. Failures of the connection itself are [`FaultProxy`](crate::FaultProxy)'s.

use std::collections::HashMap;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;

use crate::answer::Answer;
use crate::call::{Call, Operation};
use crate::limits::RetryAfter;
use crate::oauth;

/// Which requests a failure on order is for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum On {
    /// Every request.
    Any,
    /// Requests for one operation.
    Operation(Operation),
    /// Requests whose path and query contain this text.
    Path(String),
}

impl On {
    fn matches(&self, call: &Call<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::Operation(operation) => call.operation == *operation,
            Self::Path(part) => {
                let url = &call.request.url;
                format!("{}?{}", url.path(), url.query().unwrap_or_default())
                    .contains(part.as_str())
            }
        }
    }
}

impl From<Operation> for On {
    fn from(operation: Operation) -> Self {
        Self::Operation(operation)
    }
}

impl From<&str> for On {
    fn from(part: &str) -> Self {
        Self::Path(part.to_owned())
    }
}

/// The support id on the firewall's page.
pub const SUPPORT_ID: &str = "9826645832961917351";

/// A failure on order: either an answer of its own, given *instead of* carrying out the operation, or a change made to
/// the answer *after* the operation was carried out.
///
/// ```
/// use std::time::Duration;
/// use fake_anaf::Failure;
/// let slow_503 = Failure::status(503).after_processing().delayed(Duration::from_millis(50));
/// # let _ = slow_503;
/// ```
#[derive(Clone, Debug)]
pub struct Failure {
    what: What,
    content_type: Option<String>,
    headers: Vec<(String, String)>,
    delay: Duration,
    processes: bool,
}

#[derive(Clone, Debug)]
enum What {
    /// The answer of a refusing server; the body fits the status and the service.
    Status {
        status: u16,
        body: Option<Vec<u8>>,
    },
    RetryAfter(RetryAfter, Duration),
    TechnicalError,
    /// A text in the operation's own shape of failure.
    Said(String),
    Error255,
    /// Change the bytes of the real answer.
    Empty,
    Truncate(Option<usize>),
    Append(Vec<u8>),
    Replace(Vec<u8>),
    Nothing,
}

impl Failure {
    fn new(what: What, processes: bool) -> Self {
        Self {
            what,
            content_type: None,
            headers: Vec::new(),
            delay: Duration::ZERO,
            processes,
        }
    }

    /// This status (100–999; 255 is possible), with the body that ANAF's servers write beside it.
    pub fn status(status: u16) -> Self {
        Self::new(What::Status { status, body: None }, false)
    }

    /// This status with this body, as `text/plain` unless [`Failure::content_type`] says otherwise.
    pub fn answer(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(
            What::Status {
                status,
                body: Some(body.into()),
            },
            false,
        )
        .content_type("text/plain")
    }

    /// HTTP 200 and the firewall's `Request Rejected` page, with [`SUPPORT_ID`].
    pub fn firewall_page() -> Self {
        Self::answer(200, firewall_html()).content_type("text/html; charset=utf-8")
    }

    /// HTTP 200 and a login page.
    pub fn login_page() -> Self {
        Self::answer(200, oauth::login_wall()).content_type("text/html; charset=utf-8")
    }

    /// HTTP 302 to the login wall.
    pub fn login_redirect() -> Self {
        Self::answer(302, "").header("Location", "/my.policy")
    }

    /// HTTP 429; `wait` goes into `Retry-After` in the form chosen.
    pub fn too_many_requests(form: RetryAfter, wait: Duration) -> Self {
        Self::new(What::RetryAfter(form, wait), false)
    }

    /// HTTP 200 and `A aparut o eroare tehnica. Cod: 123` in the operation's own shape of failure.
    pub fn technical_error() -> Self {
        Self::new(What::TechnicalError, false)
    }

    /// HTTP 200 and this text in the operation's own shape of failure: `Errors` in XML or JSON, `eroare`, `error`,
    /// `Messages`. The signature check says it with HTTP 400, and what has no such shape (OAuth, hello) with HTTP 500.
    pub fn said(text: impl Into<String>) -> Self {
        Self::new(What::Said(text.into()), false)
    }

    /// HTTP 400 and 255 as the code of an OAuth error body. For 255 as a status: `Failure::status(255)`.
    pub fn oauth_255() -> Self {
        Self::new(What::Error255, false)
    }

    /// HTTP 400 and an OAuth error body with this code and, where given, this description.
    pub fn oauth_error(error: &str, description: Option<&str>) -> Self {
        let mut body = json!({"error": error});
        if let Some(text) = description {
            body["error_description"] = json!(text);
        }
        Self::answer(400, body.to_string()).content_type("application/json")
    }

    /// The operation is carried out; its answer arrives with an empty body.
    pub fn empty_body() -> Self {
        Self::new(What::Empty, true)
    }

    /// The operation is carried out; the first half of its body arrives, under a `Content-Length` that agrees.
    pub fn truncated() -> Self {
        Self::new(What::Truncate(None), true)
    }

    /// The operation is carried out; only the first `bytes` of its body arrive, under a `Content-Length` that agrees.
    pub fn truncated_at(bytes: usize) -> Self {
        Self::new(What::Truncate(Some(bytes)), true)
    }

    /// The operation is carried out; a stray `}` follows its body.
    pub fn stray_bracket() -> Self {
        Self::new(What::Append(b"}".to_vec()), true)
    }

    /// The operation is carried out; these bytes follow its body.
    pub fn appended(bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(What::Append(bytes.into()), true)
    }

    /// The operation is carried out; these bytes arrive in place of its body, under its status.
    pub fn replaced(bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(What::Replace(bytes.into()), true)
    }

    /// The operation is carried out; its answer is labelled with this content type (empty: with none).
    pub fn wrong_content_type(content_type: &str) -> Self {
        Self::new(What::Nothing, true).content_type(content_type)
    }

    /// The operation is carried out; its answer comes late, in real time.
    pub fn late(by: Duration) -> Self {
        Self::new(What::Nothing, true).delayed(by)
    }

    /// Labels the answer with this content type; an empty one means no label.
    #[must_use]
    pub fn content_type(mut self, content_type: &str) -> Self {
        self.content_type = Some(content_type.to_owned());
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Delays the answer, in real time.
    #[must_use]
    pub fn delayed(mut self, by: Duration) -> Self {
        self.delay = by;
        self
    }

    /// Carries out the operation before failing: a 503 after which the upload is there all the same.
    #[must_use]
    pub fn after_processing(mut self) -> Self {
        self.processes = true;
        self
    }

    pub(crate) fn processes(&self) -> bool {
        self.processes
    }

    /// The failure's own answer.
    pub(crate) fn answer_to(&self, call: &Call<'_>) -> Answer {
        let answer = match &self.what {
            What::Status {
                status,
                body: Some(body),
            } => Answer::new(valid(*status), "", body.clone()),
            What::Status {
                status: 255,
                body: None,
            } => oauth::answer_255(),
            What::Status { status, body: None } => plain_failure(call, valid(*status)),
            What::RetryAfter(form, wait) => {
                let wait = SignedDuration::try_from(*wait).unwrap_or(SignedDuration::MAX);
                let mut answer = plain_failure(call, 429);
                answer.headers.extend(form.header(call.now, wait));
                answer
            }
            What::TechnicalError => technical_error(call),
            What::Said(text) => said(call, text),
            What::Error255 => Answer::json(400, &json!({"error": "255"})),
            What::Empty
            | What::Truncate(_)
            | What::Append(_)
            | What::Replace(_)
            | What::Nothing => Answer::new(200, "", ""),
        };
        self.dress(answer)
    }

    /// The real answer, spoiled.
    pub(crate) fn spoil(&self, call: &Call<'_>, mut answer: Answer) -> Answer {
        match &self.what {
            What::Status { .. }
            | What::RetryAfter(..)
            | What::TechnicalError
            | What::Said(_)
            | What::Error255 => {
                return self.answer_to(call);
            }
            What::Empty => answer.body.clear(),
            What::Truncate(at) => {
                let half = answer.body.len() / 2;
                answer.body.truncate(at.unwrap_or(half));
            }
            What::Append(bytes) => answer.body.extend_from_slice(bytes),
            What::Replace(bytes) => answer.body.clone_from(bytes),
            What::Nothing => {}
        }
        self.dress(answer)
    }

    fn dress(&self, mut answer: Answer) -> Answer {
        if let Some(content_type) = &self.content_type {
            answer.content_type.clone_from(content_type);
        }
        answer.headers.extend(self.headers.iter().cloned());
        answer.delay = answer.delay.saturating_add(self.delay);
        answer
    }
}

/// A status that can be written on a status line; anything else becomes 500.
fn valid(status: u16) -> u16 {
    if (100..1000).contains(&status) {
        status
    } else {
        500
    }
}

fn plain_failure(call: &Call<'_>, status: u16) -> Answer {
    match status {
        404 => Answer::not_found(call.now, &call.path),
        502..=504 => Answer::html(
            status,
            format!("<html><body><h1>{status}</h1></body></html>"),
        ),
        status => Answer::spring(call.now, status, "Eroare la cerere"),
    }
}

pub(crate) fn firewall_html() -> String {
    format!(
        "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with \
         your administrator.<br><br>Your support ID is: {SUPPORT_ID}<br><br>\
         <a href='javascript:history.back();'>[Go Back]</a></body></html>"
    )
}

/// ANAF's text for a fault of its own.
pub(crate) const TECHNICAL_ERROR: &str = "A aparut o eroare tehnica. Cod: 123";

fn technical_error(call: &Call<'_>) -> Answer {
    match call.operation {
        // It has words of its own for that.
        Operation::ValidateSignature => {
            said(call, "Eroare tehnică: request incorect. Cauza: necunoscuta")
        }
        _ => said(call, TECHNICAL_ERROR),
    }
}

fn said(call: &Call<'_>, text: &str) -> Answer {
    use crate::{efactura, etransport};
    let texts = [text.to_owned()];
    match call.operation {
        Operation::Upload | Operation::UploadB2c => efactura::upload_errors(call.now, &texts),
        Operation::StareMesaj => efactura::stare_error(text),
        Operation::ListaMesaje | Operation::ListaMesajePaginatie => efactura::lista_error(text),
        Operation::Descarcare => efactura::descarcare_error(text),
        Operation::Validare | Operation::Transformare => efactura::conversion_error(&texts),
        Operation::TransportUpload | Operation::TransportStareMesaj | Operation::TransportLista => {
            etransport::errors(call.now, &texts)
        }
        Operation::TransportInfo => etransport::info_error(call.now, text),
        Operation::ValidateSignature => Answer::json(400, &json!({"msg": text})),
        _ => Answer::spring(call.now, 500, text),
    }
}

/// Orders outstanding.
#[derive(Default)]
pub(crate) struct Faults {
    orders: Vec<Order>,
    slow: HashMap<Operation, Duration>,
}

struct Order {
    on: On,
    failure: Failure,
    left: Option<u32>,
    skip: u32,
}

impl Faults {
    pub(crate) fn order(&mut self, on: On, failure: Failure, times: Option<u32>, skip: u32) {
        self.orders.push(Order {
            on,
            failure,
            left: times,
            skip,
        });
    }

    pub(crate) fn slow_down(&mut self, operation: Operation, by: Duration) {
        self.slow.insert(operation, by);
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn outstanding(&self) -> usize {
        self.orders
            .iter()
            .filter_map(|order| order.left)
            .map(|left| left as usize)
            .sum()
    }

    /// The first order for this call, used up by one.
    pub(crate) fn take(&mut self, call: &Call<'_>) -> Option<Failure> {
        let at = self.orders.iter_mut().position(|order| {
            if !order.on.matches(call) {
                return false;
            }
            let due = order.skip == 0;
            order.skip = order.skip.saturating_sub(1);
            due
        })?;
        let order = self.orders.get_mut(at)?;
        let failure = order.failure.clone();
        if let Some(left) = &mut order.left {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.orders.remove(at);
            }
        }
        Some(failure)
    }

    pub(crate) fn slowed(&self, call: &Call<'_>, mut answer: Answer) -> Answer {
        if let Some(by) = self.slow.get(&call.operation) {
            answer.delay = answer.delay.saturating_add(*by);
        }
        answer
    }
}
