//! The schema's simple types.

use crate::codes::{
    BorderPoint, ConfirmationType, Country, County, CustomsOffice, DocumentType, Operation, Purpose,
};
use crate::rules::xpath::{decimal, normalize};
use crate::schema::{dates, digits};
use crate::xml::{is_space, trim};

/// A simple type: what an attribute may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SimpleType {
    /// `Str20` … `Str200`, `Cod30Type`: 1 to so many characters after white space is collapsed.
    Text(u8),
    Uit,
    Declarant,
    /// `D`.
    PostOutage,
    TariffCode,
    Vehicle,
    Unit,
    Country,
    Operation,
    Purpose,
    County,
    BorderPoint,
    CustomsOffice,
    Confirmation,
    DocumentType,
    /// More than zero, 12 digits and 2 decimals.
    Positive,
    /// Zero or more, 12 digits and 2 decimals.
    NotNegative,
    Date,
    DateTime,
}

/// The constraint of XML Schema that a value breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    Lexical,
    Pattern,
    Enumeration,
    TooShort,
    TooLong,
    TooSmall,
}

impl SimpleType {
    /// Whether a value is of the type.
    pub(crate) fn check(self, value: &str) -> Result<(), Broken> {
        let pattern = |fits: bool| if fits { Ok(()) } else { Err(Broken::Pattern) };
        match self {
            Self::Text(max) => text(value, max),
            Self::Uit => pattern(crate::uit::has_shape(value)),
            Self::Declarant => pattern(is_declarant(value)),
            Self::PostOutage => listed(value == "D"),
            Self::TariffCode => pattern(is_tariff_code(value)),
            Self::Vehicle => pattern((2..=20).contains(&value.len()) && is_capital(value)),
            Self::Unit => pattern((2..=3).contains(&value.len()) && is_capital(value)),
            Self::Country => listed(Country::from_code(value).is_some()),
            Self::Operation => number(value, |code| Operation::from_code(code).is_some()),
            Self::Purpose => number(value, |code| Purpose::from_code(code).is_some()),
            Self::County => number(value, |code| County::from_code(code).is_some()),
            Self::BorderPoint => number(value, |code| BorderPoint::from_code(code).is_some()),
            Self::CustomsOffice => number(value, |code| CustomsOffice::from_code(code).is_some()),
            Self::Confirmation => number(value, |code| ConfirmationType::from_code(code).is_some()),
            Self::DocumentType => number(value, |code| DocumentType::from_code(code).is_some()),
            Self::Positive => amount(value, 1),
            Self::NotNegative => amount(value, 0),
            Self::Date => dates::date(value).map(|_| ()).ok_or(Broken::Lexical),
            Self::DateTime => dates::date_time(value).map(|_| ()).ok_or(Broken::Lexical),
        }
    }
}

fn is_capital(value: &str) -> bool {
    value
        .bytes()
        .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

fn listed(fits: bool) -> Result<(), Broken> {
    if fits {
        Ok(())
    } else {
        Err(Broken::Enumeration)
    }
}

fn text(value: &str, max: u8) -> Result<(), Broken> {
    if value.is_ascii() && value.len() <= usize::from(max) && value.bytes().any(|b| !is_space(b)) {
        return Ok(());
    }
    match normalize(value).chars().take(usize::from(max) + 1).count() {
        0 => Err(Broken::TooShort),
        n if n > usize::from(max) => Err(Broken::TooLong),
        _ => Ok(()),
    }
}

/// `((\d{13})|(\d{2,10}))`, digits of any script.
///
/// libxml2 counts the repetitions of both alternatives together and takes 14 to 22 digits as well. The verdict of the
/// schema is libxml2's; rule BR-002 refuses what slips through.
fn is_declarant(value: &str) -> bool {
    value.chars().all(digits::is_schema_digit)
        && matches!(value.chars().take(23).count(), 2..=10 | 13..=22)
}

/// `[0-9]{4}|[0-9]{6}|[0-9]{8}`. For the same reason libxml2 takes 9, 11, 13 and 16 digits as well; rule BR-034 refuses
/// them.
fn is_tariff_code(value: &str) -> bool {
    matches!(value.len(), 4 | 6 | 8 | 9 | 11 | 13 | 16) && value.bytes().all(|b| b.is_ascii_digit())
}

/// An `xs:int` of an enumeration: `+10` and `010` are 10 as well.
fn number(value: &str, is_listed: impl Fn(&str) -> bool) -> Result<(), Broken> {
    let code = code_of(value).ok_or(Broken::Lexical)?;
    listed(is_listed(code))
}

/// The canonical digits of an `xs:int` that is not negative.
pub(crate) fn code_of(value: &str) -> Option<&str> {
    let value = trim(value);
    let digits = value.strip_prefix('+').unwrap_or(value);
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| digits.trim_start_matches('0'))
}

/// `[0-9]{0,12}(\.[0-9]{0,2})?`, and at least `least` above or on zero.
fn amount(value: &str, least: i8) -> Result<(), Broken> {
    let value = trim(value);
    let number = decimal(value).map_err(|_| Broken::Lexical)?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let signed = value.starts_with(['+', '-']);
    if signed || whole.len() > 12 || fraction.len() > 2 {
        return Err(Broken::Pattern);
    }
    if number.signum() < least {
        Err(Broken::TooSmall)
    } else {
        Ok(())
    }
}
