//! `listaMesajeFactura`: the messages of the last days, at most 500.

use std::fmt;

use anaf_http::{Operation, Request};
use anaf_types::answer::Answer;
use anaf_types::{Cif, Environment, Error, limits, text};
use serde::Deserialize;

use super::unreadable::Rows;
use super::{Filter, Message, UnreadableRow};

/// Lists the messages of the last days. With more than 500 of them ANAF refuses
/// ([`anaf_types::ErrorKind::ListTooLong`]): use [`crate::MessageQuery`] then, or always.
///
/// Source: ANAF, "Prezentare API e-Factura", `listaMesajeFactura`; 1500 calls a day for a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    cif: Cif,
    days: u32,
    filter: Option<Filter>,
}

impl List {
    /// The messages of a company in the last `days` days, 1 to 60.
    #[must_use]
    pub fn new(cif: Cif, days: u32) -> Self {
        Self {
            cif,
            days,
            filter: None,
        }
    }

    /// Only the messages of one sort.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = Some(filter);
        self
    }
}

/// The answer of [`List`]. Empty when ANAF has no messages.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct MessageList {
    /// The messages (`mesaje`).
    #[serde(rename = "mesaje", deserialize_with = "super::rows")]
    pub messages: Vec<Message>,
    /// Rows that are no readable messages, as they came. When not one row is readable the call fails instead.
    #[serde(skip)]
    pub unreadable: Vec<UnreadableRow>,
    /// The serial number of the certificate that logged in (`serial`).
    #[serde(default, deserialize_with = "super::words")]
    pub serial: Option<String>,
    /// The fiscal codes that the user has a right for, perhaps several separated by commas (`cui`).
    #[serde(rename = "cui", default, deserialize_with = "super::words")]
    pub cuis: Option<String>,
    /// ANAF's title (`titlu`).
    #[serde(rename = "titlu", default, deserialize_with = "super::words")]
    pub title: Option<String>,
}

impl Rows for MessageList {
    fn put(&mut self, messages: Vec<Message>, unreadable: Vec<UnreadableRow>) {
        self.messages = messages;
        self.unreadable = unreadable;
    }
}

impl fmt::Debug for MessageList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cuis = self.cuis.as_deref().map(text::mask_personal_codes);
        f.debug_struct("MessageList")
            .field("messages", &self.messages)
            .field("unreadable", &self.unreadable)
            .field("cuis", &cuis)
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

impl Operation for List {
    type Output = MessageList;

    fn request(&self, environment: Environment) -> Result<Request, Error> {
        if !(1..=limits::LIST_DAYS).contains(&self.days) {
            return Err(Error::invalid_input(format!(
                "{} days asked for; ANAF lists the last 1 to {}",
                self.days,
                limits::LIST_DAYS
            )));
        }
        Ok(Request::get(
            "efactura.listaMesajeFactura",
            "{env}/FCTEL/rest/listaMesajeFactura",
            crate::path(environment, "listaMesajeFactura"),
        )
        .with("zile", self.days.to_string())
        .with("cif", self.cif.digits())
        .with_some("filtru", self.filter.map(Filter::as_str))
        .counted(limits::LISTA, self.cif.digits()))
    }

    fn read(&self, answer: Answer) -> Result<MessageList, Error> {
        super::read(&answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anaf_types::ErrorKind;
    use proptest::prelude::*;

    const ROWS: &str = r#"{"mesaje":[{"data_creare":"202211011336","cif":"8000000000","id_solicitare":"5001131297","detalii":"Factura cu id_incarcare=5001131297 emisa de cif_emitent=8000000000 pentru cif_beneficiar=3","tip":"FACTURA TRIMISA","id":"3001503294"}],"serial":"1234AA456","cui":"8000000000","titlu":"Lista Mesaje disponibile din ultimele 1 zile"}"#;

    fn list() -> List {
        List::new("12345674".parse().unwrap(), 15)
    }

    #[test]
    fn days_are_checked_before_sending() {
        for (days, accepted) in [(0, false), (1, true), (60, true), (61, false)] {
            let list = List::new("12345674".parse().unwrap(), days).filter(Filter::Received);
            let request = list.request(Environment::Test);
            assert_eq!(request.is_ok(), accepted, "{days}");
            if let Ok(request) = request {
                assert_eq!(request.query[2], ("filtru", "P".to_owned()));
            }
        }
    }

    #[test]
    fn rows_empties_and_failures() {
        use ErrorKind as K;
        let failed = |text: &str| format!(r#"{{"eroare":"{text}","titlu":"Lista Mesaje"}}"#);
        let long = format!(
            r#"{{"titlu":"{}","eroare":"Nu exista mesaje in ultimele 15 zile"}}"#,
            " ".repeat(40_000)
        );
        let cases = [
            (ROWS.to_owned(), Ok(1)),
            (format!("{ROWS}}}"), Ok(1)),
            (r#"{"mesaje":[]}"#.to_owned(), Ok(0)),
            (failed("Nu exista mesaje in ultimele 15 zile"), Ok(0)),
            (long, Ok(0)),
            (
                failed("CIF introdus= aaa nu este un numar"),
                Err(K::InvalidParameter),
            ),
            (
                failed(
                    "Lista de mesaje este mai mare decat numarul de 500 elemente permise in pagina. Folositi endpoint-ul cu paginatie.",
                ),
                Err(K::ListTooLong),
            ),
            (
                failed("Numarul de zile trebuie sa fie intre 1 si 60"),
                Err(K::InvalidParameter),
            ),
            (
                failed("Nu aveti drept in SPV pentru CIF=12345674"),
                Err(K::NoRight),
            ),
            (
                failed(
                    "S-au facut deja 1000 interogari de lista mesaje de catre utilizator in cursul zilei",
                ),
                Err(K::Quota),
            ),
            (ROWS[..200].to_owned(), Err(K::Truncated)),
            ("[]".to_owned(), Err(K::Unreadable)),
            ("{}".to_owned(), Err(K::Unreadable)),
            (r#"{"mesaje":null}"#.to_owned(), Ok(0)),
            ("<header/>".to_owned(), Err(K::Unreadable)),
        ];
        for (body, expected) in cases {
            let got = list().read(Answer::new(200, body.clone()));
            let got = got.map(|l| l.messages.len()).map_err(|e| e.kind());
            assert_eq!(got, expected, "{body:.80}");
        }
    }

    #[test]
    fn one_row_that_cannot_be_read_takes_no_other_along() {
        let rows =
            |rows: &str| format!(r#"{{"mesaje":[{rows}],"serial":7,"cui":null,"titlu":"Lista"}}"#);
        // The answer, the ids that are read, and the rows that are kept as they came.
        let cases: &[(String, &[&str], &[&str])] = &[
            (
                rows(r#"{"id":"1"}, {"id" : "x7", "tip":"ERORI FACTURA"},{"id":3}"#),
                &["1", "3"],
                &[r#"{"id" : "x7", "tip":"ERORI FACTURA"}"#],
            ),
            (
                rows(r#"7,null,{"id":1},"x",[{"id":2}]"#),
                &["1"],
                &["7", "null", r#""x""#, r#"[{"id":2}]"#],
            ),
            (
                rows(r#"{"tip":"y"},{"id":1}"#) + "}",
                &["1"],
                &[r#"{"tip":"y"}"#],
            ),
            (
                rows(r#"{"id":[1],"cif":{"a":[1]}},{"id":2,"cif":{"a":[1]}}"#),
                &["2"],
                &[r#"{"id":[1],"cif":{"a":[1]}}"#],
            ),
            (
                format!("\u{feff}{}", rows(r#"{"id":1},{}"#)),
                &["1"],
                &["{}"],
            ),
        ];
        for (body, ids, kept) in cases {
            let list = list().read(Answer::new(200, body.as_str())).unwrap();
            let read: Vec<_> = list.messages.iter().map(|m| m.id.as_str()).collect();
            let odd: Vec<_> = list.unreadable.iter().map(|row| &*row.json).collect();
            assert_eq!((read.as_slice(), odd.as_slice()), (*ids, *kept), "{body}");
            assert_eq!(list.serial.as_deref(), Some("7"));
            assert_eq!(list.title.as_deref(), Some("Lista"));
        }
        // Not one that is readable: the answer has no known form, and must not pass for an empty list.
        for body in [rows(r#"{"tip":"y"}"#), rows("7,8")] {
            let failed = list().read(Answer::new(200, body)).unwrap_err();
            assert_eq!(failed.kind(), ErrorKind::Unreadable);
        }
        let row = UnreadableRow::new(r#"{"cif":"1900101123455"}"#, "no id");
        for shown in [
            format!("{row}"),
            format!("{row:?}"),
            format!("{}", row.to_error()),
        ] {
            assert!(!shown.contains("1900101123455"), "{shown}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = list().read(Answer::new(200, body));
        }

        #[test]
        fn arbitrary_rows_never_panic(rows in "([{}\\[\\],:\"id0-9 ]{0,40}|\\{\"id\":[0-9x]{1,3}\\},?){0,6}") {
            let body = format!(r#"{{"mesaje":[{rows}],"titlu":"x"}}"#);
            let _ = list().read(Answer::new(200, body));
        }

        #[test]
        fn mutated_answers_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut body = ROWS.as_bytes().to_vec();
            let at = at.index(body.len());
            body[at] = byte;
            let _ = list().read(Answer::new(200, body));
        }
    }
}
