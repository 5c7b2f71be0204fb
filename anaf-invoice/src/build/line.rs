//! A line as a business knows it.

use rust_decimal::Decimal;

use crate::codes::{IcdScheme, ItemTypeScheme, Unit};
use crate::model::{
    Identifier, InvoiceLine, Item, ItemAttribute, ItemClassification, LineAllowance, LineCharge,
    LineVat, Period, PriceDetails,
};
use jiff::civil::Date;

/// A line to be computed: what is sold, how much, at what price, under which VAT.
#[derive(Clone, Debug)]
#[must_use]
pub struct Line {
    pub(super) line: InvoiceLine,
    pub(super) percentages: Vec<LinePercentage>,
    pub(super) stated_net: Option<Decimal>,
}

/// An allowance or charge given in percent of quantity times price.
#[derive(Clone, Debug)]
pub(super) struct LinePercentage {
    pub(super) is_charge: bool,
    pub(super) percentage: Decimal,
    pub(super) reason: String,
}

impl Line {
    /// A line: item name, quantity, unit, net price of one unit and VAT. Amounts are without VAT.
    ///
    /// A float cannot enter:
    /// ```compile_fail
    /// use anaf_invoice::{build::Line, codes::Unit, model::LineVat};
    /// let line = Line::new("Ciment", 2, Unit::PIECE, 10.5_f64, LineVat::standard(21));
    /// ```
    pub fn new(
        item_name: impl Into<String>,
        quantity: impl Into<Decimal>,
        unit: Unit,
        net_price: impl Into<Decimal>,
        vat: LineVat,
    ) -> Self {
        Self::from(InvoiceLine::new(
            "",
            Item::new(item_name),
            quantity.into(),
            unit,
            PriceDetails::new(net_price.into()),
            vat,
        ))
    }

    /// Sets the identifier (BT-126); otherwise it is the line's number.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.line.id = id.into();
        self
    }

    /// Sets how many units the price is for (BT-149): 100, when the price is for a hundred.
    pub fn price_for(mut self, quantity: impl Into<Decimal>) -> Self {
        self.line.price.base_quantity = Some(quantity.into());
        self.line.price.base_quantity_unit = Some(self.line.unit.clone());
        self
    }

    /// Takes a discount off the price (BT-147): the price given before becomes the gross price (BT-148).
    pub fn price_discount(mut self, discount: impl Into<Decimal>) -> Self {
        let price = &mut self.line.price;
        let gross = price.gross_price.unwrap_or(price.net_price);
        let discount = discount.into();
        price.gross_price = Some(gross);
        price.discount = Some(discount);
        // A difference that does not fit is as wrong as a negative price, and reported as one.
        price.net_price = gross.checked_sub(discount).unwrap_or(Decimal::NEGATIVE_ONE);
        self
    }

    /// States the net amount (BT-131) instead of having it computed.
    pub fn net_amount(mut self, amount: impl Into<Decimal>) -> Self {
        self.stated_net = Some(amount.into());
        self
    }

    /// Adds an allowance (BG-27).
    pub fn allowance(mut self, allowance: LineAllowance) -> Self {
        self.line.allowances.push(allowance);
        self
    }

    /// Adds a charge (BG-28).
    pub fn charge(mut self, charge: LineCharge) -> Self {
        self.line.charges.push(charge);
        self
    }

    /// Adds an allowance of a percentage (`10` is 10 %) of quantity times price.
    pub fn allowance_percent(
        self,
        percentage: impl Into<Decimal>,
        reason: impl Into<String>,
    ) -> Self {
        self.percentage(false, percentage.into(), reason.into())
    }

    /// Adds a charge of a percentage (`10` is 10 %) of quantity times price.
    pub fn charge_percent(self, percentage: impl Into<Decimal>, reason: impl Into<String>) -> Self {
        self.percentage(true, percentage.into(), reason.into())
    }

    fn percentage(mut self, is_charge: bool, percentage: Decimal, reason: String) -> Self {
        self.percentages.push(LinePercentage {
            is_charge,
            percentage,
            reason,
        });
        self
    }

    /// Sets the note (BT-127).
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.line.note = Some(note.into());
        self
    }

    /// Sets the period (BG-26).
    pub fn period(mut self, start: Date, end: Date) -> Self {
        self.line.period = Some(Period::new(start, end));
        self
    }

    /// Sets the item's description (BT-154).
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.line.item.description = Some(description.into());
        self
    }

    /// Sets the seller's identifier of the item (BT-155).
    pub fn sellers_identifier(mut self, id: impl Into<String>) -> Self {
        self.line.item.sellers_identifier = Some(id.into());
        self
    }

    /// Sets the item's GTIN, the number under its bar code (BT-157 with scheme 0160).
    pub fn gtin(mut self, gtin: impl Into<String>) -> Self {
        self.line.item.standard_identifier = Some(Identifier::with_scheme(gtin, IcdScheme::GTIN));
        self
    }

    /// Classifies the item (BT-158).
    pub fn classification(mut self, code: impl Into<String>, scheme: ItemTypeScheme) -> Self {
        let class = ItemClassification::new(code, scheme);
        self.line.item.classifications.push(class);
        self
    }

    /// Adds an attribute of the item (BG-32).
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let attribute = ItemAttribute::new(name, value);
        self.line.item.attributes.push(attribute);
        self
    }

    /// Sets any other term of the line. The net amount set here is overwritten; [`Line::net_amount`] states it.
    pub fn terms(mut self, set: impl FnOnce(&mut InvoiceLine)) -> Self {
        set(&mut self.line);
        self
    }
}

impl From<InvoiceLine> for Line {
    /// The line with its amounts to be computed anew.
    fn from(line: InvoiceLine) -> Self {
        Self {
            line,
            percentages: Vec::new(),
            stated_net: None,
        }
    }
}
