//! The network as an argument, and the one that is real.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use anaf_types::answer::Answer;
use anaf_types::{Delivery, Error, ErrorKind};
use async_trait::async_trait;
use bytes::Bytes;
use reqwest::header::{self, HeaderValue};
use url::Url;

use crate::{Body, Method, Timeouts};

/// A client is made for each time for connecting; more of them than this are not kept.
const CLIENTS: usize = 8;

/// A request as it goes on the wire: absolute URL, headers, body. `Debug` shows neither query nor headers.
#[derive(Clone)]
#[non_exhaustive]
pub struct WireRequest {
    /// The method.
    pub method: Method,
    /// The absolute URL, query included.
    pub url: Url,
    /// Headers; their values may be secret.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Body,
    /// The times of this attempt.
    pub timeouts: Timeouts,
    /// The largest body to accept, in bytes.
    pub cap: usize,
}

impl WireRequest {
    /// A request without headers, with the default times and a cap of 4 MiB.
    #[must_use]
    pub fn new(method: Method, url: Url, body: Body) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            body,
            timeouts: Timeouts::default(),
            cap: 4 * 1024 * 1024,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Sets the times.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sets the largest body to accept.
    #[must_use]
    pub fn cap(mut self, bytes: usize) -> Self {
        self.cap = bytes;
        self
    }
}

impl fmt::Debug for WireRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireRequest")
            .field("method", &self.method)
            .field("host", &self.url.host_str())
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// Sends one request once: no redirects, no repeats, no judgement of the status.
#[async_trait]
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends and gives the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`ErrorKind::Connect`] with [`Delivery::NotSent`]; [`ErrorKind::Timeout`] and [`ErrorKind::ConnectionLost`]
    /// with [`Delivery::MaybeSent`] unless it is certain that nothing was sent; [`ErrorKind::Truncated`] and
    /// [`ErrorKind::TooLarge`] with [`Delivery::Answered`].
    async fn send(&self, request: WireRequest) -> Result<Answer, Error>;
}

/// The real network, through reqwest: HTTP/1.1, TLS by the crate's feature, redirects off, its own repeats off.
///
/// Connections are pooled and shared by all clones of a session; idle ones are closed after 20 s, before ANAF's
/// hosts reset them.
pub struct HttpTransport {
    clients: Mutex<HashMap<Duration, reqwest::Client>>,
    usual: Duration,
    client: reqwest::Client,
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpTransport")
    }
}

impl HttpTransport {
    /// A transport whose usual time for connecting is that of `timeouts`; a call may ask for another.
    ///
    /// # Errors
    /// [`ErrorKind::Connect`] when TLS cannot be set up on this machine.
    pub fn new(timeouts: Timeouts) -> Result<Self, Error> {
        let usual = timeouts.connect;
        Ok(Self {
            clients: Mutex::new(HashMap::new()),
            usual,
            client: client(usual)?,
        })
    }

    fn prepare(&self, request: WireRequest) -> Result<reqwest::RequestBuilder, Error> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let other;
        let client = match request.timeouts.connect {
            usual if usual == self.usual => &self.client,
            connect => {
                other = self.client_for(connect)?;
                &other
            }
        };
        let mut builder = client.request(method, request.url);
        for (name, value) in request.headers {
            let mut value = HeaderValue::from_maybe_shared(Bytes::from(value)).map_err(|_| {
                Error::invalid_input(format!("the value of the header `{name}` is not printable"))
            })?;
            value.set_sensitive(true);
            builder = builder.header(name, value);
        }
        Ok(with_body(builder, request.body))
    }

    fn client_for(&self, connect: Duration) -> Result<reqwest::Client, Error> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&connect) {
            return Ok(client.clone());
        }
        let client = client(connect)?;
        if clients.len() >= CLIENTS {
            clients.clear();
        }
        clients.insert(connect, client.clone());
        Ok(client)
    }
}

fn client(connect: Duration) -> Result<reqwest::Client, Error> {
    reqwest::Client::builder()
        .connect_timeout(connect)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .tcp_nodelay(true)
        .pool_idle_timeout(Duration::from_secs(20))
        // Static, since it is cloned for each request: a shared count would be one more line that all cores write.
        .user_agent(HeaderValue::from_static(concat!(
            "anaf-http/",
            env!("CARGO_PKG_VERSION")
        )))
        .build()
        .map_err(|e| Error::new(ErrorKind::Connect).because(cause(&e)))
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: WireRequest) -> Result<Answer, Error> {
        let (times, cap) = (request.timeouts, request.cap);
        let deadline = Deadline::after(times.total);
        let first_byte = match request.body {
            Body::None => times.connect.saturating_add(times.read).min(times.total),
            _ => times.total,
        };
        let sending = self.prepare(request)?.send();
        let response = tokio::time::timeout(first_byte, sending)
            .await
            .map_err(|_| silence(Delivery::MaybeSent))?
            .map_err(|e| on_the_way(&e))?;
        receive(response, cap, times.read, deadline).await
    }
}

/// When a call must be over. One timer of ours does for silence and for the whole call.
#[derive(Clone, Copy)]
struct Deadline(Option<tokio::time::Instant>);

impl Deadline {
    fn after(total: Duration) -> Self {
        Self(tokio::time::Instant::now().checked_add(total))
    }

    /// What is left of the call, but no more than `longest`.
    fn within(self, longest: Duration) -> Duration {
        let left = self
            .0
            .map(|at| at.duration_since(tokio::time::Instant::now()));
        left.map_or(longest, |left| left.min(longest))
    }
}

/// tokio's `timeout`, which sets its timer only if the future is not ready at once.
async fn timeout<F: Future>(limit: impl FnOnce() -> Duration, future: F) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    let at_once = std::future::poll_fn(|context| {
        Poll::Ready(match future.as_mut().poll(context) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    });
    match at_once.await {
        Some(output) => Some(output),
        None => tokio::time::timeout(limit(), future).await.ok(),
    }
}

fn with_body(builder: reqwest::RequestBuilder, body: Body) -> reqwest::RequestBuilder {
    match body {
        Body::None => builder,
        Body::Bytes {
            content_type,
            bytes,
        } => builder
            .header(header::CONTENT_TYPE, content_type)
            .body(bytes),
        Body::Multipart(parts) => {
            let form = parts
                .into_iter()
                .fold(reqwest::multipart::Form::new(), |form, part| {
                    let length = part.bytes.len() as u64;
                    let body = reqwest::multipart::Part::stream_with_length(part.bytes, length);
                    form.part(part.name, body.file_name(part.file_name))
                });
            builder.multipart(form)
        }
    }
}

/// Reads the body part by part, so that a body over the cap is never held whole.
async fn receive(
    mut response: reqwest::Response,
    cap: usize,
    silent: Duration,
    deadline: Deadline,
) -> Result<Answer, Error> {
    let status = response.status().as_u16();
    let announced = response.content_length();
    if announced.is_some_and(|length| length > cap as u64) {
        return Err(too_large(status, cap));
    }
    let room = announced.map_or(0, |length| length.min(1 << 20) as usize);
    let mut body = Vec::with_capacity(room);
    loop {
        let part = timeout(|| deadline.within(silent), response.chunk()).await;
        match part.ok_or_else(|| silence(Delivery::Answered).with_status(status))? {
            Ok(Some(part)) if body.len() + part.len() > cap => return Err(too_large(status, cap)),
            Ok(Some(part)) => body.extend_from_slice(&part),
            Ok(None) => return Ok(answer(&response, body)),
            Err(e) => return Err(cut_short(&e, status, body.len())),
        }
    }
}

fn answer(response: &reqwest::Response, body: Vec<u8>) -> Answer {
    let text = |name| -> Option<String> {
        let value = response.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let mut answer = Answer::new(response.status().as_u16(), body);
    answer.content_type = text(header::CONTENT_TYPE);
    answer.retry_after = text(header::RETRY_AFTER);
    answer.location = text(header::LOCATION);
    answer
}

fn silence(delivery: Delivery) -> Error {
    Error::new(ErrorKind::Timeout)
        .delivered(delivery)
        .because("no answer in the time that the call had")
}

fn too_large(status: u16, cap: usize) -> Error {
    Error::new(ErrorKind::TooLarge)
        .delivered(Delivery::Answered)
        .with_status(status)
        .because(format!("more than {cap} bytes"))
}

/// The head of the answer came, the rest did not.
fn cut_short(e: &reqwest::Error, status: u16, received: usize) -> Error {
    let kind = match e.is_timeout() {
        true => ErrorKind::Timeout,
        false => ErrorKind::Truncated,
    };
    Error::new(kind)
        .delivered(Delivery::Answered)
        .with_status(status)
        .because(format!("after {received} bytes of the answer"))
}

/// No answer came.
fn on_the_way(e: &reqwest::Error) -> Error {
    let (kind, delivery) = if e.is_connect() && e.is_timeout() {
        (ErrorKind::Timeout, Delivery::NotSent)
    } else if e.is_connect() {
        (ErrorKind::Connect, Delivery::NotSent)
    } else if e.is_builder() {
        (ErrorKind::InvalidInput, Delivery::NotSent)
    } else if e.is_timeout() {
        (ErrorKind::Timeout, Delivery::MaybeSent)
    } else {
        (ErrorKind::ConnectionLost, Delivery::MaybeSent)
    };
    Error::new(kind).delivered(delivery).because(cause(e))
}

/// The innermost cause in words. reqwest's own text would print the URL, and with it a fiscal code.
fn cause(e: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = e;
    while let Some(source) = inner.source() {
        inner = source;
    }
    match std::ptr::eq(inner as *const _ as *const (), e as *const _ as *const ()) {
        true => "no further cause is known".to_owned(),
        false => inner.to_string(),
    }
}
