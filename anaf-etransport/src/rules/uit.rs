//! Rules on the unique transport identifier.

use super::{OnAttribute, OnElement, Rule};
use crate::uit::{check_digits_of, is_check_digit_found};
use crate::xml::{AttrName, Element, ElementName};

/// Context `//@uit`.
pub(super) static ON_UIT: [OnAttribute; 1] = [Rule {
    // The official test looks for the two digits anywhere from the 15th character on.
    id: "BR-019",
    holds: |uit| {
        Ok(is_check_digit_found(
            uit.value(),
            check_digits_of(uit.value()),
        ))
    },
    romanian: "Cifrele de control ale UIT-ului nu se potrivesc: ultimele două sunt suma codurilor ASCII ale primelor 14 \
               caractere, modulo 100. Verificați dacă a fost copiat întocmai.",
    english: "The UIT's check digits do not fit: the last two are the sum of the ASCII codes of the first 14 characters, \
              modulo 100. Check that it was copied exactly.",
}];

/// Context `xx:stergere | xx:confirmare | xx:modifVehicul`.
pub(super) static ON_UIT_HOLDER: [OnElement; 1] = [Rule {
    id: "BR-008",
    holds: |element| Ok(has_uit(element)),
    romanian: NO_UIT_RO,
    english: NO_UIT_EN,
}];

/// Context `xx:notificare/xx:corectie | xx:notificare/xx:notificareAnterioara`.
pub(super) static ON_UIT_HOLDER_OF_NOTIFICATION: [OnElement; 1] = [Rule {
    id: "BR-008",
    holds: |element| {
        let in_notification = element
            .parent()
            .is_some_and(|parent| parent.name() == ElementName::Notificare);
        Ok(!in_notification || has_uit(element))
    },
    romanian: NO_UIT_RO,
    english: NO_UIT_EN,
}];

const NO_UIT_RO: &str = "Lipsește UIT-ul: o corecție, o notificare anterioară, o ștergere, o confirmare sau o modificare \
                         de vehicul spune la ce transport se referă.";
const NO_UIT_EN: &str = "The UIT is missing: a correction, an earlier notification, a deletion, a confirmation or a \
                         change of vehicle says which transport it is about.";

fn has_uit(element: Element<'_>) -> bool {
    element
        .attr(AttrName::Uit)
        .is_some_and(|uit| !super::xpath::normalize(uit).is_empty())
}
