//! `info`: what a transport organiser may know about others' notifications.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::declaration::Place;
use super::{Transport, lista};
use crate::answer::Answer;
use crate::call::Call;
use crate::clock;
use crate::oauth;
use crate::people::{Service, SpvRight};
use crate::state::State;

/// HTTP 200 and `error`, as `info` fails.
pub(crate) fn info_error(now: Timestamp, text: &str) -> Answer {
    Answer::json(
        200,
        &json!({"trace_id": crate::trace_id(), "dateResponse": clock::minute(now), "error": text}),
    )
}

/// `GET info?cui_op=[&cui_decl=][&uit=][&ref_decl=]`.
pub(crate) fn info(state: &mut State, call: &Call<'_>) -> Answer {
    let session = match oauth::session(state, call, Some(Service::ETransport)) {
        Ok(session) => session,
        Err(answer) => return answer,
    };
    let Some(organiser) = call.required("cui_op") else {
        return Answer::spring(call.now, 400, "Parametrul cui_op este obligatoriu");
    };
    let fail = |text: String| info_error(call.now, &text);
    for name in ["cui_op", "cui_decl"] {
        if let Some(value) = call
            .required(name)
            .filter(|value| !value.bytes().all(|b| b.is_ascii_digit()))
        {
            return fail(format!("{name} introdus= {value} nu este un numar"));
        }
    }
    match session.person.right_for(organiser) {
        SpvRight::Yes => {}
        SpvRight::ForNoCif => {
            return fail("Nu exista niciun CIF petru care sa aveti drept in SPV".to_owned());
        }
        SpvRight::NotForThisCif => {
            return fail(format!("Nu aveti drept in SPV pentru CIF={organiser}"));
        }
    }
    state.etransport.settle(call.now);
    let today = clock::day(call.now);
    let wanted = |name: &str, value: &str| call.required(name).is_none_or(|asked| asked == value);
    let rows: Vec<Value> = state
        .etransport
        .transports
        .values()
        .filter(|known| known.env == call.env && known.is_alive(today))
        // One's own notification is not listed: `info` tells an organiser what others declared.
        .filter(|known| {
            known.notification.organiser.code.trim_start_matches("RO") == organiser
                && known.declarant != organiser
        })
        .filter(|known| {
            wanted("cui_decl", &known.declarant)
                && wanted("uit", &known.uit)
                && wanted("ref_decl", &known.reference)
        })
        .map(row)
        .collect();
    if rows.is_empty() {
        return fail("Nu exista informatii pentru aceasta solicitare".to_owned());
    }
    Answer::json(200, &Value::Array(rows))
}

fn row(transport: &Transport) -> Value {
    let midnight = |date: Date| format!("{date}T00:00:00");
    let notification = &transport.notification;
    let [vehicle, ..] = transport.vehicle();
    let changes: Vec<Value> = transport
        .vehicles
        .iter()
        .map(|(index, at, change)| lista::vehicle(*index, *at, change))
        .collect();
    // One document is a string and several are a list.
    let documents = match notification.documents.as_slice() {
        [one] => json!(one),
        several => json!(several),
    };
    json!({
        "id": transport.index,
        "uit": transport.uit,
        "cod_decl": transport.declarant.parse::<u64>().unwrap_or_default(),
        "den_decl": format!("DECLARANTUL {}", transport.declarant),
        "data_transp": midnight(notification.date),
        "data_exp_uit": midnight(transport.last_day()),
        "ref_decl": transport.reference,
        "tr_cod": notification.organiser.code,
        "tr_den": notification.organiser.name,
        "nr_veh": vehicle,
        "modif_veh": changes,
        "loc_start": place(&notification.start),
        "loc_final": place(&notification.finish),
        "documente": documents,
    })
}

fn place(place: &Place) -> Value {
    match place {
        Place::Unknown => json!({}),
        Place::Border(code) => json!({"tip_loc": "PTF", "adresa_completa": format!("PTF {code}")}),
        Place::Customs(code) => {
            json!({"tip_loc": "BV", "adresa_completa": format!("BIROU VAMAL {code}")})
        }
        Place::Address {
            county,
            locality,
            street,
            number,
            other,
        } => json!({
            "tip_loc": "ADR", "adresa_completa": format!("{street} {number}, {locality}"), "judet": county,
            "localitate": locality, "strada": street, "numar": number, "alte_info": other,
        }),
    }
}
