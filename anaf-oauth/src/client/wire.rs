//! The road to the token endpoint: our transport and our judgement of the answer, behind the `oauth2` crate's requests.

use std::future::Future;
use std::pin::Pin;

use anaf_http::{Body, Method, WireRequest};
use anaf_types::answer::Answer;
use anaf_types::{Delivery, Error, ErrorKind};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
};
use oauth2::{
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, RequestTokenError,
    StandardRevocableToken,
};
use url::Url;

use super::OAuthClient;
use crate::answer::{Asked, Issued, judge};

/// A token answer is a few KiB.
const CAP: usize = 256 * 1024;

pub(super) type Wrapped = oauth2::Client<
    BasicErrorResponse,
    Issued,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl OAuthClient {
    /// The `oauth2` crate's HTTP client.
    pub(super) fn http(&self, asked: Asked) -> impl Fn(HttpRequest) -> Sent + use<> {
        let client = self.clone();
        move |request| {
            let client = client.clone();
            Box::pin(async move { client.send(asked, request).await.map_err(Wire) })
        }
    }

    /// Our transport, with our judgement of the answer, so that no body that could hold a token reaches an error type
    /// of another crate.
    async fn send(&self, asked: Asked, request: HttpRequest) -> Result<HttpResponse, Error> {
        let url = Url::parse(&request.uri().to_string())
            .map_err(|_| Error::invalid_input("the OAuth base URL cannot be used"))?;
        let (parts, body) = request.into_parts();
        let secrets = secrets_of(&body);
        let mut wire = WireRequest::new(Method::Post, url, form(body));
        for name in ["authorization", "accept"] {
            if let Some(value) = parts.headers.get(name).and_then(|v| v.to_str().ok()) {
                wire = wire.header(name, value);
            }
        }
        let answer = self.once(asked, wire).await?;
        judge(asked, &answer).map_err(|e| without(e, &secrets).during(asked.operation()))?;
        let mut response = HttpResponse::new(answer_body(&answer));
        *response.status_mut() = oauth2::http::StatusCode::OK;
        Ok(response)
    }

    pub(super) async fn once(&self, asked: Asked, request: WireRequest) -> Result<Answer, Error> {
        let request = request.timeouts(self.0.timeouts).cap(CAP);
        let begun = self.0.clock.monotonic();
        let outcome = self.0.transport.send(request).await;
        let elapsed = self.0.clock.monotonic().saturating_sub(begun);
        let operation = asked.operation();
        match outcome {
            Ok(mut answer) => {
                answer.received = self.0.clock.now();
                tracing::debug!(
                    operation,
                    status = answer.status,
                    ?elapsed,
                    "the OAuth server answered"
                );
                Ok(answer)
            }
            Err(error) => {
                tracing::debug!(operation, kind = %error.kind(), delivery = ?error.delivery(), ?elapsed,
                    "the OAuth server gave no answer");
                Err(error.during(operation))
            }
        }
    }
}

pub(super) fn form(bytes: Vec<u8>) -> Body {
    Body::Bytes {
        content_type: "application/x-www-form-urlencoded",
        bytes: bytes.into(),
    }
}

/// The first JSON value of the body, without what ANAF appends at times: the `oauth2` crate would trip over it.
fn answer_body(answer: &Answer) -> Vec<u8> {
    let body = answer
        .body
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(&answer.body);
    let mut values =
        serde_json::Deserializer::from_slice(body).into_iter::<serde::de::IgnoredAny>();
    let _ = values.next();
    let end = values.byte_offset();
    body.get(..end).unwrap_or(body).to_vec()
}

pub(super) type Sent = Pin<Box<dyn Future<Output = Result<HttpResponse, Wire>> + Send>>;

/// Our own error on its way through the `oauth2` crate.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Wire(Error);

/// Takes our error back out of the `oauth2` crate's. Its other variants may print a body, so nothing of them is kept.
pub(super) fn ours<T>(asked: Asked, error: RequestTokenError<Wire, T>) -> Error
where
    T: oauth2::ErrorResponse + 'static,
{
    match error {
        RequestTokenError::Request(Wire(error)) => error,
        _ => Error::new(ErrorKind::Unreadable)
            .delivered(Delivery::Answered)
            .during(asked.operation())
            .because("the tokens are not in the form that the OAuth standard gives them"),
    }
}

/// The secret values of a form, which a server might repeat in its answer.
pub(super) fn secrets_of(form: &[u8]) -> Vec<String> {
    url::form_urlencoded::parse(form)
        .filter(|(name, _)| {
            matches!(
                &**name,
                "code" | "refresh_token" | "token" | "client_secret"
            )
        })
        .map(|(_, value)| value.into_owned())
        .filter(|value| !value.is_empty())
        .collect()
}

/// An error whose quotation repeats no secret.
pub(super) fn without(error: Error, secrets: &[String]) -> Error {
    let Some(said) = error.said() else {
        return error;
    };
    let clean = secrets.iter().fold(said.to_owned(), |text, secret| {
        text.replace(secret.as_str(), "[REDACTED]")
    });
    error.quoting(clean)
}
