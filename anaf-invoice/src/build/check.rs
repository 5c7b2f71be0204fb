//! What must be there: the terms that EN 16931 and CIUS-RO require, by their numbers.

use rust_decimal::Decimal;

use super::BuildProblem;
use crate::codes::{Country, Currency, Sector, VatCategory};
use crate::model::{Invoice, Party, PostalAddress};

/// Adds a problem for every required term that is missing or plainly wrong.
pub(super) fn check(invoice: &Invoice, problems: &mut Vec<BuildProblem>) {
    let mut check = Check { invoice, problems };
    check.document();
    check.lines();
    check.parties();
    check.vat();
}

struct Check<'a> {
    invoice: &'a Invoice,
    problems: &'a mut Vec<BuildProblem>,
}

/// The terms of one address: street, city, county.
struct AddressTerms {
    street: &'static str,
    city: &'static str,
    county: &'static str,
}

const SELLER_ADDRESS: AddressTerms = AddressTerms {
    street: "BT-35",
    city: "BT-37",
    county: "BT-39",
};
const BUYER_ADDRESS: AddressTerms = AddressTerms {
    street: "BT-50",
    city: "BT-52",
    county: "BT-54",
};
const REPRESENTATIVE_ADDRESS: AddressTerms = AddressTerms {
    street: "BT-64",
    city: "BT-66",
    county: "BT-68",
};
const DELIVERY_ADDRESS: AddressTerms = AddressTerms {
    street: "BT-75",
    city: "BT-77",
    county: "BT-79",
};

fn is_blank(text: Option<&str>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}

impl Check<'_> {
    fn missing(&mut self, when: bool, term: &'static str, what: &'static str) {
        if when {
            self.problems.push(BuildProblem::Missing { term, what });
        }
    }

    fn wrong(&mut self, when: bool, term: &'static str, what: &'static str) {
        if when {
            self.problems.push(BuildProblem::Wrong { term, what });
        }
    }

    fn document(&mut self) {
        let i = self.invoice;
        let number = i.number.trim();
        self.missing(number.is_empty(), "BT-1", "the invoice number");
        self.wrong(
            !number.is_empty() && !number.contains(|c: char| c.is_ascii_digit()),
            "BT-1",
            "an invoice number has at least one digit (BR-RO-010)",
        );
        self.wrong(
            i.type_code.is_listed() && i.type_code.is_credit_note() != i.is_credit_note(),
            "BT-3",
            "381 goes with a credit note, every other type with an invoice",
        );
        let to_pay = i.totals.amount_due > Decimal::ZERO;
        self.missing(
            !i.is_credit_note()
                && to_pay
                && i.payment_due_date.is_none()
                && is_blank(i.payment_terms.as_deref()),
            "BT-9",
            "the due date, or payment terms (BT-20), when there is something to pay (BR-CO-25)",
        );
        self.missing(
            i.currency != Currency::RON && i.totals.total_vat_in_accounting_currency.is_none(),
            "BT-111",
            "the VAT in lei: give the exchange rate with the currency, or state the amount",
        );
        self.missing(
            i.payment.as_ref().is_some_and(|payment| {
                matches!(payment.means.as_str(), "30" | "58") && payment.credit_transfers.is_empty()
            }),
            "BT-84",
            "the account, when payment is by credit transfer (BR-61)",
        );
    }

    fn lines(&mut self) {
        let i = self.invoice;
        self.missing(i.lines.is_empty(), "BG-25", "at least one line (BR-16)");
        let unnamed = i.lines.iter().any(|line| line.item.name.is_empty());
        self.missing(unnamed, "BT-153", "the item's name, on every line (BR-25)");
    }

    fn parties(&mut self) {
        let i = self.invoice;
        self.missing(i.seller.name.is_empty(), "BT-27", "the seller's name");
        self.missing(i.buyer.name.is_empty(), "BT-44", "the buyer's name");
        self.address(&i.seller.address, &SELLER_ADDRESS);
        self.address(&i.buyer.address, &BUYER_ADDRESS);
        if let Some(representative) = &i.tax_representative {
            self.address(&representative.address, &REPRESENTATIVE_ADDRESS);
            let name = &representative.name;
            self.missing(name.is_empty(), "BT-62", "the tax representative's name");
            let id = &representative.vat_identifier;
            self.missing(
                id.is_empty(),
                "BT-63",
                "the tax representative's VAT number",
            );
        }
        if let Some(address) = i.delivery.as_ref().and_then(|d| d.address.as_ref()) {
            self.address(address, &DELIVERY_ADDRESS);
            self.missing(
                address.country != Country::RO && is_blank(address.subdivision.as_deref()),
                "BT-79",
                "the region of the delivery address, abroad too (BR-RO-211)",
            );
        }
        self.missing(
            i.seller.vat_identifier.is_none()
                && i.seller.legal_registration.is_none()
                && i.seller.identifiers.is_empty(),
            "BT-30",
            "an identifier of the seller: its VAT number (BT-31) or legal registration (BR-CO-26)",
        );
        if let Some(payee) = &i.payee {
            self.wrong(
                payee.name == i.seller.name,
                "BT-59",
                "a payee is someone else than the seller (UBL-SR-19)",
            );
        }
    }

    fn address(&mut self, address: &PostalAddress, terms: &AddressTerms) {
        let street = is_blank(address.line1.as_deref());
        self.missing(street, terms.street, "the street of the address");
        let city = is_blank(address.city.as_deref());
        self.missing(city, terms.city, "the city of the address");
        if address.country == Country::RO {
            let county = address.county();
            self.missing(
                county.is_none(),
                terms.county,
                "the county's code, RO-CJ say, in Romania",
            );
            self.wrong(
                county.as_ref().is_some_and(|county| !county.is_listed()),
                terms.county,
                "in Romania the subdivision is a county's code, RO-CJ say",
            );
            let in_bucharest = county == Some(crate::codes::County::Bucharest);
            let sector = address.city.as_deref().map(Sector::new);
            self.wrong(
                in_bucharest && !city && !matches!(sector, Some(Ok(_))),
                terms.city,
                "in Bucharest the city is SECTOR1 to SECTOR6",
            );
        }
    }

    fn vat(&mut self) {
        let i = self.invoice;
        let has = |category: VatCategory| i.vat_breakdown.iter().any(|b| b.category == category);
        if has(VatCategory::OutsideScope) {
            self.outside_scope();
        } else if !i.vat_breakdown.is_empty() {
            self.missing(
                !is_tax_registered(&i.seller) && i.tax_representative.is_none(),
                "BT-31",
                "the seller's VAT number, or its tax registration (BT-32), or a tax representative",
            );
            self.missing(
                i.buyer.vat_identifier.is_none() && i.buyer.legal_registration.is_none(),
                "BT-47",
                "the buyer's fiscal code, or its VAT number (BT-48); a private person has thirteen zeros",
            );
        }
        let seller_vat = i.seller.vat_identifier.is_some() || i.tax_representative.is_some();
        if has(VatCategory::Export) || has(VatCategory::IntraCommunity) {
            let what = "the seller's VAT number, for exports and intra-community supplies";
            self.missing(!seller_vat, "BT-31", what);
        }
        if has(VatCategory::IntraCommunity) {
            self.intra_community();
        }
        let unexplained = i.vat_breakdown.iter().any(|b| {
            b.category.needs_exemption_reason()
                && b.exemption_reason.is_none()
                && b.exemption_reason_code.is_none()
        });
        self.missing(
            unexplained,
            "BT-121",
            "why no VAT is charged: exemption_code, or exemption_text (BT-120)",
        );
        let explained = i.vat_breakdown.iter().any(|b| {
            (b.category.has_rate() || b.category == VatCategory::ZeroRated)
                && (b.exemption_reason.is_some() || b.exemption_reason_code.is_some())
        });
        self.wrong(
            explained,
            "BT-121",
            "categories S, Z, L and M have no exemption reason",
        );
    }

    fn outside_scope(&mut self) {
        let i = self.invoice;
        if i.vat_breakdown.len() > 1 {
            self.problems.push(BuildProblem::OutsideScopeMixed);
        }
        let what = "no VAT number may stand on an invoice that is not subject to VAT (BR-O-02)";
        self.wrong(i.seller.vat_identifier.is_some(), "BT-31", what);
        self.wrong(i.buyer.vat_identifier.is_some(), "BT-48", what);
        self.wrong(i.tax_representative.is_some(), "BT-63", what);
    }

    fn intra_community(&mut self) {
        let i = self.invoice;
        let delivery = i.delivery.as_ref();
        self.missing(
            i.buyer.vat_identifier.is_none(),
            "BT-48",
            "the buyer's VAT number, for an intra-community supply (BR-IC-02)",
        );
        self.missing(
            delivery.is_none_or(|d| d.date.is_none()) && i.invoicing_period.is_none(),
            "BT-72",
            "the delivery date or the invoicing period, for an intra-community supply (BR-IC-11)",
        );
        self.missing(
            delivery.is_none_or(|d| d.address.is_none()),
            "BT-80",
            "the delivery address, for an intra-community supply (BR-IC-12)",
        );
    }
}

fn is_tax_registered(seller: &Party) -> bool {
    seller.vat_identifier.is_some() || seller.tax_registration.is_some()
}
