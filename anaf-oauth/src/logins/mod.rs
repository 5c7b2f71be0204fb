//! Logins from afar: a link for the certificate's owner, who is rarely at the machine that files.

mod failure;
mod page;
mod ticket;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anaf_types::{Error, ErrorKind};
use jiff::Timestamp;
use tokio::sync::Notify;
use url::Url;

pub use failure::{LoginFailure, LoginTrouble};
pub use page::{Language, Page};

use crate::application::is_loopback;
use crate::callback::State;
use crate::store::{Advance, GrantKey, LoginHash, LoginPhase, PendingLogin};
use crate::{Callback, Grant, Grants};
use ticket::{Purpose, is_ours, issue, state_of};

/// How long a link is good for unless set: an accountant's morning.
const LIFE: Duration = Duration::from_secs(5 * 3600);
/// How often a wait looks into the store: another instance may have finished the login.
const LOOK: Duration = Duration::from_secs(2);
/// A login whose code is being exchanged takes no longer than this, or its process died.
const EXCHANGE: Duration = Duration::from_secs(180);
/// How long finished and expired logins are remembered, to tell a used link from an unknown one.
const TOMBSTONE: Duration = Duration::from_secs(7 * 86_400);

/// Phases in which a link works, with an exchange that nobody can be at any more.
const STALE: &[LoginPhase] = &[
    LoginPhase::Waiting,
    LoginPhase::Opened,
    LoginPhase::Exchanging,
];
/// Phases in which a link works.
const OPEN: &[LoginPhase] = &[LoginPhase::Waiting, LoginPhase::Opened];

/// Links that let a person with a certificate log in from any computer. Framework-free: your web server hands in the
/// code of a link ([`Logins::open`]) and the query of the callback ([`Logins::finish`]), and sends what comes out.
///
/// Pending logins live in the grants' store, so any instance behind a load balancer can finish what another began. The
/// store holds only hashes: who reads it cannot make a working link.
///
/// **One use**: a link works until a login with it succeeded, or its time is over. A person whom ANAF refused (no USB
/// token plugged in) may open it again; so may a mail program that looks at links before the person does.
///
/// `examples/login_portal` of the repository shows it with axum.
#[derive(Clone)]
pub struct Logins(Arc<Inner>);

struct Inner {
    grants: Grants,
    base: Url,
    life: Duration,
    /// Somebody in this process finished a login.
    finished: Notify,
}

/// A link that was made: send [`LoginLink::url`] to the certificate's owner.
#[derive(Clone)]
#[non_exhaustive]
pub struct LoginLink {
    /// The link. Whoever has it can log in for the grant, so `Debug` does not show it.
    pub url: Url,
    /// Which login it is: not a secret.
    pub id: LoginHash,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl fmt::Debug for LoginLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginLink")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logins")
            .field("base", &self.0.base.as_str())
            .field("life", &self.0.life)
            .finish_non_exhaustive()
    }
}

impl Logins {
    /// Links below `base`, such as `https://erp.example.com/anaf/login`: a link is the base, a slash, and its code. Links
    /// are good for 5 hours.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] unless the base is https (http on a loopback address), without query or fragment.
    pub fn new(grants: &Grants, base: &str) -> Result<Self, Error> {
        Self::with_life(grants, base, LIFE)
    }

    /// As [`Logins::new`], with links that are good for another time.
    ///
    /// # Errors
    /// As [`Logins::new`]; [`ErrorKind::InvalidInput`] for a life of nothing or more than 30 days.
    pub fn with_life(grants: &Grants, base: &str, life: Duration) -> Result<Self, Error> {
        if life.is_zero() || life > Duration::from_secs(30 * 86_400) {
            return Err(Error::invalid_input(
                "a login link lives for more than nothing and at most 30 days",
            ));
        }
        Ok(Self(Arc::new(Inner {
            grants: grants.clone(),
            base: link_base(base)?,
            life,
            finished: Notify::new(),
        })))
    }

    /// The grants that these logins are for.
    #[must_use]
    pub fn grants(&self) -> &Grants {
        &self.0.grants
    }

    fn now(&self) -> Timestamp {
        self.0.grants.client().clock().now()
    }

    /// Begins a login for a grant: makes its link. A grant that has a live token keeps it until the login succeeds.
    ///
    /// # Errors
    /// [`ErrorKind::Store`]; [`ErrorKind::Other`] when the operating system gives no random bytes.
    pub async fn begin(&self, key: &GrantKey) -> Result<LoginLink, Error> {
        let application = self.0.grants.client().application();
        let code = issue(application, Purpose::Link)?;
        let now = self.now();
        let expires_at = now.saturating_add(self.0.life).unwrap_or(Timestamp::MAX);
        let login = PendingLogin::new(
            LoginHash::of(&code),
            LoginHash::of(&state_of(application, &code)),
            key.clone(),
            application.callback(),
            now,
            expires_at,
        );
        if !self.0.grants.store().put_login(&login).await? {
            return Err(
                Error::new(ErrorKind::Store).because("a login with this code is there already")
            );
        }
        let mut url = self.0.base.clone();
        url.set_path(&format!("{}{code}", url.path()));
        Ok(LoginLink {
            url,
            id: login.id,
            expires_at,
        })
    }

    /// Somebody opened a link: gives ANAF's login page, to redirect the browser to (303 See Other).
    ///
    /// # Errors
    /// [`LoginFailure`], with a page for the person, for a link that is forged, unknown, expired, used or cancelled; also
    /// while ANAF has asked for a pause ([`LoginTrouble::Busy`]) that lasts longer than the login's code would live.
    pub async fn open(&self, code: &str) -> Result<Url, LoginFailure> {
        let client = self.0.grants.client();
        if !is_ours(client.application(), Purpose::Link, code) {
            return Err(LoginFailure::new(LoginTrouble::Forged));
        }
        let store = self.0.grants.store();
        let login = store.login(&LoginHash::of(code)).await.map_err(failed)?;
        let login = self.usable(login)?;
        // Before the person goes through the certificate's step for nothing.
        let pause = self.0.grants.login_is_paused(&login.key).await;
        if let Some(error) = pause.map_err(|e| LoginFailure::because(LoginTrouble::Failed, e))? {
            return Err(LoginFailure::because(LoginTrouble::Busy, error));
        }
        let opened = store
            .advance_login(
                &login.id,
                self.from(&login),
                LoginPhase::Opened,
                login.reason.as_deref(),
                self.now(),
            )
            .await
            .map_err(failed)?;
        if let Advance::Refused(now) = opened {
            // It was used between the look and the step.
            self.usable(now)?;
        }
        let state = State::from(state_of(client.application(), code));
        Ok(client.authorize_with(state).url)
    }

    /// The browser came back from ANAF: exchanges the code and stores the tokens under the login's grant key. `query` is
    /// the query of the callback request.
    ///
    /// It runs in a task of its own: a browser that goes away does not lose the tokens. Answer within the code's 60
    /// seconds: call it at once.
    ///
    /// # Errors
    /// [`LoginFailure`], with a page for the person: a `state` that is forged, unknown, expired or used; a login that
    /// ANAF refused; a code that came too late; a store that failed.
    pub async fn finish(&self, query: &str) -> Result<Grant, LoginFailure> {
        let since = self.0.grants.client().clock().monotonic();
        let callback = Callback::from_query(query)
            .map_err(|error| LoginFailure::because(LoginTrouble::Forged, error))?;
        let login = self.login_of(&callback).await?;
        let code = match callback.into_code() {
            Ok(code) => code,
            Err(refusal) => return Err(self.refused(&login, refusal).await),
        };
        // From here on a browser that goes away changes nothing.
        let this = self.clone();
        let task = tokio::spawn(async move { this.exchange(login, code, since).await });
        task.await.unwrap_or_else(|_| {
            let error = Error::new(ErrorKind::Other).because("the login's task was stopped");
            Err(LoginFailure::because(LoginTrouble::Failed, error))
        })
    }

    async fn exchange(
        &self,
        login: PendingLogin,
        code: crate::Code,
        since: Duration,
    ) -> Result<Grant, LoginFailure> {
        let store = self.0.grants.store();
        let step = store
            .advance_login(
                &login.id,
                self.from(&login),
                LoginPhase::Exchanging,
                None,
                self.now(),
            )
            .await
            .map_err(failed)?;
        let login = match step {
            Advance::Done(login) => login,
            Advance::Refused(now) => {
                self.usable(now)?;
                return Err(LoginFailure::new(LoginTrouble::Used));
            }
        };
        let callback = Some(login.redirect_uri.clone());
        let grants = &self.0.grants;
        let outcome = grants.log_in_since(&login.key, code, since, callback).await;
        self.concluded(&login, outcome).await
    }

    /// The phases from which a login may go on: also one that a process left in mid-exchange when it died.
    fn from(&self, login: &PendingLogin) -> &'static [LoginPhase] {
        match self.is_stale(login) {
            true => STALE,
            false => OPEN,
        }
    }

    /// Whether an exchange was begun so long ago that nobody can be at it any more.
    fn is_stale(&self, login: &PendingLogin) -> bool {
        let end = login.changed_at.saturating_add(EXCHANGE);
        login.phase == LoginPhase::Exchanging && end.is_ok_and(|end| self.now() > end)
    }

    async fn login_of(&self, callback: &Callback) -> Result<PendingLogin, LoginFailure> {
        let application = self.0.grants.client().application();
        let state = callback
            .state()
            .filter(|state| is_ours(application, Purpose::State, state.expose()));
        let Some(state) = state else {
            return Err(LoginFailure::new(LoginTrouble::Forged));
        };
        let store = self.0.grants.store();
        let hash = LoginHash::of(state.expose());
        let login = store.login_by_state(&hash).await.map_err(failed)?;
        self.usable(login)
    }

    /// ANAF refused: the link stays good, so that the person can plug in the token and open it again.
    async fn refused(&self, login: &PendingLogin, refusal: Error) -> LoginFailure {
        let reason = refusal.said().unwrap_or("access_denied").to_owned();
        let store = self.0.grants.store();
        let step = store.advance_login(
            &login.id,
            OPEN,
            LoginPhase::Opened,
            Some(&reason),
            self.now(),
        );
        if let Err(error) = step.await {
            tracing::warn!(%error, "a refused login could not be noted");
        }
        LoginFailure::because(LoginTrouble::Refused, refusal)
    }

    async fn concluded(
        &self,
        login: &PendingLogin,
        outcome: Result<Grant, Error>,
    ) -> Result<Grant, LoginFailure> {
        let (phase, reason) = match &outcome {
            Ok(_) => (LoginPhase::Done, None),
            // The tokens are not stored, and the person can do nothing wrong by trying again.
            Err(error) if may_try_again(error) => (LoginPhase::Opened, Some(error.to_string())),
            Err(error) => (LoginPhase::Failed, Some(error.to_string())),
        };
        let store = self.0.grants.store();
        let from = &[LoginPhase::Exchanging];
        for _ in 0..3 {
            let step = store.advance_login(&login.id, from, phase, reason.as_deref(), self.now());
            match step.await {
                Ok(_) => break,
                Err(error) => tracing::warn!(%error, "the end of a login could not be noted"),
            }
            self.0.grants.client().clock().sleep(LOOK).await;
        }
        self.0.finished.notify_waiters();
        outcome.map_err(|error| {
            let trouble = match error.kind() {
                _ if phase == LoginPhase::Failed => LoginTrouble::Spent,
                ErrorKind::LoginRefused => LoginTrouble::Late,
                ErrorKind::ConcurrentTokens => LoginTrouble::Busy,
                _ => LoginTrouble::Failed,
            };
            LoginFailure::because(trouble, error)
        })
    }

    /// The login, if its link and `state` still work.
    fn usable(&self, login: Option<PendingLogin>) -> Result<PendingLogin, LoginFailure> {
        let Some(login) = login else {
            return Err(LoginFailure::new(LoginTrouble::Unknown));
        };
        let trouble = match login.phase {
            LoginPhase::Exchanging if self.is_stale(&login) => None,
            LoginPhase::Done | LoginPhase::Exchanging => Some(LoginTrouble::Used),
            LoginPhase::Cancelled => Some(LoginTrouble::Cancelled),
            LoginPhase::Failed => Some(LoginTrouble::Spent),
            _ if self.now() >= login.expires_at => Some(LoginTrouble::Expired),
            _ => None,
        };
        match trouble {
            Some(trouble) => Err(LoginFailure::new(trouble)),
            None => Ok(login),
        }
    }

    /// Waits until a login is over, whichever instance finishes it: resolves with the grant.
    ///
    /// # Errors
    /// [`ErrorKind::LoginRefused`] when the link expired, was cancelled, or the login failed for good;
    /// [`ErrorKind::NotFound`] when there is no such login; [`ErrorKind::Store`].
    pub async fn wait(&self, id: &LoginHash) -> Result<Grant, Error> {
        let clock = self.0.grants.client().clock().clone();
        loop {
            let notified = self.0.finished.notified();
            if let Some(grant) = self.look(id).await? {
                return Ok(grant);
            }
            tokio::select! {
                () = notified => {}
                () = clock.sleep(LOOK) => {}
            }
        }
    }

    /// One look: `Ok(None)` while the login is not over.
    ///
    /// # Errors
    /// As [`Logins::wait`].
    pub async fn look(&self, id: &LoginHash) -> Result<Option<Grant>, Error> {
        let login = self.0.grants.store().login(id).await?;
        let Some(login) = login else {
            return Err(Error::new(ErrorKind::NotFound).because("there is no such login"));
        };
        let now = self.now();
        let refuse = |why: String| Err(Error::new(ErrorKind::LoginRefused).because(why));
        match login.phase {
            LoginPhase::Done => self.grant_of(&login).await.map(Some),
            LoginPhase::Cancelled => refuse("the login was cancelled".to_owned()),
            LoginPhase::Failed => refuse(
                login
                    .reason
                    .unwrap_or_else(|| "the login failed".to_owned()),
            ),
            LoginPhase::Exchanging if self.is_stale(&login) => self.after_a_crash(&login).await,
            LoginPhase::Exchanging => Ok(None),
            _ if now >= login.expires_at => refuse(match login.reason {
                Some(reason) => format!("the link expired; the last attempt failed: {reason}"),
                None => "the link expired and nobody finished the login".to_owned(),
            }),
            _ => Ok(None),
        }
    }

    /// The grant as the instance that finished the login stored it, whatever this one knew before.
    async fn grant_of(&self, login: &PendingLogin) -> Result<Grant, Error> {
        let grant = self.0.grants.grant(&login.key);
        grant.reload().await?;
        Ok(grant)
    }

    /// The exchange was begun, and its end was never noted: the store tells whether the tokens came.
    async fn after_a_crash(&self, login: &PendingLogin) -> Result<Option<Grant>, Error> {
        let stored = self.0.grants.store().load(&login.key).await?;
        match stored.filter(|stored| stored.tokens.obtained_at() >= login.changed_at) {
            Some(_) => self.grant_of(login).await.map(Some),
            // The link works again until its time is over.
            None if self.now() < login.expires_at => Ok(None),
            None => Err(Error::new(ErrorKind::LoginRefused)
                .because("the process that finished the login died: send a new link")),
        }
    }

    /// Takes a link back. Says whether it was still open.
    ///
    /// # Errors
    /// [`ErrorKind::Store`].
    pub async fn cancel(&self, id: &LoginHash) -> Result<bool, Error> {
        let store = self.0.grants.store();
        let step = store
            .advance_login(id, OPEN, LoginPhase::Cancelled, None, self.now())
            .await?;
        self.0.finished.notify_waiters();
        Ok(matches!(step, Advance::Done(_)))
    }

    /// Forgets logins that expired a week ago or earlier, and says how many. [`crate::Keeper`] does it too.
    ///
    /// # Errors
    /// [`ErrorKind::Store`].
    pub async fn purge(&self) -> Result<u64, Error> {
        purge(&self.0.grants).await
    }
}

pub(crate) async fn purge(grants: &Grants) -> Result<u64, Error> {
    let now = grants.client().clock().now();
    let before = now.saturating_sub(TOMBSTONE).unwrap_or(Timestamp::MIN);
    Ok(grants.store().purge_logins(before).await?)
}

fn failed(error: crate::store::StoreError) -> LoginFailure {
    LoginFailure::because(LoginTrouble::Failed, error.into())
}

/// Whether another attempt with the same link can succeed: all but a registration that ANAF does not accept.
fn may_try_again(error: &Error) -> bool {
    !matches!(error.kind(), ErrorKind::OAuth | ErrorKind::InvalidInput)
}

fn link_base(text: &str) -> Result<Url, Error> {
    let refuse =
        |why: &str| Error::invalid_input(format!("the base of login links `{text}` {why}"));
    let mut url = Url::parse(text).map_err(|_| refuse("is not an absolute URL"))?;
    let safe = match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(&url),
        _ => false,
    };
    if !safe {
        return Err(refuse("must be https (http is accepted on loopback only)"));
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(refuse("must have no user, query or fragment"));
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}
