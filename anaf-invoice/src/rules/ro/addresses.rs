//! Romanian addresses: street and city, counties by ISO 3166-2:RO, Bucharest by its sectors.

use crate::doc::name::*;
use crate::rules::codes::short_tables::{COUNTIES, SECTORS};
use crate::rules::definition::{Assertion, Rule, fatal, on, report};
use crate::rules::xpath::{At, Path, Verdict, both, text};

fn seller(document: At<'_>) -> impl Path<'_> {
    document / CAC_ACCOUNTING_SUPPLIER_PARTY / CAC_PARTY / CAC_POSTAL_ADDRESS
}

fn buyer(document: At<'_>) -> impl Path<'_> {
    document / CAC_ACCOUNTING_CUSTOMER_PARTY / CAC_PARTY / CAC_POSTAL_ADDRESS
}

/// On the root.
pub(super) const ON_DOCUMENT: &[Assertion] = &[
    fatal("BR-RO-081", |document| {
        (seller(document) / CBC_STREET_NAME).is_present()
    }),
    fatal("BR-RO-082", |document| {
        (buyer(document) / CBC_STREET_NAME).is_present()
    }),
    fatal("BR-RO-091", |document| {
        (seller(document) / CBC_CITY_NAME).is_present()
    }),
    fatal("BR-RO-092", |document| {
        (buyer(document) / CBC_CITY_NAME).is_present()
    }),
    report("BR-RO-100", |document| {
        in_bucharest_without_sector(seller(document))
    }),
    report("BR-RO-110", |document| {
        in_romania_without_county(seller(document))
    }),
    report("BR-RO-101", |document| {
        in_bucharest_without_sector(buyer(document))
    }),
    report("BR-RO-111", |document| {
        in_romania_without_county(buyer(document))
    }),
];

/// `/ubl:Invoice/cac:TaxRepresentativeParty/cac:PostalAddress`: not of credit notes.
pub(super) const TAX_REPRESENTATIVE: Rule = Rule::new(
    &[on(CAC_POSTAL_ADDRESS)
        .within(&[CAC_TAX_REPRESENTATIVE_PARTY, INV_INVOICE])
        .at_root()],
    &[&[
        fatal("BR-RO-140", |address| {
            (address / CBC_STREET_NAME).is_present()
        }),
        fatal("BR-RO-150", |address| {
            (address / CBC_CITY_NAME).is_present()
        }),
        report("BR-RO-160", |address| in_bucharest_without_sector(address)),
        report("BR-RO-170", |address| in_romania_without_county(address)),
    ]],
);

/// `/ubl:Invoice/cac:Delivery/cac:DeliveryLocation/cac:Address`: not of credit notes.
pub(super) const DELIVERY: Rule = Rule::new(
    &[on(CAC_ADDRESS)
        .within(&[CAC_DELIVERY_LOCATION, CAC_DELIVERY, INV_INVOICE])
        .at_root()],
    &[&[
        fatal("BR-RO-180", |address| {
            (address / CBC_STREET_NAME).is_present()
        }),
        fatal("BR-RO-201", |address| {
            (address / CBC_CITY_NAME).is_present()
        }),
        report("BR-RO-202", |address| in_bucharest_without_sector(address)),
        fatal("BR-RO-211", |address| {
            (address / CBC_COUNTRY_SUBENTITY).is_present()
        }),
        report("BR-RO-212", |address| in_romania_without_county(address)),
    ]],
);

fn in_romania<'a>(address: impl Path<'a>) -> Verdict {
    (address / CAC_COUNTRY / CBC_IDENTIFICATION_CODE).normalizes_to("RO")
}

/// Country RO, county RO-B, and a city that is none of SECTOR1 to SECTOR6.
fn in_bucharest_without_sector<'a>(address: impl Path<'a>) -> Verdict {
    let in_bucharest = both(in_romania(address), || {
        (address / CBC_COUNTRY_SUBENTITY).normalizes_to("RO-B")
    });
    both(in_bucharest, || {
        Ok(!text::is_code_of(
            &(address / CBC_CITY_NAME).text()?,
            SECTORS,
        ))
    })
}

/// Country RO, and a county that is not on the list.
fn in_romania_without_county<'a>(address: impl Path<'a>) -> Verdict {
    both(in_romania(address), || {
        Ok(!text::is_code_of(
            &(address / CBC_COUNTRY_SUBENTITY).text()?,
            COUNTIES,
        ))
    })
}
