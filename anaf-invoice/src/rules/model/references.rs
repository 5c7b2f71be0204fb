//! Preceding invoices (BG-3) and supporting documents (BG-24).

use crate::doc::name::*;
use crate::rules::definition::{Rule, fatal, on};
use crate::rules::xpath::Path;

/// `cac:AdditionalDocumentReference`
pub(super) const SUPPORTING_DOCUMENT: Rule = Rule::new(
    &[on(CAC_ADDITIONAL_DOCUMENT_REFERENCE)],
    &[&[fatal("BR-52", |document| (document / CBC_ID).has_text())]],
);

/// `cac:BillingReference`
pub(super) const PRECEDING_INVOICE: Rule = Rule::new(
    &[on(CAC_BILLING_REFERENCE)],
    &[&[fatal("BR-55", |reference| {
        (reference / CAC_INVOICE_DOCUMENT_REFERENCE / CBC_ID).exists()
    })]],
);
