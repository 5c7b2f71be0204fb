//! Where the stores of these tests live.

use std::io::Write as _;
use std::path::Path;

use crate::worker::Place;

/// A store, and what goes with it at the end.
pub(crate) struct Site {
    pub(crate) place: Place,
    folder: Option<tempfile::TempDir>,
}

/// In memory where the system has such a place: a killed process loses nothing there either.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in(Path::new("/dev/shm")).unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

impl Site {
    pub(crate) fn files() -> Self {
        let folder = folder();
        Self {
            place: Place::Folder(folder.path().join("tokens")),
            folder: Some(folder),
        }
    }

    pub(crate) fn sqlite() -> Self {
        let folder = folder();
        Self {
            place: Place::Sqlite(folder.path().join("tokens.db")),
            folder: Some(folder),
        }
    }

    /// A schema of its own on the server of `ANAF_TEST_POSTGRES_URL`, or on this machine's. `None`, and a loud line, if
    /// there is none and `ANAF_REQUIRE_POSTGRES` does not ask for one.
    pub(crate) async fn postgres() -> Option<Self> {
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
        let unique = tempfile::Builder::new()
            .prefix("")
            .rand_bytes(12)
            .tempdir()
            .unwrap();
        let name = unique
            .path()
            .file_name()
            .unwrap()
            .to_string_lossy()
            .to_lowercase();
        Some(Self {
            place: Place::Postgres {
                url,
                schema: format!("anaf_test_{name}"),
            },
            folder: None,
        })
    }

    pub(crate) async fn clear(self) {
        if let Place::Postgres { url, schema } = &self.place {
            let client = connect(url).await.unwrap();
            let sql = format!(
                "SET client_min_messages = warning; DROP SCHEMA IF EXISTS {schema} CASCADE"
            );
            client.batch_execute(&sql).await.unwrap();
        }
        drop(self.folder);
    }
}

async fn connect(url: &str) -> Option<tokio_postgres::Client> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .ok()?;
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
