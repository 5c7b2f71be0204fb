//! Texts of the rules in our own words, hints, business terms and printed ids, all by id.

mod hints_tables;
mod printed_tables;
mod rules_tables;
mod terms_tables;
mod vat;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use hints_tables::HINTS;
pub(super) use printed_tables::PRINTED_IDS;
use rules_tables::RULES;
pub(super) use terms_tables::TERMS;

/// What a rule wants of its business terms.
#[derive(Clone, Copy)]
enum Wants {
    /// Must be there.
    Present,
    /// One of the terms must be there.
    OneOf,
    /// At most once.
    Once,
    /// At most once, and (a slip of the official rule) the payee's name differs from the seller's.
    OncePayee,
    /// At most so many characters.
    Length(u32),
    TwoDecimals,
    /// `YYYY-MM-DD`.
    PlainDate,
    /// A code of a list: its name, and some members.
    Code(&'static str, &'static str),
    /// Reason and reason code say the same: not checked.
    SameReason,
    /// In Bucharest, the city is a sector.
    Sector,
    /// In Romania, the subdivision is a county.
    County,
    /// The path is not part of the invoice.
    Unused(&'static str),
    /// English, Romanian.
    Own(&'static str, &'static str),
}

type Text = Cow<'static, str>;

static WANTS: LazyLock<HashMap<&str, (&[&str], Wants)>> = LazyLock::new(|| {
    RULES
        .iter()
        .map(|(id, terms, wants)| (*id, (*terms, *wants)))
        .collect()
});

/// English and Romanian. `absent` is the path of a rule on absent elements.
pub(super) fn of(id: &'static str, absent: Option<&'static str>) -> (Text, Text) {
    if let Some(path) = absent {
        return unused(path);
    }
    if let Some((terms, wants)) = WANTS.get(id) {
        return wants.text(terms);
    }
    match vat::of(id) {
        Some((en, ro, _)) => (en.into(), ro.into()),
        None => (id.into(), id.into()),
    }
}

pub(super) fn terms(id: &str) -> &'static [&'static str] {
    match WANTS.get(id) {
        Some((terms, _)) => terms,
        None => vat::of(id).map_or(&[], |(_, _, terms)| terms),
    }
}

pub(super) fn hint(id: &str) -> Option<(&'static str, &'static str)> {
    HINTS
        .iter()
        .find(|(ids, _, _)| ids.contains(&id))
        .map(|(_, en, ro)| (*en, *ro))
}

fn unused(path: &str) -> (Text, Text) {
    let what = if path.contains('@') {
        ("attribute", "atributul")
    } else {
        ("element", "elementul")
    };
    (
        format!(
            "{path} is not part of a CIUS-RO invoice: leave the {} out.",
            what.0
        )
        .into(),
        format!(
            "{path} nu face parte din factura CIUS-RO: omiteți {}.",
            what.1
        )
        .into(),
    )
}

impl Wants {
    fn text(self, terms: &[&str]) -> (Text, Text) {
        let (en, ro) = (
            names(terms, " or ", |term| term.en),
            names(terms, " sau ", |term| term.ro),
        );
        let both = |en: String, ro: String| (Text::from(en), Text::from(ro));
        match self {
            Wants::Own(en, ro) => (en.into(), ro.into()),
            Wants::Unused(path) => unused(path),
            Wants::Present => both(
                format!("{en} must be given."),
                format!("Trebuie completat: {}.", lower(&ro)),
            ),
            Wants::OneOf => both(
                format!("{en} must be given (or both)."),
                format!("Trebuie completat: {} (sau amândouă).", lower(&ro)),
            ),
            Wants::Once => both(
                format!("{en}: at most once."),
                format!("{ro}: cel mult o dată."),
            ),
            Wants::OncePayee => both(
                format!("{en}: at most once, and the payee (BG-10) is not the seller."),
                format!(
                    "{ro}: cel mult o dată, iar beneficiarul plății (BG-10) nu este vânzătorul."
                ),
            ),
            Wants::Length(most) => both(
                format!("{en}: at most {most} characters."),
                format!("{ro}: cel mult {most} de caractere."),
            ),
            Wants::TwoDecimals => both(
                format!("{en}: at most two decimals."),
                format!("{ro}: cel mult două zecimale."),
            ),
            Wants::PlainDate => both(
                format!("{en}: a date written YYYY-MM-DD, without a time zone."),
                format!("{ro}: o dată scrisă AAAA-LL-ZZ, fără fus orar."),
            ),
            Wants::Code(list, members) => both(
                format!("{en}: a code of {list}, e.g. {members}."),
                format!("{ro}: un cod din {list}, de exemplu {members}."),
            ),
            Wants::SameReason => both(
                format!("{en} must give the same reason (not checked)."),
                format!("{ro} trebuie să dea același motiv (nu se verifică)."),
            ),
            Wants::Sector => both(
                format!(
                    "In Bucharest (country RO, RO-B) the city must be SECTOR1 to SECTOR6 ({}).",
                    terms.join(", ")
                ),
                format!(
                    "În București (țara RO, RO-B) localitatea trebuie să fie SECTOR1 … SECTOR6 ({}).",
                    terms.join(", ")
                ),
            ),
            Wants::County => both(
                format!(
                    "In Romania (country RO) the subdivision must be a county of ISO 3166-2:RO ({}).",
                    terms.join(", ")
                ),
                format!(
                    "În România (țara RO) subdiviziunea trebuie să fie un județ din ISO 3166-2:RO ({}).",
                    terms.join(", ")
                ),
            ),
        }
    }
}

/// A business term or group of EN 16931.
pub(super) struct Term {
    /// `BT-27`
    pub(super) number: &'static str,
    /// Where UBL puts it below an `Invoice`, where that is one place.
    pub(super) path: &'static str,
    en: &'static str,
    ro: &'static str,
}

impl Term {
    const fn new(
        number: &'static str,
        path: &'static str,
        en: &'static str,
        ro: &'static str,
    ) -> Term {
        Term {
            number,
            path,
            en,
            ro,
        }
    }
}

/// `Seller name (BT-27)`, several joined.
fn names(terms: &[&str], join: &str, name: fn(&Term) -> &'static str) -> String {
    let mut out = String::new();
    for number in terms {
        let term = TERMS
            .iter()
            .find(|term| term.number == *number)
            .map_or("", name);
        if out.is_empty() {
            out.push_str(term);
        } else {
            out.push_str(join);
            out.push_str(&lower(term));
        }
        out.push_str(&format!(" ({number})"));
    }
    out
}

/// A name within a sentence; `VAT` stays.
fn lower(name: &str) -> String {
    let mut chars = name.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::all;

    #[test]
    fn every_rule_has_texts_of_its_own() {
        for rule in all() {
            let (en, ro) = (rule.text_en(), rule.text_ro());
            assert!(en != rule.id() && en.ends_with('.'), "{} {en}", rule.id());
            assert!(
                ro != rule.id() && ro.ends_with('.') && ro != en,
                "{} {ro}",
                rule.id()
            );
        }
    }

    #[test]
    fn the_tables_speak_of_rules_and_terms_that_exist() {
        let known = |id: &str| all().any(|rule| rule.id() == id);
        assert!(
            RULES.iter().all(|(id, ..)| known(id)),
            "a text for an unknown rule"
        );
        assert_eq!(RULES.len(), WANTS.len(), "two texts for one rule");
        for id in HINTS
            .iter()
            .flat_map(|(ids, ..)| *ids)
            .chain(PRINTED_IDS.iter().map(|(id, _)| id))
        {
            assert!(known(id), "{id}");
        }
        for rule in all() {
            for term in rule.terms() {
                assert!(
                    TERMS.iter().any(|known| known.number == *term),
                    "{} {term}",
                    rule.id()
                );
            }
        }
    }

    #[test]
    fn texts_read_as_sentences() {
        let rule = |id| crate::rules::rule(id).unwrap();
        assert_eq!(
            rule("BR-RO-L201").text_en(),
            "Seller name (BT-27): at most 200 characters."
        );
        assert_eq!(
            rule("BR-02").text_ro(),
            "Trebuie completat: numărul facturii (BT-1)."
        );
        assert_eq!(
            rule("UBL-CR-005").text_en(),
            "cbc:UUID is not part of a CIUS-RO invoice: leave the element out."
        );
        assert_eq!(
            rule("BR-IC-05").text_en(),
            "VAT category K (intra-community supply): the rate of a line (BT-152) must be 0."
        );
        assert_eq!(rule("BR-RO-L020").id(), "BR-RO-L0201");
    }
}
