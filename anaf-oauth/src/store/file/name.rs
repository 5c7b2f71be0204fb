//! Names of files that any file system keeps apart.

use sha2::{Digest as _, Sha256};

use crate::store::GrantKey;
use crate::store::login::hex;

/// The longest name that is written out; a longer one ends in the key's hash.
const LONGEST: usize = 160;

/// A key as part of a file name: `a-z 0-9 - _` stand for themselves, every other byte is `%XX`. So two keys never
/// share a name, also where upper and lower case are the same. A long key is cut and ends in `~` and its SHA-256.
pub(super) fn encode(key: &GrantKey) -> String {
    let mut name = String::with_capacity(key.as_str().len() + 8);
    for byte in key.as_str().bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => name.push(char::from(byte)),
            _ => {
                name.push('%');
                name.push_str(&hex(&[byte]).to_ascii_uppercase());
            }
        }
        if name.len() > LONGEST {
            let hash = Sha256::digest(key.as_str().as_bytes());
            name.truncate(80);
            return format!("{name}~{}", hex(&hash));
        }
    }
    name
}

/// Reads [`encode`]. `None` for a name that was cut, or is not one of ours.
pub(super) fn decode(name: &str) -> Option<GrantKey> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'~' => return None,
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            _ => bytes.push(byte),
        }
    }
    GrantKey::stored(String::from_utf8(bytes).ok()?).ok()
}

/// Which of `shards` locks guards a key.
pub(super) fn shard(key: &GrantKey, shards: usize) -> usize {
    let hash = Sha256::digest(key.as_str().as_bytes());
    let first = hash.first().copied().unwrap_or_default();
    usize::from(first) % shards.max(1)
}

/// The same for a name of [`encode`]'s, also one that was cut. `None` for a name that is not one of ours.
pub(super) fn shard_of_name(name: &str, shards: usize) -> Option<usize> {
    if let Some((_, hash)) = name.split_once('~') {
        let first = u8::from_str_radix(hash.get(..2)?, 16).ok()?;
        return Some(usize::from(first) % shards.max(1));
    }
    decode(name).map(|key| shard(&key, shards))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_tame_and_distinct() {
        let cases = [
            ("firma-7", "firma-7"),
            ("Firma-7", "%46irma-7"),
            ("../x", "%2E%2E%2Fx"),
            ("ș", "%C8%99"),
            ("a%2Eb", "a%252%45b"),
        ];
        for (key, name) in cases {
            let key = GrantKey::new(key).unwrap();
            assert_eq!(encode(&key), name);
            assert_eq!(decode(name), Some(key));
        }
        let long = |end: &str| encode(&GrantKey::new("ș".repeat(200) + end).unwrap());
        assert_ne!(long("a"), long("b"));
        assert!(long("a").len() < 200);
        assert_eq!(decode(&long("a")), None);
        for end in ["a", "b", "c"] {
            let key = GrantKey::new("ș".repeat(200) + end).unwrap();
            assert_eq!(shard_of_name(&encode(&key), 64), Some(shard(&key, 64)));
        }
        assert_eq!(shard_of_name("x~", 64), None);
        assert_eq!(shard_of_name("%FF", 64), None);
    }

    proptest! {
        #[test]
        fn a_name_gives_its_key_back(text in "\\PC{1,60}") {
            prop_assume!(text.len() <= GrantKey::MAX_BYTES);
            let Ok(key) = GrantKey::new(&text) else { return Ok(()) };
            let name = encode(&key);
            prop_assert!(name.bytes().all(|b| b.is_ascii() && b != b'/' && b != b'.'));
            prop_assert_eq!(shard_of_name(&name, 64), Some(shard(&key, 64)));
            if !name.contains('~') {
                prop_assert_eq!(decode(&name), Some(key));
            }
        }
    }
}
