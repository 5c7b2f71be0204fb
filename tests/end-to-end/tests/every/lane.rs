//! One operation on a fake of its own, so that all of them can go on side by side.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use anaf_efactura::{
    Archive, BuyerMessage, CheckSignature, Document, Download, DownloadZip, EFactura, Form, List,
    ListPage, Standard, Status, Transform, Upload, Validate, Via, Window,
};
use anaf_etransport::{Declaration, ETransport, Info, RawXml, StateOf, Validated};
use anaf_http::{
    Answer, CallOptions, Clock as _, Endpoints, Environment, FixedBearer, Host, HttpTransport,
    Limits, ManualClock, RetryPolicy, Session, Timeouts, WireRequest,
};
use anaf_oauth::store::TokenSet;
use anaf_oauth::{Application, Callback, Code, Hello, OAuthClient};
use anaf_types::{Cif, DownloadId, Error, UploadIndex};
use fake_anaf::{FakeAnaf, FakeClock, FaultProxy, Person};
use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::failure::FLOOD;
use super::notification::notification;
use super::{Failing, Op, Trouble};

/// The real network, with a connection of its own for each request, so that each sending can be counted. One for a
/// lane: making one reads the machine's root certificates.
#[derive(Clone, Debug)]
struct Fresh(Arc<HttpTransport>);

#[async_trait::async_trait]
impl anaf_http::Transport for Fresh {
    async fn send(&self, request: WireRequest) -> Result<Answer, Error> {
        self.0.send(request.header("connection", "close")).await
    }
}

/// How long a call waits where it waits in vain.
const HASTY: Duration = Duration::from_millis(1_000);

/// A person's code with the right control digit.
pub(crate) fn cnp() -> String {
    (0..10)
        .map(|digit| format!("285061540001{digit}"))
        .find(|text| Cif::parse(text).is_ok())
        .unwrap()
}

/// An invoice from the first company of the fake.
pub(crate) fn invoice(number: &str, buyer: &str) -> String {
    fake_anaf::sample_invoice(number, fake_anaf::CIF, buyer)
}

/// A declaration whose declarant and organiser are `me`.
pub(crate) fn declaration(me: Cif, now: Timestamp) -> Validated<Declaration> {
    let notification = notification(me, anaf_types::wall::day(now));
    Declaration::new(me, notification)
        .reference("R-17")
        .validate()
        .unwrap()
}

/// What a call gave, as it is shown.
pub(crate) type Outcome = Result<Box<dyn Debug + Send>, Error>;

/// One operation, its fake, and what there is to ask for.
pub(crate) struct Lane {
    pub(crate) op: Op,
    pub(crate) fake: FakeAnaf,
    pub(crate) proxy: Arc<FaultProxy>,
    pub(crate) clock: ManualClock,
    cif: Cif,
    buyer: String,
    bearer: String,
    transport: Fresh,
    endpoints: Endpoints,
    application: Application,
    archive: Archive,
    download: DownloadId,
    pub(crate) index: UploadIndex,
    declared: UploadIndex,
    /// Every secret that went over the wire: its name, and itself.
    pub(crate) secrets: Vec<(&'static str, String)>,
}

impl Lane {
    /// A lane in which `person` acts: a company, or a private person by the personal code.
    pub(crate) async fn open(op: Op, cif: &str) -> Self {
        let clock = ManualClock::auto("2026-07-01T09:00:00Z".parse().unwrap());
        let read = clock.clone();
        let person = Person::new("Ana Popescu", fake_anaf::SERIAL)
            .cif(fake_anaf::CIF)
            .cif(cif);
        let fake = FakeAnaf::builder()
            .clock(FakeClock::shared(Arc::new(move || read.now())))
            .person(person)
            .start()
            .await
            .unwrap();
        fake.set_limits(|limits| {
            limits.calls_per_minute = u32::MAX;
            limits.downloads_per_day = u32::MAX;
            limits.stare_per_day = u32::MAX;
        });
        fake.oauth().configure(|settings| {
            settings.revoke_works = true;
        });
        let proxy = Arc::new(FaultProxy::start(fake.address()).await.unwrap());
        let endpoints = Endpoints::anaf()
            .with(Host::Api, &proxy.api_base())
            .and_then(|e| e.with(Host::Public, &proxy.public_base()))
            .and_then(|e| e.with(Host::OAuth, &proxy.oauth_base()))
            .unwrap();
        let application =
            Application::new(fake.client_id(), fake.client_secret(), fake.redirect_uri()).unwrap();
        let cif: Cif = cif.parse().unwrap();
        let buyer = match cif.digits().len() {
            13 => cif.digits().to_owned(),
            _ => fake_anaf::BUYER_CIF.to_owned(),
        };
        let bearer = fake.bearer();
        let transport = Fresh(Arc::new(HttpTransport::new(Timeouts::default()).unwrap()));
        let session = session(&endpoints, &transport, &clock, &bearer);
        let efactura = EFactura::new(session.clone());
        let filed = Upload::new(cif, Document::raw(Standard::Ubl, invoice("M-1", &buyer)));
        let receipt = efactura.upload(&filed).await.unwrap();
        let verdict = efactura.status(&receipt.index).await.unwrap();
        let download = verdict.download().unwrap().clone();
        let archive = efactura.download(&download).await.unwrap();
        let declared = ETransport::new(session)
            .upload(&declaration(cif, clock.now()))
            .await
            .unwrap();
        Self {
            op,
            proxy,
            clock,
            cif,
            buyer,
            endpoints,
            application,
            archive,
            download,
            index: receipt.index,
            declared: declared.index,
            secrets: vec![
                ("client secret", fake.client_secret()),
                ("access token", bearer.clone()),
            ],
            bearer,
            transport,
            fake,
        }
    }

    /// Makes the call while the failure lasts. `number` tells the filings of a lane apart.
    pub(crate) async fn fail(&mut self, failing: &Failing, number: usize) -> Outcome {
        let mut options = CallOptions::new().cap(FLOOD - 1);
        let mut oauth = OAuthClient::builder(self.application.clone())
            .endpoints(self.endpoints.clone())
            .transport(self.transport.clone())
            .clock(self.clock.clone());
        if failing.slow {
            // Silence before an answer is timed only for requests without a body; the others have the whole time.
            let times = Timeouts::default().connect(HASTY).read(HASTY);
            options = options.timeouts(match self.op.posts() {
                false => times,
                true => times.total(HASTY),
            });
            oauth = oauth.timeouts(times.total(HASTY));
        }
        let prepared = match self.op.is_oauth() {
            true => self.with_oauth(&oauth.build().unwrap()),
            false => Prepared::Session(self.session(), options),
        };
        match failing.trouble() {
            Trouble::Answer(failure) => self.fake.fail_always(fake_anaf::On::Any, failure),
            Trouble::Connection(fault) => self.proxy.order(u32::MAX, "", fault),
            Trouble::Refused => self.proxy.refuse().await,
        }
        let result = self
            .call(prepared, &format!("M-{number}-{}", self.op as u8))
            .await;
        self.fake.clear_failures();
        self.proxy.clear();
        if matches!(failing.trouble(), Trouble::Refused) {
            self.proxy.accept_again().await;
        }
        result
    }

    /// Makes the call with nothing in its way.
    pub(crate) async fn go(
        &mut self,
        session: &Session,
        options: CallOptions,
        number: &str,
    ) -> Outcome {
        let prepared = Prepared::Session(session.clone(), options);
        self.call(prepared, number).await
    }

    /// A session with connections of its own, that tries what may be tried again twice.
    pub(crate) fn session(&self) -> Session {
        session(&self.endpoints, &self.transport, &self.clock, &self.bearer)
    }

    fn with_oauth(&mut self, client: &OAuthClient) -> Prepared {
        let client = client.clone();
        match self.op {
            Op::Exchange => Prepared::Exchange(client, self.callback().into_code().unwrap()),
            Op::Refresh => Prepared::Refresh(client, self.tokens()),
            _ => Prepared::Revoke(client, self.tokens()),
        }
    }

    /// A login, done as the person's browser would.
    fn callback(&mut self) -> Callback {
        let direct = format!(
            "{}/authorize?response_type=code&client_id={}&redirect_uri={}&token_content_type=jwt&state=starea-mea",
            self.fake.oauth_base(),
            self.fake.client_id(),
            self.fake.redirect_uri()
        );
        let landed = self.fake.log_in(&direct).unwrap();
        let (_, query) = landed.split_once('?').unwrap();
        let code = query.split('&').find_map(|p| p.strip_prefix("code="));
        self.secrets
            .push(("authorization code", code.unwrap().to_owned()));
        Callback::from_query(query).unwrap()
    }

    fn tokens(&mut self) -> TokenSet {
        let issued = self.fake.issue();
        self.secrets
            .push(("access token", issued.access_token.clone()));
        self.secrets
            .push(("refresh token", issued.refresh_token.clone()));
        let refresh = Some(issued.refresh_token.into());
        TokenSet::new(
            issued.access_token,
            refresh,
            self.clock.now(),
            issued.access_expires,
        )
    }

    async fn call(&mut self, prepared: Prepared, number: &str) -> Outcome {
        let (session, options) = match prepared {
            Prepared::Session(session, options) => (session, options),
            Prepared::Exchange(oauth, code) => return self.keep(oauth.exchange(code).await),
            Prepared::Refresh(oauth, tokens) => return self.keep(oauth.refresh(&tokens).await),
            Prepared::Revoke(oauth, tokens) => return shown(oauth.revoke(&tokens).await),
        };
        let cif = self.cif;
        let xml = invoice(number, &self.buyer);
        let filing = Upload::new(cif, Document::raw(Standard::Ubl, xml.clone()));
        let now = self.clock.now();
        let window = Window::between(
            now - Duration::from_secs(3_600),
            now - Duration::from_millis(1),
        );
        let declaration = || declaration(cif, now);
        macro_rules! call {
            ($operation:expr) => {{
                let operation = $operation;
                let outcome = session.call_with(&operation, &options).await;
                shown(outcome.map(|output| (operation, output)))
            }};
        }
        match self.op {
            Op::Upload => call!(filing),
            Op::UploadB2c => call!(filing.to_consumer()),
            Op::UploadMessage => {
                let text = format!("Marfa pentru {} lipsește", self.buyer);
                call!(Upload::new(
                    cif,
                    BuyerMessage::new(self.index.clone(), text).unwrap()
                ))
            }
            Op::Status => call!(Status::of(self.index.clone())),
            Op::List => call!(List::new(cif, 1)),
            Op::ListPage => call!(ListPage::new(cif, window, 1)),
            Op::Download => call!(Download::new(self.download.clone())),
            Op::DownloadZip => {
                let outcome = DownloadZip::new(self.download.clone());
                let zip = session.call_with(&outcome, &options).await;
                shown(zip.map(|bytes| bytes.len()))
            }
            Op::Validate => call!(Validate::new(Form::Invoice, xml)),
            Op::ValidateOAuth => call!(Validate::new(Form::Invoice, xml).via(Via::OAuth)),
            Op::Transform => call!(Transform::new(Form::Invoice, xml)),
            Op::TransformOAuth => call!(Transform::new(Form::Invoice, xml).via(Via::OAuth)),
            Op::TransformUnchecked => {
                call!(Transform::new(Form::Invoice, xml).without_validation())
            }
            Op::TransformUncheckedOAuth => {
                let unchecked = Transform::new(Form::Invoice, xml).without_validation();
                call!(unchecked.via(Via::OAuth))
            }
            Op::CheckSignature => call!(CheckSignature::of(&self.archive)),
            Op::CheckSignatureOAuth => call!(CheckSignature::of(&self.archive).via(Via::OAuth)),
            Op::Declare => call!(anaf_etransport::Upload::of(&declaration())),
            Op::DeclareV1 => {
                let text = String::from_utf8(declaration().xml().to_vec()).unwrap();
                let old = text.replace(":declaratie:v2", ":declaratie:v1");
                call!(anaf_etransport::Upload::raw(cif, RawXml::v1(old)))
            }
            Op::StateOf => call!(StateOf::new(self.declared.clone())),
            Op::TransportList => call!(anaf_etransport::List::new(cif, 1)),
            Op::Info => call!(Info::of_organiser(cif)),
            Op::Hello => call!(Hello::new("nume")),
            Op::Exchange | Op::Refresh | Op::Revoke => unreachable!("they are made above"),
        }
    }

    fn keep(&mut self, tokens: Result<TokenSet, Error>) -> Outcome {
        if let Ok(tokens) = &tokens {
            let access = tokens.access().expose_secret().to_owned();
            self.secrets.push(("access token", access));
            let refresh = tokens.refresh().unwrap().expose_secret().to_owned();
            self.secrets.push(("refresh token", refresh));
        }
        shown(tokens)
    }
}

/// What a call is made with; made before the failure begins.
enum Prepared {
    Session(Session, CallOptions),
    Exchange(OAuthClient, Code),
    Refresh(OAuthClient, TokenSet),
    Revoke(OAuthClient, TokenSet),
}

fn shown<T: Debug + Send + 'static>(outcome: Result<T, Error>) -> Outcome {
    outcome.map(|value| Box::new(value) as _)
}

fn session(endpoints: &Endpoints, transport: &Fresh, clock: &ManualClock, bearer: &str) -> Session {
    Session::builder(Environment::Test)
        .endpoints(endpoints.clone())
        .transport(transport.clone())
        .bearer(FixedBearer::new(bearer))
        .clock(clock.clone())
        .limits(Limits::none())
        .retry(RetryPolicy::default().attempts(2))
        .build()
        .unwrap()
}
