//! Rules on where the road starts and ends.

use super::xpath::{is_2_to_100_long, normalize};
use super::{OnAttribute, OnElement, Rule};
use crate::xml::{AttrName, Element, ElementName};

/// Context `//xx:locStartTraseuRutier`.
pub(super) static ON_START: [OnElement; 2] = [
    Rule {
        id: "BR-210",
        holds: |start| Ok(ways_of_saying(start) == 1),
        romanian: "Locul de start se dă într-un singur fel: punct de trecere a frontierei, birou vamal sau adresă.",
        english: "The start is given in exactly one way: border crossing point, customs office or address.",
    },
    Rule {
        // Has lost its id and its severity in the official file.
        id: "BR-216",
        holds: |start| Ok(start.attr(AttrName::CodBirouVamal).is_none() || start.doc().is_import()),
        romanian: "Traseul începe la un birou vamal doar la import (40).",
        english: "The road starts at a customs office in an import (40) only.",
    },
];

/// Context `//xx:locFinalTraseuRutier`.
pub(super) static ON_FINAL: [OnElement; 2] = [
    Rule {
        id: "BR-211",
        holds: |end| Ok(ways_of_saying(end) == 1),
        romanian: "Locul final se dă într-un singur fel: punct de trecere a frontierei, birou vamal sau adresă.",
        english: "The end is given in exactly one way: border crossing point, customs office or address.",
    },
    Rule {
        // Has lost its id and its severity in the official file.
        id: "BR-217",
        holds: |end| Ok(end.attr(AttrName::CodBirouVamal).is_none() || end.doc().is_export()),
        romanian: "Traseul se termină la un birou vamal doar la export (50).",
        english: "The road ends at a customs office in an export (50) only.",
    },
];

/// Context `//@denumireLocalitate`.
pub(super) static ON_TOWN: [OnAttribute; 1] = [Rule {
    id: "BR-214",
    holds: |town| Ok(is_2_to_100_long(&normalize(town.value()))),
    romanian: "Denumirea localității are între 2 și 100 de caractere.",
    english: "The town's name has 2 to 100 characters.",
}];

/// Context `//@denumireStrada`.
pub(super) static ON_STREET: [OnAttribute; 1] = [Rule {
    id: "BR-215",
    holds: |street| Ok(is_2_to_100_long(&normalize(street.value()))),
    romanian: "Denumirea străzii are între 2 și 100 de caractere.",
    english: "The street's name has 2 to 100 characters.",
}];

fn ways_of_saying(place: Element<'_>) -> u8 {
    let office = place.attr(AttrName::CodBirouVamal).is_some();
    let point = place.attr(AttrName::CodPtf).is_some();
    let address = place.children(ElementName::Locatie).next().is_some();
    u8::from(office) + u8::from(point) + u8::from(address)
}
