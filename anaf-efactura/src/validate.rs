//! `validare`: ANAF's own check of a document, without filing it.

use std::fmt;

use anaf_http::{Body, Operation, Request};
use anaf_types::answer::{self, Answer, Shape};
use anaf_types::{Environment, Error, ErrorKind, Host, limits};
use bytes::Bytes;
use serde::Deserialize;

use crate::{RuleFailure, strip_schema_location};

/// Which of ANAF's two hosts a public service is called on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Via {
    /// `webservicesp.anaf.ro`: no login, and a firewall that is easily upset.
    #[default]
    Public,
    /// `api.anaf.ro`: with the session's token.
    OAuth,
}

impl Via {
    pub(crate) fn host(self) -> Host {
        match self {
            Self::Public => Host::Public,
            Self::OAuth => Host::Api,
        }
    }
}

/// Which rules a document is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// `FACT1`: an invoice.
    Invoice,
    /// `FCN`: a credit note.
    CreditNote,
}

impl Form {
    /// The path's segment.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "FACT1",
            Self::CreditNote => "FCN",
        }
    }
}

/// Asks ANAF to check a document. Nothing is filed. The service exists for production only, so a session of either
/// environment uses that.
///
/// `xsi:schemaLocation` is taken out of the document before it is sent: it means nothing to ANAF and upsets its
/// firewall.
///
/// Source: ANAF, "Prezentare API e-Factura", `validare`.
#[derive(Clone, PartialEq, Eq)]
pub struct Validate {
    form: Form,
    xml: Bytes,
    via: Via,
}

impl Validate {
    /// The check of a document, on the public host.
    #[must_use]
    pub fn new(form: Form, xml: impl Into<Bytes>) -> Self {
        Self {
            form,
            xml: xml.into(),
            via: Via::Public,
        }
    }

    /// Calls another host.
    #[must_use]
    pub fn via(mut self, via: Via) -> Self {
        self.via = via;
        self
    }
}

impl fmt::Debug for Validate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validate")
            .field("form", &self.form)
            .field("bytes", &self.xml.len())
            .field("via", &self.via)
            .finish()
    }
}

/// What `validare` says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Validation {
    /// `ok`
    Valid {
        /// ANAF's id of this answer.
        trace_id: Option<String>,
    },
    /// `nok`
    Invalid {
        /// What is wrong.
        failures: Vec<RuleFailure>,
        /// ANAF's id of this answer.
        trace_id: Option<String>,
    },
}

impl Validation {
    /// Whether the document holds.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        matches!(self, Self::Valid { .. })
    }

    /// What is wrong; empty for a valid document.
    #[must_use]
    pub fn failures(&self) -> &[RuleFailure] {
        match self {
            Self::Valid { .. } => &[],
            Self::Invalid { failures, .. } => failures,
        }
    }
}

/// The body of `validare` and `transformare`, its size checked.
pub(crate) fn body(xml: &Bytes) -> Result<Body, Error> {
    if xml.len() > limits::DOCUMENT_BYTES {
        return Err(Error::invalid_input(format!(
            "the document has {} bytes; ANAF takes at most {} (5 MB)",
            xml.len(),
            limits::DOCUMENT_BYTES
        )));
    }
    let bytes = match strip_schema_location(xml) {
        std::borrow::Cow::Borrowed(_) => xml.clone(),
        std::borrow::Cow::Owned(stripped) => stripped.into(),
    };
    Ok(Body::Bytes {
        content_type: "text/plain",
        bytes,
    })
}

/// The services say `nok` also when the call failed: those texts are no findings about the document.
fn failed_call(message: &str) -> Option<Error> {
    const CORES: [&str; 3] = [
        "a aparut o eroare tehnica",
        "valorile acceptate pentru parametrul standard",
        "marime fisier transmis",
    ];
    let folded = anaf_types::text::fold(message);
    let found = CORES.iter().any(|core| folded.starts_with(core));
    found.then(|| answer::said(message))
}

/// Reads the JSON that both services answer.
pub(crate) fn verdict(answer: &Answer) -> Result<Validation, Error> {
    #[derive(Deserialize)]
    struct Raw {
        stare: Option<String>,
        #[serde(rename = "Messages", default)]
        messages: Option<Vec<RawMessage>>,
        trace_id: Option<String>,
    }
    #[derive(Deserialize)]
    struct RawMessage {
        #[serde(default)]
        message: String,
    }
    let raw: Raw = answer::object(answer)?;
    let state = raw.stare.as_deref().map(anaf_types::text::fold);
    match state.as_deref() {
        Some("ok") => Ok(Validation::Valid {
            trace_id: raw.trace_id,
        }),
        Some("nok") => {
            let messages = raw.messages.unwrap_or_default();
            if let [only] = messages.as_slice()
                && let Some(error) = failed_call(&only.message)
            {
                return Err(answer::answered(error, answer));
            }
            Ok(Validation::Invalid {
                failures: messages
                    .iter()
                    .flat_map(|m| RuleFailure::parse(&m.message))
                    .collect(),
                trace_id: raw.trace_id,
            })
        }
        _ => Err(answer::unreadable(
            answer,
            ErrorKind::Unreadable,
            "`stare` is neither ok nor nok",
        )),
    }
}

impl Operation for Validate {
    type Output = Validation;

    fn request(&self, _: Environment) -> Result<Request, Error> {
        let path = format!("prod/FCTEL/rest/validare/{}", self.form.as_str());
        Ok(Request::post(
            "efactura.validare",
            "prod/FCTEL/rest/validare/{standard}",
            path,
            body(&self.xml)?,
        )
        .only_reads()
        .on(self.via.host()))
    }

    fn read(&self, answer: Answer) -> Result<Validation, Error> {
        match answer::check(&answer)? {
            Shape::Json => verdict(&answer),
            _ => Err(answer::unreadable(
                &answer,
                ErrorKind::Unreadable,
                "validare answers in JSON",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anaf_http::Access;
    use proptest::prelude::*;

    #[test]
    fn the_request_on_both_hosts() {
        let check = Validate::new(Form::CreditNote, r#"<a x:schemaLocation="b c"/>"#);
        let cases = [
            (check.clone(), Host::Public, Access::Public),
            (check.via(Via::OAuth), Host::Api, Access::Bearer),
        ];
        for (check, host, access) in cases {
            let request = check.request(Environment::Test).unwrap();
            assert_eq!((request.host, request.access), (host, access));
            assert_eq!(request.path, "prod/FCTEL/rest/validare/FCN");
            assert!(!request.files);
            let Body::Bytes {
                content_type,
                bytes,
            } = request.body
            else {
                panic!("a body");
            };
            assert_eq!((content_type, &bytes[..]), ("text/plain", &b"<a/>"[..]));
        }
        let large = Validate::new(Form::Invoice, vec![b' '; 5_000_001]);
        let refused = large.request(Environment::Production).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    }

    #[test]
    fn answers() {
        use ErrorKind as K;
        let firewall = "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your administrator.<br><br>Your support ID is: 9826645832961917351";
        let cases = [
            (200, r#"{"stare":"ok","trace_id":"x"}"#, Ok(0)),
            (
                200,
                r#"{"stare":"nok","Messages":[{"message":"[BR-01]-a"},{"message":"[BR-02]-b || [BR-03]-c"}],"trace_id":"x"}"#,
                Ok(3),
            ),
            (200, r#"{"stare":"nok"}"#, Ok(0)),
            (
                200,
                r#"{"stare":"nok","Messages":[{"message":"A aparut o eroare tehnica. Cod: XXX"}]}"#,
                Err(K::Technical),
            ),
            (
                200,
                r#"{"stare":"nok","Messages":[{"message":"Marime fisier transmis mai mare de 5 MB."}]}"#,
                Err(K::InvalidDocument),
            ),
            (200, r#"{"stare":"altfel"}"#, Err(K::Unreadable)),
            (200, "{}", Err(K::Unreadable)),
            (200, firewall, Err(K::Firewall)),
            (
                200,
                r#"{"eroare":"Valorile acceptate pentru parametrul standard sunt FACT1 si FCN"}"#,
                Err(K::InvalidParameter),
            ),
            (
                404,
                r#"{"timestamp":"2022-09-07T12:33:24.284+00:00","status":404,"error":"Not Found","path":"/FCTEL/rest/validare/"}"#,
                Err(K::NotFound),
            ),
            (200, "%PDF-", Err(K::Unreadable)),
        ];
        for (status, body, expected) in cases {
            let got = Validate::new(Form::Invoice, "").read(Answer::new(status, body));
            let got = got.map(|v| v.failures().len()).map_err(|e| e.kind());
            assert_eq!(got, expected, "{body}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Validate::new(Form::Invoice, "").read(Answer::new(200, body));
        }
    }
}
