//! The refresh: one for each grant, as a transaction, through every failure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

mod common;

use std::sync::Arc;
use std::time::Duration;

use anaf_http::{Answer, Clock as _, Delivery, Error, ErrorKind, Transport};
use anaf_oauth::store::*;
use common::*;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_tasks_on_one_expiring_token_refresh_once() {
    for left in [Duration::ZERO, HOUR] {
        let world = World::new();
        world.stored(left).await;
        world.server.delay(Duration::from_millis(50));
        let grant = world.process().grant(&world.key);
        let tasks: Vec<_> = (0..10_000)
            .map(|_| {
                let grant = grant.clone();
                tokio::spawn(async move { grant.bearer().await.map(|b| b.expose().to_owned()) })
            })
            .collect();
        let mut last = String::new();
        for task in tasks {
            last = task.await.unwrap().unwrap();
        }
        if left.is_zero() {
            assert_eq!(last, "acc3ss-2");
        }
        assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-2");
        assert_eq!(world.server.refreshes(), 1, "{left:?}");
        assert_eq!(world.server.requests(), 1, "{left:?}");
    }
}

#[tokio::test]
async fn a_fresh_token_is_served_without_store_or_server() {
    let world = World::new();
    world.stored(60 * DAY).await;
    let grant = world.process().grant(&world.key);
    assert!(grant.warm().is_none());
    for _ in 0..100 {
        assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-1");
        assert!(grant.warm().is_some() || grant.bearer().await.is_ok());
    }
    assert_eq!(
        world.store.loads.load(std::sync::atomic::Ordering::SeqCst),
        1
    );
    assert_eq!(world.server.requests(), 0);
}

#[tokio::test]
async fn a_caller_who_gives_up_does_not_lose_the_refresh() {
    let world = World::new();
    world.stored(Duration::ZERO).await;
    world.server.delay(Duration::from_millis(100));
    let grant = world.process().grant(&world.key);
    for _ in 0..5 {
        let gone = tokio::time::timeout(Duration::from_millis(10), grant.bearer()).await;
        assert!(gone.is_err());
    }
    assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-2");
    assert_eq!(world.server.requests(), 1);
    assert_eq!(
        world
            .process()
            .grant(&world.key)
            .bearer()
            .await
            .unwrap()
            .expose(),
        "acc3ss-2"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_processes_refresh_once() {
    let world = World::new();
    world.stored(Duration::ZERO).await;
    world.server.delay(Duration::from_millis(20));
    let processes: Vec<_> = (0..8)
        .map(|_| world.real_process().grant(&world.key))
        .collect();
    let all = processes.iter().map(|grant| grant.bearer());
    for bearer in futures_util::future::join_all(all).await {
        assert_eq!(bearer.unwrap().expose(), "acc3ss-2");
    }
    assert_eq!(world.server.requests(), 1);
}

#[tokio::test]
async fn somebody_elses_refresh_is_used_also_when_ours_came_too_late() {
    let world = World::new();
    world.stored(Duration::ZERO).await;
    let (store, key, server) = (
        world.store.store.clone(),
        world.key.clone(),
        world.server.clone(),
    );
    let now = world.clock.now();
    // A process with a lease that ran out stores its pair just before ANAF refuses ours.
    world.server.order(Order::First(Box::new(move || {
        server.kill_refresh_tokens();
        let theirs = server.issue(now, 90 * DAY).with_generation(1);
        let swap = store.compare_and_swap(&key, Some(1), None, &theirs);
        futures_util::FutureExt::now_or_never(swap)
            .unwrap()
            .unwrap();
    })));
    let grant = world.process().grant(&world.key);
    assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-2");
    assert!(grant.status().problem.is_none());
    assert_eq!((world.server.requests(), world.server.refreshes()), (1, 0));
}

/// Ours came too late although ANAF gave it: it is of no use, and must not lie about in the store.
#[tokio::test]
async fn a_pair_that_nobody_needs_leaves_no_secret_in_the_journal() {
    for deleted in [false, true] {
        let world = World::new();
        world.stored(Duration::ZERO).await;
        let (store, key) = (world.store.store.clone(), world.key.clone());
        let theirs = world.server.issue(world.clock.now(), 90 * DAY);
        let kept = theirs.clone();
        world.server.order(Order::First(Box::new(move || {
            let done = match deleted {
                true => futures_util::FutureExt::now_or_never(store.delete(&key, None)).map(drop),
                false => {
                    let swap = store.compare_and_swap(&key, Some(1), None, &theirs);
                    futures_util::FutureExt::now_or_never(swap).map(drop)
                }
            };
            done.unwrap();
        })));
        let outcome = world.process().grant(&world.key).bearer().await;
        assert_eq!(world.server.refreshes(), 1, "ANAF gave a pair");
        let stored = world.store.store.load(&world.key).await.unwrap();
        match deleted {
            true => {
                assert!(outcome.unwrap_err().to_string().contains("was deleted"));
                assert!(stored.is_none());
            }
            false => {
                assert_eq!(outcome.unwrap().expose(), "acc3ss-2");
                assert_eq!(stored.unwrap().tokens, kept);
            }
        }
        let journal = world.store.store.journalled(&world.key).await.unwrap();
        assert!(
            journal.iter().all(|entry| entry.answer.is_none()),
            "{journal:?}"
        );
    }
}

#[tokio::test]
async fn the_answer_of_a_slower_holder_is_found_in_the_journal() {
    let world = World::new();
    world.stored(Duration::ZERO).await;
    let (store, key, server) = (
        world.store.store.clone(),
        world.key.clone(),
        world.server.clone(),
    );
    let now = world.clock.now();
    world.server.order(Order::First(Box::new(move || {
        server.kill_refresh_tokens();
        let theirs = server.issue(now, 90 * DAY);
        let entry = JournalEntry::intent(0, "slow", 1, now).answered(theirs);
        let wrote = store.journal(&key, &entry);
        futures_util::FutureExt::now_or_never(wrote)
            .unwrap()
            .unwrap();
    })));
    let grant = world.process().grant(&world.key);
    assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-2");
    assert_eq!(world.server.refreshes(), 0);
}

#[tokio::test]
async fn a_process_that_died_between_answer_and_write_lost_nothing() {
    let world = World::new();
    world.stored(Duration::ZERO).await;
    // What it left behind: a lease that nobody gives back, and the answer in the journal.
    let store = &world.store.store;
    let lease = store.acquire_lease(&world.key, "dead", HOUR).await.unwrap();
    let LeaseOutcome::Granted(lease) = lease else {
        panic!()
    };
    world.server.kill_refresh_tokens();
    let answer = world
        .server
        .issue(world.clock.now(), 90 * DAY)
        .with_generation(1);
    let entry = JournalEntry::intent(lease.fence, "dead", 1, world.clock.now()).answered(answer);
    store.journal(&world.key, &entry).await.unwrap();

    let grants = world.builder().lease(HOUR).build().unwrap();
    let grant = grants.grant(&world.key);
    assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-2");
    assert_eq!(
        world.server.requests(),
        0,
        "the pair in the journal was the answer"
    );
    assert!(
        world.clock.slept() >= Duration::from_secs(3590),
        "the dead one's lease was waited for"
    );
    assert!(store.journalled(&world.key).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_store_that_is_down_costs_nothing_while_a_token_lives() {
    let world = World::new();
    world.stored(HOUR).await;
    let grant = world.process().grant(&world.key);
    world.server.answer_next(503, "");
    assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-1");
    world.clock.advance(Duration::from_secs(120));
    world.store.down(true);
    assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-1");
    let problem = grant.status().problem.unwrap();
    assert_eq!(problem.kind(), ErrorKind::Store);
    assert!(problem.to_string().contains("the disk is away"));
    // Its token over, the store's error is the answer; and a store that comes back is used.
    world.clock.advance(HOUR);
    let error = grant.bearer().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    assert_eq!(
        world.server.requests(),
        1,
        "without a store ANAF is not called"
    );
    world.store.down(false);
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-2");
    assert!(grant.status().problem.is_none());
}

#[tokio::test]
async fn new_tokens_wait_for_a_store_that_fails() {
    let world = World::new();
    world.stored(Duration::ZERO).await;
    let grant = world.process().grant(&world.key);
    // A short failure is sat out.
    world
        .store
        .failing_swaps
        .store(5, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-2");
    // A long one is reported; the pair is kept, and stored as soon as the store works.
    world.clock.advance(90 * DAY);
    world
        .store
        .failing_swaps
        .store(1_000_000, std::sync::atomic::Ordering::SeqCst);
    let error = grant.bearer().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    assert!(error.to_string().contains("memory only"), "{error}");
    assert!(grant.status().unsaved);
    world
        .store
        .failing_swaps
        .store(0, std::sync::atomic::Ordering::SeqCst);
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-3");
    assert!(!grant.status().unsaved);
    assert_eq!(world.server.requests(), 2, "ANAF was not asked again");
    let stored = world.store.store.load(&world.key).await.unwrap().unwrap();
    assert_eq!(stored.tokens.generation(), 2);
}

#[tokio::test]
async fn an_expired_refresh_token_needs_a_login_and_is_not_tried_again() {
    let world = World::new();
    world.stored(HOUR).await;
    let expired =
        r#"{"error":"invalid_request","error_description":"Refresh Token status is expired"}"#;
    world.server.answer_next(400, expired);
    let grants = world.process();
    let grant = grants.grant(&world.key);
    assert_eq!(
        grant.bearer().await.unwrap().expose(),
        "acc3ss-1",
        "the access token still lives"
    );
    assert!(grant.status().problem.unwrap().needs_login());
    for _ in 0..20 {
        world.clock.advance(Duration::from_secs(600));
        let _ = grant.bearer().await;
    }
    let error = grant.bearer().await.unwrap_err();
    assert!(error.needs_login());
    assert_eq!(error.grant_key(), Some("acme"));
    assert_eq!(
        error.said(),
        Some("invalid_request: Refresh Token status is expired")
    );
    assert_eq!(world.server.requests(), 1, "ANAF was asked once");

    // A login, here or in another process, brings it back.
    let elsewhere = world.process();
    elsewhere.log_in(&world.key, code("c")).await.unwrap();
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-2");
    assert!(grant.status().problem.is_none());
}

#[tokio::test]
async fn a_key_without_a_login_says_so() {
    let world = World::new();
    let grants = world.process();
    let grant = grants.grant(&world.key);
    let error = grant.bearer().await.unwrap_err();
    assert!(error.needs_login() && error.grant_key() == Some("acme"));
    grants.log_in(&world.key, code("c")).await.unwrap();
    assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-1");
    assert!(grants.forget(&world.key).await.unwrap());
    assert!(grant.bearer().await.unwrap_err().needs_login());
}

#[tokio::test]
async fn every_failure_is_answered_with_a_pause_while_the_old_token_serves() {
    let limited = || {
        let mut answer = Answer::new(429, "");
        answer.retry_after = Some("120".to_owned());
        Order::Answer(answer)
    };
    let status = |status, body: &'static str| Order::Answer(Answer::new(status, body));
    let refused = Order::Fail(Error::new(ErrorKind::Connect));
    type Case = (Order, ErrorKind, Delivery, u64);
    // order, kind, delivery, the shortest pause in seconds
    let cases: Vec<Case> = vec![
        (limited(), ErrorKind::Quota, Delivery::Answered, 120),
        (status(503, ""), ErrorKind::Server, Delivery::Answered, 2),
        (
            status(255, ""),
            ErrorKind::ConcurrentTokens,
            Delivery::Answered,
            60,
        ),
        (
            status(400, r#"{"error":"255"}"#),
            ErrorKind::ConcurrentTokens,
            Delivery::Answered,
            60,
        ),
        (
            status(400, r#"{"error":"invalid_client"}"#),
            ErrorKind::OAuth,
            Delivery::Answered,
            30,
        ),
        (refused, ErrorKind::Connect, Delivery::NotSent, 1),
        (status(200, ""), ErrorKind::Empty, Delivery::Answered, 15),
        (
            status(302, ""),
            ErrorKind::LoginPage,
            Delivery::Answered,
            15,
        ),
    ];
    for (order, kind, delivery, pause) in cases {
        let world = World::new();
        world.stored(HOUR).await;
        world.server.order(order);
        let grant = world.process().grant(&world.key);
        assert_eq!(
            grant.bearer().await.unwrap().expose(),
            "acc3ss-1",
            "{kind:?}"
        );
        let status = grant.status();
        let problem = status.problem.unwrap();
        assert_eq!((problem.kind(), problem.delivery()), (kind, delivery));
        let paused = status.paused_for.unwrap();
        assert!(paused >= Duration::from_secs(pause), "{kind:?}: {paused:?}");
        world.clock.advance(paused - Duration::from_millis(1));
        assert_eq!(
            grant.bearer().await.unwrap().expose(),
            "acc3ss-1",
            "{kind:?}"
        );
        assert_eq!(world.server.requests(), 1, "{kind:?}: no hot retry");
        world.clock.advance(Duration::from_millis(2));
        assert_eq!(
            grant.bearer().await.unwrap().expose(),
            "acc3ss-2",
            "{kind:?}"
        );
        assert!(grant.status().problem.is_none());
    }
}

#[tokio::test]
async fn pauses_grow_and_say_when_to_come_back() {
    let world = World::new();
    world.stored(Duration::ZERO).await;
    let grant = world.process().grant(&world.key);
    let mut last = Duration::ZERO;
    for n in 1..=6 {
        world.server.answer_next(500, "");
        assert_eq!(grant.bearer().await.unwrap_err().kind(), ErrorKind::Server);
        let error = grant.bearer().await.unwrap_err();
        let pause = error.retry_after().unwrap();
        assert!(pause > last, "{pause:?} after {last:?}");
        assert_eq!(world.server.requests(), n);
        last = pause;
        world.clock.advance(pause + Duration::from_millis(1));
    }
    assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-2");
}

#[tokio::test]
async fn a_lost_answer_is_not_repeated_blindly() {
    let world = World::new();
    world.stored(HOUR).await;
    world.server.order(Order::Lose);
    let grant = world.process().grant(&world.key);
    assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-1");
    let problem = grant.status().problem.unwrap();
    assert_eq!(problem.kind(), ErrorKind::ConnectionLost);
    assert_eq!(problem.delivery(), Delivery::MaybeSent);
    assert!(
        problem.to_string().contains("new pair may be lost"),
        "{problem}"
    );
    for _ in 0..10 {
        world.clock.advance(Duration::from_secs(2));
        grant.bearer().await.unwrap();
    }
    assert_eq!(world.server.requests(), 1);
    // The one try more, as a last resort: ANAF had worked, so the old refresh token is dead.
    world.clock.advance(2 * HOUR);
    let error = grant.bearer().await.unwrap_err();
    assert!(error.needs_login());
    let told = error.to_string();
    assert!(
        told.contains("2026-07-01T09:00:00Z") && told.contains("never answered"),
        "{told}"
    );
    assert_eq!(world.server.requests(), 2);
}

#[tokio::test]
async fn another_process_does_not_repeat_a_refresh_whose_answer_was_lost() {
    let world = World::new();
    world.stored(2 * DAY).await;
    world.server.order(Order::Lose);
    world.process().grant(&world.key).bearer().await.unwrap();
    assert_eq!(world.server.requests(), 1);
    // Processes come and go: one more try after a minute, then none before the token's last day.
    for (pause, requests) in [(1, 1), (61, 2), (61, 2), (3600, 2), (86_400, 3)] {
        world.clock.advance(Duration::from_secs(pause));
        world.server.order(Order::Lose);
        let grant = world.process().grant(&world.key);
        assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-1");
        assert_eq!(world.server.requests(), requests, "after {pause} s");
        let problem = grant.status().problem.unwrap();
        assert!(
            problem.to_string().contains("new pair may be lost"),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn the_255_of_one_grant_pauses_the_persons_other_grants() {
    let world = World::new();
    world.server.person("1234AA456");
    let other = GrantKey::new("other").unwrap();
    let stranger = GrantKey::new("stranger").unwrap();
    for (key, serial) in [
        (&world.key, "1234AA456"),
        (&other, "1234AA456"),
        (&stranger, "9999"),
    ] {
        world.stored_of(key, serial, Duration::ZERO).await;
    }
    let grants = world.process();
    world.server.answer_next(255, "");
    for key in [&world.key, &other] {
        let error = grants.grant(key).bearer().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConcurrentTokens, "{key}");
    }
    assert_eq!(world.server.requests(), 1);
    assert!(grants.grant(&stranger).bearer().await.is_ok());
    world.clock.advance(Duration::from_secs(200));
    assert!(grants.grant(&other).bearer().await.is_ok());
}

#[tokio::test]
async fn one_persons_grants_are_renewed_one_after_another() {
    let world = World::new();
    world.server.delay(Duration::from_millis(5));
    let grants = world.process();
    let keys: Vec<GrantKey> = (0..20)
        .map(|n| GrantKey::new(format!("k{n}")).unwrap())
        .collect();
    for key in &keys {
        world.stored_of(key, "1234AA456", Duration::ZERO).await;
    }
    let all = keys.iter().map(|key| {
        let grant = grants.grant(key);
        async move { grant.bearer().await }
    });
    for bearer in futures_util::future::join_all(all).await {
        bearer.unwrap();
    }
    assert_eq!(world.server.refreshes(), 20);
    assert_eq!(world.server.most_at_once(), 1);
}

#[tokio::test]
async fn a_clock_that_jumps_renews_early_at_worst() {
    // A year ahead: one refresh, then peace.
    let world = World::new();
    world.stored(80 * DAY).await;
    let grant = world.process().grant(&world.key);
    grant.bearer().await.unwrap();
    world.clock.set_wall(start() + 365 * DAY);
    for _ in 0..50 {
        world.clock.advance(Duration::from_secs(61));
        grant.bearer().await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(world.server.refreshes(), 1);
    // Two years back: the steady clock still knows when the token ends.
    world.clock.set_wall(start() - 365 * DAY);
    world.clock.advance(89 * DAY);
    grant.bearer().await.unwrap();
    assert!(grant.status().problem.is_none(), "{:?}", grant.status());
    assert_eq!(world.server.refreshes(), 2);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_for_all_who_were_refused() {
    let world = World::new();
    world.stored(60 * DAY).await;
    let grant = world.process().grant(&world.key);
    let old = grant.bearer().await.unwrap();
    world.server.delay(Duration::from_millis(10));
    let all = (0..100).map(|_| grant.replace(&old));
    for new in futures_util::future::join_all(all).await {
        assert_eq!(new.unwrap().expose(), "acc3ss-2");
    }
    assert_eq!(world.server.requests(), 1);
    // Refused again at once: a refresh does not help, and ANAF is not bothered with more of them.
    let new = grant.bearer().await.unwrap();
    for _ in 0..10 {
        let error = grant.replace(&new).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
    }
    assert_eq!(world.server.requests(), 1);
    // Another process that was refused too takes what is stored.
    let other = world.process().grant(&world.key);
    assert_eq!(other.replace(&old).await.unwrap().expose(), "acc3ss-2");
    assert_eq!(world.server.requests(), 1);
}

#[tokio::test]
async fn another_process_renews_or_replaces_and_this_one_notices() {
    let world = World::new();
    world.stored(60 * DAY).await;
    let here = world.process().grant(&world.key);
    here.bearer().await.unwrap();
    world.process().log_in(&world.key, code("c")).await.unwrap();
    world.clock.advance(Duration::from_secs(301));
    here.bearer().await.unwrap();
    tokio::task::yield_now().await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(here.bearer().await.unwrap().expose(), "acc3ss-2");
}

#[tokio::test]
async fn a_login_replaces_a_live_grant_and_two_at_once_are_serialised() {
    let world = World::new();
    let live = world.server.issue(jiff::Timestamp::now(), 60 * DAY);
    world
        .store
        .store
        .compare_and_swap(&world.key, None, None, &live)
        .await
        .unwrap();
    world.server.delay(Duration::from_millis(20));
    let (one, two) = (world.real_process(), world.real_process());
    let grant = one.grant(&world.key);
    grant.bearer().await.unwrap();
    let (a, b, c) = tokio::join!(
        one.log_in(&world.key, code("a")),
        one.log_in(&world.key, code("b")),
        two.log_in(&world.key, code("c")),
    );
    for login in [a, b, c] {
        login.unwrap();
    }
    assert_eq!(world.server.exchanges(), 3);
    assert_eq!(
        world.server.most_at_once(),
        1,
        "ANAF never sees two at once"
    );
    let stored = world.store.store.load(&world.key).await.unwrap().unwrap();
    assert_eq!(stored.tokens.generation(), 3);
}

#[tokio::test]
async fn a_failed_login_does_the_live_grant_no_harm() {
    let world = World::new();
    world.stored(60 * DAY).await;
    let grants = world.process();
    let grant = grants.grant(&world.key);
    grant.bearer().await.unwrap();
    world
        .server
        .answer_next(400, r#"{"error":"invalid_grant"}"#);
    let error = grants.log_in(&world.key, code("late")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LoginRefused);
    assert!(error.to_string().contains("60 seconds"));
    assert_eq!(grant.bearer().await.unwrap().expose(), "acc3ss-1");
    assert!(grant.status().problem.is_none() && grant.status().paused_for.is_none());
    // A store that is down is noticed before the code is spent.
    world.store.down(true);
    let error = grants.log_in(&world.key, code("good")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    assert_eq!(world.server.requests(), 1);
}

#[tokio::test]
async fn a_late_answer_to_an_exchange_says_so() {
    #[derive(Debug)]
    struct Slow(anaf_http::ManualClock);
    #[async_trait::async_trait]
    impl Transport for Slow {
        async fn send(&self, _: anaf_http::WireRequest) -> Result<Answer, Error> {
            self.0.advance(Duration::from_secs(75));
            Ok(Answer::new(400, r#"{"error":"invalid_grant"}"#))
        }
    }
    let world = World::new();
    let application = anaf_oauth::Application::new("id", SECRET, "https://a.example/cb").unwrap();
    let client = anaf_oauth::OAuthClient::builder(application)
        .clock(world.clock.clone())
        .transport(Slow(world.clock.clone()))
        .build()
        .unwrap();
    let error = client.exchange(code("c")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LoginRefused);
    assert!(
        error.to_string().contains("75 seconds after the callback"),
        "{error}"
    );
    let _ = Arc::new(client);
}
