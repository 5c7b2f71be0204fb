//! -05 (lines), -06 (document allowances) and -07 (document charges): the rate that goes with a category.

use super::Category;
use crate::doc::name::*;
use crate::rules::definition::{Assertion, Context, Rule, on, vat};
use crate::rules::xpath::{At, Filter, Path, Verdict, text};

/// `cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory[category][VAT]`, and the same of credit note lines.
const fn item(category: Category) -> [Context; 2] {
    let item = on(CAC_CLASSIFIED_TAX_CATEGORY).only_both(Filter::Category(category), Filter::Vat);
    [
        item.within(&[CAC_ITEM, CAC_INVOICE_LINE]),
        item.within(&[CAC_ITEM, CAC_CREDIT_NOTE_LINE]),
    ]
}

/// `cac:AllowanceCharge[cbc:ChargeIndicator = charge]/cac:TaxCategory[category][VAT]`
const fn of_charge(category: Category, charge: bool) -> [Context; 1] {
    let of_charge = on(CAC_TAX_CATEGORY).within(&[CAC_ALLOWANCE_CHARGE]);
    let of_charge = of_charge.only_both(Filter::Category(category), Filter::Vat);
    [of_charge.where_(if charge { in_charge } else { in_allowance })]
}

fn in_charge(tax: At<'_>) -> Verdict {
    tax.parent()
        .map_or(Ok(false), |parent| Filter::Charge(true).holds(parent))
}

fn in_allowance(tax: At<'_>) -> Verdict {
    tax.parent()
        .map_or(Ok(false), |parent| Filter::Charge(false).holds(parent))
}

/// The three rules of a category: allowance, charge, line.
const fn rules(
    contexts: &'static (([Context; 1], [Context; 1]), [Context; 2]),
    assertions: &'static [[&'static [Assertion]; 1]; 3],
) -> [Rule; 3] {
    [
        Rule::new(&contexts.0.0, &assertions[0]),
        Rule::new(&contexts.0.1, &assertions[1]),
        Rule::new(&contexts.1, &assertions[2]),
    ]
}

macro_rules! rate_rules {
    ($name:ident, $category:expr, $allowance:literal, $charge:literal, $line:literal, $test:expr) => {
        pub(in crate::rules::model) const $name: [Rule; 3] = rules(
            const {
                &(
                    (of_charge($category, false), of_charge($category, true)),
                    item($category),
                )
            },
            const {
                &[
                    [&[vat($allowance, $category, $test)]],
                    [&[vat($charge, $category, $test)]],
                    [&[vat($line, $category, $test)]],
                ]
            },
        );
    };
}

rate_rules!(AE, Category::Ae, "BR-AE-06", "BR-AE-07", "BR-AE-05", zero);
rate_rules!(E, Category::E, "BR-E-06", "BR-E-07", "BR-E-05", zero);
rate_rules!(G, Category::G, "BR-G-06", "BR-G-07", "BR-G-05", zero);
rate_rules!(K, Category::K, "BR-IC-06", "BR-IC-07", "BR-IC-05", zero);
rate_rules!(
    L,
    Category::L,
    "BR-IG-06",
    "BR-IG-07",
    "BR-IG-05",
    zero_or_more
);
rate_rules!(
    M,
    Category::M,
    "BR-IP-06",
    "BR-IP-07",
    "BR-IP-05",
    zero_or_more
);
rate_rules!(O, Category::O, "BR-O-06", "BR-O-07", "BR-O-05", none);
rate_rules!(
    S,
    Category::S,
    "BR-S-06",
    "BR-S-07",
    "BR-S-05",
    more_than_zero
);
rate_rules!(Z, Category::Z, "BR-Z-06", "BR-Z-07", "BR-Z-05", zero);

/// `xs:decimal(cbc:Percent) = 0`
fn zero(tax: At<'_>, _: Category) -> Verdict {
    Ok((tax / CBC_PERCENT).decimal()?.is_zero())
}

/// `cbc:Percent >= 0`, as doubles
fn zero_or_more(tax: At<'_>, _: Category) -> Verdict {
    (tax / CBC_PERCENT).any(|percent| Ok(text::versus_zero(&percent.text())?.is_ge()))
}

/// `cbc:Percent > 0`, as doubles
fn more_than_zero(tax: At<'_>, _: Category) -> Verdict {
    (tax / CBC_PERCENT).any(|percent| Ok(text::versus_zero(&percent.text())?.is_gt()))
}

/// `not(cbc:Percent)`
fn none(tax: At<'_>, _: Category) -> Verdict {
    (tax / CBC_PERCENT).missing()
}
