//! The arithmetic of EN 16931: line nets, VAT breakdown, totals.

use std::collections::HashMap;

use rust_decimal::{Decimal, RoundingStrategy};

use super::line::Line;
use super::{
    Authored, BuildProblem, Disagreement, DocumentPercentage, Exemption, InvoiceBuilder, StatedVat,
    Total,
};
use crate::codes::{Currency, ExemptionReason, PaymentMeansCode, VatCategory};
use crate::model::{
    DocumentAdjustment, Invoice, InvoiceLine, LineAdjustment, LineVat, PaymentInstructions,
    VatBreakdown,
};

/// Two decimals, halves away from zero.
pub(super) fn round(value: Decimal) -> Decimal {
    let mut rounded = value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded
}

/// Collects what goes wrong and what disagrees, so that one pass tells all of it.
struct Ledger {
    problems: Vec<BuildProblem>,
    disagreements: Vec<Disagreement>,
}

impl Ledger {
    /// A value that must fit; zero stands in for one that does not, beside the problem.
    fn fit(&mut self, term: &'static str, value: Option<Decimal>) -> Decimal {
        value.unwrap_or_else(|| {
            let problem = BuildProblem::TooLarge { term };
            if !self.problems.contains(&problem) {
                self.problems.push(problem);
            }
            Decimal::ZERO
        })
    }

    fn sum(&mut self, term: &'static str, values: impl IntoIterator<Item = Decimal>) -> Decimal {
        let mut values = values.into_iter();
        let total = values.try_fold(Decimal::ZERO, Decimal::checked_add);
        self.fit(term, total)
    }

    fn product(&mut self, term: &'static str, a: Decimal, b: Decimal) -> Decimal {
        self.fit(term, a.checked_mul(b))
    }

    fn percent(&mut self, term: &'static str, base: Decimal, percentage: Decimal) -> Decimal {
        round(self.product(term, base, percentage) / Decimal::ONE_HUNDRED)
    }

    /// An amount as the caller gave it: two decimals at most.
    fn amount(&mut self, term: &'static str, value: Decimal) {
        if value.normalize().scale() > 2 {
            self.problems
                .push(BuildProblem::TooManyDecimals { term, value });
        }
    }

    /// The stated value if there is one, with a disagreement if it differs; else the computed one.
    fn settle(
        &mut self,
        term: &'static str,
        line: Option<&str>,
        stated: Option<Decimal>,
        computed: Decimal,
    ) -> Decimal {
        let Some(stated) = stated else {
            return computed;
        };
        self.amount(term, stated);
        if stated != computed {
            self.disagreements.push(Disagreement {
                term,
                line: line.map(str::to_owned),
                stated,
                computed,
            });
        }
        stated
    }
}

pub(super) fn compute(builder: InvoiceBuilder) -> (Authored, Vec<BuildProblem>) {
    let InvoiceBuilder {
        draft: mut invoice,
        lines,
        percentages,
        exemptions,
        exchange_rate,
        stated_vat,
        stated_totals,
    } = builder;
    let mut ledger = Ledger {
        problems: Vec::new(),
        disagreements: Vec::new(),
    };
    invoice.lines = lines
        .into_iter()
        .enumerate()
        .map(|(at, line)| complete_line(at, line, &mut ledger))
        .collect();
    for percentage in &percentages {
        adjust_by_percentage(&mut invoice, percentage, &mut ledger);
    }
    check_amounts(&invoice, &mut ledger);
    invoice.vat_breakdown = vat_breakdown(&invoice, &exemptions, &stated_vat, &mut ledger);
    totals(&mut invoice, exchange_rate, &stated_totals, &mut ledger);
    if invoice.is_credit_note() && invoice.payment_due_date.is_some() {
        // UBL has the due date of a credit note among its payment means.
        let undefined = || PaymentInstructions::new(PaymentMeansCode::NOT_DEFINED);
        invoice.payment.get_or_insert_with(undefined);
    }
    let authored = Authored {
        invoice,
        disagreements: ledger.disagreements,
    };
    (authored, ledger.problems)
}

fn complete_line(at: usize, line: Line, ledger: &mut Ledger) -> InvoiceLine {
    let Line {
        mut line,
        percentages,
        stated_net,
    } = line;
    if line.id.is_empty() {
        line.id = (at + 1).to_string();
    }
    let gross = round(quantity_times_price(&line, ledger));
    for percentage in percentages {
        let amount = ledger.percent("BT-136", gross, percentage.percentage);
        if percentage.is_charge {
            let mut charge = LineAdjustment::new(amount, percentage.reason);
            charge.base_amount = Some(gross);
            charge.percentage = Some(percentage.percentage);
            line.charges.push(charge);
        } else {
            let mut allowance = LineAdjustment::new(amount, percentage.reason);
            allowance.base_amount = Some(gross);
            allowance.percentage = Some(percentage.percentage);
            line.allowances.push(allowance);
        }
    }
    for allowance in &line.allowances {
        ledger.amount("BT-136", allowance.amount);
        allowance
            .base_amount
            .inspect(|base| ledger.amount("BT-137", *base));
    }
    for charge in &line.charges {
        ledger.amount("BT-141", charge.amount);
        charge
            .base_amount
            .inspect(|base| ledger.amount("BT-142", *base));
    }
    let charges = line.charges.iter().map(|charge| charge.amount);
    let allowances = line.allowances.iter().map(|allowance| -allowance.amount);
    let net = ledger.sum(
        "BT-131",
        [gross].into_iter().chain(charges).chain(allowances),
    );
    line.net_amount = ledger.settle("BT-131", Some(&line.id), stated_net, round(net));
    line
}

/// An allowance or charge in percent of the lines under one category and rate.
fn adjust_by_percentage(
    invoice: &mut Invoice,
    percentage: &DocumentPercentage,
    ledger: &mut Ledger,
) {
    let (base_term, term) = if percentage.is_charge {
        ("BT-100", "BT-99")
    } else {
        ("BT-93", "BT-92")
    };
    let of_this = invoice
        .lines
        .iter()
        .filter(|line| line.vat == percentage.vat)
        .map(|line| line.net_amount);
    let base = ledger.sum(base_term, of_this);
    let amount = ledger.percent(term, base, percentage.percentage);
    if percentage.is_charge {
        let charge = DocumentAdjustment::of_percentage(percentage, base, amount);
        invoice.charges.push(charge);
    } else {
        let allowance = DocumentAdjustment::of_percentage(percentage, base, amount);
        invoice.allowances.push(allowance);
    }
}

fn quantity_times_price(line: &InvoiceLine, ledger: &mut Ledger) -> Decimal {
    let price = &line.price;
    for (term, value) in [
        ("BT-146", Some(price.net_price)),
        ("BT-148", price.gross_price),
    ] {
        if let Some(value) = value.filter(|v| *v < Decimal::ZERO) {
            let line = line.id.clone();
            ledger
                .problems
                .push(BuildProblem::NegativePrice { term, line, value });
        }
    }
    let amount = ledger.product("BT-131", line.quantity, price.net_price);
    match price.base_quantity {
        None => amount,
        Some(base) if base.is_zero() => {
            let line = line.id.clone();
            ledger
                .problems
                .push(BuildProblem::ZeroBaseQuantity { line });
            amount
        }
        Some(base) => ledger.fit("BT-131", amount.checked_div(base)),
    }
}

/// Amounts that the caller gave on the document.
fn check_amounts(invoice: &Invoice, ledger: &mut Ledger) {
    for allowance in &invoice.allowances {
        ledger.amount("BT-92", allowance.amount);
        allowance
            .base_amount
            .inspect(|base| ledger.amount("BT-93", *base));
    }
    for charge in &invoice.charges {
        ledger.amount("BT-99", charge.amount);
        charge
            .base_amount
            .inspect(|base| ledger.amount("BT-100", *base));
    }
    let totals = &invoice.totals;
    totals
        .paid_amount
        .inspect(|paid| ledger.amount("BT-113", *paid));
    totals
        .rounding_amount
        .inspect(|rounding| ledger.amount("BT-114", *rounding));
}

/// One breakdown for each category and rate, in the order in which they first appear.
fn vat_breakdown(
    invoice: &Invoice,
    exemptions: &[Exemption],
    stated: &[StatedVat],
    ledger: &mut Ledger,
) -> Vec<VatBreakdown> {
    let lines = invoice
        .lines
        .iter()
        .map(|line| (&line.vat, line.net_amount, "BT-152"));
    let allowances = invoice
        .allowances
        .iter()
        .map(|allowance| (&allowance.vat, -allowance.amount, "BT-96"));
    let charges = invoice
        .charges
        .iter()
        .map(|charge| (&charge.vat, charge.amount, "BT-103"));
    let mut taxable: Vec<(&LineVat, Decimal)> = Vec::new();
    let mut places = HashMap::new();
    for (vat, amount, rate_term) in lines.chain(allowances).chain(charges) {
        let place = *places.entry(vat).or_insert(taxable.len());
        match taxable.get_mut(place) {
            Some((_, sum)) => *sum = ledger.sum("BT-116", [*sum, amount]),
            None => {
                check_rate(vat, rate_term, ledger);
                taxable.push((vat, amount));
            }
        }
    }
    let unknown =
        |stated: &StatedVat| !stated.tax_amount.is_zero() && !places.contains_key(&stated.vat);
    if stated.iter().any(unknown) {
        ledger.problems.push(BuildProblem::Wrong {
            term: "BT-117",
            what: "VAT is stated for a category and rate that nothing on the invoice has",
        });
    }
    taxable
        .into_iter()
        .map(|(vat, base)| {
            let rate = vat.rate.unwrap_or_default();
            let base = round(base);
            let computed = ledger.percent("BT-117", base, rate);
            let stated = stated
                .iter()
                .rfind(|stated| stated.vat == *vat)
                .map(|stated| stated.tax_amount);
            let tax = ledger.settle("BT-117", None, stated, computed);
            let mut breakdown = VatBreakdown::new(vat.category.clone(), vat.rate, base, tax);
            explain(&mut breakdown, exemptions);
            breakdown
        })
        .collect()
}

/// Gives the reason why no VAT is charged: the caller's, else the one that the category implies.
fn explain(breakdown: &mut VatBreakdown, exemptions: &[Exemption]) {
    let given = exemptions
        .iter()
        .filter(|exemption| exemption.code.is_some() || exemption.text.is_some())
        .find(|exemption| exemption.category == breakdown.category);
    match given {
        Some(given) => {
            breakdown.exemption_reason_code = given.code.clone();
            breakdown.exemption_reason = given.text.clone();
        }
        None => {
            breakdown.exemption_reason_code = match breakdown.category {
                VatCategory::ReverseCharge => Some(ExemptionReason::REVERSE_CHARGE),
                VatCategory::IntraCommunity => Some(ExemptionReason::INTRA_COMMUNITY),
                VatCategory::Export => Some(ExemptionReason::EXPORT),
                VatCategory::OutsideScope => Some(ExemptionReason::OUTSIDE_SCOPE),
                _ => None,
            };
        }
    }
}

fn check_rate(vat: &LineVat, term: &'static str, ledger: &mut Ledger) {
    let fits = match (&vat.category, vat.rate) {
        (VatCategory::OutsideScope, rate) => rate.is_none(),
        (VatCategory::Standard, Some(rate)) => rate > Decimal::ZERO,
        (category, Some(rate)) if category.has_rate() => rate >= Decimal::ZERO,
        (VatCategory::SplitPayment | VatCategory::Other(_), Some(_)) => true,
        (_, Some(rate)) => rate.is_zero(),
        (_, None) => false,
    };
    if !fits {
        ledger.problems.push(BuildProblem::RateOfCategory {
            term,
            category: vat.category.clone(),
            rate: vat.rate,
        });
    }
}

fn totals(
    invoice: &mut Invoice,
    exchange_rate: Option<Decimal>,
    stated: &[(Total, Decimal)],
    ledger: &mut Ledger,
) {
    let stated = |total: Total| {
        let found = stated.iter().find(|(which, _)| *which == total);
        found.map(|(_, amount)| *amount)
    };
    let settle = |ledger: &mut Ledger, total: Total, computed: Decimal| {
        ledger.settle(total.term(), None, stated(total), computed)
    };
    let lines = invoice.lines.iter().map(|line| line.net_amount);
    let line_sum = ledger.sum("BT-106", lines);
    let allowances = invoice.allowances.iter().map(|allowance| allowance.amount);
    let allowance_sum = ledger.sum("BT-107", allowances);
    let charges = invoice.charges.iter().map(|charge| charge.amount);
    let charge_sum = ledger.sum("BT-108", charges);
    let taxes = invoice.vat_breakdown.iter().map(|part| part.tax_amount);
    let tax_sum = ledger.sum("BT-110", taxes);

    let totals = &mut invoice.totals;
    totals.line_net_sum = settle(ledger, Total::LineNetSum, round(line_sum));
    totals.allowance_sum = (!invoice.allowances.is_empty()).then(|| round(allowance_sum));
    totals.charge_sum = (!invoice.charges.is_empty()).then(|| round(charge_sum));
    let without_vat = ledger.sum("BT-109", [totals.line_net_sum, charge_sum, -allowance_sum]);
    totals.total_without_vat = settle(ledger, Total::WithoutVat, round(without_vat));
    let vat = settle(ledger, Total::Vat, round(tax_sum));
    totals.total_vat = Some(vat);
    let with_vat = ledger.sum("BT-112", [totals.total_without_vat, vat]);
    totals.total_with_vat = settle(ledger, Total::WithVat, round(with_vat));
    let paid = totals.paid_amount.unwrap_or_default();
    let rounding = totals.rounding_amount.unwrap_or_default();
    let due = ledger.sum("BT-115", [totals.total_with_vat, -paid, rounding]);
    totals.amount_due = settle(ledger, Total::AmountDue, round(due));

    let stated_lei = stated(Total::VatInAccountingCurrency);
    invoice.totals.total_vat_in_accounting_currency =
        vat_in_lei(invoice, vat, exchange_rate, stated_lei, ledger);
}

/// BT-111, the VAT in lei of an invoice in another currency; BT-6 then says so.
fn vat_in_lei(
    invoice: &mut Invoice,
    vat: Decimal,
    exchange_rate: Option<Decimal>,
    stated: Option<Decimal>,
    ledger: &mut Ledger,
) -> Option<Decimal> {
    let term = Total::VatInAccountingCurrency.term();
    if invoice.currency == Currency::RON {
        let given = stated.or(invoice.totals.total_vat_in_accounting_currency);
        given.inspect(|amount| ledger.amount(term, *amount));
        let another = invoice
            .vat_accounting_currency
            .as_ref()
            .is_some_and(|accounting| *accounting != Currency::RON);
        if given.is_some() && !another {
            ledger.problems.push(BuildProblem::Wrong {
                term,
                what: "the invoice is in lei already: BT-110 is its VAT",
            });
        }
        return given;
    }
    invoice.vat_accounting_currency = Some(Currency::RON);
    match exchange_rate {
        Some(rate) => {
            let computed = round(ledger.product(term, vat, rate));
            Some(ledger.settle(term, None, stated, computed))
        }
        None => {
            stated.inspect(|amount| ledger.amount(term, *amount));
            stated.or(vat.is_zero().then_some(vat))
        }
    }
}
