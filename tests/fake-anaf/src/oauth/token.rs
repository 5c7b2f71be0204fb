//! The token endpoint: code exchange, refresh, revocation.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::jwt::{self, Claims};
use super::{
    Access, Concurrent, ExpiresIn, Grant, OldRefreshToken, Refresh, TokenKind, oauth_error,
    random_hex,
};
use crate::answer::Answer;
use crate::call::{Call, Operation};
use crate::clock;
use crate::oauth::IssuedTokens;
use crate::people::Service;
use crate::state::State;
use jiff::Timestamp;

/// `POST token`.
pub(crate) fn token(state: &mut State, call: &Call<'_>) -> Answer {
    if !call.is_post() {
        return Answer::spring(call.now, 405, "Request method not supported");
    }
    let Some(client_id) = client(state, call) else {
        return oauth_error("invalid_client", Some("Client authentication failed"));
    };
    let answer = match call.operation {
        Operation::TokenExchange => exchange(state, call, &client_id),
        Operation::TokenRefresh => refresh(state, call, &client_id),
        _ if call.form("grant_type").is_some() => oauth_error("unsupported_grant_type", None),
        _ => oauth_error("invalid_request", Some("grant_type is required")),
    };
    Answer {
        delay: state.oauth.settings.token_delay,
        ..answer
    }
}

/// `POST revoke`: the login wall, unless the settings say that it works.
pub(crate) fn revoke(state: &mut State, call: &Call<'_>) -> Answer {
    if !state.oauth.settings.revoke_works {
        return Answer::redirect("/my.policy")
            .header("Set-Cookie", "LastMRH_Session=fake; path=/; secure");
    }
    if client(state, call).is_none() {
        return oauth_error("invalid_client", None);
    }
    if let Some(token) = call.form("token") {
        state.oauth.access.remove(token.as_ref());
        state.oauth.refresh.remove(token.as_ref());
    }
    Answer::json(200, &json!({}))
}

/// The client that HTTP Basic authenticates.
fn client(state: &State, call: &Call<'_>) -> Option<String> {
    let (scheme, encoded) = call.header("authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    // RFC 6749 §2.3.1 has both halves form-encoded; ANAF's guide has them plain. Take both.
    let plain = |text: &str| {
        let pairs = url::form_urlencoded::parse(text.as_bytes()).next();
        pairs.map(|(k, _)| k.into_owned()).unwrap_or_default()
    };
    state
        .applications
        .iter()
        .find(|app| {
            (app.client_id == id && app.client_secret == secret)
                || (app.client_id == plain(id) && app.client_secret == plain(secret))
        })
        .map(|app| app.client_id.clone())
}

fn exchange(state: &mut State, call: &Call<'_>, client_id: &str) -> Answer {
    let (Some(code), Some(redirect_uri)) = (call.form("code"), call.form("redirect_uri")) else {
        return oauth_error(
            "invalid_request",
            Some("code and redirect_uri are required"),
        );
    };
    let Some(found) = state.oauth.codes.get(code.as_ref()) else {
        return oauth_error("invalid_grant", Some("The authorization code is invalid"));
    };
    if found.grant.client_id != client_id || found.redirect_uri != redirect_uri {
        return oauth_error(
            "invalid_grant",
            Some("The code was issued for another client or redirect_uri"),
        );
    }
    let mut grant = found.grant.clone();
    let expired = call.now >= found.expires;
    if let Some(answer) = several_at_once(state, &grant) {
        return answer;
    }
    state.oauth.codes.remove(code.as_ref());
    if expired {
        return oauth_error("invalid_grant", Some("The authorization code has expired"));
    }
    // The token's kind may be asked for at either step; the login's request came first.
    grant.jwt = grant.jwt || wants_jwt(state, call.form("token_content_type").as_deref());
    state.oauth.exchanges += 1;
    answer_with(state, &grant, call.now)
}

fn refresh(state: &mut State, call: &Call<'_>, client_id: &str) -> Answer {
    let Some(presented) = call.form("refresh_token") else {
        return oauth_error("invalid_request", Some("refresh_token is required"));
    };
    let Some(found) = state.oauth.refresh.get(presented.as_ref()) else {
        return oauth_error("invalid_grant", None);
    };
    if found.grant.client_id != client_id {
        return oauth_error("invalid_grant", None);
    }
    let alive = match (found.used, state.oauth.settings.old_refresh_token) {
        (None, _) | (Some(_), OldRefreshToken::StaysAlive) => true,
        (Some(used), OldRefreshToken::Grace(grace)) => call.now.duration_since(used) < grace,
        (Some(_), OldRefreshToken::DiesAtOnce) => false,
    };
    if !alive {
        return oauth_error("invalid_grant", None);
    }
    if call.now >= found.expires {
        return oauth_error("invalid_request", Some("Refresh Token status is expired"));
    }
    let grant = found.grant.clone();
    if let Some(answer) = several_at_once(state, &grant) {
        return answer;
    }
    if let Some(found) = state.oauth.refresh.get_mut(presented.as_ref()) {
        found.used.get_or_insert(call.now);
    }
    state.oauth.refreshes += 1;
    answer_with(state, &grant, call.now)
}

/// ANAF's 255, where the settings ask for it and another request of the same person is still being answered.
fn several_at_once(state: &mut State, grant: &Grant) -> Option<Answer> {
    let busy_for = state.oauth.settings.token_delay;
    let busy = state
        .oauth
        .under_way
        .get(&grant.serial)
        .is_some_and(|since| since.elapsed() < busy_for);
    let answer = match state.oauth.settings.concurrent {
        Concurrent::Status255 if busy => answer_255(),
        Concurrent::OAuthError255 if busy => oauth_error(
            "255",
            Some("Mai multe token-uri solicitate de acelasi utilizator"),
        ),
        _ => {
            state
                .oauth
                .under_way
                .insert(grant.serial.clone(), Instant::now());
            return None;
        }
    };
    Some(Answer {
        delay: Duration::ZERO,
        ..answer
    })
}

/// A status line that says 255.
pub(crate) fn answer_255() -> Answer {
    Answer::new(
        255,
        "text/plain",
        "Mai multe token-uri solicitate de acelasi utilizator",
    )
}

pub(super) fn wants_jwt(state: &State, token_content_type: Option<&str>) -> bool {
    match state.oauth.settings.kind {
        TokenKind::AsRequested => token_content_type == Some("jwt"),
        TokenKind::Jwt => true,
        TokenKind::Opaque => false,
    }
}

fn answer_with(state: &mut State, grant: &Grant, now: Timestamp) -> Answer {
    let tokens = issue(state, grant, now);
    let mut body = json!({
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "token_type": "Bearer",
    });
    let seconds = tokens.access_expires.duration_since(now).as_secs();
    match state.oauth.settings.expires_in {
        ExpiresIn::Number => body["expires_in"] = json!(seconds),
        ExpiresIn::Text => body["expires_in"] = json!(seconds.to_string()),
        ExpiresIn::Absent => {}
    }
    Answer::json(200, &body).header("Cache-Control", "no-store")
}

/// Makes a pair of tokens for a grant and remembers them.
pub(super) fn issue(state: &mut State, grant: &Grant, now: Timestamp) -> IssuedTokens {
    let settings = &state.oauth.settings;
    let access_expires = clock::later(now, settings.access_lifetime);
    let refresh_lifetime = if grant.jwt {
        settings.jwt_refresh_lifetime
    } else {
        settings.opaque_refresh_lifetime
    };
    let refresh_expires = clock::later(now, refresh_lifetime);
    let services: Vec<Service> = Service::ALL
        .into_iter()
        .filter(|service| {
            state
                .application(&grant.client_id)
                .is_some_and(|app| app.services.contains(service))
                && state
                    .person(&grant.serial)
                    .is_some_and(|person| person.services.contains(service))
        })
        .collect();
    let make = |token_type: &str, expires: Timestamp| {
        if !grant.jwt {
            return random_hex(32);
        }
        jwt::sign(&Claims {
            token_type,
            serial: &grant.serial,
            client_id: &grant.client_id,
            services: &services,
            issued: now,
            expires,
            id: &random_hex(16),
        })
    };
    let tokens = IssuedTokens {
        access_token: make("Bearer", access_expires),
        refresh_token: make("Refresh", refresh_expires),
        access_expires,
        refresh_expires,
    };
    state.oauth.make_room(now);
    let access = Access {
        grant: grant.clone(),
        expires: access_expires,
    };
    state
        .oauth
        .access
        .insert(tokens.access_token.clone(), access);
    let refresh = Refresh {
        grant: grant.clone(),
        expires: refresh_expires,
        used: None,
    };
    state
        .oauth
        .refresh
        .insert(tokens.refresh_token.clone(), refresh);
    tokens
}
