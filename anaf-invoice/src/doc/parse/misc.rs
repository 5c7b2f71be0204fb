//! Markup that is no tag: the declaration, comments, CDATA, instructions. And characters that may stand nowhere.

use super::{Kind, Parser, Step, has, is_space};
use crate::doc::Text;
use crate::doc::lexical::{is_name, is_xml_char};
use anaf_types::xml::declaration;
use memchr::{memchr, memmem};

impl Parser<'_> {
    /// XML forbids these wherever they stand, so one quick pass settles it for the whole document.
    pub(super) fn refuse_illegal_characters(&self) -> Step {
        // Without branches, so that it compiles to vector instructions.
        let control = |b: u8| {
            u8::from(b < 0x20) & u8::from(b != b'\t') & u8::from(b != b'\n') & u8::from(b != b'\r')
        };
        let suspect = self.bytes.iter().fold(0, |bad, b| bad | control(*b)) != 0;
        if !suspect && !has(self.bytes, b"\xEF\xBF") {
            return Ok(());
        }
        let illegal = |c: &char| !is_xml_char(*c);
        match self.source.char_indices().find(|(_, c)| illegal(c)) {
            Some((offset, c)) => self.fail(Kind::IllegalCharacter(u32::from(c)), offset),
            None => Ok(()),
        }
    }

    pub(super) fn declaration(&mut self) -> Step {
        let rest = self.rest();
        if !rest.starts_with(b"<?xml") || !rest.get(5).copied().is_some_and(is_space) {
            return Ok(());
        }
        let Some(end) = memmem::find(rest, b"?>") else {
            return self.syntax("the XML declaration is not closed", 0);
        };
        if declaration(self.str(5, end)).is_none() {
            return self.syntax("the XML declaration is not valid", 0);
        }
        self.at = end + 2;
        Ok(())
    }

    /// Comments, CDATA and what begins like them.
    pub(super) fn bang(&mut self) -> Step {
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
            if self.open.is_empty() {
                return self.fail(Kind::OutsideRoot, start);
            }
            let Some(len) = memmem::find(body, b"]]>") else {
                return self.syntax("a CDATA section is not closed", start);
            };
            let raw = body.get(..len).unwrap_or(&[]);
            let flags = memchr(b'\r', raw).map_or(0, |_| Text::RETURNS);
            let blank = raw.iter().all(|b| is_space(*b));
            self.at = start + 9 + len + 3;
            self.push_text(start + 9, len, flags, blank);
            return Ok(());
        }
        if rest.starts_with(b"<!DOCTYPE") && self.nodes.is_empty() {
            return self.fail(Kind::Doctype, start);
        }
        self.syntax("\"<!\" begins neither a comment nor a CDATA section", start)
    }

    pub(super) fn instruction(&mut self) -> Step {
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
