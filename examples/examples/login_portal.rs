//! A login portal: the ERP's user makes a link, the accountant with the certificate opens it on their own computer.
//!
//! ```text
//! cargo run --example login_portal                # against the embedded fake, which shows a login page
//! cargo run --example login_portal -- --port 8088
//! ```
//!
//! With `ANAF_ENV=test` or `prod` it talks to ANAF, as the application in `ANAF_CLIENT_ID`, `ANAF_CLIENT_SECRET` and
//! `ANAF_REDIRECT_URI`. `PORTAL_URL` is then where people reach it from outside (its TLS is the business of the proxy in
//! front), and the redirect URI must be `{PORTAL_URL}/anaf/callback`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program"
)]

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use anaf_oauth::store::{GrantKey, MemoryStore};
use anaf_oauth::{
    Application, Endpoints, Grants, Keeper, Language, LoginFailure, LoginLink, Logins, OAuthClient,
    Page,
};
use anaf_types::Host;
use axum::extract::{Form, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use fake_anaf::FakeAnaf;
use serde::Deserialize;

/// What the handlers share.
struct Portal {
    logins: Logins,
    /// The links made here. A real portal would look into its own database.
    links: Mutex<Vec<(GrantKey, LoginLink)>>,
}

type Shared = State<Arc<Portal>>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => 8088,
        [flag, port] if flag == "--port" => port.parse()?,
        _ => return Err("usage: login_portal [--port N]".into()),
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let here = format!("http://{}", listener.local_addr()?);
    let outside = std::env::var("PORTAL_URL").unwrap_or_else(|_| here.clone());

    // Kept alive until the end: dropping it stops the fake.
    let (client, _fake) = client(&outside).await?;
    // A real portal keeps tokens in a file, SQLite or PostgreSQL: see `anaf_oauth::store`.
    let grants = Grants::builder(client, MemoryStore::new()).build()?;
    let _keeper = Keeper::builder(&grants).start(|report| {
        for grant in &report.lapsing {
            eprintln!("{} must log in again by {}", grant.key, grant.lapses_at);
        }
    })?;
    let portal = Arc::new(Portal {
        logins: Logins::new(&grants, &format!("{outside}/anaf/login"))?,
        links: Mutex::default(),
    });
    println!("open {here}/");
    axum::serve(listener, router(portal)).await?;
    Ok(())
}

/// ANAF with real credentials, or the embedded fake.
async fn client(outside: &str) -> Result<(OAuthClient, Option<FakeAnaf>), Box<dyn Error>> {
    if std::env::var_os("ANAF_ENV").is_some() {
        let id = std::env::var("ANAF_CLIENT_ID")?;
        let secret = std::env::var("ANAF_CLIENT_SECRET")?;
        let callback = std::env::var("ANAF_REDIRECT_URI")?;
        let application = Application::new(id, secret, callback)?;
        return Ok((OAuthClient::builder(application).build()?, None));
    }
    let callback = format!("{outside}/anaf/callback");
    let registered = fake_anaf::Application::new("portal", "portal-secret", callback.as_str());
    let fake = FakeAnaf::builder().application(registered).start().await?;
    fake.oauth()
        .configure(|settings| settings.login_page = true);
    let application = Application::new("portal", "portal-secret", callback)?;
    let endpoints = Endpoints::anaf().with(Host::OAuth, &fake.oauth_base())?;
    let client = OAuthClient::builder(application)
        .endpoints(endpoints)
        .build()?;
    Ok((client, Some(fake)))
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

#[derive(Deserialize)]
struct NewLink {
    key: String,
}

/// The ERP's user asks for a link. In a real portal this page is behind the ERP's own login.
async fn new_link(State(portal): Shared, Form(form): Form<NewLink>) -> Response {
    let made = async {
        let key = GrantKey::new(form.key.trim())?;
        let link = portal.logins.begin(&key).await?;
        Ok::<_, anaf_oauth::Error>((key, link))
    };
    match made.await {
        Ok(link) => {
            let mut links = portal.links.lock().unwrap_or_else(PoisonError::into_inner);
            links.push(link);
            Redirect::to("/").into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

/// Which links there are, and how far each login has come.
async fn home(State(portal): Shared) -> Html<String> {
    let links = portal
        .links
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let mut rows = String::new();
    for (key, link) in &links {
        let (class, state) = match portal.logins.look(&link.id).await {
            Ok(None) => ("waiting", "waiting for the login".to_owned()),
            Ok(Some(grant)) => match grant.bearer().await {
                Ok(_) => ("done", lives_until(&grant)),
                Err(error) => ("failed", error.to_string()),
            },
            Err(error) => ("failed", error.to_string()),
        };
        let (key, state, url) = (
            escape(key.as_str()),
            escape(&state),
            escape(link.url.as_str()),
        );
        rows += &format!(
            "<tr class=\"{class}\"><td>{key}<td>{state}<td><a class=\"link\" href=\"{url}\">{url}</a>"
        );
    }
    Html(format!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Login portal</title><style>{STYLE}</style>\
         <h1>Logins at ANAF</h1><form method=\"post\" action=\"/links\"><label>Company <input name=\"key\" id=\"key\" \
         required placeholder=\"Exemplu SRL\"></label> <button id=\"make\">Make a link</button></form>\
         <p>Send a link to the owner of the certificate. It is good for 5 hours and for one login.</p>\
         <table><tr><th>Company<th>State<th>Link</tr>{rows}</table>"
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
