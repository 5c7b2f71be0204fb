//! `stareMesaj`.

use serde_json::json;

use super::{Outcome, error_list, errors};
use crate::answer::Answer;
use crate::call::Call;
use crate::clock;
use crate::limits::Daily;
use crate::oauth;
use crate::people::{Service, SpvRight};
use crate::state::State;

/// `GET stareMesaj/{id}`.
pub(crate) fn stare(state: &mut State, call: &Call<'_>) -> Answer {
    let session = match oauth::session(state, call, Some(Service::ETransport)) {
        Ok(session) => session,
        Err(answer) => return answer,
    };
    let id = call.rest.first().map(String::as_str).unwrap_or_default();
    if id.is_empty() {
        return Answer::not_found(call.now, &call.path);
    }
    let fail = |text: String| errors(call.now, &[text]);
    let Ok(index) = id.parse::<u64>() else {
        return fail(format!(
            "Id_incarcare introdus= {id} nu este un numar intreg"
        ));
    };
    state.etransport.settle(call.now);
    let found = state
        .etransport
        .declarations
        .get_mut(&index)
        .filter(|found| found.env == call.env);
    let Some(declaration) = found else {
        return fail(format!(
            "Nu exista declaratia de transport cu id_incarcare= {index}"
        ));
    };
    if !matches!(session.person.right_for(&declaration.cif), SpvRight::Yes) {
        return fail(format!(
            "Nu aveti dreptul de inteorgare pentru id_incarcare= {index}"
        ));
    }
    if let Some(limit) =
        state
            .usage
            .day_exhausted(&state.limits, Daily::TransportStare, id, call.now)
    {
        return fail(format!(
            "S-au facut deja {limit} de verificari, pentru id-incarcare solicitat, in cursul zilei"
        ));
    }
    let mut body = json!({"dateResponse": clock::minute(call.now), "ExecutionStatus": 0, "trace_id": crate::trace_id()});
    match &declaration.outcome {
        None => {
            if declaration.ready <= call.now {
                declaration.polls_left = declaration.polls_left.saturating_sub(1);
            }
            body["stare"] = json!("in prelucrare");
        }
        Some(Outcome::Ok) => body["stare"] = json!("ok"),
        Some(Outcome::NotTakenOver) => body["stare"] = json!("XML cu erori nepreluat de sistem"),
        Some(Outcome::Rejected(texts)) => {
            body["stare"] = json!("nok");
            body["ExecutionStatus"] = json!(1);
            body["Errors"] = json!(error_list(texts));
        }
    }
    Answer::json(200, &body)
}
