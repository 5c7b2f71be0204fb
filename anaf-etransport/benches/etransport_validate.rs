//! How fast a notification is judged, from its bytes: documents a second at 10 goods lines, and whether the cost grows
//! with the size alone. `cargo bench -p anaf-etransport --bench etransport_validate`; `-- --test` runs each case once.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anaf_etransport::validate;

/// A valid notification with so many goods lines; no two lines are the same.
fn notification(lines: usize) -> String {
    let mut xml = String::from(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<eTransport xmlns="mfp:anaf:dgti:eTransport:declaratie:v2" codDeclarant="94013459" refDeclarant="REF-820">
 <notificare codTipOperatiune="10">
"#,
    );
    for line in 0..lines {
        let _ = writeln!(
            xml,
            r#"  <bunuriTransportate codScopOperatiune="101" codTarifar="070200" denumireMarfa="Roșii de câmp, lotul {line}" cantitate="{}.12" codUnitateMasura="KGM" greutateNeta="{}" greutateBruta="{}.5" valoareLeiFaraTva="1557.00"/>"#,
            line + 1,
            line + 900,
            line + 900,
        );
    }
    xml.push_str(
        r#"  <partenerComercial codTara="EL" cod="EL94004566" denumire="Partener Exemplu"/>
  <dateTransport nrVehicul="B43ABC" nrRemorca1="B62XYZ" codTaraOrgTransport="RO" codOrgTransport="94019010" denumireOrgTransport="Transport Exemplu SRL" dataTransport="2026-11-23"/>
  <locStartTraseuRutier codPtf="12"/>
  <locFinalTraseuRutier>
   <locatie codJudet="39" denumireLocalitate="Focșani" denumireStrada="Strada Lungă" numar="1" codPostal="620001"/>
  </locFinalTraseuRutier>
  <documenteTransport tipDocument="10" numarDocument="CMR 17" dataDocument="2026-11-22"/>
 </notificare>
</eTransport>
"#,
    );
    xml
}

/// The best of several rounds: other work on the machine only ever adds time.
fn time_of(xml: &str, budget: Duration) -> Duration {
    let mut best = Duration::MAX;
    let began = Instant::now();
    while began.elapsed() < budget {
        let start = Instant::now();
        let mut done = 0_u32;
        while done == 0 || start.elapsed() < Duration::from_millis(20) {
            black_box(validate(black_box(xml.as_bytes())));
            done += 1;
        }
        best = best.min(start.elapsed() / done);
    }
    best
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn main() {
    let once = std::env::args().any(|argument| argument == "--test");
    let budget = if once {
        Duration::ZERO
    } else {
        Duration::from_secs(2)
    };
    println!(
        "{:>8} {:>10} {:>14} {:>12} {:>14} {:>10}",
        "goods", "bytes", "µs/document", "MB/s", "ns/goods line", "ratio"
    );
    let mut first = None;
    for lines in [10, 100, 1_000, 10_000] {
        let xml = notification(lines);
        let report = validate(xml.as_bytes());
        assert!(report.is_valid(), "{report}");
        let seconds = if once {
            0.0
        } else {
            time_of(&xml, budget).as_secs_f64()
        };
        let per_byte = seconds / xml.len() as f64;
        let base = *first.get_or_insert(per_byte);
        println!(
            "{lines:>8} {:>10} {:>14.1} {:>12.0} {:>14.0} {:>9.2}×",
            xml.len(),
            seconds * 1e6,
            xml.len() as f64 / seconds / 1e6,
            seconds * 1e9 / lines as f64,
            per_byte / base,
        );
        if lines == 10 && !once {
            println!(
                "         {:.0} documents a second of a 10-goods notification (asked: 20 000)",
                1.0 / seconds
            );
        }
    }
    println!("ratio: cost per byte against that of 10 goods; 1 is linear");
}
