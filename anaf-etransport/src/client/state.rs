//! `stareMesaj`: what became of a declaration.

use std::fmt;

use anaf_http::{Answer, Environment, Error, ErrorKind, Operation, Request};
use anaf_types::UploadIndex;
use anaf_types::answer::{check, object, unreadable};
use anaf_types::limits::ETRANSPORT_STARE;
use anaf_types::text::Masked;
use serde::Deserialize;

use super::lenient::{self, Moment};

/// `GET stareMesaj/{id}`: asks once.
///
/// [`ErrorKind::NotFound`]: no such index. [`ErrorKind::NoRight`]: somebody else's. [`ErrorKind::Quota`]: 100 questions
/// a day for each index.
#[derive(Debug, Clone)]
pub struct StateOf {
    index: UploadIndex,
}

impl StateOf {
    /// Asks about this upload.
    pub fn new(index: UploadIndex) -> Self {
        Self { index }
    }
}

/// Where a declaration stands.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// `ok`: accepted; its UIT is valid, or the deletion, confirmation or change is made.
    Accepted,
    /// `nok`: rejected, for these reasons.
    Rejected(Vec<String>),
    /// `in prelucrare`: ANAF still works on it. Ask again later.
    Processing,
    /// `XML cu erori nepreluat de sistem`: not taken over; its UIT will never be valid. What was wrong, if ANAF says.
    NotTakenOver(Vec<String>),
    /// A state that this version of the crate does not know, word for word, and ANAF's texts beside it.
    Other(String, Vec<String>),
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("Accepted"),
            Self::Processing => f.write_str("Processing"),
            Self::Rejected(texts) => f.debug_tuple("Rejected").field(&Masked(texts)).finish(),
            Self::NotTakenOver(texts) => {
                f.debug_tuple("NotTakenOver").field(&Masked(texts)).finish()
            }
            Self::Other(state, texts) => f
                .debug_tuple("Other")
                .field(&Masked(state))
                .field(&Masked(texts))
                .finish(),
        }
    }
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StateAnswer {
    /// The state.
    pub state: State,
    /// When ANAF answered.
    pub answered: Option<Moment>,
    /// ANAF's id of the call.
    pub trace_id: Option<String>,
}

impl Operation for StateOf {
    type Output = StateAnswer;

    fn request(&self, environment: Environment) -> Result<Request, Error> {
        let path = format!(
            "{}/ETRANSPORT/ws/v1/stareMesaj/{}",
            environment.segment(),
            self.index
        );
        Ok(Request::get(
            "etransport.stareMesaj",
            "{env}/ETRANSPORT/ws/v1/stareMesaj/{id}",
            path,
        )
        .counted(ETRANSPORT_STARE, self.index.as_str()))
    }

    fn read(&self, answer: Answer) -> Result<StateAnswer, Error> {
        check(&answer)?;
        let wire: Wire = object(&answer)?;
        let Some(stare) = wire.stare else {
            return Err(unreadable(
                &answer,
                ErrorKind::Unreadable,
                "a state's answer without stare",
            ));
        };
        let errors: Vec<String> = wire
            .errors
            .into_iter()
            .filter_map(|error| error.message)
            .collect();
        let state = match anaf_types::text::fold(&stare).as_str() {
            "ok" => State::Accepted,
            "nok" => State::Rejected(errors),
            "in prelucrare" => State::Processing,
            "xml cu erori nepreluat de sistem" => State::NotTakenOver(errors),
            _ => State::Other(stare, errors),
        };
        Ok(StateAnswer {
            state,
            answered: wire.date_response,
            trace_id: wire.trace_id,
        })
    }
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default, deserialize_with = "lenient::text")]
    stare: Option<String>,
    #[serde(
        rename = "Errors",
        alias = "errors",
        default,
        deserialize_with = "lenient::objects"
    )]
    errors: Vec<WireError>,
    #[serde(rename = "dateResponse", default, deserialize_with = "lenient::moment")]
    date_response: Option<Moment>,
    #[serde(default, deserialize_with = "lenient::text")]
    trace_id: Option<String>,
}

#[derive(Deserialize)]
struct WireError {
    #[serde(rename = "errorMessage", default, deserialize_with = "lenient::text")]
    message: Option<String>,
}
