//! No token, client secret, authorization code, `state` or CNP in any log line, error, or `Debug`: every operation and
//! every failure under a subscriber that captures everything at TRACE.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod every;

use std::io::Write;
use std::time::Duration;

use anaf_efactura::{
    Cif, Document, EFactura, Form, ListPage, MessageQuery, Standard, Status, Transform, Upload,
    Wait, Window,
};
use anaf_etransport::{ETransport, Partner, Patience, Waiting};
use anaf_http::{
    Bearer, BearerSource, Endpoints, Environment, FixedBearer, Host, Limits, ManualClock, Method,
    Operation as _, RetryPolicy, Session, WireRequest,
};
use anaf_invoice::build::{InvoiceBuilder, Line};
use anaf_invoice::codes::{Sector, Unit};
use anaf_invoice::model::{LineVat, Party, PaymentInstructions, PostalAddress};
use anaf_oauth::store::{
    FileStore, GrantKey, JournalEntry, Lease, LoginHash, MemoryStore, PendingLogin, SealKey,
    TokenStore,
};
use anaf_oauth::{Application, Callback, Grant, Grants, OAuthClient, State};
use every::{FAILURES, Failing, Lane, Op, Secrets, Shown, Trouble, cnp, failing, invoice};
use fake_anaf::{Failure, FakeAnaf, FaultProxy, Person};
use jiff::Timestamp;
use secrecy::ExposeSecret;

/// Answers that repeat the personal code that they were asked about, in each form.
const REPEATING: &[Failing] = &[
    failing("a refusal", || repeat(200, "", "")),
    failing("a bad request", || repeat(400, "", "")),
    failing("a failing server", || repeat(503, "", "")),
    failing("a page", || repeat(200, "<html>", "</html>")),
    failing("half", || repeat(200, "", "{{")),
    failing("XML", || {
        let text = format!(r#"<header><Errors errorMessage="CIF={}"/></header>"#, cnp());
        Trouble::Answer(Failure::answer(200, text))
    }),
    failing("a number", || {
        Trouble::Answer(Failure::answer(200, format!("{{\"x\": {}}}", cnp())))
    }),
    failing("a finding", || {
        Trouble::Answer(Failure::said(format!("[BR-RO-1]-CIF {} gresit", cnp())))
    }),
];

fn repeat(status: u16, before: &str, after: &str) -> Trouble {
    let text = format!(
        r#"{before}{{"eroare":"Nu aveti drept in SPV pentru CIF={}"}}{after}"#,
        cnp()
    );
    Trouble::Answer(Failure::answer(status, text))
}

/// Makes every call under every failure, for a person whose fiscal code is a personal one. Gives the number of calls.
async fn every_call(shown: &Shown, secrets: &mut Secrets) -> usize {
    let lanes: Vec<_> = Op::ALL
        .into_iter()
        .map(|op| {
            let shown = shown.clone();
            tokio::spawn(async move {
                let mut lane = Lane::open(op, &cnp()).await;
                let going = [failing("nothing", || {
                    Trouble::Answer(Failure::late(Duration::ZERO))
                })];
                let failures = going.iter().chain(FAILURES).chain(REPEATING);
                let mut calls = 0;
                for (number, failing) in failures.enumerate() {
                    shown.outcome(&lane.fail(failing, number).await);
                    calls += 1;
                }
                (lane.secrets, calls)
            })
        })
        .collect();
    let mut calls = 0;
    for lane in lanes {
        let (found, made) = lane.await.unwrap();
        calls += made;
        for (name, secret) in found {
            secrets.add(name, secret);
        }
    }
    calls
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

    fn session(&self, source: impl BearerSource + 'static) -> Session {
        let builder = Session::builder(Environment::Test)
            .endpoints(self.endpoints.clone())
            .clock(ManualClock::auto(Timestamp::now()))
            .limits(Limits::none())
            .retry(RetryPolicy::default().attempts(2))
            .bearer(source);
        self.shown.debug(&builder);
        let session = builder.build().unwrap();
        self.shown.debug(&session);
        session
    }

    /// The calls that are made of several, with the CNP wherever it fits, and what they are given.
    async fn composed_calls(&self, session: &Session) {
        let person: Cif = self.cnp.parse().unwrap();
        let company: Cif = fake_anaf::CIF.parse().unwrap();
        let xml = invoice("CNP-1", &self.cnp);
        let efactura = EFactura::new(session.clone());
        let etransport = ETransport::new(session.clone());
        let shown = &self.shown;
        for cif in [person, company] {
            let document = Document::raw(Standard::Ubl, xml.clone());
            shown.debug((&document, &cif));
            let upload = Upload::new(cif, document).to_consumer();
            shown.outcome(&upload.request(Environment::Test));
            let uploaded = efactura.upload(&upload).await;
            let index = uploaded.map_or_else(|_| 1.into(), |receipt| receipt.index);
            let mut wait = Wait::new(index).patience(Duration::from_secs(1));
            shown.outcome(&efactura.wait(&mut wait).await);
            shown.debug(&wait);
            let now = session.clock().now();
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
            shown.outcome(&ListPage::new(cif, window, 1).request(Environment::Test));
            shown.outcome(&efactura.find_lost_upload(&upload, now).await);
            shown.outcome(&etransport.list(cif, 60).await);
        }
        let transform = Transform::new(Form::Invoice, xml).without_validation();
        shown.outcome(&efactura.transform(&transform).await);
        let receipt = anaf_etransport::Receipt::of_index(1.into());
        let mut waiting = Waiting::new(receipt);
        let patience = Patience::Until(Duration::from_secs(1));
        shown.outcome(&etransport.wait_on(&mut waiting, patience).await);
        shown.debug((&waiting, &efactura, &etransport));
    }

    /// The calls that are made of several, while each of them fails.
    async fn composed_calls_failing(&self, grant: &Grant) {
        for failing in FAILURES.iter().chain(REPEATING).filter(|f| !f.slow) {
            let session = self.session(grant.clone());
            match failing.trouble() {
                Trouble::Answer(failure) => {
                    self.fake.fail_always("/FCTEL/", failure.clone());
                    self.fake.fail_always("/ETRANSPORT/", failure);
                }
                Trouble::Connection(fault) => {
                    self.proxy.order(u32::MAX, "/FCTEL/", fault);
                    self.proxy.order(u32::MAX, "/ETRANSPORT/", fault);
                }
                Trouble::Refused => self.proxy.refuse().await,
            }
            self.composed_calls(&session).await;
            self.fake.clear_failures();
            self.proxy.clear();
            if matches!(failing.trouble(), Trouble::Refused) {
                self.proxy.accept_again().await;
            }
        }
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
            let session = self.session(grant.clone());
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

    /// Documents about a private person.
    fn documents(&self) {
        let person: Cif = self.cnp.parse().unwrap();
        let company: Cif = fake_anaf::CIF.parse().unwrap();
        let address = || PostalAddress::bucharest(&Sector::Sector1, "Str. Exemplului nr. 1");
        let seller = Party::vat_payer("Exemplu Software SRL", &company, address());
        let buyer = Party::person("Ana Popescu", Some(&person), address());
        let day = jiff::civil::date(2026, 7, 1);
        let authored = InvoiceBuilder::invoice("P-1", day, seller, buyer)
            .due(day)
            .payment(PaymentInstructions::credit_transfer(
                "RO49AAAA1B31007593840000",
            ))
            .line(Line::new("Ore", 12, Unit::HOUR, 150, LineVat::standard(21)))
            .build()
            .unwrap();
        self.shown.debug(&authored);
        let invoice = authored.into_agreed().unwrap();
        self.shown.debug(&invoice);
        let validated = invoice.validate().unwrap();
        self.shown.debug(&validated);
        self.shown.debug(Document::from(validated));
        let declaration = every::declaration(person, jiff::Timestamp::now());
        self.shown.debug(&declaration);
        let partner = Partner::romanian(person, "Ana Popescu");
        self.shown
            .debug((&partner, &declaration.document().declarant));
        self.shown
            .line(&format!("{}", declaration.document().declarant));
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
        self.documents();
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
    stage.composed_calls(&stage.session(grant.clone())).await;
    stage.composed_calls_failing(&grant).await;
    let calls = every_call(&shown, &mut stage.secrets).await;
    stage.every_type().await;
    stage.refreshes(&grant).await;

    let text = shown.text();
    for witness in [
        "anaf.call",
        "efactura.uploadb2c",
        "etransport.info",
        "oauth.revoke",
        "TRACE",
        "the call failed",
    ] {
        assert!(text.contains(witness), "the capture works: {witness}");
    }
    stage.secrets.look_for_them_in(&text);
    writeln!(
        std::io::stderr(),
        "{calls} calls of {} operations; {} secrets looked for in {} bytes of logs, errors and Debug",
        Op::ALL.len(),
        stage.secrets.0.len(),
        text.len()
    )
    .unwrap();
}
