//! URI references.

/// Whether the text is a URI reference by RFC 3986, as libxml2 reads it: namespace names in a document must be, or the
/// document is not well-formed by its book. The empty text is one.
///
/// ```
/// use anaf_types::xml::is_uri_reference;
///
/// assert!(is_uri_reference("mfp:anaf:dgti:eTransport:declaratie:v2"));
/// assert!(is_uri_reference("../schema#part"));
/// assert!(!is_uri_reference("a b") && !is_uri_reference("%zz") && !is_uri_reference("1a:b"));
/// ```
#[must_use]
pub fn is_uri_reference(text: &str) -> bool {
    is_strict(text.as_bytes())
}

fn is_strict(text: &[u8]) -> bool {
    is_absolute(text) || is_relative(text)
}

fn is_unreserved(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~')
}

fn is_sub_delimiter(b: u8) -> bool {
    matches!(
        b,
        b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'='
    )
}

/// What follows the longest run of unreserved bytes, sub-delimiters, percent escapes and `extra`.
fn after_run<'t>(text: &'t [u8], extra: &[u8]) -> &'t [u8] {
    let mut rest = text;
    loop {
        rest = match rest {
            [b'%', a, b, tail @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => tail,
            [b, tail @ ..] if is_unreserved(*b) || is_sub_delimiter(*b) || extra.contains(b) => {
                tail
            }
            _ => return rest,
        }
    }
}

/// The whole text is one such run.
fn all(text: &[u8], extra: &[u8]) -> bool {
    after_run(text, extra).is_empty()
}

fn split(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|b| *b == at) {
        Some(i) => (text.get(..i).unwrap_or(&[]), text.get(i + 1..)),
        None => (text, None),
    }
}

fn is_absolute(text: &[u8]) -> bool {
    let (scheme, Some(rest)) = split(text, b':') else {
        return false;
    };
    let scheme_ok = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    scheme_ok && is_rest(rest, false)
}

fn is_relative(text: &[u8]) -> bool {
    is_rest(text, true)
}

/// Hierarchical part, query and fragment.
fn is_rest(text: &[u8], relative: bool) -> bool {
    let (before, fragment) = split(text, b'#');
    let (path, query) = split(before, b'?');
    fragment.is_none_or(|f| all(f, b":@/?[]"))
        && query.is_none_or(|q| all(q, b":@/?"))
        && is_hierarchy(path, relative)
}

fn is_hierarchy(path: &[u8], relative: bool) -> bool {
    if let Some(rest) = path.strip_prefix(b"//") {
        let Some(path) = after_authority(rest) else {
            return false;
        };
        return (path.is_empty() || path.starts_with(b"/")) && all(path, b":@/");
    }
    // The first segment of a relative path has no colon.
    let first = path.split(|b| *b == b'/').next().unwrap_or(&[]);
    all(path, b":@/") && !(relative && first.contains(&b':'))
}

/// User, host and port; an address in brackets may hold anything.
fn after_authority(text: &[u8]) -> Option<&[u8]> {
    let host = after_run(text, b":").strip_prefix(b"@").unwrap_or(text);
    let after_host = match host.strip_prefix(b"[") {
        Some(literal) => split(literal, b']').1?,
        None => after_run(host, b""),
    };
    let Some(port) = after_host.strip_prefix(b":") else {
        return Some(after_host);
    };
    let len = port.iter().take_while(|b| b.is_ascii_digit()).count();
    let (digits, rest) = port.split_at_checked(len)?;
    let number: i32 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (number >= 0).then_some(rest)
}
