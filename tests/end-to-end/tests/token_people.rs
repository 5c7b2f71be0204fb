//! Eight processes, four grants of one person, and logins beside them: ANAF, which answers 255 to a user who asks for
//! several tokens at once, never has a reason to.
//!
//! `ANAF_ROUNDS` sets four times the number of rounds (200 unless set, so 50).

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do, and the figures are for the reader"
)]
#![allow(
    dead_code,
    reason = "the processes' modules have more than this test needs"
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
use fake_anaf::{Concurrent, Operation};
use fleet::{Fleet, Plan};
use jiff::SignedDuration;
use place::Site;
use worker::{Place, Reply};

const PROCESSES: usize = 8;
const GRANTS: usize = 4;
/// A day more than an access token lives.
const PAST_THE_END: SignedDuration = SignedDuration::from_hours(91 * 24);
/// How long ANAF takes over a token request: another one of the same person within this time is answered with 255.
const BUSY: Duration = Duration::from_millis(40);

fn rounds() -> usize {
    let set = std::env::var("ANAF_ROUNDS");
    let all: usize = set.map_or(200, |text| text.parse().expect("ANAF_ROUNDS is a number"));
    all.div_ceil(4)
}

/// The processes are this test program again: an ordinary run finds nothing to do here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn worker_process() {
    if std::env::var_os(fleet::CHILD).is_some() {
        worker::live().await;
    }
}

/// What the fake has seen.
struct Seen {
    requests: usize,
    refused: usize,
}

fn seen(fleet: &Fleet) -> Seen {
    let log = fleet.fake.requests();
    let of_tokens = |operation| {
        matches!(
            operation,
            Operation::TokenRefresh | Operation::TokenExchange
        )
    };
    let requests = log.iter().filter(|request| of_tokens(request.operation));
    Seen {
        requests: requests.clone().count(),
        refused: requests.filter(|request| request.status == 255).count(),
    }
}

async fn start(place: &Place, plan: Plan) -> Fleet {
    let fleet = Fleet::start(place.clone(), plan).await;
    fleet.fake.oauth().configure(|settings| {
        settings.concurrent = Concurrent::Status255;
        settings.token_delay = BUSY;
    });
    fleet
}

/// Every round all tokens are over, all processes want all of them, and one process finishes a login for one of the
/// grants.
async fn never_two_at_once(place: &Place, skew_seconds: i64) {
    let (begun, rounds) = (Instant::now(), rounds());
    let mut fleet = start(place, Plan::calm(PROCESSES, GRANTS, skew_seconds)).await;
    for round in 1..=rounds {
        let login = (round % PROCESSES, round % GRANTS);
        fleet.let_pass_with_login(PAST_THE_END, Some(login)).await;
        for grant in 0..GRANTS {
            let replies = Fleet::hear_all(&mut fleet.pipes).await;
            let working = replies.iter().filter(|reply| fleet.is_alive(reply)).count();
            assert_eq!(working, PROCESSES, "round {round}, {grant}: {replies:?}");
        }
        let oauth = fleet.fake.oauth();
        assert_eq!(oauth.exchanges() as usize, round, "each login is finished");
        // The grant that is logged in for may have been refreshed just before.
        let refreshes = oauth.refreshes() as usize;
        let fewest = round * (GRANTS - 1);
        assert!(
            (fewest..=round * GRANTS).contains(&refreshes),
            "round {round}: {refreshes} refreshes"
        );
        let seen = seen(&fleet);
        assert_eq!(
            (seen.requests, seen.refused),
            (refreshes + round, 0),
            "round {round}"
        );
    }
    println!(
        "{}: {rounds} rounds, {PROCESSES} processes, {GRANTS} grants of one person, skew {skew_seconds} s: \
         {} token requests, 255 answered 0 times, {:.1} s",
        place.name(),
        seen(&fleet).requests,
        begun.elapsed().as_secs_f64()
    );
}

/// The same, with short leases, and somebody killed in every round: whoever holds the person's lease then still has a
/// request at ANAF.
async fn not_even_after_kills(place: &Place) {
    let (begun, rounds) = (Instant::now(), rounds().div_ceil(2));
    let mut fleet = start(place, Plan::hasty(PROCESSES, GRANTS, 0)).await;
    let dice = Dice::new();
    let mut lost = 0;
    for round in 1..=rounds {
        fleet.let_pass(PAST_THE_END).await;
        let victim = dice.below(PROCESSES as u64) as usize;
        let late = Duration::from_micros(dice.below(250_000));
        let children = &mut fleet.children;
        let killer = async {
            tokio::time::sleep(late).await;
            children[victim].start_kill().unwrap();
        };
        let pipes = &mut fleet.pipes;
        let listener = async {
            let mut heard = Vec::new();
            for _ in 0..GRANTS {
                heard.push(Fleet::hear_all(pipes).await);
            }
            heard
        };
        let ((), heard) = tokio::join!(killer, listener);
        let mut lost_now = 0;
        for (grant, replies) in heard.iter().enumerate() {
            let ended = |reply: &Reply| matches!(reply, Reply::Failed { kind, .. } if kind == "needs_login");
            if replies.iter().flatten().any(ended) {
                lost_now += 1;
                continue;
            }
            for (number, reply) in replies.iter().enumerate() {
                let gone = reply.is_none() && number == victim;
                assert!(
                    gone || fleet.is_alive(reply),
                    "round {round}, grant {grant}, process {number}: {replies:?}"
                );
            }
        }
        // At most the one whose pair the killed process had just been given.
        assert!(lost_now <= 1, "round {round}: {heard:?}");
        if lost_now > 0 {
            lost += lost_now;
            fleet.log_in().await;
        }
        assert_eq!(seen(&fleet).refused, 0, "round {round}");
        fleet.replace(victim).await;
    }
    println!(
        "{}: {rounds} rounds with one of {PROCESSES} processes killed, {GRANTS} grants of one person: {} token requests, \
         255 answered 0 times, {lost} grants lost in the window, {:.1} s",
        place.name(),
        seen(&fleet).requests,
        begun.elapsed().as_secs_f64()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files() {
    let site = Site::files();
    never_two_at_once(&site.place, 0).await;
    site.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    let site = Site::sqlite();
    never_two_at_once(&site.place, 0).await;
    site.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    let Some(site) = Site::postgres().await else {
        return;
    };
    never_two_at_once(&site.place, 0).await;
    site.clear().await;
}

/// Two machines behind one server, the clock of the second ten minutes fast.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_with_clocks_apart() {
    let Some(site) = Site::postgres().await else {
        return;
    };
    never_two_at_once(&site.place, 600).await;
    site.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_with_kills() {
    let site = Site::files();
    not_even_after_kills(&site.place).await;
    site.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_with_kills() {
    let site = Site::sqlite();
    not_even_after_kills(&site.place).await;
    site.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_with_kills() {
    let Some(site) = Site::postgres().await else {
        return;
    };
    not_even_after_kills(&site.place).await;
    site.clear().await;
}
