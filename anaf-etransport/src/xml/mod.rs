//! The document as the rules see it: elements and attributes in one flat table each, in document order.
//!
//! [`parse`] checks well-formedness and namespaces; nothing here knows the schema, except for its names. The tables
//! borrow their texts from the input, take about 40 bytes an element and as much an attribute, and are walked without
//! recursion.

mod chars;
mod markup;
mod names;
mod parse;
mod place;

pub(crate) use chars::{is_space, trim};
pub(crate) use names::{AttrName, ElementName};
pub(crate) use parse::parse;
pub(crate) use place::{Lines, path_of};

use std::borrow::Cow;

/// The namespace of version 2.
pub(crate) const NAMESPACE: &str = "mfp:anaf:dgti:eTransport:declaratie:v2";
/// The namespace of version 1.
pub(crate) const NAMESPACE_V1: &str = "mfp:anaf:dgti:eTransport:declaratie:v1";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What is wrong with a document that is not well-formed XML, or that this reader does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Encoding,
    Character,
    Syntax,
    EndTag,
    Name,
    Attribute,
    Duplicate,
    Entity,
    Prefix,
    Root,
    Declaration,
    Doctype,
    Depth,
    Size,
}

/// A fault and the byte offset where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Malformed {
    pub(crate) offset: usize,
    pub(crate) fault: Fault,
}

impl Malformed {
    pub(super) const fn new(offset: usize, fault: Fault) -> Self {
        Self { offset, fault }
    }
}

/// The namespace of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Namespace {
    None,
    V2,
    V1,
    Other,
}

/// The namespace of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttrSpace {
    None,
    Xsi,
    Other,
}

/// What stands directly in an element beside its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Text {
    None,
    Blank,
    Some,
}

const NO_PARENT: u32 = u32::MAX;

#[derive(Debug)]
struct Node {
    name: ElementName,
    space: Namespace,
    text: Text,
    parent: u32,
    attrs: (u32, u32),
    offset: u32,
    /// Position among the siblings of the same schema name; among all siblings for a name that the schema lacks.
    ordinal: u32,
}

#[derive(Debug)]
struct Attr<'a> {
    name: AttrName,
    space: AttrSpace,
    offset: u32,
    name_len: u32,
    value: Cow<'a, str>,
}

/// Numbers about the whole document, gathered while reading: the official rules ask for them with `//@name`.
#[derive(Debug)]
struct Tally {
    attrs: [(u32, u32); AttrName::COUNT],
    elements: [u32; ElementName::COUNT],
    start_points: u32,
    final_points: u32,
    operations: Operations,
}

/// Which of the operations that rules single out stand anywhere in the document.
#[derive(Debug, Default)]
struct Operations {
    domestic: bool,
    import: bool,
    export: bool,
}

/// A well-formed document.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    text: &'a str,
    nodes: Vec<Node>,
    attrs: Vec<Attr<'a>>,
    tally: Tally,
    /// The last namespace binding of each prefix on the root element, for `xsi:type`.
    v2_prefixes: Vec<&'a str>,
}

/// One element.
#[derive(Clone, Copy)]
pub(crate) struct Element<'d> {
    doc: &'d Document<'d>,
    node: &'d Node,
    index: u32,
}

/// One attribute.
#[derive(Clone, Copy)]
pub(crate) struct Attribute<'d> {
    doc: &'d Document<'d>,
    attr: &'d Attr<'d>,
}

impl<'a> Document<'a> {
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// All elements, in document order.
    pub(crate) fn elements<'d>(&'d self) -> impl Iterator<Item = Element<'d>> {
        (0u32..).zip(&self.nodes).map(|(index, node)| Element {
            doc: self,
            node,
            index,
        })
    }

    /// The root element.
    pub(crate) fn root(&self) -> Option<Element<'_>> {
        self.elements().next()
    }

    /// How many attributes of this name the document has: `count(//@name)`.
    pub(crate) fn count(&self, name: AttrName) -> u32 {
        self.tally
            .attrs
            .get(name as usize)
            .map_or(0, |(count, _)| *count)
    }

    /// The first attribute of this name.
    pub(crate) fn first(&self, name: AttrName) -> Option<&str> {
        let (count, first) = self.tally.attrs.get(name as usize)?;
        if *count == 0 {
            return None;
        }
        self.attrs.get(*first as usize).map(|attr| &*attr.value)
    }

    /// `exists(//xx:name)`.
    pub(crate) fn has_element(&self, name: ElementName) -> bool {
        self.tally
            .elements
            .get(name as usize)
            .is_some_and(|count| *count > 0)
    }

    /// `exists(//xx:locStartTraseuRutier/@codPtf)`.
    pub(crate) fn starts_at_border(&self) -> bool {
        self.tally.start_points > 0
    }

    /// `exists(//xx:locFinalTraseuRutier/@codPtf)`.
    pub(crate) fn ends_at_border(&self) -> bool {
        self.tally.final_points > 0
    }

    /// `//@codTipOperatiune = '30'`, exactly so written.
    pub(crate) fn is_domestic(&self) -> bool {
        self.tally.operations.domestic
    }

    /// `//@codTipOperatiune = '40'`, exactly so written.
    pub(crate) fn is_import(&self) -> bool {
        self.tally.operations.import
    }

    /// `//@codTipOperatiune = '50'`, exactly so written.
    pub(crate) fn is_export(&self) -> bool {
        self.tally.operations.export
    }
}

impl<'d> Element<'d> {
    pub(crate) fn doc(self) -> &'d Document<'d> {
        self.doc
    }

    /// The name, where it is one of the schema's; `Other` in any other namespace.
    pub(crate) fn name(self) -> ElementName {
        if self.node.space == Namespace::V2 {
            self.node.name
        } else {
            ElementName::Other
        }
    }

    /// The name, whatever the namespace.
    pub(crate) fn local_name(self) -> ElementName {
        self.node.name
    }

    pub(crate) fn namespace(self) -> Namespace {
        self.node.space
    }

    pub(crate) fn text(self) -> Text {
        self.node.text
    }

    pub(crate) fn offset(self) -> usize {
        self.node.offset as usize
    }

    pub(crate) fn index(self) -> u32 {
        self.index
    }

    pub(crate) fn ordinal(self) -> u32 {
        self.node.ordinal
    }

    pub(crate) fn parent(self) -> Option<Element<'d>> {
        let node = self.doc.nodes.get(self.node.parent as usize)?;
        Some(Element {
            doc: self.doc,
            node,
            index: self.node.parent,
        })
    }

    /// The attributes in the order of the document.
    pub(crate) fn attributes(self) -> impl Iterator<Item = Attribute<'d>> {
        let (from, to) = self.node.attrs;
        let attrs = self
            .doc
            .attrs
            .get(from as usize..to as usize)
            .unwrap_or_default();
        attrs.iter().map(move |attr| Attribute {
            doc: self.doc,
            attr,
        })
    }

    /// The value of an attribute without namespace.
    pub(crate) fn attr(self, name: AttrName) -> Option<&'d str> {
        self.attributes()
            .find(|a| a.attr.name == name)
            .map(Attribute::value)
    }

    /// The child elements of the v2 namespace that have this name.
    pub(crate) fn children(self, name: ElementName) -> impl Iterator<Item = Element<'d>> {
        let start = self.index as usize + 1;
        let nodes = self.doc.nodes.get(start..).unwrap_or_default();
        // A descendant's parent never stands before this element; the first that does ends the subtree.
        (self.index + 1..)
            .zip(nodes)
            .take_while(move |(_, node)| node.parent != NO_PARENT && node.parent >= self.index)
            .filter(move |(_, node)| {
                node.parent == self.index && node.name == name && node.space == Namespace::V2
            })
            .map(move |(index, node)| Element {
                doc: self.doc,
                node,
                index,
            })
    }
}

impl<'d> Attribute<'d> {
    pub(crate) fn doc(self) -> &'d Document<'d> {
        self.doc
    }

    /// The name, where it is one of the schema's and has no namespace.
    pub(crate) fn name(self) -> AttrName {
        self.attr.name
    }

    pub(crate) fn namespace(self) -> AttrSpace {
        self.attr.space
    }

    pub(crate) fn value(self) -> &'d str {
        &self.attr.value
    }

    pub(crate) fn offset(self) -> usize {
        self.attr.offset as usize
    }

    /// The name as the document writes it, prefix included.
    pub(crate) fn written_name(self) -> &'d str {
        let from = self.offset();
        self.doc
            .text
            .get(from..from + self.attr.name_len as usize)
            .unwrap_or_default()
    }

    /// Whether `xsi:type="NAME"` names this type of the v2 schema.
    pub(crate) fn names_type(self, name: &str) -> bool {
        let (prefix, local) = self
            .attr
            .value
            .split_once(':')
            .unwrap_or(("", &self.attr.value));
        local == name && self.doc.v2_prefixes.contains(&prefix)
    }
}
