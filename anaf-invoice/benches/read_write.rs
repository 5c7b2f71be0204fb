//! What reading and writing cost, as a multiple of merely tokenising the same bytes with quick-xml.
//!
//! `cargo bench -p anaf-invoice --bench read_write`. Each round times the three passes one after the other, so that a
//! busy machine slows them alike; the table has the quickest of all rounds.
#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]
#![allow(clippy::unwrap_used, reason = "the input is our own")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use anaf_invoice::build::{InvoiceBuilder, Line};
use anaf_invoice::codes::{County, Sector, Unit};
use anaf_invoice::model::{Invoice, LineVat, Party, PaymentInstructions, PostalAddress};
use anaf_invoice::ubl::from_xml;
use jiff::civil::date;
use quick_xml::Reader;
use quick_xml::events::Event;
use rust_decimal::Decimal;

fn main() {
    println!("lines      bytes   tokenise   from_xml  ratio     to_xml  ratio");
    for (lines, rounds) in [(10, 4000), (1_000, 60), (10_000, 8)] {
        let invoice = invoice(lines);
        let xml = String::from_utf8(invoice.to_xml().unwrap()).unwrap();
        let [tokenise, read, write] = quickest(rounds, &invoice, &xml);
        let ratio = |time: Duration| time.as_secs_f64() / tokenise.as_secs_f64();
        println!(
            "{lines:>5} {:>10} {:>8.1}µs {:>8.1}µs {:>6.2} {:>8.1}µs {:>6.2}",
            xml.len(),
            micros(tokenise),
            micros(read),
            ratio(read),
            micros(write),
            ratio(write),
        );
    }
    println!("asked for: from_xml at most 2.5, to_xml at most 1.5");
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn quickest(rounds: u32, invoice: &Invoice, xml: &str) -> [Duration; 3] {
    let mut best = [Duration::MAX; 3];
    for _ in 0..rounds {
        let times = [
            timed(|| tokenise(black_box(xml))),
            timed(|| from_xml(black_box(xml.as_bytes())).unwrap()),
            timed(|| black_box(invoice).to_xml().unwrap()),
        ];
        for (best, time) in best.iter_mut().zip(times) {
            *best = time.min(*best);
        }
    }
    best
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let result = black_box(work());
    let time = start.elapsed();
    drop(result);
    time
}

/// The bare pass: every event, nothing made of it.
fn tokenise(xml: &str) -> usize {
    let mut reader = Reader::from_str(xml);
    let mut events = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return events,
            event => {
                black_box(&event);
                events += 1;
            }
        }
    }
}

fn invoice(lines: i64) -> Invoice {
    let seller = Party::vat_payer(
        "Exemplu Software SRL",
        &"12345674".parse().unwrap(),
        PostalAddress::bucharest(&Sector::Sector1, "Str. Exemplului nr. 1"),
    );
    let buyer = Party::vat_payer(
        "Client Model SA",
        &"98765438".parse().unwrap(),
        PostalAddress::romanian(&County::Cluj, "Cluj-Napoca", "Str. Model nr. 2"),
    );
    let goods = (1..=lines).map(|n| {
        let line = Line::new(
            format!("Articol numărul {n}"),
            Decimal::new(n * 37 % 1000 + 1, 1),
            Unit::PIECE,
            Decimal::new(n * 7919 % 100_000 + 1, 2),
            LineVat::standard([21, 11][usize::from(n % 3 == 0)]),
        );
        match n % 4 {
            0 => line.allowance_percent(5, "Reducere comercială"),
            1 => line.sellers_identifier(format!("ART-{n}")),
            _ => line,
        }
    });
    InvoiceBuilder::invoice("EX-0001", date(2026, 3, 2), seller, buyer)
        .due(date(2026, 4, 1))
        .payment(PaymentInstructions::credit_transfer(
            "RO49AAAA1B31007593840000",
        ))
        .lines(goods)
        .build()
        .unwrap()
        .into_agreed()
        .unwrap()
}
