//! Both kinds of storno: the credit note, and the invoice with negative quantities.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::Total;
use super::{InvoiceBuilder, Line};
use crate::codes::{Currency, InvoiceType};
use crate::model::{DocumentAdjustment, Invoice, InvoiceLine, LineAdjustment, LineVat};

impl InvoiceBuilder {
    /// Cancels an invoice by a credit note (381): the same lines and amounts, and a reference to the invoice.
    ///
    /// Amounts are those of the original, also where it computed otherwise. Take lines away, or change them, for a
    /// partial credit.
    pub fn credit_note_for(
        original: &Invoice,
        number: impl Into<String>,
        issue_date: Date,
    ) -> Self {
        Self::cancel(
            original,
            InvoiceType::CreditNote,
            number.into(),
            issue_date,
            false,
        )
    }

    /// Cancels an invoice by another (380) with negative quantities, and a reference to the invoice. The original is an
    /// invoice, not a credit note, whose sign would have to be turned.
    pub fn reversal_of(original: &Invoice, number: impl Into<String>, issue_date: Date) -> Self {
        Self::cancel(
            original,
            InvoiceType::Commercial,
            number.into(),
            issue_date,
            true,
        )
    }

    fn cancel(
        original: &Invoice,
        type_code: InvoiceType,
        number: String,
        issue_date: Date,
        negative: bool,
    ) -> Self {
        let sign = if negative {
            Decimal::NEGATIVE_ONE
        } else {
            Decimal::ONE
        };
        let (seller, buyer) = (original.seller.clone(), original.buyer.clone());
        let mut builder = Self::new(type_code, number, issue_date, seller, buyer)
            .preceding_invoice(original.number.clone(), original.issue_date);
        builder.draft.currency = original.currency.clone();
        builder.draft.tax_representative = original.tax_representative.clone();
        builder.draft.delivery = original.delivery.clone();
        builder.draft.invoicing_period = original.invoicing_period;
        builder.draft.vat_point_date_code = original.vat_point_date_code.clone();
        builder.draft.contract_reference = original.contract_reference.clone();
        builder.draft.purchase_order_reference = original.purchase_order_reference.clone();
        builder.draft.project_reference = original.project_reference.clone();
        builder.draft.buyer_reference = original.buyer_reference.clone();
        builder.draft.totals.rounding_amount = original
            .totals
            .rounding_amount
            .map(|rounding| rounding * sign);
        builder.draft.allowances = signed_adjustments(&original.allowances, sign);
        builder.draft.charges = signed_adjustments(&original.charges, sign);
        builder.lines = original
            .lines
            .iter()
            .map(|line| signed_line(line, sign))
            .collect();
        for part in &original.vat_breakdown {
            let vat = LineVat::new(part.category.clone(), part.rate);
            builder = builder.state_vat(vat, part.tax_amount * sign);
            let exemption = builder.exemption(part.category.clone());
            exemption.code = part.exemption_reason_code.clone();
            exemption.text = part.exemption_reason.clone();
        }
        match original.totals.total_vat_in_accounting_currency {
            Some(vat) if original.currency != Currency::RON => {
                builder.state_total(Total::VatInAccountingCurrency, vat * sign)
            }
            _ => builder,
        }
    }
}

fn signed_line(line: &InvoiceLine, sign: Decimal) -> Line {
    let mut copy = line.clone();
    copy.quantity *= sign;
    for allowance in &mut copy.allowances {
        sign_line_adjustment(allowance, sign);
    }
    for charge in &mut copy.charges {
        sign_line_adjustment(charge, sign);
    }
    Line::from(copy).net_amount(line.net_amount * sign)
}

fn sign_line_adjustment<R>(adjustment: &mut LineAdjustment<R>, sign: Decimal) {
    adjustment.amount *= sign;
    adjustment.base_amount = adjustment.base_amount.map(|base| base * sign);
}

fn signed_adjustments<R: Clone>(
    adjustments: &[DocumentAdjustment<R>],
    sign: Decimal,
) -> Vec<DocumentAdjustment<R>> {
    adjustments
        .iter()
        .map(|adjustment| DocumentAdjustment {
            amount: adjustment.amount * sign,
            base_amount: adjustment.base_amount.map(|base| base * sign),
            ..adjustment.clone()
        })
        .collect()
}
