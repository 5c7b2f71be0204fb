//! `listaMesajePaginatieFactura`: one page of the messages between two instants.

use std::fmt;

use anaf_http::{Operation, Request};
use anaf_types::answer::Answer;
use anaf_types::json::Text;
use anaf_types::{Cif, Environment, Error, limits, text};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

use super::unreadable::Rows;
use super::{Filter, Message, UnreadableRow, Window};

/// Fetches one page. To walk all of them, and to have the pitfalls of this call taken care of, use
/// [`crate::MessageQuery`].
///
/// Source: ANAF, "Prezentare API e-Factura", `listaMesajePaginatieFactura`; 100 000 calls a day for a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPage {
    cif: Cif,
    window: Window,
    page: u64,
    filter: Option<Filter>,
}

impl ListPage {
    pub(super) const NAME: &str = "efactura.listaMesajePaginatieFactura";

    /// The page of this number, from 1, of a company's messages listed in a window.
    #[must_use]
    pub fn new(cif: Cif, window: Window, page: u64) -> Self {
        Self {
            cif,
            window,
            page,
            filter: None,
        }
    }

    /// Only the messages of one sort.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = Some(filter);
        self
    }

    pub(super) fn filter_if(mut self, filter: Option<Filter>) -> Self {
        self.filter = filter;
        self
    }
}

/// One page. Empty when ANAF has no messages.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Page {
    /// The messages (`mesaje`), at most 500.
    #[serde(rename = "mesaje", deserialize_with = "super::rows")]
    pub messages: Vec<Message>,
    /// Rows that are no readable messages, as they came. When not one row is readable the call fails instead.
    #[serde(skip)]
    pub unreadable: Vec<UnreadableRow>,
    /// How many pages there are (`numar_total_pagini`).
    #[serde(rename = "numar_total_pagini", default, deserialize_with = "number")]
    pub pages: Option<u64>,
    /// How many messages there are on all pages (`numar_total_inregistrari`).
    #[serde(
        rename = "numar_total_inregistrari",
        default,
        deserialize_with = "number"
    )]
    pub total: Option<u64>,
    /// Which page ANAF says this is (`index_pagina_curenta`). It cannot be trusted.
    #[serde(rename = "index_pagina_curenta", default, deserialize_with = "number")]
    pub claimed_page: Option<u64>,
    /// The serial number of the certificate that logged in (`serial`).
    #[serde(default, deserialize_with = "super::words")]
    pub serial: Option<String>,
    /// The fiscal codes that the user has a right for, perhaps several separated by commas (`cui`).
    #[serde(rename = "cui", default, deserialize_with = "super::words")]
    pub cuis: Option<String>,
    /// ANAF's title (`titlu`), which repeats the window in Romanian time.
    #[serde(rename = "titlu", default, deserialize_with = "super::words")]
    pub title: Option<String>,
}

/// A count, as a number or as digits; nothing for anything else, for a count must not lose a page.
fn number<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u64>, D::Error> {
    Ok(Text::deserialize(d)?.as_str().trim().parse().ok())
}

impl Rows for Page {
    fn put(&mut self, messages: Vec<Message>, unreadable: Vec<UnreadableRow>) {
        self.messages = messages;
        self.unreadable = unreadable;
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cuis = self.cuis.as_deref().map(text::mask_personal_codes);
        f.debug_struct("Page")
            .field("messages", &self.messages)
            .field("unreadable", &self.unreadable)
            .field("pages", &self.pages)
            .field("total", &self.total)
            .field("cuis", &cuis)
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

impl Operation for ListPage {
    type Output = Page;

    fn request(&self, environment: Environment) -> Result<Request, Error> {
        self.window.check()?;
        if self.page == 0 {
            return Err(Error::invalid_input("pages are counted from 1"));
        }
        let millis = |t: Timestamp| t.as_millisecond().to_string();
        Ok(Request::get(
            Self::NAME,
            "{env}/FCTEL/rest/listaMesajePaginatieFactura",
            crate::path(environment, "listaMesajePaginatieFactura"),
        )
        .with("startTime", millis(self.window.start()))
        .with("endTime", millis(self.window.end()))
        .with("cif", self.cif.digits())
        .with("pagina", self.page.to_string())
        .with_some("filtru", self.filter.map(Filter::as_str))
        .counted(limits::LISTA_PAGINATA, self.cif.digits()))
    }

    fn read(&self, answer: Answer) -> Result<Page, Error> {
        super::read(&answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anaf_types::ErrorKind;

    #[test]
    fn the_wire_example() {
        let body = r#"{"mesaje":[{"data_creare":"202211011336","cif":"8000000000","id_solicitare":"5001131297","detalii":"Factura cu id_incarcare=5001131297 emisa de cif_emitent=8000000000 pentru cif_beneficiar=3","tip":"FACTURA TRIMISA","id":"3001503294"}],"numar_inregistrari_in_pagina":2,"numar_total_inregistrari_per_pagina":500,"numar_total_inregistrari":14130,"numar_total_pagini":"29","index_pagina_curenta":29,"serial":"1234AA456","cui":"8000000000, 12345674","titlu":"Lista Mesaje disponibile din intervalul 06-09-2022 09:48:20 - 02-11-2022 11:49:24"}"#;
        let window = Window::between(
            "2022-09-06T06:48:20Z".parse().unwrap(),
            "2022-11-02T09:49:24Z".parse().unwrap(),
        );
        let list = ListPage::new("12345674".parse().unwrap(), window, 29).filter(Filter::Sent);
        let page = list.read(Answer::new(200, body)).unwrap();
        assert_eq!(
            (page.messages.len(), page.pages, page.total),
            (1, Some(29), Some(14130))
        );
        let request = list.request(Environment::Production).unwrap();
        let query: Vec<String> = request
            .query
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        assert_eq!(
            query.join("&"),
            "startTime=1662446900000&endTime=1667382564000&cif=12345674&pagina=29&filtru=T"
        );
    }

    #[test]
    fn failures_and_empties() {
        use ErrorKind as K;
        let cases = [
            ("Nu exista mesaje in intervalul selectat", None),
            (
                "startTime = aaa nu este un numar sau nu are o valoare acceptata de sistem",
                Some(K::InvalidParameter),
            ),
            (
                "startTime = 09-07-2022 10:41:11 nu poate fi mai vechi de 60 de zile fata de momentul requestului",
                Some(K::InvalidParameter),
            ),
            (
                "endTime = 30-07-2026 15:15:28 nu poate in viitor fata de momentul requestului = 30-07-2026 15:15:27",
                Some(K::InvalidParameter),
            ),
            (
                "Pagina solicitata 50 este mai mare decat numarul toatal de pagini 29",
                Some(K::InvalidParameter),
            ),
            ("Altfel", Some(K::Other)),
        ];
        let window = Window::between(Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        for (text, kind) in cases {
            let body = format!(r#"{{"eroare":"{text}","titlu":"Lista Mesaje"}}"#);
            let list = ListPage::new("12345674".parse().unwrap(), window, 1);
            let got = list.read(Answer::new(200, body));
            assert_eq!(got.err().map(|e| e.kind()), kind, "{text}");
        }
    }
}
