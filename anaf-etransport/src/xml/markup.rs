//! The small grammars of XML that quick-xml leaves to its caller: references, attribute values, declarations.

use std::borrow::Cow;

use super::chars::{is_char, is_ncname, qname};
use super::{Fault, Malformed};

/// An attribute's value after the normalisation that XML prescribes: references resolved, white space as spaces.
pub(super) fn attribute_value(raw: &str, base: usize) -> Result<Cow<'_, str>, Malformed> {
    // All of them stand before `=`, and most letters after it.
    let special = |b: u8| b < b'=' && matches!(b, b'&' | b'<' | b'\t' | b'\n' | b'\r');
    let Some(first) = raw.bytes().position(special) else {
        return Ok(Cow::Borrowed(raw));
    };
    let mut value = String::with_capacity(raw.len());
    let (mut done, mut at) = (0, first);
    while let Some(byte) = raw.as_bytes().get(at).copied() {
        value.push_str(raw.get(done..at).unwrap_or_default());
        let rest = raw.get(at + 1..).unwrap_or_default();
        done = at + 1;
        match byte {
            b'<' => return Err(Malformed::new(base + at, Fault::Attribute)),
            b'&' => {
                let fault = Malformed::new(base + at, Fault::Entity);
                let end = memchr::memchr(b';', rest.as_bytes()).ok_or(fault)?;
                value.push(rest.get(..end).and_then(resolve).ok_or(fault)?);
                done += end + 1;
            }
            b'\r' if rest.starts_with('\n') => {}
            _ => value.push(' '),
        }
        let tail = raw.as_bytes().get(done..).unwrap_or_default();
        at = done + tail.iter().position(|b| special(*b)).unwrap_or(tail.len());
    }
    value.push_str(raw.get(done..).unwrap_or_default());
    Ok(Cow::Owned(value))
}

/// The character that a reference stands for: the five of XML, or a number.
pub(super) fn resolve(name: &str) -> Option<char> {
    match name {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => {}
    }
    let number = name.strip_prefix('#')?;
    let (digits, radix) = number
        .strip_prefix('x')
        .map_or((number, 10), |hex| (hex, 16));
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    // Leading zeros may be many; the number itself is short.
    let digits = digits.trim_start_matches('0');
    if digits.len() > 8 {
        return None;
    }
    u32::from_str_radix(digits, radix)
        .ok()
        .and_then(char::from_u32)
        .filter(|c| is_char(*c))
}

pub(super) fn processing_instruction(raw: &str, from: usize) -> Result<(), Malformed> {
    let target = raw.split(SPACE).next().unwrap_or_default();
    if !is_ncname(target) || target.eq_ignore_ascii_case("xml") {
        return Err(Malformed::new(from, Fault::Syntax));
    }
    Ok(())
}

/// A comment holds no `--` and does not end with `-`.
pub(super) fn comment(raw: &str, from: usize) -> Result<(), Malformed> {
    let inner = raw
        .strip_prefix("<!--")
        .and_then(|rest| rest.strip_suffix("-->"));
    match inner {
        Some(inner) if !inner.contains("--") && !inner.ends_with('-') => Ok(()),
        _ => Err(Malformed::new(from, Fault::Syntax)),
    }
}

/// White space of XML, for searching texts.
const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

fn skip_space(text: &str) -> &str {
    text.trim_start_matches(SPACE)
}

/// Takes `"…"` or `'…'` off the front.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text.get(1..)?.split_once(quote)
}

/// `<!DOCTYPE name SYSTEM "…">`, `<!DOCTYPE name PUBLIC "…" "…">` or the name alone. What follows in brackets must be blank:
/// it could declare entities and defaults.
pub(super) fn doctype(raw: &str, from: usize) -> Result<(), Malformed> {
    let fits = || {
        let rest = raw.strip_prefix("<!DOCTYPE")?.strip_suffix('>')?;
        let rest = skip_space(rest.strip_prefix(SPACE)?);
        let end = rest
            .find([' ', '\t', '\n', '\r', '['])
            .unwrap_or(rest.len());
        let (name, rest) = rest.split_at_checked(end)?;
        qname(name)?;
        let rest = skip_space(external_id(skip_space(rest))?);
        let rest = match rest.strip_prefix('[') {
            Some(subset) => skip_space(skip_space(subset).strip_prefix(']')?),
            None => rest,
        };
        rest.is_empty().then_some(())
    };
    fits().ok_or(Malformed::new(from, Fault::Doctype))
}

/// Takes an external identifier off the front, where there is one.
fn external_id(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix("SYSTEM") {
        let (_, rest) = quoted(skip_space(rest.strip_prefix(SPACE)?))?;
        return Some(rest);
    }
    let Some(rest) = text.strip_prefix("PUBLIC") else {
        return Some(text);
    };
    let (public, rest) = quoted(skip_space(rest.strip_prefix(SPACE)?))?;
    let is_public = |c: char| c.is_ascii_alphanumeric() || " \r\n-'()+,./:=?;!*#@$_%".contains(c);
    if !public.chars().all(is_public) {
        return None;
    }
    let (_, rest) = quoted(skip_space(rest.strip_prefix(SPACE)?))?;
    Some(rest)
}
