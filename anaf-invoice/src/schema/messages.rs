//! What the schema check says: what was found, what was expected.

use super::model::{Automaton, Particle, Simple, Term};
use crate::doc::{AttrName, Attribute, Doc, Name, NodeId, Ns};
use crate::report::Sink;

/// More expected names than this are not listed.
const LISTED: usize = 8;
/// Longer values are cut.
const SHOWN: usize = 60;

/// The element as rules write it, `cbc:ID`; with its namespace where that is the surprise.
fn shown(doc: &Doc<'_>, n: NodeId) -> String {
    let known = doc.name(n);
    if known != Name::OTHER {
        return known.display();
    }
    let name = cut(doc.qualified_name(n));
    match doc.ns(n) {
        Ns::NONE => format!("{name} (in no namespace)"),
        _ => format!("{name} (namespace {})", cut(doc.namespace_uri(n))),
    }
}

fn cut(text: &str) -> String {
    let mut out: String = text.chars().take(SHOWN).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

/// What may stand at a place.
pub(super) struct Expected {
    names: Vec<String>,
}

pub(super) fn expected_of(rest: &[Particle], taken: bool) -> Expected {
    let mut names = Vec::new();
    for (i, particle) in rest.iter().enumerate() {
        let again = i == 0 && taken;
        if !again || particle.occurs.repeats() {
            names.push(particle.name.display());
        }
        if particle.occurs.required() && !again {
            break;
        }
    }
    Expected { names }
}

pub(super) fn expected_at(automaton: &Automaton, candidates: &[u8]) -> Expected {
    let term = |i: &u8| {
        automaton
            .positions
            .get(usize::from(*i))
            .map(|position| position.term)
    };
    let names = candidates.iter().filter_map(term).map(|term| match term {
        Term::Element(number, _) => Name::at(number).display(),
        Term::Any {
            other_than: None, ..
        } => "*".to_owned(),
        Term::Any {
            other_than: Some(_),
            ..
        } => "##other".to_owned(),
    });
    Expected {
        names: names.collect(),
    }
}

impl Expected {
    fn english(&self) -> String {
        match self.names.as_slice() {
            [] => "nothing more is expected here".to_owned(),
            [one] => format!("expected: {one}"),
            names if names.len() > LISTED => {
                format!("expected: {}, … ({} names)", self.listed(), names.len())
            }
            _ => format!("expected one of: {}", self.listed()),
        }
    }

    fn romanian(&self) -> String {
        match self.names.as_slice() {
            [] => "aici nu mai urmează nimic".to_owned(),
            [one] => format!("se așteaptă: {one}"),
            names if names.len() > LISTED => {
                format!("se așteaptă: {}, … ({} nume)", self.listed(), names.len())
            }
            _ => format!("se așteaptă unul dintre: {}", self.listed()),
        }
    }

    fn listed(&self) -> String {
        self.names
            .iter()
            .take(LISTED)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

pub(super) fn wrong_root(doc: &Doc<'_>, sink: &mut Sink, n: NodeId) {
    let name = shown(doc, n);
    sink.schema(
        n,
        format!("The root element is {name}; expected Invoice or CreditNote of UBL 2."),
        format!("Elementul rădăcină este {name}; se așteaptă Invoice sau CreditNote din UBL 2."),
    );
}

pub(super) fn unexpected(doc: &Doc<'_>, sink: &mut Sink, n: NodeId, expected: &Expected) {
    let name = shown(doc, n);
    sink.schema(
        n,
        format!("{name} does not belong here; {}.", expected.english()),
        format!("{name} nu are ce căuta aici; {}.", expected.romanian()),
    );
}

pub(super) fn out_of_order(doc: &Doc<'_>, sink: &mut Sink, n: NodeId, after: Option<Name>) {
    let name = shown(doc, n);
    let after = after.map_or_else(String::new, Name::display);
    sink.schema(
        n,
        format!("{name} is out of order: the schema wants it before {after}."),
        format!("{name} nu respectă ordinea: schema îl cere înainte de {after}."),
    );
}

pub(super) fn repeated(doc: &Doc<'_>, sink: &mut Sink, n: NodeId) {
    let name = shown(doc, n);
    sink.schema(
        n,
        format!("{name} may occur only once here."),
        format!("{name} poate apărea aici o singură dată."),
    );
}

pub(super) fn missing_before(doc: &Doc<'_>, sink: &mut Sink, n: NodeId, missing: Name) {
    let (name, missing) = (shown(doc, n), missing.display());
    sink.schema(
        n,
        format!("{missing} is missing: it must stand before {name}."),
        format!("Lipsește {missing}, care trebuie să stea înainte de {name}."),
    );
}

pub(super) fn missing_at_end(doc: &Doc<'_>, sink: &mut Sink, n: NodeId, missing: Name) {
    let (name, missing) = (shown(doc, n), missing.display());
    sink.schema(
        n,
        format!("{name} has no {missing}, which is required."),
        format!("În {name} lipsește {missing}, care este obligatoriu."),
    );
}

pub(super) fn incomplete(doc: &Doc<'_>, sink: &mut Sink, n: NodeId, expected: &Expected) {
    let name = shown(doc, n);
    sink.schema(
        n,
        format!("{name} is not complete; {}.", expected.english()),
        format!("{name} nu este complet; {}.", expected.romanian()),
    );
}

pub(super) fn undeclared(doc: &Doc<'_>, sink: &mut Sink, n: NodeId) {
    let name = shown(doc, n);
    sink.schema(
        n,
        format!("{name} is not declared in the schema, and only declared elements may stand here."),
        format!("{name} nu este declarat în schemă, iar aici pot sta numai elemente declarate."),
    );
}

pub(super) fn children_in_text(doc: &Doc<'_>, sink: &mut Sink, n: NodeId) {
    let name = shown(doc, n);
    sink.schema(
        n,
        format!("{name} holds a value and may have no child elements."),
        format!("{name} conține o valoare și nu poate avea elemente în interior."),
    );
}

pub(super) fn text_between(doc: &Doc<'_>, sink: &mut Sink, n: NodeId) {
    let name = shown(doc, n);
    sink.schema(
        n,
        format!("{name} holds elements and may have no text of its own."),
        format!("{name} conține elemente și nu poate avea text propriu."),
    );
}

pub(super) fn not_empty(doc: &Doc<'_>, sink: &mut Sink, n: NodeId) {
    let name = shown(doc, n);
    sink.schema(
        n,
        format!("{name} must be empty."),
        format!("{name} trebuie să fie gol."),
    );
}

pub(super) fn bad_value(doc: &Doc<'_>, sink: &mut Sink, n: NodeId, value: &str, simple: Simple) {
    let (name, value, (en, ro)) = (shown(doc, n), cut(value), simple.wanted());
    sink.schema(
        n,
        format!("{name} is {value:?}; expected {en}."),
        format!("{name} are valoarea {value:?}; se așteaptă {ro}."),
    );
}

pub(super) fn unknown_attribute(doc: &Doc<'_>, sink: &mut Sink, n: NodeId, attribute: &Attribute) {
    let (name, attribute) = (shown(doc, n), cut(doc.attr_qualified_name(attribute)));
    sink.schema(
        n,
        format!("{name} has no attribute {attribute:?} in the schema."),
        format!("În schemă, {name} nu are atributul {attribute:?}."),
    );
}

pub(super) fn missing_attribute(doc: &Doc<'_>, sink: &mut Sink, n: NodeId, attribute: AttrName) {
    let (name, attribute) = (shown(doc, n), attribute.local());
    sink.schema(
        n,
        format!("{name} needs the attribute {attribute}."),
        format!("{name} trebuie să aibă atributul {attribute}."),
    );
}

pub(super) fn bad_attribute(
    doc: &Doc<'_>,
    sink: &mut Sink,
    n: NodeId,
    attribute: &Attribute,
    value: &str,
    simple: Simple,
) {
    let (name, value, (en, ro)) = (shown(doc, n), cut(value), simple.wanted());
    let attribute = cut(doc.attr_qualified_name(attribute));
    sink.schema(
        n,
        format!("The attribute {attribute} of {name} is {value:?}; expected {en}."),
        format!("Atributul {attribute} al elementului {name} este {value:?}; se așteaptă {ro}."),
    );
}

pub(super) fn bad_instance_type(doc: &Doc<'_>, sink: &mut Sink, n: NodeId, value: &str) {
    let (name, value) = (shown(doc, n), cut(value));
    sink.schema(
        n,
        format!(
            "xsi:type names {value:?}, which is not a type that may stand for the type of {name}."
        ),
        format!("xsi:type indică {value:?}, care nu poate ține locul tipului elementului {name}."),
    );
}

pub(super) fn nil(doc: &Doc<'_>, sink: &mut Sink, n: NodeId) {
    let name = shown(doc, n);
    sink.schema(
        n,
        format!("{name} has xsi:nil, but no element of UBL may be nil: leave the element out."),
        format!("{name} are xsi:nil, dar niciun element UBL nu poate fi nul: omiteți elementul."),
    );
}

pub(super) fn repeated_id(doc: &Doc<'_>, sink: &mut Sink, n: NodeId, value: &str) {
    let (name, value) = (shown(doc, n), cut(value));
    sink.schema(
        n,
        format!("The identifier {value:?} of {name} is already that of another element."),
        format!("Identificatorul {value:?} al elementului {name} aparține deja altui element."),
    );
}

pub(super) fn too_many(doc: &Doc<'_>, sink: &mut Sink, listed: usize) {
    sink.schema(
        doc.root(),
        format!("More than {listed} breaches of the schema: the rest of the document, and the rules, were not checked."),
        format!("Peste {listed} de abateri de la schemă: restul documentului și regulile nu au mai fost verificate."),
    );
}
