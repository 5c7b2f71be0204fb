//! URI references (RFC 3986), as libxml2 accepts them for `xs:anyURI`.

/// What the standard forbids but people write; libxml2 looks away.
fn tolerated(c: char) -> bool {
    (c as u32) <= 0x20
        || (c as u32) >= 0x7F
        || matches!(
            c,
            '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`' | '\''
        )
}

/// Whether the collapsed text is a URI reference for `xs:anyURI`; an empty one is.
pub(super) fn is_uri_reference(text: &str) -> bool {
    let plain: String = text
        .chars()
        .map(|c| if tolerated(c) { '_' } else { c })
        .collect();
    is_strict_uri_reference(&plain)
}

/// Whether the text is a URI reference to the letter, as namespace names must be.
pub(crate) use anaf_types::xml::is_uri_reference as is_strict_uri_reference;
