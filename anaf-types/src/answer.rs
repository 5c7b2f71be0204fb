//! What ANAF's answers mean: the status table, and what hides behind HTTP 200.
//!
//! ANAF says most failures with HTTP 200, and its `Content-Type` cannot be relied on. So [`check`] looks at the
//! status, then at the body's first bytes ([`Shape`]), then into the short bodies for the four forms in which a
//! failure comes: JSON `eroare`, JSON `Errors`, JSON `error`, XML `Errors`; and for pages that are not ANAF's at all.
//!
//! | status | kind |
//! |---|---|
//! | 200–299 but 255 | by the body |
//! | 255 | [`ErrorKind::ConcurrentTokens`]: inside the success range, never a success |
//! | 300–399 | [`ErrorKind::LoginPage`]: ANAF's only redirects are to its login wall |
//! | 400 | by the text; [`ErrorKind::InvalidParameter`] |
//! | 401 | [`ErrorKind::Unauthorized`] |
//! | 403 | [`ErrorKind::Forbidden`] |
//! | 404 | [`ErrorKind::NotFound`] |
//! | 413 | [`ErrorKind::InvalidDocument`] |
//! | 429 | [`ErrorKind::Quota`]: the minute's, unless the text names a daily limit |
//! | 500–599 | [`ErrorKind::Server`] |
//! | any other | [`ErrorKind::Unreadable`] |

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::time::Duration;

use jiff::Timestamp;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::error::{Delivery, Error, ErrorKind, QuotaScope};
use crate::text;

/// Failure bodies are short; a longer body of a success status is content, and is not read twice.
const SHORT: usize = 32 * 1024;
/// So many messages of one document are kept; ANAF sends a few.
const ERRORS: usize = 10_000;
/// How much of an unknown body an error quotes, in characters.
const QUOTE: usize = 600;

/// One answer, with the few headers that mean something. `Debug` shows its status and size alone: a body may hold
/// tokens or invoices, and a redirect's address a code.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`, as it came; not to be relied on.
    pub content_type: Option<String>,
    /// `Retry-After`, as it came: seconds or an HTTP date.
    pub retry_after: Option<String>,
    /// `Location`, as it came.
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
    /// When it was received, by the caller's clock: what a `Retry-After` date is measured from.
    pub received: Timestamp,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("retry_after", &self.retry_after)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// An answer of a status and a body, without headers, received at the epoch.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            content_type: None,
            retry_after: None,
            location: None,
            body: body.into(),
            received: Timestamp::UNIX_EPOCH,
        }
    }

    /// How long `Retry-After` asks to wait.
    #[must_use]
    pub fn pause(&self) -> Option<Duration> {
        let text = self.retry_after.as_deref()?.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds.min(366 * 86_400)));
        }
        let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        Some(Duration::try_from(self.received.until(at).ok()?).unwrap_or_default())
    }
}

/// What a body is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// Nothing, or white space.
    Empty,
    /// A ZIP archive.
    Zip,
    /// A PDF.
    Pdf,
    /// JSON, an object or an array.
    Json,
    /// XML that is not HTML.
    Xml,
    /// An HTML page: never an answer of ANAF's services.
    Html,
    /// Anything else.
    Text,
}

/// Sniffs a body.
#[must_use]
pub fn shape(body: &[u8]) -> Shape {
    let body = body
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(body)
        .trim_ascii_start();
    match body {
        [] => Shape::Empty,
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Shape::Zip,
        [b'%', b'P', b'D', b'F', ..] => Shape::Pdf,
        [b'{' | b'[', ..] => Shape::Json,
        [b'<', rest @ ..] if is_html(rest) => Shape::Html,
        [b'<', ..] => Shape::Xml,
        _ => Shape::Text,
    }
}

fn is_html(after_bracket: &[u8]) -> bool {
    [&b"html"[..], b"!doctype html"].iter().any(|tag| {
        after_bracket
            .get(..tag.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(tag))
    })
}

/// Lets an answer with content through, and turns every other into an [`Error`].
///
/// Success means: a success status, and a body that is none of ANAF's failure forms. [`Shape::Text`] passes; the
/// operation decides. A JSON body over 32 KiB passes without being read.
///
/// # Errors
/// By the table of this module, with [`Delivery::Answered`], ANAF's words, the status and `Retry-After`.
pub fn check(answer: &Answer) -> Result<Shape, Error> {
    let shape = shape(&answer.body);
    let failure = match answer.status {
        255 => Some(Error::new(ErrorKind::ConcurrentTokens).quoting_body(answer)),
        200..=299 => failure_in_success(answer, shape),
        300..=399 => Some(login_wall(answer)),
        400 => Some(by_text_or(answer, ErrorKind::InvalidParameter)),
        401 => Some(Error::new(ErrorKind::Unauthorized).quoting_body(answer)),
        403 => Some(Error::new(ErrorKind::Forbidden).quoting_body(answer)),
        404 => Some(Error::new(ErrorKind::NotFound).quoting_body(answer)),
        413 => Some(Error::new(ErrorKind::InvalidDocument).quoting_body(answer)),
        429 => Some(too_many(answer)),
        500..=599 => Some(Error::new(ErrorKind::Server).quoting_body(answer)),
        _ => Some(Error::new(ErrorKind::Unreadable).quoting_body(answer)),
    };
    match failure {
        None => Ok(shape),
        Some(error) => Err(answered(error, answer)),
    }
}

/// Marks an error as ANAF's answer: delivery, status, pause.
#[must_use]
pub fn answered(error: Error, answer: &Answer) -> Error {
    let pause = error.retry_after().or_else(|| answer.pause());
    error
        .delivered(Delivery::Answered)
        .with_status(answer.status)
        .with_retry_after(pause)
}

/// The error that a text of ANAF's means, with [`Delivery::Answered`].
#[must_use]
pub fn said(text: &str) -> Error {
    let meaning = text::meaning(text);
    let error = Error::new(meaning.kind)
        .quoting(text)
        .delivered(Delivery::Answered);
    match meaning.kind {
        ErrorKind::Quota => error.with_quota(QuotaScope::Day, meaning.limit),
        _ => error,
    }
}

/// An error about a body that cannot be read: [`ErrorKind::Truncated`] or [`ErrorKind::Unreadable`], quoting its
/// beginning.
#[must_use]
pub fn unreadable(answer: &Answer, kind: ErrorKind, detail: impl Into<Cow<'static, str>>) -> Error {
    answered(
        Error::new(kind).because(detail).quoting_body(answer),
        answer,
    )
}

/// Reads the first JSON value of a body, whatever ANAF appended to it (a stray `}` is seen at times).
///
/// # Errors
/// [`ErrorKind::Truncated`] when it ends too early, [`ErrorKind::Unreadable`] when it is something else.
pub fn json<T: DeserializeOwned>(answer: &Answer) -> Result<T, Error> {
    first_json(&answer.body).map_err(|e| {
        let kind = match e.is_eof() {
            true => ErrorKind::Truncated,
            false => ErrorKind::Unreadable,
        };
        let detail = format!("line {}, column {} of the JSON", e.line(), e.column());
        unreadable(answer, kind, detail)
    })
}

/// As [`json`], for an answer that must be a JSON object: read field by field, a list of the right values would pass
/// for one.
///
/// # Errors
/// As [`json`]; [`ErrorKind::Unreadable`] for a list.
pub fn object<T: DeserializeOwned>(answer: &Answer) -> Result<T, Error> {
    let body = answer
        .body
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(&answer.body);
    match body.trim_ascii_start().first() {
        Some(b'[') => Err(unreadable(
            answer,
            ErrorKind::Unreadable,
            "a list stands where an object should",
        )),
        _ => json(answer),
    }
}

fn first_json<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, serde_json::Error> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let mut reader = serde_json::Deserializer::from_slice(body);
    T::deserialize(&mut reader)
}

/// The flat XML in which `upload` and `stareMesaj` answer: one `header` with attributes, and `Errors` inside.
///
/// `Debug` masks personal codes.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// Names and values of the root's attributes, one after the other.
    text: String,
    attributes: Vec<Place>,
    errors: Vec<String>,
}

/// Where an attribute's name and value stand in a [`Header`]'s text.
#[derive(Clone, PartialEq, Eq)]
struct Place {
    name: Range<usize>,
    value: Range<usize>,
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mask = |text: &str| text::mask_personal_codes(text).into_owned();
        let attributes = self.attributes().map(|(name, value)| (name, mask(value)));
        let errors: Vec<String> = self.errors.iter().map(|e| mask(e)).collect();
        f.debug_struct("Header")
            .field("attributes", &attributes.collect::<Vec<_>>())
            .field("errors", &errors)
            .finish()
    }
}

impl Header {
    /// An attribute of the root, by its exact name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes();
        attributes.find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        let text = |place: &Range<usize>| self.text.get(place.clone()).unwrap_or_default();
        let places = self.attributes.iter();
        places.map(move |place| (text(&place.name), text(&place.value)))
    }

    /// The `errorMessage` of each `Errors` or `Error` element.
    #[must_use]
    pub fn errors(&self) -> &[String] {
        &self.errors
    }
}

/// [`check`]s an answer that should be flat XML, and reads it, in one pass.
///
/// # Errors
/// As [`check`]; [`ErrorKind::Unreadable`] for content of another shape.
pub fn header(answer: &Answer) -> Result<Header, Error> {
    let is_success = matches!(answer.status, 200..=254 | 256..=299);
    if !is_success || shape(&answer.body) != Shape::Xml {
        check(answer)?;
        let detail = "the answer is not XML";
        return Err(unreadable(answer, ErrorKind::Unreadable, detail));
    }
    let header = parse_header(&answer.body)
        .map_err(|kind| unreadable(answer, kind, "the XML of the answer"))?;
    match header.failure() {
        Some(failure) => Err(answered(failure, answer)),
        None => Ok(header),
    }
}

/// Reads flat XML from bytes: the root's attributes, and the `errorMessage` of each element inside.
///
/// # Errors
/// [`ErrorKind::Truncated`] when it ends too early, [`ErrorKind::Unreadable`] when it is not well-formed.
pub fn parse_header(body: &[u8]) -> Result<Header, ErrorKind> {
    let body = std::str::from_utf8(body).map_err(|_| ErrorKind::Unreadable)?;
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    let mut reader = quick_xml::Reader::from_str(body);
    let mut header = Header::default();
    let mut depth = 0_usize;
    let mut seen_root = false;
    loop {
        let event = reader.read_event().map_err(|e| match e {
            quick_xml::Error::Syntax(_) => ErrorKind::Truncated,
            quick_xml::Error::IllFormed(quick_xml::errors::IllFormedError::MissingEndTag(_)) => {
                ErrorKind::Truncated
            }
            _ => ErrorKind::Unreadable,
        })?;
        match event {
            Event::Start(e) => {
                header.take(&e, depth == 0)?;
                seen_root = true;
                depth += 1;
            }
            Event::Empty(e) => {
                header.take(&e, depth == 0)?;
                seen_root = true;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Eof if depth == 0 && seen_root => return Ok(header),
            Event::Eof => return Err(ErrorKind::Truncated),
            _ => {}
        }
    }
}

impl Header {
    /// `Errors` without a `stare` are a failure of the call; beside one they belong to a verdict.
    fn failure(&self) -> Option<Error> {
        let failed = self.attribute("stare").is_none() && !self.errors.is_empty();
        failed.then(|| said(&self.errors.join("; ")))
    }

    fn take(&mut self, element: &BytesStart<'_>, is_root: bool) -> Result<(), ErrorKind> {
        // A repeated attribute does no harm here: the first one counts.
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| ErrorKind::Unreadable)?;
            let name = attribute.key.local_name().into_inner();
            if is_root {
                self.keep(name, &plain(&attribute)?);
            } else if name == "errorMessage" && self.errors.len() < ERRORS {
                self.errors.push(plain(&attribute)?.into_owned());
            }
        }
        Ok(())
    }

    fn keep(&mut self, name: &str, value: &str) {
        if self.attributes.is_empty() {
            // Room for what ANAF sends, in one piece.
            self.attributes.reserve(6);
            self.text.reserve(160);
        }
        let start = self.text.len();
        let middle = start + name.len();
        self.text.push_str(name);
        self.text.push_str(value);
        self.attributes.push(Place {
            name: start..middle,
            value: middle..self.text.len(),
        });
    }
}

/// An attribute's value. Most have nothing to replace.
fn plain<'a>(attribute: &'a Attribute<'_>) -> Result<Cow<'a, str>, ErrorKind> {
    let replaced = |b: u8| matches!(b, b'&' | b'\t' | b'\n' | b'\r');
    if !attribute.value.bytes().any(replaced) {
        return Ok(Cow::Borrowed(&attribute.value));
    }
    let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0);
    value.map_err(|_| ErrorKind::Unreadable)
}

/// The keys in which ANAF's JSON says a failure.
#[derive(Deserialize)]
struct Peek {
    eroare: Option<String>,
    #[serde(rename = "Errors", alias = "errors")]
    errors: Option<Vec<PeekError>>,
    error: Option<serde_json::Value>,
    message: Option<serde_json::Value>,
    stare: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct PeekError {
    #[serde(rename = "errorMessage", default)]
    message: String,
}

impl Peek {
    /// ANAF's words about a failure of the call; `Errors` beside a `stare` belong to a verdict, not to the call.
    fn failure(self) -> Option<String> {
        if let Some(text) = self.eroare {
            return Some(text);
        }
        if self.stare.is_some() {
            return None;
        }
        if let Some(errors) = self.errors.filter(|e| !e.is_empty()) {
            let texts: Vec<String> = errors.into_iter().map(|e| e.message).collect();
            return Some(texts.join("; "));
        }
        let words = |v: serde_json::Value| v.as_str().map(str::to_owned);
        self.error
            .and_then(words)
            .map(|error| self.message.and_then(words).unwrap_or(error))
    }
}

fn failure_in_success(answer: &Answer, shape: Shape) -> Option<Error> {
    match shape {
        Shape::Empty => Some(Error::new(ErrorKind::Empty)),
        Shape::Html => Some(page(answer)),
        Shape::Json if answer.body.len() > SHORT => None,
        Shape::Json => failure_in_json(answer),
        Shape::Xml => match parse_header(&answer.body) {
            Err(kind) => Some(Error::new(kind).quoting_body(answer)),
            Ok(header) => header.failure(),
        },
        _ => None,
    }
}

fn failure_in_json(answer: &Answer) -> Option<Error> {
    if answer.body.trim_ascii_start().first() == Some(&b'[') {
        return None;
    }
    match first_json::<Peek>(&answer.body) {
        Ok(peek) => peek.failure().map(|text| said(&text)),
        Err(e) if e.is_eof() => Some(Error::new(ErrorKind::Truncated).quoting_body(answer)),
        Err(_) => Some(Error::new(ErrorKind::Unreadable).quoting_body(answer)),
    }
}

fn page(answer: &Answer) -> Error {
    let text = String::from_utf8_lossy(&answer.body);
    let folded = text::fold(&text);
    if folded.contains("the requested url was rejected") || folded.contains("request rejected") {
        return Error::new(ErrorKind::Firewall)
            .with_support_id(text::support_id(&text))
            .quoting_body(answer);
    }
    let login = ["my.policy", "login", "logon", "autentific", "certificat"];
    match login.iter().any(|word| folded.contains(word)) {
        true => Error::new(ErrorKind::LoginPage).quoting_body(answer),
        false => Error::new(ErrorKind::Unreadable)
            .because("an HTML page")
            .quoting_body(answer),
    }
}

fn login_wall(answer: &Answer) -> Error {
    // A redirect's query may carry a code or a state; only its path is repeated.
    let target = answer.location.as_deref().unwrap_or_default();
    let path = target.split(['?', '#']).next().unwrap_or_default();
    Error::new(ErrorKind::LoginPage).because(format!("redirected to `{path}`"))
}

/// For statuses whose text may say more than the status does.
fn by_text_or(answer: &Answer, otherwise: ErrorKind) -> Error {
    let Some(text) = words(answer) else {
        return Error::new(otherwise).quoting_body(answer);
    };
    let error = said(&text);
    match error.kind() {
        ErrorKind::Other => Error::new(otherwise).quoting(text),
        _ => error,
    }
}

/// 429 is the minute's limit, unless the text names a daily one.
fn too_many(answer: &Answer) -> Error {
    match by_text_or(answer, ErrorKind::Quota) {
        daily if daily.quota_scope() == Some(QuotaScope::Day) => daily,
        _ => Error::new(ErrorKind::Quota)
            .with_quota(QuotaScope::Minute, None)
            .quoting_body(answer),
    }
}

/// ANAF's own words in a JSON failure body.
fn words(answer: &Answer) -> Option<String> {
    #[derive(Deserialize)]
    struct Words {
        message: Option<String>,
        msg: Option<String>,
        eroare: Option<String>,
        error: Option<String>,
    }
    let words: Words = first_json(answer.body.get(..SHORT).unwrap_or(&answer.body)).ok()?;
    words.eroare.or(words.message).or(words.msg).or(words.error)
}

trait Quoting {
    fn quoting_body(self, answer: &Answer) -> Self;
}

impl Quoting for Error {
    /// Quotes the answer's words, or the beginning of a body that has none; an empty body is not quoted.
    fn quoting_body(self, answer: &Answer) -> Self {
        if let Some(text) = words(answer) {
            return self.quoting(text);
        }
        let head = answer.body.get(..QUOTE * 4).unwrap_or(&answer.body);
        let text: String = String::from_utf8_lossy(head)
            .trim()
            .chars()
            .take(QUOTE)
            .collect();
        match text.is_empty() {
            true => self,
            false => self.quoting(text),
        }
    }
}

#[cfg(test)]
mod tests;
