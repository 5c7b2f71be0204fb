//! Compare-and-swap.

use std::sync::Arc;

use super::{Handle, RACERS, Violation, finish, handles, key, must, tokens};
use crate::store::{StoreError, Stored, Swap};

/// A swap needs the right version; versions only grow, also across a deletion.
///
/// # Errors
/// The first [`Violation`].
pub async fn swaps(open: &impl AsyncFn() -> Result<Handle, StoreError>) -> Result<(), Violation> {
    let (one, other) = (open().await?, open().await?);
    let key = key("swaps")?;
    let (first, second, third) = (tokens(1), tokens(2), tokens(3));

    let found = one.load(&key).await?;
    must(found.is_none(), "an unknown key has no grant", found)?;
    let found = one.compare_and_swap(&key, Some(1), None, &first).await?;
    must(
        found == Swap::Conflict(None),
        "a swap of nothing needs `None`",
        found,
    )?;
    let Swap::Swapped { version: v1 } = one.compare_and_swap(&key, None, None, &first).await?
    else {
        return Err(Violation::new("a first grant is stored", "it was refused"));
    };
    let stored = Some(Stored {
        tokens: first,
        version: v1,
    });
    let found = other.load(&key).await?;
    must(found == stored, "another handle sees the grant", found)?;
    for expected in [None, Some(v1 + 1)] {
        let found = other
            .compare_and_swap(&key, expected, None, &second)
            .await?;
        let conflict = Swap::Conflict(stored.clone());
        must(
            found == conflict,
            "a swap with a wrong version shows what is stored",
            found,
        )?;
    }
    let Swap::Swapped { version: v2 } = other
        .compare_and_swap(&key, Some(v1), None, &second)
        .await?
    else {
        return Err(Violation::new(
            "a swap with the right version is stored",
            "it was refused",
        ));
    };
    must(v2 > v1, "versions grow", (v1, v2))?;

    let found = one.delete(&key, Some(v1)).await?;
    must(!found, "a deletion with a wrong version is refused", found)?;
    let found = one.delete(&key, Some(v2)).await?;
    must(found, "a deletion with the right version is done", found)?;
    let found = other.load(&key).await?;
    must(found.is_none(), "a deleted grant is gone", found)?;
    must(
        !other.delete(&key, None).await?,
        "a deletion happens once",
        (),
    )?;
    let found = other.compare_and_swap(&key, Some(v2), None, &third).await?;
    must(
        found == Swap::Conflict(None),
        "a deleted version cannot be swapped",
        found,
    )?;
    let Swap::Swapped { version: v3 } = one.compare_and_swap(&key, None, None, &third).await?
    else {
        return Err(Violation::new(
            "a deleted grant can be made anew",
            "it was refused",
        ));
    };
    must(v3 > v2, "versions grow across a deletion", (v2, v3))?;
    must(
        one.delete(&key, None).await?,
        "a deletion of any version is done",
        (),
    )
}

/// Many handles swap one grant at once: each version has one winner, and nothing is lost.
///
/// # Errors
/// The first [`Violation`].
pub async fn swap_races(
    open: &impl AsyncFn() -> Result<Handle, StoreError>,
) -> Result<(), Violation> {
    const ROUNDS: usize = 12;
    let key = key("swap races")?;
    let handles = handles(open).await?;
    let tasks = handles.iter().enumerate().map(|(racer, store)| {
        let (store, key) = (Arc::clone(store), key.clone());
        tokio::spawn(async move {
            let mut won = Vec::with_capacity(ROUNDS);
            while won.len() < ROUNDS {
                let found = store.load(&key).await?;
                let expected = found.as_ref().map(|stored| stored.version);
                let count = found.map_or(0, |stored| stored.tokens.generation());
                let new = tokens(racer as u64).with_generation(count + 1);
                match store.compare_and_swap(&key, expected, None, &new).await? {
                    Swap::Swapped { version } => won.push(version),
                    Swap::Conflict(_) => {}
                    Swap::Fenced { latest } => {
                        return Err(Violation::new(
                            "a swap without a fence",
                            format_args!("fenced by {latest}"),
                        ));
                    }
                }
            }
            Ok(won)
        })
    });
    let mut won: Vec<u64> = finish(tasks.collect())
        .await?
        .into_iter()
        .flatten()
        .collect();
    won.sort_unstable();
    won.dedup();
    must(
        won.len() == RACERS * ROUNDS,
        "each version has one winner",
        won.len(),
    )?;
    let Some(store) = handles.first() else {
        return Ok(());
    };
    let count = store
        .load(&key)
        .await?
        .map(|stored| stored.tokens.generation());
    must(
        count == Some((RACERS * ROUNDS) as u64),
        "no swap is lost",
        count,
    )?;
    store.delete(&key, None).await?;
    Ok(())
}
