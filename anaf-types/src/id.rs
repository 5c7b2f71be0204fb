//! ANAF's identifiers: digit strings that wobble between JSON string and JSON number.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::Text;

/// Why a text is not an identifier of ANAF's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an ANAF identifier is 1 to 20 digits")]
pub struct InvalidId;

macro_rules! digit_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Box<str>);

        impl $name {
            /// Takes 1 to 20 digits, surrounding white space ignored.
            ///
            /// # Errors
            /// [`InvalidId`] for anything else.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let text = text.trim();
                let fits = (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
                if fits { Ok(Self(text.into())) } else { Err(InvalidId) }
            }

            /// The digits, as ANAF printed them.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(s: &str) -> Result<Self, InvalidId> {
                Self::parse(s)
            }
        }

        impl From<u64> for $name {
            fn from(number: u64) -> Self {
                Self(number.to_string().into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = Text::deserialize(d)?;
                Self::parse(text.as_str()).map_err(serde::de::Error::custom)
            }
        }
    };
}

digit_id! {
    /// The index that ANAF gives an upload: `index_incarcare` in the answer, `id_incarcare` in `stareMesaj`,
    /// `id_solicitare` in the lists. It is the receipt of a filing; keep it.
    UploadIndex
}

digit_id! {
    /// The id that `descarcare` takes: `id_descarcare` in `stareMesaj`, `id` in the lists.
    DownloadId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_json_forms_and_the_limits() {
        let cases = [
            (r#""3828""#, Some("3828")),
            ("3828", Some("3828")),
            (r#"" 0042 ""#, Some("0042")),
            (r#""""#, None),
            (r#""12a""#, None),
            ("-1", None),
            ("1.5", None),
            (r#""123456789012345678901""#, None),
        ];
        for (json, expected) in cases {
            let got = serde_json::from_str::<UploadIndex>(json).ok();
            assert_eq!(got.as_ref().map(UploadIndex::as_str), expected, "{json}");
        }
        assert_eq!(
            serde_json::to_string(&DownloadId::from(7)).unwrap(),
            r#""7""#
        );
    }
}
