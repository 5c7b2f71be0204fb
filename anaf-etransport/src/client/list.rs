//! `lista`: the declarations of the last days.

use std::collections::BTreeMap;

use anaf_http::{Answer, Environment, Error, ErrorKind, Operation, Request};
use anaf_types::answer::{answered, check, object, said};
use anaf_types::limits::{ETRANSPORT_LISTA, LIST_DAYS};
use anaf_types::{Cif, UploadIndex};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use super::lenient::{self, Moment, UitText};
use crate::codes::{Coded, ConfirmationType, Country, code_list};
use crate::shown::masked_debug;

/// `GET lista/{zile}/{cif}`: the declarations of the last 1 to 60 days, final states only, in no order.
///
/// Nothing in those days is an empty list. [`ErrorKind::NoRight`]: no SPV right. [`ErrorKind::Quota`]: 1000 lists a day
/// for each user. [`ErrorKind::InvalidInput`], before anything is sent: days outside of 1 to 60.
#[derive(Debug, Clone)]
pub struct List {
    cif: Cif,
    days: u8,
}

impl List {
    /// The declarations for a fiscal code in the last 1 to 60 days.
    pub fn new(cif: Cif, days: u8) -> Self {
        Self { cif, days }
    }
}

impl Operation for List {
    type Output = Rows;

    fn request(&self, environment: Environment) -> Result<Request, Error> {
        const NAME: &str = "etransport.lista";
        if !(1..=LIST_DAYS).contains(&u32::from(self.days)) {
            return Err(Error::invalid_input("the list goes back 1 to 60 days").during(NAME));
        }
        let path = format!(
            "{}/ETRANSPORT/ws/v1/lista/{}/{}",
            environment.segment(),
            self.days,
            self.cif.digits()
        );
        // The list is not paged: sixty days of a busy company are many megabytes.
        Ok(
            Request::get(NAME, "{env}/ETRANSPORT/ws/v1/lista/{zile}/{cif}", path)
                .counted(ETRANSPORT_LISTA, "")
                .expecting_archive(),
        )
    }

    fn read(&self, answer: Answer) -> Result<Rows, Error> {
        match check(&answer) {
            Err(error) if error.kind() == ErrorKind::NothingFound => Ok(Rows::default()),
            Err(error) => Err(error),
            Ok(_) => match object::<Rows>(&answer) {
                Ok(rows) => match failure(&rows.errors) {
                    Some(text) if rows.rows.is_empty() => Err(answered(said(&text), &answer)),
                    _ => Ok(rows),
                },
                Err(error) => Err(long_failure(&answer).unwrap_or(error)),
            },
        }
    }
}

/// A failure that is longer than what the check looks into: they are short, but nothing says that they must be.
fn long_failure(answer: &Answer) -> Option<Error> {
    #[derive(Deserialize)]
    struct Failure {
        #[serde(rename = "Errors", deserialize_with = "lenient::objects")]
        errors: Vec<BTreeMap<String, Value>>,
    }
    let text = failure(&object::<Failure>(answer).ok()?.errors)?;
    Some(answered(said(&text), answer))
}

fn failure(errors: &[BTreeMap<String, Value>]) -> Option<String> {
    let texts: Vec<&str> = errors
        .iter()
        .filter_map(|error| error.get("errorMessage")?.as_str())
        .collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// What `lista` gives.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Rows {
    /// The rows, in ANAF's order, which is none. The key must be there: what has neither rows nor `Errors` is no list.
    #[serde(rename = "mesaje", deserialize_with = "lenient::objects")]
    pub rows: Vec<ListRow>,
    /// The serial number of the certificate that the list was made for.
    #[serde(default, deserialize_with = "lenient::text")]
    pub serial: Option<String>,
    /// The fiscal codes that the person has a right for, as ANAF writes them: at times several with commas.
    #[serde(default, deserialize_with = "lenient::text")]
    pub cui: Option<String>,
    /// The list's title.
    #[serde(rename = "titlu", default, deserialize_with = "lenient::text")]
    pub title: Option<String>,
    /// When ANAF answered.
    #[serde(rename = "dateResponse", default, deserialize_with = "lenient::moment")]
    pub answered: Option<Moment>,
    /// ANAF's id of the call.
    #[serde(default, deserialize_with = "lenient::text")]
    pub trace_id: Option<String>,
    #[serde(rename = "Errors", default, deserialize_with = "lenient::objects")]
    errors: Vec<BTreeMap<String, Value>>,
}

masked_debug!(Rows {
    rows,
    serial,
    cui,
    title,
    answered,
    trace_id,
    errors
});

code_list! {
    /// What a row is about, `tip`.
    pub enum RowKind in "tip" {
        Notification = "NOT" => "Notificare",
        Correction = "COR" => "Corecție",
        Deletion = "DEL" => "Ștergere",
        Confirmation = "CON" => "Confirmare",
        VehicleChange = "MVH" => "Modificare vehicul",
    }
}

code_list! {
    /// How a row's declaration ended, `stare`.
    pub enum RowState in "stare" {
        Ok = "OK" => "Valid",
        Error = "ERR" => "Eroare",
    }
}

code_list! {
    /// How a declaration was filed, `sursa`.
    pub enum Source in "sursa" {
        Api = "A" => "Aplicație (API)",
        Web = "I" => "Interfață web",
    }
}

code_list! {
    /// Yes or no, as `post_avarie` writes it.
    pub enum YesNo in "post_avarie" {
        Yes = "D" => "Da",
        No = "N" => "Nu",
    }
}

code_list! {
    /// How grave a row's message is, `tip`.
    pub enum MessageKind in "mesaje/tip" {
        Error = "ERR" => "Eroare",
        Warning = "WARN" => "Avertisment",
        Info = "INFO" => "Informație",
    }
}

/// One declaration of the list. Every field may be missing; what ANAF adds one day is in `extra`.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ListRow {
    /// What the declaration is, `tip`.
    #[serde(rename = "tip", deserialize_with = "lenient::coded")]
    pub kind: Option<Coded<RowKind>>,
    /// How it ended, `stare`.
    #[serde(rename = "stare", deserialize_with = "lenient::coded")]
    pub state: Option<Coded<RowState>>,
    /// The UIT; error rows may lack it.
    #[serde(deserialize_with = "lenient::uit")]
    pub uit: Option<UitText>,
    /// The declarant's fiscal code, `cod_decl`.
    #[serde(rename = "cod_decl", deserialize_with = "lenient::text")]
    pub declarant: Option<String>,
    /// The declarant's own reference, `ref_decl`.
    #[serde(rename = "ref_decl", deserialize_with = "lenient::text")]
    pub reference: Option<String>,
    /// Whether it was declared after an outage, `post_avarie`.
    #[serde(rename = "post_avarie", deserialize_with = "lenient::coded")]
    pub post_outage: Option<Coded<YesNo>>,
    /// How it was filed, `sursa`.
    #[serde(rename = "sursa", deserialize_with = "lenient::coded")]
    pub source: Option<Coded<Source>>,
    /// The upload's index, `id_incarcare`.
    #[serde(rename = "id_incarcare", deserialize_with = "index")]
    pub index: Option<UploadIndex>,
    /// When it was made, `data_creare`.
    #[serde(rename = "data_creare", deserialize_with = "lenient::moment")]
    pub created: Option<Moment>,
    /// When it was changed last, `data_modif`.
    #[serde(rename = "data_modif", deserialize_with = "lenient::moment")]
    pub modified: Option<Moment>,
    /// The kind of transport, `tip_op`.
    #[serde(rename = "tip_op", deserialize_with = "lenient::coded")]
    pub operation: Option<Coded<crate::codes::Operation>>,
    /// The day of the transport, `data_transp`.
    #[serde(rename = "data_transp", deserialize_with = "lenient::moment")]
    pub transport_date: Option<Moment>,
    /// The partner's country, `pc_tara`.
    #[serde(rename = "pc_tara", deserialize_with = "lenient::coded")]
    pub partner_country: Option<Coded<Country>>,
    /// The partner's fiscal code, `pc_cod`.
    #[serde(rename = "pc_cod", deserialize_with = "lenient::text")]
    pub partner_code: Option<String>,
    /// The partner's name, `pc_den`.
    #[serde(rename = "pc_den", deserialize_with = "lenient::text")]
    pub partner_name: Option<String>,
    /// The organiser's country, `tr_tara`.
    #[serde(rename = "tr_tara", deserialize_with = "lenient::coded")]
    pub organiser_country: Option<Coded<Country>>,
    /// The organiser's fiscal code, `tr_cod`.
    #[serde(rename = "tr_cod", deserialize_with = "lenient::text")]
    pub organiser_code: Option<String>,
    /// The organiser's name, `tr_den`.
    #[serde(rename = "tr_den", deserialize_with = "lenient::text")]
    pub organiser_name: Option<String>,
    /// The vehicle, `nr_veh`.
    #[serde(rename = "nr_veh", deserialize_with = "lenient::text")]
    pub vehicle: Option<String>,
    /// The first trailer, `nr_rem1`.
    #[serde(rename = "nr_rem1", deserialize_with = "lenient::text")]
    pub trailer_1: Option<String>,
    /// The second trailer, `nr_rem2`.
    #[serde(rename = "nr_rem2", deserialize_with = "lenient::text")]
    pub trailer_2: Option<String>,
    /// The changes of vehicle, `modif_veh`.
    #[serde(rename = "modif_veh", deserialize_with = "lenient::nested")]
    pub vehicle_changes: Vec<ListedVehicle>,
    /// How many goods lines, `nr_linii`.
    #[serde(rename = "nr_linii", deserialize_with = "lenient::count")]
    pub lines: Option<u64>,
    /// Net weight in kilograms, `gr_tot_neta`.
    #[serde(rename = "gr_tot_neta", deserialize_with = "lenient::decimal")]
    pub net_weight: Option<Decimal>,
    /// Gross weight in kilograms, `gr_tot_bruta`.
    #[serde(rename = "gr_tot_bruta", deserialize_with = "lenient::decimal")]
    pub gross_weight: Option<Decimal>,
    /// Value in lei, `val_tot`.
    #[serde(rename = "val_tot", deserialize_with = "lenient::decimal")]
    pub value: Option<Decimal>,
    /// The confirmation, `confirmare`.
    #[serde(rename = "confirmare", deserialize_with = "lenient::object")]
    pub confirmation: Option<ListedConfirmation>,
    /// ANAF's messages, `mesaje`.
    #[serde(rename = "mesaje", deserialize_with = "lenient::nested")]
    pub messages: Vec<ListMessage>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

masked_debug!(ListRow {
    kind,
    state,
    uit,
    declarant,
    reference,
    post_outage,
    source,
    index,
    created,
    modified,
    operation,
    transport_date,
    partner_country,
    partner_code,
    partner_name,
    organiser_country,
    organiser_code,
    organiser_name,
    vehicle,
    trailer_1,
    trailer_2,
    vehicle_changes,
    lines,
    net_weight,
    gross_weight,
    value,
    confirmation,
    messages,
    extra
});

impl ListRow {
    /// Whether the declaration was accepted.
    pub fn is_ok(&self) -> bool {
        self.state.as_ref().and_then(Coded::known) == Some(RowState::Ok)
    }
}

/// A change of vehicle in a row. Its fields are not documented: the known ones by name, the others in `extra`.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ListedVehicle {
    /// The vehicle, `nr_veh`.
    #[serde(rename = "nr_veh", deserialize_with = "lenient::text")]
    pub vehicle: Option<String>,
    /// The first trailer, `nr_rem1`.
    #[serde(rename = "nr_rem1", deserialize_with = "lenient::text")]
    pub trailer_1: Option<String>,
    /// The second trailer, `nr_rem2`.
    #[serde(rename = "nr_rem2", deserialize_with = "lenient::text")]
    pub trailer_2: Option<String>,
    /// When it took place, `data_modif`.
    #[serde(rename = "data_modif", deserialize_with = "lenient::moment")]
    pub at: Option<Moment>,
    /// Everything else.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

masked_debug!(ListedVehicle {
    vehicle,
    trailer_1,
    trailer_2,
    at,
    extra
});

/// A confirmation in a row.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ListedConfirmation {
    /// What it says, `tip_conf`.
    #[serde(rename = "tip_conf", deserialize_with = "lenient::coded")]
    pub kind: Option<Coded<ConfirmationType>>,
    /// Remarks, `obs`.
    #[serde(rename = "obs", deserialize_with = "lenient::text")]
    pub remarks: Option<String>,
    /// Whether it was declared after an outage, `post_avarie`.
    #[serde(rename = "post_avarie", deserialize_with = "lenient::coded")]
    pub post_outage: Option<Coded<YesNo>>,
    /// How it was filed, `sursa`.
    #[serde(rename = "sursa", deserialize_with = "lenient::coded")]
    pub source: Option<Coded<Source>>,
    /// When it was declared, `data_decl`.
    #[serde(rename = "data_decl", deserialize_with = "lenient::moment")]
    pub declared: Option<Moment>,
    /// The upload's index, `id_incarcare`.
    #[serde(rename = "id_incarcare", deserialize_with = "index")]
    pub index: Option<UploadIndex>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

masked_debug!(ListedConfirmation {
    kind,
    remarks,
    post_outage,
    source,
    declared,
    index,
    extra
});

/// A message of ANAF's about a row.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ListMessage {
    /// How grave it is, `tip`.
    #[serde(rename = "tip", deserialize_with = "lenient::coded")]
    pub kind: Option<Coded<MessageKind>>,
    /// The text, `mesaj`.
    #[serde(rename = "mesaj", deserialize_with = "lenient::text")]
    pub text: Option<String>,
}

masked_debug!(ListMessage { kind, text });

/// An index; what is none stays away without taking its row along.
fn index<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<UploadIndex>, D::Error> {
    lenient::text(deserializer).map(|text| text.and_then(|text| text.parse().ok()))
}
