//! Whatever a business invoices: the built document passes the official rules, and reads back as it was written.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use anaf_invoice::build::{Authored, InvoiceBuilder, Line, Total};
use anaf_invoice::codes::{
    AllowanceReason, ChargeReason, Country, County, Currency, ExemptionReason, IcdScheme,
    InvoiceType, ItemTypeScheme, MimeCode, NoteSubject, ReferenceQualifier, Sector, Unit,
    VatCategory,
};
use anaf_invoice::model::{
    Attachment, Contact, CreditTransfer, Delivery, DirectDebit, DocumentAllowance, DocumentCharge,
    Identifier, Invoice, LineAllowance, LineCharge, LineVat, Note, Party, Payee, PaymentCard,
    PaymentInstructions, PostalAddress, SupportingDocument, TaxRepresentative,
};
use anaf_invoice::ubl::from_xml;
use anaf_invoice::validate;
use jiff::civil::{Date, date};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

fn seller() -> Party {
    let address = PostalAddress::bucharest(&Sector::Sector3, "Str. Exemplului nr. 1");
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

fn words() -> impl Strategy<Value = String> {
    "[ \n\t\r]?[A-Za-zăâîșț&<>\"'\\]][^#\\p{C}]{0,30}"
}

fn decimal(range: std::ops::Range<i64>, scale: u32) -> impl Strategy<Value = Decimal> {
    (range, 0..=scale).prop_map(move |(value, scale)| Decimal::new(value, scale))
}

fn money() -> impl Strategy<Value = Decimal> {
    (0_i64..1_000_000).prop_map(|ban| Decimal::new(ban, 2))
}

fn day() -> impl Strategy<Value = Date> {
    (2020_i16..2030, 1_i8..13, 1_i8..29).prop_map(|(year, month, day)| date(year, month, day))
}

fn vat() -> impl Strategy<Value = LineVat> {
    prop_oneof![
        4 => prop::sample::select(vec![5_i64, 9, 11, 19, 21]).prop_map(LineVat::standard),
        1 => decimal(50..4000, 0).prop_map(|rate| LineVat::standard(rate / Decimal::ONE_HUNDRED)),
        1 => Just(LineVat::zero_rated()),
        1 => Just(LineVat::exempt()),
        1 => Just(LineVat::reverse_charge()),
        1 => Just(LineVat::export()),
        1 => Just(LineVat::intra_community()),
    ]
}

fn unit() -> impl Strategy<Value = Unit> {
    let units: Vec<_> = Unit::all().collect();
    prop::sample::select(units)
}

prop_compose! {
    fn line()(
        name in words(),
        quantity in decimal(-100_000..100_000, 4),
        unit in unit(),
        price in decimal(0..10_000_000, 6),
        vat in vat(),
        discounted in any::<bool>(),
        price_for in option::of(1_i64..1000),
        percent in option::of(decimal(1..10_000, 2)),
        allowance in option::of(money()),
        charge in option::of(money()),
        note in option::of(words()),
        description in option::of(words()),
        class in option::of("[0-9]{8}"),
        attribute in option::of(("[a-z]{1,20}", words())),
        period in option::of((day(), 0_i32..60)),
        gtin in option::of("[0-9]{13}"),
    ) -> Line {
        let mut line = Line::new(name, quantity, unit, price, vat);
        if discounted {
            line = line.price_discount(price / Decimal::TEN);
        }
        if let Some(count) = price_for {
            line = line.price_for(count);
        }
        if let Some(percent) = percent {
            line = line.allowance_percent(percent, "Reducere").charge_percent(percent, "Taxă");
        }
        if let Some(amount) = allowance {
            let allowance = LineAllowance::new(amount, "Rabat");
            line = line.allowance(allowance.with_reason_code(AllowanceReason::DISCOUNT));
        }
        if let Some(amount) = charge {
            let charge = LineCharge::new(amount, "Ambalare");
            line = line.charge(charge.with_reason_code(ChargeReason::PACKING));
        }
        if let Some(note) = note {
            line = line.note(note);
        }
        if let Some(description) = description {
            line = line.description(description);
        }
        if let Some(class) = class {
            line = line.classification(class, ItemTypeScheme::CPV);
        }
        if let Some((name, value)) = attribute {
            line = line.attribute(name, value);
        }
        if let Some((start, days)) = period {
            line = line.period(start, start.saturating_add(jiff::Span::new().days(days)));
        }
        if let Some(gtin) = gtin {
            line = line.gtin(gtin);
        }
        line
    }
}

prop_compose! {
    fn builder()(
        type_code in prop::sample::select(vec![
            InvoiceType::Commercial,
            InvoiceType::CreditNote,
            InvoiceType::Corrected,
            InvoiceType::SelfBilled,
            InvoiceType::AccountingInformation,
        ]),
        number in "[A-Z]{0,4}-[0-9]{1,8}",
        issued in day(),
        due in day(),
        lines in vec(line(), 1..8),
        allowance in option::of((money(), vat())),
        charge in option::of((money(), vat())),
        percent in option::of((decimal(1..5_000, 2), vat())),
        paid in option::of(money()),
        rounding in option::of(-99_i64..100),
        euro_rate in option::of(decimal(1..1_000_000, 4)),
        cash_accounting in any::<bool>(),
        note in option::of(words()),
        terms in option::of(words()),
    ) -> InvoiceBuilder {
        let mut delivery_address =
            PostalAddress::foreign(Country::DE, "Berlin", "Musterstraße 3");
        delivery_address.subdivision = Some("Berlin".to_owned());
        let mut builder = InvoiceBuilder::new(type_code, number, issued, seller(), buyer())
            .due(due)
            .lines(lines)
            .delivery(Delivery::on(issued).with_address(delivery_address))
            .exemption_code(VatCategory::Exempt, ExemptionReason::ARTICLE_132);
        if let Some((amount, vat)) = allowance {
            builder = builder.allowance(DocumentAllowance::new(amount, vat, "Fidelitate"));
        }
        if let Some((amount, vat)) = charge {
            builder = builder.charge(DocumentCharge::new(amount, vat, "Transport"));
        }
        if let Some((percent, vat)) = percent {
            builder = builder
                .allowance_percent(percent, vat.clone(), "Reducere")
                .charge_percent(percent, vat, "Urgență");
        }
        if let Some(paid) = paid {
            builder = builder.paid(paid);
        }
        if let Some(ban) = rounding {
            builder = builder.rounding(Decimal::new(ban, 2));
        }
        if let Some(rate) = euro_rate {
            builder = builder.currency(Currency::EUR, rate);
        }
        if cash_accounting {
            builder = builder.cash_accounting();
        }
        if let Some(note) = note {
            builder = builder.note(note);
        }
        if let Some(terms) = terms {
            builder = builder.payment_terms(terms);
        }
        builder
    }
}

fn half_away_from_zero(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// The rules of EN 16931's arithmetic, written anew from the standard.
fn check_arithmetic(i: &Invoice) {
    let t = &i.totals;
    for line in &i.lines {
        let per = line.price.base_quantity.unwrap_or(Decimal::ONE);
        let charges: Decimal = line.charges.iter().map(|c| c.amount).sum();
        let allowances: Decimal = line.allowances.iter().map(|a| a.amount).sum();
        let goods = half_away_from_zero(line.quantity * line.price.net_price / per);
        assert_eq!(line.net_amount, goods + charges - allowances, "BT-131");
    }
    let lines: Decimal = i.lines.iter().map(|line| line.net_amount).sum();
    assert_eq!(t.line_net_sum, lines, "BR-CO-10");
    let allowances: Decimal = i.allowances.iter().map(|a| a.amount).sum();
    assert_eq!(t.allowance_sum.unwrap_or_default(), allowances, "BR-CO-11");
    let charges: Decimal = i.charges.iter().map(|c| c.amount).sum();
    assert_eq!(t.charge_sum.unwrap_or_default(), charges, "BR-CO-12");
    assert_eq!(
        t.total_without_vat,
        lines - allowances + charges,
        "BR-CO-13"
    );
    let taxes: Decimal = i.vat_breakdown.iter().map(|b| b.tax_amount).sum();
    assert_eq!(t.total_vat, Some(taxes), "BR-CO-14");
    assert_eq!(t.total_with_vat, t.total_without_vat + taxes, "BR-CO-15");
    let paid = t.paid_amount.unwrap_or_default();
    let rounding = t.rounding_amount.unwrap_or_default();
    assert_eq!(t.amount_due, t.total_with_vat - paid + rounding, "BR-CO-16");
    let mut taxable = Decimal::ZERO;
    for part in &i.vat_breakdown {
        let rate = part.rate.unwrap_or_default();
        let tax = half_away_from_zero(part.taxable_amount * rate / Decimal::ONE_HUNDRED);
        assert_eq!(part.tax_amount, tax, "BR-CO-17");
        taxable += part.taxable_amount;
    }
    assert_eq!(
        taxable, t.total_without_vat,
        "the breakdown covers the invoice"
    );
}

fn assert_round_trip(invoice: &Invoice) {
    let xml = invoice.to_xml().unwrap();
    let read = from_xml(&xml).unwrap();
    assert_eq!(read.issues, []);
    assert_eq!(read.extras, []);
    assert_eq!(&read.invoice, invoice);
    assert_eq!(read.invoice.to_xml().unwrap(), xml);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn authored_invoices_pass_the_rules_and_read_back(builder in builder()) {
        let authored = builder.build().map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(&authored.disagreements, &[]);
        let invoice = authored.invoice;
        check_arithmetic(&invoice);
        assert_round_trip(&invoice);
        let report = validate(&invoice.to_xml().unwrap());
        prop_assert!(report.findings().is_empty(), "{}", report);
    }

    #[test]
    fn a_storno_cancels_to_the_last_ban(builder in builder()) {
        let original = builder.build().unwrap().invoice;
        let issued = original.issue_date;
        let reversal = InvoiceBuilder::reversal_of(&original, "ST-1", issued).due(issued).build().unwrap();
        prop_assert_eq!(&reversal.disagreements, &[]);
        let (first, second) = (&original.totals, &reversal.invoice.totals);
        prop_assert_eq!(first.total_with_vat + second.total_with_vat, Decimal::ZERO);
        prop_assert_eq!(first.total_vat.unwrap() + second.total_vat.unwrap(), Decimal::ZERO);
        let lei = |i: &Invoice| i.totals.total_vat_in_accounting_currency.unwrap_or_default();
        prop_assert_eq!(lei(&original) + lei(&reversal.invoice), Decimal::ZERO);
        check_arithmetic(&reversal.invoice);

        let credit = InvoiceBuilder::credit_note_for(&original, "ST-2", issued).build().unwrap();
        prop_assert_eq!(&credit.disagreements, &[]);
        prop_assert_eq!(first.total_with_vat, credit.invoice.totals.total_with_vat);
        for document in [reversal.invoice, credit.invoice] {
            assert_round_trip(&document);
            let report = validate(&document.to_xml().unwrap());
            prop_assert!(report.findings().is_empty(), "{}", report);
        }
    }

    #[test]
    fn what_is_stated_stays_and_what_differs_is_reported(
        net in money(),
        tax in money(),
        total in money(),
    ) {
        let line = Line::new("Servicii", 1, Unit::HOUR, 100, LineVat::standard(21));
        let Authored { invoice, disagreements, .. } =
            InvoiceBuilder::invoice("F-1", date(2026, 3, 2), seller(), buyer())
                .due(date(2026, 4, 2))
                .line(line.net_amount(net))
                .state_vat(LineVat::standard(21), tax)
                .state_total(Total::WithVat, total)
                .build()
                .unwrap();
        prop_assert_eq!(invoice.lines[0].net_amount, net);
        prop_assert_eq!(invoice.vat_breakdown[0].tax_amount, tax);
        prop_assert_eq!(invoice.totals.total_with_vat, total);
        let expected = [
            ("BT-131", net, Decimal::ONE_HUNDRED),
            ("BT-117", tax, half_away_from_zero(net * Decimal::new(21, 2))),
            ("BT-112", total, net + tax),
        ];
        let reported: Vec<_> = disagreements.iter().map(|d| (d.term, d.stated, d.computed)).collect();
        let expected: Vec<_> = expected.into_iter().filter(|(_, s, c)| s != c).collect();
        prop_assert_eq!(reported, expected);
    }
}

/// Every field of the model filled.
fn full(type_code: InvoiceType) -> Invoice {
    let is_credit_note = type_code == InvoiceType::CreditNote;
    let issued = date(2026, 3, 2);
    let mut seller = seller()
        .with_trading_name("Exemplu")
        .with_legal_information("Capital social 200 lei")
        .with_email_address("facturi@example.ro")
        .with_contact(
            Contact::new("Ion Exemplu")
                .with_telephone("0722000111")
                .with_email("ion@example.ro"),
        );
    seller.identifiers = vec![
        Identifier::with_scheme("5941234500001", IcdScheme::GLN),
        Identifier::new("intern-7"),
    ];
    seller.tax_registration = Some("12345674".to_owned());
    seller.address.line3 = Some("Et. 2".to_owned());
    seller.address = seller
        .address
        .with_line2("Bloc A1")
        .with_post_code("030001");
    let mut buyer = buyer().with_trading_name("Client");
    buyer.identifiers = vec![Identifier::with_scheme("5941234500002", IcdScheme::GLN)];
    let mut payee = Payee::new("Factoring Exemplu IFN SA");
    payee.identifier = Some(Identifier::with_scheme("P1", IcdScheme::GLN));
    payee.legal_registration = Some(Identifier::new("40012306"));
    let mut payment = PaymentInstructions::credit_transfer("RO49AAAA1B31007593840000")
        .with_account(
            CreditTransfer::new("RO49AAAA1B31007593840001")
                .with_account_name("Cont curent")
                .with_service_provider("AAAAROBU"),
        )
        .with_remittance_information("EX-1");
    payment.means_text = Some("Transfer".to_owned());
    let mut card = PaymentCard::new("123456", "VISA");
    card.holder_name = Some("Ion Exemplu".to_owned());
    payment.card = Some(card);
    let mut debit = DirectDebit::new("MND-1");
    debit.creditor_identifier = Some("RO00ZZZ0000000001".to_owned());
    debit.debited_account = Some("RO49AAAA1B31007593840002".to_owned());
    payment.direct_debit = Some(debit);
    let mut delivery = Delivery::on(issued)
        .with_address(PostalAddress::bucharest(&Sector::Sector4, "Str. Gării 5"));
    delivery.party_name = Some("Depozit Exemplu SRL".to_owned());
    delivery.location = Some(Identifier::with_scheme("5941234500003", IcdScheme::GLN));
    let mut anexa = SupportingDocument::new("ANEXA 1");
    anexa.description = Some("Anexă".to_owned());
    anexa.location = Some("https://example.ro/a.pdf".to_owned());
    let pdf = Attachment::new(MimeCode::Pdf, "anexa \"2\".pdf", b"%PDF-1.7".to_vec());
    let vat = LineVat::standard(21);
    let line = Line::new("Grâu panificație", 15, Unit::KILOGRAM, 300, vat.clone())
        .price_discount(1)
        .price_for(1)
        .note("Notă")
        .description("Descriere")
        .period(issued, issued)
        .sellers_identifier("S1")
        .gtin("5941234567899")
        .classification("44111000", ItemTypeScheme::CPV)
        .attribute("Culoare", "Roșu")
        .allowance_percent(10, "Ajustare")
        .charge(LineCharge::new(Decimal::new(225, 2), "Ambalare"))
        .terms(|line| {
            line.object_identifier =
                Some(Identifier::with_scheme("OB1", ReferenceQualifier::METER));
            line.order_line_reference = Some("1".to_owned());
            line.buyer_accounting_reference = Some("4000".to_owned());
            line.item.buyers_identifier = Some("B1".to_owned());
            line.item.origin_country = Some(Country::RO);
            line.item.classifications[0].version = Some("2008".to_owned());
        });
    let mut builder = InvoiceBuilder::new(type_code, "EX-1", issued, seller, buyer)
        .currency(Currency::EUR, Decimal::new(50950, 4))
        .due(date(2026, 4, 1))
        .payment(payment)
        .payment_terms("30 de zile")
        .note("Observații & <altele>")
        .preceding_invoice("EX-0", date(2026, 1, 2))
        .payee(payee)
        .tax_representative(TaxRepresentative::new(
            "Reprezentant Exemplu SRL",
            "RO40012306",
            PostalAddress::bucharest(&Sector::Sector2, "Str. Unirii 1"),
        ))
        .delivery(delivery)
        .period(issued, date(2026, 3, 31))
        .supporting_document(anexa)
        .supporting_document(SupportingDocument::new("ANEXA 2").with_attachment(pdf))
        .allowance(
            DocumentAllowance::new(Decimal::from(5), vat.clone(), "Rabat")
                .with_reason_code(AllowanceReason::DISCOUNT),
        )
        .charge_percent(2, vat, "Transport")
        .paid(10)
        .rounding(Decimal::new(1, 2))
        .line(line)
        .line(Line::new("Curs", 1, Unit::ONE, 10, LineVat::exempt()))
        .exemption_code(VatCategory::Exempt, ExemptionReason::ARTICLE_132)
        .exemption_text(VatCategory::Exempt, "Scutit");
    builder = if is_credit_note {
        builder.vat_point(date(2026, 3, 1))
    } else {
        builder.cash_accounting()
    };
    let authored = builder
        .terms(|i| {
            i.buyer_reference = Some("REF-1".to_owned());
            i.project_reference = Some("PRJ-1".to_owned());
            i.contract_reference = Some("CTR-1".to_owned());
            i.purchase_order_reference = Some("PO-1".to_owned());
            i.sales_order_reference = Some("SO-1".to_owned());
            i.receiving_advice_reference = Some("NIR-1".to_owned());
            i.despatch_advice_reference = Some("AV-1".to_owned());
            i.tender_or_lot_reference = Some("LOT-1".to_owned());
            i.invoiced_object = Some(Identifier::with_scheme(
                "OB-1",
                ReferenceQualifier::VEHICLE_LICENCE,
            ));
            i.buyer_accounting_reference = Some("CC-77".to_owned());
            i.business_process = Some("P1".to_owned());
            i.notes.push(Note::on(NoteSubject::GENERAL, "pe scurt"));
        })
        .build()
        .unwrap();
    authored.into_agreed().unwrap()
}

#[test]
fn every_term_is_written_and_read() {
    for type_code in [InvoiceType::Commercial, InvoiceType::CreditNote] {
        let invoice = full(type_code);
        assert_round_trip(&invoice);
        let report = validate(&invoice.to_xml().unwrap());
        assert!(report.schema_valid(), "{report}");
        assert!(report.findings().is_empty(), "{report}");
    }
}

#[test]
fn validation_gives_a_proof_or_the_invoice_back() {
    let invoice = full(InvoiceType::Commercial);
    let validated = invoice.clone().validate().unwrap();
    assert_eq!(validated.xml(), invoice.to_xml().unwrap());
    assert_eq!(validated.invoice(), &invoice);

    let mut wrong = invoice.clone();
    wrong.totals.amount_due += Decimal::ONE;
    let rejected = wrong.clone().validate().unwrap_err();
    assert_eq!(rejected.invoice, wrong);
    let report = rejected.report().unwrap();
    assert!(report.fired().any(|f| f.id() == "BR-CO-16"), "{report}");

    let mut unwritable = invoice;
    unwritable.number.push('\u{1}');
    let rejected = unwritable.validate().unwrap_err();
    assert!(rejected.report().is_none());
    assert!(rejected.to_string().contains("U+0001"), "{rejected}");
}
