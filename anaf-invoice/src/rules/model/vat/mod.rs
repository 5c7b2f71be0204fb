//! VAT: one family of rules per category, the same ten questions for each.
//!
//! | rules | category (BT-151 …) | |
//! |---|---|---|
//! | BR-S-* | `S` | standard rate |
//! | BR-Z-* | `Z` | zero rate |
//! | BR-E-* | `E` | exempt |
//! | BR-AE-* | `AE` | reverse charge |
//! | BR-IC-* | `K` | intra-community supply |
//! | BR-G-* | `G` | export |
//! | BR-O-* | `O` | outside the scope of VAT |
//! | BR-IG-* | `L` | Canary Islands |
//! | BR-IP-* | `M` | Ceuta and Melilla |
//! | BR-B-* | `B` | split payment, Italy |
//!
//! -01 breakdown there (`presence`), -02 to -04 who must be identified (`identifiers`), -05 to -07 rates of lines,
//! allowances and charges (`rates`), -08 to -10 the breakdown's base, tax and exemption reason (`breakdown`).

pub(super) mod breakdown;
pub(super) mod identifiers;
pub(super) mod presence;
pub(super) mod rates;
mod sums;
mod usage;

pub(crate) use sums::VatSums;
pub(crate) use usage::VatUse;

use crate::rules::xpath::xml_trim;

/// A VAT category that some rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    S,
    Z,
    E,
    Ae,
    K,
    G,
    O,
    L,
    M,
    B,
}

impl Category {
    /// Every category.
    pub(crate) const ALL: [Category; 10] = [
        Category::S,
        Category::Z,
        Category::E,
        Category::Ae,
        Category::K,
        Category::G,
        Category::O,
        Category::L,
        Category::M,
        Category::B,
    ];

    /// The code of UNTDID 5305.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Category::S => "S",
            Category::Z => "Z",
            Category::E => "E",
            Category::Ae => "AE",
            Category::K => "K",
            Category::G => "G",
            Category::O => "O",
            Category::L => "L",
            Category::M => "M",
            Category::B => "B",
        }
    }

    /// The category of a text, white space around it left aside.
    pub(crate) fn parse(text: &str) -> Option<Category> {
        Some(match xml_trim(text) {
            "S" => Category::S,
            "Z" => Category::Z,
            "E" => Category::E,
            "AE" => Category::Ae,
            "K" => Category::K,
            "G" => Category::G,
            "O" => Category::O,
            "L" => Category::L,
            "M" => Category::M,
            "B" => Category::B,
            _ => return None,
        })
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}
