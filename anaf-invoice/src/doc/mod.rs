//! The parsed document: a flat arena of elements in document order, over the text that was given.
//!
//! Elements are numbered in document order, so the descendants of an element are the numbers that follow it, up to
//! the end of its subtree. Texts stand in one list, also in document order: the string value of an element is a run
//! of that list. Nothing is copied until it must be decoded.

mod encoding;
mod error;
#[rustfmt::skip]
mod name_tables;
mod lexical;
mod names;
mod parse;
mod place;
mod words;

pub use encoding::decode_xml;
pub use error::{XmlError, XmlErrorKind};
pub(crate) use lexical::is_name;
pub(crate) use name_tables::{attr, name};
pub(crate) use names::{AttrName, Name, Ns};

use std::borrow::Cow;
use std::cell::OnceCell;

/// An element of a [`Doc`]: its number in document order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(u32);

impl NodeId {
    /// The number, for tables beside the document.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A well-formed document.
#[derive(Debug)]
pub(crate) struct Doc<'x> {
    source: Cow<'x, str>,
    nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    texts: Vec<Text>,
    /// URIs of the namespaces that have no constant, by number less [`Ns::KNOWN`].
    namespaces: Vec<String>,
    /// All namespace declarations, in document order.
    declarations: Vec<Declaration>,
    places: OnceCell<place::Places>,
}

/// `xmlns:prefix` (or `xmlns`, with an empty prefix) on an element.
#[derive(Debug, Clone, Copy)]
struct Declaration {
    node: u32,
    prefix_start: u32,
    prefix_len: u16,
    ns: Ns,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    name: Name,
    ns: Ns,
    /// Offset of the tag's `<`.
    start: u32,
    qname_len: u16,
    /// Length of the prefix with its colon.
    prefix_len: u16,
    parent: u32,
    /// The number after the last descendant.
    end: u32,
    text_start: u32,
    text_end: u32,
    attr_start: u32,
    attr_len: u16,
    /// Its own text is more than white space.
    has_text: bool,
    /// One bit for each child's name, see [`Name::bit`]: most look-ups end here.
    child_names: u64,
}

/// An attribute other than a namespace declaration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute {
    /// The interned name.
    pub(crate) name: AttrName,
    /// The namespace; [`Ns::NONE`] for nearly all.
    pub(crate) ns: Ns,
    start: u32,
    qname_len: u16,
    prefix_len: u16,
    value_start: u32,
    value_len: u32,
    /// The value has references or white space to normalise.
    raw: bool,
}

/// A piece of text between two pieces of markup.
#[derive(Debug, Clone, Copy)]
struct Text {
    start: u32,
    /// Length, and [`Text::FLAGS`] on top.
    len: u32,
    parent: u32,
}

impl Text {
    /// It has references to decode.
    const REFERENCES: u32 = 1 << 31;
    /// It has carriage returns to normalise.
    const RETURNS: u32 = 1 << 30;
    /// It continues the text node before it (CDATA beside text).
    const JOINED: u32 = 1 << 29;
    const FLAGS: u32 = Self::REFERENCES | Self::RETURNS | Self::JOINED;
}

impl<'x> Doc<'x> {
    /// Reads a document from the bytes of a file.
    pub(crate) fn parse(bytes: &'x [u8]) -> Result<Self, XmlError> {
        parse::parse(bytes)
    }

    /// The root element.
    pub(crate) fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// How many elements the document has; node indexes are below it.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The decoded text of the whole document, without a byte order mark.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// The text from the start tag of an element to the end of the document.
    pub(crate) fn source_from(&self, n: NodeId) -> &str {
        self.source.get(self.node(n).start as usize..).unwrap_or("")
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a NodeId is only ever made for a node of its document"
    )]
    #[inline]
    fn node(&self, n: NodeId) -> &Node {
        &self.nodes[n.index()]
    }

    fn slice(&self, start: u32, len: usize) -> &str {
        self.source
            .get(start as usize..start as usize + len)
            .unwrap_or("")
    }

    /// The interned name.
    #[inline]
    pub(crate) fn name(&self, n: NodeId) -> Name {
        self.node(n).name
    }

    /// The namespace.
    #[inline]
    pub(crate) fn ns(&self, n: NodeId) -> Ns {
        self.node(n).ns
    }

    /// The name as written, with its prefix.
    pub(crate) fn qualified_name(&self, n: NodeId) -> &str {
        let node = self.node(n);
        self.slice(node.start + 1, usize::from(node.qname_len))
    }

    /// The local name.
    pub(crate) fn local_name(&self, n: NodeId) -> &str {
        let node = self.node(n);
        let prefix = u32::from(node.prefix_len);
        self.slice(
            node.start + 1 + prefix,
            usize::from(node.qname_len - node.prefix_len),
        )
    }

    /// The namespace URI; empty where there is none.
    pub(crate) fn namespace_uri(&self, n: NodeId) -> &str {
        self.uri(self.node(n).ns)
    }

    /// The URI of a namespace of this document; empty for [`Ns::NONE`].
    pub(crate) fn uri(&self, ns: Ns) -> &str {
        match name_tables::NAMESPACES.get(usize::from(ns.0)) {
            Some(uri) => uri,
            None => self
                .namespaces
                .get(usize::from(ns.0.wrapping_sub(Ns::KNOWN)))
                .map_or("", String::as_str),
        }
    }

    /// The namespace that a prefix (empty: the default) has at an element; `None` where it is not declared.
    pub(crate) fn namespace_of_prefix(&self, n: NodeId, prefix: &str) -> Option<&str> {
        let mut at = Some(n);
        while let Some(element) = at {
            let first = self.declarations.partition_point(|d| d.node < element.0);
            let own = self
                .declarations
                .iter()
                .skip(first)
                .take_while(|d| d.node == element.0);
            let found = own
                .clone()
                .find(|d| self.slice(d.prefix_start, usize::from(d.prefix_len)) == prefix);
            if let Some(declaration) = found {
                return Some(self.uri(declaration.ns));
            }
            at = self.parent(element);
        }
        if prefix.is_empty() { Some("") } else { None }
    }

    /// The parent element; `None` for the root.
    #[inline]
    pub(crate) fn parent(&self, n: NodeId) -> Option<NodeId> {
        if n.0 == 0 {
            None
        } else {
            Some(NodeId(self.node(n).parent))
        }
    }

    /// The child elements.
    #[inline]
    pub(crate) fn children(&self, n: NodeId) -> Children<'_, 'x> {
        Children {
            doc: self,
            next: n.0 + 1,
            end: self.node(n).end,
        }
    }

    /// `false`: the element has no child of this name. `true`: look.
    #[inline]
    pub(crate) fn may_have_child(&self, n: NodeId, name: Name) -> bool {
        self.node(n).child_names & name.bit() != 0
    }

    /// The groups of the children's names, as bits of [`Name::bit`].
    #[inline]
    pub(crate) fn child_groups(&self, n: NodeId) -> u64 {
        self.node(n).child_names
    }

    /// The first child element with this name.
    #[inline]
    pub(crate) fn child(&self, n: NodeId, name: Name) -> Option<NodeId> {
        if !self.may_have_child(n, name) {
            return None;
        }
        self.children(n).find(|child| self.name(*child) == name)
    }

    /// The child elements with this name.
    #[inline]
    pub(crate) fn children_named(
        &self,
        n: NodeId,
        name: Name,
    ) -> impl Iterator<Item = NodeId> + Clone + '_ {
        self.children(n)
            .filter(move |child| self.name(*child) == name)
    }

    /// Calls `visit` on the child elements with this name until it answers `false` or fails; whether it never did.
    #[inline]
    pub(crate) fn each_child_named<E>(
        &self,
        n: NodeId,
        name: Name,
        mut visit: impl FnMut(NodeId) -> Result<bool, E>,
    ) -> Result<bool, E> {
        let end = self.node(n).end;
        let mut at = n.0 + 1;
        while at < end {
            let child = self.node(NodeId(at));
            if child.name == name && !visit(NodeId(at))? {
                return Ok(false);
            }
            at = child.end;
        }
        Ok(true)
    }

    /// The element with this number, if there is one.
    #[inline]
    pub(crate) fn node_at(&self, index: usize) -> Option<NodeId> {
        (index < self.nodes.len())
            .then(|| u32::try_from(index).ok().map(NodeId))
            .flatten()
    }

    /// All elements, in document order.
    pub(crate) fn all(&self) -> impl ExactSizeIterator<Item = NodeId> + Clone + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// The number after the last descendant: `n.index()+1..subtree_end(n)` are the descendants.
    pub(crate) fn subtree_end(&self, n: NodeId) -> usize {
        self.node(n).end as usize
    }

    /// No child elements.
    #[inline]
    pub(crate) fn is_leaf(&self, n: NodeId) -> bool {
        self.node(n).end == n.0 + 1
    }

    fn texts(&self, n: NodeId) -> &[Text] {
        let node = self.node(n);
        self.texts
            .get(node.text_start as usize..node.text_end as usize)
            .unwrap_or(&[])
    }

    #[inline]
    fn decoded(&self, text: &Text) -> Cow<'_, str> {
        let raw = self.slice(text.start, (text.len & !Text::FLAGS) as usize);
        if text.len & (Text::REFERENCES | Text::RETURNS) == 0 {
            return Cow::Borrowed(raw);
        }
        Cow::Owned(lexical::decode_text(raw, text.len & Text::REFERENCES != 0))
    }

    #[cold]
    fn joined(&self, texts: &[Text]) -> String {
        texts.iter().map(|text| self.decoded(text)).collect()
    }

    /// The string value as XPath defines it: the text of the element and all its descendants.
    #[inline]
    pub(crate) fn text(&self, n: NodeId) -> Cow<'_, str> {
        match self.texts(n) {
            [] => Cow::Borrowed(""),
            [only] => self.decoded(only),
            several => Cow::Owned(self.joined(several)),
        }
    }

    /// How many text nodes the element itself has. A comment, an instruction or a child splits a text in two;
    /// CDATA and references do not.
    pub(crate) fn text_nodes(&self, n: NodeId) -> usize {
        self.texts(n)
            .iter()
            .filter(|text| text.parent == n.0 && text.len & Text::JOINED == 0)
            .count()
    }

    /// The pieces of the element's own text, children left out.
    pub(crate) fn own_text(&self, n: NodeId) -> impl Iterator<Item = Cow<'_, str>> + '_ {
        self.texts(n)
            .iter()
            .filter(move |text| text.parent == n.0)
            .map(|text| self.decoded(text))
    }

    /// The element's own text, children left out, is more than white space.
    #[inline]
    pub(crate) fn has_own_text(&self, n: NodeId) -> bool {
        self.node(n).has_text
    }

    /// The attributes, without namespace declarations.
    #[inline]
    pub(crate) fn attributes(&self, n: NodeId) -> &[Attribute] {
        let node = self.node(n);
        let start = node.attr_start as usize;
        self.attributes
            .get(start..start + usize::from(node.attr_len))
            .unwrap_or(&[])
    }

    /// The value of an attribute without a namespace.
    #[inline]
    pub(crate) fn attr(&self, n: NodeId, name: AttrName) -> Option<Cow<'_, str>> {
        self.attributes(n)
            .iter()
            .find(|a| a.name == name)
            .map(|a| self.attr_value(a))
    }

    /// Whether the element has this attribute without a namespace.
    #[inline]
    pub(crate) fn has_attr(&self, n: NodeId, name: AttrName) -> bool {
        self.attributes(n).iter().any(|a| a.name == name)
    }

    /// The attribute's value, decoded and normalised.
    pub(crate) fn attr_value(&self, attribute: &Attribute) -> Cow<'_, str> {
        let raw = self.slice(attribute.value_start, attribute.value_len as usize);
        if attribute.raw {
            Cow::Owned(lexical::decode_attribute(raw))
        } else {
            Cow::Borrowed(raw)
        }
    }

    /// The attribute's name as written.
    pub(crate) fn attr_qualified_name(&self, attribute: &Attribute) -> &str {
        self.slice(attribute.start, usize::from(attribute.qname_len))
    }

    /// The attribute's local name.
    pub(crate) fn attr_local_name(&self, attribute: &Attribute) -> &str {
        let prefix = u32::from(attribute.prefix_len);
        self.slice(
            attribute.start + prefix,
            usize::from(attribute.qname_len - attribute.prefix_len),
        )
    }

    /// Line and column of the start tag, from 1; the column in characters.
    pub(crate) fn line_column(&self, n: NodeId) -> (u32, u32) {
        let start = self.node(n).start;
        self.places().line_column(&self.source, start as usize)
    }

    /// The location as XPath, `/Invoice/cac:InvoiceLine[2]/cbc:ID`: conventional prefixes, an index only where the
    /// parent has several children of the name. Very deep locations are cut in the middle (`/…/`).
    pub(crate) fn xpath(&self, n: NodeId) -> String {
        self.places().xpath(self, n)
    }

    fn places(&self) -> &place::Places {
        self.places.get_or_init(|| place::Places::of(self))
    }
}

/// The child elements of an element.
#[derive(Debug, Clone)]
pub(crate) struct Children<'d, 'x> {
    doc: &'d Doc<'x>,
    next: u32,
    end: u32,
}

impl Iterator for Children<'_, '_> {
    type Item = NodeId;

    #[inline]
    fn next(&mut self) -> Option<NodeId> {
        if self.next >= self.end {
            return None;
        }
        let this = NodeId(self.next);
        self.next = self.doc.node(this).end;
        Some(this)
    }
}

#[cfg(test)]
mod tests;
