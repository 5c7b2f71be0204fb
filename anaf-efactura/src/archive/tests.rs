//! Archives as ANAF makes them, and as it should not.

use std::io::Write;

use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;

const SIGNATURE: &str = r#"<?xml version="1.0"?><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>"#;
const INVOICE: &str =
    r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>"#;

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn usual() -> Vec<u8> {
    zip(&[
        ("3828.xml", INVOICE.as_bytes()),
        ("semnatura_3828.xml", SIGNATURE.as_bytes()),
    ])
}

fn rejected(errors: &[&str]) -> Archive {
    let errors: String = errors
        .iter()
        .map(|e| format!(r#"<Error errorMessage="{e}"/>"#))
        .collect();
    let document = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><header xmlns="mfp:anaf:dgti:efactura:mesajEroriFactuta:v1" Index_incarcare="3828" Cif_emitent="47024170">{errors}</header>"#
    );
    Archive::parse(zip(&[
        ("semnatura_3828.xml", SIGNATURE.as_bytes()),
        ("3828.xml", document.as_bytes()),
    ]))
    .unwrap()
}

#[test]
fn the_two_entries_are_told_apart_by_content() {
    let document = ("3828.xml", INVOICE.as_bytes());
    let signature = ("semnatura_3828.xml", SIGNATURE.as_bytes());
    let swapped = [
        ("semnatura_3828.xml", INVOICE.as_bytes()),
        ("3828.xml", SIGNATURE.as_bytes()),
    ];
    for entries in [[document, signature], [signature, document], swapped] {
        let archive = Archive::parse(zip(&entries)).unwrap();
        assert_eq!(archive.document().bytes(), INVOICE.as_bytes());
        assert_eq!(archive.signature().bytes(), SIGNATURE.as_bytes());
        assert_eq!(archive.content(), &Content::Invoice);
    }
    let archive = Archive::parse(zip(&[document, signature])).unwrap();
    assert_eq!(archive.index(), Some(3828.into()));
    assert_eq!(archive.zip(), zip(&[document, signature]));
    assert!(archive.others().is_empty());
}

#[test]
fn a_rejection_is_read_in_both_grammars() {
    let archive = rejected(&[
        "E: validari globale&#xA; eroare regula: R6.1: CIF-ul vanzatorului nu figureaza in baza de date:6443019833",
        "tipAssert=FailedAssert; codEroare=BR-RO-110; localizareEroare=/Invoice; textEroare=[BR-RO-110]-Una #One; expresieValidata=x &lt; y || tipAssert=FailedAssert; codEroare=BR-RO-120; localizareEroare=/Invoice/b; textEroare=[BR-RO-120]-Alta #Other; expresieValidata=z",
    ]);
    let rejection = archive.rejection().unwrap();
    assert_eq!(rejection.index, Some(3828.into()));
    assert_eq!(rejection.issuer.unwrap().digits(), "47024170");
    let rules: Vec<_> = rejection
        .failures
        .iter()
        .map(|f| (f.rule.as_deref(), f.location.as_deref()))
        .collect();
    assert_eq!(
        rules,
        [
            (Some("R6.1"), None),
            (Some("BR-RO-110"), Some("/Invoice")),
            (Some("BR-RO-120"), Some("/Invoice/b")),
        ]
    );
    assert_eq!(rejection.duplicate_of(), None);
    let twice = rejected(&[
        "Factura a mai fost transmisa anterior cu index=3828 si data incarcare=2026-01-20",
    ]);
    assert_eq!(twice.rejection().unwrap().duplicate_of(), Some(3828.into()));
}

#[test]
fn what_a_document_is() {
    let cases = [
        (INVOICE, "invoice"),
        ("<cn:CreditNote xmlns:cn='x'/>", "credit note"),
        (
            "\u{feff}<?xml version='1.0'?><!-- c --><rsm:CrossIndustryInvoice xmlns:rsm='x'>",
            "cross industry invoice",
        ),
        (
            r#"<header xmlns="mfp:anaf:dgti:spv:reqMesaj:v1" index_incarcare="1" message="m"/>"#,
            "buyer's message",
        ),
        (
            r#"<header xmlns="mfp:anaf:dgti:efactura:mesajEroriFactuta:v1"/>"#,
            "list of errors",
        ),
        ("<header/>", "other document"),
        ("", "other document"),
        ("<", "other document"),
    ];
    for (document, name) in cases {
        assert_eq!(
            content::read(document.as_bytes()).name(),
            name,
            "{document}"
        );
    }
}

/// A ZIP of 300 KB whose first entry inflates to 309,600,517 spaces, and says that it has `claimed` bytes. One dynamic
/// deflate block: the code that repeats 258 bytes is one bit, its distance another, both zero.
fn bomb(claimed: u32) -> Vec<u8> {
    const HEAD: [u8; 15] = [237, 224, 129, 0, 0, 0, 0, 128, 32, 168, 236, 79, 185, 72, 5];
    let mut packed = HEAD.to_vec();
    packed.resize(HEAD.len() + 300_000, 0);
    packed.push(3);
    let sizes = [(packed.len() as u32).to_le_bytes(), claimed.to_le_bytes()].concat();
    let name = b"3828.xml";
    // Version, flags, method 8, time, date, CRC.
    let common = [
        &[20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
        &sizes,
        &[8, 0, 0, 0],
    ]
    .concat();
    let mut zip = [b"PK\x03\x04", &common[..], name, &packed].concat();
    let start = zip.len() as u32;
    zip.extend([b"PK\x01\x02\x14\x00", &common[..], &[0; 14], name].concat());
    let length = zip.len() as u32 - start;
    zip.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    zip.extend([length.to_le_bytes(), start.to_le_bytes()].concat());
    zip.extend([0, 0]);
    zip
}

#[test]
fn a_bomb_is_refused_before_it_inflates() {
    let honest = bomb(309_600_517);
    assert!(honest.len() < 310_000);
    assert_eq!(
        Archive::parse(honest.clone()).unwrap_err(),
        ArchiveError::TooLarge { limit: 64 << 20 }
    );
    let error = Download::new(1.into())
        .read(Answer::new(200, honest))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    // A directory that lies about the size: inflating itself stops.
    for claimed in [0, 1000, 1 << 20, 30 << 20] {
        let refused = Archive::parse(bomb(claimed)).unwrap_err();
        assert!(
            matches!(refused, ArchiveError::Damaged(_)),
            "{claimed}: {refused}"
        );
    }
}

/// Where the first header of the directory stands.
fn first_header(zip: &[u8]) -> usize {
    memchr::memmem::find(zip, b"PK\x01\x02").unwrap()
}

#[test]
fn odd_archives_have_typed_errors() {
    let one = |name: &str| {
        zip(&[
            (name, INVOICE.as_bytes()),
            ("semnatura_1.xml", SIGNATURE.as_bytes()),
        ])
    };
    let many: Vec<(String, &[u8])> = (0..9).map(|n| (format!("{n}.xml"), &b"x"[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(n, b)| (n.as_str(), *b)).collect();
    let patched = |at: usize, bytes: &[u8]| {
        let mut zip = usual();
        let start = first_header(&zip) + at;
        zip[start..start + bytes.len()].copy_from_slice(bytes);
        zip
    };
    let end = |at: usize, bytes: &[u8]| {
        let mut zip = usual();
        let start = zip.len() - 22 + at;
        zip[start..start + bytes.len()].copy_from_slice(bytes);
        zip
    };
    let ratio = zip(&[
        ("1.xml", &vec![b' '; 3 << 20]),
        ("s.xml", SIGNATURE.as_bytes()),
    ]);
    use ArchiveError as E;
    let cases = [
        (zip(&many), E::Entries { found: 9, limit: 8 }),
        (
            end(8, &[0xfe, 0xff, 0xfe, 0xff]),
            E::Entries {
                found: 65_534,
                limit: 8,
            },
        ),
        (end(8, &[0xff; 4]), E::Unsupported("ZIP64")),
        (end(4, &[1, 0]), E::Unsupported("several parts")),
        (
            end(16, &[0; 4]),
            E::Damaged("its directory is not before its end"),
        ),
        (one("../1.xml"), E::UnsafeName { entry: 1 }),
        (one("a/1.xml"), E::UnsafeName { entry: 1 }),
        (one("C:\\1.xml"), E::UnsafeName { entry: 1 }),
        (one("a\u{7}.xml"), E::UnsafeName { entry: 1 }),
        (patched(8, &[1]), E::Encrypted { entry: 1 }),
        (
            patched(10, &[12]),
            E::Unsupported("another method than deflate"),
        ),
        (
            ratio,
            E::Ratio {
                entry: 1,
                limit: 250,
            },
        ),
        (zip(&[("1.xml", INVOICE.as_bytes())]), E::NoSignature),
        (zip(&[("1.xml", SIGNATURE.as_bytes())]), E::NoDocument),
        (zip(&[]), E::NoSignature),
        (usual()[..100].to_vec(), E::Truncated),
        (Vec::new(), E::Truncated),
    ];
    for (number, (zip, expected)) in cases.into_iter().enumerate() {
        assert_eq!(Archive::parse(zip).unwrap_err(), expected, "case {number}");
    }
}

#[test]
fn what_follows_the_end_is_ignored() {
    let mut zip = usual();
    zip.extend_from_slice(b"\r\n}");
    assert!(Archive::parse(zip).is_ok());
}

#[test]
fn failures_of_the_download() {
    use ErrorKind as K;
    let failed =
        |text: &str| format!(r#"{{"eroare":"{text}","titlu":"Descarcare mesaj"}}"#).into_bytes();
    let cases = [
        (
            failed("Id descarcare introdus= 123a nu este un numar intreg"),
            Some(K::InvalidParameter),
        ),
        (
            failed("S-au facut deja 10 descarcari de mesaj in cursul zilei"),
            Some(K::Quota),
        ),
        (
            failed("S-au facut deja 10 descarcari la mesajul cu id_descarcare=7 in cursul zilei"),
            Some(K::Quota),
        ),
        (
            failed("Nu aveti dreptul sa descarcati acesta factura"),
            Some(K::NoRight),
        ),
        (
            failed("Pentru id=21 nu exista inregistrata nici o factura"),
            Some(K::NotFound),
        ),
        (
            failed(
                "Fisierul nu mai poate fi descarcat pentru ca a trecut perioada de 60 de zile in care este disponibil",
            ),
            Some(K::Gone),
        ),
        (usual()[..usual().len() - 30].to_vec(), Some(K::Truncated)),
        (b"<header/>".to_vec(), Some(K::Unreadable)),
        (b"%PDF-".to_vec(), Some(K::Unreadable)),
        (usual(), None),
    ];
    for (body, kind) in cases {
        let got = Download::new(1.into()).read(Answer::new(200, body.clone()));
        assert_eq!(got.err().map(|e| e.kind()), kind);
        let raw = DownloadZip::new(1.into()).read(Answer::new(200, body));
        assert_eq!(raw.err().map(|e| e.kind()), kind);
    }
}

#[test]
fn an_archive_that_is_refused_is_had_raw() {
    let odd = zip(&[("1.xml", INVOICE.as_bytes())]);
    let answer = || Answer::new(200, odd.clone());
    assert!(Download::new(1.into()).read(answer()).is_err());
    let raw = DownloadZip::new(1.into()).read(answer()).unwrap();
    assert_eq!(raw, odd);
}

#[test]
fn no_personal_code_in_debug() {
    let archive = rejected(&["Nu exista persoana 1900101123455"]);
    assert!(!format!("{archive:?}").contains("1900101123455"));
    let message = Content::BuyerMessage {
        index: None,
        message: "CNP 1900101123455".into(),
    };
    assert!(!format!("{message:?}").contains("1900101123455"));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Archive::parse(bytes);
    }

    #[test]
    fn mutated_archives_never_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        keep in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = usual();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut {
            bytes.truncate(keep.index(bytes.len()));
        }
        if let Ok(archive) = Archive::parse(bytes) {
            prop_assert!(archive.document().bytes().len() <= 2 << 20);
        }
    }
}
