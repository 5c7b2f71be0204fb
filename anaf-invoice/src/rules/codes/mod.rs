//! Pattern `Codesmodel`: codes must be on their lists. White space around a code is accepted, case matters.
//!
//! The lists themselves are [`crate::codes::tables`].

pub(super) mod short_tables;

use super::definition::{Context, Rule, Subject, fatal, on};
use super::xpath::{At, Filter, Path, Verdict, text};
use crate::codes::list::CodeList;
use crate::codes::tables::*;
use crate::doc::AttrName;
use crate::doc::attr::*;
use crate::doc::name::*;
use short_tables::{MIME_TYPES, VAT_CATEGORIES, VAT_DATE_CODES};

/// `.` is a code of the list.
fn is_code_of(code: At<'_>, list: &CodeList) -> Verdict {
    Ok(text::is_code_of(&code.text(), list))
}

/// An attribute is a code of the list.
fn attribute_is_code_of(at: At<'_>, attribute: AttrName, list: &CodeList) -> Verdict {
    Ok(text::is_code_of(
        &at.attr(attribute).unwrap_or_default(),
        list,
    ))
}

/// `name[@attribute]`
const fn with(context: Context, has: for<'a> fn(At<'a>) -> Verdict) -> Context {
    context.where_(has)
}

fn has_scheme(at: At<'_>) -> Verdict {
    Ok(at.has(SCHEME_ID))
}

fn has_list(at: At<'_>) -> Verdict {
    Ok(at.has(LIST_ID))
}

/// `AdditionalDocumentReference[cbc:DocumentTypeCode = '130']/cbc:ID[@schemeID]`, and the same of DocumentReference.
fn is_invoiced_object(id: At<'_>) -> Verdict {
    let Some(reference) = id.parent() else {
        return Ok(false);
    };
    Ok(id.has(SCHEME_ID) && (reference / CBC_DOCUMENT_TYPE_CODE).is("130")?)
}

/// `cac:AllowanceCharge[cbc:ChargeIndicator = false()]/cbc:AllowanceChargeReasonCode`
fn in_allowance(code: At<'_>) -> Verdict {
    code.parent()
        .map_or(Ok(false), |parent| Filter::Charge(false).holds(parent))
}

fn in_charge(code: At<'_>) -> Verdict {
    code.parent()
        .map_or(Ok(false), |parent| Filter::Charge(true).holds(parent))
}

/// `SEPA` in the seller or the payee: the bank assigned creditor identifier (BT-90).
fn is_creditor_identifier(id: At<'_>) -> Verdict {
    let mut ancestors = std::iter::successors(id.parent(), |at| at.parent()).map(At::name);
    let scheme = id.attr(SCHEME_ID).unwrap_or_default();
    Ok(text::normalizes_to(&scheme, "SEPA")
        && ancestors.any(|name| name == CAC_ACCOUNTING_SUPPLIER_PARTY || name == CAC_PAYEE_PARTY))
}

/// In order: the first rule whose context matches takes the node.
pub(super) const RULES: &[Rule] = &[
    Rule::new(
        &[on(CBC_INVOICE_TYPE_CODE), on(CBC_CREDIT_NOTE_TYPE_CODE)],
        &[&[fatal("BR-CL-01", |code| {
            is_code_of(
                code,
                if code.name() == CBC_INVOICE_TYPE_CODE {
                    INVOICE_TYPES
                } else {
                    CREDIT_NOTE_TYPES
                },
            )
        })]],
    ),
    Rule::new(
        &[Context::new(Subject::Attribute(CURRENCY_ID))],
        &[&[fatal("BR-CL-03", |at| {
            attribute_is_code_of(at, CURRENCY_ID, CURRENCIES)
        })]],
    ),
    Rule::new(
        &[on(CBC_DOCUMENT_CURRENCY_CODE)],
        &[&[fatal("BR-CL-04", |code| is_code_of(code, CURRENCIES))]],
    ),
    Rule::new(
        &[on(CBC_TAX_CURRENCY_CODE)],
        &[&[fatal("BR-CL-05", |code| is_code_of(code, CURRENCIES))]],
    ),
    Rule::new(
        &[on(CBC_DESCRIPTION_CODE).within(&[CAC_INVOICE_PERIOD])],
        &[&[fatal("BR-CL-06", |code| is_code_of(code, VAT_DATE_CODES))]],
    ),
    Rule::new(
        &[
            with(
                on(CBC_ID).within(&[CAC_ADDITIONAL_DOCUMENT_REFERENCE]),
                is_invoiced_object,
            ),
            with(
                on(CBC_ID).within(&[CAC_DOCUMENT_REFERENCE]),
                is_invoiced_object,
            ),
        ],
        &[&[fatal("BR-CL-07", |id| {
            attribute_is_code_of(id, SCHEME_ID, REFERENCE_QUALIFIERS)
        })]],
    ),
    Rule::new(
        &[with(
            on(CBC_ID).within(&[CAC_PARTY_IDENTIFICATION]),
            has_scheme,
        )],
        &[&[fatal("BR-CL-10", |id| {
            Ok(attribute_is_code_of(id, SCHEME_ID, ICD_SCHEMES)? || is_creditor_identifier(id)?)
        })]],
    ),
    Rule::new(
        &[with(
            on(CBC_COMPANY_ID).within(&[CAC_PARTY_LEGAL_ENTITY]),
            has_scheme,
        )],
        &[&[fatal("BR-CL-11", |id| {
            attribute_is_code_of(id, SCHEME_ID, ICD_SCHEMES)
        })]],
    ),
    Rule::new(
        &[with(
            on(CBC_ITEM_CLASSIFICATION_CODE).within(&[CAC_COMMODITY_CLASSIFICATION]),
            has_list,
        )],
        &[&[fatal("BR-CL-13", |code| {
            attribute_is_code_of(code, LIST_ID, ITEM_TYPES)
        })]],
    ),
    Rule::new(
        &[on(CBC_IDENTIFICATION_CODE).within(&[CAC_COUNTRY])],
        &[&[fatal("BR-CL-14", |code| is_code_of(code, COUNTRIES))]],
    ),
    Rule::new(
        &[on(CBC_IDENTIFICATION_CODE).within(&[CAC_ORIGIN_COUNTRY])],
        &[&[fatal("BR-CL-15", |code| is_code_of(code, COUNTRIES))]],
    ),
    Rule::new(
        &[on(CBC_PAYMENT_MEANS_CODE).within(&[CAC_PAYMENT_MEANS])],
        &[&[fatal("BR-CL-16", |code| is_code_of(code, PAYMENT_MEANS))]],
    ),
    Rule::new(
        &[on(CBC_ID).within(&[CAC_TAX_CATEGORY])],
        &[&[fatal("BR-CL-17", |id| is_code_of(id, VAT_CATEGORIES))]],
    ),
    Rule::new(
        &[on(CBC_ID).within(&[CAC_CLASSIFIED_TAX_CATEGORY])],
        &[&[fatal("BR-CL-18", |id| is_code_of(id, VAT_CATEGORIES))]],
    ),
    Rule::new(
        &[with(
            on(CBC_ALLOWANCE_CHARGE_REASON_CODE).within(&[CAC_ALLOWANCE_CHARGE]),
            in_allowance,
        )],
        &[&[fatal("BR-CL-19", |code| {
            is_code_of(code, ALLOWANCE_REASONS)
        })]],
    ),
    Rule::new(
        &[with(
            on(CBC_ALLOWANCE_CHARGE_REASON_CODE).within(&[CAC_ALLOWANCE_CHARGE]),
            in_charge,
        )],
        &[&[fatal("BR-CL-20", |code| is_code_of(code, CHARGE_REASONS))]],
    ),
    Rule::new(
        &[with(
            on(CBC_ID).within(&[CAC_STANDARD_ITEM_IDENTIFICATION]),
            has_scheme,
        )],
        &[&[fatal("BR-CL-21", |id| {
            attribute_is_code_of(id, SCHEME_ID, ICD_SCHEMES)
        })]],
    ),
    Rule::new(
        &[on(CBC_TAX_EXEMPTION_REASON_CODE)],
        // The one list that is compared in upper case.
        &[&[fatal("BR-CL-22", |code| {
            Ok(text::is_code_of(
                &code.text().to_uppercase(),
                EXEMPTION_REASONS,
            ))
        })]],
    ),
    Rule::new(
        &[Context::new(Subject::Attribute(UNIT_CODE))],
        &[&[fatal("BR-CL-23", |at| {
            attribute_is_code_of(at, UNIT_CODE, UNITS)
        })]],
    ),
    Rule::new(
        &[with(on(CBC_EMBEDDED_DOCUMENT_BINARY_OBJECT), |object| {
            Ok(object.has(MIME_CODE))
        })],
        // To the letter: no white space around.
        &[&[fatal("BR-CL-24", |object| {
            Ok(object
                .attr(MIME_CODE)
                .is_some_and(|code| MIME_TYPES.contains(&code)))
        })]],
    ),
    Rule::new(
        &[with(on(CBC_ENDPOINT_ID), has_scheme)],
        &[&[fatal("BR-CL-25", |endpoint| {
            attribute_is_code_of(endpoint, SCHEME_ID, EAS_SCHEMES)
        })]],
    ),
    Rule::new(
        &[with(
            on(CBC_ID).within(&[CAC_DELIVERY_LOCATION]),
            has_scheme,
        )],
        &[&[fatal("BR-CL-26", |id| {
            attribute_is_code_of(id, SCHEME_ID, ICD_SCHEMES)
        })]],
    ),
];
