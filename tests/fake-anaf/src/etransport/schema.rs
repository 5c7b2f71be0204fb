//! The structure of the version 2 schema: which elements and attributes stand where. Values are left to ANAF.

use roxmltree::{Document, Node};

use crate::xml::{self, SaxError};

/// The namespace of version 2.
pub(super) const V2: &str = "mfp:anaf:dgti:eTransport:declaratie:v2";
/// The namespace of version 1.
pub(super) const V1: &str = "mfp:anaf:dgti:eTransport:declaratie:v1";

/// An element: its attributes, and its children in order.
struct Element {
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
    children: &'static [Child],
    /// Exactly one of the children, instead of all in order.
    choice: bool,
}

struct Child {
    element: &'static Element,
    required: bool,
    many: bool,
}

const fn once(element: &'static Element) -> Child {
    Child {
        element,
        required: true,
        many: false,
    }
}
const fn maybe(element: &'static Element) -> Child {
    Child {
        element,
        required: false,
        many: false,
    }
}
const fn leaf(
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
) -> Element {
    Element {
        name,
        required,
        optional,
        children: &[],
        choice: false,
    }
}

static CORRECTION: Element = leaf("corectie", &["uit"], &[]);
static DELETION: Element = leaf("stergere", &["uit"], &[]);
static CONFIRMATION: Element = leaf("confirmare", &["uit", "tipConfirmare"], &["observatii"]);
static VEHICLE: Element = leaf(
    "modifVehicul",
    &["uit", "nrVehicul", "dataModificare"],
    &["nrRemorca1", "nrRemorca2", "observatii"],
);
static GOODS: Element = leaf(
    "bunuriTransportate",
    &[
        "codScopOperatiune",
        "denumireMarfa",
        "cantitate",
        "codUnitateMasura",
        "greutateBruta",
    ],
    &[
        "codTarifar",
        "greutateNeta",
        "valoareLeiFaraTva",
        "refDeclarant",
    ],
);
static PARTNER: Element = leaf("partenerComercial", &["codTara", "denumire"], &["cod"]);
static TRANSPORT: Element = leaf(
    "dateTransport",
    &[
        "nrVehicul",
        "codTaraOrgTransport",
        "denumireOrgTransport",
        "dataTransport",
    ],
    &["nrRemorca1", "nrRemorca2", "codOrgTransport"],
);
static ADDRESS: Element = leaf(
    "locatie",
    &["codJudet", "denumireLocalitate", "denumireStrada"],
    &[
        "numar",
        "bloc",
        "scara",
        "etaj",
        "apartament",
        "alteInfo",
        "codPostal",
    ],
);
static PLACE_CHILDREN: [Child; 1] = [maybe(&ADDRESS)];
static START: Element = place("locStartTraseuRutier");
static FINISH: Element = place("locFinalTraseuRutier");
static DOCUMENT: Element = leaf(
    "documenteTransport",
    &["tipDocument", "dataDocument"],
    &["numarDocument", "observatii"],
);
static PREVIOUS: Element = leaf(
    "notificareAnterioara",
    &["uit"],
    &["observatii", "refDeclarant"],
);
static NOTIFICATION: Element = Element {
    name: "notificare",
    required: &["codTipOperatiune"],
    optional: &[],
    children: &[
        maybe(&CORRECTION),
        Child {
            element: &GOODS,
            required: true,
            many: true,
        },
        once(&PARTNER),
        once(&TRANSPORT),
        once(&START),
        once(&FINISH),
        Child {
            element: &DOCUMENT,
            required: true,
            many: true,
        },
        Child {
            element: &PREVIOUS,
            required: false,
            many: true,
        },
    ],
    choice: false,
};
static ROOT: Element = Element {
    name: "eTransport",
    required: &["codDeclarant"],
    optional: &["refDeclarant", "declPostAvarie"],
    children: &[
        once(&NOTIFICATION),
        once(&DELETION),
        once(&CONFIRMATION),
        once(&VEHICLE),
    ],
    choice: true,
};

const fn place(name: &'static str) -> Element {
    Element {
        name,
        required: &[],
        optional: &["codPtf", "codBirouVamal"],
        children: &PLACE_CHILDREN,
        choice: false,
    }
}

/// Checks a document against the structure, in the words of Xerces.
pub(super) fn check(document: &Document<'_>) -> Result<(), SaxError> {
    xml::expect_root(document, V2, ROOT.name)?;
    // Depth is bounded by the table, not by the document: an element that is not in it ends the walk.
    element(document, document.root_element(), &ROOT)
}

fn element(document: &Document<'_>, node: Node<'_, '_>, rule: &Element) -> Result<(), SaxError> {
    let name = rule.name;
    for attribute in node
        .attributes()
        .filter(|attribute| attribute.namespace().is_none())
    {
        let known = attribute.name();
        if !rule.required.contains(&known) && !rule.optional.contains(&known) {
            return complain(
                document,
                node,
                format!(
                    "cvc-complex-type.3.2.2: Attribute '{known}' is not allowed to appear in element '{name}'."
                ),
            );
        }
    }
    if let Some(missing) = rule
        .required
        .iter()
        .find(|name| node.attribute(**name).is_none())
    {
        return complain(
            document,
            node,
            format!("cvc-complex-type.4: Attribute '{missing}' must appear on element '{name}'."),
        );
    }
    let mut place = Place {
        rule,
        at: 0,
        seen: 0,
    };
    for child in node.children().filter(Node::is_element) {
        let Some(known) = place.admit(child) else {
            let found = child.tag_name().name();
            return complain(
                document,
                child,
                format!(
                    "cvc-complex-type.2.4.a: Invalid content was found starting with element '{found}'. {}",
                    place.expected()
                ),
            );
        };
        element(document, child, known)?;
    }
    if place.is_complete() {
        return Ok(());
    }
    complain(
        document,
        node,
        format!(
            "cvc-complex-type.2.4.b: The content of element '{name}' is not complete. {}",
            place.expected()
        ),
    )
}

fn complain(document: &Document<'_>, at: Node<'_, '_>, what: String) -> Result<(), SaxError> {
    Err(SaxError::at(xml::tag_end(document, at), what))
}

/// How far the children of an element have come.
struct Place<'r> {
    rule: &'r Element,
    /// The child of the table that came last, or is awaited first.
    at: usize,
    /// How often it has come; of a choice, how many children have come.
    seen: usize,
}

impl<'r> Place<'r> {
    /// The table's entry for a child that may stand here.
    fn admit(&mut self, child: Node<'_, '_>) -> Option<&'r Element> {
        let from = if self.rule.choice { 0 } else { self.at };
        let (position, known) =
            self.rule
                .children
                .iter()
                .enumerate()
                .skip(from)
                .find(|(_, known)| {
                    child.tag_name().name() == known.element.name
                        && child.tag_name().namespace() == Some(V2)
                })?;
        let refused = if self.rule.choice {
            self.seen > 0
        } else {
            self.misses_before(position) || (position == self.at && self.seen > 0 && !known.many)
        };
        if refused {
            return None;
        }
        self.seen = if position == self.at {
            self.seen + 1
        } else {
            1
        };
        self.at = position;
        Some(known.element)
    }

    /// Whether a required child between here and there has not come.
    fn misses_before(&self, end: usize) -> bool {
        let passed = self.rule.children.get(self.at..end).unwrap_or_default();
        passed
            .iter()
            .enumerate()
            .any(|(n, child)| child.required && (n > 0 || self.seen == 0))
    }

    fn is_complete(&self) -> bool {
        if self.rule.choice {
            self.seen > 0
        } else {
            !self.misses_before(self.rule.children.len())
        }
    }

    /// What may come next, in Xerces' words.
    fn expected(&self) -> String {
        let children = self.rule.children;
        // One that came and may not come again is expected no more.
        let over = self.seen > 0 && children.get(self.at).is_some_and(|child| !child.many);
        let from = if self.rule.choice {
            0
        } else {
            self.at + usize::from(over)
        };
        let next = children.get(from..).unwrap_or_default();
        let names: Vec<String> = next
            .iter()
            .map(|child| format!("\"{V2}\":{}", child.element.name))
            .collect();
        format!("One of '{{{}}}' is expected.", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(content: &str) -> String {
        let text = format!("<eTransport xmlns=\"{V2}\" codDeclarant=\"1\">{content}</eTransport>");
        let document = xml::parse(&text).unwrap();
        let complaint = check(&document).map_or_else(|error| error.text(), |()| "fine".to_owned());
        complaint
            .split_once("columnNumber: ")
            .map_or(complaint.clone(), |(_, rest)| rest.to_owned())
    }

    #[test]
    fn structure_is_checked_in_the_words_of_xerces() {
        let uit = "uit=\"0123456789ACDE94\"";
        let four = format!(
            "One of '{{\"{V2}\":notificare, \"{V2}\":stergere, \"{V2}\":confirmare, \"{V2}\":modifVehicul}}' is expected. "
        );
        for (content, says) in [
            (format!("<stergere {uit}/>"), "fine".to_owned()),
            (String::new(), format!("77; cvc-complex-type.2.4.b: The content of element 'eTransport' is not complete. {four}")),
            (
                format!("<stergere {uit}/><stergere {uit}/>"),
                format!("145; cvc-complex-type.2.4.a: Invalid content was found starting with element 'stergere'. {four}"),
            ),
            (
                format!("<stergere {uit} cod=\"\"/>"),
                "118; cvc-complex-type.3.2.2: Attribute 'cod' is not allowed to appear in element 'stergere'. ".to_owned(),
            ),
            (
                "<notificare codTipOperatiune=\"30\"><dateTransport/></notificare>".to_owned(),
                format!(
                    "127; cvc-complex-type.2.4.a: Invalid content was found starting with element 'dateTransport'. One of '{{{}}}' is expected. ",
                    ["corectie", "bunuriTransportate", "partenerComercial", "dateTransport", "locStartTraseuRutier",
                     "locFinalTraseuRutier", "documenteTransport", "notificareAnterioara"]
                        .map(|name| format!("\"{V2}\":{name}"))
                        .join(", ")
                ),
            ),
        ] {
            assert_eq!(complaint(&content), says, "{content}");
        }
    }
}
