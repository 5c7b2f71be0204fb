//! The same invoice as different programs write it, and bytes that nobody should have written.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use anaf_invoice::XmlErrorKind;
use anaf_invoice::build::{InvoiceBuilder, Line};
use anaf_invoice::codes::{County, Sector, Unit};
use anaf_invoice::model::{Invoice, LineVat, Party, PostalAddress};
use anaf_invoice::ubl::{KeptAside, ReadError, ReadProblem, WriteError, from_xml};
use jiff::civil::date;
use proptest::prelude::*;

fn invoice() -> Invoice {
    let seller = Party::vat_payer(
        "Exemplu & Fiii SRL",
        &"12345674".parse().unwrap(),
        PostalAddress::bucharest(&Sector::Sector1, "Str. Exemplului nr. 1"),
    );
    let buyer = Party::vat_payer(
        "Client Model SA",
        &"98765438".parse().unwrap(),
        PostalAddress::romanian(&County::Iasi, "Iași", "Str. Model nr. 2"),
    );
    InvoiceBuilder::invoice("EX-1", date(2026, 3, 2), seller, buyer)
        .due(date(2026, 4, 1))
        .line(Line::new(
            "Țeavă",
            3,
            Unit::METRE,
            40,
            LineVat::standard(21),
        ))
        .build()
        .unwrap()
        .into_agreed()
        .unwrap()
}

fn xml() -> String {
    String::from_utf8(invoice().to_xml().unwrap()).unwrap()
}

#[test]
fn one_invoice_in_many_spellings() {
    let plain = xml();
    let prefixed = plain
        .replace("cac:", "agg:")
        .replace("xmlns:cac", "xmlns:agg")
        .replace("cbc:", "b:")
        .replace("xmlns:cbc", "xmlns:b")
        .replace("<Invoice xmlns=", "<ubl:Invoice xmlns:ubl=")
        .replace("</Invoice>", "</ubl:Invoice>");
    let commented = plain
        .replace("<cbc:Name>", "<!-- <cbc:Name>x</cbc:Name> --><cbc:Name>")
        .replace("<cac:Item>", "<?target data?><cac:Item>");
    let sections = plain
        .replace(
            "Exemplu &amp; Fiii SRL",
            "<![CDATA[Exemplu & Fiii]]> S&#82;L",
        )
        .replace("2026-03-02", "&#x32;026-03-02");
    let unindented: String = plain.lines().map(str::trim_start).collect();
    let spread = plain.replace("120.00", "\n    120.00\t");
    let declared_late = declare_on_every_leaf(&plain);
    for (name, text) in [
        ("prefixes", &prefixed),
        ("comments", &commented),
        ("CDATA and references", &sections),
        ("no indentation", &unindented),
        ("white space around numbers", &spread),
        ("declarations on the leaves", &declared_late),
    ] {
        let read = from_xml(text.as_bytes()).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(read.invoice, invoice(), "{name}");
        assert_eq!((read.extras, read.issues), (vec![], vec![]), "{name}");
    }
}

/// Moves the declaration of `cbc` from the root to each element that uses it.
fn declare_on_every_leaf(text: &str) -> String {
    const DECLARATION: &str =
        " xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\"";
    let mut out = String::new();
    for (at, piece) in text.replacen(DECLARATION, "", 1).split("<cbc:").enumerate() {
        if at > 0 {
            let end = piece.find([' ', '>']).unwrap();
            out += &format!("<cbc:{}{DECLARATION}{}", &piece[..end], &piece[end..]);
        } else {
            out += piece;
        }
    }
    out
}

#[test]
fn one_invoice_in_many_encodings() {
    let plain = xml();
    let utf16 = |little: bool| -> Vec<u8> {
        let text = format!("\u{FEFF}{}", plain.replace("UTF-8", "UTF-16"));
        let unit = |u: u16| {
            if little {
                u.to_le_bytes()
            } else {
                u.to_be_bytes()
            }
        };
        text.encode_utf16().flat_map(unit).collect()
    };
    let with_mark = format!("\u{FEFF}{plain}").into_bytes();
    for bytes in [with_mark, utf16(true), utf16(false)] {
        let read = from_xml(&bytes).unwrap();
        assert_eq!(read.invoice, invoice());
        assert_eq!(read.raw, bytes);
    }
}

#[test]
fn what_the_model_does_not_name_is_kept() {
    let extended = xml()
        .replace(
            "  <cbc:CustomizationID>",
            "  <ext:UBLExtensions xmlns:ext=\"urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2\">\
             <ext:UBLExtension><ext:ExtensionContent><x xmlns=\"urn:x\">1</x></ext:ExtensionContent></ext:UBLExtension>\
             </ext:UBLExtensions>\n  <cbc:UBLVersionID>2.1</cbc:UBLVersionID>\n  <cbc:CustomizationID>",
        )
        .replace(
            "<cbc:InvoiceTypeCode>",
            "<cbc:InvoiceTypeCode listID=\"UNCL1001\">",
        )
        .replace(
            "<cbc:DueDate>2026-04-01</cbc:DueDate>",
            "<cbc:DueDate>2026-04-01</cbc:DueDate><cbc:DueDate>2026-05-01</cbc:DueDate>",
        )
        .replace("<cac:Price>", "<cac:Price x=\"&lt;&quot;1&quot;\">");
    let read = from_xml(extended.as_bytes()).unwrap();
    assert_eq!(read.invoice, invoice());
    let kept: Vec<_> = read
        .extras
        .iter()
        .map(|extra| (extra.location.path(), extra.why, extra.xml.as_str()))
        .collect();
    assert_eq!(kept.len(), 5, "{kept:?}");
    assert_eq!(kept[0].0, "/Invoice/ext:UBLExtensions");
    assert!(
        kept[0].2.starts_with("<ext:UBLExtensions") && kept[0].2.ends_with("</ext:UBLExtensions>")
    );
    assert_eq!(
        kept[1..],
        [
            (
                "/Invoice/cbc:UBLVersionID",
                KeptAside::NotInModel,
                "<cbc:UBLVersionID>2.1</cbc:UBLVersionID>"
            ),
            (
                "/Invoice/cbc:DueDate[2]",
                KeptAside::Repeated,
                "<cbc:DueDate>2026-05-01</cbc:DueDate>"
            ),
            (
                "/Invoice/cbc:InvoiceTypeCode",
                KeptAside::Attribute,
                "listID=\"UNCL1001\""
            ),
            (
                "/Invoice/cac:InvoiceLine/cac:Price",
                KeptAside::Attribute,
                "x=\"&lt;&quot;1&quot;\""
            ),
        ]
    );
    assert_eq!(read.issues, []);
    assert_eq!(read.extras[1].location.line(), 4);
}

#[test]
fn what_is_wrong_is_named_with_its_term_and_place() {
    let plain = xml();
    let cases = [
        (
            plain.replace("<cbc:ID>EX-1</cbc:ID>", ""),
            "BT-1",
            ReadProblem::Missing,
        ),
        (
            plain.replace(
                "2026-03-02</cbc:IssueDate>",
                "2026-03-02+02:00</cbc:IssueDate>",
            ),
            "BT-2",
            ReadProblem::Adapted {
                text: "2026-03-02+02:00".to_owned(),
            },
        ),
        (
            plain.replace(">145.20</cbc:PayableAmount>", ">145,20</cbc:PayableAmount>"),
            "BT-115",
            ReadProblem::Unreadable {
                text: "145,20".to_owned(),
            },
        ),
        (
            plain.replace(
                "<cbc:PriceAmount currencyID=\"RON\">",
                "<cbc:PriceAmount currencyID=\"EUR\">",
            ),
            "BT-146",
            ReadProblem::OtherCurrency {
                currency: "EUR".to_owned(),
            },
        ),
        (
            plain.replace(" unitCode=\"MTR\"", ""),
            "BT-130",
            ReadProblem::Missing,
        ),
    ];
    for (text, term, problem) in cases {
        let read = from_xml(text.as_bytes()).unwrap();
        let [issue] = &read.issues[..] else {
            panic!("{term}: {:?}", read.issues);
        };
        assert_eq!((issue.term, &issue.problem), (term, &problem));
        assert!(read.into_complete().is_err());
    }
    let whole = from_xml(plain.as_bytes()).unwrap().into_complete().unwrap();
    assert_eq!(whole, invoice());
}

#[test]
fn what_is_no_invoice_is_refused_with_a_reason() {
    let error = from_xml(b"<Invoice xmlns=\"urn:other\"/>").unwrap_err();
    assert_eq!(
        error,
        ReadError::NotAnInvoice {
            root: "Invoice".to_owned(),
            namespace: "urn:other".to_owned()
        }
    );
    let broken = xml().replace("</cac:Party>", "</cac:Parti>");
    match from_xml(broken.as_bytes()) {
        Err(ReadError::Xml(error)) => {
            assert!(matches!(error.kind(), XmlErrorKind::MismatchedTag { .. }));
            assert!(error.line() > 10, "{error}");
        }
        other => panic!("{other:?}"),
    }
    let bomb = "<!DOCTYPE a [<!ENTITY b \"x\">]>".to_owned() + &xml();
    assert!(matches!(from_xml(bomb.as_bytes()), Err(ReadError::Xml(_))));
    assert!(matches!(from_xml(b""), Err(ReadError::Xml(_))));
    let deep = "<a>".repeat(200_000);
    assert!(matches!(from_xml(deep.as_bytes()), Err(ReadError::Xml(_))));
}

#[test]
fn characters_that_xml_forbids_are_refused() {
    let mut invoice = invoice();
    invoice.lines[0].item.name = "bell \u{7}".to_owned();
    assert_eq!(
        invoice.to_xml(),
        Err(WriteError::IllegalCharacter {
            location: "/Invoice/cac:InvoiceLine/cac:Item/cbc:Name".to_owned(),
            character: '\u{7}'
        })
    );
}

/// Cost grows with the document, not with the square of what is wrong in it.
#[test]
fn floods_are_read_in_one_pass() {
    let unknown = "<x a='1'/>".repeat(100_000);
    let lines = "<cac:InvoiceLine/>".repeat(20_000);
    let repeated = "<cbc:DueDate>2026-04-01</cbc:DueDate>".repeat(20_000);
    let text = xml()
        .replace("<cbc:ID>EX-1", &format!("{unknown}{repeated}<cbc:ID>EX-1"))
        .replace("</Invoice>", &format!("{lines}</Invoice>"));
    let read = from_xml(text.as_bytes()).unwrap();
    assert_eq!(read.invoice.lines.len(), 20_001);
    assert_eq!(read.extras.len(), 100_000 + 20_000);
    assert_eq!(read.issues.len(), 20_000 * 5);
}

proptest! {
    /// Whatever happens to a document on its way, reading gives an invoice or a typed error.
    #[test]
    fn damaged_documents_never_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 1..20),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = xml().into_bytes();
        for (at, byte, how) in edits {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                _ => bytes.insert(at, b"<>&\"/= \n"[usize::from(byte % 8)]),
            }
        }
        if bytes.len().is_multiple_of(3) {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(read) = from_xml(&bytes) {
            let written = read.invoice.to_xml().unwrap();
            prop_assert_eq!(from_xml(&written).unwrap().invoice, read.invoice);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = from_xml(&bytes);
    }
}
