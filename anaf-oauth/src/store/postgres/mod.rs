//! A store in PostgreSQL, for many machines.

mod open;
mod rows;
mod settings;
mod sql;
mod tls;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_postgres::{Object, Pool};
use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use zeroize::Zeroizing;

use self::open::Want;
use self::rows::{get, login, nanoseconds, signed, signed_opt, stored, time, unsigned};
pub use self::settings::PostgresSettings;
use super::{
    Advance, GrantKey, JournalEntry, Lease, LeaseOutcome, LoginHash, LoginPhase, PendingLogin,
    StoreError, Stored, Swap, TokenSet, TokenStore, check_lease,
};

/// How often a statement is repeated that was overtaken between its trying and its looking why it did nothing.
const OVERTAKEN: usize = 16;

/// A store in a schema of a PostgreSQL database (version 12 or later, UTF-8), for any number of instances on any number
/// of machines.
///
/// Lease time is the server's: a machine whose clock is wrong does no harm. Each call is one statement that is right
/// under any concurrency; the schema's migrations run under an advisory lock, so instances may start at once. Whoever
/// can read the schema can read the tokens: give it to a role of its own.
///
/// ```no_run
/// # async fn run() -> Result<(), anaf_oauth::store::StoreError> {
/// use anaf_oauth::store::PostgresStore;
/// let store = PostgresStore::open_or_create("postgres://invoicing@127.0.0.1/invoicing", "anaf_tokens").await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct PostgresStore(Arc<Base>);

struct Base {
    pool: Pool,
    patience: Duration,
    schema: String,
    quoted: String,
}

type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

impl PostgresStore {
    /// As [`PostgresSettings::create`], with nothing else set.
    ///
    /// # Errors
    /// As [`PostgresSettings::create`].
    pub async fn create(url: &str, schema: &str) -> Result<Self, StoreError> {
        PostgresSettings::new(url, schema).create().await
    }

    /// As [`PostgresSettings::open`], with nothing else set.
    ///
    /// # Errors
    /// As [`PostgresSettings::open`].
    pub async fn open(url: &str, schema: &str) -> Result<Self, StoreError> {
        PostgresSettings::new(url, schema).open().await
    }

    /// As [`PostgresSettings::open_or_create`], with nothing else set.
    ///
    /// # Errors
    /// As [`PostgresSettings::open_or_create`].
    pub async fn open_or_create(url: &str, schema: &str) -> Result<Self, StoreError> {
        PostgresSettings::new(url, schema).open_or_create().await
    }

    async fn prepare(settings: PostgresSettings, want: Want) -> Result<Self, StoreError> {
        open::check_name(&settings.schema)?;
        let pool = open::pool(&settings)?;
        let (schema, patience) = (settings.schema, settings.patience);
        let mut client = pool.get().await.map_err(|error| no_connection(&error))?;
        open::prepare(&mut client, &schema, want, sql::STEPS).await?;
        drop(client);
        Ok(Self(Arc::new(Base {
            pool,
            patience,
            quoted: format!("\"{schema}\""),
            schema,
        })))
    }

    /// Runs a statement.
    async fn query(&self, template: &str, values: Values<'_>) -> Result<Vec<Row>, StoreError> {
        let pool = &self.0.pool;
        let client = pool.get().await.map_err(|error| no_connection(&error))?;
        let text = template.replace("{s}", &self.0.quoted);
        let work = async {
            let statement = client.prepare_cached(&text).await?;
            client.query(&statement, values).await
        };
        let Ok(outcome) = tokio::time::timeout(self.0.patience, work).await else {
            // Whoever got it next would wait behind the same silence: it is closed instead of going back to the pool.
            drop(Object::take(client));
            return Err(StoreError::unavailable("PostgreSQL did not answer in time"));
        };
        outcome.map_err(failed)
    }

    async fn query_opt(
        &self,
        template: &str,
        values: Values<'_>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.query(template, values).await?.into_iter().next())
    }
}

fn no_connection(error: &deadpool_postgres::PoolError) -> StoreError {
    match error {
        deadpool_postgres::PoolError::Backend(error) => failed_ref(error),
        other => StoreError::unavailable(format_args!("PostgreSQL: {other}")),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn failed(error: tokio_postgres::Error) -> StoreError {
    failed_ref(&error)
}

/// The server's code and message. Its detail is left out, because it may quote values.
fn failed_ref(error: &tokio_postgres::Error) -> StoreError {
    match error.as_db_error() {
        Some(db) => StoreError::unavailable(format_args!(
            "PostgreSQL: {} (SQLSTATE {})",
            db.message(),
            db.code().code()
        )),
        None => {
            use std::error::Error as _;
            let cause = error
                .source()
                .map_or(String::new(), |cause| format!(": {cause}"));
            StoreError::unavailable(format_args!("PostgreSQL: {error}{cause}"))
        }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("schema", &self.0.schema)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl TokenStore for PostgresStore {
    async fn load(&self, key: &GrantKey) -> Result<Option<Stored>, StoreError> {
        match self.query_opt(sql::LOAD, &[&key.as_str()]).await? {
            Some(row) => stored(key, &row),
            None => Ok(None),
        }
    }

    async fn compare_and_swap(
        &self,
        key: &GrantKey,
        expected: Option<u64>,
        fence: Option<u64>,
        new: &TokenSet,
    ) -> Result<Swap, StoreError> {
        let (version, number) = (signed_opt(expected)?, signed_opt(fence)?);
        let (name, json) = (key.as_str(), new.to_json());
        for _ in 0..OVERTAKEN {
            let row = match version {
                Some(version) => {
                    let values: Values<'_> = &[&name, &version, &number, &json.as_str()];
                    self.query_opt(sql::SWAP, values).await?
                }
                None => {
                    let values: Values<'_> = &[&name, &number, &json.as_str()];
                    self.query_opt(sql::CREATE, values).await?
                }
            };
            if let Some(row) = row {
                let version = unsigned(&row, 0)?;
                return Ok(Swap::Swapped { version });
            }
            let (found, latest) = match self.query_opt(sql::WHY, &[&name]).await? {
                Some(row) => (stored(key, &row)?, unsigned(&row, 2)?),
                None => (None, 0),
            };
            if fence.is_some_and(|fence| fence != latest) {
                return Ok(Swap::Fenced { latest });
            }
            if found.as_ref().map(|stored| stored.version) != expected {
                return Ok(Swap::Conflict(found));
            }
            // What stood in the way a moment ago is gone.
        }
        Err(StoreError::unavailable("others kept changing the grant"))
    }

    async fn delete(&self, key: &GrantKey, expected: Option<u64>) -> Result<bool, StoreError> {
        let expected = signed_opt(expected)?;
        let row = self
            .query_opt(sql::DELETE, &[&key.as_str(), &expected])
            .await?;
        Ok(row.is_some())
    }

    async fn keys(
        &self,
        after: Option<&GrantKey>,
        limit: usize,
    ) -> Result<Vec<GrantKey>, StoreError> {
        // No key is empty, so that all come after the empty text.
        let after = after.map_or("", GrantKey::as_str);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.query(sql::KEYS, &[&after, &limit]).await?;
        let key = |row: &Row| GrantKey::new(get::<&str>(row, 0)?);
        rows.iter().map(key).collect()
    }

    async fn acquire_lease(
        &self,
        key: &GrantKey,
        holder: &str,
        ttl: Duration,
    ) -> Result<LeaseOutcome, StoreError> {
        check_lease(holder, ttl)?;
        let (name, seconds) = (key.as_str(), ttl.as_secs_f64());
        for _ in 0..OVERTAKEN {
            if let Some(row) = self
                .query_opt(sql::ACQUIRE, &[&name, &holder, &seconds])
                .await?
            {
                let fence = unsigned(&row, 0)?;
                return Ok(LeaseOutcome::Granted(Lease::new(
                    key.clone(),
                    holder,
                    fence,
                    ttl,
                )));
            }
            // Nobody holds it any more if there is no row: then it is asked for again.
            if let Some(row) = self.query_opt(sql::HOLDER, &[&name]).await? {
                let seconds: f64 = get(&row, 1)?;
                let remaining = Duration::try_from_secs_f64(seconds).unwrap_or_default();
                return Ok(LeaseOutcome::Held {
                    remaining,
                    holder: get(&row, 0)?,
                });
            }
        }
        Err(StoreError::unavailable("others kept taking the lease"))
    }

    async fn renew_lease(&self, lease: &Lease, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        check_lease(&lease.holder, ttl)?;
        let (fence, seconds) = (signed(lease.fence)?, ttl.as_secs_f64());
        let values: Values<'_> = &[&lease.key.as_str(), &fence, &lease.holder, &seconds];
        let row = self.query_opt(sql::RENEW, values).await?;
        Ok(row.map(|_| Lease::new(lease.key.clone(), &*lease.holder, lease.fence, ttl)))
    }

    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        let fence = signed(lease.fence)?;
        let values: Values<'_> = &[&lease.key.as_str(), &fence, &lease.holder];
        self.query(sql::RELEASE, values).await?;
        Ok(())
    }

    async fn journal(&self, key: &GrantKey, entry: &JournalEntry) -> Result<(), StoreError> {
        let answer = entry.answer.as_ref().map(TokenSet::to_json);
        let values: Values<'_> = &[
            &key.as_str(),
            &signed(entry.fence)?,
            &entry.holder,
            &signed(entry.version)?,
            &nanoseconds(entry.begun_at)?,
            &answer.as_ref().map(|json| json.as_str()),
            &(JournalEntry::KEPT as i64),
        ];
        self.query(sql::JOURNAL, values).await?;
        Ok(())
    }

    async fn journalled(&self, key: &GrantKey) -> Result<Vec<JournalEntry>, StoreError> {
        let rows = self.query(sql::JOURNALLED, &[&key.as_str()]).await?;
        let entry = |row: &Row| {
            let mut entry = JournalEntry::intent(
                unsigned(row, 0)?,
                get::<String>(row, 1)?,
                unsigned(row, 2)?,
                time(row, 3)?,
            );
            let json = get::<Option<String>>(row, 4)?.map(Zeroizing::new);
            let what = || format!("the journal of {key:?}");
            entry.answer = json
                .map(|json| TokenSet::from_json(&what(), &json))
                .transpose()?;
            Ok(entry)
        };
        rows.iter().map(entry).collect()
    }

    async fn clear_journal(&self, key: &GrantKey, through: u64) -> Result<(), StoreError> {
        let through = i64::try_from(through).unwrap_or(i64::MAX);
        self.query(sql::CLEAR_JOURNAL, &[&key.as_str(), &through])
            .await?;
        Ok(())
    }

    async fn put_login(&self, login: &PendingLogin) -> Result<bool, StoreError> {
        let values: Values<'_> = &[
            &login.id.to_hex(),
            &login.state.to_hex(),
            &login.key.as_str(),
            &login.redirect_uri,
            &nanoseconds(login.created_at)?,
            &nanoseconds(login.expires_at)?,
            &login.phase.as_str(),
            &nanoseconds(login.changed_at)?,
            &login.reason,
        ];
        Ok(self.query_opt(sql::PUT_LOGIN, values).await?.is_some())
    }

    async fn login(&self, id: &LoginHash) -> Result<Option<PendingLogin>, StoreError> {
        let row = self.query_opt(sql::LOGIN, &[&id.to_hex()]).await?;
        row.as_ref().map(login).transpose()
    }

    async fn login_by_state(&self, state: &LoginHash) -> Result<Option<PendingLogin>, StoreError> {
        let row = self
            .query_opt(sql::LOGIN_BY_STATE, &[&state.to_hex()])
            .await?;
        row.as_ref().map(login).transpose()
    }

    async fn advance_login(
        &self,
        id: &LoginHash,
        from: &[LoginPhase],
        to: LoginPhase,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<Advance, StoreError> {
        let from: Vec<&str> = from.iter().map(|phase| phase.as_str()).collect();
        let at = nanoseconds(at)?;
        let values: Values<'_> = &[&id.to_hex(), &from, &to.as_str(), &reason, &at];
        match self.query_opt(sql::ADVANCE, values).await? {
            Some(row) => Ok(Advance::Done(login(&row)?)),
            None => Ok(Advance::Refused(self.login(id).await?)),
        }
    }

    async fn purge_logins(&self, before: Timestamp) -> Result<u64, StoreError> {
        let values: Values<'_> = &[&nanoseconds(before)?];
        match self.query_opt(sql::PURGE, values).await? {
            Some(row) => unsigned(&row, 0),
            None => Ok(0),
        }
    }

    async fn schema_version(&self) -> Result<u32, StoreError> {
        let missing = || StoreError::corrupt("the table schema_version", "it is empty");
        let row = self
            .query_opt(sql::VERSION, &[])
            .await?
            .ok_or_else(missing)?;
        let version: i32 = get(&row, 0)?;
        u32::try_from(version)
            .map_err(|_| StoreError::corrupt("the table schema_version", "a negative version"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_step_makes_the_version_that_is_stated() {
        assert_eq!(sql::STEPS.len(), crate::store::SCHEMA_VERSION as usize);
    }
}
