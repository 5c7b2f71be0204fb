//! The registry against the official package, where that is at hand.

use std::collections::{BTreeMap, HashSet};
use std::io::Write as _;

use super::{Pattern, all, rule, run};
use crate::doc::Doc;
use crate::report::{Severity, Sink};

#[test]
fn every_id_is_accounted_for_once() {
    let ids: HashSet<_> = all().map(|rule| rule.id()).collect();
    assert_eq!((all().len(), ids.len()), (1098, 1098));
    assert_eq!(
        all()
            .filter(|rule| rule.severity() == Severity::Fatal)
            .count(),
        399
    );
    assert!(all().all(|info| rule(info.id()).is_some_and(|found| std::ptr::eq(found, info))));
}

#[test]
fn ids_severities_and_kinds_are_the_official_ones() {
    let shared = std::env::var("ANAF_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared").to_owned());
    let path = format!("{shared}/schemas/cius-ro-1.0.9/asserts.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        // Not by a print macro: the test runner hides those of tests that pass.
        let _ = writeln!(
            std::io::stderr(),
            "\nSKIPPED: the official assertions are not at {path} (set ANAF_SHARED)"
        );
        return;
    };
    #[derive(serde::Deserialize)]
    struct Official {
        pattern: String,
        id: String,
        flag: String,
        kind: String,
    }
    let official: Vec<Official> = serde_json::from_str(&text).unwrap();
    let official: BTreeMap<_, _> = official
        .into_iter()
        .map(|rule| (rule.id, (rule.pattern, rule.flag, rule.kind)))
        .collect();
    let ours: BTreeMap<_, _> = all()
        .map(|rule| {
            let kind = if rule.is_report() { "report" } else { "assert" };
            let of = (
                rule.pattern().id().to_owned(),
                rule.severity().as_str().to_owned(),
                kind.to_owned(),
            );
            (rule.id().to_owned(), of)
        })
        .collect();
    for (id, rule) in &official {
        assert_eq!(ours.get(id), Some(rule), "{id}");
    }
    assert_eq!(ours.len(), official.len());
    assert_eq!(Pattern::ALL.len(), 4);
}

/// An invoice of these children of the root.
fn invoice(body: &str) -> String {
    const UBL: &str = "urn:oasis:names:specification:ubl:schema:xsd";
    format!(
        r#"<Invoice xmlns="{UBL}:Invoice-2" xmlns:cac="{UBL}:CommonAggregateComponents-2"
            xmlns:cbc="{UBL}:CommonBasicComponents-2">{body}</Invoice>"#
    )
}

fn fired(xml: &str) -> (Vec<&'static str>, Vec<&'static str>) {
    let doc = Doc::parse(xml.as_bytes()).unwrap();
    let mut sink = Sink::default();
    run(&doc, &mut sink);
    let report = sink.into_report(&doc);
    let fired = report.fired().map(|finding| finding.id()).collect();
    (
        fired,
        report.undetermined().map(|finding| finding.id()).collect(),
    )
}

#[test]
fn repeated_elements_cannot_make_rules_quadratic() {
    const TAX: &str = "<cac:TaxCategory><cbc:ID>S</cbc:ID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>";
    // So many that a square of them would outlast the patience of whoever runs the tests.
    let repeated = |what: &str| what.repeat(10_000);
    let allowance = |indicators: &str, taxes: &str| {
        invoice(&format!(
            "<cac:AllowanceCharge>{indicators}{taxes}</cac:AllowanceCharge>"
        ))
    };
    let (_, undetermined) = fired(&allowance(
        &repeated("<cbc:ChargeIndicator>true</cbc:ChargeIndicator>"),
        &repeated(TAX),
    ));
    assert!(undetermined.contains(&"BR-RO-065"), "{undetermined:?}");
    let names = "<cac:PartyName><cbc:Name>A</cbc:Name></cac:PartyName>";
    let (_, undetermined) = fired(&invoice(&format!(
        "<cac:AccountingSupplierParty><cac:Party>{}</cac:Party></cac:AccountingSupplierParty><cac:PayeeParty>{}</cac:PayeeParty>",
        repeated(names),
        repeated(names)
    )));
    assert!(!undetermined.contains(&"BR-17"), "{undetermined:?}");
}

#[test]
fn rules_that_cannot_be_evaluated_do_not_hide_the_others() {
    let line = "<cac:InvoiceLine><cbc:Note>a</cbc:Note><cbc:Note>b</cbc:Note></cac:InvoiceLine>";
    let (fired, undetermined) = fired(&invoice(line));
    assert_eq!(undetermined, ["BR-RO-L303"]);
    assert!(
        fired.contains(&"UBL-SR-34") && fired.contains(&"BR-21"),
        "{fired:?}"
    );
}

#[test]
fn the_first_rule_of_a_pattern_takes_the_node() {
    let period = "<cac:InvoicePeriod/>";
    let (on_document, _) = fired(&invoice(period));
    assert!(on_document.contains(&"BR-CO-19") && !on_document.contains(&"BR-CO-20"));
    let (on_line, _) = fired(&invoice(&format!(
        "<cac:InvoiceLine>{period}</cac:InvoiceLine>"
    )));
    assert!(on_line.contains(&"BR-CO-20") && !on_line.contains(&"BR-CO-19"));
}
