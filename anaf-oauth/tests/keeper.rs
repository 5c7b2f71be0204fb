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

use anaf_oauth::store::*;
use anaf_oauth::{Keeper, KeeperReport};
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
