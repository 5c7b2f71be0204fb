//! Runs all rules over a document: every node is offered to each pattern, and dispatch by name keeps that cheap.

use std::ops::Range;
use std::sync::LazyLock;

use super::definition::{Context, Subject, Test};
use super::facts::Facts;
use super::info::{REGISTRY, RuleInfo};
use super::model::vat::Category;
use super::syntax::absent::Present;
use super::xpath::At;
use crate::doc::name::{CN_CREDIT_NOTE, INV_INVOICE};
use crate::doc::{AttrName, Doc, Name};
use crate::report::{Place, Sink};

/// An assertion that can fail.
struct Check {
    test: Test,
    info: &'static RuleInfo,
}

/// A context under the names that it can match.
#[derive(Clone)]
struct Candidate {
    context: &'static Context,
    /// Its pattern, as a bit.
    pattern: u8,
    /// The VAT category that it asks for: one comparison passes over most candidates.
    category: Option<Category>,
    /// The name and the parent are all that it asks for.
    always: bool,
    checks: Range<usize>,
}

/// The candidates for elements of one name, in pattern order and then rule order.
#[derive(Clone, Default)]
struct Candidates {
    /// Under each parent that some context names.
    under: Vec<(Name, Vec<Candidate>)>,
    /// Under all other parents.
    elsewhere: Vec<Candidate>,
}

impl Candidates {
    fn add(&mut self, parent: Option<Name>, candidate: &Candidate) {
        let Some(parent) = parent else {
            for (_, list) in &mut self.under {
                list.push(candidate.clone());
            }
            self.elsewhere.push(candidate.clone());
            return;
        };
        match self.under.iter_mut().find(|(name, _)| *name == parent) {
            Some((_, list)) => list.push(candidate.clone()),
            None => {
                let mut list = self.elsewhere.clone();
                list.push(candidate.clone());
                self.under.push((parent, list));
            }
        }
    }

    #[inline]
    fn of(&self, parent: Option<Name>) -> &[Candidate] {
        let under = self.under.iter().find(|(name, _)| Some(*name) == parent);
        under.map_or(&self.elsewhere, |(_, list)| list)
    }
}

struct Dispatch {
    checks: Vec<Check>,
    by_name: Vec<Candidates>,
    /// Names outside the table: any suffix may match.
    other: Vec<(&'static str, Candidate)>,
    by_attribute: Vec<(AttrName, Range<usize>)>,
}

static DISPATCH: LazyLock<Dispatch> = LazyLock::new(|| {
    let mut dispatch = Dispatch {
        checks: Vec::with_capacity(512),
        by_name: vec![Candidates::default(); Name::COUNT],
        other: Vec::new(),
        by_attribute: Vec::new(),
    };
    for placed in &REGISTRY.rules {
        let first = dispatch.checks.len();
        let infos = REGISTRY.infos.get(placed.first..).unwrap_or(&[]);
        for (assertion, info) in placed.rule.assertions.iter().copied().flatten().zip(infos) {
            if !matches!(assertion.test, Test::Never(_)) {
                dispatch.checks.push(Check {
                    test: assertion.test,
                    info,
                });
            }
        }
        let checks = first..dispatch.checks.len();
        for context in placed.rule.contexts {
            dispatch.add(
                context,
                Candidate {
                    context,
                    pattern: 1 << placed.pattern as u8,
                    category: context.category(),
                    always: context.is_name_and_parent(),
                    checks: checks.clone(),
                },
            );
        }
    }
    dispatch
});

impl Dispatch {
    fn add(&mut self, context: &Context, candidate: Candidate) {
        let parent = context.parent();
        match context.subject {
            Subject::Element(name) => {
                if let Some(candidates) = self.by_name.get_mut(name.index()) {
                    candidates.add(parent, &candidate);
                }
            }
            Subject::Suffix(suffix) => {
                let named = Name::all().zip(&mut self.by_name);
                named
                    .filter(|(name, _)| name.local().ends_with(suffix))
                    .for_each(|(_, candidates)| candidates.add(parent, &candidate));
                self.other.push((suffix, candidate));
            }
            Subject::Attribute(name) => self.by_attribute.push((name, candidate.checks)),
        }
    }

    fn assert_all(&self, at: At<'_>, place: Place, checks: &Range<usize>, sink: &mut Sink) {
        for check in self.checks.get(checks.clone()).unwrap_or(&[]) {
            let verdict = match check.test {
                Test::Check(test) => test(at),
                Test::Vat(category, test) => test(at, category),
                Test::Never(_) => continue,
            };
            match verdict {
                Ok(holds) if holds == check.info.is_report() => sink.fire(check.info, place),
                Ok(_) => {}
                Err(why) => sink.undetermined(check.info, place, why),
            }
        }
    }

    /// Offers a node to rules; in each pattern, the first whose context matches takes it.
    fn offer<'c>(
        &self,
        at: At<'_>,
        candidates: impl Iterator<Item = &'c Candidate>,
        sink: &mut Sink,
    ) {
        let mut taken = 0;
        for candidate in candidates {
            let wanted = |category| at.facts.category_of(at) == Ok(Some(category));
            if taken & candidate.pattern == 0
                && candidate.category.is_none_or(wanted)
                && (candidate.always || candidate.context.matches(at))
            {
                taken |= candidate.pattern;
                self.assert_all(at, at.node.into(), &candidate.checks, sink);
            }
        }
    }
}

/// Runs all rules; what fires goes to the sink.
pub(crate) fn run(doc: &Doc<'_>, sink: &mut Sink) {
    let facts = Facts::of(doc);
    let dispatch = &*DISPATCH;
    for node in doc.all() {
        let at = At {
            facts: &facts,
            node,
        };
        match dispatch.by_name.get(doc.name(node).index()) {
            Some(candidates) => {
                let parent = doc.parent(node).map(|parent| doc.name(parent));
                dispatch.offer(at, candidates.of(parent).iter(), sink);
            }
            None => {
                let local = doc.local_name(node);
                let named = dispatch
                    .other
                    .iter()
                    .filter(|(end, _)| local.ends_with(end));
                dispatch.offer(at, named.map(|(_, candidate)| candidate), sink);
            }
        }
        for attribute in doc.attributes(node) {
            for (name, checks) in &dispatch.by_attribute {
                if *name == attribute.name {
                    let attribute = Some(*name);
                    dispatch.assert_all(at, Place { node, attribute }, checks, sink);
                }
            }
        }
    }
    if matches!(doc.name(doc.root()), INV_INVOICE | CN_CREDIT_NOTE) {
        let registry = &*REGISTRY;
        for rule in Present::of(doc).rules() {
            if let Some(info) = registry.infos.get(registry.absent + rule) {
                sink.fire(info, doc.root());
            }
        }
    }
}
