//! Where the road in Romania starts or ends.

use crate::codes::{BorderPoint, County, CustomsOffice};

/// Where the road in Romania starts or ends: exactly one of the three.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A border crossing point, `codPtf`.
    BorderPoint(BorderPoint),
    /// A customs office, `codBirouVamal`: the start of an import, the end of an export.
    CustomsOffice(CustomsOffice),
    /// An address in Romania, `locatie`.
    Address(Box<Address>),
}

impl From<BorderPoint> for Place {
    fn from(point: BorderPoint) -> Self {
        Self::BorderPoint(point)
    }
}

impl From<CustomsOffice> for Place {
    fn from(office: CustomsOffice) -> Self {
        Self::CustomsOffice(office)
    }
}

impl From<Address> for Place {
    fn from(address: Address) -> Self {
        Self::Address(Box::new(address))
    }
}

/// An address in Romania (`locatie`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Address {
    /// The county, `codJudet`.
    pub county: County,
    /// The town, `denumireLocalitate`, 2 to 100 characters.
    pub town: String,
    /// The street, `denumireStrada`, 2 to 100 characters.
    pub street: String,
    /// The number, `numar`, up to 20 characters.
    pub number: Option<String>,
    /// The building, `bloc`, up to 30 characters.
    pub building: Option<String>,
    /// The staircase, `scara`, up to 20 characters.
    pub staircase: Option<String>,
    /// The floor, `etaj`, up to 20 characters.
    pub floor: Option<String>,
    /// The flat, `apartament`, up to 20 characters.
    pub flat: Option<String>,
    /// Anything else, `alteInfo`, up to 200 characters.
    pub other: Option<String>,
    /// The postal code, `codPostal`, up to 20 characters.
    pub postal_code: Option<String>,
}

/// Declares the optional parts of an address.
macro_rules! part {
    ($name:ident, $doc:literal) => {
        #[doc = $doc]
        #[must_use]
        pub fn $name(mut self, text: impl Into<String>) -> Self {
            self.$name = Some(text.into());
            self
        }
    };
}

impl Address {
    /// An address of county, town and street; 2 to 100 characters each.
    pub fn new(county: County, town: impl Into<String>, street: impl Into<String>) -> Self {
        Self {
            county,
            town: town.into(),
            street: street.into(),
            number: None,
            building: None,
            staircase: None,
            floor: None,
            flat: None,
            other: None,
            postal_code: None,
        }
    }

    part!(number, "Adds the number, up to 20 characters.");
    part!(building, "Adds the building, up to 30 characters.");
    part!(staircase, "Adds the staircase, up to 20 characters.");
    part!(floor, "Adds the floor, up to 20 characters.");
    part!(flat, "Adds the flat, up to 20 characters.");
    part!(other, "Adds anything else, up to 200 characters.");
    part!(postal_code, "Adds the postal code, up to 20 characters.");
}
