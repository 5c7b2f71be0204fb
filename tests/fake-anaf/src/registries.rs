//! The registries of webservicesp.anaf.ro: taxpayers and the RO e-Factura register.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::{Call, Operation};
use crate::state::State;

/// The most fiscal codes in one request.
const MOST: usize = 100;

/// Answers about the fiscal codes that some person known to the fake has rights for; all others are not found.
pub(crate) fn answer(state: &mut State, call: &Call<'_>) -> Answer {
    if !call.is_post() {
        return Answer::spring(call.now, 405, "Request method not supported");
    }
    if state
        .usage
        .second_exhausted(&state.limits, call.operation, call.now)
    {
        return Answer::spring(call.now, 429, "Prea multe cereri intr-o secunda");
    }
    let Ok(Value::Array(asked)) = serde_json::from_slice::<Value>(call.body()) else {
        return Answer::spring(call.now, 400, "Structura JSON invalida");
    };
    if asked.len() > MOST {
        return Answer::spring(call.now, 400, "Numarul maxim de CUI-uri este 100");
    }
    let (mut found, mut not_found) = (Vec::new(), Vec::new());
    for item in &asked {
        let cui = item.get("cui").cloned().unwrap_or(Value::Null);
        let digits = cui.as_str().map_or_else(|| cui.to_string(), str::to_owned);
        let date = item.get("data").and_then(Value::as_str).unwrap_or_default();
        match state
            .people
            .iter()
            .find(|person| person.cifs.contains(&digits))
        {
            Some(person) if call.operation == Operation::RegistruTva => {
                found.push(taxpayer(&cui, date, &person.name))
            }
            Some(person) => found.push(e_factura_entry(&cui, &person.name)),
            None => not_found.push(cui),
        }
    }
    let nothing = found.is_empty() && call.operation == Operation::RegistruRoEFactura;
    Answer::json(
        if nothing { 404 } else { 200 },
        &json!({"found": found, "notFound": not_found}),
    )
}

fn e_factura_entry(cui: &Value, owner: &str) -> Value {
    json!({
        "cui": cui, "denumire": format!("FIRMA LUI {owner}"), "adresa": "BUCURESTI", "registru": "RO e-Factura",
        "categorie": "B2B", "dataInscriere": "2024-01-01", "dataRenuntare": "", "dataRadiere": "",
        "dataOptiuneB2G": "", "stare": "INSCRIS",
    })
}

fn taxpayer(cui: &Value, date: &str, owner: &str) -> Value {
    let address = |prefix: &str| {
        let mut address = serde_json::Map::new();
        for (key, value) in [
            ("denumire_Strada", "Str. Inventată"),
            ("numar_Strada", "1"),
            ("denumire_Localitate", "Sector 1 Mun. Bucureşti"),
            ("cod_Localitate", "1"),
            ("denumire_Judet", "MUNICIPIUL BUCUREŞTI"),
            ("cod_Judet", "40"),
            ("cod_JudetAuto", "B"),
            ("tara", ""),
            ("detalii_Adresa", ""),
            ("cod_Postal", "010001"),
        ] {
            address.insert(format!("{prefix}{key}"), json!(value));
        }
        Value::Object(address)
    };
    json!({
        "date_generale": {
            "cui": cui, "data": date, "denumire": format!("FIRMA LUI {owner}"), "adresa": "BUCURESTI", "nrRegCom": "",
            "telefon": "", "fax": "", "codPostal": "", "act": "", "stare_inregistrare": "INREGISTRAT din data 01.01.2020",
            "data_inregistrare": "2020-01-01", "cod_CAEN": "6201", "iban": "", "statusRO_e_Factura": true,
            "data_inreg_Reg_RO_e_Factura": "", "organFiscalCompetent": "", "forma_de_proprietate": "",
            "forma_organizare": "", "forma_juridica": "",
        },
        "inregistrare_scop_Tva": {"scpTVA": true, "perioade_TVA": [{
            "data_inceput_ScpTVA": "2020-01-01", "data_sfarsit_ScpTVA": "", "data_anul_imp_ScpTVA": "", "mesaj_ScpTVA": "",
        }]},
        "inregistrare_RTVAI": {
            "dataInceputTvaInc": "", "dataSfarsitTvaInc": "", "dataActualizareTvaInc": "", "dataPublicareTvaInc": "",
            "tipActTvaInc": "", "statusTvaIncasare": false,
        },
        "stare_inactiv": {
            "dataInactivare": "", "dataReactivare": "", "dataPublicare": "", "dataRadiere": "", "statusInactivi": false,
        },
        "inregistrare_SplitTVA": {"dataInceputSplitTVA": "", "dataAnulareSplitTVA": "", "statusSplitTVA": false},
        "adresa_sediu_social": address("s"),
        "adresa_domiciliu_fiscal": address("d"),
    })
}
