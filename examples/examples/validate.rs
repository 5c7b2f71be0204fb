//! Validates invoices offline, as ANAF's published rules would.
//!
//! ```text
//! cargo run --release --example validate -- FILE…          a report to read
//! cargo run --release --example validate -- --json FILE…   one line of JSON for each file
//! ls *.xml | cargo run --release --example validate -- -   the list of files from standard input
//! ```
//!
//! The exit code is 0 where all files are accepted, 1 where one is rejected, 2 where one cannot be read; with `--json`, 0
//! wherever all files were read, since the lines say the rest.

use anaf_invoice::{FindingKind, Report, Undetermined, validate};
use examples::cli::{self, Arguments, Misuse};
use examples::{Failure, eprintln};
use serde::Serialize;
use std::io::{self, BufRead, BufWriter, Write};
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
    let outcome = arguments()
        .map_err(Failure::from)
        .and_then(|(json, files)| {
            run(&files, json).or_else(|error| match error.kind() {
                // Whoever reads the output has seen enough.
                io::ErrorKind::BrokenPipe => Ok(0),
                _ => Err(error.into()),
            })
        });
    cli::end(outcome, 2)
}

fn arguments() -> Result<(bool, Vec<String>), Misuse> {
    let mut words = Arguments::take(&[HELP]);
    let json = words.flag("--json");
    let first = words.needed("FILE")?;
    let mut files = Vec::new();
    let mut next = Some(first.to_string_lossy().into_owned());
    while let Some(word) = next {
        match word.as_str() {
            "-" => files.extend(
                io::stdin()
                    .lock()
                    .lines()
                    .map_while(Result::ok)
                    .filter(|line| !line.is_empty()),
            ),
            _ => files.push(word),
        }
        next = words.word()?;
    }
    Ok((json, files))
}

fn run(files: &[String], json: bool) -> io::Result<u8> {
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut rejected, mut unread) = (false, false);
    for file in files {
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) => {
                eprintln!("{file}: {error}");
                unread = true;
                continue;
            }
        };
        let report = validate(&bytes);
        rejected |= !json && !report.is_accepted();
        if json {
            serde_json::to_writer(&mut out, &line(file, &report))?;
            writeln!(out)?;
        } else {
            writeln!(out, "{file}: {report}")?;
        }
    }
    out.flush()?;
    Ok(if unread { 2 } else { u8::from(rejected) })
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
