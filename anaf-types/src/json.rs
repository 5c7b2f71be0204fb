//! ANAF's JSON, whose types wobble: the same field comes as a string here and as a number there.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// A JSON value as text, borrowed where it can be: a string as it is, null as the empty text, a number and anything else
/// as JSON writes it.
///
/// ```
/// use anaf_types::json::Text;
///
/// let ids: Vec<Text<'_>> = serde_json::from_str(r#"["3828", 3828, null, 12.50, [1]]"#)?;
/// let ids: Vec<&str> = ids.iter().map(Text::as_str).collect();
/// assert_eq!(ids, ["3828", "3828", "", "12.5", "[1]"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text without the white space around it; `None` where nothing is left.
    #[must_use]
    pub fn filled(&self) -> Option<&str> {
        Some(self.0.trim()).filter(|text| !text.is_empty())
    }

    /// Gives the text away.
    #[must_use]
    pub fn into_inner(self) -> Cow<'a, str> {
        self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue).map(Self)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(Value::from(number).to_string()))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Cow::Owned(truth.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(""))
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(""))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<Self::Value, A::Error> {
        let value = Value::deserialize(SeqAccessDeserializer::new(values))?;
        Ok(Cow::Owned(value.to_string()))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Self::Value, A::Error> {
        let value = Value::deserialize(MapAccessDeserializer::new(entries))?;
        Ok(Cow::Owned(value.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_json_value_is_a_text() {
        let cases = [
            (r#""a""#, "a", Some("a")),
            (r#"" a \u0103 ""#, " a ă ", Some("a ă")),
            (r#""  ""#, "  ", None),
            ("null", "", None),
            ("42", "42", Some("42")),
            ("-42", "-42", Some("-42")),
            ("1557.00", "1557.0", Some("1557.0")),
            (
                "18446744073709551615",
                "18446744073709551615",
                Some("18446744073709551615"),
            ),
            ("true", "true", Some("true")),
            (
                r#"[1,{"a":null}]"#,
                r#"[1,{"a":null}]"#,
                Some(r#"[1,{"a":null}]"#),
            ),
            (r#"{"a":"b"}"#, r#"{"a":"b"}"#, Some(r#"{"a":"b"}"#)),
        ];
        for (json, text, filled) in cases {
            let read: Text<'_> = serde_json::from_str(json).unwrap();
            assert_eq!((read.as_str(), read.filled()), (text, filled), "{json}");
            let value: Value = serde_json::from_str(json).unwrap();
            let of_value = Text::deserialize(value).unwrap();
            assert_eq!(of_value, read);
        }
        let borrowed: Text<'_> = serde_json::from_str("\"a\"").unwrap();
        assert!(matches!(borrowed.into_inner(), Cow::Borrowed("a")));
        assert!(serde_json::from_str::<Text<'_>>("[1").is_err());
    }
}
