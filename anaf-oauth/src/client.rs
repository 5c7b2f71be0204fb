//! ANAF's OAuth server as functions: authorization URL, code exchange, refresh, revocation.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anaf_http::{
    Body, Clock, HttpTransport, Method, SystemClock, Timeouts, Transport, WireRequest,
};
use anaf_types::answer::{self, Answer};
use anaf_types::{Delivery, Endpoints, Error, ErrorKind, Host};
use jiff::{SignedDuration, Timestamp};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
};
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, RedirectUrl, RefreshToken, RequestTokenError,
    StandardRevocableToken, TokenResponse as _, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::Application;
use crate::answer::{Asked, Issued, judge};
use crate::callback::{Code, State};
use crate::jwt::Payload;
use crate::store::{Claims, TokenSet};

/// The documented life of an access token: 129600 minutes.
const ACCESS_LIFE: SignedDuration = SignedDuration::from_mins(129_600);
/// The documented life of a JWT grant's refresh token: 525600 minutes.
const JWT_REFRESH_LIFE: SignedDuration = SignedDuration::from_mins(525_600);
/// An opaque grant's refresh token outlives its access token by this.
const OPAQUE_REFRESH_EXTRA: SignedDuration = SignedDuration::from_mins(60);
/// How long a code lives.
const CODE_LIFE: Duration = Duration::from_secs(60);
/// A token answer is a few KiB.
const CAP: usize = 256 * 1024;

type Wrapped = oauth2::Client<
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

/// Where a person's browser must go to log in, and the `state` that must come back with them.
#[derive(Clone)]
#[non_exhaustive]
pub struct Authorization {
    /// ANAF's login page, on a machine where the certificate works.
    pub url: Url,
    /// The `state` in that URL. Keep it with the person's session; see [`crate::Callback::code_for`].
    pub state: State,
}

impl Authorization {
    /// The code from what a person pasted, on a machine without a browser: the whole URL to which ANAF redirected (the
    /// browser may well have failed to open it), its query, or the bare code. A `state` in it must be this login's; a
    /// bare code has none, and is taken as it is.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is none of the three; [`ErrorKind::LoginRefused`] for the callback of another
    /// login, or when ANAF refused.
    pub fn code_from_pasted(&self, text: &str) -> Result<Code, Error> {
        let callback = crate::Callback::from_pasted(text)?;
        match callback.state() {
            Some(_) => callback.code_for(&self.state),
            None => callback.into_code(),
        }
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL holds the state.
        let host = self.url.host_str().unwrap_or_default();
        write!(f, "Authorization(at {host})")
    }
}

/// Talks to ANAF's OAuth server for one [`Application`]. Stateless and cheap to clone; [`crate::Grants`] adds the
/// store, the serialisation and the renewal, and is what most programs want.
#[derive(Clone)]
pub struct OAuthClient(Arc<Inner>);

struct Inner {
    application: Application,
    endpoints: Endpoints,
    wrapped: Wrapped,
    clock: Arc<dyn Clock>,
    transport: Arc<dyn Transport>,
    timeouts: Timeouts,
}

/// Settings of an [`OAuthClient`].
#[must_use]
pub struct OAuthClientBuilder {
    application: Application,
    endpoints: Endpoints,
    clock: Option<Arc<dyn Clock>>,
    transport: Option<Arc<dyn Transport>>,
    timeouts: Timeouts,
}

impl OAuthClientBuilder {
    /// Uses other hosts than ANAF's: a fake, a proxy.
    pub fn endpoints(mut self, endpoints: Endpoints) -> Self {
        self.endpoints = endpoints;
        self
    }

    /// Uses another clock than the machine's.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Uses another network than the real one.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Sets the times of a call to the token endpoint: 10 s to connect, 30 s of silence, 45 s in all unless set.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    /// [`ErrorKind::Connect`] when TLS cannot be set up on this machine; [`ErrorKind::InvalidInput`] for a base URL
    /// that cannot be extended.
    pub fn build(self) -> Result<OAuthClient, Error> {
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(HttpTransport::new(self.timeouts)?),
        };
        let wrapped = wrap(&self.application, &self.endpoints)?;
        Ok(OAuthClient(Arc::new(Inner {
            application: self.application,
            endpoints: self.endpoints,
            wrapped,
            clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock::new())),
            transport,
            timeouts: self.timeouts,
        })))
    }
}

impl fmt::Debug for OAuthClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClientBuilder")
            .field("application", &self.application)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for OAuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClient")
            .field("application", &self.0.application)
            .finish_non_exhaustive()
    }
}

fn below(endpoints: &Endpoints, path: &str) -> Result<Url, Error> {
    let joined = endpoints.base(Host::OAuth).join(path);
    joined.map_err(|_| Error::invalid_input("the OAuth base URL cannot be extended by a path"))
}

fn wrap(application: &Application, endpoints: &Endpoints) -> Result<Wrapped, Error> {
    // The callback goes out letter for letter: ANAF compares it so.
    let callback = RedirectUrl::new(application.callback().to_owned())
        .map_err(|_| Error::invalid_input("the callback URL cannot be used"))?;
    let secret = ClientSecret::new(application.client_secret().expose_secret().to_owned());
    Ok(
        oauth2::Client::new(ClientId::new(application.client_id().to_owned()))
            .set_client_secret(secret)
            .set_redirect_uri(callback)
            .set_auth_uri(AuthUrl::from_url(below(endpoints, "authorize")?))
            .set_token_uri(TokenUrl::from_url(below(endpoints, "token")?)),
    )
}

impl OAuthClient {
    /// A client of ANAF's OAuth server, which serves the test and the production environment alike.
    pub fn builder(application: Application) -> OAuthClientBuilder {
        let mut timeouts = Timeouts::default();
        timeouts.read = Duration::from_secs(30);
        timeouts.total = Duration::from_secs(45);
        OAuthClientBuilder {
            application,
            endpoints: Endpoints::anaf(),
            clock: None,
            transport: None,
            timeouts,
        }
    }

    /// The application that this client speaks for.
    #[must_use]
    pub fn application(&self) -> &Application {
        &self.0.application
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.0.timeouts
    }

    /// A login page for a person with a certificate: `authorize?response_type=code&client_id=…&redirect_uri=…&
    /// token_content_type=jwt&state=…`, with a new random `state`.
    ///
    /// # Errors
    /// [`ErrorKind::Other`] when the operating system gives no random bytes.
    pub fn authorize(&self) -> Result<Authorization, Error> {
        Ok(self.authorize_with(State::random()?))
    }

    pub(crate) fn authorize_with(&self, state: State) -> Authorization {
        let csrf = CsrfToken::new(state.expose().to_owned());
        let (url, _) = self
            .0
            .wrapped
            .authorize_url(|| csrf)
            .add_extra_param("token_content_type", "jwt")
            .url();
        Authorization { url, state }
    }

    /// Exchanges a code for tokens. The code lives 60 seconds from the login and is good once.
    ///
    /// Every exchange is one more token of the same user: do not run two at once for one person, or ANAF answers 255.
    /// [`crate::Grants`] sees to that.
    ///
    /// # Errors
    /// [`ErrorKind::LoginRefused`] for a code that is late, used or for another callback; else as
    /// [`OAuthClient::refresh`]. If the answer was lost ([`Delivery::MaybeSent`]), the code is spent: start a new login.
    pub async fn exchange(&self, code: Code) -> Result<TokenSet, Error> {
        let since = self.0.clock.monotonic();
        self.exchange_since(code, since, None).await
    }

    /// As [`OAuthClient::exchange`]; `since` is when the callback came, by the steady clock.
    pub(crate) async fn exchange_since(
        &self,
        code: Code,
        since: Duration,
        callback: Option<&str>,
    ) -> Result<TokenSet, Error> {
        let mut request = self
            .0
            .wrapped
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .add_extra_param("token_content_type", "jwt");
        if let Some(callback) = callback {
            let callback = RedirectUrl::new(callback.to_owned())
                .map_err(|_| Error::invalid_input("the login's callback URL cannot be used"))?;
            request = request.set_redirect_uri(std::borrow::Cow::Owned(callback));
        }
        let http = self.http(Asked::Exchange);
        let issued = request.request_async(&http).await;
        let asked = Asked::Exchange;
        let issued = issued.map_err(|error| late(ours(asked, error), &self.0.clock, since))?;
        self.token_set(asked, &issued, None)
    }

    /// Exchanges a refresh token for a new pair. **ANAF may have ended the old refresh token as soon as it answers**:
    /// store the new set before anything else. [`crate::Grants`] does this as a transaction.
    ///
    /// A new set without a refresh token of its own keeps the old one.
    ///
    /// # Errors
    /// [`ErrorKind::NeedsLogin`] when ANAF says that the refresh token is expired, used or unknown, or there is none;
    /// [`ErrorKind::ConcurrentTokens`] for 255; [`ErrorKind::OAuth`] for a wrong client id or secret;
    /// [`ErrorKind::Quota`], [`ErrorKind::Server`] and the kinds of the network. With [`Delivery::MaybeSent`] the
    /// answer was lost, and the old refresh token may be dead.
    pub async fn refresh(&self, tokens: &TokenSet) -> Result<TokenSet, Error> {
        let Some(secret) = tokens.refresh() else {
            return Err(Error::new(ErrorKind::NeedsLogin)
                .during(Asked::Refresh.operation())
                .because("ANAF gave no refresh token with this grant"));
        };
        let secret = RefreshToken::new(secret.expose_secret().to_owned());
        let http = self.http(Asked::Refresh);
        let issued = self
            .0
            .wrapped
            .exchange_refresh_token(&secret)
            .add_extra_param("token_content_type", "jwt")
            .request_async(&http)
            .await
            .map_err(|error| ours(Asked::Refresh, error))?;
        self.token_set(Asked::Refresh, &issued, Some(tokens))
    }

    /// Asks ANAF to end a grant (RFC 7009): the refresh token, or the access token where there is none. Best effort.
    ///
    /// # Errors
    /// [`ErrorKind::LoginPage`] is the usual outcome: ANAF documents the endpoint, but puts its login wall before it,
    /// so that it is not available without a browser session. Forget the tokens instead; the person can end the grant
    /// in ANAF's portal.
    pub async fn revoke(&self, tokens: &TokenSet) -> Result<(), Error> {
        // Not through the oauth2 crate: it refuses revocation on loopback addresses, where tests live.
        let (token, hint) = match tokens.refresh() {
            Some(refresh) => (refresh, "refresh_token"),
            None => (tokens.access(), "access_token"),
        };
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token.expose_secret())
            .append_pair("token_type_hint", hint)
            .finish();
        let body = body.into_bytes();
        let secrets = secrets_of(&body);
        let url = below(&self.0.endpoints, "revoke")?;
        let request = WireRequest::new(Method::Post, url, form(body));
        let request = request.header("authorization", self.basic());
        let answer = self.once(Asked::Revoke, request).await?;
        judge(Asked::Revoke, &answer).map_err(|error| match error.kind() {
            ErrorKind::LoginPage => answer::answered(wall(), &answer),
            _ => without(error, &secrets).during(Asked::Revoke.operation()),
        })
    }

    /// `Authorization: Basic`, with id and secret form-encoded first (RFC 6749, section 2.3.1).
    fn basic(&self) -> String {
        use base64::Engine as _;
        let encode =
            |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let application = &self.0.application;
        let pair = format!(
            "{}:{}",
            encode(application.client_id()),
            encode(application.client_secret().expose_secret())
        );
        let coded = base64::engine::general_purpose::STANDARD.encode(pair);
        format!("Basic {coded}")
    }

    /// The `oauth2` crate's HTTP client.
    fn http(&self, asked: Asked) -> impl Fn(HttpRequest) -> Sent + use<> {
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

    async fn once(&self, asked: Asked, request: WireRequest) -> Result<Answer, Error> {
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

    fn token_set(
        &self,
        asked: Asked,
        issued: &Issued,
        before: Option<&TokenSet>,
    ) -> Result<TokenSet, Error> {
        let now = self.0.clock.now();
        let access = issued.access_token().secret();
        // The wire cannot carry others; better to say so now than at the first call.
        if access.is_empty() || !access.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Error::new(ErrorKind::Unreadable)
                .delivered(Delivery::Answered)
                .during(asked.operation())
                .because("the access token is empty or has characters that no header can carry"));
        }
        let payload = Payload::of(access);
        let access_life = access_life(issued, payload.as_ref(), now);
        let refresh = issued
            .refresh_token()
            .map(|token| SecretString::from(token.secret().clone()))
            .filter(|token| !token.expose_secret().is_empty());
        let refresh_expires_at = match (&refresh, before) {
            (Some(token), _) => {
                let life = refresh_life(issued, token, payload.is_some(), access_life);
                Some(after(now, life))
            }
            // No new refresh token: the old one goes on, as RFC 6749 has it.
            (None, Some(before)) => before.refresh_expires_at(),
            (None, None) => None,
        };
        let refresh = refresh.or_else(|| before.and_then(|before| before.refresh().cloned()));
        let claims = payload.map_or_else(Claims::default, Payload::into_claims);
        let generation = before.map_or(0, |before| before.generation().saturating_add(1));
        Ok(
            TokenSet::new(access.clone(), refresh, now, after(now, access_life))
                .with_refresh_expires_at(refresh_expires_at)
                .with_claims(claims)
                .with_generation(generation),
        )
    }
}

/// From `expires_in`, else by the JWT's own times, else the documented 90 days.
fn access_life(issued: &Issued, payload: Option<&Payload>, now: Timestamp) -> SignedDuration {
    let relative = issued
        .seconds()
        .or_else(|| payload.and_then(Payload::lifetime));
    if let Some(seconds) = relative {
        return SignedDuration::from_secs(seconds);
    }
    match payload.and_then(Payload::expiry) {
        Some(expiry) if expiry > now => expiry.duration_since(now),
        _ => ACCESS_LIFE,
    }
}

fn refresh_life(
    issued: &Issued,
    token: &SecretString,
    is_jwt: bool,
    access_life: SignedDuration,
) -> SignedDuration {
    let own = || Payload::of(token.expose_secret()).and_then(|payload| payload.lifetime());
    match issued.refresh_seconds().or_else(own) {
        Some(seconds) => SignedDuration::from_secs(seconds),
        None if is_jwt => JWT_REFRESH_LIFE.max(access_life),
        None => access_life.saturating_add(OPAQUE_REFRESH_EXTRA),
    }
}

fn after(now: Timestamp, life: SignedDuration) -> Timestamp {
    now.saturating_add(life).unwrap_or(Timestamp::MAX)
}

fn form(bytes: Vec<u8>) -> Body {
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

fn wall() -> Error {
    Error::new(ErrorKind::LoginPage).during(Asked::Revoke.operation()).because(
        "revocation is not available without a browser session; forget the tokens, or end the grant in ANAF's portal",
    )
}

type Sent = Pin<Box<dyn Future<Output = Result<HttpResponse, Wire>> + Send>>;

/// Our own error on its way through the `oauth2` crate.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Wire(Error);

/// Takes our error back out of the `oauth2` crate's. Its other variants may print a body, so nothing of them is kept.
fn ours<T>(asked: Asked, error: RequestTokenError<Wire, T>) -> Error
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

/// Says so if the code had died of age before ANAF answered.
fn late(error: Error, clock: &Arc<dyn Clock>, since: Duration) -> Error {
    let elapsed = clock.monotonic().saturating_sub(since);
    let code_is_spent = match error.kind() {
        ErrorKind::LoginRefused => true,
        _ => error.delivery() == Delivery::MaybeSent,
    };
    if !code_is_spent {
        return error;
    }
    let why = if elapsed > CODE_LIFE {
        format!(
            "the code lives 60 seconds, and ANAF's answer came {} seconds after the callback: start a new login",
            elapsed.as_secs()
        )
    } else if error.delivery() == Delivery::MaybeSent {
        "ANAF's answer was lost, and a code is good once: start a new login".to_owned()
    } else {
        return error;
    };
    error.because(why)
}
/// The secret values of a form, which a server might repeat in its answer.
fn secrets_of(form: &[u8]) -> Vec<String> {
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
fn without(error: Error, secrets: &[String]) -> Error {
    let Some(said) = error.said() else {
        return error;
    };
    let clean = secrets.iter().fold(said.to_owned(), |text, secret| {
        text.replace(secret.as_str(), "[REDACTED]")
    });
    error.quoting(clean)
}
