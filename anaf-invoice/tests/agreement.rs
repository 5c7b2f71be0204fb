//! The same verdicts as the official rules on 1,184 documents.
//!
//! `golden-efactura.zip` holds documents made for this project and, in `expected.jsonl`, what libxml2 says of each by
//! the UBL 2.1 schema and what ANAF's CIUS-RO 1.0.9 Schematron fires on it, run by SaxonC. `tools/pack_golden.py`
//! packs it.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use anaf_invoice::validate;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

const GOLDEN: &[u8] = include_bytes!("golden-efactura.zip");

#[derive(Deserialize)]
struct Expected {
    file: String,
    xsd_valid: bool,
    /// The official transform dies on the document, and names no rule.
    error: Option<String>,
    counts: BTreeMap<String, usize>,
    /// What fires where each assertion is run for itself.
    tolerant_counts: Option<BTreeMap<String, usize>>,
    /// The assertions that cannot be evaluated, with the XPath error code.
    #[serde(default)]
    dynamic_errors: Vec<(String, String)>,
}

impl Expected {
    fn fired(&self) -> &BTreeMap<String, usize> {
        match (&self.error, &self.tolerant_counts) {
            (Some(_), Some(tolerant)) => tolerant,
            _ => &self.counts,
        }
    }
}

fn golden() -> Vec<(Expected, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(GOLDEN)).unwrap();
    let mut text = String::new();
    archive
        .by_name("expected.jsonl")
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text.lines()
        .map(|line| {
            let expected: Expected = serde_json::from_str(line).unwrap();
            let mut xml = Vec::new();
            archive
                .by_name(&expected.file)
                .unwrap()
                .read_to_end(&mut xml)
                .unwrap();
            (expected, xml)
        })
        .collect()
}

#[test]
fn every_golden_document_gets_the_official_verdict() {
    let golden = golden();
    assert_eq!(golden.len(), 1184);
    let (mut ids, mut wrong) = (BTreeSet::new(), Vec::new());
    for (expected, xml) in &golden {
        let report = validate(xml);
        let mut fired: BTreeMap<String, usize> = BTreeMap::new();
        report
            .fired()
            .for_each(|f| *fired.entry(f.id().to_owned()).or_default() += 1);
        let undetermined: BTreeSet<&str> = report.undetermined().map(|f| f.id()).collect();
        let dead: BTreeSet<&str> = expected
            .dynamic_errors
            .iter()
            .map(|(id, _)| id.as_str())
            .collect();
        if report.schema_valid() != expected.xsd_valid {
            wrong.push(format!(
                "{}: schema verdict {}",
                expected.file,
                report.schema_valid()
            ));
        }
        if fired != *expected.fired() || undetermined != dead {
            let wanted = expected.fired();
            wrong.push(format!(
                "{}: {fired:?} {undetermined:?}, expected {wanted:?} {dead:?}",
                expected.file
            ));
        }
        ids.extend(fired.into_keys());
        assert_eq!(report.is_accepted(), report.fatal_count() == 0);
    }
    assert!(
        wrong.is_empty(),
        "{} of {} documents differ:\n{}",
        wrong.len(),
        golden.len(),
        wrong.join("\n")
    );
    // 1,071 ids fire, and 8 more where the official transform dies: the test has not become idle.
    assert_eq!(ids.len(), 1079);
}

#[test]
fn every_finding_has_a_place_and_texts() {
    for (expected, xml) in golden().iter().step_by(7) {
        let text = String::from_utf8(xml.clone()).unwrap();
        for finding in validate(xml).findings() {
            let at = finding.location();
            let line = text.lines().nth(at.line() as usize - 1).unwrap();
            let tag: String = line.chars().skip(at.column() as usize - 1).collect();
            let name = at
                .path()
                .rsplit('/')
                .next()
                .unwrap()
                .split('[')
                .next()
                .unwrap();
            let local = name.rsplit([':', '@']).next().unwrap();
            assert!(
                tag.starts_with('<') && tag.contains(local),
                "{}: {at:?} {tag:?}",
                expected.file
            );
            assert!(
                finding.text_en().len() > 10 && finding.text_ro().len() > 10,
                "{}: {finding:?}",
                expected.file
            );
        }
    }
}
