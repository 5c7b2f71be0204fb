//! From UBL to the model: the document as a whole.

use std::borrow::Cow;

use super::kept::ReadInvoice;
use super::read_party::is_sepa;
use super::reader::{Reader, trim};
use crate::codes::{Currency, InvoiceType, NoteSubject, VatCategory};
use crate::doc::{Doc, Name, NodeId, XmlError, name};
use crate::model::{
    Delivery, DocumentKind, Invoice, LineVat, Note, Party, Payee, PaymentInstructions,
    PrecedingInvoice, TaxRepresentative,
};

/// Why bytes could not be read as an invoice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// They are not a well-formed XML document, or one that is refused for safety.
    #[error("not readable as XML: {0}")]
    Xml(#[from] XmlError),
    /// The root element is neither a UBL `Invoice` nor a UBL `CreditNote`.
    #[error(
        "the document is a `{root}` of the namespace `{namespace}`, not a UBL Invoice or CreditNote"
    )]
    NotAnInvoice {
        /// The root element's local name.
        root: String,
        /// Its namespace.
        namespace: String,
    },
}

/// Reads a UBL 2.1 `Invoice` or `CreditNote`, as any program wrote it: any prefixes and encoding, elements in any
/// order, missing and unknown ones.
///
/// Whatever can be read is read; what cannot is among [`ReadInvoice::issues`], and what the model does not name among
/// [`ReadInvoice::extras`]. This is not validation: see [`validate`](crate::validate()).
///
/// # Errors
/// [`ReadError`] when the bytes are no XML, with line and column, or no invoice.
pub fn from_xml(bytes: &[u8]) -> Result<ReadInvoice, ReadError> {
    let doc = Doc::parse(bytes)?;
    let root = doc.root();
    let kind = match doc.name(root) {
        name::INV_INVOICE => DocumentKind::Invoice,
        name::CN_CREDIT_NOTE => DocumentKind::CreditNote,
        _ => {
            return Err(ReadError::NotAnInvoice {
                root: doc.local_name(root).chars().take(100).collect(),
                namespace: doc.namespace_uri(root).chars().take(200).collect(),
            });
        }
    };
    let currency =
        doc.child(root, name::CBC_DOCUMENT_CURRENCY_CODE)
            .map_or(Cow::Borrowed(""), |n| match doc.text(n) {
                Cow::Borrowed(text) => Cow::Borrowed(trim(text)),
                Cow::Owned(text) => Cow::Owned(trim(&text).to_owned()),
            });
    let mut reader = Reader::new(&doc, currency);
    let invoice = reader.document(root, kind);
    let (extras, issues) = reader.finish();
    Ok(ReadInvoice {
        invoice,
        raw: bytes.to_vec(),
        extras,
        issues,
    })
}

/// Required terms of the document, until they are found.
#[derive(Default)]
struct Found {
    specification: Option<String>,
    number: Option<String>,
    issue_date: Option<jiff::civil::Date>,
    type_code: Option<InvoiceType>,
    currency: Option<Currency>,
    seller: Option<Party>,
    buyer: Option<Party>,
    totals: bool,
}

impl Reader<'_, '_> {
    fn document(&mut self, root: NodeId, kind: DocumentKind) -> Invoice {
        let mut invoice = blank(kind);
        let mut found = Found::default();
        let doc = self.doc;
        for child in doc.children(root) {
            let name = doc.name(child);
            let taken = self.basic(&mut invoice, &mut found, name, child)
                || self.reference_group(&mut invoice, name, child)
                || self.group(&mut invoice, &mut found, name, child);
            if !taken {
                self.keep(child);
            }
        }
        self.complete(&mut invoice, found, root);
        invoice
    }

    /// The basic components of the document.
    fn basic(&mut self, i: &mut Invoice, found: &mut Found, name: Name, n: NodeId) -> bool {
        match name {
            name::CBC_CUSTOMIZATION_ID => self.put(&mut found.specification, n),
            name::CBC_PROFILE_ID => self.put(&mut i.business_process, n),
            name::CBC_ID => self.put(&mut found.number, n),
            name::CBC_ISSUE_DATE => self.date(&mut found.issue_date, n, "BT-2"),
            name::CBC_DUE_DATE => self.date(&mut i.payment_due_date, n, "BT-9"),
            name::CBC_INVOICE_TYPE_CODE | name::CBC_CREDIT_NOTE_TYPE_CODE => {
                self.code(&mut found.type_code, n, InvoiceType::other);
            }
            name::CBC_NOTE => {
                let note = note(self.text(n));
                i.notes.push(note);
            }
            name::CBC_TAX_POINT_DATE => self.date(&mut i.vat_point_date, n, "BT-7"),
            name::CBC_DOCUMENT_CURRENCY_CODE => {
                self.code(&mut found.currency, n, Currency::other);
            }
            name::CBC_TAX_CURRENCY_CODE => {
                self.code(&mut i.vat_accounting_currency, n, Currency::other);
            }
            name::CBC_ACCOUNTING_COST => self.put(&mut i.buyer_accounting_reference, n),
            name::CBC_BUYER_REFERENCE => self.put(&mut i.buyer_reference, n),
            _ => return false,
        }
        true
    }

    /// Parties, payment, amounts and lines.
    fn group(&mut self, i: &mut Invoice, found: &mut Found, name: Name, n: NodeId) -> bool {
        match name {
            name::CAC_ACCOUNTING_SUPPLIER_PARTY if found.seller.is_none() => {
                found.seller = Some(self.accounting_party(n, &super::read_party::SELLER));
            }
            name::CAC_ACCOUNTING_CUSTOMER_PARTY if found.buyer.is_none() => {
                found.buyer = Some(self.accounting_party(n, &super::read_party::BUYER));
            }
            name::CAC_PAYEE_PARTY if i.payee.is_none() => {
                let payee: Payee = self.payee(n);
                i.payee = Some(payee);
            }
            name::CAC_TAX_REPRESENTATIVE_PARTY if i.tax_representative.is_none() => {
                let representative: TaxRepresentative = self.tax_representative(n);
                i.tax_representative = Some(representative);
            }
            name::CAC_DELIVERY if i.delivery.is_none() => {
                let delivery: Delivery = self.delivery(n);
                i.delivery = Some(delivery);
            }
            name::CAC_PAYMENT_MEANS => self.payment_means(i, n),
            name::CAC_PAYMENT_TERMS => {
                self.put_child(&mut i.payment_terms, n, name::CBC_NOTE);
            }
            name::CAC_ALLOWANCE_CHARGE => self.document_adjustment(i, n),
            name::CAC_TAX_TOTAL => self.tax_total(i, n),
            name::CAC_LEGAL_MONETARY_TOTAL if !found.totals => {
                found.totals = true;
                self.monetary_total(&mut i.totals, n);
            }
            name::CAC_INVOICE_LINE | name::CAC_CREDIT_NOTE_LINE => {
                let line = self.line(n);
                i.lines.push(line);
            }
            name::CAC_ACCOUNTING_SUPPLIER_PARTY
            | name::CAC_ACCOUNTING_CUSTOMER_PARTY
            | name::CAC_PAYEE_PARTY
            | name::CAC_TAX_REPRESENTATIVE_PARTY
            | name::CAC_DELIVERY
            | name::CAC_LEGAL_MONETARY_TOTAL => self.again(n),
            _ => return false,
        }
        true
    }

    fn complete(&mut self, i: &mut Invoice, found: Found, root: NodeId) {
        i.specification = self.require(found.specification, "BT-24", root);
        i.number = self.require(found.number, "BT-1", root);
        i.issue_date = self.require(found.issue_date, "BT-2", root);
        let type_code = found.type_code;
        i.type_code = self.require_or(type_code, "BT-3", root, || InvoiceType::other(""));
        i.currency = self.require_or(found.currency, "BT-5", root, || Currency::other(""));
        i.seller = self.require_or(found.seller, "BG-4", root, super::read_party::nobody);
        i.buyer = self.require_or(found.buyer, "BG-7", root, super::read_party::nobody);
        if !found.totals {
            self.issue(root, "BG-22", super::ReadProblem::Missing);
        }
        if i.lines.is_empty() {
            self.issue(root, "BG-25", super::ReadProblem::Missing);
        }
        self.place_creditor(i);
    }

    /// UBL has the creditor's identifier (BT-90) among the identifiers of the payee or, without one, of the seller.
    fn place_creditor(&mut self, i: &mut Invoice) {
        let payees = self.creditor.take();
        match (&mut i.payment, &mut i.payee, payees) {
            (Some(payment), _, Some((_, creditor))) => set_creditor(payment, creditor.value),
            (Some(payment), None, None) => {
                if let Some(at) = i.seller.identifiers.iter().position(is_sepa) {
                    set_creditor(payment, i.seller.identifiers.remove(at).value);
                }
            }
            (None, Some(payee), Some((_, id))) if payee.identifier.is_none() => {
                payee.identifier = Some(id);
            }
            (None, _, Some((n, _))) => self.again(n),
            (_, _, None) => {}
        }
    }
}

/// An invoice with nothing in it.
fn blank(kind: DocumentKind) -> Invoice {
    let nobody = super::read_party::nobody;
    let mut invoice = Invoice::new(
        InvoiceType::Commercial,
        "",
        jiff::civil::Date::default(),
        nobody(),
        nobody(),
    );
    invoice.kind = kind;
    invoice
}

/// The VAT of something that names none.
pub(super) fn no_vat() -> LineVat {
    LineVat::new(VatCategory::other(""), None)
}

/// UBL has the subject (BT-21) in the text: `#AAI#text`.
fn note(text: String) -> Note {
    if let Some((code, rest)) = text.strip_prefix('#').and_then(|t| t.split_once('#'))
        && code.len() == 3
        && code.bytes().all(|b| b.is_ascii_alphanumeric())
    {
        return Note::on(NoteSubject::other(code), rest);
    }
    Note::new(text)
}

pub(super) fn preceding(number: String, date: Option<jiff::civil::Date>) -> PrecedingInvoice {
    PrecedingInvoice::new(number, date)
}

fn set_creditor(payment: &mut PaymentInstructions, creditor: String) {
    let debit = payment.direct_debit.get_or_insert_default();
    debit.creditor_identifier = Some(creditor);
}
