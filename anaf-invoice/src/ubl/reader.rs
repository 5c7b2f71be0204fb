//! The tools of reading: single values out of elements, and a record of everything that has no place.

use std::borrow::Cow;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::kept::{Extra, KeptAside, ReadIssue, ReadProblem};
use crate::codes::IcdScheme;
use crate::doc::{AttrName, Attribute, Doc, Name, NodeId, Ns, attr};
use crate::model::Identifier;
use crate::report::Location;

/// Attributes of this namespace, as `xsi:schemaLocation`, tell where schemas are, nothing of the invoice.
const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// A document being read.
pub(super) struct Reader<'d, 'x> {
    pub(super) doc: &'d Doc<'x>,
    /// The invoice's currency (BT-5), which every amount repeats.
    pub(super) currency: Cow<'d, str>,
    /// The payee's creditor identifier (BT-90), until the payment instructions are known.
    pub(super) creditor: Option<(NodeId, Identifier<IcdScheme>)>,
    kept: Vec<(NodeId, KeptAside)>,
    kept_attributes: Vec<(NodeId, usize)>,
    issues: Vec<(NodeId, &'static str, ReadProblem)>,
}

impl<'d, 'x> Reader<'d, 'x> {
    pub(super) fn new(doc: &'d Doc<'x>, currency: Cow<'d, str>) -> Self {
        Self {
            doc,
            currency,
            creditor: None,
            kept: Vec::new(),
            kept_attributes: Vec::new(),
            issues: Vec::new(),
        }
    }

    /// Keeps an element that the model does not name.
    #[cold]
    pub(super) fn keep(&mut self, n: NodeId) {
        self.kept.push((n, KeptAside::NotInModel));
    }

    /// Keeps an element that the model already has.
    #[cold]
    pub(super) fn again(&mut self, n: NodeId) {
        self.kept.push((n, KeptAside::Repeated));
    }

    #[cold]
    pub(super) fn issue(&mut self, n: NodeId, term: &'static str, problem: ReadProblem) {
        self.issues.push((n, term, problem));
    }

    #[cold]
    pub(super) fn unreadable(&mut self, n: NodeId, term: &'static str) {
        let text = self.doc.text(n).chars().take(100).collect();
        self.issue(n, term, ReadProblem::Unreadable { text });
        self.kept.push((n, KeptAside::Unreadable));
    }

    /// Keeps what a leaf has beside its text and the attributes that the model takes.
    #[inline]
    pub(super) fn leaf(&mut self, n: NodeId, taken: &[AttrName]) {
        self.attributes(n, taken);
        if !self.doc.is_leaf(n) {
            let doc = self.doc;
            for child in doc.children(n) {
                self.keep(child);
            }
        }
    }

    /// Keeps the attributes that the model does not take.
    #[inline]
    pub(super) fn attributes(&mut self, n: NodeId, taken: &[AttrName]) {
        for (at, attribute) in self.doc.attributes(n).iter().enumerate() {
            if attribute.ns != Ns::NONE || !taken.contains(&attribute.name) {
                self.keep_attribute(n, at);
            }
        }
    }

    #[cold]
    fn keep_attribute(&mut self, n: NodeId, at: usize) {
        let ns = self.doc.attributes(n).get(at).map(|attribute| attribute.ns);
        if ns.is_some_and(|ns| self.doc.uri(ns) != SCHEMA_INSTANCE) {
            self.kept_attributes.push((n, at));
        }
    }

    /// The text of a leaf.
    #[inline]
    pub(super) fn text(&mut self, n: NodeId) -> String {
        self.leaf(n, &[]);
        self.doc.text(n).into_owned()
    }

    /// Fills a text; a second one is kept.
    #[inline]
    pub(super) fn put(&mut self, slot: &mut Option<String>, n: NodeId) {
        if slot.is_some() {
            return self.again(n);
        }
        *slot = Some(self.text(n));
    }

    /// Fills a code; a second one is kept.
    pub(super) fn code<T>(&mut self, slot: &mut Option<T>, n: NodeId, read: fn(&str) -> T) {
        if slot.is_some() {
            return self.again(n);
        }
        self.leaf(n, &[]);
        *slot = Some(read(&self.doc.text(n)));
    }

    /// Fills an identifier with its scheme; a second one is kept.
    pub(super) fn identifier<S>(
        &mut self,
        slot: &mut Option<Identifier<S>>,
        n: NodeId,
        scheme: fn(&str) -> S,
    ) {
        if slot.is_some() {
            return self.again(n);
        }
        *slot = Some(self.read_identifier(n, scheme));
    }

    pub(super) fn read_identifier<S>(&mut self, n: NodeId, scheme: fn(&str) -> S) -> Identifier<S> {
        self.leaf(n, &[attr::SCHEME_ID]);
        let scheme = self.doc.attr(n, attr::SCHEME_ID).map(|id| scheme(&id));
        let mut identifier = Identifier::new(self.doc.text(n));
        identifier.scheme = scheme;
        identifier
    }

    /// Fills a date; a second one is kept.
    pub(super) fn date(&mut self, slot: &mut Option<Date>, n: NodeId, term: &'static str) {
        if slot.is_some() {
            return self.again(n);
        }
        self.leaf(n, &[]);
        let text = self.doc.text(n);
        match parse_date(&text) {
            Some((date, whole)) => {
                *slot = Some(date);
                if !whole {
                    let text = text.into_owned();
                    self.issue(n, term, ReadProblem::Adapted { text });
                }
            }
            None => self.unreadable(n, term),
        }
    }

    /// Fills an amount in the invoice's currency; a second one is kept.
    pub(super) fn amount(&mut self, slot: &mut Option<Decimal>, n: NodeId, term: &'static str) {
        if slot.is_some() {
            return self.again(n);
        }
        self.leaf(n, &[attr::CURRENCY_ID]);
        *slot = self.decimal(n, term);
        if let Some(currency) = self.doc.attr(n, attr::CURRENCY_ID)
            && currency.trim() != self.currency
        {
            let currency = currency.into_owned();
            self.issue(n, term, ReadProblem::OtherCurrency { currency });
        }
    }

    /// Fills a number without a unit; a second one is kept.
    pub(super) fn number(&mut self, slot: &mut Option<Decimal>, n: NodeId, term: &'static str) {
        if slot.is_some() {
            return self.again(n);
        }
        self.leaf(n, &[]);
        *slot = self.decimal(n, term);
    }

    /// The number in a leaf.
    #[inline]
    pub(super) fn decimal(&mut self, n: NodeId, term: &'static str) -> Option<Decimal> {
        let decimal = parse_decimal(&self.doc.text(n));
        if decimal.is_none() {
            self.unreadable(n, term);
        }
        decimal
    }

    /// A required value: the default and an issue when it is missing.
    #[inline]
    pub(super) fn require<T: Default>(
        &mut self,
        value: Option<T>,
        term: &'static str,
        parent: NodeId,
    ) -> T {
        self.require_or(value, term, parent, T::default)
    }

    /// A required value with a stand-in of its own.
    #[inline]
    pub(super) fn require_or<T>(
        &mut self,
        value: Option<T>,
        term: &'static str,
        parent: NodeId,
        stand_in: fn() -> T,
    ) -> T {
        match value {
            Some(value) => value,
            None => {
                // An unreadable value has an issue already. Those of this parent's subtree are the last ones.
                let mut within = self.issues.iter().rev().take_while(|(at, ..)| *at > parent);
                if !within
                    .any(|(at, known, _)| *known == term && self.doc.parent(*at) == Some(parent))
                {
                    self.issue(parent, term, ReadProblem::Missing);
                }
                stand_in()
            }
        }
    }

    /// Fills a text from the one child that the model takes of this element.
    pub(super) fn put_child(&mut self, slot: &mut Option<String>, n: NodeId, name: Name) {
        let doc = self.doc;
        for child in doc.children(n) {
            if doc.name(child) == name {
                self.put(slot, child);
            } else {
                self.keep(child);
            }
        }
    }

    /// Everything kept, with places, in document order.
    pub(super) fn finish(mut self) -> (Vec<Extra>, Vec<ReadIssue>) {
        self.kept.sort_by_key(|(n, _)| *n);
        self.attributes_of_groups();
        let doc = self.doc;
        let kept = std::mem::take(&mut self.kept);
        let elements = kept
            .into_iter()
            .map(|(n, why)| (n, why, subtree(doc, n).to_owned()));
        let attributes = std::mem::take(&mut self.kept_attributes);
        let attributes = attributes.into_iter().map(|(n, at)| {
            let attribute = doc.attributes(n).get(at);
            let xml = attribute.map(|a| attribute_xml(doc, a));
            (n, KeptAside::Attribute, xml.unwrap_or_default())
        });
        let mut extras: Vec<_> = elements.chain(attributes).collect();
        extras.sort_by_key(|(n, ..)| *n);
        self.issues.sort_by_key(|(n, ..)| *n);
        let mut cursor = Cursor::new(doc);
        let extras = extras
            .into_iter()
            .map(|(n, why, xml)| Extra {
                location: cursor.location(n),
                why,
                xml,
            })
            .collect();
        let mut cursor = Cursor::new(doc);
        let issues = self
            .issues
            .into_iter()
            .map(|(n, term, problem)| ReadIssue {
                term,
                location: cursor.location(n),
                problem,
            })
            .collect();
        (extras, issues)
    }

    /// No group of the model has attributes: keeps those of every element with children that is not kept whole.
    fn attributes_of_groups(&mut self) {
        let doc = self.doc;
        let whole = std::mem::take(&mut self.kept);
        let mut whole_ones = whole.iter().map(|(n, _)| *n).peekable();
        let mut skip_to = 0;
        for n in doc.all() {
            while whole_ones.next_if(|kept| *kept < n).is_some() {}
            if n.index() < skip_to {
                continue;
            }
            if whole_ones.peek() == Some(&n) {
                skip_to = doc.subtree_end(n);
            } else if !doc.is_leaf(n) && !doc.attributes(n).is_empty() {
                self.attributes(n, &[]);
            }
        }
        self.kept = whole;
    }
}

/// Places of elements that are asked for in document order: all of them cost one pass over the text.
struct Cursor<'d, 'x> {
    doc: &'d Doc<'x>,
    at: usize,
    line: u32,
    column: u32,
}

impl<'d, 'x> Cursor<'d, 'x> {
    fn new(doc: &'d Doc<'x>) -> Self {
        Self {
            doc,
            at: 0,
            line: 1,
            column: 1,
        }
    }

    fn location(&mut self, n: NodeId) -> Location {
        let text = self.doc.source();
        let start = text.len().saturating_sub(self.doc.source_from(n).len());
        for c in text.get(self.at..start).unwrap_or_default().chars() {
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.at = self.at.max(start);
        Location::new(self.doc.xpath(n), self.line, self.column)
    }
}

/// An attribute as XML, `name="value"`.
fn attribute_xml(doc: &Doc<'_>, attribute: &Attribute) -> String {
    let name = doc.attr_qualified_name(attribute);
    let value = doc.attr_value(attribute);
    let value = value.replace('&', "&amp;").replace('<', "&lt;");
    format!("{name}=\"{}\"", value.replace('"', "&quot;"))
}

/// An element as it stands in the document, end tag included.
fn subtree<'d>(doc: &'d Doc<'_>, n: NodeId) -> &'d str {
    use quick_xml::events::Event;

    let text = doc.source_from(n);
    let mut reader = quick_xml::Reader::from_str(text);
    let mut depth = 0_u32;
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Eof) | Err(_) => return text,
            Ok(_) => {}
        }
        if depth == 0 {
            let end = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            return text.get(..end).unwrap_or(text);
        }
    }
}

/// XML's white space, which schema types collapse.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

fn parse_decimal(text: &str) -> Option<Decimal> {
    let text = trim(text);
    // What rust_decimal allows beyond xs:decimal.
    if text.contains('_') {
        return None;
    }
    Decimal::from_str_exact(text).ok()
}

/// A date, and whether it is all that the text says: a time zone is left out.
fn parse_date(text: &str) -> Option<(Date, bool)> {
    let text = trim(text);
    let (day, zone) = text.split_at_checked(10)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = day.as_bytes() else {
        return None;
    };
    let number = |digits: &[&u8]| {
        digits.iter().try_fold(0_i16, |value, digit| {
            digit
                .is_ascii_digit()
                .then(|| value * 10 + i16::from(**digit - b'0'))
        })
    };
    let two = |tens: &u8, ones: &u8| number(&[tens, ones]).and_then(|n| i8::try_from(n).ok());
    let date = Date::new(number(&[y1, y2, y3, y4])?, two(m1, m2)?, two(d1, d2)?).ok()?;
    match zone.as_bytes() {
        [] => Some((date, true)),
        [b'Z'] => Some((date, false)),
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            number(&[h1, h2, m1, m2])?;
            Some((date, false))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dates() {
        let day = date(2024, 6, 1);
        for (text, expected) in [
            ("2024-06-01", Some((day, true))),
            (" 2024-06-01\n", Some((day, true))),
            ("2024-06-01+03:00", Some((day, false))),
            ("2024-06-01Z", Some((day, false))),
            ("2024-02-30", None),
            ("2024-6-1", None),
            ("01.06.2024", None),
            ("2024-06-01T00:00:00", None),
            ("2024-06-0é", None),
            ("", None),
        ] {
            assert_eq!(parse_date(text), expected, "{text:?}");
        }
    }

    #[test]
    fn decimals() {
        for (text, expected) in [
            ("10.50", Some("10.50")),
            (" +10 ", Some("10")),
            (".5", Some("0.5")),
            ("5.", Some("5")),
            ("-0010.00", Some("-10.00")),
            ("10,00", None),
            ("1E2", None),
            ("1_000", None),
            ("NaN", None),
            ("", None),
            ("1.00000000000000000000000000001", None),
        ] {
            let got = parse_decimal(text).map(|d| d.to_string());
            assert_eq!(got.as_deref(), expected, "{text:?}");
        }
    }
}
