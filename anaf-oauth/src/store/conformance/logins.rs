//! Pending logins.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Handle, Violation, finish, handles, key, must};
use crate::store::{Advance, LoginHash, LoginPhase, PendingLogin, StoreError};

fn login(name: &str) -> Result<PendingLogin, Violation> {
    let key = key(name)?;
    // Long ago, so that the purge of one check takes no login of another program.
    let begun = Timestamp::UNIX_EPOCH;
    let code = |what: &str| LoginHash::of(&format!("{what} {key}"));
    let mut login = PendingLogin::new(
        code("link"),
        code("state"),
        key.clone(),
        "https://app.example/anaf/callback?from=ș",
        begun + SignedDuration::from_secs(100),
        begun + SignedDuration::from_secs(200),
    );
    login.changed_at = begun + SignedDuration::from_secs(100);
    Ok(login)
}

/// A login is found by id and by state, whatever its phase, until it is purged; used and unknown are told apart.
///
/// # Errors
/// The first [`Violation`].
pub async fn logins(open: &impl AsyncFn() -> Result<Handle, StoreError>) -> Result<(), Violation> {
    let (one, other) = (open().await?, open().await?);
    let mut login = login("logins")?;
    must(one.put_login(&login).await?, "a new login is kept", ())?;
    let mut twin = login.clone();
    must(!other.put_login(&twin).await?, "an id is kept once", ())?;
    twin.id = LoginHash::of(&format!("another link {}", login.key));
    must(!other.put_login(&twin).await?, "a state is kept once", ())?;
    let found = other.login(&twin.id).await?;
    must(found.is_none(), "a refused login is unknown", found)?;
    for found in [
        other.login(&login.id).await?,
        other.login_by_state(&login.state).await?,
    ] {
        must(
            found.as_ref() == Some(&login),
            "another handle finds the login",
            found,
        )?;
    }
    let found = other.login(&login.state).await?;
    must(found.is_none(), "a state is no id", found)?;

    let at = login.created_at + SignedDuration::from_secs(7);
    let early = other
        .advance_login(
            &login.id,
            &[LoginPhase::Opened],
            LoginPhase::Exchanging,
            None,
            at,
        )
        .await?;
    let refused = Advance::Refused(Some(login.clone()));
    must(
        early == refused,
        "a login advances only from the phases asked for",
        early,
    )?;
    let steps = [
        (
            vec![LoginPhase::Waiting, LoginPhase::Opened],
            LoginPhase::Opened,
            None,
        ),
        (
            vec![LoginPhase::Waiting, LoginPhase::Opened],
            LoginPhase::Opened,
            None,
        ),
        (vec![LoginPhase::Opened], LoginPhase::Exchanging, None),
        (
            vec![LoginPhase::Exchanging],
            LoginPhase::Failed,
            Some("certificatul a fost refuzat – încercați din nou"),
        ),
    ];
    for (from, to, reason) in steps {
        let found = one.advance_login(&login.id, &from, to, reason, at).await?;
        login.phase = to;
        login.changed_at = at;
        login.reason = reason.map(str::to_owned);
        must(
            found == Advance::Done(login.clone()),
            "a login advances",
            found,
        )?;
    }
    let found = other.login_by_state(&login.state).await?;
    must(
        found.as_ref() == Some(&login),
        "a used login stays known",
        found,
    )?;
    let unknown = LoginHash::of("nobody made this");
    let found = one
        .advance_login(&unknown, &[LoginPhase::Waiting], LoginPhase::Done, None, at)
        .await?;
    must(
        found == Advance::Refused(None),
        "an unknown login cannot advance",
        found,
    )?;

    one.purge_logins(login.expires_at).await?;
    let found = other.login(&login.id).await?;
    must(
        found.is_some(),
        "a login is purged only after its time",
        found,
    )?;
    let purged = one
        .purge_logins(login.expires_at + SignedDuration::from_secs(1))
        .await?;
    must(purged >= 1, "a purge says how many", purged)?;
    for found in [
        other.login(&login.id).await?,
        other.login_by_state(&login.state).await?,
    ] {
        must(found.is_none(), "a purged login is unknown", found)?;
    }
    must(
        one.put_login(&login).await?,
        "a purged login leaves nothing behind",
        (),
    )?;
    one.purge_logins(login.expires_at + SignedDuration::from_secs(1))
        .await?;
    Ok(())
}

/// Many handles use one login at once: one succeeds.
///
/// # Errors
/// The first [`Violation`].
pub async fn login_races(
    open: &impl AsyncFn() -> Result<Handle, StoreError>,
) -> Result<(), Violation> {
    let handles = handles(open).await?;
    for round in 0..4 {
        let login = login(&format!("login race {round}"))?;
        let tasks = handles.iter().map(|store| {
            let (store, login) = (Arc::clone(store), login.clone());
            tokio::spawn(async move { Ok(store.put_login(&login).await?) })
        });
        let kept = finish(tasks.collect()).await?;
        let kept = kept.into_iter().filter(|kept| *kept).count();
        must(kept == 1, "one of many keeps a login", kept)?;
        let tasks = handles.iter().map(|store| {
            let (store, id, at) = (Arc::clone(store), login.id, login.created_at);
            tokio::spawn(async move {
                let from = [LoginPhase::Waiting];
                Ok(store
                    .advance_login(&id, &from, LoginPhase::Exchanging, None, at)
                    .await?)
            })
        });
        let done = finish(tasks.collect()).await?;
        let done = done
            .iter()
            .filter(|done| matches!(done, Advance::Done(_)))
            .count();
        must(done == 1, "one of many uses a login", done)?;
        if let Some(store) = handles.first() {
            store
                .purge_logins(login.expires_at + SignedDuration::from_secs(1))
                .await?;
        }
    }
    Ok(())
}
