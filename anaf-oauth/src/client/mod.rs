//! ANAF's OAuth server as functions: authorization URL, code exchange, refresh, revocation.

mod authorization;
mod builder;
mod tokens;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anaf_http::{Clock, Method, Timeouts, Transport, WireRequest};
use anaf_types::answer;
use anaf_types::{Delivery, Endpoints, Error, ErrorKind};
use oauth2::{AuthorizationCode, CsrfToken, RedirectUrl, RefreshToken};
use secrecy::ExposeSecret;

pub use authorization::Authorization;
pub use builder::OAuthClientBuilder;

use crate::Application;
use crate::answer::{Asked, judge};
use crate::callback::{Code, State};
use crate::store::TokenSet;
use builder::below;
use wire::{Wrapped, form, ours, secrets_of, without};

/// How long a code lives.
const CODE_LIFE: Duration = Duration::from_secs(60);

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

impl fmt::Debug for OAuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClient")
            .field("application", &self.0.application)
            .finish_non_exhaustive()
    }
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
}

fn wall() -> Error {
    Error::new(ErrorKind::LoginPage).during(Asked::Revoke.operation()).because(
        "revocation is not available without a browser session; forget the tokens, or end the grant in ANAF's portal",
    )
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
