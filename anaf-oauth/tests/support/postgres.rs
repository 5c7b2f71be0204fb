//! A schema of its own for each test.

use anaf_oauth::store::{PostgresStore, StoreError};
use std::io::Write as _;
use tokio_postgres::NoTls;

use super::Place;

/// A schema that is dropped at the end of a test.
pub(crate) struct Schema {
    url: String,
    name: String,
}

impl Schema {
    /// A new name on the server of the environment, or on this machine's. `None`, and a loud line, if there is none and
    /// none is required.
    pub(crate) async fn new() -> Option<Self> {
        let Some(url) = server().await else {
            let loud = "SKIPPED: no PostgreSQL server on 127.0.0.1:5432; set ANAF_TEST_POSTGRES_URL to one";
            assert!(
                std::env::var_os("ANAF_REQUIRE_POSTGRES").is_none(),
                "{loud}"
            );
            // Not by a print macro: the test runner hides those of tests that pass.
            let _ = writeln!(std::io::stderr(), "\n{loud}");
            return None;
        };
        let name = format!("anaf_test_{:016x}", fastrand::u64(..));
        Some(Self { url, name })
    }

    pub(crate) fn place(&self) -> Place {
        Place::Postgres {
            url: self.url.clone(),
            schema: self.name.clone(),
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// User, host, port and database of a plain URL.
    pub(crate) fn parts(&self) -> Option<(String, String, u16, String)> {
        let config: tokio_postgres::Config = self.url.parse().ok()?;
        let host = match config.get_hosts().first()? {
            tokio_postgres::config::Host::Tcp(host) => host.clone(),
            #[cfg(unix)]
            tokio_postgres::config::Host::Unix(_) => return None,
        };
        if config.get_password().is_some() {
            return None;
        }
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let user = config.get_user()?.to_owned();
        let database = config.get_dbname().unwrap_or(&user).to_owned();
        Some((user, host, port, database))
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Runs SQL beside the store; `{s}` stands for the schema.
    pub(crate) async fn run(&self, sql: &str) {
        let client = connect(&self.url).await.unwrap();
        client
            .batch_execute(&sql.replace("{s}", &self.name))
            .await
            .unwrap();
    }

    pub(crate) async fn drop(self) {
        self.run("SET client_min_messages = warning; DROP SCHEMA IF EXISTS {s} CASCADE")
            .await;
    }
}

pub(crate) async fn open(url: &str, schema: &str) -> Result<PostgresStore, StoreError> {
    PostgresStore::open_or_create(url, schema).await
}

async fn connect(url: &str) -> Option<tokio_postgres::Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.ok()?;
    tokio::spawn(connection);
    Some(client)
}

async fn server() -> Option<String> {
    if let Ok(url) = std::env::var("ANAF_TEST_POSTGRES_URL") {
        return Some(url);
    }
    for (user, database) in [
        ("postgres", "test"),
        ("postgres", "postgres"),
        ("root", "root"),
        ("root", "test"),
    ] {
        let url = format!("postgres://{user}@127.0.0.1:5432/{database}?connect_timeout=3");
        if connect(&url).await.is_some() {
            return Some(url);
        }
    }
    None
}
