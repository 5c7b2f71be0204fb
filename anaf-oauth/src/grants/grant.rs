//! One grant: a source of bearer tokens.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anaf_http::{Bearer, BearerSource};
use anaf_types::{Error, ErrorKind};
use async_trait::async_trait;
use jiff::Timestamp;

use super::flight::{Begun, Errand, begin};
use super::slot::{Slot, Step};
use super::{Grants, Shared};
use crate::store::{Claims, GrantKey};

/// A token that was replaced because ANAF refused it is not replaced again so soon: the trouble lies elsewhere.
const REPLACED_LATELY: Duration = Duration::from_secs(60);

/// One grant, kept alive: a [`BearerSource`] for [`anaf_http::Session`]. Cheap to clone.
///
/// [`Grant::bearer`] gives the access token in use, without I/O as long as it lives longer than the margin. Then the
/// first caller renews it, in a task that outlives the caller; everybody else gets the old token while it lives, and
/// waits for the new one when it does not. What fails while a token still lives is logged and stands in
/// [`Grant::status`]; the token is served.
#[derive(Clone)]
pub struct Grant {
    shared: Arc<Shared>,
    slot: Arc<Slot>,
}

/// What is known of a grant, without asking anybody.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GrantStatus {
    /// Until when the access token in use lives; `None` before the first use.
    pub expires_at: Option<Timestamp>,
    /// Until when the refresh token lives, where that is known: by then a person must have logged in, or a refresh
    /// must have brought a new one.
    pub refresh_expires_at: Option<Timestamp>,
    /// What the access token says about itself.
    pub claims: Claims,
    /// What kept the last renewal from succeeding; `None` when it did.
    pub problem: Option<Error>,
    /// How long neither ANAF nor the store will be asked again.
    pub paused_for: Option<Duration>,
    /// New tokens of ANAF's that the store has not taken: they are in memory only.
    pub unsaved: bool,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A key is free text: it may be a personal code.
        let key = anaf_types::text::mask_personal_codes(self.slot.key.as_str());
        write!(f, "Grant({key:?})")
    }
}

impl Grant {
    pub(super) fn new(shared: Arc<Shared>, slot: Arc<Slot>) -> Self {
        Self { shared, slot }
    }

    /// The key of the grant.
    #[must_use]
    pub fn key(&self) -> &GrantKey {
        &self.slot.key
    }

    /// The grants that this one belongs to.
    #[must_use]
    pub fn grants(&self) -> Grants {
        Grants(self.shared.clone())
    }

    /// The token in use if it needs no thought: no lock, no allocation, one look at the steady clock.
    #[must_use]
    pub fn warm(&self) -> Option<Bearer> {
        let warm = self.slot.warm.load();
        let warm = warm.as_ref()?;
        (self.shared.clock().monotonic() < warm.until).then(|| warm.bearer.clone())
    }

    /// A token that ANAF will accept, renewed where its end is near.
    ///
    /// # Errors
    /// [`ErrorKind::NeedsLogin`], with [`Error::grant_key`], when only a person can help; [`ErrorKind::Store`] when the
    /// store fails and no token lives; else as [`crate::OAuthClient::refresh`]. After a failure neither ANAF nor the
    /// store is asked again for a pause ([`Error::retry_after`]).
    pub async fn bearer(&self) -> Result<Bearer, Error> {
        match self.warm() {
            Some(bearer) => Ok(bearer),
            None => self.thoughtful().await,
        }
    }

    async fn thoughtful(&self) -> Result<Bearer, Error> {
        // Each round but the last ends in a flight; two suffice unless others replace the grant meanwhile.
        for _ in 0..4 {
            let (errand, flight) = match self.slot.step(&self.shared) {
                Step::Serve(bearer) => {
                    // A login elsewhere, or another process's renewal, is noticed in passing; nobody waits for it.
                    if self.slot.is_reload_due(&self.shared) {
                        begin(&self.shared, &self.slot, Errand::Reload)?;
                    }
                    return Ok(bearer);
                }
                Step::Fail(error) => return Err(error),
                Step::Wait(flight) => (None, Some(flight)),
                Step::Renew => (
                    Some(Errand::Renew {
                        basis: self.version(),
                        margin: None,
                    }),
                    None,
                ),
                Step::Reload => (Some(Errand::Reload), None),
            };
            let renews = matches!(errand, Some(Errand::Renew { .. }));
            let flight = match (errand, flight) {
                (Some(errand), _) => match begin(&self.shared, &self.slot, errand)? {
                    Begun::Mine(flight) => flight,
                    // Another caller was quicker: decide anew.
                    Begun::Other(..) => continue,
                },
                (None, Some(flight)) => flight,
                (None, None) => continue,
            };
            match flight.landed().await {
                // What a renewal brought is used as it is, whatever the clocks say: else a clock that is wrong would
                // renew for ever.
                Ok(()) if renews => {
                    if let Some(bearer) = self.held() {
                        return Ok(bearer);
                    }
                }
                Ok(()) => {}
                Err(error) => return self.slot.usable(&self.shared).ok_or(error),
            }
        }
        self.held()
            .ok_or_else(|| Error::new(ErrorKind::Other).because("the grant kept changing"))
    }

    /// ANAF answered 401 to `refused`: another token, after a refresh unless a newer one is here already.
    ///
    /// # Errors
    /// As [`Grant::bearer`]; [`ErrorKind::Unauthorized`] when a token that is new was refused again: then a refresh does
    /// not help.
    pub async fn replace(&self, refused: &Bearer) -> Result<Bearer, Error> {
        let refused = refused.generation();
        for _ in 0..8 {
            if let Some(bearer) = self.held().filter(|b| b.generation() > refused) {
                return Ok(bearer);
            }
            self.may_replace()?;
            match begin(&self.shared, &self.slot, Errand::Replace { refused })? {
                Begun::Mine(flight) => {
                    flight.landed().await?;
                    let steady = self.shared.clock().monotonic();
                    self.slot.state().replaced = Some(steady);
                }
                Begun::Other(flight, _) => drop(flight.landed().await),
            }
        }
        Err(Error::new(ErrorKind::Unauthorized).because("the grant gave no other token"))
    }

    fn may_replace(&self) -> Result<(), Error> {
        let steady = self.shared.clock().monotonic();
        let state = self.slot.state();
        if let Some(ended) = &state.ended {
            return Err(ended.error.clone());
        }
        if let Some((left, error)) = state.pausing(steady) {
            return Err(error.with_retry_after(Some(left)));
        }
        match state.replaced {
            Some(at) if steady.saturating_sub(at) < REPLACED_LATELY => {
                Err(Error::new(ErrorKind::Unauthorized).because(
                    "the token was new: look at the application's services and the user's rights",
                ))
            }
            _ => Ok(()),
        }
    }

    /// What is known of the grant.
    #[must_use]
    pub fn status(&self) -> GrantStatus {
        let steady = self.shared.clock().monotonic();
        let state = self.slot.state();
        let held = state.held.as_ref();
        GrantStatus {
            expires_at: held.map(|held| held.expires_at),
            refresh_expires_at: held.and_then(|held| held.refresh_expires_at),
            claims: held.map(|held| held.claims.clone()).unwrap_or_default(),
            problem: state.problem.clone(),
            paused_for: state.pausing(steady).map(|(left, _)| left),
            unsaved: state.unsaved.is_some(),
        }
    }

    /// Looks into the store now, whatever was known before.
    pub(crate) async fn reload(&self) -> Result<(), Error> {
        super::flight::alone(&self.shared, &self.slot, Errand::Reload).await
    }

    fn held(&self) -> Option<Bearer> {
        let state = self.slot.state();
        state.held.as_ref().map(|held| held.bearer.clone())
    }

    fn version(&self) -> Option<u64> {
        self.slot.state().held.as_ref().map(|held| held.version)
    }
}

#[async_trait]
impl BearerSource for Grant {
    async fn bearer(&self) -> Result<Bearer, Error> {
        Grant::bearer(self).await
    }

    async fn replace(&self, refused: &Bearer) -> Result<Bearer, Error> {
        Grant::replace(self, refused).await
    }
}
