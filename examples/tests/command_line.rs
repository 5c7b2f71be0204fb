//! Every example's command line: help, wrong words, and readers that go away.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod common;

use std::process::Stdio;

use common::example;

/// The examples, and what each exits with after a wrong word.
const EXAMPLES: &[(&str, i32)] = &[
    ("author_invoice", 1),
    ("error_handling", 1),
    ("etransport_declare", 1),
    ("etransport_list", 1),
    ("etransport_validate", 2),
    ("fake_anaf", 2),
    ("inbox", 3),
    ("login_portal", 1),
    ("quickstart", 1),
    ("read_invoice", 1),
    ("status", 3),
    ("upload_file", 3),
    ("validate", 2),
];

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn help_is_given_and_wrong_words_are_named() {
    for (name, failed) in EXAMPLES {
        let help = example(name).args(["a", "--help"]).output().unwrap();
        let said = text(&help.stdout);
        assert_eq!(help.status.code(), Some(0), "{name}: {said}");
        for part in ["usage: cargo run", name, "--help", "Exit code:"] {
            assert!(said.contains(part), "{name}: {part} is missing in\n{said}");
        }
        let wrong = example(name).arg("--nimic").output().unwrap();
        assert_eq!(wrong.status.code(), Some(*failed), "{name}");
        let said = text(&wrong.stderr);
        assert_eq!(
            said, "error: --nimic is no option here; --help shows how to call it\n",
            "{name}"
        );
    }
}

#[test]
fn no_example_is_missing() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let mut there: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    there.sort();
    let here: Vec<&str> = EXAMPLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(here, there);
}

#[test]
fn files_that_cannot_be_read_are_named() {
    for (name, failed) in [
        ("etransport_validate", 2),
        ("read_invoice", 1),
        ("upload_file", 3),
        ("validate", 2),
    ] {
        for (words, wanted) in [
            (&["nu-este.xml"][..], "nu-este.xml: "),
            (&[][..], "FILE is missing; --help shows how to call it"),
        ] {
            let output = example(name).args(words).output().unwrap();
            assert_eq!(output.status.code(), Some(failed), "{name} {words:?}");
            let said = text(&output.stderr);
            assert!(said.contains(wanted), "{name}: {said}");
        }
    }
}

/// As in `… | head -1`: the reader goes away, and the job is done all the same.
#[test]
fn a_reader_that_goes_away_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("standard.xml");
    let author = |out: Stdio| {
        let mut command = example("author_invoice");
        command
            .arg(folder.path())
            .stdout(out)
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    assert!(author(Stdio::null()).wait().unwrap().success());
    let jobs = [
        ("author_invoice", folder.path().to_owned()),
        ("read_invoice", written.clone()),
        ("validate", written.clone()),
        ("upload_file", written),
        ("inbox", folder.path().join("inbox")),
    ];
    for (name, word) in jobs {
        let mut command = example(name);
        command
            .arg(word)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut running = command.spawn().unwrap();
        drop(running.stdout.take());
        let output = running.wait_with_output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{name}: {said}");
        assert!(!said.contains("panicked"), "{name}: {said}");
    }
    assert!(folder.path().join("standard.zip").exists());
}
