//! What is well-formed, and in which encodings: the verdicts are libxml2's (2.14), taken down one by one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it is wrong"
)]

use anaf_etransport::validate;

const ROOT: &str =
    r#"<eTransport xmlns="mfp:anaf:dgti:eTransport:declaratie:v2" codDeclarant="94013459">"#;
const BODY: &str = r#"<stergere uit="0123456789ACDE94"/></eTransport>"#;

/// The id of the first finding against the schema, or nothing.
fn verdict(bytes: &[u8]) -> &'static str {
    validate(bytes)
        .schema_findings()
        .first()
        .map_or("", |finding| finding.id)
}

#[track_caller]
fn judged(cases: &[(&str, &str)], document: impl Fn(&str) -> String) {
    for (case, expected) in cases {
        assert_eq!(verdict(document(case).as_bytes()), *expected, "{case}");
    }
}

#[test]
fn namespace_names_are_uri_references() {
    let (good, bad) = ("", "XML-PREFIX");
    let cases = [
        ("urn:x", good),
        ("rel", good),
        ("../x#f", good),
        ("a%41", good),
        ("http://a:80/b?c", good),
        ("file:///c:/x", good),
        ("a b", bad),
        ("%zz", bad),
        ("a%", bad),
        (":x", bad),
        ("1a:b", bad),
        ("#f#g", bad),
        ("[a]", bad),
        ("a|b", bad),
        ("a\\b", bad),
        ("{x}", bad),
        ("ș", bad),
        ("http://a:b", bad),
        ("http://a:99999999999", bad),
        ("", bad),
        ("mfp:anaf:dgti:eTransport:declaratie:v2 ", bad),
        ("http://www.w3.org/XML/1998/namespace", bad),
        ("http://www.w3.org/2000/xmlns/", bad),
    ];
    judged(&cases, |uri| {
        format!(
            "{}{BODY}",
            ROOT.replace('>', &format!(" xmlns:p=\"{uri}\">"))
        )
    });
}

#[test]
fn document_types_that_declare_nothing() {
    let (good, bad) = ("", "XML-DOCTYPE");
    let cases = [
        ("<!DOCTYPE eTransport>", good),
        ("<!DOCTYPE e:T >", good),
        ("<!DOCTYPE eTransport SYSTEM 'a'>", good),
        ("<!DOCTYPE eTransport PUBLIC \"a\" \"b\">", good),
        ("<!DOCTYPE eTransport[ ]>", good),
        ("<!DOCTYPEeTransport>", bad),
        ("<!DOCTYPE 1>", bad),
        ("<!DOCTYPE eTransport x>", bad),
        ("<!DOCTYPE eTransport SYSTEM>", bad),
        ("<!DOCTYPE eTransport PUBLIC \"a\">", bad),
        ("<!DOCTYPE eTransport PUBLIC \"{\" \"b\">", bad),
        // Here libxml2 would go on; whoever declares entities does not declare a transport.
        ("<!DOCTYPE eTransport [<!ENTITY a \"x\">]>", bad),
    ];
    judged(&cases, |doctype| format!("{doctype}{ROOT}{BODY}"));
}

#[test]
fn declarations_and_other_markup() {
    let (good, declaration, syntax) = ("", "XML-DECLARATION", "XML-SYNTAX");
    let cases = [
        ("<?xml version='1.'?>", good),
        ("<?xml version = \"1.1\"  standalone='yes' ?>", good),
        ("<?xml version=\"1.0\" encoding='utf8'?>", good),
        ("<?xml version=\"1.0\" encoding=\" UTF-8\"?>", declaration),
        ("<?xml version=\"1.0\" encoding=\"\"?>", declaration),
        ("<?xml version=\"1.0\"encoding=\"UTF-8\"?>", declaration),
        ("<?xml version=\"2.0\"?>", declaration),
        ("<?xml version=\"1.0\" standalone=\"maybe\"?>", declaration),
        (
            "<?xml version=\"1.0\" standalone=\"yes\" encoding=\"UTF-8\"?>",
            declaration,
        ),
        ("<?xml encoding=\"UTF-8\"?>", declaration),
        (" <?xml version=\"1.0\"?>", declaration),
        ("<!---->", good),
        ("<!-- a - b -->", good),
        ("<!-- a -- b -->", syntax),
        ("<!-- a --->", syntax),
        ("<?p?>", good),
        ("<?p ??>", good),
        ("<?p?a?>", syntax),
        ("<?a:b c?>", syntax),
        ("<?XML c?>", syntax),
    ];
    judged(&cases, |head| format!("{head}{ROOT}{BODY}"));
}

#[test]
fn the_first_bytes_tell_the_encoding_before_the_declaration_does() {
    let document =
        |encoding: &str| format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>{ROOT}{BODY}");
    let wide =
        |text: &str, unit: fn(char) -> Vec<u8>| text.chars().flat_map(unit).collect::<Vec<_>>();
    let utf16: fn(char) -> Vec<u8> = |c| (c as u16).to_le_bytes().to_vec();
    let utf32: fn(char) -> Vec<u8> = |c| (c as u32).to_be_bytes().to_vec();
    let with_mark = |text: &str| format!("\u{feff}{text}");
    let (good, bad) = ("", "XML-ENCODING");
    let cases = [
        (
            "UTF-16 with a mark",
            wide(&with_mark(&document("x")), utf16),
            good,
        ),
        ("UTF-16 by `<?`", wide(&document("ISO-8859-1"), utf16), good),
        (
            "UTF-32 with a mark",
            wide(&with_mark(&document("UTF-8")), utf32),
            good,
        ),
        ("UTF-32 by `<`", wide(&format!("{ROOT}{BODY}"), utf32), good),
        (
            "UTF-16 without either",
            wide(&format!("{ROOT}{BODY}"), utf16),
            "XML-CHARACTER",
        ),
        (
            "a mark before any name",
            with_mark(&document("EBCDIC-CP-US")).into_bytes(),
            good,
        ),
        ("UTF-16 by name alone", document("UTF-16").into_bytes(), bad),
        ("an unknown name", document("x").into_bytes(), bad),
        ("ISO 8859-16", document("ISO-8859-16").into_bytes(), good),
        (
            "half a UTF-16 unit",
            wide(&with_mark(&document("x")), utf16)[1..].to_vec(),
            bad,
        ),
    ];
    for (case, bytes, expected) in cases {
        assert_eq!(verdict(&bytes), expected, "{case}");
    }
}

/// Every byte above ASCII, in the encodings that Romanian programs write, as the standards print it.
#[test]
fn one_byte_encodings() {
    let cases = [
        ("US-ASCII", 0xFE, None),
        ("ISO-8859-1", 0xFE, Some('þ')),
        ("ISO-8859-2", 0xFE, Some('ţ')),
        ("latin2", 0xE3, Some('ă')),
        ("ISO-8859-15", 0xA4, Some('€')),
        ("ISO-8859-16", 0xFE, Some('ț')),
        ("windows-1250", 0xBA, Some('ş')),
        ("windows-1250", 0x81, None),
        ("CP1252", 0x80, Some('€')),
        ("windows-1251", 0xC6, Some('Ж')),
        ("ISO-8859-12", 0xFE, None),
    ];
    for (encoding, byte, letter) in cases {
        let head = format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>");
        let root = ROOT.replace('>', " refDeclarant=\"");
        let bytes = [
            head.as_bytes(),
            root.as_bytes(),
            &[byte],
            b"\">",
            BODY.as_bytes(),
        ]
        .concat();
        let reference = anaf_etransport::Declaration::read(&bytes)
            .ok()
            .map(|declaration| declaration.reference.unwrap());
        assert_eq!(reference, letter.map(String::from), "{encoding}");
    }
}
