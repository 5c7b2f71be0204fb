//! From text to the arena, in one pass: well-formedness and namespaces as libxml2 judges them.

mod attributes;

use super::error::{XmlError, XmlErrorKind as Kind};
use super::lexical::{
    decode_text, is_name, is_qualified_name, is_xml_char, resolve, valid_declaration,
};
use super::names::{Name, Ns};
use super::{Attribute, Declaration, Doc, Node, Text, encoding, place};
use memchr::{memchr, memmem};
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
    let source = encoding::decode(bytes).map_err(|(kind, offset)| {
        let head = String::from_utf8_lossy(bytes.get(..offset).unwrap_or(&[]));
        let (line, column) = place::line_column(&head, head.len());
        XmlError::new(kind, line, column)
    })?;
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
        Err(Failure { kind, offset }) => {
            let (line, column) = place::line_column(&source, offset);
            Err(XmlError::new(kind, line, column))
        }
    }
}

struct Failure {
    kind: Kind,
    offset: usize,
}

type Step<T = ()> = Result<T, Failure>;

/// A prefix bound to a namespace; the default namespace has the empty prefix.
struct Binding {
    prefix: (u32, u32),
    /// The prefix as a number, see [`prefix_key`].
    key: u64,
    ns: Ns,
}

/// A prefix of up to seven bytes as a number with its length, so that comparing is one instruction. Longer ones share
/// the key 0, and their bytes must be compared.
fn prefix_key(prefix: &[u8]) -> u64 {
    if prefix.len() > 7 {
        return 0;
    }
    prefix.iter().fold(prefix.len() as u64 + 1, |key, byte| {
        (key << 8) | u64::from(*byte)
    })
}

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

/// In a tag: bytes that end a name, and the colon.
const ENDS_NAME: u8 = 1;
const COLON: u8 = 2;

/// What each byte means in a tag's name.
static NAME_BYTES: [u8; 256] = {
    let mut classes = [0; 256];
    let ends = b" \t\n\r>/=<\"'";
    let mut i = 0;
    while i < ends.len() {
        classes[ends[i] as usize] = ENDS_NAME;
        i += 1;
    }
    classes[b':' as usize] = COLON;
    classes
};

fn ends_name(byte: u8) -> bool {
    NAME_BYTES[usize::from(byte)] == ENDS_NAME
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
            has_references: memchr(b'&', bytes).is_some(),
            has_returns: memchr(b'\r', bytes).is_some(),
            has_cdata_end: memmem::find(bytes, b"]]>").is_some(),
        }
    }

    fn fail<T>(&self, kind: Kind, offset: usize) -> Step<T> {
        Err(Failure { kind, offset })
    }

    fn syntax<T>(&self, what: &'static str, offset: usize) -> Step<T> {
        self.fail(Kind::Syntax(what), offset)
    }

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

    /// XML forbids these wherever they stand, so one quick pass settles it for the whole document.
    fn refuse_illegal_characters(&self) -> Step {
        // Without branches, so that it compiles to vector instructions.
        let control = |b: u8| {
            u8::from(b < 0x20) & u8::from(b != b'\t') & u8::from(b != b'\n') & u8::from(b != b'\r')
        };
        let suspect = self.bytes.iter().fold(0, |bad, b| bad | control(*b)) != 0;
        if !suspect && memmem::find(self.bytes, b"\xEF\xBF").is_none() {
            return Ok(());
        }
        let illegal = |c: &char| !is_xml_char(*c);
        match self.source.char_indices().find(|(_, c)| illegal(c)) {
            Some((offset, c)) => self.fail(Kind::IllegalCharacter(u32::from(c)), offset),
            None => Ok(()),
        }
    }

    fn declaration(&mut self) -> Step {
        let rest = self.rest();
        if !rest.starts_with(b"<?xml") || !rest.get(5).copied().is_some_and(is_space) {
            return Ok(());
        }
        let Some(end) = memmem::find(rest, b"?>") else {
            return self.syntax("the XML declaration is not closed", 0);
        };
        if !valid_declaration(self.str(5, end)) {
            return self.syntax("the XML declaration is not valid", 0);
        }
        self.at = end + 2;
        Ok(())
    }

    fn text(&mut self) -> Step {
        let start = self.at;
        let rest = self.rest();
        // Most texts are short: a plain loop beats the set-up of a vector search.
        let len = match rest
            .get(..rest.len().min(24))
            .unwrap_or(rest)
            .iter()
            .position(|b| *b == b'<')
        {
            Some(len) => len,
            None => memchr(b'<', rest).unwrap_or(rest.len()),
        };
        self.at += len;
        let raw = rest.get(..len).unwrap_or(&[]);
        let Some(open) = self.open.last() else {
            return match raw.iter().position(|b| !is_space(*b)) {
                Some(offset) => self.fail(Kind::OutsideRoot, start + offset),
                None => Ok(()),
            };
        };
        let parent = open.node;
        let mut flags = 0;
        if self.has_references && memchr(b'&', raw).is_some() {
            self.check_references(start, start + len)?;
            flags |= Text::REFERENCES;
        }
        if self.has_returns && memchr(b'\r', raw).is_some() {
            flags |= Text::RETURNS;
        }
        if self.has_cdata_end
            && let Some(offset) = memmem::find(raw, b"]]>")
        {
            return self.syntax("\"]]>\" in text; write \"]]&gt;\"", start + offset);
        }
        self.push_text(start, len, parent, flags);
        Ok(())
    }

    fn push_text(&mut self, start: usize, len: usize, parent: u32, flags: u32) {
        if len == 0 {
            return;
        }
        let joined = if self.after_text { Text::JOINED } else { 0 };
        self.texts.push(Text {
            start: start as u32,
            len: len as u32 | flags | joined,
            parent,
        });
        self.after_text = true;
        let raw = self.bytes.get(start..start + len).unwrap_or(&[]);
        // Control characters are refused already, so what is not above the blank is white space.
        let blank = match flags & Text::REFERENCES {
            0 => raw.iter().all(|b| *b <= b' '),
            _ => decode_text(self.str(start, start + len), true)
                .bytes()
                .all(is_space),
        };
        if !blank && let Some(node) = self.nodes.get_mut(parent as usize) {
            node.has_text = true;
        }
    }

    /// Each `&` begins a predefined entity or an allowed character.
    fn check_references(&self, start: usize, end: usize) -> Step {
        let raw = self.str(start, end);
        for (offset, _) in raw.match_indices('&') {
            let reference = raw.get(offset + 1..).unwrap_or("");
            let Some(len) = reference
                .as_bytes()
                .iter()
                .position(|b| *b == b';' || *b == b'&')
            else {
                return self.fail(Kind::BadReference, start + offset);
            };
            let name = reference.get(..len).unwrap_or("");
            if reference.as_bytes().get(len) == Some(&b'&') || name.is_empty() {
                return self.fail(Kind::BadReference, start + offset);
            }
            if resolve(name).is_none() {
                let is_name = is_name(name);
                let kind = if is_name {
                    Kind::UnknownEntity(name.chars().take(200).collect())
                } else {
                    Kind::BadReference
                };
                return self.fail(kind, start + offset);
            }
        }
        Ok(())
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
            Some((own, after)) if same_bytes(own, name) => after,
            _ => rest,
        };
        let blank = after.iter().take_while(|b| is_space(**b)).count();
        let closes = after.len() != rest.len() && after.get(blank) == Some(&b'>');
        if !closes {
            let len = rest
                .iter()
                .position(|b| ends_name(*b))
                .unwrap_or(rest.len());
            let close = self.owned(start + 2, start + 2 + len);
            if len == name.len() && rest.starts_with(name) {
                return self.syntax("an end tag holds its name only", start);
            }
            let open = self.open_name_text(&open);
            return self.fail(Kind::MismatchedTag { open, close }, start);
        }
        self.at = start + 2 + name.len() + blank + 1;
        self.close(&open);
        Ok(())
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

    /// Lengths of a name and of its prefix with the colon.
    fn qualified_name(&self, start: usize) -> Step<(usize, usize)> {
        let rest = self.bytes.get(start..).unwrap_or(&[]);
        let (mut len, mut prefix) = (0, 0);
        for byte in rest {
            match NAME_BYTES[usize::from(*byte)] {
                0 => {}
                COLON if prefix == 0 => prefix = len + 1,
                COLON => {}
                _ => break,
            }
            len += 1;
        }
        if len == 0 {
            return self.syntax(
                "\"<\" must begin a tag; write \"&lt;\" for the character \"<\"",
                start.saturating_sub(1),
            );
        }
        if len > MAX_NAME_BYTES {
            return self.too_large("bytes of a name", MAX_NAME_BYTES);
        }
        Ok((len, prefix))
    }

    fn element_ns(&self, name_start: usize, prefix_len: usize) -> Step<Ns> {
        if prefix_len == 0 {
            return Ok(self.bound(b"").unwrap_or(Ns::NONE));
        }
        self.prefix_ns(name_start, prefix_len)
    }

    fn prefix_ns(&self, name_start: usize, prefix_len: usize) -> Step<Ns> {
        let end = name_start + prefix_len - 1;
        let prefix = self.bytes.get(name_start..end).unwrap_or(&[]);
        match self.bound(prefix) {
            Some(ns) => Ok(ns),
            None if prefix == b"xml" => Ok(Ns::XML),
            None => self.fail(
                Kind::UndeclaredPrefix(self.owned(name_start, end)),
                name_start,
            ),
        }
    }

    fn bound(&self, prefix: &[u8]) -> Option<Ns> {
        let key = prefix_key(prefix);
        let long = || key == 0;
        let is = |b: &&Binding| {
            let own = || self.bytes.get(b.prefix.0 as usize..b.prefix.1 as usize);
            b.key == key && (!long() || own() == Some(prefix))
        };
        self.bindings.iter().rev().find(is).map(|b| b.ns)
    }

    /// Comments, CDATA and what begins like them.
    fn bang(&mut self) -> Step {
        let (start, rest) = (self.at, self.rest());
        if let Some(body) = rest.strip_prefix(b"<!--") {
            let Some(end) = memmem::find(body, b"--") else {
                return self.syntax("a comment is not closed", start);
            };
            if body.get(end + 2) != Some(&b'>') {
                return self.syntax("\"--\" inside a comment", start + 4 + end);
            }
            self.at = start + 4 + end + 3;
            self.after_text = false;
            return Ok(());
        }
        if let Some(body) = rest.strip_prefix(b"<![CDATA[") {
            let Some(open) = self.open.last() else {
                return self.fail(Kind::OutsideRoot, start);
            };
            let parent = open.node;
            let Some(len) = memmem::find(body, b"]]>") else {
                return self.syntax("a CDATA section is not closed", start);
            };
            let returns = body
                .get(..len)
                .is_some_and(|raw| memchr(b'\r', raw).is_some());
            self.at = start + 9 + len + 3;
            self.push_text(
                start + 9,
                len,
                parent,
                if returns { Text::RETURNS } else { 0 },
            );
            return Ok(());
        }
        if rest.starts_with(b"<!DOCTYPE") && self.nodes.is_empty() {
            return self.fail(Kind::Doctype, start);
        }
        self.syntax("\"<!\" begins neither a comment nor a CDATA section", start)
    }

    fn instruction(&mut self) -> Step {
        let start = self.at;
        let Some(len) = memmem::find(self.rest(), b"?>") else {
            return self.syntax("a processing instruction is not closed", start);
        };
        let body = self.str(start + 2, start + len);
        let target = body
            .split(|c: char| c.is_ascii() && is_space(c as u8))
            .next()
            .unwrap_or("");
        if target.eq_ignore_ascii_case("xml") {
            return self.syntax(
                "an XML declaration stands only at the very beginning",
                start,
            );
        }
        if !is_name(target) || target.contains(':') {
            return self.syntax("a processing instruction without a name", start);
        }
        self.at = start + len + 2;
        self.after_text = false;
        Ok(())
    }
}

/// Equality of slices of equal length; names are mostly of 8 to 16 bytes, which two comparisons settle.
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    match (
        a.first_chunk::<8>(),
        b.first_chunk::<8>(),
        a.last_chunk::<8>(),
        b.last_chunk::<8>(),
    ) {
        (Some(a_head), Some(b_head), Some(a_tail), Some(b_tail)) if a.len() <= 16 => {
            a_head == b_head && a_tail == b_tail
        }
        _ => a == b,
    }
}
