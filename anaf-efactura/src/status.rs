//! `stareMesaj`: ANAF's verdict on a filing.

use std::fmt;

use anaf_http::{Operation, Request};
use anaf_types::answer::{self, Answer, Header};
use anaf_types::text::Masked;
use anaf_types::{DownloadId, Environment, Error, ErrorKind, UploadIndex, limits, text};
use serde::{Deserialize, Serialize};

/// Asks for the verdict on one filing. ANAF answers 100 such questions a day for each.
///
/// Source: ANAF, "Prezentare API e-Factura", `stareMesaj`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    index: UploadIndex,
}

impl Status {
    /// The question about the filing of this index.
    #[must_use]
    pub fn of(index: UploadIndex) -> Self {
        Self { index }
    }
}

/// What ANAF says of a filing. `Debug` masks personal codes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Verdict {
    /// `ok`: accepted. The archive holds the document and ANAF's signature over it.
    Accepted {
        /// The archive's id.
        download: DownloadId,
    },
    /// `nok`: rejected. The archive holds the list of errors, signed.
    Rejected {
        /// The archive's id.
        download: DownloadId,
    },
    /// `in prelucrare`: no verdict yet.
    InProgress,
    /// `XML cu erori nepreluat de sistem`: not taken over; there is no archive. Correct it and file it anew.
    NotTakenOver {
        /// What ANAF said beside it, word for word; often nothing.
        said: Vec<String>,
    },
    /// A state that no document of ANAF's names.
    Unknown {
        /// `stare`, word for word.
        state: String,
        /// The archive's id, if there is one.
        download: Option<DownloadId>,
        /// What ANAF said beside it, word for word.
        said: Vec<String>,
    },
}

impl Verdict {
    /// Whether it will not change any more. An unknown state is not known to be final.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Accepted { .. } | Self::Rejected { .. } | Self::NotTakenOver { .. }
        )
    }

    /// The id of the archive to download, if there is one.
    #[must_use]
    pub fn download(&self) -> Option<&DownloadId> {
        match self {
            Self::Accepted { download } | Self::Rejected { download } => Some(download),
            Self::Unknown { download, .. } => download.as_ref(),
            _ => None,
        }
    }

    fn of(header: &Header) -> Result<Self, &'static str> {
        let state = header.attribute("stare").ok_or("`stare` is missing")?;
        let download = header
            .attribute("id_descarcare")
            .and_then(|text| DownloadId::parse(text).ok());
        let said = || header.errors().to_vec();
        let folded = text::fold(state);
        Ok(match folded.as_str() {
            "ok" => Self::Accepted {
                download: download.ok_or("`ok` without `id_descarcare`")?,
            },
            "nok" => Self::Rejected {
                download: download.ok_or("`nok` without `id_descarcare`")?,
            },
            "in prelucrare" => Self::InProgress,
            other if other.contains("nepreluat de sistem") => Self::NotTakenOver { said: said() },
            _ => Self::Unknown {
                state: state.to_owned(),
                download,
                said: said(),
            },
        })
    }
}

/// The verdict as a sentence, with ANAF's words; personal codes are masked.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = match self {
            Self::Accepted { download } => {
                return write!(
                    f,
                    "accepted: ANAF says \"ok\"; the signed archive is {download}"
                );
            }
            Self::Rejected { download } => {
                return write!(
                    f,
                    "rejected: ANAF says \"nok\"; its errors are in the archive {download}"
                );
            }
            Self::InProgress => {
                return f.write_str("no verdict yet: ANAF says \"in prelucrare\"; ask again later");
            }
            Self::NotTakenOver { said } => {
                f.write_str("not taken over: ANAF says \"XML cu erori nepreluat de sistem\"; correct the document and file it anew")?;
                said
            }
            Self::Unknown { state, said, .. } => {
                let state = text::mask_personal_codes(state);
                write!(f, "ANAF says \"{state}\", a state that is not known")?;
                said
            }
        };
        said.iter()
            .try_for_each(|text| write!(f, "; \"{}\"", text::mask_personal_codes(text)))
    }
}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted { download } => write!(f, "Accepted({download})"),
            Self::Rejected { download } => write!(f, "Rejected({download})"),
            Self::InProgress => f.write_str("InProgress"),
            Self::NotTakenOver { said } => write!(f, "NotTakenOver({:?})", Masked(said)),
            Self::Unknown {
                state,
                download,
                said,
            } => f
                .debug_struct("Unknown")
                .field("state", &Masked(state))
                .field("download", download)
                .field("said", &Masked(said))
                .finish(),
        }
    }
}

impl Operation for Status {
    type Output = Verdict;

    fn request(&self, environment: Environment) -> Result<Request, Error> {
        Ok(Request::get(
            "efactura.stareMesaj",
            "{env}/FCTEL/rest/stareMesaj",
            crate::path(environment, "stareMesaj"),
        )
        .with("id_incarcare", self.index.as_str())
        .counted(limits::STARE_MESAJ, self.index.as_str()))
    }

    fn read(&self, answer: Answer) -> Result<Verdict, Error> {
        let unreadable = |why| answer::unreadable(&answer, ErrorKind::Unreadable, why);
        Verdict::of(&answer::header(&answer)?).map_err(unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(inner: &str) -> Result<Verdict, ErrorKind> {
        let body =
            format!(r#"<header xmlns="mfp:anaf:dgti:efactura:stareMesajFactura:v1" {inner}"#);
        Status::of(1.into())
            .read(Answer::new(200, body))
            .map_err(|e| e.kind())
    }

    #[test]
    fn every_state_and_every_failure_of_the_query() {
        use ErrorKind as K;
        let said = |text: &str| read(&format!(r#"><Errors errorMessage="{text}"/></header>"#));
        let cases = [
            (
                read(r#"stare="ok" id_descarcare="1234"/>"#),
                Ok(Verdict::Accepted {
                    download: 1234.into(),
                }),
            ),
            (
                read(r#"stare="nok" id_descarcare="123"/>"#),
                Ok(Verdict::Rejected {
                    download: 123.into(),
                }),
            ),
            (
                read(r#"stare="nok" id_descarcare="9"><Errors errorMessage="x"/></header>"#),
                Ok(Verdict::Rejected { download: 9.into() }),
            ),
            (read(r#"stare="in prelucrare"/>"#), Ok(Verdict::InProgress)),
            (
                read(r#"stare="XML cu erori nepreluat de sistem"/>"#),
                Ok(Verdict::NotTakenOver { said: vec![] }),
            ),
            (
                read(r#"stare="suspendat" id_descarcare="7"/>"#),
                Ok(Verdict::Unknown {
                    state: "suspendat".into(),
                    download: Some(7.into()),
                    said: vec![],
                }),
            ),
            (read(r#"stare="ok"/>"#), Err(K::Unreadable)),
            (read("/>"), Err(K::Unreadable)),
            (
                said("Nu aveti dreptul de inteorgare pentru id_incarcare= 18"),
                Err(K::NoRight),
            ),
            (
                said("Nu exista niciun CIF petru care sa aveti drept"),
                Err(K::NoRight),
            ),
            (
                said("Id_incarcare introdus= aaa nu este un numar intreg"),
                Err(K::InvalidParameter),
            ),
            (
                said("Nu exista factura cu id_incarcare= 15000"),
                Err(K::NotFound),
            ),
            (
                said("S-au facut deja 20 descarcari de mesaj in cursul zilei"),
                Err(K::Quota),
            ),
        ];
        for (got, expected) in cases {
            assert_eq!(got, expected);
        }
    }

    #[test]
    fn the_question() {
        let request = Status::of(3828.into())
            .request(Environment::Production)
            .unwrap();
        assert_eq!(request.path, "prod/FCTEL/rest/stareMesaj");
        assert_eq!(request.query, [("id_incarcare", "3828".to_owned())]);
        assert!(!request.files);
        assert_eq!(request.quotas[0].limit, limits::STARE_MESAJ);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Status::of(1.into()).read(Answer::new(200, body));
        }

        #[test]
        fn mutated_answers_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut body = br#"<header xmlns="mfp:anaf:dgti:efactura:stareMesajFactura:v1" stare="ok" id_descarcare="1234"/>"#.to_vec();
            let at = at.index(body.len());
            body[at] = byte;
            let _ = Status::of(1.into()).read(Answer::new(200, body));
        }
    }
}
