//! The small grammars of XML that quick-xml leaves to its caller: references, attribute values, declarations.

use std::borrow::Cow;

use super::chars::{is_char, is_ncname};
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
    let target = raw
        .split(|c: char| c.is_ascii_whitespace())
        .next()
        .unwrap_or_default();
    if !is_ncname(target) || target.eq_ignore_ascii_case("xml") {
        return Err(Malformed::new(from, Fault::Syntax));
    }
    Ok(())
}

pub(super) fn comment(raw: &str, from: usize) -> Result<(), Malformed> {
    // quick-xml looks for `--` inside; a comment must not end with `--->` either.
    if !raw.starts_with("<!--") || raw.ends_with("--->") {
        return Err(Malformed::new(from, Fault::Syntax));
    }
    Ok(())
}

/// `<?xml version="1.0" encoding="…" standalone="…"?>`, the first bytes of the document.
pub(super) fn declaration(raw: &str, from: usize) -> Result<(), Malformed> {
    let fault = Malformed::new(from, Fault::Declaration);
    if from != 0 {
        return Err(fault);
    }
    let mut rest = raw;
    let mut at_least = 0;
    while !rest.trim_start().is_empty() {
        if !rest.starts_with(|c: char| c.is_ascii_whitespace()) {
            return Err(fault);
        }
        let (name, tail) = rest.trim_start().split_once('=').ok_or(fault)?;
        let tail = tail.trim_start();
        let quote = tail
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''))
            .ok_or(fault)?;
        let (value, tail) = tail
            .get(1..)
            .and_then(|tail| tail.split_once(quote))
            .ok_or(fault)?;
        let place = match name.trim_end() {
            "version" if is_version(value) => 1,
            "encoding" if value.starts_with(|c: char| c.is_ascii_alphabetic()) => 2,
            "standalone" if matches!(value, "yes" | "no") => 3,
            _ => return Err(fault),
        };
        if place <= at_least || (at_least == 0 && place != 1) {
            return Err(fault);
        }
        at_least = place;
        rest = tail;
    }
    if at_least == 0 { Err(fault) } else { Ok(()) }
}

fn is_version(value: &str) -> bool {
    value
        .strip_prefix("1.")
        .is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit()))
}
