//! Pattern `UBL-model`: the business rules of EN 16931 (its 2022 generation), bound to UBL.

mod allowances;
mod document;
mod lines;
mod parties;
mod payment;
mod periods;
mod references;
mod totals;
pub(crate) mod vat;

use super::definition::Rule;
pub(super) use allowances::on_line as allowance_on_line;
pub(super) use document::ROOT;
pub(super) use lines::LINE_CONTEXTS;
use vat::{breakdown, identifiers, presence, rates};

/// In order: the first rule whose context matches takes the node.
pub(super) const RULES: &[Rule] = &[
    references::SUPPORTING_DOCUMENT,
    totals::PAYABLE_AMOUNT,
    parties::BUYER_ENDPOINT,
    parties::BUYER_ADDRESS,
    payment::CARD,
    parties::DELIVERY_ADDRESS,
    allowances::DOCUMENT_ALLOWANCE,
    allowances::DOCUMENT_CHARGE,
    totals::LEGAL_MONETARY_TOTAL,
    Rule::new(
        ROOT,
        &[
            document::ON_DOCUMENT,
            totals::ON_DOCUMENT,
            presence::ON_DOCUMENT,
            identifiers::ON_DOCUMENT,
        ],
    ),
    lines::LINE,
    allowances::LINE_ALLOWANCE,
    allowances::LINE_CHARGE,
    periods::LINE_PERIOD,
    periods::PERIOD,
    lines::ITEM_ATTRIBUTE,
    lines::ITEM_CLASSIFICATION,
    lines::ITEM_STANDARD_ID,
    document::NOTE,
    parties::PAYEE,
    payment::CREDIT_TRANSFER,
    payment::PAYMENT_MEANS,
    references::PRECEDING_INVOICE,
    parties::SELLER,
    parties::SELLER_ENDPOINT,
    parties::SELLER_ADDRESS,
    parties::TAX_REPRESENTATIVE,
    parties::TAX_REPRESENTATIVE_ADDRESS,
    totals::TAX_TOTAL,
    breakdown::SUBTOTAL,
    parties::VAT_REGISTRATION,
    breakdown::AE,
    rates::AE[0],
    rates::AE[1],
    rates::AE[2],
    breakdown::E,
    rates::E[0],
    rates::E[1],
    rates::E[2],
    breakdown::G,
    rates::G[0],
    rates::G[1],
    rates::G[2],
    breakdown::K,
    rates::K[0],
    rates::K[1],
    rates::K[2],
    breakdown::L,
    rates::L[0],
    rates::L[1],
    rates::L[2],
    breakdown::M,
    rates::M[0],
    rates::M[1],
    rates::M[2],
    breakdown::O,
    rates::O[0],
    rates::O[1],
    rates::O[2],
    breakdown::S,
    rates::S[0],
    rates::S[1],
    rates::S[2],
    breakdown::Z,
    rates::Z[0],
    rates::Z[1],
    rates::Z[2],
];
