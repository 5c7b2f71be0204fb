//! `descarcare`.

use serde_json::json;

use super::archive;
use crate::answer::Answer;
use crate::call::Call;
use crate::clock;
use crate::limits::Daily;
use crate::oauth;
use crate::people::{Service, SpvRight};
use crate::state::State;

/// HTTP 200 and `eroare`.
pub(crate) fn descarcare_error(text: &str) -> Answer {
    Answer::json(200, &json!({"eroare": text, "titlu": "Descarcare mesaj"}))
}

/// `GET descarcare?id=`.
pub(crate) fn descarcare(state: &mut State, call: &Call<'_>) -> Answer {
    let session = match oauth::session(state, call, Some(Service::EFactura)) {
        Ok(session) => session,
        Err(answer) => return answer,
    };
    let Some(id) = call.required("id") else {
        return Answer::spring(call.now, 400, "Parametrul id este obligatoriu");
    };
    let fail = |state: &State, text: String| {
        let mut answer = descarcare_error(&text);
        if state.efactura.settings.plain_text_errors {
            answer.content_type = "text/plain;charset=UTF-8".to_owned();
        }
        answer
    };
    let Ok(number) = id.parse::<u64>() else {
        return fail(
            state,
            format!("Id descarcare introdus= {id} nu este un numar intreg"),
        );
    };
    state.efactura.settle(call.now);
    let found = state
        .efactura
        .messages
        .get(&number)
        .filter(|message| message.env == call.env);
    let Some(message) = found.cloned() else {
        return fail(
            state,
            format!("Pentru id={id} nu exista inregistrata nici o factura"),
        );
    };
    if !matches!(session.person.right_for(&message.owner), SpvRight::Yes) {
        return fail(
            state,
            "Nu aveti dreptul sa descarcati acesta factura".to_owned(),
        );
    }
    if call.now > clock::later(message.archived, state.efactura.settings.retention) {
        let text = "Fisierul nu mai poate fi descarcat pentru ca a trecut perioada de 60 de zile in care este disponibil";
        return fail(state, text.to_owned());
    }
    if let Some(limit) = state
        .usage
        .day_exhausted(&state.limits, Daily::Download, id, call.now)
    {
        let which = if state.efactura.settings.second_wordings {
            format!("la mesajul cu id_descarcare={id}")
        } else {
            "de mesaj".to_owned()
        };
        return fail(
            state,
            format!("S-au facut deja {limit} descarcari {which} in cursul zilei"),
        );
    }
    let signature_first = state
        .efactura
        .settings
        .signature_first
        .unwrap_or(message.upload % 2 == 0);
    match state.efactura.uploads.get(&message.upload) {
        Some(upload) => {
            let bytes = archive::build(upload, signature_first);
            Answer::new(200, "application/zip", bytes).header(
                "Content-Disposition",
                format!("attachment; filename=\"{number}.zip\""),
            )
        }
        None => fail(
            state,
            format!("Pentru id={id} nu exista inregistrata nici o factura"),
        ),
    }
}
