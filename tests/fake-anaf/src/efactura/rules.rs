//! What is checked after the schema, and how failures are written.

use std::fmt;
use std::sync::Arc;

use super::Standard;
use super::invoice::Facts;

/// One failed rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFailure {
    rule: String,
    location: String,
    romanian: String,
    english: String,
    verbatim: Option<String>,
}

impl RuleFailure {
    /// A failed rule: its id (`BR-RO-110`), the place (`/Invoice`), and its text in both languages.
    pub fn new(
        rule: impl Into<String>,
        location: impl Into<String>,
        romanian: impl Into<String>,
        english: impl Into<String>,
    ) -> Self {
        Self {
            rule: rule.into(),
            location: location.into(),
            romanian: romanian.into(),
            english: english.into(),
            verbatim: None,
        }
    }

    /// A failure whose `errorMessage` is exactly this.
    pub fn verbatim(text: impl Into<String>) -> Self {
        Self {
            verbatim: Some(text.into()),
            ..Self::new("", "", "", "")
        }
    }

    fn old(&self) -> String {
        format!(
            "E: validari globale SCHEMATRON eroare: [{}]-{} #{}",
            self.rule, self.romanian, self.english
        )
    }

    fn new_grammar(&self) -> String {
        format!(
            "tipAssert=FailedAssert; codEroare={rule}; localizareEroare={place}; textEroare=[{rule}]-{ro} #{en}; \
             expresieValidata=false()",
            rule = self.rule,
            place = self.location,
            ro = self.romanian,
            en = self.english,
        )
    }
}

/// How rule failures are written in a rejected invoice's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Grammar {
    /// `E: validari globale SCHEMATRON eroare: [BR-CO-09]-…`, one `Error` each.
    Old,
    /// `tipAssert=FailedAssert; codEroare=…`, one `Error` each.
    #[default]
    New,
    /// The new grammar, all failures in one `Error`, joined by ` || `.
    NewJoined,
}

/// The `errorMessage` texts for these failures.
pub(super) fn messages(failures: &[RuleFailure], grammar: Grammar) -> Vec<String> {
    let text = |failure: &RuleFailure| match (&failure.verbatim, grammar) {
        (Some(text), _) => text.clone(),
        (None, Grammar::Old) => failure.old(),
        (None, Grammar::New | Grammar::NewJoined) => failure.new_grammar(),
    };
    let each = failures.iter().map(text);
    if grammar == Grammar::NewJoined {
        vec![each.collect::<Vec<_>>().join(" || ")]
    } else {
        each.collect()
    }
}

/// A verdict on order, for the next upload that gets an index. See
/// [`EFacturaControl::next_verdict`](super::EFacturaControl::next_verdict).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Verdict {
    /// `ok`, whatever the rules say.
    Accepted,
    /// `nok` with these failures.
    Rejected(Vec<RuleFailure>),
    /// `XML cu erori nepreluat de sistem`.
    NotTakenOver,
}

/// The rules that an upload goes through after the schema: a function from the document's bytes to its failures.
///
/// The default ones reject what any client's tests can bring about without knowing CIUS-RO: a number that contains
/// `RESPINGE` (two failures), a missing number, a number without a digit, and a seller whose fiscal code does not
/// check (in the old texts of `validari globale`).
#[derive(Clone, Default)]
pub struct Rules(Option<Check>);

type Check = Arc<dyn Fn(&[u8]) -> Vec<RuleFailure> + Send + Sync>;

impl Rules {
    /// Rules of the test's own, in place of the default ones.
    pub fn custom(rules: impl Fn(&[u8]) -> Vec<RuleFailure> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(rules)))
    }

    /// No rules: every document that passes the schema is accepted.
    pub fn none() -> Self {
        Self::custom(|_| Vec::new())
    }

    pub(super) fn check(&self, standard: Standard, facts: &Facts, body: &[u8]) -> Vec<RuleFailure> {
        match &self.0 {
            Some(check) => check(body),
            None => default_rules(standard, facts),
        }
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Rules(custom)"
        } else {
            "Rules(default)"
        })
    }
}

fn default_rules(standard: Standard, facts: &Facts) -> Vec<RuleFailure> {
    let root = match standard {
        Standard::Ubl => "/Invoice",
        Standard::Cn => "/CreditNote",
        Standard::Cii => "/CrossIndustryInvoice",
        Standard::Rasp => return Vec::new(),
    };
    let mut failures = Vec::new();
    if facts.number.is_empty() {
        failures.push(RuleFailure::new(
            "BR-02",
            root,
            "O factură trebuie să aibă un număr de factură (BT-1).",
            "An Invoice shall have an Invoice number (BT-1).",
        ));
    } else if !facts.number.bytes().any(|b| b.is_ascii_digit()) {
        failures.push(RuleFailure::new(
            "BR-RO-010",
            root,
            "Numărul facturii (BT-1) trebuie să conțină cel puțin un caracter numeric.",
            "The Invoice number (BT-1) must contain at least one numeric character.",
        ));
    }
    if facts.number.contains("RESPINGE") {
        failures.push(RuleFailure::new(
            "BR-CO-09",
            format!("{root}/AccountingSupplierParty[1]/Party[1]/PartyTaxScheme[1]/CompanyID[1]"),
            "Identificatorul de TVA al Vânzătorului (BT-31) trebuie să aibă un prefix în conformitate cu codul ISO 3166-1 alpha-2.",
            "The Seller VAT identifier (BT-31) shall have a prefix in accordance with ISO code ISO 3166-1 alpha-2.",
        ));
        failures.push(RuleFailure::new(
            "BR-RO-110",
            root,
            "Dacă codul țării vânzătorului (BT-40) are valoarea RO, subdiviziunea țării vânzătorului (BT-39) trebuie codificată folosind lista ISO 3166-2:RO.",
            "If the country code for the Seller (BT-40) is RO, the Seller country subdivision (BT-39) must be coded using the list ISO 3166-2:RO.",
        ));
    }
    if !facts.seller.is_empty() && !fiscal_code_checks(&facts.seller) {
        failures.push(RuleFailure::verbatim(format!(
            "E: validari globale\n eroare regula: R6.1: CIF-ul vanzatorului nu figureaza in baza de date:{}",
            facts.seller
        )));
    }
    failures
}

/// Whether the last digit of a fiscal code (or of a 13-digit personal one) is the right check digit.
pub(crate) fn fiscal_code_checks(code: &str) -> bool {
    let digits: Vec<u32> = code.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != code.chars().count() {
        return false;
    }
    let Some((check, front)) = digits.split_last() else {
        return false;
    };
    let sum = |key: &[u32]| -> u32 {
        front
            .iter()
            .rev()
            .zip(key.iter().rev())
            .map(|(d, k)| d * k)
            .sum()
    };
    match digits.len() {
        2..=10 => sum(&[7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10 % 11 % 10 == *check,
        13 => {
            let rest = sum(&[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
            (if rest == 10 { 1 } else { rest }) == *check
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits() {
        for (code, checks) in [
            ("10000016", true),
            ("20000021", true),
            ("10000017", false),
            ("", false),
            ("12a", false),
            ("1990101410019", false),
        ] {
            assert_eq!(fiscal_code_checks(code), checks, "{code}");
        }
    }

    #[test]
    fn both_grammars() {
        let failures = [
            RuleFailure::new("BR-1", "/Invoice", "ro", "en"),
            RuleFailure::verbatim("E: asa"),
        ];
        assert_eq!(
            messages(&failures, Grammar::Old),
            [
                "E: validari globale SCHEMATRON eroare: [BR-1]-ro #en",
                "E: asa"
            ]
        );
        let new = "tipAssert=FailedAssert; codEroare=BR-1; localizareEroare=/Invoice; textEroare=[BR-1]-ro #en; expresieValidata=false()";
        assert_eq!(messages(&failures, Grammar::New), [new, "E: asa"]);
        assert_eq!(
            messages(&failures, Grammar::NewJoined),
            [format!("{new} || E: asa")]
        );
    }
}
