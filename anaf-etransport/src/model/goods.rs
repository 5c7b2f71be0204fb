//! Goods lines.

use rust_decimal::Decimal;

use super::TariffCode;
use crate::codes::{Coded, Purpose, Unit};

/// One kind of goods on the vehicle (`bunuriTransportate`).
///
/// Numbers have at most 12 digits before and 2 after the point; quantity and weights are above zero. Tariff code, net
/// weight and value are required in every operation but DIN and DIE
/// ([`Operation::needs_customs_data`](crate::codes::Operation::needs_customs_data)).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Goods {
    /// Why the goods move, `codScopOperatiune`. Which purposes fit:
    /// [`Operation::purposes`](crate::codes::Operation::purposes).
    pub purpose: Purpose,
    /// The tariff code, `codTarifar`.
    pub tariff_code: Option<TariffCode>,
    /// What the goods are, `denumireMarfa`, up to 200 characters.
    pub name: String,
    /// How much of the unit, `cantitate`.
    pub quantity: Decimal,
    /// The unit of the quantity, `codUnitateMasura`. The schema takes any two or three capital letters or digits, so a
    /// document that somebody else wrote may hold one that is on no list; rule BR-CL-003 then says so.
    pub unit: Coded<Unit>,
    /// Net weight in kilograms, `greutateNeta`.
    pub net_weight: Option<Decimal>,
    /// Gross weight in kilograms, `greutateBruta`; not less than the net weight.
    pub gross_weight: Decimal,
    /// Value in lei without VAT, `valoareLeiFaraTva`; may be zero.
    pub value_in_lei: Option<Decimal>,
    /// The declarant's own reference for the line, `refDeclarant`, up to 50 characters.
    pub reference: Option<String>,
}

impl Goods {
    /// Starts a goods line: `quantity` and `gross_weight` must follow, the rest may.
    pub fn of(purpose: Purpose, name: impl Into<String>) -> GoodsNeedsQuantity {
        GoodsNeedsQuantity {
            purpose,
            name: name.into(),
        }
    }

    /// Adds the tariff code.
    #[must_use]
    pub fn tariff_code(mut self, code: TariffCode) -> Self {
        self.tariff_code = Some(code);
        self
    }

    /// Adds the net weight in kilograms.
    #[must_use]
    pub fn net_weight(mut self, kilograms: impl Into<Decimal>) -> Self {
        self.net_weight = Some(kilograms.into());
        self
    }

    /// Adds the value in lei without VAT.
    #[must_use]
    pub fn value_in_lei(mut self, value: impl Into<Decimal>) -> Self {
        self.value_in_lei = Some(value.into());
        self
    }

    /// Adds the declarant's own reference, up to 50 characters.
    #[must_use]
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }
}

/// A goods line that needs its quantity.
#[derive(Debug, Clone)]
#[must_use = "the goods line is not complete"]
pub struct GoodsNeedsQuantity {
    purpose: Purpose,
    name: String,
}

/// A goods line that needs its gross weight.
#[derive(Debug, Clone)]
#[must_use = "the goods line is not complete"]
pub struct GoodsNeedsGrossWeight {
    before: GoodsNeedsQuantity,
    quantity: Decimal,
    unit: Unit,
}

impl GoodsNeedsQuantity {
    /// How much, and of which unit.
    pub fn quantity(self, quantity: impl Into<Decimal>, unit: Unit) -> GoodsNeedsGrossWeight {
        GoodsNeedsGrossWeight {
            before: self,
            quantity: quantity.into(),
            unit,
        }
    }
}

impl GoodsNeedsGrossWeight {
    /// The gross weight in kilograms; the line is complete.
    #[must_use]
    pub fn gross_weight(self, kilograms: impl Into<Decimal>) -> Goods {
        let Self {
            before: GoodsNeedsQuantity { purpose, name },
            quantity,
            unit,
        } = self;
        Goods {
            purpose,
            tariff_code: None,
            name,
            quantity,
            unit: unit.into(),
            net_weight: None,
            gross_weight: kilograms.into(),
            value_in_lei: None,
            reference: None,
        }
    }
}
