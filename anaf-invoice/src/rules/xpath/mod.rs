//! The little of XPath 2.0 that the official rules are written in, so that a rule here reads like its definition.
//!
//! `line / CAC_ITEM / CBC_NAME` is a path; [`Path::exists`], [`Path::count`], [`Path::is`] ask about the nodes it
//! selects, [`Path::text`] and [`Path::decimal`] want at most one of them. What XPath would refuse (two items where a
//! function takes one, a text that is no number) is an [`Undetermined`]: the rule then has no verdict.

mod big;
pub(crate) mod date;
pub(crate) mod decimal;
mod logic;
pub(crate) mod number;
mod path;
pub(crate) mod text;

pub(crate) use date::Date;
pub(crate) use decimal::Decimal;
pub(crate) use logic::{both, either, not};
pub(crate) use number::{Computed, Number, equal, less, minus, more, plus, times, to_cents};
pub(crate) use path::{At, Filter, Path, Step};

pub(crate) use crate::report::Undetermined;

/// What a test says: passed, failed, or not computable.
pub(crate) type Verdict = Result<bool, Undetermined>;

/// Strips the white space of XML: space, tab, CR, LF. A no-break space is not among them.
pub(crate) fn xml_trim(text: &str) -> &str {
    let is_blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
    let bytes = text.as_bytes();
    if bytes.first().is_some_and(is_blank) || bytes.last().is_some_and(is_blank) {
        text.trim_matches([' ', '\t', '\r', '\n'])
    } else {
        // Nearly always, and looking at two bytes is enough to see it.
        text
    }
}
