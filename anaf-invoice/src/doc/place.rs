//! Where a node stands, for people: computed only when there is something to report.

use super::names::conventional_prefix;
use super::{Doc, NodeId};
use std::collections::HashMap;

/// Distance of the line index's checkpoints in bytes: what one look-up may have to read.
const STRIDE: usize = 4096;
/// Deeper locations keep this many steps at each end.
const STEPS: usize = 12;
/// Longer names are cut in locations.
const NAME_CHARS: usize = 80;

#[derive(Debug)]
pub(super) struct Places {
    /// Line and column at the first character boundary at or after each multiple of [`STRIDE`].
    checkpoints: Vec<(usize, u32, u32)>,
    /// The node's number among its siblings of the same name; 0 where it is alone.
    ordinals: Vec<u32>,
}

impl Places {
    pub(super) fn of(doc: &Doc<'_>) -> Self {
        Self {
            checkpoints: checkpoints(&doc.source),
            ordinals: ordinals(doc),
        }
    }

    pub(super) fn line_column(&self, source: &str, offset: usize) -> (u32, u32) {
        let after = self.checkpoints.partition_point(|(at, _, _)| *at <= offset);
        let (at, line, column) = after
            .checked_sub(1)
            .and_then(|i| self.checkpoints.get(i))
            .copied()
            .unwrap_or((0, 1, 1));
        advance(line, column, source.get(at..offset).unwrap_or(""))
    }

    pub(super) fn xpath(&self, doc: &Doc<'_>, n: NodeId) -> String {
        let mut steps = vec![n];
        while let Some(parent) = steps.last().and_then(|last| doc.parent(*last)) {
            steps.push(parent);
        }
        let mut path = String::with_capacity(steps.len().min(2 * STEPS) * 24);
        let mut depth = 0;
        while let Some(step) = steps.pop() {
            if depth == STEPS && steps.len() >= STEPS {
                path.push_str("/…");
                steps.truncate(STEPS);
                continue;
            }
            depth += 1;
            self.push_step(doc, step, &mut path);
        }
        path
    }

    fn push_step(&self, doc: &Doc<'_>, n: NodeId, path: &mut String) {
        path.push('/');
        let prefix = conventional_prefix(doc.ns(n));
        if prefix.is_empty() {
            path.extend(doc.qualified_local(n).chars().take(NAME_CHARS));
        } else {
            path.push_str(prefix);
            path.push(':');
            path.extend(doc.local_name(n).chars().take(NAME_CHARS));
        }
        if let Some(ordinal) = self.ordinals.get(n.index()).filter(|o| **o > 0) {
            path.push_str(&format!("[{ordinal}]"));
        }
    }
}

impl Doc<'_> {
    /// The local name in a namespace of the invoice family, else the name as written.
    fn qualified_local(&self, n: NodeId) -> &str {
        use super::Ns;
        if matches!(self.ns(n), Ns::INV | Ns::CN) {
            self.local_name(n)
        } else {
            self.qualified_name(n)
        }
    }
}

fn advance(mut line: u32, mut column: u32, text: &str) -> (u32, u32) {
    for c in text.chars() {
        if c == '\n' {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
    }
    (line, column)
}

fn checkpoints(source: &str) -> Vec<(usize, u32, u32)> {
    let mut points = Vec::with_capacity(source.len() / STRIDE + 1);
    let (mut at, mut line, mut column) = (0, 1, 1);
    points.push((at, line, column));
    while at + STRIDE < source.len() {
        let next = source.ceil_char_boundary_at(at + STRIDE);
        (line, column) = advance(line, column, source.get(at..next).unwrap_or(""));
        at = next;
        points.push((at, line, column));
    }
    points
}

trait CeilBoundary {
    fn ceil_char_boundary_at(&self, at: usize) -> usize;
}

impl CeilBoundary for str {
    fn ceil_char_boundary_at(&self, at: usize) -> usize {
        (at..self.len())
            .find(|i| self.is_char_boundary(*i))
            .unwrap_or(self.len())
    }
}

/// One pass over all parents; linear, whatever the number of children.
fn ordinals(doc: &Doc<'_>) -> Vec<u32> {
    let mut ordinals = vec![0; doc.len()];
    let mut counts: HashMap<(u16, &str), (u32, NodeId)> = HashMap::new();
    for parent in doc.all() {
        if doc.is_leaf(parent) {
            continue;
        }
        counts.clear();
        for child in doc.children(parent) {
            let seen = counts
                .entry((doc.ns(child).0, doc.local_name(child)))
                .or_insert((0, child));
            seen.0 += 1;
            if seen.0 == 1 {
                continue;
            }
            if let Some(first) = ordinals.get_mut(seen.1.index()) {
                *first = 1;
            }
            if let Some(this) = ordinals.get_mut(child.index()) {
                *this = seen.0;
            }
        }
    }
    ordinals
}

/// Line and column of an offset of a text that is not (yet) a document.
pub(super) fn line_column(source: &str, offset: usize) -> (u32, u32) {
    let head = (0..=offset.min(source.len()))
        .rev()
        .find_map(|at| source.get(..at))
        .unwrap_or("");
    advance(1, 1, head)
}
