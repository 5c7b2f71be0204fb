//! What keeps bytes from being a document at all.

use std::fmt;

/// The bytes are not a well-formed XML document, or one that is refused for safety.
///
/// ANAF answers such an upload with a structural error and no rule id. Lines and columns count from 1,
/// columns in characters of the decoded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmlError {
    kind: XmlErrorKind,
    line: u32,
    column: u32,
}

impl XmlError {
    pub(crate) fn new(kind: XmlErrorKind, line: u32, column: u32) -> Self {
        Self { kind, line, column }
    }

    /// What is wrong.
    pub fn kind(&self) -> &XmlErrorKind {
        &self.kind
    }

    /// The line, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> u32 {
        self.column
    }

    /// The explanation in Romanian.
    pub fn text_ro(&self) -> String {
        self.kind.texts().1
    }

    /// The explanation in English.
    pub fn text_en(&self) -> String {
        self.kind.texts().0
    }
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line,
            self.column,
            self.kind.texts().0
        )
    }
}

impl std::error::Error for XmlError {}

/// The kinds of [`XmlError`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum XmlErrorKind {
    /// There is no element in the input.
    Empty,
    /// The declared encoding is not one of those read here.
    UnsupportedEncoding(String),
    /// The bytes are not what the encoding allows.
    BadEncoding(&'static str),
    /// A character that XML forbids, as its code point.
    IllegalCharacter(u32),
    /// The document has a DOCTYPE. Invoices need none, and entity definitions are how XML parsers are attacked, so
    /// it is refused here; libxml2 would read it, ANAF's behaviour is not documented.
    Doctype,
    /// A reference to an entity other than the five predefined ones.
    UnknownEntity(String),
    /// An `&` that does not begin a reference, or a character reference to a forbidden character.
    BadReference,
    /// The document ends before the element is closed.
    Unclosed(String),
    /// An end tag that closes another element than the open one.
    MismatchedTag {
        /// The element that is open.
        open: String,
        /// The name in the end tag.
        close: String,
    },
    /// A tag, comment, section or instruction that is not written as XML wants it.
    Syntax(&'static str),
    /// The same attribute twice on one element.
    DuplicateAttribute(String),
    /// A prefix without a namespace declaration.
    UndeclaredPrefix(String),
    /// A namespace declaration that the standard forbids.
    BadNamespace(String),
    /// Text, or a second element, beside the root element.
    OutsideRoot,
    /// Larger than the reader accepts.
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The largest accepted value.
        limit: usize,
    },
}

impl XmlErrorKind {
    /// English, Romanian.
    fn texts(&self) -> (String, String) {
        use XmlErrorKind as K;
        let both = |en: &str, ro: &str| (en.to_owned(), ro.to_owned());
        match self {
            K::Empty => both(
                "the document holds no XML element",
                "documentul nu conține niciun element XML",
            ),
            K::UnsupportedEncoding(name) => (
                format!(
                    "the declared encoding {name:?} is not supported; write the document in UTF-8"
                ),
                format!(
                    "codificarea declarată {name:?} nu este acceptată; scrieți documentul în UTF-8"
                ),
            ),
            K::BadEncoding(name) => (
                format!("the bytes are not valid {name}"),
                format!("octeții nu sunt {name} valid"),
            ),
            K::IllegalCharacter(code) => (
                format!("the character U+{code:04X} is not allowed in XML"),
                format!("caracterul U+{code:04X} nu este permis în XML"),
            ),
            K::Doctype => both(
                "the document has a DOCTYPE, which is refused for safety; an invoice needs none: remove it",
                "documentul are un DOCTYPE, refuzat din motive de siguranță; o factură nu are nevoie de el: eliminați-l",
            ),
            K::UnknownEntity(name) => (
                format!("the entity &{name}; is not defined; write the character itself"),
                format!("entitatea &{name}; nu este definită; scrieți chiar caracterul"),
            ),
            K::BadReference => both(
                "a bare \"&\" or an invalid character reference; write \"&amp;\" for the character \"&\"",
                "un „&” singur sau o referință de caracter nevalidă; pentru caracterul „&” scrieți „&amp;”",
            ),
            K::Unclosed(name) => (
                format!("the document ends before <{name}> is closed"),
                format!("documentul se termină înainte ca <{name}> să fie închis"),
            ),
            K::MismatchedTag { open, close } => (
                format!("</{close}> closes <{open}>, which is still open"),
                format!("</{close}> apare cât timp <{open}> este încă deschis"),
            ),
            K::Syntax(what) => (
                format!("malformed XML: {what}"),
                format!("XML incorect format: {what}"),
            ),
            K::DuplicateAttribute(name) => (
                format!("the attribute {name} appears twice on one element"),
                format!("atributul {name} apare de două ori la același element"),
            ),
            K::UndeclaredPrefix(prefix) => (
                format!(
                    "the prefix {prefix:?} has no namespace declaration (xmlns:{prefix}=\"…\")"
                ),
                format!(
                    "prefixul {prefix:?} nu are o declarație de spațiu de nume (xmlns:{prefix}=\"…\")"
                ),
            ),
            K::BadNamespace(name) => (
                format!("the namespace declaration {name} is not allowed"),
                format!("declarația de spațiu de nume {name} nu este permisă"),
            ),
            K::OutsideRoot => both(
                "there is content beside the root element; a document has exactly one root",
                "există conținut în afara elementului rădăcină; un document are exact o rădăcină",
            ),
            K::TooLarge { what, limit } => (
                format!("{what}: more than the accepted {limit}"),
                format!("{what}: peste limita acceptată de {limit}"),
            ),
        }
    }
}
