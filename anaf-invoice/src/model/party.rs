//! Parties: seller, buyer, payee and tax representative, with their addresses and contacts.

use std::fmt;

use anaf_types::Cif;
use anaf_types::text::Masked;

use super::Identifier;
use crate::codes::{Country, County, EasScheme, IcdScheme, Sector};

/// What stands for a private person's fiscal code that the seller does not know.
pub(crate) const UNKNOWN_PERSON: &str = "0000000000000";

/// Seller (BG-4) or buyer (BG-7). `Debug` masks personal codes.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Party {
    /// BT-27 Seller name; BT-44 Buyer name: the full registered name.
    pub name: String,
    /// BT-28 Seller trading name; BT-45 Buyer trading name.
    pub trading_name: Option<String>,
    /// BT-29 Seller identifiers; BT-46 Buyer identifier, at most one (UBL-SR-16).
    pub identifiers: Vec<Identifier<IcdScheme>>,
    /// BT-30 Seller legal registration identifier; BT-47 Buyer legal registration identifier. In Romania the fiscal
    /// code without `RO`, the number in the trade register, a person's CNP, or thirteen zeros.
    pub legal_registration: Option<Identifier<IcdScheme>>,
    /// BT-31 Seller VAT identifier; BT-48 Buyer VAT identifier: with the country's prefix, as `RO12345674`.
    pub vat_identifier: Option<String>,
    /// BT-32 Seller tax registration identifier: the fiscal code of one who is not registered for VAT.
    pub tax_registration: Option<String>,
    /// BT-33 Seller additional legal information, as the share capital. Sellers only.
    pub legal_information: Option<String>,
    /// BT-34 Seller electronic address; BT-49 Buyer electronic address.
    pub electronic_address: Option<Identifier<EasScheme>>,
    /// BG-5 Seller postal address; BG-8 Buyer postal address.
    pub address: PostalAddress,
    /// BG-6 Seller contact; BG-9 Buyer contact.
    pub contact: Option<Contact>,
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            trading_name,
            identifiers,
            legal_registration,
            vat_identifier,
            tax_registration,
            legal_information,
            electronic_address,
            address,
            contact,
        } = self;
        f.debug_struct("Party")
            .field("name", name)
            .field("trading_name", trading_name)
            .field("identifiers", identifiers)
            .field("legal_registration", legal_registration)
            .field("vat_identifier", &Masked(vat_identifier))
            .field("tax_registration", &Masked(tax_registration))
            .field("legal_information", legal_information)
            .field("electronic_address", electronic_address)
            .field("address", address)
            .field("contact", contact)
            .finish()
    }
}

impl Party {
    /// A party with a name and an address; identifiers are up to the caller.
    #[must_use]
    pub fn new(name: impl Into<String>, address: PostalAddress) -> Self {
        Self {
            name: name.into(),
            address,
            ..Self::default()
        }
    }

    /// A Romanian company registered for VAT: BT-31/BT-48 is `RO` and the code, BT-30/BT-47 the code.
    #[must_use]
    pub fn vat_payer(name: impl Into<String>, cif: &Cif, address: PostalAddress) -> Self {
        Self {
            vat_identifier: Some(format!("RO{}", cif.digits())),
            legal_registration: Some(Identifier::new(cif.digits())),
            ..Self::new(name, address)
        }
    }

    /// A Romanian company not registered for VAT: BT-30/BT-47 and BT-32 are the fiscal code, without `RO`.
    #[must_use]
    pub fn non_vat_payer(name: impl Into<String>, cif: &Cif, address: PostalAddress) -> Self {
        Self {
            tax_registration: Some(cif.digits().to_owned()),
            legal_registration: Some(Identifier::new(cif.digits())),
            ..Self::new(name, address)
        }
    }

    /// A private person as buyer: BT-47 is the CNP, or thirteen zeros when the person did not give it.
    #[must_use]
    pub fn person(name: impl Into<String>, cnp: Option<&Cif>, address: PostalAddress) -> Self {
        let code = cnp.map_or(UNKNOWN_PERSON, |cnp| cnp.digits());
        Self {
            legal_registration: Some(Identifier::new(code)),
            ..Self::new(name, address)
        }
    }

    /// A foreign party with its VAT identifier, country prefix included (`DE123456789`).
    #[must_use]
    pub fn foreign(
        name: impl Into<String>,
        vat_identifier: impl Into<String>,
        address: PostalAddress,
    ) -> Self {
        Self {
            vat_identifier: Some(vat_identifier.into()),
            ..Self::new(name, address)
        }
    }

    /// Sets the legal registration identifier (BT-30, BT-47): a number in the trade register, say.
    #[must_use]
    pub fn with_legal_registration(mut self, identifier: impl Into<String>) -> Self {
        self.legal_registration = Some(Identifier::new(identifier));
        self
    }

    /// Sets the trading name (BT-28, BT-45).
    #[must_use]
    pub fn with_trading_name(mut self, name: impl Into<String>) -> Self {
        self.trading_name = Some(name.into());
        self
    }

    /// Sets the additional legal information (BT-33).
    #[must_use]
    pub fn with_legal_information(mut self, text: impl Into<String>) -> Self {
        self.legal_information = Some(text.into());
        self
    }

    /// Sets the electronic address to an e-mail address (BT-34, BT-49 with scheme `EM`).
    #[must_use]
    pub fn with_email_address(mut self, address: impl Into<String>) -> Self {
        self.electronic_address = Some(Identifier::with_scheme(address, EasScheme::EMAIL));
        self
    }

    /// Sets the contact (BG-6, BG-9).
    #[must_use]
    pub fn with_contact(mut self, contact: Contact) -> Self {
        self.contact = Some(contact);
        self
    }
}

/// BG-10 Payee: who receives the payment, when it is not the seller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Payee {
    /// BT-59 Payee name; it must differ from the seller's (BR-17, UBL-SR-19).
    pub name: String,
    /// BT-60 Payee identifier.
    pub identifier: Option<Identifier<IcdScheme>>,
    /// BT-61 Payee legal registration identifier.
    pub legal_registration: Option<Identifier<IcdScheme>>,
}

impl Payee {
    /// A payee with its name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }
}

/// BG-11 Seller tax representative party.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaxRepresentative {
    /// BT-62 Seller tax representative name.
    pub name: String,
    /// BT-63 Seller tax representative VAT identifier.
    pub vat_identifier: String,
    /// BG-12 Seller tax representative postal address.
    pub address: PostalAddress,
}

impl TaxRepresentative {
    /// A tax representative: all three are required (BR-18, BR-19, BR-56).
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        vat_identifier: impl Into<String>,
        address: PostalAddress,
    ) -> Self {
        Self {
            name: name.into(),
            vat_identifier: vat_identifier.into(),
            address,
        }
    }
}

/// A postal address: of the seller (BG-5), the buyer (BG-8), the tax representative (BG-12) or the delivery (BG-15).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PostalAddress {
    /// Address line 1, the street (BT-35, BT-50, BT-64, BT-75).
    pub line1: Option<String>,
    /// Address line 2 (BT-36, BT-51, BT-65, BT-76).
    pub line2: Option<String>,
    /// Address line 3 (BT-162, BT-163, BT-164, BT-165).
    pub line3: Option<String>,
    /// City (BT-37, BT-52, BT-66, BT-77); in Bucharest the [`Sector`].
    pub city: Option<String>,
    /// Post code (BT-38, BT-53, BT-67, BT-78).
    pub post_code: Option<String>,
    /// Country subdivision (BT-39, BT-54, BT-68, BT-79); in Romania the code of the [`County`].
    pub subdivision: Option<String>,
    /// Country (BT-40, BT-55, BT-69, BT-80).
    pub country: Country,
}

impl Default for PostalAddress {
    fn default() -> Self {
        Self {
            line1: None,
            line2: None,
            line3: None,
            city: None,
            post_code: None,
            subdivision: None,
            country: Country::RO,
        }
    }
}

impl PostalAddress {
    /// An address in Romania outside Bucharest.
    #[must_use]
    pub fn romanian(county: &County, city: impl Into<String>, street: impl Into<String>) -> Self {
        Self {
            line1: Some(street.into()),
            city: Some(city.into()),
            subdivision: Some(county.as_str().to_owned()),
            ..Self::default()
        }
    }

    /// An address in Bucharest: county `RO-B`, and the sector where others have the city.
    #[must_use]
    pub fn bucharest(sector: &Sector, street: impl Into<String>) -> Self {
        Self::romanian(&County::Bucharest, sector.as_str(), street)
    }

    /// An address abroad.
    #[must_use]
    pub fn foreign(country: Country, city: impl Into<String>, street: impl Into<String>) -> Self {
        Self {
            line1: Some(street.into()),
            city: Some(city.into()),
            country,
            ..Self::default()
        }
    }

    /// Sets the post code.
    #[must_use]
    pub fn with_post_code(mut self, post_code: impl Into<String>) -> Self {
        self.post_code = Some(post_code.into());
        self
    }

    /// Sets the second line.
    #[must_use]
    pub fn with_line2(mut self, line: impl Into<String>) -> Self {
        self.line2 = Some(line.into());
        self
    }

    /// The county, when the country is Romania and a subdivision is given.
    #[must_use]
    pub fn county(&self) -> Option<County> {
        if self.country != Country::RO {
            return None;
        }
        self.subdivision.as_deref().map(County::other)
    }

    /// The sector, when the address is in Bucharest and names one.
    #[must_use]
    pub fn sector(&self) -> Option<Sector> {
        if self.county() != Some(County::Bucharest) {
            return None;
        }
        self.city.as_deref().and_then(|city| Sector::new(city).ok())
    }
}

/// BG-6 Seller contact; BG-9 Buyer contact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contact {
    /// BT-41 Seller contact point; BT-56 Buyer contact point: a person or department.
    pub name: Option<String>,
    /// BT-42, BT-57 Contact telephone number.
    pub telephone: Option<String>,
    /// BT-43, BT-58 Contact e-mail address.
    pub email: Option<String>,
}

impl Contact {
    /// A contact by name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::default()
        }
    }

    /// Sets the telephone number.
    #[must_use]
    pub fn with_telephone(mut self, telephone: impl Into<String>) -> Self {
        self.telephone = Some(telephone.into());
        self
    }

    /// Sets the e-mail address.
    #[must_use]
    pub fn with_email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }
}
