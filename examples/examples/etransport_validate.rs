//! Checks e-Transport declarations against the official schema and rules, offline.
//!
//! ```text
//! cargo run --release --example etransport_validate -- FILE…          what is wrong, in Romanian and English
//! cargo run --release --example etransport_validate -- --json FILE…   one line of JSON for each file
//! ```
//!
//! `--help` tells the exit codes.

use std::io::{self, Write};
use std::process::ExitCode;

use anaf_etransport::{Report, Severity, validate};
use examples::validator;
use serde::Serialize;

const HELP: &str = "\
Checks e-Transport declarations against the official schema and rules, offline.

usage: cargo run --release --example etransport_validate -- [--json] FILE…

    --json   one line of JSON for each file, instead of a report to read
    -        reads a list of files from standard input
    --help   print this

Exit code: 0 all files are valid; 1 one is not; 2 one cannot be read, or a wrong option.
With --json: 0 wherever all files were read, since the lines say the rest.
";

#[derive(Serialize)]
struct Line<'r> {
    file: &'r str,
    schema_valid: bool,
    fired: Vec<Fired>,
    undetermined: Vec<Died>,
}

#[derive(Serialize)]
struct Fired {
    id: &'static str,
    severity: Severity,
    at: String,
}

#[derive(Serialize)]
struct Died {
    id: &'static str,
    why: String,
}

fn main() -> ExitCode {
    validator::main(HELP, |file, bytes, json, out| {
        let report = validate(bytes);
        if json {
            serde_json::to_writer(&mut *out, &line(file, &report))?;
            writeln!(out)?;
        } else {
            explain(file, &report, out)?;
        }
        Ok(report.is_valid())
    })
}

fn line<'r>(file: &'r str, report: &Report) -> Line<'r> {
    let mut fired: Vec<Fired> = report
        .rule_findings()
        .iter()
        .map(|finding| Fired {
            id: finding.id,
            severity: finding.severity,
            at: finding.place.xpath(),
        })
        .collect();
    fired.sort_by_key(|fired| fired.id);
    let undetermined = report.undetermined().iter().map(|dead| Died {
        id: dead.id,
        why: dead.why.to_string(),
    });
    Line {
        file,
        schema_valid: report.is_schema_valid(),
        fired,
        undetermined: undetermined.collect(),
    }
}

fn explain(file: &str, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.is_valid() {
        return writeln!(out, "{file}: valid");
    }
    for finding in report.findings() {
        let place = &finding.place;
        writeln!(
            out,
            "{file}:{}:{}: {} {place}",
            place.line, place.column, finding.id
        )?;
        writeln!(out, "    {}\n    {}", finding.romanian, finding.english)?;
    }
    for dead in report.undetermined() {
        writeln!(out, "{file}: {} cannot be answered: {}", dead.id, dead.why)?;
    }
    Ok(())
}
