//! What is known of each rule beside its test, by id and in the order of evaluation.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::definition::{Assertion, Pattern, Rule, Test};
use super::syntax::ABSENT;
use super::texts;
use super::{codes, model, ro, syntax};
use crate::report::Severity;

/// An assertion of ANAF's CIUS-RO 1.0.9 package: its official id, and what it wants in our own words.
#[derive(Debug, PartialEq, Eq)]
pub struct RuleInfo {
    id: &'static str,
    severity: Severity,
    pattern: Pattern,
    report: bool,
    never: Option<&'static str>,
    /// Of the table of absent elements: which.
    absent: Option<&'static str>,
}

impl RuleInfo {
    /// The official id, e.g. `BR-CO-15`, `BR-RO-020_1`, `UBL-CR-001`.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Whether its failure rejects the document.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The part of the package that it belongs to.
    #[must_use]
    pub fn pattern(&self) -> Pattern {
        self.pattern
    }

    /// Whether it is a Schematron `report`, which fires when its test is true. The others are `assert`s.
    #[must_use]
    pub fn is_report(&self) -> bool {
        self.report
    }

    /// Why this rule cannot fire on any document, in English; `None` for those that can.
    #[must_use]
    pub fn never_fires(&self) -> Option<&'static str> {
        self.never
    }

    /// What the rule wants, in English.
    #[must_use]
    pub fn text_en(&self) -> Cow<'static, str> {
        texts::of(self.id, self.absent).0
    }

    /// What the rule wants, in Romanian.
    #[must_use]
    pub fn text_ro(&self) -> Cow<'static, str> {
        texts::of(self.id, self.absent).1
    }

    /// How to fix it, in English and Romanian, for the common rules.
    #[must_use]
    pub fn hint(&self) -> Option<(&'static str, &'static str)> {
        texts::hint(self.id)
    }

    /// The business terms and groups of EN 16931 concerned, e.g. `BT-112`.
    #[must_use]
    pub fn terms(&self) -> &'static [&'static str] {
        texts::terms(self.id)
    }
}

/// All assertions and where they are evaluated.
pub(super) struct Registry {
    pub(super) infos: Vec<RuleInfo>,
    pub(super) rules: Vec<Placed>,
    /// Where the assertions on absent elements start; they follow all others.
    pub(super) absent: usize,
    by_id: HashMap<&'static str, usize>,
}

/// A rule in its pattern, with its assertions numbered from `first`.
pub(super) struct Placed {
    pub(super) pattern: Pattern,
    pub(super) rule: &'static Rule,
    pub(super) first: usize,
}

pub(super) static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let mut infos = Vec::with_capacity(1098);
    let mut rules = Vec::new();
    for pattern in Pattern::ALL {
        let of_pattern = match pattern {
            Pattern::Model => model::RULES,
            Pattern::Syntax => syntax::RULES,
            Pattern::Codes => codes::RULES,
            Pattern::Ro => ro::RULES,
        };
        for rule in of_pattern {
            rules.push(Placed {
                pattern,
                rule,
                first: infos.len(),
            });
            infos.extend(
                rule.assertions
                    .iter()
                    .copied()
                    .flatten()
                    .map(|assertion| info_of(pattern, assertion)),
            );
        }
    }
    let absent = infos.len();
    infos.extend(ABSENT.iter().map(|&(id, path)| RuleInfo {
        id,
        severity: Severity::Warning,
        pattern: Pattern::Syntax,
        report: false,
        never: None,
        absent: Some(path),
    }));
    let by_id = infos
        .iter()
        .enumerate()
        .map(|(at, info)| (info.id, at))
        .collect();
    Registry {
        infos,
        rules,
        absent,
        by_id,
    }
});

fn info_of(pattern: Pattern, assertion: &Assertion) -> RuleInfo {
    RuleInfo {
        id: assertion.id,
        severity: assertion.severity,
        pattern,
        report: assertion.report,
        never: match assertion.test {
            Test::Never(why) => Some(why),
            _ => None,
        },
        absent: None,
    }
}

/// The rule with this id, as the official package has it or as its messages print it (see
/// [`id_of_message`]).
#[must_use]
pub fn rule(id: &str) -> Option<&'static RuleInfo> {
    let registry = &*REGISTRY;
    let at = registry
        .by_id
        .get(id)
        .or_else(|| registry.by_id.get(id_of_message(id)?));
    registry.infos.get(*at?)
}

/// All 1,098 rules, by pattern in the order of evaluation; the absent elements last.
pub fn all() -> impl ExactSizeIterator<Item = &'static RuleInfo> {
    REGISTRY.infos.iter()
}

/// The official id of the assertion whose message prints another one: ANAF's answers quote messages, and some
/// messages of the package carry an id that is not their assertion's. `None` where they agree.
///
/// One printed id may stand for several assertions; this gives the first, [`ids_of_message`] all.
#[must_use]
pub fn id_of_message(printed: &str) -> Option<&'static str> {
    ids_of_message(printed).next()
}

/// All assertions whose message prints this id instead of their own.
pub fn ids_of_message(printed: &str) -> impl Iterator<Item = &'static str> {
    texts::PRINTED_IDS
        .iter()
        .filter(move |(_, other)| *other == printed)
        .map(|(id, _)| *id)
}
