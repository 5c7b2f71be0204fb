//! Totals and the VAT breakdown.

use rust_decimal::Decimal;

use crate::codes::{ExemptionReason, VatCategory};

/// BG-22 Document totals. All in the invoice's currency, but BT-111.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentTotals {
    /// BT-106 Sum of invoice line net amount.
    pub line_net_sum: Decimal,
    /// BT-107 Sum of allowances on document level.
    pub allowance_sum: Option<Decimal>,
    /// BT-108 Sum of charges on document level.
    pub charge_sum: Option<Decimal>,
    /// BT-109 Invoice total amount without VAT.
    pub total_without_vat: Decimal,
    /// BT-110 Invoice total VAT amount.
    pub total_vat: Option<Decimal>,
    /// BT-111 Invoice total VAT amount in accounting currency (BT-6).
    pub total_vat_in_accounting_currency: Option<Decimal>,
    /// BT-112 Invoice total amount with VAT.
    pub total_with_vat: Decimal,
    /// BT-113 Paid amount.
    pub paid_amount: Option<Decimal>,
    /// BT-114 Rounding amount.
    pub rounding_amount: Option<Decimal>,
    /// BT-115 Amount due for payment.
    pub amount_due: Decimal,
}

/// BG-23 VAT breakdown: one for each category and rate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VatBreakdown {
    /// BT-116 VAT category taxable amount.
    pub taxable_amount: Decimal,
    /// BT-117 VAT category tax amount.
    pub tax_amount: Decimal,
    /// BT-118 VAT category code.
    pub category: VatCategory,
    /// BT-119 VAT category rate: `21` is 21 %. Absent when not subject to VAT (O).
    pub rate: Option<Decimal>,
    /// BT-120 VAT exemption reason text.
    pub exemption_reason: Option<String>,
    /// BT-121 VAT exemption reason code.
    pub exemption_reason_code: Option<ExemptionReason>,
}

impl VatBreakdown {
    /// A breakdown without an exemption reason.
    #[must_use]
    pub fn new(
        category: VatCategory,
        rate: Option<Decimal>,
        taxable_amount: Decimal,
        tax_amount: Decimal,
    ) -> Self {
        Self {
            taxable_amount,
            tax_amount,
            category,
            rate,
            exemption_reason: None,
            exemption_reason_code: None,
        }
    }
}
