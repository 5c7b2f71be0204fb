//! The grants of an application: one store, one client, one flight per grant.

mod builder;
mod doubt;
mod flight;
mod grant;
mod lease;
mod login;
mod renew;
mod save;
mod slot;
mod turn;
mod users;
mod visit;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anaf_http::{Clock, Dice};
use anaf_types::{Error, ErrorKind};

pub use builder::GrantsBuilder;
pub use grant::{Grant, GrantStatus};
pub(crate) use visit::Visit;

use crate::store::{GrantKey, Stored, TokenSet, TokenStore};
use crate::{Code, OAuthClient};
use builder::Settings;
use flight::Errand;
use login::Arrival;
use slot::Slot;
use users::Users;

/// More grants than this are not remembered between calls unless somebody holds them.
const REMEMBERED: usize = 50_000;

/// All grants of one application in one store. Cheap to clone; clones share everything. One per process is right: two
/// on one store work, but know each other only through the store.
///
/// ```no_run
/// use anaf_oauth::store::{GrantKey, MemoryStore};
/// use anaf_oauth::{Application, Callback, Grants, OAuthClient};
///
/// # async fn demo(query: &str) -> Result<(), anaf_oauth::Error> {
/// let application = Application::new("client-id", "client-secret", "https://erp.example.com/anaf/callback")?;
/// let client = OAuthClient::builder(application).build()?;
/// let grants = Grants::builder(client.clone(), MemoryStore::new()).build()?;
///
/// let login = client.authorize()?;
/// println!("open {}", login.url);
/// // … the person logs in, the browser comes back with a query …
/// let code = Callback::from_query(query)?.code_for(&login.state)?;
/// let grant = grants.log_in(&GrantKey::new("acme")?, code).await?;
/// // `grant` is a `BearerSource`: give it to `Session::builder(…).bearer(grant)`.
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Grants(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) client: OAuthClient,
    pub(crate) store: Arc<dyn TokenStore>,
    pub(crate) settings: Settings,
    pub(crate) dice: Arc<dyn Dice>,
    /// Who takes leases: this process, and no other one.
    pub(crate) holder: String,
    slots: Mutex<HashMap<GrantKey, Arc<Slot>>>,
    pub(crate) users: Users,
}

impl fmt::Debug for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grants")
            .field("client", &self.0.client)
            .field("store", &self.0.store)
            .finish_non_exhaustive()
    }
}

impl Grants {
    /// Keeps an application's grants in a store.
    pub fn builder(client: OAuthClient, store: impl TokenStore + 'static) -> GrantsBuilder {
        Self::shared(client, Arc::new(store))
    }

    /// As [`Grants::builder`], with a store that is chosen at run time or shared.
    pub fn shared(client: OAuthClient, store: Arc<dyn TokenStore>) -> GrantsBuilder {
        GrantsBuilder::new(client, store)
    }

    /// The client of these grants.
    #[must_use]
    pub fn client(&self) -> &OAuthClient {
        &self.0.client
    }

    /// The store of these grants.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn TokenStore> {
        &self.0.store
    }

    /// A grant, by its key. Nothing is read until a token is asked for: a grant that nobody logged in for answers with
    /// [`ErrorKind::NeedsLogin`] then.
    #[must_use]
    pub fn grant(&self, key: &GrantKey) -> Grant {
        Grant::new(self.0.clone(), self.0.slot(key))
    }

    /// Exchanges a code, stores the tokens under the key, and gives the grant. What stood under the key is replaced.
    ///
    /// It takes the store's lease on the grant first, and that of the person, so that ANAF never sees two token requests
    /// of one user at once (its error 255), whatever process and whatever grant they are for. Who logs in is known only
    /// after the exchange: until then it is taken to be whoever logged in for this grant before. **Without such a one**
    /// the login waits for other logins of that kind, for 5 seconds at most; a refresh of the same person's other grant
    /// at the very same moment can then not be excluded.
    ///
    /// It runs in a task of its own: a caller who gives up waiting does not lose the tokens. A pause that a 255 has set
    /// is waited for as long as the code may live; else ANAF is not asked.
    ///
    /// # Errors
    /// As [`OAuthClient::exchange`], and [`ErrorKind::Store`]. [`ErrorKind::ConcurrentTokens`] that is
    /// [`Delivery::NotSent`](anaf_types::Delivery::NotSent): another request of the same person, or ANAF's pause, takes
    /// longer than a code lives; begin the login anew after [`Error::retry_after`].
    pub async fn log_in(&self, key: &GrantKey, code: Code) -> Result<Grant, Error> {
        let since = self.0.client.clock().monotonic();
        self.log_in_since(key, code, since, None).await
    }

    pub(crate) async fn log_in_since(
        &self,
        key: &GrantKey,
        code: Code,
        since: Duration,
        callback: Option<String>,
    ) -> Result<Grant, Error> {
        let arrival = Arrival {
            code,
            since,
            callback,
        };
        self.alone(key, Errand::LogIn(arrival)).await
    }

    /// Why a login for this grant could not be finished now, as far as this process knows: ANAF has answered 255, and the
    /// pause lasts longer than a code lives.
    pub(crate) async fn login_is_paused(&self, key: &GrantKey) -> Result<Option<Error>, Error> {
        let pause = login::pause(&self.0, &self.0.slot(key)).await?;
        Ok(pause
            .filter(|(left, _)| *left > login::PATIENCE)
            .map(|(_, error)| error))
    }

    /// Stores tokens that were obtained elsewhere, and gives the grant. What stood under the key is replaced.
    ///
    /// # Errors
    /// [`ErrorKind::Store`].
    pub async fn adopt(&self, key: &GrantKey, tokens: TokenSet) -> Result<Grant, Error> {
        self.alone(key, Errand::Adopt(tokens)).await
    }

    async fn alone(&self, key: &GrantKey, errand: Errand) -> Result<Grant, Error> {
        let slot = self.0.slot(key);
        flight::alone(&self.0, &slot, errand).await?;
        Ok(Grant::new(self.0.clone(), slot))
    }

    /// Waits until no renewal or login is under way: call it before the runtime is shut down, since a flight that is
    /// dropped between ANAF's answer and the write loses the pair. Tokens that a store has refused are offered to it
    /// once more; [`GrantStatus::unsaved`] says what remains.
    pub async fn finish(&self) {
        let slots: Vec<Arc<Slot>> = {
            let slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots
                .values()
                .filter(|slot| !slot.is_quiet())
                .cloned()
                .collect()
        };
        for slot in slots {
            if let Err(error) = flight::alone(&self.0, &slot, Errand::Reload).await {
                tracing::warn!(%error, "a grant was not settled at the end");
            }
        }
    }

    /// Deletes a grant from the store. ANAF is not told: [`OAuthClient::revoke`] says why.
    ///
    /// # Errors
    /// [`ErrorKind::Store`].
    pub async fn forget(&self, key: &GrantKey) -> Result<bool, Error> {
        let deleted = self.0.store.delete(key, None).await?;
        self.0.slot(key).forget();
        Ok(deleted)
    }
}

impl Shared {
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        self.client.clock()
    }

    pub(crate) fn slot(&self, key: &GrantKey) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(key) {
            return slot.clone();
        }
        if slots.len() >= REMEMBERED {
            slots.retain(|_, slot| Arc::strong_count(slot) > 1 || !slot.is_quiet());
        }
        let slot = Arc::new(Slot::new(key.clone()));
        slots.insert(key.clone(), slot.clone());
        slot
    }

    /// The grant as the store has it.
    pub(crate) async fn load(&self, key: &GrantKey) -> Result<Option<Stored>, Error> {
        self.store.load(key).await.map_err(Error::from)
    }

    /// The margin with its jitter, for a token that lives so long.
    pub(crate) fn margin(&self, life: Duration) -> Duration {
        let margin = self.settings.margin.mul_f64(1.0 + 0.2 * self.dice.roll());
        margin.min(life / 4)
    }
}

/// The error of a grant that a person must log in for.
pub(crate) fn needs_login(key: &GrantKey, why: &'static str) -> Error {
    Error::new(ErrorKind::NeedsLogin)
        .because(why)
        .for_grant(key.as_str())
}

/// The error of whoever may not ask because ANAF has answered 255 before.
fn turn_is_paused(left: Duration) -> Error {
    Error::new(ErrorKind::ConcurrentTokens)
        .because("ANAF was not asked: it answered another request of the same person with it")
        .with_retry_after(Some(left))
}
