//! Authoring: from what a business knows to a whole invoice, with every amount computed.
//!
//! [`InvoiceBuilder`] takes parties, lines, rates and dates; [`InvoiceBuilder::build`] computes line nets, allowances,
//! charges, the VAT breakdown and the totals. What the caller states (a line's net amount, a VAT amount, a total) is
//! kept as stated and used in what follows from it; where it differs from the computed value,
//! [`Authored::disagreements`] says so.
//!
//! Amounts have two decimals. Halves are rounded away from zero, as the official BR-CO-17 and BR-S-09 do on absolute
//! amounts: so a storno with negative quantities cancels its invoice to the last *ban*. Every sum is exact.

mod check;
mod compute;
mod line;
mod outcome;
mod storno;

pub use line::Line;
pub use outcome::{Authored, BuildError, BuildProblem, Disagreement, Disagreements};

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::codes::{Currency, ExemptionReason, InvoiceType, VatCategory, VatPointDateCode};
use crate::model::{
    Delivery, DocumentAdjustment, DocumentAllowance, DocumentCharge, Invoice, LineVat, Note, Party,
    Payee, PaymentInstructions, Period, PrecedingInvoice, SupportingDocument, TaxRepresentative,
};

/// Builds an [`Invoice`].
///
/// ```
/// use anaf_invoice::build::{InvoiceBuilder, Line};
/// use anaf_invoice::codes::{County, Sector, Unit};
/// use anaf_invoice::model::{LineVat, Party, PostalAddress};
/// use jiff::civil::date;
///
/// let seller = Party::vat_payer(
///     "Exemplu Software SRL",
///     &"RO12345674".parse()?,
///     PostalAddress::bucharest(&Sector::Sector1, "Str. Exemplului nr. 1"),
/// );
/// let buyer = Party::vat_payer(
///     "Client Model SA",
///     &"RO98765438".parse()?,
///     PostalAddress::romanian(&County::Cluj, "Cluj-Napoca", "Str. Model nr. 2"),
/// );
/// let authored = InvoiceBuilder::invoice("EX-0001", date(2026, 3, 2), seller, buyer)
///     .due(date(2026, 4, 1))
///     .line(Line::new("Dezvoltare software", 12, Unit::HOUR, 150, LineVat::standard(21)))
///     .build()?;
/// let invoice = authored.into_agreed()?;
/// assert_eq!(invoice.amount_due().to_string(), "2178.00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct InvoiceBuilder {
    draft: Invoice,
    lines: Vec<Line>,
    percentages: Vec<DocumentPercentage>,
    exemptions: Vec<Exemption>,
    exchange_rate: Option<Decimal>,
    stated_vat: Vec<StatedVat>,
    stated_totals: Vec<(Total, Decimal)>,
}

/// An allowance or charge given in percent of the lines under one VAT category and rate.
#[derive(Clone, Debug)]
struct DocumentPercentage {
    is_charge: bool,
    percentage: Decimal,
    vat: LineVat,
    reason: String,
}

/// Why no VAT is charged in a category.
#[derive(Clone, Debug)]
struct Exemption {
    category: VatCategory,
    code: Option<ExemptionReason>,
    text: Option<String>,
}

/// A VAT amount that the caller states.
#[derive(Clone, Debug)]
struct StatedVat {
    vat: LineVat,
    tax_amount: Decimal,
}

/// A total of BG-22 that a caller may state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Total {
    /// BT-106 Sum of invoice line net amount.
    LineNetSum,
    /// BT-109 Invoice total amount without VAT.
    WithoutVat,
    /// BT-110 Invoice total VAT amount.
    Vat,
    /// BT-111 Invoice total VAT amount in accounting currency.
    VatInAccountingCurrency,
    /// BT-112 Invoice total amount with VAT.
    WithVat,
    /// BT-115 Amount due for payment.
    AmountDue,
}

impl Total {
    /// The business term.
    #[must_use]
    pub fn term(self) -> &'static str {
        match self {
            Self::LineNetSum => "BT-106",
            Self::WithoutVat => "BT-109",
            Self::Vat => "BT-110",
            Self::VatInAccountingCurrency => "BT-111",
            Self::WithVat => "BT-112",
            Self::AmountDue => "BT-115",
        }
    }
}

impl InvoiceBuilder {
    /// Starts a document of any type; [`InvoiceType::CreditNote`] makes it a UBL `CreditNote`.
    pub fn new(
        type_code: InvoiceType,
        number: impl Into<String>,
        issue_date: Date,
        seller: Party,
        buyer: Party,
    ) -> Self {
        Self {
            draft: Invoice::new(type_code, number, issue_date, seller, buyer),
            lines: Vec::new(),
            percentages: Vec::new(),
            exemptions: Vec::new(),
            exchange_rate: None,
            stated_vat: Vec::new(),
            stated_totals: Vec::new(),
        }
    }

    /// A commercial invoice (380).
    pub fn invoice(
        number: impl Into<String>,
        issue_date: Date,
        seller: Party,
        buyer: Party,
    ) -> Self {
        Self::new(InvoiceType::Commercial, number, issue_date, seller, buyer)
    }

    /// A credit note (381), with positive quantities. To cancel a whole invoice see [`credit_note_for`].
    ///
    /// [`credit_note_for`]: InvoiceBuilder::credit_note_for
    pub fn credit_note(
        number: impl Into<String>,
        issue_date: Date,
        seller: Party,
        buyer: Party,
    ) -> Self {
        Self::new(InvoiceType::CreditNote, number, issue_date, seller, buyer)
    }

    /// A self-billed invoice (389): the buyer writes it in the seller's name.
    pub fn self_billed(
        number: impl Into<String>,
        issue_date: Date,
        seller: Party,
        buyer: Party,
    ) -> Self {
        Self::new(InvoiceType::SelfBilled, number, issue_date, seller, buyer)
    }

    /// Adds a line.
    pub fn line(mut self, line: Line) -> Self {
        self.lines.push(line);
        self
    }

    /// Adds lines.
    pub fn lines(mut self, lines: impl IntoIterator<Item = Line>) -> Self {
        self.lines.extend(lines);
        self
    }

    /// Sets the due date (BT-9). An invoice with something to pay needs it, or [`payment_terms`] (BR-CO-25).
    ///
    /// [`payment_terms`]: InvoiceBuilder::payment_terms
    pub fn due(mut self, date: Date) -> Self {
        self.draft.payment_due_date = Some(date);
        self
    }

    /// Sets the payment terms (BT-20).
    pub fn payment_terms(mut self, terms: impl Into<String>) -> Self {
        self.draft.payment_terms = Some(terms.into());
        self
    }

    /// Sets the payment instructions (BG-16).
    pub fn payment(mut self, payment: PaymentInstructions) -> Self {
        self.draft.payment = Some(payment);
        self
    }

    /// Sets the amount already paid (BT-113).
    pub fn paid(mut self, amount: impl Into<Decimal>) -> Self {
        self.draft.totals.paid_amount = Some(amount.into());
        self
    }

    /// Sets the amount that rounds the sum to pay (BT-114).
    pub fn rounding(mut self, amount: impl Into<Decimal>) -> Self {
        self.draft.totals.rounding_amount = Some(amount.into());
        self
    }

    /// Adds a note (BG-1).
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.draft.notes.push(Note::new(text));
        self
    }

    /// Refers to an earlier invoice (BG-3).
    pub fn preceding_invoice(mut self, number: impl Into<String>, issue_date: Date) -> Self {
        let reference = PrecedingInvoice::new(number, Some(issue_date));
        self.draft.preceding_invoices.push(reference);
        self
    }

    /// Sets the delivery (BG-13).
    pub fn delivery(mut self, delivery: Delivery) -> Self {
        self.draft.delivery = Some(delivery);
        self
    }

    /// Sets the invoicing period (BG-14).
    pub fn period(mut self, start: Date, end: Date) -> Self {
        self.draft.invoicing_period = Some(Period::new(start, end));
        self
    }

    /// Sets the payee (BG-10).
    pub fn payee(mut self, payee: Payee) -> Self {
        self.draft.payee = Some(payee);
        self
    }

    /// Sets the seller's tax representative (BG-11).
    pub fn tax_representative(mut self, representative: TaxRepresentative) -> Self {
        self.draft.tax_representative = Some(representative);
        self
    }

    /// Adds a supporting document (BG-24).
    pub fn supporting_document(mut self, document: SupportingDocument) -> Self {
        self.draft.supporting_documents.push(document);
        self
    }

    /// VAT on collection (*TVA la încasare*): BT-8 is 432. Replaces BT-7, which excludes it.
    pub fn cash_accounting(mut self) -> Self {
        self.draft.vat_point_date = None;
        self.draft.vat_point_date_code = Some(VatPointDateCode::Payment);
        self
    }

    /// Sets the day on which VAT becomes due (BT-7). Replaces BT-8, which excludes it.
    pub fn vat_point(mut self, date: Date) -> Self {
        self.draft.vat_point_date_code = None;
        self.draft.vat_point_date = Some(date);
        self
    }

    /// Invoices in another currency than RON: BT-5 is `currency`, BT-6 is RON, and BT-111 is the VAT in RON at
    /// `rate` lei for one unit.
    pub fn currency(mut self, currency: Currency, rate: impl Into<Decimal>) -> Self {
        self.draft.currency = currency;
        self.exchange_rate = Some(rate.into());
        self
    }

    /// Adds an allowance on the document (BG-20).
    pub fn allowance(mut self, allowance: DocumentAllowance) -> Self {
        self.draft.allowances.push(allowance);
        self
    }

    /// Adds a charge on the document (BG-21).
    pub fn charge(mut self, charge: DocumentCharge) -> Self {
        self.draft.charges.push(charge);
        self
    }

    /// Adds an allowance of a percentage (`10` is 10 %) of all lines under this VAT category and rate.
    pub fn allowance_percent(
        self,
        percentage: impl Into<Decimal>,
        vat: LineVat,
        reason: impl Into<String>,
    ) -> Self {
        self.percentage(false, percentage.into(), vat, reason.into())
    }

    /// Adds a charge of a percentage (`10` is 10 %) of all lines under this VAT category and rate.
    pub fn charge_percent(
        self,
        percentage: impl Into<Decimal>,
        vat: LineVat,
        reason: impl Into<String>,
    ) -> Self {
        self.percentage(true, percentage.into(), vat, reason.into())
    }

    fn percentage(
        mut self,
        is_charge: bool,
        percentage: Decimal,
        vat: LineVat,
        reason: String,
    ) -> Self {
        self.percentages.push(DocumentPercentage {
            is_charge,
            percentage,
            vat,
            reason,
        });
        self
    }

    /// Says why a category bears no VAT, by code (BT-121). Category E needs it; AE, K, G and O have their own codes
    /// unless told otherwise.
    pub fn exemption_code(mut self, category: VatCategory, code: ExemptionReason) -> Self {
        self.exemption(category).code = Some(code);
        self
    }

    /// Says why a category bears no VAT, in words (BT-120).
    pub fn exemption_text(mut self, category: VatCategory, text: impl Into<String>) -> Self {
        self.exemption(category).text = Some(text.into());
        self
    }

    #[expect(
        clippy::expect_used,
        reason = "the entry was pushed in the line before"
    )]
    fn exemption(&mut self, category: VatCategory) -> &mut Exemption {
        let found = self.exemptions.iter().position(|e| e.category == category);
        let at = found.unwrap_or_else(|| {
            self.exemptions.push(Exemption {
                category,
                code: None,
                text: None,
            });
            self.exemptions.len() - 1
        });
        self.exemptions.get_mut(at).expect("an entry")
    }

    /// States the VAT amount (BT-117) of a category and rate, as when another program computed it line by line.
    /// The rules tolerate a difference below 1.00.
    pub fn state_vat(mut self, vat: LineVat, tax_amount: impl Into<Decimal>) -> Self {
        self.stated_vat.push(StatedVat {
            vat,
            tax_amount: tax_amount.into(),
        });
        self
    }

    /// States a total. It goes into the document as it is; a difference from the computed value is reported.
    pub fn state_total(mut self, total: Total, amount: impl Into<Decimal>) -> Self {
        self.stated_totals.retain(|(stated, _)| *stated != total);
        self.stated_totals.push((total, amount.into()));
        self
    }

    /// Sets any other term of the invoice: references, notes with subjects, the business process …
    /// Lines, VAT breakdown and computed totals set here are overwritten by [`build`](InvoiceBuilder::build).
    pub fn terms(mut self, set: impl FnOnce(&mut Invoice)) -> Self {
        set(&mut self.draft);
        self
    }

    /// Computes the amounts and checks that nothing required is missing.
    ///
    /// # Errors
    /// [`BuildError`] lists every problem, each with its business term. Code lists and lengths are for
    /// [`Invoice::validate`] to judge.
    pub fn build(self) -> Result<Authored, BuildError> {
        let (authored, mut problems) = compute::compute(self);
        check::check(&authored.invoice, &mut problems);
        if problems.is_empty() {
            Ok(authored)
        } else {
            Err(BuildError::new(problems))
        }
    }
}

impl<R> DocumentAdjustment<R> {
    fn of_percentage(from: &DocumentPercentage, base: Decimal, amount: Decimal) -> Self {
        let mut this = Self::new(amount, from.vat.clone(), from.reason.clone());
        this.base_amount = Some(base);
        this.percentage = Some(from.percentage);
        this
    }
}

#[cfg(test)]
mod tests;
