//! Processes, not tasks: eight of them on one store, around a grant whose old refresh token dies at once.
//!
//! `ANAF_ROUNDS` sets the number of rounds (200 unless set).

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do, and the figures are for the reader"
)]

#[path = "processes/dice.rs"]
mod dice;
#[path = "processes/fleet.rs"]
mod fleet;
#[path = "processes/place.rs"]
mod place;
#[path = "../../../anaf-oauth/tests/support/server.rs"]
mod server;
#[path = "processes/worker.rs"]
mod worker;

use std::time::{Duration, Instant};

use dice::Dice;
use fleet::{Fleet, Plan};
use jiff::SignedDuration;
use place::Site;
use worker::{Place, Reply};

const PROCESSES: usize = 8;
/// A day more than an access token lives.
const PAST_THE_END: SignedDuration = SignedDuration::from_hours(91 * 24);

fn rounds() -> usize {
    let set = std::env::var("ANAF_ROUNDS");
    set.map_or(200, |text| text.parse().expect("ANAF_ROUNDS is a number"))
}

/// The processes are this test program again: an ordinary run finds nothing to do here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn worker_process() {
    if std::env::var_os(fleet::CHILD).is_some() {
        worker::live().await;
    }
}

/// Every round: one refresh, and a working token in each process.
async fn one_refresh_each_round(place: &Place, skew_seconds: i64) {
    let begun = Instant::now();
    let rounds = rounds();
    let mut fleet = Fleet::start(place.clone(), Plan::calm(PROCESSES, 1, skew_seconds)).await;
    fleet.arguments_hold_no_secret();
    for round in 1..=rounds {
        fleet.let_pass(PAST_THE_END).await;
        let replies = Fleet::hear_all(&mut fleet.pipes).await;
        let working = replies.iter().filter(|reply| fleet.is_alive(reply)).count();
        let refreshes = fleet.fake.oauth().refreshes();
        let attempts = fleet.fake.oauth().refresh_attempts();
        let seen = (working, refreshes as usize, attempts as usize);
        assert_eq!(
            seen,
            (PROCESSES, round, round),
            "round {round}: {replies:?}"
        );
    }
    println!(
        "{}: {rounds} rounds, {PROCESSES} processes, skew {skew_seconds} s: {} refreshes, no token lost, {:.1} s",
        place.name(),
        fleet.fake.oauth().refreshes(),
        begun.elapsed().as_secs_f64()
    );
}

/// Every round somebody is killed: in one of three the process that refreshes, some time after it said so; else any
/// process at any time. The lease is short, so that slow holders are overtaken, too. A grant is lost only if ANAF gave a
/// pair to a process that died before it had written it down.
async fn nothing_lost_but_in_the_window(place: &Place, skew_seconds: i64) {
    let begun = Instant::now();
    let rounds = rounds();
    let mut fleet = Fleet::start(place.clone(), Plan::hasty(PROCESSES, 1, skew_seconds)).await;
    let dice = Dice::new();
    let (mut in_window, mut refreshers) = (0, 0);
    for round in 1..=rounds {
        let before = fleet.fake.oauth().refreshes();
        fleet.let_pass(PAST_THE_END).await;
        let pids: Vec<_> = fleet
            .children
            .iter()
            .map(tokio::process::Child::id)
            .collect();
        let aimed = round % 3 == 0;
        let (store, key, children) = (fleet.store.clone(), fleet.key.clone(), &mut fleet.children);
        let killer = async {
            let found = if aimed {
                Fleet::refresher(&*store, &key, &pids).await
            } else {
                None
            };
            refreshers += usize::from(found.is_some());
            let victim = found.unwrap_or_else(|| dice.below(PROCESSES as u64) as usize);
            let longest = if found.is_some() { 12_000 } else { 60_000 };
            tokio::time::sleep(Duration::from_micros(dice.below(longest))).await;
            children[victim].start_kill().unwrap();
            victim
        };
        let (victim, replies) = tokio::join!(killer, Fleet::hear_all(&mut fleet.pipes));
        let given = fleet.fake.oauth().refreshes() - before;
        assert_eq!(
            given, 1,
            "round {round}: ANAF gave {given} pairs; {replies:?}"
        );
        let lost = replies
            .iter()
            .flatten()
            .any(|reply| matches!(reply, Reply::Failed { kind, .. } if kind == "needs_login"));
        if lost {
            // The window that the documentation names: the intent of the killed process is there, and no answer.
            let journal = fleet.store.journalled(&fleet.key).await.unwrap();
            let of_victim = |holder: &str| {
                holder.split('-').next().and_then(|pid| pid.parse().ok()) == pids[victim]
            };
            let named = journal
                .iter()
                .any(|entry| entry.answer.is_none() && of_victim(&entry.holder));
            assert!(
                named && journal.iter().all(|entry| entry.answer.is_none()),
                "round {round}: {journal:?} {replies:?}"
            );
            in_window += 1;
            fleet.log_in().await;
        } else {
            for (number, reply) in replies.iter().enumerate() {
                let gone = reply.is_none() && number == victim;
                assert!(
                    gone || fleet.is_alive(reply),
                    "round {round}, process {number}: {replies:?}"
                );
            }
        }
        fleet.replace(victim).await;
    }
    println!(
        "{}: {rounds} rounds with one of {PROCESSES} processes killed, skew {skew_seconds} s, {refreshers} times the one that refreshed: \
         {in_window} grants lost in the window between ANAF's answer and the journal, none elsewhere, {:.1} s",
        place.name(),
        begun.elapsed().as_secs_f64()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_one_refresh_each_round() {
    let site = Site::files();
    one_refresh_each_round(&site.place, 0).await;
    site.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_one_refresh_each_round() {
    let site = Site::sqlite();
    one_refresh_each_round(&site.place, 0).await;
    site.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_one_refresh_each_round() {
    let Some(site) = Site::postgres().await else {
        return;
    };
    one_refresh_each_round(&site.place, 0).await;
    site.clear().await;
}

/// Two machines behind one server: the clock of the second is ten minutes fast, then ten minutes slow.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_two_machines_with_clocks_apart() {
    for skew_seconds in [600, -600] {
        let Some(site) = Site::postgres().await else {
            return;
        };
        one_refresh_each_round(&site.place, skew_seconds).await;
        site.clear().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_survive_kills() {
    let site = Site::files();
    nothing_lost_but_in_the_window(&site.place, 0).await;
    site.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_survives_kills() {
    let site = Site::sqlite();
    nothing_lost_but_in_the_window(&site.place, 0).await;
    site.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_survives_kills() {
    let Some(site) = Site::postgres().await else {
        return;
    };
    nothing_lost_but_in_the_window(&site.place, 0).await;
    site.clear().await;
}

/// Two machines behind one server, one with its clock ten minutes fast, and somebody killed in every round.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_two_machines_survive_kills() {
    let Some(site) = Site::postgres().await else {
        return;
    };
    nothing_lost_but_in_the_window(&site.place, 600).await;
    site.clear().await;
}
