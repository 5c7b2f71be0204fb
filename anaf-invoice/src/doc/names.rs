//! Interned names: comparing two element names is comparing two numbers.

use super::name_tables::{ATTRIBUTES, NAMES, NAMESPACES};

/// A namespace: one of the UBL family by its constant, or one that only this document knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ns(pub(super) u16);

impl Ns {
    /// No namespace.
    pub(crate) const NONE: Ns = Ns(u16::MAX);

    /// The number of namespaces with a constant; higher numbers belong to one document.
    pub(super) const KNOWN: u16 = NAMESPACES.len() as u16;

    pub(super) fn of_uri(uri: &str) -> Option<Ns> {
        let at = NAMESPACES.iter().position(|known| *known == uri)?;
        u16::try_from(at).ok().map(Ns)
    }
}

/// An element name (namespace and local name) of UBL; [`Name::OTHER`] for all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name(pub(super) u16);

impl Name {
    /// A name outside the table. Ask the document for its text.
    pub(crate) const OTHER: Name = Name(u16::MAX);

    /// How many names the table has; every [`Name::index`] but that of `OTHER` is below it.
    pub(crate) const COUNT: usize = NAMES.len();

    /// A number for tables indexed by name.
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    /// All names of the table, in the order of their indexes.
    pub(crate) fn all() -> impl Iterator<Item = Name> {
        (0u16..).zip(&NAMES).map(|(index, _)| Name(index))
    }

    /// The name with this number, for tables generated from the same names.
    pub(crate) const fn at(number: u16) -> Name {
        Name(number)
    }

    /// How many values [`Name::group`] has.
    pub(crate) const GROUPS: usize = 64;

    /// One of a few groups that names fall into.
    #[inline]
    pub(crate) fn group(self) -> usize {
        // The multiplier spreads neighbours, which the table keeps together.
        usize::from(self.0.wrapping_mul(0x9E37) >> 10)
    }

    /// A bit for sets of names; those of a group share one.
    #[inline]
    pub(crate) fn bit(self) -> u64 {
        1 << self.group()
    }

    /// The local name; empty for `OTHER`.
    pub(crate) fn local(self) -> &'static str {
        NAMES.get(self.index()).map_or("", |(_, local)| local)
    }

    /// The namespace; `NONE` for `OTHER`.
    pub(crate) fn ns(self) -> Ns {
        NAMES.get(self.index()).map_or(Ns::NONE, |(ns, _)| *ns)
    }

    /// The name as rules write it, e.g. `cbc:ID`; roots and the rest without a prefix.
    pub(crate) fn display(self) -> String {
        let prefix = conventional_prefix(self.ns());
        if prefix.is_empty() {
            self.local().to_owned()
        } else {
            format!("{prefix}:{}", self.local())
        }
    }

    /// The name that tables write as `cac:Party`; `None` where there is no such name.
    pub(crate) fn of_step(step: &str) -> Option<Name> {
        let (prefix, local) = step.split_once(':')?;
        let ns = match prefix {
            "cac" => Ns::CAC,
            "cbc" => Ns::CBC,
            "ext" => Ns::EXT,
            _ => return None,
        };
        Some(Name::lookup(ns, local.as_bytes())).filter(|name| *name != Name::OTHER)
    }

    pub(crate) fn lookup(ns: Ns, local: &[u8]) -> Name {
        let key = Key::of(ns.0, local);
        let mut slot = key.hash() & NAME_MASK;
        loop {
            let Some(&entry) = NAME_SLOTS.get(slot) else {
                return Name::OTHER;
            };
            let Some(known) = NAME_KEYS.get(usize::from(entry)) else {
                return Name::OTHER;
            };
            if known.same(&key) && (local.len() <= 16 || Name(entry).local().as_bytes() == local) {
                return Name(entry);
            }
            slot = (slot + 1) & NAME_MASK;
        }
    }
}

/// The prefix that the rules and the literature use for a namespace; empty where they use none.
pub(crate) fn conventional_prefix(ns: Ns) -> &'static str {
    match ns {
        Ns::CAC => "cac",
        Ns::CBC => "cbc",
        Ns::EXT => "ext",
        Ns::SIG => "sig",
        Ns::SAC => "sac",
        Ns::SBC => "sbc",
        Ns::DS => "ds",
        Ns::XADES => "xades",
        Ns::XADES141 => "xades141",
        _ => "",
    }
}

/// The name of an attribute without a namespace; [`AttrName::OTHER`] for unknown or qualified ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AttrName(pub(super) u16);

impl AttrName {
    /// A name outside the table.
    pub(crate) const OTHER: AttrName = AttrName(u16::MAX);

    /// A number for tables indexed by name; that of `OTHER` is the highest there is.
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    /// The name with this number, for tables generated from the same names.
    pub(crate) const fn at(number: u16) -> AttrName {
        AttrName(number)
    }

    pub(super) fn lookup(local: &[u8]) -> AttrName {
        let mut slot = Key::of(0, local).hash() & ATTR_MASK;
        loop {
            let Some(&entry) = ATTR_SLOTS.get(slot) else {
                return AttrName::OTHER;
            };
            let Some(name) = ATTRIBUTES.get(usize::from(entry)) else {
                return AttrName::OTHER;
            };
            if name.as_bytes() == local {
                return AttrName(entry);
            }
            slot = (slot + 1) & ATTR_MASK;
        }
    }

    /// The attribute's name; empty for `OTHER`.
    pub(crate) fn local(self) -> &'static str {
        ATTRIBUTES.get(usize::from(self.0)).copied().unwrap_or("")
    }
}

const NAME_MASK: usize = 8191;
const ATTR_MASK: usize = 255;

/// Open addressing: the number of the name, or `u16::MAX` for an empty slot.
static NAME_SLOTS: [u16; NAME_MASK + 1] = {
    let mut slots = [u16::MAX; NAME_MASK + 1];
    let mut i = 0;
    while i < NAMES.len() {
        let mut slot = NAME_KEYS[i].hash() & NAME_MASK;
        while slots[slot] != u16::MAX {
            slot = (slot + 1) & NAME_MASK;
        }
        slots[slot] = i as u16;
        i += 1;
    }
    slots
};

static ATTR_SLOTS: [u16; ATTR_MASK + 1] = {
    let mut slots = [u16::MAX; ATTR_MASK + 1];
    let mut i = 0;
    while i < ATTRIBUTES.len() {
        let mut slot = Key::of(0, ATTRIBUTES[i].as_bytes()).hash() & ATTR_MASK;
        while slots[slot] != u16::MAX {
            slot = (slot + 1) & ATTR_MASK;
        }
        slots[slot] = i as u16;
        i += 1;
    }
    slots
};

/// Length, namespace and the first and last eight bytes of a name. Up to 16 bytes, that is the whole name.
#[derive(Clone, Copy)]
struct Key {
    head: u64,
    tail: u64,
    len: u16,
    ns: u16,
}

impl Key {
    const EMPTY: Key = Key {
        head: 0,
        tail: 0,
        len: 0,
        ns: 0,
    };

    const fn of(ns: u16, local: &[u8]) -> Key {
        let (head, tail) = if let (Some(head), Some(tail)) =
            (local.first_chunk::<8>(), local.last_chunk::<8>())
        {
            (u64::from_le_bytes(*head), u64::from_le_bytes(*tail))
        } else if let (Some(head), Some(tail)) = (local.first_chunk::<4>(), local.last_chunk::<4>())
        {
            (
                u32::from_le_bytes(*head) as u64,
                u32::from_le_bytes(*tail) as u64,
            )
        } else {
            let mut head = 0;
            let mut i = 0;
            while i < local.len() {
                head = (head << 8) | local[i] as u64;
                i += 1;
            }
            (head, 0)
        };
        // Longer names than a u16 holds are none of the table's, and stay longer than all of them.
        let len = if local.len() > u16::MAX as usize {
            u16::MAX
        } else {
            local.len() as u16
        };
        Key {
            head,
            tail,
            len,
            ns,
        }
    }

    const fn hash(&self) -> usize {
        const K: u64 = 0x9E37_79B9_7F4A_7C15;
        let mixed = (self.head ^ ((self.ns as u64) << 56) ^ self.len as u64)
            .wrapping_mul(K)
            .rotate_left(26)
            ^ self.tail;
        (mixed.wrapping_mul(K) >> 40) as usize
    }

    fn same(&self, other: &Key) -> bool {
        self.head == other.head
            && self.tail == other.tail
            && self.len == other.len
            && self.ns == other.ns
    }
}

static NAME_KEYS: [Key; NAMES.len()] = {
    let mut keys = [Key::EMPTY; NAMES.len()];
    let mut i = 0;
    while i < NAMES.len() {
        keys[i] = Key::of(NAMES[i].0.0, NAMES[i].1.as_bytes());
        i += 1;
    }
    keys
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doc::{attr, name};

    #[test]
    fn every_name_is_found_by_its_text() {
        for (index, (ns, local)) in NAMES.iter().enumerate() {
            assert_eq!(
                Name::lookup(*ns, local.as_bytes()).index(),
                index,
                "{local}"
            );
        }
        for (index, local) in ATTRIBUTES.iter().enumerate() {
            assert_eq!(
                usize::from(AttrName::lookup(local.as_bytes()).0),
                index,
                "{local}"
            );
        }
    }

    #[test]
    fn other_names_are_other() {
        assert_eq!(Name::lookup(Ns::CAC, b"ID"), Name::OTHER);
        assert_eq!(Name::lookup(Ns::NONE, b"Invoice"), Name::OTHER);
        assert_eq!(Name::lookup(Ns::CBC, b""), Name::OTHER);
        assert_eq!(AttrName::lookup(b"currencyId"), AttrName::OTHER);
        assert_eq!(Name::lookup(Ns::CBC, b"ID"), name::CBC_ID);
        assert_eq!(AttrName::lookup(b"currencyID"), attr::CURRENCY_ID);
        assert_eq!(name::CAC_TAX_TOTAL.display(), "cac:TaxTotal");
    }
}
