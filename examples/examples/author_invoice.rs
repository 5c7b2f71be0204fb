//! Builds one invoice of each kind that Romanian businesses write, validates it, and writes its XML.
//!
//! ```text
//! cargo run --example author_invoice -- [FOLDER]
//! ```

use std::process::ExitCode;

use anaf_invoice::build::{InvoiceBuilder, Line};
use anaf_invoice::codes::{
    AllowanceReason, Country, County, Currency, ExemptionReason, Sector, Unit, VatCategory,
};
use anaf_invoice::model::{
    CreditTransfer, Delivery, DocumentAllowance, Invoice, LineVat, Party, PaymentInstructions,
    PostalAddress,
};
use examples::cli::{self, Arguments};
use examples::{Failure, println};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

const HELP: &str = "\
Builds one invoice of each kind, validates it, and writes its XML.

usage: cargo run --example author_invoice -- [FOLDER]

    FOLDER   where the files go (default: anaf-invoices in the system's temporary folder)
    --help   print this

Exit code: 0 all are written; 1 something went wrong.
";

type Result<T> = std::result::Result<T, Failure>;

const ISSUED: Date = date(2026, 3, 2);
const DUE: Date = date(2026, 4, 1);

fn main() -> ExitCode {
    cli::end(run(), 1)
}

fn run() -> Result<u8> {
    let mut words = Arguments::take(&[HELP]);
    let folder = words.path()?;
    words.end()?;
    let folder = folder.unwrap_or_else(|| std::env::temp_dir().join("anaf-invoices"));
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    println!("writing to {}", folder.display());
    for (name, invoice) in invoices()? {
        let validated = invoice.validate()?;
        let path = folder.join(format!("{name}.xml"));
        std::fs::write(&path, validated.xml())?;
        let invoice = validated.invoice();
        println!(
            "  {name:<18} {:<10} type {}  {:>10} {}  {} bytes, {} warnings",
            invoice.number,
            invoice.type_code,
            invoice.amount_due(),
            invoice.currency,
            validated.xml().len(),
            validated.report().warning_count(),
        );
    }
    Ok(0)
}

/// One of each kind, with the name of its file.
fn invoices() -> Result<Vec<(&'static str, Invoice)>> {
    let standard = standard()?;
    Ok(vec![
        ("storno-380", reversal(&standard)?),
        ("storno-381", credit_note(&standard)?),
        ("standard", standard),
        ("discounts", discounts()?),
        ("b2c-cnp", consumer("EX-0005", Some("2850615400013"))?),
        ("b2c-anonymous", consumer("EX-0015", None)?),
        ("foreign-currency", foreign_currency()?),
        ("reverse-charge", reverse_charge()?),
        ("self-billed", self_billed()?),
        ("vat-on-collection", cash_accounting()?),
        ("not-registered", not_registered()?),
        ("exempt", exempt()?),
        ("intra-community", intra_community()?),
        ("export", export()?),
        ("zero-rated", zero_rated()?),
    ])
}

fn seller() -> Result<Party> {
    let address = PostalAddress::bucharest(&Sector::Sector1, "Str. Exemplului nr. 1")
        .with_post_code("010101");
    let seller = Party::vat_payer("Exemplu Software SRL", &"12345674".parse()?, address);
    Ok(seller
        .with_legal_registration("J40/1234/2015")
        .with_legal_information("Capital social 200 lei"))
}

fn buyer() -> Result<Party> {
    let address = PostalAddress::romanian(&County::Cluj, "Cluj-Napoca", "Str. Model nr. 2");
    Ok(Party::vat_payer(
        "Client Model SA",
        &"98765438".parse()?,
        address,
    ))
}

fn german_buyer() -> Party {
    let address = PostalAddress::foreign(Country::DE, "Berlin", "Musterstraße 3");
    Party::foreign("Beispiel GmbH", "DE999999999", address)
}

fn standard() -> Result<Invoice> {
    let payment = PaymentInstructions::credit_transfer("RO49AAAA1B31007593840000")
        .with_account(CreditTransfer::new("RO49AAAA1B31007593840001"))
        .with_remittance_information("EX-0001");
    let built = InvoiceBuilder::invoice("EX-0001", ISSUED, seller()?, buyer()?)
        .due(DUE)
        .payment(payment)
        .line(Line::new(
            "Dezvoltare software",
            12,
            Unit::HOUR,
            150,
            LineVat::standard(21),
        ))
        .line(
            Line::new(
                "Manual tipărit",
                Decimal::new(25, 1),
                Unit::KILOGRAM,
                Decimal::new(333, 2),
                LineVat::standard(11),
            )
            .note("ediția a doua"),
        )
        .build()?;
    Ok(built.into_agreed()?)
}

/// The storno of Romanian practice: the same invoice with negative quantities.
fn reversal(original: &Invoice) -> Result<Invoice> {
    let built = InvoiceBuilder::reversal_of(original, "EX-0002", ISSUED).build()?;
    Ok(built.into_agreed()?)
}

/// The storno of the standard: a credit note with positive quantities.
fn credit_note(original: &Invoice) -> Result<Invoice> {
    let built = InvoiceBuilder::credit_note_for(original, "EX-0003", ISSUED)
        .due(DUE)
        .build()?;
    Ok(built.into_agreed()?)
}

fn discounts() -> Result<Invoice> {
    let vat = LineVat::standard(21);
    let allowance = DocumentAllowance::new(Decimal::new(500, 2), vat.clone(), "Fidelitate");
    let built = InvoiceBuilder::invoice("EX-0004", ISSUED, seller()?, buyer()?)
        .payment_terms("30 de zile")
        .line(
            Line::new("Ciment sac 40 kg", 100, Unit::PIECE, 2599, vat.clone())
                .price_for(100)
                .allowance_percent(5, "Cantitate"),
        )
        .line(Line::new("Nisip", 7, Unit::TONNE, 110, vat.clone()).price_discount(10))
        .allowance(allowance.with_reason_code(AllowanceReason::DISCOUNT))
        .charge_percent(2, vat, "Transport")
        .paid(100)
        .build()?;
    Ok(built.into_agreed()?)
}

/// A private person, known by the CNP or not at all: thirteen zeros then.
fn consumer(number: &str, cnp: Option<&str>) -> Result<Invoice> {
    let cnp = cnp.map(str::parse).transpose()?;
    let address = PostalAddress::romanian(&County::Iasi, "Iași", "Str. Copou nr. 7");
    let buyer = Party::person("Ioana Exemplu", cnp.as_ref(), address);
    let built = InvoiceBuilder::invoice(number, ISSUED, seller()?, buyer)
        .due(ISSUED)
        .line(Line::new(
            "Abonament",
            1,
            Unit::MONTH,
            Decimal::new(4959, 2),
            LineVat::standard(21),
        ))
        .build()?;
    Ok(built.into_agreed()?)
}

fn foreign_currency() -> Result<Invoice> {
    let built = InvoiceBuilder::invoice("EX-0006", ISSUED, seller()?, buyer()?)
        .currency(Currency::EUR, Decimal::new(50950, 4))
        .due(DUE)
        .line(Line::new(
            "Consultanță",
            3,
            Unit::DAY,
            400,
            LineVat::standard(21),
        ))
        .build()?;
    Ok(built.into_agreed()?)
}

fn reverse_charge() -> Result<Invoice> {
    let built = InvoiceBuilder::invoice("EX-0007", ISSUED, seller()?, buyer()?)
        .due(DUE)
        .line(Line::new(
            "Deșeuri feroase",
            18,
            Unit::TONNE,
            900,
            LineVat::reverse_charge(),
        ))
        .build()?;
    Ok(built.into_agreed()?)
}

fn self_billed() -> Result<Invoice> {
    let built = InvoiceBuilder::self_billed("EX-0008", ISSUED, seller()?, buyer()?)
        .due(DUE)
        .line(Line::new(
            "Lapte crud",
            2000,
            Unit::LITRE,
            Decimal::new(215, 2),
            LineVat::standard(11),
        ))
        .build()?;
    Ok(built.into_agreed()?)
}

fn cash_accounting() -> Result<Invoice> {
    let built = InvoiceBuilder::invoice("EX-0009", ISSUED, seller()?, buyer()?)
        .cash_accounting()
        .due(DUE)
        .line(Line::new(
            "Chirie",
            1,
            Unit::MONTH,
            3000,
            LineVat::standard(21),
        ))
        .build()?;
    Ok(built.into_agreed()?)
}

fn not_registered() -> Result<Invoice> {
    let address = PostalAddress::romanian(&County::Timis, "Timișoara", "Str. Mică nr. 4");
    let seller = Party::non_vat_payer("Atelier Exemplu PFA", &"40012306".parse()?, address);
    let address = PostalAddress::romanian(&County::Cluj, "Cluj-Napoca", "Str. Model nr. 2");
    let buyer = Party::non_vat_payer("Client Model SA", &"98765438".parse()?, address);
    let built = InvoiceBuilder::invoice("EX-0010", ISSUED, seller, buyer)
        .due(DUE)
        .line(Line::new(
            "Reparații",
            1,
            Unit::ONE,
            250,
            LineVat::outside_scope(),
        ))
        .build()?;
    Ok(built.into_agreed()?)
}

fn exempt() -> Result<Invoice> {
    let built = InvoiceBuilder::invoice("EX-0011", ISSUED, seller()?, buyer()?)
        .due(DUE)
        .exemption_code(VatCategory::Exempt, ExemptionReason::ARTICLE_132)
        .exemption_text(VatCategory::Exempt, "Scutit conform art. 292 Cod fiscal")
        .line(Line::new(
            "Curs de formare",
            10,
            Unit::ONE,
            200,
            LineVat::exempt(),
        ))
        .build()?;
    Ok(built.into_agreed()?)
}

fn intra_community() -> Result<Invoice> {
    let mut address = PostalAddress::foreign(Country::DE, "Berlin", "Musterstraße 3");
    address.subdivision = Some("Berlin".to_owned());
    let built = InvoiceBuilder::invoice("EX-0012", ISSUED, seller()?, german_buyer())
        .currency(Currency::EUR, Decimal::new(50950, 4))
        .due(DUE)
        .delivery(Delivery::on(ISSUED).with_address(address))
        .line(Line::new(
            "Mobilier",
            4,
            Unit::PIECE,
            120,
            LineVat::intra_community(),
        ))
        .build()?;
    Ok(built.into_agreed()?)
}

fn export() -> Result<Invoice> {
    let address = PostalAddress::foreign(Country::MD, "Chișinău", "Str. Exemplu nr. 5");
    let buyer = Party::new("Exemplu Export SRL", address).with_legal_registration("1009600000001");
    let built = InvoiceBuilder::invoice("EX-0013", ISSUED, seller()?, buyer)
        .due(DUE)
        .line(Line::new(
            "Piese",
            40,
            Unit::PIECE,
            Decimal::new(1295, 2),
            LineVat::export(),
        ))
        .build()?;
    Ok(built.into_agreed()?)
}

fn zero_rated() -> Result<Invoice> {
    let built = InvoiceBuilder::invoice("EX-0014", ISSUED, seller()?, buyer()?)
        .due(DUE)
        .line(Line::new(
            "Transport internațional",
            1,
            Unit::ONE,
            780,
            LineVat::zero_rated(),
        ))
        .build()?;
    Ok(built.into_agreed()?)
}
