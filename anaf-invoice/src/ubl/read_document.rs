//! References to other documents, document allowances and charges, VAT and totals.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use rust_decimal::Decimal;

use super::read::{no_vat, preceding};
use super::reader::{Reader, trim};
use super::write_document::{INVOICED_OBJECT, PROJECT};
use crate::codes::{
    AllowanceReason, ChargeReason, ExemptionReason, MimeCode, ReferenceQualifier, VatCategory,
    VatPointDateCode,
};
use crate::doc::{Name, NodeId, attr, name};
use crate::model::{
    Attachment, DocumentAdjustment, DocumentTotals, Invoice, LineVat, Period, SupportingDocument,
    VatBreakdown,
};

/// Base64 as others write it: with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// An allowance or charge, before it is known on what it stands.
pub(super) struct AdjustmentParts {
    pub(super) is_charge: bool,
    pub(super) amount: Decimal,
    pub(super) base_amount: Option<Decimal>,
    pub(super) percentage: Option<Decimal>,
    pub(super) reason: Option<String>,
    pub(super) reason_code: Option<String>,
    pub(super) vat: Option<LineVat>,
}

impl Reader<'_, '_> {
    pub(super) fn reference_group(&mut self, i: &mut Invoice, name: Name, n: NodeId) -> bool {
        match name {
            name::CAC_INVOICE_PERIOD => self.invoice_period(i, n),
            name::CAC_ORDER_REFERENCE => self.order(i, n),
            name::CAC_BILLING_REFERENCE => self.billing(i, n),
            name::CAC_DESPATCH_DOCUMENT_REFERENCE => {
                self.put_child(&mut i.despatch_advice_reference, n, name::CBC_ID);
            }
            name::CAC_RECEIPT_DOCUMENT_REFERENCE => {
                self.put_child(&mut i.receiving_advice_reference, n, name::CBC_ID);
            }
            name::CAC_ORIGINATOR_DOCUMENT_REFERENCE => {
                self.put_child(&mut i.tender_or_lot_reference, n, name::CBC_ID);
            }
            name::CAC_CONTRACT_DOCUMENT_REFERENCE => {
                self.put_child(&mut i.contract_reference, n, name::CBC_ID);
            }
            name::CAC_PROJECT_REFERENCE => {
                self.put_child(&mut i.project_reference, n, name::CBC_ID);
            }
            name::CAC_ADDITIONAL_DOCUMENT_REFERENCE => self.additional_document(i, n),
            _ => return false,
        }
        true
    }

    fn invoice_period(&mut self, i: &mut Invoice, n: NodeId) {
        if i.invoicing_period.is_some() || i.vat_point_date_code.is_some() {
            return self.again(n);
        }
        let period = self.period(n, ["BT-73", "BT-74"], Some(&mut i.vat_point_date_code));
        if period != Period::default() || i.vat_point_date_code.is_none() {
            i.invoicing_period = Some(period);
        }
    }

    /// A period, and the VAT point code where it may stand.
    pub(super) fn period(
        &mut self,
        n: NodeId,
        [start, end]: [&'static str; 2],
        mut code: Option<&mut Option<VatPointDateCode>>,
    ) -> Period {
        let mut period = Period::default();
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_START_DATE => self.date(&mut period.start, child, start),
                name::CBC_END_DATE => self.date(&mut period.end, child, end),
                name::CBC_DESCRIPTION_CODE if code.is_some() => {
                    if let Some(code) = &mut code {
                        self.code(code, child, VatPointDateCode::other);
                    }
                }
                _ => self.keep(child),
            }
        }
        period
    }

    fn order(&mut self, i: &mut Invoice, n: NodeId) {
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_ID => self.put(&mut i.purchase_order_reference, child),
                name::CBC_SALES_ORDER_ID => self.put(&mut i.sales_order_reference, child),
                _ => self.keep(child),
            }
        }
        // An empty order number is how UBL says that only the sales order is known.
        if i.sales_order_reference.is_some() {
            i.purchase_order_reference
                .take_if(|number| number.is_empty());
        }
    }

    fn billing(&mut self, i: &mut Invoice, n: NodeId) {
        let doc = self.doc;
        for child in doc.children(n) {
            if doc.name(child) != name::CAC_INVOICE_DOCUMENT_REFERENCE {
                self.keep(child);
                continue;
            }
            let (mut number, mut date) = (None, None);
            for part in doc.children(child) {
                match doc.name(part) {
                    name::CBC_ID => self.put(&mut number, part),
                    name::CBC_ISSUE_DATE => self.date(&mut date, part, "BT-26"),
                    _ => self.keep(part),
                }
            }
            let number = self.require(number, "BT-25", child);
            i.preceding_invoices.push(preceding(number, date));
        }
    }

    /// An additional document: the invoiced object (BT-18), the project of a credit note (BT-11), else BG-24.
    fn additional_document(&mut self, i: &mut Invoice, n: NodeId) {
        let doc = self.doc;
        let type_code = doc.child(n, name::CBC_DOCUMENT_TYPE_CODE);
        let type_text = type_code.map(|code| doc.text(code));
        let marks_object = type_text.as_deref().map(trim) == Some(INVOICED_OBJECT);
        let marks_project = type_text.as_deref().map(trim) == Some(PROJECT) && i.is_credit_note();
        if (marks_object && i.invoiced_object.is_none())
            || (marks_project && i.project_reference.is_none())
        {
            for child in doc.children(n) {
                match doc.name(child) {
                    name::CBC_ID if marks_object => {
                        self.identifier(&mut i.invoiced_object, child, ReferenceQualifier::other);
                    }
                    name::CBC_ID => self.put(&mut i.project_reference, child),
                    name::CBC_DOCUMENT_TYPE_CODE if Some(child) == type_code => {
                        self.leaf(child, &[]);
                    }
                    _ => self.keep(child),
                }
            }
            return;
        }
        let document = self.supporting_document(n);
        i.supporting_documents.push(document);
    }

    fn supporting_document(&mut self, n: NodeId) -> SupportingDocument {
        let mut document = SupportingDocument::default();
        let mut reference = None;
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_ID => self.put(&mut reference, child),
                name::CBC_DOCUMENT_DESCRIPTION => self.put(&mut document.description, child),
                name::CAC_ATTACHMENT => {
                    for part in doc.children(child) {
                        match doc.name(part) {
                            name::CBC_EMBEDDED_DOCUMENT_BINARY_OBJECT => {
                                self.attachment(&mut document.attachment, part);
                            }
                            name::CAC_EXTERNAL_REFERENCE => {
                                self.put_child(&mut document.location, part, name::CBC_URI);
                            }
                            _ => self.keep(part),
                        }
                    }
                }
                _ => self.keep(child),
            }
        }
        document.reference = self.require(reference, "BT-122", n);
        document
    }

    fn attachment(&mut self, slot: &mut Option<Attachment>, n: NodeId) {
        if slot.is_some() {
            return self.again(n);
        }
        self.leaf(n, &[attr::MIME_CODE, attr::FILENAME]);
        let doc = self.doc;
        let mut text = doc.text(n).into_owned();
        text.retain(|c| !c.is_ascii_whitespace());
        let Ok(content) = BASE64.decode(text) else {
            return self.unreadable(n, "BT-125");
        };
        let mime = doc.attr(n, attr::MIME_CODE).unwrap_or_default();
        let filename = doc.attr(n, attr::FILENAME).unwrap_or_default();
        *slot = Some(Attachment::new(MimeCode::other(&mime), filename, content));
    }

    pub(super) fn document_adjustment(&mut self, i: &mut Invoice, n: NodeId) {
        let is_charge = self.is_charge(n);
        let terms = match is_charge {
            Some(true) => ["BT-99", "BT-100", "BT-101", "BT-102"],
            Some(false) => ["BT-92", "BT-93", "BT-94", "BT-95"],
            None => return self.unreadable(n, "BG-20"),
        };
        let parts = self.adjustment(n, terms);
        let vat = self.require_or(parts.vat, terms[3], n, no_vat);
        if parts.is_charge {
            i.charges.push(DocumentAdjustment {
                amount: parts.amount,
                base_amount: parts.base_amount,
                percentage: parts.percentage,
                vat,
                reason: parts.reason,
                reason_code: parts.reason_code.as_deref().map(ChargeReason::other),
            });
        } else {
            i.allowances.push(DocumentAdjustment {
                amount: parts.amount,
                base_amount: parts.base_amount,
                percentage: parts.percentage,
                vat,
                reason: parts.reason,
                reason_code: parts.reason_code.as_deref().map(AllowanceReason::other),
            });
        }
    }

    /// The charge indicator, if it is a boolean.
    pub(super) fn is_charge(&self, n: NodeId) -> Option<bool> {
        let indicator = self.doc.child(n, name::CBC_CHARGE_INDICATOR)?;
        match trim(&self.doc.text(indicator)) {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    /// The parts of an allowance or charge; `terms` are those of amount, base amount, percentage and VAT category.
    pub(super) fn adjustment(
        &mut self,
        n: NodeId,
        [amount_term, base_term, percentage_term, vat_term]: [&'static str; 4],
    ) -> AdjustmentParts {
        let mut parts = AdjustmentParts {
            is_charge: self.is_charge(n) == Some(true),
            amount: Decimal::ZERO,
            base_amount: None,
            percentage: None,
            reason: None,
            reason_code: None,
            vat: None,
        };
        let mut amount = None;
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_CHARGE_INDICATOR => self.leaf(child, &[]),
                name::CBC_ALLOWANCE_CHARGE_REASON_CODE => self.put(&mut parts.reason_code, child),
                name::CBC_ALLOWANCE_CHARGE_REASON => self.put(&mut parts.reason, child),
                name::CBC_MULTIPLIER_FACTOR_NUMERIC => {
                    self.number(&mut parts.percentage, child, percentage_term);
                }
                name::CBC_AMOUNT => self.amount(&mut amount, child, amount_term),
                name::CBC_BASE_AMOUNT => self.amount(&mut parts.base_amount, child, base_term),
                // On a line the VAT is the line's.
                name::CAC_TAX_CATEGORY if parts.vat.is_none() && !vat_term.is_empty() => {
                    parts.vat = Some(self.vat_category(child, vat_term));
                }
                _ => self.keep(child),
            }
        }
        parts.amount = self.require(amount, amount_term, n);
        parts
    }

    /// Category and rate of a line, an allowance or a charge.
    pub(super) fn vat_category(&mut self, n: NodeId, term: &'static str) -> LineVat {
        let (mut category, mut rate) = (None, None);
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_ID => self.code(&mut category, child, VatCategory::other),
                name::CBC_PERCENT => self.number(&mut rate, child, term),
                name::CAC_TAX_SCHEME => self.vat_scheme(n, child),
                _ => self.keep(child),
            }
        }
        let category = self.require_or(category, term, n, || VatCategory::other(""));
        LineVat::new(category, rate)
    }

    /// The scheme is VAT and has no place in the model; another is kept.
    fn vat_scheme(&mut self, category: NodeId, n: NodeId) {
        let doc = self.doc;
        let is_first = doc.child(category, name::CAC_TAX_SCHEME) == Some(n);
        let is_vat = doc
            .child(n, name::CBC_ID)
            .is_some_and(|id| trim(&doc.text(id)).eq_ignore_ascii_case("VAT"));
        if is_vat && is_first {
            self.tax_scheme_id(n);
        } else {
            self.keep(n);
        }
    }

    /// A `TaxTotal`: BT-110 with the breakdown, or BT-111 when it is in the accounting currency.
    pub(super) fn tax_total(&mut self, i: &mut Invoice, n: NodeId) {
        let doc = self.doc;
        let amount = doc.child(n, name::CBC_TAX_AMOUNT);
        let currency = amount.and_then(|amount| doc.attr(amount, attr::CURRENCY_ID));
        let currency = currency.as_deref().map(trim);
        let accounting = i.vat_accounting_currency.as_ref().map(|c| c.as_str());
        let in_document_currency = currency.is_none_or(|c| c == self.currency);
        let in_accounting_currency = currency.is_some() && currency == accounting;
        if in_accounting_currency
            && i.totals.total_vat_in_accounting_currency.is_none()
            && (!in_document_currency || i.totals.total_vat.is_some())
        {
            return self.accounting_tax_total(i, n);
        }
        if i.totals.total_vat.is_some() {
            return self.again(n);
        }
        let mut total = None;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_TAX_AMOUNT => self.amount(&mut total, child, "BT-110"),
                name::CAC_TAX_SUBTOTAL => {
                    let part = self.vat_breakdown(child);
                    i.vat_breakdown.push(part);
                }
                _ => self.keep(child),
            }
        }
        i.totals.total_vat = Some(self.require(total, "BT-110", n));
    }

    fn accounting_tax_total(&mut self, i: &mut Invoice, n: NodeId) {
        let doc = self.doc;
        let slot = &mut i.totals.total_vat_in_accounting_currency;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_TAX_AMOUNT if slot.is_none() => {
                    self.leaf(child, &[attr::CURRENCY_ID]);
                    *slot = self.decimal(child, "BT-111");
                }
                name::CBC_TAX_AMOUNT => self.again(child),
                _ => self.keep(child),
            }
        }
    }

    fn vat_breakdown(&mut self, n: NodeId) -> VatBreakdown {
        let (mut taxable, mut tax, mut category) = (None, None, None);
        let mut part =
            VatBreakdown::new(VatCategory::other(""), None, Decimal::ZERO, Decimal::ZERO);
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_TAXABLE_AMOUNT => self.amount(&mut taxable, child, "BT-116"),
                name::CBC_TAX_AMOUNT => self.amount(&mut tax, child, "BT-117"),
                name::CAC_TAX_CATEGORY if category.is_none() => {
                    category = Some(self.breakdown_category(&mut part, child));
                }
                name::CAC_TAX_CATEGORY => self.again(child),
                _ => self.keep(child),
            }
        }
        part.taxable_amount = self.require(taxable, "BT-116", n);
        part.tax_amount = self.require(tax, "BT-117", n);
        part.category = self.require_or(category, "BT-118", n, || VatCategory::other(""));
        part
    }

    fn breakdown_category(&mut self, part: &mut VatBreakdown, n: NodeId) -> VatCategory {
        let mut category = None;
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_ID => self.code(&mut category, child, VatCategory::other),
                name::CBC_PERCENT => self.number(&mut part.rate, child, "BT-119"),
                name::CBC_TAX_EXEMPTION_REASON_CODE => {
                    let slot = &mut part.exemption_reason_code;
                    self.code(slot, child, ExemptionReason::other);
                }
                name::CBC_TAX_EXEMPTION_REASON => self.put(&mut part.exemption_reason, child),
                name::CAC_TAX_SCHEME => self.vat_scheme(n, child),
                _ => self.keep(child),
            }
        }
        self.require_or(category, "BT-118", n, || VatCategory::other(""))
    }

    pub(super) fn monetary_total(&mut self, totals: &mut DocumentTotals, n: NodeId) {
        let (mut lines, mut without_vat, mut with_vat, mut due) = (None, None, None, None);
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_LINE_EXTENSION_AMOUNT => self.amount(&mut lines, child, "BT-106"),
                name::CBC_TAX_EXCLUSIVE_AMOUNT => self.amount(&mut without_vat, child, "BT-109"),
                name::CBC_TAX_INCLUSIVE_AMOUNT => self.amount(&mut with_vat, child, "BT-112"),
                name::CBC_ALLOWANCE_TOTAL_AMOUNT => {
                    self.amount(&mut totals.allowance_sum, child, "BT-107");
                }
                name::CBC_CHARGE_TOTAL_AMOUNT => {
                    self.amount(&mut totals.charge_sum, child, "BT-108");
                }
                name::CBC_PREPAID_AMOUNT => self.amount(&mut totals.paid_amount, child, "BT-113"),
                name::CBC_PAYABLE_ROUNDING_AMOUNT => {
                    self.amount(&mut totals.rounding_amount, child, "BT-114");
                }
                name::CBC_PAYABLE_AMOUNT => self.amount(&mut due, child, "BT-115"),
                _ => self.keep(child),
            }
        }
        totals.line_net_sum = self.require(lines, "BT-106", n);
        totals.total_without_vat = self.require(without_vat, "BT-109", n);
        totals.total_with_vat = self.require(with_vat, "BT-112", n);
        totals.amount_due = self.require(due, "BT-115", n);
    }
}
