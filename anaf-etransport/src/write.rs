//! From declaration to XML.

use std::fmt::{Display, Write as _};

use crate::model::{
    Action, Address, Confirmation, Declaration, Goods, Notification, Place, PreviousNotification,
    Transport, TransportDocument, Vehicle, VehicleChange,
};
use crate::xml::NAMESPACE;

impl Declaration {
    /// The declaration as XML of version 2, UTF-8. What is written may still break a rule: [`Self::validate`] tells.
    pub fn to_xml(&self) -> String {
        let mut xml = Xml(String::with_capacity(2048));
        xml.0
            .push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.open("eTransport");
        xml.attr("xmlns", NAMESPACE);
        xml.attr("codDeclarant", self.declarant.as_str());
        xml.maybe("refDeclarant", &self.reference);
        if self.post_outage {
            xml.attr("declPostAvarie", "D");
        }
        xml.inside();
        match &self.action {
            Action::Notification(notification) => xml.notification(notification),
            Action::Deletion(deletion) => xml.uit("stergere", &deletion.uit),
            Action::Confirmation(confirmation) => xml.confirmation(confirmation),
            Action::VehicleChange(change) => xml.vehicle_change(change),
        }
        xml.close("eTransport");
        xml.0
    }
}

struct Xml(String);

impl Xml {
    fn open(&mut self, name: &str) {
        self.0.push('<');
        self.0.push_str(name);
    }

    fn inside(&mut self) {
        self.0.push_str(">\n");
    }

    fn empty(&mut self) {
        self.0.push_str("/>\n");
    }

    fn close(&mut self, name: &str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.inside();
    }

    fn attr(&mut self, name: &str, value: impl Display) {
        self.0.push(' ');
        self.0.push_str(name);
        self.0.push_str("=\"");
        // Writing into a string cannot fail.
        let _ = write!(Escaped(&mut self.0), "{value}");
        self.0.push('"');
    }

    fn maybe(&mut self, name: &str, value: &Option<impl Display>) {
        if let Some(value) = value {
            self.attr(name, value);
        }
    }

    fn uit(&mut self, element: &str, uit: &crate::Uit) {
        self.open(element);
        self.attr("uit", uit);
        self.empty();
    }

    fn notification(&mut self, notification: &Notification) {
        self.open("notificare");
        self.attr("codTipOperatiune", notification.operation);
        self.inside();
        if let Some(uit) = &notification.corrects {
            self.uit("corectie", uit);
        }
        notification
            .goods
            .iter()
            .for_each(|goods| self.goods(goods));
        let partner = &notification.partner;
        self.open("partenerComercial");
        self.attr("codTara", partner.country);
        self.maybe("cod", &partner.code);
        self.attr("denumire", &partner.name);
        self.empty();
        self.transport(&notification.transport);
        self.place("locStartTraseuRutier", &notification.start);
        self.place("locFinalTraseuRutier", &notification.end);
        notification
            .documents
            .iter()
            .for_each(|document| self.document(document));
        notification
            .previous
            .iter()
            .for_each(|previous| self.previous(previous));
        self.close("notificare");
    }

    fn goods(&mut self, goods: &Goods) {
        self.open("bunuriTransportate");
        self.attr("codScopOperatiune", goods.purpose);
        self.maybe("codTarifar", &goods.tariff_code);
        self.attr("denumireMarfa", &goods.name);
        self.attr("cantitate", goods.quantity);
        self.attr("codUnitateMasura", goods.unit.code());
        self.maybe("greutateNeta", &goods.net_weight);
        self.attr("greutateBruta", goods.gross_weight);
        self.maybe("valoareLeiFaraTva", &goods.value_in_lei);
        self.maybe("refDeclarant", &goods.reference);
        self.empty();
    }

    fn vehicle(&mut self, vehicle: &Vehicle) {
        self.attr("nrVehicul", &vehicle.number);
        self.maybe("nrRemorca1", &vehicle.trailer_1);
        self.maybe("nrRemorca2", &vehicle.trailer_2);
    }

    fn transport(&mut self, transport: &Transport) {
        let organiser = &transport.organiser;
        self.open("dateTransport");
        self.vehicle(&transport.vehicle);
        self.attr("codTaraOrgTransport", organiser.country);
        self.maybe("codOrgTransport", &organiser.code);
        self.attr("denumireOrgTransport", &organiser.name);
        self.attr("dataTransport", transport.date);
        self.empty();
    }

    fn place(&mut self, element: &str, place: &Place) {
        self.open(element);
        match place {
            Place::BorderPoint(point) => self.attr("codPtf", point),
            Place::CustomsOffice(office) => self.attr("codBirouVamal", office),
            Place::Address(address) => {
                self.inside();
                self.address(address);
                return self.close(element);
            }
        }
        self.empty();
    }

    fn address(&mut self, address: &Address) {
        self.open("locatie");
        self.attr("codJudet", address.county);
        self.attr("denumireLocalitate", &address.town);
        self.attr("denumireStrada", &address.street);
        self.maybe("numar", &address.number);
        self.maybe("bloc", &address.building);
        self.maybe("scara", &address.staircase);
        self.maybe("etaj", &address.floor);
        self.maybe("apartament", &address.flat);
        self.maybe("alteInfo", &address.other);
        self.maybe("codPostal", &address.postal_code);
        self.empty();
    }

    fn document(&mut self, document: &TransportDocument) {
        self.open("documenteTransport");
        self.attr("tipDocument", document.kind);
        self.maybe("numarDocument", &document.number);
        self.attr("dataDocument", document.date);
        self.maybe("observatii", &document.remarks);
        self.empty();
    }

    fn previous(&mut self, previous: &PreviousNotification) {
        self.open("notificareAnterioara");
        self.attr("uit", previous.uit);
        self.maybe("observatii", &previous.remarks);
        self.maybe("refDeclarant", &previous.reference);
        self.empty();
    }

    fn confirmation(&mut self, confirmation: &Confirmation) {
        self.open("confirmare");
        self.attr("uit", confirmation.uit);
        self.attr("tipConfirmare", confirmation.confirmation);
        self.maybe("observatii", &confirmation.remarks);
        self.empty();
    }

    fn vehicle_change(&mut self, change: &VehicleChange) {
        self.open("modifVehicul");
        self.attr("uit", change.uit);
        self.vehicle(&change.vehicle);
        self.attr("dataModificare", change.at);
        self.maybe("observatii", &change.remarks);
        self.empty();
    }
}

/// Escapes what an attribute's value cannot hold; white space other than blanks would not survive otherwise.
struct Escaped<'s>(&'s mut String);

impl std::fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\t' => self.0.push_str("&#9;"),
                '\n' => self.0.push_str("&#10;"),
                '\r' => self.0.push_str("&#13;"),
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}
