//! Rules on the kind of transport, context `@codTipOperatiune`.

use super::xpath::{is_one_of, is_tin, the_only};
use super::{OnAttribute, Rule, codes};
use crate::codes::Country;
use crate::xml::{AttrName, Attribute, ElementName};

pub(super) static ON_OPERATION: [OnAttribute; 9] = [
    Rule {
        id: "BR-004",
        holds: |operation| {
            if !is_one_of(
                operation.value(),
                &["10", "12", "14", "20", "22", "24", "60", "70"],
            ) {
                return Ok(true);
            }
            let country = the_only(operation.doc(), AttrName::CodTara)?;
            Ok(is_eu(&country) && country != "RO")
        },
        romanian: "La o operațiune intracomunitară (10, 12, 14, 20, 22, 24, 60, 70), partenerul comercial este din altă \
                   țară a Uniunii Europene decât România.",
        english: "In an operation within the European Union (10, 12, 14, 20, 22, 24, 60, 70) the partner is established \
                  in a member state other than Romania.",
    },
    Rule {
        id: "BR-005",
        holds: |operation| {
            Ok(!is_domestic(operation) || the_only(operation.doc(), AttrName::CodTara)? == "RO")
        },
        romanian: "La un transport pe teritoriul național (30), partenerul comercial este din România.",
        english: "In a domestic transport (30) the partner is established in Romania.",
    },
    Rule {
        id: "BR-006",
        holds: |operation| {
            let crosses = is_one_of(operation.value(), &["40", "50"]);
            Ok(!crosses || !is_eu(&the_only(operation.doc(), AttrName::CodTara)?))
        },
        romanian: "La import (40) și export (50), partenerul comercial este din afara Uniunii Europene.",
        english: "In an import (40) or export (50) the partner is established outside of the European Union.",
    },
    Rule {
        // Official: matches(…, 'PF'), not anchored.
        id: "BR-007",
        holds: |operation| {
            if !is_domestic(operation) {
                return Ok(true);
            }
            let code = the_only(operation.doc(), AttrName::Cod)?;
            Ok(is_tin(&code) || code.contains("PF"))
        },
        romanian: "La un transport pe teritoriul național (30), codul partenerului este un CUI, CNP sau NIF, ori PF pentru \
                   o persoană fizică al cărei cod nu se cunoaște.",
        english: "In a domestic transport (30) the partner's code is a CUI, CNP or NIF, or PF for a natural person whose \
                  code is not known.",
    },
    Rule {
        id: "BR-025",
        holds: |operation| {
            let stands_alone = is_one_of(operation.value(), &["30", "40", "50", "60", "70"]);
            Ok(!stands_alone
                || !operation
                    .doc()
                    .has_element(ElementName::NotificareAnterioara))
        },
        romanian: "La operațiunile 30, 40, 50, 60 și 70 nu se indică notificări anterioare.",
        english: "The operations 30, 40, 50, 60 and 70 name no earlier notifications.",
    },
    Rule {
        id: "BR-212",
        holds: |operation| {
            let starts_inland = is_one_of(operation.value(), &["20", "22", "24", "30", "50", "70"]);
            Ok(!starts_inland || !operation.doc().starts_at_border())
        },
        romanian: "La operațiunile 20, 22, 24, 30, 50 și 70, traseul nu începe la un punct de trecere a frontierei.",
        english: "In the operations 20, 22, 24, 30, 50 and 70 the road does not start at a border crossing point.",
    },
    Rule {
        id: "BR-213",
        holds: |operation| {
            let ends_inland = is_one_of(operation.value(), &["12", "14", "30", "40", "60"]);
            Ok(!ends_inland || !operation.doc().ends_at_border())
        },
        romanian: "La operațiunile 12, 14, 30, 40 și 60, traseul nu se termină la un punct de trecere a frontierei.",
        english: "In the operations 12, 14, 30, 40 and 60 the road does not end at a border crossing point.",
    },
    Rule {
        id: "BR-046",
        holds: |operation| {
            let no_customs = is_one_of(operation.value(), &["10", "20", "30", "60", "70"]);
            Ok(!no_customs || operation.doc().count(AttrName::CodBirouVamal) == 0)
        },
        romanian: "La operațiunile 10, 20, 30, 60 și 70 nu se indică birou vamal.",
        english: "The operations 10, 20, 30, 60 and 70 name no customs office.",
    },
    codes::OPERATION,
];

fn is_domestic(operation: Attribute<'_>) -> bool {
    is_one_of(operation.value(), &["30"])
}

/// `normalize-space(//@codTara) = $ISO-3166-EU-CODES`: Greece is `EL`, Northern Ireland (`XI`) counts.
fn is_eu(country: &str) -> bool {
    Country::from_code(country).is_some_and(Country::is_eu)
}
