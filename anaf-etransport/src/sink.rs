//! Collects findings and gives each its place.

use std::sync::Arc;

use crate::report::{
    Ambiguity, Finding, FindingPlace, MAX_FINDINGS, Report, Severity, Undetermined,
};
use crate::xml::{AttrName, Attribute, Document, Element, Lines, path_of};

/// What a finding says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Message {
    pub(crate) id: &'static str,
    pub(crate) romanian: &'static str,
    pub(crate) english: &'static str,
}

/// Which of the two lists a finding belongs to.
#[derive(Clone, Copy)]
enum List {
    Schema,
    Rules,
}

/// The findings of one document.
pub(crate) struct Sink<'d> {
    doc: &'d Document<'d>,
    report: Report,
    /// Made for the first finding: most documents have none.
    lines: Option<Lines<'d>>,
    /// The path of the element named last, shared by its findings.
    path: Option<(u32, Arc<str>)>,
}

impl<'d> Sink<'d> {
    pub(crate) fn new(doc: &'d Document<'d>) -> Self {
        Self {
            doc,
            report: Report::default(),
            lines: None,
            path: None,
        }
    }

    pub(crate) fn finish(self) -> Report {
        self.report
    }

    /// A constraint of the schema that an element breaks.
    pub(crate) fn schema_element(&mut self, element: Element<'d>, message: Message) {
        self.add(List::Schema, message, element, None);
    }

    /// A constraint of the schema that an attribute breaks.
    pub(crate) fn schema_attribute(
        &mut self,
        element: Element<'d>,
        attribute: Attribute<'d>,
        message: Message,
    ) {
        self.add(List::Schema, message, element, Some(attribute));
    }

    /// A required attribute that is not there: the place names it all the same.
    pub(crate) fn schema_missing(
        &mut self,
        element: Element<'d>,
        name: AttrName,
        message: Message,
    ) {
        if !self.has_room(List::Schema, message.id) {
            return;
        }
        let mut place = self.place(element, None);
        place.attribute = Some(name.as_str().into());
        self.report.schema.push(finding(message, place, None));
    }

    /// An official assertion that fails.
    pub(crate) fn rule(
        &mut self,
        element: Element<'d>,
        attribute: Option<Attribute<'d>>,
        message: Message,
    ) {
        self.add(List::Rules, message, element, attribute);
    }

    /// An official assertion that nobody can answer; only its first place is kept.
    pub(crate) fn undetermined(
        &mut self,
        element: Element<'d>,
        attribute: Option<Attribute<'d>>,
        id: &'static str,
        why: Ambiguity,
    ) {
        if self.report.undetermined.iter().all(|known| known.id != id) {
            let place = self.place(element, attribute);
            self.report
                .undetermined
                .push(Undetermined { id, place, why });
        }
    }

    fn add(
        &mut self,
        list: List,
        message: Message,
        element: Element<'d>,
        attribute: Option<Attribute<'d>>,
    ) {
        if !self.has_room(list, message.id) {
            return;
        }
        let place = self.place(element, attribute);
        let value = attribute.map(|attribute| attribute.value().chars().take(80).collect());
        let finding = finding(message, place, value);
        match list {
            List::Schema => self.report.schema.push(finding),
            List::Rules => self.report.rules.push(finding),
        }
    }

    /// Counts a finding; false where it is too much to keep. Each list keeps its first, so that a verdict never changes.
    fn has_room(&mut self, list: List, id: &'static str) -> bool {
        let count = self.report.counts.entry(id).or_default();
        *count += 1;
        let kept = match list {
            List::Schema => self.report.schema.len(),
            List::Rules => self.report.rules.len(),
        };
        // The first of each id is kept whatever happens: the set of ids is always whole.
        let room = kept < MAX_FINDINGS / 2 || *count == 1;
        self.report.omitted += u32::from(!room);
        room
    }

    fn place(&mut self, element: Element<'d>, attribute: Option<Attribute<'d>>) -> FindingPlace {
        let path = match &self.path {
            Some((index, path)) if *index == element.index() => Arc::clone(path),
            _ => {
                let path: Arc<str> = path_of(element).into();
                self.path = Some((element.index(), Arc::clone(&path)));
                path
            }
        };
        let offset = attribute.map_or_else(|| element.offset(), Attribute::offset);
        let text = self.doc.text();
        let (line, column) = self
            .lines
            .get_or_insert_with(|| Lines::new(text))
            .at(offset);
        FindingPlace {
            element: path,
            attribute: attribute.map(|attribute| attribute.written_name().into()),
            line,
            column,
        }
    }
}

fn finding(message: Message, place: FindingPlace, value: Option<Box<str>>) -> Finding {
    let Message {
        id,
        romanian,
        english,
    } = message;
    Finding {
        id,
        severity: Severity::Fatal,
        place,
        romanian,
        english,
        value,
    }
}

/// The report on a document that is not well-formed.
pub(crate) fn malformed(text: &str, offset: usize, message: Message) -> Report {
    let (line, column) = Lines::new(text).at(offset);
    let place = FindingPlace {
        element: "".into(),
        attribute: None,
        line,
        column,
    };
    let mut report = Report {
        schema: vec![finding(message, place, None)],
        ..Report::default()
    };
    report.counts.insert(message.id, 1);
    report
}
