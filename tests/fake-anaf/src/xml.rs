//! Reading what clients send, and complaining about it in Xerces' words, as ANAF's answers do.

use roxmltree::{Document, Node, ParsingOptions, TextPos};

/// What Xerces says about a document, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SaxError {
    line: u32,
    column: u32,
    what: String,
}

impl SaxError {
    pub(crate) fn at(pos: TextPos, what: impl Into<String>) -> Self {
        Self {
            line: pos.row,
            column: pos.col,
            what: what.into(),
        }
    }

    /// The whole of ANAF's text, the space at its end included.
    pub(crate) fn text(&self) -> String {
        format!(
            "Fisierul transmis nu este valid. org.xml.sax.SAXParseException; lineNumber: {}; columnNumber: {}; {} ",
            self.line, self.column, self.what
        )
    }
}

/// The document as text: UTF-8, with or without a byte order mark.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, SaxError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|_| {
        SaxError::at(
            TextPos::new(1, 1),
            "Invalid byte 1 of 1-byte UTF-8 sequence.",
        )
    })
}

/// Parses; document type declarations are refused, as every careful service does.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, SaxError> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: 2_000_000,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| {
        let what = match &error {
            roxmltree::Error::UnexpectedCloseTag(open, _, _) => {
                format!("The element type \"{open}\" must be terminated by the matching end-tag \"</{open}>\".")
            }
            roxmltree::Error::NoRootNode => "Premature end of file.".to_owned(),
            roxmltree::Error::UnclosedRootNode | roxmltree::Error::UnexpectedEndOfStream => {
                "XML document structures must start and end within the same entity.".to_owned()
            }
            roxmltree::Error::DuplicatedAttribute(name, _) => {
                format!("Attribute \"{name}\" was already specified for element.")
            }
            roxmltree::Error::UnknownNamespace(prefix, _) => {
                format!("The prefix \"{prefix}\" for element is not bound.")
            }
            roxmltree::Error::DtdDetected => {
                "DOCTYPE is disallowed when the feature \"http://apache.org/xml/features/disallow-doctype-decl\" set to true."
                    .to_owned()
            }
            roxmltree::Error::UnknownToken(pos) if pos.row == 1 && pos.col == 1 => {
                "Content is not allowed in prolog.".to_owned()
            }
            _ => "The markup in the document must be well-formed.".to_owned(),
        };
        SaxError::at(error.pos(), what)
    })
}

/// Demands this root element; the text is Xerces' for an unknown root.
pub(crate) fn expect_root(
    document: &Document<'_>,
    namespace: &str,
    name: &str,
) -> Result<(), SaxError> {
    let root = document.root_element();
    let tag = root.tag_name();
    if tag.name() == name && tag.namespace() == Some(namespace) {
        return Ok(());
    }
    // Xerces prints the name as it was written, prefix included.
    let written = document.input_text().get(root.range()).and_then(|text| {
        let end = text.find(|c: char| c.is_whitespace() || c == '>' || c == '/')?;
        text.get(1..end)
    });
    Err(SaxError::at(
        tag_end(document, root),
        format!(
            "cvc-elt.1.a: Cannot find the declaration of element '{}'.",
            written.unwrap_or(tag.name())
        ),
    ))
}

/// The place after an element's start tag, which is where Xerces stands when it complains.
pub(crate) fn tag_end(document: &Document<'_>, node: Node<'_, '_>) -> TextPos {
    let range = node.range();
    let text = document.input_text().get(range.clone()).unwrap_or_default();
    let (mut quote, mut end) = (None, text.len());
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, '>') => {
                end = at + 1;
                break;
            }
            _ => {}
        }
    }
    document.text_pos_at(range.start + end)
}

/// The text of the first element along a path of local names, trimmed.
pub(crate) fn text_at<'a>(from: Node<'a, '_>, path: &[&str]) -> Option<&'a str> {
    let mut node = from;
    for name in path {
        node = node
            .children()
            .find(|child| child.is_element() && child.tag_name().name() == *name)?;
    }
    node.text().map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(xml: &str) -> String {
        match parse(xml) {
            Err(error) => error.text(),
            Ok(document) => expect_root(&document, "urn:x", "Invoice")
                .unwrap_err()
                .text(),
        }
    }

    #[test]
    fn xerces_words() {
        let start = "Fisierul transmis nu este valid. org.xml.sax.SAXParseException; lineNumber: ";
        for (xml, rest) in [
            (
                "<Invoice1 a='>'>\n</Invoice1>",
                "1; columnNumber: 17; cvc-elt.1.a: Cannot find the declaration of element 'Invoice1'. ",
            ),
            (
                "<q:Invoice xmlns:q='urn:y'/>",
                "1; columnNumber: 29; cvc-elt.1.a: Cannot find the declaration of element 'q:Invoice'. ",
            ),
            (
                "<a>\n <b></a>",
                "2; columnNumber: 5; The element type \"b\" must be terminated by the matching end-tag \"</b>\". ",
            ),
            (
                "not xml",
                "1; columnNumber: 1; Content is not allowed in prolog. ",
            ),
            ("", "1; columnNumber: 1; Premature end of file. "),
        ] {
            assert_eq!(complaint(xml), format!("{start}{rest}"), "{xml}");
        }
    }
}
