//! One process of several on one store: it is told over its standard input what time it is, and asks for a token.

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anaf_http::{Clock, Sleep, SystemClock, Timeouts};
use anaf_oauth::store::{FileStore, GrantKey, PostgresStore, SqliteStore, StoreError, TokenStore};
use anaf_oauth::{Application, Callback, Code, Endpoints, Grants, OAuthClient};
use anaf_types::Host;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A store that any process can open.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Place {
    Folder(PathBuf),
    Sqlite(PathBuf),
    Postgres { url: String, schema: String },
}

impl Place {
    /// For people.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Folder(_) => "files",
            Self::Sqlite(_) => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    pub(crate) async fn open(&self) -> Result<Arc<dyn TokenStore>, StoreError> {
        Ok(match self {
            Self::Folder(path) => Arc::new(FileStore::open_or_create(path)?),
            Self::Sqlite(path) => Arc::new(SqliteStore::open_or_create(path)?),
            Self::Postgres { url, schema } => {
                Arc::new(PostgresStore::open_or_create(url, schema).await?)
            }
        })
    }
}

/// What a process is told when it starts: over a pipe, since others can see a process's arguments.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Orders {
    pub(crate) place: Place,
    pub(crate) oauth_base: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) callback: String,
    /// The grants that the process wants tokens of.
    pub(crate) keys: Vec<String>,
    /// How long the others wait for a process that died with the lease.
    pub(crate) lease: Duration,
    /// A call to the token endpoint ends by then; so long a person's lease holds at least.
    pub(crate) call: Duration,
    /// By how much this machine's clock is wrong.
    pub(crate) skew_seconds: i64,
}

/// What a process is told in each round.
#[derive(Serialize, Deserialize)]
pub(crate) struct Round {
    /// How many seconds have passed since the beginning.
    pub(crate) elapsed: i64,
    /// A login to finish beside everything else: for which of the grants, and the code.
    pub(crate) login: Option<(usize, String)>,
}

/// What a process says of a grant in a round.
#[derive(Serialize, Deserialize)]
pub(crate) enum Reply {
    Ready,
    Token(String),
    Failed { kind: String, text: String },
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ready => f.write_str("ready"),
            // The signature tells tokens apart.
            Self::Token(token) => write!(f, "…{}", &token[token.len().saturating_sub(8)..]),
            Self::Failed { kind, text } => write!(f, "{kind}: {text}"),
        }
    }
}

/// The machine's clock, moved by a number of seconds: the steady one, too, since so much time has passed.
#[derive(Debug)]
struct Moved {
    machine: SystemClock,
    elapsed: Arc<AtomicI64>,
    skew: i64,
}

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        let seconds = self.elapsed.load(Ordering::SeqCst) + self.skew;
        self.machine.now() + SignedDuration::from_secs(seconds)
    }

    fn monotonic(&self) -> Duration {
        let seconds = self.elapsed.load(Ordering::SeqCst);
        self.machine.monotonic() + Duration::from_secs(seconds.unsigned_abs())
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.machine.sleep(duration)
    }
}

/// The life of a process: orders, then one line for each round, which it answers with one line for each grant.
pub(crate) async fn live() {
    let mut lines = std::io::stdin().lock().lines();
    let Some(Ok(orders)) = lines.next() else {
        return;
    };
    let orders: Orders = serde_json::from_str(&orders).unwrap();
    let elapsed = Arc::new(AtomicI64::new(0));
    let clock = Moved {
        machine: SystemClock::new(),
        elapsed: elapsed.clone(),
        skew: orders.skew_seconds,
    };
    let application =
        Application::new(orders.client_id, orders.client_secret, &orders.callback).unwrap();
    let mut timeouts = Timeouts::default();
    timeouts.total = orders.call;
    let client = OAuthClient::builder(application)
        .endpoints(
            Endpoints::anaf()
                .with(Host::OAuth, &orders.oauth_base)
                .unwrap(),
        )
        .clock(clock)
        .timeouts(timeouts)
        .build()
        .unwrap();
    let store = orders.place.open().await.unwrap();
    let grants = Grants::shared(client, store)
        .lease(orders.lease)
        .build()
        .unwrap();
    let key = |text: &String| GrantKey::new(text).unwrap();
    let keys: Vec<GrantKey> = orders.keys.iter().map(key).collect();
    say(&Reply::Ready);
    for line in lines {
        let Ok(line) = line else { return };
        let round: Round = serde_json::from_str(&line).unwrap();
        elapsed.store(round.elapsed, Ordering::SeqCst);
        let (login, grants) = (&round.login, &grants);
        let wanted = keys.iter().enumerate().map(|(number, key)| async move {
            if let Some((_, code)) = login.as_ref().filter(|(which, _)| *which == number) {
                grants.log_in(key, code_of(code)).await?;
            }
            grants.grant(key).bearer().await
        });
        for outcome in futures_util::future::join_all(wanted).await {
            say(&match outcome {
                Ok(bearer) => Reply::Token(bearer.expose().to_owned()),
                Err(error) => Reply::Failed {
                    kind: error.kind().to_string(),
                    text: error.to_string(),
                },
            });
        }
    }
}

fn code_of(text: &str) -> Code {
    let callback = Callback::from_query(&format!("code={text}")).unwrap();
    callback.into_code().unwrap()
}

/// The test harness may have written to the line: ours begins after the mark.
fn say(reply: &Reply) {
    let mut out = std::io::stdout().lock();
    let text = serde_json::to_string(reply).unwrap();
    writeln!(out, "\n@{text}")
        .and_then(|()| out.flush())
        .unwrap();
}
