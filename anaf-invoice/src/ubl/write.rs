//! The document as a whole, in the order of the UBL schemas.

use rust_decimal::Decimal;

use super::WriteError;
use super::xml::XmlWriter;
use crate::codes::Currency;
use crate::model::{DocumentKind, Invoice, PaymentInstructions};

const INVOICE_NS: &str = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";
const CREDIT_NOTE_NS: &str = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2";
const CAC_NS: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
const CBC_NS: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

/// Amounts and prices have at least this many decimals.
pub(super) const MONEY: u32 = 2;
/// Quantities and percentages have as many as they need.
pub(super) const NUMBER: u32 = 0;

impl Invoice {
    /// Writes the invoice as UBL 2.1, indented UTF-8: elements in schema order, namespaces declared once on the root.
    ///
    /// Equal invoices give equal bytes: amounts and prices have two decimals, or as many more as their value needs.
    /// Nothing is computed or checked; [`validate`](Invoice::validate) does that.
    ///
    /// # Errors
    /// [`WriteError::IllegalCharacter`] when a text has a character that XML cannot carry.
    pub fn to_xml(&self) -> Result<Vec<u8>, WriteError> {
        let mut w = XmlWriter::with_capacity(4096 + 1536 * self.lines.len());
        let (root, namespace) = match self.kind {
            DocumentKind::Invoice => ("Invoice", INVOICE_NS),
            DocumentKind::CreditNote => ("CreditNote", CREDIT_NOTE_NS),
        };
        let namespaces = [
            ("xmlns", namespace),
            ("xmlns:cac", CAC_NS),
            ("xmlns:cbc", CBC_NS),
        ];
        w.group_with(root, &namespaces, |w| {
            Writer { invoice: self, w }.document()
        });
        w.finish()
    }
}

/// The invoice being written, and where to.
pub(super) struct Writer<'a> {
    pub(super) invoice: &'a Invoice,
    pub(super) w: &'a mut XmlWriter,
}

impl Writer<'_> {
    fn document(&mut self) {
        self.header();
        self.references();
        self.parties();
        self.payment();
        self.document_adjustments();
        self.vat_totals();
        self.monetary_total();
        self.lines();
    }

    fn header(&mut self) {
        let i = self.invoice;
        let credit_note = i.is_credit_note();
        let w = &mut *self.w;
        w.text("cbc:CustomizationID", &i.specification);
        w.optional("cbc:ProfileID", i.business_process.as_deref());
        w.text("cbc:ID", &i.number);
        w.date("cbc:IssueDate", Some(i.issue_date));
        if credit_note {
            w.date("cbc:TaxPointDate", i.vat_point_date);
            w.text("cbc:CreditNoteTypeCode", i.type_code.as_str());
        } else {
            w.date("cbc:DueDate", i.payment_due_date);
            w.text("cbc:InvoiceTypeCode", i.type_code.as_str());
        }
        for note in &i.notes {
            match &note.subject {
                None => w.text("cbc:Note", &note.text),
                Some(subject) => w.text("cbc:Note", &format!("#{subject}#{}", note.text)),
            }
        }
        if !credit_note {
            w.date("cbc:TaxPointDate", i.vat_point_date);
        }
        w.text("cbc:DocumentCurrencyCode", i.currency.as_str());
        w.optional(
            "cbc:TaxCurrencyCode",
            i.vat_accounting_currency.as_ref().map(Currency::as_str),
        );
        w.optional(
            "cbc:AccountingCost",
            i.buyer_accounting_reference.as_deref(),
        );
        w.optional("cbc:BuyerReference", i.buyer_reference.as_deref());
    }

    fn payment(&mut self) {
        let i = self.invoice;
        // A credit note has no other place for its due date.
        let due_date = i.payment_due_date.filter(|_| i.is_credit_note());
        let undefined;
        let payment = match (&i.payment, due_date) {
            (Some(payment), _) => Some(payment),
            (None, Some(_)) => {
                undefined = PaymentInstructions::new(crate::codes::PaymentMeansCode::NOT_DEFINED);
                Some(&undefined)
            }
            (None, None) => None,
        };
        if let Some(payment) = payment {
            for at in 0..payment.credit_transfers.len().max(1) {
                self.payment_means(payment, at, due_date);
            }
        }
        if let Some(terms) = &i.payment_terms {
            self.w
                .group("cac:PaymentTerms", |w| w.text("cbc:Note", terms));
        }
    }

    /// One `PaymentMeans` for each account; what stands once in the model stands in the first.
    fn payment_means(
        &mut self,
        payment: &PaymentInstructions,
        at: usize,
        due_date: Option<jiff::civil::Date>,
    ) {
        let first = at == 0;
        self.w.group("cac:PaymentMeans", |w| {
            match payment.means_text.as_deref().filter(|_| first) {
                Some(text) => w.text_with(
                    "cbc:PaymentMeansCode",
                    &[("name", text)],
                    payment.means.as_str(),
                ),
                None => w.text("cbc:PaymentMeansCode", payment.means.as_str()),
            }
            w.date("cbc:PaymentDueDate", due_date.filter(|_| first));
            w.optional("cbc:PaymentID", payment.remittance_information.as_deref());
            if let Some(card) = payment.card.as_ref().filter(|_| first) {
                w.group("cac:CardAccount", |w| {
                    w.text("cbc:PrimaryAccountNumberID", &card.account_number);
                    w.text("cbc:NetworkID", &card.network);
                    w.optional("cbc:HolderName", card.holder_name.as_deref());
                });
            }
            if let Some(account) = payment.credit_transfers.get(at) {
                w.group("cac:PayeeFinancialAccount", |w| {
                    w.text("cbc:ID", &account.account);
                    w.optional("cbc:Name", account.account_name.as_deref());
                    if let Some(bic) = &account.service_provider {
                        w.group("cac:FinancialInstitutionBranch", |w| w.text("cbc:ID", bic));
                    }
                });
            }
            let debit = payment.direct_debit.as_ref().filter(|debit| {
                first && (debit.mandate_reference.is_some() || debit.debited_account.is_some())
            });
            if let Some(debit) = debit {
                w.group("cac:PaymentMandate", |w| {
                    w.optional("cbc:ID", debit.mandate_reference.as_deref());
                    if let Some(account) = &debit.debited_account {
                        w.group("cac:PayerFinancialAccount", |w| w.text("cbc:ID", account));
                    }
                });
            }
        });
    }

    fn monetary_total(&mut self) {
        let t = &self.invoice.totals;
        self.group("cac:LegalMonetaryTotal", |this| {
            this.amount("cbc:LineExtensionAmount", Some(t.line_net_sum));
            this.amount("cbc:TaxExclusiveAmount", Some(t.total_without_vat));
            this.amount("cbc:TaxInclusiveAmount", Some(t.total_with_vat));
            this.amount("cbc:AllowanceTotalAmount", t.allowance_sum);
            this.amount("cbc:ChargeTotalAmount", t.charge_sum);
            this.amount("cbc:PrepaidAmount", t.paid_amount);
            this.amount("cbc:PayableRoundingAmount", t.rounding_amount);
            this.amount("cbc:PayableAmount", Some(t.amount_due));
        });
    }

    /// An element whose content needs the invoice.
    pub(super) fn group(&mut self, name: &'static str, content: impl FnOnce(&mut Writer<'_>)) {
        let invoice = self.invoice;
        self.w.group(name, |w| content(&mut Writer { invoice, w }));
    }

    /// An amount in the invoice's currency.
    pub(super) fn amount(&mut self, name: &'static str, amount: Option<Decimal>) {
        if let Some(amount) = amount {
            let currency = [("currencyID", self.invoice.currency.as_str())];
            self.w.decimal(name, &currency, amount, MONEY);
        }
    }
}
