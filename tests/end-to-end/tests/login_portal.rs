//! A browser clicks through the login portal as an accountant would: headless Chromium, driven by chromedriver.
//!
//! Without them the test prints one loud line and skips; with `ANAF_REQUIRE_BROWSER=1` their absence is a failure.
//! `ANAF_SCREENSHOTS=folder` keeps a picture of each page.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

use std::io::Write as _;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// A program that ends with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program and waits for the line that holds `mark`; gives what follows it.
fn start(mut command: Command, mark: &str) -> Option<(Program, String)> {
    let mut child = command.stdout(Stdio::piped()).spawn().ok()?;
    let mut lines = BufReader::new(child.stdout.take()?).lines();
    let program = Program(child);
    let found = lines.find_map(|line| {
        let line = line.ok()?;
        line.split_once(mark).map(|(_, rest)| rest.to_owned())
    });
    // The pipe stays open, so that a later line does not kill the program.
    std::thread::spawn(move || lines.for_each(drop));
    Some((program, found?))
}

/// One browser window.
struct Browser {
    http: reqwest::Client,
    session: String,
    _driver: Program,
}

impl Browser {
    async fn open(language: &str) -> Option<Self> {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0");
        let (driver, rest) = start(command, "started successfully on port ")?;
        let port = rest.trim_end_matches(['.', ' ']).to_owned();
        let http = reqwest::Client::new();
        let language = format!("--accept-lang={language}");
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--window-size=900,760",
            language.as_str(),
        ];
        let wanted =
            json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"args": arguments}}}});
        let base = format!("http://127.0.0.1:{port}/session");
        let answer: Value = http
            .post(&base)
            .json(&wanted)
            .send()
            .await
            .ok()?
            .json()
            .await
            .ok()?;
        let id = answer["value"]["sessionId"].as_str()?;
        let browser = Self {
            session: format!("{base}/{id}"),
            http,
            _driver: driver,
        };
        // A click begins a page; looking for an element waits for it.
        browser
            .call("timeouts", Some(json!({"implicit": 15_000})))
            .await;
        Some(browser)
    }

    async fn call(&self, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}/{path}", self.session);
        let request = match body {
            Some(body) => self.http.post(url).json(&body),
            None => self.http.get(url),
        };
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert!(answer["value"]["error"].is_null(), "{path}: {answer}");
        answer["value"].clone()
    }

    async fn go(&self, url: &str) {
        self.call("url", Some(json!({"url": url}))).await;
    }

    async fn find(&self, css: &str) -> String {
        let by = json!({"using": "css selector", "value": css});
        let element = self.call("element", Some(by)).await;
        element
            .as_object()
            .unwrap()
            .values()
            .next()
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    }

    async fn click(&self, css: &str) {
        let id = self.find(css).await;
        self.call(&format!("element/{id}/click"), Some(json!({})))
            .await;
    }

    async fn type_into(&self, css: &str, text: &str) {
        let id = self.find(css).await;
        self.call(&format!("element/{id}/value"), Some(json!({"text": text})))
            .await;
    }

    async fn text(&self, css: &str) -> String {
        let id = self.find(css).await;
        self.call(&format!("element/{id}/text"), None)
            .await
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Keeps a picture of the page, if somebody wants to look.
    async fn picture(&self, name: &str) {
        let Ok(folder) = std::env::var("ANAF_SCREENSHOTS") else {
            return;
        };
        let coded = self.call("screenshot", None).await;
        let path = std::path::Path::new(&folder).join(format!("{name}.png.base64"));
        std::fs::write(path, coded.as_str().unwrap()).unwrap();
    }
}

impl Browser {
    async fn close(self) {
        let _ = self.http.delete(&self.session).send().await;
    }
}

fn portal_command() -> Command {
    let mut command = Command::new(env!("CARGO"));
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    command.args([
        "run",
        "--quiet",
        "--manifest-path",
        manifest,
        "-p",
        "examples",
    ]);
    command.args(["--example", "login_portal", "--", "--port", "0"]);
    for name in ["ANAF_ENV", "PORTAL_URL", "PORTAL_STORE", "PORTAL_PASSWORD"] {
        command.env_remove(name);
    }
    command
}

fn portal() -> (Program, String) {
    start(portal_command(), "open ").expect("the portal starts")
}

/// With real credentials no token is kept in memory alone, and strangers neither see logins nor make links.
#[tokio::test]
async fn with_anaf_the_portal_keeps_its_tokens_and_asks_for_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let with_anaf = || {
        let mut command = portal_command();
        command
            .env("ANAF_ENV", "prod")
            .env("ANAF_CLIENT_ID", "client")
            .env("ANAF_CLIENT_SECRET", "secret")
            .env("ANAF_REDIRECT_URI", "https://portal.example/anaf/callback");
        command
    };
    let outcome = with_anaf().output().unwrap();
    assert!(!outcome.status.success());
    let told = String::from_utf8_lossy(&outcome.stderr).into_owned();
    assert!(told.contains("PORTAL_STORE"), "{told}");

    let store = folder.path().join("tokens.db");
    let mut command = with_anaf();
    command
        .env("PORTAL_STORE", &store)
        .env("PORTAL_PASSWORD", "p4ssword");
    let (_portal, home) = start(command, "open ").expect("the portal starts");
    assert!(store.exists());
    let http = reqwest::Client::new();
    for (password, status) in [(None, 401), (Some("wrong"), 401), (Some("p4ssword"), 200)] {
        let see = http.get(&home);
        let make = http
            .post(format!("{home}links"))
            .form(&[("key", "Exemplu SRL")]);
        for request in [see, make] {
            let request = match password {
                Some(password) => request.basic_auth("erp", Some(password)),
                None => request,
            };
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), status, "{password:?}");
            let shown = answer.text().await.unwrap();
            assert!(status == 200 || !shown.contains("Exemplu"), "{shown}");
        }
    }
}

#[tokio::test]
async fn an_accountant_logs_in_through_the_portal() {
    let Some(browser) = Browser::open("ro-RO").await else {
        assert!(
            std::env::var_os("ANAF_REQUIRE_BROWSER").is_none(),
            "chromium and chromedriver are required here"
        );
        // Not by a print macro: the test runner hides those of tests that pass.
        let _ = writeln!(
            std::io::stderr(),
            "\nSKIPPED: login_portal needs the packages chromium and chromium-driver"
        );
        return;
    };
    let (_portal, home) = portal();

    // The ERP's user makes a link.
    browser.go(&home).await;
    browser.type_into("#key", "Exemplu SRL").await;
    browser.click("#make").await;
    let link = browser.text(".link").await;
    browser.picture("0-link").await;

    // Afterwards the page says how far it is, and shows the link to nobody.
    browser.go(&home).await;
    assert!(
        browser
            .text(".waiting")
            .await
            .contains("waiting for the login")
    );
    let page = browser.text("html").await;
    assert!(page.contains("Exemplu SRL") && !page.contains("/anaf/login/"));
    browser.picture("1-home").await;

    // The accountant opens it without the USB token: ANAF refuses, and the page says what to try.
    browser.go(&link).await;
    browser.picture("2-anaf").await;
    browser.click("#refuse").await;
    let page = browser.text("#failure").await;
    assert!(
        page.contains("ANAF a refuzat autentificarea") && page.contains("tokenul USB"),
        "{page}"
    );
    browser.picture("3-refused").await;

    // With the token the same link works.
    browser.go(&link).await;
    browser.click("button[name=person]").await;
    let page = browser.text("#success").await;
    assert!(page.contains("Autentificare reușită"), "{page}");
    browser.picture("4-success").await;

    // Once.
    browser.go(&link).await;
    assert!(browser.text("#failure").await.contains("deja folosit"));
    browser.picture("5-used").await;

    // Who waits is told.
    browser.go(&home).await;
    assert!(browser.text(".done").await.contains("logged in"));
    browser.picture("6-done").await;
    browser.close().await;

    // In English, and a link that somebody made up.
    let browser = Browser::open("en-GB").await.expect("a second window");
    let forged = format!("{}x", &link[..link.len() - 1]);
    browser.go(&forged).await;
    assert!(browser.text("#failure").await.contains("not valid"));
    browser.picture("7-forged").await;
    browser.close().await;
}
