//! What a warm token costs: no I/O, no lock, no allocation.
//!
//! `cargo bench -p anaf-oauth --bench token_hot_path` prints a table: one thread, eight threads at once, and the parts
//! that a token is made of, in nanoseconds a call.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark")]
#![allow(missing_docs, reason = "a benchmark")]

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use anaf_http::{Bearer, BearerSource, Clock as _, SystemClock};
use anaf_oauth::store::{GrantKey, MemoryStore, TokenSet};
use anaf_oauth::{Application, Grant, Grants, OAuthClient};
use jiff::Timestamp;

// Short rounds, so that on a busy machine some of them are not interrupted.
const CALLS: u32 = 10_000;
const ROUNDS: usize = 1_000;

/// Polls once: a warm token is ready at once, so no runtime is part of the figure.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("a warm token needs no waiting"),
    }
}

/// The best of some rounds, in nanoseconds a call: the machine's other work only ever adds.
fn measure(mut call: impl FnMut()) -> f64 {
    let round = |call: &mut dyn FnMut()| {
        let begun = Instant::now();
        for _ in 0..CALLS {
            call();
        }
        begun.elapsed().as_nanos() as f64 / f64::from(CALLS)
    };
    (0..ROUNDS)
        .map(|_| round(&mut call))
        .fold(f64::INFINITY, f64::min)
}

fn at_once(threads: usize, grant: &Grant) -> f64 {
    let each = |grant: Grant| measure(|| drop(black_box(now(grant.bearer()).unwrap())));
    let handles: Vec<_> = (0..threads)
        .map(|_| {
            let grant = grant.clone();
            std::thread::spawn(move || each(grant))
        })
        .collect();
    let figures: Vec<f64> = handles.into_iter().map(|h| h.join().unwrap()).collect();
    figures.iter().sum::<f64>() / figures.len() as f64
}

fn warm_grant() -> Grant {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let application = Application::new("id", "secret", "https://erp.example.com/cb").unwrap();
    let client = OAuthClient::builder(application).build().unwrap();
    let grants = Grants::builder(client, MemoryStore::new()).build().unwrap();
    let life = Duration::from_secs(90 * 86_400);
    let tokens = TokenSet::new(
        "access".to_owned(),
        None,
        Timestamp::now(),
        Timestamp::now() + life,
    );
    let key = GrantKey::new("acme").unwrap();
    let grant = runtime.block_on(grants.adopt(&key, tokens)).unwrap();
    runtime.block_on(grant.bearer()).unwrap();
    // Once a minute the grant looks at the wall clock; a runtime must be there for the rare reload.
    std::mem::forget(runtime);
    grant
}

fn main() {
    let grant = warm_grant();
    let clock = SystemClock::new();
    let bearer = Bearer::new("token", 1);
    let row = |name: &str, nanoseconds: f64| println!("{name:<44} {nanoseconds:>8.1} ns");

    println!("token_hot_path: a warm token, best of {ROUNDS} rounds of {CALLS} calls");
    row(
        "part: one look at the steady clock",
        measure(|| {
            black_box(clock.monotonic());
        }),
    );
    row(
        "part: cloning the token's handle",
        measure(|| drop(black_box(bearer.clone()))),
    );
    let alone = measure(|| drop(black_box(now(grant.bearer()).unwrap())));
    row("bearer(), one thread", alone);
    let source: &dyn BearerSource = &grant;
    row(
        "bearer() through dyn BearerSource (one box)",
        measure(|| drop(black_box(now(source.bearer()).unwrap()))),
    );
    row("bearer(), eight threads at once", at_once(8, &grant));
    let verdict = if alone < 100.0 { "kept" } else { "MISSED" };
    println!("goal: under 100 ns on one thread: {verdict}");
}
