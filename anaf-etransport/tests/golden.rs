//! Rule for rule the same as the official processor, and document for document the same as libxml2, on the golden
//! documents. They are packed beside this file; where the reference folder lies beside the repository, it is asked too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it is wrong"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::io::Write as _;
use std::path::PathBuf;

use anaf_etransport::{Declaration, validate};
use serde_json::Value;

struct Golden {
    name: String,
    xml: Vec<u8>,
    expected: Value,
}

/// Names and contents of a folder of documents, `expected.jsonl` among them.
fn golden(files: Vec<(String, Vec<u8>)>) -> Vec<Golden> {
    let mut files: BTreeMap<String, Vec<u8>> = files.into_iter().collect();
    let lines = String::from_utf8(
        files
            .remove("expected.jsonl")
            .expect("the expected verdicts"),
    )
    .unwrap();
    let of = |line: &str| {
        let expected: Value = serde_json::from_str(line).unwrap();
        let name = expected["file"].as_str().unwrap().to_owned();
        Golden {
            xml: files[&name].clone(),
            name,
            expected,
        }
    };
    lines.lines().map(of).collect()
}

fn packed() -> Vec<Golden> {
    let bytes = include_bytes!("golden.zip");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes.as_slice())).unwrap();
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.push((file.name().unwrap().into_owned(), content));
    }
    golden(files)
}

/// The official rules' findings by id: what fired how often, and what the processor died on.
fn wanted(expected: &Value) -> (BTreeMap<String, u64>, BTreeSet<String>) {
    let name = |id: &str| id.trim_start_matches("noid:").to_owned();
    let died = !expected["error"].is_null();
    let counts = if died {
        &expected["tolerant_counts"]
    } else {
        &expected["counts"]
    };
    let fired = counts.as_object().into_iter().flatten();
    let fired = fired.filter(|(id, _)| !id.starts_with("BT-TY-") || *id == "BT-TY-005");
    let fired = fired
        .map(|(id, count)| (name(id), count.as_u64().unwrap()))
        .collect();
    let dead = expected["dynamic_errors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|_| died);
    (
        fired,
        dead.map(|pair| name(pair[0].as_str().unwrap())).collect(),
    )
}

fn agree(documents: &[Golden]) {
    assert!(!documents.is_empty());
    let mut wrong = Vec::new();
    for Golden {
        name,
        xml,
        expected,
    } in documents
    {
        let report = validate(xml);
        let mut fired = BTreeMap::<String, u64>::new();
        for finding in report.rule_findings() {
            *fired.entry(finding.id.to_owned()).or_default() += 1;
        }
        let dead: BTreeSet<String> = report
            .undetermined()
            .iter()
            .map(|dead| dead.id.to_owned())
            .collect();
        let schema = expected["xsd_valid"]
            .as_bool()
            .is_none_or(|valid| valid == report.is_schema_valid());
        if !schema || (fired.clone(), dead.clone()) != wanted(expected) {
            wrong.push(format!(
                "{name}: {fired:?} {dead:?}, schema {}\n  expected {expected}",
                report.is_schema_valid()
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        documents.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_packed_documents_agree() {
    let documents = packed();
    assert_eq!(documents.len(), 274);
    agree(&documents);
}

#[test]
fn the_reference_documents_agree() {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    let shared = std::env::var_os("ANAF_SHARED").map_or_else(beside, PathBuf::from);
    let Ok(folder) = std::fs::read_dir(shared.join("golden/etransport")) else {
        // Not by a print macro: the test runner hides those of tests that pass.
        let _ = writeln!(
            std::io::stderr(),
            "\nSKIPPED: no reference documents at {}",
            shared.display()
        );
        return;
    };
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        (
            path.file_name().unwrap().to_str().unwrap().to_owned(),
            std::fs::read(path).unwrap(),
        )
    };
    agree(&golden(folder.map(read).collect()));
}

/// Every rule that can fire has a document that fires it.
#[test]
fn the_documents_reach_every_rule() {
    let mut reached = BTreeSet::new();
    for document in packed() {
        reached.extend(
            validate(&document.xml)
                .rule_findings()
                .iter()
                .map(|finding| finding.id),
        );
    }
    let known: BTreeSet<&str> = anaf_etransport::rules()
        .iter()
        .map(|rule| rule.id)
        .collect();
    assert_eq!(reached, known);
    assert_eq!(known.len(), 59);
}

/// What a valid document means survives reading and writing, and what is written is valid again.
#[test]
fn valid_documents_mean_the_same_after_a_round_trip() {
    let mut count = 0;
    for Golden { name, xml, .. } in packed() {
        let report = validate(&xml);
        if !report.is_valid() {
            continue;
        }
        let declaration = Declaration::read(&xml).unwrap_or_else(|error| panic!("{name}: {error}"));
        let written = declaration.to_xml();
        let again = validate(written.as_bytes());
        assert!(again.is_valid(), "{name}: {again}\n{written}");
        assert_eq!(again.kind(), report.kind(), "{name}");
        assert_eq!(
            Declaration::read(written.as_bytes()).unwrap(),
            declaration,
            "{name}"
        );
        count += 1;
    }
    assert!(count > 30, "{count} valid documents");
}

/// Line and column point at the thing.
#[test]
fn places_point_into_the_document() {
    for Golden { name, xml, .. } in packed() {
        let text = String::from_utf8(xml.clone()).unwrap();
        let report = validate(&xml);
        for finding in report.findings() {
            let line = text.lines().nth(finding.place.line as usize - 1).unwrap();
            let rest: String = line
                .chars()
                .skip(finding.place.column as usize - 1)
                .collect();
            let path = finding.place.xpath();
            let step = path.rsplit('/').next().unwrap();
            let missing = finding.id == "cvc-complex-type.4";
            let fits = match step.strip_prefix('@') {
                Some(attribute) if !missing => rest.starts_with(attribute),
                _ => rest.starts_with('<'),
            };
            assert!(fits, "{name}: {finding}\n{rest}");
        }
    }
}
