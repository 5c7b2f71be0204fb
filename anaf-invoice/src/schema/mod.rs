//! The UBL 2.1 schema verdict for Invoice and CreditNote, as libxml2 gives it on the OASIS files.
//!
//! One walk over the arena in document order. Each open element keeps the state of its content model; a child steps
//! it and gets its type from it. After an error the walk goes on where that makes sense, so that one misplaced
//! element does not hide the next.

mod messages;
mod model;
mod simple;
#[rustfmt::skip]
mod tables;
mod uri;

pub(crate) use uri::is_strict_uri_reference;

use crate::doc::{Attribute, Doc, Name, NodeId, Ns, name};
use crate::report::Sink;
use model::{ANY, Automaton, Content, NO_TYPE, Particle, Simple, Term, TypeRow};
use std::collections::HashSet;
use tables::{ELEMENTS, TYPES};

/// More breaches than this are not listed: such a document is no invoice, or it is an attack.
const MAX_BREACHES: usize = 5_000;

/// Reports every breach of the schema. `false`: there are too many to go on with anything.
pub(crate) fn check(doc: &Doc<'_>, sink: &mut Sink) -> bool {
    Walk {
        doc,
        sink,
        frames: Vec::with_capacity(16),
        ids: HashSet::new(),
    }
    .run()
}

/// Where an open element's content model stands.
#[derive(Clone, Copy)]
enum State {
    Sequence(Progress),
    /// After this position; `None` at the start.
    Automaton {
        automaton: &'static Automaton,
        after: Option<u8>,
    },
    /// No elements are allowed; the finding has been made with the first.
    Closed,
}

/// How far a sequence has come.
#[derive(Clone, Copy)]
struct Progress {
    particles: &'static [Particle],
    /// At this particle.
    at: usize,
    /// It has occurred once already.
    taken: bool,
}

impl Progress {
    fn rest(&self) -> &'static [Particle] {
        self.particles.get(self.at..).unwrap_or(&[])
    }

    /// How many particles on this name stands.
    #[inline]
    fn find(&self, name: Name) -> Option<usize> {
        self.rest().iter().position(|p| p.name == name)
    }

    #[inline]
    fn take(&mut self, offset: usize) {
        (self.at, self.taken) = (self.at + offset, true);
    }

    /// Whether something that must come is left out by going so many particles on. Counted beforehand, since the
    /// answer is nearly always no.
    #[inline]
    fn lacks_within(&self, offset: usize) -> bool {
        let before = |index: usize| match (self.particles.get(index), self.particles.last()) {
            (Some(particle), _) => particle.required_before,
            (None, Some(last)) => last.required_before + u8::from(last.occurs.required()),
            (None, None) => 0,
        };
        let taken = self.taken && self.rest().first().is_some_and(|p| p.occurs.required());
        before(self.at.saturating_add(offset)) > before(self.at) + u8::from(taken)
    }

    /// What must come within so many particles.
    fn required_within(self, offset: usize) -> impl Iterator<Item = &'static Particle> {
        let skipped = self.rest().iter().take(offset);
        skipped
            .skip(usize::from(self.taken))
            .filter(|p| p.occurs.required())
    }
}

struct Frame {
    node: NodeId,
    end: usize,
    state: State,
}

struct Walk<'d, 'x, 's> {
    doc: &'d Doc<'x>,
    sink: &'s mut Sink,
    frames: Vec<Frame>,
    /// Values of `xs:ID` so far: each may occur once. Only signatures have them.
    ids: HashSet<String>,
}

fn type_row(number: u16) -> &'static TypeRow {
    static FALLBACK: TypeRow = TypeRow {
        ns: Ns::NONE,
        name: "anyType",
        base: ANY,
        is_abstract: false,
        content: Content::Automaton(&model::ANY_TYPE),
        attributes: &[],
        has_required: false,
        any_attribute: true,
    };
    TYPES.get(usize::from(number)).unwrap_or(&FALLBACK)
}

impl Walk<'_, '_, '_> {
    fn run(&mut self) -> bool {
        let root = self.doc.root();
        if !matches!(
            self.doc.name(root),
            name::INV_INVOICE | name::CN_CREDIT_NOTE
        ) {
            messages::wrong_root(self.doc, self.sink, root);
            return true;
        }
        let mut skip_to = 0;
        for n in self.doc.all() {
            while self
                .frames
                .last()
                .is_some_and(|frame| frame.end <= n.index())
            {
                self.leave();
            }
            if n.index() < skip_to {
                continue;
            }
            if self.sink.breaches() >= MAX_BREACHES {
                messages::too_many(self.doc, self.sink, MAX_BREACHES);
                return false;
            }
            let kind = if n == root {
                self.declared(self.doc.name(n))
            } else {
                self.step(n)
            };
            match kind {
                Some(kind) => self.enter(n, kind),
                None => skip_to = self.doc.subtree_end(n),
            }
        }
        while !self.frames.is_empty() {
            self.leave();
        }
        true
    }

    /// The type of the global element of this name, in the schema of this document's root.
    fn declared(&self, name: Name) -> Option<u16> {
        let is_root = matches!(name, name::INV_INVOICE | name::CN_CREDIT_NOTE);
        if is_root && name != self.doc.name(self.doc.root()) {
            return None;
        }
        ELEMENTS
            .get(name.index())
            .copied()
            .filter(|kind| *kind != NO_TYPE)
    }

    /// Moves the parent's content model over a child. `None`: the child's subtree cannot be judged.
    fn step(&mut self, n: NodeId) -> Option<u16> {
        let frame = self.frames.last_mut()?;
        match &mut frame.state {
            State::Closed => None,
            State::Sequence(progress) => {
                let before = *progress;
                let offset = progress.find(self.doc.name(n));
                if let Some(offset) = offset {
                    progress.take(offset);
                }
                self.judge_step(n, before, offset)
            }
            State::Automaton { automaton, after } => {
                let (automaton, after) = (*automaton, *after);
                let (next, kind) = self.step_automaton(n, automaton, after);
                if let Some(frame) = self.frames.last_mut() {
                    frame.state = next;
                }
                kind
            }
        }
    }

    /// A step of a sequence, `offset` particles on: what it leaves out or repeats, and the child's type.
    #[inline]
    fn judge_step(&mut self, n: NodeId, before: Progress, offset: Option<usize>) -> Option<u16> {
        let Some(offset) = offset else {
            return self.misplaced(n, before);
        };
        if before.lacks_within(offset) {
            for particle in before.required_within(offset) {
                messages::missing_before(self.doc, self.sink, n, particle.name);
            }
        }
        let particle = before.particles.get(before.at + offset)?;
        if offset == 0 && before.taken && !particle.occurs.repeats() {
            messages::repeated(self.doc, self.sink, n);
        }
        Some(particle.kind)
    }

    /// An element that the sequence does not take here: out of order, or not of this parent at all.
    fn misplaced(&mut self, n: NodeId, progress: Progress) -> Option<u16> {
        let name = self.doc.name(n);
        let is_it = |p: &&Particle| p.name == name && name != Name::OTHER;
        match progress.particles.iter().take(progress.at).find(is_it) {
            Some(particle) => {
                let due = progress.rest().first().map(|p| p.name);
                messages::out_of_order(self.doc, self.sink, n, due);
                Some(particle.kind)
            }
            None => {
                let expected = messages::expected_of(progress.rest(), progress.taken);
                messages::unexpected(self.doc, self.sink, n, &expected);
                None
            }
        }
    }

    fn step_automaton(
        &mut self,
        n: NodeId,
        automaton: &'static Automaton,
        after: Option<u8>,
    ) -> (State, Option<u16>) {
        let (name, ns) = (self.doc.name(n), self.doc.ns(n));
        let candidates = after
            .and_then(|p| automaton.positions.get(usize::from(p)))
            .map_or(automaton.first, |position| position.next);
        for candidate in candidates {
            let Some(position) = automaton.positions.get(usize::from(*candidate)) else {
                continue;
            };
            let next = State::Automaton {
                automaton,
                after: Some(*candidate),
            };
            match position.term {
                Term::Element(number, kind) if name == Name::at(number) && name != Name::OTHER => {
                    return (next, Some(kind));
                }
                Term::Any { other_than, lax }
                    if other_than.is_none_or(|not| ns != not && ns != Ns::NONE) =>
                {
                    return (next, self.wildcard(n, lax));
                }
                _ => {}
            }
        }
        messages::unexpected(
            self.doc,
            self.sink,
            n,
            &messages::expected_at(automaton, candidates),
        );
        (State::Closed, None)
    }

    fn wildcard(&mut self, n: NodeId, lax: bool) -> Option<u16> {
        match self.declared(self.doc.name(n)) {
            Some(kind) => Some(kind),
            None if lax => Some(ANY),
            None => {
                messages::undeclared(self.doc, self.sink, n);
                None
            }
        }
    }

    /// Attributes and simple content; a frame for the rest.
    fn enter(&mut self, n: NodeId, declared: u16) {
        let attributes = self.doc.attributes(n);
        let mut kind = declared;
        if attributes.iter().any(|a| a.ns == Ns::XSI) {
            kind = self.instance_attributes(n, declared);
        }
        let row = type_row(kind);
        if !attributes.is_empty() || row.has_required {
            self.check_attributes(n, attributes, row);
        }
        match &row.content {
            Content::Simple(simple) => {
                if !self.doc.is_leaf(n) {
                    messages::children_in_text(self.doc, self.sink, n);
                    self.push(n, State::Closed);
                } else if !simple.accepts_all() {
                    let text = self.doc.text(n);
                    if !simple.accepts(&text) {
                        messages::bad_value(self.doc, self.sink, n, &text, *simple);
                    }
                }
            }
            Content::Empty => {
                if self.doc.has_own_text(n) || !self.doc.is_leaf(n) {
                    messages::not_empty(self.doc, self.sink, n);
                }
                self.push(n, State::Closed);
            }
            Content::Sequence(particles) => {
                if self.doc.has_own_text(n) {
                    messages::text_between(self.doc, self.sink, n);
                }
                self.push(
                    n,
                    State::Sequence(Progress {
                        particles,
                        at: 0,
                        taken: false,
                    }),
                );
            }
            Content::Automaton(automaton) => {
                if !automaton.mixed && self.doc.has_own_text(n) {
                    messages::text_between(self.doc, self.sink, n);
                }
                self.push(
                    n,
                    State::Automaton {
                        automaton,
                        after: None,
                    },
                );
            }
        }
    }

    fn push(&mut self, node: NodeId, state: State) {
        self.frames.push(Frame {
            node,
            end: self.doc.subtree_end(node),
            state,
        });
    }

    /// An element ends: what must still have come?
    fn leave(&mut self) {
        let Some(Frame { node, state, .. }) = self.frames.pop() else {
            return;
        };
        match state {
            State::Closed => {}
            State::Sequence(progress) => {
                if !progress.lacks_within(usize::MAX) {
                    return;
                }
                for particle in progress.required_within(usize::MAX) {
                    messages::missing_at_end(self.doc, self.sink, node, particle.name);
                }
            }
            State::Automaton { automaton, after } => {
                let position = after.and_then(|p| automaton.positions.get(usize::from(p)));
                let complete = position.map_or(automaton.may_be_empty, |position| position.last);
                if !complete {
                    let next = position.map_or(automaton.first, |position| position.next);
                    messages::incomplete(
                        self.doc,
                        self.sink,
                        node,
                        &messages::expected_at(automaton, next),
                    );
                }
            }
        }
    }

    /// `xsi:type` and `xsi:nil`; the type that then holds.
    fn instance_attributes(&mut self, n: NodeId, declared: u16) -> u16 {
        let mut kind = declared;
        for attribute in self.doc.attributes(n).iter().filter(|a| a.ns == Ns::XSI) {
            match self.doc.attr_local_name(attribute) {
                "type" => match self.instance_type(n, attribute, declared) {
                    Some(given) => kind = given,
                    None => messages::bad_instance_type(
                        self.doc,
                        self.sink,
                        n,
                        &self.doc.attr_value(attribute),
                    ),
                },
                // No element of UBL is nillable; one without a declaration may say so.
                "nil" if declared != ANY => messages::nil(self.doc, self.sink, n),
                _ => {}
            }
        }
        kind
    }

    /// The type that `xsi:type` names, if it may stand in for the declared one.
    fn instance_type(&self, n: NodeId, attribute: &Attribute, declared: u16) -> Option<u16> {
        let value = self.doc.attr_value(attribute);
        let (prefix, local) = value.split_once(':').unwrap_or(("", &value));
        let uri = self.doc.namespace_of_prefix(n, prefix)?;
        let in_xsd = uri == "http://www.w3.org/2001/XMLSchema";
        let number = TYPES.iter().position(|row| {
            row.name == local
                && if row.ns == Ns::NONE {
                    in_xsd
                } else {
                    self.doc.uri(row.ns) == uri
                }
        })?;
        let given = u16::try_from(number).ok()?;
        let mut ancestor = given;
        while ancestor != declared && ancestor != ANY {
            ancestor = type_row(ancestor).base;
        }
        (ancestor == declared && !type_row(given).is_abstract).then_some(given)
    }

    fn check_attributes(&mut self, n: NodeId, attributes: &[Attribute], row: &TypeRow) {
        for attribute in attributes {
            let known_instance = attribute.ns == Ns::XSI
                && matches!(
                    self.doc.attr_local_name(attribute),
                    "type" | "nil" | "schemaLocation" | "noNamespaceSchemaLocation"
                );
            if known_instance || row.any_attribute {
                continue;
            }
            let known = row
                .attributes
                .iter()
                .find(|a| attribute.ns == Ns::NONE && a.name == attribute.name);
            match known {
                None => messages::unknown_attribute(self.doc, self.sink, n, attribute),
                Some(known) => {
                    let value = self.doc.attr_value(attribute);
                    if !known.simple.accepts(&value) {
                        messages::bad_attribute(
                            self.doc,
                            self.sink,
                            n,
                            attribute,
                            &value,
                            known.simple,
                        );
                    } else if matches!(known.simple, Simple::Id)
                        && !self.ids.insert(simple::trim(&value).to_owned())
                    {
                        messages::repeated_id(self.doc, self.sink, n, &value);
                    }
                }
            }
        }
        if !row.has_required {
            return;
        }
        for required in row.attributes.iter().filter(|a| a.required) {
            if !attributes.iter().any(|a| a.name == required.name) {
                messages::missing_attribute(self.doc, self.sink, n, required.name);
            }
        }
    }
}

/// Whether the schema allows a path of elements below a root.
#[cfg(test)]
pub(crate) fn allows(root: Name, path: &[Name]) -> bool {
    let mut kind = ELEMENTS.get(root.index()).copied();
    for name in path {
        let content = kind.map(|kind| &type_row(kind).content);
        kind = match content {
            Some(Content::Sequence(particles)) => {
                particles.iter().find(|p| p.name == *name).map(|p| p.kind)
            }
            _ => None,
        };
    }
    kind.is_some()
}

#[cfg(test)]
mod tests;
