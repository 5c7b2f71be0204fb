//! The keeper's look at one grant.

use std::sync::Arc;
use std::time::Duration;

use anaf_types::Error;
use jiff::Timestamp;

use super::flight::{Errand, alone};
use super::slot::{Slot, is_fresh};
use super::{Grants, Shared};
use crate::store::{GrantKey, TokenSet};

/// A refresh token that is new is not refreshed for its own sake again so soon.
const NEW: Duration = Duration::from_secs(86_400);

/// What came of a visit.
#[derive(Default)]
pub(crate) struct Visit {
    pub(crate) renewed: bool,
    /// Whether ANAF was asked.
    pub(crate) asked: bool,
    /// Whether it should have been, and was not to be.
    pub(crate) postponed: bool,
    /// When the refresh token lapses, if that is soon and a renewal did not help.
    pub(crate) lapses_at: Option<Timestamp>,
    /// Why it could not be renewed.
    pub(crate) trouble: Option<Error>,
}

impl Grants {
    /// Renews a grant if its access token ends within `ahead`, or its refresh token within `alarm`; unless ANAF is not to
    /// be asked.
    pub(crate) async fn visit(
        &self,
        key: &GrantKey,
        ahead: Duration,
        alarm: Duration,
        may_ask: bool,
    ) -> Result<Visit, Error> {
        let shared = &self.0;
        let slot = shared.slot(key);
        let Some(stored) = shared.load(key).await? else {
            // Deleted since the keys were listed.
            return Ok(Visit::default());
        };
        slot.install(shared, &stored);
        let now = || shared.clock().now();
        let wanted = !is_fresh(&stored.tokens, now(), ahead)
            || lapsing(&stored.tokens, now(), alarm).is_some() && !is_new(&stored.tokens, now());
        if !wanted || !may_ask {
            return Ok(Visit {
                postponed: wanted,
                lapses_at: lapsing(&stored.tokens, now(), alarm),
                ..Visit::default()
            });
        }
        let before = slot.state().asked;
        let outcome = match may_renew(shared, &slot) {
            Ok(()) => {
                let errand = Errand::Renew {
                    basis: Some(stored.version),
                    margin: None,
                };
                alone(shared, &slot, errand).await
            }
            Err(error) => Err(error),
        };
        let asked = slot.state().asked != before;
        if let Err(error) = outcome {
            // A grant that has ended serves as long as its access token.
            let ended = error.needs_login();
            let ended = ended.then(|| stored.tokens.access_expires_at());
            return Ok(Visit {
                asked,
                lapses_at: ended.or_else(|| lapsing(&stored.tokens, now(), alarm)),
                trouble: Some(error),
                ..Visit::default()
            });
        }
        let renewed = shared.load(key).await?;
        let version = renewed.as_ref().map(|renewed| renewed.version);
        Ok(Visit {
            renewed: version.is_some_and(|version| version != stored.version),
            asked,
            lapses_at: renewed.and_then(|r| lapsing(&r.tokens, now(), alarm)),
            ..Visit::default()
        })
    }
}

/// Not while ANAF, or the store, is to be left alone.
fn may_renew(shared: &Shared, slot: &Arc<Slot>) -> Result<(), Error> {
    let state = slot.state();
    if let Some(ended) = &state.ended {
        return Err(ended.error.clone());
    }
    match state.pausing(shared.clock().monotonic()) {
        Some((left, error)) => Err(error.with_retry_after(Some(left))),
        None => Ok(()),
    }
}

fn lapsing(tokens: &TokenSet, now: Timestamp, alarm: Duration) -> Option<Timestamp> {
    // A grant without a refresh token ends with its access token.
    let end = match tokens.refresh() {
        Some(_) => tokens.refresh_expires_at()?,
        None => tokens.access_expires_at(),
    };
    let left = Duration::try_from(end.duration_since(now)).unwrap_or_default();
    (left < alarm).then_some(end)
}

fn is_new(tokens: &TokenSet, now: Timestamp) -> bool {
    let age = now.duration_since(tokens.obtained_at());
    Duration::try_from(age).is_ok_and(|age| age < NEW)
}
