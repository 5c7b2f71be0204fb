//! Runs all rules over a document: every node is offered to each pattern, and dispatch by name keeps that cheap.

use std::sync::LazyLock;

use super::definition::{Assertion, Context, Subject, Test};
use super::facts::Facts;
use super::info::{Placed, REGISTRY, RuleInfo};
use super::syntax::absent::Present;
use super::xpath::At;
use crate::doc::{AttrName, Doc, Name};
use crate::report::Sink;

/// A context under the names that it can match.
#[derive(Clone, Copy)]
struct Candidate {
    /// The parent that the context names, so that most candidates are passed over by one comparison.
    parent: Option<Name>,
    context: &'static Context,
    placed: &'static Placed,
}

/// Candidates by name, in pattern order and then rule order.
struct Dispatch {
    by_name: Vec<Vec<Candidate>>,
    /// Names outside the table: any suffix may match.
    other: Vec<(&'static str, Candidate)>,
    by_attribute: Vec<(AttrName, Candidate)>,
}

static DISPATCH: LazyLock<Dispatch> = LazyLock::new(|| {
    let mut dispatch = Dispatch {
        by_name: vec![Vec::new(); Name::COUNT],
        other: Vec::new(),
        by_attribute: Vec::new(),
    };
    for placed in &REGISTRY.rules {
        for context in placed.rule.contexts {
            let candidate = Candidate {
                parent: context.parent(),
                context,
                placed,
            };
            match context.subject {
                Subject::Element(name) => {
                    if let Some(list) = dispatch.by_name.get_mut(name.index()) {
                        list.push(candidate);
                    }
                }
                Subject::Suffix(suffix) => {
                    let named = Name::all().zip(&mut dispatch.by_name);
                    named
                        .filter(|(name, _)| name.local().ends_with(suffix))
                        .for_each(|(_, list)| list.push(candidate));
                    dispatch.other.push((suffix, candidate));
                }
                Subject::Attribute(name) => dispatch.by_attribute.push((name, candidate)),
            }
        }
    }
    dispatch
});

/// Runs all rules; what fires goes to the sink.
pub(crate) fn run(doc: &Doc<'_>, sink: &mut Sink) {
    let facts = Facts::of(doc);
    let dispatch = &*DISPATCH;
    for node in doc.all() {
        let at = At {
            facts: &facts,
            node,
        };
        let name = doc.name(node);
        let mut taken = Taken {
            parent: doc.parent(node).map(|parent| doc.name(parent)),
            patterns: 0,
        };
        match dispatch.by_name.get(name.index()) {
            Some(candidates) => candidates
                .iter()
                .for_each(|candidate| taken.offer(at, candidate, sink)),
            None => {
                let local = doc.local_name(node);
                for (suffix, candidate) in &dispatch.other {
                    if local.ends_with(suffix) {
                        taken.offer(at, candidate, sink);
                    }
                }
            }
        }
        for attribute in doc.attributes(node) {
            for (_, candidate) in dispatch
                .by_attribute
                .iter()
                .filter(|(name, _)| *name == attribute.name)
            {
                assert_all(at, candidate.placed, sink);
            }
        }
    }
    let registry = &*REGISTRY;
    if doc.name(doc.root()) == crate::doc::name::INV_INVOICE
        || doc.name(doc.root()) == crate::doc::name::CN_CREDIT_NOTE
    {
        for rule in Present::of(doc).rules() {
            if let Some(info) = registry.infos.get(registry.absent + rule) {
                sink.fire(info, doc.root());
            }
        }
    }
}

/// A node on offer: its parent's name, and the patterns whose rule for it is found, as bits.
struct Taken {
    parent: Option<Name>,
    patterns: u8,
}

impl Taken {
    fn offer(&mut self, at: At<'_>, candidate: &Candidate, sink: &mut Sink) {
        if candidate.parent.is_some() && candidate.parent != self.parent {
            return;
        }
        let pattern = 1 << candidate.placed.pattern as u8;
        if self.patterns & pattern == 0 && candidate.context.matches(at) {
            self.patterns |= pattern;
            assert_all(at, candidate.placed, sink);
        }
    }
}

fn assert_all(at: At<'_>, placed: &'static Placed, sink: &mut Sink) {
    let infos = REGISTRY.infos.get(placed.first..).unwrap_or(&[]);
    let assertions = placed.rule.assertions.iter().copied().flatten();
    for (assertion, info) in assertions.zip(infos) {
        check(at, assertion, info, sink);
    }
}

fn check(at: At<'_>, assertion: &Assertion, info: &'static RuleInfo, sink: &mut Sink) {
    let verdict = match assertion.test {
        Test::Check(test) => test(at),
        Test::Vat(category, test) => test(at, category),
        Test::Never(_) => return,
    };
    match verdict {
        Ok(holds) if holds == assertion.report => sink.fire(info, at.node),
        Ok(_) => {}
        Err(why) => sink.undetermined(info, at.node, why),
    }
}
