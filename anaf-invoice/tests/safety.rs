//! Whatever the bytes: a report, in bounded time and memory.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use anaf_invoice::{FindingKind, validate};
use proptest::prelude::*;
use std::io::Read;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

const HEAD: &str = "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
    xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
    xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">";

/// Generous: these run unoptimised, beside other tests; what they must not be is quadratic.
const PATIENCE: Duration = Duration::from_secs(60);

/// Every sixtieth golden document.
static DOCUMENTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let golden = include_bytes!("golden-efactura.zip");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(golden)).unwrap();
    (0..archive.len())
        .step_by(60)
        .map(|i| {
            let mut xml = Vec::new();
            archive.by_index(i).unwrap().read_to_end(&mut xml).unwrap();
            xml
        })
        .collect()
});

fn wrap(body: &str) -> Vec<u8> {
    format!("{HEAD}{body}</Invoice>").into_bytes()
}

#[test]
fn attacks_get_an_answer_in_time() {
    let entities =
        "<!DOCTYPE x [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    let many_attributes: String = (0..100_000).map(|i| format!(" a{i}=\"\"")).collect();
    let declarations: String = (0..100_000)
        .map(|i| format!(" xmlns:n{i}=\"urn:{i}\""))
        .collect();
    let megabytes = "x".repeat(10_000_000);
    let line = "<cac:InvoiceLine><cbc:ID>1</cbc:ID><cac:AllowanceCharge/><cac:Item><cac:ClassifiedTaxCategory>\
        <cbc:ID>S</cbc:ID></cac:ClassifiedTaxCategory></cac:Item></cac:InvoiceLine>";
    let taxes = "<cac:TaxTotal><cac:TaxSubtotal><cac:TaxCategory><cbc:ID>S</cbc:ID></cac:TaxCategory>\
        </cac:TaxSubtotal></cac:TaxTotal>";
    let payees =
        "<cac:PayeeParty><cac:PartyName><cbc:Name>n</cbc:Name></cac:PartyName></cac:PayeeParty>";
    let currencies = "<cbc:DocumentCurrencyCode>RON</cbc:DocumentCurrencyCode>";
    let cases: [(&str, Vec<u8>, bool); 18] = [
        ("many payees", wrap(&payees.repeat(50_000)), true),
        ("many currencies", wrap(&currencies.repeat(100_000)), true),
        ("deep nesting", "<a>".repeat(1_000_000).into_bytes(), false),
        (
            "deep in an invoice",
            wrap(&format!(
                "{}{}",
                "<cac:Party>".repeat(200),
                "</cac:Party>".repeat(200)
            )),
            true,
        ),
        (
            "entity bomb",
            format!("{entities}<a>&b;</a>").into_bytes(),
            false,
        ),
        (
            "external entity",
            b"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>".to_vec(),
            false,
        ),
        (
            "10 MB attribute",
            wrap(&format!("<cbc:ID schemeID=\"{megabytes}\">1</cbc:ID>")),
            true,
        ),
        (
            "larger attribute",
            wrap(&format!("<cbc:ID schemeID=\"{megabytes}x\">1</cbc:ID>")),
            false,
        ),
        (
            "10 MB text",
            wrap(&format!("<cbc:ID>{megabytes}</cbc:ID>")),
            true,
        ),
        (
            "10 MB of digits",
            wrap(&format!(
                "<cbc:DocumentCurrencyCode>RON</cbc:DocumentCurrencyCode><cac:LegalMonetaryTotal><cbc:PayableAmount>{}</cbc:PayableAmount></cac:LegalMonetaryTotal>",
                "9".repeat(10_000_000)
            )),
            true,
        ),
        ("10 MB name", format!("<{megabytes}/>").into_bytes(), false),
        (
            "100,000 attributes",
            wrap(&format!("<cbc:ID{many_attributes}>1</cbc:ID>")),
            false,
        ),
        (
            "100,000 declarations",
            wrap(&format!("<cbc:ID{declarations}>1</cbc:ID>")),
            false,
        ),
        (
            "a million comments",
            wrap(&"<!---->".repeat(1_000_000)),
            true,
        ),
        (
            "references",
            wrap(&format!("<cbc:ID>{}</cbc:ID>", "&#x41;".repeat(1_000_000))),
            true,
        ),
        ("strange elements", wrap(&"<y/>".repeat(50_000)), true),
        ("many lines", wrap(&line.repeat(5_000)), true),
        (
            "many totals",
            wrap(&format!("{}{}", taxes.repeat(3_000), line)),
            true,
        ),
    ];
    for (name, xml, well_formed) in cases {
        let start = Instant::now();
        let report = validate(&xml);
        let took = start.elapsed();
        assert!(took < PATIENCE, "{name}: {took:?}");
        assert_eq!(
            report.is_well_formed(),
            well_formed,
            "{name}: {:?}",
            report.findings().first()
        );
        assert!(!report.is_accepted(), "{name}");
        let longest = report
            .findings()
            .iter()
            .map(|f| f.text_en().len() + f.location().path().len())
            .max();
        assert!(
            longest < Some(20_000),
            "{name}: a finding of {longest:?} bytes"
        );
    }
}

#[test]
fn the_report_names_what_is_refused() {
    let report = validate(b"<!DOCTYPE Invoice><Invoice/>");
    let [finding] = report.findings() else {
        panic!("{report}")
    };
    assert_eq!(
        (finding.kind(), finding.id()),
        (FindingKind::NotWellFormed, "XML")
    );
    assert!(finding.text_en().contains("DOCTYPE") && finding.text_ro().contains("DOCTYPE"));
    assert!(!report.schema_valid());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes_get_a_report(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(!validate(&bytes).is_accepted());
    }

    #[test]
    fn damaged_documents_get_a_report(
        which in any::<prop::sample::Index>(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0usize..40), 1..6),
    ) {
        let mut xml = which.get(&DOCUMENTS).clone();
        for (place, byte, cut) in edits {
            let at = place.index(xml.len().max(1)).min(xml.len());
            let end = (at + cut).min(xml.len());
            xml.splice(at..end, [byte]);
        }
        let report = validate(&xml);
        prop_assert_eq!(report.findings().len(), report.fatal_count() + report.warning_count());
        prop_assert_eq!(report.is_well_formed() && report.schema_valid(), report.schema_valid());
        let _ = report.to_string();
    }
}
