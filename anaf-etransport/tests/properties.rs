//! Properties: nothing panics or loops on any bytes, what is written is read back the same, places are in bounds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it is wrong"
)]

use anaf_etransport::codes::{
    BorderPoint, ConfirmationType, Country, County, CustomsOffice, DocumentType, Operation,
    Purpose, Unit,
};
use anaf_etransport::{
    Action, Address, Confirmation, Declaration, Goods, Notification, Organiser, Partner, Place,
    PreviousNotification, TaxCode, Transport, TransportDocument, Uit, Vehicle, VehicleChange,
    VehicleNumber, validate,
};
use jiff::civil::{Date, DateTime};
use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;

const SEED: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<e:eTransport xmlns:e="mfp:anaf:dgti:eTransport:declaratie:v2" codDeclarant="94013459" refDeclarant="A &amp; B">
 <!-- a notification --><e:notificare codTipOperatiune="10">
  <e:bunuriTransportate codScopOperatiune="101" codTarifar="070200" denumireMarfa="Ro&#537;ii" cantitate="18.12" codUnitateMasura="H87" greutateNeta="975" greutateBruta="975.5" valoareLeiFaraTva="1557.00"/>
  <e:partenerComercial codTara="EL" denumire='Partener "SRL"'/>
  <e:dateTransport nrVehicul="B43ABC" codTaraOrgTransport="RO" codOrgTransport="94019010" denumireOrgTransport="T" dataTransport="2024-02-17"/>
  <e:locStartTraseuRutier codPtf="12"/>
  <e:locFinalTraseuRutier><e:locatie codJudet="39" denumireLocalitate="Loc" denumireStrada="Str"/></e:locFinalTraseuRutier>
  <e:documenteTransport tipDocument="10" dataDocument="2024-05-05"/>
 </e:notificare>
</e:eTransport>"#;

/// Every place that a report gives lies in the document.
fn judged(bytes: &[u8]) {
    let report = validate(bytes);
    let lines = String::from_utf8_lossy(bytes).lines().count().max(1) + 1;
    for finding in report.findings() {
        assert!(finding.place.line >= 1 && finding.place.column >= 1);
        assert!(
            bytes.starts_with(&[0xFF])
                || bytes.contains(&0)
                || finding.place.line as usize <= lines,
            "{finding}"
        );
        assert!(!finding.romanian.is_empty() && !finding.english.is_empty());
    }
    if report.is_valid() {
        let read = Declaration::read(bytes).expect("what is valid can be read");
        assert_eq!(
            Declaration::read(read.to_xml().as_bytes()).expect("and read again"),
            read
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        judged(&bytes);
    }

    #[test]
    fn any_markup(text in "[<>/?!&;=\"'a-c \\[\\]\\-:x#1]{0,120}") {
        judged(text.as_bytes());
    }

    #[test]
    fn mutated_documents(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0..8usize, "[\\PC<>&\"=/ \\n]{0,6}"), 1..4)
    ) {
        let mut chars: Vec<char> = SEED.chars().collect();
        for (at, cut, with) in edits {
            let from = at.index(chars.len() + 1);
            let to = (from + cut).min(chars.len());
            chars.splice(from..to, with.chars());
        }
        judged(chars.into_iter().collect::<String>().as_bytes());
    }

    #[test]
    fn mutated_bytes(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut bytes = SEED.as_bytes().to_vec();
        let index = at.index(bytes.len());
        bytes[index] = byte;
        judged(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        judged(&bytes);
    }

    #[test]
    fn what_is_written_is_read_back(declaration in declarations()) {
        let xml = declaration.to_xml();
        let report = validate(xml.as_bytes());
        prop_assert!(report.is_schema_valid(), "{}\n{}", report, xml);
        prop_assert_eq!(Declaration::read(xml.as_bytes()).unwrap(), declaration);
    }
}

#[test]
fn the_seed_is_valid() {
    assert!(
        validate(SEED.as_bytes()).is_valid(),
        "{}",
        validate(SEED.as_bytes())
    );
}

#[test]
fn byte_order_marks_and_other_encodings() {
    let utf8: Vec<u8> = [b"\xEF\xBB\xBF", SEED.as_bytes()].concat();
    let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        std::iter::once(0xFEFF)
            .chain(
                SEED.replace("UTF-8", "UTF-16")
                    .encode_utf16()
                    .collect::<Vec<_>>(),
            )
            .flat_map(unit)
            .collect()
    };
    let latin: Vec<u8> = SEED
        .replace("UTF-8", "ISO-8859-1")
        .replace("\"Loc\"", "\"Lo\u{e7}\"")
        .chars()
        .map(|c| c as u32 as u8)
        .collect();
    for (name, bytes) in [
        ("BOM", utf8),
        ("BE", utf16(u16::to_be_bytes)),
        ("LE", utf16(u16::to_le_bytes)),
        ("latin", latin),
    ] {
        let report = validate(&bytes);
        assert!(report.is_valid(), "{name}: {report}");
    }
    // Two bytes that mean the same letters in both: ş and ţ with cedilla.
    for encoding in ["ISO-8859-2", "windows-1250"] {
        let (head, tail) = SEED.split_once("Loc\"").unwrap();
        let head = head.replace("UTF-8", encoding);
        let bytes = [head.as_bytes(), &[0xBA, 0xFE], b"\"", tail.as_bytes()].concat();
        let Action::Notification(read) = Declaration::read(&bytes).unwrap().action else {
            panic!()
        };
        let Place::Address(address) = read.end else {
            panic!()
        };
        assert_eq!(address.town, "şţ", "{encoding}");
    }
    let unknown = SEED.replace("UTF-8", "EBCDIC-CP-US");
    assert_eq!(
        validate(unknown.as_bytes()).schema_findings()[0].id,
        "XML-ENCODING"
    );
}

/// Documents that are made to be slow or large cost no more than their size.
#[test]
fn hostile_documents_end_soon() {
    let began = std::time::Instant::now();
    let root = r#"<eTransport xmlns="mfp:anaf:dgti:eTransport:declaratie:v2" codDeclarant="1">"#;
    let most = anaf_etransport::MAX_BYTES;
    let fill = |piece: &str| {
        format!(
            "{root}{}</eTransport>",
            piece.repeat((most - 200) / piece.len())
        )
    };
    let documents = [
        fill("<bunuriTransportate/>"),
        fill("<a/>"),
        fill("<notificare codTipOperatiune='30'/>"),
        fill(
            "<bunuriTransportate uit='' cantitate='x' codTara='RO' codTipOperatiune='30' observatii='' tipDocument='9999'/>",
        ),
        "<a>".repeat(most / 3),
        format!(
            "<eTransport {}/>",
            (0..300_000)
                .map(|n| format!("a{n}='' "))
                .collect::<String>()
        ),
        format!("<eTransport uit='{}'/>", "x".repeat(most - 100)),
        "\n".repeat(most),
        "&amp;".repeat(most / 5),
    ];
    for document in &documents {
        let report = validate(document.as_bytes());
        assert!(!report.is_valid());
        assert!(report.findings().count() <= anaf_etransport::MAX_FINDINGS);
    }
    assert_eq!(
        validate(&vec![b' '; most + 1]).schema_findings()[0].id,
        "XML-SIZE"
    );
    assert!(began.elapsed().as_secs() < 120, "{:?}", began.elapsed());
}

fn text(max: usize) -> impl Strategy<Value = String> {
    // Two characters at least, no white space at the ends or doubled: what the schema reads back unchanged.
    proptest::collection::vec("[a-zA-ZăâîșțĂ&<>\"'0-9\u{1F600}.,-]{1,6}", 1..4).prop_map(
        move |words| {
            words
                .join(" ")
                .chars()
                .take(max)
                .collect::<String>()
                .trim()
                .to_owned()
                + "x"
        },
    )
}

fn amount() -> impl Strategy<Value = Decimal> {
    (1..99_999_999i64, 0..3u32).prop_map(|(units, scale)| Decimal::new(units, scale))
}

fn uit() -> impl Strategy<Value = Uit> {
    "[0-9ACDEFHJKLMNPQRTUVWXY]{14}".prop_map(|body| {
        let sum: u32 = body.bytes().map(u32::from).sum();
        format!("{body}{:02}", sum % 100).parse().unwrap()
    })
}

fn plate() -> impl Strategy<Value = VehicleNumber> {
    "[0-9A-Z]{2,20}".prop_map(|plate| plate.parse().unwrap())
}

fn vehicle() -> impl Strategy<Value = Vehicle> {
    (plate(), proptest::option::of(plate())).prop_map(|(plate, trailer)| {
        let vehicle = Vehicle::new(plate);
        trailer.into_iter().fold(vehicle, Vehicle::trailer)
    })
}

fn day() -> impl Strategy<Value = Date> {
    (1..9999i16, 1..13i8, 1..29i8).prop_map(|(y, m, d)| jiff::civil::date(y, m, d))
}

fn moment() -> impl Strategy<Value = DateTime> {
    (day(), 0..24i8, 0..60i8, 0..60i8, 0..1_000_000_000i32)
        .prop_map(|(day, h, m, s, n)| day.at(h, m, s, n))
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        select(BorderPoint::ALL).prop_map(Place::from),
        select(CustomsOffice::ALL).prop_map(Place::from),
        (
            select(County::ALL),
            text(90),
            text(90),
            proptest::option::of(text(15))
        )
            .prop_map(|(county, town, street, n)| {
                let address = Address::new(county, town, street);
                n.into_iter().fold(address, Address::postal_code).into()
            }),
    ]
}

fn goods() -> impl Strategy<Value = Goods> {
    let codes = (
        select(Purpose::ALL),
        select(Unit::ALL),
        proptest::option::of("([0-9]{2}){2,4}"),
    );
    (
        codes,
        text(150),
        amount(),
        amount(),
        proptest::option::of(amount()),
        proptest::option::of(text(40)),
    )
        .prop_map(
            |((purpose, unit, tariff), name, quantity, gross, value, reference)| {
                let mut goods = Goods::of(purpose, name)
                    .quantity(quantity, unit)
                    .gross_weight(gross);
                goods.tariff_code = tariff.map(|code| code.parse().unwrap());
                goods.value_in_lei = value;
                goods.reference = reference;
                goods
            },
        )
}

fn notification() -> impl Strategy<Value = Notification> {
    let who = (
        select(Country::ALL),
        text(60),
        proptest::option::of(text(20)),
    );
    let how = (vehicle(), day(), place(), place());
    let what = (
        proptest::collection::vec(goods(), 1..4),
        select(DocumentType::ALL),
        text(40),
    );
    (
        select(Operation::ALL),
        who,
        how,
        what,
        proptest::option::of(uit()),
        proptest::collection::vec(uit(), 0..3),
    )
        .prop_map(
            |(
                operation,
                (country, name, code),
                (vehicle, day, start, end),
                (lines, kind, number),
                corrects,
                previous,
            )| {
                let mut partner = Partner::foreign(country, name.clone());
                partner.code = code;
                let mut notification = Notification::of(operation)
                    .partner(partner)
                    .transport(Transport::new(
                        vehicle,
                        Organiser::foreign(country, name),
                        day,
                    ))
                    .from(start)
                    .to(end)
                    .goods(lines[0].clone())
                    .document(TransportDocument::new(kind, number, day));
                notification.goods.extend(lines.into_iter().skip(1));
                notification.corrects = corrects;
                notification.previous =
                    previous.into_iter().map(PreviousNotification::of).collect();
                notification
            },
        )
}

fn declarations() -> impl Strategy<Value = Declaration> {
    let declarant = "[1-9][0-9]{1,9}".prop_map(|code| code.parse::<TaxCode>().unwrap());
    let action = prop_oneof![
        notification().prop_map(anaf_etransport::Action::from),
        (uit(), select(ConfirmationType::ALL))
            .prop_map(|(uit, kind)| Confirmation::of(uit, kind).into()),
        (uit(), vehicle(), moment(), text(60)).prop_map(|(uit, vehicle, at, remarks)| {
            VehicleChange::of(uit, vehicle, at).remarks(remarks).into()
        }),
    ];
    (
        declarant,
        action,
        proptest::option::of(text(40)),
        any::<bool>(),
    )
        .prop_map(|(declarant, action, reference, outage)| {
            let mut declaration = Declaration::new(declarant, action);
            declaration.reference = reference;
            declaration.post_outage = outage;
            declaration
        })
}
