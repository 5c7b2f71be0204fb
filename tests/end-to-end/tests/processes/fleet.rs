//! Several processes, their fake ANAF and their store.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anaf_oauth::store::{Claims, GrantKey, Swap, TokenSet, TokenStore};
use fake_anaf::FakeAnaf;
use jiff::SignedDuration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::worker::{Orders, Place, Reply, Round};

/// Tells the test program that it is one of the processes.
pub(crate) const CHILD: &str = "ANAF_END_TO_END_WORKER";

/// The certificate with which somebody has logged in for all grants.
pub(crate) const SERIAL: &str = "1234AA456";

pub(crate) struct Fleet {
    pub(crate) fake: FakeAnaf,
    pub(crate) store: Arc<dyn TokenStore>,
    /// The first of the grants.
    pub(crate) key: GrantKey,
    pub(crate) keys: Vec<GrantKey>,
    pub(crate) children: Vec<Child>,
    pub(crate) pipes: Vec<Pipes>,
    orders: Vec<Orders>,
    elapsed: i64,
    /// Takes the place of the next process that is killed; it starts while the others work.
    spare: Option<(Child, Pipes)>,
}

/// How the processes differ from test to test.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    /// How many processes.
    pub(crate) count: usize,
    /// How many grants, all of one person.
    pub(crate) grants: usize,
    /// By how much the clocks of the second half are wrong.
    pub(crate) skew_seconds: i64,
    pub(crate) lease: Duration,
    pub(crate) call: Duration,
}

impl Plan {
    /// Leases that outlast every call.
    pub(crate) fn calm(count: usize, grants: usize, skew_seconds: i64) -> Self {
        Self {
            count,
            grants,
            skew_seconds,
            lease: Duration::from_secs(4),
            call: Duration::from_millis(2500),
        }
    }

    /// Short leases, so that slow holders are overtaken, and nobody waits long for somebody who was killed.
    pub(crate) fn hasty(count: usize, grants: usize, skew_seconds: i64) -> Self {
        Self {
            lease: Duration::from_millis(600),
            call: Duration::from_millis(1500),
            ..Self::calm(count, grants, skew_seconds)
        }
    }
}

/// How one talks with a process.
pub(crate) struct Pipes {
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl Pipes {
    /// What the process says next; `None` if it is gone.
    pub(crate) async fn hear(&mut self) -> Option<Reply> {
        while let Ok(Some(line)) = self.from.next_line().await {
            if let Some((_, text)) = line.split_once('@') {
                return Some(serde_json::from_str(text).unwrap());
            }
        }
        None
    }

    async fn tell(&mut self, line: &str) {
        // A process that is gone does not listen; the round shows it.
        let _ = self.to.write_all(format!("{line}\n").as_bytes()).await;
        let _ = self.to.flush().await;
    }
}

impl Fleet {
    /// Starts processes around the grants of one person.
    pub(crate) async fn start(place: Place, plan: Plan) -> Self {
        let fake = FakeAnaf::builder().start().await.unwrap();
        let store = place.open().await.unwrap();
        let key = |number: usize| {
            let company = ["12345674", "45678918", "98765438", "24681350"];
            let cif = company.get(number).expect("so many companies");
            GrantKey::new(format!("firma {cif} – Țăndărică")).unwrap()
        };
        let keys: Vec<GrantKey> = (0..plan.grants).map(key).collect();
        let orders = |number: usize| Orders {
            place: place.clone(),
            oauth_base: fake.oauth_base(),
            client_id: fake.client_id(),
            client_secret: fake.client_secret(),
            callback: fake.redirect_uri(),
            keys: keys.iter().map(|key| key.as_str().to_owned()).collect(),
            lease: plan.lease,
            call: plan.call,
            skew_seconds: if number < plan.count / 2 {
                0
            } else {
                plan.skew_seconds
            },
        };
        let orders = (0..plan.count).map(orders).collect();
        let mut fleet = Self {
            fake,
            store,
            key: keys[0].clone(),
            keys,
            children: Vec::new(),
            pipes: Vec::new(),
            orders,
            elapsed: 0,
            spare: None,
        };
        fleet.log_in().await;
        for number in 0..plan.count {
            let (child, pipes) = fleet.spawn(number).await;
            fleet.children.push(child);
            fleet.pipes.push(pipes);
        }
        for pipes in &mut fleet.pipes {
            assert!(matches!(pipes.hear().await, Some(Reply::Ready)));
        }
        fleet
    }

    async fn spawn(&self, number: usize) -> (Child, Pipes) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "worker_process", "--nocapture"])
            .env(CHILD, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut pipes = Pipes {
            to: child.stdin.take().unwrap(),
            from: BufReader::new(child.stdout.take().unwrap()).lines(),
        };
        let orders = serde_json::to_string(&self.orders[number]).unwrap();
        pipes.tell(&orders).await;
        (child, pipes)
    }

    /// Puts a new process in the place of one that was killed.
    pub(crate) async fn replace(&mut self, number: usize) {
        self.children[number].wait().await.unwrap();
        let (child, mut pipes) = match self.spare.take() {
            Some(spare) => spare,
            None => self.spawn(number).await,
        };
        assert!(matches!(pipes.hear().await, Some(Reply::Ready)));
        self.children[number] = child;
        self.pipes[number] = pipes;
        self.spare = Some(self.spawn(number).await);
    }

    /// Stores the tokens of logins, over whatever is there.
    pub(crate) async fn log_in(&self) {
        for key in &self.keys {
            self.log_in_for(key).await;
        }
    }

    async fn log_in_for(&self, key: &GrantKey) {
        let issued = self.fake.oauth().issue_for(SERIAL, &self.fake.client_id());
        let mut claims = Claims::default();
        claims.serial = Some(SERIAL.to_owned());
        let tokens = TokenSet::new(
            issued.access_token,
            Some(issued.refresh_token.into()),
            self.fake.clock().now(),
            issued.access_expires,
        )
        .with_refresh_expires_at(Some(issued.refresh_expires))
        .with_claims(claims);
        let before = self.store.load(key).await.unwrap();
        let before = before.map(|stored| stored.version);
        let swap = self
            .store
            .compare_and_swap(key, before, None, &tokens)
            .await
            .unwrap();
        assert!(matches!(swap, Swap::Swapped { .. }), "{swap:?}");
    }

    /// Lets so much time pass, for ANAF and all processes, and tells them to want tokens.
    pub(crate) async fn let_pass(&mut self, time: SignedDuration) {
        self.let_pass_with_login(time, None).await;
    }

    /// The same, and one process finishes a login beside it: which process, and for which grant.
    pub(crate) async fn let_pass_with_login(
        &mut self,
        time: SignedDuration,
        login: Option<(usize, usize)>,
    ) {
        self.elapsed += time.as_secs();
        self.fake.clock().advance(time);
        let code = login.map(|_| self.code()).unwrap_or_default();
        for (number, pipes) in self.pipes.iter_mut().enumerate() {
            let login = login.filter(|(who, _)| *who == number);
            let round = Round {
                elapsed: self.elapsed,
                login: login.map(|(_, grant)| (grant, code.clone())),
            };
            let line = serde_json::to_string(&round).unwrap();
            pipes.tell(&line).await;
        }
    }

    /// A code for the person of all grants, as their browser would bring it.
    fn code(&self) -> String {
        self.fake.oauth().next_login_as(SERIAL);
        let authorize = format!(
            "{}/authorize?response_type=code&token_content_type=jwt&client_id={}&redirect_uri={}",
            self.fake.oauth_base(),
            self.fake.client_id(),
            self.fake.redirect_uri()
        );
        let back = self.fake.log_in(&authorize).unwrap();
        let back = url::Url::parse(&back).unwrap();
        let code = back.query_pairs().find(|(name, _)| name == "code");
        code.expect("the fake gives a code").1.into_owned()
    }

    /// What each process says; `None` for one that is gone.
    pub(crate) async fn hear_all(pipes: &mut [Pipes]) -> Vec<Option<Reply>> {
        let all = futures_util::future::join_all(pipes.iter_mut().map(Pipes::hear));
        let late = "a process did not answer within a minute";
        tokio::time::timeout(Duration::from_secs(60), all)
            .await
            .expect(late)
    }

    /// Whether a process has a token that ANAF accepts.
    pub(crate) fn is_alive(&self, reply: &Option<Reply>) -> bool {
        matches!(reply, Some(Reply::Token(token)) if self.fake.oauth().is_access_token_alive(token))
    }

    /// The process that has announced a refresh and not written its outcome, as soon as there is one.
    pub(crate) async fn refresher(
        store: &dyn TokenStore,
        key: &GrantKey,
        pids: &[Option<u32>],
    ) -> Option<usize> {
        for _ in 0..200 {
            let journal = store.journalled(key).await.unwrap();
            let open = journal
                .iter()
                .rev()
                .find(|entry| entry.answer.is_none() && entry.version > 0);
            let pid = open.and_then(|entry| entry.holder.split('-').next()?.parse().ok());
            if let Some(number) = pids.iter().position(|known| pid.is_some() && *known == pid) {
                return Some(number);
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        None
    }

    /// Looks whether a secret can be seen in the arguments of the processes.
    pub(crate) fn arguments_hold_no_secret(&self) {
        for child in &self.children {
            let path = format!("/proc/{}/cmdline", child.id().unwrap());
            let Ok(arguments) = std::fs::read(path) else {
                return;
            };
            let arguments = String::from_utf8_lossy(&arguments).into_owned();
            assert!(arguments.contains("worker_process"), "{arguments}");
            assert!(
                !arguments.contains(&self.fake.client_secret()),
                "{arguments}"
            );
        }
    }
}
