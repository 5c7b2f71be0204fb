//! Where a PostgreSQL store is, and how it is reached.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;

use super::PostgresStore;
use super::open::Want;
use crate::store::StoreError;

/// Where a [`PostgresStore`] is, and how it is reached. `Debug` shows neither the URL nor what is in it.
#[derive(Clone)]
#[must_use]
pub struct PostgresSettings {
    pub(super) url: SecretString,
    pub(super) schema: String,
    pub(super) roots: Option<Vec<u8>>,
    pub(super) connections: usize,
    pub(super) patience: Duration,
}

impl PostgresSettings {
    /// A server and a schema. `url` is a `postgres://` URL, or a text of `key=value` pairs as `libpq` reads them.
    ///
    /// A server on another machine is met with TLS, and must prove its name; only `sslmode=disable` in the URL, on a
    /// network that you trust, keeps it from that. On this machine there is no TLS unless the URL says
    /// `sslmode=require`.
    pub fn new(url: &str, schema: &str) -> Self {
        Self {
            url: url.into(),
            schema: schema.to_owned(),
            roots: None,
            connections: 8,
            patience: Duration::from_secs(10),
        }
    }

    /// Trusts these root certificates (PEM) and no others, as `sslrootcert` does for `libpq`. Unset, what the operating
    /// system trusts.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots = Some(pem.into());
        self
    }

    /// How many connections an instance keeps: 8 unless set, 1 at least.
    pub fn connections(mut self, count: usize) -> Self {
        self.connections = count.max(1);
        self
    }

    /// How long getting a connection may take, and how long an answer: 10 s each unless set. A connection on which an answer
    /// did not come in time is closed, not used again.
    pub fn patience(mut self, time: Duration) -> Self {
        self.patience = time.max(Duration::from_millis(1));
        self
    }

    /// Makes a store of [`SCHEMA_VERSION`](crate::store::SCHEMA_VERSION) in a schema that is missing or has no store yet.
    ///
    /// # Errors
    /// [`StoreError::Place`] if there is a store, [`StoreError::Invalid`], [`StoreError::Unavailable`].
    pub async fn create(self) -> Result<PostgresStore, StoreError> {
        PostgresStore::prepare(self, Want::New).await
    }

    /// Opens a store, and brings it up to [`SCHEMA_VERSION`](crate::store::SCHEMA_VERSION).
    ///
    /// # Errors
    /// [`StoreError::Place`] if there is none, [`StoreError::TooNew`], [`StoreError::Invalid`],
    /// [`StoreError::Unavailable`].
    pub async fn open(self) -> Result<PostgresStore, StoreError> {
        PostgresStore::prepare(self, Want::Existing).await
    }

    /// Opens the store or makes it; several instances may do so at once.
    ///
    /// # Errors
    /// As [`PostgresSettings::open`].
    pub async fn open_or_create(self) -> Result<PostgresStore, StoreError> {
        PostgresStore::prepare(self, Want::Either).await
    }
}

impl fmt::Debug for PostgresSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresSettings")
            .field("schema", &self.schema)
            .field("connections", &self.connections)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
