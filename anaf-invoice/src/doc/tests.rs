use super::*;

const INVOICE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <b:ID>F&amp;1</b:ID>
  <cac:InvoiceLine><b:ID>1</b:ID><b:Note>a<!-- x -->b</b:Note></cac:InvoiceLine>
  <cac:InvoiceLine><b:ID>2</b:ID><b:LineExtensionAmount currencyID="R&#79;N">1<![CDATA[0&]]>&#48;</b:LineExtensionAmount>
  <x:y xmlns:x="urn:x" x:z="1"/></cac:InvoiceLine>
</Invoice>"#;

#[test]
fn an_invoice_can_be_walked() {
    let doc = Doc::parse(INVOICE.as_bytes()).unwrap();
    let root = doc.root();
    assert_eq!(doc.name(root), name::INV_INVOICE);
    assert_eq!(doc.parent(root), None);
    let id = doc.child(root, name::CBC_ID).unwrap();
    assert_eq!(doc.text(id), "F&1");
    assert_eq!(doc.qualified_name(id), "b:ID");
    let lines: Vec<_> = doc.children_named(root, name::CAC_INVOICE_LINE).collect();
    assert_eq!(lines.len(), 2);
    let note = doc.child(lines[0], name::CBC_NOTE).unwrap();
    assert_eq!((doc.text(note).as_ref(), doc.text_nodes(note)), ("ab", 2));
    let amount = doc
        .child(lines[1], name::CBC_LINE_EXTENSION_AMOUNT)
        .unwrap();
    assert_eq!(
        (doc.text(amount).as_ref(), doc.text_nodes(amount)),
        ("10&0", 1)
    );
    assert_eq!(doc.attr(amount, attr::CURRENCY_ID).unwrap(), "RON");
    assert_eq!(
        doc.xpath(amount),
        "/Invoice/cac:InvoiceLine[2]/cbc:LineExtensionAmount"
    );
    assert_eq!(doc.line_column(amount), (7, 34));
    assert_eq!(doc.parent(amount), Some(lines[1]));
    let other = doc.children(lines[1]).last().unwrap();
    assert_eq!(
        (
            doc.name(other),
            doc.local_name(other),
            doc.namespace_uri(other)
        ),
        (Name::OTHER, "y", "urn:x")
    );
    assert_eq!(doc.xpath(other), "/Invoice/cac:InvoiceLine[2]/x:y");
    assert!(doc.attr(other, AttrName::OTHER).is_some());
    assert_eq!(doc.text(lines[0]), "1ab");
    assert_eq!(doc.text_nodes(root), 4);
}

#[test]
fn every_encoding_reads_the_same() {
    let text = "<?xml version='1.0' encoding='ENC'?><a>ș é</a>";
    let utf16 = |swap: bool| -> Vec<u8> {
        let order = |u: u16| {
            if swap {
                u.to_be_bytes()
            } else {
                u.to_le_bytes()
            }
        };
        "\u{FEFF}<a>ș é</a>"
            .encode_utf16()
            .flat_map(order)
            .collect()
    };
    let latin10 = |name: &str| -> Vec<u8> {
        let head = text.replace("ENC", name);
        head.chars()
            .map(|c| match c {
                'ș' => 0xBA,
                'é' => 0xE9,
                c => c as u8,
            })
            .collect()
    };
    for bytes in [
        text.replace("ENC", "utf-8").into_bytes(),
        format!("\u{FEFF}{}", text.replace("ENC", "ISO-8859-1")).into_bytes(),
        utf16(false),
        utf16(true),
        latin10("ISO-8859-16"),
    ] {
        let doc = Doc::parse(&bytes).unwrap();
        assert_eq!(doc.text(doc.root()), "ș é");
    }
}

#[test]
fn what_is_not_xml_is_refused_with_a_place() {
    use XmlErrorKind as K;
    let long = format!("<a b='{}'/>", "x".repeat(10_000_001));
    let many = format!(
        "<a {}/>",
        (0..2000).map(|i| format!("a{i}='' ")).collect::<String>()
    );
    let deep = "<a>".repeat(300);
    type Case<'t> = (&'t str, fn(&K) -> bool, (u32, u32));
    let cases: [Case<'_>; 26] = [
        ("", |k| *k == K::Empty, (1, 1)),
        (
            "<a>\n <b></a>",
            |k| matches!(k, K::MismatchedTag { .. }),
            (2, 5),
        ),
        ("<a><b>", |k| *k == K::Unclosed("b".into()), (1, 7)),
        ("<a/>x", |k| *k == K::OutsideRoot, (1, 5)),
        ("<a/><b/>", |k| *k == K::OutsideRoot, (1, 5)),
        (
            "<a>&nbsp;</a>",
            |k| *k == K::UnknownEntity("nbsp".into()),
            (1, 4),
        ),
        ("<a>A & B</a>", |k| *k == K::BadReference, (1, 6)),
        ("<a>&#0;</a>", |k| *k == K::BadReference, (1, 4)),
        ("<a>\u{1}</a>", |k| *k == K::IllegalCharacter(1), (1, 4)),
        (
            "<a>\u{FFFE}</a>",
            |k| *k == K::IllegalCharacter(0xFFFE),
            (1, 4),
        ),
        (
            "<a b='1' b='2'/>",
            |k| *k == K::DuplicateAttribute("b".into()),
            (1, 10),
        ),
        (
            "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>",
            |k| *k == K::DuplicateAttribute("q:b".into()),
            (1, 36),
        ),
        ("<p:a/>", |k| *k == K::UndeclaredPrefix("p".into()), (1, 2)),
        (
            "<a p:b=''/>",
            |k| *k == K::UndeclaredPrefix("p".into()),
            (1, 4),
        ),
        (
            "<a xmlns:p=''/>",
            |k| *k == K::BadNamespace("xmlns:p".into()),
            (1, 4),
        ),
        ("<!DOCTYPE a><a/>", |k| *k == K::Doctype, (1, 1)),
        ("<a b=\"<\"/>", |k| matches!(k, K::Syntax(_)), (1, 7)),
        ("<a>]]></a>", |k| matches!(k, K::Syntax(_)), (1, 4)),
        ("<a><!-- -- --></a>", |k| matches!(k, K::Syntax(_)), (1, 9)),
        (
            " <?xml version='1.0'?><a/>",
            |k| matches!(k, K::Syntax(_)),
            (1, 2),
        ),
        ("<a b=c/>", |k| matches!(k, K::Syntax(_)), (1, 6)),
        ("<1a/>", |k| matches!(k, K::Syntax(_)), (1, 1)),
        (
            "<?xml version='1.0' encoding='EBCDIC-CP-US'?><a/>",
            |k| matches!(k, K::UnsupportedEncoding(_)),
            (1, 1),
        ),
        (&long, |k| matches!(k, K::TooLarge { .. }), (1, 6)),
        (&many, |k| matches!(k, K::TooLarge { .. }), (1, 8118)),
        (&deep, |k| matches!(k, K::TooLarge { .. }), (1, 769)),
    ];
    for (text, expected, place) in cases {
        let shown: String = text.chars().take(60).collect();
        let error = Doc::parse(text.as_bytes()).expect_err(&shown);
        assert!(expected(error.kind()), "{shown}: {error:?}");
        assert_eq!((error.line(), error.column()), place, "{shown}: {error:?}");
        assert!(!error.text_ro().is_empty() && !error.text_en().is_empty());
    }
    assert!(Doc::parse(b"<a>\xFF</a>").is_err());
}

#[test]
fn text_is_decoded_as_xpath_sees_it() {
    for (xml, text, nodes) in [
        ("<a>x\r\ny\rz</a>", "x\ny\nz", 1),
        ("<a>&lt;&#x1F600;&#13;</a>", "<😀\r", 1),
        ("<a><![CDATA[]]></a>", "", 0),
        ("<a>x<![CDATA[]]>y</a>", "xy", 1),
        ("<a>x<?p i?>y<b>z</b>w</a>", "xyzw", 3),
        ("<a></a>", "", 0),
        ("<a/>", "", 0),
    ] {
        let doc = Doc::parse(xml.as_bytes()).unwrap();
        assert_eq!(
            (doc.text(doc.root()).as_ref(), doc.text_nodes(doc.root())),
            (text, nodes),
            "{xml}"
        );
    }
    let doc = Doc::parse(b"<a b='x\r\n\ty&#10;&amp;'/>").unwrap();
    assert_eq!(doc.attr_value(&doc.attributes(doc.root())[0]), "x  y\n&");
}

proptest::proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "[<>/a:='\" &;#x!\\[\\]?-]{0,60}") {
        let _ = Doc::parse(text.as_bytes());
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let _ = Doc::parse(&bytes);
    }
}
