//! Declarations as values.

mod build;
mod date;
#[cfg(doctest)]
mod forbidden;
mod goods;
mod place;
mod value;

pub use build::{NeedsDocument, NeedsEnd, NeedsGoods, NeedsPartner, NeedsStart, NeedsTransport};
pub use date::{XmlDate, XmlDateTime};
pub use goods::{Goods, GoodsNeedsGrossWeight, GoodsNeedsQuantity};
pub use place::{Address, Place};
pub use value::{InvalidValue, TariffCode, TaxCode, VehicleNumber};

use crate::codes::{ConfirmationType, Country, DocumentType, Operation};
use crate::shown::masked_debug;
use crate::uit::Uit;

/// What is filed with ANAF: who declares, and what (`eTransport`).
///
/// ```
/// use anaf_etransport::{Declaration, Deletion, Uit};
/// let uit: Uit = "0123456789ACDE94".parse()?;
/// let declaration = Declaration::new("94013459".parse::<anaf_etransport::TaxCode>()?, Deletion::of(uit));
/// let filed = declaration.validate().expect("a deletion needs no more");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Declaration {
    /// The declarant's fiscal code, `codDeclarant` (BT-1).
    pub declarant: TaxCode,
    /// The declarant's own reference, `refDeclarant` (BT-2), up to 50 characters.
    pub reference: Option<String>,
    /// Whether the transport began while ANAF's system was down, `declPostAvarie`: such a declaration is due by the end
    /// of the working day after the system is back.
    pub post_outage: bool,
    /// What is declared.
    pub action: Action,
}

impl Declaration {
    /// A declaration of a notification, deletion, confirmation or change of vehicle.
    pub fn new(declarant: impl Into<TaxCode>, action: impl Into<Action>) -> Self {
        Self {
            declarant: declarant.into(),
            reference: None,
            post_outage: false,
            action: action.into(),
        }
    }

    /// Adds the declarant's own reference, up to 50 characters. ANAF's lists repeat it.
    #[must_use]
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Marks a declaration of a transport that began while ANAF's system was down.
    #[must_use]
    pub fn after_outage(mut self) -> Self {
        self.post_outage = true;
        self
    }
}

/// The four operations of e-Transport.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// A transport is announced, or an announcement corrected (`notificare`).
    Notification(Box<Notification>),
    /// An announcement is withdrawn (`stergere`).
    Deletion(Deletion),
    /// The goods have arrived, or have not (`confirmare`).
    Confirmation(Confirmation),
    /// The goods go on with another vehicle (`modifVehicul`).
    VehicleChange(VehicleChange),
}

impl From<Notification> for Action {
    fn from(notification: Notification) -> Self {
        Self::Notification(Box::new(notification))
    }
}

impl From<Deletion> for Action {
    fn from(deletion: Deletion) -> Self {
        Self::Deletion(deletion)
    }
}

impl From<Confirmation> for Action {
    fn from(confirmation: Confirmation) -> Self {
        Self::Confirmation(confirmation)
    }
}

impl From<VehicleChange> for Action {
    fn from(change: VehicleChange) -> Self {
        Self::VehicleChange(change)
    }
}

/// The announcement of a transport (`notificare`). [`Notification::of`] starts one.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Notification {
    /// The kind of transport, `codTipOperatiune`.
    pub operation: Operation,
    /// The UIT of the notification that this one replaces, `corectie`.
    pub corrects: Option<Uit>,
    /// The goods, at least one line, `bunuriTransportate`.
    pub goods: Vec<Goods>,
    /// The commercial partner, `partenerComercial`.
    pub partner: Partner,
    /// Vehicle, organiser and date, `dateTransport`.
    pub transport: Transport,
    /// Where the road in Romania starts, `locStartTraseuRutier`.
    pub start: Place,
    /// Where the road in Romania ends, `locFinalTraseuRutier`.
    pub end: Place,
    /// The documents that travel with the goods, at least one, `documenteTransport`.
    pub documents: Vec<TransportDocument>,
    /// Earlier notifications that this transport continues, `notificareAnterioara`.
    pub previous: Vec<PreviousNotification>,
}

/// The withdrawal of a notification (`stergere`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deletion {
    /// The notification's UIT.
    pub uit: Uit,
}

impl Deletion {
    /// Withdraws the notification that has this UIT.
    pub fn of(uit: Uit) -> Self {
        Self { uit }
    }
}

/// What became of the goods (`confirmare`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Confirmation {
    /// The notification's UIT.
    pub uit: Uit,
    /// Whether the goods arrived.
    pub confirmation: ConfirmationType,
    /// Remarks, up to 200 characters.
    pub remarks: Option<String>,
}

impl Confirmation {
    /// Says of the transport that has this UIT whether its goods arrived.
    pub fn of(uit: Uit, confirmation: ConfirmationType) -> Self {
        Self {
            uit,
            confirmation,
            remarks: None,
        }
    }

    /// Adds remarks, up to 200 characters.
    #[must_use]
    pub fn remarks(mut self, remarks: impl Into<String>) -> Self {
        self.remarks = Some(remarks.into());
        self
    }
}

/// The goods go on with another vehicle (`modifVehicul`): the only change that is possible after the movement started.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VehicleChange {
    /// The notification's UIT.
    pub uit: Uit,
    /// The new vehicle and its trailers.
    pub vehicle: Vehicle,
    /// When the change takes place, Romanian time.
    pub at: XmlDateTime,
    /// Remarks, up to 200 characters.
    pub remarks: Option<String>,
}

impl VehicleChange {
    /// The transport that has this UIT goes on with this vehicle from this moment, Romanian time.
    pub fn of(uit: Uit, vehicle: impl Into<Vehicle>, at: impl Into<XmlDateTime>) -> Self {
        Self {
            uit,
            vehicle: vehicle.into(),
            at: at.into(),
            remarks: None,
        }
    }

    /// Adds remarks, up to 200 characters.
    #[must_use]
    pub fn remarks(mut self, remarks: impl Into<String>) -> Self {
        self.remarks = Some(remarks.into());
        self
    }
}

/// A vehicle and up to two trailers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Vehicle {
    /// The plate, `nrVehicul`.
    pub number: VehicleNumber,
    /// The first trailer's plate, `nrRemorca1`.
    pub trailer_1: Option<VehicleNumber>,
    /// The second trailer's plate, `nrRemorca2`.
    pub trailer_2: Option<VehicleNumber>,
}

impl Vehicle {
    /// A vehicle without trailers.
    pub fn new(number: VehicleNumber) -> Self {
        Self {
            number,
            trailer_1: None,
            trailer_2: None,
        }
    }

    /// Adds a trailer: the first, or where there is one, the second. A third takes the second's place.
    #[must_use]
    pub fn trailer(mut self, number: VehicleNumber) -> Self {
        if self.trailer_1.is_none() {
            self.trailer_1 = Some(number);
        } else {
            self.trailer_2 = Some(number);
        }
        self
    }
}

impl From<VehicleNumber> for Vehicle {
    fn from(number: VehicleNumber) -> Self {
        Self::new(number)
    }
}

/// The commercial partner (`partenerComercial`): who sells to the declarant or buys from it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Partner {
    /// Where it is established; which countries are possible depends on the operation
    /// ([`Operation::partner`]).
    pub country: Country,
    /// Its fiscal code, up to 30 characters; in a domestic transport a Romanian one, or `PF`.
    pub code: Option<String>,
    /// Its name, up to 200 characters.
    pub name: String,
}

masked_debug!(Partner {
    country,
    code,
    name
});

impl Partner {
    /// A partner established in another country.
    pub fn foreign(country: Country, name: impl Into<String>) -> Self {
        Self {
            country,
            code: None,
            name: name.into(),
        }
    }

    /// A partner established in Romania.
    pub fn romanian(code: impl Into<TaxCode>, name: impl Into<String>) -> Self {
        Self {
            country: Country::RO,
            code: Some(code.into().as_str().to_owned()),
            name: name.into(),
        }
    }

    /// A natural person in Romania whose fiscal code is not known: the code `PF` stands for it.
    pub fn natural_person(name: impl Into<String>) -> Self {
        Self {
            country: Country::RO,
            code: Some("PF".to_owned()),
            name: name.into(),
        }
    }

    /// Adds a foreign partner's fiscal code, up to 30 characters.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }
}

/// Who organises the transport.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Organiser {
    /// Where it is established, `codTaraOrgTransport`.
    pub country: Country,
    /// Its fiscal code, `codOrgTransport`, up to 30 characters; a Romanian organiser has one.
    pub code: Option<String>,
    /// Its name, `denumireOrgTransport`, up to 200 characters.
    pub name: String,
}

masked_debug!(Organiser {
    country,
    code,
    name
});

impl Organiser {
    /// An organiser established in Romania.
    pub fn romanian(code: impl Into<TaxCode>, name: impl Into<String>) -> Self {
        Self {
            country: Country::RO,
            code: Some(code.into().as_str().to_owned()),
            name: name.into(),
        }
    }

    /// An organiser established in another country.
    pub fn foreign(country: Country, name: impl Into<String>) -> Self {
        Self {
            country,
            code: None,
            name: name.into(),
        }
    }

    /// Adds a foreign organiser's fiscal code, up to 30 characters.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }
}

/// Vehicle, organiser and date (`dateTransport`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transport {
    /// The vehicle at the start of the road in Romania.
    pub vehicle: Vehicle,
    /// Who organises the transport.
    pub organiser: Organiser,
    /// The day on which the road in Romania starts, `dataTransport`.
    pub date: XmlDate,
}

impl Transport {
    /// A transport with this vehicle, by this organiser, on this Romanian calendar day.
    pub fn new(
        vehicle: impl Into<Vehicle>,
        organiser: Organiser,
        date: impl Into<XmlDate>,
    ) -> Self {
        Self {
            vehicle: vehicle.into(),
            organiser,
            date: date.into(),
        }
    }
}

/// A document that travels with the goods (`documenteTransport`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransportDocument {
    /// What it is, `tipDocument`.
    pub kind: DocumentType,
    /// Its number, `numarDocument`, up to 50 characters.
    pub number: Option<String>,
    /// Its date, `dataDocument`.
    pub date: XmlDate,
    /// Remarks, `observatii`, up to 200 characters; a document of kind [`DocumentType::Other`] needs them, and then no
    /// other document of the notification may have any (rule BR-026).
    pub remarks: Option<String>,
}

impl TransportDocument {
    /// A document of one of the named kinds; [`Self::other`] makes one of another kind.
    pub fn new(kind: DocumentType, number: impl Into<String>, date: impl Into<XmlDate>) -> Self {
        Self {
            kind,
            number: Some(number.into()),
            date: date.into(),
            remarks: None,
        }
    }

    /// A document of another kind, and what it is, in up to 200 characters.
    pub fn other(what: impl Into<String>, date: impl Into<XmlDate>) -> Self {
        Self {
            kind: DocumentType::Other,
            number: None,
            date: date.into(),
            remarks: Some(what.into()),
        }
    }

    /// Adds remarks, up to 200 characters.
    #[must_use]
    pub fn remarks(mut self, remarks: impl Into<String>) -> Self {
        self.remarks = Some(remarks.into());
        self
    }
}

/// An earlier notification that this transport continues (`notificareAnterioara`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PreviousNotification {
    /// Its UIT.
    pub uit: Uit,
    /// Remarks, up to 200 characters.
    pub remarks: Option<String>,
    /// The declarant's own reference, up to 50 characters.
    pub reference: Option<String>,
}

impl PreviousNotification {
    /// The notification that has this UIT.
    pub fn of(uit: Uit) -> Self {
        Self {
            uit,
            remarks: None,
            reference: None,
        }
    }
}
