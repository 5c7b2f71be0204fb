//! Amounts have two decimals at most. The same amounts are checked by BR-DEC-* and UBL-DT-01: one slip, three ids.

use crate::doc::name::*;
use crate::rules::checks::{at_most, two_decimals};
use crate::rules::definition::{Assertion, Context, Rule, fatal, never, on};
use crate::rules::model::allowance_on_line;
use crate::rules::xpath::Filter;

/// `/ubl:Invoice/cac:AllowanceCharge[...]`: not of credit notes.
const fn on_invoice(charge: bool) -> [Context; 1] {
    [on(CAC_ALLOWANCE_CHARGE)
        .within(&[INV_INVOICE])
        .at_root()
        .only(Filter::Charge(charge))]
}

pub(super) const DOCUMENT_ALLOWANCE: Rule = Rule::new(
    const { &on_invoice(false) },
    &[&[
        fatal("BR-DEC-RO-01", |allowance| {
            two_decimals(allowance / CBC_AMOUNT)
        }),
        fatal("BR-DEC-RO-02", |allowance| {
            two_decimals(allowance / CBC_BASE_AMOUNT)
        }),
        fatal("BR-RO-L1017", |allowance| {
            at_most(100, allowance / CBC_ALLOWANCE_CHARGE_REASON_CODE)
        }),
    ]],
);

pub(super) const DOCUMENT_CHARGE: Rule = Rule::new(
    const { &on_invoice(true) },
    &[&[
        fatal("BR-DEC-RO-05", |charge| two_decimals(charge / CBC_AMOUNT)),
        fatal("BR-DEC-RO-06", |charge| {
            two_decimals(charge / CBC_BASE_AMOUNT)
        }),
        fatal("BR-RO-L1018", |charge| {
            at_most(100, charge / CBC_ALLOWANCE_CHARGE_REASON_CODE)
        }),
    ]],
);

/// `cac:LegalMonetaryTotal`
pub(super) const LEGAL_MONETARY_TOTAL: Rule = Rule::new(
    &[on(CAC_LEGAL_MONETARY_TOTAL)],
    &[&[
        fatal("BR-DEC-RO-09", |totals| {
            two_decimals(totals / CBC_LINE_EXTENSION_AMOUNT)
        }),
        fatal("BR-DEC-RO-10", |totals| {
            two_decimals(totals / CBC_ALLOWANCE_TOTAL_AMOUNT)
        }),
        fatal("BR-DEC-RO-11", |totals| {
            two_decimals(totals / CBC_CHARGE_TOTAL_AMOUNT)
        }),
        fatal("BR-DEC-RO-12", |totals| {
            two_decimals(totals / CBC_TAX_EXCLUSIVE_AMOUNT)
        }),
        fatal("BR-DEC-RO-14", |totals| {
            two_decimals(totals / CBC_TAX_INCLUSIVE_AMOUNT)
        }),
        fatal("BR-DEC-RO-16", |totals| {
            two_decimals(totals / CBC_PREPAID_AMOUNT)
        }),
        fatal("BR-DEC-RO-17", |totals| {
            two_decimals(totals / CBC_PAYABLE_ROUNDING_AMOUNT)
        }),
        fatal("BR-DEC-RO-18", |totals| {
            two_decimals(totals / CBC_PAYABLE_AMOUNT)
        }),
    ]],
);

const SHADOWED_BY_ROOT: &str =
    "an earlier rule of the pattern takes the root, and its test could not be false there";

/// On the root, where an earlier rule has taken it.
pub(super) const ON_DOCUMENT: &[Assertion] = &[
    never("BR-DEC-RO-13", SHADOWED_BY_ROOT),
    never("BR-DEC-RO-15", SHADOWED_BY_ROOT),
];

/// `cac:TaxTotal/cac:TaxSubtotal`
pub(super) const TAX_SUBTOTAL: Rule = Rule::new(
    &[on(CAC_TAX_SUBTOTAL).within(&[CAC_TAX_TOTAL])],
    &[&[
        fatal("BR-DEC-RO-1009", |subtotal| {
            two_decimals(subtotal / CBC_TAXABLE_AMOUNT)
        }),
        fatal("BR-DEC-RO-1010", |subtotal| {
            two_decimals(subtotal / CBC_TAX_AMOUNT)
        }),
    ]],
);

/// On lines, where an earlier rule has taken them.
pub(super) const ON_LINE: &[Assertion] = &[never(
    "BR-DEC-RO-23",
    "an earlier rule of the pattern takes every line; BR-DEC-23 asks the same",
)];

pub(super) const LINE_ALLOWANCE: Rule = Rule::new(
    const { &allowance_on_line(false) },
    &[&[
        fatal("BR-DEC-RO-24", |allowance| {
            two_decimals(allowance / CBC_AMOUNT)
        }),
        fatal("BR-DEC-RO-25", |allowance| {
            two_decimals(allowance / CBC_BASE_AMOUNT)
        }),
        fatal("BR-RO-L1022", |allowance| {
            at_most(100, allowance / CBC_ALLOWANCE_CHARGE_REASON)
        }),
    ]],
);

pub(super) const LINE_CHARGE: Rule = Rule::new(
    const { &allowance_on_line(true) },
    &[&[
        fatal("BR-DEC-RO-27", |charge| two_decimals(charge / CBC_AMOUNT)),
        fatal("BR-DEC-RO-28", |charge| {
            two_decimals(charge / CBC_BASE_AMOUNT)
        }),
        fatal("BR-RO-L1023", |charge| {
            at_most(100, charge / CBC_ALLOWANCE_CHARGE_REASON)
        }),
    ]],
);
