//! No secret in any log, error, `Debug` or `Display`, whatever happens.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

mod common;

use std::fmt::{Debug, Display};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anaf_http::{Delivery, Error, ErrorKind, Operation as _};
use anaf_oauth::store::*;
use anaf_oauth::{Callback, Hello, Keeper, Logins, OAuthClient};
use common::*;
use tracing_subscriber::fmt::MakeWriter;

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn debug(&self, value: &dyn Debug) {
        writeln!(self.clone(), "{value:?} {value:#?}").unwrap();
    }

    fn show<T: Debug + Display>(&self, value: &T) {
        writeln!(self.clone(), "{value} {value:?} {value:#?}").unwrap();
    }
}

const CODE: &str = "c0de-s3cret";
const CNP: &str = "1900101123455";

/// Parts of every secret of this test. Tokens are `acc3ss-…` and `r3fresh-…`.
const SECRETS: [&str; 6] = ["acc3ss", "r3fresh", SECRET, CODE, CNP, "Basic "];

#[tokio::test]
async fn nothing_secret_is_ever_shown() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(log.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let mut hidden: Vec<String> = SECRETS.iter().map(|s| (*s).to_owned()).collect();

    let world = World::new();
    let key = GrantKey::new(CNP).unwrap();
    let client = world.client();
    let authorization = client.authorize().unwrap();
    hidden.push(authorization.state.expose().to_owned());
    log.debug(&authorization);
    log.debug(&authorization.state);
    log.debug(client.application());
    log.debug(&client);
    let application = client.application().clone();
    log.debug(&OAuthClient::builder(application));
    let granted = Callback::from_query(&format!(
        "code={CODE}&state={}",
        authorization.state.expose()
    ));
    let granted = granted.unwrap();
    log.debug(&granted);
    log.debug(&authorization.code_from_pasted(CODE).unwrap());
    log.show(
        &granted
            .clone()
            .code_for(&client.authorize().unwrap().state)
            .unwrap_err(),
    );

    // A login, its grant, and everything around it.
    let grants = world.process();
    log.debug(&grants);
    log.debug(&world.builder());
    let grant = grants
        .log_in(&key, granted.into_code().unwrap())
        .await
        .unwrap();
    let bearer = grant.bearer().await.unwrap();
    log.debug(&grant);
    log.debug(&grant.status());
    log.debug(&bearer);
    log.debug(&world.store.store.load(&key).await.unwrap());
    log.debug(&world.store);

    // Every failure of a refresh, with bodies that hold tokens where one can.
    let both = r#"{"access_token":"acc3ss-x","refresh_token":"r3fresh-x""#;
    let lost = Error::new(ErrorKind::Timeout).delivered(Delivery::MaybeSent);
    let orders: Vec<Order> = vec![
        Order::Answer(anaf_http::Answer::new(200, both)),
        Order::Answer(anaf_http::Answer::new(
            200,
            r#"{"access_token":"acc3ss-x","refresh_token":{"r3fresh-x":1}}"#,
        )),
        Order::Answer(anaf_http::Answer::new(
            200,
            r#"{"refresh_token":"r3fresh-x"}"#,
        )),
        Order::Answer(anaf_http::Answer::new(
            200,
            r#"{"access_token":["acc3ss-x"]}"#,
        )),
        Order::Answer(anaf_http::Answer::new(
            200,
            "{\"access_token\":\"acc3ss \u{1f980}\"}",
        )),
        Order::Answer(anaf_http::Answer::new(255, format!("{both}}}"))),
        Order::Answer(anaf_http::Answer::new(429, "")),
        Order::Answer(anaf_http::Answer::new(503, "")),
        Order::Answer(anaf_http::Answer::new(302, "")),
        Order::Answer(anaf_http::Answer::new(400, r#"{"error":"invalid_client"}"#)),
        Order::Fail(Error::new(ErrorKind::Connect)),
        Order::Fail(lost),
        Order::Lose,
    ];
    for order in orders {
        let other = GrantKey::new(format!("{CNP} {}", world.server.requests())).unwrap();
        world.stored_as(&other, Duration::ZERO).await;
        world.server.order(order);
        let failing = grants.grant(&other);
        let error = failing.bearer().await.unwrap_err();
        log.show(&error);
        log.debug(&failing.status());
        // Quotes of ANAF's words must not hold them either.
        let said = error.said().unwrap_or_default().to_owned();
        assert!(
            !said.contains("acc3ss") && !said.contains("r3fresh"),
            "{said}"
        );
        log.debug(&world.store.store.journalled(&other).await.unwrap());
    }
    for order in [r#"{"error":"invalid_grant"}"#, r#"{"error":"255"}"#] {
        world.server.answer_next(400, order);
        log.show(&grants.log_in(&key, code(CODE)).await.unwrap_err());
        world.clock.advance(Duration::from_secs(600));
    }
    world.server.answer_next(302, "");
    let stored = world.store.store.load(&key).await.unwrap().unwrap();
    log.show(&client.revoke(&stored.tokens).await.unwrap_err());

    // Links.
    let logins = Logins::new(&grants, "https://erp.example.com/login").unwrap();
    let link = logins.begin(&key).await.unwrap();
    let code = link
        .url
        .path_segments()
        .unwrap()
        .next_back()
        .unwrap()
        .to_owned();
    let url = logins.open(&code).await.unwrap();
    let state = url
        .query_pairs()
        .find(|(n, _)| n == "state")
        .unwrap()
        .1
        .into_owned();
    log.debug(&link);
    log.debug(&logins);
    log.debug(&world.store.store.login(&link.id).await.unwrap());
    let failure = logins
        .finish(&format!("error=access_denied&state={state}"))
        .await
        .unwrap_err();
    log.show(&failure);
    log.show(
        &logins
            .finish(&format!("code={CODE}&state={state}x"))
            .await
            .unwrap_err(),
    );
    hidden.push(code);
    hidden.push(state);

    let keeper = Keeper::builder(&grants);
    log.debug(&keeper);
    log.debug(&keeper.round().await);
    let echo = format!(
        "headers=key=authorization, val=[Bearer {}]",
        bearer.expose()
    );
    log.show(
        &Hello::new("x")
            .read(anaf_http::Answer::new(200, echo))
            .unwrap_err(),
    );

    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    // A log that caught nothing would prove nothing.
    assert!(
        text.contains("oauth.refresh") && text.contains("anaf.grant"),
        "{text}"
    );
    for secret in hidden {
        // A grant key is the caller's own word, and shown by the types that are nothing but keys.
        let shown = text
            .lines()
            .find(|line| line.contains(&secret) && !(secret == CNP && line.contains("GrantKey")));
        assert_eq!(shown, None, "`{secret}` is shown");
    }
}
