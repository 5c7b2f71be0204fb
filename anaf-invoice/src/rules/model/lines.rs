//! Lines (BG-25) and their items (BG-31).

use crate::doc::attr::{LIST_ID, SCHEME_ID, UNIT_CODE};
use crate::doc::name::*;
use crate::rules::checks::two_decimals;
use crate::rules::definition::{Context, Rule, fatal, on};
use crate::rules::xpath::{At, Filter, Path, Step, Undetermined, either, text};

/// `cac:InvoiceLine | cac:CreditNoteLine`
pub(in crate::rules) const LINE_CONTEXTS: &[Context] =
    &[on(CAC_INVOICE_LINE), on(CAC_CREDIT_NOTE_LINE)];

pub(super) const LINE: Rule = Rule::new(
    LINE_CONTEXTS,
    &[&[
        fatal("BR-21", |line| (line / CBC_ID).has_text()),
        fatal("BR-22", |line| {
            Ok((line / CBC_INVOICED_QUANTITY).exists()?
                || (line / CBC_CREDITED_QUANTITY).exists()?)
        }),
        fatal("BR-23", |line| {
            let has_unit = |quantity: At<'_>| Ok(quantity.has(UNIT_CODE));
            Ok((line / CBC_INVOICED_QUANTITY).any(has_unit)?
                || (line / CBC_CREDITED_QUANTITY).any(has_unit)?)
        }),
        fatal("BR-24", |line| (line / CBC_LINE_EXTENSION_AMOUNT).exists()),
        fatal("BR-25", |line| (line / CAC_ITEM / CBC_NAME).has_text()),
        fatal("BR-26", |line| {
            (line / CAC_PRICE / CBC_PRICE_AMOUNT).exists()
        }),
        // The gross price (BT-148) is not negative.
        fatal("BR-28", |line| {
            let gross = line / CAC_PRICE / CAC_ALLOWANCE_CHARGE / CBC_BASE_AMOUNT;
            either(
                gross.any(|amount| Ok(text::versus_zero(&amount.text())?.is_ge())),
                || gross.missing(),
            )
        }),
        fatal("BR-CO-04", |line| {
            (line / CAC_ITEM / Step::only(CAC_CLASSIFIED_TAX_CATEGORY, Filter::OneVat) / CBC_ID)
                .exists()
        }),
        fatal("BR-DEC-23", |line| {
            two_decimals(line / CBC_LINE_EXTENSION_AMOUNT)
        }),
    ]],
);

/// `//cac:AdditionalItemProperty`
pub(super) const ITEM_ATTRIBUTE: Rule = Rule::new(
    &[on(CAC_ADDITIONAL_ITEM_PROPERTY)],
    &[&[fatal("BR-54", |attribute| {
        Ok((attribute / CBC_NAME).exists()? && (attribute / CBC_VALUE).exists()?)
    })]],
);

/// `.../cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode` of a line
pub(super) const ITEM_CLASSIFICATION: Rule = Rule::new(
    &[
        on(CBC_ITEM_CLASSIFICATION_CODE).within(&[
            CAC_COMMODITY_CLASSIFICATION,
            CAC_ITEM,
            CAC_INVOICE_LINE,
        ]),
        on(CBC_ITEM_CLASSIFICATION_CODE).within(&[
            CAC_COMMODITY_CLASSIFICATION,
            CAC_ITEM,
            CAC_CREDIT_NOTE_LINE,
        ]),
    ],
    &[&[fatal("BR-65", |code| {
        Ok::<_, Undetermined>(code.has(LIST_ID))
    })]],
);

/// `.../cac:Item/cac:StandardItemIdentification/cbc:ID` of a line
pub(super) const ITEM_STANDARD_ID: Rule = Rule::new(
    &[
        on(CBC_ID).within(&[CAC_STANDARD_ITEM_IDENTIFICATION, CAC_ITEM, CAC_INVOICE_LINE]),
        on(CBC_ID).within(&[
            CAC_STANDARD_ITEM_IDENTIFICATION,
            CAC_ITEM,
            CAC_CREDIT_NOTE_LINE,
        ]),
    ],
    &[&[fatal("BR-64", |id| {
        Ok::<_, Undetermined>(id.has(SCHEME_ID))
    })]],
);
