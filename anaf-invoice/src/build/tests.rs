use super::*;
use crate::codes::{Country, County, InvoiceType, Sector, Unit};
use crate::model::{CreditTransfer, LineAllowance, PostalAddress};
use jiff::civil::date;

fn seller() -> Party {
    let address = PostalAddress::bucharest(&Sector::Sector1, "Str. Exemplului nr. 1");
    Party::vat_payer(
        "Exemplu Software SRL",
        &"12345674".parse().unwrap(),
        address,
    )
}

fn buyer() -> Party {
    let address = PostalAddress::romanian(&County::Cluj, "Cluj-Napoca", "Str. Model nr. 2");
    Party::vat_payer("Client Model SA", &"98765438".parse().unwrap(), address)
}

fn line(vat: LineVat) -> Line {
    Line::new("Servicii", 1, Unit::HOUR, 100, vat)
}

fn builder() -> InvoiceBuilder {
    InvoiceBuilder::invoice("EX-1", date(2026, 3, 2), seller(), buyer()).due(date(2026, 4, 1))
}

fn terms(error: &BuildError) -> Vec<&'static str> {
    error
        .problems()
        .iter()
        .map(|problem| match problem {
            BuildProblem::Missing { term, .. }
            | BuildProblem::Wrong { term, .. }
            | BuildProblem::TooManyDecimals { term, .. }
            | BuildProblem::NegativePrice { term, .. }
            | BuildProblem::RateOfCategory { term, .. }
            | BuildProblem::TooLarge { term } => *term,
            BuildProblem::ZeroBaseQuantity { .. } => "BT-149",
            BuildProblem::OutsideScopeMixed => "BT-118",
        })
        .collect()
}

#[test]
fn every_problem_names_its_term() {
    let standard = || LineVat::standard(21);
    let good = || builder().line(line(standard()));
    let abroad = PostalAddress::foreign(Country::DE, "Berlin", "Musterstraße 3");
    let foreign_credit = PaymentInstructions::new(crate::codes::PaymentMeansCode::CREDIT_TRANSFER);
    let cases: Vec<(InvoiceBuilder, &[&str])> = vec![
        (builder(), &["BG-25"]),
        (good().terms(|i| i.number.clear()), &["BT-1"]),
        (good().terms(|i| i.number = "ABC".to_owned()), &["BT-1"]),
        (
            good().terms(|i| i.type_code = InvoiceType::CreditNote),
            &["BT-3"],
        ),
        (good().terms(|i| i.payment_due_date = None), &["BT-9"]),
        (good().terms(|i| i.currency = Currency::EUR), &["BT-111"]),
        (good().payment(foreign_credit), &["BT-84"]),
        (good().terms(|i| i.seller.name.clear()), &["BT-27"]),
        (good().terms(|i| i.buyer.name.clear()), &["BT-44"]),
        (good().terms(|i| i.seller.address.line1 = None), &["BT-35"]),
        (
            good().terms(|i| i.buyer.address.city = Some(" ".to_owned())),
            &["BT-52"],
        ),
        (
            good().terms(|i| i.buyer.address.subdivision = None),
            &["BT-54"],
        ),
        (
            good().terms(|i| i.buyer.address.subdivision = Some("Cluj".to_owned())),
            &["BT-54"],
        ),
        (
            good().terms(|i| i.seller.address.city = Some("București".to_owned())),
            &["BT-37"],
        ),
        (good().terms(|i| i.seller.vat_identifier = None), &["BT-31"]),
        (
            good().terms(|i| {
                i.seller.vat_identifier = None;
                i.seller.legal_registration = None;
            }),
            &["BT-30", "BT-31"],
        ),
        (
            good().terms(|i| {
                i.buyer.vat_identifier = None;
                i.buyer.legal_registration = None;
            }),
            &["BT-47"],
        ),
        (good().payee(Payee::new("Exemplu Software SRL")), &["BT-59"]),
        (
            good().delivery(Delivery::default().with_address(abroad)),
            &["BT-79"],
        ),
        (
            good().tax_representative(TaxRepresentative::default()),
            &["BT-64", "BT-66", "BT-68", "BT-62", "BT-63"],
        ),
        (builder().line(line(LineVat::exempt())), &["BT-121"]),
        (
            good().exemption_text(VatCategory::Standard, "fără"),
            &["BT-121"],
        ),
        (
            builder().line(line(LineVat::intra_community())),
            &["BT-72", "BT-80"],
        ),
        (
            builder().line(line(LineVat::outside_scope())),
            &["BT-31", "BT-48"],
        ),
        (
            good().line(line(LineVat::outside_scope())),
            &["BT-118", "BT-31", "BT-48"],
        ),
        (builder().line(line(LineVat::standard(0))), &["BT-152"]),
        (
            builder().line(line(LineVat::new(
                VatCategory::ReverseCharge,
                Some(Decimal::TEN),
            ))),
            &["BT-152"],
        ),
        (good().line(line(standard()).price_for(0)), &["BT-149"]),
        (
            good().line(line(standard()).price_discount(200)),
            &["BT-146"],
        ),
        (good().state_vat(LineVat::standard(19), 19), &["BT-117"]),
        (good().paid(Decimal::new(1005, 3)), &["BT-113"]),
        (
            good().line(line(standard()).net_amount(Decimal::new(1005, 3))),
            &["BT-131"],
        ),
        (
            good().line(line(standard()).allowance(LineAllowance::new(Decimal::new(1, 3), "x"))),
            &["BT-136"],
        ),
        (
            good().line(Line::new(
                "x",
                Decimal::MAX,
                Unit::ONE,
                Decimal::MAX,
                standard(),
            )),
            &["BT-131"],
        ),
    ];
    for (builder, expected) in cases {
        let error = builder.build().expect_err(expected[0]);
        assert_eq!(terms(&error), expected, "{error}");
        assert!(error.to_string().contains(expected[0]), "{error}");
    }
}

#[test]
fn halves_are_rounded_away_from_zero() {
    for (price, quantity, net) in [
        ("0.005", 1, "0.01"),
        ("0.005", -1, "-0.01"),
        ("1.115", 1, "1.12"),
        ("1.1149999", 1, "1.11"),
        ("2.675", -1, "-2.68"),
    ] {
        let price: Decimal = price.parse().unwrap();
        let invoice = builder()
            .line(Line::new(
                "x",
                quantity,
                Unit::ONE,
                price,
                LineVat::standard(21),
            ))
            .build()
            .unwrap()
            .invoice;
        assert_eq!(invoice.lines[0].net_amount.to_string(), net);
    }
}

#[test]
fn a_credit_note_with_a_due_date_has_payment_means_to_carry_it() {
    let authored = InvoiceBuilder::credit_note("CN-1", date(2026, 3, 2), seller(), buyer())
        .due(date(2026, 4, 1))
        .line(line(LineVat::standard(21)))
        .build()
        .unwrap();
    let payment = authored.invoice.payment.unwrap();
    assert_eq!(payment.means.as_str(), "1");
    assert_eq!(payment.credit_transfers, Vec::<CreditTransfer>::new());
}

#[test]
fn vat_in_lei_needs_no_rate_when_there_is_no_vat() {
    let authored = builder()
        .line(line(LineVat::reverse_charge()))
        .terms(|i| i.currency = Currency::EUR)
        .build()
        .unwrap();
    let totals = authored.invoice.totals;
    assert_eq!(totals.total_vat_in_accounting_currency, Some(Decimal::ZERO));
}

#[test]
fn amounts_in_lei_follow_the_exchange_rate() {
    let authored = builder()
        .currency(Currency::EUR, Decimal::new(50953, 4))
        .line(line(LineVat::standard(21)))
        .build()
        .unwrap();
    let invoice = authored.into_agreed().unwrap();
    assert_eq!(invoice.vat_accounting_currency, Some(Currency::RON));
    let lei = invoice.totals.total_vat_in_accounting_currency;
    assert_eq!(lei.unwrap().to_string(), "107.00");
}

#[test]
fn a_disagreement_says_what_and_where() {
    let authored = builder()
        .line(line(LineVat::standard(21)).net_amount(Decimal::new(9999, 2)))
        .build()
        .unwrap();
    let error = authored.into_agreed().unwrap_err();
    assert_eq!(
        error.to_string(),
        "stated amounts disagree with the computed ones: BT-131 of line 1: stated 99.99, computed 100.00"
    );
    let authored = error.into_authored();
    assert_eq!(authored.invoice.totals.line_net_sum.to_string(), "99.99");
}

#[test]
fn an_amount_in_lei_stands_only_beside_another_currency() {
    let in_lei = builder()
        .line(line(LineVat::standard(21)))
        .state_total(Total::VatInAccountingCurrency, 21)
        .build();
    assert_eq!(terms(&in_lei.unwrap_err()), ["BT-111"]);

    let in_euro = builder()
        .line(line(LineVat::standard(21)))
        .terms(|i| i.currency = Currency::EUR)
        .state_total(Total::VatInAccountingCurrency, Decimal::new(10699, 2))
        .build()
        .unwrap();
    let totals = in_euro.invoice.totals;
    assert_eq!(
        totals.total_vat_in_accounting_currency,
        Some(Decimal::new(10699, 2))
    );
}
