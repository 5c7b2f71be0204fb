//! `upload` and `uploadb2c`: filing a document.

use std::fmt;

use anaf_http::{Body, Operation, Request};
use anaf_invoice::Validated;
use anaf_invoice::model::{DocumentKind, Invoice};
use anaf_types::answer::{self, Answer};
use anaf_types::{Cif, Environment, Error, ErrorKind, UploadIndex, limits, wall};
use bytes::Bytes;
use jiff::civil::DateTime;

use crate::BuyerMessage;
use crate::root::root;

/// What an uploaded file is: ANAF's parameter `standard`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Standard {
    /// `UBL`: an invoice, UBL 2.1.
    Ubl,
    /// `CN`: a credit note, UBL 2.1.
    CreditNote,
    /// `CII`: an invoice, UN/CEFACT Cross Industry Invoice.
    Cii,
    /// `RASP`: the buyer's message about an invoice that was received.
    Rasp,
}

impl Standard {
    /// The parameter's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ubl => "UBL",
            Self::CreditNote => "CN",
            Self::Cii => "CII",
            Self::Rasp => "RASP",
        }
    }
}

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A file to upload: its bytes, and what they are.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    standard: Standard,
    bytes: Bytes,
}

impl Document {
    /// Bytes as they stand. ANAF checks them; nothing here does but for the size, when they are sent.
    #[must_use]
    pub fn raw(standard: Standard, bytes: impl Into<Bytes>) -> Self {
        Self {
            standard,
            bytes: bytes.into(),
        }
    }

    /// Bytes whose standard their root element tells: `Invoice`, `CreditNote`, `CrossIndustryInvoice`, or the `header`
    /// of a buyer's message.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for any other root, and for what is not UTF-8 XML: say what it is then, with
    /// [`Document::raw`].
    pub fn detect(bytes: impl Into<Bytes>) -> Result<Self, Error> {
        let bytes = bytes.into();
        let found = root(&bytes);
        let is_message = |namespace: &str| namespace.contains(":reqMesaj:");
        let standard = match found
            .as_ref()
            .map(|(namespace, name)| (namespace.as_str(), name.as_str()))
        {
            Some((_, "Invoice")) => Standard::Ubl,
            Some((_, "CreditNote")) => Standard::CreditNote,
            Some((_, "CrossIndustryInvoice")) => Standard::Cii,
            // A list of errors that ANAF sent has the same root element in another namespace.
            Some((namespace, "header")) if is_message(namespace) => Standard::Rasp,
            Some((_, other)) => {
                return Err(Error::invalid_input(format!(
                    "the root element is `{other}`: none of Invoice, CreditNote, CrossIndustryInvoice, header"
                )));
            }
            None => return Err(Error::invalid_input("the document is not XML in UTF-8")),
        };
        Ok(Self { standard, bytes })
    }

    /// What the bytes are.
    #[must_use]
    pub fn standard(&self) -> Standard {
        self.standard
    }

    /// The bytes that go on the wire.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl From<&Validated<Invoice>> for Document {
    /// The XML that validation saw, with its standard.
    fn from(validated: &Validated<Invoice>) -> Self {
        let standard = match validated.kind() {
            DocumentKind::Invoice => Standard::Ubl,
            DocumentKind::CreditNote => Standard::CreditNote,
        };
        Self::raw(standard, validated.xml().to_vec())
    }
}

impl From<Validated<Invoice>> for Document {
    fn from(validated: Validated<Invoice>) -> Self {
        Self::from(&validated)
    }
}

impl From<&BuyerMessage> for Document {
    fn from(message: &BuyerMessage) -> Self {
        Self::raw(Standard::Rasp, message.to_xml())
    }
}

impl From<BuyerMessage> for Document {
    fn from(message: BuyerMessage) -> Self {
        Self::from(&message)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({}, {} bytes)", self.standard, self.bytes.len())
    }
}

/// A filing: `upload`, or `uploadb2c` after [`Upload::to_consumer`].
///
/// ```
/// use anaf_efactura::{Document, Standard, Upload};
///
/// let xml = std::fs::read("invoice.xml").unwrap_or_default();
/// let upload = Upload::new("RO12345674".parse()?, Document::raw(Standard::Ubl, xml)).foreign_buyer();
/// # Ok::<(), anaf_types::InvalidCif>(())
/// ```
///
/// Source: ANAF, "Prezentare API e-Factura", `upload` and `uploadb2c`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    cif: Cif,
    document: Document,
    consumer: bool,
    foreign_buyer: bool,
    self_billed: bool,
    enforcement: bool,
}

/// ANAF took the file in. This is not yet its verdict: ask for that with [`crate::Status`] or [`crate::Wait`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// The filing's index. Keep it: nothing else names the filing.
    pub index: UploadIndex,
    /// When ANAF answered, Romanian wall time, where the answer says so readably.
    pub answered: Option<DateTime>,
}

impl Upload {
    /// A filing for the company `cif`, whose SPV right the token's user must have.
    #[must_use]
    pub fn new(cif: Cif, document: impl Into<Document>) -> Self {
        Self {
            cif,
            document: document.into(),
            consumer: false,
            foreign_buyer: false,
            self_billed: false,
            enforcement: false,
        }
    }

    /// `uploadb2c`: the buyer is a private person. ANAF requires it for such invoices since 31 March 2025.
    #[must_use]
    pub fn to_consumer(mut self) -> Self {
        self.consumer = true;
        self
    }

    /// `extern=DA`: the buyer is not Romanian.
    #[must_use]
    pub fn foreign_buyer(mut self) -> Self {
        self.foreign_buyer = true;
        self
    }

    /// `autofactura=DA`: the buyer issues the invoice in the seller's name.
    #[must_use]
    pub fn self_billed(mut self) -> Self {
        self.self_billed = true;
        self
    }

    /// `executare=DA`: an enforcement body files it.
    #[must_use]
    pub fn enforcement(mut self) -> Self {
        self.enforcement = true;
        self
    }

    /// The company it is filed for.
    #[must_use]
    pub fn cif(&self) -> Cif {
        self.cif
    }

    /// The file.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    fn check_size(&self) -> Result<(), Error> {
        let size = self.document.bytes.len();
        if size == 0 {
            return Err(Error::invalid_input("the file to upload is empty"));
        }
        if size > limits::UPLOAD_BYTES {
            return Err(Error::invalid_input(format!(
                "the file to upload has {size} bytes; ANAF takes at most {} (10 MB)",
                limits::UPLOAD_BYTES
            )));
        }
        Ok(())
    }
}

impl Operation for Upload {
    type Output = Receipt;

    fn request(&self, environment: Environment) -> Result<Request, Error> {
        self.check_size()?;
        let (name, template, method) = match self.consumer {
            false => ("efactura.upload", "{env}/FCTEL/rest/upload", "upload"),
            true => (
                "efactura.uploadb2c",
                "{env}/FCTEL/rest/uploadb2c",
                "uploadb2c",
            ),
        };
        let body = Body::Bytes {
            content_type: "application/xml",
            bytes: self.document.bytes.clone(),
        };
        let flag = |set: bool| set.then_some("DA");
        let request = Request::post(name, template, crate::path(environment, method), body)
            .with("standard", self.document.standard.as_str())
            .with("cif", self.cif.digits())
            .with_some("extern", flag(self.foreign_buyer))
            .with_some("autofactura", flag(self.self_billed))
            .with_some("executare", flag(self.enforcement));
        Ok(match self.document.standard {
            Standard::Rasp => request.counted(limits::UPLOAD_RASP, self.cif.digits()),
            _ => request,
        })
    }

    fn read(&self, answer: Answer) -> Result<Receipt, Error> {
        let header = answer::header(&answer)?;
        let index = header
            .attribute("index_incarcare")
            .and_then(|text| UploadIndex::parse(text).ok());
        match (header.attribute("ExecutionStatus"), index) {
            (Some("0") | None, Some(index)) => Ok(Receipt {
                index,
                answered: header.attribute("dateResponse").and_then(wall::parse),
            }),
            _ => Err(answer::unreadable(
                &answer,
                ErrorKind::Unreadable,
                "neither an index of the upload nor an error",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anaf_types::Delivery;

    fn cif() -> Cif {
        "12345674".parse().unwrap()
    }

    fn upload() -> Upload {
        Upload::new(cif(), Document::raw(Standard::Ubl, "<Invoice/>"))
    }

    fn query(upload: &Upload) -> (String, String, Vec<&'static str>) {
        let request = upload.request(Environment::Test).unwrap();
        assert!(request.files);
        let query: Vec<String> = request
            .query
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let quotas = request.quotas.iter().map(|q| q.limit.name).collect();
        (request.path, query.join("&"), quotas)
    }

    #[test]
    fn every_flag_and_standard_on_the_wire() {
        let rasp = BuyerMessage::new(191_823.into(), "Marfa lipsă").unwrap();
        let of = |standard| Upload::new(cif(), Document::raw(standard, "<x/>"));
        let cases = [
            (upload(), "upload", "standard=UBL&cif=12345674", vec![]),
            (
                upload().to_consumer(),
                "uploadb2c",
                "standard=UBL&cif=12345674",
                vec![],
            ),
            (
                of(Standard::CreditNote).foreign_buyer(),
                "upload",
                "standard=CN&cif=12345674&extern=DA",
                vec![],
            ),
            (
                of(Standard::Cii).self_billed().enforcement(),
                "upload",
                "standard=CII&cif=12345674&autofactura=DA&executare=DA",
                vec![],
            ),
            (
                Upload::new(cif(), &rasp),
                "upload",
                "standard=RASP&cif=12345674",
                vec!["efactura.upload.rasp"],
            ),
        ];
        for (upload, method, parameters, quotas) in cases {
            assert_eq!(
                query(&upload),
                (
                    format!("test/FCTEL/rest/{method}"),
                    parameters.to_owned(),
                    quotas
                )
            );
        }
    }

    #[test]
    fn the_size_is_checked_before_sending() {
        let sized = |n: usize| Upload::new(cif(), Document::raw(Standard::Ubl, vec![b' '; n]));
        for (size, accepted) in [
            (0, false),
            (1, true),
            (10_000_000, true),
            (10_000_001, false),
        ] {
            let got = sized(size).request(Environment::Test);
            assert_eq!(got.is_ok(), accepted, "{size}");
            if let Err(e) = got {
                assert_eq!(
                    (e.kind(), e.delivery()),
                    (ErrorKind::InvalidInput, Delivery::NotSent)
                );
            }
        }
    }

    #[test]
    fn the_root_tells_the_standard() {
        let cases = [
            (
                "\u{feff}<?xml version='1.0'?><Invoice xmlns='x'/>",
                Some("UBL"),
            ),
            ("<c:CreditNote xmlns:c='x'/>", Some("CN")),
            ("<r:CrossIndustryInvoice xmlns:r='x'>", Some("CII")),
            (
                "<header xmlns='mfp:anaf:dgti:spv:reqMesaj:v1'/>",
                Some("RASP"),
            ),
            (
                "<header xmlns='mfp:anaf:dgti:efactura:mesajEroriFactuta:v1'/>",
                None,
            ),
            ("<html/>", None),
            ("", None),
            ("\u{0}", None),
        ];
        for (xml, standard) in cases {
            let got = Document::detect(xml).ok().map(|d| d.standard().as_str());
            assert_eq!(got, standard, "{xml}");
        }
    }

    #[test]
    fn answers() {
        use ErrorKind as K;
        let header = |inner: &str| {
            format!(
                r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><header xmlns="mfp:anaf:dgti:spv:respUploadFisier:v1" dateResponse="202108051144" {inner}"#
            )
        };
        let refused = |text: &str| {
            header(&format!(
                r#"ExecutionStatus="1"><Errors errorMessage="{text}"/></header>"#
            ))
        };
        let cases = [
            (
                header(r#"ExecutionStatus="0" index_incarcare="3828"/>"#),
                Ok("3828"),
            ),
            (header(r#"ExecutionStatus="0"/>"#), Err(K::Unreadable)),
            (
                header(r#"ExecutionStatus="1" index_incarcare="3"/>"#),
                Err(K::Unreadable),
            ),
            (
                refused("Valorile acceptate pentru parametrul standard sunt UBL, CN, CII sau RASP"),
                Err(K::InvalidParameter),
            ),
            (
                refused("Marime fisier transmis mai mare de 10 MB."),
                Err(K::InvalidDocument),
            ),
            (
                refused("CIF introdus= 123a nu este un numar"),
                Err(K::InvalidParameter),
            ),
            (
                refused("Nu exista niciun CIF pentru care sa aveti drept in SPV"),
                Err(K::NoRight),
            ),
            (
                refused("Nu aveti drept in SPV pentru CIF=1234"),
                Err(K::NoRight),
            ),
            (
                refused(
                    "Fisierul transmis nu este valid. org.xml.sax.SAXParseException; lineNumber: 15; columnNumber: 155; cvc-elt.1.a: Cannot find the declaration of element 'Invoice1'. ",
                ),
                Err(K::InvalidDocument),
            ),
            (
                refused("Daca parametrul extern trebuie completat, valoarea acceptata este DA"),
                Err(K::InvalidParameter),
            ),
            (
                refused(
                    "CIF introdus= 1234 nu este inregistrat in Registrul RO e-Factura executari silite",
                ),
                Err(K::NoRight),
            ),
            (
                refused(
                    "S-au incarcat deja 1000 de mesaje de tip RASP pentru cui=1234 in cursul zilei",
                ),
                Err(K::Quota),
            ),
            (
                refused("A aparut o eroare tehnica. Cod: XXX"),
                Err(K::Technical),
            ),
            ("PK\u{3}\u{4}".to_owned(), Err(K::Unreadable)),
            ("{}".to_owned(), Err(K::Unreadable)),
            (String::new(), Err(K::Empty)),
        ];
        for (body, expected) in cases {
            let got = upload().read(Answer::new(200, body.clone()));
            if let Err(e) = &got {
                assert_eq!(e.delivery(), Delivery::Answered, "{body}");
            }
            assert_eq!(
                got.as_ref()
                    .map(|r| r.index.as_str())
                    .map_err(anaf_types::Error::kind),
                expected,
                "{body}"
            );
        }
    }

    #[test]
    fn a_receipt_has_the_time_of_the_answer() {
        let body =
            r#"<header dateResponse="202108051140" ExecutionStatus="0" index_incarcare="3828"/>"#;
        let receipt = upload().read(Answer::new(200, body)).unwrap();
        assert_eq!(
            receipt.answered,
            Some(jiff::civil::datetime(2021, 8, 5, 11, 40, 0, 0))
        );
    }
}
