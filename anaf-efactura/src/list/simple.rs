//! `listaMesajeFactura`: the messages of the last days, at most 500.

use std::fmt;

use anaf_http::{Operation, Request};
use anaf_types::answer::Answer;
use anaf_types::{Cif, Environment, Error, limits, text};
use serde::Deserialize;

use super::{Filter, Message};

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
    /// The serial number of the certificate that logged in (`serial`).
    #[serde(default)]
    pub serial: Option<String>,
    /// The fiscal codes that the user has a right for, perhaps several separated by commas (`cui`).
    #[serde(rename = "cui", default)]
    pub cuis: Option<String>,
    /// ANAF's title (`titlu`).
    #[serde(rename = "titlu", default)]
    pub title: Option<String>,
}

impl fmt::Debug for MessageList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cuis = self.cuis.as_deref().map(text::mask_personal_codes);
        f.debug_struct("MessageList")
            .field("messages", &self.messages)
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

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
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
