//! `stareMesaj`.

use super::Fate;
use crate::answer::{Answer, escape};
use crate::call::Call;
use crate::limits::Daily;
use crate::oauth;
use crate::people::{Service, SpvRight};
use crate::state::State;

const HEADER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<header \
                      xmlns=\"mfp:anaf:dgti:efactura:stareMesajFactura:v1\"";

/// A failure of the query: `Errors` without `stare`.
pub(crate) fn stare_error(text: &str) -> Answer {
    Answer::xml(format!(
        "{HEADER}>\n    <Errors errorMessage=\"{}\"/>\n</header>",
        escape(text)
    ))
}

/// `GET stareMesaj?id_incarcare=`.
pub(crate) fn stare(state: &mut State, call: &Call<'_>) -> Answer {
    let session = match oauth::session(state, call, Some(Service::EFactura)) {
        Ok(session) => session,
        Err(answer) => return answer,
    };
    let Some(id) = call.required("id_incarcare") else {
        return Answer::spring(call.now, 400, "Parametrul id_incarcare este obligatoriu");
    };
    let Ok(index) = id.parse::<u64>() else {
        return stare_error(&format!(
            "Id_incarcare introdus= {id} nu este un numar intreg"
        ));
    };
    if session.person.cifs.is_empty() {
        return stare_error("Nu exista niciun CIF petru care sa aveti drept");
    }
    state.efactura.settle(call.now);
    let Some(upload) = state
        .efactura
        .uploads
        .get_mut(&index)
        .filter(|upload| upload.env == call.env)
    else {
        return stare_error(&format!("Nu exista factura cu id_incarcare= {index}"));
    };
    if !matches!(session.person.right_for(&upload.cif), SpvRight::Yes) {
        return stare_error(&format!(
            "Nu aveti dreptul de inteorgare pentru id_incarcare= {index}"
        ));
    }
    if let Some(limit) =
        state
            .usage
            .day_exhausted(&state.limits, Daily::Stare, &index.to_string(), call.now)
    {
        // ANAF's text speaks of downloads here (sic).
        return stare_error(&format!(
            "S-au facut deja {limit} descarcari de mesaj in cursul zilei"
        ));
    }
    if upload.settled.is_none() {
        if upload.ready <= call.now {
            upload.polls_left = upload.polls_left.saturating_sub(1);
        }
        return Answer::xml(format!("{HEADER} stare=\"in prelucrare\"/>"));
    }
    let verdict = match upload.fate {
        Fate::Accepted => format!("stare=\"ok\" id_descarcare=\"{}\"", upload.download_id),
        Fate::Rejected(_) => format!("stare=\"nok\" id_descarcare=\"{}\"", upload.download_id),
        Fate::NotTakenOver => "stare=\"XML cu erori nepreluat de sistem\"".to_owned(),
    };
    Answer::xml(format!("{HEADER} {verdict}/>"))
}
