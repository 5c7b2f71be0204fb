//! Keys, listings, and what must not be seen.

use std::sync::Arc;

use super::{Handle, RACERS, Violation, finish, handles, key, must, tokens};
use crate::store::{GrantKey, StoreError, Swap};

/// Keys that a careless store would take for one another, or for something else.
const ENDINGS: &[&str] = &[
    "a",
    "A",
    "a ",
    " a",
    "ș",
    "s\u{326}",
    "ş",
    "é",
    "e\u{301}",
    "ﬁ",
    "fi",
    "ß",
    "ss",
    "İ",
    "i\u{307}",
    "%",
    "_",
    "%41",
    "*",
    "..",
    "../a",
    "a/b",
    "a\\b",
    "'; drop table grants; --",
    "\"",
    "日本語",
    "🦀",
    "\u{200f}مرحبا",
    "\u{10ffff}",
    "con",
    "nul.json",
    "~",
];

/// Any two keys that differ in a byte are two grants, and a listing gives each back as it was, in order, page by page.
///
/// # Errors
/// The first [`Violation`].
pub async fn unicode_keys(
    open: &impl AsyncFn() -> Result<Handle, StoreError>,
) -> Result<(), Violation> {
    let (one, other) = (open().await?, open().await?);
    let prefix = key("unicode ")?;
    let mut keys = Vec::new();
    for ending in ENDINGS {
        keys.push(GrantKey::new(format!("{prefix}{ending}"))?);
    }
    // The longest keys, which differ only at their end.
    let room = GrantKey::MAX_BYTES - prefix.as_str().len() - 1;
    for ending in ["a", "b"] {
        let filler = "ș".repeat(room / 2);
        keys.push(GrantKey::new(format!("{prefix}{filler}{ending}"))?);
    }
    for (mark, key) in keys.iter().enumerate() {
        let found = one
            .compare_and_swap(key, None, None, &tokens(mark as u64))
            .await?;
        must(
            matches!(found, Swap::Swapped { .. }),
            "each key is a grant of its own",
            (key, found),
        )?;
    }
    for (mark, key) in keys.iter().enumerate() {
        let found = other.load(key).await?.map(|stored| stored.tokens);
        must(
            found == Some(tokens(mark as u64)),
            "each key keeps its tokens",
            (key, found),
        )?;
    }
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    for page in [1, 3, 1000] {
        let found = list(&other, &prefix, page).await?;
        must(
            found == sorted,
            "a listing gives all keys in the order of their bytes",
            (page, found),
        )?;
    }
    for key in &keys {
        must(
            one.delete(key, None).await?,
            "each grant can be deleted",
            key,
        )?;
    }
    let found = list(&other, &prefix, 1000).await?;
    must(found.is_empty(), "deleted grants are not listed", found)
}

/// All keys that begin with `prefix`, in pages.
async fn list(store: &Handle, prefix: &GrantKey, page: usize) -> Result<Vec<GrantKey>, Violation> {
    let mut after = prefix.clone();
    let mut all = Vec::new();
    loop {
        let keys = store.keys(Some(&after), page).await?;
        must(
            keys.len() <= page,
            "a page has no more keys than asked for",
            keys.len(),
        )?;
        let Some(last) = keys.last() else {
            return Ok(all);
        };
        after = last.clone();
        let ours = keys
            .iter()
            .filter(|key| key.as_str().starts_with(prefix.as_str()));
        all.extend(ours.cloned());
        if !after.as_str().starts_with(prefix.as_str()) {
            return Ok(all);
        }
    }
}

/// `count` grants (10 000 for the stores of this crate), made by many handles at once, listed in pages, read, deleted.
///
/// # Errors
/// The first [`Violation`].
pub async fn many_grants(
    open: &impl AsyncFn() -> Result<Handle, StoreError>,
    count: usize,
) -> Result<(), Violation> {
    let prefix = key("many ")?;
    let name = |number: usize| GrantKey::new(format!("{prefix}{number:06}"));
    let handles = handles(open).await?;
    let mut lots: Vec<Vec<(u64, GrantKey)>> = vec![Vec::new(); RACERS * 4];
    for number in 0..count {
        if let Some(lot) = lots.get_mut(number % (RACERS * 4)) {
            lot.push((number as u64, name(number)?));
        }
    }
    let each = |work: Work| {
        let tasks = lots
            .iter()
            .cloned()
            .zip(handles.iter().cycle())
            .map(|(lot, store)| {
                let store = Arc::clone(store);
                tokio::spawn(async move {
                    for (mark, key) in lot {
                        work.on(&store, mark, &key).await?;
                    }
                    Ok(())
                })
            });
        finish(tasks.collect())
    };
    each(Work::Store).await?;
    each(Work::Load).await?;
    if let Some(store) = handles.first() {
        let listed = list(store, &prefix, 1000).await?;
        must(listed.len() == count, "every grant is listed", listed.len())?;
        must(listed.is_sorted(), "a listing is in order", ())?;
    }
    each(Work::Delete).await?;
    Ok(())
}

#[derive(Clone, Copy)]
enum Work {
    Store,
    Load,
    Delete,
}

impl Work {
    async fn on(self, store: &Handle, mark: u64, key: &GrantKey) -> Result<(), Violation> {
        match self {
            Self::Store => {
                let found = store
                    .compare_and_swap(key, None, None, &tokens(mark))
                    .await?;
                must(
                    matches!(found, Swap::Swapped { .. }),
                    "every grant is stored",
                    found,
                )
            }
            Self::Load => {
                let found = store.load(key).await?.map(|stored| stored.tokens);
                must(found == Some(tokens(mark)), "every grant is found", found)
            }
            Self::Delete => must(
                store.delete(key, None).await?,
                "every grant is deleted",
                key,
            ),
        }
    }
}

/// Neither the store nor what it returns shows a token in `Debug`.
///
/// # Errors
/// The first [`Violation`].
pub async fn secrets_stay_hidden(
    open: &impl AsyncFn() -> Result<Handle, StoreError>,
) -> Result<(), Violation> {
    let store = open().await?;
    let key = key("secrets")?;
    let shown = [
        format!(
            "{:?}",
            store.compare_and_swap(&key, None, None, &tokens(1)).await?
        ),
        format!("{:?}", store.load(&key).await?),
        format!(
            "{:?}",
            store.compare_and_swap(&key, None, None, &tokens(2)).await?
        ),
        format!("{:#?}", store.load(&key).await?),
        format!("{store:?}"),
        format!("{store:#?}"),
    ];
    store.delete(&key, None).await?;
    for text in shown {
        must(!text.contains("-secret-"), "no token is shown", text)?;
    }
    Ok(())
}
