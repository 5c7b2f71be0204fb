//! The schema's complex types, as tables.

use super::types::SimpleType::{self as T, *};
use crate::xml::AttrName::{self as A, *};
use crate::xml::ElementName::{self as E, *};

/// A complex type.
pub(super) struct ComplexType {
    /// The name in the schema, for `xsi:type`.
    pub(super) name: &'static str,
    pub(super) required: &'static [(A, T)],
    pub(super) optional: &'static [(A, T)],
    pub(super) content: Content,
}

/// What may stand in an element.
pub(super) enum Content {
    Empty,
    /// Exactly one of these.
    OneOf(&'static [E]),
    /// These, in this order.
    InOrder(&'static [Particle]),
}

/// An element of a sequence, and how often it may stand there.
pub(super) struct Particle {
    pub(super) element: E,
    pub(super) required: bool,
    pub(super) repeats: bool,
}

const fn once(element: E) -> Particle {
    Particle {
        element,
        required: true,
        repeats: false,
    }
}

const fn maybe(element: E) -> Particle {
    Particle {
        element,
        required: false,
        repeats: false,
    }
}

const fn some(element: E) -> Particle {
    Particle {
        element,
        required: true,
        repeats: true,
    }
}

const fn any(element: E) -> Particle {
    Particle {
        element,
        required: false,
        repeats: true,
    }
}

/// The type of an element. The schema gives each name one type, wherever it stands.
pub(super) fn type_of(element: E) -> Option<&'static ComplexType> {
    Some(match element {
        ETransport => &DECLARATION,
        Notificare => &NOTIFICATION,
        Stergere | Corectie => &CORRECTION,
        Confirmare => &CONFIRMATION,
        ModifVehicul => &VEHICLE_CHANGE,
        BunuriTransportate => &GOODS,
        PartenerComercial => &PARTNER,
        DateTransport => &TRANSPORT,
        LocStart | LocFinal => &ROAD_END,
        Locatie => &ADDRESS,
        DocumenteTransport => &DOCUMENT,
        NotificareAnterioara => &EARLIER,
        E::Other => return None,
    })
}

static DECLARATION: ComplexType = ComplexType {
    name: "eTransportType",
    required: &[(CodDeclarant, Declarant)],
    optional: &[(RefDeclarant, Text(50)), (DeclPostAvarie, PostOutage)],
    content: Content::OneOf(&[Notificare, Stergere, Confirmare, ModifVehicul]),
};

static NOTIFICATION: ComplexType = ComplexType {
    name: "NotificareType",
    required: &[(CodTipOperatiune, Operation)],
    optional: &[],
    content: Content::InOrder(&[
        maybe(Corectie),
        some(BunuriTransportate),
        once(PartenerComercial),
        once(DateTransport),
        once(LocStart),
        once(LocFinal),
        some(DocumenteTransport),
        any(NotificareAnterioara),
    ]),
};

static CORRECTION: ComplexType = ComplexType {
    name: "CorectieType",
    required: &[(A::Uit, T::Uit)],
    optional: &[],
    content: Content::Empty,
};

static CONFIRMATION: ComplexType = ComplexType {
    name: "ConfirmareType",
    required: &[(A::Uit, T::Uit), (TipConfirmare, Confirmation)],
    optional: &[(Observatii, Text(200))],
    content: Content::Empty,
};

static VEHICLE_CHANGE: ComplexType = ComplexType {
    name: "ModifVehiculType",
    required: &[
        (A::Uit, T::Uit),
        (NrVehicul, Vehicle),
        (DataModificare, DateTime),
    ],
    optional: &[
        (NrRemorca1, Vehicle),
        (NrRemorca2, Vehicle),
        (Observatii, Text(200)),
    ],
    content: Content::Empty,
};

static GOODS: ComplexType = ComplexType {
    name: "BunuriTransportateType",
    required: &[
        (CodScopOperatiune, Purpose),
        (DenumireMarfa, Text(200)),
        (Cantitate, Positive),
        (CodUnitateMasura, Unit),
        (GreutateBruta, Positive),
    ],
    optional: &[
        (CodTarifar, TariffCode),
        (GreutateNeta, Positive),
        (ValoareLeiFaraTva, NotNegative),
        (RefDeclarant, Text(50)),
    ],
    content: Content::Empty,
};

static PARTNER: ComplexType = ComplexType {
    name: "PartenerComercialType",
    required: &[(CodTara, Country), (Denumire, Text(200))],
    optional: &[(Cod, Text(30))],
    content: Content::Empty,
};

static TRANSPORT: ComplexType = ComplexType {
    name: "DateTransportType",
    required: &[
        (NrVehicul, Vehicle),
        (CodTaraOrgTransport, Country),
        (DenumireOrgTransport, Text(200)),
        (DataTransport, Date),
    ],
    optional: &[
        (NrRemorca1, Vehicle),
        (NrRemorca2, Vehicle),
        (CodOrgTransport, Text(30)),
    ],
    content: Content::Empty,
};

static ROAD_END: ComplexType = ComplexType {
    name: "LocTraseuRutierType",
    required: &[],
    optional: &[(CodPtf, BorderPoint), (CodBirouVamal, CustomsOffice)],
    content: Content::InOrder(&[maybe(Locatie)]),
};

static ADDRESS: ComplexType = ComplexType {
    name: "LocatieType",
    required: &[
        (CodJudet, County),
        (DenumireLocalitate, Text(100)),
        (DenumireStrada, Text(100)),
    ],
    optional: &[
        (Numar, Text(20)),
        (Bloc, Text(30)),
        (Scara, Text(20)),
        (Etaj, Text(20)),
        (Apartament, Text(20)),
        (AlteInfo, Text(200)),
        (CodPostal, Text(20)),
    ],
    content: Content::Empty,
};

static DOCUMENT: ComplexType = ComplexType {
    name: "DocumenteTransportType",
    required: &[(TipDocument, DocumentType), (DataDocument, Date)],
    optional: &[(NumarDocument, Text(50)), (Observatii, Text(200))],
    content: Content::Empty,
};

static EARLIER: ComplexType = ComplexType {
    name: "NotificareAnterioaraType",
    required: &[(A::Uit, T::Uit)],
    optional: &[(Observatii, Text(200)), (RefDeclarant, Text(50))],
    content: Content::Empty,
};
