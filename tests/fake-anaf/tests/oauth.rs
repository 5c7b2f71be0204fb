//! The OAuth server: every refusal, every form of token, and the log that tests count by.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::time::Duration;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::World;
use fake_anaf::{
    Application, CIF, CLIENT_ID, Concurrent, ExpiresIn, OldRefreshToken, Operation, Person,
    RetryAfter, SERIAL, Service,
};
use jiff::SignedDuration;
use reqwest::{Response, StatusCode};
use serde_json::Value;

impl World {
    fn authorization_url(&self, extra: &str) -> String {
        format!(
            "{}/authorize?response_type=code&client_id={}&redirect_uri={}{extra}",
            self.fake.oauth_base(),
            self.fake.client_id(),
            self.fake.redirect_uri()
        )
    }

    fn code(&self, extra: &str) -> String {
        let callback = self.fake.log_in(&self.authorization_url(extra)).unwrap();
        parameter(&callback, "code").unwrap()
    }

    async fn token(&self, form: &[(&str, &str)]) -> Response {
        self.token_as(&self.fake.client_secret(), form).await
    }

    async fn token_as(&self, secret: &str, form: &[(&str, &str)]) -> Response {
        let request = self.http.post(format!("{}/token", self.fake.oauth_base()));
        request
            .basic_auth(self.fake.client_id(), Some(secret))
            .form(form)
            .send()
            .await
            .unwrap()
    }

    async fn exchange(&self, code: &str) -> Response {
        let redirect = self.fake.redirect_uri();
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &redirect),
            ("token_content_type", "jwt"),
        ])
        .await
    }

    async fn refresh(&self, token: &str) -> Response {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)])
            .await
    }
}

fn parameter(url: &str, name: &str) -> Option<String> {
    url::Url::parse(url)
        .unwrap()
        .query_pairs()
        .find(|(k, _)| k == name)
        .map(|(_, v)| v.into_owned())
}

async fn json(answer: Response) -> Value {
    answer.json().await.unwrap()
}

#[tokio::test]
async fn jwts_are_signed_and_say_who() {
    let world = World::new().await;
    let tokens = json(world.exchange(&world.code("&token_content_type=jwt")).await).await;
    let access = tokens["access_token"].as_str().unwrap();
    let parts: Vec<&str> = access.split('.').collect();
    let part = |at: usize| URL_SAFE_NO_PAD.decode(parts[at]).unwrap();
    let header: Value = serde_json::from_slice(&part(0)).unwrap();
    assert_eq!(header["alg"], "RS512");
    let claims: Value = serde_json::from_slice(&part(1)).unwrap();
    let now = world.clock.now().as_second();
    for (name, value) in [
        ("iss", Value::from("https://logincert.anaf.ro")),
        ("iat", now.into()),
        ("nbf", now.into()),
        ("exp", (now + 7_776_000).into()),
        ("scope", "clientappid info issuer role serial".into()),
        ("clientappid", CLIENT_ID.into()),
        ("serial", SERIAL.into()),
        (
            "role",
            serde_json::json!(["HELLO", "EFACTURA", "SRV_EFACTURA", "ETRANSPORT"]),
        ),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA512, world.fake.oauth().public_key());
    let signed = format!("{}.{}", parts[0], parts[1]);
    key.verify(signed.as_bytes(), &part(2)).unwrap();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(world.fake.oauth().exchanges(), 1);
}

#[tokio::test]
async fn opaque_tokens_and_forms_of_expires_in() {
    let world = World::new().await;
    let redirect = world.fake.redirect_uri();
    for (form, seen) in [
        (ExpiresIn::Number, Some(Value::from(7_776_000))),
        (ExpiresIn::Text, Some(Value::from("7776000"))),
        (ExpiresIn::Absent, None),
    ] {
        world
            .fake
            .oauth()
            .configure(|settings| settings.expires_in = form);
        let code = world.code("");
        let answer = world
            .token(&[
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", &redirect),
            ])
            .await;
        let tokens = json(answer).await;
        assert!(
            !tokens["access_token"].as_str().unwrap().contains('.'),
            "opaque without token_content_type"
        );
        assert_eq!(tokens.get("expires_in"), seen.as_ref());
    }
}

#[tokio::test]
async fn refused_logins_and_pages() {
    let world = World::new().await;
    world.fake.oauth().refuse_next_login();
    let callback = world
        .fake
        .log_in(&world.authorization_url("&state=s%201"))
        .unwrap();
    assert_eq!(
        parameter(&callback, "error").as_deref(),
        Some("access_denied")
    );
    assert_eq!(parameter(&callback, "state").as_deref(), Some("s 1"));
    let base = world.fake.oauth_base();
    for url in [
        format!(
            "{base}/authorize?response_type=code&client_id=alta&redirect_uri={}",
            world.fake.redirect_uri()
        ),
        format!(
            "{base}/authorize?response_type=code&client_id={CLIENT_ID}&redirect_uri=https://example.com/x"
        ),
        format!("{base}/authorize?response_type=code"),
    ] {
        assert_eq!(world.fake.log_in(&url).unwrap_err().status, 400, "{url}");
        assert_eq!(world.http.get(&url).send().await.unwrap().status(), 400);
    }
    // The page in the browser: a choice, then a redirect.
    world
        .fake
        .oauth()
        .configure(|settings| settings.login_page = true);
    let url = world.authorization_url("&state=x");
    let page = world.http.get(&url).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains("Ana Popescu") && page.contains("id=\"refuse\""));
    for (field, value, expected) in [
        ("person", SERIAL, "code"),
        ("refuse", "1", "error"),
        ("person", "nimeni", "error"),
    ] {
        let answer = world
            .http
            .post(&url)
            .form(&[(field, value)])
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::FOUND);
        let to = answer.headers()["location"].to_str().unwrap();
        assert!(parameter(to, expected).is_some(), "{to}");
    }
}

#[tokio::test]
async fn codes_live_sixty_seconds_and_serve_once() {
    let world = World::new().await;
    let fresh = world.code("");
    world.clock.advance(SignedDuration::from_secs(59));
    assert_eq!(world.exchange(&fresh).await.status(), 200);
    assert_eq!(
        json(world.exchange(&fresh).await).await["error"],
        "invalid_grant"
    );
    let late = world.code("");
    world.clock.advance(SignedDuration::from_secs(60));
    let answer = world.exchange(&late).await;
    assert_eq!(answer.status(), 400);
    assert_eq!(json(answer).await["error"], "invalid_grant");
    let code = world.code("");
    let elsewhere = world
        .token(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", "https://localhost/"),
        ])
        .await;
    assert_eq!(json(elsewhere).await["error"], "invalid_grant");
    for (secret, form, error) in [
        (
            "altul",
            vec![("grant_type", "refresh_token"), ("refresh_token", "x")],
            "invalid_client",
        ),
        (
            fake_anaf::CLIENT_SECRET,
            vec![("grant_type", "password")],
            "unsupported_grant_type",
        ),
        (
            fake_anaf::CLIENT_SECRET,
            vec![("code", "x")],
            "invalid_request",
        ),
        (
            fake_anaf::CLIENT_SECRET,
            vec![("grant_type", "authorization_code")],
            "invalid_request",
        ),
        (
            fake_anaf::CLIENT_SECRET,
            vec![("grant_type", "refresh_token")],
            "invalid_request",
        ),
        (
            fake_anaf::CLIENT_SECRET,
            vec![("grant_type", "refresh_token"), ("refresh_token", "x")],
            "invalid_grant",
        ),
    ] {
        let answer = world.token_as(secret, &form).await;
        assert_eq!(answer.status(), 400);
        assert_eq!(json(answer).await["error"], error, "{form:?}");
    }
}

#[tokio::test]
async fn refresh_tokens_rotate_and_the_old_ones_die() {
    let world = World::new().await;
    let first = world.fake.issue();
    let second = json(world.refresh(&first.refresh_token).await).await;
    assert_ne!(second["refresh_token"], first.refresh_token.as_str());
    assert_eq!(
        json(world.refresh(&first.refresh_token).await).await,
        serde_json::json!({"error": "invalid_grant"})
    );
    assert!(
        !world
            .fake
            .oauth()
            .is_refresh_token_alive(&first.refresh_token)
    );
    assert!(
        world
            .fake
            .oauth()
            .is_access_token_alive(second["access_token"].as_str().unwrap())
    );

    let grace = OldRefreshToken::Grace(SignedDuration::from_secs(10));
    world
        .fake
        .oauth()
        .configure(|settings| settings.old_refresh_token = grace);
    let third = world.fake.issue().refresh_token;
    for (wait, status) in [(0, 200), (9, 200), (1, 400)] {
        world.clock.advance(SignedDuration::from_secs(wait));
        assert_eq!(world.refresh(&third).await.status(), status);
    }
    world
        .fake
        .oauth()
        .configure(|settings| settings.old_refresh_token = OldRefreshToken::StaysAlive);
    assert_eq!(world.refresh(&third).await.status(), 200);
    assert_eq!(
        (
            world.fake.oauth().refreshes(),
            world.fake.oauth().refresh_attempts()
        ),
        (4, 6)
    );

    let expiring = world.fake.issue().refresh_token;
    world.clock.advance(SignedDuration::from_mins(525_600));
    let answer = world.refresh(&expiring).await;
    assert_eq!(answer.status(), 400);
    assert_eq!(
        json(answer).await,
        serde_json::json!({"error": "invalid_request", "error_description": "Refresh Token status is expired"})
    );
}

#[tokio::test]
async fn several_tokens_at_once_are_255() {
    let world = World::new().await;
    for (setting, status) in [
        (Concurrent::Status255, 255),
        (Concurrent::OAuthError255, 400),
        (Concurrent::Allowed, 200),
    ] {
        world.fake.oauth().configure(|settings| {
            settings.concurrent = setting;
            settings.token_delay = Duration::from_millis(300);
        });
        let (one, two) = (
            world.fake.issue().refresh_token,
            world.fake.issue().refresh_token,
        );
        let (one, two) = tokio::join!(world.refresh(&one), world.refresh(&two));
        let mut statuses = [one.status().as_u16(), two.status().as_u16()];
        statuses.sort_unstable();
        let mut expected = [200, status];
        expected.sort_unstable();
        assert_eq!(statuses, expected);
        for answer in [one, two] {
            if answer.status() == 400 {
                assert_eq!(json(answer).await["error"], "255");
            }
        }
        tokio::time::sleep(Duration::from_millis(320)).await;
    }
}

#[tokio::test]
async fn revoking_meets_the_login_wall() {
    let world = World::new().await;
    let tokens = world.fake.issue();
    let revoke = || {
        let request = world
            .http
            .post(format!("{}/revoke", world.fake.oauth_base()));
        request
            .basic_auth(world.fake.client_id(), Some(world.fake.client_secret()))
            .form(&[("token", &tokens.refresh_token)])
            .send()
    };
    let wall = revoke().await.unwrap();
    assert_eq!(
        (
            wall.status().as_u16(),
            wall.headers()["location"].to_str().unwrap()
        ),
        (302, "/my.policy")
    );
    assert!(
        world
            .fake
            .oauth()
            .is_refresh_token_alive(&tokens.refresh_token)
    );
    world
        .fake
        .oauth()
        .configure(|settings| settings.revoke_works = true);
    assert_eq!(revoke().await.unwrap().status(), 200);
    assert!(
        !world
            .fake
            .oauth()
            .is_refresh_token_alive(&tokens.refresh_token)
    );
}

#[tokio::test]
async fn tokens_open_what_person_and_application_may_both_do() {
    let world = World::new().await;
    let paths = [
        "/TestOauth/jaxrs/hello?name=x".to_owned(),
        format!("/test/FCTEL/rest/listaMesajeFactura?zile=1&cif={CIF}"),
        format!("/test/ETRANSPORT/ws/v1/lista/1/{CIF}"),
        "/test/FCTEL/rest/nimic".to_owned(),
    ];
    world.fake.register(
        Application::new("doar-transport", "s", "https://localhost/c")
            .services([Service::ETransport]),
    );
    world.fake.enrol(
        Person::new("Doar facturi", "9")
            .cif(CIF)
            .services([Service::EFactura]),
    );
    let token =
        |serial: &str, client: &str| world.fake.oauth().issue_for(serial, client).access_token;
    for (bearer, expected) in [
        (token(SERIAL, CLIENT_ID), [200, 200, 200, 403]),
        (token(SERIAL, "doar-transport"), [200, 403, 200, 403]),
        (token("9", CLIENT_ID), [200, 200, 403, 403]),
        (token("9", "doar-transport"), [200, 403, 403, 403]),
        ("necunoscut".to_owned(), [401; 4]),
    ] {
        for (path, status) in paths.iter().zip(expected) {
            let answer = world
                .http
                .get(world.url(path))
                .bearer_auth(&bearer)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), status, "{path}");
        }
    }
    let alive = world.fake.bearer();
    world.clock.advance(SignedDuration::from_mins(129_600));
    let answer = world
        .http
        .get(world.url(&paths[0]))
        .bearer_auth(alive)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 401, "an access token lives ninety days");
}

#[tokio::test]
async fn the_minute_limit_says_when_to_come_back() {
    let world = World::new().await;
    world.fake.set_limits(|limits| limits.calls_per_minute = 2);
    let hello = "/TestOauth/jaxrs/hello?name=x";
    for status in [200, 200, 429] {
        assert_eq!(world.get(hello).await.status(), status);
    }
    world.clock.advance(SignedDuration::from_secs(20));
    for (form, value) in [
        (RetryAfter::Absent, None),
        (RetryAfter::Seconds, Some("40")),
        (RetryAfter::Date, Some("Wed, 01 Jul 2026 09:01:00 GMT")),
    ] {
        world.fake.set_limits(|limits| limits.retry_after = form);
        let answer = world.get(hello).await;
        assert_eq!(answer.status(), 429);
        assert_eq!(
            answer
                .headers()
                .get("retry-after")
                .map(|value| value.to_str().unwrap()),
            value
        );
    }
    world.clock.advance(SignedDuration::from_secs(40));
    assert_eq!(world.get(hello).await.status(), 200);
    assert_eq!(world.fake.count(Operation::Hello), 7);
    let last = world.fake.requests().pop().unwrap();
    assert_eq!(
        (
            last.operation,
            last.path.as_str(),
            last.query.as_str(),
            last.status
        ),
        (Operation::Hello, "/TestOauth/jaxrs/hello", "name=x", 200)
    );
}
