//! One snippet for each kind of error: how it comes about, and what a program does with it.
//!
//! ```text
//! cargo run --example error_handling
//! ```
//!
//! Every error here is real: a fake of ANAF inside this program answers as ANAF would. The function to copy is `what_to_do`;
//! the rest brings the errors about.

use std::process::ExitCode;
use std::time::Duration;

use anaf_efactura::{
    Delivery, Document, EFactura, Error, ErrorKind, MessageQuery, Standard, Upload, Window,
};
use anaf_http::{
    CallOptions, Endpoints, Environment, FixedBearer, Host, RetryPolicy, Session, Timeouts,
};
use anaf_oauth::store::{FileStore, GrantKey, MemoryStore};
use anaf_oauth::{Application, Callback, Grants, OAuthClient};
use examples::cli::{self, Arguments};
use examples::{Failure, Place, println};
use fake_anaf::{FakeAnaf, Fault, FaultProxy, Operation};
use jiff::Timestamp;

const HELP: &str = "\
Brings every kind of error about, against a fake of ANAF inside this program, and
tells what a program does with each.

usage: cargo run --example error_handling

    --help   print this

Exit code: 0 every error came; 1 one did not.
";

/// What a program does with an error. A filing whose outcome is unknown comes first: whatever its kind, it must not be
/// sent again unseen.
fn what_to_do(error: &Error) -> String {
    if error.is_outcome_unknown() {
        return "look for the document in the list (`find_lost_upload`) before sending it again"
            .into();
    }
    let pause = error.retry_after().map_or_else(
        || "a few minutes".to_owned(),
        |pause| format!("{} s", pause.as_secs()),
    );
    match error.kind() {
        ErrorKind::InvalidInput => "correct the call: nothing was sent".into(),
        ErrorKind::Connect => "check the network; send it again, even an upload".into(),
        ErrorKind::Timeout | ErrorKind::ConnectionLost => "try again later: it only reads".into(),
        ErrorKind::Quota => format!("come back in {pause}; ANAF blocks those who go on"),
        ErrorKind::Unauthorized => "get another token: this one is not accepted any more".into(),
        ErrorKind::NeedsLogin => format!(
            "ask the certificate's owner to log in again for the grant {:?}",
            error.grant_key().unwrap_or("?")
        ),
        ErrorKind::LoginRefused => "show the person the causes, and start a new login".into(),
        ErrorKind::ConcurrentTokens => format!("wait {pause}, then ask for one token at a time"),
        ErrorKind::OAuth => "compare client id, secret and callback with the registration".into(),
        ErrorKind::Forbidden => "enrol the application for the service in ANAF's portal".into(),
        ErrorKind::NoRight => {
            "the company must give the certificate's owner the right in SPV".into()
        }
        ErrorKind::NotFound => "check the id, and the environment it comes from".into(),
        ErrorKind::Gone => "strike it off: its 60 days are over".into(),
        ErrorKind::InvalidParameter => "correct the parameter that ANAF names".into(),
        ErrorKind::InvalidDocument => "correct the document: nothing was filed".into(),
        ErrorKind::ListTooLong => "use the paged list: `EFactura::messages`".into(),
        ErrorKind::NothingFound => "take it as an empty answer".into(),
        ErrorKind::Firewall => format!(
            "rewrite what upset the firewall; its support id is {}",
            error.support_id().unwrap_or("not known")
        ),
        ErrorKind::LoginPage => "this address needs a browser: check the base URLs".into(),
        ErrorKind::Server | ErrorKind::Technical => format!("ANAF's trouble: try again in {pause}"),
        ErrorKind::Empty | ErrorKind::Truncated => "try again: it only reads".into(),
        ErrorKind::Unreadable => "report it, with ANAF's words".into(),
        ErrorKind::TooLarge => "raise the cap for this call, if the answer is right".into(),
        ErrorKind::Other => "a text that nobody has met before: read it".into(),
        ErrorKind::Store => "mend the token store; ANAF is not to blame".into(),
        _ => "read the message".into(),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    cli::end(run().await, 1)
}

async fn run() -> Result<u8, Failure> {
    Arguments::take(&[HELP]).end()?;
    let stage = Stage::set().await?;
    let mut shown = 0;
    for (title, error) in stage.every_kind().await? {
        shown += 1;
        println!("{shown:>2}. {title}");
        println!("    {error}");
        println!("    kind {}, {}", error.kind(), sent(error.delivery()));
        println!("    → {}\n", what_to_do(&error));
    }
    println!("{shown} errors, each brought about and told what to do with");
    Ok(0)
}

fn sent(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::NotSent => "the request was not sent",
        Delivery::MaybeSent => "the request may have been sent",
        Delivery::Answered => "the request was answered",
    }
}

struct Stage {
    place: Place,
    fake: FakeAnaf,
    proxy: FaultProxy,
    efactura: EFactura,
}

type Shown = Vec<(&'static str, Error)>;

/// The error that must have come.
fn failed<T>(result: Result<T, Error>) -> Result<Error, Failure> {
    match result {
        Err(error) => Ok(error),
        Ok(_) => Err("this should have failed".into()),
    }
}

impl Stage {
    async fn set() -> Result<Self, Failure> {
        let fake = FakeAnaf::start().await;
        let proxy = FaultProxy::start(fake.address()).await?;
        let endpoints = Endpoints::anaf()
            .with(Host::Api, &proxy.api_base())?
            .with(Host::Public, &proxy.public_base())?
            .with(Host::OAuth, &proxy.oauth_base())?;
        let efactura = client(&endpoints, &fake.bearer())?;
        let place = Place {
            environment: Environment::Test,
            endpoints,
            cif: fake.cif().parse()?,
            fake: None,
        };
        Ok(Self {
            place,
            fake,
            proxy,
            efactura,
        })
    }

    async fn every_kind(&self) -> Result<Shown, Failure> {
        let mut shown = self.before_sending()?;
        shown.extend(self.on_the_way().await?);
        shown.extend(self.answers().await?);
        shown.extend(self.texts().await?);
        shown.extend(self.logins().await?);
        Ok(shown)
    }

    fn upload(&self) -> Upload {
        let xml = format!(
            "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\">{}</Invoice>",
            "<!-- invented -->"
        );
        Upload::new(self.place.cif, Document::raw(Standard::Ubl, xml))
    }

    fn before_sending(&self) -> Result<Shown, Failure> {
        let now = Timestamp::now();
        let old = Window::between(now - jiff::SignedDuration::from_hours(24 * 70), now);
        let query = MessageQuery::new(self.place.cif).between(old);
        let error = failed(self.efactura.messages(&query))?;
        Ok(vec![("a window of 70 days", error)])
    }

    async fn on_the_way(&self) -> Result<Shown, Failure> {
        let mut shown = Vec::new();
        self.proxy.refuse().await;
        let error = failed(self.efactura.status(&1.into()).await)?;
        shown.push(("no connection", error));
        self.proxy.accept_again().await;

        let hasty =
            CallOptions::new().timeouts(Timeouts::default().total(Duration::from_millis(300)));
        self.proxy.next(Fault::StallAfterRead);
        let status = anaf_efactura::Status::of(1.into());
        let error = failed(self.efactura.session().call_with(&status, &hasty).await)?;
        shown.push(("a question that is not answered in time", error));

        self.proxy.next(Fault::ResetAfterRead);
        let error = failed(self.efactura.status(&1.into()).await)?;
        shown.push(("a connection that breaks under a question", error));

        self.proxy.next(Fault::ResetAfterForward);
        let error = failed(self.efactura.upload(&self.upload()).await)?;
        shown.push(("a connection that breaks under an upload", error));
        Ok(shown)
    }

    async fn answers(&self) -> Result<Shown, Failure> {
        use fake_anaf::Failure as F;
        let wait = fake_anaf::RetryAfter::Seconds;
        let cases = [
            (
                "HTTP 429",
                F::too_many_requests(wait, Duration::from_secs(1)),
            ),
            ("HTTP 401 to a fixed token", F::status(401)),
            ("HTTP 403", F::status(403)),
            ("HTTP 404", F::status(404)),
            ("HTTP 503", F::status(503)),
            ("HTTP 255", F::status(255)),
            ("the firewall's page with HTTP 200", F::firewall_page()),
            ("a redirect to the login wall", F::login_redirect()),
            ("an empty body", F::empty_body()),
            ("half a body", F::truncated()),
            ("a body of no known form", F::replaced("{\"x\":1}")),
        ];
        let mut shown = Vec::new();
        for (title, failure) in cases {
            self.fake.fail_next(Operation::ListaMesaje, failure);
            let error = failed(self.efactura.list(self.place.cif, 1).await)?;
            shown.push((title, error));
        }
        let small = CallOptions::new().cap(10);
        let list = anaf_efactura::List::new(self.place.cif, 1);
        let error = failed(self.efactura.session().call_with(&list, &small).await)?;
        shown.push(("an answer over the cap", error));
        Ok(shown)
    }

    async fn texts(&self) -> Result<Shown, Failure> {
        let text = |text: &str| {
            let body = format!(r#"{{"eroare":"{text}","titlu":"Lista Mesaje"}}"#);
            fake_anaf::Failure::answer(200, body)
        };
        let cases = [
            (
                "ANAF's limit for the day",
                "S-au facut deja 1000 interogari de lista mesaje de catre utilizator in cursul zilei",
            ),
            ("no right", "Nu aveti drept in SPV pentru CIF=30000037"),
            (
                "too many messages for the simple list",
                "Lista de mesaje este mai mare decat numarul de 500 elemente permise in pagina. Folositi endpoint-ul cu paginatie.",
            ),
            ("ANAF's own trouble", "A aparut o eroare tehnica. Cod: 123"),
            (
                "a parameter that ANAF refuses",
                "Numarul de zile trebuie sa fie intre 1 si 60",
            ),
            (
                "an archive whose days are over",
                "Fisierul nu mai poate fi descarcat pentru ca a trecut perioada de 60 de zile in care este disponibil",
            ),
            ("a text that nobody has met", "Cu totul altceva"),
        ];
        let mut shown = Vec::new();
        for (title, said) in cases {
            // Each with a session of its own: what ANAF says about a limit closes it for the day.
            let efactura = client(&self.place.endpoints, &self.fake.bearer())?;
            self.fake.fail_next(Operation::ListaMesaje, text(said));
            let error = failed(efactura.list(self.place.cif, 1).await)?;
            shown.push((title, error));
        }
        let said = text("Nu exista informatii pentru aceasta solicitare");
        self.fake.fail_next(Operation::Descarcare, said);
        let error = failed(self.efactura.download(&1.into()).await)?;
        shown.push(("nothing found, where an empty answer has no value", error));
        let wrong = Upload::new(self.place.cif, Document::raw(Standard::Ubl, "<Invoice1/>"));
        let error = failed(self.efactura.upload(&wrong).await)?;
        shown.push(("a document that is not valid by the schema", error));
        Ok(shown)
    }

    async fn logins(&self) -> Result<Shown, Failure> {
        let mut shown = Vec::new();
        let oauth = self.place.oauth()?;
        let authorization = oauth.authorize()?;
        let refused = format!("error=access_denied&state={}", authorization.state.expose());
        let error = failed(Callback::from_query(&refused)?.code_for(&authorization.state))?;
        shown.push(("a login that ANAF refused", error));

        let application = Application::new(fake_anaf::CLIENT_ID, "wrong", fake_anaf::CALLBACK)?;
        let wrong = OAuthClient::builder(application)
            .endpoints(self.place.endpoints.clone())
            .build()?;
        let authorization = wrong.authorize()?;
        let landed = self.fake.log_in(authorization.url.as_str());
        let callback = Callback::from_pasted(&landed?)?;
        let code = callback.code_for(&authorization.state)?;
        shown.push(("a wrong client secret", failed(wrong.exchange(code).await)?));

        let grants = Grants::builder(oauth.clone(), MemoryStore::new()).build()?;
        let nobody = grants.grant(&GrantKey::new("nobody")?);
        let error = failed(nobody.bearer().await)?;
        shown.push(("a grant that was never given", error));

        let folder = tempfile::tempdir()?;
        let path = folder.path().join("tokens");
        let store = FileStore::open_or_create(&path)?;
        std::fs::remove_dir_all(&path)?;
        std::fs::write(&path, "in the way")?;
        let grants = Grants::builder(oauth, store).build()?;
        let error = failed(grants.grant(&GrantKey::new("lost")?).bearer().await)?;
        shown.push(("a token store that is gone", error));
        Ok(shown)
    }
}

fn client(endpoints: &Endpoints, token: &str) -> Result<EFactura, Failure> {
    let session = Session::builder(Environment::Test)
        .endpoints(endpoints.clone())
        .bearer(FixedBearer::new(token))
        // Each failure is to be seen at once; without this line the session tries again by itself.
        .retry(RetryPolicy::never())
        .build()?;
    Ok(EFactura::new(session))
}
