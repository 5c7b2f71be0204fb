//! What the fake reads in a declaration.

use jiff::civil::Date;
use roxmltree::Node;

use super::schema;
use crate::xml::{self, SaxError};

/// A declaration, read.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) declarant: String,
    pub(super) reference: String,
    pub(super) post_outage: bool,
    pub(super) content: Content,
}

/// The four operations.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Notification(Box<Notification>),
    Correction(String, Box<Notification>),
    Deletion(String),
    Confirmation(String, Confirmation),
    VehicleChange(String, VehicleChange),
}

impl Content {
    /// `NOT`, `COR`, `DEL`, `CON` or `MVH`.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Notification(_) => "NOT",
            Self::Correction(..) => "COR",
            Self::Deletion(_) => "DEL",
            Self::Confirmation(..) => "CON",
            Self::VehicleChange(..) => "MVH",
        }
    }

    /// The UIT that an operation on an earlier notification names.
    pub(super) fn named_uit(&self) -> Option<&str> {
        match self {
            Self::Notification(_) => None,
            Self::Correction(uit, _)
            | Self::Deletion(uit)
            | Self::Confirmation(uit, _)
            | Self::VehicleChange(uit, _) => Some(uit),
        }
    }

    pub(super) fn notification(&self) -> Option<&Notification> {
        match self {
            Self::Notification(notification) | Self::Correction(_, notification) => {
                Some(notification)
            }
            _ => None,
        }
    }
}

/// Goods on a lorry.
#[derive(Clone, Debug, Default)]
pub(super) struct Notification {
    pub(super) operation: u32,
    pub(super) lines: usize,
    pub(super) net: f64,
    pub(super) gross: f64,
    pub(super) value: f64,
    pub(super) partner: Party,
    pub(super) organiser: Party,
    pub(super) vehicle: String,
    pub(super) trailers: (String, String),
    pub(super) date: Date,
    pub(super) start: Place,
    pub(super) finish: Place,
    pub(super) documents: Vec<String>,
}

/// A partner or an organiser.
#[derive(Clone, Debug, Default)]
pub(super) struct Party {
    pub(super) country: String,
    pub(super) code: String,
    pub(super) name: String,
}

/// An end of the road.
#[derive(Clone, Debug, Default)]
pub(super) enum Place {
    #[default]
    Unknown,
    Border(String),
    Customs(String),
    Address {
        county: String,
        locality: String,
        street: String,
        number: String,
        other: String,
    },
}

/// `confirmare`.
#[derive(Clone, Debug)]
pub(super) struct Confirmation {
    pub(super) kind: String,
    pub(super) remarks: String,
}

/// `modifVehicul`.
#[derive(Clone, Debug)]
pub(super) struct VehicleChange {
    pub(super) vehicle: String,
    pub(super) trailers: (String, String),
    pub(super) when: String,
    pub(super) remarks: String,
}

fn attribute(node: Node<'_, '_>, name: &str) -> String {
    node.attribute(name).unwrap_or_default().trim().to_owned()
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children()
        .find(|child| child.is_element() && child.tag_name().name() == name)
}

/// Reads a declaration of the version, or says what Xerces would.
pub(super) fn read(body: &[u8], version: u8) -> Result<Read, SaxError> {
    let document = xml::parse(xml::text(body)?)?;
    if version == 2 {
        schema::check(&document)?;
    } else {
        xml::expect_root(&document, schema::V1, "eTransport")?;
    }
    let root = document.root_element();
    let content = content(root).ok_or_else(|| {
        SaxError::at(
            xml::tag_end(&document, root),
            "cvc-complex-type.2.4.b: The content of element 'eTransport' is not complete.",
        )
    })?;
    Ok(Read {
        declarant: attribute(root, "codDeclarant"),
        reference: attribute(root, "refDeclarant"),
        post_outage: root.attribute("declPostAvarie") == Some("D"),
        content,
    })
}

fn content(root: Node<'_, '_>) -> Option<Content> {
    if let Some(node) = child(root, "notificare") {
        let notification = Box::new(notification(node));
        return Some(match child(node, "corectie") {
            Some(correction) => Content::Correction(attribute(correction, "uit"), notification),
            None => Content::Notification(notification),
        });
    }
    if let Some(node) = child(root, "stergere") {
        return Some(Content::Deletion(attribute(node, "uit")));
    }
    if let Some(node) = child(root, "confirmare") {
        let confirmation = Confirmation {
            kind: attribute(node, "tipConfirmare"),
            remarks: attribute(node, "observatii"),
        };
        return Some(Content::Confirmation(attribute(node, "uit"), confirmation));
    }
    let node = child(root, "modifVehicul")?;
    let change = VehicleChange {
        vehicle: attribute(node, "nrVehicul"),
        trailers: (attribute(node, "nrRemorca1"), attribute(node, "nrRemorca2")),
        when: attribute(node, "dataModificare"),
        remarks: attribute(node, "observatii"),
    };
    Some(Content::VehicleChange(attribute(node, "uit"), change))
}

fn notification(node: Node<'_, '_>) -> Notification {
    let mut read = Notification {
        operation: attribute(node, "codTipOperatiune")
            .parse()
            .unwrap_or_default(),
        ..Notification::default()
    };
    for part in node.children().filter(Node::is_element) {
        let number = |name: &str| attribute(part, name).parse::<f64>().unwrap_or_default();
        match part.tag_name().name() {
            "bunuriTransportate" => {
                read.lines += 1;
                read.net += number("greutateNeta");
                read.gross += number("greutateBruta");
                read.value += number("valoareLeiFaraTva");
            }
            "partenerComercial" => {
                read.partner = Party {
                    country: attribute(part, "codTara"),
                    code: attribute(part, "cod"),
                    name: attribute(part, "denumire"),
                };
            }
            "dateTransport" => {
                read.vehicle = attribute(part, "nrVehicul");
                read.trailers = (attribute(part, "nrRemorca1"), attribute(part, "nrRemorca2"));
                read.organiser = Party {
                    country: attribute(part, "codTaraOrgTransport"),
                    code: attribute(part, "codOrgTransport"),
                    name: attribute(part, "denumireOrgTransport"),
                };
                // The schema allows a zone after the date; the day is what counts.
                let day = attribute(part, "dataTransport");
                read.date = day
                    .get(..10)
                    .and_then(|day| day.parse().ok())
                    .unwrap_or(Date::ZERO);
            }
            "locStartTraseuRutier" => read.start = place(part),
            "locFinalTraseuRutier" => read.finish = place(part),
            "documenteTransport" => {
                // A document without a number is told by its type.
                let [number, kind] =
                    ["numarDocument", "tipDocument"].map(|name| attribute(part, name));
                read.documents
                    .push(if number.is_empty() { kind } else { number });
            }
            _ => {}
        }
    }
    read
}

fn place(node: Node<'_, '_>) -> Place {
    if let Some(code) = node.attribute("codPtf") {
        return Place::Border(code.to_owned());
    }
    if let Some(code) = node.attribute("codBirouVamal") {
        return Place::Customs(code.to_owned());
    }
    match child(node, "locatie") {
        Some(address) => Place::Address {
            county: attribute(address, "codJudet"),
            locality: attribute(address, "denumireLocalitate"),
            street: attribute(address, "denumireStrada"),
            number: attribute(address, "numar"),
            other: attribute(address, "alteInfo"),
        },
        None => Place::Unknown,
    }
}
