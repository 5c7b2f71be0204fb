//! One token request at a time for one person, whatever grant and whatever process it is for: ANAF answers 255 to more.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

mod common;

use std::time::Duration;

use anaf_http::{Clock as _, Delivery, Error, ErrorKind, Timeouts};
use anaf_oauth::store::*;
use anaf_oauth::{Grants, OAuthClient};
use common::*;

const SERIAL: &str = "1234AA456";
const SECOND: Duration = Duration::from_secs(1);

fn keys(count: usize) -> Vec<GrantKey> {
    let key = |n| GrantKey::new(format!("tenant {n}")).unwrap();
    (0..count).map(key).collect()
}

/// The reserved key on which a lease was asked for so far: it is not for the public to make.
fn person_key(world: &World) -> GrantKey {
    let people = world.store.people();
    let keys: Vec<&GrantKey> = people.leases.keys().collect();
    let [key] = keys.as_slice() else {
        panic!("{keys:?}")
    };
    (*key).clone()
}

/// The person's key, learnt from one ordinary refresh.
async fn learn(world: &World) -> GrantKey {
    let key = GrantKey::new("the first").unwrap();
    world.stored_of(&key, SERIAL, Duration::ZERO).await;
    world.process().grant(&key).bearer().await.unwrap();
    person_key(world)
}

async fn hold(world: &World, key: &GrantKey, time: Duration) -> Lease {
    let store = &world.store.store;
    match store.acquire_lease(key, "somebody", time).await.unwrap() {
        LeaseOutcome::Granted(lease) => lease,
        held @ LeaseOutcome::Held { .. } => panic!("{held:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_processes_renew_five_grants_of_one_person_one_after_another() {
    let world = World::new();
    world.server.person(SERIAL);
    world.server.delay(Duration::from_millis(15));
    let keys = keys(5);
    for key in &keys {
        world.stored_of(key, SERIAL, Duration::ZERO).await;
    }
    let processes: Vec<Grants> = (0..8).map(|_| world.real_process()).collect();
    let all = processes
        .iter()
        .flat_map(|grants| keys.iter().map(|key| grants.grant(key)))
        .map(|grant| tokio::spawn(async move { grant.bearer().await.map(drop) }));
    for task in all.collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    assert_eq!(world.server.requests(), 5, "one refresh for each grant");
    assert_eq!(world.server.most_at_once(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn logins_and_refreshes_of_one_person_do_not_overlap() {
    let world = World::new();
    world.server.person(SERIAL);
    world.server.delay(Duration::from_millis(30));
    let keys = keys(6);
    for key in &keys {
        world.stored_of(key, SERIAL, Duration::ZERO).await;
    }
    let (renewed, replaced) = keys.split_at(3);
    let refreshes = renewed.iter().map(|key| {
        let grant = world.real_process().grant(key);
        tokio::spawn(async move { grant.bearer().await.map(drop) })
    });
    let logins = replaced.iter().map(|key| {
        let (grants, key) = (world.real_process(), key.clone());
        tokio::spawn(async move { grants.log_in(&key, code("c")).await.map(drop) })
    });
    for task in refreshes.chain(logins).collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    assert_eq!((world.server.refreshes(), world.server.exchanges()), (3, 3));
    assert_eq!(world.server.most_at_once(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_links_that_one_person_opens_at_once_are_exchanged_one_after_another() {
    let world = World::new();
    world.server.delay(Duration::from_millis(30));
    let logins = keys(4).into_iter().map(|key| {
        let grants = world.real_process();
        tokio::spawn(async move { grants.log_in(&key, code("c")).await.map(drop) })
    });
    for task in logins.collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    assert_eq!(
        world.server.most_at_once(),
        1,
        "nobody knew whose they were"
    );
}

#[tokio::test]
async fn a_process_that_died_in_a_strangers_login_keeps_nobody_out() {
    let world = World::new();
    world.process().log_in(&world.key, code("a")).await.unwrap();
    let anybody = person_key(&world);
    hold(&world, &anybody, 75 * SECOND).await;
    let other = GrantKey::new("other").unwrap();
    world.process().log_in(&other, code("b")).await.unwrap();
    let slept = world.clock.slept();
    assert!(
        (5 * SECOND..7 * SECOND).contains(&slept),
        "a courtesy of five seconds, not {slept:?}"
    );
}

#[tokio::test]
async fn the_old_token_serves_while_another_process_asks_for_the_person() {
    let world = World::new();
    let person = learn(&world).await;
    world.server.person(SERIAL);
    world.stored_of(&world.key, SERIAL, DAY).await;
    let grant = world.process().grant(&world.key);
    let lease = hold(&world, &person, 75 * SECOND).await;
    let store = world.store.store.clone();
    // Somebody who gives it back in time.
    let (giver, clock) = (world.clock.clone(), world.clock.clone());
    let back = tokio::spawn(async move {
        while giver.slept() < 3 * SECOND {
            tokio::task::yield_now().await;
        }
        store.release_lease(&lease).await.unwrap();
    });
    let before = clock.slept();
    grant.bearer().await.unwrap();
    back.await.unwrap();
    assert!(clock.slept() - before >= 2 * SECOND);
    assert!(grant.status().problem.is_none(), "{:?}", grant.status());
    assert_eq!(world.server.refreshes(), 2);
}

#[tokio::test]
async fn a_holder_that_died_is_waited_for_and_no_longer() {
    for wall in [0_i64, 600, -600] {
        let world = World::new();
        let person = learn(&world).await;
        world.stored_of(&world.key, SERIAL, Duration::ZERO).await;
        let before = world.clock.slept();
        hold(&world, &person, 75 * SECOND).await;
        // Whatever the wall clock does meanwhile.
        world
            .clock
            .set_wall(world.clock.now() + jiff::SignedDuration::from_secs(wall));
        world.process().grant(&world.key).bearer().await.unwrap();
        let waited = world.clock.slept() - before;
        assert!(
            (74 * SECOND..77 * SECOND).contains(&waited),
            "{wall}: {waited:?}"
        );
        assert_eq!(world.server.refreshes(), 2);
    }
}

#[tokio::test]
async fn a_person_who_stays_busy_is_a_failure_with_a_pause() {
    let world = World::new();
    let person = learn(&world).await;
    let (living, dead) = (world.key.clone(), GrantKey::new("dead").unwrap());
    world.stored_of(&living, SERIAL, DAY).await;
    world.stored_of(&dead, SERIAL, Duration::ZERO).await;
    hold(&world, &person, Duration::from_secs(3600)).await;
    let grants = world.process();

    grants
        .grant(&living)
        .bearer()
        .await
        .expect("it still lives");
    let problem = grants.grant(&living).status().problem.unwrap();
    let error = grants.grant(&dead).bearer().await.unwrap_err();
    for error in [problem, error] {
        assert_eq!(error.kind(), ErrorKind::ConcurrentTokens);
        assert_eq!(error.delivery(), Delivery::NotSent);
        assert!(error.retry_after().unwrap() > 3500 * SECOND, "{error:?}");
        assert!(error.to_string().contains("`somebody`"), "{error}");
    }
    // A login does not wait in vain, either, and ANAF was asked by nobody.
    let error = grants.log_in(&dead, code("c")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConcurrentTokens);
    assert_eq!(world.server.requests(), 1);
    // A stranger, and one whose token does not say who they are, have nothing to wait for.
    for (key, serial) in [("stranger", Some("99")), ("opaque", None)] {
        let key = GrantKey::new(key).unwrap();
        match serial {
            Some(serial) => world.stored_of(&key, serial, Duration::ZERO).await,
            None => world.stored_as(&key, Duration::ZERO).await,
        }
        grants.grant(&key).bearer().await.unwrap();
    }
}

#[tokio::test]
async fn the_pause_after_a_255_binds_every_process() {
    let world = World::new();
    world.server.person(SERIAL);
    let other = GrantKey::new("other").unwrap();
    for key in [&world.key, &other] {
        world.stored_of(key, SERIAL, Duration::ZERO).await;
    }
    let begun = world.clock.monotonic();
    world.server.answer_next(255, "");
    let error = world.process().grant(&world.key).bearer().await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::ConcurrentTokens);
    world.process().grant(&other).bearer().await.unwrap();
    let asked_again = world.clock.monotonic() - begun;
    assert!(asked_again >= 60 * SECOND, "{asked_again:?}");
    assert_eq!(world.server.requests(), 2);
}

#[tokio::test]
async fn after_an_answer_that_timed_out_nobody_asks_for_the_person_at_once() {
    let world = World::new();
    world.server.person(SERIAL);
    let other = GrantKey::new("other").unwrap();
    world.stored_of(&world.key, SERIAL, DAY).await;
    world.stored_of(&other, SERIAL, Duration::ZERO).await;
    let lost = |kind| Error::new(kind).delivered(Delivery::MaybeSent);
    for (kind, least) in [
        (ErrorKind::Timeout, 70 * SECOND),
        (ErrorKind::ConnectionLost, Duration::ZERO),
    ] {
        world.stored_of(&world.key, SERIAL, DAY).await;
        world.stored_of(&other, SERIAL, Duration::ZERO).await;
        world.server.order(Order::Fail(lost(kind)));
        world.process().grant(&world.key).bearer().await.unwrap();
        let begun = world.clock.monotonic();
        world.process().grant(&other).bearer().await.unwrap();
        let waited = world.clock.monotonic() - begun;
        assert!(waited >= least && waited < least + 7 * SECOND, "{waited:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_holder_whose_grants_lease_ran_out_and_its_successor_do_not_block_each_other() {
    let mut world = World::new();
    // Its leases run out in real time.
    world.store = Faulty::over(MemoryStore::new());
    world.server.person(SERIAL);
    world.server.delay(Duration::from_millis(400));
    world.stored_of(&world.key, SERIAL, Duration::ZERO).await;
    let process = || {
        let mut timeouts = Timeouts::default();
        timeouts.total = 20 * SECOND;
        let client = OAuthClient::builder(world.client().application().clone())
            .transport(world.server.clone())
            .timeouts(timeouts);
        Grants::builder(client.build().unwrap(), world.store.clone())
            .lease(Duration::from_millis(60))
            .build()
            .unwrap()
    };
    let (slow, next, last) = (process(), process(), process());
    let all = [slow, next, last].map(|grants| {
        let grant = grants.grant(&world.key);
        tokio::spawn(async move { grant.bearer().await.map(|b| b.expose().to_owned()) })
    });
    let begun = std::time::Instant::now();
    let mut seen = std::collections::HashSet::new();
    for task in all {
        seen.insert(task.await.unwrap().unwrap());
    }
    assert_eq!(seen.len(), 1, "all have the one pair");
    assert_eq!(world.server.requests(), 1);
    assert!(
        begun.elapsed() < 20 * SECOND,
        "nobody waited for a lease to run out: {:?}",
        begun.elapsed()
    );
    let out_of_order = world.store.people().out_of_order;
    assert_eq!(
        out_of_order, 0,
        "first the grant's lease, then the person's"
    );
    let journal = world.store.store.journalled(&world.key).await.unwrap();
    assert!(
        journal.iter().all(|entry| entry.answer.is_none()),
        "no tokens are left in the journal: {journal:?}"
    );
}

/// The machine slept, or its store did, until a lease was over and somebody else's: the refresh begins anew, and ANAF is
/// asked under both leases.
#[tokio::test]
async fn a_lease_that_ran_out_before_anaf_was_asked_is_noticed() {
    for during in [During::Person, During::Intent] {
        for lost in ["grant", "person"] {
            let world = World::new();
            let person = learn(&world).await;
            world.stored_of(&world.key, SERIAL, Duration::ZERO).await;
            let (store, clock) = (world.store.store.clone(), world.clock.clone());
            let key = match lost {
                "grant" => world.key.clone(),
                _ => person,
            };
            world.store.happens(during, move || {
                clock.advance(100 * SECOND);
                let theirs = store.acquire_lease(&key, "thief", 3 * SECOND);
                let theirs = futures_util::FutureExt::now_or_never(theirs).unwrap();
                assert!(matches!(theirs, Ok(LeaseOutcome::Granted(_))), "{theirs:?}");
            });
            let watched = world.store.clone();
            world.server.order(Order::First(Box::new(move || {
                let holders: Vec<_> = watched
                    .people()
                    .leases
                    .values()
                    .flatten()
                    .cloned()
                    .collect();
                assert_eq!(holders.len(), 1, "the turn is ours while ANAF is asked");
            })));
            let before = world.clock.slept();
            world.process().grant(&world.key).bearer().await.unwrap();
            assert_eq!(world.server.refreshes(), 2, "{during:?} {lost}");
            let waited = world.clock.slept() - before;
            assert!(
                (2 * SECOND..5 * SECOND).contains(&waited),
                "{during:?} {lost}: {waited:?}"
            );
            let journal = world.store.store.journalled(&world.key).await.unwrap();
            assert!(journal.is_empty(), "{journal:?}");
        }
    }
}

#[tokio::test]
async fn the_lease_on_the_grant_is_kept_alive_while_the_person_is_waited_for() {
    let world = World::new();
    let person = learn(&world).await;
    world.stored_of(&world.key, SERIAL, Duration::ZERO).await;
    hold(&world, &person, 40 * SECOND).await;
    // Whenever the store is asked for the person, somebody else tries to get the grant.
    world.store.people().guarded = Some(world.key.clone());
    let grants = world.builder().lease(2 * SECOND).build().unwrap();
    grants.grant(&world.key).bearer().await.unwrap();
    assert_eq!(world.server.refreshes(), 2);
    assert_eq!(world.store.people().unguarded, 0);
}
