//! Links for the certificate's owner: one use, any instance, and an answer of its own for every wrong link.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

mod common;

use std::time::Duration;

use anaf_http::ErrorKind;
use anaf_oauth::store::*;
use anaf_oauth::{Language, LoginFailure, LoginTrouble, Logins};
use common::*;
use url::Url;

const BASE: &str = "https://erp.example.com/anaf/login";

fn portal(world: &World) -> Logins {
    Logins::new(&world.process(), BASE).unwrap()
}

fn code_of(url: &Url) -> String {
    assert!(
        url.as_str()
            .starts_with("https://erp.example.com/anaf/login/")
    );
    url.path_segments().unwrap().next_back().unwrap().to_owned()
}

fn state_of(authorize: &Url) -> String {
    let pairs: std::collections::HashMap<_, _> = authorize.query_pairs().into_owned().collect();
    assert_eq!(pairs["response_type"], "code");
    assert_eq!(pairs["client_id"], "client-1");
    assert_eq!(
        pairs["redirect_uri"],
        "https://erp.example.com/anaf/callback"
    );
    assert_eq!(pairs["token_content_type"], "jwt");
    pairs["state"].clone()
}

fn trouble<T: std::fmt::Debug>(outcome: Result<T, LoginFailure>) -> LoginTrouble {
    let failure = outcome.unwrap_err();
    for language in [Language::Romanian, Language::English] {
        let page = failure.page(language);
        assert_eq!(page.status, failure.trouble().status());
    }
    failure.trouble()
}

#[tokio::test]
async fn one_instance_begins_and_others_finish() {
    let world = World::new();
    let (office, door, waiting) = (portal(&world), portal(&world), portal(&world));
    let link = office.begin(&world.key).await.unwrap();
    assert!(office.look(&link.id).await.unwrap().is_none());
    let authorize = door.open(&code_of(&link.url)).await.unwrap();
    let state = state_of(&authorize);
    let grant = portal(&world)
        .finish(&format!("code=c&state={state}"))
        .await
        .unwrap();
    assert_eq!(grant.key(), &world.key);
    assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-1");
    // The one who waits, in this and in another process, is told.
    for instance in [&office, &waiting] {
        let told = instance.wait(&link.id).await.unwrap();
        assert_eq!(told.bearer().await.unwrap().expose(), "acc3ss-1");
    }
    let sent = world.server.bodies().concat();
    assert!(
        sent.contains("redirect_uri=https%3A%2F%2Ferp.example.com%2Fanaf%2Fcallback"),
        "{sent}"
    );
    assert!(sent.contains("token_content_type=jwt"), "{sent}");
}

#[tokio::test]
async fn a_wait_resolves_at_once_when_this_process_finishes() {
    let world = World::new();
    let logins = Logins::new(&world.real_process(), BASE).unwrap();
    let link = logins.begin(&world.key).await.unwrap();
    let waiter = tokio::spawn({
        let (logins, id) = (logins.clone(), link.id);
        async move { logins.wait(&id).await }
    });
    tokio::time::sleep(Duration::from_millis(20)).await;
    let state = state_of(&logins.open(&code_of(&link.url)).await.unwrap());
    logins
        .finish(&format!("code=c&state={state}"))
        .await
        .unwrap();
    let told = tokio::time::timeout(Duration::from_millis(500), waiter).await;
    told.expect("no two seconds' look was needed")
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn every_wrong_link_and_state_has_its_own_trouble() {
    let world = World::new();
    let logins = portal(&world);
    let link = logins.begin(&world.key).await.unwrap();
    let code = code_of(&link.url);
    let state = state_of(&logins.open(&code).await.unwrap());
    let query = format!("code=c&state={state}");

    for forged in ["", "x", &code[1..], &format!("A{}", &code[1..]), &state] {
        if *forged != *code {
            assert_eq!(
                trouble(logins.open(forged).await),
                LoginTrouble::Forged,
                "{forged}"
            );
        }
    }
    let forged = format!("code=c&state={code}");
    for query in [
        "",
        "code=c",
        "code=c&state=",
        &forged,
        "code=c&state=x&state=y",
    ] {
        assert_eq!(
            trouble(logins.finish(query).await),
            LoginTrouble::Forged,
            "{query}"
        );
    }
    // Made by this application, for a store that does not know it.
    let elsewhere = World::new();
    assert_eq!(
        trouble(portal(&elsewhere).open(&code).await),
        LoginTrouble::Unknown
    );
    assert_eq!(
        trouble(portal(&elsewhere).finish(&query).await),
        LoginTrouble::Unknown
    );

    // Refused by ANAF: the link stays good.
    let refused = logins
        .finish(&format!("error=access_denied&state={state}"))
        .await;
    let failure = refused.unwrap_err();
    assert_eq!(failure.trouble(), LoginTrouble::Refused);
    assert!(failure.error().to_string().contains("USB token"));
    // ANAF did not take the code: the link stays good, and still no token was lost.
    world
        .server
        .answer_next(400, r#"{"error":"invalid_grant"}"#);
    assert_eq!(trouble(logins.finish(&query).await), LoginTrouble::Late);
    assert!(logins.look(&link.id).await.unwrap().is_none());
    logins.open(&code).await.unwrap();
    logins.finish(&query).await.unwrap();

    // Used.
    assert_eq!(trouble(logins.open(&code).await), LoginTrouble::Used);
    assert_eq!(trouble(logins.finish(&query).await), LoginTrouble::Used);
    assert_eq!(world.server.exchanges(), 1);

    // Failed for good.
    let link = logins.begin(&world.key).await.unwrap();
    let state = state_of(&logins.open(&code_of(&link.url)).await.unwrap());
    world
        .server
        .answer_next(400, r#"{"error":"invalid_client"}"#);
    let query = format!("code=c&state={state}");
    assert_eq!(trouble(logins.finish(&query).await), LoginTrouble::Spent);
    assert_eq!(
        trouble(logins.open(&code_of(&link.url)).await),
        LoginTrouble::Spent
    );
    let error = logins.wait(&link.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LoginRefused);
    assert!(error.to_string().contains("client id or secret"), "{error}");

    // Cancelled.
    let link = logins.begin(&world.key).await.unwrap();
    assert!(logins.cancel(&link.id).await.unwrap());
    assert!(!logins.cancel(&link.id).await.unwrap());
    assert_eq!(
        trouble(logins.open(&code_of(&link.url)).await),
        LoginTrouble::Cancelled
    );
    assert!(logins.wait(&link.id).await.is_err());

    // Expired after five hours, and forgotten a week later.
    let link = logins.begin(&world.key).await.unwrap();
    let code = code_of(&link.url);
    let state = state_of(&logins.open(&code).await.unwrap());
    world.clock.advance(Duration::from_secs(5 * 3600 - 1));
    logins.open(&code).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(trouble(logins.open(&code).await), LoginTrouble::Expired);
    let late = logins.finish(&format!("code=c&state={state}")).await;
    assert_eq!(trouble(late), LoginTrouble::Expired);
    assert_eq!(
        logins.wait(&link.id).await.unwrap_err().kind(),
        ErrorKind::LoginRefused
    );
    assert_eq!(logins.purge().await.unwrap(), 0);
    world.clock.advance(8 * DAY);
    assert_eq!(logins.purge().await.unwrap(), 4);
    assert_eq!(trouble(logins.open(&code).await), LoginTrouble::Unknown);
    assert_eq!(
        logins.wait(&link.id).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn a_wait_ends_when_the_link_expires() {
    let world = World::new();
    let logins = portal(&world);
    let link = logins.begin(&world.key).await.unwrap();
    let error = logins.wait(&link.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LoginRefused);
    assert!(world.clock.slept() >= Duration::from_secs(5 * 3600));
}

#[tokio::test]
async fn of_two_callbacks_at_once_one_is_exchanged() {
    let world = World::new();
    world.server.delay(Duration::from_millis(30));
    let (a, b) = (portal(&world), portal(&world));
    let link = a.begin(&world.key).await.unwrap();
    let state = state_of(&a.open(&code_of(&link.url)).await.unwrap());
    let query = format!("code=c&state={state}");
    let (one, two) = tokio::join!(a.finish(&query), b.finish(&query));
    let used = [one, two]
        .into_iter()
        .filter_map(Result::err)
        .map(|f| f.trouble());
    assert_eq!(used.collect::<Vec<_>>(), [LoginTrouble::Used]);
    assert_eq!(world.server.exchanges(), 1);
}

#[tokio::test]
async fn a_browser_that_goes_away_does_not_lose_the_tokens() {
    let world = World::new();
    world.server.delay(Duration::from_millis(50));
    let logins = portal(&world);
    let link = logins.begin(&world.key).await.unwrap();
    let state = state_of(&logins.open(&code_of(&link.url)).await.unwrap());
    let query = format!("code=c&state={state}");
    let gone = tokio::time::timeout(Duration::from_millis(5), logins.finish(&query)).await;
    assert!(gone.is_err());
    let stored = loop {
        match world.store.store.load(&world.key).await.unwrap() {
            Some(stored) => break stored,
            None => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    assert_eq!(stored.version, 1);
    let id = link.id;
    while world.store.store.login(&id).await.unwrap().unwrap().phase != LoginPhase::Done {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_link_whose_process_died_works_again_and_a_wait_goes_on() {
    let world = World::new();
    let logins = portal(&world);
    let link = logins.begin(&world.key).await.unwrap();
    let store = &world.store.store;
    let at = world.clock.now_();
    let step = store.advance_login(
        &link.id,
        &[LoginPhase::Waiting],
        LoginPhase::Exchanging,
        None,
        at,
    );
    step.await.unwrap();
    assert!(logins.look(&link.id).await.unwrap().is_none());
    world.clock.advance(Duration::from_secs(181));
    assert!(logins.look(&link.id).await.unwrap().is_none());
    let state = state_of(&logins.open(&code_of(&link.url)).await.unwrap());
    logins
        .finish(&format!("code=c&state={state}"))
        .await
        .unwrap();
    assert!(logins.look(&link.id).await.unwrap().is_some());
}

#[tokio::test]
async fn what_a_process_stored_before_it_died_is_found() {
    let world = World::new();
    let logins = portal(&world);
    let link = logins.begin(&world.key).await.unwrap();
    let store = &world.store.store;
    let from = &[LoginPhase::Waiting];
    let at = world.clock.now_();
    let step = store.advance_login(&link.id, from, LoginPhase::Exchanging, None, at);
    step.await.unwrap();
    world.stored(90 * DAY).await;
    world.clock.advance(Duration::from_secs(181));
    assert!(logins.look(&link.id).await.unwrap().is_some());
}

/// ANAF answered a login with 255: no login of that person's asks it again before the pause is over.
#[tokio::test]
async fn a_255_pauses_logins_too() {
    for earlier in [None, Some("1234AA456")] {
        let world = World::new();
        if let Some(serial) = earlier {
            world.stored_of(&world.key, serial, 60 * DAY).await;
        }
        let logins = portal(&world);
        let link = logins.begin(&world.key).await.unwrap();
        let state = state_of(&logins.open(&code_of(&link.url)).await.unwrap());
        let query = format!("code=c&state={state}");
        world.server.answer_next(255, "");
        assert_eq!(trouble(logins.finish(&query).await), LoginTrouble::Busy);
        assert!(
            logins.look(&link.id).await.unwrap().is_none(),
            "it stays good"
        );

        // At once, in the same second and a quarter of a minute later: the page says so, and ANAF is left alone. The pause
        // does not grow by asking.
        for wait in [0, 0, 14] {
            world.clock.advance(Duration::from_secs(wait));
            let failure = logins.open(&code_of(&link.url)).await.unwrap_err();
            assert_eq!(failure.trouble(), LoginTrouble::Busy);
            let failure = logins.finish(&query).await.unwrap_err();
            assert_eq!(failure.trouble(), LoginTrouble::Busy);
            let left = failure.error().retry_after().unwrap();
            assert!(left <= Duration::from_secs(60), "{left:?}");
            assert_eq!(failure.error().delivery(), anaf_http::Delivery::NotSent);
            let direct = logins.grants().log_in(&world.key, self::code("c")).await;
            assert_eq!(direct.unwrap_err().kind(), ErrorKind::ConcurrentTokens);
        }
        assert_eq!(world.server.requests(), 1);

        // What is left of it, a code may wait for.
        world.clock.advance(Duration::from_secs(16));
        let before = world.clock.slept();
        logins.open(&code_of(&link.url)).await.unwrap();
        logins.finish(&query).await.unwrap();
        let waited = world.clock.slept() - before;
        let about = Duration::from_secs(29)..Duration::from_secs(37);
        assert!(about.contains(&waited), "{waited:?}");
        assert_eq!((world.server.requests(), world.server.exchanges()), (2, 1));
    }
}

/// A refresh that ANAF answered with 255 pauses the person's logins for their other grants.
#[tokio::test]
async fn the_255_of_a_refresh_pauses_the_persons_logins() {
    let world = World::new();
    let other = GrantKey::new("other").unwrap();
    world
        .stored_of(&world.key, "1234AA456", Duration::ZERO)
        .await;
    world.stored_of(&other, "1234AA456", 60 * DAY).await;
    let grants = world.process();
    world.server.answer_next(255, "");
    grants.grant(&world.key).bearer().await.unwrap_err();
    let error = grants.log_in(&other, code("c")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConcurrentTokens);
    assert!(error.retry_after().unwrap() > Duration::from_secs(45));
    assert_eq!(world.server.requests(), 1);
    // A stranger's login is not their affair.
    let stranger = GrantKey::new("stranger").unwrap();
    grants.log_in(&stranger, code("c")).await.unwrap();
}

#[test]
fn which_bases_links_may_have() {
    let world = World::new();
    let cases = [
        (BASE, true),
        ("https://erp.example.com", true),
        ("http://127.0.0.1:8080/login/", true),
        ("http://erp.example.com/login", false),
        ("https://erp.example.com/login?x=1", false),
        ("/login", false),
    ];
    for (base, accepted) in cases {
        assert_eq!(
            Logins::new(&world.process(), base).is_ok(),
            accepted,
            "{base}"
        );
    }
    assert!(Logins::with_life(&world.process(), BASE, Duration::ZERO).is_err());
}
