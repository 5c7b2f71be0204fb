//! Whether files are in clear or sealed.

use zeroize::Zeroizing;

use crate::store::StoreError;

#[cfg(feature = "encrypted-file")]
use super::cipher::Cipher;
#[cfg(feature = "encrypted-file")]
use super::key_source::KeySource;

/// What happens to a file's bytes on their way to the disk and back.
pub(super) enum Seal {
    /// Nothing: JSON in clear.
    None,
    /// XChaCha20-Poly1305.
    #[cfg(feature = "encrypted-file")]
    Sealed(Box<Cipher>),
}

impl Seal {
    #[cfg(feature = "encrypted-file")]
    pub(super) fn with(key: &(impl KeySource + ?Sized)) -> Result<Self, StoreError> {
        Ok(Self::Sealed(Box::new(Cipher::new(&key.key()?))))
    }

    /// Tells keys apart without telling anything about them. `None` for files in clear.
    pub(super) fn key_id(&self) -> Option<String> {
        match self {
            Self::None => None,
            #[cfg(feature = "encrypted-file")]
            Self::Sealed(cipher) => Some(cipher.key_id()),
        }
    }

    /// What to write for a file of this name.
    pub(super) fn seal(&self, name: &str, clear: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        match self {
            Self::None => {
                let _ = name;
                Ok(Zeroizing::new(clear.to_vec()))
            }
            #[cfg(feature = "encrypted-file")]
            Self::Sealed(cipher) => cipher.seal(name, clear).map(Zeroizing::new),
        }
    }

    /// What was written. `what` is the file's path, for errors.
    pub(super) fn open(
        &self,
        name: &str,
        what: &str,
        bytes: Zeroizing<Vec<u8>>,
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        match self {
            Self::None => {
                let _ = (name, what);
                Ok(bytes)
            }
            #[cfg(feature = "encrypted-file")]
            Self::Sealed(cipher) => cipher.open(name, what, &bytes),
        }
    }
}
