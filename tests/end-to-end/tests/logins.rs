//! Logins and refreshes over real HTTP, against the fake ANAF.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

use std::sync::Arc;
use std::time::Duration;

use anaf_http::{
    Clock as _, Delivery, Endpoints, Environment, ErrorKind, Host, ManualClock, Session,
};
use anaf_oauth::store::{GrantKey, MemoryStore};
use anaf_oauth::{
    Application, Callback, Grant, Grants, Hello, LoopbackLogin, OAuthClient, OAuthClientBuilder,
};
use fake_anaf::{Concurrent, ExpiresIn, Failure, FakeAnaf, FakeClock, Operation, TokenKind};

const DAY: Duration = Duration::from_secs(86_400);

/// The fake and its clients in one time.
struct World {
    fake: FakeAnaf,
    clock: ManualClock,
    store: MemoryStore,
    key: GrantKey,
}

impl World {
    async fn new() -> Self {
        let clock = ManualClock::auto("2026-07-01T09:00:00Z".parse().unwrap());
        let read = clock.clone();
        let shared = FakeClock::shared(Arc::new(move || read.now()));
        Self {
            fake: FakeAnaf::builder().clock(shared).start().await.unwrap(),
            store: MemoryStore::with_clock(Arc::new(clock.clone())),
            clock,
            key: GrantKey::new("acme").unwrap(),
        }
    }

    fn endpoints(&self) -> Endpoints {
        let anaf = Endpoints::anaf();
        let anaf = anaf.with(Host::OAuth, &self.fake.oauth_base()).unwrap();
        anaf.with(Host::Api, &self.fake.api_base()).unwrap()
    }

    fn application(&self) -> Application {
        let fake = &self.fake;
        Application::new(fake.client_id(), fake.client_secret(), fake.redirect_uri()).unwrap()
    }

    fn builder(&self) -> OAuthClientBuilder {
        OAuthClient::builder(self.application())
            .endpoints(self.endpoints())
            .clock(self.clock.clone())
    }

    fn process(&self) -> Grants {
        let client = self.builder().build().unwrap();
        Grants::builder(client, self.store.clone()).build().unwrap()
    }

    async fn logged_in(&self, grants: &Grants) -> Grant {
        let login = grants.client().authorize().unwrap();
        let back = self.fake.log_in(login.url.as_str()).unwrap();
        let code = login.code_from_pasted(&back).unwrap();
        grants.log_in(&self.key, code).await.unwrap()
    }

    async fn hello(&self, grant: &Grant) -> Result<String, anaf_http::Error> {
        let session = Session::builder(Environment::Test)
            .endpoints(self.endpoints())
            .clock(self.clock.clone())
            .bearer(grant.clone())
            .build()
            .unwrap();
        session.call(&Hello::new("ERP")).await
    }
}

#[tokio::test]
async fn a_login_lives_for_years_and_every_refresh_token_is_used_once() {
    let world = World::new().await;
    let grants = world.process();
    let grant = world.logged_in(&grants).await;
    assert_eq!(world.hello(&grant).await.unwrap(), "Hello, ERP!");
    let status = grant.status();
    assert_eq!(status.claims.serial.as_deref(), Some(fake_anaf::SERIAL));
    assert!(!status.claims.roles.is_empty());
    let now = world.clock.now();
    assert_eq!(status.expires_at, Some(now + 90 * DAY));
    assert_eq!(status.refresh_expires_at, Some(now + 365 * DAY));
    for quarter in 1..=12 {
        world.clock.advance(89 * DAY);
        assert_eq!(world.hello(&grant).await.unwrap(), "Hello, ERP!");
        assert_eq!(world.fake.oauth().refreshes(), quarter);
    }
    // A process that starts anew goes on with what is stored.
    assert!(
        world
            .hello(&world.process().grant(&world.key))
            .await
            .is_ok()
    );
    assert_eq!(world.fake.oauth().refresh_attempts(), 12);
}

#[tokio::test]
async fn tokens_and_lifetimes_in_every_form() {
    for kind in [TokenKind::Jwt, TokenKind::Opaque] {
        for form in [ExpiresIn::Number, ExpiresIn::Text, ExpiresIn::Absent] {
            let world = World::new().await;
            world.fake.oauth().configure(|settings| {
                settings.kind = kind;
                settings.expires_in = form;
            });
            let grant = world.logged_in(&world.process()).await;
            grant.bearer().await.unwrap();
            let status = grant.status();
            let now = world.clock.now();
            assert_eq!(status.expires_at, Some(now + 90 * DAY), "{kind:?} {form:?}");
            let refresh_life = match kind {
                TokenKind::Opaque => 90 * DAY + Duration::from_secs(3600),
                _ => 365 * DAY,
            };
            assert_eq!(
                status.refresh_expires_at,
                Some(now + refresh_life),
                "{kind:?} {form:?}"
            );
            assert!(world.hello(&grant).await.is_ok());
        }
    }
}

#[tokio::test]
async fn a_token_that_anaf_refuses_is_refreshed_once_and_the_call_replayed() {
    let world = World::new().await;
    let grant = world.logged_in(&world.process()).await;
    world.hello(&grant).await.unwrap();
    world.fake.oauth().expire_access_tokens();
    assert_eq!(world.hello(&grant).await.unwrap(), "Hello, ERP!");
    assert_eq!(world.fake.oauth().refreshes(), 1);
}

#[tokio::test]
async fn an_ended_grant_names_itself() {
    let world = World::new().await;
    let grant = world.logged_in(&world.process()).await;
    world.fake.oauth().expire_refresh_tokens();
    world.clock.advance(91 * DAY);
    let error = world.hello(&grant).await.unwrap_err();
    assert!(error.needs_login(), "{error}");
    assert_eq!(error.grant_key(), Some("acme"));
    for _ in 0..5 {
        assert!(world.hello(&grant).await.unwrap_err().needs_login());
    }
    assert_eq!(world.fake.oauth().refresh_attempts(), 1);
}

#[tokio::test]
async fn a_code_that_is_late_used_or_for_another_callback() {
    let world = World::new().await;
    let grants = world.process();
    let client = grants.client();
    let fresh = || {
        let login = client.authorize().unwrap();
        let back = world.fake.log_in(login.url.as_str()).unwrap();
        login.code_from_pasted(&back).unwrap()
    };
    let late = fresh();
    world.clock.advance(Duration::from_secs(61));
    let used = fresh();
    client.exchange(used.clone()).await.unwrap();
    for code in [late, used] {
        let error = client.exchange(code).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LoginRefused);
        assert!(error.to_string().contains("60 seconds"), "{error}");
    }
    // ANAF's page in the place of a redirect, for a callback that is not registered.
    let wrong =
        Application::new(world.fake.client_id(), "x", "https://erp.example.com/else").unwrap();
    let wrong = OAuthClient::builder(wrong)
        .endpoints(world.endpoints())
        .build()
        .unwrap();
    assert!(
        world
            .fake
            .log_in(wrong.authorize().unwrap().url.as_str())
            .is_err()
    );
    // A wrong secret.
    let wrong = Application::new(world.fake.client_id(), "x", world.fake.redirect_uri()).unwrap();
    let wrong = OAuthClient::builder(wrong)
        .endpoints(world.endpoints())
        .build()
        .unwrap();
    let error = wrong.exchange(fresh()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OAuth);
}

#[tokio::test]
async fn a_refused_login_says_the_likely_causes() {
    let world = World::new().await;
    world.fake.oauth().refuse_next_login();
    let login = world.process().client().authorize().unwrap();
    let back = world.fake.log_in(login.url.as_str()).unwrap();
    let error = Callback::from_pasted(&back)
        .unwrap()
        .code_for(&login.state)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LoginRefused);
    for cause in ["USB token", "SPV", "browser"] {
        assert!(error.to_string().contains(cause), "{error}");
    }
}

#[tokio::test]
async fn revocation_stands_behind_a_login_wall_until_it_does_not() {
    let world = World::new().await;
    let grants = world.process();
    world.logged_in(&grants).await;
    let stored = grants.store().load(&world.key).await.unwrap().unwrap();
    let error = grants.client().revoke(&stored.tokens).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LoginPage);
    assert!(
        error.to_string().contains("without a browser session"),
        "{error}"
    );
    world
        .fake
        .oauth()
        .configure(|settings| settings.revoke_works = true);
    grants.client().revoke(&stored.tokens).await.unwrap();
}

#[tokio::test]
async fn every_failure_of_the_token_endpoint_has_its_kind() {
    let cases = [
        (Failure::status(500), ErrorKind::Server),
        (Failure::status(503), ErrorKind::Server),
        (Failure::status(429), ErrorKind::Quota),
        (Failure::status(403), ErrorKind::Forbidden),
        (Failure::status(255), ErrorKind::ConcurrentTokens),
        (Failure::oauth_255(), ErrorKind::ConcurrentTokens),
        (Failure::firewall_page(), ErrorKind::Firewall),
        (Failure::login_page(), ErrorKind::LoginPage),
        (Failure::login_redirect(), ErrorKind::LoginPage),
        (Failure::empty_body(), ErrorKind::Empty),
        (Failure::truncated(), ErrorKind::Truncated),
        (
            Failure::oauth_error("invalid_client", None),
            ErrorKind::OAuth,
        ),
    ];
    for (failure, kind) in cases {
        let world = World::new().await;
        let grant = world.logged_in(&world.process()).await;
        grant.bearer().await.unwrap();
        world.clock.advance(88 * DAY);
        let shown = format!("{failure:?}");
        world.fake.fail_next(Operation::TokenRefresh, failure);
        // The old token lives for two days more, and serves.
        assert!(world.hello(&grant).await.is_ok(), "{shown}");
        let problem = grant.status().problem.expect("a problem");
        assert_eq!(problem.kind(), kind, "{shown}: {problem}");
        assert_eq!(problem.delivery(), Delivery::Answered, "{shown}");
        assert!(grant.status().paused_for.is_some(), "{shown}");
    }
}

#[tokio::test]
async fn a_stray_bracket_after_the_tokens_is_forgiven() {
    let world = World::new().await;
    let grants = world.process();
    world
        .fake
        .fail_next(Operation::TokenExchange, Failure::stray_bracket());
    let grant = world.logged_in(&grants).await;
    assert!(world.hello(&grant).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_tasks_and_eight_processes_ask_anaf_once() {
    let world = World::new().await;
    world.fake.oauth().configure(|settings| {
        settings.token_delay = Duration::from_millis(100);
        settings.concurrent = Concurrent::Status255;
    });
    world.logged_in(&world.process()).await;
    world.clock.advance(91 * DAY);
    tokio::time::sleep(Duration::from_millis(120)).await;
    // Who waits for another's lease waits in real time here: the shared clock stands still.
    let still = ManualClock::new(world.clock.now());
    let tasks: Vec<_> = (0..8)
        .flat_map(|_| {
            let client = world
                .builder()
                .clock(RealSleep(still.clone()))
                .build()
                .unwrap();
            let grants = Grants::builder(client, world.store.clone())
                .build()
                .unwrap();
            let grant = grants.grant(&world.key);
            (0..1250).map(move |_| {
                let grant = grant.clone();
                tokio::spawn(async move { grant.bearer().await.map(|b| b.generation()) })
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap(), 2);
    }
    assert_eq!(world.fake.oauth().refresh_attempts(), 1);
}

/// Shows the manual clock's time, and sleeps really.
#[derive(Clone, Debug)]
struct RealSleep(ManualClock);

impl anaf_http::Clock for RealSleep {
    fn now(&self) -> jiff::Timestamp {
        self.0.now()
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }

    fn sleep(&self, duration: Duration) -> anaf_http::Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

#[tokio::test]
async fn a_desktop_login_receives_its_callback_over_https() {
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let callback = format!("https://localhost:{port}/callback");
    let registered = fake_anaf::Application::new("desktop", "s3cret", callback.as_str());
    let fake = FakeAnaf::builder()
        .application(registered)
        .start()
        .await
        .unwrap();
    let application = Application::new("desktop", "s3cret", callback.as_str()).unwrap();
    let endpoints = Endpoints::anaf()
        .with(Host::OAuth, &fake.oauth_base())
        .unwrap();
    let client = OAuthClient::builder(application)
        .endpoints(endpoints)
        .build()
        .unwrap();
    let grants = Grants::builder(client, MemoryStore::new()).build().unwrap();
    let key = GrantKey::new("desktop").unwrap();

    let login = LoopbackLogin::bind(grants.client()).await.unwrap();
    let taken = LoopbackLogin::bind(grants.client()).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::InvalidInput);
    let back = fake.log_in(login.url().as_str()).unwrap();
    let waiting = {
        let (grants, key) = (grants.clone(), key.clone());
        tokio::spawn(async move { login.log_in(&grants, &key, Duration::from_secs(20)).await })
    };
    // The person accepts the certificate that the browser warns of.
    let browser = reqwest::Client::builder()
        .tls_danger_accept_invalid_certs(true)
        .build()
        .unwrap();
    let get = |url: String| browser.get(url).header("accept-language", "en").send();
    // Strays: a browser that refuses the certificate, noise, a favicon, another login's callback.
    assert!(reqwest::get(&back).await.is_err());
    let mut noise = tokio::net::TcpStream::connect(("127.0.0.1", port))
        .await
        .unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut noise, b"\x00\xffnoise\r\n\r\n")
        .await
        .unwrap();
    let favicon = get(format!("https://localhost:{port}/favicon.ico"))
        .await
        .unwrap();
    assert_eq!(favicon.status(), 404);
    let forged = get(format!("{callback}?code=c&state=forged"))
        .await
        .unwrap();
    assert_eq!(forged.status(), 400);
    // The callback itself.
    let page = get(back).await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("You are logged in"));
    let grant = waiting.await.unwrap().unwrap();
    assert!(grant.bearer().await.is_ok());
    assert_eq!(fake.oauth().exchanges(), 1);

    // Refused, and nobody.
    let login = LoopbackLogin::bind(grants.client()).await.unwrap();
    fake.oauth().refuse_next_login();
    let back = fake.log_in(login.url().as_str()).unwrap();
    let (outcome, page) = tokio::join!(
        login.log_in(&grants, &key, Duration::from_secs(20)),
        get(back)
    );
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::LoginRefused);
    assert!(
        page.unwrap()
            .text()
            .await
            .unwrap()
            .contains("ANAF refused the login")
    );
    let login = LoopbackLogin::bind(grants.client()).await.unwrap();
    let error = login
        .log_in(&grants, &key, Duration::from_millis(50))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("in time"), "{error}");
    assert!(grant.bearer().await.is_ok(), "the old grant lives on");
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_is_not_repeated_blindly() {
    use fake_anaf::{Fault, FaultProxy};
    // fault, kind, delivery, whether the pair is lost
    let cases = [
        (
            Fault::ResetAfterForward,
            ErrorKind::ConnectionLost,
            Delivery::MaybeSent,
            true,
        ),
        (
            Fault::CloseAfterForward,
            ErrorKind::ConnectionLost,
            Delivery::MaybeSent,
            true,
        ),
        (
            Fault::CutBody(20),
            ErrorKind::Truncated,
            Delivery::Answered,
            true,
        ),
        (
            Fault::ResetAfterRead,
            ErrorKind::ConnectionLost,
            Delivery::MaybeSent,
            false,
        ),
    ];
    for (fault, kind, delivery, lost) in cases {
        let world = World::new().await;
        world.logged_in(&world.process()).await;
        let proxy = FaultProxy::start(world.fake.address()).await.unwrap();
        let endpoints = world
            .endpoints()
            .with(Host::OAuth, &proxy.oauth_base())
            .unwrap();
        let client = world.builder().endpoints(endpoints).build().unwrap();
        let grants = Grants::builder(client, world.store.clone())
            .build()
            .unwrap();
        let grant = grants.grant(&world.key);
        world.clock.advance(88 * DAY);
        proxy.next_on("/token", fault);
        assert!(
            world.hello(&grant).await.is_ok(),
            "{fault:?}: the old token serves"
        );
        let problem = grant.status().problem.unwrap();
        assert_eq!(
            (problem.kind(), problem.delivery()),
            (kind, delivery),
            "{fault:?}"
        );
        assert!(problem.to_string().contains("may be lost"), "{problem}");
        let attempts = world.fake.oauth().refresh_attempts();
        assert_eq!(attempts, u64::from(lost), "{fault:?}");
        for _ in 0..5 {
            world.clock.advance(Duration::from_secs(2));
            assert!(world.hello(&grant).await.is_ok());
        }
        assert_eq!(
            world.fake.oauth().refresh_attempts(),
            attempts,
            "{fault:?}: a pause"
        );
        // After the pause one try more: it works, or ANAF says that the old refresh token is dead.
        world.clock.advance(Duration::from_secs(600));
        assert!(world.hello(&grant).await.is_ok(), "{fault:?}");
        assert_eq!(
            grant.status().problem.is_some_and(|p| p.needs_login()),
            lost,
            "{fault:?}"
        );
        assert_eq!(
            world.fake.oauth().refresh_attempts(),
            attempts + 1,
            "{fault:?}"
        );
    }
}
