//! `listaMesajeFactura` and `listaMesajePaginatieFactura`.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{EFacturaState, IdForm, Message};
use crate::answer::Answer;
use crate::call::{Call, Env};
use crate::clock;
use crate::limits::Daily;
use crate::oauth::{self, Session};
use crate::people::{Service, SpvRight};
use crate::state::State;

/// The longest way back that lists go.
const DAYS: i64 = 60;

/// HTTP 200 and `eroare`.
pub(crate) fn lista_error(text: &str) -> Answer {
    Answer::json(200, &json!({"eroare": text, "titlu": "Lista Mesaje"}))
}

/// `GET listaMesajeFactura?zile=&cif=[&filtru=]`.
pub(crate) fn lista(state: &mut State, call: &Call<'_>) -> Answer {
    let session = match oauth::session(state, call, Some(Service::EFactura)) {
        Ok(session) => session,
        Err(answer) => return answer,
    };
    let (Some(days), Some(cif)) = (call.required("zile"), call.required("cif")) else {
        return Answer::spring(call.now, 400, "Parametrii zile si cif sunt obligatorii");
    };
    simple(state, call, &session, days, cif).unwrap_or_else(|text| lista_error(&text))
}

fn simple(
    state: &mut State,
    call: &Call<'_>,
    session: &Session,
    days: &str,
    cif: &str,
) -> Result<Answer, String> {
    let days: i64 = days
        .parse()
        .map_err(|_| format!("Numarul de zile introdus= {days} nu este un numar intreg"))?;
    if !(1..=DAYS).contains(&days) {
        return Err(format!("Numarul de zile trebuie sa fie intre 1 si {DAYS}"));
    }
    if !is_number(cif) {
        return Err(format!("CIF introdus= {cif} nu este un numar"));
    }
    let filter = common(call, session, cif)?;
    if let Some(limit) = state
        .usage
        .day_exhausted(&state.limits, Daily::List, cif, call.now)
    {
        return Err(if state.efactura.settings.second_wordings {
            format!(
                "S-au facut deja {limit} de interogari de tip lista mesaje de catre CUI= {cif} in cursul zilei"
            )
        } else {
            format!(
                "S-au facut deja {limit} interogari de lista mesaje de catre utilizator in cursul zilei"
            )
        });
    }
    state.efactura.settle(call.now);
    let from = clock::later(call.now, SignedDuration::from_hours(-24 * days));
    let found = state.efactura.find(call.env, cif, filter, from, call.now);
    if found.is_empty() {
        return Err(format!("Nu exista mesaje in ultimele {days} zile"));
    }
    if found.len() > state.limits.page_size {
        return Err(format!(
            "Lista de mesaje este mai mare decat numarul de {} elemente permise in pagina. Folositi endpoint-ul cu paginatie.",
            state.limits.page_size
        ));
    }
    let ids = state.efactura.settings.ids;
    let messages: Vec<Value> = found.iter().map(|message| entry(message, ids)).collect();
    Ok(Answer::json(
        200,
        &json!({
            "mesaje": messages,
            "serial": session.person.serial,
            "cui": session.person.cui(),
            "titlu": format!("Lista Mesaje disponibile din ultimele {days} zile"),
        }),
    ))
}

/// `GET listaMesajePaginatieFactura?startTime=&endTime=&cif=&pagina=[&filtru=]`.
pub(crate) fn lista_paginata(state: &mut State, call: &Call<'_>) -> Answer {
    let session = match oauth::session(state, call, Some(Service::EFactura)) {
        Ok(session) => session,
        Err(answer) => return answer,
    };
    let parameters = ["startTime", "endTime", "cif", "pagina"].map(|name| call.required(name));
    let [Some(start), Some(end), Some(cif), Some(page)] = parameters else {
        return Answer::spring(
            call.now,
            400,
            "Parametrii startTime, endTime, cif si pagina sunt obligatorii",
        );
    };
    let query = Paged {
        start,
        end,
        cif,
        page,
    };
    paged(state, call, &session, &query).unwrap_or_else(|text| lista_error(&text))
}

struct Paged<'a> {
    start: &'a str,
    end: &'a str,
    cif: &'a str,
    page: &'a str,
}

fn paged(
    state: &mut State,
    call: &Call<'_>,
    session: &Session,
    query: &Paged<'_>,
) -> Result<Answer, String> {
    let not_a_number = |name: &str, value: &str| {
        format!("{name} = {value} nu este un numar sau nu are o valoare acceptata de sistem")
    };
    if !is_number(query.cif) {
        return Err(format!(
            "CIF introdus= {} nu este un numar sau nu are o valoare acceptata de sistem",
            query.cif
        ));
    }
    let moment = |name, value: &str| {
        value
            .parse()
            .ok()
            .and_then(|ms| Timestamp::from_millisecond(ms).ok())
            .ok_or_else(|| not_a_number(name, value))
    };
    let start = moment("startTime", query.start)?;
    let end = moment("endTime", query.end)?;
    let page: usize = query
        .page
        .parse()
        .ok()
        .filter(|page| *page > 0)
        .ok_or_else(|| not_a_number("pagina", query.page))?;
    window(start, end, call.now)?;
    let filter = common(call, session, query.cif)?;
    if let Some(limit) =
        state
            .usage
            .day_exhausted(&state.limits, Daily::PagedList, query.cif, call.now)
    {
        return Err(format!(
            "S-au facut deja {limit} de interogari de tip lista mesaje paginatie de catre CUI= {} in cursul zilei",
            query.cif
        ));
    }
    state.efactura.settle(call.now);
    let found = state.efactura.find(call.env, query.cif, filter, start, end);
    if found.is_empty() {
        return Err("Nu exista mesaje in intervalul selectat".to_owned());
    }
    let size = state.limits.page_size.max(1);
    let pages = found.len().div_ceil(size);
    if page > pages {
        return Err(format!(
            "Pagina solicitata {page} este mai mare decat numarul toatal de pagini {pages}"
        ));
    }
    let ids = state.efactura.settings.ids;
    let messages: Vec<Value> = found
        .iter()
        .skip((page - 1) * size)
        .take(size)
        .map(|message| entry(message, ids))
        .collect();
    Ok(Answer::json(
        200,
        &json!({
            "numar_inregistrari_in_pagina": messages.len(),
            "mesaje": messages,
            "numar_total_inregistrari_per_pagina": size,
            "numar_total_inregistrari": found.len(),
            "numar_total_pagini": pages,
            // ANAF's figure cannot be trusted, so neither can this one: it is right on the last page only.
            "index_pagina_curenta": pages,
            "serial": session.person.serial,
            "cui": session.person.cui(),
            "titlu": format!(
                "Lista Mesaje disponibile din intervalul {} - {}", clock::quoted(start), clock::quoted(end)
            ),
        }),
    ))
}

/// The window, checked against ANAF's clock to the second, in the words that quote it.
fn window(start: Timestamp, end: Timestamp, now: Timestamp) -> Result<(), String> {
    let oldest = now.as_second() - DAYS * 24 * 3600;
    if start.as_second() < oldest {
        return Err(format!(
            "startTime = {} nu poate fi mai vechi de {DAYS} de zile fata de momentul requestului",
            clock::quoted(start)
        ));
    }
    if end <= start {
        return Err(format!(
            "endTime = {} nu poate fi <= startTime = {}",
            clock::quoted(end),
            clock::quoted(start)
        ));
    }
    if end.as_second() > now.as_second() {
        return Err(format!(
            "endTime = {} nu poate in viitor fata de momentul requestului = {}",
            clock::quoted(end),
            clock::quoted(now)
        ));
    }
    Ok(())
}

/// What both lists check in the same words: the filter and the right.
fn common(call: &Call<'_>, session: &Session, cif: &str) -> Result<Option<char>, String> {
    let filter = match call.required("filtru") {
        None => None,
        Some(word) => match word.as_bytes() {
            [letter @ (b'E' | b'T' | b'P' | b'R')] => Some(char::from(*letter)),
            _ => {
                return Err(
                    "Valorile acceptate pentru parametrul filtru sunt E, T, P sau R".to_owned(),
                );
            }
        },
    };
    match session.person.right_for(cif) {
        SpvRight::Yes => Ok(filter),
        SpvRight::ForNoCif => {
            Err("Nu exista niciun CIF pentru care sa aveti drept in SPV".to_owned())
        }
        SpvRight::NotForThisCif => Err(format!("Nu aveti drept in SPV pentru CIF={cif}")),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn entry(message: &Message, ids: IdForm) -> Value {
    let id = |number: u64| match ids {
        IdForm::Text => json!(number.to_string()),
        IdForm::Number => json!(number),
    };
    json!({
        "data_creare": clock::minute(message.indexed),
        "cif": message.owner,
        "id_solicitare": id(message.upload),
        "detalii": message.detalii,
        "tip": message.tip,
        "id": id(message.id),
    })
}

impl EFacturaState {
    /// The messages of a fiscal code indexed within a window, newest first: new ones shift the pages of a walk.
    fn find(
        &self,
        env: Env,
        cif: &str,
        filter: Option<char>,
        from: Timestamp,
        to: Timestamp,
    ) -> Vec<&Message> {
        let cif = cif.trim_start_matches('0');
        let mut found: Vec<&Message> = self
            .messages
            .values()
            .filter(|message| message.env == env && message.owner == cif)
            .filter(|message| filter.is_none_or(|wanted| message.filter == wanted))
            .filter(|message| from <= message.indexed && message.indexed <= to)
            .collect();
        found.sort_by_key(|message| std::cmp::Reverse((message.indexed, message.id)));
        found
    }
}
