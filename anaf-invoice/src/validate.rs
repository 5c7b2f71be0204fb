//! The whole validation of a document.

use crate::doc::Doc;
use crate::report::{Report, Sink};
use crate::rules;
use crate::schema;

/// Checks a document as ANAF does: well-formedness, the UBL 2.1 schema, and every assertion of CIUS-RO 1.0.9.
///
/// `xml` is the file as it would be uploaded. All that is wrong is in the report, also that the bytes are no XML. The
/// schema verdict is the one that libxml2 gives on the OASIS files; the rules run whatever it is.
///
/// # Deviations
///
/// Deliberate ones, all on documents that no invoicing program writes:
///
/// * A document with a DOCTYPE is refused; libxml2 would read it. What it can declare, entities and defaults, is how an
///   attack looks, and no invoice needs one.
/// * Encodings: UTF-8, UTF-16, US-ASCII, ISO-8859-1, -2, -16, windows-1250 and -1252 ([`decode_xml`](crate::decode_xml)).
///   Others are refused. ANAF publishes no list; write UTF-8, which every XML parser reads.
/// * Limits: 512 MB of text, 256 levels, 33 million elements, 1,024 attributes on an element, 10 MB in an attribute,
///   256 namespaces. Beyond them the document is refused with a finding that names the limit.
/// * After 5,000 breaches of the schema the check stops there, and the rules are not run.
/// * Where the official rules die on a document and name nothing, all other rules are reported, and each assertion
///   that could not be evaluated is a fatal finding of its own.
#[must_use]
pub fn validate(xml: &[u8]) -> Report {
    match Doc::parse(xml) {
        Ok(doc) => {
            let mut sink = Sink::default();
            if schema::check(&doc, &mut sink) {
                rules::run(&doc, &mut sink);
            }
            sink.into_report(&doc)
        }
        Err(error) => Report::not_well_formed(&error),
    }
}
