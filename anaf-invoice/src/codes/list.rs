//! A code list: ascending, which the compiler checks, and searched by one hash.

/// Codes in ascending order, and a hash table of their places.
#[derive(Debug)]
pub(crate) struct CodeList {
    codes: &'static [&'static str],
    /// A power of two of slots: the place of a code, or [`EMPTY`].
    slots: &'static [u16],
}

/// A [`CodeList`] of literals; it does not compile unless they ascend.
macro_rules! code_list {
    ($($code:literal),* $(,)?) => {
        &const {
            const CODES: &[&str] = &[$($code),*];
            const SLOTS: usize = 2 * CODES.len().next_power_of_two();
            $crate::codes::list::CodeList::new(
                CODES,
                const { &$crate::codes::list::slots::<SLOTS>(CODES) },
            )
        }
    };
}
pub(crate) use code_list;

const EMPTY: u16 = u16::MAX;

impl CodeList {
    /// `slots`: those that [`slots`] makes for these codes.
    pub(crate) const fn new(codes: &'static [&'static str], slots: &'static [u16]) -> CodeList {
        CodeList { codes, slots }
    }

    /// The list's own copy of a code.
    pub(crate) fn find(&self, code: &str) -> Option<&'static str> {
        let mut slot = hash(code.as_bytes());
        loop {
            let place = self.slots.get(slot & (self.slots.len() - 1))?;
            let listed = self.codes.get(usize::from(*place)).copied()?;
            if listed.len() == code.len() && listed.bytes().eq(code.bytes()) {
                return Some(listed);
            }
            slot += 1;
        }
    }

    pub(crate) fn contains(&self, code: &str) -> bool {
        self.find(code).is_some()
    }

    /// All codes, ascending.
    pub(crate) fn codes(&self) -> &'static [&'static str] {
        self.codes
    }
}

/// The hash table of ascending codes; `N` is a power of two, and more than there are codes.
pub(crate) const fn slots<const N: usize>(codes: &[&str]) -> [u16; N] {
    assert!(N.is_power_of_two() && codes.len() < N && N < EMPTY as usize);
    let mut slots = [EMPTY; N];
    let mut i = 0;
    while i < codes.len() {
        let ascends = i == 0 || less(codes[i - 1].as_bytes(), codes[i].as_bytes());
        assert!(ascends, "the codes of a list must ascend");
        let mut slot = hash(codes[i].as_bytes()) & (N - 1);
        while slots[slot] != EMPTY {
            slot = (slot + 1) & (N - 1);
        }
        slots[slot] = i as u16;
        i += 1;
    }
    slots
}

/// Of the first and the last eight bytes: of most codes, these are all.
const fn hash(code: &[u8]) -> usize {
    let number = match (code.first_chunk::<8>(), code.last_chunk::<8>()) {
        (Some(head), Some(tail)) => {
            u64::from_le_bytes(*head) ^ u64::from_le_bytes(*tail).rotate_left(29)
        }
        _ => {
            let (mut number, mut i) = (0, 0);
            while i < code.len() {
                number = (number << 8) | code[i] as u64;
                i += 1;
            }
            number
        }
    };
    (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as usize
}

const fn less(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() {
        if a[i] != b[i] {
            return a[i] < b[i];
        }
        i += 1;
    }
    a.len() < b.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: &CodeList = code_list!["1", "12", "AE", "VATEX-EU", "VATEX-EU-132", "Z"];

    #[test]
    fn every_code_is_found_and_nothing_else() {
        for code in CODES.codes() {
            assert_eq!(CODES.find(code), Some(*code));
        }
        for other in [
            "",
            "0",
            "A",
            "AEE",
            "AE\0",
            "VATEX-E",
            "VATEX-EU-",
            "ZZ",
            "ă",
        ] {
            assert!(!CODES.contains(other), "{other:?}");
        }
        let none: &CodeList = code_list![];
        assert!(!none.contains("") && !none.contains("A"));
    }
}
