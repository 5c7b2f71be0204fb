//! The official schema, version 2 (26.01.2023), in Rust: the same verdict as libxml2's.

pub(crate) mod dates;
mod definition;
pub(crate) mod digits;
mod texts;
pub(crate) mod types;

pub(crate) use texts::malformed;

use definition::{ComplexType, Content, type_of};
use texts::Constraint;

use crate::sink::Sink;
use crate::xml::{AttrName, AttrSpace, Attribute, Document, Element, ElementName, Namespace, Text};

/// An element whose children are being read.
struct Open<'d> {
    element: Element<'d>,
    content: &'static Content,
    particle: usize,
    seen: u32,
    broken: bool,
}

/// Checks a document against the schema.
pub(crate) fn check<'d>(doc: &'d Document<'d>, sink: &mut Sink<'d>) {
    let Some(root) = doc.root() else { return };
    if root.name() != ElementName::ETransport {
        let constraint = if root.namespace() == Namespace::V1 {
            Constraint::RootVersion1
        } else {
            Constraint::Root
        };
        return sink.schema_element(root, constraint.text());
    }
    let mut open: Vec<Open<'d>> = Vec::new();
    for element in doc.elements() {
        if let Some(parent) = element.parent() {
            while open
                .last()
                .is_some_and(|top| top.element.index() > parent.index())
            {
                close(open.pop(), sink);
            }
            // A child of an element that was refused has been judged with it.
            let Some(top) = open
                .last_mut()
                .filter(|top| top.element.index() == parent.index())
            else {
                continue;
            };
            if top.broken {
                continue;
            }
            if !top.accept(element) {
                top.broken = true;
                let empty = matches!(top.content, Content::Empty);
                let constraint = if empty {
                    Constraint::NotEmpty
                } else {
                    Constraint::UnexpectedElement
                };
                sink.schema_element(element, constraint.text());
                continue;
            }
        }
        let Some(definition) = type_of(element.name()) else {
            continue;
        };
        check_attributes(element, definition, sink);
        check_text(element, definition, sink);
        open.push(Open {
            element,
            content: &definition.content,
            particle: 0,
            seen: 0,
            broken: false,
        });
    }
    while let Some(last) = open.pop() {
        close(Some(last), sink);
    }
}

impl Open<'_> {
    /// Takes the next child, or says that it may not stand here.
    fn accept(&mut self, child: Element<'_>) -> bool {
        let name = child.name();
        match self.content {
            Content::Empty => false,
            Content::OneOf(names) => {
                self.seen += 1;
                self.seen == 1 && names.contains(&name)
            }
            Content::InOrder(particles) => {
                while let Some(particle) = particles.get(self.particle) {
                    if particle.element == name && (particle.repeats || self.seen == 0) {
                        self.seen += 1;
                        return true;
                    }
                    if particle.required && self.seen == 0 {
                        return false;
                    }
                    self.particle += 1;
                    self.seen = 0;
                }
                false
            }
        }
    }

    /// Whether nothing is missing at the end.
    fn is_complete(&self) -> bool {
        match self.content {
            Content::Empty => true,
            Content::OneOf(_) => self.seen == 1,
            Content::InOrder(particles) => {
                let mut rest = particles.iter().skip(self.particle);
                let here = rest
                    .next()
                    .is_none_or(|particle| !particle.required || self.seen > 0);
                here && rest.all(|particle| !particle.required)
            }
        }
    }
}

fn close<'d>(open: Option<Open<'d>>, sink: &mut Sink<'d>) {
    if let Some(open) = open
        && !open.broken
        && !open.is_complete()
    {
        sink.schema_element(open.element, Constraint::Incomplete.text());
    }
}

fn check_text<'d>(element: Element<'d>, definition: &ComplexType, sink: &mut Sink<'d>) {
    // Where nothing may stand, not even a blank may; a comment may.
    match (&definition.content, element.text()) {
        (Content::Empty, Text::Blank | Text::Some) => {
            sink.schema_element(element, Constraint::NotEmpty.text())
        }
        (_, Text::Some) => sink.schema_element(element, Constraint::LooseText.text()),
        _ => {}
    }
}

fn check_attributes<'d>(element: Element<'d>, definition: &ComplexType, sink: &mut Sink<'d>) {
    let mut seen = 0;
    for attribute in element.attributes() {
        match attribute.namespace() {
            AttrSpace::None => {
                let name = attribute.name();
                let typed = definition
                    .required
                    .iter()
                    .chain(definition.optional)
                    .find(|(known, _)| *known == name);
                match typed {
                    Some((_, simple)) if name != AttrName::Other => {
                        seen |= name.bit();
                        if let Err(broken) = simple.check(attribute.value()) {
                            sink.schema_attribute(
                                element,
                                attribute,
                                texts::value(*simple, broken),
                            );
                        }
                    }
                    _ => sink.schema_attribute(
                        element,
                        attribute,
                        Constraint::UnknownAttribute.text(),
                    ),
                }
            }
            AttrSpace::Xsi => check_xsi(element, attribute, definition, sink),
            AttrSpace::Other => {
                sink.schema_attribute(element, attribute, Constraint::UnknownAttribute.text())
            }
        }
    }
    for (name, _) in definition.required {
        if seen & name.bit() == 0 {
            sink.schema_missing(element, *name, Constraint::MissingAttribute.text());
        }
    }
}

/// The four attributes of XML Schema itself. No element is nillable, and no type has another derived from it.
fn check_xsi<'d>(
    element: Element<'d>,
    attribute: Attribute<'d>,
    definition: &ComplexType,
    sink: &mut Sink<'d>,
) {
    let local = attribute
        .written_name()
        .rsplit(':')
        .next()
        .unwrap_or_default();
    let constraint = match local {
        "schemaLocation" | "noNamespaceSchemaLocation" => return,
        "type" if attribute.names_type(definition.name) => return,
        "type" => Constraint::Type,
        "nil" => Constraint::Nil,
        _ => Constraint::UnknownAttribute,
    };
    sink.schema_attribute(element, attribute, constraint.text());
}
