//! Net amounts by VAT category, and by category and rate: gathered once, however many breakdowns ask.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::Category;
use crate::doc::Name;
use crate::doc::name::*;
use crate::rules::facts::Facts;
use crate::rules::xpath::{At, Computed, Decimal, Filter, Number, Path, Undetermined, Verdict};

/// Elements that carry a category and an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The root's `cac:InvoiceLine`.
    InvoiceLines,
    /// The root's `cac:CreditNoteLine`.
    CreditNoteLines,
    /// The root's `cac:AllowanceCharge[cbc:ChargeIndicator = true()]`.
    Charges,
    /// The root's `cac:AllowanceCharge[cbc:ChargeIndicator = false()]`.
    Allowances,
    /// `//cac:InvoiceLine`; only asked for existence.
    AnyInvoiceLine,
    /// `//cac:CreditNoteLine`; only asked for existence.
    AnyCreditNoteLine,
    /// `//cac:AllowanceCharge`; only asked for existence.
    AnyAllowanceCharge,
}

const SOURCES: usize = 7;

/// The memory of what was summed; empty until a breakdown asks.
#[derive(Debug, Default)]
pub(crate) struct VatSums([OnceCell<Box<Sums>>; Category::ALL.len()]);

/// The sums of one category, by source.
#[derive(Debug, Default)]
struct Sums {
    plain: [OnceCell<Result<Decimal, Undetermined>>; SOURCES],
    rated: [OnceCell<Option<Rates>>; SOURCES],
}

impl VatSums {
    fn of(&self, category: Category) -> Option<&Sums> {
        let cell = self.0.get(category as usize)?;
        Some(cell.get_or_init(Box::default))
    }
}

/// Sum by rate. `None` in the memory: some element cannot be decided, so each question goes through all elements.
type Rates = BTreeMap<Decimal, Decimal>;

impl Source {
    fn nodes<'a>(self, facts: &'a Facts<'a>) -> Box<dyn Iterator<Item = At<'a>> + 'a> {
        let children = |name: Name| {
            facts
                .root_children(name)
                .map(move |node| At { facts, node })
        };
        let anywhere = |name: Name| facts.all(name).iter().map(move |&node| At { facts, node });
        match self {
            Source::InvoiceLines => Box::new(children(CAC_INVOICE_LINE)),
            Source::CreditNoteLines => Box::new(children(CAC_CREDIT_NOTE_LINE)),
            Source::Charges | Source::Allowances => Box::new(children(CAC_ALLOWANCE_CHARGE)),
            Source::AnyInvoiceLine => Box::new(anywhere(CAC_INVOICE_LINE)),
            Source::AnyCreditNoteLine => Box::new(anywhere(CAC_CREDIT_NOTE_LINE)),
            Source::AnyAllowanceCharge => Box::new(anywhere(CAC_ALLOWANCE_CHARGE)),
        }
    }

    /// The source whose rates answer for this one: lines are nearly always the root's.
    fn with_same_rates(self, facts: &Facts<'_>) -> Source {
        match self {
            Source::AnyInvoiceLine if facts.all_are_of_root(CAC_INVOICE_LINE) => {
                Source::InvoiceLines
            }
            Source::AnyCreditNoteLine if facts.all_are_of_root(CAC_CREDIT_NOTE_LINE) => {
                Source::CreditNoteLines
            }
            other => other,
        }
    }

    /// The source's own predicate.
    fn takes(self, at: At<'_>) -> Verdict {
        match self {
            Source::Charges => Filter::Charge(true).holds(at),
            Source::Allowances => Filter::Charge(false).holds(at),
            _ => Ok(true),
        }
    }

    /// Whether some tax category of the element passes the test.
    fn any_category<'a>(self, at: At<'a>, test: impl FnMut(At<'a>) -> Verdict) -> Verdict {
        match self {
            Source::Charges | Source::Allowances | Source::AnyAllowanceCharge => {
                (at / CAC_TAX_CATEGORY).any(test)
            }
            _ => (at / CAC_ITEM / CAC_CLASSIFIED_TAX_CATEGORY).any(test),
        }
    }

    fn amount(self, at: At<'_>) -> Computed {
        match self {
            Source::Charges | Source::Allowances => (at / CBC_AMOUNT).decimal(),
            Source::InvoiceLines | Source::CreditNoteLines => {
                (at / CBC_LINE_EXTENSION_AMOUNT).decimal()
            }
            _ => Ok(Number(None)),
        }
    }

    /// `[.../normalize-space(cbc:ID) = category]`
    fn has_category(self, at: At<'_>, category: Category) -> Verdict {
        self.any_category(at, |tax| Filter::Category(category).holds(tax))
    }

    /// `[.../xs:decimal(cbc:Percent) = $rate]`
    fn has_rate(self, at: At<'_>, rate: &Decimal) -> Verdict {
        let has_rate = |tax: At<'_>| Ok((tax / CBC_PERCENT).decimal()?.0.as_ref() == Some(rate));
        self.any_category(at, has_rate)
    }

    fn selects(self, at: At<'_>, category: Category, rate: &Decimal) -> Verdict {
        Ok(self.takes(at)? && self.has_category(at, category)? && self.has_rate(at, rate)?)
    }
}

/// Sum of the amounts of a category.
pub(super) fn of_category<'a>(
    facts: &'a Facts<'a>,
    source: Source,
    category: Category,
) -> Computed {
    let add_up = || {
        let mut sum = Decimal::ZERO;
        for at in source.nodes(facts) {
            if source.takes(at)?
                && source.has_category(at, category)?
                && let Some(amount) = source.amount(at)?.0
            {
                sum = sum.add(&amount);
            }
        }
        Ok(sum)
    };
    let sums = facts.vat_sums.of(category);
    match sums.and_then(|sums| sums.plain.get(source as usize)) {
        Some(cell) => cell.get_or_init(add_up).clone().map(Number::from),
        None => add_up().map(Number::from),
    }
}

fn rates<'a>(facts: &'a Facts<'a>, source: Source, category: Category) -> Option<&'a Rates> {
    let source = source.with_same_rates(facts);
    let cell = facts.vat_sums.of(category)?.rated.get(source as usize)?;
    cell.get_or_init(|| by_rate(facts, source, category).ok())
        .as_ref()
}

fn by_rate<'a>(
    facts: &'a Facts<'a>,
    source: Source,
    category: Category,
) -> Result<Rates, Undetermined> {
    let mut sums = Rates::new();
    let mut rates: Vec<Decimal> = Vec::new();
    for at in source.nodes(facts) {
        if !(source.takes(at)? && source.has_category(at, category)?) {
            continue;
        }
        rates.clear();
        source.any_category(at, |tax| {
            rates.extend((tax / CBC_PERCENT).decimal()?.0);
            Ok(false)
        })?;
        // A line with the same rate twice counts once.
        rates.sort_unstable();
        rates.dedup();
        let amount = source.amount(at)?.0.unwrap_or(Decimal::ZERO);
        for rate in &rates {
            match sums.get_mut(rate) {
                Some(sum) => *sum = sum.add(&amount),
                None => {
                    sums.insert(rate.clone(), amount.clone());
                }
            }
        }
    }
    Ok(sums)
}

/// Sum of the amounts of a category at a rate.
pub(super) fn of_rate<'a>(
    facts: &'a Facts<'a>,
    source: Source,
    category: Category,
    rate: &Decimal,
) -> Computed {
    if let Some(rates) = rates(facts, source, category) {
        return Ok(Number::from(
            rates.get(rate).cloned().unwrap_or(Decimal::ZERO),
        ));
    }
    let mut sum = Decimal::ZERO;
    for at in source.nodes(facts) {
        if source.selects(at, category, rate)?
            && let Some(amount) = source.amount(at)?.0
        {
            sum = sum.add(&amount);
        }
    }
    Ok(Number::from(sum))
}

/// Whether any element has the category at the rate.
pub(super) fn exists<'a>(
    facts: &'a Facts<'a>,
    source: Source,
    category: Category,
    rate: &Decimal,
) -> Verdict {
    if let Some(rates) = rates(facts, source, category) {
        return Ok(rates.contains_key(rate));
    }
    for at in source.nodes(facts) {
        if source.selects(at, category, rate)? {
            return Ok(true);
        }
    }
    Ok(false)
}
