//! The twenty classic mistakes of a first notification, and what catches each: the compiler or the validator.
//!
//! The compiler catches six. They stand as `compile_fail` examples in the documentation of [`Notification::of`]'s steps
//! (module `model::forbidden`), where they are compiled, and fail to, with every test run:
//!
//! 1. a notification without goods; 2. without a document that travels with them; 3. without the organiser and the
//!    vehicle; 4. a place that is a border point and an address at once; 5. a goods line without gross weight; 6. a text
//!    in the place of a plate, UIT, tariff code or fiscal code (`"B 99 ABC"` where a [`VehicleNumber`] belongs).
//!
//! The others are below.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it is wrong"
)]

use anaf_etransport::codes::{
    BorderPoint, Country, County, CustomsOffice, DocumentType, Operation, Purpose, Unit,
};
use anaf_etransport::{
    Action, Address, Declaration, Goods, Notification, Organiser, Partner, Place,
    PreviousNotification, TariffCode, TaxCode, Transport, TransportDocument, Uit, VehicleNumber,
};
use jiff::civil::date;
use rust_decimal::Decimal;

fn code(text: &str) -> TaxCode {
    text.parse().unwrap()
}

fn goods(purpose: Purpose) -> Goods {
    Goods::of(purpose, "Tomate")
        .quantity(950, Unit::Kilogram)
        .gross_weight(1000)
        .net_weight(950)
        .tariff_code("070200".parse().unwrap())
        .value_in_lei(4750)
}

fn address() -> Address {
    Address::new(County::Cluj, "Cluj-Napoca", "Strada Lungă").number("1")
}

/// An acquisition from Hungary that nothing is wrong with.
fn acquisition() -> Notification {
    let organiser = Organiser::romanian(code("94019010"), "Transport Exemplu SRL");
    Notification::of(Operation::IntraCommunityAcquisition)
        .partner(Partner::foreign(Country::HU, "Nagy Kft"))
        .transport(Transport::new(
            "B99ABC".parse::<VehicleNumber>().unwrap(),
            organiser,
            date(2026, 11, 23),
        ))
        .from(BorderPoint::Nadlac)
        .to(address())
        .goods(goods(Purpose::Trade))
        .document(TransportDocument::new(
            DocumentType::Cmr,
            "CMR 17",
            date(2026, 11, 22),
        ))
}

/// A transport within Romania that nothing is wrong with.
fn domestic() -> Notification {
    let mut notification = acquisition();
    notification.operation = Operation::Domestic;
    notification.partner = Partner::romanian(code("94004566"), "Cumpărător SRL");
    notification.start = address().into();
    notification
}

/// The ids that the validator finds in a notification after a change.
fn found(notification: Notification, change: impl FnOnce(&mut Notification)) -> Vec<&'static str> {
    found_and_said(notification, change).0
}

/// The ids, and what a person reads.
fn found_and_said(
    mut notification: Notification,
    change: impl FnOnce(&mut Notification),
) -> (Vec<&'static str>, String) {
    change(&mut notification);
    match Declaration::new(code("94013459"), notification).validate() {
        Ok(_) => (Vec::new(), String::new()),
        Err(invalid) => {
            assert!(
                matches!(invalid.declaration.action, Action::Notification(_)),
                "it is given back"
            );
            let mut ids: Vec<_> = invalid
                .report
                .findings()
                .map(|finding| finding.id)
                .collect();
            ids.extend(invalid.report.undetermined().iter().map(|dead| dead.id));
            ids.sort_unstable();
            ids.dedup();
            (ids, invalid.to_string())
        }
    }
}

#[test]
fn nothing_is_wrong_at_first() {
    assert!(found(acquisition(), |_| {}).is_empty());
    assert!(found(domestic(), |_| {}).is_empty());
}

type Mistake = (
    &'static str,
    fn() -> Notification,
    fn(&mut Notification),
    &'static str,
    &'static str,
);

#[test]
fn the_validator_catches_these() {
    let mistakes: [Mistake; 12] = [
        (
            "7. a partner from outside of the Union in an acquisition within it",
            acquisition,
            |n| n.partner.country = Country::TR,
            "BR-004",
            "the partner is established in a member state other than Romania",
        ),
        (
            "8. a foreign partner in a domestic transport",
            domestic,
            |n| n.partner.country = Country::BG,
            "BR-005",
            "the partner is established in Romania",
        ),
        (
            "9. no tariff code",
            acquisition,
            |n| n.goods[0].tariff_code = None,
            "BR-206",
            "bunuriTransportate[1] (line 4, column 1): Each goods line needs its tariff code",
        ),
        (
            "10. no net weight",
            acquisition,
            |n| n.goods[0].net_weight = None,
            "BR-207",
            "needs its net weight",
        ),
        (
            "11. no value",
            acquisition,
            |n| n.goods[0].value_in_lei = None,
            "BR-208",
            "needs its value in lei",
        ),
        (
            "12. the net weight in the place of the gross",
            acquisition,
            |n| n.goods[0].net_weight = Some(Decimal::from(1001)),
            "BR-020",
            "The gross weight cannot be less than the net weight",
        ),
        (
            "13. a purpose of another operation",
            domestic,
            |n| n.goods[0].purpose = Purpose::Production,
            "BR-070",
            "the purpose is 101, 704, 705 or 9901",
        ),
        (
            "14. a domestic road that starts at the border",
            domestic,
            |n| n.start = BorderPoint::Nadlac.into(),
            "BR-212",
            "the road does not start at a border crossing point",
        ),
        (
            "15. a customs office outside of import and export",
            acquisition,
            |n| n.start = CustomsOffice::BviClujNapoca.into(),
            "BR-046",
            "at a customs office in an import (40) only",
        ),
        (
            "16. a document of another kind without saying which",
            acquisition,
            |n| n.documents[0].kind = DocumentType::Other,
            "BR-026",
            "needs remarks that say what it is",
        ),
        (
            "17. three decimals",
            acquisition,
            |n| n.goods[0].quantity = Decimal::new(1_234, 3),
            "BR-035",
            "The quantity has at most two decimals. Found: `1.234`",
        ),
        (
            "18. an empty name",
            acquisition,
            |n| n.goods[0].name = String::new(),
            "cvc-minLength-valid",
            "@denumireMarfa (line 4, column 65): The text must have 1 to 200 characters",
        ),
    ];
    for (what, start, change, id, says) in mistakes {
        let (ids, text) = found_and_said(start(), change);
        assert!(ids.contains(&id), "{what}: {ids:?}");
        assert!(text.contains(says), "{what}: {text}");
    }
}

/// 19. A UIT copied wrongly, and 20. a unit, plate or fiscal code as people write them, do not get as far as that.
#[test]
fn values_are_caught_where_they_are_made() {
    assert!("0123456789ACDE95".parse::<Uit>().is_err());
    assert!("O123456789ACDE94".parse::<Uit>().is_err());
    for (unit, meant) in [
        ("KG", Unit::Kilogram),
        ("buc", Unit::Piece),
        ("kgm", Unit::Kilogram),
    ] {
        let error = unit.parse::<Unit>().unwrap_err().to_string();
        assert!(
            error.contains(meant.code()),
            "the error says what was meant: {error}"
        );
    }
    let plate = "B 99 ABC".parse::<VehicleNumber>().unwrap_err().to_string();
    assert!(
        plate.contains("B99ABC"),
        "the error says how to write it: {plate}"
    );
    let said = |error: &dyn std::error::Error| format!("{error:?}");
    let fiscal_code = said(&"RO94013459".parse::<TaxCode>().unwrap_err());
    assert!(fiscal_code.contains("without `RO`"), "{fiscal_code}");
    let tariff_code = said(&"0702 00".parse::<TariffCode>().unwrap_err());
    assert!(tariff_code.contains("without blanks"), "{tariff_code}");
    let uit = said(&"0123456789ACDE95".parse::<Uit>().unwrap_err());
    assert!(uit.contains("94"), "what the check digits should be: {uit}");
    assert!("GR".parse::<Country>().is_err(), "Greece is EL");
}

/// More that is easily done wrong.
#[test]
fn and_these() {
    let previous = |n: &mut Notification| {
        n.previous.push(PreviousNotification::of(
            "0123456789ACDE94".parse().unwrap(),
        ));
    };
    assert_eq!(found(domestic(), previous), ["BR-025"]);
    assert!(
        found(acquisition(), previous).is_empty(),
        "an acquisition may follow others"
    );
    assert_eq!(
        found(domestic(), |n| n.partner =
            Partner::foreign(Country::RO, "Fără cod")),
        ["BR-007"]
    );
    assert!(
        found(domestic(), |n| n.partner =
            Partner::natural_person("Ion Popescu"))
        .is_empty()
    );
    assert_eq!(
        found(acquisition(), |n| n.transport.organiser.code = None),
        ["BR-043"]
    );
    assert_eq!(
        found(acquisition(), |n| n.goods[0].gross_weight = Decimal::ZERO),
        ["BR-020", "BR-029", "cvc-minExclusive-valid"]
    );
    assert_eq!(
        found(acquisition(), |n| n.end =
            Place::from(Address::new(County::Cluj, "X", "Strada Lungă"))),
        ["BR-214"]
    );
    assert!(
        found(acquisition(), |n| n.goods[0].name = "x".repeat(201))
            .contains(&"cvc-maxLength-valid")
    );
    assert!(found(acquisition(), |n| n.goods.clear()).contains(&"cvc-complex-type.2.4.a"));
    assert!(
        found(acquisition(), |n| n.goods[0].name = "a\u{1}b".to_owned()).contains(&"XML-CHARACTER")
    );
    // Two remarks and a document of another kind stop the official processor.
    let two_remarks = |n: &mut Notification| {
        n.documents
            .push(TransportDocument::other("Certificat", date(2026, 11, 22)));
        n.documents
            .push(TransportDocument::other("Declarație", date(2026, 11, 22)));
    };
    assert_eq!(found(acquisition(), two_remarks), ["BR-026"]);
}
