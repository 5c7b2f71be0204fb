//! The client: each of e-Factura's calls as a method.

use anaf_http::Session;
use anaf_types::{Cif, DownloadId, Error, ErrorKind, UploadIndex};
use jiff::Timestamp;

use crate::{
    Archive, CheckSignature, Download, List, LostUpload, MessageList, MessageQuery, MessageStream,
    Receipt, Rendering, SignatureCheck, Status, Transform, Upload, Validate, Validation, Verdict,
    Wait, Waited,
};

/// The e-Factura client: a [`Session`], and the calls that can be made over it. Cheap to clone.
///
/// Each method is one operation value handed to [`Session::call`]; for other timeouts, caps or limits for one call,
/// hand it to [`Session::call_with`]. Every method fails with an [`Error`], whose kind says what went wrong and whose
/// [`Error::delivery`] says what became of the request.
///
/// ```no_run
/// use anaf_efactura::{Document, EFactura, Standard, Upload, Verdict, Waited};
/// use anaf_http::{Environment, FixedBearer, Session};
///
/// # async fn file(token: String, xml: Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
/// let session = Session::builder(Environment::Test).bearer(FixedBearer::new(token)).build()?;
/// let efactura = EFactura::new(session);
///
/// let upload = Upload::new("RO12345674".parse()?, Document::raw(Standard::Ubl, xml));
/// let receipt = efactura.upload(&upload).await?;
/// if let Waited::Decided(Verdict::Accepted { download }) = efactura.wait_for(&receipt.index).await? {
///     let archive = efactura.download(&download).await?;
///     std::fs::write("archive.zip", archive.zip())?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct EFactura {
    session: Session,
}

impl EFactura {
    /// A client over a session, which other clients may share.
    #[must_use]
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    /// The session.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Files a document (`upload`, `uploadb2c`). It is sent twice only if it provably was not sent the first time.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a file over 10 MB, [`ErrorKind::InvalidDocument`] for one that is not valid by
    /// the schema, and so on. When [`Error::is_outcome_unknown`] holds, the document may or may not have been taken:
    /// look for it with [`EFactura::find_lost_upload`] before sending it again.
    pub async fn upload(&self, upload: &Upload) -> Result<Receipt, Error> {
        self.session.call(upload).await
    }

    /// Asks once for the verdict on a filing (`stareMesaj`).
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for an index that ANAF does not know, [`ErrorKind::NoRight`], [`ErrorKind::Quota`] after
    /// 100 questions in a day, and so on.
    pub async fn status(&self, index: &UploadIndex) -> Result<Verdict, Error> {
        self.session.call(&Status::of(index.clone())).await
    }

    /// Waits for the verdict on a filing, up to an hour. The pauses grow, and stay inside ANAF's 100 questions a day.
    ///
    /// # Errors
    /// As [`EFactura::status`], but for what passes: it asks again after that.
    pub async fn wait_for(&self, index: &UploadIndex) -> Result<Waited, Error> {
        self.wait(&mut Wait::new(index.clone())).await
    }

    /// Waits for the verdict on a filing. Whatever happens, timeouts, errors or a dropped future, `wait` keeps what is
    /// known: store it, and go on with it later or elsewhere.
    ///
    /// # Errors
    /// As [`EFactura::wait_for`].
    pub async fn wait(&self, wait: &mut Wait) -> Result<Waited, Error> {
        crate::wait::wait(&self.session, wait).await
    }

    /// Lists the messages of the last `days` days, 1 to 60, at most 500 (`listaMesajeFactura`). For a filter, call
    /// [`List`] over the session. Rows that cannot be read stand in [`MessageList::unreadable`].
    ///
    /// # Errors
    /// [`ErrorKind::ListTooLong`] when there are more: use [`EFactura::messages`].
    pub async fn list(&self, cif: Cif, days: u32) -> Result<MessageList, Error> {
        self.session.call(&List::new(cif, days)).await
    }

    /// Lists all messages of a stretch of time (`listaMesajePaginatieFactura`), page by page as the stream is polled.
    /// Rows that cannot be read hinder none of the others; see [`MessageStream`].
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a window that ANAF would refuse; nothing is sent then.
    pub fn messages(&self, query: &MessageQuery) -> Result<MessageStream, Error> {
        MessageStream::new(self.session.clone(), query)
    }

    /// Downloads a message's archive (`descarcare`).
    ///
    /// # Errors
    /// [`ErrorKind::Gone`] after 60 days, [`ErrorKind::Quota`] after 10 downloads in a day, and so on;
    /// [`ErrorKind::Unreadable`] or [`ErrorKind::TooLarge`] for an archive that is not safe to unpack, which
    /// [`crate::DownloadZip`] still gets.
    pub async fn download(&self, id: &DownloadId) -> Result<Archive, Error> {
        self.session.call(&Download::new(id.clone())).await
    }

    /// Has ANAF check a document without filing it (`validare`).
    ///
    /// # Errors
    /// [`ErrorKind::Firewall`] when the firewall refuses the document.
    pub async fn validate(&self, validate: &Validate) -> Result<Validation, Error> {
        self.session.call(validate).await
    }

    /// Has ANAF make a PDF of a document (`transformare`). Without validation the firewall is at its strictest: when it
    /// refuses, this tries the validating path, which lets the same document through.
    ///
    /// # Errors
    /// [`ErrorKind::Firewall`] when the firewall refuses the document on both paths.
    pub async fn transform(&self, transform: &Transform) -> Result<Rendering, Error> {
        match (self.session.call(transform).await, transform.fallback()) {
            (Err(e), Some(validating)) if e.kind() == ErrorKind::Firewall => {
                tracing::debug!("the firewall refused the path without validation");
                self.session.call(&validating).await
            }
            (answer, _) => answer,
        }
    }

    /// Has ANAF check its signature over a downloaded document.
    ///
    /// # Errors
    /// As any call; [`ErrorKind::Other`] for an answer that says neither yes nor no.
    pub async fn check_signature(&self, check: &CheckSignature) -> Result<SignatureCheck, Error> {
        self.session.call(check).await
    }

    /// Looks for an upload whose outcome is unknown ([`Error::is_outcome_unknown`]) among the messages listed since it
    /// was sent, by comparing the documents' bytes.
    ///
    /// ANAF lists a filing up to a quarter of an hour after its verdict, so wait that long, and look again, before you
    /// believe that it was not taken. Sending it again is not a catastrophe either: ANAF takes the second one in, and
    /// rejects it with a text that names the first ([`crate::Rejection::duplicate_of`]).
    ///
    /// It downloads each document filed since then, one of ten downloads a day for each.
    ///
    /// # Errors
    /// As [`EFactura::messages`] and [`EFactura::download`].
    pub async fn find_lost_upload(
        &self,
        upload: &Upload,
        sent: Timestamp,
    ) -> Result<LostUpload, Error> {
        crate::lost::find(&self.session, upload, sent).await
    }
}
