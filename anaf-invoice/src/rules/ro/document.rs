//! Type, number, currency, customization and tax identifiers of the document.

use crate::doc::name::*;
use crate::rules::codes::short_tables::{RO_CREDIT_NOTE_TYPES, RO_INVOICE_TYPES, VAT_DATE_CODES};
use crate::rules::definition::{Assertion, Rule, fatal, on};
use crate::rules::xpath::{At, Path, Verdict, text};

/// BT-24 of CIUS-RO 1.0.1.
const CUSTOMIZATION: &str =
    "urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1";

/// `cbc:PriceAmount`, as a double: `-1E-5` is a number here
pub(super) const PRICE_AMOUNT: Rule = Rule::new(
    &[on(CBC_PRICE_AMOUNT)],
    &[&[fatal("BR-27", |price| {
        Ok(text::versus_zero(&price.text())?.is_ge())
    })]],
);

pub(super) const INVOICE_TYPE: Rule = Rule::new(
    &[on(CBC_INVOICE_TYPE_CODE)],
    &[&[fatal("BR-RO-020_1", |code| {
        Ok(text::is_code_of(&code.text(), RO_INVOICE_TYPES))
    })]],
);

pub(super) const CREDIT_NOTE_TYPE: Rule = Rule::new(
    &[on(CBC_CREDIT_NOTE_TYPE_CODE)],
    &[&[fatal("BR-RO-020_2", |code| {
        Ok(text::is_code_of(&code.text(), RO_CREDIT_NOTE_TYPES))
    })]],
);

/// `cac:InvoicePeriod/cbc:DescriptionCode`
pub(super) const VAT_DATE_CODE: Rule = Rule::new(
    &[on(CBC_DESCRIPTION_CODE).within(&[CAC_INVOICE_PERIOD])],
    &[&[fatal("BR-RO-040", |code| {
        Ok(text::is_code_of(&code.text(), VAT_DATE_CODES))
    })]],
);

/// On the root.
pub(super) const ON_DOCUMENT: &[Assertion] = &[
    // To the letter: a blank at the end fires.
    fatal("BR-RO-001", |document| {
        (document / CBC_CUSTOMIZATION_ID).is(CUSTOMIZATION)
    }),
    fatal("BR-RO-A020", |document| {
        Ok((document / CBC_NOTE).count()? <= 20)
    }),
    // The number has a digit.
    fatal("BR-RO-010", |document| {
        Ok((document / CBC_ID)
            .text()?
            .bytes()
            .any(|byte| byte.is_ascii_digit()))
    }),
    // The accounting currency or the invoice's own is RON.
    fatal("BR-RO-030", |document| {
        let vat_currency = (document / CBC_TAX_CURRENCY_CODE).normalizes_to("RON")?;
        let currency = (document / CBC_DOCUMENT_CURRENCY_CODE).normalizes_to("RON")?;
        Ok(vat_currency || currency)
    }),
    // VAT is named: the seller or the representative has a tax identifier.
    fatal("BR-RO-065", |document| {
        let representative =
            document / CAC_TAX_REPRESENTATIVE_PARTY / CAC_PARTY_TAX_SCHEME / CBC_COMPANY_ID;
        let seller = document
            / CAC_ACCOUNTING_SUPPLIER_PARTY
            / CAC_PARTY
            / CAC_PARTY_TAX_SCHEME
            / CBC_COMPANY_ID;
        Ok(!names_vat(document)? || representative.exists()? || seller.is_present()?)
    }),
    // VAT is named: the buyer has a legal or a tax identifier.
    fatal("BR-RO-120", |document| {
        let buyer = document / CAC_ACCOUNTING_CUSTOMER_PARTY / CAC_PARTY;
        Ok(!names_vat(document)?
            || (buyer / CAC_PARTY_LEGAL_ENTITY / CBC_COMPANY_ID).exists()?
            || (buyer / CAC_PARTY_TAX_SCHEME / CBC_COMPANY_ID).is_present()?)
    }),
];

/// Whether a document allowance, a charge or an *invoice* line has a category of VAT, to the letter. Indicators are
/// compared as texts here: `0` is no allowance, `1` no charge.
fn names_vat(document: At<'_>) -> Verdict {
    let categories = document / CAC_ALLOWANCE_CHARGE / CAC_TAX_CATEGORY / CBC_ID;
    let items = document / CAC_INVOICE_LINE / CAC_ITEM / CAC_CLASSIFIED_TAX_CATEGORY / CBC_ID;
    Ok(
        categories.any(|id| Ok(is_vat_category(id) && in_vat_allowance(id)?))?
            || categories.any(|id| Ok(is_vat_category(id) && in_allowance_with(id, "true")?))?
            || items.any(|id| Ok(is_vat_category(id)))?,
    )
}

fn is_vat_category(id: At<'_>) -> bool {
    matches!(&*id.text(), "S" | "Z" | "E" | "AE" | "K" | "G" | "L" | "M")
}

/// `ancestor::cac:AllowanceCharge/cbc:ChargeIndicator = value`
fn in_allowance_with(id: At<'_>, value: &str) -> Verdict {
    for ancestor in std::iter::successors(id.parent(), |at| at.parent()) {
        if ancestor.name() == CAC_ALLOWANCE_CHARGE && (ancestor / CBC_CHARGE_INDICATOR).is(value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `[ancestor::.../cbc:ChargeIndicator = 'false' and following-sibling::cac:TaxScheme/cbc:ID = 'VAT']`
fn in_vat_allowance(id: At<'_>) -> Verdict {
    let Some(category) = id.parent() else {
        return Ok(false);
    };
    Ok(in_allowance_with(id, "false")?
        && (category / CAC_TAX_SCHEME)
            .any(|scheme| Ok(scheme.node > id.node && (scheme / CBC_ID).is("VAT")?))?)
}
