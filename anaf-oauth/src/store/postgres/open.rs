//! Connecting, and bringing the schema up.

use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Client, NoTls, Transaction};

use super::tls::Tls;
use super::{PostgresSettings, failed, sql};
use crate::store::StoreError;

/// After how long a silence the system asks whether the server is still there.
const IDLE: Duration = Duration::from_secs(30);

/// Whether the store may be made, must be made, or must be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    New,
    Existing,
    Either,
}

/// Connections to the server of the URL. On this machine without TLS unless the URL asks for it; to another machine with
/// TLS and a server that has proved its name, unless the URL forbids it.
pub(super) fn pool(settings: &PostgresSettings) -> Result<Pool, StoreError> {
    let config = settings.url.expose_secret();
    let mut config: tokio_postgres::Config = config
        .parse()
        .map_err(|error| StoreError::invalid(format!("the PostgreSQL URL: {error}")))?;
    config.ssl_mode(ssl_mode(&config));
    if config.get_application_name().is_none() {
        config.application_name("anaf-oauth");
    }
    let patience = settings.patience;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(patience);
    }
    // A server that vanished without a word must not hold a pooled connection for minutes.
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(patience);
    }
    config.keepalives_idle(IDLE);
    let recycling = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let manager = match config.get_ssl_mode() {
        SslMode::Disable => Manager::from_config(config, NoTls, recycling),
        _ => {
            let tls = Tls::new(settings.roots.as_deref())?;
            Manager::from_config(config, tls, recycling)
        }
    };
    Pool::builder(manager)
        .max_size(settings.connections)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(patience))
        .create_timeout(Some(patience))
        .recycle_timeout(Some(patience))
        .build()
        .map_err(StoreError::unavailable)
}

/// What the URL says; where it leaves it open, no TLS on this machine and nothing but TLS to another. Never "if the
/// server likes": whoever stands between could make it not like to.
fn ssl_mode(config: &tokio_postgres::Config) -> SslMode {
    let here = |host: &Host| match host {
        #[cfg(unix)]
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|ip| ip.is_loopback())
        }
    };
    let all_here = config.get_hosts().iter().all(here)
        && config.get_hostaddrs().iter().all(|ip| ip.is_loopback());
    match config.get_ssl_mode() {
        SslMode::Disable => SslMode::Disable,
        SslMode::Prefer if all_here => SslMode::Disable,
        _ => SslMode::Require,
    }
}

/// Refuses a schema's name that would need more than quotes.
pub(super) fn check_name(schema: &str) -> Result<(), StoreError> {
    let tame = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let first = schema
        .bytes()
        .next()
        .is_some_and(|byte| !byte.is_ascii_digit());
    if !first || schema.len() > 63 || !schema.bytes().all(tame) {
        return Err(StoreError::invalid(
            "a PostgreSQL schema for tokens is named with at most 63 of a-z, 0-9 and _, not beginning with a digit",
        ));
    }
    Ok(())
}

/// Makes the schema or opens it, as wanted, and brings it up to the end of `steps`.
pub(super) async fn prepare(
    client: &mut Client,
    schema: &str,
    want: Want,
    steps: &[&str],
) -> Result<(), StoreError> {
    let transaction = client.transaction().await.map_err(failed)?;
    let encoding: String = value(&transaction, "SHOW server_encoding", &[]).await?;
    if encoding != "UTF8" {
        let detail = format!("the database's encoding is {encoding}; UTF8 is needed");
        return Err(place(schema, &detail));
    }
    // Instances that start at once do this one after another; the lock goes with the transaction.
    let lock = advisory(schema);
    transaction
        .execute("SELECT pg_advisory_xact_lock($1)", &[&lock])
        .await
        .map_err(failed)?;
    let tables = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'schema_version')";
    let exists: bool = value(&transaction, tables, &[&schema]).await?;
    match (exists, want) {
        (true, Want::New) => return Err(place(schema, "there is a store already")),
        (false, Want::Existing) => {
            return Err(place(schema, "there is no store: create it first"));
        }
        (false, _) => claim(&transaction, schema).await?,
        (true, _) => {}
    }
    migrate(&transaction, schema, steps).await?;
    transaction.commit().await.map_err(failed)
}

fn place(schema: &str, detail: &str) -> StoreError {
    StoreError::Place {
        what: format!("PostgreSQL schema {schema}"),
        detail: detail.to_owned(),
    }
}

/// A statement's text for a schema.
fn text(template: &str, schema: &str) -> String {
    template.replace("{s}", &format!("\"{schema}\""))
}

/// The one value that a query gives.
async fn value<T>(
    transaction: &Transaction<'_>,
    query: &str,
    values: &[&(dyn ToSql + Sync)],
) -> Result<T, StoreError>
where
    T: for<'a> FromSql<'a>,
{
    let row = transaction.query_one(query, values).await.map_err(failed)?;
    row.try_get(0).map_err(failed)
}

/// Makes the schema, if it is missing, and its version 0.
async fn claim(transaction: &Transaction<'_>, schema: &str) -> Result<(), StoreError> {
    // Only if it is missing: a role that may not create schemas can use one that was made for it.
    let found = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)";
    if !value::<bool>(transaction, found, &[&schema]).await? {
        let create = text("CREATE SCHEMA {s}", schema);
        transaction.batch_execute(&create).await.map_err(failed)?;
    }
    let table = text(sql::VERSION_TABLE, schema);
    transaction.batch_execute(&table).await.map_err(failed)
}

async fn migrate(
    transaction: &Transaction<'_>,
    schema: &str,
    steps: &[&str],
) -> Result<(), StoreError> {
    let version: i32 = value(transaction, &text(sql::VERSION, schema), &[]).await?;
    let supported = i32::try_from(steps.len()).unwrap_or(i32::MAX);
    let done = usize::try_from(version).ok();
    let Some(done) = done.filter(|_| version <= supported) else {
        return Err(StoreError::TooNew {
            what: format!("PostgreSQL schema {schema}"),
            found: version.unsigned_abs(),
            supported: supported.unsigned_abs(),
        });
    };
    for step in steps.iter().skip(done) {
        let step = text(step, schema);
        transaction.batch_execute(&step).await.map_err(failed)?;
    }
    if version < supported {
        let update = text("UPDATE {s}.schema_version SET version = $1", schema);
        transaction
            .execute(&update, &[&supported])
            .await
            .map_err(failed)?;
    }
    Ok(())
}

/// The number of the lock under which a schema is brought up.
fn advisory(schema: &str) -> i64 {
    let mut digest = Sha256::new();
    digest.update(b"anaf-oauth schema ");
    digest.update(schema.as_bytes());
    let mut number = [0; 8];
    for (to, from) in number.iter_mut().zip(digest.finalize()) {
        *to = from;
    }
    i64::from_be_bytes(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_elsewhere_is_met_with_tls_alone() {
        let cases = [
            ("postgres://u@127.0.0.1:5432/x", SslMode::Disable),
            ("postgres://u@localhost/x", SslMode::Disable),
            ("host=/var/run/postgresql user=x", SslMode::Disable),
            ("postgres://u@localhost/x?sslmode=require", SslMode::Require),
            ("postgres://u@db.example/x", SslMode::Require),
            ("postgres://u@db.example/x?sslmode=prefer", SslMode::Require),
            ("host=localhost hostaddr=10.0.0.1", SslMode::Require),
            ("host=localhost,db.example", SslMode::Require),
            (
                "postgres://u@db.example/x?sslmode=disable",
                SslMode::Disable,
            ),
        ];
        for (url, mode) in cases {
            assert_eq!(ssl_mode(&url.parse().unwrap()), mode, "{url}");
        }
    }

    #[test]
    fn a_wrong_url_is_not_quoted() {
        for url in [
            "postgres://u:s3cret@[x",
            "host=x password=s3cret port=s3cret",
        ] {
            let settings = PostgresSettings::new(url, "tokens");
            let error = pool(&settings).map(|_| ()).unwrap_err();
            assert!(matches!(error, StoreError::Invalid { .. }), "{url}");
            let shown = format!("{error} {settings:?}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }

    #[test]
    fn names_of_schemas() {
        for good in ["anaf", "_x9"] {
            assert!(check_name(good).is_ok());
        }
        for bad in ["", "9a", "A", "a-b", "a\"b", &"a".repeat(64)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
