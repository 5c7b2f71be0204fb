//! `descarcare`: the signed archive of a message.

mod content;
mod directory;
mod unzip;

use std::fmt;

use anaf_http::{Operation, Request};
use anaf_types::answer::{self, Answer, Shape};
use anaf_types::{DownloadId, Environment, Error, ErrorKind, UploadIndex, limits, text};

pub use content::{Content, Rejection};
pub use unzip::ArchiveLimits;

/// Downloads a message's archive. ANAF gives each 10 times a day, for 60 days.
///
/// Source: ANAF, "Prezentare API e-Factura", `descarcare`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    id: DownloadId,
    limits: ArchiveLimits,
}

impl Download {
    /// The archive of this id: [`crate::Verdict::download`], or [`crate::Message::id`].
    #[must_use]
    pub fn new(id: DownloadId) -> Self {
        Self {
            id,
            limits: ArchiveLimits::default(),
        }
    }

    /// Other limits than the usual for what is inflated.
    #[must_use]
    pub fn limits(mut self, limits: ArchiveLimits) -> Self {
        self.limits = limits;
        self
    }
}

fn request(id: &DownloadId, environment: Environment) -> Request {
    Request::get(
        "efactura.descarcare",
        "{env}/FCTEL/rest/descarcare",
        crate::path(environment, "descarcare"),
    )
    .with("id", id.as_str())
    .counted(limits::DESCARCARE, id.as_str())
    .expecting_archive()
}

fn zipped(answer: &Answer) -> Result<(), Error> {
    match answer::check(answer)? {
        Shape::Zip => Ok(()),
        _ => Err(answer::unreadable(
            answer,
            ErrorKind::Unreadable,
            "a download answers with a ZIP archive",
        )),
    }
}

impl Operation for Download {
    type Output = Archive;

    fn request(&self, environment: Environment) -> Result<Request, Error> {
        Ok(request(&self.id, environment))
    }

    fn read(&self, mut answer: Answer) -> Result<Archive, Error> {
        zipped(&answer)?;
        let bytes = std::mem::take(&mut answer.body);
        Archive::parse_within(bytes, &self.limits).map_err(|e| {
            let kind = match e {
                ArchiveError::Truncated => ErrorKind::Truncated,
                ArchiveError::TooLarge { .. } | ArchiveError::Ratio { .. } => ErrorKind::TooLarge,
                _ => ErrorKind::Unreadable,
            };
            answer::answered(Error::new(kind).because(e.to_string()), &answer)
        })
    }
}

/// Downloads a message's archive and does not look into it, but for its end: for keeping it as it is, or for one that
/// [`Download`] refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadZip {
    id: DownloadId,
}

impl DownloadZip {
    /// The archive of this id.
    #[must_use]
    pub fn new(id: DownloadId) -> Self {
        Self { id }
    }
}

impl Operation for DownloadZip {
    type Output = Vec<u8>;

    fn request(&self, environment: Environment) -> Result<Request, Error> {
        Ok(request(&self.id, environment))
    }

    fn read(&self, answer: Answer) -> Result<Vec<u8>, Error> {
        zipped(&answer)?;
        // Half an archive would be kept for good, and its download is one of ten.
        match directory::has_end(&answer.body) {
            true => Ok(answer.body),
            false => {
                let why = ArchiveError::Truncated.to_string();
                Err(answer::answered(
                    Error::new(ErrorKind::Truncated).because(why),
                    &answer,
                ))
            }
        }
    }
}

/// Why an archive cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The ZIP's directory is not where its end says, or there is no end.
    #[error("the ZIP archive is cut short")]
    Truncated,
    /// Not a ZIP archive that can be read, or one that contradicts itself.
    #[error("the ZIP archive is damaged: {0}")]
    Damaged(&'static str),
    /// More entries than an archive of ANAF's has.
    #[error("the ZIP archive has {found} entries; at most {limit} are read")]
    Entries {
        /// How many it says it has.
        found: u64,
        /// How many are read.
        limit: usize,
    },
    /// An entry's name could lead out of a folder, or is no plain file name.
    #[error("entry {entry} of the ZIP archive has an unsafe name")]
    UnsafeName {
        /// Which entry, from 1.
        entry: usize,
    },
    /// An entry is encrypted.
    #[error("entry {entry} of the ZIP archive is encrypted")]
    Encrypted {
        /// Which entry, from 1.
        entry: usize,
    },
    /// An entry is packed by a method other than "stored" and "deflate", or the archive is ZIP64 or in parts.
    #[error("the ZIP archive uses {0}, which ANAF's archives do not")]
    Unsupported(&'static str),
    /// The entries inflate to more than the limit.
    #[error("the ZIP archive inflates to more than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// An entry inflates more than the limit times.
    #[error("entry {entry} of the ZIP archive inflates more than {limit} times")]
    Ratio {
        /// Which entry, from 1.
        entry: usize,
        /// The limit.
        limit: u64,
    },
    /// There is no entry that is a signature.
    #[error("the ZIP archive holds no signature")]
    NoSignature,
    /// There is no entry beside the signature.
    #[error("the ZIP archive holds no document")]
    NoDocument,
}

/// One file of an archive.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    name: String,
    bytes: Vec<u8>,
}

impl Entry {
    /// Its name: a plain file name, no folders.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its content.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = text::mask_personal_codes(&self.name);
        write!(f, "Entry({name:?}, {} bytes)", self.bytes.len())
    }
}

/// A message's archive: the document, and ANAF's signature over it.
///
/// For an accepted invoice the document is the invoice as it was uploaded, byte for byte. For a rejected one it is
/// ANAF's list of errors: [`Archive::rejection`]. The two entries are told apart by content: their order varies.
#[derive(Clone, PartialEq, Eq)]
pub struct Archive {
    document: Entry,
    signature: Entry,
    others: Vec<Entry>,
    content: Content,
    zip: Vec<u8>,
}

impl Archive {
    /// Reads an archive, within the usual limits.
    ///
    /// # Errors
    /// [`ArchiveError`] says what is wrong with it.
    pub fn parse(zip: Vec<u8>) -> Result<Self, ArchiveError> {
        Self::parse_within(zip, &ArchiveLimits::default())
    }

    /// Reads an archive. Count, size, ratio and names are checked before anything is inflated, and inflating itself
    /// stops at the limits.
    ///
    /// # Errors
    /// [`ArchiveError`] says what is wrong with it.
    pub fn parse_within(zip: Vec<u8>, limits: &ArchiveLimits) -> Result<Self, ArchiveError> {
        let mut entries = unzip::entries(&zip, limits)?;
        let at = entries
            .iter()
            .position(|e| content::is_signature(&e.bytes))
            .or_else(|| entries.iter().position(|e| e.name.starts_with("semnatura")))
            .ok_or(ArchiveError::NoSignature)?;
        let signature = entries.remove(at);
        let at = entries
            .iter()
            .position(|e| index_in(&e.name).is_some())
            .or((!entries.is_empty()).then_some(0))
            .ok_or(ArchiveError::NoDocument)?;
        let document = entries.remove(at);
        Ok(Self {
            content: content::read(&document.bytes),
            document,
            signature,
            others: entries,
            zip,
        })
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &Entry {
        &self.document
    }

    /// ANAF's detached signature over the document (XAdES).
    #[must_use]
    pub fn signature(&self) -> &Entry {
        &self.signature
    }

    /// Further entries, which ANAF's archives are not known to have.
    #[must_use]
    pub fn others(&self) -> &[Entry] {
        &self.others
    }

    /// What the document is.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// ANAF's list of errors, when the document is one.
    #[must_use]
    pub fn rejection(&self) -> Option<&Rejection> {
        match &self.content {
            Content::Rejection(rejection) => Some(rejection),
            _ => None,
        }
    }

    /// The upload index, which ANAF makes the document's name.
    #[must_use]
    pub fn index(&self) -> Option<UploadIndex> {
        index_in(&self.document.name)
    }

    /// The ZIP as it was downloaded, to be kept.
    #[must_use]
    pub fn zip(&self) -> &[u8] {
        &self.zip
    }
}

fn index_in(name: &str) -> Option<UploadIndex> {
    let (stem, extension) = name.rsplit_once('.')?;
    let index = extension.eq_ignore_ascii_case("xml").then_some(stem)?;
    UploadIndex::parse(index).ok()
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive")
            .field("document", &self.document)
            .field("signature", &self.signature)
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
