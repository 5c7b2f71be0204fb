//! The code lists of e-Transport, as enums that carry ANAF's code and the Romanian name of each entry.
//!
//! Every list has `code()`, `name()`, `from_code()`, `ALL`, `Display` (the code), `FromStr` (the code), and reads and
//! writes its code with serde. A code that is on no list fails to parse with an [`UnknownCode`] that names the list, or an
//! [`UnknownUnit`] that guesses what was meant. What others wrote, ANAF's *answers* above all, is read into [`Coded`],
//! which keeps what it does not know.

mod border_point;
mod country;
mod county;
mod customs_office;
mod operation;
mod unit;

pub use border_point::BorderPoint;
pub use country::Country;
pub use county::County;
pub use customs_office::CustomsOffice;
pub use operation::{ConfirmationType, DocumentType, Operation, PartnerPlace, Purpose};
pub use unit::{Unit, UnknownUnit};

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A code that is not on its list.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a code of the list {list}")]
#[non_exhaustive]
pub struct UnknownCode {
    /// The attribute whose list was searched, e.g. `codJudet`.
    pub list: &'static str,
    /// What was given, cut to 40 characters.
    pub given: String,
}

crate::shown::debug_as_text!(UnknownCode);

impl UnknownCode {
    pub(crate) fn new(list: &'static str, given: &str) -> Self {
        Self {
            list,
            given: given.chars().take(40).collect(),
        }
    }
}

/// A code list entry: what all the enums of this module share.
pub trait Code: Sized + Copy + 'static {
    /// The attribute that carries the list, e.g. `codJudet`.
    const LIST: &'static str;
    /// ANAF's code.
    fn code(self) -> &'static str;
    /// The Romanian name.
    fn name(self) -> &'static str;
    /// The entry that has this exact code.
    fn from_code(code: &str) -> Option<Self>;
}

/// A code that was read: one that the list knows, or one that it does not, such as one that ANAF has added since.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Coded<T> {
    /// A code of the list.
    Known(T),
    /// A code that this version of the crate does not know, kept as it came.
    Other(String),
}

impl<T> From<T> for Coded<T> {
    fn from(entry: T) -> Self {
        Self::Known(entry)
    }
}

impl<T: Code + PartialEq> PartialEq<T> for Coded<T> {
    fn eq(&self, entry: &T) -> bool {
        matches!(self, Self::Known(known) if known == entry)
    }
}

impl<T: Code> fmt::Display for Coded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl<T: Code> Coded<T> {
    /// Reads a code, keeping an unknown one.
    pub fn from_code(code: &str) -> Self {
        T::from_code(code).map_or_else(|| Self::Other(code.to_owned()), Self::Known)
    }

    /// The code as ANAF wrote it.
    pub fn code(&self) -> &str {
        match self {
            Self::Known(entry) => (*entry).code(),
            Self::Other(code) => code,
        }
    }

    /// The Romanian name, where the list knows the code.
    pub fn name(&self) -> Option<&'static str> {
        self.known().map(Code::name)
    }

    /// The entry, where the list knows it.
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(entry) => Some(*entry),
            Self::Other(_) => None,
        }
    }
}

impl<T: Code> Serialize for Coded<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de, T: Code> Deserialize<'de> for Coded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Ok(Self::from_code(&code))
    }
}

/// Declares one list: the enum and all that it shares with the others.
macro_rules! code_list {
    ($(#[$doc:meta])* pub enum $name:ident in $list:literal { $($entry:ident = $code:literal => $label:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", $code, "`: ", $label, ".")] $entry,)+
        }

        impl $name {
            /// Every entry, in the order of the codes.
            pub const ALL: &'static [Self] = &[$(Self::$entry,)+];

            /// ANAF's code, as it stands in the XML.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$entry => $code,)+ }
            }

            /// The Romanian name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$entry => $label,)+ }
            }

            /// The entry that has this exact code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$entry),)+ _ => None }
            }
        }

        impl $crate::codes::Code for $name {
            const LIST: &'static str = $list;
            fn code(self) -> &'static str { Self::code(self) }
            fn name(self) -> &'static str { Self::name(self) }
            fn from_code(code: &str) -> Option<Self> { Self::from_code(code) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.code()) }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::codes::UnknownCode;
            fn from_str(code: &str) -> Result<Self, Self::Err> {
                Self::from_code(code).ok_or_else(|| $crate::codes::UnknownCode::new($list, code))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                code.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use code_list;

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<T: Code + PartialEq + std::fmt::Debug>(all: &[T], expected: usize) {
        assert_eq!(all.len(), expected, "{}", T::LIST);
        for entry in all {
            assert_eq!(T::from_code(entry.code()), Some(*entry));
            assert!(!entry.name().is_empty());
            // The schema's texts mix cedilla and comma below; the lists of this crate hold the correct letters only.
            assert!(
                !entry.name().contains(['ş', 'ţ', 'Ş', 'Ţ']),
                "{}",
                entry.name()
            );
        }
    }

    #[test]
    fn every_code_of_every_list_reads_back() {
        round_trip(Operation::ALL, 11);
        round_trip(Purpose::ALL, 16);
        round_trip(County::ALL, 42);
        round_trip(BorderPoint::ALL, 38);
        round_trip(CustomsOffice::ALL, 90);
        round_trip(ConfirmationType::ALL, 3);
        round_trip(DocumentType::ALL, 4);
        round_trip(Country::ALL, 254);
        round_trip(Unit::ALL, 2162);
    }

    #[test]
    fn unknown_codes_are_errors_in_documents_and_kept_in_answers() {
        assert_eq!(
            "99".parse::<County>().unwrap_err().to_string(),
            "`99` is not a code of the list codJudet"
        );
        assert!("GR".parse::<Country>().is_err(), "Greece is EL");
        let coded: Coded<Operation> = serde_json::from_str("\"80\"").unwrap();
        assert_eq!((coded.code(), coded.known()), ("80", None));
        assert_eq!(serde_json::to_string(&coded).unwrap(), "\"80\"");
    }
}
