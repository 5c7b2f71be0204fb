//! What goes out to ANAF's OAuth server, letter for letter, and what is read from its answers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

use std::time::Duration;

use anaf_http::{Body, ErrorKind, ManualClock, ScriptedTransport};
use anaf_oauth::store::TokenSet;
use anaf_oauth::{Application, Callback, Code, OAuthClient};
use base64::Engine as _;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;

const DAY: i64 = 86_400;

fn start() -> Timestamp {
    "2026-07-01T09:00:00Z".parse().unwrap()
}

fn client(transport: &ScriptedTransport) -> OAuthClient {
    let application =
        Application::new("id:1", "s e/c", "https://erp.example.com/anaf?x=1&y=ș").unwrap();
    OAuthClient::builder(application)
        .clock(ManualClock::auto(start()))
        .transport(transport.clone())
        .build()
        .unwrap()
}

fn code() -> Code {
    Callback::from_query("code=c%2B1")
        .unwrap()
        .into_code()
        .unwrap()
}

fn body(transport: &ScriptedTransport, n: usize) -> String {
    match &transport.sent()[n].body {
        Body::Bytes {
            bytes,
            content_type,
        } => {
            assert_eq!(*content_type, "application/x-www-form-urlencoded");
            String::from_utf8(bytes.to_vec()).unwrap()
        }
        _ => panic!("a token request has a body"),
    }
}

#[tokio::test]
async fn requests_are_as_the_guide_has_them() {
    let answer = r#"{"access_token":"a1","refresh_token":"r1"}"#;
    let transport = ScriptedTransport::new()
        .answer(200, answer)
        .answer(200, answer);
    let client = client(&transport);

    let login = client.authorize().unwrap();
    let url = login.url.as_str();
    assert!(url.starts_with(
        "https://logincert.anaf.ro/anaf-oauth2/v1/authorize?response_type=code&client_id=id%3A1&"
    ));
    assert!(
        url.contains("redirect_uri=https%3A%2F%2Ferp.example.com%2Fanaf%3Fx%3D1%26y%3D%C8%99&")
    );
    assert!(url.ends_with("token_content_type=jwt") && !url.contains("scope"));
    assert_eq!(login.state.expose().len(), 43);
    assert_ne!(
        login.state.expose(),
        client.authorize().unwrap().state.expose()
    );

    let tokens = client.exchange(code()).await.unwrap();
    client.refresh(&tokens).await.unwrap();
    let sent = transport.sent();
    for request in &sent {
        assert_eq!(
            request.url.as_str(),
            "https://logincert.anaf.ro/anaf-oauth2/v1/token"
        );
        let header = |name| {
            request
                .headers
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| v.as_str())
        };
        // RFC 6749: id and secret are form-encoded before they are joined.
        let pair = base64::engine::general_purpose::STANDARD.encode("id%3A1:s+e%2Fc");
        assert_eq!(
            header("authorization"),
            Some(format!("Basic {pair}").as_str())
        );
        assert_eq!(header("accept"), Some("application/json"));
    }
    assert_eq!(
        body(&transport, 0),
        "grant_type=authorization_code&code=c%2B1&redirect_uri=https%3A%2F%2Ferp.example.com%2Fanaf%3Fx%3D1%26y%3D%C8%99\
         &token_content_type=jwt"
    );
    assert_eq!(
        body(&transport, 1),
        "grant_type=refresh_token&refresh_token=r1&token_content_type=jwt"
    );
}

fn jwt(payload: &str) -> String {
    let part = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.c2ln", part(r#"{"alg":"RS512"}"#), part(payload))
}

#[tokio::test]
async fn lifetimes_by_what_there_is() {
    let now = start().as_second();
    let plain = jwt("{}");
    // iat is ANAF's clock: a local one that is a year off changes nothing.
    let relative = jwt(&format!(
        r#"{{"iat":{},"exp":{}}}"#,
        now - 365 * DAY,
        now - 335 * DAY
    ));
    let absolute = jwt(&format!(r#"{{"exp":{}}}"#, now + 20 * DAY));
    let over = jwt(r#"{"exp":5}"#);
    let year = 365 * DAY;
    // access token, rest of the answer, days of the access token, seconds of the refresh token
    let cases = [
        (
            "opaque",
            r#","refresh_token":"r","expires_in":864000"#,
            10,
            10 * DAY + 3600,
        ),
        (
            "opaque",
            r#","refresh_token":"r","expires_in":"864000""#,
            10,
            10 * DAY + 3600,
        ),
        ("opaque", r#","refresh_token":"r""#, 90, 90 * DAY + 3600),
        (
            "opaque",
            r#","refresh_token":"r","expires_in":0"#,
            90,
            90 * DAY + 3600,
        ),
        (&plain, r#","refresh_token":"r""#, 90, year),
        (
            &plain,
            r#","refresh_token":"r","refresh_expires_in":172800"#,
            90,
            2 * DAY,
        ),
        (&relative, r#","refresh_token":"r""#, 30, year),
        (
            &relative,
            r#","refresh_token":"r","expires_in":864000"#,
            10,
            year,
        ),
        (&absolute, r#","refresh_token":"r""#, 20, year),
        (&over, r#","refresh_token":"r""#, 90, year),
    ];
    for (access, rest, days, refresh) in cases {
        let answer = format!(r#"{{"access_token":"{access}"{rest}}}"#);
        let transport = ScriptedTransport::new().answer(200, answer.as_str());
        let tokens = client(&transport).exchange(code()).await.unwrap();
        let lives = |end: Timestamp| end.as_second() - now;
        assert_eq!(lives(tokens.access_expires_at()), days * DAY, "{answer}");
        assert_eq!(
            tokens.refresh_expires_at().map(lives),
            Some(refresh),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_refresh_without_a_new_refresh_token_keeps_the_old_one() {
    let old = TokenSet::new("a0", Some("r0".into()), start(), start())
        .with_refresh_expires_at(Some(start() + Duration::from_secs(77)))
        .with_generation(4);
    for answer in [
        r#"{"access_token":"a1"}"#,
        r#"{"access_token":"a1","refresh_token":""}"#,
    ] {
        let transport = ScriptedTransport::new().answer(200, answer);
        let new = client(&transport).refresh(&old).await.unwrap();
        assert_eq!(new.refresh().unwrap().expose_secret(), "r0");
        assert_eq!(new.refresh_expires_at(), old.refresh_expires_at());
        assert_eq!(new.generation(), 5);
    }
    let without = TokenSet::new("a0", None, start(), start());
    let error = client(&ScriptedTransport::new())
        .refresh(&without)
        .await
        .unwrap_err();
    assert!(error.needs_login());
}

#[tokio::test]
async fn tokens_that_no_header_can_carry_are_refused_at_once() {
    for token in ["", "two words", "line\\nbreak", "țoken"] {
        let transport =
            ScriptedTransport::new().answer(200, format!(r#"{{"access_token":"{token}"}}"#));
        let error = client(&transport).exchange(code()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{token:?}");
    }
}

#[tokio::test]
async fn what_revocation_answers() {
    let tokens = TokenSet::new("a0", Some("r0".into()), start(), start());
    let cases = [
        (200, "", None),
        (302, "", Some(ErrorKind::LoginPage)),
        (
            200,
            "<html><title>Logon</title>",
            Some(ErrorKind::LoginPage),
        ),
        (400, r#"{"error":"invalid_client"}"#, Some(ErrorKind::OAuth)),
        (503, "", Some(ErrorKind::Server)),
    ];
    for (status, answer, kind) in cases {
        let transport = ScriptedTransport::new().answer(status, answer);
        let outcome = client(&transport).revoke(&tokens).await;
        assert_eq!(outcome.err().map(|e| e.kind()), kind, "{status}");
        assert_eq!(
            body(&transport, 0),
            "token=r0&token_type_hint=refresh_token"
        );
    }
}
