//! Reading JSON whose types wobble: numbers as strings, strings as numbers, nulls, absences. Nothing is lost: what does
//! not read as the type is kept as text.

use anaf_types::json::Text;
use anaf_types::wall;
use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::codes::{Code, Coded};
use crate::uit::{InvalidUit, Uit};

/// A date and time of ANAF's, Romanian wall time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Moment {
    /// As ANAF wrote it.
    pub text: String,
    /// What it means, in Romania; `None` where the format is new.
    pub at: Option<DateTime>,
}

/// A UIT as ANAF wrote it. It is kept even where its check digits do not fit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UitText(String);

impl UitText {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The UIT that it is.
    ///
    /// # Errors
    /// [`InvalidUit`] where it is none.
    pub fn parse(&self) -> Result<Uit, InvalidUit> {
        self.0.parse()
    }
}

impl std::fmt::Display for UitText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A value as text, trimmed; nulls and blanks are nothing.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Text::deserialize(deserializer).map(|text| text.filled().map(str::to_owned))
}

pub(super) fn uit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<UitText>, D::Error> {
    text(deserializer).map(|text| text.map(UitText))
}

pub(super) fn coded<'de, T: Code, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Coded<T>>, D::Error> {
    text(deserializer).map(|text| text.map(|code| Coded::from_code(&code)))
}

pub(super) fn moment<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Moment>, D::Error> {
    text(deserializer).map(|text| text.map(Moment::of))
}

/// A number, or what stands in its place.
pub(super) fn decimal<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Decimal>, D::Error> {
    let read = |text: String| {
        text.parse()
            .or_else(|_| Decimal::from_scientific(&text))
            .ok()
    };
    text(deserializer).map(|text| text.and_then(read))
}

pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    text(deserializer).map(|text| text.and_then(|text| text.parse().ok()))
}

/// A list, a single value, or nothing.
pub(super) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let values = match Value::deserialize(deserializer)? {
        Value::Array(values) => values,
        one => vec![one],
    };
    Ok(values
        .into_iter()
        .filter_map(|value| text(value).ok().flatten())
        .collect())
}

/// A list of objects; null and absence are an empty one.
pub(super) fn objects<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: serde::de::DeserializeOwned,
    D: Deserializer<'de>,
{
    Option::<Vec<T>>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A list of objects inside of a row: a single one counts as well, and what is none does not take the row along.
pub(super) fn nested<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: serde::de::DeserializeOwned,
    D: Deserializer<'de>,
{
    let values = match Value::deserialize(deserializer)? {
        Value::Array(values) => values,
        one => vec![one],
    };
    Ok(values
        .into_iter()
        .filter_map(|value| serde_json::from_value(value).ok())
        .collect())
}

/// An object inside of a row; what is none does not take the row along.
pub(super) fn object<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: serde::de::DeserializeOwned,
    D: Deserializer<'de>,
{
    Ok(Value::deserialize(deserializer)
        .ok()
        .filter(Value::is_object)
        .and_then(|v| serde_json::from_value(v).ok()))
}

impl Moment {
    pub(super) fn of(text: String) -> Self {
        Self {
            at: wall::parse(&text),
            text,
        }
    }
}
