//! Invoice lines: quantity, price, VAT and item.

use rust_decimal::Decimal;

use super::{Identifier, LineAllowance, LineCharge, Period};
use crate::codes::{Country, IcdScheme, ItemTypeScheme, ReferenceQualifier, Unit, VatCategory};

/// BG-25 Invoice line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvoiceLine {
    /// BT-126 Invoice line identifier: unique in the invoice.
    pub id: String,
    /// BT-127 Invoice line note.
    pub note: Option<String>,
    /// BT-128 Invoice line object identifier.
    pub object_identifier: Option<Identifier<ReferenceQualifier>>,
    /// BT-129 Invoiced quantity.
    pub quantity: Decimal,
    /// BT-130 Invoiced quantity unit of measure code.
    pub unit: Unit,
    /// BT-131 Invoice line net amount: without VAT, allowances and charges of the line included.
    pub net_amount: Decimal,
    /// BT-132 Referenced purchase order line reference.
    pub order_line_reference: Option<String>,
    /// BT-133 Invoice line buyer accounting reference.
    pub buyer_accounting_reference: Option<String>,
    /// BG-26 Invoice line period.
    pub period: Option<Period>,
    /// BG-27 Invoice line allowances.
    pub allowances: Vec<LineAllowance>,
    /// BG-28 Invoice line charges.
    pub charges: Vec<LineCharge>,
    /// BG-29 Price details.
    pub price: PriceDetails,
    /// BG-30 Line VAT information.
    pub vat: LineVat,
    /// BG-31 Item information.
    pub item: Item,
}

impl InvoiceLine {
    /// A line with what every line has; the net amount is zero until set.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        item: Item,
        quantity: Decimal,
        unit: Unit,
        price: PriceDetails,
        vat: LineVat,
    ) -> Self {
        Self {
            id: id.into(),
            note: None,
            object_identifier: None,
            quantity,
            unit,
            net_amount: Decimal::ZERO,
            order_line_reference: None,
            buyer_accounting_reference: None,
            period: None,
            allowances: Vec::new(),
            charges: Vec::new(),
            price,
            vat,
            item,
        }
    }
}

/// BG-29 Price details. Prices are without VAT and may have more than two decimals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PriceDetails {
    /// BT-146 Item net price: never negative (BR-27).
    pub net_price: Decimal,
    /// BT-147 Item price discount: gross less net.
    pub discount: Option<Decimal>,
    /// BT-148 Item gross price: before the discount, never negative (BR-28).
    pub gross_price: Option<Decimal>,
    /// BT-149 Item price base quantity: how many units the price is for; 1 when absent.
    pub base_quantity: Option<Decimal>,
    /// BT-150 Item price base quantity unit of measure code: that of the line (BT-130).
    pub base_quantity_unit: Option<Unit>,
}

impl PriceDetails {
    /// A net price for one unit.
    #[must_use]
    pub fn new(net_price: Decimal) -> Self {
        Self {
            net_price,
            ..Self::default()
        }
    }
}

/// BG-30 Line VAT information; also the VAT of a document level allowance or charge.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LineVat {
    /// BT-151 Invoiced item VAT category code (BT-95, BT-102).
    pub category: VatCategory,
    /// BT-152 Invoiced item VAT rate (BT-96, BT-103): `21` is 21 %; absent when not subject to VAT (O).
    pub rate: Option<Decimal>,
}

impl LineVat {
    /// Any category with any rate, as read.
    #[must_use]
    pub fn new(category: VatCategory, rate: Option<Decimal>) -> Self {
        Self { category, rate }
    }

    /// VAT charged at a rate above zero, in percent (category S).
    #[must_use]
    pub fn standard(rate: impl Into<Decimal>) -> Self {
        Self::new(VatCategory::Standard, Some(rate.into()))
    }

    /// VAT charged at the zero rate (category Z).
    #[must_use]
    pub fn zero_rated() -> Self {
        Self::without_tax(VatCategory::ZeroRated)
    }

    /// Exempt (category E).
    #[must_use]
    pub fn exempt() -> Self {
        Self::without_tax(VatCategory::Exempt)
    }

    /// Reverse charge, *taxare inversă* (category AE).
    #[must_use]
    pub fn reverse_charge() -> Self {
        Self::without_tax(VatCategory::ReverseCharge)
    }

    /// Intra-community supply (category K).
    #[must_use]
    pub fn intra_community() -> Self {
        Self::without_tax(VatCategory::IntraCommunity)
    }

    /// Export outside the European Union (category G).
    #[must_use]
    pub fn export() -> Self {
        Self::without_tax(VatCategory::Export)
    }

    /// Not subject to VAT, and sellers not registered for VAT (category O).
    #[must_use]
    pub fn outside_scope() -> Self {
        Self::new(VatCategory::OutsideScope, None)
    }

    fn without_tax(category: VatCategory) -> Self {
        Self::new(category, Some(Decimal::ZERO))
    }
}

/// BG-31 Item information.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Item {
    /// BT-153 Item name: at most 100 characters (BR-RO-L1024).
    pub name: String,
    /// BT-154 Item description: at most 200 characters (BR-RO-L212).
    pub description: Option<String>,
    /// BT-155 Item Seller's identifier.
    pub sellers_identifier: Option<String>,
    /// BT-156 Item Buyer's identifier.
    pub buyers_identifier: Option<String>,
    /// BT-157 Item standard identifier, with its scheme: [`IcdScheme::GTIN`], say.
    pub standard_identifier: Option<Identifier<IcdScheme>>,
    /// BT-158 Item classification identifiers.
    pub classifications: Vec<ItemClassification>,
    /// BT-159 Item country of origin.
    pub origin_country: Option<Country>,
    /// BG-32 Item attributes.
    pub attributes: Vec<ItemAttribute>,
}

impl Item {
    /// An item with its name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }
}

/// BT-158 Item classification identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ItemClassification {
    /// The code in the catalogue.
    pub code: String,
    /// BT-158-1 Scheme identifier: which catalogue. Required (BR-65).
    pub scheme: Option<ItemTypeScheme>,
    /// BT-158-2 Scheme version identifier.
    pub version: Option<String>,
}

impl ItemClassification {
    /// A code of a catalogue.
    #[must_use]
    pub fn new(code: impl Into<String>, scheme: ItemTypeScheme) -> Self {
        Self {
            code: code.into(),
            scheme: Some(scheme),
            version: None,
        }
    }
}

/// BG-32 Item attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ItemAttribute {
    /// BT-160 Item attribute name: at most 50 characters.
    pub name: String,
    /// BT-161 Item attribute value: at most 100 characters.
    pub value: String,
}

impl ItemAttribute {
    /// An attribute.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}
