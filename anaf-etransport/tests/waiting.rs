//! Waiting for a verdict: bounded questions, resumable by another process, days long without a day of testing.
#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it is wrong"
)]

use std::time::Duration;

use anaf_etransport::{ETransport, Patience, Receipt, Settled, Verdict, Waited, Waiting};
use anaf_http::{
    Environment, Error, ErrorKind, FixedBearer, LoadedDice, ManualClock, ScriptedTransport, Session,
};
use anaf_types::UploadIndex;
use jiff::Timestamp;

const BUSY: &str = r#"{"stare":"in prelucrare","ExecutionStatus":0}"#;
const OK: &str = r#"{"stare":"ok","ExecutionStatus":0}"#;
const NOK: &str = r#"{"stare":"nok","Errors":[{"errorMessage":"UIT-ul nu poate fi identificat."}],"ExecutionStatus":1}"#;
const SPENT: &str = r#"{"Errors":[{"errorMessage":"S-au facut deja 100 de verificari, pentru id-incarcare solicitat, in cursul zilei"}],"ExecutionStatus":1}"#;

fn start() -> Timestamp {
    "2026-07-01T09:00:00Z".parse().unwrap()
}

fn client(transport: &ScriptedTransport, clock: &ManualClock) -> ETransport {
    let session = Session::builder(Environment::Test)
        .bearer(FixedBearer::new("t"))
        .transport(transport.clone())
        .clock(clock.clone())
        .dice(LoadedDice(0.0))
        .build()
        .unwrap();
    ETransport::new(session)
}

fn receipt() -> Receipt {
    let json = r#"{"index":"7","uit":"0123456789ACDE94","received":null,"reference":null,"notice":null,"trace_id":null}"#;
    serde_json::from_str(json).unwrap()
}

#[tokio::test]
async fn the_uit_is_valid_only_with_the_verdict() {
    let transport = ScriptedTransport::new()
        .answer(200, BUSY)
        .answer(200, BUSY)
        .answer(200, OK);
    let settled = client(&transport, &ManualClock::auto(start()))
        .wait(receipt())
        .await
        .unwrap();
    assert_eq!(settled.index, UploadIndex::from(7));
    assert_eq!(settled.uit().unwrap().as_str(), "0123456789ACDE94");
    assert_eq!(transport.sent().len(), 3);

    let transport = ScriptedTransport::new().answer(200, NOK);
    let settled = client(&transport, &ManualClock::auto(start()))
        .wait(receipt())
        .await
        .unwrap();
    assert!(settled.issued.is_some(), "a UIT was issued");
    assert_eq!(settled.uit(), None, "and is not valid");
    assert_eq!(
        settled.verdict,
        Verdict::Rejected(vec!["UIT-ul nu poate fi identificat.".to_owned()])
    );
}

#[tokio::test]
async fn another_process_goes_on_where_this_one_stopped() {
    let transport = ScriptedTransport::new()
        .answer(200, BUSY)
        .answer(200, BUSY)
        .answer(200, BUSY);
    let clock = ManualClock::auto(start());
    let mut waiting = Waiting::new(receipt());
    let patience = Patience::Until(Duration::from_secs(9));
    let waited = client(&transport, &clock)
        .wait_on(&mut waiting, patience)
        .await
        .unwrap();
    assert_eq!(waited, Waited::StillProcessing);
    assert_eq!(waiting.asked(), 3);
    let kept = serde_json::to_string(&waiting).unwrap();

    let mut resumed: Waiting = serde_json::from_str(&kept).unwrap();
    assert_eq!(resumed, waiting);
    let transport = ScriptedTransport::new().answer(200, OK);
    let waited = client(&transport, &clock)
        .wait_on(&mut resumed, Patience::Unlimited)
        .await
        .unwrap();
    let Waited::Settled(Settled {
        verdict: Verdict::Accepted,
        ..
    }) = waited
    else {
        panic!("{waited:?}")
    };
}

#[tokio::test]
async fn a_spent_day_is_waited_out_and_passing_failures_too() {
    let lost = || Err(Error::new(ErrorKind::Server));
    let transport = ScriptedTransport::new().answer(200, SPENT);
    transport.push(Ok(anaf_http::Answer::new(200, OK)));
    let clock = ManualClock::auto(start());
    let settled = client(&transport, &clock).wait(receipt()).await.unwrap();
    assert_eq!(settled.verdict, Verdict::Accepted);
    let midnight: Timestamp = "2026-07-01T21:00:00Z".parse().unwrap();
    assert!(
        anaf_http::Clock::now(&clock) >= midnight,
        "the allowance starts anew at midnight in Bucharest"
    );

    let transport = ScriptedTransport::new();
    (0..8).for_each(|_| transport.push(lost()));
    transport.push(Ok(anaf_http::Answer::new(200, OK)));
    let settled = client(&transport, &ManualClock::auto(start()))
        .wait(receipt())
        .await
        .unwrap();
    assert_eq!(settled.verdict, Verdict::Accepted);
}

#[tokio::test]
async fn what_does_not_pass_is_an_error_and_the_state_stays_good() {
    let body = r#"{"Errors":[{"errorMessage":"Nu exista declaratia de transport cu id_incarcare= 7"}],"ExecutionStatus":1}"#;
    let transport = ScriptedTransport::new().answer(200, body).answer(200, OK);
    let client = client(&transport, &ManualClock::auto(start()));
    let mut waiting = Waiting::new(receipt());
    let error = client
        .wait_on(&mut waiting, Patience::Unlimited)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(matches!(
        client.wait_on(&mut waiting, Patience::Unlimited).await,
        Ok(Waited::Settled(_))
    ));
}
