//! The VAT breakdown (BG-23): every `cac:TaxSubtotal`, and -08 (taxable amount), -09 (tax amount), -10 (exemption
//! reason) of each category.

use super::Category;
use super::sums::{self, Source};
use crate::doc::Name;
use crate::doc::name::*;
use crate::rules::checks::two_decimals;
use crate::rules::definition::{Context, Rule, fatal, on, vat};
use crate::rules::xpath::{
    At, Computed, Decimal, Filter, Number, Path, Step, Undetermined, Verdict, both, either, equal,
    less, minus, more, not, plus, text, times, to_cents,
};
use std::cmp::Ordering;

/// `cac:TaxTotal/cac:TaxSubtotal`
pub(in crate::rules::model) const SUBTOTAL: Rule = Rule::new(
    &[on(CAC_TAX_SUBTOTAL).within(&[CAC_TAX_TOTAL])],
    &[&[
        fatal("BR-45", |subtotal| (subtotal / CBC_TAXABLE_AMOUNT).exists()),
        fatal("BR-46", |subtotal| (subtotal / CBC_TAX_AMOUNT).exists()),
        fatal("BR-47", |subtotal| {
            (subtotal / VAT_CATEGORY / CBC_ID).exists()
        }),
        fatal("BR-48", |subtotal| {
            let outside_scope = |tax: At<'_>| (tax / CBC_ID).normalizes_to("O");
            either((subtotal / VAT_CATEGORY / CBC_PERCENT).exists(), || {
                (subtotal / VAT_CATEGORY).any(outside_scope)
            })
        }),
        fatal("BR-CO-17", tax_is_base_times_rate),
        fatal("BR-DEC-19", |subtotal| {
            two_decimals(subtotal / CBC_TAXABLE_AMOUNT)
        }),
        fatal("BR-DEC-20", |subtotal| {
            two_decimals(subtotal / CBC_TAX_AMOUNT)
        }),
    ]],
);

const VAT_CATEGORY: Step = Step::only(CAC_TAX_CATEGORY, Filter::Vat);

/// BR-CO-17: VAT amount = taxable amount × rate, to less than one unit; a rate that rounds to zero wants no VAT.
fn tax_is_base_times_rate(subtotal: At<'_>) -> Verdict {
    let rate = || rate_of(subtotal).map(Number::round);
    let no_tax = || Ok((subtotal / CBC_TAX_AMOUNT).decimal()?.round().is_zero());
    let expected = || {
        let base = (subtotal / CBC_TAXABLE_AMOUNT).decimal().map(Number::abs);
        to_cents(times(base, || rate_of(subtotal).map(Number::percent)))
    };
    let has_rate =
        (subtotal / VAT_CATEGORY).any(|tax| Ok((tax / CBC_PERCENT).decimal()?.0.is_some()));
    let at_zero = both(rate().map(|rate| rate.is_zero()), no_tax);
    let at_rate = || {
        both(rate().map(|rate| rate.is_not_zero()), || {
            is_within_one(subtotal, expected)
        })
    };
    either(either(at_zero, at_rate), || both(not(has_rate), no_tax))
}

/// `cac:TaxCategory[VAT]/xs:decimal(cbc:Percent)`, where one number is wanted.
fn rate_of(subtotal: At<'_>) -> Computed {
    let mut rate = Number(None);
    (subtotal / VAT_CATEGORY).each(|tax| {
        let next = (tax / CBC_PERCENT).decimal()?;
        if next.0.is_some() && std::mem::replace(&mut rate, next).0.is_some() {
            return Err(Undetermined::SeveralItems);
        }
        Ok(true)
    })?;
    Ok(rate)
}

/// `abs(cbc:TaxAmount) - 1 < expected and abs(cbc:TaxAmount) + 1 > expected`
fn is_within_one(subtotal: At<'_>, expected: impl Fn() -> Computed) -> Verdict {
    let tax = || (subtotal / CBC_TAX_AMOUNT).decimal().map(Number::abs);
    let one = || Ok(Number::from(Decimal::ONE));
    both(less(minus(tax(), one), &expected), || {
        more(plus(tax(), one), &expected)
    })
}

/// `/*/cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory[category][VAT]`
const fn breakdown(category: Category) -> [Context; 1] {
    let breakdown = on(CAC_TAX_CATEGORY)
        .within(&[CAC_TAX_SUBTOTAL, CAC_TAX_TOTAL])
        .under_root();
    [breakdown.only_both(Filter::Category(category), Filter::Vat)]
}

macro_rules! breakdown_rule {
    ($name:ident, $category:expr, $base:literal: $base_test:expr, $tax:literal: $tax_test:expr, $reason:literal: $reason_test:expr) => {
        pub(in crate::rules::model) const $name: Rule = Rule::new(
            const { &breakdown($category) },
            &[&[
                vat($base, $category, $base_test),
                vat($tax, $category, $tax_test),
                vat($reason, $category, $reason_test),
            ]],
        );
    };
}

breakdown_rule!(AE, Category::Ae, "BR-AE-08": base_is_sum, "BR-AE-09": no_tax, "BR-AE-10": has_reason);
breakdown_rule!(E, Category::E, "BR-E-08": base_is_sum, "BR-E-09": no_tax, "BR-E-10": has_reason);
breakdown_rule!(G, Category::G, "BR-G-08": base_is_sum, "BR-G-09": no_tax, "BR-G-10": has_reason);
breakdown_rule!(K, Category::K, "BR-IC-08": base_is_sum, "BR-IC-09": no_tax, "BR-IC-10": has_reason);
breakdown_rule!(L, Category::L, "BR-IG-08": base_is_near_sum_at_rate, "BR-IG-09": tax_is_near, "BR-IG-10": no_reason);
breakdown_rule!(M, Category::M, "BR-IP-08": base_is_near_sum_at_rate, "BR-IP-09": tax_is_near, "BR-IP-10": no_reason);
breakdown_rule!(O, Category::O, "BR-O-08": base_is_sum, "BR-O-09": no_tax, "BR-O-10": has_reason);
breakdown_rule!(S, Category::S, "BR-S-08": base_is_near_used_sum_at_rate, "BR-S-09": tax_is_near, "BR-S-10": no_reason);
breakdown_rule!(Z, Category::Z, "BR-Z-08": base_is_sum, "BR-Z-09": no_tax, "BR-Z-10": no_reason);

fn has_reason(tax: At<'_>, _: Category) -> Verdict {
    Ok((tax / CBC_TAX_EXEMPTION_REASON).exists()?
        || (tax / CBC_TAX_EXEMPTION_REASON_CODE).exists()?)
}

fn no_reason(tax: At<'_>, category: Category) -> Verdict {
    Ok(!has_reason(tax, category)?)
}

fn no_tax(tax: At<'_>, _: Category) -> Verdict {
    Ok((subtotal_of(tax) / CBC_TAX_AMOUNT).decimal()?.is_zero())
}

/// The context puts a category into a subtotal.
fn subtotal_of(tax: At<'_>) -> At<'_> {
    tax.parent().unwrap_or(tax)
}

/// -09 at a rate: VAT amount = taxable amount × rate, to less than one unit.
fn tax_is_near(tax: At<'_>, _: Category) -> Verdict {
    let subtotal = subtotal_of(tax);
    is_within_one(subtotal, || {
        let base = (subtotal / CBC_TAXABLE_AMOUNT).decimal().map(Number::abs);
        to_cents(times(base, || {
            (tax / CBC_PERCENT).decimal().map(Number::percent)
        }))
    })
}

const INVOICE: (Name, Source) = (CAC_INVOICE_LINE, Source::InvoiceLines);
const CREDIT_NOTE: (Name, Source) = (CAC_CREDIT_NOTE_LINE, Source::CreditNoteLines);

/// `exists(//line)`
fn has_any(tax: At<'_>, line: Name) -> Verdict {
    Ok(!tax.facts.all(line).is_empty())
}

/// -08 without a rate: taxable amount = lines + charges - allowances of the category, exactly.
fn base_is_sum(tax: At<'_>, category: Category) -> Verdict {
    let sum = |source| sums::of_category(tax.facts, source, category);
    let is_sum = |(line, lines): (Name, Source)| {
        both(has_any(tax, line), || {
            equal((subtotal_of(tax) / CBC_TAXABLE_AMOUNT).decimal(), || {
                minus(plus(sum(lines), || sum(Source::Charges)), || {
                    sum(Source::Allowances)
                })
            })
        })
    };
    either(is_sum(INVOICE), || is_sum(CREDIT_NOTE))
}

/// -08 of L and M: taxable amount within one of the sum at this rate.
fn base_is_near_sum_at_rate(tax: At<'_>, category: Category) -> Verdict {
    let Some(rate) = (tax / CBC_PERCENT).decimal()?.0 else {
        return Ok(true);
    };
    let is_near = |(line, lines): (Name, Source)| {
        both(has_any(tax, line), || {
            base_is_near(tax, category, lines, &rate)
        })
    };
    either(is_near(INVOICE), || is_near(CREDIT_NOTE))
}

/// -08 of S: the same, where the rate is used at all.
fn base_is_near_used_sum_at_rate(tax: At<'_>, category: Category) -> Verdict {
    let Some(rate) = (tax / CBC_PERCENT).decimal()?.0 else {
        return Ok(true);
    };
    let used = |source| sums::exists(tax.facts, source, category, &rate);
    let is_near = |any_line, lines| {
        let is_used = either(used(any_line), || used(Source::AnyAllowanceCharge));
        both(is_used, || base_is_near(tax, category, lines, &rate))
    };
    either(
        is_near(Source::AnyInvoiceLine, Source::InvoiceLines),
        || is_near(Source::AnyCreditNoteLine, Source::CreditNoteLines),
    )
}

/// `xs:decimal(cbc:TaxableAmount - 1) < sum and xs:decimal(cbc:TaxableAmount + 1) > sum`, where the official rules
/// subtract and add as doubles and then compare all binary digits of the result with an exact sum.
fn base_is_near(tax: At<'_>, category: Category, lines: Source, rate: &Decimal) -> Verdict {
    let sum = |source| sums::of_rate(tax.facts, source, category, rate);
    // A comparison of many with one looks at the one first.
    let total = minus(plus(sum(lines), || sum(Source::Charges)), || {
        sum(Source::Allowances)
    })?;
    let base = (subtotal_of(tax) / CBC_TAXABLE_AMOUNT).at_most_one()?;
    let (Some(base), Some(total)) = (base, total.0) else {
        return Ok(false);
    };
    let base = text::double(&base.text())?;
    Ok(compare(base - 1.0, &total)?.is_lt() && compare(base + 1.0, &total)?.is_gt())
}

/// Compares the exact value of a double with a decimal.
fn compare(double: f64, decimal: &Decimal) -> Result<Ordering, Undetermined> {
    if !double.is_finite() {
        return Err(Undetermined::NotFinite);
    }
    let near = decimal.approximate();
    // Far apart, the rounding of the approximation does not matter.
    if (double - near).abs() > 1e-6 * (1.0 + near.abs()) {
        return Ok(double.total_cmp(&near));
    }
    Ok(Decimal::from_double(double)?.cmp(decimal))
}
