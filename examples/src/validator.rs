//! The command line that both validators have.

use std::io::{self, BufRead, BufWriter, Write};
use std::process::ExitCode;

use crate::Failure;
use crate::cli::{self, Arguments, Misuse};

/// Judges the files of the command line: `[--json] FILE…`, where `-` reads a list of files from standard input.
///
/// `judge` writes about one file, a line of JSON or a report to read, and says whether it is accepted. The exit code is 0
/// where all files are, 1 where one is not, 2 where one cannot be read; with `--json`, 0 wherever all files were read.
pub fn main(
    help: &str,
    judge: impl Fn(&str, &[u8], bool, &mut dyn Write) -> io::Result<bool>,
) -> ExitCode {
    let outcome = arguments(help).map_err(Failure::from);
    let outcome = outcome.and_then(|(json, files)| {
        run(&files, json, judge).or_else(|error| match error.kind() {
            // Whoever reads the output has seen enough.
            io::ErrorKind::BrokenPipe => Ok(0),
            _ => Err(error.into()),
        })
    });
    cli::end(outcome, 2)
}

fn arguments(help: &str) -> Result<(bool, Vec<String>), Misuse> {
    let mut words = Arguments::take(&[help]);
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
                    .map(|line| line.trim().to_owned())
                    .filter(|line| !line.is_empty()),
            ),
            _ => files.push(word),
        }
        next = words.word()?;
    }
    Ok((json, files))
}

fn run(
    files: &[String],
    json: bool,
    judge: impl Fn(&str, &[u8], bool, &mut dyn Write) -> io::Result<bool>,
) -> io::Result<u8> {
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut rejected, mut unread) = (false, false);
    for file in files {
        match cli::read(file.as_ref()) {
            Ok(bytes) => rejected |= !judge(file, &bytes, json, &mut out)?,
            Err(error) => {
                cli::say_why(error.as_ref());
                unread = true;
            }
        }
    }
    out.flush()?;
    Ok(match (unread, rejected && !json) {
        (true, _) => 2,
        (false, rejected) => u8::from(rejected),
    })
}
