//! How often an element may stand: "at most one", mostly.
//!
//! Several of these never come to speak: where two elements stand, a Romanian rule that reads one cannot be
//! evaluated, and the official processor stops before it reports anything.

use crate::doc::attr::{NAME, SCHEME, SCHEME_ID};
use crate::doc::name::*;
use crate::doc::{Name, NodeId};
use crate::rules::checks::{any_different, at_most_one};
use crate::rules::definition::{Assertion, Rule, fatal, on};
use crate::rules::xpath::{At, Filter, Path, Undetermined, Verdict, text};

/// `cac:AccountingSupplierParty/cac:Party`
pub(super) const SELLER: Rule = Rule::new(
    &[on(CAC_PARTY).within(&[CAC_ACCOUNTING_SUPPLIER_PARTY])],
    &[&[fatal("UBL-SR-42", |party| {
        Ok((party / CAC_PARTY_TAX_SCHEME).count()? <= 2)
    })]],
);

/// `cac:AdditionalDocumentReference`
pub(super) const SUPPORTING_DOCUMENT: Rule = Rule::new(
    &[on(CAC_ADDITIONAL_DOCUMENT_REFERENCE)],
    &[&[
        fatal("UBL-SR-33", |document| {
            at_most_one(document / CBC_DOCUMENT_DESCRIPTION)
        }),
        // Type 130 (invoiced object), 50 (project, on credit notes), or no type.
        fatal("UBL-SR-43", |document| {
            let code = document / CBC_DOCUMENT_TYPE_CODE;
            let on_credit_note =
                || document.doc().local_name(document.doc().root()) == "CreditNote";
            let has_scheme = |id: At<'_>| Ok(id.has(SCHEME));
            Ok(code.is("130")?
                || on_credit_note() && code.is("50")?
                || !(document / CBC_ID).any(has_scheme)? && code.missing()?)
        }),
    ]],
);

/// `cac:Delivery`
pub(super) const DELIVERY: Rule = Rule::new(
    &[on(CAC_DELIVERY)],
    &[&[fatal("UBL-SR-25", |delivery| {
        at_most_one(delivery / CAC_DELIVERY_PARTY / CAC_PARTY_NAME / CBC_NAME)
    })]],
);

/// `cac:AllowanceCharge[cbc:ChargeIndicator = false()]`
pub(super) const ALLOWANCE: Rule = Rule::new(
    &[on(CAC_ALLOWANCE_CHARGE).only(Filter::Charge(false))],
    &[&[fatal("UBL-SR-30", |allowance| {
        at_most_one(allowance / CBC_ALLOWANCE_CHARGE_REASON)
    })]],
);

/// `cac:AllowanceCharge[cbc:ChargeIndicator = true()]`
pub(super) const CHARGE: Rule = Rule::new(
    &[on(CAC_ALLOWANCE_CHARGE).only(Filter::Charge(true))],
    &[&[fatal("UBL-SR-31", |charge| {
        at_most_one(charge / CBC_ALLOWANCE_CHARGE_REASON)
    })]],
);

fn seller(document: At<'_>) -> impl Path<'_> {
    document / CAC_ACCOUNTING_SUPPLIER_PARTY / CAC_PARTY
}

fn buyer(document: At<'_>) -> impl Path<'_> {
    document / CAC_ACCOUNTING_CUSTOMER_PARTY / CAC_PARTY
}

/// On the root.
pub(super) const ON_DOCUMENT: &[Assertion] = &[
    fatal("UBL-SR-01", |document| {
        at_most_one(document / CAC_CONTRACT_DOCUMENT_REFERENCE / CBC_ID)
    }),
    fatal("UBL-SR-02", |document| {
        at_most_one(document / CAC_RECEIPT_DOCUMENT_REFERENCE / CBC_ID)
    }),
    fatal("UBL-SR-03", |document| {
        at_most_one(document / CAC_DESPATCH_DOCUMENT_REFERENCE / CBC_ID)
    }),
    // Invoiced objects (BT-18).
    fatal("UBL-SR-04", |document| {
        let mut ids = 0;
        (document / CAC_ADDITIONAL_DOCUMENT_REFERENCE).each(|reference| {
            if (reference / CBC_DOCUMENT_TYPE_CODE).is("130")? {
                ids += (reference / CBC_ID).count()?;
            }
            Ok(true)
        })?;
        Ok(ids <= 1)
    }),
    fatal("UBL-SR-05", |document| {
        at_most_one(document / CAC_PAYMENT_TERMS / CBC_NOTE)
    }),
    fatal("UBL-SR-08", |document| {
        at_most_one(document / CAC_INVOICE_PERIOD)
    }),
    fatal("UBL-SR-09", |document| {
        at_most_one(seller(document) / CAC_PARTY_LEGAL_ENTITY / CBC_REGISTRATION_NAME)
    }),
    fatal("UBL-SR-10", |document| {
        at_most_one(seller(document) / CAC_PARTY_NAME / CBC_NAME)
    }),
    fatal("UBL-SR-11", |document| {
        at_most_one(seller(document) / CAC_PARTY_LEGAL_ENTITY / CBC_COMPANY_ID)
    }),
    fatal("UBL-SR-12", |document| {
        Ok(registrations(seller(document), true)? <= 1)
    }),
    fatal("UBL-SR-13", |document| {
        Ok(registrations(seller(document), false)? <= 1)
    }),
    fatal("UBL-SR-14", |document| {
        at_most_one(seller(document) / CAC_PARTY_LEGAL_ENTITY / CBC_COMPANY_LEGAL_FORM)
    }),
    fatal("UBL-SR-15", |document| {
        at_most_one(buyer(document) / CAC_PARTY_LEGAL_ENTITY / CBC_REGISTRATION_NAME)
    }),
    fatal("UBL-SR-16", |document| {
        at_most_one(buyer(document) / CAC_PARTY_IDENTIFICATION / CBC_ID)
    }),
    fatal("UBL-SR-17", |document| {
        at_most_one(buyer(document) / CAC_PARTY_LEGAL_ENTITY / CBC_COMPANY_ID)
    }),
    fatal("UBL-SR-18", |document| {
        Ok(registrations(buyer(document), true)? <= 1)
    }),
    fatal("UBL-SR-24", |document| at_most_one(document / CAC_DELIVERY)),
    // Creditor identifiers (BT-90).
    fatal("UBL-SR-29", |document| {
        let is_sepa = |id: &At<'_>| {
            id.attr(SCHEME_ID)
                .is_some_and(|scheme| text::uppercases_to(&scheme, "SEPA"))
        };
        let mut creditors = 0;
        for party in document.anywhere(CAC_PARTY_IDENTIFICATION) {
            (party / CBC_ID).each(|id| {
                creditors += usize::from(is_sepa(&id));
                Ok(true)
            })?;
        }
        Ok(creditors <= 1)
    }),
    fatal("UBL-SR-39", |document| {
        at_most_one(document / CAC_PROJECT_REFERENCE / CBC_ID)
    }),
    fatal("UBL-SR-40", |document| {
        at_most_one(buyer(document) / CAC_PARTY_NAME / CBC_NAME)
    }),
    fatal("UBL-SR-44", |document| {
        Ok(all_same(document, CBC_PAYMENT_ID))
    }),
    fatal("UBL-SR-45", |document| {
        at_most_one(document / CAC_PAYMENT_MEANS / CBC_PAYMENT_DUE_DATE)
    }),
    fatal("UBL-SR-46", |document| {
        let mut names = 0;
        (document / CAC_PAYMENT_MEANS / CBC_PAYMENT_MEANS_CODE).each(|code| {
            names += usize::from(code.has(NAME));
            Ok(true)
        })?;
        Ok(names <= 1)
    }),
    fatal("UBL-SR-47", |document| {
        Ok(all_same(document, CBC_PAYMENT_MEANS_CODE))
    }),
    fatal("UBL-SR-49", |document| {
        at_most_one(document / CAC_INVOICE_PERIOD / CBC_DESCRIPTION_CODE)
    }),
];

/// `count(cac:PartyTaxScheme[cac:TaxScheme/upper-case(cbc:ID) = 'VAT']/cbc:CompanyID)`, or `!= 'VAT'`
fn registrations<'a>(party: impl Path<'a>, vat: bool) -> Result<usize, Undetermined> {
    let mut ids = 0;
    (party / CAC_PARTY_TAX_SCHEME).each(|registration| {
        let matches =
            |scheme: At<'_>| Ok(text::uppercases_to(&(scheme / CBC_ID).text()?, "VAT") == vat);
        if (registration / CAC_TAX_SCHEME).any(matches)? {
            ids += (registration / CBC_COMPANY_ID).count()?;
        }
        Ok(true)
    })?;
    Ok(ids)
}

/// `count(//name[not(preceding::name/. = .)]) <= 1`: every one says the same as the first.
fn all_same(document: At<'_>, name: Name) -> bool {
    let doc = document.doc();
    let mut texts = document
        .facts
        .all(name)
        .iter()
        .map(|node: &NodeId| doc.text(*node));
    texts
        .next()
        .is_none_or(|first| texts.all(|text| text == first))
}

/// `cac:InvoiceLine | cac:CreditNoteLine`
pub(super) const ON_LINE: &[Assertion] = &[
    fatal("UBL-SR-34", |line| at_most_one(line / CBC_NOTE)),
    fatal("UBL-SR-35", |line| {
        at_most_one(line / CAC_ORDER_LINE_REFERENCE / CBC_LINE_ID)
    }),
    fatal("UBL-SR-36", |line| at_most_one(line / CAC_INVOICE_PERIOD)),
    fatal("UBL-SR-37", |line| {
        at_most_one(line / CAC_PRICE / CAC_ALLOWANCE_CHARGE / CBC_AMOUNT)
    }),
    fatal("UBL-SR-48", |line| {
        Ok((line / CAC_ITEM / CAC_CLASSIFIED_TAX_CATEGORY).count()? == 1)
    }),
    fatal("UBL-SR-50", |line| {
        at_most_one(line / CAC_ITEM / CBC_DESCRIPTION)
    }),
];

/// `cac:PayeeParty`. The official tests carry a stray condition: the payee's name differs from the seller's.
pub(super) const PAYEE: Rule = Rule::new(
    &[on(CAC_PAYEE_PARTY)],
    &[&[
        fatal("UBL-SR-19", |payee| {
            Ok(at_most_one(payee / CAC_PARTY_NAME / CBC_NAME)? && is_not_seller(payee)?)
        }),
        fatal("UBL-SR-20", |payee| {
            // Also an identifier without a scheme is another one.
            let is_other =
                |id: &At<'_>| !text::uppercases_to(&id.attr(SCHEME_ID).unwrap_or_default(), "SEPA");
            let mut others = 0;
            (payee / CAC_PARTY_IDENTIFICATION / CBC_ID).each(|id| {
                others += usize::from(is_other(&id));
                Ok(true)
            })?;
            Ok(others <= 1 && is_not_seller(payee)?)
        }),
        fatal("UBL-SR-21", |payee| {
            Ok(
                at_most_one(payee / CAC_PARTY_LEGAL_ENTITY / CBC_COMPANY_ID)?
                    && is_not_seller(payee)?,
            )
        }),
    ]],
);

/// `cac:PartyName/cbc:Name != ../cac:AccountingSupplierParty/.../cbc:RegistrationName`: false where either is missing.
fn is_not_seller(payee: At<'_>) -> Verdict {
    let Some(document) = payee.parent() else {
        return Ok(false);
    };
    let seller = seller(document) / CAC_PARTY_LEGAL_ENTITY / CBC_REGISTRATION_NAME;
    any_different(payee / CAC_PARTY_NAME / CBC_NAME, seller)
}

/// `cac:PaymentMeans`
pub(super) const PAYMENT_MEANS: Rule = Rule::new(
    &[on(CAC_PAYMENT_MEANS)],
    &[&[
        fatal("UBL-SR-26", |means| at_most_one(means / CBC_PAYMENT_ID)),
        fatal("UBL-SR-27", |means| {
            at_most_one(means / CBC_PAYMENT_MEANS_CODE)
        }),
        fatal("UBL-SR-28", |means| {
            at_most_one(means / CAC_PAYMENT_MANDATE / CBC_ID)
        }),
    ]],
);

/// `cac:BillingReference`
pub(super) const PRECEDING_INVOICE: Rule = Rule::new(
    &[on(CAC_BILLING_REFERENCE)],
    &[&[
        fatal("UBL-SR-06", |reference| {
            at_most_one(reference / CAC_INVOICE_DOCUMENT_REFERENCE)
        }),
        fatal("UBL-SR-07", |reference| {
            (reference / CAC_INVOICE_DOCUMENT_REFERENCE / CBC_ID).exists()
        }),
    ]],
);

/// `cac:TaxRepresentativeParty`. The paths have a `cac:Party` that UBL does not have there.
pub(super) const TAX_REPRESENTATIVE: Rule = Rule::new(
    &[on(CAC_TAX_REPRESENTATIVE_PARTY)],
    &[&[
        fatal("UBL-SR-22", |party| {
            at_most_one(party / CAC_PARTY / CAC_PARTY_NAME / CBC_NAME)
        }),
        fatal("UBL-SR-23", |party| {
            at_most_one(party / CAC_PARTY / CAC_PARTY_TAX_SCHEME / CBC_COMPANY_ID)
        }),
    ]],
);

/// `cac:TaxSubtotal`
pub(super) const TAX_SUBTOTAL: Rule = Rule::new(
    &[on(CAC_TAX_SUBTOTAL)],
    &[&[fatal("UBL-SR-32", |subtotal| {
        at_most_one(subtotal / CAC_TAX_CATEGORY / CBC_TAX_EXEMPTION_REASON)
    })]],
);
