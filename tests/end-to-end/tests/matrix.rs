//! {operation} × {failure on order}: the right kind, the right delivery, and an upload that is never sent twice unless it
//! provably was not sent.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod every;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anaf_efactura::{Delivery, Error, ErrorKind, Status};
use anaf_http::{CallOptions, RetryPolicy};
use every::{Expected, FAILURES, Failing, Lane, Op, Trouble, expected};
use fake_anaf::Fault;

/// Checks one cell; says what is wrong with it.
async fn check(lane: &mut Lane, failing: &Failing, number: usize) -> Result<(), String> {
    let name = format!("{:?} × {}", lane.op, failing.name);
    lane.fake.clear_log();
    let connections = lane.proxy.connections();
    let outcome = lane.fail(failing, number).await.map(drop);
    let wanted = expected(lane.op, failing.name);
    judge(lane.op, failing.name, wanted, &outcome).map_err(|why| format!("{name}: {why}"))?;
    count(lane, failing, wanted, connections)
        .await
        .map_err(|why| format!("{name}: {why}"))
}

fn judge(
    op: Op,
    failure: &str,
    wanted: Expected,
    outcome: &Result<(), Error>,
) -> Result<(), String> {
    let (kind, delivery, unknown) = match (wanted, outcome) {
        (Expected::Good, Ok(())) => return Ok(()),
        (Expected::Good, Err(error)) => return Err(format!("good was expected, got {error:?}")),
        (Expected::Failed { kind, .. }, Ok(())) => {
            return Err(format!("{kind:?} was expected, got a good answer"));
        }
        (
            Expected::Failed {
                kind,
                delivery,
                unknown,
                ..
            },
            Err(_),
        ) => (kind, delivery, unknown && op.files()),
    };
    let Err(error) = outcome else { return Ok(()) };
    let got = (error.kind(), error.delivery(), error.is_outcome_unknown());
    if got != (kind, delivery, unknown) {
        return Err(format!(
            "{:?} was expected, got {got:?}: {error:?}",
            (kind, delivery, unknown)
        ));
    }
    let taken = matches!(kind, ErrorKind::Quota | ErrorKind::ConcurrentTokens);
    let safe = taken || delivery == Delivery::NotSent;
    let claims = [
        (error.operation().is_some(), "the operation is named"),
        (
            (delivery == Delivery::Answered) == error.status().is_some(),
            "an answer has a status, and nothing else has",
        ),
        (
            !op.files() || !error.is_retryable() || safe,
            "what may be repeated was provably not taken",
        ),
        (
            failure != "firewall" || error.support_id() == Some(fake_anaf::SUPPORT_ID),
            "the firewall's support id is kept",
        ),
        (
            !failure.starts_with("429, come back")
                || error
                    .retry_after()
                    .is_some_and(|p| (6..=7).contains(&p.as_secs())),
            "the pause that ANAF asks for is kept",
        ),
        (
            failure != "another text" || error.said() == Some("Serviciul este oprit"),
            "an unknown text is kept word for word",
        ),
        (
            failure != "the day's limit"
                || kind != ErrorKind::Quota
                || error.quota_limit() == Some(20),
            "the limit's figure is read",
        ),
    ];
    match claims.iter().find(|(holds, _)| !holds) {
        Some((_, claim)) => Err(format!("not so: {claim}: {error:?}")),
        None => Ok(()),
    }
}

/// How often it was sent.
async fn count(
    lane: &Lane,
    failing: &Failing,
    wanted: Expected,
    connections_before: u64,
) -> Result<(), String> {
    let trouble = failing.trouble();
    let sent = || match trouble {
        // Each of these faults ends its connection, so each sending has one of its own.
        Trouble::Connection(fault) if !fault.operation_happens() => {
            lane.proxy.connections() - connections_before
        }
        _ => lane.fake.requests().len() as u64,
    };
    let once = lane.op.files() || lane.op.is_oauth();
    let expected = match (&trouble, wanted) {
        (Trouble::Refused, _) => 0,
        (_, Expected::Failed { again: true, .. }) if !once => 2,
        _ => 1,
    };
    // A client that gave up may be ahead of the fake.
    for _ in 0..100 {
        if sent() >= expected {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    match sent() == expected {
        true => Ok(()),
        false => Err(format!("sent {} times, not {expected}", sent())),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_under_every_failure() {
    let began = Instant::now();
    let lanes: Vec<_> = Op::ALL
        .into_iter()
        .map(|op| {
            tokio::spawn(async move {
                let mut lane = Lane::open(op, fake_anaf::CIF).await;
                let mut wrong = Vec::new();
                for (number, failing) in FAILURES.iter().enumerate() {
                    wrong.extend(check(&mut lane, failing, number).await.err());
                }
                wrong
            })
        })
        .collect();
    let mut wrong = Vec::new();
    for lane in lanes {
        wrong.extend(lane.await.unwrap());
    }
    // Past the test runner's capture.
    writeln!(
        std::io::stderr(),
        "the matrix: {} operations × {} failures = {} cells, in {:.1} s",
        Op::ALL.len(),
        FAILURES.len(),
        Op::ALL.len() * FAILURES.len(),
        began.elapsed().as_secs_f32()
    )
    .unwrap();
    assert!(
        wrong.is_empty(),
        "{} cells:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What the sources of a crate make calls with: `impl Operation for NAME`.
fn operations_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            operations_in(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let names = text
                .lines()
                .filter_map(|line| line.strip_prefix("impl Operation for "))
                .filter_map(|rest| rest.split([' ', '<', '{']).next());
            found.extend(names.map(str::to_owned));
        }
    }
}

#[test]
fn no_operation_is_missing() {
    let root: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", ".."].iter().collect();
    for name in ["anaf-efactura", "anaf-etransport", "anaf-oauth"] {
        let mut there = BTreeSet::new();
        operations_in(&root.join(name).join("src"), &mut there);
        assert!(!there.is_empty(), "{name}");
        let here: BTreeSet<String> = Op::ALL
            .into_iter()
            .filter(|op| op.source().0 == name && !op.is_oauth())
            .map(|op| op.source().1.to_owned())
            .collect();
        assert_eq!(here, there, "{name}");
    }
}

/// A failure that passes: what reads gets its answer, what files is told that the outcome is unknown, and the filing is
/// there once.
#[tokio::test(flavor = "multi_thread")]
async fn a_passing_failure_of_each_sort() {
    let happens = [
        (Fault::ResetBeforeRead, 0),
        (Fault::ResetAfterRead, 0),
        (Fault::ResetAfterForward, 1),
        (Fault::CloseAfterForward, 1),
        (Fault::CutBody(9), 1),
    ];
    let mut lane = Lane::open(Op::Upload, fake_anaf::CIF).await;
    let session = lane.session();
    for (number, (fault, taken)) in happens.into_iter().enumerate() {
        let before = lane.fake.efactura().upload_count();
        lane.proxy.next(fault);
        let result = lane
            .go(&session, CallOptions::new(), &format!("P-{number}"))
            .await;
        let error = result.map(drop).unwrap_err();
        assert!(error.is_outcome_unknown(), "{fault:?}");
        let after = lane.fake.efactura().upload_count();
        assert_eq!(after - before, taken, "{fault:?}");
        // The next one goes through.
        lane.proxy.next(fault);
        let status = session.call(&Status::of(lane.index.clone())).await;
        assert!(status.is_ok(), "{fault:?}: {status:?}");
    }
    // Nothing listens for a moment: provably not sent, so the session sends it again by itself.
    lane.proxy.refuse().await;
    let before = lane.fake.efactura().upload_count();
    let patient = RetryPolicy::default().attempts(100);
    let options = CallOptions::new().retry(patient.total(Duration::from_secs(86_400)));
    let proxy = std::sync::Arc::clone(&lane.proxy);
    let (result, ()) = tokio::join!(lane.go(&session, options, "P-later"), async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        proxy.accept_again().await;
    });
    let after = lane.fake.efactura().upload_count();
    match result.map(drop) {
        Ok(()) => assert_eq!(after - before, 1),
        Err(e) => {
            assert_eq!((e.kind(), after), (ErrorKind::Connect, before), "{e}");
        }
    }
}
