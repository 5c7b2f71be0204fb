//! Several processes, their fake ANAF and their store.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anaf_oauth::store::{GrantKey, Swap, TokenSet, TokenStore};
use fake_anaf::FakeAnaf;
use jiff::SignedDuration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::worker::{Orders, Place, Reply};

/// Tells the test program that it is one of the processes.
pub(crate) const CHILD: &str = "ANAF_END_TO_END_WORKER";

const SERIAL: &str = "1234AA456";

pub(crate) struct Fleet {
    pub(crate) fake: FakeAnaf,
    pub(crate) store: Arc<dyn TokenStore>,
    pub(crate) key: GrantKey,
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
    pub(crate) count: usize,
    /// By how much the clocks of the second half are wrong.
    pub(crate) skew_seconds: i64,
    pub(crate) lease: Duration,
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
    /// Starts processes around one grant.
    pub(crate) async fn start(place: Place, plan: Plan) -> Self {
        let fake = FakeAnaf::builder().start().await.unwrap();
        let store = place.open().await.unwrap();
        let key = GrantKey::new("firma 753217532 – Țăndărică").unwrap();
        let orders = |number: usize| Orders {
            place: place.clone(),
            oauth_base: fake.oauth_base(),
            client_id: fake.client_id(),
            client_secret: fake.client_secret(),
            callback: fake.redirect_uri(),
            key: key.as_str().to_owned(),
            lease: plan.lease,
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
            key,
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

    /// Stores the tokens of a login, over whatever is there.
    pub(crate) async fn log_in(&self) {
        let issued = self.fake.oauth().issue_for(SERIAL, &self.fake.client_id());
        let tokens = TokenSet::new(
            issued.access_token,
            Some(issued.refresh_token.into()),
            self.fake.clock().now(),
            issued.access_expires,
        )
        .with_refresh_expires_at(Some(issued.refresh_expires));
        let before = self
            .store
            .load(&self.key)
            .await
            .unwrap()
            .map(|stored| stored.version);
        let swap = self
            .store
            .compare_and_swap(&self.key, before, None, &tokens)
            .await
            .unwrap();
        assert!(matches!(swap, Swap::Swapped { .. }), "{swap:?}");
    }

    /// Lets so much time pass, for ANAF and all processes, and tells them to want a token.
    pub(crate) async fn let_pass(&mut self, time: SignedDuration) {
        self.elapsed += time.as_secs();
        self.fake.clock().advance(time);
        let line = self.elapsed.to_string();
        for pipes in &mut self.pipes {
            pipes.tell(&line).await;
        }
    }

    /// What each process says; `None` for one that is gone.
    pub(crate) async fn hear_all(pipes: &mut [Pipes]) -> Vec<Option<Reply>> {
        let all = futures_util::future::join_all(pipes.iter_mut().map(Pipes::hear));
        let late = "a process did not answer within a minute";
        tokio::time::timeout(Duration::from_secs(60), all)
            .await
            .expect(late)
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
