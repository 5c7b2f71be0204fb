//! A login portal: the ERP's user makes a link, the accountant with the certificate opens it on their own computer.
//!
//! ```text
//! cargo run --example login_portal                # against the embedded fake, which shows a login page
//! cargo run --example login_portal -- --port 8088
//! ```
//!
//! With `ANAF_ENV=test` or `prod` it talks to ANAF, as the application in `ANAF_CLIENT_ID`, `ANAF_CLIENT_SECRET` and
//! `ANAF_REDIRECT_URI`. `PORTAL_URL` is then where people reach it from outside (its TLS is the business of the proxy in
//! front), and the redirect URI must be `{PORTAL_URL}/anaf/callback`. Tokens are kept in the SQLite file `PORTAL_STORE`, and
//! the pages of the ERP's user ask for the password `PORTAL_PASSWORD`; without either the portal does not start.
//!
//! Whoever has a link can log in for its company: so a link is shown once, to whoever made it.

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use anaf_oauth::store::{GrantKey, LoginHash, MemoryStore, SqliteStore, TokenStore};
use anaf_oauth::{
    Application, Endpoints, Grants, Keeper, Language, LoginFailure, LoginLink, Logins, OAuthClient,
    Page,
};
use anaf_types::Host;
use axum::extract::{Form, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use examples::cli::{self, Arguments};
use examples::{Failure, eprintln, println};
use fake_anaf::FakeAnaf;
use serde::Deserialize;

const HELP: &str = "\
A login portal: the ERP's user makes a link, the accountant with the certificate opens
it on their own computer.

usage: cargo run --example login_portal -- [--port N]

    --port N   listen on this port of 127.0.0.1 (default 8088; 0 takes a free one)
    --help     print this

Without anything set it talks to a fake of ANAF inside this program. With ANAF_ENV=test
or prod it talks to ANAF, and needs:

    ANAF_CLIENT_ID, ANAF_CLIENT_SECRET, ANAF_REDIRECT_URI
                      the application; the redirect URI is {PORTAL_URL}/anaf/callback
    PORTAL_URL        where people reach this portal from outside
    PORTAL_STORE      the SQLite file of the tokens
    PORTAL_PASSWORD   what the ERP's user must know

Exit code: 1 it could not start, or stopped serving.
";

/// What the handlers share.
struct Portal {
    logins: Logins,
    /// The logins begun here, without their links. A real portal would look into its own database.
    begun: Mutex<Vec<(GrantKey, LoginHash)>>,
    /// What the ERP's user must know, hashed; `None` with the fake alone.
    password: Option<LoginHash>,
}

type Shared = State<Arc<Portal>>;

#[tokio::main]
async fn main() -> ExitCode {
    cli::end(run().await, 1)
}

async fn run() -> Result<u8, Failure> {
    let mut words = Arguments::take(&[HELP]);
    let port = words.option::<u16>("--port", "a port")?.unwrap_or(8088);
    words.end()?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port))
        .await
        .map_err(|why| format!("cannot listen on 127.0.0.1:{port}: {why}"))?;
    let here = format!("http://{}", listener.local_addr()?);
    let outside = std::env::var("PORTAL_URL").unwrap_or_else(|_| here.clone());

    // The fake is kept alive until the end: dropping it stops it.
    let Place {
        client,
        store,
        password,
        _fake,
    } = match std::env::var("ANAF_ENV").as_deref() {
        Ok("test" | "prod") => anaf()?,
        Ok(other) => return Err(format!("ANAF_ENV is `{other}`: test, prod, or nothing").into()),
        Err(_) => fake(&outside).await?,
    };
    let grants = Grants::shared(client, store).build()?;
    let _keeper = Keeper::builder(&grants).start(|report| {
        for grant in &report.lapsing {
            eprintln!("{} must log in again by {}", grant.key, grant.lapses_at);
        }
    })?;
    let portal = Arc::new(Portal {
        logins: Logins::new(&grants, &format!("{outside}/anaf/login"))?,
        begun: Mutex::default(),
        password,
    });
    println!("open {here}/");
    axum::serve(listener, router(portal)).await?;
    Ok(0)
}

/// Whom the portal talks to, and where it keeps what it gets.
struct Place {
    client: OAuthClient,
    store: Arc<dyn TokenStore>,
    password: Option<LoginHash>,
    _fake: Option<FakeAnaf>,
}

/// ANAF: its tokens outlive this program, and strangers make no links.
fn anaf() -> Result<Place, Failure> {
    let needed = |name: &str| {
        let found = std::env::var(name).ok().filter(|text| !text.is_empty());
        found.ok_or_else(|| format!("with ANAF_ENV set, {name} is needed"))
    };
    let application = Application::new(
        needed("ANAF_CLIENT_ID")?,
        needed("ANAF_CLIENT_SECRET")?,
        needed("ANAF_REDIRECT_URI")?,
    )?;
    Ok(Place {
        client: OAuthClient::builder(application).build()?,
        store: Arc::new(SqliteStore::open_or_create(needed("PORTAL_STORE")?)?),
        password: Some(LoginHash::of(&needed("PORTAL_PASSWORD")?)),
        _fake: None,
    })
}

/// The embedded fake, whose tokens nobody misses.
async fn fake(outside: &str) -> Result<Place, Failure> {
    let callback = format!("{outside}/anaf/callback");
    let registered = fake_anaf::Application::new("portal", "portal-secret", callback.as_str());
    let fake = FakeAnaf::builder().application(registered).start().await?;
    fake.oauth()
        .configure(|settings| settings.login_page = true);
    let application = Application::new("portal", "portal-secret", callback)?;
    let endpoints = Endpoints::anaf().with(Host::OAuth, &fake.oauth_base())?;
    Ok(Place {
        client: OAuthClient::builder(application)
            .endpoints(endpoints)
            .build()?,
        store: Arc::new(MemoryStore::new()),
        password: None,
        _fake: Some(fake),
    })
}

fn router(portal: Arc<Portal>) -> axum::Router {
    axum::Router::new()
        .route("/", get(home))
        .route("/links", post(new_link))
        .route("/anaf/login/{code}", get(open))
        .route("/anaf/callback", get(callback))
        .with_state(portal)
}

/// The accountant opens the link: on to ANAF.
async fn open(State(portal): Shared, Path(code): Path<String>, headers: HeaderMap) -> Response {
    match portal.logins.open(&code).await {
        Ok(anaf) => Redirect::to(anaf.as_str()).into_response(),
        Err(failure) => failed(&failure, &headers),
    }
}

/// ANAF sends the accountant's browser back.
async fn callback(
    State(portal): Shared,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    match portal.logins.finish(&query.unwrap_or_default()).await {
        Ok(_grant) => send(Page::success(language(&headers))),
        Err(failure) => failed(&failure, &headers),
    }
}

fn failed(failure: &LoginFailure, headers: &HeaderMap) -> Response {
    eprintln!("a login failed: {failure}");
    send(failure.page(language(headers)))
}

fn language(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE);
    Language::preferred(accepted.and_then(|value| value.to_str().ok()))
}

fn send(page: Page) -> Response {
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Page::HEADERS, page.html).into_response()
}

/// Whether a request comes from the ERP's user: HTTP Basic, with any name. A real portal has its own login.
fn is_ours(portal: &Portal, headers: &HeaderMap) -> bool {
    let Some(password) = &portal.password else {
        return true;
    };
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Basic "))
        .and_then(|coded| BASE64.decode(coded).ok())
        .and_then(|pair| String::from_utf8(pair).ok());
    let given = given.as_deref().and_then(|pair| pair.split_once(':'));
    // Hashes are compared, so that the time it takes tells nothing.
    given.is_some_and(|(_, given)| LoginHash::of(given) == *password)
}

fn who_are_you() -> Response {
    let ask = [(header::WWW_AUTHENTICATE, "Basic realm=\"portal\"")];
    (StatusCode::UNAUTHORIZED, ask, "This page needs a password.").into_response()
}

#[derive(Deserialize)]
struct NewLink {
    key: String,
}

/// The ERP's user makes a link, and sees it this once.
async fn new_link(
    State(portal): Shared,
    headers: HeaderMap,
    Form(form): Form<NewLink>,
) -> Response {
    if !is_ours(&portal, &headers) {
        return who_are_you();
    }
    let made = async {
        let key = GrantKey::new(form.key.trim())?;
        let link = portal.logins.begin(&key).await?;
        Ok::<_, anaf_oauth::Error>((key, link))
    };
    match made.await {
        Ok((key, link)) => {
            let mut begun = portal.begun.lock().unwrap_or_else(PoisonError::into_inner);
            begun.push((key.clone(), link.id));
            (PRIVATE, shown_once(&key, &link)).into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

/// Not to be kept by the browser or by anybody between.
const PRIVATE: [(header::HeaderName, &str); 2] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
];

fn shown_once(key: &GrantKey, link: &LoginLink) -> Html<String> {
    let (key, url) = (escape(key.as_str()), escape(link.url.as_str()));
    page(&format!(
        "<p>Send this link to the owner of {key}'s certificate. It is good for 5 hours and for one login, and it is shown \
         this once.</p><p><a class=\"link\" href=\"{url}\">{url}</a></p><p><a href=\"/\">All logins</a></p>"
    ))
}

/// How far each login has come.
async fn home(State(portal): Shared, headers: HeaderMap) -> Response {
    if !is_ours(&portal, &headers) {
        return who_are_you();
    }
    let begun = portal
        .begun
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let mut rows = String::new();
    for (key, id) in &begun {
        let (class, state) = match portal.logins.look(id).await {
            Ok(None) => ("waiting", "waiting for the login".to_owned()),
            Ok(Some(grant)) => match grant.bearer().await {
                Ok(_) => ("done", lives_until(&grant)),
                Err(error) => ("failed", error.to_string()),
            },
            Err(error) => ("failed", error.to_string()),
        };
        let (key, state) = (escape(key.as_str()), escape(&state));
        rows += &format!("<tr class=\"{class}\"><td>{key}<td>{state}");
    }
    let body = page(&format!(
        "<form method=\"post\" action=\"/links\"><label>Company <input name=\"key\" id=\"key\" required \
         placeholder=\"Exemplu SRL\"></label> <button id=\"make\">Make a link</button></form>\
         <table><tr><th>Company<th>State</tr>{rows}</table>"
    ));
    (PRIVATE, body).into_response()
}

fn page(body: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Login portal</title><style>{STYLE}</style>\
         <h1>Logins at ANAF</h1>{body}"
    ))
}

fn lives_until(grant: &anaf_oauth::Grant) -> String {
    match grant.status().expires_at {
        Some(end) => format!(
            "logged in; renewed by itself before {}",
            end.strftime("%Y-%m-%d")
        ),
        None => "logged in".to_owned(),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:3rem auto;padding:0 1rem}\
    table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.5rem;border-bottom:1px solid #ccc;\
    vertical-align:top}.done td{color:#1b7f4b}.failed td{color:#b3341f}.link{word-break:break-all}\
    input,button{font:inherit;padding:.35rem .6rem}";
