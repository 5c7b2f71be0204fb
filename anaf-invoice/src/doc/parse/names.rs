//! Names in tags: where they end, and what their prefixes are bound to.

use super::{Kind, MAX_NAME_BYTES, Parser, Step};
use crate::doc::names::Ns;
use crate::doc::words;

/// A prefix bound to a namespace; the default namespace has the empty prefix.
pub(super) struct Binding {
    /// Where the prefix stands.
    pub(super) prefix: (u32, u32),
    pub(super) key: PrefixKey,
    pub(super) ns: Ns,
}

/// A prefix of up to seven bytes as a number with its length, so that comparing is one instruction. Longer ones share
/// a key, and their bytes must be compared.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct PrefixKey(u64);

impl PrefixKey {
    const LONG: PrefixKey = PrefixKey(0);

    #[inline]
    pub(super) fn of(prefix: &[u8]) -> PrefixKey {
        match *prefix {
            [] => PrefixKey(1),
            // `cbc`, `cac`: nearly all.
            [a, b, c] => PrefixKey(u64::from_be_bytes([0, 0, 0, 0, 4, a, b, c])),
            _ if prefix.len() > 7 => PrefixKey::LONG,
            _ => {
                let length = prefix.len() as u64 + 1;
                let append = |key: u64, byte: &u8| (key << 8) | u64::from(*byte);
                PrefixKey(prefix.iter().fold(length, append))
            }
        }
    }
}

/// In a tag: bytes that end a name, and the colon.
const ENDS_NAME: u8 = 1;
const COLON: u8 = 2;

/// What each byte means in a tag's name.
static NAME_BYTES: [u8; 256] = {
    let mut classes = [0; 256];
    let ends = b" \t\n\r>/=<\"'";
    let mut i = 0;
    while i < ends.len() {
        classes[ends[i] as usize] = ENDS_NAME;
        i += 1;
    }
    classes[b':' as usize] = COLON;
    classes
};

pub(super) fn ends_name(byte: u8) -> bool {
    NAME_BYTES[usize::from(byte)] == ENDS_NAME
}

impl Parser<'_> {
    /// Lengths of a name and of its prefix with the colon.
    #[inline]
    pub(super) fn qualified_name(&self, start: usize) -> Step<(usize, usize)> {
        let rest = self.bytes.get(start..).unwrap_or(&[]);
        let mut prefix = 0;
        let len = words::each_mark(rest, |at, byte| match NAME_BYTES[usize::from(byte)] {
            ENDS_NAME => false,
            COLON if prefix == 0 => {
                prefix = at + 1;
                true
            }
            _ => true,
        });
        if len == 0 {
            return self.syntax(
                "\"<\" must begin a tag; write \"&lt;\" for the character \"<\"",
                start.saturating_sub(1),
            );
        }
        if len > MAX_NAME_BYTES {
            return self.too_large("bytes of a name", MAX_NAME_BYTES);
        }
        Ok((len, prefix))
    }

    /// The namespace of an element's name.
    #[inline]
    pub(super) fn element_ns(&self, name_start: usize, prefix_len: usize) -> Step<Ns> {
        if prefix_len == 0 {
            return Ok(self.bound(b"").unwrap_or(Ns::NONE));
        }
        self.prefix_ns(name_start, prefix_len)
    }

    #[inline]
    pub(super) fn prefix_ns(&self, name_start: usize, prefix_len: usize) -> Step<Ns> {
        let end = name_start + prefix_len - 1;
        let prefix = self.bytes.get(name_start..end).unwrap_or(&[]);
        match self.bound(prefix) {
            Some(ns) => Ok(ns),
            None if prefix == b"xml" => Ok(Ns::XML),
            None => self.undeclared(name_start, end),
        }
    }

    #[cold]
    fn undeclared<T>(&self, start: usize, end: usize) -> Step<T> {
        self.fail(Kind::UndeclaredPrefix(self.owned(start, end)), start)
    }

    #[inline]
    fn bound(&self, prefix: &[u8]) -> Option<Ns> {
        let key = PrefixKey::of(prefix);
        let mut same_key = self.bindings.iter().rev().filter(|b| b.key == key);
        let binding = if key == PrefixKey::LONG {
            same_key.find(|b| {
                let own = self.bytes.get(b.prefix.0 as usize..b.prefix.1 as usize);
                own == Some(prefix)
            })
        } else {
            same_key.next()
        };
        binding.map(|b| b.ns)
    }
}
