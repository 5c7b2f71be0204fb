//! What the fake reads in a document: enough to tell who sells, who buys, and whether it was filed before.

use roxmltree::Node;

use super::Standard;
use crate::xml::{self, SaxError};

/// The facts of a document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) number: String,
    pub(crate) issued: String,
    pub(crate) seller: String,
    pub(crate) buyer: String,
    /// A RASP message's reference to the invoice.
    pub(crate) about: Option<u64>,
}

/// What makes two invoices the same.
pub(crate) type Identity = (Standard, String, String, String);

const UBL_INVOICE: &str = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";
const UBL_CREDIT_NOTE: &str = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2";
const CII: &str = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100";
const RASP: &str = "mfp:anaf:dgti:spv:reqMesaj:v1";

/// Reads a document of the standard it claims to be of, or says what Xerces would.
pub(crate) fn read(standard: Standard, body: &[u8]) -> Result<Facts, SaxError> {
    let text = xml::text(body)?;
    let document = xml::parse(text)?;
    let (namespace, root) = match standard {
        Standard::Ubl => (UBL_INVOICE, "Invoice"),
        Standard::Cn => (UBL_CREDIT_NOTE, "CreditNote"),
        Standard::Cii => (CII, "CrossIndustryInvoice"),
        Standard::Rasp => (RASP, "header"),
    };
    xml::expect_root(&document, namespace, root)?;
    let root = document.root_element();
    match standard {
        Standard::Ubl | Standard::Cn => Ok(ubl(root)),
        Standard::Cii => Ok(cii(root)),
        Standard::Rasp => rasp(&document),
    }
}

fn ubl(root: Node<'_, '_>) -> Facts {
    let party = |role: &str| {
        let tax = xml::text_at(root, &[role, "Party", "PartyTaxScheme", "CompanyID"]);
        let legal = xml::text_at(root, &[role, "Party", "PartyLegalEntity", "CompanyID"]);
        fiscal_code([tax, legal])
    };
    Facts {
        number: xml::text_at(root, &["ID"]).unwrap_or_default().to_owned(),
        issued: xml::text_at(root, &["IssueDate"])
            .unwrap_or_default()
            .to_owned(),
        seller: party("AccountingSupplierParty"),
        buyer: party("AccountingCustomerParty"),
        about: None,
    }
}

fn cii(root: Node<'_, '_>) -> Facts {
    let agreement = [
        "SupplyChainTradeTransaction",
        "ApplicableHeaderTradeAgreement",
    ];
    let party = |role: &str| {
        let path = |end: &[&'static str]| -> Vec<&str> {
            agreement
                .iter()
                .copied()
                .chain([role])
                .chain(end.iter().copied())
                .collect()
        };
        let tax = xml::text_at(root, &path(&["SpecifiedTaxRegistration", "ID"]));
        let legal = xml::text_at(root, &path(&["SpecifiedLegalOrganization", "ID"]));
        fiscal_code([tax, legal])
    };
    Facts {
        number: xml::text_at(root, &["ExchangedDocument", "ID"])
            .unwrap_or_default()
            .to_owned(),
        issued: xml::text_at(
            root,
            &["ExchangedDocument", "IssueDateTime", "DateTimeString"],
        )
        .unwrap_or_default()
        .to_owned(),
        seller: party("SellerTradeParty"),
        buyer: party("BuyerTradeParty"),
        about: None,
    }
}

fn rasp(document: &roxmltree::Document<'_>) -> Result<Facts, SaxError> {
    let root = document.root_element();
    for name in ["index_incarcare", "message"] {
        if root.attribute(name).is_none() {
            return Err(SaxError::at(
                xml::tag_end(document, root),
                format!("cvc-complex-type.4: Attribute '{name}' must appear on element 'header'."),
            ));
        }
    }
    let index = root.attribute("index_incarcare").unwrap_or_default();
    match index.trim().parse() {
        Ok(about) => Ok(Facts {
            about: Some(about),
            ..Facts::default()
        }),
        Err(_) => Err(SaxError::at(
            xml::tag_end(document, root),
            format!("cvc-datatype-valid.1.2.1: '{index}' is not a valid value for 'integer'."),
        )),
    }
}

/// The first identifier that holds digits, without `RO`.
fn fiscal_code(candidates: [Option<&str>; 2]) -> String {
    let digits = |text: &str| {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let bare = if text
            .get(..2)
            .is_some_and(|start| start.eq_ignore_ascii_case("RO"))
        {
            text.split_at(2).1
        } else {
            &text
        };
        (!bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit())).then(|| bare.to_owned())
    };
    candidates
        .into_iter()
        .flatten()
        .find_map(digits)
        .unwrap_or_default()
}
