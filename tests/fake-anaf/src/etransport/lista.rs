//! `lista`.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{Declaration, Notification, Outcome, Transport, TransportState, errors};
use crate::answer::Answer;
use crate::call::{Call, Env};
use crate::clock;
use crate::limits::Daily;
use crate::oauth;
use crate::people::{Person, Service, SpvRight};
use crate::state::State;

/// `GET lista/{zile}/{cif}`.
pub(crate) fn lista(state: &mut State, call: &Call<'_>) -> Answer {
    let session = match oauth::session(state, call, Some(Service::ETransport)) {
        Ok(session) => session,
        Err(answer) => return answer,
    };
    let words: Vec<&str> = call.rest.iter().map(String::as_str).collect();
    let [days, cif] = words.as_slice() else {
        return Answer::not_found(call.now, &call.path);
    };
    rows(state, call, &session.person, days, cif).unwrap_or_else(|text| errors(call.now, &[text]))
}

fn rows(
    state: &mut State,
    call: &Call<'_>,
    person: &Person,
    days: &str,
    cif: &str,
) -> Result<Answer, String> {
    let days: i64 = days
        .parse()
        .map_err(|_| format!("Numarul de zile introdus= {days} nu este un numar intreg"))?;
    if !(1..=60).contains(&days) {
        return Err("Numarul de zile trebuie sa fie intre 1 si 60".to_owned());
    }
    if cif.is_empty() || !cif.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("CIF introdus= {cif} nu este un numar"));
    }
    match person.right_for(cif) {
        SpvRight::Yes => {}
        SpvRight::ForNoCif => {
            return Err("Nu exista niciun CIF petru care sa aveti drept in SPV".to_owned());
        }
        SpvRight::NotForThisCif => return Err(format!("Nu aveti drept in SPV pentru CIF={cif}")),
    }
    if let Some(limit) = state.usage.day_exhausted(
        &state.limits,
        Daily::TransportList,
        &person.serial,
        call.now,
    ) {
        return Err(format!(
            "S-au facut deja {limit} interogari de lista mesaje de catre utilizator in cursul zilei"
        ));
    }
    state.etransport.settle(call.now);
    let from = clock::later(call.now, SignedDuration::from_hours(-24 * days));
    let rows = state
        .etransport
        .rows(call.env, cif.trim_start_matches('0'), from);
    if rows.is_empty() {
        return Err(format!("Nu exista mesaje in ultimele {days} zile"));
    }
    Ok(Answer::json(
        200,
        &json!({
            "mesaje": rows,
            "serial": person.serial,
            "cui": person.cui(),
            "titlu": format!("Lista Mesaje disponibile din ultimele {days} zile"),
            "dateResponse": clock::minute(call.now),
            "ExecutionStatus": 0,
            "trace_id": crate::trace_id(),
        }),
    ))
}

impl TransportState {
    /// Final states only: each standing notification as it is now, valid vehicle changes, and all errors. Not sorted:
    /// every other row stands before the rest.
    fn rows(&self, env: Env, cif: &str, from: Timestamp) -> Vec<Value> {
        let mut rows = Vec::new();
        for declaration in self.declarations.values() {
            if declaration.env != env || declaration.cif != cif || declaration.received < from {
                continue;
            }
            match (&declaration.outcome, declaration.content.word()) {
                (Some(Outcome::Rejected(texts)), _) => rows.push(error_row(declaration, texts)),
                (Some(Outcome::NotTakenOver), _) => {
                    rows.push(error_row(
                        declaration,
                        &["XML cu erori nepreluat de sistem".to_owned()],
                    ));
                }
                (Some(Outcome::Ok), "NOT") => {
                    if let Some(transport) = self
                        .transports
                        .get(&declaration.uit)
                        .filter(|known| !known.deleted)
                    {
                        rows.push(notification_row(transport));
                    }
                }
                (Some(Outcome::Ok), "MVH") => rows.push(vehicle_row(declaration)),
                _ => {}
            }
        }
        let (odd, even): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .enumerate()
            .partition(|(at, _)| at % 2 == 1);
        odd.into_iter().chain(even).map(|(_, row)| row).collect()
    }
}

/// What every row has.
fn common(
    declaration_kind: &str,
    ok: bool,
    index: u64,
    cif: &str,
    reference: &str,
    post_outage: bool,
    at: Timestamp,
) -> Map<String, Value> {
    let mut row = Map::new();
    let mut put = |key: &str, value: Value| row.insert(key.to_owned(), value);
    put("tip", json!(declaration_kind));
    put("stare", json!(if ok { "OK" } else { "ERR" }));
    put("cod_decl", json!(cif));
    put("ref_decl", json!(reference));
    put("post_avarie", json!(if post_outage { "D" } else { "N" }));
    put("sursa", json!("A"));
    put("id_incarcare", json!(index.to_string()));
    put("data_creare", json!(clock::second(at)));
    row
}

fn put_notification(row: &mut Map<String, Value>, notification: &Notification) {
    let rounded = |number: f64| json!((number * 100.0).round() / 100.0);
    for (key, value) in [
        ("tip_op", json!(notification.operation.to_string())),
        (
            "data_transp",
            json!(notification.date.strftime("%Y%m%d").to_string()),
        ),
        ("pc_tara", json!(notification.partner.country)),
        ("pc_cod", json!(notification.partner.code)),
        ("pc_den", json!(notification.partner.name)),
        ("tr_tara", json!(notification.organiser.country)),
        ("tr_cod", json!(notification.organiser.code)),
        ("tr_den", json!(notification.organiser.name)),
        ("nr_veh", json!(notification.vehicle)),
        ("nr_rem1", json!(notification.trailers.0)),
        ("nr_rem2", json!(notification.trailers.1)),
        ("nr_linii", json!(notification.lines)),
        ("gr_tot_neta", rounded(notification.net)),
        ("gr_tot_bruta", rounded(notification.gross)),
        ("val_tot", rounded(notification.value)),
    ] {
        row.insert(key.to_owned(), value);
    }
}

fn notification_row(transport: &Transport) -> Value {
    let mut row = common(
        "NOT",
        true,
        transport.index,
        &transport.declarant,
        &transport.reference,
        transport.post_outage,
        transport.created,
    );
    row.insert("uit".to_owned(), json!(transport.uit));
    put_notification(&mut row, &transport.notification);
    if let Some(at) = transport.modified {
        row.insert("data_modif".to_owned(), json!(clock::second(at)));
    }
    let changes: Vec<Value> = transport
        .vehicles
        .iter()
        .map(|(index, at, change)| vehicle(*index, *at, change))
        .collect();
    row.insert("modif_veh".to_owned(), json!(changes));
    if let Some((index, at, confirmation)) = &transport.confirmation {
        row.insert(
            "confirmare".to_owned(),
            json!({
                "tip_conf": confirmation.kind, "obs": confirmation.remarks, "post_avarie": "N", "sursa": "A",
                "data_decl": clock::second(*at), "id_incarcare": index.to_string(),
            }),
        );
    }
    row.insert("mesaje".to_owned(), json!([]));
    Value::Object(row)
}

/// A vehicle change, as rows and `info` list them.
pub(super) fn vehicle(index: u64, at: Timestamp, change: &super::VehicleChange) -> Value {
    json!({
        "nr_veh": change.vehicle, "nr_rem1": change.trailers.0, "nr_rem2": change.trailers.1,
        "data_modif": change.when, "obs": change.remarks, "post_avarie": "N", "sursa": "A",
        "data_decl": clock::second(at), "id_incarcare": index.to_string(),
    })
}

fn vehicle_row(declaration: &Declaration) -> Value {
    let mut row = common(
        "MVH",
        true,
        declaration.index,
        &declaration.cif,
        &declaration.reference,
        declaration.post_outage,
        declaration.received,
    );
    row.insert("uit".to_owned(), json!(declaration.uit));
    if let super::Content::VehicleChange(_, change) = &declaration.content {
        row.insert("nr_veh".to_owned(), json!(change.vehicle));
        row.insert("nr_rem1".to_owned(), json!(change.trailers.0));
        row.insert("nr_rem2".to_owned(), json!(change.trailers.1));
    }
    row.insert("mesaje".to_owned(), json!([]));
    Value::Object(row)
}

/// A declaration that failed: a notification that never got a valid UIT has none in its row.
fn error_row(declaration: &Declaration, texts: &[String]) -> Value {
    let mut row = common(
        declaration.content.word(),
        false,
        declaration.index,
        &declaration.cif,
        &declaration.reference,
        declaration.post_outage,
        declaration.received,
    );
    if let Some(uit) = declaration.content.named_uit() {
        row.insert("uit".to_owned(), json!(uit));
    }
    if let Some(notification) = declaration.content.notification() {
        put_notification(&mut row, notification);
    }
    let messages: Vec<Value> = texts
        .iter()
        .map(|text| json!({"tip": "ERR", "mesaj": text}))
        .collect();
    row.insert("mesaje".to_owned(), json!(messages));
    Value::Object(row)
}
