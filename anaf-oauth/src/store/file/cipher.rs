//! Sealed files: XChaCha20-Poly1305 over the contents, bound to the file's name.
//!
//! `"ANAFSEAL" | format (1 byte) | key id (8) | nonce (24) | length of the contents (8, big-endian) | sealed contents |
//! tag (16)`. The associated data is all before the sealed contents, then the file's name.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::key_source::SealKey;
use crate::store::StoreError;
use crate::store::login::hex;

const MAGIC: &[u8; 8] = b"ANAFSEAL";
const FORMAT: u8 = 1;
const HEADER: usize = 8 + 1 + 8 + 24 + 8;
const TAG: usize = 16;

/// Seals and opens with one key.
pub(super) struct Cipher {
    cipher: XChaCha20Poly1305,
    key_id: [u8; 8],
}

impl Cipher {
    pub(super) fn new(key: &SealKey) -> Self {
        let mut digest = Sha256::new();
        digest.update(b"anaf-oauth seal key id 1");
        digest.update(key.bytes());
        let mut key_id = [0; 8];
        for (to, from) in key_id.iter_mut().zip(digest.finalize()) {
            *to = from;
        }
        Self {
            cipher: XChaCha20Poly1305::new(key.bytes().into()),
            key_id,
        }
    }

    pub(super) fn key_id(&self) -> String {
        hex(&self.key_id)
    }

    pub(super) fn seal(&self, name: &str, clear: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; 24];
        getrandom::fill(&mut nonce)
            .map_err(|error| StoreError::unavailable(format_args!("no random numbers: {error}")))?;
        let mut file = Vec::with_capacity(HEADER + clear.len() + TAG);
        file.extend_from_slice(MAGIC);
        file.push(FORMAT);
        file.extend_from_slice(&self.key_id);
        file.extend_from_slice(&nonce);
        file.extend_from_slice(&(clear.len() as u64).to_be_bytes());
        let payload = Payload {
            msg: clear,
            aad: &associated(&file, name),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| StoreError::invalid("the record is too large to be sealed"))?;
        file.extend_from_slice(&sealed);
        Ok(file)
    }

    pub(super) fn open(
        &self,
        name: &str,
        what: &str,
        file: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let Header {
            key_id,
            nonce,
            length,
        } = header(what, file)?;
        if key_id != self.key_id {
            return Err(StoreError::WrongKey {
                what: what.to_owned(),
            });
        }
        let tampered = || StoreError::Tampered {
            what: what.to_owned(),
        };
        let expected = length.saturating_add((HEADER + TAG) as u64);
        if (file.len() as u64) < expected {
            return Err(truncated(what, expected, file));
        }
        let (head, sealed) = file.split_at_checked(HEADER).ok_or_else(tampered)?;
        let payload = Payload {
            msg: sealed,
            aad: &associated(head, name),
        };
        let clear = self
            .cipher
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_| tampered())?;
        Ok(Zeroizing::new(clear))
    }
}

fn associated(header: &[u8], name: &str) -> Vec<u8> {
    [header, name.as_bytes()].concat()
}

fn truncated(what: &str, expected: u64, file: &[u8]) -> StoreError {
    StoreError::Truncated {
        what: what.to_owned(),
        expected,
        found: file.len() as u64,
    }
}

struct Header {
    key_id: [u8; 8],
    nonce: [u8; 24],
    length: u64,
}

fn header(what: &str, file: &[u8]) -> Result<Header, StoreError> {
    let short = || truncated(what, (HEADER + TAG) as u64, file);
    let corrupt = |detail| StoreError::corrupt(what, detail);
    let magic = file.get(..MAGIC.len().min(file.len())).unwrap_or_default();
    if !MAGIC.starts_with(magic) {
        return Err(corrupt("it is not a sealed file"));
    }
    let (_, rest) = file.split_first_chunk::<8>().ok_or_else(short)?;
    let ([format], rest) = rest.split_first_chunk().ok_or_else(short)?;
    if *format > FORMAT {
        return Err(StoreError::TooNew {
            what: what.to_owned(),
            found: u32::from(*format),
            supported: u32::from(FORMAT),
        });
    }
    if *format != FORMAT {
        return Err(corrupt("it has no known format"));
    }
    let (key_id, rest) = rest.split_first_chunk().ok_or_else(short)?;
    let (nonce, rest) = rest.split_first_chunk().ok_or_else(short)?;
    let (length, _) = rest.split_first_chunk().ok_or_else(short)?;
    Ok(Header {
        key_id: *key_id,
        nonce: *nonce,
        length: u64::from_be_bytes(*length),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cipher(byte: u8) -> Cipher {
        Cipher::new(&SealKey::from_bytes([byte; 32]))
    }

    #[test]
    fn each_damage_has_its_own_name() {
        let file = cipher(1)
            .seal("a.json", b"{\"access\":\"s3cret\"}")
            .unwrap();
        assert_eq!(
            *cipher(1).open("a.json", "a", &file).unwrap(),
            b"{\"access\":\"s3cret\"}"
        );
        assert!(!file.windows(6).any(|bytes| bytes == b"s3cret"));
        let open = |file: &[u8]| cipher(1).open("a.json", "a", file).unwrap_err();

        assert!(matches!(
            cipher(2).open("a.json", "a", &file),
            Err(StoreError::WrongKey { .. })
        ));
        assert!(matches!(
            cipher(1).open("b.json", "a", &file),
            Err(StoreError::Tampered { .. })
        ));
        for length in 0..file.len() {
            assert!(
                matches!(open(&file[..length]), StoreError::Truncated { .. }),
                "{length}"
            );
        }
        for at in 0..file.len() {
            let mut changed = file.clone();
            changed[at] ^= 1;
            let error = open(&changed);
            let right = match at {
                // The magic and the format: not one of ours.
                0..9 => matches!(
                    error,
                    StoreError::Corrupt { .. } | StoreError::TooNew { .. }
                ),
                9..17 => matches!(error, StoreError::WrongKey { .. }),
                17..41 => matches!(error, StoreError::Tampered { .. }),
                // A greater length makes the file too short.
                41..49 => matches!(
                    error,
                    StoreError::Tampered { .. } | StoreError::Truncated { .. }
                ),
                _ => matches!(error, StoreError::Tampered { .. }),
            };
            assert!(right, "byte {at}: {error}");
        }
        let longer = [&*file, b"x"].concat();
        assert!(matches!(open(&longer), StoreError::Tampered { .. }));
        assert!(matches!(open(b"{\"v\":1}"), StoreError::Corrupt { .. }));
    }

    proptest! {
        #[test]
        fn no_file_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..120), ours in any::<bool>()) {
            let file = if ours { [MAGIC.as_slice(), &[FORMAT], &bytes].concat() } else { bytes };
            prop_assert!(cipher(1).open("a", "a", &file).is_err());
        }
    }
}
