//! logincert.anaf.ro: logins, codes, tokens.

mod authorize;
mod control;
mod jwt;
mod page;
mod token;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use aws_lc_rs::rand;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;
use crate::clock;
use crate::limits::RetryAfter;
use crate::people::{Person, Service};
use crate::state::State;

pub(crate) use authorize::authorize;
pub use control::{IssuedTokens, LoginRefused, OAuthControl};
pub(crate) use jwt::{public_key, signature as sign};
pub(crate) use page::login_wall;
pub(crate) use token::{answer_255, revoke, token};

/// What kind of token the fake hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TokenKind {
    /// A JWT where the client asks for one with `token_content_type=jwt`, else an opaque token. As ANAF does.
    #[default]
    AsRequested,
    /// Always a JWT, signed RS512.
    Jwt,
    /// Always an opaque token.
    Opaque,
}

/// How the token endpoint writes `expires_in`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ExpiresIn {
    /// `"expires_in":7776000`
    #[default]
    Number,
    /// `"expires_in":"7776000"`
    Text,
    /// The field is missing.
    Absent,
}

/// What becomes of a refresh token once it has been used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OldRefreshToken {
    /// It is dead at once: the second use is `invalid_grant`.
    #[default]
    DiesAtOnce,
    /// It works for this long after its first use, by the fake's clock.
    Grace(SignedDuration),
    /// It lives on until it expires.
    StaysAlive,
}

/// What is answered to a person who asks for several tokens at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Concurrent {
    /// Nothing special: both get a token.
    #[default]
    Allowed,
    /// The status line says 255.
    Status255,
    /// HTTP 400 with `{"error":"255"}`.
    OAuthError255,
}

/// Settings of the OAuth server; change them with [`OAuthControl::configure`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OAuthSettings {
    /// The kind of token handed out.
    pub kind: TokenKind,
    /// How `expires_in` is written.
    pub expires_in: ExpiresIn,
    /// What becomes of a used refresh token.
    pub old_refresh_token: OldRefreshToken,
    /// Life of an authorization code: 60 seconds.
    pub code_lifetime: SignedDuration,
    /// Life of an access token: 129600 minutes.
    pub access_lifetime: SignedDuration,
    /// Life of the refresh token that comes with a JWT: 525600 minutes.
    pub jwt_refresh_lifetime: SignedDuration,
    /// Life of the refresh token that comes with an opaque token: 129660 minutes.
    pub opaque_refresh_lifetime: SignedDuration,
    /// Whether `authorize` shows a login page with a choice of persons, instead of redirecting at once.
    pub login_page: bool,
    /// How long, in real time, the token endpoint takes over each answer.
    pub token_delay: Duration,
    /// What a person gets who has another token request under way (within [`OAuthSettings::token_delay`] of it).
    pub concurrent: Concurrent,
    /// Whether `revoke` works, instead of answering 302 to `/my.policy` as ANAF does without a browser session.
    pub revoke_works: bool,
}

impl Default for OAuthSettings {
    fn default() -> Self {
        Self {
            kind: TokenKind::AsRequested,
            expires_in: ExpiresIn::Number,
            old_refresh_token: OldRefreshToken::DiesAtOnce,
            code_lifetime: SignedDuration::from_secs(60),
            access_lifetime: SignedDuration::from_mins(129_600),
            jwt_refresh_lifetime: SignedDuration::from_mins(525_600),
            opaque_refresh_lifetime: SignedDuration::from_mins(129_660),
            login_page: false,
            token_delay: Duration::ZERO,
            concurrent: Concurrent::Allowed,
            revoke_works: false,
        }
    }
}

/// A person's login through an application: what a code and every token of its line stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) serial: String,
    pub(crate) client_id: String,
    pub(crate) jwt: bool,
}

#[derive(Debug)]
struct Code {
    grant: Grant,
    redirect_uri: String,
    expires: Timestamp,
}

#[derive(Debug)]
struct Refresh {
    grant: Grant,
    expires: Timestamp,
    used: Option<Timestamp>,
}

#[derive(Debug)]
struct Access {
    grant: Grant,
    expires: Timestamp,
}

/// Codes and tokens alive, and what was counted.
#[derive(Default)]
pub(crate) struct OAuthState {
    pub(crate) settings: OAuthSettings,
    codes: HashMap<String, Code>,
    refresh: HashMap<String, Refresh>,
    access: HashMap<String, Access>,
    next_logins: std::collections::VecDeque<Login>,
    /// When each person's latest token request came, in real time: what "at the same time" is measured by.
    under_way: HashMap<String, Instant>,
    pub(crate) exchanges: u64,
    pub(crate) refreshes: u64,
}

/// So many codes and tokens of each kind are remembered: a server that runs for days must not grow for days.
const KEPT: usize = 50_000;

impl OAuthState {
    /// Forgets what has expired once there is too much, and what expires first if that is not enough. An expired
    /// refresh token that is forgotten is `invalid_grant`, no longer `expired`.
    fn make_room(&mut self, now: Timestamp) {
        trim(&mut self.codes, now, |code| code.expires);
        trim(&mut self.access, now, |access| access.expires);
        trim(&mut self.refresh, now, |refresh| refresh.expires);
    }
}

fn trim<T>(tokens: &mut HashMap<String, T>, now: Timestamp, expires: impl Fn(&T) -> Timestamp) {
    if tokens.len() < KEPT {
        return;
    }
    tokens.retain(|_, token| expires(token) > now);
    if tokens.len() > KEPT / 10 * 9 {
        let mut times: Vec<Timestamp> = tokens.values().map(&expires).collect();
        times.sort_unstable();
        let first_kept = times.get(times.len() - KEPT / 10 * 9).copied();
        tokens.retain(|_, token| Some(expires(token)) >= first_kept);
    }
}

/// Who holds the certificate at the next login.
#[derive(Clone, Debug)]
pub(crate) enum Login {
    As(String),
    Refused,
}

/// Who makes a call with a bearer token.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) person: Person,
}

/// Looks up the bearer token: the caller, or ANAF's 401, 403 or 429.
pub(crate) fn session(
    state: &mut State,
    call: &Call<'_>,
    service: Option<Service>,
) -> Result<Session, Answer> {
    let refuse = |status, text| Answer::spring(call.now, status, text);
    let token = call
        .header("authorization")
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    let access = token.and_then(|token| state.oauth.access.get(token));
    let Some(access) = access.filter(|access| call.now < access.expires) else {
        return Err(refuse(401, "Token invalid sau expirat").header("WWW-Authenticate", "Bearer"));
    };
    let grant = access.grant.clone();
    let Some(person) = state.person(&grant.serial).cloned() else {
        return Err(refuse(401, "Token invalid sau expirat"));
    };
    if let Some(service) = service {
        let enrolled = state
            .application(&grant.client_id)
            .is_some_and(|app| app.services.contains(&service));
        if !enrolled || !person.services.contains(&service) {
            return Err(refuse(403, "Nu aveti drept de acces la acest serviciu"));
        }
    }
    if let Some(wait) = state
        .usage
        .minute_exhausted(&state.limits, &person.serial, call.now)
    {
        let mut answer = refuse(429, "Prea multe apeluri intr-un minut");
        answer
            .headers
            .extend(state.limits.retry_after.header(call.now, wait));
        return Err(answer);
    }
    Ok(Session { person })
}

impl RetryAfter {
    /// The header that tells a client how long to wait, in the form chosen.
    pub(crate) fn header(self, now: Timestamp, wait: SignedDuration) -> Option<(String, String)> {
        let seconds = wait.as_secs().max(1);
        let value = match self {
            Self::Absent => return None,
            Self::Seconds => seconds.to_string(),
            Self::Date => clock::later(now, SignedDuration::from_secs(seconds))
                .strftime("%a, %d %b %Y %H:%M:%S GMT")
                .to_string(),
        };
        Some(("Retry-After".to_owned(), value))
    }
}

/// The token test: greets, then echoes the request's headers.
pub(crate) fn hello(state: &mut State, call: &Call<'_>) -> Answer {
    if let Err(answer) = session(state, call, None) {
        return answer;
    }
    let mut text = format!("Hello, {}!\n", call.query("name").unwrap_or(""));
    for name in call.request.headers.keys() {
        let values: Vec<&str> = call
            .request
            .headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        text.push_str(&format!(
            "headers=key={name}\nval=[{}]\n",
            values.join(", ")
        ));
    }
    Answer::new(200, "text/plain", text)
}

/// An OAuth error body.
fn oauth_error(error: &str, description: Option<&str>) -> Answer {
    let body = match description {
        Some(text) => json!({"error": error, "error_description": text}),
        None => json!({"error": error}),
    };
    Answer::json(400, &body).header("Cache-Control", "no-store")
}

/// A random UUID of version 4, as `trace_id`s are.
pub(crate) fn random_uuid() -> String {
    let hex = random_hex(16);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-4{}-a{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

/// Random bytes.
pub(crate) fn random_bytes(count: usize) -> Vec<u8> {
    let mut raw = vec![0_u8; count];
    // The system's generator does not fail on the platforms that the tests run on; zeros would be seen at once.
    let _ = rand::fill(&mut raw);
    raw
}

/// A string of `bytes` random bytes in hexadecimal digits.
pub(crate) fn random_hex(bytes: usize) -> String {
    random_bytes(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_that_expire_first_are_forgotten_first() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let mut tokens: HashMap<String, Timestamp> =
            (0..KEPT as i64).map(|n| (n.to_string(), at(n))).collect();
        trim(&mut tokens, at(10), |expires| *expires);
        assert_eq!(tokens.len(), KEPT / 10 * 9);
        assert!(tokens.contains_key(&(KEPT - 1).to_string()));
        trim(&mut tokens, at(KEPT as i64), |expires| *expires);
        assert_eq!(
            tokens.len(),
            KEPT / 10 * 9,
            "there is room, so nothing is touched"
        );
    }
}
