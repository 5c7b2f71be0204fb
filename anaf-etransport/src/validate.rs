//! The verdict on a document's bytes.

use anaf_types::xml::decode;

use crate::report::{Kind, Report};
use crate::sink::{self, Sink};
use crate::xml::{Document, ElementName, Malformed};
use crate::{rules, schema, xml};

/// ANAF takes no larger document: 5 MB, which it writes without saying which kind; the smaller one is safe. What validates
/// is never too large to be filed.
pub const MAX_BYTES: usize = anaf_types::limits::DOCUMENT_BYTES;

/// Checks a document as ANAF does: is it XML, does it follow the official schema (version 2), and which of the official
/// rules (version 2.0.2) does it break?
///
/// The rules run whether or not the schema holds, as the official ones do. What is not well-formed, or has another root
/// than `eTransport`, has one schema finding and no rule findings. A document above [`MAX_BYTES`] is not read at all.
///
/// The cost grows with the size of the document alone, and the memory too: some 40 bytes for each element and each
/// attribute, beside the findings.
///
/// ```
/// let report = anaf_etransport::validate(br#"<eTransport
///     xmlns="mfp:anaf:dgti:eTransport:declaratie:v2" codDeclarant="94013459">
///   <stergere uit="0123456789ACDE95"/>
/// </eTransport>"#);
/// assert!(report.is_schema_valid());
/// let finding = &report.rule_findings()[0];
/// assert_eq!(finding.id, "BR-019");
/// assert_eq!(finding.place.xpath(), "/eTransport[1]/stergere[1]/@uit");
/// assert_eq!((finding.place.line, finding.place.column), (3, 13));
/// ```
pub fn validate(bytes: &[u8]) -> Report {
    if bytes.len() > MAX_BYTES {
        return sink::malformed("", 0, schema::malformed(xml::Fault::Size));
    }
    let Ok(text) = decode(bytes) else {
        return sink::malformed("", 0, schema::malformed(xml::Fault::Encoding));
    };
    match xml::parse(&text) {
        Ok(doc) => judge(&doc),
        Err(Malformed { offset, fault }) => {
            sink::malformed(&text, offset, schema::malformed(fault))
        }
    }
}

/// The verdict on a well-formed document.
pub(crate) fn judge<'d>(doc: &'d Document<'d>) -> Report {
    let mut sink = Sink::new(doc);
    schema::check(doc, &mut sink);
    if doc
        .root()
        .is_some_and(|root| root.local_name() == ElementName::ETransport)
    {
        rules::check(doc, &mut sink);
    }
    let mut report = sink.finish();
    report.kind = kind_of(doc);
    report
}

fn kind_of(doc: &Document<'_>) -> Option<Kind> {
    let root = doc.root()?;
    let has = |name| root.children(name).next();
    match has(ElementName::Notificare) {
        Some(notification)
            if notification
                .children(ElementName::Corectie)
                .next()
                .is_some() =>
        {
            Some(Kind::Correction)
        }
        Some(_) => Some(Kind::Notification),
        None if has(ElementName::Stergere).is_some() => Some(Kind::Deletion),
        None if has(ElementName::Confirmare).is_some() => Some(Kind::Confirmation),
        None => has(ElementName::ModifVehicul).map(|_| Kind::VehicleChange),
    }
}
