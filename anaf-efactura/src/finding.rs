//! What ANAF found wrong with a document: the two grammars of its rule failures.

use std::fmt;

use anaf_types::{UploadIndex, text};

/// One thing that ANAF found wrong with a document. `Debug` and `Display` mask personal codes.
///
/// The two grammars, either of which may stand several times in one text, joined by ` || `:
/// - `E: validari globale SCHEMATRON eroare: [BR-CO-09]-…`, `E: validari globale eroare regula: R6.1: …`
/// - `tipAssert=FailedAssert; codEroare=BR-RO-110; localizareEroare=/Invoice; textEroare=[BR-RO-110]-<Romanian>
///   #<English>; expresieValidata=…`
///
/// A text in neither has no rule and stands in [`RuleFailure::romanian`] whole.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleFailure {
    /// The rule's id, such as `BR-RO-110` or `R6.1`.
    pub rule: Option<String>,
    /// Where: an XPath into the document.
    pub location: Option<String>,
    /// What, in Romanian.
    pub romanian: String,
    /// What, in English, where ANAF says it.
    pub english: Option<String>,
    /// The expression that did not hold.
    pub expression: Option<String>,
    /// ANAF's words about this failure, exactly.
    pub text: String,
}

impl RuleFailure {
    /// Reads the failures in one text of ANAF's; at least one, whatever the text is.
    #[must_use]
    pub fn parse(text: &str) -> Vec<Self> {
        pieces(text).into_iter().map(Self::one).collect()
    }

    /// The original filing, when the failure is that the invoice was filed before.
    #[must_use]
    pub fn duplicate_of(&self) -> Option<UploadIndex> {
        text::duplicate_of(&self.text).map(UploadIndex::from)
    }

    fn one(piece: &str) -> Self {
        match piece.find("tipAssert=") {
            Some(at) => Self::keyed(piece, piece.get(at..).unwrap_or_default()),
            None => Self::labelled(piece),
        }
    }

    /// The new grammar. The values may hold semicolons; so each reaches to the next known key.
    fn keyed(piece: &str, keys: &str) -> Self {
        let stated = value(keys, "textEroare=").unwrap_or_default();
        let (rule, said) = bracketed(stated);
        let (romanian, english) = languages(said);
        Self {
            rule: value(keys, "codEroare=")
                .filter(|v| !v.is_empty())
                .or(rule)
                .map(str::to_owned),
            location: value(keys, "localizareEroare=")
                .filter(|v| !v.is_empty())
                .map(str::to_owned),
            romanian: match romanian {
                "" => piece.trim().to_owned(),
                text => text.to_owned(),
            },
            english,
            expression: value(keys, "expresieValidata=").map(str::to_owned),
            text: piece.to_owned(),
        }
    }

    /// The old grammar, or none.
    fn labelled(piece: &str) -> Self {
        let said = ["eroare regula:", "eroare:"]
            .iter()
            .find_map(|label| Some((*label, piece.split_once(label)?.1)));
        let (rule, said) = match said {
            Some(("eroare regula:", rest)) => named(rest),
            Some((_, rest)) => bracketed(rest),
            None => bracketed(piece),
        };
        let (romanian, english) = languages(said);
        Self {
            rule: rule.map(str::to_owned),
            location: None,
            romanian: match romanian {
                "" => piece.trim().to_owned(),
                text => text.to_owned(),
            },
            english,
            expression: None,
            text: piece.to_owned(),
        }
    }
}

const KEYS: [&str; 5] = [
    "tipAssert=",
    "codEroare=",
    "localizareEroare=",
    "textEroare=",
    "expresieValidata=",
];

/// Cuts a text where a new failure begins.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut searched = 0;
    while let Some(found) = rest.get(searched..).and_then(|t| t.find("||")) {
        let at = searched + found;
        let (before, after) = (rest.get(..at), rest.get(at + 2..));
        let (Some(before), Some(after)) = (before, after) else {
            break;
        };
        let begins = after.trim_start();
        if ["tipAssert=", "E:", "["]
            .iter()
            .any(|b| begins.starts_with(b))
        {
            pieces.push(before);
            rest = after;
            searched = 0;
        } else {
            // `||` also stands in expressions.
            searched = at + 2;
        }
    }
    pieces.push(rest);
    let mut pieces: Vec<&str> = pieces.into_iter().flat_map(by_label).collect();
    pieces.retain(|p| !p.trim().is_empty());
    if pieces.is_empty() {
        pieces.push(text);
    }
    pieces
}

/// The old grammar repeats its label for each failure, with nothing but white space between.
fn by_label(piece: &str) -> Vec<&str> {
    const LABEL: &str = "E: validari";
    let mut starts: Vec<usize> = piece.match_indices(LABEL).map(|(at, _)| at).collect();
    if starts.len() < 2 {
        return vec![piece];
    }
    if let Some(first) = starts.first_mut() {
        *first = 0;
    }
    let ends = starts.iter().skip(1).copied().chain([piece.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| piece.get(*start..end))
        .collect()
}

/// The value of a key: up to the next known key after a `;`.
fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let after = text.split_once(key)?.1;
    let end = KEYS
        .iter()
        .filter_map(|next| {
            let at = after.find(next)?;
            let before = after.get(..at)?.trim_end();
            before.strip_suffix(';').map(str::len)
        })
        .min()
        .unwrap_or(after.len());
    Some(after.get(..end)?.trim())
}

/// `[BR-CO-09]-text` → the id and the text.
fn bracketed(text: &str) -> (Option<&str>, &str) {
    let text = text.trim();
    let Some((id, rest)) = text.strip_prefix('[').and_then(|t| t.split_once(']')) else {
        return (None, text);
    };
    match is_id(id) {
        true => (Some(id), rest.trim_start().trim_start_matches('-').trim()),
        false => (None, text),
    }
}

/// `R6.1: text` → the id and the text.
fn named(text: &str) -> (Option<&str>, &str) {
    let text = text.trim();
    match text.split_once(':') {
        Some((id, rest)) if is_id(id.trim()) => (Some(id.trim()), rest.trim()),
        _ => (None, text),
    }
}

fn is_id(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
}

/// Romanian before `#`, English after.
fn languages(text: &str) -> (&str, Option<String>) {
    match text.split_once('#') {
        Some((romanian, english)) if !english.trim().is_empty() => {
            (romanian.trim(), Some(english.trim().to_owned()))
        }
        _ => (text.trim(), None),
    }
}

impl fmt::Display for RuleFailure {
    /// `BR-RO-110 at /Invoice: <Romanian> (<English>)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let masked = text::mask_personal_codes;
        if let Some(rule) = &self.rule {
            f.write_str(rule)?;
        }
        if let Some(location) = &self.location {
            write!(f, " at {}", masked(location))?;
        }
        if self.rule.is_some() || self.location.is_some() {
            f.write_str(": ")?;
        }
        f.write_str(&masked(&self.romanian))?;
        if let Some(english) = &self.english {
            write!(f, " ({})", masked(english))?;
        }
        Ok(())
    }
}

impl fmt::Debug for RuleFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleFailure")
            .field("rule", &self.rule)
            .field("text", &text::mask_personal_codes(&self.text))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// (rule, location, romanian, english)
    type Row<'a> = (Option<&'a str>, Option<&'a str>, &'a str, Option<&'a str>);

    #[test]
    fn both_grammars() {
        let cases: [(&str, &[Row<'_>]); 9] = [
            (
                "E: validari globale\n eroare regula: R6.1: CIF-ul vanzatorului nu figureaza in baza de date:6443019833",
                &[(
                    Some("R6.1"),
                    None,
                    "CIF-ul vanzatorului nu figureaza in baza de date:6443019833",
                    None,
                )],
            ),
            (
                "E: validari globale SCHEMATRON eroare: [BR-CO-09]-Identificatorul TVA (BT-31) #The VAT identifiers",
                &[(
                    Some("BR-CO-09"),
                    None,
                    "Identificatorul TVA (BT-31)",
                    Some("The VAT identifiers"),
                )],
            ),
            (
                "E: validari globale SCHEMATRON eroare: [BR-01]-Unu E: validari globale SCHEMATRON eroare: [BR-02]-Doi",
                &[
                    (Some("BR-01"), None, "Unu", None),
                    (Some("BR-02"), None, "Doi", None),
                ],
            ),
            (
                "tipAssert=FailedAssert; codEroare=BR-RO-110; localizareEroare=/Invoice; textEroare=[BR-RO-110]-Dacă ţara; atunci #If the country; then; expresieValidata=a || b; c",
                &[(
                    Some("BR-RO-110"),
                    Some("/Invoice"),
                    "Dacă ţara; atunci",
                    Some("If the country; then"),
                )],
            ),
            (
                "tipAssert=FailedAssert; codEroare=BR-RO-1; localizareEroare=/Invoice/a[1]; textEroare=[BR-RO-1]-Unu #One; expresieValidata=x || tipAssert=FailedAssert; codEroare=BR-RO-2; localizareEroare=/Invoice; textEroare=[BR-RO-2]-Doi; expresieValidata=y",
                &[
                    (Some("BR-RO-1"), Some("/Invoice/a[1]"), "Unu", Some("One")),
                    (Some("BR-RO-2"), Some("/Invoice"), "Doi", None),
                ],
            ),
            (
                "[BR-03]-Trei || [BR-04]-Patru",
                &[
                    (Some("BR-03"), None, "Trei", None),
                    (Some("BR-04"), None, "Patru", None),
                ],
            ),
            (
                "Factura a mai fost transmisa anterior cu index=3828 si data incarcare=2026-01-20",
                &[(
                    None,
                    None,
                    "Factura a mai fost transmisa anterior cu index=3828 si data incarcare=2026-01-20",
                    None,
                )],
            ),
            ("", &[(None, None, "", None)]),
            (
                "tipAssert=FailedAssert",
                &[(None, None, "tipAssert=FailedAssert", None)],
            ),
        ];
        for (text, expected) in cases {
            let failures = RuleFailure::parse(text);
            let got: Vec<Row<'_>> = failures
                .iter()
                .map(|f| {
                    (
                        f.rule.as_deref(),
                        f.location.as_deref(),
                        f.romanian.as_str(),
                        f.english.as_deref(),
                    )
                })
                .collect();
            assert_eq!(got, expected, "{text}");
        }
        let duplicate = RuleFailure::parse(cases[6].0);
        assert_eq!(duplicate[0].duplicate_of(), Some(3828.into()));
        assert_eq!(
            RuleFailure::parse(cases[3].0)[0].expression.as_deref(),
            Some("a || b; c")
        );
    }

    proptest! {
        #[test]
        fn nothing_panics_and_nothing_is_lost(
            text in "(\\|\\||tipAssert=|codEroare=|textEroare=|; ?|E: validari|eroare:|eroare regula:|\\[[A-Z-]{0,3}\\]|#|[a-zș ]{0,6}){0,12}"
        ) {
            let failures = RuleFailure::parse(&text);
            prop_assert!(!failures.is_empty());
            // What is missing is the joints and blanks.
            let bare = |t: &str| t.chars().filter(|c| *c != '|' && !c.is_whitespace()).collect::<String>();
            let together: String = failures.iter().map(|f| f.text.as_str()).collect();
            prop_assert_eq!(bare(&together), bare(&text));
        }
    }
}
