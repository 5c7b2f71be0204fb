//! `info`: what others declared about transports that a company organises.

use std::collections::BTreeMap;

use anaf_http::{Answer, Environment, Error, ErrorKind, Operation, Request};
use anaf_types::Cif;
use anaf_types::answer::{check, json, said, unreadable};
use serde::Deserialize;
use serde_json::Value;

use super::lenient::{self, Moment, UitText};
use super::list::ListedVehicle;
use crate::codes::{Coded, County, code_list};
use crate::shown::masked_debug;
use crate::uit::Uit;

/// `GET info?cui_op=…`: the notifications of others that name a company as the organiser of the transport. One's own
/// domestic notifications are not among them.
///
/// Nothing is an empty list. [`ErrorKind::NoRight`]: no SPV right for the organiser.
#[derive(Clone)]
pub struct Info {
    organiser: Cif,
    declarant: Option<Cif>,
    uit: Option<Uit>,
    reference: Option<String>,
}

masked_debug!(Info {
    organiser,
    declarant,
    uit,
    reference
});

impl Info {
    /// Asks for the transports that this company organises (`cui_op`).
    pub fn of_organiser(organiser: Cif) -> Self {
        Self {
            organiser,
            declarant: None,
            uit: None,
            reference: None,
        }
    }

    /// Only those of one declarant (`cui_decl`).
    #[must_use]
    pub fn declared_by(mut self, declarant: Cif) -> Self {
        self.declarant = Some(declarant);
        self
    }

    /// Only this one (`uit`).
    #[must_use]
    pub fn uit(mut self, uit: Uit) -> Self {
        self.uit = Some(uit);
        self
    }

    /// Only those of a declarant's reference (`ref_decl`).
    #[must_use]
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }
}

impl Operation for Info {
    type Output = Vec<InfoRow>;

    fn request(&self, environment: Environment) -> Result<Request, Error> {
        let path = format!("{}/ETRANSPORT/ws/v1/info", environment.segment());
        Ok(
            Request::get("etransport.info", "{env}/ETRANSPORT/ws/v1/info", path)
                .with("cui_op", self.organiser.digits())
                .with_some(
                    "cui_decl",
                    self.declarant.map(|cif| cif.digits().to_owned()),
                )
                .with_some("uit", self.uit.map(|uit| uit.to_string()))
                .with_some("ref_decl", self.reference.clone())
                .expecting_archive(),
        )
    }

    fn read(&self, answer: Answer) -> Result<Vec<InfoRow>, Error> {
        match check(&answer) {
            Err(error) if error.kind() == ErrorKind::NothingFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
            Ok(_) => {}
        }
        match json(&answer)? {
            Wire::Rows(rows) => Ok(rows),
            Wire::Failure { error: Some(text) } => Err(said(&text)),
            Wire::Failure { error: None } => Err(unreadable(
                &answer,
                ErrorKind::Unreadable,
                "neither a list nor an error",
            )),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Wire {
    Rows(Vec<InfoRow>),
    Failure {
        #[serde(default)]
        error: Option<String>,
    },
}

code_list! {
    /// How `info` gives a place, `tip_loc`.
    pub enum InfoPlaceKind in "tip_loc" {
        Address = "ADR" => "Adresă",
        BorderPoint = "PTF" => "Punct de trecere a frontierei",
        CustomsOffice = "BV" => "Birou vamal",
    }
}

/// One transport. Every field may be missing; what ANAF adds one day is in `extra`.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct InfoRow {
    /// ANAF's id of the row.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// The UIT.
    #[serde(deserialize_with = "lenient::uit")]
    pub uit: Option<UitText>,
    /// The declarant's fiscal code, `cod_decl`.
    #[serde(rename = "cod_decl", deserialize_with = "lenient::text")]
    pub declarant: Option<String>,
    /// The declarant's name, `den_decl`.
    #[serde(rename = "den_decl", deserialize_with = "lenient::text")]
    pub declarant_name: Option<String>,
    /// The day of the transport, `data_transp`.
    #[serde(rename = "data_transp", deserialize_with = "lenient::moment")]
    pub transport_date: Option<Moment>,
    /// The last day of the UIT, `data_exp_uit`.
    #[serde(rename = "data_exp_uit", deserialize_with = "lenient::moment")]
    pub expires: Option<Moment>,
    /// The declarant's reference, `ref_decl`.
    #[serde(rename = "ref_decl", deserialize_with = "lenient::text")]
    pub reference: Option<String>,
    /// The organiser's fiscal code, `tr_cod`.
    #[serde(rename = "tr_cod", deserialize_with = "lenient::text")]
    pub organiser_code: Option<String>,
    /// The organiser's name, `tr_den`.
    #[serde(rename = "tr_den", deserialize_with = "lenient::text")]
    pub organiser_name: Option<String>,
    /// The vehicle, `nr_veh`.
    #[serde(rename = "nr_veh", deserialize_with = "lenient::text")]
    pub vehicle: Option<String>,
    /// The changes of vehicle, `modif_veh`.
    #[serde(rename = "modif_veh", deserialize_with = "lenient::nested")]
    pub vehicle_changes: Vec<ListedVehicle>,
    /// Where the road starts, `loc_start`.
    #[serde(rename = "loc_start", deserialize_with = "lenient::object")]
    pub start: Option<InfoPlace>,
    /// Where the road ends, `loc_final`.
    #[serde(rename = "loc_final", deserialize_with = "lenient::object")]
    pub end: Option<InfoPlace>,
    /// The documents, `documente`: ANAF writes one as a text and several as a list.
    #[serde(rename = "documente", deserialize_with = "lenient::texts")]
    pub documents: Vec<String>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

masked_debug!(InfoRow {
    id,
    uit,
    declarant,
    declarant_name,
    transport_date,
    expires,
    reference,
    organiser_code,
    organiser_name,
    vehicle,
    vehicle_changes,
    start,
    end,
    documents,
    extra
});

/// A place of `info`.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct InfoPlace {
    /// How it is given, `tip_loc`.
    #[serde(rename = "tip_loc", deserialize_with = "lenient::coded")]
    pub kind: Option<Coded<InfoPlaceKind>>,
    /// All of it in one text, `adresa_completa`.
    #[serde(rename = "adresa_completa", deserialize_with = "lenient::text")]
    pub full: Option<String>,
    /// The county as ANAF writes it, `judet`: a code of [`County`] or a name.
    #[serde(rename = "judet", deserialize_with = "lenient::coded")]
    pub county: Option<Coded<County>>,
    /// The town, `localitate`.
    #[serde(rename = "localitate", deserialize_with = "lenient::text")]
    pub town: Option<String>,
    /// The street, `strada`.
    #[serde(rename = "strada", deserialize_with = "lenient::text")]
    pub street: Option<String>,
    /// The number, `numar`.
    #[serde(rename = "numar", deserialize_with = "lenient::text")]
    pub number: Option<String>,
    /// Anything else, `alte_info`.
    #[serde(rename = "alte_info", deserialize_with = "lenient::text")]
    pub other: Option<String>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

masked_debug!(InfoPlace {
    kind,
    full,
    county,
    town,
    street,
    number,
    other,
    extra
});
