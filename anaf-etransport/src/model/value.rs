//! Values that have a shape of their own.

use std::fmt;
use std::str::FromStr;

use anaf_types::Cif;
use anaf_types::text::mask_personal_codes;

use crate::shown::debug_as_text;

/// Why a text is not such a value. The message does not repeat a fiscal code, which may be a person's.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidValue {
    /// Not a fiscal code.
    #[error(
        "a fiscal code has 2 to 10 digits (CUI) or 13 (CNP, NIF), the first of them not zero, without `RO`"
    )]
    TaxCode,
    /// Not a plate.
    #[error("`{given}` is not a plate for e-Transport: 2 to 20 capital letters and digits, nothing between them{}", hint(.suggestion))]
    VehicleNumber {
        /// What was given, cut to 40 characters.
        given: String,
        /// The same without blanks and hyphens and in capitals, where that would do.
        suggestion: Option<String>,
    },
    /// Not a tariff code.
    #[error("`{given}` is not a tariff code: 4, 6 or 8 digits, without blanks or points")]
    TariffCode {
        /// What was given, cut to 40 characters.
        given: String,
    },
}

debug_as_text!(InvalidValue);

fn hint(suggestion: &Option<String>) -> String {
    suggestion
        .as_ref()
        .map(|plate| format!(", for example {plate}"))
        .unwrap_or_default()
}

/// A Romanian fiscal code as e-Transport takes it: 2 to 10 digits (CUI) or 13 (CNP, NIF), the first not zero.
///
/// Made from a checked [`Cif`], or parsed by its shape alone: the official rules (BR-002) look at no check digit. What a
/// document held that was read is kept as it is. `Display` and `Debug` mask a person's; [`TaxCode::as_str`] gives it whole.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TaxCode(Box<str>);

/// A vehicle's plate: 2 to 20 capital letters and digits, nothing between them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VehicleNumber(Box<str>);

/// A code of the combined nomenclature: 4, 6 or 8 digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TariffCode(Box<str>);

macro_rules! value {
    ($name:ident) => {
        impl $name {
            /// The text, as it stands in the document.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Takes what a document held.
            pub(crate) fn as_read(text: &str) -> Self {
                Self(text.into())
            }
        }
    };
}

macro_rules! shown_whole {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

value!(TaxCode);
value!(VehicleNumber);
value!(TariffCode);
shown_whole!(VehicleNumber);
shown_whole!(TariffCode);

impl fmt::Display for TaxCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask_personal_codes(&self.0))
    }
}

impl fmt::Debug for TaxCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaxCode({self})")
    }
}

impl From<Cif> for TaxCode {
    fn from(cif: Cif) -> Self {
        Self(cif.digits().into())
    }
}

impl FromStr for TaxCode {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if crate::rules::xpath::is_tin(text) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidValue::TaxCode)
        }
    }
}

impl FromStr for VehicleNumber {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if is_plate(text) {
            return Ok(Self(text.into()));
        }
        let bare: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '.'))
            .collect();
        let suggestion = Some(bare.to_ascii_uppercase()).filter(|plate| is_plate(plate));
        Err(InvalidValue::VehicleNumber {
            given: text.chars().take(40).collect(),
            suggestion,
        })
    }
}

fn is_plate(text: &str) -> bool {
    (2..=20).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

impl FromStr for TariffCode {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if matches!(text.len(), 4 | 6 | 8) && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidValue::TariffCode {
                given: text.chars().take(40).collect(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_checked_and_errors_help() {
        for good in ["12", "94013459", "1234567890123"] {
            assert_eq!(good.parse::<TaxCode>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "1",
            "RO94013459",
            "094013459",
            "12345678901",
            "9401345９",
        ] {
            assert_eq!(bad.parse::<TaxCode>(), Err(InvalidValue::TaxCode), "{bad}");
        }
        let error = "b-99 abc".parse::<VehicleNumber>().unwrap_err().to_string();
        assert!(error.ends_with("for example B99ABC"), "{error}");
        assert!(
            !"B99ÂBC"
                .parse::<VehicleNumber>()
                .unwrap_err()
                .to_string()
                .contains("example")
        );
        assert!("0702".parse::<TariffCode>().is_ok() && "0702.00".parse::<TariffCode>().is_err());
    }

    #[test]
    fn a_persons_code_is_not_printed() {
        let code: TaxCode = "1234567890123".parse().unwrap();
        let shown = format!("{code} {code:?}");
        assert!(!shown.contains(code.as_str()), "{shown}");
    }
}
