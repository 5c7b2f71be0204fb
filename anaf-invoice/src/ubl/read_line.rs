//! Invoice lines.

use super::read::no_vat;
use super::reader::{Reader, trim};
use super::write_document::INVOICED_OBJECT;
use crate::codes::{
    AllowanceReason, ChargeReason, Country, IcdScheme, ItemTypeScheme, ReferenceQualifier, Unit,
};
use crate::doc::{NodeId, attr, name};
use crate::model::{
    InvoiceLine, Item, ItemAttribute, ItemClassification, LineAdjustment, LineVat, PriceDetails,
};
use rust_decimal::Decimal;

/// Required terms of a line, until they are found.
#[derive(Default)]
struct Found {
    id: Option<String>,
    quantity: Option<Decimal>,
    net_amount: Option<Decimal>,
    price: Option<PriceDetails>,
    item: Option<(Item, LineVat)>,
}

impl Reader<'_, '_> {
    pub(super) fn line(&mut self, n: NodeId) -> InvoiceLine {
        let mut line = InvoiceLine::new(
            "",
            Item::default(),
            Decimal::ZERO,
            Unit::other(""),
            PriceDetails::default(),
            no_vat(),
        );
        let mut found = Found::default();
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_ID => self.put(&mut found.id, child),
                name::CBC_NOTE => self.put(&mut line.note, child),
                name::CBC_INVOICED_QUANTITY | name::CBC_CREDITED_QUANTITY => {
                    self.quantity(&mut found.quantity, &mut line.unit, child);
                }
                name::CBC_LINE_EXTENSION_AMOUNT => {
                    self.amount(&mut found.net_amount, child, "BT-131");
                }
                name::CBC_ACCOUNTING_COST => {
                    self.put(&mut line.buyer_accounting_reference, child);
                }
                name::CAC_INVOICE_PERIOD if line.period.is_none() => {
                    line.period = Some(self.period(child, ["BT-134", "BT-135"], None));
                }
                name::CAC_ORDER_LINE_REFERENCE => {
                    self.put_child(&mut line.order_line_reference, child, name::CBC_LINE_ID);
                }
                name::CAC_DOCUMENT_REFERENCE => self.line_object(&mut line, child),
                name::CAC_ALLOWANCE_CHARGE => self.line_adjustment(&mut line, child),
                name::CAC_ITEM if found.item.is_none() => found.item = Some(self.item(child)),
                name::CAC_PRICE if found.price.is_none() => found.price = Some(self.price(child)),
                name::CAC_INVOICE_PERIOD | name::CAC_ITEM | name::CAC_PRICE => self.again(child),
                _ => self.keep(child),
            }
        }
        line.id = self.require(found.id, "BT-126", n);
        line.quantity = self.require(found.quantity, "BT-129", n);
        line.net_amount = self.require(found.net_amount, "BT-131", n);
        line.price = self.require(found.price, "BG-29", n);
        let nothing = || (Item::default(), no_vat());
        (line.item, line.vat) = self.require_or(found.item, "BG-31", n, nothing);
        line
    }

    fn quantity(&mut self, slot: &mut Option<Decimal>, unit: &mut Unit, n: NodeId) {
        if slot.is_some() {
            return self.again(n);
        }
        self.leaf(n, &[attr::UNIT_CODE]);
        *slot = self.decimal(n, "BT-129");
        match self.doc.attr(n, attr::UNIT_CODE) {
            Some(code) => *unit = Unit::other(&code),
            None => self.issue(n, "BT-130", super::ReadProblem::Missing),
        }
    }

    /// A document of the line: the object (BT-128) when its type says so.
    fn line_object(&mut self, line: &mut InvoiceLine, n: NodeId) {
        let doc = self.doc;
        let type_code = doc.child(n, name::CBC_DOCUMENT_TYPE_CODE);
        let marks_object = type_code.is_none_or(|code| trim(&doc.text(code)) == INVOICED_OBJECT);
        if !marks_object || line.object_identifier.is_some() {
            return self.keep(n);
        }
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_ID => {
                    let slot = &mut line.object_identifier;
                    self.identifier(slot, child, ReferenceQualifier::other);
                }
                name::CBC_DOCUMENT_TYPE_CODE if Some(child) == type_code => {
                    self.leaf(child, &[]);
                }
                _ => self.keep(child),
            }
        }
    }

    fn line_adjustment(&mut self, line: &mut InvoiceLine, n: NodeId) {
        let terms = match self.is_charge(n) {
            Some(true) => ["BT-141", "BT-142", "BT-143", ""],
            Some(false) => ["BT-136", "BT-137", "BT-138", ""],
            None => return self.unreadable(n, "BG-27"),
        };
        let parts = self.adjustment(n, terms);
        if parts.is_charge {
            line.charges.push(LineAdjustment {
                amount: parts.amount,
                base_amount: parts.base_amount,
                percentage: parts.percentage,
                reason: parts.reason,
                reason_code: parts.reason_code.as_deref().map(ChargeReason::other),
            });
        } else {
            line.allowances.push(LineAdjustment {
                amount: parts.amount,
                base_amount: parts.base_amount,
                percentage: parts.percentage,
                reason: parts.reason,
                reason_code: parts.reason_code.as_deref().map(AllowanceReason::other),
            });
        }
    }

    fn item(&mut self, n: NodeId) -> (Item, LineVat) {
        let mut item = Item::default();
        let (mut item_name, mut vat) = (None, None);
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_DESCRIPTION => self.put(&mut item.description, child),
                name::CBC_NAME => self.put(&mut item_name, child),
                name::CAC_BUYERS_ITEM_IDENTIFICATION => {
                    self.put_child(&mut item.buyers_identifier, child, name::CBC_ID);
                }
                name::CAC_SELLERS_ITEM_IDENTIFICATION => {
                    self.put_child(&mut item.sellers_identifier, child, name::CBC_ID);
                }
                name::CAC_STANDARD_ITEM_IDENTIFICATION => {
                    for id in doc.children(child) {
                        match doc.name(id) {
                            name::CBC_ID => {
                                let slot = &mut item.standard_identifier;
                                self.identifier(slot, id, IcdScheme::other);
                            }
                            _ => self.keep(id),
                        }
                    }
                }
                name::CAC_ORIGIN_COUNTRY => {
                    let country: &mut Option<Country> = &mut item.origin_country;
                    self.country(country, child);
                }
                name::CAC_COMMODITY_CLASSIFICATION => self.classification(&mut item, child),
                name::CAC_CLASSIFIED_TAX_CATEGORY if vat.is_none() => {
                    vat = Some(self.vat_category(child, "BT-151"));
                }
                name::CAC_CLASSIFIED_TAX_CATEGORY => self.again(child),
                name::CAC_ADDITIONAL_ITEM_PROPERTY => {
                    let attribute = self.attribute(child);
                    item.attributes.push(attribute);
                }
                _ => self.keep(child),
            }
        }
        item.name = self.require(item_name, "BT-153", n);
        (item, self.require_or(vat, "BG-30", n, no_vat))
    }

    fn classification(&mut self, item: &mut Item, n: NodeId) {
        let doc = self.doc;
        for child in doc.children(n) {
            if doc.name(child) != name::CBC_ITEM_CLASSIFICATION_CODE {
                self.keep(child);
                continue;
            }
            self.leaf(child, &[attr::LIST_ID, attr::LIST_VERSION_ID]);
            let scheme = doc.attr(child, attr::LIST_ID);
            let version = doc.attr(child, attr::LIST_VERSION_ID);
            item.classifications.push(ItemClassification {
                code: doc.text(child).into_owned(),
                scheme: scheme.map(|id| ItemTypeScheme::other(&id)),
                version: version.map(|version| version.into_owned()),
            });
        }
    }

    fn attribute(&mut self, n: NodeId) -> ItemAttribute {
        let (mut attribute_name, mut value) = (None, None);
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_NAME => self.put(&mut attribute_name, child),
                name::CBC_VALUE => self.put(&mut value, child),
                _ => self.keep(child),
            }
        }
        ItemAttribute {
            name: self.require(attribute_name, "BT-160", n),
            value: self.require(value, "BT-161", n),
        }
    }

    fn price(&mut self, n: NodeId) -> PriceDetails {
        let mut price = PriceDetails::default();
        let mut net_price = None;
        let mut discounted = false;
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_PRICE_AMOUNT => self.amount(&mut net_price, child, "BT-146"),
                name::CBC_BASE_QUANTITY if price.base_quantity.is_none() => {
                    self.leaf(child, &[attr::UNIT_CODE]);
                    price.base_quantity = self.decimal(child, "BT-149");
                    let unit = doc.attr(child, attr::UNIT_CODE);
                    price.base_quantity_unit = unit.map(|unit| Unit::other(&unit));
                }
                name::CAC_ALLOWANCE_CHARGE
                    if !discounted && self.is_charge(child) == Some(false) =>
                {
                    discounted = true;
                    self.price_discount(&mut price, child);
                }
                _ => self.keep(child),
            }
        }
        price.net_price = self.require(net_price, "BT-146", n);
        price
    }

    fn price_discount(&mut self, price: &mut PriceDetails, n: NodeId) {
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_CHARGE_INDICATOR => self.leaf(child, &[]),
                name::CBC_AMOUNT => self.amount(&mut price.discount, child, "BT-147"),
                name::CBC_BASE_AMOUNT => self.amount(&mut price.gross_price, child, "BT-148"),
                _ => self.keep(child),
            }
        }
        let discount = price.discount;
        price.discount = Some(self.require(discount, "BT-147", n));
    }
}
