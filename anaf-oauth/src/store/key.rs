//! The name under which a grant is kept.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::StoreError;

/// The name of one grant: a tenant, a company, a certificate. Free text of 1 to 512 bytes of UTF-8 without control
/// characters; two keys are the same only if their bytes are. Ordered by bytes. Not a secret; but `Display` and `Debug`
/// mask what may be a personal code, so take [`GrantKey::as_str`] to store it.
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

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for GrantKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GrantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&anaf_types::text::mask_personal_codes(&self.0))
    }
}

impl fmt::Debug for GrantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let masked = anaf_types::text::mask_personal_codes(&self.0);
        write!(f, "GrantKey({masked:?})")
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
}
