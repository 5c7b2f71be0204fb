//! The elements that must be absent, found in one pass: 644 paths become one table that is stepped from element to
//! element, and a subtree that no path enters is skipped.

use std::sync::LazyLock;

use super::absent_tables::ABSENT;
use crate::doc::name::{CAC_CREDIT_NOTE_LINE, CAC_INVOICE_LINE};
use crate::doc::{Doc, Name};

/// Which rules of [`ABSENT`] fired, as bits.
pub(in crate::rules) struct Present([u64; ABSENT.len().div_ceil(64)]);

impl Present {
    /// Walks the document once.
    pub(in crate::rules) fn of(doc: &Doc<'_>) -> Present {
        let mut present = Present([0; ABSENT.len().div_ceil(64)]);
        let paths = &*PATHS;
        // States on the way down, each with the end of its subtree; the root's is never left.
        let mut open = vec![(doc.len(), ROOT)];
        let mut index = 1;
        while index < doc.len() {
            while open.len() > 1 && open.last().is_some_and(|(end, _)| index >= *end) {
                open.pop();
            }
            let (Some(node), Some((_, state))) = (doc.node_at(index), open.last()) else {
                break;
            };
            match paths.step(*state, doc.name(node)) {
                Some(next) => {
                    for &rule in paths.rules_at(next) {
                        present.set(usize::from(rule));
                    }
                    let end = doc.subtree_end(node);
                    if doc.child_groups(node) & paths.groups_at(next) == 0 {
                        index = end;
                    } else {
                        open.push((end, next));
                        index += 1;
                    }
                }
                None => index = doc.subtree_end(node),
            }
        }
        present
    }

    fn set(&mut self, rule: usize) {
        if let Some(word) = self.0.get_mut(rule / 64) {
            *word |= 1 << (rule % 64);
        }
    }

    /// Positions in [`ABSENT`] of the paths that exist.
    pub(in crate::rules) fn rules(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(index, word)| {
            let unless_zero = |bits: u64| (bits != 0).then_some(bits);
            std::iter::successors(unless_zero(*word), move |bits| {
                unless_zero(bits & (bits - 1))
            })
            .map(move |bits| index * 64 + bits.trailing_zeros() as usize)
        })
    }
}

type State = u16;

const ROOT: State = 0;

/// The paths as a tree: a state for each beginning of a path.
struct Paths {
    /// Open addressing over (state, name), for one look-up per element.
    slots: Vec<Option<(State, Name, State)>>,
    /// Rules of the paths that end in a state.
    rules: Vec<Vec<u16>>,
    /// Groups of the names that lead on from a state, as bits.
    groups: Vec<u64>,
}

const SLOTS: usize = 4096;

static PATHS: LazyLock<Paths> = LazyLock::new(|| {
    let mut paths = Paths {
        slots: vec![None; SLOTS],
        rules: vec![Vec::new()],
        groups: vec![0],
    };
    for (rule, (_, path)) in (0u16..).zip(ABSENT) {
        match path.strip_prefix("(cac:InvoiceLine|cac:CreditNoteLine)/") {
            Some(rest) => {
                for line in [CAC_INVOICE_LINE, CAC_CREDIT_NOTE_LINE] {
                    let line = paths.grow(ROOT, line);
                    paths.add(line, rest, rule);
                }
            }
            None => paths.add(ROOT, path, rule),
        }
    }
    paths
});

impl Paths {
    fn add(&mut self, from: State, path: &str, rule: u16) {
        let end = path
            .split('/')
            .filter_map(Name::of_step)
            .fold(from, |state, name| self.grow(state, name));
        if let Some(rules) = self.rules.get_mut(usize::from(end)) {
            rules.push(rule);
        }
    }

    /// The state after a step, made if it is not there.
    fn grow(&mut self, state: State, name: Name) -> State {
        if let Some(next) = self.step(state, name) {
            return next;
        }
        let next = self.rules.len() as State;
        self.rules.push(Vec::new());
        self.groups.push(0);
        if let Some(groups) = self.groups.get_mut(usize::from(state)) {
            *groups |= name.bit();
        }
        let mut slot = hash(state, name);
        while let Some(Some(_)) = self.slots.get(slot) {
            slot = (slot + 1) % SLOTS;
        }
        if let Some(free) = self.slots.get_mut(slot) {
            *free = Some((state, name, next));
        }
        next
    }

    #[inline]
    fn step(&self, state: State, name: Name) -> Option<State> {
        let mut slot = hash(state, name);
        while let Some(Some((from, by, to))) = self.slots.get(slot) {
            if (*from, *by) == (state, name) {
                return Some(*to);
            }
            slot = (slot + 1) % SLOTS;
        }
        None
    }

    fn groups_at(&self, state: State) -> u64 {
        self.groups.get(usize::from(state)).copied().unwrap_or(0)
    }

    fn rules_at(&self, state: State) -> &[u16] {
        self.rules
            .get(usize::from(state))
            .map_or(&[], Vec::as_slice)
    }
}

fn hash(state: State, name: Name) -> usize {
    let key = (usize::from(state) << 11) ^ name.index();
    (key.wrapping_mul(0x9E37_79B1) >> 8) % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_of_the_table_is_a_name() {
        for (id, path) in ABSENT {
            let path = path
                .strip_prefix("(cac:InvoiceLine|cac:CreditNoteLine)/")
                .unwrap_or(path);
            assert!(
                path.split('/').all(|step| Name::of_step(step).is_some()),
                "{id} {path}"
            );
        }
    }

    #[test]
    fn the_table_fills_less_than_half_of_its_slots() {
        assert!(
            PATHS.rules.len() < SLOTS / 2,
            "{} states",
            PATHS.rules.len()
        );
    }

    fn found(xml: &str) -> Vec<&'static str> {
        let doc = Doc::parse(xml.as_bytes()).unwrap();
        Present::of(&doc)
            .rules()
            .map(|rule| ABSENT[rule].0)
            .collect()
    }

    #[test]
    fn paths_are_followed_from_the_root_only() {
        let invoice = |body: &str| {
            found(&format!(
                r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
                    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
                    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">{body}</Invoice>"#
            ))
        };
        assert_eq!(invoice("<cbc:UUID/><cbc:UUID/>"), ["UBL-CR-005"]);
        assert_eq!(
            invoice("<cac:OrderReference><cbc:UUID/></cac:OrderReference>"),
            ["UBL-CR-017"]
        );
        assert_eq!(
            invoice(
                "<cac:InvoiceLine><cbc:UUID/></cac:InvoiceLine><cac:CreditNoteLine><cbc:UUID/></cac:CreditNoteLine>"
            ),
            ["UBL-CR-515"]
        );
        assert_eq!(
            invoice("<cac:Party><cbc:UUID/></cac:Party><cac:InvoiceLine/>"),
            Vec::<&str>::new()
        );
    }
}
