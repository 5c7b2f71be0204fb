//! -01: a category that is used has its VAT breakdown (BG-23), and the rules on mixing categories.

use super::Category;
use super::usage::Kind;
use crate::doc::name::*;
use crate::rules::definition::{Assertion, fatal, vat};
use crate::rules::xpath::{At, Filter, Path, Step, Verdict, both, either, not, text};

/// On the root.
pub(in crate::rules::model) const ON_DOCUMENT: &[Assertion] = &[
    vat("BR-AE-01", Category::Ae, exactly_one_breakdown),
    vat("BR-E-01", Category::E, exactly_one_breakdown),
    vat("BR-G-01", Category::G, exactly_one_breakdown),
    vat("BR-IC-01", Category::K, exactly_one_breakdown),
    vat("BR-O-01", Category::O, exactly_one_breakdown),
    vat("BR-Z-01", Category::Z, exactly_one_breakdown),
    fatal("BR-S-01", |document| {
        let used = is_used(document, |kind| kind.is(Category::S));
        let category = Step::only(CAC_TAX_CATEGORY, Filter::Category(Category::S));
        let broken_down = counts(
            document / CAC_TAX_TOTAL / CAC_TAX_SUBTOTAL / category,
            |_| Ok(true),
        );
        either(both(used, || broken_down), || {
            both(not(used), || not(broken_down))
        })
    }),
    fatal("BR-IG-01", |document| {
        used_means_broken_down(document, Category::L, |tax| (tax / CBC_ID).is("L"))
    }),
    fatal("BR-IP-01", |document| {
        used_means_broken_down(document, Category::M, |tax| {
            Ok((tax / CBC_ID).is("M")? && Filter::Vat.holds(tax)?)
        })
    }),
    // An intra-community supply says when and where to.
    fatal("BR-IC-11", |document| {
        holds_if_broken_down(document, Category::K, || {
            let date = document / CAC_DELIVERY / CBC_ACTUAL_DELIVERY_DATE;
            let has_date = date.text().map(|date| date.chars().nth(1).is_some());
            let has_child = |period: At<'_>| Ok(!period.doc().is_leaf(period.node));
            either(has_date, || (document / CAC_INVOICE_PERIOD).any(has_child))
        })
    }),
    fatal("BR-IC-12", |document| {
        let address = document / CAC_DELIVERY / CAC_DELIVERY_LOCATION / CAC_ADDRESS;
        holds_if_broken_down(document, Category::K, || {
            Ok((address / CAC_COUNTRY / CBC_IDENTIFICATION_CODE)
                .text()?
                .chars()
                .nth(1)
                .is_some())
        })
    }),
    // What is outside the scope of VAT stands alone.
    fatal("BR-O-11", |document| {
        let others = Step::only_both(
            CAC_TAX_CATEGORY,
            Filter::NotCategory(Category::O),
            Filter::Vat,
        );
        holds_if_broken_down(document, Category::O, || {
            Ok((document / CAC_TAX_TOTAL / CAC_TAX_SUBTOTAL / others).count()? == 0)
        })
    }),
    fatal("BR-O-12", |document| {
        let items = &document.facts.vat_use().items;
        holds_if_broken_down(document, Category::O, || {
            not(items.counted(|kind| kind.is_other_vat(Category::O)))
        })
    }),
    fatal("BR-O-13", |document| {
        let allowances = &document.facts.vat_use().allowances;
        holds_if_broken_down(document, Category::O, || {
            not(allowances.counted(|kind| kind.is_other_vat(Category::O)))
        })
    }),
    fatal("BR-O-14", |document| {
        let charges = &document.facts.vat_use().charges;
        holds_if_broken_down(document, Category::O, || {
            not(charges.counted(|kind| kind.is_other_vat(Category::O)))
        })
    }),
    // Split payment is Italian, and does not go with the standard rate.
    fatal("BR-B-01", |document| {
        let abroad = || {
            document
                .anywhere(CBC_IDENTIFICATION_CODE)
                .any(|country| country.text() != "IT")
        };
        Ok(!names(document, Category::B) || !abroad())
    }),
    fatal("BR-B-02", |document| {
        Ok(!names(document, Category::B) || !names(document, Category::S))
    }),
];

/// `[normalize-space(cbc:ID) = category][VAT]`
pub(super) const fn vat_category(category: Category) -> Step {
    Step::only_both(CAC_TAX_CATEGORY, Filter::Category(category), Filter::Vat)
}

/// The category is used somewhere and has one breakdown, or is used nowhere.
fn exactly_one_breakdown(document: At<'_>, category: Category) -> Verdict {
    let vat = document.facts.vat_use();
    let in_categories = vat.categories.any(|kind| kind.has_vat_id(category));
    let in_items = vat.items.any(|kind| kind.has_vat_id(category));
    let has_one_breakdown = || {
        let mut breakdowns = 0;
        breakdown_ids(document).each(|id| {
            breakdowns += usize::from(text::normalizes_to(&id.text(), category.code()));
            Ok(true)
        })?;
        Ok(breakdowns == 1)
    };
    let broken_down = both(either(in_categories, || in_items), has_one_breakdown);
    either(broken_down, || both(not(in_categories), || not(in_items)))
}

/// -01 of L and M: used and broken down (by the test's idea of the category), or neither.
fn used_means_broken_down(
    document: At<'_>,
    category: Category,
    test: impl Fn(At<'_>) -> Verdict,
) -> Verdict {
    let used = is_used(document, |kind| kind.is_vat(category));
    let subtotals = document / CAC_TAX_TOTAL / CAC_TAX_SUBTOTAL;
    either(
        both(used, || counts(subtotals / CAC_TAX_CATEGORY, test)),
        || {
            both(not(used), || {
                Ok((subtotals / vat_category(category)).count()? == 0)
            })
        },
    )
}

/// `(exists(breakdown) and condition) or not(breakdown)`
fn holds_if_broken_down(
    document: At<'_>,
    category: Category,
    condition: impl FnOnce() -> Verdict,
) -> Verdict {
    let broken_down = has_breakdown(document, category);
    either(both(broken_down, condition), || not(broken_down))
}

/// Whether document allowances and charges or items have the category; looks at all of them.
fn is_used(document: At<'_>, test: impl Fn(&Kind) -> Verdict) -> Verdict {
    let vat = document.facts.vat_use();
    Ok(vat.allowances_and_charges.counted(&test)? | vat.items.counted(&test)?)
}

/// `exists(cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory[VAT]/cbc:ID[normalize-space(.) = category])`
fn has_breakdown(document: At<'_>, category: Category) -> Verdict {
    breakdown_ids(document).any(|id| Ok(text::normalizes_to(&id.text(), category.code())))
}

fn breakdown_ids(document: At<'_>) -> impl Path<'_> {
    document / CAC_TAX_TOTAL / CAC_TAX_SUBTOTAL / Step::only(CAC_TAX_CATEGORY, Filter::Vat) / CBC_ID
}

/// `count(path[test]) > 0`: looks at all.
fn counts<'a>(path: impl Path<'a>, test: impl Fn(At<'a>) -> Verdict) -> Verdict {
    let mut any = false;
    path.each(|node| {
        any |= test(node)?;
        Ok(true)
    })?;
    Ok(any)
}

/// `//cac:TaxCategory/cbc:ID = category or //cac:ClassifiedTaxCategory/cbc:ID = category`, to the letter.
fn names(document: At<'_>, category: Category) -> bool {
    let vat = document.facts.vat_use();
    let exact = |kind: &Kind| Ok(kind.has_exact_id(category));
    matches!(vat.categories.any(exact), Ok(true)) || matches!(vat.items.any(exact), Ok(true))
}
