//! A small token endpoint behind a `Transport`, and a store that fails on order.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anaf_http::{Answer, Body, Delivery, Error, ErrorKind, ManualClock, Transport, WireRequest};
use anaf_oauth::store::*;
use anaf_oauth::{Application, Callback, Code, Grants, GrantsBuilder, OAuthClient};
use async_trait::async_trait;
use base64::Engine as _;
use jiff::Timestamp;

pub(crate) const SECRET: &str = "cl13nt-s3cret";
pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// What the endpoint does with the next request.
pub(crate) enum Order {
    /// Answers this, without any effect.
    Answer(Answer),
    /// Fails before anything is sent, or after.
    Fail(Error),
    /// Does its work; the answer is lost.
    Lose,
    /// Does this first.
    First(Box<dyn FnOnce() + Send>),
}

#[derive(Default)]
struct Inner {
    orders: VecDeque<Order>,
    live: HashSet<String>,
    issued: u64,
    refreshes: usize,
    exchanges: usize,
    requests: usize,
    now: usize,
    most: usize,
    delay: Duration,
    expires_in: Option<u64>,
    serial: Option<String>,
    bodies: Vec<String>,
}

/// A token endpoint whose old refresh tokens die at once.
#[derive(Clone, Default)]
pub(crate) struct TokenServer(Arc<Mutex<Inner>>);

impl fmt::Debug for TokenServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenServer")
    }
}

impl TokenServer {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    pub(crate) fn order(&self, order: Order) {
        self.inner().orders.push_back(order);
    }

    pub(crate) fn answer_next(&self, status: u16, body: &str) {
        self.order(Order::Answer(Answer::new(status, body)));
    }

    pub(crate) fn delay(&self, delay: Duration) {
        self.inner().delay = delay;
    }

    pub(crate) fn expires_in(&self, seconds: u64) {
        self.inner().expires_in = Some(seconds);
    }

    /// Answers JWTs of this person from now on.
    pub(crate) fn person(&self, serial: &str) {
        self.inner().serial = Some(serial.to_owned());
    }

    pub(crate) fn refreshes(&self) -> usize {
        self.inner().refreshes
    }

    pub(crate) fn exchanges(&self) -> usize {
        self.inner().exchanges
    }

    /// All requests, whatever came of them.
    pub(crate) fn requests(&self) -> usize {
        self.inner().requests
    }

    /// How many requests were under way at the same time, at most.
    pub(crate) fn most_at_once(&self) -> usize {
        self.inner().most
    }

    pub(crate) fn bodies(&self) -> Vec<String> {
        self.inner().bodies.clone()
    }

    pub(crate) fn kill_refresh_tokens(&self) {
        self.inner().live.clear();
    }

    /// A set that the server would have issued, living from `now` as long as its tokens do.
    pub(crate) fn issue(&self, now: Timestamp, life: Duration) -> TokenSet {
        let (access, refresh) = self.inner().pair();
        TokenSet::new(access, Some(refresh.into()), now, now + life)
    }
}

impl Inner {
    fn pair(&mut self) -> (String, String) {
        self.issued += 1;
        let n = self.issued;
        let refresh = format!("r3fresh-{n}");
        self.live.insert(refresh.clone());
        let access = match &self.serial {
            None => format!("acc3ss-{n}"),
            Some(serial) => {
                let coded =
                    |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
                let payload = format!(r#"{{"serial":"{serial}","jti":"acc3ss-{n}"}}"#);
                format!("{}.{}.acc3ss", coded("{}"), coded(&payload))
            }
        };
        (access, refresh)
    }

    fn work(&mut self, body: &str) -> Answer {
        let field = |name: &str| {
            url::form_urlencoded::parse(body.as_bytes())
                .find(|(n, _)| n == name)
                .map(|(_, v)| v.into_owned())
        };
        match field("grant_type").as_deref() {
            Some("refresh_token") if !self.live.remove(&field("refresh_token").unwrap()) => {
                return Answer::new(400, r#"{"error":"invalid_grant"}"#);
            }
            Some("refresh_token") => self.refreshes += 1,
            _ => self.exchanges += 1,
        }
        let (access, refresh) = self.pair();
        let expires_in = self.expires_in.unwrap_or(7_776_000);
        Answer::new(
            200,
            format!(
                r#"{{"access_token":"{access}","refresh_token":"{refresh}","token_type":"Bearer","expires_in":{expires_in}}}"#
            ),
        )
    }
}

#[async_trait]
impl Transport for TokenServer {
    async fn send(&self, request: WireRequest) -> Result<Answer, Error> {
        let Body::Bytes { bytes, .. } = request.body else {
            panic!("a token request has a body");
        };
        let body = String::from_utf8(bytes.to_vec()).unwrap();
        let (order, delay) = {
            let mut inner = self.inner();
            inner.bodies.push(body.clone());
            inner.requests += 1;
            inner.now += 1;
            inner.most = inner.most.max(inner.now);
            (inner.orders.pop_front(), inner.delay)
        };
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let lost = || Error::new(ErrorKind::ConnectionLost).delivered(Delivery::MaybeSent);
        let outcome = match order {
            Some(Order::Answer(answer)) => Ok(answer),
            Some(Order::Fail(error)) => Err(error),
            Some(Order::First(act)) => {
                act();
                Ok(self.inner().work(&body))
            }
            Some(Order::Lose) => {
                self.inner().work(&body);
                Err(lost())
            }
            None => Ok(self.inner().work(&body)),
        };
        self.inner().now -= 1;
        outcome
    }
}

/// A memory store whose operations fail on order.
#[derive(Clone)]
pub(crate) struct Faulty {
    pub(crate) store: MemoryStore,
    pub(crate) down: Arc<AtomicBool>,
    /// So many swaps fail.
    pub(crate) failing_swaps: Arc<AtomicUsize>,
    /// Journal entries with an answer fail too, while swaps do.
    pub(crate) loads: Arc<AtomicUsize>,
    people: Arc<Mutex<People>>,
    /// A look at this grant panics, as a store with a bug might.
    pub(crate) cursed: Arc<Mutex<Option<GrantKey>>>,
    /// The store goes down after so many looks more.
    pub(crate) looks_left: Arc<AtomicUsize>,
    /// Happens once, while the store is busy with this.
    happening: Arc<Mutex<Option<(During, Happening)>>>,
}

impl fmt::Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}

type Happening = Box<dyn FnOnce() + Send>;

/// A moment in a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum During {
    /// The person's lease is asked for.
    Person,
    /// The intent is written.
    Intent,
}

/// What was seen of the leases on people.
#[derive(Debug, Default)]
pub(crate) struct People {
    /// The reserved keys on which leases were asked for, and who has them.
    pub(crate) leases: HashMap<GrantKey, Option<String>>,
    /// How often somebody who had one asked for a grant's lease: two who do might wait for each other.
    pub(crate) out_of_order: usize,
    /// The grant whose lease must be held whenever one is asked for.
    pub(crate) guarded: Option<GrantKey>,
    /// How often it was not.
    pub(crate) unguarded: usize,
}

impl People {
    fn a_grant_is_asked_for(&mut self, holder: &str) {
        let has_one = |who: &Option<String>| who.as_deref() == Some(holder);
        self.out_of_order += usize::from(self.leases.values().any(has_one));
    }

    fn somebody_was_asked_for(&mut self, key: &GrantKey, outcome: &LeaseOutcome) {
        let who = self.leases.entry(key.clone()).or_default();
        if let LeaseOutcome::Granted(lease) = outcome {
            *who = Some(lease.holder.clone());
        }
    }

    fn is_over(&mut self, lease: &Lease) {
        if let Some(who) = self.leases.get_mut(&lease.key) {
            *who = None;
        }
    }
}

impl Faulty {
    pub(crate) fn happens(&self, during: During, what: impl FnOnce() + Send + 'static) {
        *self.happening.lock().unwrap() = Some((during, Box::new(what)));
    }

    fn happen(&self, now: During) {
        let due = self
            .happening
            .lock()
            .unwrap()
            .take_if(|(during, _)| *during == now);
        if let Some((_, what)) = due {
            what();
        }
    }

    pub(crate) fn people(&self) -> MutexGuard<'_, People> {
        self.people.lock().unwrap()
    }

    pub(crate) fn new(clock: &ManualClock) -> Self {
        Self::over(MemoryStore::with_clock(Arc::new(clock.clone())))
    }

    pub(crate) fn over(store: MemoryStore) -> Self {
        Self {
            store,
            down: Arc::default(),
            failing_swaps: Arc::default(),
            loads: Arc::default(),
            people: Arc::default(),
            cursed: Arc::default(),
            looks_left: Arc::new(AtomicUsize::new(usize::MAX)),
            happening: Arc::default(),
        }
    }

    pub(crate) fn down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    fn check(&self) -> Result<(), StoreError> {
        match self.down.load(Ordering::SeqCst) {
            true => Err(StoreError::Unavailable {
                detail: "the disk is away".to_owned(),
            }),
            false => Ok(()),
        }
    }
}

#[async_trait]
impl TokenStore for Faulty {
    async fn load(&self, key: &GrantKey) -> Result<Option<Stored>, StoreError> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        if self.looks_left.fetch_sub(1, Ordering::SeqCst) == 0 {
            self.down(true);
        }
        self.check()?;
        let cursed = self.cursed.lock().unwrap().clone();
        assert_ne!(cursed.as_ref(), Some(key), "a bug in the store");
        self.store.load(key).await
    }

    async fn compare_and_swap(
        &self,
        key: &GrantKey,
        expected: Option<u64>,
        fence: Option<u64>,
        new: &TokenSet,
    ) -> Result<Swap, StoreError> {
        self.check()?;
        let left = self.failing_swaps.load(Ordering::SeqCst);
        if left > 0 {
            self.failing_swaps.store(left - 1, Ordering::SeqCst);
            return Err(StoreError::Unavailable {
                detail: "the disk is full".to_owned(),
            });
        }
        self.store.compare_and_swap(key, expected, fence, new).await
    }

    async fn delete(&self, key: &GrantKey, expected: Option<u64>) -> Result<bool, StoreError> {
        self.check()?;
        self.store.delete(key, expected).await
    }

    async fn keys(
        &self,
        after: Option<&GrantKey>,
        limit: usize,
    ) -> Result<Vec<GrantKey>, StoreError> {
        self.check()?;
        self.store.keys(after, limit).await
    }

    async fn acquire_lease(
        &self,
        key: &GrantKey,
        holder: &str,
        ttl: Duration,
    ) -> Result<LeaseOutcome, StoreError> {
        self.check()?;
        if !key.is_reserved() {
            self.people().a_grant_is_asked_for(holder);
            return self.store.acquire_lease(key, holder, ttl).await;
        }
        self.happen(During::Person);
        let guarded = self.people().guarded.clone();
        if let Some(grant) = guarded {
            let probe = self.store.acquire_lease(&grant, "probe", ttl).await?;
            if let LeaseOutcome::Granted(lease) = probe {
                self.store.release_lease(&lease).await?;
                self.people().unguarded += 1;
            }
        }
        let outcome = self.store.acquire_lease(key, holder, ttl).await?;
        self.people().somebody_was_asked_for(key, &outcome);
        Ok(outcome)
    }

    async fn renew_lease(&self, lease: &Lease, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        self.check()?;
        self.store.renew_lease(lease, ttl).await
    }

    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        self.check()?;
        self.people().is_over(lease);
        self.store.release_lease(lease).await
    }

    async fn journal(&self, key: &GrantKey, entry: &JournalEntry) -> Result<(), StoreError> {
        self.check()?;
        if entry.answer.is_some() && self.failing_swaps.load(Ordering::SeqCst) > 0 {
            return Err(StoreError::Unavailable {
                detail: "the disk is full".to_owned(),
            });
        }
        if entry.answer.is_none() && entry.version > 0 {
            self.happen(During::Intent);
        }
        self.store.journal(key, entry).await
    }

    async fn journalled(&self, key: &GrantKey) -> Result<Vec<JournalEntry>, StoreError> {
        self.check()?;
        self.store.journalled(key).await
    }

    async fn clear_journal(&self, key: &GrantKey, through: u64) -> Result<(), StoreError> {
        self.check()?;
        self.store.clear_journal(key, through).await
    }

    async fn put_login(&self, login: &PendingLogin) -> Result<bool, StoreError> {
        self.check()?;
        self.store.put_login(login).await
    }

    async fn login(&self, id: &LoginHash) -> Result<Option<PendingLogin>, StoreError> {
        self.check()?;
        self.store.login(id).await
    }

    async fn login_by_state(&self, state: &LoginHash) -> Result<Option<PendingLogin>, StoreError> {
        self.check()?;
        self.store.login_by_state(state).await
    }

    async fn advance_login(
        &self,
        id: &LoginHash,
        from: &[LoginPhase],
        to: LoginPhase,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<Advance, StoreError> {
        self.check()?;
        self.store.advance_login(id, from, to, reason, at).await
    }

    async fn purge_logins(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.check()?;
        self.store.purge_logins(before).await
    }

    async fn schema_version(&self) -> Result<u32, StoreError> {
        self.check()?;
        self.store.schema_version().await
    }
}

/// One process of a test: its own grants over a shared store, server and clock.
pub(crate) struct World {
    pub(crate) server: TokenServer,
    pub(crate) clock: ManualClock,
    pub(crate) store: Faulty,
    pub(crate) key: GrantKey,
}

pub(crate) fn start() -> Timestamp {
    "2026-07-01T09:00:00Z".parse().unwrap()
}

impl World {
    /// Time moves by itself while somebody sleeps.
    pub(crate) fn new() -> Self {
        let clock = ManualClock::auto(start());
        Self {
            server: TokenServer::new(),
            store: Faulty::new(&clock),
            clock,
            key: GrantKey::new("acme").unwrap(),
        }
    }

    /// A process in real time, for tests in which several wait for one another.
    pub(crate) fn real_process(&self) -> Grants {
        let client = OAuthClient::builder(self.client().application().clone())
            .transport(self.server.clone());
        let grants = Grants::builder(client.build().unwrap(), self.store.clone());
        grants.build().unwrap()
    }

    pub(crate) fn client(&self) -> OAuthClient {
        let application =
            Application::new("client-1", SECRET, "https://erp.example.com/anaf/callback").unwrap();
        OAuthClient::builder(application)
            .clock(self.clock.clone())
            .transport(self.server.clone())
            .build()
            .unwrap()
    }

    pub(crate) fn builder(&self) -> GrantsBuilder {
        Grants::builder(self.client(), self.store.clone()).dice(anaf_http::LoadedDice(0.0))
    }

    /// A process: it knows others only through the store.
    pub(crate) fn process(&self) -> Grants {
        self.builder().build().unwrap()
    }

    /// Puts a grant into the store whose access token lives this long.
    pub(crate) async fn stored(&self, left: Duration) {
        self.stored_as(&self.key.clone(), left).await;
    }

    pub(crate) async fn stored_as(&self, key: &GrantKey, left: Duration) {
        let life = 90 * DAY;
        let obtained = self.clock.now_() - (life.saturating_sub(left));
        self.put(key, self.server.issue(obtained, life)).await;
    }

    /// As [`World::stored_as`], with the certificate with which somebody logged in.
    pub(crate) async fn stored_of(&self, key: &GrantKey, serial: &str, left: Duration) {
        let life = 90 * DAY;
        let obtained = self.clock.now_() - (life.saturating_sub(left));
        let set = self.server.issue(obtained, life);
        self.put(key, set.with_claims(claims_of(serial))).await;
    }

    async fn put(&self, key: &GrantKey, set: TokenSet) {
        let before = self.store.store.load(key).await.unwrap();
        let swap = self
            .store
            .store
            .compare_and_swap(key, before.map(|b| b.version), None, &set);
        assert!(matches!(swap.await.unwrap(), Swap::Swapped { .. }));
    }
}

pub(crate) fn claims_of(serial: &str) -> Claims {
    let mut claims = Claims::default();
    claims.serial = Some(serial.to_owned());
    claims
}

pub(crate) trait Now {
    fn now_(&self) -> Timestamp;
}

impl Now for ManualClock {
    fn now_(&self) -> Timestamp {
        anaf_http::Clock::now(self)
    }
}

pub(crate) fn code(text: &str) -> Code {
    let callback = Callback::from_query(&format!("code={text}")).unwrap();
    callback.into_code().unwrap()
}
