//! The semantic model of EN 16931 with the restrictions of CIUS-RO: one type for invoices and credit notes.
//!
//! Every field names its business term (BT) or group (BG). Amounts are [`Decimal`]s, without a currency of their own:
//! they are in the invoice's currency (BT-5), but BT-111, which is in the accounting currency (BT-6).
//!
//! The structs are open to new fields (`#[non_exhaustive]`): make them with their constructors or the
//! [builder](crate::build), then set the public fields.

mod adjustment;
mod line;
mod party;
mod payment;
mod reference;
mod total;

pub use adjustment::{
    DocumentAdjustment, DocumentAllowance, DocumentCharge, LineAdjustment, LineAllowance,
    LineCharge,
};
pub use line::{InvoiceLine, Item, ItemAttribute, ItemClassification, LineVat, PriceDetails};
pub use party::{Contact, Party, Payee, PostalAddress, TaxRepresentative};
pub use payment::{CreditTransfer, DirectDebit, PaymentCard, PaymentInstructions};
pub use reference::{
    Attachment, Delivery, Identifier, Note, Period, PrecedingInvoice, SupportingDocument,
};
pub use total::{DocumentTotals, VatBreakdown};

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::codes::{Currency, InvoiceType, ReferenceQualifier, VatPointDateCode};

/// The specification identifier of CIUS-RO (BT-24): rule BR-RO-001 wants exactly this text.
pub const CIUS_RO: &str =
    "urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1";

/// Which of the two UBL documents carries the invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// UBL `Invoice`.
    Invoice,
    /// UBL `CreditNote`.
    CreditNote,
}

/// An invoice or credit note of EN 16931, as CIUS-RO restricts it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Invoice {
    /// The UBL document: `Invoice` or `CreditNote`.
    pub kind: DocumentKind,
    /// BT-1 Invoice number: at least one digit (BR-RO-010), at most 200 characters.
    pub number: String,
    /// BT-2 Invoice issue date.
    pub issue_date: Date,
    /// BT-3 Invoice type code.
    pub type_code: InvoiceType,
    /// BT-5 Invoice currency code.
    pub currency: Currency,
    /// BT-6 VAT accounting currency code: RON when BT-5 is another (BR-RO-030).
    pub vat_accounting_currency: Option<Currency>,
    /// BT-7 Value added tax point date; excludes BT-8.
    pub vat_point_date: Option<Date>,
    /// BT-8 Value added tax point date code; excludes BT-7.
    pub vat_point_date_code: Option<VatPointDateCode>,
    /// BT-9 Payment due date. A credit note carries it among its payment means.
    pub payment_due_date: Option<Date>,
    /// BT-10 Buyer reference.
    pub buyer_reference: Option<String>,
    /// BT-11 Project reference.
    pub project_reference: Option<String>,
    /// BT-12 Contract reference.
    pub contract_reference: Option<String>,
    /// BT-13 Purchase order reference.
    pub purchase_order_reference: Option<String>,
    /// BT-14 Sales order reference.
    pub sales_order_reference: Option<String>,
    /// BT-15 Receiving advice reference.
    pub receiving_advice_reference: Option<String>,
    /// BT-16 Despatch advice reference.
    pub despatch_advice_reference: Option<String>,
    /// BT-17 Tender or lot reference.
    pub tender_or_lot_reference: Option<String>,
    /// BT-18 Invoiced object identifier, with its scheme BT-18-1.
    pub invoiced_object: Option<Identifier<ReferenceQualifier>>,
    /// BT-19 Buyer accounting reference.
    pub buyer_accounting_reference: Option<String>,
    /// BT-20 Payment terms.
    pub payment_terms: Option<String>,
    /// BG-1 Invoice notes: at most 20 (BR-RO-A020).
    pub notes: Vec<Note>,
    /// BT-23 Business process type.
    pub business_process: Option<String>,
    /// BT-24 Specification identifier: [`CIUS_RO`].
    pub specification: String,
    /// BG-3 Preceding invoice references.
    pub preceding_invoices: Vec<PrecedingInvoice>,
    /// BG-4 Seller.
    pub seller: Party,
    /// BG-7 Buyer.
    pub buyer: Party,
    /// BG-10 Payee, when it is not the seller.
    pub payee: Option<Payee>,
    /// BG-11 Seller tax representative party.
    pub tax_representative: Option<TaxRepresentative>,
    /// BG-13 Delivery information.
    pub delivery: Option<Delivery>,
    /// BG-14 Invoicing period.
    pub invoicing_period: Option<Period>,
    /// BG-16 Payment instructions.
    pub payment: Option<PaymentInstructions>,
    /// BG-20 Document level allowances.
    pub allowances: Vec<DocumentAllowance>,
    /// BG-21 Document level charges.
    pub charges: Vec<DocumentCharge>,
    /// BG-22 Document totals.
    pub totals: DocumentTotals,
    /// BG-23 VAT breakdown.
    pub vat_breakdown: Vec<VatBreakdown>,
    /// BG-24 Additional supporting documents.
    pub supporting_documents: Vec<SupportingDocument>,
    /// BG-25 Invoice lines.
    pub lines: Vec<InvoiceLine>,
}

impl Invoice {
    /// An invoice of the given kind with what every invoice has; the rest is empty and all totals are zero.
    ///
    /// For writing invoices from what a business knows use [`InvoiceBuilder`](crate::build::InvoiceBuilder), which
    /// computes the amounts.
    #[must_use]
    pub fn new(
        type_code: InvoiceType,
        number: impl Into<String>,
        issue_date: Date,
        seller: Party,
        buyer: Party,
    ) -> Self {
        Self {
            kind: if type_code.is_credit_note() {
                DocumentKind::CreditNote
            } else {
                DocumentKind::Invoice
            },
            type_code,
            number: number.into(),
            issue_date,
            seller,
            buyer,
            currency: Currency::RON,
            vat_accounting_currency: None,
            vat_point_date: None,
            vat_point_date_code: None,
            payment_due_date: None,
            buyer_reference: None,
            project_reference: None,
            contract_reference: None,
            purchase_order_reference: None,
            sales_order_reference: None,
            receiving_advice_reference: None,
            despatch_advice_reference: None,
            tender_or_lot_reference: None,
            invoiced_object: None,
            buyer_accounting_reference: None,
            payment_terms: None,
            notes: Vec::new(),
            business_process: None,
            specification: CIUS_RO.to_owned(),
            preceding_invoices: Vec::new(),
            payee: None,
            tax_representative: None,
            delivery: None,
            invoicing_period: None,
            payment: None,
            allowances: Vec::new(),
            charges: Vec::new(),
            totals: DocumentTotals::default(),
            vat_breakdown: Vec::new(),
            supporting_documents: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// Whether this is a UBL `CreditNote`.
    #[must_use]
    pub fn is_credit_note(&self) -> bool {
        self.kind == DocumentKind::CreditNote
    }

    /// Whether the VAT becomes due on payment (*TVA la încasare*, BT-8 code 432).
    #[must_use]
    pub fn is_cash_accounting(&self) -> bool {
        self.vat_point_date_code == Some(VatPointDateCode::Payment)
    }

    /// Whether the buyer wrote the invoice in the seller's name (BT-3 code 389): ANAF's upload wants to be told
    /// (`autofactura`).
    #[must_use]
    pub fn is_self_billed(&self) -> bool {
        self.type_code == InvoiceType::SelfBilled
    }

    /// Whether the buyer is outside Romania (BT-55): ANAF's upload wants to be told (`extern`).
    #[must_use]
    pub fn is_buyer_foreign(&self) -> bool {
        self.buyer.address.country != crate::codes::Country::RO
    }

    /// Whether the buyer is a private person: no VAT number, and a CNP or thirteen zeros as legal registration (BT-47).
    #[must_use]
    pub fn is_to_consumer(&self) -> bool {
        let registration = self.buyer.legal_registration.as_ref();
        self.buyer.vat_identifier.is_none()
            && registration.is_some_and(|id| {
                id.value.len() == 13 && id.value.bytes().all(|b| b.is_ascii_digit())
            })
    }

    /// The amount due for payment (BT-115), in the invoice's currency.
    #[must_use]
    pub fn amount_due(&self) -> Decimal {
        self.totals.amount_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{Country, County, Sector};
    use jiff::civil::date;

    #[test]
    fn what_an_upload_wants_to_know() {
        let bucharest = || PostalAddress::bucharest(&Sector::Sector6, "Str. Exemplului nr. 1");
        let berlin = PostalAddress::foreign(Country::DE, "Berlin", "Musterstraße 3");
        let cif = "12345674".parse().unwrap();
        let cnp = "2850615400013".parse().unwrap();
        let company = || Party::vat_payer("Exemplu Software SRL", &cif, bucharest());
        for (buyer, foreign, consumer) in [
            (company(), false, false),
            (
                Party::non_vat_payer("Atelier", &cif, bucharest()),
                false,
                false,
            ),
            (Party::person("Ioana", Some(&cnp), bucharest()), false, true),
            (Party::person("Ioana", None, bucharest()), false, true),
            (
                Party::foreign("Beispiel GmbH", "DE999999999", berlin),
                true,
                false,
            ),
        ] {
            let day = date(2026, 3, 2);
            let invoice = Invoice::new(InvoiceType::SelfBilled, "1", day, company(), buyer);
            assert!(invoice.is_self_billed() && !invoice.is_credit_note());
            assert_eq!(invoice.is_buyer_foreign(), foreign);
            assert_eq!(invoice.is_to_consumer(), consumer);
        }
    }

    #[test]
    fn counties_and_sectors_are_read_from_the_address() {
        let address = PostalAddress::bucharest(&Sector::Sector6, "Str. Exemplului nr. 1");
        assert_eq!(address.county(), Some(County::Bucharest));
        assert_eq!(address.sector(), Some(Sector::Sector6));
        let address = PostalAddress::romanian(&County::Iasi, "SECTOR6", "Str. Copou nr. 7");
        assert_eq!(
            (address.county(), address.sector()),
            (Some(County::Iasi), None)
        );
        let mut address = PostalAddress::foreign(Country::DE, "Berlin", "Musterstraße 3");
        address.subdivision = Some("RO-B".to_owned());
        assert_eq!(address.county(), None);
    }
}
