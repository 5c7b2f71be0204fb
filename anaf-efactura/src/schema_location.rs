//! Removing `xsi:schemaLocation`: the firewall in front of ANAF's public host refuses documents in which it has a
//! relative path, and it means nothing to ANAF.

use std::borrow::Cow;

use memchr::{memchr, memmem};

const NAMES: [&[u8]; 2] = [b"schemaLocation", b"noNamespaceSchemaLocation"];

/// The document without its `xsi:schemaLocation` and `xsi:noNamespaceSchemaLocation` attributes. Every other byte stays
/// as it is; so do documents in UTF-16, and what is not XML.
#[must_use]
pub fn strip_schema_location(xml: &[u8]) -> Cow<'_, [u8]> {
    let mut kept: Option<Vec<u8>> = None;
    let mut copied = 0;
    let mut at = 0;
    if !NAMES.iter().any(|name| memmem::find(xml, name).is_some()) {
        return Cow::Borrowed(xml);
    }
    while let Some(open) = after(xml, at).and_then(|rest| memchr(b'<', rest)) {
        let tag = at + open;
        at = match skipped(xml, tag) {
            Some(end) => end,
            None => {
                let mut cursor = tag + 1;
                while let Some(attribute) = next_attribute(xml, cursor) {
                    cursor = attribute.end;
                    if attribute.is_schema_location(xml) {
                        let out = kept.get_or_insert_with(|| Vec::with_capacity(xml.len()));
                        out.extend_from_slice(xml.get(copied..attribute.start).unwrap_or_default());
                        copied = attribute.end;
                    }
                }
                cursor
            }
        };
    }
    match kept {
        None => Cow::Borrowed(xml),
        Some(mut out) => {
            out.extend_from_slice(after(xml, copied).unwrap_or_default());
            Cow::Owned(out)
        }
    }
}

fn after(xml: &[u8], at: usize) -> Option<&[u8]> {
    xml.get(at..)
}

/// The end of markup that has no attributes: a comment, a CDATA section, a processing instruction, an end tag.
fn skipped(xml: &[u8], tag: usize) -> Option<usize> {
    let rest = after(xml, tag)?;
    let close: &[u8] = if rest.starts_with(b"<!--") {
        b"-->"
    } else if rest.starts_with(b"<![CDATA[") {
        b"]]>"
    } else if rest.starts_with(b"<?") {
        b"?>"
    } else if rest.starts_with(b"</") || rest.starts_with(b"<!") {
        b">"
    } else {
        return None;
    };
    Some(memmem::find(rest, close).map_or(xml.len(), |end| tag + end + close.len()))
}

struct Attribute {
    /// Where the white space before it begins.
    start: usize,
    name: (usize, usize),
    end: usize,
}

impl Attribute {
    /// A prefixed attribute of either name; which prefix is bound to the instance namespace does not matter.
    fn is_schema_location(&self, xml: &[u8]) -> bool {
        let name = xml.get(self.name.0..self.name.1).unwrap_or_default();
        let local = memchr(b':', name).and_then(|colon| name.get(colon + 1..));
        local.is_some_and(|local| NAMES.contains(&local))
    }
}

/// The next attribute of a start tag, or `None` at the tag's end.
fn next_attribute(xml: &[u8], from: usize) -> Option<Attribute> {
    let find = |at: usize, wanted: fn(&u8) -> bool| -> Option<usize> {
        Some(at + after(xml, at)?.iter().position(wanted)?)
    };
    // The tag's name, or what is left of the attribute before.
    let start = find(from, |b| b.is_ascii_whitespace() || *b == b'>')?;
    let name = find(start, |b| !b.is_ascii_whitespace())?;
    if matches!(xml.get(name), Some(b'>' | b'/')) {
        return None;
    }
    let name_end = find(name, |b| {
        b.is_ascii_whitespace() || matches!(b, b'=' | b'>')
    })?;
    let equals = find(name_end, |b| !b.is_ascii_whitespace())?;
    if xml.get(equals) != Some(&b'=') {
        return None;
    }
    let quote = find(equals + 1, |b| !b.is_ascii_whitespace())?;
    let mark = *xml.get(quote).filter(|b| matches!(b, b'"' | b'\''))?;
    let close = memchr(mark, after(xml, quote + 1)?)?;
    Some(Attribute {
        start,
        name: (name, name_end),
        end: quote + 1 + close + 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_goes_and_what_stays() {
        let cases = [
            (r#"<Invoice xmlns="u"><a/></Invoice>"#, None),
            (
                r#"<?xml version="1.0"?><Invoice xmlns="u" xsi:schemaLocation="u ../a.xsd" xmlns:xsi="v">x</Invoice>"#,
                Some(r#"<?xml version="1.0"?><Invoice xmlns="u" xmlns:xsi="v">x</Invoice>"#),
            ),
            (
                "<a\n  xsi:schemaLocation = 'b c'\n  d='e'/>",
                Some("<a\n  d='e'/>"),
            ),
            (
                r#"<a s:noNamespaceSchemaLocation="x"><b t:schemaLocation="y"/></a>"#,
                Some("<a><b/></a>"),
            ),
            (r#"<a>xsi:schemaLocation="x"</a>"#, None),
            (r#"<!-- <a xsi:schemaLocation="x"/> --><a/>"#, None),
            (r#"<![CDATA[<a xsi:schemaLocation="x"/>]]>"#, None),
            (r#"<a b="1 xsi:schemaLocation='x' >" c='>'/>"#, None),
            (r#"<a schemaLocation="x"/>"#, None),
            (r#"<a xsi:schemaLocation="x"#, None),
            ("<a xsi:schemaLocation", None),
        ];
        for (xml, expected) in cases {
            let got = strip_schema_location(xml.as_bytes());
            assert_eq!(
                String::from_utf8_lossy(&got),
                expected.unwrap_or(xml),
                "{xml}"
            );
        }
    }

    proptest! {
        #[test]
        fn it_ends_and_never_grows(
            xml in "(<a|>|/>|</a>|<!--|-->|<\\?|\\?>| xsi:schemaLocation=| b=|\"|'|[a-z ]{0,3}){0,20}"
        ) {
            prop_assert!(strip_schema_location(xml.as_bytes()).len() <= xml.len());
        }
    }
}
