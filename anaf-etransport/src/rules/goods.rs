//! Rules on the goods, context `xx:bunuriTransportate` and their numbers.

use std::borrow::Cow;

use super::xpath::{
    Holds, decimal, has_twelve_digits, has_two_decimals, is_one_of, is_tariff_code, normalize,
    the_only,
};
use super::{OnAttribute, OnElement, Rule};
use crate::report::Ambiguity;
use crate::xml::{AttrName, Attribute, Element};

/// Context `xx:bunuriTransportate`.
pub(super) static ON_GOODS: [OnElement; 9] = [
    Rule {
        id: "BR-218",
        holds: |goods| {
            Ok(goods
                .attr(AttrName::GreutateBruta)
                .is_some_and(|weight| !weight.is_empty()))
        },
        romanian: "Greutatea brută este obligatorie pentru fiecare bun.",
        english: "Each goods line needs its gross weight.",
    },
    Rule {
        id: "BR-020",
        holds: |goods| {
            let Some(net) = goods.attr(AttrName::GreutateNeta) else {
                return Ok(true);
            };
            let Some(gross) = goods.attr(AttrName::GreutateBruta) else {
                return Ok(false);
            };
            Ok(decimal(gross)?.compare(decimal(net)?).is_ge())
        },
        romanian: "Greutatea brută nu poate fi mai mică decât greutatea netă.",
        english: "The gross weight cannot be less than the net weight.",
    },
    Rule {
        id: "BR-068",
        holds: |goods| {
            let fits = has_purpose(
                goods,
                &[
                    "101", "201", "301", "401", "501", "601", "703", "801", "802", "901", "1001",
                    "1101", "9901",
                ],
            );
            Ok(operation(goods)? != "10" || fits)
        },
        romanian: "La o achiziție intracomunitară (10), scopul este 101, 201, 301, 401, 501, 601, 703, 801, 802, 901, 1001, \
                   1101 sau 9901.",
        english: "In an acquisition within the Union (10) the purpose is 101, 201, 301, 401, 501, 601, 703, 801, 802, 901, \
                  1001, 1101 or 9901.",
    },
    Rule {
        id: "BR-069",
        holds: |goods| {
            let fits = has_purpose(goods, &["101", "301", "703", "801", "802", "9901"]);
            Ok(operation(goods)? != "20" || fits)
        },
        romanian: "La o livrare intracomunitară (20), scopul este 101, 301, 703, 801, 802 sau 9901.",
        english: "In a supply within the Union (20) the purpose is 101, 301, 703, 801, 802 or 9901.",
    },
    Rule {
        id: "BR-070",
        holds: |goods| {
            let fits = has_purpose(goods, &["101", "704", "705", "9901"]);
            Ok(operation(goods)? != "30" || fits)
        },
        romanian: "La un transport pe teritoriul național (30), scopul este 101, 704, 705 sau 9901.",
        english: "In a domestic transport (30) the purpose is 101, 704, 705 or 9901.",
    },
    Rule {
        id: "BR-205",
        holds: |goods| {
            let bound = is_one_of(
                &operation(goods)?,
                &["12", "14", "22", "24", "40", "50", "60", "70"],
            );
            Ok(!bound || has_purpose(goods, &["9999"]))
        },
        romanian: "La operațiunile 12, 14, 22, 24, 40, 50, 60 și 70, scopul este 9999 (același cu operațiunea).",
        english: "In the operations 12, 14, 22, 24, 40, 50, 60 and 70 the purpose is 9999 (the same as the operation).",
    },
    Rule {
        id: "BR-206",
        holds: |goods| has_unless_stored(goods, AttrName::CodTarifar),
        romanian: "Codul tarifar este obligatoriu pentru fiecare bun, în afară de operațiunile 60 și 70.",
        english: "Each goods line needs its tariff code, except in the operations 60 and 70.",
    },
    Rule {
        id: "BR-207",
        holds: |goods| has_unless_stored(goods, AttrName::GreutateNeta),
        romanian: "Greutatea netă este obligatorie pentru fiecare bun, în afară de operațiunile 60 și 70.",
        english: "Each goods line needs its net weight, except in the operations 60 and 70.",
    },
    Rule {
        id: "BR-208",
        holds: |goods| has_unless_stored(goods, AttrName::ValoareLeiFaraTva),
        romanian: "Valoarea fără TVA în lei este obligatorie pentru fiecare bun, în afară de operațiunile 60 și 70.",
        english: "Each goods line needs its value in lei without VAT, except in the operations 60 and 70.",
    },
];

/// Context `//@cantitate`.
pub(super) static ON_QUANTITY: [OnAttribute; 3] = [
    Rule {
        id: "BR-027",
        holds: |quantity| is_positive(quantity),
        romanian: "Cantitatea trebuie să fie mai mare ca zero.",
        english: "The quantity must be above zero.",
    },
    Rule {
        id: "BR-035",
        holds: |quantity| Ok(has_two_decimals(quantity.value())),
        romanian: "Cantitatea are cel mult două zecimale.",
        english: "The quantity has at most two decimals.",
    },
    Rule {
        // A number without a point passes at any length; the schema stops it.
        id: "BR-036",
        holds: |quantity| Ok(has_twelve_digits(quantity.value())),
        romanian: "Cantitatea are cel mult 12 cifre înainte de punct.",
        english: "The quantity has at most 12 digits before the point.",
    },
];

/// Context `//@greutateNeta`.
pub(super) static ON_NET_WEIGHT: [OnAttribute; 3] = [
    Rule {
        id: "BR-028",
        holds: |weight| is_positive(weight),
        romanian: "Greutatea netă trebuie să fie mai mare ca zero.",
        english: "The net weight must be above zero.",
    },
    Rule {
        id: "BR-037",
        holds: |weight| Ok(has_two_decimals(weight.value())),
        romanian: "Greutatea netă are cel mult două zecimale.",
        english: "The net weight has at most two decimals.",
    },
    Rule {
        id: "BR-038",
        holds: |weight| Ok(has_twelve_digits(weight.value())),
        romanian: "Greutatea netă are cel mult 12 cifre înainte de punct.",
        english: "The net weight has at most 12 digits before the point.",
    },
];

/// Context `//@greutateBruta`.
pub(super) static ON_GROSS_WEIGHT: [OnAttribute; 3] = [
    Rule {
        id: "BR-029",
        holds: |weight| is_positive(weight),
        romanian: "Greutatea brută trebuie să fie mai mare ca zero.",
        english: "The gross weight must be above zero.",
    },
    Rule {
        id: "BR-039",
        holds: |weight| Ok(has_two_decimals(weight.value())),
        romanian: "Greutatea brută are cel mult două zecimale.",
        english: "The gross weight has at most two decimals.",
    },
    Rule {
        id: "BR-040",
        holds: |weight| Ok(has_twelve_digits(weight.value())),
        romanian: "Greutatea brută are cel mult 12 cifre înainte de punct.",
        english: "The gross weight has at most 12 digits before the point.",
    },
];

/// Context `//@valoareLeiFaraTva`.
pub(super) static ON_VALUE: [OnAttribute; 3] = [
    Rule {
        id: "BR-030",
        holds: |value| Ok(decimal(value.value())?.signum() >= 0),
        romanian: "Valoarea fără TVA nu poate fi negativă.",
        english: "The value without VAT cannot be negative.",
    },
    Rule {
        id: "BR-041",
        holds: |value| Ok(has_two_decimals(value.value())),
        romanian: "Valoarea fără TVA are cel mult două zecimale.",
        english: "The value without VAT has at most two decimals.",
    },
    Rule {
        id: "BR-042",
        holds: |value| Ok(has_twelve_digits(value.value())),
        romanian: "Valoarea fără TVA are cel mult 12 cifre înainte de punct.",
        english: "The value without VAT has at most 12 digits before the point.",
    },
];

/// Context `//@codTarifar`.
pub(super) static ON_TARIFF_CODE: [OnAttribute; 1] = [Rule {
    id: "BR-034",
    holds: |code| Ok(is_tariff_code(&normalize(code.value()))),
    romanian: "Codul tarifar are 4, 6 sau 8 cifre.",
    english: "The tariff code has 4, 6 or 8 digits.",
}];

/// `xs:decimal(.) > 0`
fn is_positive(number: Attribute<'_>) -> Holds {
    Ok(decimal(number.value())?.signum() > 0)
}

/// `normalize-space(//@codTipOperatiune)`
fn operation<'d>(goods: Element<'d>) -> Result<Cow<'d, str>, Ambiguity> {
    the_only(goods.doc(), AttrName::CodTipOperatiune)
}

/// `normalize-space(@codScopOperatiune) = (…)`
fn has_purpose(goods: Element<'_>, purposes: &[&str]) -> bool {
    is_one_of(
        goods.attr(AttrName::CodScopOperatiune).unwrap_or_default(),
        purposes,
    )
}

/// The attribute is there, or the operation is 60 or 70.
fn has_unless_stored(goods: Element<'_>, name: AttrName) -> Holds {
    let stored = is_one_of(&operation(goods)?, &["60", "70"]);
    Ok(stored || goods.attr(name).is_some())
}
