//! How long a text may be, in code points after its white space is collapsed.

use crate::doc::AttrName;
use crate::doc::attr::{FILENAME, NAME};
use crate::doc::name::*;
use crate::rules::checks::at_most;
use crate::rules::definition::{Assertion, Rule, fatal, never, on};
use crate::rules::xpath::{At, Path, Undetermined, Verdict, text};

fn seller(document: At<'_>) -> impl Path<'_> {
    document / CAC_ACCOUNTING_SUPPLIER_PARTY / CAC_PARTY
}

fn buyer(document: At<'_>) -> impl Path<'_> {
    document / CAC_ACCOUNTING_CUSTOMER_PARTY / CAC_PARTY
}

fn representative(document: At<'_>) -> impl Path<'_> {
    document / CAC_TAX_REPRESENTATIVE_PARTY
}

fn delivery_address(document: At<'_>) -> impl Path<'_> {
    document / CAC_DELIVERY / CAC_DELIVERY_LOCATION / CAC_ADDRESS
}

/// `string-length(normalize-space(path/@attribute)) <= most`
fn attribute_at_most<'a>(most: usize, path: impl Path<'a>, attribute: AttrName) -> Verdict {
    let mut only = None;
    path.each(|node| match node.attr(attribute) {
        Some(value)
            if only
                .replace(text::normalized_at_most(&value, most))
                .is_some() =>
        {
            Err(Undetermined::SeveralItems)
        }
        _ => Ok(true),
    })?;
    Ok(only.unwrap_or(true))
}

/// On the root.
pub(super) const ON_DOCUMENT: &[Assertion] = &[
    fatal("BR-RO-L0201", |document| {
        at_most(20, seller(document) / CAC_POSTAL_ADDRESS / CBC_POSTAL_ZONE)
    }),
    fatal("BR-RO-L0202", |document| {
        at_most(20, buyer(document) / CAC_POSTAL_ADDRESS / CBC_POSTAL_ZONE)
    }),
    fatal("BR-RO-L0203", |document| {
        at_most(
            20,
            representative(document) / CAC_POSTAL_ADDRESS / CBC_POSTAL_ZONE,
        )
    }),
    fatal("BR-RO-L0204", |document| {
        at_most(20, delivery_address(document) / CBC_POSTAL_ZONE)
    }),
    fatal("BR-RO-L155", |document| at_most(200, document / CBC_ID)),
    fatal("BR-RO-L0302", |document| {
        at_most(200, document / CAC_CONTRACT_DOCUMENT_REFERENCE / CBC_ID)
    }),
    fatal("BR-RO-L0303", |document| {
        at_most(200, document / CAC_ORDER_REFERENCE / CBC_ID)
    }),
    fatal("BR-RO-L0304", |document| {
        at_most(200, document / CAC_ORDER_REFERENCE / CBC_SALES_ORDER_ID)
    }),
    fatal("BR-RO-L0305", |document| {
        at_most(200, document / CAC_RECEIPT_DOCUMENT_REFERENCE / CBC_ID)
    }),
    fatal("BR-RO-L0306", |document| {
        at_most(200, document / CAC_DESPATCH_DOCUMENT_REFERENCE / CBC_ID)
    }),
    fatal("BR-RO-L0307", |document| {
        at_most(200, document / CAC_ORIGINATOR_DOCUMENT_REFERENCE / CBC_ID)
    }),
    fatal("BR-RO-L0501", |document| {
        at_most(50, seller(document) / CAC_POSTAL_ADDRESS / CBC_CITY_NAME)
    }),
    fatal("BR-RO-L0502", |document| {
        at_most(50, buyer(document) / CAC_POSTAL_ADDRESS / CBC_CITY_NAME)
    }),
    fatal("BR-RO-L0503", |document| {
        at_most(
            50,
            representative(document) / CAC_POSTAL_ADDRESS / CBC_CITY_NAME,
        )
    }),
    fatal("BR-RO-L0504", |document| {
        at_most(50, delivery_address(document) / CBC_CITY_NAME)
    }),
    fatal("BR-RO-L1001", |document| {
        at_most(100, document / CBC_ACCOUNTING_COST)
    }),
    fatal("BR-RO-L1002", |document| {
        at_most(
            100,
            seller(document) / CAC_POSTAL_ADDRESS / CBC_ADDITIONAL_STREET_NAME,
        )
    }),
    fatal("BR-RO-L1003", |document| {
        at_most(
            100,
            seller(document) / CAC_POSTAL_ADDRESS / CAC_ADDRESS_LINE / CBC_LINE,
        )
    }),
    fatal("BR-RO-L1004", |document| {
        at_most(100, seller(document) / CAC_CONTACT / CBC_NAME)
    }),
    fatal("BR-RO-L1005", |document| {
        at_most(100, seller(document) / CAC_CONTACT / CBC_TELEPHONE)
    }),
    fatal("BR-RO-L1006", |document| {
        at_most(100, seller(document) / CAC_CONTACT / CBC_ELECTRONIC_MAIL)
    }),
    fatal("BR-RO-L1007", |document| {
        at_most(
            100,
            buyer(document) / CAC_POSTAL_ADDRESS / CBC_ADDITIONAL_STREET_NAME,
        )
    }),
    fatal("BR-RO-L1008", |document| {
        at_most(
            100,
            buyer(document) / CAC_POSTAL_ADDRESS / CAC_ADDRESS_LINE / CBC_LINE,
        )
    }),
    fatal("BR-RO-L1009", |document| {
        at_most(100, buyer(document) / CAC_CONTACT / CBC_NAME)
    }),
    fatal("BR-RO-L1010", |document| {
        at_most(100, buyer(document) / CAC_CONTACT / CBC_TELEPHONE)
    }),
    fatal("BR-RO-L1011", |document| {
        at_most(100, buyer(document) / CAC_CONTACT / CBC_ELECTRONIC_MAIL)
    }),
    fatal("BR-RO-L1012", |document| {
        at_most(
            100,
            representative(document) / CAC_POSTAL_ADDRESS / CBC_ADDITIONAL_STREET_NAME,
        )
    }),
    fatal("BR-RO-L1013", |document| {
        at_most(
            100,
            representative(document) / CAC_POSTAL_ADDRESS / CAC_ADDRESS_LINE / CBC_LINE,
        )
    }),
    fatal("BR-RO-L1014", |document| {
        at_most(100, delivery_address(document) / CBC_ADDITIONAL_STREET_NAME)
    }),
    fatal("BR-RO-L1015", |document| {
        at_most(
            100,
            delivery_address(document) / CAC_ADDRESS_LINE / CBC_LINE,
        )
    }),
    fatal("BR-RO-L151", |document| {
        at_most(150, seller(document) / CAC_POSTAL_ADDRESS / CBC_STREET_NAME)
    }),
    fatal("BR-RO-L152", |document| {
        at_most(150, buyer(document) / CAC_POSTAL_ADDRESS / CBC_STREET_NAME)
    }),
    fatal("BR-RO-L153", |document| {
        at_most(
            150,
            representative(document) / CAC_POSTAL_ADDRESS / CBC_STREET_NAME,
        )
    }),
    fatal("BR-RO-L154", |document| {
        at_most(150, delivery_address(document) / CBC_STREET_NAME)
    }),
    fatal("BR-RO-L201", |document| {
        at_most(
            200,
            seller(document) / CAC_PARTY_LEGAL_ENTITY / CBC_REGISTRATION_NAME,
        )
    }),
    fatal("BR-RO-L202", |document| {
        at_most(200, seller(document) / CAC_PARTY_NAME / CBC_NAME)
    }),
    fatal("BR-RO-L203", |document| {
        at_most(
            200,
            buyer(document) / CAC_PARTY_LEGAL_ENTITY / CBC_REGISTRATION_NAME,
        )
    }),
    fatal("BR-RO-L204", |document| {
        at_most(200, buyer(document) / CAC_PARTY_NAME / CBC_NAME)
    }),
    fatal("BR-RO-L205", |document| {
        at_most(200, document / CAC_PAYEE_PARTY / CAC_PARTY_NAME / CBC_NAME)
    }),
    fatal("BR-RO-L206", |document| {
        at_most(200, representative(document) / CAC_PARTY_NAME / CBC_NAME)
    }),
    fatal("BR-RO-L207", |document| {
        at_most(
            200,
            document / CAC_DELIVERY / CAC_DELIVERY_PARTY / CAC_PARTY_NAME / CBC_NAME,
        )
    }),
    fatal("BR-RO-L301", |document| {
        at_most(300, document / CAC_PAYMENT_TERMS / CBC_NOTE)
    }),
    fatal("BR-RO-L1000", |document| {
        at_most(
            1000,
            seller(document) / CAC_PARTY_LEGAL_ENTITY / CBC_COMPANY_LEGAL_FORM,
        )
    }),
];

/// `//cac:PaymentMeans`
pub(super) const PAYMENT_MEANS: Rule = Rule::new(
    &[on(CAC_PAYMENT_MEANS)],
    &[&[
        fatal("BR-RO-L208", |means| {
            at_most(200, means / CAC_PAYEE_FINANCIAL_ACCOUNT / CBC_NAME)
        }),
        fatal("BR-RO-L209", |means| {
            at_most(200, means / CAC_CARD_ACCOUNT / CBC_HOLDER_NAME)
        }),
        fatal("BR-RO-L1016", |means| {
            attribute_at_most(100, means / CBC_PAYMENT_MEANS_CODE, NAME)
        }),
        fatal("BR-RO-L140", |means| at_most(140, means / CBC_PAYMENT_ID)),
    ]],
);

/// `cac:InvoiceLine | cac:CreditNoteLine`
pub(super) const ON_LINE: &[Assertion] = &[
    fatal("BR-RO-L1024", |line| {
        at_most(100, line / CAC_ITEM / CBC_NAME)
    }),
    fatal("BR-RO-L1021", |line| {
        at_most(100, line / CBC_ACCOUNTING_COST)
    }),
    fatal("BR-RO-L212", |line| {
        at_most(200, line / CAC_ITEM / CBC_DESCRIPTION)
    }),
    fatal("BR-RO-L303", |line| at_most(300, line / CBC_NOTE)),
];

/// A count of one node, which is never more than 50: the number of these elements is not limited.
const COUNTS_ITSELF: &str = "counts the node itself, which is one";

/// `//cac:Item/cac:AdditionalItemProperty`
pub(super) const ITEM_ATTRIBUTE: Rule = Rule::new(
    &[on(CAC_ADDITIONAL_ITEM_PROPERTY).within(&[CAC_ITEM])],
    &[&[
        never("BR-RO-A052", COUNTS_ITSELF),
        fatal("BR-RO-L0505", |attribute| at_most(50, attribute / CBC_NAME)),
        fatal("BR-RO-L1025", |attribute| {
            at_most(100, attribute / CBC_VALUE)
        }),
    ]],
);

/// `cbc:Note`, anywhere: of the document, of a line, of payment terms
pub(super) const NOTE: Rule = Rule::new(
    &[on(CBC_NOTE)],
    &[&[fatal("BR-RO-L302", |note| at_most(300, note))]],
);

/// `//cac:AdditionalDocumentReference`
pub(super) const SUPPORTING_DOCUMENT: Rule = Rule::new(
    &[on(CAC_ADDITIONAL_DOCUMENT_REFERENCE)],
    &[&[
        never("BR-RO-A051", COUNTS_ITSELF),
        fatal("BR-RO-L0308", |reference| at_most(200, reference / CBC_ID)),
        fatal("BR-RO-L1020", |reference| {
            at_most(100, reference / CBC_DOCUMENT_DESCRIPTION)
        }),
        fatal("BR-RO-L210", |reference| {
            at_most(
                200,
                reference / CAC_ATTACHMENT / CAC_EXTERNAL_REFERENCE / CBC_URI,
            )
        }),
        fatal("BR-RO-L211", |reference| {
            attribute_at_most(
                200,
                reference / CAC_ATTACHMENT / CBC_EMBEDDED_DOCUMENT_BINARY_OBJECT,
                FILENAME,
            )
        }),
    ]],
);

/// `//cac:BillingReference`
pub(super) const PRECEDING_INVOICE: Rule = Rule::new(
    &[on(CAC_BILLING_REFERENCE)],
    &[&[
        // UBL allows one reference in each, so that the limit can only be passed against the schema.
        fatal("BR-RO-A500", |reference| {
            Ok((reference / CAC_INVOICE_DOCUMENT_REFERENCE).count()? <= 500)
        }),
        fatal("BR-RO-L156", |reference| {
            at_most(200, reference / CAC_INVOICE_DOCUMENT_REFERENCE / CBC_ID)
        }),
    ]],
);

/// `/ubl:Invoice/cac:TaxTotal/cac:TaxSubtotal`, which an earlier rule has taken.
pub(super) const TAX_SUBTOTAL: Rule = Rule::new(
    &[on(CAC_TAX_SUBTOTAL)
        .within(&[CAC_TAX_TOTAL, INV_INVOICE])
        .at_root()],
    &[&[never(
        "BR-RO-L1019",
        "an earlier rule of the pattern takes every subtotal: BT-120 is not limited",
    )]],
);
