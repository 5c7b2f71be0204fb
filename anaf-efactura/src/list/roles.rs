//! Who is who in a row's `detalii`.

use anaf_types::{Cif, UploadIndex};

/// The parties that a row's `detalii` names. ANAF documents keys for them and sends them in this text alone.
///
/// Its known grammars:
/// - `Factura cu id_incarcare=A emisa de cif_emitent=B pentru cif_beneficiar=C`
/// - `Factura cu id_incarcare=A transmisa de cif=B  ca autofactura in numele cif=C`: the buyer B filed in the name of
///   the seller C
/// - `Erori de validare identificate la factura primita cu id_incarcare=A`: no parties
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Roles {
    /// The seller (`cif_emitent`). Codes of foreign parties that are not digits are not here; see the text.
    pub seller: Option<Cif>,
    /// The buyer (`cif_beneficiar`), who may be a person.
    pub buyer: Option<Cif>,
    /// Whether the buyer issued it in the seller's name (`autofactura`).
    pub self_billed: bool,
}

impl Roles {
    /// Reads them out of `detalii`.
    #[must_use]
    pub fn of(details: &str) -> Self {
        match usual(details) {
            Some((_, seller, buyer)) => Self {
                seller: cif(seller),
                buyer: cif(buyer),
                self_billed: false,
            },
            None => Self::search(details),
        }
    }

    fn search(details: &str) -> Self {
        if let Some((before, after)) = details.split_once("cif_emitent=") {
            return Self {
                seller: cif(after),
                buyer: details
                    .split_once("cif_beneficiar=")
                    .and_then(|(_, t)| cif(t)),
                self_billed: before.contains("autofact"),
            };
        }
        // "autofactura" is at times written "autofactutra".
        match details.split_once("autofact") {
            Some((before, after)) => Self {
                seller: after.split_once("numele cif=").and_then(|(_, t)| cif(t)),
                buyer: before.split_once("de cif=").and_then(|(_, t)| cif(t)),
                self_billed: true,
            },
            None => Self {
                self_billed: details.contains("AUTOFACT"),
                ..Self::default()
            },
        }
    }
}

/// The upload index, seller and buyer of the first grammar, which nearly every row has; no search is needed for it.
fn usual(details: &str) -> Option<(&str, &str, &str)> {
    let rest = details.strip_prefix("Factura cu id_incarcare=")?;
    let index = digits(rest);
    let rest = rest
        .get(index.len()..)?
        .strip_prefix(" emisa de cif_emitent=")?;
    let (seller, rest) = rest.split_at_checked(rest.bytes().position(|b| b == b' ')?)?;
    Some((index, seller, rest.strip_prefix(" pentru cif_beneficiar=")?))
}

/// The upload index that `detalii` names.
pub(super) fn index(details: &str) -> Option<UploadIndex> {
    let (_, after) = details.split_once("id_incarcare=")?;
    UploadIndex::parse(digits(after)).ok()
}

/// ANAF's test data have codes whose control digit does not hold; they are kept.
pub(super) fn cif(text: &str) -> Option<Cif> {
    Cif::without_control(digits(text)).ok()
}

fn digits(text: &str) -> &str {
    let text = text.trim_start();
    let text = text.strip_prefix("RO").unwrap_or(text);
    let end = text
        .bytes()
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_grammar() {
        let cases = [
            (
                "Factura cu id_incarcare=5001131297 emisa de cif_emitent=8000000000 pentru cif_beneficiar=3",
                (Some("8000000000"), Some("3"), false, Some("5001131297")),
            ),
            (
                "Factura cu id_incarcare=7 transmisa de cif=12345674  ca autofactura in numele cif=8000000000",
                (Some("8000000000"), Some("12345674"), true, Some("7")),
            ),
            (
                "Factura cu id_incarcare=7 transmisa de cif=12345674  ca autofactutra in numele cif=8000000000",
                (Some("8000000000"), Some("12345674"), true, Some("7")),
            ),
            (
                "Erori de validare identificate la factura primita cu id_incarcare=3828",
                (None, None, false, Some("3828")),
            ),
            (
                "Erori de validare identificate la factura transmisa cu id_incarcare=3828",
                (None, None, false, Some("3828")),
            ),
            (
                "Erori de validare identificate la factura de tip declarat=AUTOFACTURA, transmisa cu id_incarcare=3828",
                (None, None, true, Some("3828")),
            ),
            (
                "Factura cu id_incarcare=1 emisa de cif_emitent=12345674 pentru cif_beneficiar=DE123",
                (Some("12345674"), None, false, Some("1")),
            ),
            ("Altceva", (None, None, false, None)),
        ];
        for (text, (seller, buyer, self_billed, at)) in cases {
            let roles = Roles::of(text);
            assert_eq!(roles.seller.as_ref().map(Cif::digits), seller, "{text}");
            assert_eq!(roles.buyer.as_ref().map(Cif::digits), buyer, "{text}");
            assert_eq!(roles.self_billed, self_billed, "{text}");
            assert_eq!(index(text).as_ref().map(UploadIndex::as_str), at, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_says_what_the_search_says(
            text in "Factura cu id_incarcare=[0-9a]{0,3} emisa de cif_emitent=[0-9RO]{0,5} pentru cif_beneficiar=[0-9DE ]{0,5}"
        ) {
            prop_assert_eq!(Roles::of(&text), Roles::search(&text));
        }

        #[test]
        fn never_panics(text in "(Factura|autofact|cif=|cif_emitent=|numele |[0-9 ăRO=]{0,9}){0,9}") {
            let _ = (Roles::of(&text), index(&text));
        }
    }
}
