//! Checks e-Transport declarations against the official schema and rules, offline.
//!
//! `cargo run --release --example etransport_validate -- [--json] FILE…`, or `-` for a list of files on standard input.
//! With `--json` one line a file, and 0 as the exit code wherever all files were read; otherwise what is wrong, in Romanian
//! and English, and 1 where a file is not valid. 2 where a file cannot be read.

use std::io::{BufRead, BufWriter, Write};
use std::process::ExitCode;

use anaf_etransport::{Report, Severity, validate};
use serde::Serialize;

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
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "etransport_validate: {error}");
            ExitCode::from(2)
        }
    }
}

/// True where every file is valid.
fn run() -> std::io::Result<bool> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut json, mut all_valid) = (false, true);
    if std::env::args()
        .skip(1)
        .all(|argument| argument == "--json")
    {
        let usage = "usage: etransport_validate [--json] FILE… (- reads a list of files from standard input)";
        return Err(std::io::Error::other(usage));
    }
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--json" => json = true,
            "-" => {
                for file in std::io::stdin().lock().lines() {
                    let file = file?;
                    if !file.trim().is_empty() {
                        all_valid &= judge(file.trim(), json, &mut out)?;
                    }
                }
            }
            file => all_valid &= judge(file, json, &mut out)?,
        }
    }
    out.flush()?;
    Ok(json || all_valid)
}

fn judge(file: &str, json: bool, out: &mut impl Write) -> std::io::Result<bool> {
    let bytes = std::fs::read(file)
        .map_err(|error| std::io::Error::new(error.kind(), format!("{file}: {error}")))?;
    let report = validate(&bytes);
    if json {
        serde_json::to_writer(&mut *out, &line(file, &report))?;
        writeln!(out)?;
    } else {
        explain(file, &report, out)?;
    }
    Ok(report.is_valid())
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

fn explain(file: &str, report: &Report, out: &mut impl Write) -> std::io::Result<()> {
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
