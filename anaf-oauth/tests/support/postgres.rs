//! PostgreSQL as the tests of the stores need it.

use anaf_oauth::store::{PostgresStore, StoreError};

use super::Place;
pub(crate) use super::server::Schema;

impl Schema {
    pub(crate) fn place(&self) -> Place {
        Place::Postgres {
            url: self.url().to_owned(),
            schema: self.name().to_owned(),
        }
    }

    /// User, host, port and database of a plain URL.
    pub(crate) fn parts(&self) -> Option<(String, String, u16, String)> {
        let config: tokio_postgres::Config = self.url().parse().ok()?;
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
}

pub(crate) async fn open(url: &str, schema: &str) -> Result<PostgresStore, StoreError> {
    PostgresStore::open_or_create(url, schema).await
}
