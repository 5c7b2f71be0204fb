//! `upload` and `uploadb2c`.

use std::sync::Arc;

use jiff::Timestamp;

use super::rules::{self, Verdict};
use super::{EFacturaState, Fate, Standard, Upload, invoice};
use crate::answer::{Answer, escape};
use crate::call::{Call, Env, Operation};
use crate::clock;
use crate::limits::Daily;
use crate::oauth;
use crate::people::{Person, Service, SpvRight};
use crate::state::State;

/// `POST upload|uploadb2c?standard=&cif=[&extern=DA][&autofactura=DA][&executare=DA]`.
pub(crate) fn upload(state: &mut State, call: &Call<'_>) -> Answer {
    if !call.is_post() {
        return Answer::spring(call.now, 405, "Request method not supported");
    }
    let session = match oauth::session(state, call, Some(Service::EFactura)) {
        Ok(session) => session,
        Err(answer) => return answer,
    };
    let (Some(standard), Some(cif)) = (call.required("standard"), call.required("cif")) else {
        return Answer::spring(call.now, 400, "Parametrii standard si cif sunt obligatorii");
    };
    if call.body().is_empty() {
        return Answer::spring(
            call.now,
            400,
            "Trebuie sa aveti atasat in request un fisier de tip xml",
        );
    }
    let checked = parameters(call, &session.person, standard, cif)
        .and_then(|standard| contents(state, call, standard, cif).map(|facts| (standard, facts)));
    match checked {
        Err(text) => upload_errors(call.now, &[text]),
        Ok((standard, facts)) => {
            let filing = Filing {
                env: call.env,
                standard,
                b2c: call.operation == Operation::UploadB2c,
                cif: cif.trim_start_matches('0').to_owned(),
                extern_buyer: call.query("extern") == Some("DA"),
                self_billed: call.query("autofactura") == Some("DA"),
                enforcement: call.query("executare") == Some("DA"),
                facts,
            };
            let index = state.efactura.file(filing, call.body(), call.now);
            accepted(call.now, index)
        }
    }
}

/// The parameters, in the order in which ANAF complains about them.
fn parameters(
    call: &Call<'_>,
    person: &Person,
    standard: &str,
    cif: &str,
) -> Result<Standard, String> {
    let Some(standard) = Standard::from_word(standard) else {
        return Err(
            "Valorile acceptate pentru parametrul standard sunt UBL, CN, CII sau RASP".to_owned(),
        );
    };
    if !cif.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("CIF introdus= {cif} nu este un numar"));
    }
    match person.right_for(cif) {
        SpvRight::Yes => {}
        SpvRight::ForNoCif => {
            return Err("Nu exista niciun CIF pentru care sa aveti drept in SPV".to_owned());
        }
        SpvRight::NotForThisCif => return Err(format!("Nu aveti drept in SPV pentru CIF={cif}")),
    }
    for (parameter, word) in [
        ("extern", "extern"),
        ("autofactura", "autofacturare"),
        ("executare", "executare"),
    ] {
        if call.query(parameter).is_some_and(|value| value != "DA") {
            return Err(format!(
                "Daca parametrul {word} trebuie completat, valoarea acceptata este DA"
            ));
        }
    }
    if call.query("executare").is_some() && !person.enforcement.contains(cif) {
        return Err(format!(
            "CIF introdus= {cif} nu este inregistrat in Registrul RO e-Factura executari silite"
        ));
    }
    Ok(standard)
}

fn contents(
    state: &mut State,
    call: &Call<'_>,
    standard: Standard,
    cif: &str,
) -> Result<invoice::Facts, String> {
    if call.body().len() > state.limits.upload_bytes {
        return Err("Marime fisier transmis mai mare de 10 MB.".to_owned());
    }
    let facts = invoice::read(standard, call.body()).map_err(|error| error.text())?;
    if standard == Standard::Rasp
        && let Some(limit) =
            state
                .usage
                .day_exhausted(&state.limits, Daily::RaspUpload, cif, call.now)
    {
        return Err(format!(
            "S-au incarcat deja {limit} de mesaje de tip RASP pentru cui={cif} in cursul zilei"
        ));
    }
    Ok(facts)
}

fn accepted(now: Timestamp, index: u64) -> Answer {
    Answer::xml(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<header \
         xmlns=\"mfp:anaf:dgti:spv:respUploadFisier:v1\" dateResponse=\"{}\" ExecutionStatus=\"0\" index_incarcare=\"{index}\"/>",
        clock::minute(now)
    ))
}

/// The answer to an upload that was not taken.
pub(crate) fn upload_errors(now: Timestamp, texts: &[String]) -> Answer {
    let errors: String = texts
        .iter()
        .map(|text| format!("    <Errors errorMessage=\"{}\"/>\n", escape(text)))
        .collect();
    Answer::xml(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<header \
         xmlns=\"mfp:anaf:dgti:spv:respUploadFisier:v1\" dateResponse=\"{}\" ExecutionStatus=\"1\">\n{errors}</header>",
        clock::minute(now)
    ))
}

/// An upload that passed all checks of the call itself.
pub(super) struct Filing {
    pub(super) env: Env,
    pub(super) standard: Standard,
    pub(super) b2c: bool,
    pub(super) cif: String,
    pub(super) extern_buyer: bool,
    pub(super) self_billed: bool,
    pub(super) enforcement: bool,
    pub(super) facts: invoice::Facts,
}

impl EFacturaState {
    /// Gives the upload an index and decides its fate, which `stareMesaj` will tell when its time has come.
    pub(super) fn file(&mut self, mut filing: Filing, body: &[u8], now: Timestamp) -> u64 {
        let index = self.next_index();
        let fate = self.fate(&mut filing, body, index, now);
        let download_id = if matches!(fate, Fate::NotTakenOver) {
            0
        } else {
            self.next_message()
        };
        self.uploads.insert(
            index,
            Upload {
                index,
                env: filing.env,
                standard: filing.standard,
                b2c: filing.b2c,
                cif: filing.cif,
                extern_buyer: filing.extern_buyer,
                self_billed: filing.self_billed,
                enforcement: filing.enforcement,
                facts: filing.facts,
                body: Arc::from(body),
                received: now,
                ready: clock::later(now, self.settings.processing),
                polls_left: self.settings.processing_polls,
                settled: None,
                fate,
                download_id,
            },
        );
        self.held += body.len();
        self.pending.insert(index);
        self.make_room(super::KEPT_UPLOADS, super::KEPT_BYTES);
        index
    }

    fn fate(&mut self, filing: &mut Filing, body: &[u8], index: u64, now: Timestamp) -> Fate {
        let grammar = self.settings.grammar;
        match self.verdicts.pop_front() {
            Some(Verdict::Accepted) => return Fate::Accepted,
            Some(Verdict::Rejected(failures)) => {
                return Fate::Rejected(rules::messages(&failures, grammar));
            }
            Some(Verdict::NotTakenOver) => return Fate::NotTakenOver,
            None => {}
        }
        if filing.facts.number.contains("NEPRELUAT") {
            return Fate::NotTakenOver;
        }
        if filing.standard == Standard::Rasp {
            return self.rasp_fate(filing);
        }
        let failures = self
            .settings
            .rules
            .check(filing.standard, &filing.facts, body);
        if !failures.is_empty() {
            return Fate::Rejected(rules::messages(&failures, grammar));
        }
        let facts = &filing.facts;
        let identity = (
            filing.standard,
            facts.seller.clone(),
            facts.number.clone(),
            facts.issued.clone(),
        );
        if let Some((original, filed)) = self.filed.get(&(filing.env, identity.clone())) {
            return Fate::Rejected(vec![format!(
                "Factura a mai fost transmisa anterior cu index={original} si data incarcare={}",
                clock::iso_day(*filed)
            )]);
        }
        self.filed.insert((filing.env, identity), (index, now));
        Fate::Accepted
    }

    /// A buyer's message must be about an invoice that the buyer received; it takes over who sold and who bought.
    fn rasp_fate(&self, filing: &mut Filing) -> Fate {
        let about = filing.facts.about.unwrap_or_default();
        let invoice = self.uploads.get(&about).filter(|invoice| {
            invoice.env == filing.env
                && matches!(invoice.fate, Fate::Accepted)
                && invoice.facts.buyer == filing.cif
        });
        let Some(invoice) = invoice else {
            return Fate::Rejected(vec![format!("Nu exista factura cu id_incarcare= {about}")]);
        };
        filing.facts.seller.clone_from(&invoice.facts.seller);
        filing.facts.buyer.clone_from(&invoice.facts.buyer);
        Fate::Accepted
    }
}
