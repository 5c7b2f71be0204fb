//! The document itself: what an invoice must have at all (BT-1 … BT-24, BG-4, BG-7, BG-25).

use crate::codes::tables::NOTE_SUBJECTS;
use crate::doc::attr::CURRENCY_ID;
use crate::doc::name::*;
use crate::rules::checks::at_most_one;
use crate::rules::definition::{Assertion, Context, Rule, fatal, on};
use crate::rules::xpath::{At, Path, not};
use std::sync::LazyLock;

/// `/ubl:Invoice | /cn:CreditNote`
pub(in crate::rules) const ROOT: &[Context] =
    &[on(INV_INVOICE).at_root(), on(CN_CREDIT_NOTE).at_root()];

/// On the root.
pub(super) const ON_DOCUMENT: &[Assertion] = &[
    fatal("BR-01", |document| {
        (document / CBC_CUSTOMIZATION_ID).has_text()
    }),
    fatal("BR-02", |document| (document / CBC_ID).has_text()),
    fatal("BR-03", |document| (document / CBC_ISSUE_DATE).has_text()),
    fatal("BR-04", |document| {
        Ok((document / CBC_INVOICE_TYPE_CODE).has_text()?
            || (document / CBC_CREDIT_NOTE_TYPE_CODE).has_text()?)
    }),
    fatal("BR-05", |document| {
        (document / CBC_DOCUMENT_CURRENCY_CODE).has_text()
    }),
    fatal("BR-06", |document| {
        (document
            / CAC_ACCOUNTING_SUPPLIER_PARTY
            / CAC_PARTY
            / CAC_PARTY_LEGAL_ENTITY
            / CBC_REGISTRATION_NAME)
            .has_text()
    }),
    fatal("BR-07", |document| {
        (document
            / CAC_ACCOUNTING_CUSTOMER_PARTY
            / CAC_PARTY
            / CAC_PARTY_LEGAL_ENTITY
            / CBC_REGISTRATION_NAME)
            .has_text()
    }),
    fatal("BR-08", |document| {
        (document / CAC_ACCOUNTING_SUPPLIER_PARTY / CAC_PARTY / CAC_POSTAL_ADDRESS).exists()
    }),
    fatal("BR-10", |document| {
        (document / CAC_ACCOUNTING_CUSTOMER_PARTY / CAC_PARTY / CAC_POSTAL_ADDRESS).exists()
    }),
    fatal("BR-16", |document| {
        Ok(
            (document / CAC_INVOICE_LINE).exists()?
                || (document / CAC_CREDIT_NOTE_LINE).exists()?,
        )
    }),
    // Every tax currency (BT-6) has a tax total in it (BT-111).
    fatal("BR-53", |document| {
        let has_total = |currency: &str| {
            document.anywhere(CAC_TAX_TOTAL).any(|total| {
                let in_currency =
                    |amount: At<'_>| Ok(amount.attr(CURRENCY_ID).is_some_and(|id| id == currency));
                (total / CBC_TAX_AMOUNT).any(in_currency) == Ok(true)
            })
        };
        not((document / CBC_TAX_CURRENCY_CODE).any(|currency| Ok(!has_total(&currency.text()))))
    }),
    fatal("BR-66", |document| {
        at_most_one(document / CAC_PAYMENT_MEANS / CAC_CARD_ACCOUNT)
    }),
    fatal("BR-67", |document| {
        at_most_one(document / CAC_PAYMENT_MEANS / CAC_PAYMENT_MANDATE)
    }),
    // The VAT date (BT-7) or its code (BT-8), not both.
    fatal("BR-CO-03", |document| {
        Ok((document / CBC_TAX_POINT_DATE).missing()?
            || (document / CAC_INVOICE_PERIOD / CBC_DESCRIPTION_CODE).missing()?)
    }),
    fatal("BR-CO-18", |document| {
        (document / CAC_TAX_TOTAL / CAC_TAX_SUBTOTAL).exists()
    }),
];

/// `/ubl:Invoice/cbc:Note | /cn:CreditNote/cbc:Note`
pub(super) const NOTE: Rule = Rule::new(
    &[
        on(CBC_NOTE).within(&[INV_INVOICE]).at_root(),
        on(CBC_NOTE).within(&[CN_CREDIT_NOTE]).at_root(),
    ],
    &[&[fatal("BR-CL-08", |note| Ok(subject_is_known(&note.text())))]],
);

/// A note that starts a subject code, `#AAA#`: three characters between the first two `#`.
fn subject_is_known(note: &str) -> bool {
    let Some((_, after)) = note.split_once('#') else {
        return true;
    };
    let Some((subject, _)) = after.split_once('#') else {
        return true;
    };
    subject.chars().count() != 3 || NOTE_SUBJECTS.contains(subject) || SUBJECTS.contains(subject)
}

/// The official rule searches the list as text, so that `A A` passes too.
static SUBJECTS: LazyLock<String> =
    LazyLock::new(|| format!(" {} ", NOTE_SUBJECTS.codes().join(" ")));
