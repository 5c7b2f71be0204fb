//! The handle that a test holds.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request};

use crate::call::{Call, Operation, PUBLIC_PREFIX};
use crate::clock::FakeClock;
use crate::efactura::EFacturaControl;
use crate::etransport::ETransportControl;
use crate::faults::{Failure, On};
use crate::limits::Limits;
use crate::log::LoggedRequest;
use crate::oauth::{self, IssuedTokens, LoginRefused, OAuthControl};
use crate::people::{Application, Person};
use crate::server::{Responder, Shared};
use crate::state::State;

/// The default application's client id.
pub const CLIENT_ID: &str = "aplicatia-mea";
/// The default application's client secret. It protects nothing.
pub const CLIENT_SECRET: &str = "secretul-aplicatiei";
/// The default application's callback URL. Loopback callbacks with any port are accepted as well.
pub const CALLBACK: &str = "https://localhost:8443/callback";
/// A fiscal code that the default person has rights for: the seller in most tests.
pub const CIF: &str = "10000016";
/// Another fiscal code of the default person: the buyer in most tests.
pub const BUYER_CIF: &str = "20000021";
/// A valid fiscal code that no person here has rights for.
pub const STRANGER_CIF: &str = "30000037";
/// The certificate serial of the default person.
pub const SERIAL: &str = "1234AA456";
/// The certificate serial of a person without rights for any fiscal code.
pub const SERIAL_NO_RIGHTS: &str = "5678BB901";

/// A running fake. Clones are handles to the same one; it stops when the last is dropped.
#[derive(Clone)]
pub struct FakeAnaf {
    shared: Arc<Shared>,
    server: Arc<MockServer>,
}

/// What a fake starts with. Made by [`FakeAnaf::builder`].
#[derive(Debug)]
#[must_use]
pub struct Builder {
    address: SocketAddr,
    clock: FakeClock,
    applications: Vec<Application>,
    people: Vec<Person>,
    limits: Limits,
}

impl Builder {
    /// Listens here; by default on a free port of 127.0.0.1.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Listens on this port of 127.0.0.1; 0 takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.address.set_port(port);
        self
    }

    /// Reads the time here; by default from the machine's clock.
    pub fn clock(mut self, clock: FakeClock) -> Self {
        self.clock = clock;
        self
    }

    /// Registers an application; the first call replaces the default one.
    pub fn application(mut self, application: Application) -> Self {
        self.applications.push(application);
        self
    }

    /// Enrols a person; the first call replaces the default ones. The first person is who logs in by default.
    pub fn person(mut self, person: Person) -> Self {
        self.people.push(person);
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(self) -> io::Result<FakeAnaf> {
        let listener = TcpListener::bind(self.address)?;
        let mut state = State {
            applications: self.applications,
            people: self.people,
            limits: self.limits,
            ..State::default()
        };
        if state.applications.is_empty() {
            state
                .applications
                .push(Application::new(CLIENT_ID, CLIENT_SECRET, CALLBACK).any_loopback_callback());
        }
        if state.people.is_empty() {
            state
                .people
                .push(Person::new("Ana Popescu", SERIAL).cif(CIF).cif(BUYER_CIF));
            state
                .people
                .push(Person::new("Radu Ionescu", SERIAL_NO_RIGHTS));
        }
        let shared = Arc::new(Shared::new(self.clock, state));
        // The fake keeps a log of its own, without bodies.
        let server = MockServer::builder()
            .listener(listener)
            .disable_request_recording()
            .start()
            .await;
        Mock::given(any())
            .respond_with(Responder(Arc::clone(&shared)))
            .mount(&server)
            .await;
        Ok(FakeAnaf {
            shared,
            server: Arc::new(server),
        })
    }
}

impl FakeAnaf {
    /// A fake with all defaults on a free loopback port.
    ///
    /// # Panics
    /// When no loopback port can be listened on.
    #[expect(
        clippy::expect_used,
        reason = "a test without a loopback port cannot go on, and should say so"
    )]
    pub async fn start() -> Self {
        Self::builder()
            .start()
            .await
            .expect("a free port on 127.0.0.1")
    }

    /// A fake to be set up before it starts.
    pub fn builder() -> Builder {
        Builder {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            clock: FakeClock::real(),
            applications: Vec::new(),
            people: Vec::new(),
            limits: Limits::default(),
        }
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn base_url(&self) -> String {
        self.server.uri()
    }

    /// The address listened on: what a [`FaultProxy`](crate::FaultProxy) is put in front of.
    pub fn address(&self) -> SocketAddr {
        *self.server.address()
    }

    /// Stands for `https://logincert.anaf.ro/anaf-oauth2/v1`: append `/authorize`, `/token`, `/revoke`.
    pub fn oauth_base(&self) -> String {
        format!("{}/anaf-oauth2/v1", self.base_url())
    }

    /// Stands for `https://api.anaf.ro`: append `/test/FCTEL/rest/…`, `/prod/ETRANSPORT/ws/v1/…`,
    /// `/TestOauth/jaxrs/hello`, `/api/validate/signature`.
    pub fn api_base(&self) -> String {
        self.base_url()
    }

    /// Stands for `https://webservicesp.anaf.ro`: append `/prod/FCTEL/rest/validare/FACT1`, `/api/validate/signature` …
    pub fn public_base(&self) -> String {
        format!("{}/{PUBLIC_PREFIX}", self.base_url())
    }

    /// The fake's clock.
    pub fn clock(&self) -> &FakeClock {
        &self.shared.clock
    }

    /// Orders to, and counters of, the OAuth server.
    pub fn oauth(&self) -> OAuthControl {
        OAuthControl(Arc::clone(&self.shared))
    }

    /// Orders to, and the contents of, e-Factura.
    pub fn efactura(&self) -> EFacturaControl {
        EFacturaControl(Arc::clone(&self.shared))
    }

    /// Orders to, and the contents of, e-Transport.
    pub fn etransport(&self) -> ETransportControl {
        ETransportControl(Arc::clone(&self.shared))
    }

    /// The first application.
    pub fn application(&self) -> Application {
        self.shared
            .lock()
            .applications
            .first()
            .cloned()
            .unwrap_or_else(|| Application::new("", "", ""))
    }

    /// The first application's client id.
    pub fn client_id(&self) -> String {
        self.application().client_id().to_owned()
    }

    /// The first application's client secret.
    pub fn client_secret(&self) -> String {
        self.application().client_secret().to_owned()
    }

    /// The first application's callback URL.
    pub fn redirect_uri(&self) -> String {
        self.application().redirect_uri().to_owned()
    }

    /// A fiscal code that the first person has rights for.
    pub fn cif(&self) -> String {
        let state = self.shared.lock();
        state
            .people
            .first()
            .and_then(|person| person.cifs().next())
            .unwrap_or_default()
            .to_owned()
    }

    /// Registers one more application while the fake runs.
    pub fn register(&self, application: Application) {
        self.shared.lock().applications.push(application);
    }

    /// Enrols one more person while the fake runs, or replaces the one with the same certificate serial.
    pub fn enrol(&self, person: Person) {
        let mut state = self.shared.lock();
        match state
            .people
            .iter_mut()
            .find(|known| known.serial == person.serial)
        {
            Some(known) => *known = person,
            None => state.people.push(person),
        }
    }

    /// Does what the browser of a person with a certificate would: opens an authorization URL, and gives the URL that
    /// ANAF redirects to, with `code` and `state` or with `error`. Who logs in is the first person, unless
    /// [`OAuthControl::next_login_as`] or [`OAuthControl::refuse_next_login`] says otherwise.
    ///
    /// # Errors
    /// When the fake shows an error page instead: unknown client, callback not registered, not a URL of this fake.
    pub fn log_in(&self, authorization_url: &str) -> Result<String, LoginRefused> {
        let url = url::Url::parse(authorization_url).map_err(|why| LoginRefused {
            status: 0,
            page: format!("not a URL: {why}"),
        })?;
        let request = Request {
            url,
            method: http_method_get(),
            headers: wiremock::http::HeaderMap::new(),
            body: Vec::new(),
        };
        let call = Call::new(&request, self.shared.clock.now());
        let mut state = self.shared.lock();
        let page_before = std::mem::replace(&mut state.oauth.settings.login_page, false);
        let answer = oauth::authorize(&mut state, &call);
        state.oauth.settings.login_page = page_before;
        let location = answer.headers.iter().find(|(name, _)| name == "Location");
        match location {
            Some((_, to)) => Ok(to.clone()),
            None => Err(LoginRefused {
                status: answer.status,
                page: String::from_utf8_lossy(&answer.body).into_owned(),
            }),
        }
    }

    /// A pair of tokens for the first person and application, without a login.
    pub fn issue(&self) -> IssuedTokens {
        let (serial, client_id) = {
            let state = self.shared.lock();
            let serial = state
                .people
                .first()
                .map(|person| person.serial.clone())
                .unwrap_or_default();
            (
                serial,
                state
                    .applications
                    .first()
                    .map(|app| app.client_id.clone())
                    .unwrap_or_default(),
            )
        };
        self.oauth().issue_for(&serial, &client_id)
    }

    /// A bearer token of the first person, without a login.
    pub fn bearer(&self) -> String {
        self.issue().access_token
    }

    /// The next request of this kind fails so.
    pub fn fail_next(&self, on: impl Into<On>, failure: Failure) {
        self.fail(1, on, failure);
    }

    /// The next `times` requests of this kind fail so.
    pub fn fail(&self, times: u32, on: impl Into<On>, failure: Failure) {
        if times > 0 {
            self.shared
                .lock()
                .faults
                .order(on.into(), failure, Some(times), 0);
        }
    }

    /// One request of this kind fails so, after `skip` others have gone well.
    pub fn fail_after(&self, skip: u32, on: impl Into<On>, failure: Failure) {
        self.shared
            .lock()
            .faults
            .order(on.into(), failure, Some(1), skip);
    }

    /// Every request of this kind fails so, until [`FakeAnaf::clear_failures`].
    pub fn fail_always(&self, on: impl Into<On>, failure: Failure) {
        self.shared.lock().faults.order(on.into(), failure, None, 0);
    }

    /// Forgets all failures and slow-downs on order.
    pub fn clear_failures(&self) {
        self.shared.lock().faults.clear();
    }

    /// Failures on order that have not happened yet; those ordered for always do not count.
    pub fn failures_outstanding(&self) -> usize {
        self.shared.lock().faults.outstanding()
    }

    /// Every answer of this operation comes so much later, in real time.
    pub fn slow_down(&self, operation: Operation, by: Duration) {
        self.shared.lock().faults.slow_down(operation, by);
    }

    /// Sets the limits. What has been counted stays counted.
    pub fn set_limits(&self, change: impl FnOnce(&mut Limits)) {
        change(&mut self.shared.lock().limits);
    }

    /// How many requests for this operation have arrived, failed ones included.
    pub fn count(&self, operation: Operation) -> u64 {
        self.shared.lock().log.count(operation)
    }

    /// The requests that have arrived, oldest first; at most the last 100 000.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.shared.lock().log.requests()
    }

    /// Empties the log and its counters.
    pub fn clear_log(&self) {
        self.shared.lock().log.clear();
    }
}

fn http_method_get() -> wiremock::http::Method {
    wiremock::http::Method::GET
}

impl fmt::Debug for FakeAnaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeAnaf")
            .field("address", self.server.address())
            .finish_non_exhaustive()
    }
}
