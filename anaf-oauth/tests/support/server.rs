//! The PostgreSQL server of the tests, and a schema of its own for each. The tests across crates include this file, too.

use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;

use tokio_postgres::{Client, NoTls};

/// A schema that is dropped at the end of a test.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    url: String,
    name: String,
}

impl Schema {
    /// A new name on the server of `ANAF_TEST_POSTGRES_URL`, or on this machine's. `None`, and a loud line, if there is none
    /// and `ANAF_REQUIRE_POSTGRES` does not ask for one.
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
        let unique = RandomState::new().hash_one(std::process::id());
        let name = format!("anaf_test_{unique:016x}");
        Some(Self { url, name })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
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

async fn connect(url: &str) -> Option<Client> {
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
