//! Rules on the root element, context `xx:eTransport`.

use super::xpath::{has_date_time, is_tin, normalize};
use super::{OnElement, Rule};
use crate::report::Ambiguity;
use crate::xml::{AttrName, Element, ElementName};

pub(super) static ON_DECLARATION: [OnElement; 6] = [
    Rule {
        id: "BT-TY-005",
        holds: |declaration| Ok(operations_of(declaration) == 1),
        romanian: "Declarația trebuie să conțină exact una dintre: notificare, ștergere, confirmare, modificare de vehicul.",
        english: "The declaration must hold exactly one of: notification, deletion, confirmation, change of vehicle.",
    },
    Rule {
        id: "BR-002",
        holds: |declaration| {
            Ok(is_tin(&normalize(
                declaration.attr(AttrName::CodDeclarant).unwrap_or_default(),
            )))
        },
        romanian: "Codul declarantului trebuie să fie un CUI, CNP sau NIF: 2-10 cifre sau 13 cifre, prima diferită de zero.",
        english: "The declarant's code must be a CUI, CNP or NIF: 2 to 10 digits or 13, the first of them not zero.",
    },
    Rule {
        // Official: matches(…, 'D'), not anchored. The schema is stricter.
        id: "BR-201",
        holds: |declaration| {
            Ok(declaration
                .attr(AttrName::DeclPostAvarie)
                .is_none_or(|mark| mark.contains('D')))
        },
        romanian: "Declararea după avarie se marchează doar cu valoarea D.",
        english: "A declaration after an outage is marked D and nothing else.",
    },
    Rule {
        id: "BR-202",
        holds: |declaration| {
            Ok(lacks_change(declaration) || any_change_has(declaration, AttrName::DataModificare))
        },
        romanian: "La o modificare de vehicul, data și ora modificării sunt obligatorii.",
        english: "A change of vehicle needs the date and time of the change.",
    },
    Rule {
        id: "BR-203",
        holds: |declaration| {
            Ok(lacks_change(declaration) || has_date_time(&date_of_change(declaration)?))
        },
        romanian: "Data modificării vehiculului se scrie aaaa-ll-zzThh:mm:ss.",
        english: "The date of the change of vehicle is written yyyy-mm-ddThh:mm:ss.",
    },
    Rule {
        id: "BR-204",
        holds: |declaration| {
            Ok(lacks_change(declaration) || any_change_has(declaration, AttrName::NrVehicul))
        },
        romanian: "La o modificare de vehicul, numărul de înmatriculare al noului vehicul este obligatoriu.",
        english: "A change of vehicle needs the plate of the new vehicle.",
    },
];

fn operations_of(declaration: Element<'_>) -> usize {
    use ElementName::{Confirmare, ModifVehicul, Notificare, Stergere};
    [Notificare, Stergere, Confirmare, ModifVehicul]
        .iter()
        .map(|name| declaration.children(*name).count())
        .sum()
}

fn lacks_change(declaration: Element<'_>) -> bool {
    declaration
        .children(ElementName::ModifVehicul)
        .next()
        .is_none()
}

/// `xx:modifVehicul/@name[boolean(normalize-space(.))]`
fn any_change_has(declaration: Element<'_>, name: AttrName) -> bool {
    let mut values = declaration
        .children(ElementName::ModifVehicul)
        .filter_map(|change| change.attr(name));
    values.any(|value| !normalize(value).is_empty())
}

/// `normalize-space(xx:modifVehicul/@dataModificare)`, which takes one value.
fn date_of_change(declaration: Element<'_>) -> Result<String, Ambiguity> {
    let mut dates = declaration
        .children(ElementName::ModifVehicul)
        .filter_map(|change| change.attr(AttrName::DataModificare));
    match (dates.next(), dates.next()) {
        (Some(_), Some(_)) => Err(Ambiguity::SeveralValues(AttrName::DataModificare.as_str())),
        (date, _) => Ok(normalize(date.unwrap_or_default()).into_owned()),
    }
}
