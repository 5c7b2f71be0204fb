//! References to other documents, document allowances and charges, and VAT.

use super::write::{MONEY, NUMBER, Writer};
use super::xml::XmlWriter;
use crate::codes::{AllowanceReason, ChargeReason, Currency, ExemptionReason, VatPointDateCode};
use crate::model::{
    Attachment, DocumentAdjustment, LineVat, Period, SupportingDocument, VatBreakdown,
};

/// `DocumentTypeCode` that marks an additional document as the invoiced object (BT-18).
pub(super) const INVOICED_OBJECT: &str = "130";
/// `DocumentTypeCode` that marks an additional document of a credit note as the project (BT-11).
pub(super) const PROJECT: &str = "50";

impl Writer<'_> {
    pub(super) fn references(&mut self) {
        let i = self.invoice;
        let w = &mut *self.w;
        if i.invoicing_period.is_some() || i.vat_point_date_code.is_some() {
            period(
                w,
                i.invoicing_period.unwrap_or_default(),
                i.vat_point_date_code.as_ref(),
            );
        }
        if i.purchase_order_reference.is_some() || i.sales_order_reference.is_some() {
            w.group("cac:OrderReference", |w| {
                // UBL requires the order's number even where only the sales order is known.
                w.text(
                    "cbc:ID",
                    i.purchase_order_reference.as_deref().unwrap_or_default(),
                );
                w.optional("cbc:SalesOrderID", i.sales_order_reference.as_deref());
            });
        }
        for preceding in &i.preceding_invoices {
            w.group("cac:BillingReference", |w| {
                w.group("cac:InvoiceDocumentReference", |w| {
                    w.text("cbc:ID", &preceding.number);
                    w.date("cbc:IssueDate", preceding.issue_date);
                });
            });
        }
        reference(
            w,
            "cac:DespatchDocumentReference",
            i.despatch_advice_reference.as_deref(),
        );
        reference(
            w,
            "cac:ReceiptDocumentReference",
            i.receiving_advice_reference.as_deref(),
        );
        let tender = i.tender_or_lot_reference.as_deref();
        let contract = i.contract_reference.as_deref();
        if i.is_credit_note() {
            reference(w, "cac:ContractDocumentReference", contract);
            self.additional_documents();
            reference(self.w, "cac:OriginatorDocumentReference", tender);
        } else {
            reference(w, "cac:OriginatorDocumentReference", tender);
            reference(w, "cac:ContractDocumentReference", contract);
            self.additional_documents();
            reference(
                self.w,
                "cac:ProjectReference",
                i.project_reference.as_deref(),
            );
        }
    }

    fn additional_documents(&mut self) {
        let i = self.invoice;
        let w = &mut *self.w;
        for document in &i.supporting_documents {
            supporting_document(w, document);
        }
        if let Some(object) = &i.invoiced_object {
            w.group("cac:AdditionalDocumentReference", |w| {
                super::write_party::identifier(
                    w,
                    "cbc:ID",
                    &object.value,
                    object.scheme.as_ref().map(|s| s.as_str()),
                );
                w.text("cbc:DocumentTypeCode", INVOICED_OBJECT);
            });
        }
        if let Some(project) = i.project_reference.as_ref().filter(|_| i.is_credit_note()) {
            w.group("cac:AdditionalDocumentReference", |w| {
                w.text("cbc:ID", project);
                w.text("cbc:DocumentTypeCode", PROJECT);
            });
        }
    }

    pub(super) fn document_adjustments(&mut self) {
        let i = self.invoice;
        for allowance in &i.allowances {
            self.document_adjustment("false", allowance, AllowanceReason::as_str);
        }
        for charge in &i.charges {
            self.document_adjustment("true", charge, ChargeReason::as_str);
        }
    }

    fn document_adjustment<R>(
        &mut self,
        is_charge: &str,
        adjustment: &DocumentAdjustment<R>,
        code: fn(&R) -> &str,
    ) {
        self.group("cac:AllowanceCharge", |this| {
            this.w.text("cbc:ChargeIndicator", is_charge);
            this.w.optional(
                "cbc:AllowanceChargeReasonCode",
                adjustment.reason_code.as_ref().map(code),
            );
            this.w
                .optional("cbc:AllowanceChargeReason", adjustment.reason.as_deref());
            if let Some(percentage) = adjustment.percentage {
                this.w
                    .decimal("cbc:MultiplierFactorNumeric", &[], percentage, NUMBER);
            }
            this.amount("cbc:Amount", Some(adjustment.amount));
            this.amount("cbc:BaseAmount", adjustment.base_amount);
            vat_category(this.w, "cac:TaxCategory", &adjustment.vat);
        });
    }

    pub(super) fn vat_totals(&mut self) {
        let i = self.invoice;
        if i.totals.total_vat.is_some() || !i.vat_breakdown.is_empty() {
            self.group("cac:TaxTotal", |this| {
                this.amount(
                    "cbc:TaxAmount",
                    Some(i.totals.total_vat.unwrap_or_default()),
                );
                for breakdown in &i.vat_breakdown {
                    this.vat_breakdown(breakdown);
                }
            });
        }
        if let Some(amount) = i.totals.total_vat_in_accounting_currency {
            let lei = Currency::RON;
            let currency = i.vat_accounting_currency.as_ref().unwrap_or(&lei);
            let attributes = [("currencyID", currency.as_str())];
            self.w.group("cac:TaxTotal", |w| {
                w.decimal("cbc:TaxAmount", &attributes, amount, MONEY);
            });
        }
    }

    fn vat_breakdown(&mut self, breakdown: &VatBreakdown) {
        self.group("cac:TaxSubtotal", |this| {
            this.amount("cbc:TaxableAmount", Some(breakdown.taxable_amount));
            this.amount("cbc:TaxAmount", Some(breakdown.tax_amount));
            this.w.group("cac:TaxCategory", |w| {
                w.text("cbc:ID", breakdown.category.as_str());
                if let Some(rate) = breakdown.rate {
                    w.decimal("cbc:Percent", &[], rate, NUMBER);
                }
                w.optional(
                    "cbc:TaxExemptionReasonCode",
                    breakdown
                        .exemption_reason_code
                        .as_ref()
                        .map(ExemptionReason::as_str),
                );
                w.optional(
                    "cbc:TaxExemptionReason",
                    breakdown.exemption_reason.as_deref(),
                );
                vat_scheme(w);
            });
        });
    }
}

/// A reference that is only a number.
fn reference(w: &mut XmlWriter, name: &'static str, number: Option<&str>) {
    if let Some(number) = number {
        w.group(name, |w| w.text("cbc:ID", number));
    }
}

pub(super) fn period(w: &mut XmlWriter, period: Period, code: Option<&VatPointDateCode>) {
    w.group("cac:InvoicePeriod", |w| {
        w.date("cbc:StartDate", period.start);
        w.date("cbc:EndDate", period.end);
        w.optional("cbc:DescriptionCode", code.map(VatPointDateCode::as_str));
    });
}

fn supporting_document(w: &mut XmlWriter, document: &SupportingDocument) {
    w.group("cac:AdditionalDocumentReference", |w| {
        w.text("cbc:ID", &document.reference);
        w.optional("cbc:DocumentDescription", document.description.as_deref());
        if document.attachment.is_some() || document.location.is_some() {
            w.group("cac:Attachment", |w| {
                if let Some(file) = &document.attachment {
                    attachment(w, file);
                }
                if let Some(location) = &document.location {
                    w.group("cac:ExternalReference", |w| w.text("cbc:URI", location));
                }
            });
        }
    });
}

fn attachment(w: &mut XmlWriter, file: &Attachment) {
    w.binary(
        "cbc:EmbeddedDocumentBinaryObject",
        &[
            ("mimeCode", file.mime.as_str()),
            ("filename", &file.filename),
        ],
        &file.content,
    );
}

/// Category and rate of a line, an allowance or a charge.
pub(super) fn vat_category(w: &mut XmlWriter, name: &'static str, vat: &LineVat) {
    w.group(name, |w| {
        w.text("cbc:ID", vat.category.as_str());
        if let Some(rate) = vat.rate {
            w.decimal("cbc:Percent", &[], rate, NUMBER);
        }
        vat_scheme(w);
    });
}

pub(super) fn vat_scheme(w: &mut XmlWriter) {
    w.group("cac:TaxScheme", |w| w.text("cbc:ID", "VAT"));
}
