//! How grants are kept.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anaf_http::{Dice, SystemDice};
use anaf_types::Error;

use super::users::Users;
use super::{Grants, Shared};
use crate::OAuthClient;
use crate::callback::random_text;
use crate::store::TokenStore;

/// How grants are kept; see [`GrantsBuilder`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) margin: Duration,
    pub(crate) lease: Duration,
    /// How long a person's lease holds.
    pub(crate) person: Duration,
    pub(crate) write: Duration,
    pub(crate) reload: Duration,
}

impl Settings {
    /// How long a refresh waits for its person's turn: for whoever died with it, and then for those who were quicker,
    /// however short leases are.
    pub(crate) fn turn_patience(&self) -> Duration {
        self.person + self.person.max(Duration::from_secs(30))
    }

    /// How long a refresh waits for the grant's lease: longer than somebody who died with it, and somebody after them who
    /// waits for their person's turn and then for ANAF.
    pub(crate) fn grant_patience(&self) -> Duration {
        self.lease + self.turn_patience() + self.person
    }
}

/// Settings of [`Grants`].
#[must_use]
pub struct GrantsBuilder {
    client: OAuthClient,
    store: Arc<dyn TokenStore>,
    settings: Settings,
    lease: Option<Duration>,
    dice: Arc<dyn Dice>,
}

impl GrantsBuilder {
    pub(super) fn new(client: OAuthClient, store: Arc<dyn TokenStore>) -> Self {
        Self {
            client,
            store,
            settings: Settings {
                margin: Duration::from_secs(3 * 86_400),
                lease: Duration::from_secs(75),
                person: Duration::from_secs(75),
                write: Duration::from_secs(60),
                reload: Duration::from_secs(300),
            },
            lease: None,
            dice: Arc::new(SystemDice),
        }
    }

    /// How long before its end an access token is renewed: 3 days unless set. Up to a fifth is added by chance, so
    /// that grants which began together do not renew together; it is never more than a quarter of the token's life.
    pub fn margin(mut self, margin: Duration) -> Self {
        self.settings.margin = margin;
        self
    }

    /// How long the store's lease on a grant holds: 30 s more than a call to ANAF may take
    /// ([`crate::OAuthClientBuilder::timeouts`]) unless set, so 75 s. When a process dies with the lease, the others
    /// wait this long; when a slow holder outlives it, its fencing number keeps it from doing harm.
    ///
    /// The lease on a person's token requests, which keeps ANAF from answering 255, holds as long, but never shorter than
    /// a call may take: no fencing number could help there.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = Some(lease);
        self
    }

    /// How long a store that fails is tried again with new tokens: 60 s unless set.
    pub fn write_patience(mut self, patience: Duration) -> Self {
        self.settings.write = patience;
        self
    }

    /// How often the store is asked whether another process has renewed or replaced a grant that still lives here:
    /// 5 minutes unless set.
    pub fn reload_every(mut self, interval: Duration) -> Self {
        self.settings.reload = interval;
        self
    }

    /// Another source of chance for jitter.
    pub fn dice(mut self, dice: impl Dice + 'static) -> Self {
        self.dice = Arc::new(dice);
        self
    }

    /// Makes the grants.
    ///
    /// # Errors
    /// [`ErrorKind::Other`](anaf_types::ErrorKind::Other) when the operating system gives no random bytes (they name this
    /// process in the store).
    pub fn build(self) -> Result<Grants, Error> {
        let name: String = random_text()?.chars().take(16).collect();
        let mut settings = self.settings;
        let call = self.client.timeouts().total;
        settings.lease = self.lease.unwrap_or(call + Duration::from_secs(30));
        settings.person = settings.lease.max(call);
        Ok(Grants(Arc::new(Shared {
            client: self.client,
            store: self.store,
            settings,
            dice: self.dice,
            holder: format!("{}-{name}", std::process::id()),
            slots: Mutex::default(),
            users: Users::default(),
        })))
    }
}

impl fmt::Debug for GrantsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrantsBuilder")
            .field("client", &self.client)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
