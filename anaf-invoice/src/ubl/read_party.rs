//! Parties, addresses and delivery.

use super::reader::{Reader, trim};
use super::write_party::OTHER_TAX;
use crate::codes::{Country, EasScheme, IcdScheme};
use crate::doc::{NodeId, name};
use crate::model::{Contact, Delivery, Identifier, Party, Payee, PostalAddress, TaxRepresentative};

/// The terms that a party of this role must have, for messages.
pub(super) struct RoleTerms {
    party: &'static str,
    name: &'static str,
    address: &'static str,
    country: &'static str,
}

pub(super) const SELLER: RoleTerms = RoleTerms {
    party: "BG-4",
    name: "BT-27",
    address: "BG-5",
    country: "BT-40",
};
pub(super) const BUYER: RoleTerms = RoleTerms {
    party: "BG-7",
    name: "BT-44",
    address: "BG-8",
    country: "BT-55",
};

/// A party of which nothing is known.
pub(super) fn nobody() -> Party {
    Party::new("", nowhere())
}

/// Whether this is a bank assigned creditor identifier (BT-90).
pub(super) fn is_sepa(id: &Identifier<IcdScheme>) -> bool {
    let scheme = id.scheme.as_ref();
    scheme.is_some_and(|scheme| scheme.as_str().eq_ignore_ascii_case("SEPA"))
}

fn nowhere() -> PostalAddress {
    PostalAddress {
        country: Country::other(""),
        ..PostalAddress::default()
    }
}

impl Reader<'_, '_> {
    /// `AccountingSupplierParty` or `AccountingCustomerParty`: the party in it.
    pub(super) fn accounting_party(&mut self, n: NodeId, role: &RoleTerms) -> Party {
        let doc = self.doc;
        let mut party = None;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CAC_PARTY if party.is_none() => party = Some(self.party(child, role)),
                name::CAC_PARTY => self.again(child),
                _ => self.keep(child),
            }
        }
        self.require_or(party, role.party, n, nobody)
    }

    fn party(&mut self, n: NodeId, role: &RoleTerms) -> Party {
        let mut party = nobody();
        let mut registered_name = None;
        let mut address = None;
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_ENDPOINT_ID => {
                    self.identifier(&mut party.electronic_address, child, EasScheme::other);
                }
                name::CAC_PARTY_IDENTIFICATION => {
                    let mut id = None;
                    self.identification(&mut id, child);
                    party.identifiers.extend(id);
                }
                name::CAC_PARTY_NAME => {
                    self.put_child(&mut party.trading_name, child, name::CBC_NAME);
                }
                name::CAC_POSTAL_ADDRESS if address.is_none() => {
                    address = Some(self.address(child, role.country));
                }
                name::CAC_PARTY_TAX_SCHEME => self.tax_scheme(&mut party, child),
                name::CAC_PARTY_LEGAL_ENTITY => {
                    self.legal_entity(&mut party, &mut registered_name, child);
                }
                name::CAC_CONTACT if party.contact.is_none() => {
                    party.contact = Some(self.contact(child));
                }
                name::CAC_CONTACT | name::CAC_POSTAL_ADDRESS => self.again(child),
                _ => self.keep(child),
            }
        }
        party.name = self.require(registered_name, role.name, n);
        party.address = self.require_or(address, role.address, n, nowhere);
        party
    }

    fn identification(&mut self, slot: &mut Option<Identifier<IcdScheme>>, n: NodeId) {
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_ID => self.identifier(slot, child, IcdScheme::other),
                _ => self.keep(child),
            }
        }
    }

    /// A tax registration: BT-31/BT-48 when its scheme is VAT, else BT-32.
    fn tax_scheme(&mut self, party: &mut Party, n: NodeId) {
        let doc = self.doc;
        let scheme = doc
            .child(n, name::CAC_TAX_SCHEME)
            .and_then(|scheme| doc.child(scheme, name::CBC_ID));
        let scheme = scheme.map(|id| doc.text(id));
        let scheme = scheme.as_deref().map(trim).unwrap_or_default();
        let is_vat = scheme.eq_ignore_ascii_case("VAT");
        let slot = if is_vat {
            &mut party.vat_identifier
        } else {
            &mut party.tax_registration
        };
        if slot.is_some() {
            return self.again(n);
        }
        if doc.child(n, name::CBC_COMPANY_ID).is_none() {
            return self.keep(n);
        }
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_COMPANY_ID => self.put(slot, child),
                name::CAC_TAX_SCHEME if is_vat || scheme == OTHER_TAX => {
                    self.tax_scheme_id(child);
                }
                _ => self.keep(child),
            }
        }
    }

    /// The scheme's identifier was looked at; anything else in it is kept.
    pub(super) fn tax_scheme_id(&mut self, n: NodeId) {
        let doc = self.doc;
        for (at, child) in doc.children(n).enumerate() {
            match doc.name(child) {
                name::CBC_ID if at == 0 => self.leaf(child, &[]),
                _ => self.keep(child),
            }
        }
    }

    fn legal_entity(&mut self, party: &mut Party, name: &mut Option<String>, n: NodeId) {
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_REGISTRATION_NAME => self.put(name, child),
                name::CBC_COMPANY_ID => {
                    self.identifier(&mut party.legal_registration, child, IcdScheme::other);
                }
                name::CBC_COMPANY_LEGAL_FORM => self.put(&mut party.legal_information, child),
                _ => self.keep(child),
            }
        }
    }

    fn contact(&mut self, n: NodeId) -> Contact {
        let mut contact = Contact::default();
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_NAME => self.put(&mut contact.name, child),
                name::CBC_TELEPHONE => self.put(&mut contact.telephone, child),
                name::CBC_ELECTRONIC_MAIL => self.put(&mut contact.email, child),
                _ => self.keep(child),
            }
        }
        contact
    }

    fn address(&mut self, n: NodeId, country_term: &'static str) -> PostalAddress {
        let mut address = nowhere();
        let mut country = None;
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_STREET_NAME => self.put(&mut address.line1, child),
                name::CBC_ADDITIONAL_STREET_NAME => self.put(&mut address.line2, child),
                name::CBC_CITY_NAME => self.put(&mut address.city, child),
                name::CBC_POSTAL_ZONE => self.put(&mut address.post_code, child),
                name::CBC_COUNTRY_SUBENTITY => self.put(&mut address.subdivision, child),
                name::CAC_ADDRESS_LINE => {
                    self.put_child(&mut address.line3, child, name::CBC_LINE);
                }
                name::CAC_COUNTRY => self.country(&mut country, child),
                _ => self.keep(child),
            }
        }
        address.country = self.require_or(country, country_term, n, || Country::other(""));
        address
    }

    pub(super) fn country(&mut self, slot: &mut Option<Country>, n: NodeId) {
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_IDENTIFICATION_CODE => self.code(slot, child, Country::other),
                _ => self.keep(child),
            }
        }
    }

    pub(super) fn payee(&mut self, n: NodeId) -> Payee {
        let mut payee = Payee::default();
        let mut payee_name = None;
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CAC_PARTY_IDENTIFICATION => {
                    let mut id = None;
                    self.identification(&mut id, child);
                    let is_creditor = id.as_ref().is_some_and(is_sepa);
                    match id {
                        Some(id) if is_creditor && self.creditor.is_none() => {
                            self.creditor = Some((child, id));
                        }
                        Some(_) if payee.identifier.is_some() => self.again(child),
                        id => payee.identifier = payee.identifier.take().or(id),
                    }
                }
                name::CAC_PARTY_NAME => self.put_child(&mut payee_name, child, name::CBC_NAME),
                name::CAC_PARTY_LEGAL_ENTITY => {
                    for entity in doc.children(child) {
                        match doc.name(entity) {
                            name::CBC_COMPANY_ID => self.identifier(
                                &mut payee.legal_registration,
                                entity,
                                IcdScheme::other,
                            ),
                            _ => self.keep(entity),
                        }
                    }
                }
                _ => self.keep(child),
            }
        }
        payee.name = self.require(payee_name, "BT-59", n);
        payee
    }

    pub(super) fn tax_representative(&mut self, n: NodeId) -> TaxRepresentative {
        let mut party = nobody();
        let mut party_name = None;
        let mut address = None;
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CAC_PARTY_NAME => self.put_child(&mut party_name, child, name::CBC_NAME),
                name::CAC_POSTAL_ADDRESS if address.is_none() => {
                    address = Some(self.address(child, "BT-69"));
                }
                name::CAC_POSTAL_ADDRESS => self.again(child),
                name::CAC_PARTY_TAX_SCHEME if party.vat_identifier.is_none() => {
                    self.tax_scheme(&mut party, child);
                    if party.tax_registration.take().is_some() {
                        self.keep(child);
                    }
                }
                _ => self.keep(child),
            }
        }
        let name = self.require(party_name, "BT-62", n);
        let vat_identifier = self.require(party.vat_identifier, "BT-63", n);
        let address = self.require_or(address, "BG-12", n, nowhere);
        TaxRepresentative::new(name, vat_identifier, address)
    }

    pub(super) fn delivery(&mut self, n: NodeId) -> Delivery {
        let mut delivery = Delivery::default();
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_ACTUAL_DELIVERY_DATE => {
                    self.date(&mut delivery.date, child, "BT-72");
                }
                name::CAC_DELIVERY_LOCATION => self.delivery_location(&mut delivery, child),
                name::CAC_DELIVERY_PARTY => {
                    for party in doc.children(child) {
                        match doc.name(party) {
                            name::CAC_PARTY_NAME => {
                                self.put_child(&mut delivery.party_name, party, name::CBC_NAME);
                            }
                            _ => self.keep(party),
                        }
                    }
                }
                _ => self.keep(child),
            }
        }
        delivery
    }

    fn delivery_location(&mut self, delivery: &mut Delivery, n: NodeId) {
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_ID => {
                    self.identifier(&mut delivery.location, child, IcdScheme::other);
                }
                name::CAC_ADDRESS if delivery.address.is_none() => {
                    delivery.address = Some(self.address(child, "BT-80"));
                }
                name::CAC_ADDRESS => self.again(child),
                _ => self.keep(child),
            }
        }
    }
}
