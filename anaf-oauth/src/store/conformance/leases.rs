//! Leases, fencing and the journal.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::{Handle, Violation, finish, handles, key, must, tokens};
use crate::store::{GrantKey, JournalEntry, Lease, LeaseOutcome, StoreError, Swap};

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(200);

async fn granted(
    store: &Handle,
    key: &GrantKey,
    holder: &str,
    ttl: Duration,
) -> Result<Lease, Violation> {
    match store.acquire_lease(key, holder, ttl).await? {
        LeaseOutcome::Granted(lease) => Ok(lease),
        held @ LeaseOutcome::Held { .. } => Err(Violation::new(
            "a free lease is granted",
            format_args!("{held:?}"),
        )),
    }
}

/// A lease has one holder; it ends by its time or its holder's will; a later one fences off an earlier one.
///
/// # Errors
/// The first [`Violation`].
pub async fn leases(open: &impl AsyncFn() -> Result<Handle, StoreError>) -> Result<(), Violation> {
    let (one, other) = (open().await?, open().await?);
    let key = key("leases")?;

    let first = granted(&one, &key, "one", LONG).await?;
    for holder in ["one", "other"] {
        let found = other.acquire_lease(&key, holder, LONG).await?;
        let held = matches!(&found, LeaseOutcome::Held { remaining, holder } if *remaining <= LONG && *remaining > LONG / 2 && holder == "one");
        must(held, "a lease has one holder, and says for how long", found)?;
    }
    let found = one.renew_lease(&first, LONG).await?;
    let same = found
        .as_ref()
        .is_some_and(|lease| lease.fence == first.fence);
    must(same, "a renewal keeps the fencing number", found)?;
    let stranger = Lease::new(key.clone(), "other", first.fence, LONG);
    let found = other.renew_lease(&stranger, LONG).await?;
    must(found.is_none(), "only its holder renews a lease", found)?;
    other.release_lease(&stranger).await?;
    let found = other.acquire_lease(&key, "other", LONG).await?;
    must(
        matches!(found, LeaseOutcome::Held { .. }),
        "only its holder releases a lease",
        found,
    )?;
    one.release_lease(&first).await?;
    let second = granted(&other, &key, "other", SHORT).await?;
    must(
        second.fence > first.fence,
        "fencing numbers grow",
        (&first, &second),
    )?;
    one.release_lease(&first).await?;
    let found = one.acquire_lease(&key, "one", LONG).await?;
    must(
        matches!(found, LeaseOutcome::Held { .. }),
        "a lease that is over releases nothing",
        found,
    )?;

    tokio::time::sleep(SHORT + Duration::from_millis(60)).await;
    let found = other.renew_lease(&second, SHORT).await?;
    must(
        found.is_some(),
        "a lease that nobody else took can be renewed late",
        found,
    )?;
    tokio::time::sleep(SHORT + Duration::from_millis(60)).await;
    let third = granted(&one, &key, "one", LONG).await?;
    must(
        third.fence > second.fence,
        "an expired lease is granted anew",
        (&second, &third),
    )?;
    let found = other.renew_lease(&second, LONG).await?;
    must(found.is_none(), "a lost lease cannot be renewed", found)?;

    let found = other
        .compare_and_swap(&key, None, Some(second.fence), &tokens(2))
        .await?;
    let fenced = Swap::Fenced {
        latest: third.fence,
    };
    must(found == fenced, "a late holder is fenced off", found)?;
    let found = one
        .compare_and_swap(&key, None, Some(third.fence), &tokens(3))
        .await?;
    must(
        matches!(found, Swap::Swapped { .. }),
        "the present holder is not",
        found,
    )?;
    one.release_lease(&third).await?;

    must(one.delete(&key, None).await?, "a grant can be deleted", ())?;
    let fourth = granted(&one, &key, "one", LONG).await?;
    must(
        fourth.fence > third.fence,
        "fencing numbers grow across a deletion",
        (&third, &fourth),
    )?;
    one.release_lease(&fourth).await?;
    for (holder, ttl) in [("", LONG), ("one", Duration::ZERO)] {
        let found = one.acquire_lease(&key, holder, ttl).await;
        must(
            matches!(found, Err(StoreError::Invalid { .. })),
            "a senseless lease is refused",
            found,
        )?;
    }
    Ok(())
}

/// Leases on reserved keys, under which token requests of one person are made: one holder whatever grants they belong
/// to, and nothing of them in a listing.
///
/// # Errors
/// The first [`Violation`].
pub async fn person_leases(
    open: &impl AsyncFn() -> Result<Handle, StoreError>,
) -> Result<(), Violation> {
    let (one, other) = (open().await?, open().await?);
    let serial = key("serial")?;
    let person = GrantKey::of_person(serial.as_str());
    let stranger = GrantKey::of_person(&format!("{}0", serial.as_str()));
    // A grant whose key looks like the reserved one when it is printed.
    let alike = GrantKey::new(format!("{person}"))?;

    let first = granted(&one, &person, "one", LONG).await?;
    let found = other.acquire_lease(&person, "other", LONG).await?;
    must(
        matches!(&found, LeaseOutcome::Held { holder, .. } if holder == "one"),
        "a person's lease has one holder",
        found,
    )?;
    for free in [&stranger, &alike, &serial] {
        let lease = granted(&other, free, "other", LONG).await?;
        other.release_lease(&lease).await?;
    }
    let found = other
        .compare_and_swap(&alike, None, None, &tokens(7))
        .await?;
    must(
        matches!(found, Swap::Swapped { .. }),
        "a grant with a key that looks alike is stored",
        found,
    )?;
    let found = (one.load(&person).await?, one.journalled(&person).await?);
    must(
        found == (None, Vec::new()),
        "nothing but a lease is under a reserved key",
        found,
    )?;
    let mut after = None;
    loop {
        let keys = other.keys(after.as_ref(), 500).await?;
        let reserved = keys.iter().find(|key| key.is_reserved());
        must(
            reserved.is_none(),
            "a reserved key is in no listing",
            reserved,
        )?;
        let Some(last) = keys.last() else { break };
        after = Some(last.clone());
    }
    must(
        other.delete(&alike, None).await?,
        "a grant with a key that looks alike can be deleted",
        (),
    )?;

    let found = one.renew_lease(&first, SHORT).await?;
    must(found.is_some(), "a person's lease can be renewed", found)?;
    tokio::time::sleep(SHORT + Duration::from_millis(60)).await;
    let second = granted(&other, &person, "other", LONG).await?;
    must(
        second.fence > first.fence,
        "the lease of a holder that died is granted anew",
        (&first, &second),
    )?;
    let found = one.renew_lease(&first, LONG).await?;
    must(found.is_none(), "a lost lease cannot be renewed", found)?;
    other.release_lease(&second).await?;
    let third = granted(&one, &person, "one", LONG).await?;
    Ok(one.release_lease(&third).await?)
}

/// Many handles ask for one lease at once: one gets it, and the numbers of all rounds differ.
///
/// # Errors
/// The first [`Violation`].
pub async fn lease_races(
    open: &impl AsyncFn() -> Result<Handle, StoreError>,
) -> Result<(), Violation> {
    race(open, &key("lease races")?).await?;
    race(open, &GrantKey::of_person(key("racer")?.as_str())).await
}

async fn race(
    open: &impl AsyncFn() -> Result<Handle, StoreError>,
    key: &GrantKey,
) -> Result<(), Violation> {
    let handles = handles(open).await?;
    let mut last = 0;
    for _ in 0..6 {
        let tasks = handles.iter().enumerate().map(|(racer, store)| {
            let (store, key) = (Arc::clone(store), key.clone());
            tokio::spawn(async move {
                Ok(store
                    .acquire_lease(&key, &format!("racer {racer}"), LONG)
                    .await?)
            })
        });
        let mut won = Vec::new();
        for outcome in finish(tasks.collect()).await? {
            if let LeaseOutcome::Granted(lease) = outcome {
                won.push(lease);
            }
        }
        let [lease] = won.as_slice() else {
            return Err(Violation::new(
                "one of many gets the lease",
                format_args!("{} did", won.len()),
            ));
        };
        must(lease.fence > last, "fencing numbers grow", (last, lease))?;
        last = lease.fence;
        if let Some(store) = handles.last() {
            store.release_lease(lease).await?;
        }
    }
    Ok(())
}

/// The journal keeps intents and answers until a swap or its owner clears them, whoever holds the lease.
///
/// # Errors
/// The first [`Violation`].
pub async fn journal(open: &impl AsyncFn() -> Result<Handle, StoreError>) -> Result<(), Violation> {
    let (one, other) = (open().await?, open().await?);
    let key = key("journal")?;
    let at = Timestamp::UNIX_EPOCH;
    let found = one.journalled(&key).await?;
    must(found.is_empty(), "an unknown key has no journal", found)?;

    let intent = JournalEntry::intent(5, "one", 3, at);
    one.journal(&key, &intent).await?;
    let earlier = JournalEntry::intent(4, "late", 2, at).answered(tokens(4));
    other.journal(&key, &earlier).await?;
    let found = other.journalled(&key).await?;
    must(
        found == [earlier.clone(), intent.clone()],
        "entries come in the order of their numbers",
        found,
    )?;
    let answered = intent.answered(tokens(5));
    one.journal(&key, &answered).await?;
    let found = other.journalled(&key).await?;
    must(
        found == [earlier, answered.clone()],
        "an answer takes the place of its intent",
        found,
    )?;
    one.clear_journal(&key, 4).await?;
    let found = other.journalled(&key).await?;
    must(
        found == [answered],
        "entries up to a number are cleared",
        found,
    )?;
    let found = other.load(&key).await?;
    must(found.is_none(), "a journal alone is no grant", found)?;
    let found = other.compare_and_swap(&key, None, None, &tokens(5)).await?;
    must(
        matches!(found, Swap::Swapped { .. }),
        "a grant with a journal is stored",
        found,
    )?;
    let found = one.journalled(&key).await?;
    must(found.is_empty(), "a swap clears the journal", found)?;

    for fence in 1..=(JournalEntry::KEPT as u64 + 3) {
        one.journal(&key, &JournalEntry::intent(fence, "one", 1, at))
            .await?;
    }
    let kept: Vec<u64> = one
        .journalled(&key)
        .await?
        .iter()
        .map(|entry| entry.fence)
        .collect();
    let newest: Vec<u64> = (4..=(JournalEntry::KEPT as u64 + 3)).collect();
    must(kept == newest, "the newest entries are kept", kept)?;
    must(one.delete(&key, None).await?, "a grant can be deleted", ())?;
    let found = one.journalled(&key).await?;
    must(found.is_empty(), "a deletion clears the journal", found)
}
