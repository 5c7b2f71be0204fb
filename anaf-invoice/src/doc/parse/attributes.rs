//! Attributes of a tag, and the namespace declarations among them.

use super::names::{Binding, PrefixKey};
use super::{Kind, MAX_ATTRIBUTE_BYTES, MAX_ATTRIBUTES, MAX_NAMESPACES, Parser, Step, is_space};
use crate::doc::lexical::{decode_attribute, is_name, is_qualified_name};
use crate::doc::names::{AttrName, Ns};
use crate::doc::{Attribute, Declaration};
use crate::schema::is_strict_uri_reference;
use memchr::memchr;
use std::borrow::Cow;

impl Parser<'_> {
    /// Attributes up to the end of the tag; whether the element is empty (`/>`).
    pub(super) fn attributes_of_tag(&mut self, attr_start: usize, bindings: usize) -> Step<bool> {
        let empty = loop {
            let blank = self.rest().iter().take_while(|b| is_space(**b)).count();
            self.at += blank;
            match self.byte(self.at) {
                Some(b'>') => {
                    self.at += 1;
                    break false;
                }
                Some(b'/') if self.byte(self.at + 1) == Some(b'>') => {
                    self.at += 2;
                    break true;
                }
                None => return self.syntax("a tag that is not closed", self.at),
                Some(_) if blank == 0 => {
                    return self.syntax("attributes must be separated by blanks", self.at);
                }
                Some(_) => self.attribute(attr_start, bindings)?,
            }
        };
        self.resolve_attributes(attr_start)?;
        Ok(empty)
    }

    fn attribute(&mut self, attr_start: usize, bindings: usize) -> Step {
        let start = self.at;
        let (qname_len, prefix_len) = self.qualified_name(start)?;
        self.at += qname_len;
        self.skip_blank();
        if self.byte(self.at) != Some(b'=') {
            return self.syntax("an attribute without \"=\" and a value", start);
        }
        self.at += 1;
        self.skip_blank();
        let Some(quote @ (b'"' | b'\'')) = self.byte(self.at) else {
            return self.syntax("an attribute's value must be quoted", self.at);
        };
        let value_start = self.at + 1;
        let Some(len) = memchr(quote, self.bytes.get(value_start..).unwrap_or(&[])) else {
            return self.syntax("an attribute's value is not closed", self.at);
        };
        if len > MAX_ATTRIBUTE_BYTES {
            return self.too_large("bytes of an attribute", MAX_ATTRIBUTE_BYTES);
        }
        self.at = value_start + len + 1;
        let value = self
            .bytes
            .get(value_start..value_start + len)
            .unwrap_or(&[]);
        let special = value
            .iter()
            .fold(0u8, |flags, b| flags | VALUE_BYTES[usize::from(*b)]);
        if special & LESS != 0 {
            return self.syntax("\"<\" in an attribute; write \"&lt;\"", value_start);
        }
        if special & AMPERSAND != 0 {
            self.check_references(value_start, value_start + len)?;
        }
        let attribute = Attribute {
            name: AttrName::OTHER,
            ns: Ns::NONE,
            start: start as u32,
            qname_len: qname_len as u16,
            prefix_len: prefix_len as u16,
            value_start: value_start as u32,
            value_len: len as u32,
            raw: special != 0,
        };
        let qname = self.bytes.get(start..start + qname_len).unwrap_or(&[]);
        if qname == b"xmlns" || qname.starts_with(b"xmlns:") {
            return self.declare(&attribute, bindings);
        }
        if self.attributes.len() - attr_start >= MAX_ATTRIBUTES {
            return self.too_large("attributes of an element", MAX_ATTRIBUTES);
        }
        self.attributes.push(attribute);
        Ok(())
    }

    fn skip_blank(&mut self) {
        self.at += self.rest().iter().take_while(|b| is_space(**b)).count();
    }

    /// A namespace declaration.
    fn declare(&mut self, attribute: &Attribute, bindings: usize) -> Step {
        let start = attribute.start as usize;
        let end = start + usize::from(attribute.qname_len);
        let prefix_start = if attribute.prefix_len == 0 {
            end
        } else {
            start + usize::from(attribute.prefix_len)
        };
        let prefix = self.str(prefix_start, end);
        let value_start = attribute.value_start as usize;
        let raw = self.str(value_start, value_start + attribute.value_len as usize);
        let uri = if attribute.raw {
            Cow::Owned(decode_attribute(raw))
        } else {
            Cow::Borrowed(raw)
        };
        let known = Ns::of_uri(&uri);
        let is_xml = uri == "http://www.w3.org/XML/1998/namespace";
        let forbidden = (attribute.prefix_len > 0
            && (uri.is_empty() || !is_name(prefix) || prefix.contains(':')))
            || prefix == "xmlns"
            || (known.is_none() && !is_strict_uri_reference(&uri))
            || uri == "http://www.w3.org/2000/xmlns/"
            || (prefix == "xml") != is_xml;
        if forbidden {
            return self.fail(Kind::BadNamespace(self.owned(start, end)), start);
        }
        let same = |b: &Binding| self.str(b.prefix.0 as usize, b.prefix.1 as usize) == prefix;
        if self
            .bindings
            .get(bindings..)
            .unwrap_or(&[])
            .iter()
            .any(same)
        {
            return self.fail(Kind::DuplicateAttribute(self.owned(start, end)), start);
        }
        if self.bindings.len() >= MAX_NAMESPACES {
            return self.too_large("namespace declarations in scope", MAX_NAMESPACES);
        }
        let ns = match known {
            Some(ns) => ns,
            None => self.intern(&uri)?,
        };
        self.declarations.push(Declaration {
            node: self.nodes.len() as u32,
            prefix_start: prefix_start as u32,
            prefix_len: prefix.len() as u16,
            ns,
        });
        self.bindings.push(Binding {
            prefix: (prefix_start as u32, end as u32),
            key: PrefixKey::of(prefix.as_bytes()),
            ns,
        });
        Ok(())
    }

    /// The number of a namespace that only this document knows.
    fn intern(&mut self, uri: &str) -> Step<Ns> {
        if uri.is_empty() {
            return Ok(Ns::NONE);
        }
        let number = match self.namespaces.iter().position(|known| *known == uri) {
            Some(number) => number,
            None if self.namespaces.len() >= MAX_NAMESPACES => {
                return self.too_large("namespaces", MAX_NAMESPACES);
            }
            None => {
                self.namespaces.push(uri.to_owned());
                self.namespaces.len() - 1
            }
        };
        Ok(Ns(Ns::KNOWN + number as u16))
    }

    /// Once all declarations of the tag are known: namespaces, names, and no attribute twice.
    fn resolve_attributes(&mut self, attr_start: usize) -> Step {
        for index in attr_start..self.attributes.len() {
            let Some(attribute) = self.attributes.get(index) else {
                break;
            };
            let start = attribute.start as usize;
            let (prefix, len) = (
                usize::from(attribute.prefix_len),
                usize::from(attribute.qname_len),
            );
            let local = self.bytes.get(start + prefix..start + len).unwrap_or(&[]);
            let (name, ns) = match prefix {
                0 => (AttrName::lookup(local), Ns::NONE),
                _ => (AttrName::OTHER, self.prefix_ns(start, prefix)?),
            };
            if name == AttrName::OTHER && !is_qualified_name(self.str(start, start + len)) {
                return self.syntax("an attribute name that is not a name", start);
            }
            if let Some(attribute) = self.attributes.get_mut(index) {
                (attribute.name, attribute.ns) = (name, ns);
            }
        }
        self.refuse_duplicates(attr_start)
    }

    fn refuse_duplicates(&self, attr_start: usize) -> Step {
        let of = |a: &Attribute| {
            let start = a.start as usize;
            (
                a.ns.0,
                self.bytes
                    .get(start + usize::from(a.prefix_len)..start + usize::from(a.qname_len)),
            )
        };
        let new = self.attributes.get(attr_start..).unwrap_or(&[]);
        if new.len() < 2 {
            return Ok(());
        }
        let mut sorted: Vec<&Attribute> = new.iter().collect();
        sorted.sort_unstable_by(|a, b| of(a).cmp(&of(b)));
        let twice = sorted.windows(2).find_map(|pair| match pair {
            [a, b] if of(a) == of(b) => Some(b),
            _ => None,
        });
        match twice {
            Some(twice) => {
                let start = twice.start as usize;
                let name = self.owned(start, start + usize::from(twice.qname_len));
                self.fail(Kind::DuplicateAttribute(name), start)
            }
            None => Ok(()),
        }
    }
}

const LESS: u8 = 1;
const AMPERSAND: u8 = 2;
const BLANK: u8 = 4;

/// What each byte means in an attribute's value.
static VALUE_BYTES: [u8; 256] = {
    let mut classes = [0; 256];
    classes[b'<' as usize] = LESS;
    classes[b'&' as usize] = AMPERSAND;
    classes[b'\t' as usize] = BLANK;
    classes[b'\n' as usize] = BLANK;
    classes[b'\r' as usize] = BLANK;
    classes
};
