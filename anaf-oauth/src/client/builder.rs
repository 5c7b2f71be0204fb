//! Making a client.

use std::fmt;
use std::sync::Arc;

use anaf_http::{Clock, HttpTransport, SystemClock, Timeouts, Transport};
use anaf_types::{Endpoints, Error, Host};
use oauth2::{AuthUrl, ClientId, ClientSecret, RedirectUrl, TokenUrl};
use secrecy::ExposeSecret;
use url::Url;

use super::wire::Wrapped;
use super::{Inner, OAuthClient};
use crate::Application;

/// Settings of an [`OAuthClient`].
#[must_use]
pub struct OAuthClientBuilder {
    pub(super) application: Application,
    pub(super) endpoints: Endpoints,
    pub(super) clock: Option<Arc<dyn Clock>>,
    pub(super) transport: Option<Arc<dyn Transport>>,
    pub(super) timeouts: Timeouts,
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
    /// [`ErrorKind::Connect`](anaf_types::ErrorKind::Connect) when TLS cannot be set up on this machine;
    /// [`ErrorKind::InvalidInput`](anaf_types::ErrorKind::InvalidInput) for a base URL that cannot be extended.
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

pub(super) fn below(endpoints: &Endpoints, path: &str) -> Result<Url, Error> {
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
