//! `upload` and `uploadb2c`: filing a document.

mod document;

use anaf_http::{Body, Operation, Request};
use anaf_types::answer::{self, Answer};
use anaf_types::{Cif, Environment, Error, ErrorKind, UploadIndex, limits, wall};
use jiff::civil::DateTime;

use document::Filing;
pub use document::{Document, Standard};

/// A filing: `upload`, or `uploadb2c` after [`Upload::to_consumer`].
///
/// Made from a [`Validated`](anaf_invoice::Validated) invoice it sets itself what the invoice says: `uploadb2c` for a
/// private person as buyer (a CNP or thirteen zeros, and no VAT number), `extern` for a buyer outside Romania,
/// `autofactura` for type 389. [`Upload::without_flags`] takes that back. For other documents nothing is set.
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
    filing: Filing,
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
        let document = document.into();
        Self {
            cif,
            filing: document.filing,
            document,
            enforcement: false,
        }
    }

    /// `uploadb2c`: the buyer is a private person. ANAF requires it for such invoices since 31 March 2025.
    #[must_use]
    pub fn to_consumer(mut self) -> Self {
        self.filing.consumer = true;
        self
    }

    /// `extern=DA`: the buyer is not Romanian.
    #[must_use]
    pub fn foreign_buyer(mut self) -> Self {
        self.filing.foreign_buyer = true;
        self
    }

    /// `autofactura=DA`: the buyer issues the invoice in the seller's name.
    #[must_use]
    pub fn self_billed(mut self) -> Self {
        self.filing.self_billed = true;
        self
    }

    /// `executare=DA`: an enforcement body files it.
    #[must_use]
    pub fn enforcement(mut self) -> Self {
        self.enforcement = true;
        self
    }

    /// `upload` with no flag at all, whatever the invoice says; those that are set after this hold.
    ///
    /// ```
    /// # use anaf_efactura::{Document, Upload};
    /// # fn demo(upload: Upload) -> Upload {
    /// // The buyer has an address abroad and a Romanian VAT number.
    /// upload.without_flags().self_billed()
    /// # }
    /// ```
    #[must_use]
    pub fn without_flags(mut self) -> Self {
        self.filing = Filing::default();
        self.enforcement = false;
        self
    }

    /// Whether it goes to `uploadb2c`: the buyer is a private person.
    #[must_use]
    pub fn is_to_consumer(&self) -> bool {
        self.filing.consumer
    }

    /// Whether it is filed with `extern=DA`: the buyer is not Romanian.
    #[must_use]
    pub fn is_foreign_buyer(&self) -> bool {
        self.filing.foreign_buyer
    }

    /// Whether it is filed with `autofactura=DA`: the buyer issues it in the seller's name.
    #[must_use]
    pub fn is_self_billed(&self) -> bool {
        self.filing.self_billed
    }

    /// Whether it is filed with `executare=DA`: an enforcement body files it.
    #[must_use]
    pub fn is_enforcement(&self) -> bool {
        self.enforcement
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
        let size = self.document.bytes().len();
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
        let (name, template, method) = match self.filing.consumer {
            false => ("efactura.upload", "{env}/FCTEL/rest/upload", "upload"),
            true => (
                "efactura.uploadb2c",
                "{env}/FCTEL/rest/uploadb2c",
                "uploadb2c",
            ),
        };
        let body = Body::Bytes {
            content_type: "application/xml",
            bytes: self.document.bytes().clone(),
        };
        let flag = |set: bool| set.then_some("DA");
        let request = Request::post(name, template, crate::path(environment, method), body)
            .with("standard", self.document.standard().as_str())
            .with("cif", self.cif.digits())
            .with_some("extern", flag(self.filing.foreign_buyer))
            .with_some("autofactura", flag(self.filing.self_billed))
            .with_some("executare", flag(self.enforcement));
        Ok(match self.document.standard() {
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
mod tests;
