//! What validation says of a document.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// How grave a finding is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// ANAF does not take the document.
    Fatal,
    /// Worth knowing; the document stands. The official rules of version 2.0.2 have warnings for the document's kind
    /// alone, which [`Report::kind`](Report::kind) gives instead.
    Warning,
}

impl Severity {
    /// `fatal` or `warning`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Warning => "warning",
        }
    }
}

/// Where a finding stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct FindingPlace {
    pub(crate) element: Arc<str>,
    pub(crate) attribute: Option<Box<str>>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl FindingPlace {
    /// The XPath, names without prefixes: `/eTransport[1]/notificare[1]/bunuriTransportate[3]/@cantitate`. A step of a
    /// name that the schema does not have is `*[n]`, the nth child. Empty where the document is not XML.
    pub fn xpath(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for FindingPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.element)?;
        match &self.attribute {
            Some(name) => write!(f, "/@{name}"),
            None => Ok(()),
        }
    }
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule: `BR-…` and `BT-TY-005` are the official assertions, `cvc-…` the constraints of XML Schema under the
    /// names that the W3C gives them (and ANAF's answers quote), `XML-…` what keeps the document from being XML.
    pub id: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// Where it stands.
    pub place: FindingPlace,
    /// What is wrong, in Romanian.
    pub romanian: &'static str,
    /// What is wrong, in English.
    pub english: &'static str,
    /// The value that is wrong, where there is one, cut to 80 characters.
    pub value: Option<Box<str>>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FindingPlace { line, column, .. } = self.place;
        write!(
            f,
            "{} at {} (line {line}, column {column}): {}",
            self.id, self.place, self.english
        )?;
        match &self.value {
            Some(value) => write!(f, " Found: `{value}`."),
            None => Ok(()),
        }
    }
}

/// An official assertion on which the official processor stops with an error of its own, so that nobody can say
/// whether it holds. ANAF's server answers such a document as it pleases: take the ambiguity away.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Undetermined {
    /// The assertion.
    pub id: &'static str,
    /// Where it was asked first.
    pub place: FindingPlace,
    /// Why it cannot be answered.
    pub why: Ambiguity,
}

/// Why the official processor stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ambiguity {
    /// The assertion takes one value (`normalize-space(//@name)`), and the document has several (XPTY0004).
    SeveralValues(&'static str),
    /// The assertion reads a number, and the text is none (FORG0001).
    NotANumber,
}

impl fmt::Display for Ambiguity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SeveralValues(name) => {
                write!(
                    f,
                    "XPTY0004: the rule takes one `{name}` in the whole document, and there are several"
                )
            }
            Self::NotANumber => {
                f.write_str("FORG0001: the rule reads a decimal number, and the text is none")
            }
        }
    }
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A new notification (`notificare`).
    Notification,
    /// A notification that replaces an earlier one (`notificare` with `corectie`).
    Correction,
    /// A deletion (`stergere`).
    Deletion,
    /// A confirmation (`confirmare`).
    Confirmation,
    /// A change of vehicle (`modifVehicul`).
    VehicleChange,
}

/// The verdict on a document.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Report {
    pub(crate) kind: Option<Kind>,
    pub(crate) schema: Vec<Finding>,
    pub(crate) rules: Vec<Finding>,
    pub(crate) undetermined: Vec<Undetermined>,
    pub(crate) counts: BTreeMap<&'static str, u32>,
    pub(crate) omitted: u32,
}

/// A report keeps this many findings word by word; more are counted in [`Report::counts`] alone.
pub const MAX_FINDINGS: usize = 100_000;

impl Report {
    /// What the document is; `None` where it has none of the four operations.
    pub fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// Whether the document is well-formed and follows the official schema.
    pub fn is_schema_valid(&self) -> bool {
        self.schema.is_empty()
    }

    /// Whether nothing stands in the way of filing the document: the schema holds, no fatal rule fires, and no rule is
    /// undetermined.
    pub fn is_valid(&self) -> bool {
        self.schema.is_empty()
            && self.undetermined.is_empty()
            && self.omitted == 0
            && self
                .rules
                .iter()
                .all(|finding| finding.severity != Severity::Fatal)
    }

    /// What the schema says, in document order. Without an entry, the schema holds.
    pub fn schema_findings(&self) -> &[Finding] {
        &self.schema
    }

    /// The official assertions that fail, one entry per failing node, in document order.
    pub fn rule_findings(&self) -> &[Finding] {
        &self.rules
    }

    /// Everything that was found, the schema first.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.schema.iter().chain(&self.rules)
    }

    /// The official assertions on which the official processor stops, once each.
    pub fn undetermined(&self) -> &[Undetermined] {
        &self.undetermined
    }

    /// How often each rule was broken, also beyond [`MAX_FINDINGS`].
    pub fn counts(&self) -> &BTreeMap<&'static str, u32> {
        &self.counts
    }

    /// How many findings beyond [`MAX_FINDINGS`] were only counted.
    pub fn omitted(&self) -> u32 {
        self.omitted
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_valid() {
            return f.write_str("valid");
        }
        for finding in self.findings() {
            writeln!(f, "{finding}")?;
        }
        for Undetermined { id, place, why } in &self.undetermined {
            writeln!(f, "{id} at {place}: undetermined, {why}")?;
        }
        match self.omitted {
            0 => Ok(()),
            more => writeln!(f, "and {more} more"),
        }
    }
}
