//! What an XML document is, by its root element.

use anaf_invoice::decode_xml;
use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

/// The root element's namespace and local name, in any encoding that validation reads. Nothing after it is read.
pub(crate) fn root(bytes: &[u8]) -> Option<(String, String)> {
    let text = decode_xml(bytes).ok()?;
    let mut reader = NsReader::from_str(&text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(e) | Event::Empty(e) => {
                let (namespace, name) = reader.resolver().resolve_element(e.name());
                let namespace = match namespace {
                    ResolveResult::Bound(namespace) => namespace.into_inner().to_owned(),
                    _ => String::new(),
                };
                return Some((namespace, name.into_inner().to_owned()));
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}
