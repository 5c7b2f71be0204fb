//! Characters and names of XML 1.0 (fifth edition).

/// White space of XML: space, tab, line feed, carriage return. A no-break space is none.
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Takes the white space of XML off both ends.
pub(crate) fn trim(text: &str) -> &str {
    let bare = |b: Option<&u8>| b.is_none_or(|b| *b > b' ');
    if bare(text.as_bytes().first()) && bare(text.as_bytes().last()) {
        return text;
    }
    text.trim_matches([' ', '\t', '\n', '\r'])
}

/// A character that may stand in a document (production 2).
pub(super) const fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// The byte offset of the first character that may not stand in a document.
pub(super) fn first_forbidden(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    // U+FFFE and U+FFFF are EF BF BE and EF BF BF; everything else that is forbidden is an ASCII control.
    // Whole blocks without a way out in the middle are compared many bytes at a time.
    let odd = |b: &u8| (*b < 0x20 && !is_space(*b)) | (*b == 0xEF);
    let suspicious = bytes
        .chunks(256)
        .any(|block| block.iter().fold(false, |found, b| found | odd(b)));
    if !suspicious {
        return None;
    }
    text.char_indices()
        .find(|(_, c)| !is_char(*c))
        .map(|(at, _)| at)
}

const fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | 'a'..='z' | '_' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

const fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// A name without a colon (NCName).
pub(super) fn is_ncname(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

/// Splits `prefix:local`; `None` where the text is not a qualified name.
pub(super) fn qname(text: &str) -> Option<(Option<&str>, &str)> {
    match text.split_once(':') {
        None => is_ncname(text).then_some((None, text)),
        Some((prefix, local)) => {
            (is_ncname(prefix) && is_ncname(local)).then_some((Some(prefix), local))
        }
    }
}
