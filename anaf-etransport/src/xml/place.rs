//! Where something stands: line and column, and the XPath of an element.

use super::{Element, ElementName};

/// Bytes between two remembered positions.
const STEP: usize = 512;

/// Finds lines and columns. Remembers a position every few hundred bytes, so that each question costs the same
/// wherever it points, in a document of one line too.
pub(crate) struct Lines<'a> {
    text: &'a str,
    marks: Vec<(u32, u32)>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let mut marks = Vec::with_capacity(text.len() / STEP + 1);
        let (mut line, mut column) = (1, 1);
        for chunk in text.as_bytes().chunks(STEP) {
            marks.push((line, column));
            advance(chunk, &mut line, &mut column);
        }
        Self { text, marks }
    }

    /// Line and column of a byte offset, both from 1; columns count characters.
    pub(crate) fn at(&self, offset: usize) -> (u32, u32) {
        let offset = offset.min(self.text.len());
        let mark = (offset / STEP).min(self.marks.len().saturating_sub(1));
        let (mut line, mut column) = self.marks.get(mark).copied().unwrap_or((1, 1));
        let rest = self
            .text
            .as_bytes()
            .get(mark * STEP..offset)
            .unwrap_or_default();
        advance(rest, &mut line, &mut column);
        (line, column)
    }
}

fn advance(bytes: &[u8], line: &mut u32, column: &mut u32) {
    for byte in bytes {
        match byte {
            b'\n' => (*line, *column) = (*line + 1, 1),
            // Continuation bytes of UTF-8 belong to the character before them.
            0x80..=0xBF => {}
            _ => *column += 1,
        }
    }
}

/// The path of an element without namespaces, e.g. `/eTransport[1]/notificare[1]/bunuriTransportate[3]`. A step that
/// the schema does not know is `*[n]`, the nth of all children.
pub(crate) fn path_of(element: Element<'_>) -> String {
    let mut steps = Vec::new();
    let mut next = Some(element);
    while let Some(step) = next {
        steps.push(step);
        next = step.parent();
    }
    let mut path = String::with_capacity(steps.len() * 24);
    for step in steps.iter().rev() {
        let name = if step.local_name() == ElementName::Other {
            "*"
        } else {
            step.local_name().as_str()
        };
        path.push('/');
        path.push_str(name);
        path.push('[');
        path.push_str(&step.ordinal().to_string());
        path.push(']');
    }
    path
}
