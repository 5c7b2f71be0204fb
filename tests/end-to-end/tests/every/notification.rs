//! A notification that the official rules have nothing against.

use anaf_etransport::codes::{
    BorderPoint, Country, County, DocumentType, Operation, Purpose, Unit,
};
use anaf_etransport::{
    Address, Goods, Notification, Organiser, Partner, Transport, TransportDocument, VehicleNumber,
};
use anaf_types::Cif;
use jiff::civil::Date;

/// Tomatoes from Hungary to Cluj, carried by `me`.
pub(crate) fn notification(me: Cif, date: Date) -> Notification {
    let organiser = Organiser::romanian(me, "Noi SRL");
    let plate: VehicleNumber = "B99ABC".parse().unwrap();
    Notification::of(Operation::IntraCommunityAcquisition)
        .partner(Partner::foreign(Country::HU, "Nagy Kft"))
        .transport(Transport::new(plate, organiser, date))
        .from(BorderPoint::Nadlac)
        .to(Address::new(County::Cluj, "Cluj-Napoca", "Strada Lungă"))
        .goods(
            Goods::of(Purpose::Trade, "Roșii")
                .quantity(950, Unit::Kilogram)
                .gross_weight(1000)
                .net_weight(950)
                .tariff_code("070200".parse().unwrap())
                .value_in_lei(4750),
        )
        .document(TransportDocument::new(DocumentType::Cmr, "CMR 17", date))
}
