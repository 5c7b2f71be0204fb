//! What validation has to say: findings with their places, and the report that holds them.

use crate::doc::{AttrName, Doc, NodeId, XmlError};
use crate::rules::{self, RuleInfo};
use std::borrow::Cow;
use std::fmt;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// ANAF rejects the document.
    Fatal,
    /// ANAF accepts the document.
    Warning,
}

impl Severity {
    /// `fatal` or `warning`, as the Schematron files write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Fatal => "fatal",
            Severity::Warning => "warning",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What kind of check made a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// The bytes are not a well-formed XML document; nothing else could be checked.
    NotWellFormed,
    /// The document breaks the UBL 2.1 schema.
    Schema,
    /// An assertion of the CIUS-RO package failed.
    Rule,
    /// An assertion of the CIUS-RO package could not be evaluated. The official rules stop at such a document and
    /// name no rule at all.
    Undetermined(Undetermined),
}

/// Why an assertion could not be evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Undetermined {
    /// Several elements, or a text split by a comment, where the assertion takes one (`XPTY0004`).
    SeveralItems,
    /// A text that is not the number, date or boolean that the assertion takes (`FORG0001`).
    NotAValue,
    /// Several values where the assertion takes a truth value (`FORG0006`).
    NoTruthValue,
    /// A number that is infinite or no number (`NaN`) where the assertion takes a decimal (`FOCA0002`).
    NotFinite,
    /// A number of more than 4,000 digits. The official rules would go on; this is a limit of ours.
    TooLong,
    /// Elements repeat so often where one belongs that the rules would take unreasonably long. A limit of ours.
    TooMuch,
}

impl Undetermined {
    /// The error code of XPath that the official rules die of; `LIMIT` for limits of ours.
    pub fn code(self) -> &'static str {
        match self {
            Undetermined::SeveralItems => "XPTY0004",
            Undetermined::NotAValue => "FORG0001",
            Undetermined::NoTruthValue => "FORG0006",
            Undetermined::NotFinite => "FOCA0002",
            Undetermined::TooLong | Undetermined::TooMuch => "LIMIT",
        }
    }

    /// The reason in English.
    pub fn text_en(self) -> &'static str {
        match self {
            Undetermined::SeveralItems => {
                "the rule takes one element (or one unbroken text) and the document has several"
            }
            Undetermined::NotAValue => {
                "the rule takes a number, a date or a boolean and the document has another text"
            }
            Undetermined::NoTruthValue => {
                "the rule takes one value to decide on and the document has several"
            }
            Undetermined::NotFinite => {
                "the rule takes a finite number and the document has an infinite one or NaN"
            }
            Undetermined::TooLong => "the document has a number of more than 4,000 digits",
            Undetermined::TooMuch => "the document repeats too many elements where one belongs",
        }
    }

    /// The reason in Romanian.
    pub fn text_ro(self) -> &'static str {
        match self {
            Undetermined::SeveralItems => {
                "regula se aplică unui singur element (sau unui text neîntrerupt), iar documentul are mai multe"
            }
            Undetermined::NotAValue => {
                "regula se aplică unui număr, unei date sau unei valori logice, iar documentul are alt text"
            }
            Undetermined::NoTruthValue => {
                "regula decide după o singură valoare, iar documentul are mai multe"
            }
            Undetermined::NotFinite => {
                "regula se aplică unui număr finit, iar documentul are unul infinit sau NaN"
            }
            Undetermined::TooLong => "documentul are un număr cu peste 4.000 de cifre",
            Undetermined::TooMuch => "documentul repetă prea multe elemente acolo unde încape unul",
        }
    }
}

/// Where a finding is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    path: Box<str>,
    line: u32,
    column: u32,
}

impl Location {
    pub(crate) fn new(path: String, line: u32, column: u32) -> Self {
        Self {
            path: path.into(),
            line,
            column,
        }
    }

    /// The element as XPath, `/Invoice/cac:InvoiceLine[2]/cbc:ID`, or the attribute (`…/cbc:ID/@schemeID`) where the
    /// rule's context is one; empty where the document is not well-formed. For a rule it is the context that the
    /// official one has, the root for those that look at the whole document.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line of its start tag, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The column of its start tag in characters, from 1.
    pub fn column(&self) -> u32 {
        self.column
    }
}

/// One thing that is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    kind: FindingKind,
    id: &'static str,
    severity: Severity,
    location: Location,
    elements: Vec<Location>,
    en: Cow<'static, str>,
    ro: Cow<'static, str>,
    hint: Option<(&'static str, &'static str)>,
}

impl Finding {
    /// The id of schema findings.
    pub const SCHEMA_ID: &'static str = "UBL-2.1";
    /// The id of the finding that the document is not well-formed.
    pub const XML_ID: &'static str = "XML";

    /// What kind of check found it.
    pub fn kind(&self) -> FindingKind {
        self.kind
    }

    /// The rule's official id (`BR-CO-15`, `BR-RO-020`, `UBL-CR-001` …); [`Finding::SCHEMA_ID`] or
    /// [`Finding::XML_ID`] for the rest.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// How much it weighs.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Where it is.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The elements that it is about, where the rule's own context, [`Finding::location`], is the document or one of its
    /// groups: the seller's county of a finding that is officially at `/Invoice`. A few of them where there are many,
    /// and none for what is missing.
    pub fn elements(&self) -> &[Location] {
        &self.elements
    }

    /// What is wrong, in English.
    pub fn text_en(&self) -> &str {
        &self.en
    }

    /// What is wrong, in Romanian.
    pub fn text_ro(&self) -> &str {
        &self.ro
    }

    /// How to fix it, in English, where there is a common answer.
    pub fn hint_en(&self) -> Option<&'static str> {
        self.hint.map(|(en, _)| en)
    }

    /// How to fix it, in Romanian, where there is a common answer.
    pub fn hint_ro(&self) -> Option<&'static str> {
        self.hint.map(|(_, ro)| ro)
    }
}

/// Where checks put what they find: numbers while the document is walked, texts and places at the end.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    hits: Vec<Hit>,
    breaches: usize,
}

/// The context of a rule: an element, or one of its attributes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) node: NodeId,
    pub(crate) attribute: Option<AttrName>,
}

impl From<NodeId> for Place {
    fn from(node: NodeId) -> Place {
        Place {
            node,
            attribute: None,
        }
    }
}

#[derive(Debug)]
enum Hit {
    Rule {
        rule: &'static RuleInfo,
        at: Place,
    },
    Undetermined {
        rule: &'static RuleInfo,
        at: Place,
        why: Undetermined,
    },
    Schema {
        at: NodeId,
        texts: Box<(String, String)>,
    },
}

impl Sink {
    /// An assertion failed at this node: one call for each failing instance.
    pub(crate) fn fire(&mut self, rule: &'static RuleInfo, at: impl Into<Place>) {
        let at = at.into();
        self.hits.push(Hit::Rule { rule, at });
    }

    /// An assertion could not be evaluated at this node.
    pub(crate) fn undetermined(&mut self, rule: &'static RuleInfo, at: Place, why: Undetermined) {
        self.hits.push(Hit::Undetermined { rule, at, why });
    }

    /// The schema is broken at this node: English, Romanian.
    pub(crate) fn schema(&mut self, at: NodeId, en: String, ro: String) {
        self.breaches += 1;
        self.hits.push(Hit::Schema {
            at,
            texts: Box::new((en, ro)),
        });
    }

    /// How many schema findings there are so far.
    pub(crate) fn breaches(&self) -> usize {
        self.breaches
    }

    /// Texts and places for all hits, in the order of [`Report::findings`].
    pub(crate) fn into_report(self, doc: &Doc<'_>) -> Report {
        let mut findings: Vec<Finding> = self
            .hits
            .into_iter()
            .map(|hit| hit.into_finding(doc))
            .collect();
        findings.sort_by(|a, b| {
            let key = |f: &Finding| (f.kind, f.severity, f.id, f.location.line, f.location.column);
            key(a).cmp(&key(b))
        });
        Report { findings }
    }
}

impl Hit {
    fn into_finding(self, doc: &Doc<'_>) -> Finding {
        let elements = match &self {
            Hit::Rule { rule, at } | Hit::Undetermined { rule, at, .. } => {
                rules::elements(rule, doc, at.node)
            }
            Hit::Schema { .. } => Vec::new(),
        };
        let (at, kind, id, severity, en, ro, hint) = match self {
            Hit::Rule { rule, at } => (
                at,
                FindingKind::Rule,
                rule.id(),
                rule.severity(),
                rule.text_en(),
                rule.text_ro(),
                rule.hint(),
            ),
            Hit::Undetermined { rule, at, why } => {
                let en = format!(
                    "Could not be evaluated: {}. The rule: {}",
                    why.text_en(),
                    rule.text_en()
                );
                let ro = format!(
                    "Nu a putut fi evaluată: {}. Regula: {}",
                    why.text_ro(),
                    rule.text_ro()
                );
                let kind = FindingKind::Undetermined(why);
                (
                    at,
                    kind,
                    rule.id(),
                    Severity::Fatal,
                    en.into(),
                    ro.into(),
                    // Its hint is for where the rule fails.
                    None,
                )
            }
            Hit::Schema { at, texts } => {
                let (en, ro) = *texts;
                (
                    at.into(),
                    FindingKind::Schema,
                    Finding::SCHEMA_ID,
                    Severity::Fatal,
                    en.into(),
                    ro.into(),
                    None,
                )
            }
        };
        let mut path = doc.xpath(at.node);
        if let Some(attribute) = at.attribute {
            path.push_str("/@");
            path.push_str(attribute.local());
        }
        let (line, column) = doc.line_column(at.node);
        let location = Location::new(path, line, column);
        let elements = elements
            .into_iter()
            .map(|element| {
                let (line, column) = doc.line_column(element);
                Location::new(doc.xpath(element), line, column)
            })
            .collect();
        Finding {
            kind,
            id,
            severity,
            location,
            elements,
            en,
            ro,
            hint,
        }
    }
}

/// The verdict on a document and all that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn not_well_formed(error: &XmlError) -> Report {
        let location = Location {
            path: "".into(),
            line: error.line(),
            column: error.column(),
        };
        Report {
            findings: vec![Finding {
                kind: FindingKind::NotWellFormed,
                id: Finding::XML_ID,
                severity: Severity::Fatal,
                location,
                elements: Vec::new(),
                en: error.text_en().into(),
                ro: error.text_ro().into(),
                hint: None,
            }],
        }
    }

    /// All findings: not well-formed, schema, failed rules (fatal before warnings, then by id), then what could not
    /// be evaluated; equal ones in document order.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The document is well-formed.
    pub fn is_well_formed(&self) -> bool {
        !self.has(FindingKind::NotWellFormed)
    }

    /// The document is well-formed and follows the UBL 2.1 schema.
    pub fn schema_valid(&self) -> bool {
        self.is_well_formed() && !self.has(FindingKind::Schema)
    }

    fn has(&self, kind: FindingKind) -> bool {
        self.findings.iter().any(|f| f.kind == kind)
    }

    /// Nothing fatal was found: ANAF's published rules accept the document. Warnings may remain.
    pub fn is_accepted(&self) -> bool {
        self.fatal_count() == 0
    }

    /// How many findings are fatal, schema findings and assertions that could not be evaluated included.
    pub fn fatal_count(&self) -> usize {
        self.findings
            .iter()
            .filter(|f| f.severity == Severity::Fatal)
            .count()
    }

    /// How many findings are warnings.
    pub fn warning_count(&self) -> usize {
        self.findings.len() - self.fatal_count()
    }

    /// The failed assertions.
    pub fn fired(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.kind == FindingKind::Rule)
    }

    /// The assertions that could not be evaluated.
    pub fn undetermined(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|f| matches!(f.kind, FindingKind::Undetermined(_)))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.fatal_count(), self.warning_count()) {
            (0, 0) => writeln!(f, "accepted, nothing to report")?,
            (0, warnings) => writeln!(f, "accepted, {}", counted(warnings, "warning"))?,
            (fatal, 0) => writeln!(f, "rejected: {}", counted(fatal, "fatal finding"))?,
            (fatal, warnings) => {
                writeln!(
                    f,
                    "rejected: {}, {}",
                    counted(fatal, "fatal finding"),
                    counted(warnings, "warning")
                )?;
            }
        }
        self.findings
            .iter()
            .try_for_each(|finding| write!(f, "\n{finding}"))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Location { path, line, column } = &self.location;
        writeln!(
            f,
            "{:<7} {}  at {line}:{column}  {path}",
            self.severity.as_str(),
            self.id
        )?;
        writeln!(f, "        {}", self.en)?;
        writeln!(f, "        {}", self.ro)?;
        for Location { path, line, column } in &self.elements {
            writeln!(f, "      · {line}:{column}  {path}")?;
        }
        match self.hint {
            Some((en, ro)) => writeln!(f, "      → {en}\n      → {ro}"),
            None => Ok(()),
        }
    }
}

fn counted(n: usize, what: &str) -> String {
    if n == 1 {
        format!("1 {what}")
    } else {
        format!("{n} {what}s")
    }
}
