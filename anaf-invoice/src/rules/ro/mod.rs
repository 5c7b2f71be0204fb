//! Pattern `ROmodel`: what CIUS-RO adds to EN 16931.
//!
//! Three contexts of the official file name a credit note by a wrong namespace (`/ubl:CreditNote`, `cac:CreditNote`),
//! so their assertions look at invoices only: BR-RO-140 to 180, 201, 202, 211, 212, BR-DEC-RO-01 to 06, BR-RO-L1017,
//! BR-RO-L1018. They are written here as they work.

mod addresses;
mod dates;
mod decimals;
mod document;
mod lengths;

use super::definition::Rule;
use super::model::{LINE_CONTEXTS, ROOT};

/// In order: the first rule whose context matches takes the node.
pub(super) const RULES: &[Rule] = &[
    dates::ISSUE,
    dates::TAX_POINT,
    dates::DUE,
    dates::PAYMENT_DUE,
    dates::DELIVERY,
    dates::START,
    dates::END,
    document::PRICE_AMOUNT,
    document::INVOICE_TYPE,
    document::CREDIT_NOTE_TYPE,
    Rule::new(
        ROOT,
        &[
            document::ON_DOCUMENT,
            lengths::ON_DOCUMENT,
            addresses::ON_DOCUMENT,
        ],
    ),
    addresses::TAX_REPRESENTATIVE,
    lengths::PAYMENT_MEANS,
    addresses::DELIVERY,
    document::VAT_DATE_CODE,
    Rule::new(LINE_CONTEXTS, &[lengths::ON_LINE]),
    lengths::ITEM_ATTRIBUTE,
    decimals::DOCUMENT_ALLOWANCE,
    decimals::DOCUMENT_CHARGE,
    decimals::LEGAL_MONETARY_TOTAL,
    Rule::new(ROOT, &[decimals::ON_DOCUMENT]),
    decimals::TAX_SUBTOTAL,
    Rule::new(LINE_CONTEXTS, &[decimals::ON_LINE]),
    decimals::LINE_ALLOWANCE,
    decimals::LINE_CHARGE,
    lengths::NOTE,
    lengths::SUPPORTING_DOCUMENT,
    lengths::PRECEDING_INVOICE,
    lengths::TAX_SUBTOTAL,
];
