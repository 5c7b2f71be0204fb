//! Document totals (BG-22) and VAT totals (BT-110, BT-111).

use crate::doc::Name;
use crate::doc::attr::CURRENCY_ID;
use crate::doc::name::*;
use crate::rules::checks::two_decimals;
use crate::rules::definition::{Assertion, Rule, fatal, never, on};
use crate::rules::xpath::{
    At, Computed, Decimal, Filter, Number, Path, Step, Undetermined, Verdict, both, either, equal,
    minus, plus, text, to_cents,
};

/// `cac:LegalMonetaryTotal`
pub(super) const LEGAL_MONETARY_TOTAL: Rule = Rule::new(
    &[on(CAC_LEGAL_MONETARY_TOTAL)],
    &[&[
        fatal("BR-12", |totals| {
            (totals / CBC_LINE_EXTENSION_AMOUNT).exists()
        }),
        fatal("BR-13", |totals| {
            (totals / CBC_TAX_EXCLUSIVE_AMOUNT).exists()
        }),
        fatal("BR-14", |totals| {
            (totals / CBC_TAX_INCLUSIVE_AMOUNT).exists()
        }),
        fatal("BR-15", |totals| (totals / CBC_PAYABLE_AMOUNT).exists()),
        // BT-106 = Σ BT-131
        fatal("BR-CO-10", |totals| {
            equal((totals / CBC_LINE_EXTENSION_AMOUNT).decimal(), || {
                to_cents(totals.facts.lines_total())
            })
        }),
        // BT-107 = Σ BT-92
        fatal("BR-CO-11", |totals| {
            is_sum_of_allowances(totals, CBC_ALLOWANCE_TOTAL_AMOUNT, false)
        }),
        // BT-108 = Σ BT-99
        fatal("BR-CO-12", |totals| {
            is_sum_of_allowances(totals, CBC_CHARGE_TOTAL_AMOUNT, true)
        }),
        // BT-109 = BT-106 - BT-107 + BT-108
        fatal("BR-CO-13", |totals| {
            let amount = |name| (totals / name).decimal();
            let (lines, charges) = (
                || amount(CBC_LINE_EXTENSION_AMOUNT),
                || amount(CBC_CHARGE_TOTAL_AMOUNT),
            );
            let allowances = || amount(CBC_ALLOWANCE_TOTAL_AMOUNT);
            let has_charges = (totals / CBC_CHARGE_TOTAL_AMOUNT).exists()?;
            let has_allowances = (totals / CBC_ALLOWANCE_TOTAL_AMOUNT).exists()?;
            equal(amount(CBC_TAX_EXCLUSIVE_AMOUNT), || {
                match (has_charges, has_allowances) {
                    (true, true) => to_cents(minus(plus(lines(), charges), allowances)),
                    (true, false) => to_cents(plus(lines(), charges)),
                    (false, true) => to_cents(minus(lines(), allowances)),
                    (false, false) => lines(),
                }
            })
        }),
        // BT-115 = BT-112 - BT-113 + BT-114
        fatal("BR-CO-16", |totals| {
            let amount = |name| (totals / name).decimal();
            let (payable, gross) = (
                || amount(CBC_PAYABLE_AMOUNT),
                || amount(CBC_TAX_INCLUSIVE_AMOUNT),
            );
            let payable = if (totals / CBC_PAYABLE_ROUNDING_AMOUNT).exists()? {
                to_cents(minus(payable(), || amount(CBC_PAYABLE_ROUNDING_AMOUNT)))
            } else {
                payable()
            };
            let is_prepaid = (totals / CBC_PREPAID_AMOUNT).exists()?;
            equal(payable, || {
                if is_prepaid {
                    to_cents(minus(gross(), || amount(CBC_PREPAID_AMOUNT)))
                } else {
                    gross()
                }
            })
        }),
        fatal("BR-DEC-09", |totals| {
            two_decimals(totals / CBC_LINE_EXTENSION_AMOUNT)
        }),
        fatal("BR-DEC-10", |totals| {
            two_decimals(totals / CBC_ALLOWANCE_TOTAL_AMOUNT)
        }),
        fatal("BR-DEC-11", |totals| {
            two_decimals(totals / CBC_CHARGE_TOTAL_AMOUNT)
        }),
        fatal("BR-DEC-12", |totals| {
            two_decimals(totals / CBC_TAX_EXCLUSIVE_AMOUNT)
        }),
        fatal("BR-DEC-14", |totals| {
            two_decimals(totals / CBC_TAX_INCLUSIVE_AMOUNT)
        }),
        fatal("BR-DEC-16", |totals| {
            two_decimals(totals / CBC_PREPAID_AMOUNT)
        }),
        fatal("BR-DEC-17", |totals| {
            two_decimals(totals / CBC_PAYABLE_ROUNDING_AMOUNT)
        }),
        fatal("BR-DEC-18", |totals| {
            two_decimals(totals / CBC_PAYABLE_AMOUNT)
        }),
    ]],
);

/// BR-CO-11, BR-CO-12: the total is there exactly if there are allowances (charges), and is their sum.
fn is_sum_of_allowances(totals: At<'_>, total: Name, charge: bool) -> Verdict {
    let Some(parent) = totals.parent() else {
        return (totals / total).missing();
    };
    let allowances = parent / Step::only(CAC_ALLOWANCE_CHARGE, Filter::Charge(charge));
    let is_sum = equal((totals / total).decimal(), || {
        to_cents(sum_of(allowances, CBC_AMOUNT))
    });
    either(is_sum, || {
        both((totals / total).missing(), || allowances.missing())
    })
}

/// `sum(path/xs:decimal(name))`
fn sum_of<'a>(path: impl Path<'a>, name: Name) -> Computed {
    let mut sum = Decimal::ZERO;
    path.each(|node| {
        if let Some(amount) = (node / name).decimal()?.0 {
            sum = sum.add(&amount);
        }
        Ok(true)
    })?;
    Ok(Number::from(sum))
}

/// `/ubl:Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount`: not of credit notes.
pub(super) const PAYABLE_AMOUNT: Rule = Rule::new(
    &[on(CBC_PAYABLE_AMOUNT)
        .within(&[CAC_LEGAL_MONETARY_TOTAL, INV_INVOICE])
        .at_root()],
    // Something to pay (BT-115) wants a due date (BT-9) or terms (BT-20).
    &[&[fatal("BR-CO-25", |payable| {
        let amount = text::versus_zero(&payable.text())?;
        let has_terms = || payable.exists_anywhere(CAC_PAYMENT_TERMS, |terms| terms / CBC_NOTE);
        Ok(amount.is_le() || !payable.facts.all(CBC_DUE_DATE).is_empty() || has_terms()?)
    })]],
);

/// `/ubl:Invoice/cac:TaxTotal | /cn:CreditNote/cac:TaxTotal`
pub(super) const TAX_TOTAL: Rule = Rule::new(
    &[
        on(CAC_TAX_TOTAL).within(&[INV_INVOICE]).at_root(),
        on(CAC_TAX_TOTAL).within(&[CN_CREDIT_NOTE]).at_root(),
    ],
    // BT-110 = Σ BT-117
    &[&[fatal("BR-CO-14", |total| {
        let subtotals = total / CAC_TAX_SUBTOTAL;
        let is_sum = equal((total / CBC_TAX_AMOUNT).decimal(), || {
            to_cents(sum_of(subtotals, CBC_TAX_AMOUNT))
        });
        either(is_sum, || subtotals.missing())
    })]],
);

/// On the root.
pub(super) const ON_DOCUMENT: &[Assertion] = &[
    // BT-112 = BT-109 + BT-110, and one VAT total in the document's currency
    fatal("BR-CO-15", |document| {
        let mut holds = true;
        (document / CBC_DOCUMENT_CURRENCY_CODE).each(|currency| {
            holds = gross_is_net_plus_vat(document, &currency.text())?;
            Ok(holds)
        })?;
        Ok(holds)
    }),
    never("BR-DEC-13", TAX_AMOUNT_HAS_NO_CURRENCY_CODE),
    never("BR-DEC-15", TAX_AMOUNT_HAS_NO_CURRENCY_CODE),
];

const TAX_AMOUNT_HAS_NO_CURRENCY_CODE: &str = "compares @currencyID with a currency code that it looks for inside cbc:TaxAmount, which has no children";

fn gross_is_net_plus_vat(document: At<'_>, currency: &str) -> Verdict {
    let vat = vat_in_currency(document, currency);
    let has_one = vat.as_ref().map(|vat| vat.len() == 1).map_err(|why| *why);
    both(has_one, || {
        let net = one_decimal(document, CBC_TAX_EXCLUSIVE_AMOUNT);
        let gross = to_cents(plus(net, || match vat?.as_slice() {
            [] => Ok(Number(None)),
            [one] => Ok(Number::from(one.clone())),
            _ => Err(Undetermined::SeveralItems),
        }));
        // A comparison of many with one looks at the one first.
        let Number(Some(gross)) = gross? else {
            return Ok(false);
        };
        let is_gross = |amount: Number| amount.0.as_ref() == Some(&gross);
        (document / CAC_LEGAL_MONETARY_TOTAL)
            .any(|totals| (totals / CBC_TAX_INCLUSIVE_AMOUNT).decimal().map(is_gross))
    })
}

/// `cac:TaxTotal/xs:decimal(cbc:TaxAmount[@currencyID = currency])`
fn vat_in_currency(document: At<'_>, currency: &str) -> Result<Vec<Decimal>, Undetermined> {
    let mut vat = Vec::new();
    (document / CAC_TAX_TOTAL).each(|total| {
        let mut amount = None;
        (total / CBC_TAX_AMOUNT).each(|tax| {
            let matches = tax.attr(CURRENCY_ID).is_some_and(|id| id == currency);
            if matches && amount.replace(tax).is_some() {
                return Err(Undetermined::SeveralItems);
            }
            Ok(true)
        })?;
        if let Some(amount) = amount {
            vat.push(Decimal::parse(&amount.text())?);
        }
        Ok(true)
    })?;
    Ok(vat)
}

/// `cac:LegalMonetaryTotal/xs:decimal(name)`, where one number is wanted.
fn one_decimal(document: At<'_>, name: Name) -> Computed {
    let mut only = Number(None);
    (document / CAC_LEGAL_MONETARY_TOTAL).each(|totals| {
        let next = (totals / name).decimal()?;
        if next.0.is_some() && std::mem::replace(&mut only, next).0.is_some() {
            return Err(Undetermined::SeveralItems);
        }
        Ok(true)
    })?;
    Ok(only)
}
