//! What rules ask of the whole document, gathered in one pass and shared.

use std::cell::{Cell, OnceCell};

use super::model::vat::{Category, VatSums, VatUse};
use super::xpath::{At, Computed, Decimal, Number, Path, Undetermined, Verdict};
use crate::doc::attr::{LIST_ID, NAME, SCHEME_ID};
use crate::doc::name::*;
use crate::doc::{AttrName, Doc, Name, NodeId};

/// Elements that some rule looks for anywhere (`//name`).
const INDEXED: [Name; 18] = [
    CAC_INVOICE_LINE,
    CAC_CREDIT_NOTE_LINE,
    CAC_TAX_CATEGORY,
    CAC_CLASSIFIED_TAX_CATEGORY,
    CAC_ALLOWANCE_CHARGE,
    CAC_ACCOUNTING_SUPPLIER_PARTY,
    CAC_ACCOUNTING_CUSTOMER_PARTY,
    CAC_TAX_REPRESENTATIVE_PARTY,
    CAC_TAX_TOTAL,
    CAC_PARTY_IDENTIFICATION,
    CAC_ADDITIONAL_DOCUMENT_REFERENCE,
    CAC_PAYMENT_TERMS,
    CAC_PAYMENT_MEANS,
    CAC_FINANCIAL_INSTITUTION,
    CBC_DUE_DATE,
    CBC_IDENTIFICATION_CODE,
    CBC_PAYMENT_ID,
    CBC_PAYMENT_MEANS_CODE,
];

/// Attributes that some rule looks for anywhere on certain elements.
const INDEXED_ATTRIBUTES: [AttrName; 3] = [SCHEME_ID, LIST_ID, NAME];

/// One more than the place in `INDEXED`, by name; 0 for the rest.
static SLOT_OF: [u8; Name::COUNT] = {
    let mut slots = [0; Name::COUNT];
    let mut i = 0;
    while i < INDEXED.len() {
        slots[INDEXED[i].index()] = i as u8 + 1;
        i += 1;
    }
    slots
};

/// The document and what is known of it.
pub(crate) struct Facts<'a> {
    pub(crate) doc: &'a Doc<'a>,
    root_children: RootChildren,
    indexed: [Vec<NodeId>; INDEXED.len()],
    with_attribute: [Vec<NodeId>; INDEXED_ATTRIBUTES.len()],
    /// Bits by attribute name: which stand anywhere.
    attributes: u64,
    lines_total: OnceCell<Result<Decimal, Undetermined>>,
    vat_use: OnceCell<VatUse>,
    /// The category asked for last: contexts ask for nine of one element.
    last_category: Cell<Option<(NodeId, CategoryOf)>>,
    /// What may still be spent on looking through children.
    budget: Cell<usize>,
    pub(crate) vat_sums: VatSums,
}

impl<'a> Facts<'a> {
    pub(crate) fn of(doc: &'a Doc<'a>) -> Facts<'a> {
        let mut facts = Facts {
            doc,
            root_children: RootChildren::of(doc),
            indexed: [const { Vec::new() }; INDEXED.len()],
            with_attribute: [const { Vec::new() }; INDEXED_ATTRIBUTES.len()],
            attributes: 0,
            lines_total: OnceCell::new(),
            vat_use: OnceCell::new(),
            last_category: Cell::new(None),
            budget: Cell::new(doc.len().saturating_mul(1000).saturating_add(10_000_000)),
            vat_sums: VatSums::default(),
        };
        for node in doc.all() {
            let slot = SLOT_OF.get(doc.name(node).index()).copied().unwrap_or(0);
            if let Some(list) = usize::from(slot)
                .checked_sub(1)
                .and_then(|slot| facts.indexed.get_mut(slot))
            {
                list.push(node);
            }
            for attribute in doc.attributes(node) {
                facts.attributes |= bit(attribute.name);
                let mut lists = INDEXED_ATTRIBUTES.iter().zip(&mut facts.with_attribute);
                if let Some((_, list)) = lists.find(|(name, _)| **name == attribute.name) {
                    list.push(node);
                }
            }
        }
        facts
    }

    /// `exists(//@name)`
    pub(crate) fn has_attribute(&self, name: AttrName) -> bool {
        self.attributes & bit(name) != 0
    }

    /// The elements with an attribute, in document order. Only for the names in `INDEXED_ATTRIBUTES`.
    pub(crate) fn with_attribute(&self, name: AttrName) -> &[NodeId] {
        let slot = INDEXED_ATTRIBUTES
            .iter()
            .position(|indexed| *indexed == name);
        debug_assert!(slot.is_some(), "{name:?} is not indexed");
        slot.and_then(|slot| self.with_attribute.get(slot))
            .map_or(&[], Vec::as_slice)
    }

    /// All elements of a name, in document order. Only for the names in `INDEXED`.
    pub(crate) fn all(&self, name: Name) -> &[NodeId] {
        debug_assert!(INDEXED.contains(&name), "{name:?} is not indexed");
        let slot = SLOT_OF.get(name.index()).copied().unwrap_or(0);
        usize::from(slot)
            .checked_sub(1)
            .and_then(|slot| self.indexed.get(slot))
            .map_or(&[], Vec::as_slice)
    }

    /// Whether all lines of this name are children of the root.
    pub(crate) fn all_are_of_root(&self, line: Name) -> bool {
        debug_assert!(
            group(line) >= Name::GROUPS,
            "{line:?} has no group of its own"
        );
        self.all(line).len() == self.root_children.group(line).len()
    }

    /// Calls `visit` on the children of a name, in document order, until it answers `false` or fails; whether it
    /// never did.
    #[inline]
    pub(crate) fn each_child(
        &self,
        node: NodeId,
        name: Name,
        mut visit: impl FnMut(NodeId) -> Verdict,
    ) -> Verdict {
        if !self.doc.may_have_child(node, name) {
            return Ok(true);
        }
        if node != self.doc.root() {
            self.spend(self.doc.subtree_end(node) - node.index())?;
            return self.doc.each_child_named(node, name, visit);
        }
        let children = self.root_children.group(name);
        self.spend(children.len())?;
        for &child in children {
            if self.doc.name(child) == name && !visit(child)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Pays for looking through so many children. A rule that does so once for each of many siblings takes the square
    /// of their number; the budget ends that, far above what any real invoice costs.
    #[inline]
    fn spend(&self, children: usize) -> Result<(), Undetermined> {
        let left = self.budget.get().checked_sub(children);
        self.budget.set(left.ok_or(Undetermined::TooMuch)?);
        Ok(())
    }

    /// The root's children of a name, in document order.
    pub(crate) fn root_children(&self, name: Name) -> impl Iterator<Item = NodeId> + '_ {
        let named = move |child: &NodeId| self.doc.name(*child) == name;
        self.root_children.group(name).iter().copied().filter(named)
    }

    /// `sum(//(cac:InvoiceLine|cac:CreditNoteLine)/xs:decimal(cbc:LineExtensionAmount))`
    pub(crate) fn lines_total(&'a self) -> Computed {
        let total = self.lines_total.get_or_init(|| {
            let mut total = Decimal::ZERO;
            for &node in self
                .all(CAC_INVOICE_LINE)
                .iter()
                .chain(self.all(CAC_CREDIT_NOTE_LINE))
            {
                if let Some(amount) = (At { facts: self, node } / CBC_LINE_EXTENSION_AMOUNT)
                    .decimal()?
                    .0
                {
                    total = total.add(&amount);
                }
            }
            Ok(total)
        });
        total.clone().map(Number::from)
    }

    /// `normalize-space(cbc:ID)` of a tax category: which category, `None` for any other text.
    pub(crate) fn category_of(&self, tax: At<'_>) -> CategoryOf {
        if let Some((node, category)) = self.last_category.get()
            && node == tax.node
        {
            return category;
        }
        let category = (tax / CBC_ID).text().map(|id| Category::parse(&id));
        self.last_category.set(Some((tax.node, category)));
        category
    }

    /// Which VAT categories the document uses, and where.
    pub(crate) fn vat_use(&'a self) -> &'a VatUse {
        self.vat_use.get_or_init(|| VatUse::of(self))
    }
}

/// A tax category's category, or why it has none to tell.
type CategoryOf = Result<Option<Category>, Undetermined>;

/// Attribute names fit a word; those outside the table have no bit.
fn bit(name: AttrName) -> u64 {
    u32::try_from(name.index())
        .ok()
        .and_then(|index| 1u64.checked_shl(index))
        .unwrap_or(0)
}

/// The root's children, grouped by name: two hundred rules ask for some of them.
struct RootChildren {
    /// In document order within each group.
    nodes: Vec<NodeId>,
    /// Where each group ends.
    ends: [u32; RootChildren::GROUPS],
}

impl RootChildren {
    const GROUPS: usize = Name::GROUPS + 2;

    fn of(doc: &Doc<'_>) -> RootChildren {
        let mut ends = [0; RootChildren::GROUPS];
        let mut count = 0;
        for child in doc.children(doc.root()) {
            if let Some(size) = ends.get_mut(group(doc.name(child))) {
                *size += 1;
            }
            count += 1;
        }
        // From sizes to starts; placing a child then moves its group's start on, in the end to the group's end.
        let mut start = 0;
        for size in &mut ends {
            start += std::mem::replace(size, start);
        }
        let mut nodes = vec![doc.root(); count];
        for child in doc.children(doc.root()) {
            let Some(next) = ends.get_mut(group(doc.name(child))) else {
                continue;
            };
            if let Some(place) = nodes.get_mut(*next as usize) {
                *place = child;
            }
            *next += 1;
        }
        RootChildren { nodes, ends }
    }

    /// The children whose names fall into the group of this one.
    #[inline]
    fn group(&self, name: Name) -> &[NodeId] {
        let group = group(name);
        let end = |group: usize| self.ends.get(group).map_or(0, |end| *end as usize);
        let start = group.checked_sub(1).map_or(0, end);
        self.nodes.get(start..end(group)).unwrap_or(&[])
    }
}

/// Lines, which may be very many, are groups of their own.
#[inline]
fn group(name: Name) -> usize {
    match name {
        CAC_INVOICE_LINE => Name::GROUPS,
        CAC_CREDIT_NOTE_LINE => Name::GROUPS + 1,
        _ => name.group(),
    }
}
