//! Text and its references.

use super::{Kind, Parser, Step, is_space};
use crate::doc::Text;
use crate::doc::lexical::{decode_text, is_name, resolve};
use crate::doc::words;
use memchr::{memchr, memmem};

impl Parser<'_> {
    #[inline]
    pub(super) fn text(&mut self) -> Step {
        let start = self.at;
        let rest = self.rest();
        let (len, mut blank) = words::before_tag(rest);
        self.at += len;
        let raw = rest.get(..len).unwrap_or(&[]);
        if self.open.is_empty() {
            return match raw.iter().position(|b| !is_space(*b)) {
                Some(offset) => self.fail(Kind::OutsideRoot, start + offset),
                None => Ok(()),
            };
        }
        let mut flags = 0;
        if self.has_references && memchr(b'&', raw).is_some() {
            self.check_references(start, start + len)?;
            flags |= Text::REFERENCES;
            // A reference may stand for a blank.
            blank = decode_text(self.str(start, start + len), true)
                .bytes()
                .all(is_space);
        }
        if self.has_returns && memchr(b'\r', raw).is_some() {
            flags |= Text::RETURNS;
        }
        if self.has_cdata_end
            && let Some(offset) = memmem::find(raw, b"]]>")
        {
            return self.syntax("\"]]>\" in text; write \"]]&gt;\"", start + offset);
        }
        self.push_text(start, len, flags, blank);
        Ok(())
    }

    /// Notes a piece of the open element's text; `blank`: it is white space only.
    #[inline]
    pub(super) fn push_text(&mut self, start: usize, len: usize, flags: u32, blank: bool) {
        let Some(open) = self.open.last() else { return };
        if len == 0 {
            return;
        }
        let joined = if self.after_text { Text::JOINED } else { 0 };
        self.texts.push(Text {
            start: start as u32,
            len: len as u32 | flags | joined,
            parent: open.node,
        });
        self.after_text = true;
        if !blank && let Some(node) = self.nodes.get_mut(open.node as usize) {
            node.has_text = true;
        }
    }

    /// Each `&` begins a predefined entity or an allowed character.
    pub(super) fn check_references(&self, start: usize, end: usize) -> Step {
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
}
