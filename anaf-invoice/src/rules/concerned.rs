//! The elements that a finding is about, where its rule's context is the whole document or a group of it.
//!
//! Officially a wrong county is a finding at `/Invoice`. The place stays the official one; these elements are told
//! beside it: those of the rule's business terms that stand below the context.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::info::RuleInfo;
use super::texts::TERMS;
use crate::doc::name::*;
use crate::doc::{Doc, Name, NodeId};

/// More elements of one term are not told.
const OF_A_TERM: usize = 3;
/// More elements are not told of one finding.
const IN_ALL: usize = 6;

/// Where each business term stands below an `Invoice`.
static PATHS: LazyLock<HashMap<&str, Vec<Name>>> = LazyLock::new(|| {
    let with_path = TERMS.iter().filter(|term| !term.path.is_empty());
    with_path
        .map(|term| {
            let names = term.path.split('/').filter_map(Name::of_step);
            (term.number, names.collect())
        })
        .collect()
});

/// The elements of the rule's terms below its context, term by term.
pub(crate) fn elements(rule: &RuleInfo, doc: &Doc<'_>, context: NodeId) -> Vec<NodeId> {
    let mut found = Vec::new();
    for term in rule.terms() {
        let path = PATHS.get(term).map_or(&[][..], Vec::as_slice);
        let before = found.len();
        let most = IN_ALL.min(before + OF_A_TERM);
        collect(doc, context, below(doc, context, path), most, &mut found);
    }
    found
}

/// What is left of a path from the root, below the root or a child of it.
fn below<'p>(doc: &Doc<'_>, context: NodeId, path: &'p [Name]) -> &'p [Name] {
    if context == doc.root() {
        return path;
    }
    match path.split_first() {
        Some((first, rest))
            if doc.parent(context) == Some(doc.root()) && is(doc.name(context), *first) =>
        {
            rest
        }
        _ => &[],
    }
}

fn collect(doc: &Doc<'_>, at: NodeId, path: &[Name], most: usize, found: &mut Vec<NodeId>) {
    let Some((step, rest)) = path.split_first() else {
        return;
    };
    for name in [*step, in_credit_note(*step)] {
        if !doc.may_have_child(at, name) {
            continue;
        }
        for child in doc.children_named(at, name) {
            if found.len() >= most {
                return;
            }
            if !rest.is_empty() {
                collect(doc, child, rest, most, found);
            } else if !found.contains(&child) {
                found.push(child);
            }
        }
    }
}

fn is(name: Name, step: Name) -> bool {
    name == step || name == in_credit_note(step)
}

/// What a credit note calls it.
fn in_credit_note(name: Name) -> Name {
    match name {
        CAC_INVOICE_LINE => CAC_CREDIT_NOTE_LINE,
        CBC_INVOICED_QUANTITY => CBC_CREDITED_QUANTITY,
        CBC_INVOICE_TYPE_CODE => CBC_CREDIT_NOTE_TYPE_CODE,
        _ => Name::OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The elements beside the finding of this id.
    fn beside(xml: &str, id: &str) -> Vec<String> {
        let report = crate::validate(xml.as_bytes());
        let finding = report.findings().iter().find(|f| f.id() == id).unwrap();
        let paths = finding.elements().iter().map(|at| at.path().to_owned());
        paths.collect()
    }

    fn credit_note(body: &str) -> String {
        const UBL: &str = "urn:oasis:names:specification:ubl:schema:xsd";
        format!(
            r#"<CreditNote xmlns="{UBL}:CreditNote-2" xmlns:cac="{UBL}:CommonAggregateComponents-2"
                xmlns:cbc="{UBL}:CommonBasicComponents-2">{body}</CreditNote>"#
        )
    }

    #[test]
    fn the_elements_stand_below_the_context() {
        let address = "<cac:PostalAddress><cbc:CountrySubentity>Cluj</cbc:CountrySubentity><cac:Country>\
            <cbc:IdentificationCode>RO</cbc:IdentificationCode></cac:Country></cac:PostalAddress>";
        let seller = format!(
            "<cac:AccountingSupplierParty><cac:Party>{address}</cac:Party></cac:AccountingSupplierParty>"
        );
        const AT: &str = "/CreditNote/cac:AccountingSupplierParty/cac:Party/cac:PostalAddress";
        assert_eq!(
            beside(&credit_note(&seller), "BR-RO-110"),
            [
                format!("{AT}/cbc:CountrySubentity"),
                format!("{AT}/cac:Country/cbc:IdentificationCode")
            ]
        );
        let name = "x".repeat(101);
        let line = format!(
            "<cac:CreditNoteLine><cac:Item><cbc:Name>{name}</cbc:Name></cac:Item></cac:CreditNoteLine>"
        );
        assert_eq!(
            beside(&credit_note(&line.repeat(2)), "BR-RO-L1024"),
            ["/CreditNote/cac:CreditNoteLine[1]/cac:Item/cbc:Name"]
        );
        let notes = "<cbc:Note/>".repeat(21);
        let told = beside(&credit_note(&notes), "BR-RO-A020");
        assert_eq!(
            told,
            [1, 2, 3].map(|n| format!("/CreditNote/cbc:Note[{n}]"))
        );
        assert!(beside(&credit_note(""), "BR-02").is_empty());
    }

    #[test]
    fn every_path_is_one_of_the_schema() {
        for term in TERMS.iter().filter(|term| !term.path.is_empty()) {
            let names: Vec<Option<Name>> = term.path.split('/').map(Name::of_step).collect();
            let names: Option<Vec<Name>> = names.into_iter().collect();
            let exists = names.is_some_and(|path| crate::schema::allows(INV_INVOICE, &path));
            assert!(exists, "{}: {}", term.number, term.path);
        }
    }
}
