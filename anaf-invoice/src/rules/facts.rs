//! What rules ask of the whole document, gathered in one pass and shared.

use std::cell::{Cell, OnceCell};

use super::model::vat::{Category, VatSums, VatUse};
use super::xpath::{At, Computed, Decimal, Number, Undetermined};
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
    /// The root's children but for lines, which may be very many.
    head: Vec<NodeId>,
    /// The root's lines of either kind.
    root_lines: Vec<NodeId>,
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
            head: Vec::with_capacity(24),
            root_lines: Vec::new(),
            indexed: [const { Vec::new() }; INDEXED.len()],
            with_attribute: [const { Vec::new() }; INDEXED_ATTRIBUTES.len()],
            attributes: 0,
            lines_total: OnceCell::new(),
            vat_use: OnceCell::new(),
            last_category: Cell::new(None),
            budget: Cell::new(doc.len().saturating_mul(1000).saturating_add(10_000_000)),
            vat_sums: VatSums::default(),
        };
        for node in doc.children(doc.root()) {
            let list = if is_line(doc.name(node)) {
                &mut facts.root_lines
            } else {
                &mut facts.head
            };
            list.push(node);
        }
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

    /// Calls `visit` on the children of a name, in document order, until it answers `false` or fails; whether it
    /// never did.
    #[inline]
    pub(crate) fn each_child<E>(
        &self,
        node: NodeId,
        name: Name,
        mut visit: impl FnMut(NodeId) -> Result<bool, E>,
    ) -> Result<bool, E> {
        if !self.doc.may_have_child(node, name) {
            return Ok(true);
        }
        if node != self.doc.root() {
            return self.doc.each_child_named(node, name, visit);
        }
        for child in self.root_children(name) {
            if !visit(child)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Pays for looking through the children of an element. A rule that does so once for each of many siblings takes
    /// the square of their number; the budget ends that, far above what any real invoice costs.
    #[inline]
    pub(crate) fn spend(&self, node: NodeId) -> Result<(), Undetermined> {
        let cost = if node == self.doc.root() {
            self.head.len()
        } else {
            self.doc.subtree_end(node) - node.index()
        };
        let left = self.budget.get().checked_sub(cost);
        self.budget.set(left.ok_or(Undetermined::TooMuch)?);
        Ok(())
    }

    /// The root's children of a name, in document order.
    pub(crate) fn root_children(&self, name: Name) -> impl Iterator<Item = NodeId> + '_ {
        let list = if is_line(name) {
            &self.root_lines
        } else {
            &self.head
        };
        list.iter()
            .copied()
            .filter(move |child| self.doc.name(*child) == name)
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

fn is_line(name: Name) -> bool {
    name == CAC_INVOICE_LINE || name == CAC_CREDIT_NOTE_LINE
}
