//! Making and opening the file, and bringing its schema up.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::{Problem, begin, failed, place};
use crate::store::StoreError;

/// What brings the schema from version `n` to `n + 1`, `n` being the place in the list. Never change one that was
/// released: add one.
const STEPS: &[&str] = &["
    CREATE TABLE grants (
        key TEXT NOT NULL PRIMARY KEY COLLATE BINARY,
        live INTEGER NOT NULL,
        record TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX grants_live ON grants (key) WHERE live = 1;
    CREATE TABLE logins (
        id TEXT NOT NULL PRIMARY KEY,
        state TEXT NOT NULL UNIQUE,
        expires_ns INTEGER NOT NULL,
        record TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX logins_expires ON logins (expires_ns);
"];

/// `ANAF` in the file's header tells it from other programs' databases.
const APPLICATION_ID: i32 = 0x414E_4146;

/// How long to wait for another process; they hold the file for milliseconds.
const PATIENCE: Duration = Duration::from_secs(15);

/// A connection that is set up, to a file that nobody else can read and whose schema is up to date.
pub(super) fn connect(path: &Path) -> Result<Connection, StoreError> {
    check_modes(path)?;
    let mut connection = Connection::open(path).map_err(|error| failed(path, &error))?;
    let begun = Instant::now();
    // Two processes that switch to the log at once are told that it is busy, whatever the busy timeout.
    while let Err(error) = prepare(path, &mut connection, STEPS) {
        if !error.is_transient() || begun.elapsed() > PATIENCE {
            return Err(error);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    check_modes(path)?;
    Ok(connection)
}

/// Makes the file before SQLite does, so that its mode is ours from the first moment. Says whether it was missing.
pub(super) fn make_file(path: &Path) -> Result<bool, StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(StoreError::unavailable(format_args!(
            "cannot create {}: {error}",
            path.display()
        ))),
    }
}

/// Refuses files that others can read. SQLite gives the files beside it the mode of the database.
fn check_modes(path: &Path) -> Result<(), StoreError> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        crate::store::file::check_file(Path::new(&name))?;
    }
    Ok(())
}

/// Sets the connection up and brings the schema up to the end of `steps`.
fn prepare(path: &Path, connection: &mut Connection, steps: &[&str]) -> Result<(), StoreError> {
    let set_up = |connection: &mut Connection| -> Result<(), Problem> {
        connection.busy_timeout(PATIENCE)?;
        // In the order in which they are needed: nothing is written before the file is known to be ours.
        let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if id != APPLICATION_ID && (id != 0 || version != 0 || tables != 0) {
            return Err(place(path, "it is another program's database").into());
        }
        check_version(path, version, steps)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        migrate(path, connection, steps)
    };
    set_up(connection).map_err(|problem| match problem {
        Problem::Sqlite(error) => failed(path, &error),
        Problem::Store(error) => error,
    })
}

fn check_version(path: &Path, version: i64, steps: &[&str]) -> Result<usize, StoreError> {
    match usize::try_from(version) {
        Ok(version) if version <= steps.len() => Ok(version),
        _ => Err(StoreError::TooNew {
            what: path.display().to_string(),
            found: u32::try_from(version).unwrap_or(u32::MAX),
            supported: u32::try_from(steps.len()).unwrap_or(u32::MAX),
        }),
    }
}

fn migrate(path: &Path, connection: &mut Connection, steps: &[&str]) -> Result<(), Problem> {
    let transaction = begin(connection)?;
    // Read again under the lock: another process may have done it.
    let version = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = check_version(path, version, steps)?;
    if done == steps.len() {
        return Ok(());
    }
    for step in steps.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", steps.len() as i64)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::{SqliteStore, read};
    use super::*;
    use crate::store::{GrantKey, TokenSet, TokenStore as _};

    #[test]
    fn the_last_step_makes_the_version_that_is_stated() {
        assert_eq!(STEPS.len(), crate::store::SCHEMA_VERSION as usize);
    }

    #[test]
    fn a_later_library_brings_version_1_up_and_an_older_one_refuses_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.db");
        let store = SqliteStore::create(&path).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let key = GrantKey::new("firma").unwrap();
        let tokens = TokenSet::new("a", None, Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        runtime
            .block_on(store.compare_and_swap(&key, None, None, &tokens))
            .unwrap();
        drop(store);

        let later: Vec<&str> = STEPS
            .iter()
            .copied()
            .chain(["CREATE TABLE later (x TEXT) STRICT"])
            .collect();
        let mut connection = Connection::open(&path).unwrap();
        prepare(&path, &mut connection, &later).unwrap();
        prepare(&path, &mut connection, &later).unwrap();
        connection
            .execute("INSERT INTO later VALUES ('x')", [])
            .unwrap();
        let Ok(record) = read(&connection, &key) else {
            panic!("the grant is lost")
        };
        assert_eq!(record.tokens, Some(tokens));
        drop(connection);

        let error = SqliteStore::open(&path).unwrap_err();
        assert!(
            matches!(
                error,
                StoreError::TooNew {
                    found: 2,
                    supported: 1,
                    ..
                }
            ),
            "{error}"
        );
    }
}
