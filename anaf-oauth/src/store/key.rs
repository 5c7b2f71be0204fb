//! The name under which a grant is kept.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::StoreError;
use super::login::hex;

/// What a reserved key begins with. No grant's key can: it is a control character.
const RESERVED: char = '\u{1}';

/// The name of one grant: a tenant, a company, a certificate. Free text of 1 to 512 bytes of UTF-8 without control
/// characters; two keys are the same only if their bytes are. Ordered by bytes. Not a secret; but `Display` and `Debug`
/// mask what may be a personal code, so take [`GrantKey::as_str`] to store it.
///
/// Besides the keys of grants there are *reserved* ones, which only this library makes: leases are taken on them, and
/// never a grant is kept there. See [`GrantKey::is_reserved`].
///
/// ```
/// use anaf_oauth::store::GrantKey;
/// let key: GrantKey = "Ștefan & Fiii S.R.L. / certificat 2".parse()?;
/// assert_eq!(key.as_str(), "Ștefan & Fiii S.R.L. / certificat 2");
/// assert!("".parse::<GrantKey>().is_err());
/// # Ok::<(), anaf_oauth::store::StoreError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GrantKey(Arc<str>);

impl GrantKey {
    /// The longest key, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 512;

    /// Makes a key.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] if the text is empty, longer than [`GrantKey::MAX_BYTES`], or has a control character.
    pub fn new(text: impl AsRef<str>) -> Result<Self, StoreError> {
        let text = text.as_ref();
        if text.is_empty() {
            return Err(StoreError::invalid("a grant key cannot be empty"));
        }
        if text.len() > Self::MAX_BYTES {
            return Err(StoreError::invalid(format!(
                "a grant key has at most {} bytes, this one has {}",
                Self::MAX_BYTES,
                text.len()
            )));
        }
        if let Some((at, c)) = text.char_indices().find(|(_, c)| c.is_control()) {
            return Err(StoreError::invalid(format!(
                "a grant key has no control characters, this one has {c:?} at byte {at}"
            )));
        }
        Ok(Self(text.into()))
    }

    /// The key of the lease under which token requests of one person are made, by the serial number of their
    /// certificate. Hashed: whoever lists the store's keys learns no serial number.
    pub(crate) fn of_person(serial: &str) -> Self {
        let mut digest = Sha256::new();
        digest.update(b"anaf-oauth person ");
        digest.update(serial.trim().as_bytes());
        Self(format!("{RESERVED}person {}", hex(&digest.finalize())).into())
    }

    /// The key of the lease for a person who is not known before ANAF has answered.
    pub(crate) fn of_anybody() -> Self {
        Self(format!("{RESERVED}person").into())
    }

    /// A key as a store wrote it: a grant's, or a reserved one.
    pub(crate) fn stored(text: impl AsRef<str>) -> Result<Self, StoreError> {
        match text.as_ref().strip_prefix(RESERVED) {
            Some(rest) => Self::new(rest).map(|_| Self(text.as_ref().into())),
            None => Self::new(text),
        }
    }

    /// Whether this is a reserved key, on which a lease is taken and under which no grant is ever kept. Its text begins
    /// with U+0001, which [`GrantKey::new`] refuses: so it is never one of yours, and is in no listing.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        self.0.starts_with(RESERVED)
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn shown(&self) -> &str {
        self.0.strip_prefix(RESERVED).unwrap_or(&self.0)
    }
}

impl AsRef<str> for GrantKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GrantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&anaf_types::text::mask_personal_codes(self.shown()))
    }
}

impl fmt::Debug for GrantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let masked = anaf_types::text::mask_personal_codes(self.shown());
        match self.is_reserved() {
            true => write!(f, "ReservedKey({masked:?})"),
            false => write!(f, "GrantKey({masked:?})"),
        }
    }
}

impl FromStr for GrantKey {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        Self::new(text)
    }
}

impl TryFrom<&str> for GrantKey {
    type Error = StoreError;

    fn try_from(text: &str) -> Result<Self, StoreError> {
        Self::new(text)
    }
}

impl TryFrom<String> for GrantKey {
    type Error = StoreError;

    fn try_from(text: String) -> Result<Self, StoreError> {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_any_text_and_refuses_what_no_store_could_keep() {
        for good in [
            "x",
            "Țară/ș..\\ țigări",
            "日本語",
            "🦀",
            "%00",
            "a b",
            &"ș".repeat(256),
        ] {
            assert_eq!(GrantKey::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "a\0b", "line\nbreak", "\u{85}", &"ș".repeat(257)] {
            assert!(
                matches!(GrantKey::new(bad), Err(StoreError::Invalid { .. })),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn reserved_keys_are_nobodys_and_show_no_serial() {
        let one = GrantKey::of_person("1234AA456");
        assert_eq!(one, GrantKey::of_person(" 1234AA456 "));
        for other in [
            GrantKey::of_person("1234AA457"),
            GrantKey::of_anybody(),
            GrantKey::new(format!("{one}")).unwrap(),
        ] {
            assert_ne!(one, other);
        }
        for key in [one, GrantKey::of_anybody()] {
            assert!(key.is_reserved());
            assert!(GrantKey::new(key.as_str()).is_err());
            assert!(!format!("{key} {key:?} {}", key.as_str()).contains("1234AA456"));
            assert_eq!(GrantKey::stored(key.as_str()).unwrap(), key);
        }
        let free = GrantKey::stored("acme").unwrap();
        assert!(!free.is_reserved());
        for bad in ["", "\u{1}", "\u{1}\u{1}person", "\u{2}person"] {
            assert!(GrantKey::stored(bad).is_err(), "{bad:?}");
        }
    }
}
