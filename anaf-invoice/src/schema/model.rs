//! The shapes of the schema tables.

use crate::doc::{AttrName, Name, Ns};

/// A type of the schema.
#[derive(Debug)]
pub(super) struct TypeRow {
    pub(super) ns: Ns,
    /// The local name, for `xsi:type`; empty in namespaces that documents do not name.
    pub(super) name: &'static str,
    /// The type it is derived from.
    pub(super) base: u16,
    pub(super) is_abstract: bool,
    pub(super) content: Content,
    pub(super) attributes: &'static [AttrRow],
    /// Some of the attributes must be there.
    pub(super) has_required: bool,
    pub(super) any_attribute: bool,
}

#[derive(Debug)]
pub(super) enum Content {
    Empty,
    Simple(Simple),
    /// One sequence of elements, each name once.
    Sequence(&'static [Particle]),
    /// Choices, repetitions and wildcards.
    Automaton(&'static Automaton),
}

/// An element of a sequence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Particle {
    pub(super) name: Name,
    pub(super) kind: u16,
    pub(super) occurs: Occurs,
    /// How many before it in the sequence must be there.
    pub(super) required_before: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occurs {
    One,
    Optional,
    /// Any number.
    Any,
    /// At least one.
    Some,
}

impl Occurs {
    pub(super) const fn required(self) -> bool {
        matches!(self, Occurs::One | Occurs::Some)
    }

    pub(super) fn repeats(self) -> bool {
        matches!(self, Occurs::Any | Occurs::Some)
    }
}

/// Positions of a content model; each says which may follow.
#[derive(Debug)]
pub(super) struct Automaton {
    /// Text is allowed between the elements.
    pub(super) mixed: bool,
    pub(super) may_be_empty: bool,
    pub(super) first: &'static [u8],
    pub(super) positions: &'static [Position],
}

#[derive(Debug)]
pub(super) struct Position {
    pub(super) term: Term,
    pub(super) next: &'static [u8],
    /// The content may end here.
    pub(super) last: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Term {
    /// Name and type.
    Element(u16, u16),
    /// Any element: outside this namespace, if given; lax: also one without a declaration.
    Any { other_than: Option<Ns>, lax: bool },
}

#[derive(Debug)]
pub(super) struct AttrRow {
    pub(super) name: AttrName,
    pub(super) required: bool,
    pub(super) simple: Simple,
}

/// Simple types of the schema, by their XSD names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Simple {
    String,
    NormalizedString,
    Decimal,
    Integer,
    Boolean,
    Date,
    Time,
    DateTime,
    Base64,
    AnyUri,
    Language,
    Id,
    Enumeration(&'static [&'static str]),
}

/// No global element has this name.
pub(super) const NO_TYPE: u16 = u16::MAX;

/// The number of `xs:anyType`, the type of elements without a declaration.
pub(super) const ANY: u16 = 0;

/// The model of `xs:anyType`.
pub(super) static ANY_TYPE: Automaton = Automaton {
    mixed: true,
    may_be_empty: true,
    first: &[0],
    positions: &[Position {
        term: Term::Any {
            other_than: None,
            lax: true,
        },
        next: &[0],
        last: true,
    }],
};

pub(super) const fn p(name: u16, kind: u16, occurs: Occurs) -> Particle {
    Particle {
        name: Name::at(name),
        kind,
        occurs,
        required_before: 0,
    }
}

/// Numbers what must be there.
pub(super) const fn sequence<const N: usize>(mut particles: [Particle; N]) -> [Particle; N] {
    let (mut i, mut required) = (0, 0);
    while i < N {
        particles[i].required_before = required;
        required += particles[i].occurs.required() as u8;
        i += 1;
    }
    particles
}

pub(super) const fn a(name: u16, simple: Simple) -> AttrRow {
    AttrRow {
        name: AttrName::at(name),
        required: false,
        simple,
    }
}

pub(super) const fn req(name: u16, simple: Simple) -> AttrRow {
    AttrRow {
        name: AttrName::at(name),
        required: true,
        simple,
    }
}
