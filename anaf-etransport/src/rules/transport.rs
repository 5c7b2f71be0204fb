//! Rules on the organiser, the vehicles and the documents.

use super::xpath::{has_plate, is_one_of, is_tin, normalize, the_only};
use super::{OnAttribute, Rule, codes};
use crate::xml::AttrName;

/// Context `//@codTaraOrgTransport`.
pub(super) static ON_ORGANISER_COUNTRY: [OnAttribute; 2] = [
    Rule {
        // The organiser of a domestic transport may be `PF`: that was BR-209's to check, which BR-043 hides.
        id: "BR-043",
        holds: |country| {
            let bound = country.value() == "RO" && !country.doc().is_domestic();
            Ok(!bound || is_tin(&the_only(country.doc(), AttrName::CodOrgTransport)?))
        },
        romanian: "Dacă organizatorul transportului este din România și operațiunea nu este 30, codul lui este un CUI, CNP \
                   sau NIF.",
        english: "Where the organiser is established in Romania and the operation is not 30, its code is a CUI, CNP or NIF.",
    },
    codes::ORGANISER_COUNTRY,
];

/// Context `//@nrVehicul`.
pub(super) static ON_VEHICLE: [OnAttribute; 1] = [Rule {
    // Official: [0-9A-Z]{2,20} anywhere in the text. The schema is stricter.
    id: "BR-031",
    holds: |plate| Ok(has_plate(&normalize(plate.value()))),
    romanian: "Numărul vehiculului are litere mari și cifre, fără spații sau cratime.",
    english: "The vehicle's plate has capital letters and digits, without spaces or hyphens.",
}];

/// Context `//@nrRemorca1`.
pub(super) static ON_TRAILER_1: [OnAttribute; 1] = [Rule {
    id: "BR-032",
    holds: |plate| Ok(has_plate(&normalize(plate.value()))),
    romanian: "Numărul primei remorci are litere mari și cifre, fără spații sau cratime.",
    english: "The first trailer's plate has capital letters and digits, without spaces or hyphens.",
}];

/// Context `//@nrRemorca2`.
pub(super) static ON_TRAILER_2: [OnAttribute; 1] = [Rule {
    id: "BR-033",
    holds: |plate| Ok(has_plate(&normalize(plate.value()))),
    romanian: "Numărul celei de-a doua remorci are litere mari și cifre, fără spații sau cratime.",
    english: "The second trailer's plate has capital letters and digits, without spaces or hyphens.",
}];

/// Context `//@tipDocument`.
pub(super) static ON_DOCUMENT_TYPE: [OnAttribute; 2] = [
    Rule {
        // Remarks anywhere in the document satisfy the official test, and two of them stop its processor.
        id: "BR-026",
        holds: |kind| {
            Ok(!is_one_of(kind.value(), &["9999"])
                || !the_only(kind.doc(), AttrName::Observatii)?.is_empty())
        },
        romanian: "Un document de tip 9999 (altele) are nevoie de observații care spun ce document este.",
        english: "A document of type 9999 (other) needs remarks that say what it is.",
    },
    codes::DOCUMENT_TYPE,
];
