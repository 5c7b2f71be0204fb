//! One call under way: limits, token, attempts, and what is learnt from the answer.

use std::time::Duration;

use anaf_types::answer::Answer;
use anaf_types::{Delivery, Error, ErrorKind, QuotaScope};
use jiff::Timestamp;
use tracing::Instrument;
use url::Url;

use super::{CallOptions, Inner};
use crate::limits::until_new_day;
use crate::{Access, Bearer, Cap, Operation, Request, Timeouts, WhenReached, WireRequest};

/// Sends an operation under a span of its own, and reads its answer.
pub(super) async fn run<O: Operation>(
    inner: &Inner,
    operation: &O,
    options: &CallOptions,
) -> Result<O::Output, Error> {
    let request = operation.request(inner.environment)?;
    let span = tracing::info_span!(
        "anaf.call",
        operation = request.operation,
        method = request.method.as_str(),
        url.template = request.template,
        status = tracing::field::Empty,
        attempt = tracing::field::Empty,
        elapsed_ms = tracing::field::Empty,
        error.kind = tracing::field::Empty,
    );
    let call = Call {
        inner,
        operation,
        request,
        options,
        began: inner.clock.monotonic(),
        waited: Duration::ZERO,
        sent: 0,
        replaced: false,
        span: span.clone(),
    };
    call.run().instrument(span).await
}

/// How an attempt failed.
enum Failure {
    /// Before the call was sent: a limit, or no token was to be had. Their sources have their own way of waiting.
    Before(Error),
    /// On the network.
    Network(Error),
    /// By what ANAF answered.
    Answer(Error),
}

/// One call under way.
struct Call<'a, O> {
    inner: &'a Inner,
    operation: &'a O,
    request: Request,
    options: &'a CallOptions,
    began: Duration,
    /// Spent on waiting for limits, which is not held against the call.
    waited: Duration,
    sent: u32,
    /// Whether ANAF has refused a token of this call already.
    replaced: bool,
    span: tracing::Span,
}

impl<O: Operation> Call<'_, O> {
    async fn run(mut self) -> Result<O::Output, Error> {
        let result = self.attempts().await;
        let (operation, files, sent) = (self.request.operation, self.request.files, self.sent);
        let result = result.map_err(|e| e.during(operation).filing(files).after_attempts(sent));
        self.record(result.as_ref().err());
        result
    }

    async fn attempts(&mut self) -> Result<O::Output, Error> {
        let mut last: Option<Error> = None;
        let mut attempt = 1;
        loop {
            let (error, passing) = match self.attempt().await {
                Ok(output) => return Ok(output),
                // What ANAF answered before says more than that the next attempt was not made.
                Err(Failure::Before(error)) => return Err(last.unwrap_or(error)),
                Err(Failure::Network(error)) => (error, true),
                Err(Failure::Answer(error)) => {
                    let damaged = error.kind() == ErrorKind::Truncated;
                    (error, !damaged)
                }
            };
            let policy = self.options.retry.as_ref().unwrap_or(&self.inner.retry);
            let (files, spent) = (self.request.files, self.spent());
            let pause = policy.pause(&error, files, attempt, spent, &*self.inner.dice);
            let pause = pause.filter(|p| passing && spent + *p < self.timeouts().total);
            let Some(pause) = pause else {
                return Err(error);
            };
            tracing::debug!(
                attempt,
                error.kind = error.kind().as_str(),
                ?pause,
                "trying again"
            );
            self.inner.clock.sleep(pause).await;
            last = Some(error);
            attempt += 1;
        }
    }

    fn spent(&self) -> Duration {
        let passed = self.inner.clock.monotonic().saturating_sub(self.began);
        passed.saturating_sub(self.waited)
    }

    fn timeouts(&self) -> Timeouts {
        self.options.timeouts.unwrap_or(self.inner.timeouts)
    }

    fn record(&self, error: Option<&Error>) {
        if !self.span.is_disabled() {
            let passed = self.inner.clock.monotonic().saturating_sub(self.began);
            self.span.record("attempt", self.sent);
            self.span.record("elapsed_ms", passed.as_millis() as u64);
        }
        if let Some(error) = error {
            let kind = error.kind().as_str();
            self.span.record("error.kind", kind);
            let operation = self.request.operation;
            tracing::warn!(operation, error.kind = kind, delivery = ?error.delivery(), "the call failed");
        }
    }

    /// One attempt; 401 is answered with another token, once in a call.
    async fn attempt(&mut self) -> Result<O::Output, Failure> {
        self.keep_limits().await.map_err(Failure::Before)?;
        let bearer = self.bearer().await.map_err(before)?;
        let first = self.send(bearer.as_ref()).await;
        let (Err(Failure::Answer(error)), Some(refused), Some(source)) =
            (&first, bearer, &self.inner.bearer)
        else {
            return first;
        };
        if error.kind() != ErrorKind::Unauthorized || self.replaced {
            return first;
        }
        self.replaced = true;
        // ANAF's gateway refused the token before the service saw the call, so a filing may be replayed.
        match source.replace(&refused).await {
            Ok(bearer) => {
                self.keep_limits().await.map_err(Failure::Before)?;
                self.send(Some(&bearer)).await
            }
            // There is no other token: ANAF's own answer says most.
            Err(none) if none.kind() == ErrorKind::Unauthorized => {
                let why = none
                    .detail()
                    .unwrap_or("there is no other token")
                    .to_owned();
                Err(Failure::Answer(error.clone().because(why)))
            }
            Err(other) => Err(before(other)),
        }
    }

    async fn bearer(&self) -> Result<Option<Bearer>, Error> {
        match (self.request.access, &self.inner.bearer) {
            (Access::Public, _) => Ok(None),
            (Access::Bearer, Some(source)) => source.bearer().await.map(Some),
            (Access::Bearer, None) => Err(Error::invalid_input(
                "this session has no source of access tokens: give its builder one",
            )),
        }
    }

    async fn send(&mut self, bearer: Option<&Bearer>) -> Result<O::Output, Failure> {
        let wire = self.wire(bearer).map_err(Failure::Before)?;
        let sent = self.inner.clock.now();
        if self.inner.limits.keep_daily {
            let counted = self.inner.ledger.count(&self.request.quotas, sent);
            counted.map_err(Failure::Before)?;
        }
        self.sent += 1;
        let mut answer = match self.inner.transport.send(wire).await {
            Ok(answer) => answer,
            Err(error) => {
                if error.delivery() == Delivery::NotSent {
                    self.inner.ledger.give_back(&self.request.quotas, sent);
                }
                return Err(Failure::Network(error));
            }
        };
        answer.received = self.inner.clock.now();
        self.span.record("status", answer.status);
        let result = self.read(answer);
        if let Err(error) = &result {
            self.learn(error, sent);
        }
        result.map_err(Failure::Answer)
    }

    fn read(&self, answer: Answer) -> Result<O::Output, Error> {
        let received = answer.received;
        self.operation.read(answer).map_err(|e| {
            let daily = e.quota_scope() == Some(QuotaScope::Day) && e.retry_after().is_none();
            match daily {
                true => e.with_retry_after(Some(until_new_day(received))),
                false => e,
            }
        })
    }

    /// Waits for the limits, or refuses the call. The day is looked at first: who is refused for the day need not queue.
    async fn keep_limits(&mut self) -> Result<(), Error> {
        let limits = &self.inner.limits;
        if limits.keep_daily && !self.request.quotas.is_empty() {
            let when = self.options.day.unwrap_or(limits.day);
            self.waited += self.keep_daily(when).await?;
        }
        if self.inner.gate.try_pass() {
            return Ok(());
        }
        let began = self.inner.clock.monotonic();
        let minute = self.options.minute.unwrap_or(limits.minute);
        self.inner.gate.pass(minute).await?;
        self.waited += self.inner.clock.monotonic().saturating_sub(began);
        Ok(())
    }

    /// Waits for a day on which the call is allowed, and tells how long that was.
    async fn keep_daily(&self, when: WhenReached) -> Result<Duration, Error> {
        let clock = &self.inner.clock;
        let mut waited = Duration::ZERO;
        loop {
            let allowed = self.inner.ledger.check(&self.request.quotas, clock.now());
            match (allowed, when) {
                (Ok(()), _) => return Ok(waited),
                (Err(full), WhenReached::Refuse) => return Err(full),
                (Err(full), WhenReached::Wait) => {
                    // Without the jitter everybody who waits would come in the same instant.
                    let late = Duration::from_secs(60).mul_f64(self.inner.dice.roll());
                    let began = clock.monotonic();
                    clock
                        .sleep(full.retry_after().unwrap_or_default() + late)
                        .await;
                    waited += clock.monotonic().saturating_sub(began);
                }
            }
        }
    }

    /// What ANAF says about a limit corrects what we believed; what its gateway refused, it has not counted.
    fn learn(&self, error: &Error, sent: Timestamp) {
        let inner = self.inner;
        match (error.kind(), error.quota_scope()) {
            (_, Some(QuotaScope::Minute)) => inner.gate.close(error.retry_after()),
            (_, Some(QuotaScope::Day)) if inner.limits.keep_daily => {
                let now = inner.clock.now();
                inner.ledger.correct(&self.request.quotas, error, sent, now);
            }
            (ErrorKind::Unauthorized, _) => inner.ledger.give_back(&self.request.quotas, sent),
            _ => {}
        }
    }

    fn wire(&self, bearer: Option<&Bearer>) -> Result<WireRequest, Error> {
        let request = &self.request;
        let url = absolute(self.inner.endpoints.base(request.host), request)?;
        let cap = self.options.cap.unwrap_or(match request.cap {
            Cap::Archive => self.inner.caps.archive,
            Cap::Plain => self.inner.caps.plain,
        });
        let mut times = self.timeouts();
        let least = Duration::from_millis(1);
        times.total = times.total.saturating_sub(self.spent()).max(least);
        let wire = WireRequest::new(request.method, url, request.body.clone())
            .timeouts(times)
            .cap(cap);
        Ok(match bearer {
            Some(bearer) => wire.header("authorization", ["Bearer ", bearer.expose()].concat()),
            None => wire,
        })
    }
}

/// Whatever became of a token request, the call itself was not sent, or was refused unseen.
fn before(error: Error) -> Failure {
    Failure::Before(error.delivered(Delivery::NotSent))
}

fn absolute(base: &Url, request: &Request) -> Result<Url, Error> {
    let mut url = base.clone();
    url.set_path(&[base.path(), &request.path].concat());
    // A `..` in an id would climb out of the base path.
    if !url.path().starts_with(base.path()) {
        return Err(Error::invalid_input("the call's path leads elsewhere"));
    }
    if !request.query.is_empty() {
        url.query_pairs_mut().extend_pairs(&request.query);
    }
    Ok(url)
}
