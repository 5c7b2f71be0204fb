//! Allowances and charges on the document (BG-20, BG-21) and on lines (BG-27, BG-28).

use crate::doc::name::*;
use crate::rules::checks::two_decimals;
use crate::rules::definition::{Context, Rule, fatal, never, on};
use crate::rules::xpath::{At, Filter, Path, Step, Verdict};

/// `//cac:InvoiceLine/cac:AllowanceCharge[...] | //cac:CreditNoteLine/cac:AllowanceCharge[...]`
pub(in crate::rules) const fn on_line(charge: bool) -> [Context; 2] {
    let allowance = on(CAC_ALLOWANCE_CHARGE).only(Filter::Charge(charge));
    [
        allowance.within(&[CAC_INVOICE_LINE]),
        allowance.within(&[CAC_CREDIT_NOTE_LINE]),
    ]
}

/// `/ubl:Invoice/cac:AllowanceCharge[...] | /cn:CreditNote/cac:AllowanceCharge[...]`
const fn on_document(charge: bool) -> [Context; 2] {
    let allowance = on(CAC_ALLOWANCE_CHARGE)
        .only(Filter::Charge(charge))
        .at_root();
    [
        allowance.within(&[INV_INVOICE]),
        allowance.within(&[CN_CREDIT_NOTE]),
    ]
}

/// BT-95, BT-102: a VAT category.
fn has_vat_category(allowance: At<'_>) -> Verdict {
    (allowance / Step::only(CAC_TAX_CATEGORY, Filter::Vat) / CBC_ID).exists()
}

/// A reason in words or as a code.
fn has_reason(allowance: At<'_>) -> Verdict {
    Ok((allowance / CBC_ALLOWANCE_CHARGE_REASON).exists()?
        || (allowance / CBC_ALLOWANCE_CHARGE_REASON_CODE).exists()?)
}

const TRUE: &str = "its test is true()";

pub(super) const DOCUMENT_ALLOWANCE: Rule = Rule::new(
    const { &on_document(false) },
    &[&[
        fatal("BR-31", |allowance| (allowance / CBC_AMOUNT).exists()),
        fatal("BR-32", has_vat_category),
        fatal("BR-33", has_reason),
        never("BR-CO-05", TRUE),
        fatal("BR-CO-21", has_reason),
        fatal("BR-DEC-01", |allowance| {
            two_decimals(allowance / CBC_AMOUNT)
        }),
        fatal("BR-DEC-02", |allowance| {
            two_decimals(allowance / CBC_BASE_AMOUNT)
        }),
    ]],
);

pub(super) const DOCUMENT_CHARGE: Rule = Rule::new(
    const { &on_document(true) },
    &[&[
        fatal("BR-36", |charge| (charge / CBC_AMOUNT).exists()),
        fatal("BR-37", has_vat_category),
        fatal("BR-38", has_reason),
        never("BR-CO-06", TRUE),
        fatal("BR-CO-22", has_reason),
        fatal("BR-DEC-05", |charge| two_decimals(charge / CBC_AMOUNT)),
        fatal("BR-DEC-06", |charge| two_decimals(charge / CBC_BASE_AMOUNT)),
    ]],
);

pub(super) const LINE_ALLOWANCE: Rule = Rule::new(
    const { &on_line(false) },
    &[&[
        fatal("BR-41", |allowance| (allowance / CBC_AMOUNT).exists()),
        fatal("BR-42", has_reason),
        never("BR-CO-07", TRUE),
        fatal("BR-CO-23", has_reason),
        fatal("BR-DEC-24", |allowance| {
            two_decimals(allowance / CBC_AMOUNT)
        }),
        fatal("BR-DEC-25", |allowance| {
            two_decimals(allowance / CBC_BASE_AMOUNT)
        }),
    ]],
);

pub(super) const LINE_CHARGE: Rule = Rule::new(
    const { &on_line(true) },
    &[&[
        fatal("BR-43", |charge| (charge / CBC_AMOUNT).exists()),
        fatal("BR-44", has_reason),
        never("BR-CO-08", TRUE),
        fatal("BR-CO-24", has_reason),
        fatal("BR-DEC-27", |charge| two_decimals(charge / CBC_AMOUNT)),
        fatal("BR-DEC-28", |charge| two_decimals(charge / CBC_BASE_AMOUNT)),
    ]],
);
