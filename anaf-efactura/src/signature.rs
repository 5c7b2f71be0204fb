//! The check of ANAF's signature over a downloaded document.

use std::borrow::Cow;
use std::fmt;

use anaf_http::{Body, Operation, Part, Request};
use anaf_types::answer::{self, Answer, Shape};
use anaf_types::{Environment, Error, ErrorKind, text};
use bytes::Bytes;
use serde::Deserialize;

use crate::validate::Via;
use crate::{Archive, Entry};

/// Asks ANAF whether a document and its signature, the two entries of an archive, belong together.
///
/// Source: ANAF, "Verificare semnătură", `POST /api/validate/signature`.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckSignature {
    document: (String, Bytes),
    signature: (String, Bytes),
    via: Via,
}

impl CheckSignature {
    /// The check of an archive, on the public host.
    #[must_use]
    pub fn of(archive: &Archive) -> Self {
        let part = |entry: &Entry| {
            let bytes = Bytes::copy_from_slice(entry.bytes());
            (entry.name().to_owned(), bytes)
        };
        Self {
            document: part(archive.document()),
            signature: part(archive.signature()),
            via: Via::Public,
        }
    }

    /// The check of two files, on the public host.
    #[must_use]
    pub fn new(document: impl Into<Bytes>, signature: impl Into<Bytes>) -> Self {
        Self {
            document: ("document.xml".to_owned(), document.into()),
            signature: ("semnatura.xml".to_owned(), signature.into()),
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

impl fmt::Debug for CheckSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckSignature")
            .field("document_bytes", &self.document.1.len())
            .field("signature_bytes", &self.signature.1.len())
            .field("via", &self.via)
            .finish()
    }
}

/// What ANAF says of a signature, with its words. `Debug` masks personal codes.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureCheck {
    /// The signature holds.
    Valid {
        /// ANAF's words.
        said: String,
    },
    /// It does not.
    Invalid {
        /// ANAF's words.
        said: String,
    },
}

impl SignatureCheck {
    /// Whether it holds.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        matches!(self, Self::Valid { .. })
    }
}

impl fmt::Debug for SignatureCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, said) = match self {
            Self::Valid { said } => ("Valid", said),
            Self::Invalid { said } => ("Invalid", said),
        };
        write!(f, "{name}({:?})", text::mask_personal_codes(said))
    }
}

impl Operation for CheckSignature {
    type Output = SignatureCheck;

    fn request(&self, _: Environment) -> Result<Request, Error> {
        let part = |name, (file_name, bytes): &(String, Bytes)| Part {
            name,
            file_name: Cow::Owned(file_name.clone()),
            bytes: bytes.clone(),
        };
        let body = Body::Multipart(vec![
            part("file", &self.document),
            part("signature", &self.signature),
        ]);
        let path = "api/validate/signature";
        Ok(
            Request::post("efactura.validate_signature", path, path, body)
                .only_reads()
                .on(self.via.host()),
        )
    }

    fn read(&self, answer: Answer) -> Result<SignatureCheck, Error> {
        #[derive(Deserialize)]
        struct Raw {
            msg: String,
        }
        let unreadable = |why| Err(answer::unreadable(&answer, ErrorKind::Unreadable, why));
        if answer::check(&answer)? != Shape::Json {
            return unreadable("the signature check answers in JSON");
        }
        let said = answer::object::<Raw>(&answer)?.msg;
        let folded = text::fold(&said);
        if folded.contains("nu au putut fi validate") {
            return Ok(SignatureCheck::Invalid { said });
        }
        if folded.contains("au fost validate cu succes") {
            return Ok(SignatureCheck::Valid { said });
        }
        Err(answer::answered(answer::said(&said), &answer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anaf_http::Access;
    use anaf_types::Host;

    #[test]
    fn answers() {
        use ErrorKind as K;
        let cases = [
            (
                200,
                "Fișierele încărcate au fost validate cu succes, din perspectiva autenticității",
                Ok(true),
            ),
            (
                200,
                "Fișierele încărcate NU au putut fi validate cu succes, din perspectiva autenticității",
                Ok(false),
            ),
            (200, "Altceva", Err(K::Other)),
            (
                400,
                "Eroare tehnică: request incorect. Cauza: lipsește fișierul",
                Err(K::InvalidParameter),
            ),
        ];
        for (status, said, expected) in cases {
            let body = format!(r#"{{"msg":"{said}"}}"#);
            let got = CheckSignature::new("a", "b").read(Answer::new(status, body));
            if let Err(e) = &got {
                assert_eq!(e.said(), Some(said));
            }
            let got = got.map(|c| c.is_valid()).map_err(|e| e.kind());
            assert_eq!(got, expected, "{said}");
        }
    }

    #[test]
    fn the_request_on_both_hosts() {
        for (via, host, access) in [
            (Via::Public, Host::Public, Access::Public),
            (Via::OAuth, Host::Api, Access::Bearer),
        ] {
            let check = CheckSignature::new("a", "b").via(via);
            let request = check.request(Environment::Test).unwrap();
            assert_eq!((request.host, request.access), (host, access));
            let Body::Multipart(parts) = request.body else {
                panic!("multipart");
            };
            let names: Vec<_> = parts.iter().map(|p| p.name).collect();
            assert_eq!(names, ["file", "signature"]);
        }
    }
}
