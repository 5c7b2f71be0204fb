use super::*;
use crate::BuyerMessage;
use anaf_invoice::build::{InvoiceBuilder, Line};
use anaf_invoice::codes::{Country, InvoiceType, Sector, Unit};
use anaf_invoice::model::{LineVat, Party, PostalAddress};
use anaf_types::Delivery;

fn cif() -> Cif {
    "12345674".parse().unwrap()
}

fn upload() -> Upload {
    Upload::new(cif(), Document::raw(Standard::Ubl, "<Invoice/>"))
}

fn query(upload: &Upload) -> (String, String, Vec<&'static str>) {
    let request = upload.request(Environment::Test).unwrap();
    assert!(request.files);
    let query: Vec<String> = request
        .query
        .iter()
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    let quotas = request.quotas.iter().map(|q| q.limit.name).collect();
    (request.path, query.join("&"), quotas)
}

#[test]
fn every_flag_and_standard_on_the_wire() {
    let rasp = BuyerMessage::new(191_823.into(), "Marfa lipsă").unwrap();
    let of = |standard| Upload::new(cif(), Document::raw(standard, "<x/>"));
    let cases = [
        (upload(), "upload", "standard=UBL&cif=12345674", vec![]),
        (
            upload().to_consumer(),
            "uploadb2c",
            "standard=UBL&cif=12345674",
            vec![],
        ),
        (
            of(Standard::CreditNote).foreign_buyer(),
            "upload",
            "standard=CN&cif=12345674&extern=DA",
            vec![],
        ),
        (
            of(Standard::Cii).self_billed().enforcement(),
            "upload",
            "standard=CII&cif=12345674&autofactura=DA&executare=DA",
            vec![],
        ),
        (
            Upload::new(cif(), &rasp),
            "upload",
            "standard=RASP&cif=12345674",
            vec!["efactura.upload.rasp"],
        ),
    ];
    for (upload, method, parameters, quotas) in cases {
        assert_eq!(
            query(&upload),
            (
                format!("test/FCTEL/rest/{method}"),
                parameters.to_owned(),
                quotas
            )
        );
    }
}

#[test]
fn a_validated_invoice_says_how_it_is_filed() {
    let bucharest = || PostalAddress::bucharest(&Sector::Sector1, "Str. Exemplului nr. 1");
    let company = || Party::vat_payer("Exemplu Software SRL", &cif(), bucharest());
    let cnp = "2850615400013".parse().unwrap();
    let person = || Party::person("Ioana Exemplu", Some(&cnp), bucharest());
    let berlin = PostalAddress::foreign(Country::DE, "Berlin", "Musterstraße 3");
    let foreigner = || Party::foreign("Beispiel GmbH", "DE999999999", berlin.clone());
    let day = jiff::civil::date(2026, 3, 2);
    let of = |kind, buyer| -> Upload {
        let line = Line::new("Ore", 12, Unit::HOUR, 150, LineVat::standard(21));
        let built = InvoiceBuilder::new(kind, "EX-1", day, company(), buyer)
            .due(day)
            .line(line)
            .build()
            .unwrap();
        let validated = built.into_agreed().unwrap().validate().unwrap();
        assert_eq!(
            Document::from(&validated),
            Document::from(validated.clone())
        );
        Upload::new(cif(), validated)
    };
    use InvoiceType::{Commercial, SelfBilled};
    let plain = "standard=UBL&cif=12345674";
    let cases = [
        (of(Commercial, company()), "upload", ""),
        (of(Commercial, person()), "uploadb2c", ""),
        (of(Commercial, foreigner()), "upload", "&extern=DA"),
        (of(SelfBilled, company()), "upload", "&autofactura=DA"),
        (
            of(SelfBilled, foreigner()),
            "upload",
            "&extern=DA&autofactura=DA",
        ),
        (of(Commercial, person()).without_flags(), "upload", ""),
        (
            of(Commercial, foreigner()).without_flags().enforcement(),
            "upload",
            "&executare=DA",
        ),
    ];
    for (upload, method, flags) in cases {
        let (path, parameters, _) = query(&upload);
        let wanted = (
            format!("test/FCTEL/rest/{method}"),
            format!("{plain}{flags}"),
        );
        assert_eq!((path, parameters), wanted);
        assert_eq!(upload.is_to_consumer(), method == "uploadb2c");
        assert_eq!(upload.is_foreign_buyer(), flags.contains("extern"));
        assert_eq!(upload.is_self_billed(), flags.contains("autofactura"));
        assert_eq!(upload.is_enforcement(), flags.contains("executare"));
    }
}

#[test]
fn the_size_is_checked_before_sending() {
    let sized = |n: usize| Upload::new(cif(), Document::raw(Standard::Ubl, vec![b' '; n]));
    for (size, accepted) in [
        (0, false),
        (1, true),
        (10_000_000, true),
        (10_000_001, false),
    ] {
        let got = sized(size).request(Environment::Test);
        assert_eq!(got.is_ok(), accepted, "{size}");
        if let Err(e) = got {
            assert_eq!(
                (e.kind(), e.delivery()),
                (ErrorKind::InvalidInput, Delivery::NotSent)
            );
        }
    }
}

#[test]
fn the_root_is_found_in_every_encoding_that_validation_reads() {
    let text = "<?xml version='1.0'?><CreditNote xmlns='x'/>";
    let utf16 = |mark: char, unit: fn(u16) -> [u8; 2]| {
        let text = format!("{mark}{text}");
        text.encode_utf16().flat_map(unit).collect::<Vec<u8>>()
    };
    let latin2 = b"<?xml version='1.0' encoding='ISO-8859-2'?><!-- \xe3 --><CreditNote/>";
    for (encoding, bytes) in [
        ("UTF-16LE", utf16('\u{feff}', u16::to_le_bytes)),
        ("UTF-16BE", utf16('\u{feff}', u16::to_be_bytes)),
        ("ISO-8859-2", latin2.to_vec()),
    ] {
        let found = Document::detect(bytes.clone()).map(|d| (d.standard(), d.bytes().to_vec()));
        assert_eq!(
            found.ok(),
            Some((Standard::CreditNote, bytes)),
            "{encoding}"
        );
    }
    assert!(Document::detect(&b"<Invoice>\xff</Invoice>"[..]).is_err());
}

#[test]
fn the_root_tells_the_standard() {
    let cases = [
        (
            "\u{feff}<?xml version='1.0'?><Invoice xmlns='x'/>",
            Some("UBL"),
        ),
        ("<c:CreditNote xmlns:c='x'/>", Some("CN")),
        ("<r:CrossIndustryInvoice xmlns:r='x'>", Some("CII")),
        (
            "<header xmlns='mfp:anaf:dgti:spv:reqMesaj:v1'/>",
            Some("RASP"),
        ),
        (
            "<header xmlns='mfp:anaf:dgti:efactura:mesajEroriFactuta:v1'/>",
            None,
        ),
        ("<html/>", None),
        ("", None),
        ("\u{0}", None),
    ];
    for (xml, standard) in cases {
        let got = Document::detect(xml).ok().map(|d| d.standard().as_str());
        assert_eq!(got, standard, "{xml}");
    }
}

#[test]
fn answers() {
    use ErrorKind as K;
    let header = |inner: &str| {
        format!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><header xmlns="mfp:anaf:dgti:spv:respUploadFisier:v1" dateResponse="202108051144" {inner}"#
        )
    };
    let refused = |text: &str| {
        header(&format!(
            r#"ExecutionStatus="1"><Errors errorMessage="{text}"/></header>"#
        ))
    };
    let cases = [
        (
            header(r#"ExecutionStatus="0" index_incarcare="3828"/>"#),
            Ok("3828"),
        ),
        (header(r#"ExecutionStatus="0"/>"#), Err(K::Unreadable)),
        (
            header(r#"ExecutionStatus="1" index_incarcare="3"/>"#),
            Err(K::Unreadable),
        ),
        (
            refused("Valorile acceptate pentru parametrul standard sunt UBL, CN, CII sau RASP"),
            Err(K::InvalidParameter),
        ),
        (
            refused("Marime fisier transmis mai mare de 10 MB."),
            Err(K::InvalidDocument),
        ),
        (
            refused("CIF introdus= 123a nu este un numar"),
            Err(K::InvalidParameter),
        ),
        (
            refused("Nu exista niciun CIF pentru care sa aveti drept in SPV"),
            Err(K::NoRight),
        ),
        (
            refused("Nu aveti drept in SPV pentru CIF=1234"),
            Err(K::NoRight),
        ),
        (
            refused(
                "Fisierul transmis nu este valid. org.xml.sax.SAXParseException; lineNumber: 15; columnNumber: 155; cvc-elt.1.a: Cannot find the declaration of element 'Invoice1'. ",
            ),
            Err(K::InvalidDocument),
        ),
        (
            refused("Daca parametrul extern trebuie completat, valoarea acceptata este DA"),
            Err(K::InvalidParameter),
        ),
        (
            refused(
                "CIF introdus= 1234 nu este inregistrat in Registrul RO e-Factura executari silite",
            ),
            Err(K::NoRight),
        ),
        (
            refused(
                "S-au incarcat deja 1000 de mesaje de tip RASP pentru cui=1234 in cursul zilei",
            ),
            Err(K::Quota),
        ),
        (
            refused("A aparut o eroare tehnica. Cod: XXX"),
            Err(K::Technical),
        ),
        ("PK\u{3}\u{4}".to_owned(), Err(K::Unreadable)),
        ("{}".to_owned(), Err(K::Unreadable)),
        (String::new(), Err(K::Empty)),
    ];
    for (body, expected) in cases {
        let got = upload().read(Answer::new(200, body.clone()));
        if let Err(e) = &got {
            assert_eq!(e.delivery(), Delivery::Answered, "{body}");
        }
        assert_eq!(
            got.as_ref()
                .map(|r| r.index.as_str())
                .map_err(anaf_types::Error::kind),
            expected,
            "{body}"
        );
    }
}

#[test]
fn a_receipt_has_the_time_of_the_answer() {
    let body =
        r#"<header dateResponse="202108051140" ExecutionStatus="0" index_incarcare="3828"/>"#;
    let receipt = upload().read(Answer::new(200, body)).unwrap();
    assert_eq!(
        receipt.answered,
        Some(jiff::civil::datetime(2021, 8, 5, 11, 40, 0, 0))
    );
}
