//! Pattern `UBL-syntax`: which parts of UBL an invoice may use, and how often.
//!
//! Most of it is two tables: elements that must be absent ([`absent_tables`]), attributes that must be absent
//! ([`attributes`]). The rest counts ([`cardinality`]).

pub(super) mod absent;
mod absent_tables;
mod attributes;
mod cardinality;

use super::checks::two_decimals;
use super::definition::{Context, Rule, Subject, fatal};
use super::model::{LINE_CONTEXTS, ROOT};
use super::xpath::{At, Path, Verdict};
use crate::doc::attr::{FILENAME, MIME_CODE};
use crate::doc::name::*;

pub(super) use absent_tables::ABSENT;

/// In order: the first rule whose context matches takes the node.
pub(super) const RULES: &[Rule] = &[
    cardinality::SELLER,
    cardinality::SUPPORTING_DOCUMENT,
    Rule::new(
        &[Context::new(Subject::Suffix("Amount")).where_(is_no_price)],
        &[&[fatal("UBL-DT-01", |amount| two_decimals(amount))]],
    ),
    Rule::new(
        &[Context::new(Subject::Suffix("BinaryObject"))],
        &[&[
            fatal("UBL-DT-06", |object| Ok(object.has(MIME_CODE))),
            fatal("UBL-DT-07", |object| Ok(object.has(FILENAME))),
        ]],
    ),
    cardinality::DELIVERY,
    cardinality::ALLOWANCE,
    cardinality::CHARGE,
    Rule::new(
        ROOT,
        &[
            attributes::ON_DOCUMENT,
            attributes::CONDITIONAL,
            cardinality::ON_DOCUMENT,
        ],
    ),
    Rule::new(LINE_CONTEXTS, &[cardinality::ON_LINE]),
    cardinality::PAYEE,
    cardinality::PAYMENT_MEANS,
    cardinality::PRECEDING_INVOICE,
    cardinality::TAX_REPRESENTATIVE,
    cardinality::TAX_SUBTOTAL,
];

/// `not(ends-with(name(), 'PriceAmount')) and not(ancestor::cac:Price/cac:AllowanceCharge)`
fn is_no_price(amount: At<'_>) -> Verdict {
    if amount
        .doc()
        .local_name(amount.node)
        .ends_with("PriceAmount")
    {
        return Ok(false);
    }
    for ancestor in std::iter::successors(amount.parent(), |at| at.parent()) {
        if ancestor.name() == CAC_PRICE && (ancestor / CAC_ALLOWANCE_CHARGE).exists()? {
            return Ok(false);
        }
    }
    Ok(true)
}
