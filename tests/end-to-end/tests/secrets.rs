//! No token, client secret, authorization code, `state` or CNP in any log line, error, or `Debug`: every operation and
//! every failure under a subscriber that captures everything at TRACE.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fmt::{Debug, Display};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anaf_efactura::{
    BuyerMessage, CheckSignature, Cif, Document, Download, DownloadZip, EFactura, Error, Form,
    List, ListPage, MessageQuery, Standard, Status, Transform, Upload, Validate, Via, Wait, Window,
};
use anaf_http::{
    Bearer, BearerSource, Endpoints, Environment, FixedBearer, Host, Limits, ManualClock, Method,
    Operation as _, RetryPolicy, Session, Timeouts, WireRequest,
};
use anaf_oauth::store::{
    FileStore, GrantKey, JournalEntry, Lease, LoginHash, MemoryStore, PendingLogin, SealKey,
    TokenStore,
};
use anaf_oauth::{Application, Callback, Grant, Grants, Hello, OAuthClient, State};
use fake_anaf::{Failure, FakeAnaf, Fault, FaultProxy, Person, RetryAfter};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use tracing_subscriber::fmt::MakeWriter;

/// Everything that was ever shown: log lines, errors, `Debug` and `Display` of values.
#[derive(Clone, Default)]
struct Shown(Arc<Mutex<Vec<u8>>>);

impl Shown {
    fn line(&self, text: &str) {
        let mut all = self.0.lock().unwrap();
        all.extend_from_slice(text.as_bytes());
        all.push(b'\n');
    }

    fn debug(&self, value: impl Debug) {
        self.line(&format!("{value:?}"));
        self.line(&format!("{value:#?}"));
    }

    fn error(&self, error: &(impl Debug + Display)) {
        self.line(&format!("{error}"));
        self.debug(error);
    }

    fn outcome<T: Debug>(&self, result: &Result<T, Error>) {
        match result {
            Ok(value) => self.debug(value),
            Err(error) => self.error(error),
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Shown {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Shown {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What must never be shown, with its name.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn add(&mut self, name: &'static str, value: impl Into<String>) {
        let value = value.into();
        assert!(value.len() >= 8, "{name} is too short to look for");
        self.0.push((name, value));
    }

    async fn add_tokens(&mut self, store: &MemoryStore, key: &GrantKey) {
        let stored = store.load(key).await.unwrap().unwrap();
        self.add("access token", stored.tokens.access().expose_secret());
        let refresh = stored.tokens.refresh().unwrap().expose_secret();
        self.add("refresh token", refresh);
        // A JWT's signature alone would do for nobody, but its payload names the person.
        for part in stored.tokens.access().expose_secret().split('.') {
            self.add("part of a JWT", part);
        }
    }

    fn look_for_them_in(&self, shown: &str) {
        assert!(
            shown.len() > 20_000,
            "only {} bytes were shown",
            shown.len()
        );
        for (name, value) in &self.0 {
            if let Some(at) = shown.find(value.as_str()) {
                let start = boundary(shown, at.saturating_sub(300));
                let end = boundary(shown, at + 60);
                panic!("a {name} is shown: …{}", &shown[start..end]);
            }
        }
    }
}

/// The nearest beginning of a character at or before a byte.
fn boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|i| text.is_char_boundary(*i))
        .unwrap_or(0)
}

/// A person's code with the right control digit.
fn cnp() -> String {
    (0..10)
        .map(|digit| format!("285061540001{digit}"))
        .find(|text| Cif::parse(text).is_ok())
        .unwrap()
}

fn invoice(number: &str, buyer: &str) -> String {
    let party = |role: &str, cif: &str| {
        format!(
            "<cac:{role}><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>{cif}</cbc:CompanyID><cac:TaxScheme>\
             <cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme></cac:Party></cac:{role}>"
        )
    };
    format!(
        "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
         xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
         xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\"><cbc:ID>{number}</cbc:ID>\
         <cbc:IssueDate>2026-07-01</cbc:IssueDate>{}{}</Invoice>",
        party("AccountingSupplierParty", &format!("RO{}", fake_anaf::CIF)),
        party("AccountingCustomerParty", buyer),
    )
}

const CLIENT_SECRET: &str = "secretul-cel-mai-secret";

struct Stage {
    fake: FakeAnaf,
    proxy: FaultProxy,
    endpoints: Endpoints,
    application: Application,
    oauth: OAuthClient,
    store: MemoryStore,
    key: GrantKey,
    shown: Shown,
    secrets: Secrets,
    cnp: String,
}

impl Stage {
    async fn set(shown: Shown) -> Self {
        let cnp = cnp();
        let person = Person::new("Ana Popescu", fake_anaf::SERIAL)
            .cif(fake_anaf::CIF)
            .cif(&cnp);
        let callback = fake_anaf::CALLBACK;
        let registered = fake_anaf::Application::new("aplicatie", CLIENT_SECRET, callback);
        let fake = FakeAnaf::builder()
            .person(person)
            .application(registered)
            .start()
            .await
            .unwrap();
        let proxy = FaultProxy::start(fake.address()).await.unwrap();
        let endpoints = Endpoints::anaf()
            .with(Host::Api, &proxy.api_base())
            .and_then(|e| e.with(Host::Public, &proxy.public_base()))
            .and_then(|e| e.with(Host::OAuth, &proxy.oauth_base()))
            .unwrap();
        let application = Application::new("aplicatie", CLIENT_SECRET, callback).unwrap();
        let builder = OAuthClient::builder(application.clone()).endpoints(endpoints.clone());
        shown.debug(&builder);
        let oauth = builder.build().unwrap();
        let mut secrets = Secrets::default();
        secrets.add("client secret", CLIENT_SECRET);
        // `Authorization: Basic`
        secrets.add(
            "client secret in base64",
            "YXBsaWNhdGllOnNlY3JldHVsLWNlbC1tYWktc2VjcmV0",
        );
        secrets.add("CNP", &cnp);
        Self {
            fake,
            proxy,
            endpoints,
            application,
            oauth,
            store: MemoryStore::new(),
            key: GrantKey::new(format!("ana-{cnp}")).unwrap(),
            shown,
            secrets,
            cnp,
        }
    }

    /// A login's callback, its secrets noted.
    fn callback(&mut self) -> (Callback, State) {
        let authorization = self.oauth.authorize().unwrap();
        self.shown.debug(&authorization);
        self.shown.debug(&authorization.state);
        self.secrets.add("state", authorization.state.expose());
        let direct = authorization
            .url
            .as_str()
            .replace(&self.proxy.base_url(), &self.fake.base_url());
        let landed = self.fake.log_in(&direct).unwrap();
        let query = landed.split_once('?').unwrap().1;
        let code = query
            .split('&')
            .find_map(|p| p.strip_prefix("code="))
            .unwrap();
        self.secrets.add("authorization code", code);
        let callback = Callback::from_pasted(&landed).unwrap();
        self.shown.debug(&callback);
        (callback, authorization.state)
    }

    async fn log_in(&mut self) -> Grant {
        let (callback, state) = self.callback();
        let code = callback.code_for(&state).unwrap();
        self.shown.debug(&code);
        let builder = Grants::builder(self.oauth.clone(), self.store.clone());
        self.shown.debug(&builder);
        let grants = builder.build().unwrap();
        let grant = grants.log_in(&self.key, code).await.unwrap();
        self.secrets.add_tokens(&self.store, &self.key).await;
        self.shown
            .debug((&grants, &grant, grant.status(), &self.key));
        grant
    }

    /// Every way in which the token endpoint may fail.
    async fn failing_logins(&mut self) {
        for failure in [
            Failure::oauth_error("invalid_grant", None),
            Failure::oauth_error("invalid_client", Some("Client authentication failed")),
            Failure::oauth_255(),
            Failure::status(255),
            Failure::status(500),
            Failure::status(429),
            Failure::login_page(),
            Failure::login_redirect(),
            Failure::firewall_page(),
            // The tokens stand in these bodies.
            Failure::truncated(),
            Failure::truncated_at(700),
            Failure::appended("}}"),
            Failure::wrong_content_type("text/html"),
            Failure::empty_body(),
        ] {
            let (callback, state) = self.callback();
            let code = callback.code_for(&state).unwrap();
            self.fake
                .fail_next(fake_anaf::Operation::TokenExchange, failure);
            let outcome = self.oauth.exchange(code).await;
            self.shown.outcome(&outcome);
            if let Ok(tokens) = outcome {
                self.secrets
                    .add("access token", tokens.access().expose_secret());
            }
        }
        let (callback, _) = self.callback();
        let foreign = State::random().unwrap();
        self.shown.outcome(&callback.code_for(&foreign));
        let refused = Callback::from_query("error=access_denied&state=abcdefgh").unwrap();
        self.shown.debug(&refused);
        self.shown.outcome(&refused.into_code());
        self.shown.outcome(&Callback::from_pasted("?"));
    }

    fn session(&self, source: impl BearerSource + 'static, hasty: bool) -> Session {
        let mut timeouts = Timeouts::default();
        if hasty {
            timeouts = timeouts.total(Duration::from_millis(300));
        }
        let builder = Session::builder(Environment::Test)
            .endpoints(self.endpoints.clone())
            .clock(ManualClock::auto(Timestamp::now()))
            .limits(Limits::none())
            .retry(RetryPolicy::default().attempts(2))
            .timeouts(timeouts)
            .bearer(source);
        self.shown.debug(&builder);
        let session = builder.build().unwrap();
        self.shown.debug(&session);
        session
    }

    /// Calls every operation, each with the CNP wherever it fits.
    async fn every_operation(&self, session: &Session) {
        let person: Cif = self.cnp.parse().unwrap();
        let company: Cif = fake_anaf::CIF.parse().unwrap();
        let xml = invoice("CNP-1", &self.cnp);
        let efactura = EFactura::new(session.clone());
        let shown = &self.shown;
        for cif in [person, company] {
            let document = Document::raw(Standard::Ubl, xml.clone());
            shown.debug((&document, &cif));
            let upload = Upload::new(cif, document).to_consumer();
            let message = BuyerMessage::new(7.into(), format!("CNP {}", self.cnp)).unwrap();
            shown.debug(&message);
            let uploaded = efactura.upload(&upload).await;
            shown.outcome(&uploaded);
            shown.outcome(&efactura.upload(&Upload::new(cif, message)).await);
            shown.debug(&upload);
            shown.outcome(&upload.request(Environment::Test));
            if let Ok(receipt) = uploaded {
                let status = Status::of(receipt.index.clone());
                shown.debug(&status);
                let verdict = session.call(&status).await;
                shown.outcome(&verdict);
                let mut wait = Wait::new(receipt.index).patience(Duration::from_secs(1));
                shown.outcome(&efactura.wait(&mut wait).await);
                shown.debug(&wait);
                if let Some(id) = verdict.ok().and_then(|v| v.download().cloned()) {
                    let archive = session.call(&Download::new(id.clone())).await;
                    shown.outcome(&archive);
                    shown.outcome(&session.call(&DownloadZip::new(id)).await.map(|z| z.len()));
                    if let Ok(archive) = archive {
                        let check = CheckSignature::of(&archive);
                        shown.debug(&check);
                        shown.outcome(&session.call(&check).await);
                        shown.outcome(&session.call(&check.via(Via::OAuth)).await);
                    }
                }
            }
            let now = Timestamp::now();
            let window = Window::between(
                now - Duration::from_secs(3600),
                now - Duration::from_millis(1),
            );
            let query = MessageQuery::new(cif)
                .between(window)
                .margin(Duration::ZERO);
            shown.debug(&query);
            let messages = efactura.messages(&query).unwrap();
            shown.debug(&messages);
            shown.outcome(&messages.collect().await);
            let page = ListPage::new(cif, window, 1);
            shown.debug(&page);
            shown.outcome(&page.request(Environment::Test));
            shown.outcome(&session.call(&page).await);
            let list = List::new(cif, 1);
            shown.debug(&list);
            shown.outcome(&session.call(&list).await);
            shown.outcome(&efactura.find_lost_upload(&upload, now).await);
        }
        let validate = Validate::new(Form::Invoice, xml.clone());
        let transform = Transform::new(Form::Invoice, xml).without_validation();
        shown.debug((&validate, &transform));
        shown.outcome(&efactura.validate(&validate).await);
        shown.outcome(&efactura.transform(&transform).await);
        shown.outcome(&session.call(&Hello::new("nume")).await);
        shown.debug(&efactura);
    }

    async fn every_failure(&self, grant: &Grant) {
        let body = format!(
            r#"{{"eroare":"Nu aveti drept in SPV pentru CIF={}"}}"#,
            self.cnp
        );
        let failures = [
            Failure::status(400),
            Failure::status(401),
            Failure::status(403),
            Failure::status(404),
            Failure::status(255),
            Failure::status(503),
            Failure::too_many_requests(RetryAfter::Date, Duration::from_secs(2)),
            Failure::firewall_page(),
            Failure::login_page(),
            Failure::login_redirect(),
            Failure::technical_error(),
            Failure::empty_body(),
            Failure::truncated(),
            Failure::stray_bracket(),
            Failure::replaced("?!"),
            Failure::wrong_content_type("image/png"),
            // ANAF's texts may repeat a personal code.
            Failure::answer(200, body.clone()),
            Failure::answer(400, body.clone()),
            Failure::answer(503, body.clone()),
            Failure::answer(200, format!("<html>{body}</html>")),
            Failure::answer(200, format!("{{\"x\": {}}}", self.cnp)),
        ];
        for failure in failures {
            let session = self.session(FixedBearer::new(self.fake.bearer()), false);
            self.fake.fail_always(fake_anaf::On::Any, failure);
            self.every_operation(&session).await;
            self.fake.clear_failures();
        }
        let faults = [
            (Fault::ResetBeforeRead, false),
            (Fault::ResetAfterForward, false),
            (Fault::CutBody(40), false),
            (Fault::StallAfterRead, true),
        ];
        for (fault, hasty) in faults {
            let session = self.session(grant.clone(), hasty);
            self.proxy.order(u32::MAX, "/FCTEL/", fault);
            self.every_operation(&session).await;
            self.proxy.clear();
        }
        self.proxy.refuse().await;
        self.every_operation(&self.session(grant.clone(), false))
            .await;
        self.proxy.accept_again().await;
    }

    /// 401, a refresh that fails in every way, and one that works.
    async fn refreshes(&mut self, grant: &Grant) {
        for failure in [
            Failure::status(500),
            Failure::truncated(),
            Failure::oauth_255(),
        ] {
            self.fake.oauth().expire_access_tokens();
            self.fake
                .fail_next(fake_anaf::Operation::TokenRefresh, failure);
            let session = self.session(grant.clone(), false);
            let status = session.call(&Status::of(1.into())).await;
            self.shown.outcome(&status);
            self.shown.debug(grant.status());
        }
        let tokens = self.store.load(&self.key).await.unwrap().unwrap();
        self.shown.debug(&tokens);
        let renewed = self.oauth.refresh(&tokens.tokens).await;
        self.shown.outcome(&renewed);
        if let Ok(renewed) = &renewed {
            self.secrets
                .add("access token", renewed.access().expose_secret());
            let refresh = renewed.refresh().unwrap().expose_secret();
            self.secrets.add("refresh token", refresh);
        }
        self.shown.outcome(&self.oauth.revoke(&tokens.tokens).await);
    }

    /// The types that hold a secret and that no call shows.
    async fn every_type(&mut self) {
        let tokens = self.store.load(&self.key).await.unwrap().unwrap().tokens;
        let token = tokens.access().expose_secret().to_owned();
        let now = Timestamp::now();
        let url = format!("{}?code={token}", self.fake.base_url());
        let wire = WireRequest::new(Method::Get, url.parse().unwrap(), anaf_http::Body::None)
            .header("authorization", format!("Bearer {token}"));
        self.shown.debug((
            &wire,
            Bearer::new(token.as_str(), 3),
            FixedBearer::new(token),
        ));
        self.shown
            .debug((&self.application, &self.oauth, &self.store));
        let entry = JournalEntry::intent(1, "a", 2, now).answered(tokens);
        self.shown.debug(&entry);
        let lease = Lease::new(self.key.clone(), "holder", 1, Duration::from_secs(1));
        self.shown.debug(&lease);
        let hash = LoginHash::of("codul-unui-link");
        self.secrets.add("link code", "codul-unui-link");
        let login = PendingLogin::new(
            hash,
            hash,
            self.key.clone(),
            "https://x.example/c",
            now,
            now,
        );
        self.shown.debug(&login);
        let sealed = [0xA7_u8; 32];
        let key = SealKey::from_bytes(sealed);
        self.shown.debug(&key);
        self.secrets.add("seal key", "167, 167, 167, 167");
        let folder = tempfile::tempdir().unwrap();
        let files = FileStore::open_or_create(folder.path().join("t")).unwrap();
        self.shown.debug(&files);
        let shown = format!(
            "{:?} {}",
            self.cnp.parse::<Cif>(),
            self.cnp.parse::<Cif>().unwrap()
        );
        self.shown.line(&shown);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_ever_shown() {
    let shown = Shown::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(shown.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let mut stage = Stage::set(shown.clone()).await;
    stage.failing_logins().await;
    let grant = stage.log_in().await;
    stage
        .every_operation(&stage.session(grant.clone(), false))
        .await;
    stage.every_failure(&grant).await;
    stage.every_type().await;
    stage.refreshes(&grant).await;

    let text = shown.text();
    for witness in ["anaf.call", "efactura.upload", "TRACE", "the call failed"] {
        assert!(text.contains(witness), "the capture works: {witness}");
    }
    stage.secrets.look_for_them_in(&text);
    writeln!(
        std::io::stderr(),
        "{} secrets looked for in {} bytes of logs, errors and Debug",
        stage.secrets.0.len(),
        text.len()
    )
    .unwrap();
}
