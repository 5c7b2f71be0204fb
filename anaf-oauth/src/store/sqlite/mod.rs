//! A store in one SQLite file.

mod open;
mod rows;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use self::rows::{Column, advance, login_where, nanoseconds, read, text, write};
use super::login::Step;
use super::record::Record;
use super::records::{self, Records};
use super::{
    Advance, GrantKey, JournalEntry, Lease, LeaseOutcome, LoginHash, LoginPhase, PendingLogin,
    StoreError, Stored, Swap, TokenSet, TokenStore, form,
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

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("file", &self.0.path)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Records for SqliteStore {
    async fn look(&self, key: &GrantKey) -> Result<Record, StoreError> {
        let key = key.clone();
        self.run(move |connection| read(connection, &key)).await
    }

    async fn change<T, F>(&self, key: &GrantKey, change: F) -> Result<T, StoreError>
    where
        F: FnOnce(&mut Record) -> T + Send + 'static,
        T: Send + 'static,
    {
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
}

#[async_trait]
impl TokenStore for SqliteStore {
    async fn load(&self, key: &GrantKey) -> Result<Option<Stored>, StoreError> {
        records::load(self, key).await
    }

    async fn compare_and_swap(
        &self,
        key: &GrantKey,
        expected: Option<u64>,
        fence: Option<u64>,
        new: &TokenSet,
    ) -> Result<Swap, StoreError> {
        records::swap(self, key, expected, fence, new).await
    }

    async fn delete(&self, key: &GrantKey, expected: Option<u64>) -> Result<bool, StoreError> {
        records::delete(self, key, expected).await
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
        records::acquire(self, key, holder, ttl).await
    }

    async fn renew_lease(&self, lease: &Lease, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        records::renew(self, lease, ttl).await
    }

    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        records::release(self, lease).await
    }

    async fn journal(&self, key: &GrantKey, entry: &JournalEntry) -> Result<(), StoreError> {
        records::journal(self, key, entry).await
    }

    async fn journalled(&self, key: &GrantKey) -> Result<Vec<JournalEntry>, StoreError> {
        records::journalled(self, key).await
    }

    async fn clear_journal(&self, key: &GrantKey, through: u64) -> Result<(), StoreError> {
        records::clear_journal(self, key, through).await
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
        let (id, step) = (*id, Step::new(from, to, reason, at));
        self.run(move |connection| advance(connection, &id, step))
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
