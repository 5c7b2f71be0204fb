//! From text to tables. quick-xml finds where markup starts and ends; names, attributes, references and namespaces are
//! checked here, because quick-xml takes much that XML forbids.

use std::borrow::Cow;

use anaf_types::xml::{declaration, is_uri_reference};
use quick_xml::Reader;
use quick_xml::errors::{Error as XmlError, IllFormedError};
use quick_xml::events::Event;

use super::chars::{first_forbidden, is_space, qname};
use super::markup::{attribute_value, comment, doctype, processing_instruction, resolve};

use super::names::{AttrName, ElementName};
use super::{
    Attr, AttrSpace, Document, Fault, Malformed, NAMESPACE, NAMESPACE_V1, NO_PARENT, Namespace,
    Node, Operations, Tally, Text, XSI,
};

/// Deeper documents are refused, as libxml2 does by default; a declaration is four deep.
const MAX_DEPTH: usize = 256;
/// More namespace bindings in scope than this are refused.
const MAX_BINDINGS: usize = 64;
const XML_NS: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NS: &str = "http://www.w3.org/2000/xmlns/";

/// Reads a well-formed document.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, Malformed> {
    if u32::try_from(text.len()).is_err() {
        return Err(Malformed::new(0, Fault::Size));
    }
    if let Some(at) = first_forbidden(text) {
        return Err(Malformed::new(at, Fault::Character));
    }
    let mut builder = Builder::new(text);
    builder.run()?;
    Ok(builder.doc)
}

/// An open element.
struct Frame {
    node: u32,
    bindings: usize,
    counts: [u32; ElementName::COUNT],
    children: u32,
}

/// An attribute whose prefix waits for the namespace declarations of its tag.
struct Prefixed<'a> {
    attr: usize,
    prefix: &'a str,
    local: &'a str,
    offset: usize,
}

struct Builder<'a> {
    doc: Document<'a>,
    open: Vec<Frame>,
    /// Namespace bindings in scope, innermost last: prefix (empty for the default) and name.
    bindings: Vec<(&'a str, Cow<'a, str>)>,
    prefixed: Vec<Prefixed<'a>>,
    others: Vec<(&'a str, usize)>,
    root_seen: bool,
    doctype_seen: bool,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        let tally = Tally {
            attrs: [(0, 0); AttrName::COUNT],
            elements: [0; ElementName::COUNT],
            start_points: 0,
            final_points: 0,
            operations: Operations::default(),
        };
        let nodes = Vec::with_capacity(text.len() / 256 + 8);
        let attrs = Vec::with_capacity(text.len() / 32 + 16);
        let doc = Document {
            text,
            nodes,
            attrs,
            tally,
            v2_prefixes: Vec::new(),
        };
        Self {
            doc,
            open: Vec::new(),
            bindings: Vec::new(),
            prefixed: Vec::new(),
            others: Vec::new(),
            root_seen: false,
            doctype_seen: false,
        }
    }

    fn run(&mut self) -> Result<(), Malformed> {
        let text = self.doc.text;
        let mut reader = Reader::from_str(text);
        loop {
            let from = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let event = reader
                .read_event()
                .map_err(|error| Malformed::new(from, fault_of(&error)))?;
            let to = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let raw = text.get(from..to).unwrap_or_default();
            match event {
                Event::Start(_) => self.tag(inner(raw, "<", ">"), from, false)?,
                Event::Empty(_) => self.tag(inner(raw, "<", "/>"), from, true)?,
                Event::End(_) => self.end(inner(raw, "</", ">"), from)?,
                Event::Text(_) => self.text(raw, from)?,
                Event::CData(_) => self.cdata(inner(raw, "<![CDATA[", "]]>"), from)?,
                Event::GeneralRef(_) => self.reference(inner(raw, "&", ";"), from)?,
                Event::PI(_) => processing_instruction(inner(raw, "<?", "?>"), from)?,
                Event::Decl(_) if from == 0 && declaration(inner(raw, "<?xml", "?>")).is_some() => {
                }
                Event::Decl(_) => return Err(Malformed::new(from, Fault::Declaration)),
                Event::DocType(_) => self.doctype(raw, from)?,
                Event::Comment(_) => comment(raw, from)?,
                Event::Eof => break,
            }
        }
        if !self.root_seen {
            return Err(Malformed::new(text.len(), Fault::Root));
        }
        if !self.open.is_empty() {
            return Err(Malformed::new(text.len(), Fault::EndTag));
        }
        Ok(())
    }

    fn tag(&mut self, raw: &'a str, from: usize, empty: bool) -> Result<(), Malformed> {
        if self.open.is_empty() && self.root_seen {
            return Err(Malformed::new(from, Fault::Root));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(Malformed::new(from, Fault::Depth));
        }
        self.root_seen = true;
        let bindings = self.bindings.len();
        let bad_name = Malformed::new(from, Fault::Name);
        let name_end = raw.bytes().position(is_space).unwrap_or(raw.len());
        let (name, rest) = raw.split_at_checked(name_end).ok_or(bad_name)?;
        let known = ElementName::of(name);
        let (prefix, local) = if known == ElementName::Other {
            qname(name).ok_or(bad_name)?
        } else {
            (None, name)
        };

        let first_attr = self.doc.attrs.len();
        self.attributes(rest, from + 1 + name_end)?;
        let space = match lookup(&self.bindings, prefix.unwrap_or_default()) {
            Some(NAMESPACE) => Namespace::V2,
            Some(NAMESPACE_V1) => Namespace::V1,
            Some("") | None if prefix.is_none() => Namespace::None,
            Some(_) => Namespace::Other,
            None => return Err(Malformed::new(from, Fault::Prefix)),
        };
        self.resolve_attributes(first_attr)?;
        let name = ElementName::of(local);
        let index = self.add_node(name, space, first_attr, from);
        if empty {
            self.bindings.truncate(bindings);
        } else {
            self.open.push(Frame {
                node: index,
                bindings,
                counts: [0; ElementName::COUNT],
                children: 0,
            });
        }
        Ok(())
    }

    fn add_node(
        &mut self,
        name: ElementName,
        space: Namespace,
        first_attr: usize,
        offset: usize,
    ) -> u32 {
        let index = small(self.doc.nodes.len());
        let (parent, ordinal) = match self.open.last_mut() {
            None => (NO_PARENT, 1),
            Some(frame) => {
                frame.children += 1;
                let ordinal = match frame.counts.get_mut(name as usize) {
                    Some(count) if name != ElementName::Other => {
                        *count += 1;
                        *count
                    }
                    _ => frame.children,
                };
                (frame.node, ordinal)
            }
        };
        if space == Namespace::V2 {
            self.tally(name, first_attr);
        }
        let attrs = (small(first_attr), small(self.doc.attrs.len()));
        self.doc.nodes.push(Node {
            name,
            space,
            text: Text::None,
            parent,
            attrs,
            offset: small(offset),
            ordinal,
        });
        index
    }

    fn tally(&mut self, name: ElementName, first_attr: usize) {
        if let Some(count) = self.doc.tally.elements.get_mut(name as usize) {
            *count += 1;
        }
        let points = match name {
            ElementName::LocStart => &mut self.doc.tally.start_points,
            ElementName::LocFinal => &mut self.doc.tally.final_points,
            _ => return,
        };
        let attrs = self.doc.attrs.get(first_attr..).unwrap_or_default();
        if attrs.iter().any(|attr| attr.name == AttrName::CodPtf) {
            *points += 1;
        }
    }

    /// Reads `name="value"` pairs; `rest` starts right after the element's name, at byte `base` of the document.
    fn attributes(&mut self, rest: &'a str, base: usize) -> Result<(), Malformed> {
        let bytes = rest.as_bytes();
        let fault = |at: usize| Malformed::new(base + at, Fault::Attribute);
        let mut seen = 0u64;
        let mut at = 0;
        self.prefixed.clear();
        self.others.clear();
        loop {
            let start = skip_space(bytes, at);
            if start >= bytes.len() {
                return self.no_duplicates();
            }
            if start == at {
                return Err(fault(at));
            }
            let tail = bytes.get(start..).unwrap_or_default();
            let name_len = tail
                .iter()
                .position(|b| is_space(*b) || *b == b'=')
                .ok_or_else(|| fault(start))?;
            let equals = skip_space(bytes, start + name_len);
            if bytes.get(equals) != Some(&b'=') {
                return Err(fault(equals));
            }
            let open = skip_space(bytes, equals + 1);
            let quote = bytes
                .get(open)
                .copied()
                .filter(|b| matches!(b, b'"' | b'\''))
                .ok_or_else(|| fault(open))?;
            let value_bytes = bytes.get(open + 1..).unwrap_or_default();
            let len = memchr::memchr(quote, value_bytes).ok_or_else(|| fault(open))?;
            let name = rest
                .get(start..start + name_len)
                .ok_or_else(|| fault(start))?;
            let value = rest
                .get(open + 1..open + 1 + len)
                .ok_or_else(|| fault(open))?;
            let value = attribute_value(value, base + open + 1)?;
            self.add_attribute(name, value, base + start, &mut seen)?;
            at = open + 1 + len + 1;
        }
    }

    fn add_attribute(
        &mut self,
        written: &'a str,
        value: Cow<'a, str>,
        offset: usize,
        seen: &mut u64,
    ) -> Result<(), Malformed> {
        let name = AttrName::of(written);
        if name != AttrName::Other {
            if *seen & name.bit() != 0 {
                return Err(Malformed::new(offset, Fault::Duplicate));
            }
            *seen |= name.bit();
            self.count_attribute(name, &value);
        } else {
            self.others.push((written, offset));
            let (prefix, local) = qname(written).ok_or(Malformed::new(offset, Fault::Name))?;
            match prefix {
                None if local == "xmlns" => return self.bind("", value, offset),
                Some("xmlns") => return self.bind(local, value, offset),
                None => {}
                Some(prefix) => self.prefixed.push(Prefixed {
                    attr: self.doc.attrs.len(),
                    prefix,
                    local,
                    offset,
                }),
            }
        }
        let name_len = small(written.len());
        self.doc.attrs.push(Attr {
            name,
            space: AttrSpace::None,
            offset: small(offset),
            name_len,
            value,
        });
        Ok(())
    }

    fn count_attribute(&mut self, name: AttrName, value: &str) {
        let index = small(self.doc.attrs.len());
        if let Some((count, first)) = self.doc.tally.attrs.get_mut(name as usize) {
            if *count == 0 {
                *first = index;
            }
            *count += 1;
        }
        if name == AttrName::CodTipOperatiune {
            let operations = &mut self.doc.tally.operations;
            operations.domestic |= value == "30";
            operations.import |= value == "40";
            operations.export |= value == "50";
        }
    }

    fn bind(&mut self, prefix: &'a str, uri: Cow<'a, str>, offset: usize) -> Result<(), Malformed> {
        let fits = match prefix {
            "xml" => uri == XML_NS,
            "xmlns" => false,
            "" => uri != XML_NS && uri != XMLNS_NS,
            _ => !uri.is_empty() && uri != XML_NS && uri != XMLNS_NS,
        };
        let is_uri = uri == NAMESPACE || uri.is_empty() || is_uri_reference(&uri);
        if !fits || !is_uri || self.bindings.len() >= MAX_BINDINGS {
            return Err(Malformed::new(offset, Fault::Prefix));
        }
        if uri == NAMESPACE {
            self.doc.v2_prefixes.push(prefix);
        }
        self.bindings.push((prefix, uri));
        Ok(())
    }

    /// Gives prefixed attributes their namespace, and refuses two that mean the same name.
    fn resolve_attributes(&mut self, first_attr: usize) -> Result<(), Malformed> {
        let prefixed = std::mem::take(&mut self.prefixed);
        let mut meant: Vec<(&str, &str)> = Vec::with_capacity(prefixed.len());
        for Prefixed {
            attr,
            prefix,
            local,
            offset,
        } in &prefixed
        {
            let uri =
                lookup(&self.bindings, prefix).ok_or(Malformed::new(*offset, Fault::Prefix))?;
            meant.push((uri, local));
            let space = if uri == XSI {
                AttrSpace::Xsi
            } else {
                AttrSpace::Other
            };
            debug_assert!(*attr >= first_attr, "an attribute of this tag");
            if let Some(attr) = self.doc.attrs.get_mut(*attr) {
                attr.space = space;
            }
        }
        meant.sort_unstable();
        let twice = meant
            .windows(2)
            .any(|pair| matches!(pair, [one, other] if one == other));
        self.prefixed = prefixed;
        match (twice, self.prefixed.first()) {
            (true, Some(first)) => Err(Malformed::new(first.offset, Fault::Duplicate)),
            _ => Ok(()),
        }
    }

    /// Refuses one tag that writes a name twice; the schema's own names are checked one by one.
    fn no_duplicates(&mut self) -> Result<(), Malformed> {
        self.others.sort_unstable();
        let twice = self.others.windows(2).find_map(|pair| match pair {
            [one, other] if one.0 == other.0 => Some(other.1),
            _ => None,
        });
        twice.map_or(Ok(()), |offset| {
            Err(Malformed::new(offset, Fault::Duplicate))
        })
    }

    fn end(&mut self, raw: &str, from: usize) -> Result<(), Malformed> {
        let Some(frame) = self.open.pop() else {
            return Err(Malformed::new(from, Fault::EndTag));
        };
        // quick-xml has compared the names; white space may only follow.
        if raw.starts_with(|c: char| c.is_ascii_whitespace()) {
            return Err(Malformed::new(from, Fault::EndTag));
        }
        self.bindings.truncate(frame.bindings);
        Ok(())
    }

    fn mark_text(&mut self, blank: bool, from: usize) -> Result<(), Malformed> {
        let Some(frame) = self.open.last() else {
            return if blank {
                Ok(())
            } else {
                Err(Malformed::new(from, Fault::Root))
            };
        };
        if let Some(node) = self.doc.nodes.get_mut(frame.node as usize) {
            node.text = node.text.max(if blank { Text::Blank } else { Text::Some });
        }
        Ok(())
    }

    fn text(&mut self, raw: &str, from: usize) -> Result<(), Malformed> {
        if raw.is_empty() {
            return Ok(());
        }
        let blank = raw.bytes().all(is_space);
        if !blank && let Some(at) = memchr::memmem::find(raw.as_bytes(), b"]]>") {
            return Err(Malformed::new(from + at, Fault::Syntax));
        }
        self.mark_text(blank, from)
    }

    fn cdata(&mut self, raw: &str, from: usize) -> Result<(), Malformed> {
        if self.open.is_empty() {
            return Err(Malformed::new(from, Fault::Root));
        }
        self.mark_text(raw.bytes().all(is_space), from)
    }

    fn reference(&mut self, name: &str, from: usize) -> Result<(), Malformed> {
        let c = resolve(name).ok_or(Malformed::new(from, Fault::Entity))?;
        if self.open.is_empty() {
            return Err(Malformed::new(from, Fault::Root));
        }
        self.mark_text(u8::try_from(c).is_ok_and(is_space), from)
    }

    /// A document type that declares nothing changes nothing.
    fn doctype(&mut self, raw: &str, from: usize) -> Result<(), Malformed> {
        if self.root_seen || self.doctype_seen {
            return Err(Malformed::new(from, Fault::Doctype));
        }
        self.doctype_seen = true;
        doctype(raw, from)
    }
}

fn lookup<'b>(bindings: &'b [(&str, Cow<'_, str>)], prefix: &str) -> Option<&'b str> {
    if prefix == "xml" {
        return Some(XML_NS);
    }
    bindings
        .iter()
        .rev()
        .find(|(bound, _)| *bound == prefix)
        .map(|(_, uri)| &**uri)
}

fn fault_of(error: &XmlError) -> Fault {
    match error {
        XmlError::IllFormed(
            IllFormedError::MissingEndTag(_)
            | IllFormedError::UnmatchedEndTag(_)
            | IllFormedError::MismatchedEndTag { .. },
        ) => Fault::EndTag,
        XmlError::IllFormed(IllFormedError::UnclosedReference) => Fault::Entity,
        _ => Fault::Syntax,
    }
}

/// Offsets fit: the length of the text was checked at the start.
fn small(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn inner<'t>(raw: &'t str, open: &str, close: &str) -> &'t str {
    raw.strip_prefix(open)
        .and_then(|raw| raw.strip_suffix(close))
        .unwrap_or(raw)
}

fn skip_space(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest
        .iter()
        .position(|b| !is_space(*b))
        .unwrap_or(rest.len())
}
