//! What full validation costs beside merely tokenising the same bytes, and beside another validator.
//!
//! `cargo bench -p anaf-invoice --bench validate`: one run, all subjects in turn, the fastest round of each counts,
//! so that the ratios hold on a busy machine. The official rules on SaxonC took 5.4 ms for 10 lines and 359 ms for
//! 1,000 (warm, measured once on the same kind of machine); they are not run here.
#![expect(clippy::print_stdout, reason = "a benchmark reports")]

use std::hint::black_box;
use std::time::{Duration, Instant};

/// An invoice in good order with `lines` lines, as programs write it.
fn invoice(lines: usize) -> String {
    let cents = |n: usize| format!("{}.{:02}", n / 100, n % 100);
    let net = lines * 10_000;
    let vat = net * 19 / 100;
    let party = |name: &str, cif: &str| {
        format!(
            "<cac:Party><cac:PostalAddress><cbc:StreetName>Strada Fabricii 12</cbc:StreetName>\
             <cbc:CityName>Cluj-Napoca</cbc:CityName><cbc:PostalZone>400632</cbc:PostalZone>\
             <cbc:CountrySubentity>RO-CJ</cbc:CountrySubentity>\
             <cac:Country><cbc:IdentificationCode>RO</cbc:IdentificationCode></cac:Country></cac:PostalAddress>\
             <cac:PartyTaxScheme><cbc:CompanyID>RO{cif}</cbc:CompanyID>\
             <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>\
             <cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName>\
             <cbc:CompanyID>{cif}</cbc:CompanyID></cac:PartyLegalEntity></cac:Party>"
        )
    };
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
         xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
         xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">\n\
         <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1</cbc:CustomizationID>\n\
         <cbc:ID>FCT-2024-000123</cbc:ID>\n<cbc:IssueDate>2024-06-01</cbc:IssueDate>\n<cbc:DueDate>2024-07-01</cbc:DueDate>\n\
         <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>\n<cbc:DocumentCurrencyCode>RON</cbc:DocumentCurrencyCode>\n\
         <cac:AccountingSupplierParty>{}</cac:AccountingSupplierParty>\n\
         <cac:AccountingCustomerParty>{}</cac:AccountingCustomerParty>\n\
         <cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>\
         <cac:PayeeFinancialAccount><cbc:ID>RO49AAAA1B31007593840000</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>\n\
         <cac:TaxTotal><cbc:TaxAmount currencyID=\"RON\">{vat}</cbc:TaxAmount><cac:TaxSubtotal>\
         <cbc:TaxableAmount currencyID=\"RON\">{net}</cbc:TaxableAmount><cbc:TaxAmount currencyID=\"RON\">{vat}</cbc:TaxAmount>\
         <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>\
         </cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>\n\
         <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID=\"RON\">{net}</cbc:LineExtensionAmount>\
         <cbc:TaxExclusiveAmount currencyID=\"RON\">{net}</cbc:TaxExclusiveAmount>\
         <cbc:TaxInclusiveAmount currencyID=\"RON\">{gross}</cbc:TaxInclusiveAmount>\
         <cbc:PayableAmount currencyID=\"RON\">{gross}</cbc:PayableAmount></cac:LegalMonetaryTotal>\n",
        party("Atelierul de Softuri SRL", "12345674"),
        party("Depozitul Mare SA", "87654327"),
        vat = cents(vat),
        net = cents(net),
        gross = cents(net + vat),
    );
    for line in 1..=lines {
        xml.push_str(&format!(
            "<cac:InvoiceLine>\n  <cbc:ID>{line}</cbc:ID>\n  <cbc:InvoicedQuantity unitCode=\"H87\">4</cbc:InvoicedQuantity>\n  \
             <cbc:LineExtensionAmount currencyID=\"RON\">100.00</cbc:LineExtensionAmount>\n  <cac:Item>\n    \
             <cbc:Name>Articol numărul {line}</cbc:Name>\n    <cac:ClassifiedTaxCategory>\n      <cbc:ID>S</cbc:ID>\n      \
             <cbc:Percent>19</cbc:Percent>\n      <cac:TaxScheme>\n        <cbc:ID>VAT</cbc:ID>\n      </cac:TaxScheme>\n    \
             </cac:ClassifiedTaxCategory>\n  </cac:Item>\n  <cac:Price>\n    \
             <cbc:PriceAmount currencyID=\"RON\">25.00</cbc:PriceAmount>\n  </cac:Price>\n</cac:InvoiceLine>\n"
        ));
    }
    xml.push_str("</Invoice>\n");
    xml
}

/// Merely the events, attributes unread.
fn tokenise(xml: &str) -> usize {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut events = 0;
    while let Ok(event) = reader.read_event() {
        if matches!(event, quick_xml::events::Event::Eof) {
            break;
        }
        events += 1;
    }
    events
}

struct Subject<'x> {
    name: &'static str,
    run: Box<dyn Fn() + 'x>,
    best: Duration,
}

/// Rounds over all subjects in turn; each keeps its fastest. Rounds are short, so that on a busy machine some run
/// undisturbed, and begin with an unmeasured run, so that each subject finds its own caches warm.
fn race(subjects: &mut [Subject<'_>], rounds: usize, repeat: u32) {
    for _ in 0..rounds {
        for subject in subjects.iter_mut() {
            if repeat > 1 {
                (subject.run)();
            }
            let start = Instant::now();
            for _ in 0..repeat {
                (subject.run)();
            }
            subject.best = subject.best.min(start.elapsed() / repeat);
        }
    }
}

fn main() {
    println!("lines      bytes   tokenise   validate   ratio   µs/line   other    ratio");
    for (lines, rounds, repeat) in [
        (1, 2_000, 5),
        (10, 2_000, 4),
        (100, 300, 2),
        (1_000, 40, 1),
        (10_000, 6, 1),
        (100_000, 3, 1),
    ] {
        let xml = invoice(lines);
        let report = anaf_invoice::validate(xml.as_bytes());
        assert!(
            report.is_accepted() && report.findings().is_empty(),
            "{report}"
        );
        let mut subjects = vec![
            Subject {
                name: "tokenise",
                run: Box::new(|| {
                    black_box(tokenise(black_box(&xml)));
                }),
                best: Duration::MAX,
            },
            Subject {
                name: "validate",
                run: Box::new(|| {
                    drop(black_box(anaf_invoice::validate(black_box(xml.as_bytes()))))
                }),
                best: Duration::MAX,
            },
        ];
        // The other validator takes minutes beyond this, and the point is made.
        if lines <= 1_000 {
            let other = || {
                drop(black_box(core_invoice_formats::validate_xml(
                    black_box(&xml),
                    None,
                )))
            };
            subjects.push(Subject {
                name: "core-invoice-formats",
                run: Box::new(other),
                best: Duration::MAX,
            });
        }
        race(&mut subjects, rounds, repeat);
        let micros = |name: &str| {
            subjects
                .iter()
                .find(|s| s.name == name)
                .map_or(f64::NAN, |s| s.best.as_secs_f64() * 1e6)
        };
        let (bare, ours, other) = (
            micros("tokenise"),
            micros("validate"),
            micros("core-invoice-formats"),
        );
        println!(
            "{lines:>6} {:>9} {bare:>9.1}µ {ours:>9.1}µ {:>6.2}x {:>8.2} {other:>9.1}µ {:>5.1}x",
            xml.len(),
            ours / bare,
            ours / lines as f64,
            other / ours,
        );
        for (of, official) in [(10, 5_400.0), (1_000, 359_000.0)] {
            if of == lines {
                println!(
                    "       SaxonC with the official rules: {official} µs, {:.0} times as long",
                    official / ours
                );
            }
        }
    }
}
