//! Parties, addresses and delivery.

use super::write::Writer;
use super::write_document::vat_scheme;
use super::xml::XmlWriter;
use crate::codes::IcdScheme;
use crate::model::{Delivery, Identifier, Party, Payee, PostalAddress, TaxRepresentative};

/// The tax scheme of a tax registration that is not for VAT (BT-32): any text but `VAT`.
pub(super) const OTHER_TAX: &str = "TAX";

impl Writer<'_> {
    pub(super) fn parties(&mut self) {
        let i = self.invoice;
        let creditor = i
            .payment
            .as_ref()
            .and_then(|payment| payment.direct_debit.as_ref())
            .and_then(|debit| debit.creditor_identifier.as_deref());
        let w = &mut *self.w;
        let sellers_creditor = creditor.filter(|_| i.payee.is_none());
        w.group("cac:AccountingSupplierParty", |w| {
            party(w, &i.seller, sellers_creditor);
        });
        w.group("cac:AccountingCustomerParty", |w| party(w, &i.buyer, None));
        if let Some(payee) = &i.payee {
            write_payee(w, payee, creditor);
        }
        if let Some(representative) = &i.tax_representative {
            tax_representative(w, representative);
        }
        if let Some(delivered) = &i.delivery {
            delivery(w, delivered);
        }
    }
}

fn party(w: &mut XmlWriter, party: &Party, creditor: Option<&str>) {
    w.group("cac:Party", |w| {
        if let Some(address) = &party.electronic_address {
            let scheme = address.scheme.as_ref().map(|s| s.as_str());
            identifier(w, "cbc:EndpointID", &address.value, scheme);
        }
        for id in &party.identifiers {
            party_identification(w, &id.value, id.scheme.as_ref().map(IcdScheme::as_str));
        }
        if let Some(creditor) = creditor {
            party_identification(w, creditor, Some(IcdScheme::SEPA.as_str()));
        }
        if let Some(name) = &party.trading_name {
            party_name(w, name);
        }
        address(w, "cac:PostalAddress", &party.address);
        if let Some(id) = &party.vat_identifier {
            party_tax_scheme(w, id, None);
        }
        if let Some(id) = &party.tax_registration {
            party_tax_scheme(w, id, Some(OTHER_TAX));
        }
        w.group("cac:PartyLegalEntity", |w| {
            w.text("cbc:RegistrationName", &party.name);
            legal_registration(w, party.legal_registration.as_ref());
            w.optional("cbc:CompanyLegalForm", party.legal_information.as_deref());
        });
        if let Some(contact) = &party.contact {
            w.group("cac:Contact", |w| {
                w.optional("cbc:Name", contact.name.as_deref());
                w.optional("cbc:Telephone", contact.telephone.as_deref());
                w.optional("cbc:ElectronicMail", contact.email.as_deref());
            });
        }
    });
}

fn write_payee(w: &mut XmlWriter, payee: &Payee, creditor: Option<&str>) {
    w.group("cac:PayeeParty", |w| {
        if let Some(id) = &payee.identifier {
            party_identification(w, &id.value, id.scheme.as_ref().map(IcdScheme::as_str));
        }
        if let Some(creditor) = creditor {
            party_identification(w, creditor, Some(IcdScheme::SEPA.as_str()));
        }
        party_name(w, &payee.name);
        if payee.legal_registration.is_some() {
            w.group("cac:PartyLegalEntity", |w| {
                legal_registration(w, payee.legal_registration.as_ref());
            });
        }
    });
}

fn tax_representative(w: &mut XmlWriter, representative: &TaxRepresentative) {
    w.group("cac:TaxRepresentativeParty", |w| {
        party_name(w, &representative.name);
        address(w, "cac:PostalAddress", &representative.address);
        party_tax_scheme(w, &representative.vat_identifier, None);
    });
}

fn delivery(w: &mut XmlWriter, delivery: &Delivery) {
    w.group("cac:Delivery", |w| {
        w.date("cbc:ActualDeliveryDate", delivery.date);
        if delivery.location.is_some() || delivery.address.is_some() {
            w.group("cac:DeliveryLocation", |w| {
                if let Some(id) = &delivery.location {
                    let scheme = id.scheme.as_ref().map(IcdScheme::as_str);
                    identifier(w, "cbc:ID", &id.value, scheme);
                }
                if let Some(place) = &delivery.address {
                    address(w, "cac:Address", place);
                }
            });
        }
        if let Some(name) = &delivery.party_name {
            w.group("cac:DeliveryParty", |w| party_name(w, name));
        }
    });
}

fn address(w: &mut XmlWriter, name: &'static str, address: &PostalAddress) {
    w.group(name, |w| {
        w.optional("cbc:StreetName", address.line1.as_deref());
        w.optional("cbc:AdditionalStreetName", address.line2.as_deref());
        w.optional("cbc:CityName", address.city.as_deref());
        w.optional("cbc:PostalZone", address.post_code.as_deref());
        w.optional("cbc:CountrySubentity", address.subdivision.as_deref());
        if let Some(line) = &address.line3 {
            w.group("cac:AddressLine", |w| w.text("cbc:Line", line));
        }
        w.group("cac:Country", |w| {
            w.text("cbc:IdentificationCode", address.country.as_str());
        });
    });
}

fn party_identification(w: &mut XmlWriter, value: &str, scheme: Option<&str>) {
    w.group("cac:PartyIdentification", |w| {
        identifier(w, "cbc:ID", value, scheme);
    });
}

fn party_name(w: &mut XmlWriter, name: &str) {
    w.group("cac:PartyName", |w| w.text("cbc:Name", name));
}

/// A tax registration: for VAT unless another scheme is named.
fn party_tax_scheme(w: &mut XmlWriter, company_id: &str, scheme: Option<&str>) {
    w.group("cac:PartyTaxScheme", |w| {
        w.text("cbc:CompanyID", company_id);
        match scheme {
            None => vat_scheme(w),
            Some(scheme) => w.group("cac:TaxScheme", |w| w.text("cbc:ID", scheme)),
        }
    });
}

fn legal_registration(w: &mut XmlWriter, id: Option<&Identifier<IcdScheme>>) {
    if let Some(id) = id {
        let scheme = id.scheme.as_ref().map(IcdScheme::as_str);
        identifier(w, "cbc:CompanyID", &id.value, scheme);
    }
}

/// An identifier with its scheme, when it has one.
pub(super) fn identifier(w: &mut XmlWriter, name: &'static str, value: &str, scheme: Option<&str>) {
    match scheme {
        Some(scheme) => w.text_with(name, &[("schemeID", scheme)], value),
        None => w.text(name, value),
    }
}
