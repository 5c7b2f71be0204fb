//! Reading a page of 500 messages: the typed page against bare `serde_json` into borrowed structs, in one run.
//!
//! `cargo bench -p anaf-efactura --bench list_parse` prints MB/s of both and their ratio. The aim: at least 300 MB/s, or
//! at most twice the bare figure.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anaf_efactura::{ListPage, Window};
use anaf_http::{Answer, Operation};
use serde::Deserialize;

/// What a program that keeps nothing would read.
#[derive(Deserialize)]
#[allow(dead_code)]
struct BarePage<'a> {
    #[serde(borrow)]
    mesaje: Vec<BareMessage<'a>>,
    numar_total_inregistrari: u64,
    numar_total_pagini: u64,
    index_pagina_curenta: u64,
    serial: &'a str,
    cui: &'a str,
    titlu: &'a str,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct BareMessage<'a> {
    data_creare: &'a str,
    cif: &'a str,
    id_solicitare: &'a str,
    detalii: &'a str,
    tip: &'a str,
    id: &'a str,
}

fn page() -> Vec<u8> {
    let mut json = String::from(r#"{"mesaje":["#);
    for n in 0..500_u64 {
        let comma = if n == 0 { "" } else { "," };
        let (upload, id, minute) = (5_001_131_297 + n, 3_001_503_294 + n, n % 60);
        write!(
            json,
            r#"{comma}{{"data_creare":"2022110113{minute:02}","cif":"8000000000","id_solicitare":"{upload}","detalii":"Factura cu id_incarcare={upload} emisa de cif_emitent=8000000000 pentru cif_beneficiar=12345674","tip":"FACTURA TRIMISA","id":"{id}"}}"#
        )
        .unwrap();
    }
    json.push_str(r#"],"numar_inregistrari_in_pagina":500,"numar_total_inregistrari_per_pagina":500,"numar_total_inregistrari":14130,"numar_total_pagini":29,"index_pagina_curenta":29,"serial":"1234AA456","cui":"8000000000","titlu":"Lista Mesaje disponibile din intervalul 06-09-2022 09:48:20 - 02-11-2022 11:49:24"}"#);
    json.into_bytes()
}

/// The best of many short runs: what the machine can do when others leave it alone.
fn best(mut run: impl FnMut()) -> Duration {
    let began = Instant::now();
    let mut best = Duration::MAX;
    while began.elapsed() < Duration::from_secs(2) {
        let one = Instant::now();
        run();
        best = best.min(one.elapsed());
    }
    best
}

fn main() {
    let body = page();
    let list = ListPage::new(
        "12345674".parse().unwrap(),
        Window::between(jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::MAX),
        29,
    );
    let answer = Answer::new(200, body.clone());
    assert_eq!(list.read(answer.clone()).unwrap().messages.len(), 500);
    // The operation takes its answer by value; the copy is no part of the figure.
    let mut typed = Duration::MAX;
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(2) {
        let copy = answer.clone();
        let one = Instant::now();
        let page = list.read(black_box(copy)).unwrap();
        typed = typed.min(one.elapsed());
        black_box(page);
    }
    let bare = best(|| {
        let page: BarePage<'_> = serde_json::from_slice(black_box(&body)).unwrap();
        black_box(page.mesaje.len());
    });
    let rate = |time: Duration| body.len() as f64 / time.as_secs_f64() / 1e6;
    println!("a page of 500 messages, {} bytes", body.len());
    println!(
        "  typed page          {typed:>10.1?}  {:>7.0} MB/s",
        rate(typed)
    );
    println!(
        "  bare serde_json     {bare:>10.1?}  {:>7.0} MB/s",
        rate(bare)
    );
    println!(
        "  ratio {:.2} (aim: 300 MB/s, or a ratio of 2.00 at most)",
        typed.as_secs_f64() / bare.as_secs_f64()
    );
}
