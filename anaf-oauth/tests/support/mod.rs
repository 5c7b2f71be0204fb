//! Stores for the tests: where each lives, and how a child process finds the same one.

#![allow(dead_code, reason = "each test program uses a part")]

#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "postgres")]
mod server;
pub(crate) mod version_1;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anaf_oauth::store::conformance::{self, Handle};
use anaf_oauth::store::{FileStore, MemoryStore, SealKey, StoreError};

/// Tells a test program that it is the child, and where the store is.
const CHILD: &str = "ANAF_OAUTH_TEST_STORE";

/// A store that another process can open, too.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Folder(PathBuf),
    Encrypted(PathBuf),
    #[cfg(feature = "sqlite")]
    Sqlite(PathBuf),
    #[cfg(feature = "postgres")]
    Postgres {
        url: String,
        schema: String,
    },
}

impl Place {
    /// Opens the store, or makes it.
    pub(crate) async fn open(&self) -> Result<Handle, StoreError> {
        Ok(match self {
            Self::Folder(path) => Arc::new(FileStore::open_or_create(path)?),
            Self::Encrypted(path) => {
                Arc::new(FileStore::open_or_create_encrypted(path, &seal_key())?)
            }
            #[cfg(feature = "sqlite")]
            Self::Sqlite(path) => Arc::new(anaf_oauth::store::SqliteStore::open_or_create(path)?),
            #[cfg(feature = "postgres")]
            Self::Postgres { url, schema } => Arc::new(postgres::open(url, schema).await?),
        })
    }

    fn to_env(&self) -> String {
        match self {
            Self::Folder(path) => format!("folder|{}", path.display()),
            Self::Encrypted(path) => format!("encrypted|{}", path.display()),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(path) => format!("sqlite|{}", path.display()),
            #[cfg(feature = "postgres")]
            Self::Postgres { url, schema } => format!("postgres|{schema}|{url}"),
        }
    }

    fn from_env(text: &str) -> Self {
        let (kind, rest) = text.split_once('|').unwrap();
        match kind {
            "folder" => Self::Folder(rest.into()),
            "encrypted" => Self::Encrypted(rest.into()),
            #[cfg(feature = "sqlite")]
            "sqlite" => Self::Sqlite(rest.into()),
            #[cfg(feature = "postgres")]
            "postgres" => {
                let (schema, url) = rest.split_once('|').unwrap();
                Self::Postgres {
                    url: url.to_owned(),
                    schema: schema.to_owned(),
                }
            }
            other => panic!("no store {other}"),
        }
    }

    /// Runs the whole suite, with `grants` grants for the check of many, and kills a writer a few times.
    pub(crate) async fn conforms(&self, grants: usize) {
        let open = async || self.open().await;
        conformance::all(&open).await.unwrap();
        conformance::many_grants(&open, grants).await.unwrap();
        self.survives_kills().await;
    }

    /// This test program as a child that writes to the store, started by a shell's `script`.
    pub(crate) fn child_command(&self, script: &str) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", script])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "child_writes_until_killed", "--nocapture"])
            .env(CHILD, self.to_env())
            .stdout(Stdio::piped());
        command
    }

    async fn survives_kills(&self) {
        let mut checked = 0;
        for pause in [150, 230, 170, 310] {
            let mut child = self.child_command("exec \"$0\" \"$@\"").spawn().unwrap();
            let mut out = child.stdout.take().unwrap();
            let reader = std::thread::spawn(move || {
                let mut lines = String::new();
                out.read_to_string(&mut lines).map(|_| lines)
            });
            tokio::time::sleep(Duration::from_millis(pause)).await;
            child.kill().unwrap();
            child.wait().unwrap();
            let lines = reader.join().unwrap().unwrap();
            let store = self.open().await.unwrap();
            checked += conformance::check_survivors(&store, &lines).await.unwrap();
        }
        assert!(checked > 20, "the child wrote only {checked} times");
    }
}

/// Whether this program was started to write until it is killed.
pub(crate) fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// The body of the test `child_writes_until_killed`: does nothing in an ordinary run.
pub(crate) async fn child() {
    let Ok(place) = std::env::var(CHILD) else {
        return;
    };
    let store = Place::from_env(&place).open().await.unwrap();
    conformance::write_until_killed(&store, std::io::stdout())
        .await
        .unwrap();
}

pub(crate) fn seal_key() -> SealKey {
    SealKey::from_bytes([7; 32])
}

pub(crate) fn memory() -> MemoryStore {
    MemoryStore::new()
}

/// A folder for tests that write much: in memory where the system has such a place, since a killed process loses nothing
/// there either.
pub(crate) fn fast_folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    tempfile::tempdir_in(memory).unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// A file that only its owner can read, as the stores make them.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).unwrap().write_all(bytes).unwrap();
}

pub(crate) fn make_private_folder(path: &Path) {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).unwrap();
}

/// All files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found
}
