//! Tests that many rules share.

use std::borrow::Cow;
use std::collections::HashSet;

use super::xpath::{Path, Undetermined, Verdict, text};

/// `string-length(substring-after(path, '.')) <= 2`
pub(crate) fn two_decimals<'a>(path: impl Path<'a>) -> Verdict {
    Ok(text::two_decimals(&path.text()?))
}

/// `string-length(normalize-space(path)) <= most`
pub(crate) fn at_most<'a>(most: usize, path: impl Path<'a>) -> Verdict {
    Ok(text::normalized_at_most(&path.text()?, most))
}

/// `count(path) <= 1`
pub(crate) fn at_most_one<'a>(path: impl Path<'a>) -> Verdict {
    Ok(path.count()? <= 1)
}

/// Whether any node of one path has the text of any node of another: `a = b`.
pub(crate) fn any_equal<'a>(a: impl Path<'a>, b: impl Path<'a>) -> Verdict {
    let texts: HashSet<_> = texts(b)?.into_iter().collect();
    a.any(|node| Ok(texts.contains(&node.text())))
}

/// `a != b`: whether any node of one path differs from any node of another.
pub(crate) fn any_different<'a>(a: impl Path<'a>, b: impl Path<'a>) -> Verdict {
    let mut texts = texts(b)?;
    texts.dedup();
    // Of two different texts, every third differs from one.
    a.any(|node| Ok(texts.len() > 1 || texts.first().is_some_and(|other| *other != node.text())))
}

fn texts<'a>(path: impl Path<'a>) -> Result<Vec<Cow<'a, str>>, Undetermined> {
    let mut texts = Vec::new();
    path.each(|node| {
        texts.push(node.text());
        Ok(true)
    })?;
    Ok(texts)
}
