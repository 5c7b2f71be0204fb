//! What can go wrong in a store.

use std::path::PathBuf;

/// What a token store can fail with. No variant ever holds a token, a key or a connection string.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store cannot be reached or did not answer in time: disk full, server down, lock not given. The same
    /// call may work later; a token that is still valid may be served meanwhile.
    #[error("the store is not available: {detail}")]
    Unavailable {
        /// What failed, in the words of the system or the server.
        detail: String,
    },
    /// What is stored is not what this store writes: broken JSON, a missing column, a record under another key's
    /// name. Nothing was changed; restore it from a backup or log in again.
    #[error("{what} is corrupt: {detail}")]
    Corrupt {
        /// Which file or row.
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The file was sealed with another key than the one given.
    #[error(
        "{what} was sealed with another key: open the store with the key that it was created with"
    )]
    WrongKey {
        /// Which file.
        what: String,
    },
    /// The file is shorter than its own header says.
    #[error(
        "{what} is cut short: {found} bytes instead of {expected}; restore it from a backup or log in again"
    )]
    Truncated {
        /// Which file.
        what: String,
        /// How many bytes it should have.
        expected: u64,
        /// How many it has.
        found: u64,
    },
    /// The key is right and the length is right, but the contents were changed, or the file was put in the place
    /// of another.
    #[error("{what} was tampered with: its seal does not match its contents and name")]
    Tampered {
        /// Which file.
        what: String,
    },
    /// Others than the owner may read or change the file. The store refuses to use it, because what is in it may
    /// have been read already.
    #[error("{} is open to others (mode {mode:04o}): run `{fix}`; log in again if somebody may have read it", path.display())]
    Permissions {
        /// Which file or folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// The command that closes it.
        fix: String,
    },
    /// A newer version of this library wrote it. Update the library; nothing was changed.
    #[error(
        "{what} has schema version {found}, this library knows versions up to {supported}: update the library"
    )]
    TooNew {
        /// Which store, file or row.
        what: String,
        /// The version found.
        found: u32,
        /// The newest version that this library knows.
        supported: u32,
    },
    /// There is no store at this place, or there is one already.
    #[error("{what}: {detail}")]
    Place {
        /// Which file, folder or schema.
        what: String,
        /// What was expected there.
        detail: String,
    },
    /// The value cannot be stored: a key that is empty or too long, a record beyond the size limit.
    #[error("refused: {detail}")]
    Invalid {
        /// What is wrong with the value.
        detail: String,
    },
}

impl StoreError {
    /// Whether the same call may work later, with nobody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }

    pub(crate) fn unavailable(detail: impl std::fmt::Display) -> Self {
        Self::Unavailable {
            detail: detail.to_string(),
        }
    }

    pub(crate) fn corrupt(what: impl Into<String>, detail: impl std::fmt::Display) -> Self {
        Self::Corrupt {
            what: what.into(),
            detail: detail.to_string(),
        }
    }

    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::Invalid {
            detail: detail.into(),
        }
    }
}

impl From<StoreError> for anaf_types::Error {
    fn from(error: StoreError) -> Self {
        Self::new(anaf_types::ErrorKind::Store).because(error.to_string())
    }
}
