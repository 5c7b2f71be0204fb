//! What each broken constraint of the schema is called, and what it means.

use super::types::{Broken, SimpleType};
use crate::sink::Message;
use crate::xml::Fault;

/// A constraint on structure.
#[derive(Debug, Clone, Copy)]
pub(super) enum Constraint {
    Root,
    RootVersion1,
    UnexpectedElement,
    Incomplete,
    NotEmpty,
    LooseText,
    UnknownAttribute,
    MissingAttribute,
    Type,
    Nil,
}

const fn message(id: &'static str, romanian: &'static str, english: &'static str) -> Message {
    Message {
        id,
        romanian,
        english,
    }
}

impl Constraint {
    pub(super) const fn text(self) -> Message {
        match self {
            Self::Root => message(
                "cvc-elt.1.a",
                "Elementul rădăcină trebuie să fie eTransport, din spațiul de nume al versiunii 2.",
                "The root element must be eTransport in the namespace of version 2.",
            ),
            Self::RootVersion1 => message(
                "cvc-elt.1.a",
                "Declarația este de versiunea 1; schema în vigoare este versiunea 2.",
                "The declaration is of version 1; the schema in force is version 2.",
            ),
            Self::UnexpectedElement => message(
                "cvc-complex-type.2.4.a",
                "Elementul nu are ce căuta aici: este necunoscut, repetat sau nu respectă ordinea din schemă.",
                "The element may not stand here: it is unknown, repeated, or out of the schema's order.",
            ),
            Self::Incomplete => message(
                "cvc-complex-type.2.4.b",
                "Elementului îi lipsesc elemente obligatorii.",
                "The element lacks required child elements.",
            ),
            Self::NotEmpty => message(
                "cvc-complex-type.2.1",
                "Elementul trebuie să fie gol: nu poate conține nici elemente, nici text, nici măcar spații.",
                "The element must be empty: no child elements, no text, not even white space.",
            ),
            Self::LooseText => message(
                "cvc-complex-type.2.3",
                "Elementul nu poate conține text, doar elemente.",
                "The element may not contain text, only elements.",
            ),
            Self::UnknownAttribute => message(
                "cvc-complex-type.3.2.2",
                "Atributul nu este permis pe acest element.",
                "The attribute is not allowed on this element.",
            ),
            Self::MissingAttribute => message(
                "cvc-complex-type.4",
                "Atributul obligatoriu lipsește.",
                "The required attribute is missing.",
            ),
            Self::Type => message(
                "cvc-elt.4.3",
                "xsi:type numește alt tip decât cel din schemă.",
                "xsi:type names another type than the schema's.",
            ),
            Self::Nil => message(
                "cvc-elt.3.1",
                "Elementul nu poate fi marcat cu xsi:nil.",
                "The element may not be marked with xsi:nil.",
            ),
        }
    }
}

/// The message for a value that is not of its type.
pub(super) const fn value(simple: SimpleType, broken: Broken) -> Message {
    let id = match broken {
        Broken::Lexical => "cvc-datatype-valid.1.2.1",
        Broken::Pattern => "cvc-pattern-valid",
        Broken::Enumeration => "cvc-enumeration-valid",
        Broken::TooShort => "cvc-minLength-valid",
        Broken::TooLong => "cvc-maxLength-valid",
        Broken::TooSmall => match simple {
            SimpleType::NotNegative => "cvc-minInclusive-valid",
            _ => "cvc-minExclusive-valid",
        },
    };
    let (romanian, english) = match simple {
        SimpleType::Text(20) => (
            "Textul trebuie să aibă între 1 și 20 de caractere.",
            "The text must have 1 to 20 characters.",
        ),
        SimpleType::Text(30) => (
            "Textul trebuie să aibă între 1 și 30 de caractere.",
            "The text must have 1 to 30 characters.",
        ),
        SimpleType::Text(50) => (
            "Textul trebuie să aibă între 1 și 50 de caractere.",
            "The text must have 1 to 50 characters.",
        ),
        SimpleType::Text(100) => (
            "Textul trebuie să aibă între 1 și 100 de caractere.",
            "The text must have 1 to 100 characters.",
        ),
        SimpleType::Text(_) => (
            "Textul trebuie să aibă între 1 și 200 de caractere.",
            "The text must have 1 to 200 characters.",
        ),
        SimpleType::Uit => (
            "Un UIT are 14 cifre sau litere mari (fără B, G, I, O, S, Z) urmate de două cifre de control.",
            "A UIT has 14 digits or capital letters (without B, G, I, O, S, Z) and two check digits.",
        ),
        SimpleType::Declarant => (
            "Codul declarantului are 2-10 cifre sau 13 cifre, fără prefixul RO.",
            "The declarant's code has 2 to 10 digits, or 13, without the prefix RO.",
        ),
        SimpleType::PostOutage => (
            "Declararea după avarie se marchează cu D; altfel atributul lipsește.",
            "A declaration after an outage is marked D; otherwise the attribute is left out.",
        ),
        SimpleType::TariffCode => (
            "Codul tarifar are 4, 6 sau 8 cifre.",
            "The tariff code has 4, 6 or 8 digits.",
        ),
        SimpleType::Vehicle => (
            "Numărul de înmatriculare are 2-20 de litere mari și cifre, fără spații sau cratime.",
            "The plate has 2 to 20 capital letters and digits, without spaces or hyphens.",
        ),
        SimpleType::Unit => (
            "Unitatea de măsură este un cod UN/ECE de 2-3 litere mari sau cifre, de exemplu KGM.",
            "The unit is a UN/ECE code of 2 or 3 capital letters or digits, for example KGM.",
        ),
        SimpleType::Country => (
            "Țara nu este în lista schemei; Grecia este EL.",
            "The country is not on the schema's list; Greece is EL.",
        ),
        SimpleType::Operation => (
            "Tipul de operațiune nu este în listă.",
            "The operation is not on the list.",
        ),
        SimpleType::Purpose => (
            "Scopul operațiunii nu este în listă.",
            "The purpose is not on the list.",
        ),
        SimpleType::County => (
            "Codul județului nu este în listă.",
            "The county's code is not on the list.",
        ),
        SimpleType::BorderPoint => (
            "Punctul de trecere a frontierei nu este în listă.",
            "The border crossing point is not on the list.",
        ),
        SimpleType::CustomsOffice => (
            "Biroul vamal nu este în listă.",
            "The customs office is not on the list.",
        ),
        SimpleType::Confirmation => (
            "Tipul de confirmare este 10, 20 sau 30.",
            "The confirmation is 10, 20 or 30.",
        ),
        SimpleType::DocumentType => (
            "Tipul de document este 10, 20, 30 sau 9999.",
            "The document type is 10, 20, 30 or 9999.",
        ),
        SimpleType::Positive => (
            "Valoarea este un număr mai mare ca zero, cu cel mult 12 cifre și 2 zecimale, cu punct zecimal.",
            "The value is a number above zero with at most 12 digits and 2 decimals, with a decimal point.",
        ),
        SimpleType::NotNegative => (
            "Valoarea este un număr pozitiv sau zero, cu cel mult 12 cifre și 2 zecimale, cu punct zecimal.",
            "The value is a number from zero up with at most 12 digits and 2 decimals, with a decimal point.",
        ),
        SimpleType::Date => (
            "Data se scrie aaaa-ll-zz și trebuie să existe în calendar.",
            "The date is written yyyy-mm-dd and must exist in the calendar.",
        ),
        SimpleType::DateTime => (
            "Data și ora se scriu aaaa-ll-zzThh:mm:ss și trebuie să existe în calendar.",
            "The date and time are written yyyy-mm-ddThh:mm:ss and must exist in the calendar.",
        ),
    };
    message(id, romanian, english)
}

/// The message for a document that is not well-formed.
pub(crate) const fn malformed(fault: Fault) -> Message {
    match fault {
        Fault::Encoding => message(
            "XML-ENCODING",
            "Documentul nu este în codificarea pe care o declară; salvați-l ca UTF-8.",
            "The document is not in the encoding that it declares; save it as UTF-8.",
        ),
        Fault::Character => message(
            "XML-CHARACTER",
            "Documentul conține un caracter interzis în XML.",
            "A character that XML forbids.",
        ),
        Fault::Syntax => message("XML-SYNTAX", "Marcaj XML greșit.", "Broken XML markup."),
        Fault::EndTag => message(
            "XML-END-TAG",
            "Un element nu este închis sau este închis cu alt nume.",
            "An element is not closed, or closed by another name.",
        ),
        Fault::Name => message(
            "XML-NAME",
            "Numele nu este permis în XML.",
            "Not a name that XML allows.",
        ),
        Fault::Attribute => message(
            "XML-ATTRIBUTE",
            "Atribut scris greșit: se scrie nume=\"valoare\", cu spațiu înainte și fără < în valoare.",
            "Broken attribute: write name=\"value\" with a blank before it and without < in the value.",
        ),
        Fault::Duplicate => message(
            "XML-DUPLICATE",
            "Atributul apare de două ori.",
            "The attribute stands there twice.",
        ),
        Fault::Entity => message(
            "XML-ENTITY",
            "Referință necunoscută: semnul & se scrie &amp;.",
            "Unknown reference: an ampersand is written &amp;.",
        ),
        Fault::Prefix => message(
            "XML-PREFIX",
            "Prefixul nu are spațiu de nume, sau declararea lui nu este permisă: spațiul de nume trebuie să fie un URI.",
            "The prefix has no namespace, or its declaration is not allowed: a namespace must be a URI.",
        ),
        Fault::Root => message(
            "XML-ROOT",
            "Documentul trebuie să aibă exact un element rădăcină și nimic în afara lui.",
            "The document must have exactly one root element and nothing outside of it.",
        ),
        Fault::Declaration => message(
            "XML-DECLARATION",
            "Declarația <?xml …?> este greșită sau nu este la începutul documentului.",
            "The <?xml …?> declaration is broken or does not stand at the very start.",
        ),
        Fault::Doctype => message(
            "XML-DOCTYPE",
            "Declarația DOCTYPE este greșită, sau conține definiții, care nu se acceptă.",
            "The DOCTYPE is broken, or holds definitions, which are not taken.",
        ),
        Fault::Depth => message(
            "XML-DEPTH",
            "Documentul are prea multe niveluri de elemente.",
            "The document is nested too deeply.",
        ),
        Fault::Size => message(
            "XML-SIZE",
            "Documentul are mai mult de 5 MB; ANAF nu îl primește. Împărțiți-l.",
            "The document has more than 5 MB; ANAF does not take it. Divide it.",
        ),
    }
}
