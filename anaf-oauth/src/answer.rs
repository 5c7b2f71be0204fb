//! What the token endpoint answers.

use anaf_types::answer::{self, Answer, Shape};
use anaf_types::{Error, ErrorKind};
use oauth2::basic::BasicTokenType;
use oauth2::{AccessToken, RefreshToken, Scope, TokenResponse};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

use crate::jwt::seconds;

/// A pair of tokens as it came. The token types' `Debug` is redacted.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Issued {
    access_token: AccessToken,
    #[serde(default)]
    refresh_token: Option<RefreshToken>,
    /// ANAF sends a number, at times a text, at times nothing.
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<i64>,
    #[serde(default, deserialize_with = "seconds")]
    refresh_expires_in: Option<i64>,
    /// ANAF issues nothing but bearer tokens, and the word is not always there.
    #[serde(skip, default = "bearer")]
    token_type: BasicTokenType,
}

fn bearer() -> BasicTokenType {
    BasicTokenType::Bearer
}

impl Issued {
    pub(crate) fn seconds(&self) -> Option<i64> {
        self.expires_in.filter(|seconds| *seconds > 0)
    }

    pub(crate) fn refresh_seconds(&self) -> Option<i64> {
        self.refresh_expires_in.filter(|seconds| *seconds > 0)
    }
}

impl TokenResponse for Issued {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        Some(Duration::from_secs(self.seconds()?.unsigned_abs()))
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

/// What was asked of the token endpoint: the same refusal means different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Exchange,
    Refresh,
    Revoke,
}

impl Asked {
    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::Exchange => "oauth.exchange",
            Self::Refresh => "oauth.refresh",
            Self::Revoke => "oauth.revoke",
        }
    }
}

/// The pause after ANAF's error 255, where it names none.
pub(crate) const PAUSE_AFTER_255: Duration = Duration::from_secs(60);

/// Lets only an answer with tokens through, or the success of a revocation. No error made here quotes a body that could
/// hold a token.
pub(crate) fn judge(asked: Asked, answer: &Answer) -> Result<(), Error> {
    let object = match answer::shape(&answer.body) {
        Shape::Json => answer::json::<Value>(answer).ok(),
        _ => None,
    };
    if answer.status == 255 || object.as_ref().is_some_and(is_255) {
        return Err(concurrent(answer));
    }
    // Behind other statuses `error` is Spring's word for the status, not the OAuth standard's.
    let refused = matches!(answer.status, 200 | 400 | 401);
    let word = object.as_ref().and_then(|o| o.get("error")?.as_str());
    if let Some(word) = word.filter(|_| refused) {
        let description = object
            .as_ref()
            .and_then(|o| o.get("error_description")?.as_str());
        return Err(answer::answered(refusal(asked, word, description), answer));
    }
    match (answer.status, object) {
        (200 | 204, _) if asked == Asked::Revoke => revoked(answer),
        (200, Some(object)) if object.get("access_token").is_some_and(Value::is_string) => Ok(()),
        (200, Some(_)) => Err(without_token(answer)),
        (200, None) if matches!(answer::shape(&answer.body), Shape::Json) => Err(malformed(answer)),
        (401, _) => Err(answer::answered(
            Error::new(ErrorKind::OAuth).because("the client id or secret is not accepted"),
            answer,
        )),
        _ => Err(match answer::check(answer) {
            Err(error) => error,
            Ok(_) => unreadable(answer, "it is not JSON"),
        }),
    }
}

/// RFC 7009, 2.2: the status says all, and the body means nothing. But ANAF says failures with HTTP 200 too, and so do
/// the walls in front of it.
fn revoked(answer: &Answer) -> Result<(), Error> {
    use ErrorKind::{Empty, Truncated, Unreadable};
    let is_page = answer::shape(&answer.body) == Shape::Html;
    match answer::check(answer) {
        Err(error) if is_page || !matches!(error.kind(), Empty | Truncated | Unreadable) => {
            Err(error)
        }
        _ => Ok(()),
    }
}

/// JSON that holds no access token: ANAF's words, where it is one of the forms in which ANAF's services refuse.
fn without_token(answer: &Answer) -> Error {
    match answer::check(answer) {
        // These two would quote the body itself.
        Err(error) if !matches!(error.kind(), ErrorKind::Truncated | ErrorKind::Unreadable) => {
            error
        }
        _ => unreadable(answer, "it has no access token"),
    }
}

/// It may hold half a token, so nothing of it is quoted.
fn malformed(answer: &Answer) -> Error {
    match answer::json::<Value>(answer) {
        Err(error) if error.kind() == ErrorKind::Truncated => answer::answered(
            Error::new(ErrorKind::Truncated).because("the tokens are cut short"),
            answer,
        ),
        _ => unreadable(answer, "its JSON is malformed, or no object"),
    }
}

fn unreadable(answer: &Answer, why: &'static str) -> Error {
    answer::answered(Error::new(ErrorKind::Unreadable).because(why), answer)
}

/// 255 as a code in an OAuth error body: a number or a text, under any of the usual names.
fn is_255(object: &Value) -> bool {
    ["error", "error_code", "errorCode", "code", "status"]
        .iter()
        .filter_map(|name| object.get(name))
        .any(|value| value.as_i64() == Some(255) || value.as_str() == Some("255"))
}

fn concurrent(answer: &Answer) -> Error {
    let pause = answer.pause().unwrap_or(PAUSE_AFTER_255);
    let error = Error::new(ErrorKind::ConcurrentTokens)
        .because("ask for one token at a time, after the pause")
        .with_retry_after(Some(pause));
    answer::answered(error, answer)
}

fn refusal(asked: Asked, word: &str, description: Option<&str>) -> Error {
    let said = match description {
        Some(description) => format!("{word}: {description}"),
        None => word.to_owned(),
    };
    let expired = anaf_types::text::fold(&said).contains("refresh token status is expired");
    let (kind, why) = match (asked, word) {
        (Asked::Refresh, _) if expired => (ErrorKind::NeedsLogin, "the refresh token has expired"),
        (Asked::Refresh, "invalid_grant") => (
            ErrorKind::NeedsLogin,
            "the refresh token is used, revoked or unknown",
        ),
        (Asked::Exchange, "invalid_grant") => (
            ErrorKind::LoginRefused,
            "the code lives 60 seconds and is good for one exchange with the same callback URL: start a new login",
        ),
        (_, "invalid_client" | "unauthorized_client") => (
            ErrorKind::OAuth,
            "the client id or secret is not accepted: compare them with the registration in ANAF's portal",
        ),
        _ => (ErrorKind::OAuth, "see ANAF's words"),
    };
    Error::new(kind).because(why).quoting(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_answer_means() {
        use Asked::{Exchange, Refresh, Revoke};
        use ErrorKind as K;
        let firewall = "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please \
             consult with your administrator.<br><br>Your support ID is: 9826645832961917351";
        let expired =
            r#"{"error":"invalid_request","error_description":"Refresh Token status is expired"}"#;
        let cases: &[(Asked, u16, &str, Option<K>)] = &[
            (Refresh, 200, r#"{"access_token":"a"}"#, None),
            (Refresh, 200, r#"{"access_token":"a"}}"#, None),
            (Refresh, 255, "", Some(K::ConcurrentTokens)),
            (
                Refresh,
                255,
                r#"{"access_token":"a"}"#,
                Some(K::ConcurrentTokens),
            ),
            (
                Refresh,
                400,
                r#"{"error":"255"}"#,
                Some(K::ConcurrentTokens),
            ),
            (
                Refresh,
                200,
                r#"{"error_code":255}"#,
                Some(K::ConcurrentTokens),
            ),
            (
                Refresh,
                400,
                r#"{"error":"invalid_grant"}"#,
                Some(K::NeedsLogin),
            ),
            (Refresh, 400, expired, Some(K::NeedsLogin)),
            (
                Exchange,
                400,
                r#"{"error":"invalid_grant"}"#,
                Some(K::LoginRefused),
            ),
            (
                Refresh,
                400,
                r#"{"error":"invalid_client"}"#,
                Some(K::OAuth),
            ),
            (
                Refresh,
                401,
                r#"{"error":"invalid_client"}"#,
                Some(K::OAuth),
            ),
            (Refresh, 401, "", Some(K::OAuth)),
            (
                Refresh,
                400,
                r#"{"error":"invalid_request"}"#,
                Some(K::OAuth),
            ),
            (Refresh, 429, "", Some(K::Quota)),
            (Refresh, 503, "", Some(K::Server)),
            (
                Refresh,
                500,
                r#"{"status":500,"error":"Internal Server Error"}"#,
                Some(K::Server),
            ),
            (
                Refresh,
                429,
                r#"{"status":429,"error":"Too Many Requests"}"#,
                Some(K::Quota),
            ),
            (Refresh, 403, "", Some(K::Forbidden)),
            (Refresh, 302, "", Some(K::LoginPage)),
            (Refresh, 200, "", Some(K::Empty)),
            (Refresh, 200, firewall, Some(K::Firewall)),
            (Refresh, 200, r#"{"access_token":"s3c"#, Some(K::Truncated)),
            (
                Refresh,
                200,
                r#"{"access_token":"s3c" x"#,
                Some(K::Unreadable),
            ),
            (
                Refresh,
                200,
                r#"{"refresh_token":"s3c","eroare":7}"#,
                Some(K::Unreadable),
            ),
            (
                Refresh,
                200,
                r#"{"eroare":"A aparut o eroare tehnica. Cod: XXX"}"#,
                Some(K::Technical),
            ),
            (Revoke, 200, "", None),
            (Revoke, 204, "", None),
            (Revoke, 200, "{}", None),
            (Revoke, 200, "gata", None),
            (Revoke, 200, r#"{"error":"invalid_client"}"#, Some(K::OAuth)),
            (
                Revoke,
                200,
                r#"{"eroare":"A aparut o eroare tehnica. Cod: XXX"}"#,
                Some(K::Technical),
            ),
            (Revoke, 200, firewall, Some(K::Firewall)),
            (Revoke, 200, "<html>Mentenanta</html>", Some(K::Unreadable)),
            (Revoke, 302, "", Some(K::LoginPage)),
            (Revoke, 503, "", Some(K::Server)),
            (
                Refresh,
                200,
                r#"{"refresh_token":"s3c"}"#,
                Some(K::Unreadable),
            ),
        ];
        for (asked, status, body, expected) in cases {
            let verdict = judge(*asked, &Answer::new(*status, *body)).err();
            assert_eq!(
                verdict.as_ref().map(Error::kind),
                *expected,
                "{status} {body}"
            );
            if let Some(error) = verdict {
                assert!(!format!("{error} {error:?}").contains("s3c"), "{error:?}");
            }
        }
    }

    #[test]
    fn lifetimes_as_numbers_texts_or_missing() {
        let read = |json: &str| serde_json::from_str::<Issued>(json).unwrap().seconds();
        assert_eq!(
            read(r#"{"access_token":"a","expires_in":7776000}"#),
            Some(7_776_000)
        );
        assert_eq!(
            read(r#"{"access_token":"a","expires_in":"7776000"}"#),
            Some(7_776_000)
        );
        assert_eq!(
            read(r#"{"access_token":"a","expires_in":7776000.0}"#),
            Some(7_776_000)
        );
        for missing in [
            "",
            r#","expires_in":null"#,
            r#","expires_in":0"#,
            r#","expires_in":-5"#,
            r#","expires_in":"x""#,
        ] {
            assert_eq!(
                read(&format!(r#"{{"access_token":"a"{missing}}}"#)),
                None,
                "{missing}"
            );
        }
    }
}
