//! A store in a folder: one file for each grant.

#[cfg(feature = "encrypted-file")]
mod cipher;
mod disk;
mod folder;
#[cfg(feature = "encrypted-file")]
mod key_source;
mod name;
mod seal;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use self::folder::{Folder, Want};
use self::seal::Seal;
use super::login::Step;
use super::record::Record;
use super::records::{self, Records};
use super::{
    Advance, GrantKey, JournalEntry, Lease, LeaseOutcome, LoginHash, LoginPhase, PendingLogin,
    StoreError, Stored, Swap, TokenSet, TokenStore,
};

#[cfg(feature = "sqlite")]
pub(super) use disk::check_file;
#[cfg(feature = "keychain")]
pub use key_source::Keychain;
#[cfg(feature = "encrypted-file")]
pub use key_source::{KeySource, SealKey};

/// A store in a folder of this machine, for any number of processes on it. One file for each grant; files are
/// replaced whole (written beside, brought to the disk, renamed, the folder brought to the disk) under a lock of the
/// operating system, which a process gives back however it ends.
///
/// Files have mode 0600 from their creation on, whatever the umask, and folders 0700. A file or folder that is open
/// to others is refused with [`StoreError::Permissions`], which has the `chmod` to run. The folder must lie on a local
/// file system: locks over a network are not to be trusted. For many machines take the PostgreSQL store.
///
/// With the feature `encrypted-file`, `FileStore::create_encrypted` makes a store whose files are sealed.
///
/// Calls run on tokio's threads for blocking work; the constructors block, so call them when the program starts.
///
/// ```
/// use anaf_oauth::store::{FileStore, TokenStore};
/// # let place = tempfile::tempdir()?;
/// # let folder = place.path().join("tokens");
/// let store = FileStore::open_or_create(&folder)?;
/// # let runtime = tokio::runtime::Runtime::new()?;
/// # runtime.block_on(async {
/// let key = "firma 753217530".parse()?;
/// assert!(store.load(&key).await?.is_none());
/// # Ok::<(), anaf_oauth::store::StoreError>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct FileStore(Arc<Folder>);

impl FileStore {
    /// Makes a store of [`SCHEMA_VERSION`](super::SCHEMA_VERSION) in a folder that is missing or has no store yet.
    ///
    /// # Errors
    /// [`StoreError::Place`] if there is a store, [`StoreError::Permissions`], [`StoreError::Unavailable`].
    pub fn create(folder: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::prepare(folder.as_ref(), Seal::None, Want::New)
    }

    /// Opens a store, and brings it up to [`SCHEMA_VERSION`](super::SCHEMA_VERSION).
    ///
    /// # Errors
    /// [`StoreError::Place`] if there is none or it is encrypted, [`StoreError::Permissions`],
    /// [`StoreError::TooNew`], [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::prepare(folder.as_ref(), Seal::None, Want::Existing)
    }

    /// Opens the store or makes it; several processes may do so at once.
    ///
    /// # Errors
    /// As [`FileStore::open`].
    pub fn open_or_create(folder: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::prepare(folder.as_ref(), Seal::None, Want::Either)
    }

    fn prepare(folder: &Path, seal: Seal, want: Want) -> Result<Self, StoreError> {
        Folder::prepare(folder, seal, want).map(|folder| Self(Arc::new(folder)))
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.0.root()
    }

    /// Does blocking work. It goes on to its end also if the caller stops waiting: a change is never left half done.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Folder) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let folder = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || work(&folder))
            .await
            .unwrap_or_else(|error| Err(StoreError::unavailable(error)))
    }
}

#[cfg(feature = "encrypted-file")]
#[cfg_attr(docsrs, doc(cfg(feature = "encrypted-file")))]
impl FileStore {
    /// As [`FileStore::create`], with every record sealed by XChaCha20-Poly1305. The seal covers the file's name, so
    /// that a file cannot stand in for another. It does not keep somebody who can write to the folder from bringing
    /// back an older state of the same file. Grant keys stay readable in the files' names. Use a key for one store
    /// only, and keep it elsewhere.
    ///
    /// # Errors
    /// As [`FileStore::create`], and what the source fails with.
    pub fn create_encrypted(
        folder: impl AsRef<Path>,
        key: &(impl KeySource + ?Sized),
    ) -> Result<Self, StoreError> {
        Self::prepare(folder.as_ref(), Seal::with(key)?, Want::New)
    }

    /// As [`FileStore::open`], for an encrypted store.
    ///
    /// # Errors
    /// As [`FileStore::open`], [`StoreError::WrongKey`], and what the source fails with.
    pub fn open_encrypted(
        folder: impl AsRef<Path>,
        key: &(impl KeySource + ?Sized),
    ) -> Result<Self, StoreError> {
        Self::prepare(folder.as_ref(), Seal::with(key)?, Want::Existing)
    }

    /// As [`FileStore::open_or_create`], for an encrypted store.
    ///
    /// # Errors
    /// As [`FileStore::open_encrypted`].
    pub fn open_or_create_encrypted(
        folder: impl AsRef<Path>,
        key: &(impl KeySource + ?Sized),
    ) -> Result<Self, StoreError> {
        Self::prepare(folder.as_ref(), Seal::with(key)?, Want::Either)
    }
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore")
            .field("folder", &self.0.root())
            .field("encrypted", &self.0.is_sealed())
            .finish()
    }
}

#[async_trait]
impl Records for FileStore {
    async fn look(&self, key: &GrantKey) -> Result<Record, StoreError> {
        let key = key.clone();
        self.run(move |folder| folder.look(&key)).await
    }

    async fn change<T, F>(&self, key: &GrantKey, change: F) -> Result<T, StoreError>
    where
        F: FnOnce(&mut Record) -> T + Send + 'static,
        T: Send + 'static,
    {
        let key = key.clone();
        self.run(move |folder| folder.change(&key, change)).await
    }
}

#[async_trait]
impl TokenStore for FileStore {
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
        let after = after.cloned();
        self.run(move |folder| folder.keys(after.as_ref(), limit))
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
        self.run(move |folder| folder.put_login(&login)).await
    }

    async fn login(&self, id: &LoginHash) -> Result<Option<PendingLogin>, StoreError> {
        let id = *id;
        self.run(move |folder| folder.login(&id)).await
    }

    async fn login_by_state(&self, state: &LoginHash) -> Result<Option<PendingLogin>, StoreError> {
        let state = *state;
        self.run(move |folder| folder.login_by_state(&state)).await
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
        self.run(move |folder| folder.advance_login(&id, step))
            .await
    }

    async fn purge_logins(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.run(move |folder| folder.purge(|login| login.expires_at < before))
            .await
    }

    async fn schema_version(&self) -> Result<u32, StoreError> {
        self.run(Folder::schema_version).await
    }
}
