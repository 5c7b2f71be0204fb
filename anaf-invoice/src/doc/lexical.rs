//! The small grammars of XML: characters, names, references, the declaration.

pub(super) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

fn is_name_start(c: char) -> bool {
    matches!(c, ':' | 'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

pub(crate) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_name_start)
        && chars.all(|c| {
            is_name_start(c)
                || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
        })
}

/// A name with at most one prefix.
pub(super) fn is_qualified_name(text: &str) -> bool {
    match text.split_once(':') {
        None => is_name(text),
        Some((prefix, local)) => is_name(prefix) && is_name(local) && !local.contains(':'),
    }
}

/// The character that a reference (without `&` and `;`) stands for.
pub(super) fn resolve(reference: &str) -> Option<char> {
    let code = match reference {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => reference.strip_prefix('#')?,
    };
    let (digits, radix) = match code.strip_prefix('x') {
        Some(hex) => (hex, 16),
        None => (code, 10),
    };
    if digits.starts_with('+') {
        return None;
    }
    u32::from_str_radix(digits, radix)
        .ok()
        .and_then(char::from_u32)
        .filter(|c| is_xml_char(*c))
}

/// Line ends become `\n`; references, where there are, become characters.
pub(super) fn decode_text(raw: &str, references: bool) -> String {
    decode(raw, references, |c| c)
}

/// As [`decode_text`], and tabs and line ends become blanks.
pub(super) fn decode_attribute(raw: &str) -> String {
    decode(
        raw,
        true,
        |c| if matches!(c, '\t' | '\n') { ' ' } else { c },
    )
}

fn decode(raw: &str, references: bool, literal: impl Fn(char) -> char) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\r' => {
                chars.next_if(|(_, next)| *next == '\n');
                out.push(literal('\n'));
            }
            '&' if references => {
                let reference = raw
                    .get(at + 1..)
                    .and_then(|rest| rest.split_once(';'))
                    .map_or("", |(name, _)| name);
                out.extend(resolve(reference));
                for _ in 0..=reference.chars().count() {
                    chars.next();
                }
            }
            c => out.push(literal(c)),
        }
    }
    out
}
