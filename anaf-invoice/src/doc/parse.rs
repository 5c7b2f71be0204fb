//! From text to the arena, in one pass: well-formedness and namespaces as libxml2 judges them.

mod attributes;
mod misc;
mod names;
mod text;

use super::error::{XmlError, XmlErrorKind as Kind};
use super::lexical::is_qualified_name;
use super::names::{Name, Ns};
use super::{Attribute, Declaration, Doc, Node, Text, encoding, place, words};
use memchr::{memchr, memmem};
use names::{Binding, ends_name};
use std::cell::OnceCell;

/// ANAF takes uploads of 10 MB; offsets are kept in 29 bits.
const MAX_BYTES: usize = (1 << 29) - 1;
const MAX_DEPTH: usize = 256;
const MAX_NODES: usize = 1 << 25;
const MAX_ATTRIBUTES: usize = 1024;
const MAX_ATTRIBUTE_BYTES: usize = 10_000_000;
const MAX_NAME_BYTES: usize = 50_000;
/// Declarations in scope, and distinct unknown namespaces in the document.
const MAX_NAMESPACES: usize = 256;

pub(super) fn parse(bytes: &[u8]) -> Result<Doc<'_>, XmlError> {
    if bytes.len() > MAX_BYTES {
        return Err(XmlError::new(
            Kind::TooLarge {
                what: "document bytes",
                limit: MAX_BYTES,
            },
            1,
            1,
        ));
    }
    let source = encoding::decode_xml(bytes)?;
    let mut parser = Parser::new(&source);
    let outcome = if source.len() > MAX_BYTES {
        parser.too_large("document bytes", MAX_BYTES)
    } else {
        parser.run()
    };
    match outcome {
        Ok(()) => {
            let Parser {
                nodes,
                attributes,
                texts,
                namespaces,
                declarations,
                ..
            } = parser;
            let places = OnceCell::new();
            Ok(Doc {
                source,
                nodes,
                attributes,
                texts,
                namespaces,
                declarations,
                places,
            })
        }
        Err(failure) => {
            let Failure { kind, offset } = *failure;
            let (line, column) = place::line_column(&source, offset);
            Err(XmlError::new(kind, line, column))
        }
    }
}

struct Failure {
    kind: Kind,
    offset: usize,
}

/// Boxed, so that the usual case is handed back in a register.
type Step<T = ()> = Result<T, Box<Failure>>;

/// An element whose end tag has not come yet.
struct Open {
    node: u32,
    name_start: u32,
    name_len: u32,
    bindings: usize,
}

struct Parser<'s> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
    nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    texts: Vec<Text>,
    namespaces: Vec<String>,
    declarations: Vec<Declaration>,
    bindings: Vec<Binding>,
    open: Vec<Open>,
    /// The last thing in the open element was text: CDATA beside it joins it.
    after_text: bool,
    has_references: bool,
    has_returns: bool,
    has_cdata_end: bool,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Whether a rare sequence occurs: mostly its first byte already does not.
fn has(bytes: &[u8], rare: &[u8]) -> bool {
    let first = rare.first().and_then(|first| memchr(*first, bytes));
    first.is_some_and(|at| {
        rare.len() == 1 || memmem::find(bytes.get(at..).unwrap_or(&[]), rare).is_some()
    })
}

impl<'s> Parser<'s> {
    fn new(source: &'s str) -> Self {
        let bytes = source.as_bytes();
        Self {
            source,
            bytes,
            at: 0,
            nodes: Vec::with_capacity(bytes.len() / 40 + 1),
            attributes: Vec::with_capacity(bytes.len() / 160 + 1),
            texts: Vec::with_capacity(bytes.len() / 20 + 1),
            namespaces: Vec::new(),
            declarations: Vec::new(),
            bindings: Vec::with_capacity(8),
            open: Vec::with_capacity(16),
            after_text: false,
            has_references: has(bytes, b"&"),
            has_returns: has(bytes, b"\r"),
            has_cdata_end: has(bytes, b"]]>"),
        }
    }

    #[cold]
    fn fail<T>(&self, kind: Kind, offset: usize) -> Step<T> {
        Err(Box::new(Failure { kind, offset }))
    }

    #[cold]
    fn syntax<T>(&self, what: &'static str, offset: usize) -> Step<T> {
        self.fail(Kind::Syntax(what), offset)
    }

    #[cold]
    fn too_large<T>(&self, what: &'static str, limit: usize) -> Step<T> {
        self.fail(Kind::TooLarge { what, limit }, self.at)
    }

    fn rest(&self) -> &'s [u8] {
        self.bytes.get(self.at..).unwrap_or(&[])
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    fn str(&self, start: usize, end: usize) -> &'s str {
        self.source.get(start..end).unwrap_or("")
    }

    fn owned(&self, start: usize, end: usize) -> String {
        self.str(start, end).chars().take(200).collect()
    }

    fn run(&mut self) -> Step {
        self.refuse_illegal_characters()?;
        self.declaration()?;
        while self.at < self.bytes.len() {
            if self.byte(self.at) != Some(b'<') {
                self.text()?;
                continue;
            }
            match self.byte(self.at + 1) {
                Some(b'/') => self.end_tag()?,
                Some(b'!') => self.bang()?,
                Some(b'?') => self.instruction()?,
                _ => self.start_tag()?,
            }
        }
        if let Some(open) = self.open.last() {
            let name = self.open_name_text(open);
            return self.fail(Kind::Unclosed(name), self.bytes.len());
        }
        if self.nodes.is_empty() {
            self.fail(Kind::Empty, self.bytes.len())
        } else {
            Ok(())
        }
    }

    fn open_name(&self, open: &Open) -> &'s [u8] {
        let start = open.name_start as usize;
        self.bytes
            .get(start..start + open.name_len as usize)
            .unwrap_or(&[])
    }

    /// For messages.
    fn open_name_text(&self, open: &Open) -> String {
        self.owned(
            open.name_start as usize,
            (open.name_start + open.name_len) as usize,
        )
    }

    fn end_tag(&mut self) -> Step {
        let start = self.at;
        let Some(open) = self.open.pop() else {
            return self.syntax("an end tag without a start tag", start);
        };
        let name = self.open_name(&open);
        let rest = self.bytes.get(start + 2..).unwrap_or(&[]);
        let after = match rest.split_at_checked(name.len()) {
            Some((own, after)) if words::same(own, name) => after,
            _ => return self.mismatched(&open),
        };
        let blank = after.iter().take_while(|b| is_space(**b)).count();
        if after.get(blank) != Some(&b'>') {
            return self.mismatched(&open);
        }
        self.at = start + 2 + name.len() + blank + 1;
        self.close(&open);
        Ok(())
    }

    /// An end tag that does not close the open element.
    #[cold]
    fn mismatched(&self, open: &Open) -> Step {
        let (start, name) = (self.at, self.open_name(open));
        let rest = self.bytes.get(start + 2..).unwrap_or(&[]);
        let len = rest
            .iter()
            .position(|b| ends_name(*b))
            .unwrap_or(rest.len());
        if rest.get(..len) == Some(name) {
            return self.syntax("an end tag holds its name only", start);
        }
        let close = self.owned(start + 2, start + 2 + len);
        let open = self.open_name_text(open);
        self.fail(Kind::MismatchedTag { open, close }, start)
    }

    fn close(&mut self, open: &Open) {
        let (end, text_end) = (self.nodes.len() as u32, self.texts.len() as u32);
        if let Some(node) = self.nodes.get_mut(open.node as usize) {
            node.end = end;
            node.text_end = text_end;
        }
        self.bindings.truncate(open.bindings);
        self.after_text = false;
    }

    fn start_tag(&mut self) -> Step {
        let start = self.at;
        let (qname_len, prefix_len) = self.qualified_name(start + 1)?;
        if self.open.is_empty() && !self.nodes.is_empty() {
            return self.fail(Kind::OutsideRoot, start);
        }
        if self.open.len() >= MAX_DEPTH {
            return self.too_large("element depth", MAX_DEPTH);
        }
        if self.nodes.len() >= MAX_NODES {
            return self.too_large("elements", MAX_NODES);
        }
        let (bindings, attr_start) = (self.bindings.len(), self.attributes.len());
        self.at = start + 1 + qname_len;
        let mut empty = false;
        if self.byte(self.at) == Some(b'>') {
            self.at += 1;
        } else {
            empty = self.attributes_of_tag(attr_start, bindings)?;
        }
        let name_start = start + 1;
        let ns = self.element_ns(name_start, prefix_len)?;
        let local = self
            .bytes
            .get(name_start + prefix_len..name_start + qname_len)
            .unwrap_or(&[]);
        let name = if ns.0 < Ns::KNOWN {
            Name::lookup(ns, local)
        } else {
            Name::OTHER
        };
        if name == Name::OTHER && !is_qualified_name(self.str(name_start, name_start + qname_len)) {
            return self.syntax("an element name that is not a name", start);
        }
        let node = self.nodes.len() as u32;
        let parent = self.open.last().map_or(0, |open| open.node);
        if let Some(parent) = self.nodes.get_mut(parent as usize) {
            parent.child_names |= name.bit();
        }
        let texts = self.texts.len() as u32;
        self.nodes.push(Node {
            name,
            ns,
            start: start as u32,
            qname_len: qname_len as u16,
            prefix_len: prefix_len as u16,
            parent,
            end: node + 1,
            text_start: texts,
            text_end: texts,
            attr_start: attr_start as u32,
            attr_len: (self.attributes.len() - attr_start) as u16,
            has_text: false,
            child_names: 0,
        });
        self.after_text = false;
        let open = Open {
            node,
            name_start: name_start as u32,
            name_len: qname_len as u32,
            bindings,
        };
        if empty {
            self.close(&open)
        } else {
            self.open.push(open)
        }
        Ok(())
    }
}
