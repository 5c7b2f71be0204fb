use super::simple::trim;
use super::*;
use crate::schema::model::Simple;

fn findings(xml: &str) -> Vec<String> {
    let doc = Doc::parse(xml.as_bytes()).unwrap();
    let mut sink = Sink::default();
    check(&doc, &mut sink);
    sink.into_report(&doc)
        .findings()
        .iter()
        .map(|f| format!("{} {}", f.location().path(), f.text_en()))
        .collect()
}

#[test]
fn values_follow_their_types() {
    let cases: [(Simple, &[&str], &[&str]); 10] = [
        (
            Simple::Decimal,
            &["1", " 1.5\n", "+.5", "5.", "-0010.00"],
            &["", ".", "1e2", "1,5", "--1", "1 2", "NaN"],
        ),
        (Simple::Integer, &["1", "-07"], &["", "1.0", "+"]),
        (Simple::Boolean, &["true", " 0 "], &["TRUE", "yes", ""]),
        (
            Simple::Date,
            &[
                "2024-02-29",
                "2024-06-01Z",
                "2024-06-01+14:00",
                "12024-06-01",
                "-0001-01-01",
            ],
            &[
                "2023-02-29",
                "2024-6-1",
                " 2024-06-01",
                "2024-06-01+14:01",
                "0000-01-01",
                "02024-01-01",
                "",
            ],
        ),
        (
            Simple::Time,
            &["24:00:00", "23:59:59.5", "00:00:00Z"],
            &["24:00:01", "23:60:00", "12:00", "12:00:00."],
        ),
        (
            Simple::DateTime,
            &["2024-06-01T12:00:00"],
            &["2024-06-01", "2024-06-01 12:00:00"],
        ),
        (
            Simple::Base64,
            &["", "QQ==", "QU I=", "QUJD", "é"],
            &["Q", "QQ=", "QR==", "QQ==QQ==", "Q=Q="],
        ),
        (
            Simple::AnyUri,
            &[
                "",
                "http://x/y?z#w",
                "urn:a:b",
                "a b",
                "ș",
                "//[]",
                "http://h:2147483647",
            ],
            &[
                "http://a:x",
                "%zz",
                ":a",
                "[x]",
                "a?[b]",
                "#f#g",
                "http://h:2147483648",
            ],
        ),
        (
            Simple::Language,
            &["ro", "en-GB"],
            &["", "ro_RO", "123", "abcdefghi"],
        ),
        (Simple::Id, &["a", " _b "], &["1", "a:b", ""]),
    ];
    for (simple, good, bad) in cases {
        for text in good {
            assert!(simple.accepts(text), "{simple:?} {text:?}");
        }
        for text in bad {
            assert!(!simple.accepts(text), "{simple:?} {text:?}");
        }
    }
    assert_eq!(trim("\u{A0} x "), "\u{A0} x");
}

#[test]
fn the_tables_are_consistent() {
    for (number, row) in TYPES.iter().enumerate() {
        assert!(usize::from(row.base) < TYPES.len());
        assert_eq!(row.has_required, row.attributes.iter().any(|a| a.required));
        let mut steps = 0;
        let mut base = row.base;
        while base != ANY {
            base = type_row(base).base;
            steps += 1;
            assert!(steps < 10, "type {number} derives from itself");
        }
        if let Content::Sequence(particles) = row.content {
            assert!(
                particles
                    .iter()
                    .all(|p| usize::from(p.kind) < TYPES.len() && !p.name.local().is_empty())
            );
        }
    }
}

#[test]
fn findings_name_what_was_found_and_expected() {
    let wrap = |body: &str| {
        format!(
            "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2' \
             xmlns:cac='urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2' \
             xmlns:cbc='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'>{body}</Invoice>"
        )
    };
    let found = findings(&wrap(
        "<cbc:ID>1</cbc:ID><cbc:UBLVersionID>2.1</cbc:UBLVersionID><cbc:IssueDate>x</cbc:IssueDate><a/>t",
    ));
    let wanted = [
        "/Invoice Invoice holds elements and may have no text of its own.",
        "/Invoice Invoice has no cac:AccountingSupplierParty, which is required.",
        "/Invoice/cbc:UBLVersionID cbc:UBLVersionID is out of order: the schema wants it before cbc:ID.",
        "/Invoice/cbc:IssueDate cbc:IssueDate is \"x\"; expected a date such as 2024-06-30.",
        "/Invoice/a a (namespace urn:oasis:names:specification:ubl:schema:xsd:Invoice-2) does not belong here; expected: cbc:IssueTime",
    ];
    for text in wanted {
        assert!(
            found.iter().any(|f| f.starts_with(text)),
            "{text}\n{found:#?}"
        );
    }
    assert_eq!(
        findings("<x/>"),
        ["/x The root element is x (in no namespace); expected Invoice or CreditNote of UBL 2."]
    );
}
