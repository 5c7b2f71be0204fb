//! `upload`: filing a declaration.

use std::fmt;

use anaf_http::{Answer, Body, Environment, Error, ErrorKind, Operation, Request};
use anaf_types::answer::{check, object, unreadable};
use anaf_types::{Cif, UploadIndex};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::lenient::{self, Moment, UitText};
use crate::model::Declaration;
use crate::shown::masked_debug;
use crate::uit::{InvalidUit, Uit};
use crate::validate::MAX_BYTES;
use crate::validated::Validated;

/// A document filed as it is, without a look at its rules.
#[derive(Clone)]
pub struct RawXml {
    version: Version,
    bytes: Bytes,
}

impl fmt::Debug for RawXml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = match self.version {
            Version::One => 1,
            Version::Two => 2,
        };
        write!(f, "RawXml(version {version}, {} bytes)", self.bytes.len())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

impl RawXml {
    /// A document of version 2, today's.
    pub fn v2(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            version: Version::Two,
            bytes: Bytes::from(bytes.into()),
        }
    }

    /// A document of version 1, for those who still hold some.
    pub fn v1(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            version: Version::One,
            bytes: Bytes::from(bytes.into()),
        }
    }
}

/// `POST upload/ETRANSP/{cif}[/2]`: files a declaration.
///
/// Refused at the door: [`ErrorKind::InvalidDocument`] (not valid by the schema, more than 5 MB),
/// [`ErrorKind::NoRight`] (no SPV right for the fiscal code), [`ErrorKind::InvalidParameter`]. A lost answer leaves the
/// outcome unknown ([`Error::is_outcome_unknown`]).
#[derive(Clone)]
pub struct Upload {
    cif: Box<str>,
    document: RawXml,
}

masked_debug!(Upload { cif, document });

impl Upload {
    /// Files a validated declaration for its declarant.
    pub fn of(declaration: &Validated<Declaration>) -> Self {
        Self {
            cif: declaration.document().declarant.as_str().into(),
            document: RawXml::v2(declaration.xml()),
        }
    }

    /// Files a document as it is for a fiscal code.
    pub fn raw(cif: Cif, document: RawXml) -> Self {
        Self {
            cif: cif.digits().into(),
            document,
        }
    }
}

const NAME: &str = "etransport.upload";

impl Operation for Upload {
    type Output = Receipt;

    fn request(&self, environment: Environment) -> Result<Request, Error> {
        let RawXml { version, bytes } = &self.document;
        if bytes.len() > MAX_BYTES {
            let text = format!(
                "the document has {} bytes; ANAF takes {MAX_BYTES}",
                bytes.len()
            );
            return Err(Error::invalid_input(text).during(NAME));
        }
        let (suffix, template) = match version {
            Version::One => ("", "{env}/ETRANSPORT/ws/v1/upload/ETRANSP/{cif}"),
            Version::Two => ("/2", "{env}/ETRANSPORT/ws/v1/upload/ETRANSP/{cif}/2"),
        };
        let path = format!(
            "{}/ETRANSPORT/ws/v1/upload/ETRANSP/{}{suffix}",
            environment.segment(),
            self.cif
        );
        let body = Body::Bytes {
            content_type: "application/xml",
            bytes: bytes.clone(),
        };
        Ok(Request::post(NAME, template, path, body))
    }

    fn read(&self, answer: Answer) -> Result<Receipt, Error> {
        check(&answer)?;
        let wire: Wire = object(&answer)?;
        let Some(index) = wire.index_incarcare else {
            return Err(unreadable(
                &answer,
                ErrorKind::Unreadable,
                "an upload's answer without index_incarcare",
            ));
        };
        Ok(Receipt {
            index,
            uit: wire.uit.map(IssuedUit),
            received: wire.date_response,
            reference: wire.ref_declarant,
            notice: wire.atentie,
            trace_id: wire.trace_id,
        })
    }
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    index_incarcare: Option<UploadIndex>,
    #[serde(rename = "UIT", default, deserialize_with = "lenient::uit")]
    uit: Option<UitText>,
    #[serde(rename = "dateResponse", default, deserialize_with = "lenient::moment")]
    date_response: Option<Moment>,
    #[serde(default, deserialize_with = "lenient::text")]
    ref_declarant: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    atentie: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    trace_id: Option<String>,
}

/// What ANAF gives for a declaration that it took in for processing. Keep it: the index is the only way to the verdict.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Receipt {
    /// The upload's index.
    pub index: UploadIndex,
    /// The UIT, issued and not yet valid.
    pub uit: Option<IssuedUit>,
    /// When ANAF answered.
    #[serde(default, with = "moment_text")]
    pub received: Option<Moment>,
    /// The declarant's own reference, repeated by ANAF.
    pub reference: Option<String>,
    /// ANAF's notice that the UIT counts only after the verdict, word for word.
    pub notice: Option<String>,
    /// ANAF's id of the call, for questions to ANAF.
    pub trace_id: Option<String>,
}

masked_debug!(Receipt {
    index,
    uit,
    received,
    reference,
    notice,
    trace_id
});

impl Receipt {
    /// A receipt of which only the index is left: enough to wait for the verdict.
    pub fn of_index(index: UploadIndex) -> Self {
        Self {
            index,
            uit: None,
            received: None,
            reference: None,
            notice: None,
            trace_id: None,
        }
    }
}

mod moment_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Moment;

    pub(super) fn serialize<S: Serializer>(
        moment: &Option<Moment>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        moment
            .as_ref()
            .map(|moment| &moment.text)
            .serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Moment>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.map(Moment::of))
    }
}

/// A UIT that ANAF has issued and not yet made valid. No vehicle may leave with it: ANAF still judges the declaration,
/// and only its `ok` makes the UIT count. [`Settled::uit`](super::Settled::uit) gives the valid one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IssuedUit(UitText);

impl IssuedUit {
    /// The UIT, for showing it as *issued, not yet valid*.
    ///
    /// # Errors
    /// [`InvalidUit`] where ANAF's text is no UIT.
    pub fn not_yet_valid(&self) -> Result<Uit, InvalidUit> {
        self.0.parse()
    }

    /// ANAF's text.
    pub fn text(&self) -> &str {
        self.0.as_str()
    }
}
