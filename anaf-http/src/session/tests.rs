//! The road, on a scripted network and a clock moved by hand.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anaf_types::limits::DESCARCARE;
use anaf_types::{Delivery, ErrorKind, QuotaScope, answer};
use async_trait::async_trait;

use super::*;
use crate::dice::LoadedDice;
use crate::{Answer, Bearer, FixedBearer, ManualClock, Request, ScriptedTransport, WhenReached};

/// Asks for something, or files something, counted by message 7.
struct Ask {
    files: bool,
}

impl Operation for Ask {
    type Output = String;

    fn request(&self, environment: Environment) -> Result<Request, Error> {
        let path = format!("{environment}/x");
        let request = Request::get("test.ask", "{env}/x", path)
            .with("q", "a b&c")
            .counted(DESCARCARE, "7");
        Ok(Request {
            files: self.files,
            ..request
        })
    }

    fn read(&self, answer: Answer) -> Result<String, Error> {
        answer::check(&answer)?;
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }
}

const READ: Ask = Ask { files: false };
const FILE: Ask = Ask { files: true };

fn noon() -> jiff::Timestamp {
    "2026-01-15T10:00:00Z".parse().unwrap()
}

fn road(transport: &ScriptedTransport, clock: &ManualClock) -> SessionBuilder {
    Session::builder(Environment::Test)
        .bearer(FixedBearer::new("t0ken"))
        .transport(transport.clone())
        .clock(clock.clone())
        .dice(LoadedDice(0.5))
}

fn lost(kind: ErrorKind, delivery: Delivery) -> Error {
    Error::new(kind).delivered(delivery)
}

#[tokio::test]
async fn url_token_and_query_go_on_the_wire() {
    let net = ScriptedTransport::new().answer(200, "hello");
    let session = road(&net, &ManualClock::auto(noon())).build().unwrap();
    assert_eq!(session.call(&READ).await.unwrap(), "hello");
    let sent = &net.sent()[0];
    assert_eq!(sent.url.as_str(), "https://api.anaf.ro/test/x?q=a+b%26c");
    assert_eq!(sent.headers, [("authorization", "Bearer t0ken".to_owned())]);
    assert!(!format!("{sent:?} {session:?}").contains("t0ken"));
}

#[tokio::test]
async fn what_is_sent_how_often() {
    use ErrorKind as K;
    let answers = |status: u16| Ok(Answer::new(status, "x"));
    // first outcome, operation → times sent, outcome when the second answer is 200
    let cases = [
        (Err(lost(K::Connect, Delivery::NotSent)), FILE, 2, Ok(())),
        (Err(lost(K::Timeout, Delivery::NotSent)), FILE, 2, Ok(())),
        (
            Err(lost(K::Timeout, Delivery::MaybeSent)),
            FILE,
            1,
            Err((K::Timeout, true)),
        ),
        (Err(lost(K::Timeout, Delivery::MaybeSent)), READ, 2, Ok(())),
        (
            Err(lost(K::ConnectionLost, Delivery::MaybeSent)),
            FILE,
            1,
            Err((K::ConnectionLost, true)),
        ),
        (answers(500), READ, 2, Ok(())),
        (answers(503), FILE, 1, Err((K::Server, true))),
        (answers(429), READ, 2, Ok(())),
        (answers(429), FILE, 1, Err((K::Quota, false))),
        (answers(403), READ, 1, Err((K::Forbidden, false))),
        (answers(255), READ, 1, Err((K::ConcurrentTokens, false))),
        (answers(401), FILE, 1, Err((K::Unauthorized, false))),
    ];
    for (first, operation, times, expected) in cases {
        let name = format!("{first:?} files={}", operation.files);
        let net = ScriptedTransport::new().then(first).answer(200, "ok");
        let session = road(&net, &ManualClock::auto(noon())).build().unwrap();
        let got = session.call(&operation).await;
        assert_eq!(net.sent().len(), times, "{name}");
        let got = got
            .map(|_| ())
            .map_err(|e| (e.kind(), e.is_outcome_unknown()));
        assert_eq!(got, expected, "{name}");
    }
}

#[tokio::test]
async fn attempts_and_total_time_are_bounded_on_the_injected_clock() {
    let net = ScriptedTransport::new();
    let clock = ManualClock::auto(noon());
    let session = road(&net, &clock).build().unwrap();
    let error = session.call(&READ).await.unwrap_err();
    assert_eq!((error.attempts(), net.sent().len()), (4, 4));
    assert_eq!(clock.slept(), Duration::from_millis(250 + 500 + 1000));
    assert_eq!(error.operation(), Some("test.ask"));
}

#[derive(Debug, Default)]
struct Rotating(AtomicU64);

#[async_trait]
impl BearerSource for Rotating {
    async fn bearer(&self) -> Result<Bearer, Error> {
        let generation = self.0.load(Ordering::SeqCst);
        Ok(Bearer::new(format!("t{generation}"), generation))
    }

    async fn replace(&self, refused: &Bearer) -> Result<Bearer, Error> {
        self.0.store(refused.generation() + 1, Ordering::SeqCst);
        self.bearer().await
    }
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_the_call_replayed_once() {
    for (second, expected) in [(200, Ok(())), (401, Err(ErrorKind::Unauthorized))] {
        let net = ScriptedTransport::new()
            .answer(401, "")
            .answer(second, "ok")
            .answer(200, "a third time");
        let clock = ManualClock::auto(noon());
        let session = road(&net, &clock)
            .bearer(Rotating::default())
            .build()
            .unwrap();
        let got = session.call(&FILE).await.map(|_| ()).map_err(|e| e.kind());
        assert_eq!(got, expected);
        let tokens: Vec<String> = net.sent().iter().map(|r| r.headers[0].1.clone()).collect();
        assert_eq!(tokens, ["Bearer t0", "Bearer t1"]);
    }
}

#[derive(Debug)]
struct Broken;

#[async_trait]
impl BearerSource for Broken {
    async fn bearer(&self) -> Result<Bearer, Error> {
        Err(lost(ErrorKind::Timeout, Delivery::MaybeSent).during("oauth.refresh"))
    }

    async fn replace(&self, _: &Bearer) -> Result<Bearer, Error> {
        self.bearer().await
    }
}

#[tokio::test]
async fn a_lost_token_request_is_not_a_lost_filing() {
    let net = ScriptedTransport::new();
    let session = road(&net, &ManualClock::auto(noon()))
        .bearer(Broken)
        .build()
        .unwrap();
    let error = session.call(&FILE).await.unwrap_err();
    assert!(!error.is_outcome_unknown(), "{error}");
    assert_eq!(
        (net.sent().len(), error.operation()),
        (0, Some("oauth.refresh"))
    );
}

#[tokio::test]
async fn the_daily_ledger_refuses_or_waits_for_midnight() {
    let net = ScriptedTransport::new();
    (0..11).for_each(|_| net.push(Ok(Answer::new(200, "ok"))));
    let clock = ManualClock::auto(noon());
    let session = road(&net, &clock).build().unwrap();
    for _ in 0..10 {
        session.call(&READ).await.unwrap();
    }
    let error = session.call(&READ).await.unwrap_err();
    assert_eq!(
        (error.quota_scope(), error.delivery()),
        (Some(QuotaScope::Day), Delivery::NotSent)
    );
    assert_eq!(
        error.retry_after(),
        Some(Duration::from_secs(12 * 3600 + 60))
    );
    let patient = CallOptions::new().when_reached(WhenReached::Wait);
    session.call_with(&READ, &patient).await.unwrap();
    assert_eq!(clock.now().to_string(), "2026-01-15T22:01:30Z");
}

#[tokio::test]
async fn anafs_word_about_a_daily_limit_closes_it_until_midnight() {
    let said = r#"{"eroare":"S-au facut deja 3 descarcari de mesaj in cursul zilei","titlu":"x"}"#;
    let net = ScriptedTransport::new()
        .answer(200, said)
        .answer(200, "unreached");
    let session = road(&net, &ManualClock::auto(noon())).build().unwrap();
    for sent in [Delivery::Answered, Delivery::NotSent] {
        let error = session.call(&READ).await.unwrap_err();
        assert_eq!((error.delivery(), error.quota_limit()), (sent, Some(3)));
        assert_eq!(
            error.retry_after(),
            Some(Duration::from_secs(12 * 3600 + 60))
        );
    }
    assert_eq!(net.sent().len(), 1);
}

#[tokio::test]
async fn a_429_closes_the_gate_for_every_clone() {
    let mut busy = Answer::new(429, "");
    busy.retry_after = Some("30".into());
    let net = ScriptedTransport::new().then(Ok(busy)).answer(200, "ok");
    let clock = ManualClock::auto(noon());
    let session = road(&net, &clock)
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    assert!(session.call(&READ).await.is_err());
    let hasty = CallOptions::new().when_reached(WhenReached::Refuse);
    let refused = session.clone().call_with(&READ, &hasty).await.unwrap_err();
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(30)));
    session.call(&READ).await.unwrap();
    assert_eq!(clock.slept(), Duration::from_secs(30));
}

#[tokio::test]
async fn callers_who_do_not_wait_are_refused_only_when_the_limit_is_reached() {
    let clock = ManualClock::new(noon());
    let gate = Arc::new(MinuteGate::new(Some(100), Arc::new(clock.clone())));
    for _ in 0..10 {
        gate.pass(WhenReached::Refuse).await.unwrap();
    }
    let refused = gate.pass(WhenReached::Refuse).await.unwrap_err();
    assert!(refused.retry_after().is_some());
    let queued = tokio::spawn({
        let gate = gate.clone();
        async move { gate.pass(WhenReached::Wait).await }
    });
    while clock.sleepers() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(
        gate.pass(WhenReached::Refuse).await.is_err(),
        "nobody slips past who waits"
    );
    queued.abort();
    let _ = queued.await;
    clock.advance(Duration::from_secs(60));
    gate.pass(WhenReached::Refuse).await.unwrap();
}

#[tokio::test]
async fn a_call_that_never_left_is_not_counted() {
    let net = ScriptedTransport::new();
    let clock = ManualClock::auto(noon());
    let session = road(&net, &clock).build().unwrap();
    for _ in 0..5 {
        assert_eq!(
            session.call(&READ).await.unwrap_err().kind(),
            ErrorKind::Connect
        );
    }
    (0..10).for_each(|_| net.push(Ok(Answer::new(200, "ok"))));
    for _ in 0..10 {
        session.call(&READ).await.unwrap();
    }
    assert_eq!(
        session.call(&READ).await.unwrap_err().kind(),
        ErrorKind::Quota
    );
}

#[tokio::test]
async fn a_fixed_token_that_anaf_refuses_leaves_anafs_words() {
    let net = ScriptedTransport::new().answer(401, r#"{"message":"token expirat"}"#);
    let session = road(&net, &ManualClock::auto(noon())).build().unwrap();
    let error = session.call(&FILE).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Unauthorized, Some(401))
    );
    assert_eq!(
        (error.said(), error.delivery()),
        (Some("token expirat"), Delivery::Answered)
    );
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn what_anaf_answered_is_not_hidden_by_a_refusal_of_our_own() {
    let net = ScriptedTransport::new().answer(429, r#"{"message":"prea multe apeluri"}"#);
    let session = road(&net, &ManualClock::auto(noon())).build().unwrap();
    let hasty = CallOptions::new().when_minute_is_full(WhenReached::Refuse);
    let error = session.call_with(&READ, &hasty).await.unwrap_err();
    assert_eq!(
        (error.said(), error.status()),
        (Some("prea multe apeluri"), Some(429))
    );
}

#[tokio::test]
async fn an_answer_that_the_reader_finds_cut_is_not_asked_for_again() {
    let net = ScriptedTransport::new()
        .answer(200, r#"{"mesaje":["#)
        .answer(200, "ok");
    let session = road(&net, &ManualClock::auto(noon())).build().unwrap();
    assert_eq!(
        session.call(&READ).await.unwrap_err().kind(),
        ErrorKind::Truncated
    );
    assert_eq!(net.sent().len(), 1);
}

#[tokio::test]
async fn no_minute_holds_more_calls_than_the_limit() {
    for limit in [1_u32, 2, 7, 100, 1000] {
        let clock = ManualClock::auto(noon());
        let gate = MinuteGate::new(Some(limit), Arc::new(clock.clone()));
        let mut passed = Vec::new();
        for _ in 0..limit * 3 {
            gate.pass(WhenReached::Wait).await.unwrap();
            passed.push(clock.monotonic());
        }
        let span = limit as usize;
        for window in passed.windows(span + 1) {
            assert!(
                window[span] - window[0] >= Duration::from_secs(60),
                "limit {limit}"
            );
        }
        let rate = f64::from(limit * 3) / clock.monotonic().as_secs_f64().max(60.0) * 60.0;
        assert!(
            rate >= f64::from(limit) * 0.8,
            "limit {limit} is used: {rate}"
        );
    }
}

#[tokio::test]
async fn waiters_pass_in_the_order_they_came() {
    let clock = ManualClock::auto(noon());
    let gate = Arc::new(MinuteGate::new(Some(1), Arc::new(clock)));
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let (gate, order) = (gate.clone(), order.clone());
            tokio::spawn(async move {
                gate.pass(WhenReached::Wait).await.unwrap();
                order.lock().unwrap().push(n);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_session_without_tokens_says_so() {
    let net = ScriptedTransport::new();
    let session = Session::builder(Environment::Test)
        .transport(net)
        .build()
        .unwrap();
    let error = session.call(&READ).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
