//! What an XML document is, by its root element.

use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

/// The root element's namespace and local name. Nothing after it is read.
pub(crate) fn root(bytes: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut reader = NsReader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
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
