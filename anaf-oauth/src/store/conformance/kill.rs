//! Durability across a killed process.

use std::collections::BTreeMap;
use std::io::Write;

use jiff::Timestamp;

use super::{Handle, Violation, must, tokens};
use crate::store::{GrantKey, JournalEntry, StoreError, Swap};

/// Writes grants and journal entries without end, and after each that the store acknowledged a line to `out`: for a
/// child process that is killed at any moment. Returns only if the store fails or `out` is closed.
///
/// # Errors
/// The [`Violation`] that stopped it.
pub async fn write_until_killed(store: &Handle, mut out: impl Write) -> Result<(), Violation> {
    let closed = |error: std::io::Error| Violation::new("lines can be written", error);
    for round in 0_u64.. {
        let number = round % 5;
        let key = survivor(number)?;
        let stored = store.load(&key).await?;
        let expected = stored.as_ref().map(|stored| stored.version);
        let mark = stored.map_or(0, |stored| stored.tokens.generation()) + 1;
        let entry =
            JournalEntry::intent(mark, "child", 1, Timestamp::UNIX_EPOCH).answered(tokens(mark));
        store.journal(&key, &entry).await?;
        writeln!(out, "journal {number} {mark}")
            .and_then(|()| out.flush())
            .map_err(closed)?;
        match store
            .compare_and_swap(&key, expected, None, &tokens(mark))
            .await?
        {
            Swap::Swapped { .. } => {}
            other => {
                return Err(Violation::new(
                    "a lone writer is not refused",
                    format_args!("{other:?}"),
                ));
            }
        }
        writeln!(out, "grant {number} {mark}")
            .and_then(|()| out.flush())
            .map_err(closed)?;
    }
    Ok(())
}

fn survivor(number: u64) -> Result<GrantKey, StoreError> {
    GrantKey::new(format!("survivor {number}"))
}

/// Looks whether everything that [`write_until_killed`] said is in the store: a grant as it was acknowledged or a later
/// one, and a journal's answer there or already swapped in. Returns how many lines it checked. The last line may be cut.
///
/// # Errors
/// The first [`Violation`].
pub async fn check_survivors(store: &Handle, lines: &str) -> Result<usize, Violation> {
    let mut last: BTreeMap<(&str, u64), u64> = BTreeMap::new();
    let mut count = 0;
    let whole = lines
        .rfind('\n')
        .and_then(|end| lines.get(..end))
        .unwrap_or_default();
    for line in whole.lines() {
        let mut words = line.split(' ');
        let (Some(what @ ("grant" | "journal")), Some(number), Some(mark)) =
            (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let (Ok(number), Ok(mark)) = (number.parse(), mark.parse()) else {
            continue;
        };
        last.insert((what, number), mark);
        count += 1;
    }
    for ((what, number), mark) in last {
        let key = survivor(number)?;
        let stored = store.load(&key).await?.map(|stored| stored.tokens);
        let generation = stored
            .as_ref()
            .map_or(0, crate::store::TokenSet::generation);
        let whole = stored.is_none_or(|stored| stored == tokens(generation));
        must(whole, "a grant is whole", (&key, generation))?;
        if what == "grant" {
            must(
                generation >= mark,
                "an acknowledged grant is there",
                (&key, mark, generation),
            )?;
        } else {
            let journal = store.journalled(&key).await?;
            let there = journal
                .iter()
                .any(|entry| entry.answer.as_ref() == Some(&tokens(mark)));
            must(
                there || generation >= mark,
                "an acknowledged answer is there",
                (&key, mark, generation),
            )?;
        }
    }
    Ok(count)
}
