//! Orders over HTTP, under `/_fake/`: what the handles do in Rust, for tests in other languages.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::{Call, Env, Operation};
use crate::efactura::EFacturaControl;
use crate::faults::{Failure, On};
use crate::limits::RetryAfter;
use crate::oauth::OAuthControl;
use crate::server::Shared;
use std::sync::Arc;

/// The first path segment of all orders.
pub(crate) const PREFIX: &str = "/_fake";

/// Carries out an order. None of them is logged, counted, or spoiled.
pub(crate) fn answer(shared: &Arc<Shared>, call: &Call<'_>) -> Answer {
    let order = call.path.trim_start_matches(PREFIX).trim_matches('/');
    let done = match (call.is_post(), order) {
        (false, "") => Ok(overview(shared)),
        (false, "requests") => Ok(requests(shared)),
        (true, "clock") => clock(shared, call),
        (true, "fail") => fail(shared, call),
        (true, "clear-failures") => {
            shared.lock().faults.clear();
            Ok(json!({}))
        }
        (true, "settings") => settings(shared, call),
        (true, "deliver") => deliver(shared, call),
        (true, "refuse-login") => {
            OAuthControl(Arc::clone(shared)).refuse_next_login();
            Ok(json!({}))
        }
        (true, "expire-access-tokens") => {
            OAuthControl(Arc::clone(shared)).expire_access_tokens();
            Ok(json!({}))
        }
        (true, "expire-refresh-tokens") => {
            OAuthControl(Arc::clone(shared)).expire_refresh_tokens();
            Ok(json!({}))
        }
        _ => Err(format!(
            "no order named {order:?}; the README of fake-anaf lists them"
        )),
    };
    match done {
        Ok(body) => Answer::json(200, &body),
        Err(why) => Answer::json(400, &json!({"error": why})),
    }
}

fn overview(shared: &Arc<Shared>) -> Value {
    let now = shared.clock.now();
    let state = shared.lock();
    let people: Vec<Value> = state
        .people
        .iter()
        .map(|person| json!({"name": person.name, "serial": person.serial, "cifs": person.cifs}))
        .collect();
    let applications: Vec<Value> = state
        .applications
        .iter()
        .map(|app| {
            json!({"client_id": app.client_id, "client_secret": app.client_secret, "redirect_uri": app.redirect_uri()})
        })
        .collect();
    let counts: serde_json::Map<String, Value> = Operation::ALL
        .into_iter()
        .map(|operation| (operation.to_string(), state.log.count(operation)))
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| (name, json!(count)))
        .collect();
    json!({
        "now": now.to_string(),
        "people": people,
        "applications": applications,
        "counts": counts,
        "refreshes": state.oauth.refreshes,
        "failures_outstanding": state.faults.outstanding(),
    })
}

fn requests(shared: &Arc<Shared>) -> Value {
    let rows = shared.lock().log.requests();
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "at": row.at.to_string(), "operation": row.operation.to_string(), "method": row.method,
                "path": row.path, "query": row.query, "body_bytes": row.body_bytes, "status": row.status,
                "spoiled": row.spoiled,
            })
        })
        .collect();
    json!(rows)
}

fn number(call: &Call<'_>, name: &str) -> Result<Option<u64>, String> {
    call.required(name)
        .map(|value| {
            value
                .parse()
                .map_err(|_| format!("{name}={value} is not a whole number"))
        })
        .transpose()
}

fn clock(shared: &Arc<Shared>, call: &Call<'_>) -> Result<Value, String> {
    match (call.required("advance"), call.required("set")) {
        (Some(seconds), None) => {
            let seconds = seconds
                .parse()
                .map_err(|_| format!("advance={seconds} is not a number of seconds"))?;
            shared.clock.advance(SignedDuration::from_secs(seconds));
        }
        (None, Some(moment)) => {
            let moment: Timestamp = moment
                .parse()
                .map_err(|why| format!("set={moment}: {why}"))?;
            shared.clock.set(moment);
        }
        _ => return Err("say either advance=SECONDS or set=2026-07-01T09:00:00Z".to_owned()),
    }
    Ok(json!({"now": shared.clock.now().to_string()}))
}

fn fail(shared: &Arc<Shared>, call: &Call<'_>) -> Result<Value, String> {
    let on = match (call.required("operation"), call.required("path")) {
        (Some(name), _) => {
            let known = Operation::ALL
                .into_iter()
                .find(|operation| operation.to_string() == name);
            On::Operation(known.ok_or_else(|| format!("no operation named {name:?}"))?)
        }
        (None, Some(part)) => On::Path(part.to_owned()),
        (None, None) => On::Any,
    };
    let status = number(call, "status")?
        .and_then(|status| u16::try_from(status).ok())
        .unwrap_or(503);
    let wait = Duration::from_secs(number(call, "retry-after")?.unwrap_or(60));
    let failure = match call.required("kind").unwrap_or("status") {
        "status" => Failure::status(status),
        "429" => Failure::too_many_requests(RetryAfter::Seconds, wait),
        "firewall" => Failure::firewall_page(),
        "login-page" => Failure::login_page(),
        "technical" => Failure::technical_error(),
        "said" => Failure::said(call.required("text").ok_or("say what: text=WORDS")?),
        "oauth-255" => Failure::oauth_255(),
        "empty" => Failure::empty_body(),
        "truncated" => Failure::truncated(),
        "stray-bracket" => Failure::stray_bracket(),
        "content-type" => Failure::wrong_content_type("text/plain"),
        "late" => Failure::late(Duration::ZERO),
        other => return Err(format!("no failure of kind {other:?}")),
    };
    let failure = failure.delayed(Duration::from_millis(
        number(call, "delay-ms")?.unwrap_or(0),
    ));
    let failure = if call.query("after-processing").is_some() {
        failure.after_processing()
    } else {
        failure
    };
    let times = number(call, "times")?
        .and_then(|times| u32::try_from(times).ok())
        .unwrap_or(1)
        .max(1);
    let mut state = shared.lock();
    state.faults.order(on, failure, Some(times), 0);
    Ok(json!({"failures_outstanding": state.faults.outstanding()}))
}

fn settings(shared: &Arc<Shared>, call: &Call<'_>) -> Result<Value, String> {
    let seconds = |name| -> Result<Option<SignedDuration>, String> {
        Ok(number(call, name)?
            .map(|seconds| SignedDuration::from_secs(seconds.try_into().unwrap_or(i64::MAX))))
    };
    let (processing, lag) = (seconds("processing")?, seconds("indexing-lag")?);
    let per_minute = number(call, "calls-per-minute")?.and_then(|count| u32::try_from(count).ok());
    let mut state = shared.lock();
    if let Some(processing) = processing {
        state.efactura.settings.processing = processing;
        state.etransport.settings.processing = processing;
    }
    if let Some(lag) = lag {
        state.efactura.settings.indexing_lag = lag;
    }
    if let Some(count) = per_minute {
        state.limits.calls_per_minute = count;
    }
    Ok(json!({
        "processing": state.efactura.settings.processing.as_secs(),
        "indexing-lag": state.efactura.settings.indexing_lag.as_secs(),
        "calls-per-minute": state.limits.calls_per_minute,
    }))
}

fn deliver(shared: &Arc<Shared>, call: &Call<'_>) -> Result<Value, String> {
    let cif = call.required("cif").ok_or("say whose inbox: cif=DIGITS")?;
    let env = if call.required("env") == Some("prod") {
        Env::Prod
    } else {
        Env::Test
    };
    let count = number(call, "count")?.unwrap_or(1).min(100_000);
    let prefix = call
        .required("prefix")
        .map_or_else(|| format!("INBOX-{}", crate::trace_id()), str::to_owned);
    let control = EFacturaControl(Arc::clone(shared));
    let indexes = control.deliver_many(
        env,
        cif,
        &prefix,
        usize::try_from(count).unwrap_or(usize::MAX),
    );
    Ok(json!({"id_incarcare": indexes}))
}
