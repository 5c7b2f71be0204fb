//! What every example does in one way: reading its command line, saying what went wrong, and printing.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;

use crate::Failure;

/// The part of a help text about the variables that say where ANAF is.
pub const ENVIRONMENT: &str = "
Where ANAF is, by environment variables; without any, a fake inside this program:

    ANAF_ENV            test or prod: the real ANAF
    ANAF_CIF            the company; needed with the real ANAF
    ANAF_CLIENT_ID, ANAF_CLIENT_SECRET, ANAF_REDIRECT_URI
                        the application, as registered at ANAF
    ANAF_ACCESS_TOKEN   an access token, instead of the grant that quickstart keeps
    ANAF_TOKENS         the folder of that grant (default ~/.anaf-sdk/tokens)
    ANAF_FAKE_URL       a fake that runs already: cargo run --example fake_anaf
";

/// The words of a command line that are not yet accounted for.
#[derive(Debug)]
pub struct Arguments(VecDeque<OsString>);

/// Why a command line cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misuse(String);

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; --help shows how to call it", self.0)
    }
}

impl std::error::Error for Misuse {}

fn misuse<T>(why: String) -> Result<T, Misuse> {
    Err(Misuse(why))
}

impl Arguments {
    /// Takes the words of the command line. With `--help` among them it prints the help and ends the program.
    #[must_use]
    pub fn take(help: &[&str]) -> Self {
        let mut words = Self(std::env::args_os().skip(1).collect());
        if words.flag("--help") || words.flag("-h") {
            let mut out = std::io::stdout().lock();
            // Whoever asked may have seen enough: `… --help | head -1`.
            let _ = help
                .iter()
                .try_for_each(|part| out.write_all(part.as_bytes()));
            std::process::exit(0);
        }
        words
    }

    /// Whether an option without a value is there.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() < before
    }

    /// The value of an option, as `--days 7` or `--days=7`. `what` names what it takes: `a number of days`.
    ///
    /// # Errors
    /// When the value is missing, or is none of those.
    pub fn option<T: FromStr>(&mut self, name: &str, what: &str) -> Result<Option<T>, Misuse> {
        let Some(text) = self.value(name, what)? else {
            return Ok(None);
        };
        match text.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => misuse(format!("{name} takes {what}, not `{text}`")),
        }
    }

    /// All the values of an option that may be repeated.
    ///
    /// # Errors
    /// As [`Arguments::option`].
    pub fn options<T: FromStr>(&mut self, name: &str, what: &str) -> Result<Vec<T>, Misuse> {
        let mut values = Vec::new();
        while let Some(value) = self.option(name, what)? {
            values.push(value);
        }
        Ok(values)
    }

    fn value(&mut self, name: &str, what: &str) -> Result<Option<String>, Misuse> {
        let joined = format!("{name}=");
        let is_it = |word: &OsString| {
            let word = word.to_string_lossy();
            word == name || word.starts_with(&joined)
        };
        let Some(at) = self.0.iter().position(is_it) else {
            return Ok(None);
        };
        let word = self.0.remove(at).unwrap_or_default();
        let word = word.to_string_lossy();
        if let Some(value) = word.strip_prefix(&joined) {
            return Ok(Some(value.to_owned()));
        }
        match self.0.remove(at) {
            Some(value) => Ok(Some(value.to_string_lossy().into_owned())),
            None => misuse(format!("{name} takes {what}, and has none")),
        }
    }

    /// The next word that is no option.
    ///
    /// # Errors
    /// For an option that nobody knows.
    pub fn word(&mut self) -> Result<Option<String>, Misuse> {
        let path = self.path()?;
        Ok(path.map(|path| path.to_string_lossy().into_owned()))
    }

    /// The next word that is no option, as a path.
    ///
    /// # Errors
    /// For an option that nobody knows.
    pub fn path(&mut self) -> Result<Option<PathBuf>, Misuse> {
        let Some(word) = self.0.pop_front() else {
            return Ok(None);
        };
        let text = word.to_string_lossy();
        match text.starts_with('-') && text != "-" {
            true => misuse(format!("{text} is no option here")),
            false => Ok(Some(PathBuf::from(&word))),
        }
    }

    /// The next word that is no option, as a path that must be there. `what` names it: `FILE`.
    ///
    /// # Errors
    /// When it is missing; for an option that nobody knows.
    pub fn needed(&mut self, what: &str) -> Result<PathBuf, Misuse> {
        match self.path()? {
            Some(path) => Ok(path),
            None => misuse(format!("{what} is missing")),
        }
    }

    /// Nothing more is expected.
    ///
    /// # Errors
    /// When there is more.
    pub fn end(mut self) -> Result<(), Misuse> {
        match self.path()? {
            Some(word) => misuse(format!("`{}` is one word too many", word.display())),
            None => Ok(()),
        }
    }
}

/// Reads a file, and says which one where it cannot.
///
/// # Errors
/// When the file cannot be read.
pub fn read(path: &std::path::Path) -> Result<Vec<u8>, Failure> {
    Ok(std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?)
}

/// Ends an example: with the exit code that it came to, or with `failed` after saying what went wrong, and why.
#[must_use]
pub fn end(outcome: Result<u8, Failure>, failed: u8) -> ExitCode {
    let code = outcome.unwrap_or_else(|failure| {
        say_why(failure.as_ref());
        failed
    });
    ExitCode::from(code)
}

/// Prints an error and its causes to the standard error output.
pub fn say_why(error: &(dyn std::error::Error + 'static)) {
    let mut said = error.to_string();
    crate::eprintln!("error: {said}");
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        // Many errors repeat their cause's words.
        if !said.contains(&text) {
            crate::eprintln!("  because: {text}");
            said = text;
        }
        cause = error.source();
    }
}

#[doc(hidden)]
pub fn print(mut to: impl Write, words: fmt::Arguments<'_>, end: &str) {
    // A reader that has seen enough (`… | head`) is no reason to stop in the middle of the job.
    let _ = to
        .write_fmt(words)
        .and_then(|()| to.write_all(end.as_bytes()))
        .and_then(|()| to.flush());
}

/// As the standard library's, which panics when nobody reads any more.
#[macro_export]
macro_rules! println {
    () => { $crate::println!("") };
    ($($words:tt)*) => {
        $crate::cli::print(::std::io::stdout().lock(), ::std::format_args!($($words)*), "\n")
    };
}

/// As the standard library's, which panics when nobody reads any more.
#[macro_export]
macro_rules! print {
    ($($words:tt)*) => {
        $crate::cli::print(::std::io::stdout().lock(), ::std::format_args!($($words)*), "")
    };
}

/// As the standard library's, which panics when nobody reads any more.
#[macro_export]
macro_rules! eprintln {
    ($($words:tt)*) => {
        $crate::cli::print(::std::io::stderr().lock(), ::std::format_args!($($words)*), "\n")
    };
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn arguments(words: &str) -> Arguments {
        Arguments(words.split_whitespace().map(OsString::from).collect())
    }

    #[test]
    fn words_are_taken_in_any_order_and_accounted_for() {
        let mut words = arguments("--days 7 a.xml --b2c b.xml --port=80");
        assert_eq!(words.option("--days", "a number"), Ok(Some(7)));
        assert_eq!(words.option("--port", "a port"), Ok(Some(80)));
        assert!(words.flag("--b2c") && !words.flag("--b2c"));
        assert_eq!(words.needed("FILE").unwrap(), PathBuf::from("a.xml"));
        assert_eq!(words.word().unwrap().unwrap(), "b.xml");
        assert!(words.end().is_ok());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let days = |words: &str| arguments(words).option::<u32>("--days", "a number of days");
        let told = |result: Result<(), Misuse>| result.unwrap_err().to_string();
        let cases = [
            (
                told(days("--days").map(drop)),
                "--days takes a number of days, and has none",
            ),
            (
                told(days("--days x").map(drop)),
                "--days takes a number of days, not `x`",
            ),
            (
                told(arguments("--nimic").end()),
                "--nimic is no option here",
            ),
            (told(arguments("a").end()), "`a` is one word too many"),
            (
                told(arguments("").needed("FILE").map(drop)),
                "FILE is missing",
            ),
        ];
        for (told, wanted) in cases {
            assert_eq!(told, format!("{wanted}; --help shows how to call it"));
        }
    }
}
