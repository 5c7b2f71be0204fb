//! A store in one SQLite file.

mod open;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::record::Record;
use super::{
    Advance, GrantKey, JournalEntry, Lease, LeaseOutcome, LoginHash, LoginPhase, PendingLogin,
    StoreError, Stored, Swap, TokenSet, TokenStore, check_lease, form, machine,
};

/// A store in one SQLite file of this machine, for any number of processes on it: the embedded default for a server.
///
/// Write-ahead log, `synchronous = FULL`: what was acknowledged survives a power cut as far as the disk keeps its
/// promises. The file and the two beside it (`-wal`, `-shm`) have mode 0600 from their creation on; a file that others
/// can read is refused with [`StoreError::Permissions`]. Deleted tokens are overwritten (`secure_delete`). The file
/// must lie on a local file system; for many machines take the PostgreSQL store.
///
/// Calls run on tokio's threads for blocking work; the constructors block, so call them when the program starts.
///
/// ```
/// use anaf_oauth::store::{SqliteStore, TokenStore};
/// # let place = tempfile::tempdir()?;
/// # let file = place.path().join("tokens.db");
/// let store = SqliteStore::open_or_create(&file)?;
/// # let runtime = tokio::runtime::Runtime::new()?;
/// # runtime.block_on(async {
/// assert_eq!(store.schema_version().await?, 1);
/// # Ok::<(), anaf_oauth::store::StoreError>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SqliteStore(Arc<Base>);

struct Base {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl SqliteStore {
    /// Makes a store of [`SCHEMA_VERSION`](super::SCHEMA_VERSION) in a new file.
    ///
    /// # Errors
    /// [`StoreError::Place`] if the file is there, [`StoreError::Unavailable`].
    pub fn create(file: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = file.as_ref();
        if !open::make_file(path)? {
            return Err(place(path, "there is a file already"));
        }
        Self::connect(path)
    }

    /// Opens a store, and brings it up to [`SCHEMA_VERSION`](super::SCHEMA_VERSION).
    ///
    /// # Errors
    /// [`StoreError::Place`] if there is none, [`StoreError::Permissions`], [`StoreError::TooNew`],
    /// [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    pub fn open(file: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = file.as_ref();
        if !path.exists() {
            return Err(place(path, "there is no file: create the store first"));
        }
        Self::connect(path)
    }

    /// Opens the store or makes it; several processes may do so at once.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub fn open_or_create(file: impl AsRef<Path>) -> Result<Self, StoreError> {
        open::make_file(file.as_ref())?;
        Self::connect(file.as_ref())
    }

    fn connect(path: &Path) -> Result<Self, StoreError> {
        Ok(Self(Arc::new(Base {
            path: path.to_owned(),
            connection: Mutex::new(open::connect(path)?),
        })))
    }

    /// Does blocking work on the connection. It goes on to its end also if the caller stops waiting.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, StoreError> {
        let base = Arc::clone(&self.0);
        let blocking = move || {
            let mut connection = base
                .connection
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            work(&mut connection).map_err(|problem| match problem {
                Problem::Sqlite(error) => failed(&base.path, &error),
                Problem::Store(error) => error,
            })
        };
        tokio::task::spawn_blocking(blocking)
            .await
            .unwrap_or_else(|error| Err(StoreError::unavailable(error)))
    }

    /// Changes a key's record in one transaction. Nothing is written if it stays as it is.
    async fn change<T: Send + 'static>(
        &self,
        key: &GrantKey,
        change: impl FnOnce(&mut Record) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let key = key.clone();
        self.run(move |connection| {
            let transaction = begin(connection)?;
            let mut record = read(&transaction, &key)?;
            let revision = record.revision;
            let result = change(&mut record);
            if record.revision != revision {
                write(&transaction, &key, &record)?;
                transaction.commit()?;
            }
            Ok(result)
        })
        .await
    }

    async fn look(&self, key: &GrantKey) -> Result<Record, StoreError> {
        let key = key.clone();
        self.run(move |connection| read(connection, &key)).await
    }

    async fn find_login(
        &self,
        column: Column,
        hash: &LoginHash,
    ) -> Result<Option<PendingLogin>, StoreError> {
        let hash = *hash;
        self.run(move |connection| login_where(connection, column, &hash))
            .await
    }
}

/// What went wrong in a piece of work.
enum Problem {
    Sqlite(rusqlite::Error),
    Store(StoreError),
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn place(path: &Path, detail: &str) -> StoreError {
    StoreError::Place {
        what: path.display().to_string(),
        detail: detail.to_owned(),
    }
}

/// Our error for one of SQLite's, which may hold SQL but never a value.
fn failed(path: &Path, error: &rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    let what = path.display().to_string();
    match error.sqlite_error_code() {
        Some(DatabaseCorrupt | NotADatabase) => StoreError::corrupt(what, error),
        _ => StoreError::unavailable(format_args!("{what}: {error}")),
    }
}

/// Begins with the write lock, so that what is read is still true when it is written.
fn begin(connection: &mut Connection) -> Result<Transaction<'_>, rusqlite::Error> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn read(connection: &Connection, key: &GrantKey) -> Result<Record, Problem> {
    let json: Option<String> = connection
        .prepare("SELECT record FROM grants WHERE key = ?1")?
        .query_row([key.as_str()], |row| row.get(0))
        .optional()?;
    let Some(json) = json.map(zeroize::Zeroizing::new) else {
        return Ok(Record::default());
    };
    let what = format!("the row of {key:?}");
    let (whose, record) = form::read_record(&what, json.as_bytes())?;
    if whose != *key {
        return Err(StoreError::corrupt(what, format!("it belongs to {whose:?}")).into());
    }
    Ok(record)
}

fn write(connection: &Connection, key: &GrantKey, record: &Record) -> Result<(), Problem> {
    let json = form::write_record(key, record);
    let live = record.tokens.is_some();
    connection
        .prepare(
            "INSERT INTO grants (key, live, record) VALUES (?1, ?2, ?3)
             ON CONFLICT (key) DO UPDATE SET live = excluded.live, record = excluded.record",
        )?
        .execute(params![key.as_str(), live, text(&json)?])?;
    Ok(())
}

/// JSON that we wrote, as text.
fn text(json: &[u8]) -> Result<&str, StoreError> {
    std::str::from_utf8(json).map_err(|_| StoreError::invalid("JSON is text"))
}

/// By which hash a login is looked for.
#[derive(Clone, Copy)]
enum Column {
    Id,
    State,
}

fn login_where(
    connection: &Connection,
    column: Column,
    hash: &LoginHash,
) -> Result<Option<PendingLogin>, Problem> {
    let sql = match column {
        Column::Id => "SELECT record FROM logins WHERE id = ?1",
        Column::State => "SELECT record FROM logins WHERE state = ?1",
    };
    let json: Option<String> = connection
        .prepare(sql)?
        .query_row([hash.to_hex()], |row| row.get(0))
        .optional()?;
    let login = json.map(|json| form::read_login("a login's row", json.as_bytes()));
    Ok(login.transpose()?)
}

fn nanoseconds(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(if at < Timestamp::UNIX_EPOCH {
        i64::MIN
    } else {
        i64::MAX
    })
}

fn advance(
    connection: &mut Connection,
    id: &LoginHash,
    from: &[LoginPhase],
    change: impl FnOnce(&mut PendingLogin),
) -> Result<Advance, Problem> {
    let transaction = begin(connection)?;
    let found = login_where(&transaction, Column::Id, id)?;
    let Some(mut login) = found.clone().filter(|login| from.contains(&login.phase)) else {
        return Ok(Advance::Refused(found));
    };
    change(&mut login);
    let json = form::write_login(&login);
    transaction.execute(
        "UPDATE logins SET record = ?2 WHERE id = ?1",
        params![id.to_hex(), text(&json)?],
    )?;
    transaction.commit()?;
    Ok(Advance::Done(login))
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("file", &self.0.path)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl TokenStore for SqliteStore {
    async fn load(&self, key: &GrantKey) -> Result<Option<Stored>, StoreError> {
        Ok(self.look(key).await?.stored())
    }

    async fn compare_and_swap(
        &self,
        key: &GrantKey,
        expected: Option<u64>,
        fence: Option<u64>,
        new: &TokenSet,
    ) -> Result<Swap, StoreError> {
        let new = new.clone();
        self.change(key, move |record| record.swap(expected, fence, &new))
            .await
    }

    async fn delete(&self, key: &GrantKey, expected: Option<u64>) -> Result<bool, StoreError> {
        self.change(key, move |record| record.delete(expected))
            .await
    }

    async fn keys(
        &self,
        after: Option<&GrantKey>,
        limit: usize,
    ) -> Result<Vec<GrantKey>, StoreError> {
        // No key is empty, so that all come after the empty text.
        let after = after.map_or_else(String::new, |key| key.as_str().to_owned());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.run(move |connection| {
            let mut statement = connection.prepare(
                "SELECT key FROM grants WHERE live = 1 AND key > ?1 ORDER BY key LIMIT ?2",
            )?;
            let mut rows = statement.query(params![after, limit])?;
            let mut keys = Vec::new();
            while let Some(row) = rows.next()? {
                let key = GrantKey::new(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?);
                keys.push(key.map_err(|error| StoreError::corrupt("a key", error))?);
            }
            Ok(keys)
        })
        .await
    }

    async fn acquire_lease(
        &self,
        key: &GrantKey,
        holder: &str,
        ttl: Duration,
    ) -> Result<LeaseOutcome, StoreError> {
        check_lease(holder, ttl)?;
        let (whose, holder) = (key.clone(), holder.to_owned());
        self.change(key, move |record| {
            record.acquire(&whose, &holder, ttl, machine::now())
        })
        .await
    }

    async fn renew_lease(&self, lease: &Lease, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        check_lease(&lease.holder, ttl)?;
        let mine = lease.clone();
        self.change(&lease.key, move |record| {
            record.renew(&mine, ttl, machine::now())
        })
        .await
    }

    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        let mine = lease.clone();
        self.change(&lease.key, move |record| record.release(&mine))
            .await?;
        Ok(())
    }

    async fn journal(&self, key: &GrantKey, entry: &JournalEntry) -> Result<(), StoreError> {
        let entry = entry.clone();
        self.change(key, move |record| record.write_journal(&entry))
            .await?;
        Ok(())
    }

    async fn journalled(&self, key: &GrantKey) -> Result<Vec<JournalEntry>, StoreError> {
        Ok(self.look(key).await?.journal)
    }

    async fn clear_journal(&self, key: &GrantKey, through: u64) -> Result<(), StoreError> {
        self.change(key, move |record| record.clear_journal(through))
            .await?;
        Ok(())
    }

    async fn put_login(&self, login: &PendingLogin) -> Result<bool, StoreError> {
        let login = login.clone();
        self.run(move |connection| {
            let json = form::write_login(&login);
            let new = connection.execute(
                "INSERT INTO logins (id, state, expires_ns, record) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
                params![
                    login.id.to_hex(),
                    login.state.to_hex(),
                    nanoseconds(login.expires_at),
                    text(&json)?
                ],
            )?;
            Ok(new == 1)
        })
        .await
    }

    async fn login(&self, id: &LoginHash) -> Result<Option<PendingLogin>, StoreError> {
        self.find_login(Column::Id, id).await
    }

    async fn login_by_state(&self, state: &LoginHash) -> Result<Option<PendingLogin>, StoreError> {
        self.find_login(Column::State, state).await
    }

    async fn advance_login(
        &self,
        id: &LoginHash,
        from: &[LoginPhase],
        to: LoginPhase,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<Advance, StoreError> {
        let (id, from, reason) = (*id, from.to_owned(), reason.map(str::to_owned));
        self.run(move |connection| {
            advance(connection, &id, &from, |login| {
                login.phase = to;
                login.changed_at = at;
                login.reason = reason;
            })
        })
        .await
    }

    async fn purge_logins(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.run(move |connection| {
            let gone = connection.execute(
                "DELETE FROM logins WHERE expires_ns < ?1",
                [nanoseconds(before)],
            )?;
            Ok(gone as u64)
        })
        .await
    }

    async fn schema_version(&self) -> Result<u32, StoreError> {
        let what = self.0.path.display().to_string();
        self.run(move |connection| {
            let version: i64 =
                connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
            Ok(u32::try_from(version).map_err(|error| StoreError::corrupt(what, error))?)
        })
        .await
    }
}
