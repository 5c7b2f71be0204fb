//! `upload`.

use serde_json::json;

use super::{Content, Declaration, declaration, errors, uit};
use crate::answer::Answer;
use crate::call::Call;
use crate::clock;
use crate::oauth;
use crate::people::{Person, Service, SpvRight};
use crate::state::State;

/// `POST upload/ETRANSP/{cif}[/{versiune}]`.
pub(crate) fn upload(state: &mut State, call: &Call<'_>) -> Answer {
    let words: Vec<&str> = call.rest.iter().map(String::as_str).collect();
    let (standard, cif, version) = match words.as_slice() {
        [standard, cif] | [standard, cif, "1"] => (*standard, *cif, 1),
        [standard, cif, "2"] => (*standard, *cif, 2),
        _ => return Answer::not_found(call.now, &call.path),
    };
    let session = match oauth::session(state, call, Some(Service::ETransport)) {
        Ok(session) => session,
        Err(answer) => return answer,
    };
    if !call.is_post() {
        return Answer::spring(call.now, 405, "Request method not supported");
    }
    let read = parameters(&session.person, standard, cif).and_then(|()| {
        if call.body().len() > state.limits.document_bytes {
            return Err("Marime fisier transmis mai mare de 5 MB".to_owned());
        }
        declaration::read(call.body(), version).map_err(|error| error.text())
    });
    match read {
        Err(text) => errors(call.now, &[text]),
        Ok(read) => accepted(state, call, cif, read),
    }
}

fn parameters(person: &Person, standard: &str, cif: &str) -> Result<(), String> {
    if standard != "ETRANSP" {
        return Err("Valoarea acceptata pentru parametrul standard este ETRANSP".to_owned());
    }
    if cif.is_empty() || !cif.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("CIF introdus= {cif} nu este un numar"));
    }
    match person.right_for(cif) {
        SpvRight::Yes => Ok(()),
        SpvRight::ForNoCif => {
            Err("Nu exista niciun CIF petru care sa aveti drept in SPV".to_owned())
        }
        SpvRight::NotForThisCif => Err(format!("Nu aveti drept in SPV pentru CIF={cif}")),
    }
}

fn accepted(state: &mut State, call: &Call<'_>, cif: &str, read: declaration::Read) -> Answer {
    let transport = &mut state.etransport;
    transport.last_index += 1;
    let index = transport.last_index;
    let uit = match (&read.content, read.content.named_uit()) {
        (Content::Notification(_), _) | (_, None) => uit::issue(),
        (_, Some(named)) => named.to_owned(),
    };
    let answer = json!({
        "dateResponse": clock::minute(call.now),
        "ExecutionStatus": 0,
        "index_incarcare": index,
        "UIT": uit,
        "trace_id": crate::trace_id(),
        "ref_declarant": read.reference,
        "atentie": "Verificati starea XML-ului transmis. Codul UIT este valabil din momentul in care apare ca valid dupa apelul de stare",
    });
    let declaration = Declaration {
        index,
        env: call.env,
        cif: cif.trim_start_matches('0').to_owned(),
        declarant: read.declarant,
        reference: read.reference,
        post_outage: read.post_outage,
        content: read.content,
        uit,
        received: call.now,
        ready: clock::later(call.now, transport.settings.processing),
        polls_left: transport.settings.processing_polls,
        ordered: transport.verdicts.pop_front(),
        outcome: None,
    };
    transport.declarations.insert(index, declaration);
    if transport.declarations.len() > super::KEPT {
        transport.forget_the_oldest();
    }
    transport.pending.insert(index);
    Answer::json(200, &answer)
}
