//! Invoice lines.

use super::write::{MONEY, NUMBER, Writer};
use super::write_document::{INVOICED_OBJECT, period, vat_category};
use super::write_party::identifier;
use super::xml::XmlWriter;
use crate::codes::{AllowanceReason, ChargeReason, Country, IcdScheme, ItemTypeScheme, Unit};
use crate::model::{InvoiceLine, Item, ItemClassification, LineAdjustment, LineVat, PriceDetails};

impl Writer<'_> {
    pub(super) fn lines(&mut self) {
        let (line_name, quantity_name) = if self.invoice.is_credit_note() {
            ("cac:CreditNoteLine", "cbc:CreditedQuantity")
        } else {
            ("cac:InvoiceLine", "cbc:InvoicedQuantity")
        };
        let invoice = self.invoice;
        for line in &invoice.lines {
            self.group(line_name, |this| this.line(quantity_name, line));
        }
    }

    fn line(&mut self, quantity_name: &'static str, line: &InvoiceLine) {
        self.w.text("cbc:ID", &line.id);
        self.w.optional("cbc:Note", line.note.as_deref());
        let unit = [("unitCode", line.unit.as_str())];
        self.w.decimal(quantity_name, &unit, line.quantity, NUMBER);
        self.amount("cbc:LineExtensionAmount", Some(line.net_amount));
        self.line_references(line);
        for allowance in &line.allowances {
            self.line_adjustment("false", allowance, AllowanceReason::as_str);
        }
        for charge in &line.charges {
            self.line_adjustment("true", charge, ChargeReason::as_str);
        }
        item(self.w, &line.item, &line.vat);
        self.price(&line.price);
    }

    fn line_references(&mut self, line: &InvoiceLine) {
        let w = &mut *self.w;
        w.optional(
            "cbc:AccountingCost",
            line.buyer_accounting_reference.as_deref(),
        );
        if let Some(line_period) = line.period {
            period(w, line_period, None);
        }
        if let Some(reference) = &line.order_line_reference {
            w.group("cac:OrderLineReference", |w| {
                w.text("cbc:LineID", reference);
            });
        }
        if let Some(object) = &line.object_identifier {
            w.group("cac:DocumentReference", |w| {
                let scheme = object.scheme.as_ref().map(|s| s.as_str());
                identifier(w, "cbc:ID", &object.value, scheme);
                w.text("cbc:DocumentTypeCode", INVOICED_OBJECT);
            });
        }
    }

    fn line_adjustment<R>(
        &mut self,
        is_charge: &str,
        adjustment: &LineAdjustment<R>,
        code: fn(&R) -> &str,
    ) {
        self.group("cac:AllowanceCharge", |this| {
            this.w.text("cbc:ChargeIndicator", is_charge);
            this.w.optional(
                "cbc:AllowanceChargeReasonCode",
                adjustment.reason_code.as_ref().map(code),
            );
            this.w
                .optional("cbc:AllowanceChargeReason", adjustment.reason.as_deref());
            if let Some(percentage) = adjustment.percentage {
                this.w
                    .decimal("cbc:MultiplierFactorNumeric", &[], percentage, NUMBER);
            }
            this.amount("cbc:Amount", Some(adjustment.amount));
            this.amount("cbc:BaseAmount", adjustment.base_amount);
        });
    }

    fn price(&mut self, price: &PriceDetails) {
        self.group("cac:Price", |this| {
            this.amount("cbc:PriceAmount", Some(price.net_price));
            if let Some(quantity) = price.base_quantity {
                let unit = price.base_quantity_unit.as_ref().map(Unit::as_str);
                let unit = unit.map(|unit| ("unitCode", unit));
                this.w
                    .decimal("cbc:BaseQuantity", unit.as_slice(), quantity, NUMBER);
            }
            if price.discount.is_some() || price.gross_price.is_some() {
                this.group("cac:AllowanceCharge", |this| {
                    this.w.text("cbc:ChargeIndicator", "false");
                    // UBL requires the amount even where only the gross price is known.
                    let currency = [("currencyID", this.invoice.currency.as_str())];
                    let discount = price.discount.unwrap_or_default();
                    this.w.decimal("cbc:Amount", &currency, discount, MONEY);
                    this.amount("cbc:BaseAmount", price.gross_price);
                });
            }
        });
    }
}

fn item(w: &mut XmlWriter, item: &Item, vat: &LineVat) {
    w.group("cac:Item", |w| {
        w.optional("cbc:Description", item.description.as_deref());
        w.text("cbc:Name", &item.name);
        for (name, id) in [
            ("cac:BuyersItemIdentification", &item.buyers_identifier),
            ("cac:SellersItemIdentification", &item.sellers_identifier),
        ] {
            if let Some(id) = id {
                w.group(name, |w| w.text("cbc:ID", id));
            }
        }
        if let Some(id) = &item.standard_identifier {
            w.group("cac:StandardItemIdentification", |w| {
                let scheme = id.scheme.as_ref().map(IcdScheme::as_str);
                identifier(w, "cbc:ID", &id.value, scheme);
            });
        }
        if let Some(country) = &item.origin_country {
            w.group("cac:OriginCountry", |w| {
                w.text("cbc:IdentificationCode", Country::as_str(country));
            });
        }
        for class in &item.classifications {
            classification(w, class);
        }
        vat_category(w, "cac:ClassifiedTaxCategory", vat);
        for attribute in &item.attributes {
            w.group("cac:AdditionalItemProperty", |w| {
                w.text("cbc:Name", &attribute.name);
                w.text("cbc:Value", &attribute.value);
            });
        }
    });
}

fn classification(w: &mut XmlWriter, class: &ItemClassification) {
    let scheme = class.scheme.as_ref().map(ItemTypeScheme::as_str);
    let list = scheme.map(|scheme| ("listID", scheme));
    let version = class.version.as_deref().map(|v| ("listVersionID", v));
    let attributes: Vec<_> = list.into_iter().chain(version).collect();
    w.group("cac:CommodityClassification", |w| {
        w.text_with("cbc:ItemClassificationCode", &attributes, &class.code);
    });
}
