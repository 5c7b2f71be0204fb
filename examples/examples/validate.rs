//! Validates invoices offline, as ANAF's published rules would.
//!
//! ```text
//! cargo run --release --example validate -- FILE…          a report to read
//! cargo run --release --example validate -- --json FILE…   one line of JSON for each file
//! ls *.xml | cargo run --release --example validate -- -   the list of files from standard input
//! ```
//!
//! `--help` tells the exit codes.

use anaf_invoice::{FindingKind, Report, Undetermined, validate};
use examples::validator;
use serde::Serialize;
use std::process::ExitCode;

/// One line of `--json`.
#[derive(Serialize)]
struct Line<'r> {
    file: &'r str,
    schema_valid: bool,
    fired: Vec<Fired<'r>>,
    undetermined: Vec<Undecided<'r>>,
}

#[derive(Serialize)]
struct Fired<'r> {
    id: &'r str,
    severity: &'static str,
    at: &'r str,
}

#[derive(Serialize)]
struct Undecided<'r> {
    id: &'r str,
    why: &'static str,
}

const HELP: &str = "\
Validates invoices offline, as ANAF's published rules would.

usage: cargo run --release --example validate -- [--json] FILE…

    --json   one line of JSON for each file, instead of a report to read
    -        reads a list of files from standard input
    --help   print this

Exit code: 0 all files are accepted; 1 one is rejected; 2 one cannot be read, or a wrong
option. With --json: 0 wherever all files were read, since the lines say the rest.
";

fn main() -> ExitCode {
    validator::main(HELP, |file, bytes, json, out| {
        let report = validate(bytes);
        if json {
            serde_json::to_writer(&mut *out, &line(file, &report))?;
            writeln!(out)?;
        } else {
            writeln!(out, "{file}: {report}")?;
        }
        Ok(report.is_accepted())
    })
}

fn line<'r>(file: &'r str, report: &'r Report) -> Line<'r> {
    let mut fired: Vec<Fired<'r>> = report
        .fired()
        .map(|f| Fired {
            id: f.id(),
            severity: f.severity().as_str(),
            at: f.location().path(),
        })
        .collect();
    fired.sort_by(|a, b| a.id.cmp(b.id));
    let why = |kind| match kind {
        FindingKind::Undetermined(why) => Undetermined::text_en(why),
        _ => "",
    };
    let undetermined = report
        .undetermined()
        .map(|f| Undecided {
            id: f.id(),
            why: why(f.kind()),
        })
        .collect();
    Line {
        file,
        schema_valid: report.schema_valid(),
        fired,
        undetermined,
    }
}
