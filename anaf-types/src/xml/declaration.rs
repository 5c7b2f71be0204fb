//! `<?xml version="1.0" encoding="…" standalone="…"?>`.

/// White space of XML.
const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// What an XML declaration says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Declaration<'t> {
    /// The encoding, as it is written.
    pub encoding: Option<&'t str>,
}

/// Reads what stands between `<?xml` and `?>`: `version`, then perhaps `encoding`, then perhaps `standalone`. `None`
/// where it is not that.
///
/// ```
/// use anaf_types::xml::declaration;
///
/// let read = declaration(r#" version="1.0" encoding='ISO-8859-2'"#).unwrap();
/// assert_eq!(read.encoding, Some("ISO-8859-2"));
/// assert!(declaration(r#" encoding="UTF-8""#).is_none(), "the version comes first");
/// ```
#[must_use]
pub fn declaration(inner: &str) -> Option<Declaration<'_>> {
    let mut rest = inner;
    let mut last = 0;
    let mut encoding = None;
    while !skip_space(rest).is_empty() {
        let (name, tail) = skip_space(rest.strip_prefix(SPACE)?).split_once('=')?;
        let (value, tail) = quoted(skip_space(tail))?;
        let place = match name.trim_end_matches(SPACE) {
            "version" if is_version(value) => 1,
            "encoding" if is_encoding_name(value) => 2,
            "standalone" if matches!(value, "yes" | "no") => 3,
            _ => return None,
        };
        if place <= last || (last == 0 && place != 1) {
            return None;
        }
        if place == 2 {
            encoding = Some(value);
        }
        last = place;
        rest = tail;
    }
    (last > 0).then_some(Declaration { encoding })
}

fn skip_space(text: &str) -> &str {
    text.trim_start_matches(SPACE)
}

/// Takes `"…"` or `'…'` off the front.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text.get(1..)?.split_once(quote)
}

/// `1.` and digits; libxml2 takes none as well.
fn is_version(value: &str) -> bool {
    value
        .strip_prefix("1.")
        .is_some_and(|minor| minor.bytes().all(|b| b.is_ascii_digit()))
}

fn is_encoding_name(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_alphabetic())
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}
