//! Attributes that must be absent, and absences that depend on another element.

use crate::doc::attr::*;
use crate::doc::name::*;
use crate::doc::{AttrName, Name};
use crate::rules::definition::{Assertion, fatal, warning};
use crate::rules::xpath::{At, Path, Verdict};

/// On the root.
pub(super) const ON_DOCUMENT: &[Assertion] = &[
    warning("UBL-CR-648", |document| {
        none_on(document / CBC_CUSTOMIZATION_ID, SCHEME_ID)
    }),
    warning("UBL-CR-649", |document| {
        none_on(document / CBC_PROFILE_ID, SCHEME_ID)
    }),
    warning("UBL-CR-650", |document| {
        none_on(document / CBC_ID, SCHEME_ID)
    }),
    warning("UBL-CR-651", |document| {
        none_on(document / CBC_SALES_ORDER_ID, SCHEME_ID)
    }),
    warning("UBL-CR-652", |document| {
        none_on_any(document, &[CBC_COMPANY_ID, CAC_PARTY_TAX_SCHEME], SCHEME_ID)
    }),
    warning("UBL-CR-653", |document| {
        none_on(document / CAC_PAYMENT_MEANS / CBC_PAYMENT_ID, SCHEME_ID)
    }),
    warning("UBL-CR-654", |document| {
        none_on(
            document / CAC_PAYMENT_MEANS / CAC_PAYEE_FINANCIAL_ACCOUNT / CBC_ID,
            SCHEME_ID,
        )
    }),
    warning("UBL-CR-655", |document| {
        let account = document / CAC_PAYMENT_MEANS / CAC_PAYEE_FINANCIAL_ACCOUNT;
        none_on(
            account / CAC_FINANCIAL_INSTITUTION_BRANCH / CBC_ID,
            SCHEME_ID,
        )
    }),
    warning("UBL-CR-656", |document| {
        none_on(document / CBC_INVOICE_TYPE_CODE, LIST_ID)
    }),
    warning("UBL-CR-657", |document| {
        none_on(document / CBC_DOCUMENT_CURRENCY_CODE, LIST_ID)
    }),
    warning("UBL-CR-658", |document| {
        none_on(document / CBC_TAX_CURRENCY_CODE, LIST_ID)
    }),
    warning("UBL-CR-659", |document| {
        none_on(
            document / CAC_ADDITIONAL_DOCUMENT_REFERENCE / CBC_DOCUMENT_TYPE_CODE,
            LIST_ID,
        )
    }),
    warning("UBL-CR-660", |document| {
        none_on_any(document, &[CBC_IDENTIFICATION_CODE, CAC_COUNTRY], LIST_ID)
    }),
    warning("UBL-CR-661", |document| {
        none_on(
            document / CAC_PAYMENT_MEANS / CBC_PAYMENT_MEANS_CODE,
            LIST_ID,
        )
    }),
    warning("UBL-CR-662", |document| {
        none_on_any(document, &[CBC_ALLOWANCE_CHARGE_REASON_CODE], LIST_ID)
    }),
    warning("UBL-CR-663", |document| {
        nowhere(document, UNIT_CODE_LIST_ID)
    }),
    warning("UBL-CR-667", |document| {
        none_on_any(
            document,
            &[CBC_ID, CAC_BUYERS_ITEM_IDENTIFICATION],
            SCHEME_ID,
        )
    }),
    warning("UBL-CR-668", |document| {
        none_on_any(
            document,
            &[CBC_ID, CAC_SELLERS_ITEM_IDENTIFICATION],
            SCHEME_ID,
        )
    }),
    warning("UBL-CR-672", |document| {
        none_on(document / CBC_CREDIT_NOTE_TYPE_CODE, LIST_ID)
    }),
    warning("UBL-CR-674", |document| {
        none_on_any(document, &[CBC_PRIMARY_ACCOUNT_NUMBER], SCHEME_ID)
    }),
    warning("UBL-CR-675", |document| {
        none_on_any(document, &[CBC_NETWORK_ID, CAC_CARD_ACCOUNT], SCHEME_ID)
    }),
    warning("UBL-CR-676", |document| {
        none_on_any(document, &[CBC_ID, CAC_PAYMENT_MANDATE], SCHEME_ID)
    }),
    warning("UBL-CR-677", |document| {
        none_on_any(
            document,
            &[CBC_ID, CAC_PAYER_FINANCIAL_ACCOUNT, CAC_PAYMENT_MANDATE],
            SCHEME_ID,
        )
    }),
    warning("UBL-CR-678", |document| {
        none_on_any(document, &[CBC_ID, CAC_TAX_CATEGORY], SCHEME_ID)
    }),
    warning("UBL-CR-679", |document| {
        none_on_any(document, &[CBC_ID, CAC_CLASSIFIED_TAX_CATEGORY], SCHEME_ID)
    }),
    warning("UBL-DT-08", |document| nowhere(document, SCHEME_NAME)),
    warning("UBL-DT-09", |document| {
        nowhere(document, SCHEME_AGENCY_NAME)
    }),
    warning("UBL-DT-10", |document| nowhere(document, SCHEME_DATA_URI)),
    warning("UBL-DT-11", |document| nowhere(document, SCHEME_URI)),
    warning("UBL-DT-12", |document| nowhere(document, FORMAT)),
    warning("UBL-DT-13", |document| {
        nowhere(document, UNIT_CODE_LIST_IDENTIFIER)
    }),
    warning("UBL-DT-14", |document| {
        nowhere(document, UNIT_CODE_LIST_AGENCY_IDENTIFIER)
    }),
    warning("UBL-DT-15", |document| {
        nowhere(document, UNIT_CODE_LIST_AGENCY_NAME)
    }),
    warning("UBL-DT-16", |document| nowhere(document, LIST_AGENCY_NAME)),
    warning("UBL-DT-17", |document| nowhere(document, LIST_NAME)),
    // Only a payment means code may have a name (BT-82).
    warning("UBL-DT-18", |document| {
        Ok(document
            .facts
            .with_attribute(NAME)
            .iter()
            .all(|node| document.doc().name(*node) == CBC_PAYMENT_MEANS_CODE))
    }),
    warning("UBL-DT-19", |document| nowhere(document, LANGUAGE_ID)),
    warning("UBL-DT-20", |document| nowhere(document, LIST_URI)),
    warning("UBL-DT-21", |document| nowhere(document, LIST_SCHEME_URI)),
    warning("UBL-DT-22", |document| {
        nowhere(document, LANGUAGE_LOCALE_ID)
    }),
    warning("UBL-DT-23", |document| nowhere(document, LOWER_URI)),
    warning("UBL-DT-24", |document| {
        nowhere(document, CURRENCY_CODE_LIST_VERSION_ID)
    }),
    warning("UBL-DT-25", |document| {
        nowhere(document, CHARACTER_SET_CODE)
    }),
    warning("UBL-DT-26", |document| nowhere(document, ENCODING_CODE)),
    warning("UBL-DT-27", |document| nowhere(document, SCHEME_AGENCY_ID)),
    warning("UBL-DT-28", |document| nowhere(document, LIST_AGENCY_ID)),
];

/// `not(//@attribute)`
fn nowhere(document: At<'_>, attribute: AttrName) -> Verdict {
    Ok(!document.facts.has_attribute(attribute))
}

/// `not(path/@attribute)`
fn none_on<'a>(path: impl Path<'a>, attribute: AttrName) -> Verdict {
    path.any(|node| Ok(node.has(attribute))).map(|any| !any)
}

/// `not(//.../grandparent/parent/name/@attribute)`; the names from the element up.
fn none_on_any(document: At<'_>, names: &[Name], attribute: AttrName) -> Verdict {
    let Some((name, ancestors)) = names.split_first() else {
        return Ok(true);
    };
    let mut nodes = document
        .facts
        .with_attribute(attribute)
        .iter()
        .map(|&node| At { node, ..document });
    Ok(!nodes.any(|node| node.name() == *name && node.is_in(ancestors)))
}

/// On the root: elements that must be absent wherever they stand, or under a condition.
pub(super) const CONDITIONAL: &[Assertion] =
    &[
        warning("UBL-CR-664", |document| {
            Ok(document.facts.all(CAC_FINANCIAL_INSTITUTION).is_empty())
        }),
        warning("UBL-CR-669", |document| {
            no_price_allowance_has(document, CBC_ALLOWANCE_CHARGE_REASON_CODE)
        }),
        warning("UBL-CR-670", |document| {
            no_price_allowance_has(document, CBC_ALLOWANCE_CHARGE_REASON)
        }),
        warning("UBL-CR-671", |document| {
            no_price_allowance_has(document, CBC_MULTIPLIER_FACTOR_NUMERIC)
        }),
        warning("UBL-CR-680", |document| {
            let payer = |means| means / CAC_PAYER_FINANCIAL_ACCOUNT;
            document
                .exists_anywhere(CAC_PAYMENT_MEANS, payer)
                .map(|exists| !exists)
        }),
        warning("UBL-CR-002", |document| {
            let version = document / CBC_UBL_VERSION_ID;
            Ok(version.missing()? || version.is("2.1")?)
        }),
        warning("UBL-CR-412", |document| {
            Ok(
                (document / CAC_PAYMENT_MEANS / CBC_PAYMENT_DUE_DATE).missing()?
                    || document.name() == CN_CREDIT_NOTE,
            )
        }),
        warning("UBL-CR-665", |document| {
            let is_other = |reference: At<'_>| {
                let code = reference / CBC_DOCUMENT_TYPE_CODE;
                Ok(code.any(|code| Ok(code.text() != "130"))? || code.missing()?)
            };
            none_in(document, |reference| {
                Ok(is_other(reference)? && (reference / CBC_ID).any(|id| Ok(id.has(SCHEME_ID)))?)
            })
        }),
        fatal("UBL-CR-666", |document| {
            none_in(document, |reference| {
                Ok(is_invoiced_object(reference)? && (reference / CAC_ATTACHMENT).exists()?)
            })
        }),
        fatal("UBL-CR-673", |document| {
            none_in(document, |reference| {
                Ok(is_invoiced_object(reference)?
                    && (reference / CBC_DOCUMENT_DESCRIPTION).exists()?)
            })
        }),
    ];

/// `not(//cac:Price/cac:AllowanceCharge/name)`
fn no_price_allowance_has(document: At<'_>, name: Name) -> Verdict {
    for allowance in document.anywhere(CAC_ALLOWANCE_CHARGE) {
        if allowance.is_in(&[CAC_PRICE]) && (allowance / name).exists()? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// No `//cac:AdditionalDocumentReference` is so.
fn none_in(document: At<'_>, test: impl Fn(At<'_>) -> Verdict) -> Verdict {
    for reference in document.anywhere(CAC_ADDITIONAL_DOCUMENT_REFERENCE) {
        if test(reference)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `[cbc:DocumentTypeCode = '130']`
fn is_invoiced_object(reference: At<'_>) -> Verdict {
    (reference / CBC_DOCUMENT_TYPE_CODE).is("130")
}
