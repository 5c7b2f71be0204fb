//! What a JWT access token says about itself.

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::store::Claims;

/// A longer token is not decoded; it is used as it is.
const LONGEST: usize = 64 * 1024;

/// The payload of a JWT of ANAF's, **decoded without verifying the signature**: it serves for display and for times.
/// ANAF alone decides what a token may do.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Payload {
    #[serde(default, deserialize_with = "text")]
    serial: Option<String>,
    #[serde(default, deserialize_with = "words")]
    role: Vec<String>,
    #[serde(default, deserialize_with = "text")]
    clientappid: Option<String>,
    #[serde(default, deserialize_with = "text")]
    iss: Option<String>,
    #[serde(default, deserialize_with = "words")]
    scope: Vec<String>,
    #[serde(default, deserialize_with = "seconds")]
    iat: Option<i64>,
    #[serde(default, deserialize_with = "seconds")]
    nbf: Option<i64>,
    #[serde(default, deserialize_with = "seconds")]
    exp: Option<i64>,
}

impl Payload {
    /// Reads a token's payload; `None` for an opaque token and for anything that is not a JWT.
    pub(crate) fn of(token: &str) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let mut parts = token.split('.');
        let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let json = URL_SAFE_NO_PAD
            .decode(payload)
            .or_else(|_| URL_SAFE.decode(payload))
            .ok()?;
        // serde would read a list as a struct; a payload is an object.
        match serde_json::from_slice(&json).ok()? {
            Value::Object(object) => serde_json::from_value(Value::Object(object)).ok(),
            _ => None,
        }
    }

    /// How long the token lives, by ANAF's own clock: `exp − iat` (or `nbf`), in seconds. The local clock has no
    /// part in it, so a wrong clock here cannot spoil it.
    pub(crate) fn lifetime(&self) -> Option<i64> {
        let from = self.iat.or(self.nbf)?;
        let lifetime = self.exp?.checked_sub(from)?;
        (lifetime > 0).then_some(lifetime)
    }

    /// `exp` itself, for a token that does not say when it was issued.
    pub(crate) fn expiry(&self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_second(self.exp?).ok()
    }

    pub(crate) fn into_claims(self) -> Claims {
        Claims {
            scope: (!self.scope.is_empty()).then(|| self.scope.join(" ")),
            serial: self.serial,
            roles: self.role,
            client_app_id: self.clientappid,
            issuer: self.iss,
        }
    }
}

/// A text, a number or nothing; anything else counts as nothing rather than spoil the rest.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// Words: a list, or a text split at spaces and commas.
fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let split = |text: &str| -> Vec<String> {
        let words = text.split([' ', ',']).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    };
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => split(&text),
        Value::Array(items) => items
            .iter()
            .filter_map(Value::as_str)
            .flat_map(split)
            .collect(),
        _ => Vec::new(),
    })
}

/// Whole seconds: a number, a fraction cut off, or a text of digits.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().map(|seconds| seconds as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn jwt(payload: &str) -> String {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", part(r#"{"alg":"RS512"}"#), part(payload))
    }

    #[test]
    fn claims_in_every_form_seen() {
        let payload = Payload::of(&jwt(
            r#"{"iss":"https://logincert.anaf.ro","iat":1700000000,"nbf":1700000000,"exp":1707776000,
            "token_type":"access_token","scope":"clientappid info issuer role serial",
            "role":["EFACTURA","HELLO"],"clientappid":"abc","serial":"1234AA456"}"#,
        ))
        .unwrap();
        assert_eq!(payload.lifetime(), Some(7_776_000));
        let claims = payload.into_claims();
        assert_eq!(claims.roles, ["EFACTURA", "HELLO"]);
        assert_eq!(claims.serial.as_deref(), Some("1234AA456"));
        assert_eq!(claims.client_app_id.as_deref(), Some("abc"));
        assert_eq!(
            claims.scope.as_deref(),
            Some("clientappid info issuer role serial")
        );

        let odd = r#"{"role":"EFACTURA, HELLO","serial":12,"exp":"1707776000","iat":true}"#;
        let odd = Payload::of(&jwt(odd)).unwrap();
        assert_eq!(odd.role, ["EFACTURA", "HELLO"]);
        assert_eq!(odd.serial.as_deref(), Some("12"));
        assert_eq!((odd.exp, odd.lifetime()), (Some(1_707_776_000), None));
    }

    #[test]
    fn what_is_not_a_jwt_has_no_claims() {
        for token in ["", "opaque", "a.b", "a.b.c", "a.b.c.d", "..", "e30.W10.x"] {
            assert_eq!(Payload::of(token), None, "{token}");
        }
        assert_eq!(Payload::of(&jwt("{}")), Some(Payload::default()));
    }

    proptest! {
        #[test]
        fn arbitrary_tokens_never_panic(token in ".{0,200}", payload in any::<Vec<u8>>()) {
            let _ = Payload::of(&token);
            let _ = Payload::of(&format!("a.{}.b", URL_SAFE_NO_PAD.encode(payload)));
        }

        #[test]
        fn times_never_overflow(iat in any::<i64>(), exp in any::<i64>()) {
            let payload = Payload { iat: Some(iat), exp: Some(exp), ..Payload::default() };
            let _ = (payload.lifetime(), payload.expiry());
        }
    }
}
