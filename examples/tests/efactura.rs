//! The e-Factura examples, run as a person would run them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod common;

use std::path::PathBuf;
use std::process::{Command, Output};

use common::example;
use fake_anaf::{Env, FakeAnaf, Operation, RuleFailure, Verdict};

/// An example that talks to this fake.
fn at(fake: &FakeAnaf, name: &str) -> Command {
    let mut command = example(name);
    command
        .env("ANAF_FAKE_URL", fake.base_url())
        .env("ANAF_ACCESS_TOKEN", fake.bearer());
    command
}

/// Runs it off the runtime, which serves the fake.
async fn run(mut command: Command) -> (i32, String) {
    let output: Output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = text(&output.stdout) + &text(&output.stderr);
    (output.status.code().unwrap(), said)
}

fn invoice(number: &str) -> String {
    fake_anaf::sample_invoice(number, fake_anaf::CIF, fake_anaf::BUYER_CIF)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quickstart_walks_the_main_job() {
    let (code, said) = run(example("quickstart")).await;
    assert_eq!(code, 0, "{said}");
    for step in [
        "authorize?response_type=code",
        "exchanged for tokens",
        "index_incarcare = ",
        "ANAF says \"in prelucrare\"",
        "ANAF says \"ok\"",
        "semnatura_",
        "the same bytes",
        "FACTURA PRIMITA",
        "FACTURA TRIMISA",
        "3 messages in the last day",
    ] {
        assert!(said.contains(step), "{step} is missing in\n{said}");
    }
    assert!(!said.contains("stopped here"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quickstart_files_nothing_invented_in_production() {
    let mut command = example("quickstart");
    command.env("ANAF_ENV", "prod").env("ANAF_CIF", "12345674");
    let (code, said) = run(command).await;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("set ANAF_INVOICE"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn upload_file_tells_by_its_exit_code() {
    let fake = FakeAnaf::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let upload = |path: &PathBuf| {
        let mut command = at(&fake, "upload_file");
        command.arg(path);
        run(command)
    };

    let accepted = file("accepted.xml", &invoice("A-1"));
    let (code, said) = upload(&accepted).await;
    assert_eq!(code, 0, "{said}");
    let zip = std::fs::read(accepted.with_extension("zip")).unwrap();
    let archive = anaf_efactura::Archive::parse(zip).unwrap();
    assert_eq!(archive.document().bytes(), invoice("A-1").as_bytes());

    let failure = RuleFailure::new("BR-RO-110", "/Invoice", "Județul lipsește", "No county");
    fake.efactura()
        .next_verdict(Verdict::Rejected(vec![failure]));
    let (code, said) = upload(&file("rejected.xml", &invoice("A-2"))).await;
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("BR-RO-110 at /Invoice: Județul lipsește (No county)"),
        "{said}"
    );

    let (code, said) = upload(&file(
        "invalid.xml",
        &invoice("A-3").replace("</Invoice>", ""),
    ))
    .await;
    assert!(
        code == 1 && said.contains("Fisierul transmis nu este valid"),
        "{code} {said}"
    );

    let lost = fake_anaf::Failure::empty_body();
    fake.fail_next(Operation::Upload, lost);
    let (code, said) = upload(&file("lost.xml", &invoice("A-4"))).await;
    assert!(
        matches!(code, 0 | 2) && said.contains("outcome is unknown"),
        "{code} {said}"
    );

    let (code, said) = upload(&folder.path().join("none.xml")).await;
    assert_eq!(code, 3, "{said}");
    let (code, said) = upload(&file("page.xml", "<html/>")).await;
    assert!(code == 3 && said.contains("root element"), "{code} {said}");
    // Taken in: accepted, rejected, lost. Nothing was sent twice.
    assert_eq!(fake.efactura().upload_count(), 3);
    assert_eq!(fake.count(Operation::Upload), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn status_tells_by_its_exit_code() {
    let (code, said) = run(example("status")).await;
    assert!(code == 0 && said.contains("accepted"), "{code} {said}");

    let fake = FakeAnaf::start().await;
    fake.efactura().configure(|s| s.processing_polls = 1);
    let mut upload = at(&fake, "upload_file");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xml");
    std::fs::write(&path, invoice("S-1")).unwrap();
    upload.arg(&path);
    assert_eq!(run(upload).await.0, 0);
    let index = fake.efactura().uploads()[0].index.to_string();

    let ask = |words: &[&str]| {
        let mut command = at(&fake, "status");
        command.args(words);
        run(command)
    };
    let (code, said) = ask(&[&index, "--wait"]).await;
    assert!(code == 0 && said.contains("accepted"), "{code} {said}");
    let (code, said) = ask(&["999"]).await;
    assert!(code == 3 && said.contains("stareMesaj"), "{code} {said}");
    assert_eq!(ask(&["12a"]).await.0, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn inbox_downloads_what_is_new_and_only_that() {
    let fake = FakeAnaf::start().await;
    let folder = tempfile::tempdir().unwrap();
    let fetch = || {
        let mut command = at(&fake, "inbox");
        command.arg(folder.path());
        run(command)
    };
    fake.efactura()
        .deliver_many(Env::Test, fake_anaf::CIF, "UNU", 15);
    // The window of the list ends five seconds ago.
    tokio::time::sleep(std::time::Duration::from_millis(5_100)).await;
    let (code, said) = fetch().await;
    assert!(
        code == 0 && said.contains("15 messages: 15 new"),
        "{code} {said}"
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 15);
    let (code, said) = fetch().await;
    assert!(
        code == 0 && said.contains("15 messages: 0 new"),
        "{code} {said}"
    );
    assert_eq!(fake.count(Operation::Descarcare), 15);

    // A row that nobody can read stands in the way of none of the others.
    let odd = r#"{"mesaje":[{"id":"?","tip":"NOU"},{"id":"3001503294","tip":"FACTURA PRIMITA"}],"numar_total_pagini":1}"#;
    fake.fail_next(
        Operation::ListaMesajePaginatie,
        fake_anaf::Failure::replaced(odd),
    );
    let (code, said) = fetch().await;
    assert!(
        code == 1 && said.contains(r#"{"id":"?","tip":"NOU"}"#),
        "{code} {said}"
    );

    let gone = std::fs::read_dir(folder.path()).unwrap().next().unwrap();
    std::fs::remove_file(gone.unwrap().path()).unwrap();
    let limit = r#"{"eroare":"S-au facut deja 10 descarcari de mesaj in cursul zilei","titlu":"Descarcare mesaj"}"#;
    fake.fail_next(
        Operation::Descarcare,
        fake_anaf::Failure::answer(200, limit),
    );
    let (code, said) = fetch().await;
    assert!(
        code == 1 && said.contains("1 archives could not be had"),
        "{code} {said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn error_handling_brings_every_kind_about() {
    let (code, said) = run(example("error_handling")).await;
    assert_eq!(code, 0, "{said}");
    for kind in [
        "invalid_input",
        "connect",
        "timeout",
        "connection_lost",
        "quota",
        "unauthorized",
        "needs_login",
        "login_refused",
        "concurrent_tokens",
        "oauth",
        "forbidden",
        "no_right",
        "not_found",
        "gone",
        "invalid_parameter",
        "invalid_document",
        "list_too_long",
        "nothing_found",
        "firewall",
        "login_page",
        "server",
        "technical",
        "empty",
        "truncated",
        "unreadable",
        "too_large",
        "other",
        "store",
    ] {
        assert!(
            said.contains(&format!("kind {kind},")),
            "{kind} is missing in\n{said}"
        );
    }
    assert!(!said.contains("→ read the message"), "{said}");
}
