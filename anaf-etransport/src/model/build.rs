//! The way to a notification: each step asks for the one thing that is needed next, and the last one gives it.

use super::{
    Goods, Notification, Partner, Place, PreviousNotification, Transport, TransportDocument,
};
use crate::codes::Operation;
use crate::uit::Uit;

impl Notification {
    /// Starts a notification. Each step that follows takes one required part, and none can be left out:
    /// `partner`, `transport`, `from`, `to`, `goods`, `document`. More goods, more documents, the notification that is
    /// corrected and earlier ones come after.
    ///
    /// ```
    /// use anaf_etransport::codes::{BorderPoint, Country, County, DocumentType, Operation, Purpose, Unit};
    /// use anaf_etransport::{
    ///     Address, Goods, Notification, Organiser, Partner, Place, TariffCode, TaxCode, Transport, TransportDocument,
    ///     VehicleNumber,
    /// };
    /// use jiff::civil::date;
    ///
    /// let carrier: TaxCode = "94019010".parse()?;
    /// let notification = Notification::of(Operation::IntraCommunityAcquisition)
    ///     .partner(Partner::foreign(Country::HU, "Nagy Kft").code("HU12345678"))
    ///     .transport(Transport::new(
    ///         "B99ABC".parse::<VehicleNumber>()?,
    ///         Organiser::romanian(carrier, "Transport Exemplu SRL"),
    ///         date(2026, 11, 23),
    ///     ))
    ///     .from(Place::BorderPoint(BorderPoint::Nadlac))
    ///     .to(Address::new(County::Cluj, "Cluj-Napoca", "Strada Lungă").number("1"))
    ///     .goods(
    ///         Goods::of(Purpose::Trade, "Tomate")
    ///             .quantity(950, Unit::Kilogram)
    ///             .gross_weight(1000)
    ///             .net_weight(950)
    ///             .tariff_code("070200".parse::<TariffCode>()?)
    ///             .value_in_lei(4750),
    ///     )
    ///     .document(TransportDocument::new(DocumentType::Cmr, "CMR 17", date(2026, 11, 22)));
    /// assert_eq!(notification.goods.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(operation: Operation) -> NeedsPartner {
        NeedsPartner { operation }
    }

    /// Adds a goods line.
    #[must_use]
    pub fn and_goods(mut self, goods: Goods) -> Self {
        self.goods.push(goods);
        self
    }

    /// Adds a document.
    #[must_use]
    pub fn and_document(mut self, document: TransportDocument) -> Self {
        self.documents.push(document);
        self
    }

    /// Makes this a correction of the notification that has this UIT. A correction says everything anew: what it leaves
    /// out is gone.
    #[must_use]
    pub fn correcting(mut self, uit: Uit) -> Self {
        self.corrects = Some(uit);
        self
    }

    /// Names an earlier notification that this transport continues
    /// ([not in every operation](Operation::may_follow_others)).
    #[must_use]
    pub fn following(mut self, previous: PreviousNotification) -> Self {
        self.previous.push(previous);
        self
    }
}

/// A notification that needs its partner.
#[derive(Debug, Clone)]
#[must_use = "the notification is not complete"]
pub struct NeedsPartner {
    operation: Operation,
}

/// A notification that needs its transport data.
#[derive(Debug, Clone)]
#[must_use = "the notification is not complete"]
pub struct NeedsTransport {
    before: NeedsPartner,
    partner: Partner,
}

/// A notification that needs the start of its road.
#[derive(Debug, Clone)]
#[must_use = "the notification is not complete"]
pub struct NeedsStart {
    before: NeedsTransport,
    transport: Transport,
}

/// A notification that needs the end of its road.
#[derive(Debug, Clone)]
#[must_use = "the notification is not complete"]
pub struct NeedsEnd {
    before: NeedsStart,
    start: Place,
}

/// A notification that needs its goods.
#[derive(Debug, Clone)]
#[must_use = "the notification is not complete"]
pub struct NeedsGoods {
    before: NeedsEnd,
    end: Place,
}

/// A notification that needs a document, or more goods first.
#[derive(Debug, Clone)]
#[must_use = "the notification is not complete"]
pub struct NeedsDocument {
    before: NeedsGoods,
    goods: Vec<Goods>,
}

impl NeedsPartner {
    /// Who sells to the declarant or buys from it. Which country fits: [`Operation::partner`].
    pub fn partner(self, partner: Partner) -> NeedsTransport {
        NeedsTransport {
            before: self,
            partner,
        }
    }
}

impl NeedsTransport {
    /// Vehicle, organiser and day.
    pub fn transport(self, transport: Transport) -> NeedsStart {
        NeedsStart {
            before: self,
            transport,
        }
    }
}

impl NeedsStart {
    /// Where the road in Romania starts: an address, or the border crossing point, or in an import the customs office.
    pub fn from(self, start: impl Into<Place>) -> NeedsEnd {
        NeedsEnd {
            before: self,
            start: start.into(),
        }
    }
}

impl NeedsEnd {
    /// Where the road in Romania ends: an address, or the border crossing point, or in an export the customs office.
    pub fn to(self, end: impl Into<Place>) -> NeedsGoods {
        NeedsGoods {
            before: self,
            end: end.into(),
        }
    }
}

impl NeedsGoods {
    /// The first goods line.
    pub fn goods(self, goods: Goods) -> NeedsDocument {
        NeedsDocument {
            before: self,
            goods: vec![goods],
        }
    }
}

impl NeedsDocument {
    /// One more goods line.
    pub fn goods(mut self, goods: Goods) -> Self {
        self.goods.push(goods);
        self
    }

    /// The first document that travels with the goods; the notification is complete.
    pub fn document(self, document: TransportDocument) -> Notification {
        let Self {
            before: NeedsGoods { before, end },
            goods,
        } = self;
        let NeedsEnd {
            before: NeedsStart { before, transport },
            start,
        } = before;
        let NeedsTransport {
            before: NeedsPartner { operation },
            partner,
        } = before;
        Notification {
            operation,
            corrects: None,
            goods,
            partner,
            transport,
            start,
            end,
            documents: vec![document],
            previous: Vec::new(),
        }
    }
}
