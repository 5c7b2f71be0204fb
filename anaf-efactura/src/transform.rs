//! `transformare`: the PDF that ANAF makes of a document.

use std::fmt;

use anaf_http::{Operation, Request};
use anaf_types::answer::{self, Answer, Shape};
use anaf_types::{Environment, Error, ErrorKind};
use bytes::Bytes;

use crate::validate::{Form, Via, body, verdict};
use crate::{RuleFailure, Validation};

/// Asks ANAF for the PDF of a document. The service exists for production only, so a session of either environment
/// uses that. `xsi:schemaLocation` is taken out of the document first; the PDF is the same without it.
///
/// Source: ANAF, "Prezentare API e-Factura", `transformare`.
#[derive(Clone, PartialEq, Eq)]
pub struct Transform {
    form: Form,
    xml: Bytes,
    via: Via,
    unchecked: bool,
}

impl Transform {
    /// The PDF of a document that ANAF validates first, on the public host.
    #[must_use]
    pub fn new(form: Form, xml: impl Into<Bytes>) -> Self {
        Self {
            form,
            xml: xml.into(),
            via: Via::Public,
            unchecked: false,
        }
    }

    /// `/DA`: without validation. The firewall is strictest here; [`crate::EFactura::transform`] goes back to the
    /// validating path when it refuses.
    #[must_use]
    pub fn without_validation(mut self) -> Self {
        self.unchecked = true;
        self
    }

    /// Calls another host.
    #[must_use]
    pub fn via(mut self, via: Via) -> Self {
        self.via = via;
        self
    }

    /// The same by the validating path, if this is not it.
    pub(crate) fn fallback(&self) -> Option<Self> {
        self.unchecked.then(|| Self {
            unchecked: false,
            ..self.clone()
        })
    }
}

impl fmt::Debug for Transform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transform")
            .field("form", &self.form)
            .field("bytes", &self.xml.len())
            .field("via", &self.via)
            .field("unchecked", &self.unchecked)
            .finish()
    }
}

/// What `transformare` answers.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rendering {
    /// The PDF's bytes.
    Pdf(Vec<u8>),
    /// The document is not valid, so there is no PDF.
    Invalid {
        /// What is wrong.
        failures: Vec<RuleFailure>,
        /// ANAF's id of this answer.
        trace_id: Option<String>,
    },
}

impl fmt::Debug for Rendering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pdf(bytes) => write!(f, "Pdf({} bytes)", bytes.len()),
            Self::Invalid { failures, .. } => f.debug_tuple("Invalid").field(failures).finish(),
        }
    }
}

impl Operation for Transform {
    type Output = Rendering;

    fn request(&self, _: Environment) -> Result<Request, Error> {
        let (template, tail) = match self.unchecked {
            false => ("prod/FCTEL/rest/transformare/{standard}", ""),
            true => ("prod/FCTEL/rest/transformare/{standard}/DA", "/DA"),
        };
        let path = format!("prod/FCTEL/rest/transformare/{}{tail}", self.form.as_str());
        Ok(
            Request::post("efactura.transformare", template, path, body(&self.xml)?)
                .only_reads()
                .on(self.via.host())
                .expecting_archive(),
        )
    }

    fn read(&self, answer: Answer) -> Result<Rendering, Error> {
        let unreadable = |why| Err(answer::unreadable(&answer, ErrorKind::Unreadable, why));
        match answer::check(&answer)? {
            // A PDF says where it ends; some writers add a few bytes after that.
            Shape::Pdf if memchr::memmem::rfind(tail(&answer.body), b"%%EOF").is_none() => {
                let why = "the PDF has no end";
                Err(answer::unreadable(&answer, ErrorKind::Truncated, why))
            }
            Shape::Pdf => Ok(Rendering::Pdf(answer.body)),
            Shape::Json => match verdict(&answer)? {
                Validation::Invalid { failures, trace_id } => {
                    Ok(Rendering::Invalid { failures, trace_id })
                }
                Validation::Valid { .. } => unreadable("`ok`, but no PDF"),
            },
            _ => unreadable("transformare answers with a PDF or in JSON"),
        }
    }
}

fn tail(bytes: &[u8]) -> &[u8] {
    bytes
        .get(bytes.len().saturating_sub(1024)..)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use anaf_types::Host;

    #[test]
    fn paths_and_the_way_back() {
        let pdf = Transform::new(Form::Invoice, "<a/>");
        assert_eq!(pdf.fallback(), None);
        let unchecked = pdf.clone().without_validation().via(Via::OAuth);
        let request = unchecked.request(Environment::Test).unwrap();
        assert_eq!(request.path, "prod/FCTEL/rest/transformare/FACT1/DA");
        assert_eq!(request.host, Host::Api);
        assert_eq!(unchecked.fallback(), Some(pdf.via(Via::OAuth)));
    }

    #[test]
    fn answers() {
        use ErrorKind as K;
        let cases = [
            ("%PDF-1.7 … %%EOF\n", Ok(true)),
            ("%PDF-1.7 …", Err(K::Truncated)),
            (r#"{"stare":"nok","Messages":[{"message":"x"}]}"#, Ok(false)),
            (r#"{"stare":"ok"}"#, Err(K::Unreadable)),
            ("<header/>", Err(K::Unreadable)),
            (
                r#"{"eroare":"A aparut o eroare tehnica. Cod: XXX"}"#,
                Err(K::Technical),
            ),
            ("", Err(K::Empty)),
        ];
        for (body, expected) in cases {
            let got = Transform::new(Form::Invoice, "").read(Answer::new(200, body));
            let got = got
                .map(|r| matches!(r, Rendering::Pdf(_)))
                .map_err(|e| e.kind());
            assert_eq!(got, expected, "{body}");
        }
    }
}
