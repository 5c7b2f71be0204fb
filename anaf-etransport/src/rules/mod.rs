//! The official assertions, version 2.0.2 (12.08.2024), in Rust.
//!
//! One file per subject; a rule is one entry: its id, its test (true where it holds), and what it means in Romanian and
//! English. Search for the id. A test reads like the official one: what the official text does on odd documents is done
//! here as well, and said beside the rule.
//!
//! How the official processor works, which decides what fires:
//! * It has three patterns (kind, rules, codes) and visits every element and attribute once for each. The first rule of a
//!   pattern that matches a node wins: **BR-003** and **BR-209** come after a rule of the same context (BR-019, BR-043)
//!   and never fire. The schema forbids what BR-003 would; nothing checks what BR-209 means.
//! * `//@name` looks in the whole document. Where a rule takes one such value and there are several, or where it reads a
//!   number and finds none, the processor stops: the rule is undetermined here.
//! * **BR-216** and **BR-217** have lost their id and severity to a misplaced `>`; they fire all the same.

mod codes;
mod declaration;
mod goods;
mod operation;
mod route;
mod transport;
mod uit;
pub(crate) mod xpath;

use xpath::Holds;

use crate::sink::{Message, Sink};
use crate::xml::{AttrName, Attribute, Document, Element, ElementName};

/// One official assertion: `holds` is its test.
pub(crate) struct Rule<Test: 'static> {
    id: &'static str,
    holds: Test,
    romanian: &'static str,
    english: &'static str,
}

/// An assertion on an element.
type OnElement = Rule<fn(Element<'_>) -> Holds>;
/// An assertion on an attribute.
type OnAttribute = Rule<fn(Attribute<'_>) -> Holds>;

impl<Test> Rule<Test> {
    const fn message(&self) -> Message {
        Message {
            id: self.id,
            romanian: self.romanian,
            english: self.english,
        }
    }
}

/// The assertions whose context is this element.
fn on_element(name: ElementName) -> &'static [OnElement] {
    match name {
        ElementName::ETransport => &declaration::ON_DECLARATION,
        ElementName::BunuriTransportate => &goods::ON_GOODS,
        ElementName::LocStart => &route::ON_START,
        ElementName::LocFinal => &route::ON_FINAL,
        ElementName::Stergere | ElementName::Confirmare | ElementName::ModifVehicul => {
            &uit::ON_UIT_HOLDER
        }
        ElementName::Corectie | ElementName::NotificareAnterioara => {
            &uit::ON_UIT_HOLDER_OF_NOTIFICATION
        }
        _ => &[],
    }
}

/// The assertions whose context is this attribute, on whatever element it stands.
fn on_attribute(name: AttrName) -> &'static [OnAttribute] {
    match name {
        AttrName::Uit => &uit::ON_UIT,
        AttrName::CodTipOperatiune => &operation::ON_OPERATION,
        AttrName::CodScopOperatiune => &codes::ON_PURPOSE,
        AttrName::CodTarifar => &goods::ON_TARIFF_CODE,
        AttrName::Cantitate => &goods::ON_QUANTITY,
        AttrName::CodUnitateMasura => &codes::ON_UNIT,
        AttrName::GreutateNeta => &goods::ON_NET_WEIGHT,
        AttrName::GreutateBruta => &goods::ON_GROSS_WEIGHT,
        AttrName::ValoareLeiFaraTva => &goods::ON_VALUE,
        AttrName::CodTara => &codes::ON_COUNTRY,
        AttrName::CodTaraOrgTransport => &transport::ON_ORGANISER_COUNTRY,
        AttrName::NrVehicul => &transport::ON_VEHICLE,
        AttrName::NrRemorca1 => &transport::ON_TRAILER_1,
        AttrName::NrRemorca2 => &transport::ON_TRAILER_2,
        AttrName::CodPtf => &codes::ON_BORDER_POINT,
        AttrName::CodBirouVamal => &codes::ON_CUSTOMS_OFFICE,
        AttrName::CodJudet => &codes::ON_COUNTY,
        AttrName::DenumireLocalitate => &route::ON_TOWN,
        AttrName::DenumireStrada => &route::ON_STREET,
        AttrName::TipDocument => &transport::ON_DOCUMENT_TYPE,
        AttrName::TipConfirmare => &codes::ON_CONFIRMATION,
        _ => &[],
    }
}

/// Asks every assertion.
pub(crate) fn check<'d>(doc: &'d Document<'d>, sink: &mut Sink<'d>) {
    for element in doc.elements() {
        for rule in on_element(element.name()) {
            match (rule.holds)(element) {
                Ok(true) => {}
                Ok(false) => sink.rule(element, None, rule.message()),
                Err(why) => sink.undetermined(element, None, rule.id, why),
            }
        }
        for attribute in element.attributes() {
            for rule in on_attribute(attribute.name()) {
                match (rule.holds)(attribute) {
                    Ok(true) => {}
                    Ok(false) => sink.rule(element, Some(attribute), rule.message()),
                    Err(why) => sink.undetermined(element, Some(attribute), rule.id, why),
                }
            }
        }
    }
}

/// An official assertion, for a list of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleInfo {
    /// The id, e.g. `BR-019`.
    pub id: &'static str,
    /// What breaking it means, in Romanian.
    pub romanian: &'static str,
    /// What breaking it means, in English.
    pub english: &'static str,
}

/// Every official assertion that can fire, in the order of the ids: 59 of the 66. The others are the five markers of a
/// document's kind ([`Report::kind`](crate::Report::kind)), and BR-003 and BR-209, which another rule hides.
pub fn rules() -> Vec<RuleInfo> {
    fn info<Test>(rule: &Rule<Test>) -> RuleInfo {
        RuleInfo {
            id: rule.id,
            romanian: rule.romanian,
            english: rule.english,
        }
    }
    let elements = ElementName::ALL
        .iter()
        .flat_map(|name| on_element(*name))
        .map(info);
    let attributes = AttrName::ALL
        .iter()
        .flat_map(|name| on_attribute(*name))
        .map(info);
    let mut all: Vec<RuleInfo> = elements.chain(attributes).collect();
    all.sort_unstable_by_key(|rule| rule.id);
    all.dedup_by_key(|rule| rule.id);
    all
}
