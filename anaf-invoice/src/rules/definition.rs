//! What a rule is made of: contexts (which nodes), and assertions (what must hold there).

use super::model::vat::Category;
use super::xpath::{At, Filter, Verdict};
use crate::doc::{AttrName, Name};
use crate::report::Severity;

/// The four patterns of the official package. Every node is offered to each; in each, the first rule whose context
/// matches takes the node, and later rules of the pattern do not see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// EN 16931 bound to UBL: business rules (BR-*, BR-CO-*, BR-S-* …).
    Model,
    /// EN 16931 UBL syntax: what UBL has and the invoice does not (UBL-CR-*, UBL-DT-*, UBL-SR-*).
    Syntax,
    /// Code lists (BR-CL-*).
    Codes,
    /// The Romanian rules (BR-RO-*, BR-DEC-RO-*).
    Ro,
}

impl Pattern {
    pub(crate) const ALL: [Pattern; 4] =
        [Pattern::Model, Pattern::Syntax, Pattern::Codes, Pattern::Ro];

    /// The pattern's id in the official package.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Pattern::Model => "UBL-model",
            Pattern::Syntax => "UBL-syntax",
            Pattern::Codes => "Codesmodel",
            Pattern::Ro => "ROmodel",
        }
    }
}

/// A rule: where it looks, and what it asserts there.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) contexts: &'static [Context],
    /// In groups, so that a context with many assertions can take them from several families.
    pub(crate) assertions: &'static [&'static [Assertion]],
}

impl Rule {
    pub(crate) const fn new(
        contexts: &'static [Context],
        assertions: &'static [&'static [Assertion]],
    ) -> Rule {
        Rule {
            contexts,
            assertions,
        }
    }
}

/// Which elements (or attributes) a context is about, before its predicates.
#[derive(Clone, Copy)]
pub(crate) enum Subject {
    Element(Name),
    /// `*[ends-with(name(), suffix)]`
    Suffix(&'static str),
    /// `//@name`: the element that has the attribute stands for it.
    Attribute(AttrName),
}

/// Where the top of a context's path must be.
#[derive(Clone, Copy, PartialEq)]
enum Top {
    Anywhere,
    /// The topmost element named is the root.
    IsRoot,
    /// The topmost element named is a child of the root, whatever that is.
    UnderRoot,
}

/// One alternative of a rule's context.
#[derive(Clone, Copy)]
pub(crate) struct Context {
    pub(crate) subject: Subject,
    ancestors: &'static [Name],
    top: Top,
    filters: [Filter; 2],
    predicate: Option<for<'a> fn(At<'a>) -> Verdict>,
}

/// The elements of a name, anywhere.
pub(crate) const fn on(name: Name) -> Context {
    Context::new(Subject::Element(name))
}

impl Context {
    pub(crate) const fn new(subject: Subject) -> Context {
        Context {
            subject,
            ancestors: &[],
            top: Top::Anywhere,
            filters: [Filter::All; 2],
            predicate: None,
        }
    }

    /// Under these ancestors, from the parent up.
    pub(crate) const fn within(self, ancestors: &'static [Name]) -> Context {
        Context { ancestors, ..self }
    }

    /// `/top/...`: the topmost name given is the root's.
    pub(crate) const fn at_root(self) -> Context {
        Context {
            top: Top::IsRoot,
            ..self
        }
    }

    /// `/*/top/...`: the topmost name given is that of a child of the root.
    pub(crate) const fn under_root(self) -> Context {
        Context {
            top: Top::UnderRoot,
            ..self
        }
    }

    pub(crate) const fn only(self, filter: Filter) -> Context {
        Context {
            filters: [filter, Filter::All],
            ..self
        }
    }

    pub(crate) const fn only_both(self, first: Filter, second: Filter) -> Context {
        Context {
            filters: [first, second],
            ..self
        }
    }

    pub(crate) const fn where_(self, predicate: for<'a> fn(At<'a>) -> Verdict) -> Context {
        Context {
            predicate: Some(predicate),
            ..self
        }
    }

    /// The parent that a node must have, where the context names one.
    pub(crate) fn parent(&self) -> Option<Name> {
        self.ancestors.first().copied()
    }

    /// The VAT category that a node must have, where the context names one.
    pub(crate) fn category(&self) -> Option<Category> {
        match self.filters {
            [Filter::Category(category), _] => Some(category),
            _ => None,
        }
    }

    /// Whether nothing is asked but the node's name and its parent's.
    pub(crate) fn is_name_and_parent(&self) -> bool {
        self.ancestors.len() <= 1
            && self.top == Top::Anywhere
            && self.filters == [Filter::All; 2]
            && self.predicate.is_none()
    }

    /// Whether a node with the right name matches. A predicate that cannot be evaluated does not match: so XSLT
    /// says of patterns, unlike of tests.
    pub(crate) fn matches(&self, at: At<'_>) -> bool {
        let doc = at.doc();
        let mut top = at.node;
        for name in self.ancestors {
            match doc.parent(top) {
                Some(parent) if doc.name(parent) == *name => top = parent,
                _ => return false,
            }
        }
        let in_place = match self.top {
            Top::Anywhere => true,
            Top::IsRoot => top == doc.root(),
            Top::UnderRoot => doc.parent(top) == Some(doc.root()),
        };
        in_place
            && self
                .filters
                .iter()
                .all(|filter| matches!(filter.holds(at), Ok(true)))
            && self
                .predicate
                .is_none_or(|predicate| matches!(predicate(at), Ok(true)))
    }
}

/// What a test is.
#[derive(Clone, Copy)]
pub(crate) enum Test {
    Check(for<'a> fn(At<'a>) -> Verdict),
    /// A test of the VAT families, asked for one category.
    Vat(Category, for<'a> fn(At<'a>, Category) -> Verdict),
    /// Cannot fail on any document; why.
    Never(&'static str),
}

/// One official assertion.
#[derive(Clone, Copy)]
pub(crate) struct Assertion {
    pub(crate) id: &'static str,
    pub(crate) severity: Severity,
    pub(crate) test: Test,
    /// A Schematron `report`: fires when the test is true. The others, `assert`, fire when it is false.
    pub(crate) report: bool,
}

/// An assertion that rejects the document when its test is false.
pub(crate) const fn fatal(id: &'static str, test: for<'a> fn(At<'a>) -> Verdict) -> Assertion {
    Assertion {
        id,
        severity: Severity::Fatal,
        test: Test::Check(test),
        report: false,
    }
}

/// An assertion that warns when its test is false.
pub(crate) const fn warning(id: &'static str, test: for<'a> fn(At<'a>) -> Verdict) -> Assertion {
    Assertion {
        id,
        severity: Severity::Warning,
        test: Test::Check(test),
        report: false,
    }
}

/// A report: rejects the document when its test is **true**.
pub(crate) const fn report(id: &'static str, test: for<'a> fn(At<'a>) -> Verdict) -> Assertion {
    Assertion {
        id,
        severity: Severity::Fatal,
        test: Test::Check(test),
        report: true,
    }
}

/// An assertion of a VAT family.
pub(crate) const fn vat(
    id: &'static str,
    category: Category,
    test: for<'a> fn(At<'a>, Category) -> Verdict,
) -> Assertion {
    Assertion {
        id,
        severity: Severity::Fatal,
        test: Test::Vat(category, test),
        report: false,
    }
}

/// An assertion that exists in the official package and cannot fail.
pub(crate) const fn never(id: &'static str, why: &'static str) -> Assertion {
    Assertion {
        id,
        severity: Severity::Fatal,
        test: Test::Never(why),
        report: false,
    }
}
