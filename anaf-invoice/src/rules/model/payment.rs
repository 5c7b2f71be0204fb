//! Payment instructions (BG-16): credit transfer (BG-17), card (BG-18).

use crate::doc::name::*;
use crate::rules::definition::{Rule, fatal, on, warning};
use crate::rules::xpath::Path;

/// `cac:PaymentMeans`
pub(super) const PAYMENT_MEANS: Rule = Rule::new(
    &[on(CAC_PAYMENT_MEANS)],
    &[&[
        fatal("BR-49", |means| (means / CBC_PAYMENT_MEANS_CODE).exists()),
        // A credit transfer (30) or SEPA credit transfer (58) names the account (BT-84).
        fatal("BR-61", |means| {
            let account = means / CAC_PAYEE_FINANCIAL_ACCOUNT / CBC_ID;
            let code = means / CBC_PAYMENT_MEANS_CODE;
            let is_transfer = || Ok(code.normalizes_to("30")? || code.normalizes_to("58")?);
            if account.exists()? && is_transfer()? {
                return Ok(true);
            }
            Ok(!is_transfer()?)
        }),
    ]],
);

/// `cac:PaymentMeans[cbc:PaymentMeansCode = '30' or ... = '58']/cac:PayeeFinancialAccount`
pub(super) const CREDIT_TRANSFER: Rule = Rule::new(
    &[on(CAC_PAYEE_FINANCIAL_ACCOUNT)
        .within(&[CAC_PAYMENT_MEANS])
        .where_(|account| {
            let Some(means) = account.parent() else {
                return Ok(false);
            };
            let code = means / CBC_PAYMENT_MEANS_CODE;
            Ok(code.is("30")? || code.is("58")?)
        })],
    &[&[fatal("BR-50", |account| (account / CBC_ID).has_text())]],
);

/// `cac:PaymentMeans/cac:CardAccount`
pub(super) const CARD: Rule = Rule::new(
    &[on(CAC_CARD_ACCOUNT).within(&[CAC_PAYMENT_MEANS])],
    // Not the whole card number (BT-87).
    &[&[warning("BR-51", |card| {
        Ok((card / CBC_PRIMARY_ACCOUNT_NUMBER_ID)
            .text()?
            .chars()
            .nth(10)
            .is_none())
    })]],
);
