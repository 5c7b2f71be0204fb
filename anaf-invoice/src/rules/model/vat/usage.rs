//! Which categories a document uses: every `cac:TaxCategory` and `cac:ClassifiedTaxCategory`, boiled down to the few
//! kinds that differ, so that thirty rules ask a handful of entries and not a hundred thousand lines.

use super::Category;
use crate::doc::name::*;
use crate::rules::facts::Facts;
use crate::rules::xpath::{At, Filter, Undetermined, Verdict};

/// What the rules can tell of one tax category element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Kind {
    /// `normalize-space(cbc:ID)`: the category, `None` for any other text; two ids are an error.
    id: Result<Option<Category>, Undetermined>,
    /// Categories that some `cbc:ID` equals after trimming, as bits.
    trimmed: u16,
    /// Categories that some `cbc:ID` equals to the letter, as bits.
    exact: u16,
    vat: Verdict,
}

impl Kind {
    fn of(category: At<'_>) -> Kind {
        let (mut trimmed, mut exact, mut ids, mut last) = (0, 0, 0, None);
        for id in category.doc().children_named(category.node, CBC_ID) {
            let text = category.doc().text(id);
            last = Category::parse(&text);
            if let Some(known) = last {
                trimmed |= known.bit();
                exact |= if text == known.code() { known.bit() } else { 0 };
            }
            ids += 1;
        }
        let id = if ids > 1 {
            Err(Undetermined::SeveralItems)
        } else {
            Ok(last)
        };
        Kind {
            id,
            trimmed,
            exact,
            vat: Filter::Vat.holds(category),
        }
    }

    /// `[normalize-space(cbc:ID) = category]`
    pub(crate) fn is(&self, category: Category) -> Verdict {
        Ok(self.id? == Some(category))
    }

    /// `[normalize-space(cbc:ID) = category][VAT]`
    pub(crate) fn is_vat(&self, category: Category) -> Verdict {
        Ok(self.is(category)? && self.vat?)
    }

    /// `[normalize-space(cbc:ID) != category][VAT]`
    pub(crate) fn is_other_vat(&self, category: Category) -> Verdict {
        Ok(!self.is(category)? && self.vat?)
    }

    /// `[VAT]/cbc:ID[normalize-space(.) = category]`
    pub(crate) fn has_vat_id(&self, category: Category) -> Verdict {
        Ok(self.vat? && self.trimmed & category.bit() != 0)
    }

    /// `cbc:ID = category`
    pub(crate) fn has_exact_id(&self, category: Category) -> bool {
        self.exact & category.bit() != 0
    }

    /// `[cbc:ID = category][VAT]`
    pub(crate) fn has_exact_vat_id(&self, category: Category) -> Verdict {
        Ok(self.has_exact_id(category) && self.vat?)
    }
}

/// The kinds of tax category in one place, in the order of first appearance; an error where the place itself cannot
/// be decided (an allowance whose indicator is neither true nor false).
#[derive(Debug, Default)]
pub(crate) struct Kinds(Vec<Result<Kind, Undetermined>>);

impl Kinds {
    fn note(&mut self, kind: Result<Kind, Undetermined>) {
        if !self.0.contains(&kind) {
            self.0.push(kind);
        }
    }

    /// `exists(place[test])`: stops at the first, so that a later error does not matter.
    pub(crate) fn any(&self, test: impl Fn(&Kind) -> Verdict) -> Verdict {
        for kind in &self.0 {
            if test(&(*kind)?)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `count(place[test]) > 0`: looks at all, so that any error matters.
    pub(crate) fn counted(&self, test: impl Fn(&Kind) -> Verdict) -> Verdict {
        let mut any = false;
        for kind in &self.0 {
            any |= test(&(*kind)?)?;
        }
        Ok(any)
    }
}

/// Tax categories by place.
#[derive(Debug, Default)]
pub(crate) struct VatUse {
    /// `//cac:TaxCategory`
    pub(crate) categories: Kinds,
    /// `//cac:ClassifiedTaxCategory`
    pub(crate) items: Kinds,
    /// `//cac:AllowanceCharge/cac:TaxCategory`
    pub(crate) allowances_and_charges: Kinds,
    /// `//cac:AllowanceCharge[cbc:ChargeIndicator = false()]/cac:TaxCategory`
    pub(crate) allowances: Kinds,
    /// `//cac:AllowanceCharge[cbc:ChargeIndicator = true()]/cac:TaxCategory`
    pub(crate) charges: Kinds,
}

impl VatUse {
    pub(crate) fn of<'a>(facts: &'a Facts<'a>) -> VatUse {
        let mut vat = VatUse::default();
        for &node in facts.all(CAC_TAX_CATEGORY) {
            vat.categories.note(Ok(Kind::of(At { facts, node })));
        }
        for &node in facts.all(CAC_CLASSIFIED_TAX_CATEGORY) {
            vat.items.note(Ok(Kind::of(At { facts, node })));
        }
        for &node in facts.all(CAC_ALLOWANCE_CHARGE) {
            let at = At { facts, node };
            let kinds: Vec<Kind> = facts
                .doc
                .children_named(node, CAC_TAX_CATEGORY)
                .map(|node| Kind::of(At { facts, node }))
                .collect();
            kinds
                .iter()
                .for_each(|kind| vat.allowances_and_charges.note(Ok(*kind)));
            for (place, charge) in [(&mut vat.allowances, false), (&mut vat.charges, true)] {
                match Filter::Charge(charge).holds(at) {
                    Ok(true) => kinds.iter().for_each(|kind| place.note(Ok(*kind))),
                    Ok(false) => {}
                    Err(why) => place.note(Err(why)),
                }
            }
        }
        vat
    }
}
