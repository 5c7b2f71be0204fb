//! The keeper: idle grants live on, and what a renewal cannot save is reported.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anaf_http::{Answer, Error, ErrorKind};
use anaf_oauth::store::*;
use anaf_oauth::{Keeper, KeeperFinding, KeeperReport};
use common::*;

#[tokio::test]
async fn an_idle_grant_lives_for_years() {
    let world = World::new();
    let keys: Vec<GrantKey> = (0..30)
        .map(|n| GrantKey::new(format!("tenant {n}")).unwrap())
        .collect();
    for key in &keys {
        world.stored_as(key, 90 * DAY).await;
    }
    let reports: Arc<Mutex<Vec<KeeperReport>>> = Arc::default();
    let grants = world.process();
    let kept = reports.clone();
    let keeper = Keeper::builder(&grants)
        .every(DAY)
        .start(move |report| kept.lock().unwrap().push(report))
        .unwrap();
    while reports.lock().unwrap().len() < 800 {
        tokio::task::yield_now().await;
    }
    drop(keeper);
    let reports = reports.lock().unwrap();
    assert!(
        reports
            .iter()
            .all(|r| r.grants == 30 && r.failed.is_empty() && r.lapsing.is_empty())
    );
    let days: Vec<usize> = reports.iter().map(|r| r.renewed.len()).collect();
    let renewed: usize = days.iter().sum();
    // 800 days of 0.9 make 720: nine or ten renewals each, not all on one day.
    assert!((270..=330).contains(&renewed), "{renewed}");
    assert!(days.iter().all(|n| *n < 15), "{days:?}");
    assert_eq!(world.server.refreshes(), renewed);
}

#[tokio::test]
async fn a_keeper_stops_when_it_is_dropped() {
    let world = World::new();
    let rounds: Arc<Mutex<u32>> = Arc::default();
    let counted = rounds.clone();
    let grants = world.process();
    let keeper = Keeper::builder(&grants)
        .start(move |_| *counted.lock().unwrap() += 1)
        .unwrap();
    while *rounds.lock().unwrap() < 3 {
        tokio::task::yield_now().await;
    }
    drop(keeper);
    tokio::task::yield_now().await;
    let seen = *rounds.lock().unwrap();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(*rounds.lock().unwrap(), seen);
}

#[tokio::test]
async fn what_a_renewal_does_not_extend_is_reported() {
    let world = World::new();
    let now = world.clock.now_();
    // Its refresh token lapses in ten days; the server gives a new one, of which nothing is known but the documented life.
    let set = world.server.issue(now - 60 * DAY, 90 * DAY);
    let extended = GrantKey::new("extended").unwrap();
    let near = set.with_refresh_expires_at(Some(now + 10 * DAY));
    world
        .store
        .store
        .compare_and_swap(&extended, None, None, &near)
        .await
        .unwrap();
    // No refresh token at all, and an end in ten days.
    let without = GrantKey::new("without").unwrap();
    let set = TokenSet::new("acc3ss", None, now - 80 * DAY, now + 10 * DAY);
    world
        .store
        .store
        .compare_and_swap(&without, None, None, &set)
        .await
        .unwrap();
    // Nothing to do.
    let idle = GrantKey::new("idle").unwrap();
    world.stored_as(&idle, 80 * DAY).await;

    let keeper = Keeper::builder(&world.process());
    let report = keeper.round().await;
    assert_eq!(report.grants, 3);
    assert_eq!(report.renewed, [extended]);
    assert_eq!(
        report.lapsing.len(),
        1,
        "the alarm also tells of what cannot be renewed"
    );
    assert_eq!(report.lapsing[0].key, without);
    assert_eq!(report.lapsing[0].lapses_at, now + 10 * DAY);
    assert_eq!(report.failed.len(), 1);
    assert_eq!(report.failed[0].key, without);
    assert!(report.failed[0].error.needs_login());

    // The server answers no new refresh token: the old one goes on, and its end is the alarm.
    let world = World::new();
    let set = world.server.issue(now - 85 * DAY, 90 * DAY);
    let lapsing = set.with_refresh_expires_at(Some(now + 5 * DAY));
    world
        .store
        .store
        .compare_and_swap(&world.key, None, None, &lapsing)
        .await
        .unwrap();
    world
        .server
        .answer_next(200, r#"{"access_token":"acc3ss-9","expires_in":7776000}"#);
    let keeper = Keeper::builder(&world.process());
    for _ in 0..3 {
        let report = keeper.round().await;
        assert_eq!(report.lapsing.len(), 1);
        assert_eq!(report.lapsing[0].lapses_at, now + 5 * DAY);
    }
    assert_eq!(world.server.requests(), 1, "not tried in every round");
}

#[tokio::test]
async fn failures_are_reported_and_paused() {
    let world = World::new();
    world.stored(DAY).await;
    world.server.answer_next(503, "");
    let keeper = Keeper::builder(&world.process());
    for _ in 0..3 {
        let report = keeper.round().await;
        assert_eq!(report.failed.len(), 1);
    }
    assert_eq!(world.server.requests(), 1);
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(keeper.round().await.renewed.len(), 1);
    world.store.down(true);
    assert!(keeper.round().await.problem.is_some());
}

fn tenants(count: usize) -> Vec<GrantKey> {
    let key = |n| GrantKey::new(format!("tenant {n:03}")).unwrap();
    (0..count).map(key).collect()
}

#[tokio::test]
async fn when_anaf_is_down_a_round_stops_asking_and_the_alarm_is_complete_all_the_same() {
    let failures: [fn() -> Order; 4] = [
        || Order::Answer(Answer::new(503, "")),
        || Order::Answer(Answer::new(429, "")),
        || Order::Answer(Answer::new(400, r#"{"error":"invalid_client"}"#)),
        || Order::Fail(Error::new(ErrorKind::Connect)),
    ];
    for failure in failures {
        let world = World::new();
        let keys = tenants(60);
        for key in &keys {
            world.stored_as(key, DAY).await;
        }
        // The last of all lapses soon.
        let now = world.clock.now_();
        let set = world.server.issue(now - 80 * DAY, 90 * DAY);
        let lapsing = GrantKey::new("tenant z").unwrap();
        let near = set.with_refresh_expires_at(Some(now + 5 * DAY));
        let swap = world
            .store
            .store
            .compare_and_swap(&lapsing, None, None, &near);
        swap.await.unwrap();
        for _ in 0..1000 {
            world.server.order(failure());
        }
        let report = Keeper::builder(&world.process()).round().await;
        assert_eq!(world.server.requests(), 5);
        assert_eq!((report.grants, report.failed.len()), (61, 5));
        assert_eq!(report.postponed, 56, "all others are due as well");
        assert_eq!(report.lapsing.len(), 1);
        assert_eq!(report.lapsing[0].key, lapsing);
        let problem = report.problem.unwrap();
        assert_eq!(problem.kind(), report.failed[0].error.kind());
        assert!(problem.to_string().contains("56 other grants"), "{problem}");
    }
}

#[tokio::test]
async fn failures_of_single_grants_stop_nothing() {
    let world = World::new();
    let keys = tenants(30);
    for key in &keys {
        world.stored_as(key, DAY).await;
    }
    // Four of ANAF's in a row, then a success, then refusals that concern one grant or one person each.
    for status in [503, 503, 503, 503, 0, 503, 503, 503, 503, 0] {
        match status {
            0 => world.server.order(Order::First(Box::new(|| {}))),
            status => world.server.answer_next(status, ""),
        }
    }
    for _ in 0..8 {
        world
            .server
            .answer_next(400, r#"{"error":"invalid_grant"}"#);
    }
    for _ in 0..8 {
        world.server.answer_next(255, "");
    }
    let report = Keeper::builder(&world.process()).round().await;
    assert!(report.problem.is_none(), "{:?}", report.problem);
    assert_eq!((report.failed.len(), report.renewed.len()), (24, 6));
    assert_eq!((report.postponed, world.server.requests()), (0, 30));
}

/// Refreshes whose answers were lost long ago are held back without asking ANAF: that says nothing about ANAF today.
#[tokio::test]
async fn what_was_not_asked_for_is_no_sign_of_an_outage() {
    let world = World::new();
    let keys = tenants(20);
    for (n, key) in keys.iter().enumerate() {
        world.stored_as(key, 5 * DAY).await;
        for fence in 1..=2 {
            let intent = JournalEntry::intent(fence, "gone", 1, world.clock.now_());
            if n < 10 {
                world.store.store.journal(key, &intent).await.unwrap();
            }
        }
    }
    let report = Keeper::builder(&world.process()).round().await;
    assert_eq!((report.failed.len(), report.renewed.len()), (10, 10));
    assert!(report.problem.is_none(), "{:?}", report.problem);
}

#[tokio::test]
async fn after_an_outage_rounds_come_sooner_each_a_little_later() {
    let world = World::new();
    for key in tenants(20) {
        world.stored_as(&key, 10 * DAY).await;
    }
    for _ in 0..30 {
        world.server.answer_next(503, "");
    }
    let seen: Arc<Mutex<Vec<(Duration, KeeperReport)>>> = Arc::default();
    let (kept, clock) = (seen.clone(), world.clock.clone());
    let keeper = Keeper::builder(&world.process())
        .start(move |report| {
            let at = anaf_http::Clock::monotonic(&clock);
            kept.lock().unwrap().push((at, report));
        })
        .unwrap();
    while seen.lock().unwrap().len() < 9 {
        tokio::task::yield_now().await;
    }
    drop(keeper);
    let seen = seen.lock().unwrap();
    let pauses: Vec<u64> = seen
        .windows(2)
        .map(|two| (two[1].0 - two[0].0).as_secs())
        .collect();
    // Six rounds of five failures, each after twice the pause; then ANAF is back, and so are the usual six hours.
    let expected = [300, 600, 1200, 2400, 4800, 9600, 21_600, 21_600];
    for (pause, expected) in pauses.iter().zip(expected) {
        let about = expected * 89 / 100..=expected * 115 / 100;
        assert!(about.contains(pause), "{pauses:?}");
    }
    assert!(seen[..6].iter().all(|(_, report)| report.problem.is_some()));
    assert_eq!(seen[6].1.renewed.len(), 20);
    assert_eq!(world.server.refreshes(), 20);
}

#[tokio::test]
async fn a_store_that_goes_down_ends_the_round() {
    let world = World::new();
    for key in tenants(100) {
        world.stored_as(&key, 80 * DAY).await;
    }
    world
        .store
        .looks_left
        .store(20, std::sync::atomic::Ordering::SeqCst);
    let report = Keeper::builder(&world.process()).round().await;
    assert_eq!(report.problem.unwrap().kind(), ErrorKind::Store);
    assert_eq!((report.grants, report.failed.len()), (25, 5));
}

#[tokio::test]
async fn panics_of_callbacks_and_of_the_store_end_nothing() {
    let world = World::new();
    let keys = tenants(3);
    for key in &keys {
        world.stored_as(key, DAY).await;
    }
    *world.store.cursed.lock().unwrap() = Some(keys[1].clone());
    let found: Arc<Mutex<Vec<String>>> = Arc::default();
    let rounds: Arc<Mutex<Vec<KeeperReport>>> = Arc::default();
    let (told, counted) = (found.clone(), rounds.clone());
    let keeper = Keeper::builder(&world.process())
        .on_finding(move |finding| {
            told.lock().unwrap().push(match finding {
                KeeperFinding::Renewed(key) => format!("renewed {key}"),
                KeeperFinding::Failed(failure) => format!("failed {}", failure.key),
                other => format!("{other:?}"),
            });
            panic!("the mail server's client has a bug");
        })
        .start(move |report| {
            counted.lock().unwrap().push(report);
            panic!("and so has the pager's");
        })
        .unwrap();
    while rounds.lock().unwrap().len() < 3 {
        tokio::task::yield_now().await;
    }
    drop(keeper);
    let first = &rounds.lock().unwrap()[0];
    assert_eq!(first.renewed, [keys[0].clone(), keys[2].clone()]);
    assert!(first.problem.is_none());
    let [failure] = first.failed.as_slice() else {
        panic!("{first:?}")
    };
    assert!(
        failure.error.to_string().contains("panicked"),
        "{failure:?}"
    );
    // Each finding was told when it was made, in the order of the visits.
    let told = found.lock().unwrap();
    assert_eq!(
        told[..3],
        [
            "renewed tenant 000",
            "failed tenant 001",
            "renewed tenant 002"
        ]
    );
}

#[tokio::test]
async fn ten_thousand_grants_and_two_keepers() {
    let world = World::new();
    for n in 0..10_000 {
        world
            .stored_as(&GrantKey::new(format!("{n}")).unwrap(), DAY)
            .await;
    }
    let (one, two) = (world.process(), world.process());
    let (a, b) = (Keeper::builder(&one), Keeper::builder(&two));
    let (a, b) = tokio::join!(a.round(), b.round());
    assert!(
        a.failed.is_empty() && b.failed.is_empty(),
        "{:?}",
        a.failed.first()
    );
    assert_eq!(world.server.refreshes(), 10_000);
    assert_eq!(world.server.requests(), 10_000);
}
