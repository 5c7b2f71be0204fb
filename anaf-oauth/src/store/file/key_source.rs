//! Where the key of an encrypted store comes from.

use std::fmt;

use zeroize::{Zeroize as _, Zeroizing};

use crate::store::StoreError;
use crate::store::login::hex;

/// The key of an encrypted store: 32 random bytes. `Debug` never shows it; it is wiped when dropped.
pub struct SealKey(Box<[u8; 32]>);

impl SealKey {
    /// A key from the caller. It must be random: a passphrase would first have to go through a slow key derivation.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Box::new(bytes))
    }

    /// A key written as 64 hex digits, as in an environment variable or a mounted secret. Spaces and line breaks
    /// around it are ignored.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] if it is anything else; the text is not quoted.
    pub fn from_hex(text: &str) -> Result<Self, StoreError> {
        let wrong = || StoreError::invalid("the key of an encrypted store has 64 hex digits");
        let digits = text.trim().as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(wrong());
        }
        let mut key = Self::from_bytes([0; 32]);
        for (byte, pair) in key.0.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(key)
    }

    /// A new random key.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the system gives no random numbers.
    pub fn generate() -> Result<Self, StoreError> {
        let mut key = Self::from_bytes([0; 32]);
        getrandom::fill(&mut *key.0)
            .map_err(|error| StoreError::unavailable(format_args!("no random numbers: {error}")))?;
        Ok(key)
    }

    /// The key as 64 hex digits, to be put in a safe place. A secret.
    #[must_use]
    pub fn expose_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex(&*self.0))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for SealKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey([REDACTED])")
    }
}

/// Whatever gives the key of an encrypted store: a [`SealKey`] itself, the operating system's keychain (the feature
/// `keychain`), or an implementation of yours that asks a vault.
pub trait KeySource {
    /// The key. Asked once, when a store is created or opened.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it cannot be had now, [`StoreError::Invalid`] if it is none.
    fn key(&self) -> Result<SealKey, StoreError>;
}

impl KeySource for SealKey {
    fn key(&self) -> Result<SealKey, StoreError> {
        Ok(Self::from_bytes(*self.0))
    }
}

/// A key in the operating system's keychain: the login keychain of macOS, the Credential Manager of Windows, the
/// Secret Service (GNOME Keyring, KWallet) elsewhere. Calls block, and the system may ask the user.
///
/// ```no_run
/// use anaf_oauth::store::{FileStore, Keychain};
/// # fn main() -> Result<(), anaf_oauth::store::StoreError> {
/// let key = Keychain::new("my-invoicing", "token store");
/// // Once, when the program is installed; then only `open_encrypted`.
/// key.create()?;
/// let store = FileStore::create_encrypted("/var/lib/my-invoicing/tokens", &key)?;
/// # Ok(()) }
/// ```
#[cfg(feature = "keychain")]
#[cfg_attr(docsrs, doc(cfg(feature = "keychain")))]
#[derive(Clone, Debug)]
pub struct Keychain {
    service: String,
    account: String,
}

#[cfg(feature = "keychain")]
impl Keychain {
    /// Names the entry; nothing is asked yet.
    #[must_use]
    pub fn new(service: impl Into<String>, account: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            account: account.into(),
        }
    }

    /// Makes a random key and keeps it. A separate step, because a key made anew by mistake would leave what is stored
    /// unreadable.
    ///
    /// # Errors
    /// [`StoreError::Place`] if there is one already, [`StoreError::Unavailable`] if there is no keychain here.
    pub fn create(&self) -> Result<(), StoreError> {
        let entry = self.entry()?;
        match entry.get_secret() {
            Err(keyring::Error::NoEntry) => {}
            Ok(secret) => {
                drop(Zeroizing::new(secret));
                return Err(self.place("there is a key already"));
            }
            Err(error) => return Err(self.unavailable(&error)),
        }
        let key = SealKey::generate()?;
        entry
            .set_secret(key.bytes())
            .map_err(|error| self.unavailable(&error))
    }

    fn entry(&self) -> Result<keyring::Entry, StoreError> {
        keyring::Entry::new(&self.service, &self.account).map_err(|error| self.unavailable(&error))
    }

    fn place(&self, detail: &str) -> StoreError {
        StoreError::Place {
            what: format!("keychain entry {} / {}", self.service, self.account),
            detail: detail.to_owned(),
        }
    }

    fn unavailable(&self, error: &keyring::Error) -> StoreError {
        // Only the words for people: the error's own form may carry what was read.
        StoreError::unavailable(format_args!(
            "keychain entry {} / {}: {error}",
            self.service, self.account
        ))
    }
}

#[cfg(feature = "keychain")]
impl KeySource for Keychain {
    fn key(&self) -> Result<SealKey, StoreError> {
        let secret = match self.entry()?.get_secret() {
            Ok(secret) => Zeroizing::new(secret),
            Err(keyring::Error::NoEntry) => {
                return Err(self.place("there is no key: create it first"));
            }
            Err(error) => return Err(self.unavailable(&error)),
        };
        let bytes = <[u8; 32]>::try_from(secret.as_slice())
            .map_err(|_| StoreError::invalid("the keychain's entry is not a key of 32 bytes"))?;
        Ok(SealKey::from_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_and_never_shown() {
        let key = SealKey::generate().unwrap();
        let text = key.expose_hex();
        assert_eq!(
            *SealKey::from_hex(&format!(" {}\n", *text)).unwrap().bytes(),
            *key.bytes()
        );
        assert_eq!(*key.key().unwrap().bytes(), *key.bytes());
        assert_eq!(format!("{key:?}"), "SealKey([REDACTED])");
        for bad in ["", "00", &"+1".repeat(32), &"z".repeat(64)] {
            assert!(matches!(
                SealKey::from_hex(bad),
                Err(StoreError::Invalid { .. })
            ));
        }
    }

    #[cfg(feature = "keychain")]
    #[test]
    fn a_missing_keychain_is_an_error_and_not_a_panic() {
        // Where there is a keychain, it has no such entry.
        let error = Keychain::new("anaf-oauth test", "no such entry")
            .key()
            .unwrap_err();
        assert!(
            matches!(
                error,
                StoreError::Unavailable { .. } | StoreError::Place { .. }
            ),
            "{error}"
        );
    }
}
