//! Invoicing periods: of the document (BG-14) and of a line (BG-26).

use crate::doc::name::*;
use crate::rules::definition::{Rule, fatal, on};
use crate::rules::xpath::{At, Date, Path, Verdict};

/// `cac:InvoiceLine/cac:InvoicePeriod | cac:CreditNoteLine/cac:InvoicePeriod`; hides these from [`PERIOD`].
pub(super) const LINE_PERIOD: Rule = Rule::new(
    &[
        on(CAC_INVOICE_PERIOD).within(&[CAC_INVOICE_LINE]),
        on(CAC_INVOICE_PERIOD).within(&[CAC_CREDIT_NOTE_LINE]),
    ],
    &[&[
        fatal("BR-30", ends_after_start),
        fatal("BR-CO-20", |period| {
            Ok((period / CBC_START_DATE).exists()? || (period / CBC_END_DATE).exists()?)
        }),
    ]],
);

/// `cac:InvoicePeriod`
pub(super) const PERIOD: Rule = Rule::new(
    &[on(CAC_INVOICE_PERIOD)],
    &[&[
        fatal("BR-29", ends_after_start),
        fatal("BR-CO-19", |period| {
            Ok((period / CBC_START_DATE).exists()?
                || (period / CBC_END_DATE).exists()?
                || (period / CBC_DESCRIPTION_CODE).exists()?)
        }),
    ]],
);

/// `xs:date(cbc:EndDate) >= xs:date(cbc:StartDate)`, where both are there.
fn ends_after_start(period: At<'_>) -> Verdict {
    let (start, end) = (period / CBC_START_DATE, period / CBC_END_DATE);
    if start.missing()? || end.missing()? {
        return Ok(true);
    }
    Ok(Date::parse(&end.text()?)? >= Date::parse(&start.text()?)?)
}
