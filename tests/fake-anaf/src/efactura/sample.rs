//! The least that the fake takes for an invoice.

/// A small UBL invoice: number, date of issue, seller, buyer. It is what the fake looks at, and far from what ANAF's rules
/// ask for. Codes are digits; `RO` is put before them, but for a person's thirteen.
///
/// ```
/// use fake_anaf::{BUYER_CIF, CIF, sample_invoice};
/// assert!(sample_invoice("F-1", CIF, BUYER_CIF).contains("<cbc:ID>F-1</cbc:ID>"));
/// ```
#[must_use]
pub fn sample_invoice(number: &str, seller: &str, buyer: &str) -> String {
    const NAMES: &str = "urn:oasis:names:specification:ubl:schema:xsd";
    let party = |role: &str, code: &str| {
        let prefix = if code.len() == 13 { "" } else { "RO" };
        format!(
            "<cac:{role}><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>{prefix}{code}</cbc:CompanyID><cac:TaxScheme>\
             <cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme></cac:Party></cac:{role}>"
        )
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Invoice xmlns=\"{NAMES}:Invoice-2\" \
         xmlns:cac=\"{NAMES}:CommonAggregateComponents-2\" xmlns:cbc=\"{NAMES}:CommonBasicComponents-2\">\
         <cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-07-01</cbc:IssueDate>{}{}</Invoice>",
        party("AccountingSupplierParty", seller),
        party("AccountingCustomerParty", buyer)
    )
}
