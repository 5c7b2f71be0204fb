//! Seller (BG-4), buyer (BG-7), payee (BG-10), tax representative (BG-11), delivery address (BG-15).

use crate::codes::tables::COUNTRIES;
use crate::doc::attr::SCHEME_ID;
use crate::doc::name::*;
use crate::rules::checks::any_equal;
use crate::rules::definition::{Rule, fatal, on};
use crate::rules::xpath::{Filter, Path, Step, either};
use std::sync::LazyLock;

/// `cac:AccountingSupplierParty`
pub(super) const SELLER: Rule = Rule::new(
    &[on(CAC_ACCOUNTING_SUPPLIER_PARTY)],
    // A VAT identifier (BT-31), another identifier (BT-29) or a legal registration (BT-30).
    &[&[fatal("BR-CO-26", |seller| {
        let party = seller / CAC_PARTY;
        let vat_id = party / Step::only(CAC_PARTY_TAX_SCHEME, Filter::Vat) / CBC_COMPANY_ID;
        either(vat_id.exists(), || {
            Ok((party / CAC_PARTY_IDENTIFICATION / CBC_ID).exists()?
                || (party / CAC_PARTY_LEGAL_ENTITY / CBC_COMPANY_ID).exists()?)
        })
    })]],
);

/// `cac:AccountingSupplierParty/cac:Party/cbc:EndpointID`
pub(super) const SELLER_ENDPOINT: Rule = Rule::new(
    &[on(CBC_ENDPOINT_ID).within(&[CAC_PARTY, CAC_ACCOUNTING_SUPPLIER_PARTY])],
    &[&[fatal("BR-62", |endpoint| Ok(endpoint.has(SCHEME_ID)))]],
);

/// `cac:AccountingSupplierParty/cac:Party/cac:PostalAddress`
pub(super) const SELLER_ADDRESS: Rule = Rule::new(
    &[on(CAC_POSTAL_ADDRESS).within(&[CAC_PARTY, CAC_ACCOUNTING_SUPPLIER_PARTY])],
    &[&[fatal("BR-09", |address| {
        (address / CAC_COUNTRY / CBC_IDENTIFICATION_CODE).has_text()
    })]],
);

/// `cac:AccountingCustomerParty/cac:Party/cbc:EndpointID`
pub(super) const BUYER_ENDPOINT: Rule = Rule::new(
    &[on(CBC_ENDPOINT_ID).within(&[CAC_PARTY, CAC_ACCOUNTING_CUSTOMER_PARTY])],
    &[&[fatal("BR-63", |endpoint| Ok(endpoint.has(SCHEME_ID)))]],
);

/// `cac:AccountingCustomerParty/cac:Party/cac:PostalAddress`
pub(super) const BUYER_ADDRESS: Rule = Rule::new(
    &[on(CAC_POSTAL_ADDRESS).within(&[CAC_PARTY, CAC_ACCOUNTING_CUSTOMER_PARTY])],
    &[&[fatal("BR-11", |address| {
        (address / CAC_COUNTRY / CBC_IDENTIFICATION_CODE).has_text()
    })]],
);

/// `cac:PayeeParty`
pub(super) const PAYEE: Rule = Rule::new(
    &[on(CAC_PAYEE_PARTY)],
    // A payee has a name (BT-59), and is not the seller again.
    &[&[fatal("BR-17", |payee| {
        let (name, id) = (
            payee / CAC_PARTY_NAME / CBC_NAME,
            payee / CAC_PARTY_IDENTIFICATION / CBC_ID,
        );
        let Some(document) = payee.parent() else {
            return name.exists();
        };
        let seller = document / CAC_ACCOUNTING_SUPPLIER_PARTY / CAC_PARTY;
        Ok(name.exists()?
            && !any_equal(name, seller / CAC_PARTY_NAME / CBC_NAME)?
            && !any_equal(id, seller / CAC_PARTY_IDENTIFICATION / CBC_ID)?)
    })]],
);

/// `cac:TaxRepresentativeParty`
pub(super) const TAX_REPRESENTATIVE: Rule = Rule::new(
    &[on(CAC_TAX_REPRESENTATIVE_PARTY)],
    &[&[
        fatal("BR-18", |party| {
            (party / CAC_PARTY_NAME / CBC_NAME).has_text()
        }),
        fatal("BR-19", |party| (party / CAC_POSTAL_ADDRESS).exists()),
        fatal("BR-56", |party| {
            (party / Step::only(CAC_PARTY_TAX_SCHEME, Filter::OneVat) / CBC_COMPANY_ID).exists()
        }),
    ]],
);

/// `cac:TaxRepresentativeParty/cac:PostalAddress`
pub(super) const TAX_REPRESENTATIVE_ADDRESS: Rule = Rule::new(
    &[on(CAC_POSTAL_ADDRESS).within(&[CAC_TAX_REPRESENTATIVE_PARTY])],
    &[&[fatal("BR-20", |address| {
        (address / CAC_COUNTRY / CBC_IDENTIFICATION_CODE).has_text()
    })]],
);

/// `cac:Delivery/cac:DeliveryLocation/cac:Address`
pub(super) const DELIVERY_ADDRESS: Rule = Rule::new(
    &[on(CAC_ADDRESS).within(&[CAC_DELIVERY_LOCATION, CAC_DELIVERY])],
    &[&[fatal("BR-57", |address| {
        (address / CAC_COUNTRY / CBC_IDENTIFICATION_CODE).exists()
    })]],
);

/// `//cac:PartyTaxScheme[VAT]`
pub(super) const VAT_REGISTRATION: Rule = Rule::new(
    &[on(CAC_PARTY_TAX_SCHEME).only(Filter::Vat)],
    // A VAT identifier starts with a country.
    &[&[fatal("BR-CO-09", |registration| {
        let id = (registration / CBC_COMPANY_ID).text()?;
        let end = id.char_indices().nth(2).map_or(id.len(), |(at, _)| at);
        Ok(VAT_ID_PREFIXES.contains(id.get(..end).unwrap_or("")))
    })]],
);

/// Countries with Greece's `EL`, as running text: the official rule searches for the first two characters in it, so
/// that fewer, or any two that stand side by side, pass.
static VAT_ID_PREFIXES: LazyLock<String> = LazyLock::new(|| {
    let mut prefixes = COUNTRIES.codes().to_vec();
    prefixes.push("EL");
    prefixes.sort_unstable();
    format!(" {} ", prefixes.join(" "))
});
