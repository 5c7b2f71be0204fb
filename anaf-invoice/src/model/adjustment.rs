//! Allowances and charges, on the document and on its lines.

use rust_decimal::Decimal;

use super::LineVat;
use crate::codes::{AllowanceReason, ChargeReason};

/// An allowance or charge on the whole document; `R` is the list of its reason codes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentAdjustment<R> {
    /// BT-92 Document level allowance amount; BT-99 Document level charge amount: without VAT.
    pub amount: Decimal,
    /// BT-93, BT-100 Base amount, to which the percentage applies.
    pub base_amount: Option<Decimal>,
    /// BT-94, BT-101 Percentage: `10` is 10 %.
    pub percentage: Option<Decimal>,
    /// BT-95 and BT-96, BT-102 and BT-103: VAT category and rate.
    pub vat: LineVat,
    /// BT-97 Document level allowance reason; BT-104 Document level charge reason.
    pub reason: Option<String>,
    /// BT-98 Document level allowance reason code; BT-105 Document level charge reason code.
    pub reason_code: Option<R>,
}

/// BG-20 Document level allowance.
pub type DocumentAllowance = DocumentAdjustment<AllowanceReason>;

/// BG-21 Document level charge.
pub type DocumentCharge = DocumentAdjustment<ChargeReason>;

/// An allowance or charge on one line; `R` is the list of its reason codes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineAdjustment<R> {
    /// BT-136 Invoice line allowance amount; BT-141 Invoice line charge amount: without VAT.
    pub amount: Decimal,
    /// BT-137, BT-142 Base amount, to which the percentage applies.
    pub base_amount: Option<Decimal>,
    /// BT-138, BT-143 Percentage: `10` is 10 %.
    pub percentage: Option<Decimal>,
    /// BT-139 Invoice line allowance reason; BT-144 Invoice line charge reason.
    pub reason: Option<String>,
    /// BT-140 Invoice line allowance reason code; BT-145 Invoice line charge reason code.
    pub reason_code: Option<R>,
}

/// BG-27 Invoice line allowance.
pub type LineAllowance = LineAdjustment<AllowanceReason>;

/// BG-28 Invoice line charge.
pub type LineCharge = LineAdjustment<ChargeReason>;

impl<R> LineAdjustment<R> {
    /// An amount, with the reason in words that the rules ask for (BR-42, BR-44).
    #[must_use]
    pub fn new(amount: Decimal, reason: impl Into<String>) -> Self {
        Self {
            amount,
            base_amount: None,
            percentage: None,
            reason: Some(reason.into()),
            reason_code: None,
        }
    }

    /// Sets the reason's code.
    #[must_use]
    pub fn with_reason_code(mut self, code: R) -> Self {
        self.reason_code = Some(code);
        self
    }
}

impl<R> DocumentAdjustment<R> {
    /// An amount under a VAT category, with the reason in words that the rules ask for (BR-33, BR-38).
    #[must_use]
    pub fn new(amount: Decimal, vat: LineVat, reason: impl Into<String>) -> Self {
        Self {
            amount,
            base_amount: None,
            percentage: None,
            vat,
            reason: Some(reason.into()),
            reason_code: None,
        }
    }

    /// Sets the reason's code.
    #[must_use]
    pub fn with_reason_code(mut self, code: R) -> Self {
        self.reason_code = Some(code);
        self
    }
}
