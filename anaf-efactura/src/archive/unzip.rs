//! Inflating an archive's entries, within limits.

use std::collections::HashSet;
use std::io::{Cursor, Read};

use super::directory::{self, Listed};
use super::{ArchiveError, Entry};

/// An entry may inflate this much before its ratio is looked at: small texts pack well.
const FREE: u64 = 1 << 20;
const STORED: u16 = 0;
const DEFLATE: u16 = 8;
const NAME: usize = 128;

/// What an archive may inflate to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArchiveLimits {
    /// How many entries: 8. ANAF's have two.
    pub entries: usize,
    /// How many bytes, all entries together: 64 MiB. An upload has 10 MB at most.
    pub bytes: u64,
    /// How many times an entry may inflate, once it is over 1 MiB: 250.
    pub ratio: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            entries: 8,
            bytes: 64 << 20,
            ratio: 250,
        }
    }
}

impl ArchiveLimits {
    /// The same with another number of entries.
    #[must_use]
    pub fn entries(mut self, entries: usize) -> Self {
        self.entries = entries;
        self
    }

    /// The same with another number of bytes.
    #[must_use]
    pub fn bytes(mut self, bytes: u64) -> Self {
        self.bytes = bytes;
        self
    }

    /// The same with another ratio.
    #[must_use]
    pub fn ratio(mut self, ratio: u64) -> Self {
        self.ratio = ratio;
        self
    }
}

/// No more is set aside for an entry before its bytes come.
const AT_ONCE: u64 = 1 << 20;

pub(super) fn entries(zip: &[u8], limits: &ArchiveLimits) -> Result<Vec<Entry>, ArchiveError> {
    let directory = directory::read(zip, limits.entries)?;
    let names = checked(&directory.entries, zip.len() as u64, limits)?;
    let mut archive = zip::ZipArchive::new(Cursor::new(directory.archive)).map_err(|e| why(&e))?;
    if archive.len() != names.len() {
        return Err(ArchiveError::Damaged("it has two directories"));
    }
    let mut left = limits.bytes;
    let mut entries = Vec::with_capacity(names.len());
    for (at, (name, listed)) in names.into_iter().zip(&directory.entries).enumerate() {
        let file = archive.by_index(at).map_err(|e| why(&e))?;
        // What the directory says may be a lie: inflating stops one byte after the limits.
        let by_ratio = listed.packed.saturating_mul(limits.ratio).max(FREE);
        let most = left.min(by_ratio);
        let mut bytes = Vec::with_capacity(listed.size.min(most).min(AT_ONCE) as usize);
        file.take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|_| ArchiveError::Damaged("an entry cannot be inflated"))?;
        let size = bytes.len() as u64;
        if size > left {
            return Err(ArchiveError::TooLarge {
                limit: limits.bytes,
            });
        }
        if size > by_ratio {
            return Err(ArchiveError::Ratio {
                entry: at + 1,
                limit: limits.ratio,
            });
        }
        left -= size;
        entries.push(Entry { name, bytes });
    }
    Ok(entries)
}

/// Everything that can be said before anything is inflated.
fn checked(
    listed: &[Listed<'_>],
    length: u64,
    limits: &ArchiveLimits,
) -> Result<Vec<String>, ArchiveError> {
    let packed = listed
        .iter()
        .map(|entry| entry.packed)
        .fold(0, u64::saturating_add);
    if packed > length {
        return Err(ArchiveError::Damaged(
            "its entries are longer than the file",
        ));
    }
    let mut names = Vec::with_capacity(listed.len());
    let mut distinct = HashSet::new();
    let mut total = 0_u64;
    for (at, entry) in listed.iter().enumerate() {
        let number = at + 1;
        if entry.encrypted {
            return Err(ArchiveError::Encrypted { entry: number });
        }
        if !matches!(entry.method, STORED | DEFLATE) {
            return Err(ArchiveError::Unsupported("another method than deflate"));
        }
        let name = plain(entry.name).ok_or(ArchiveError::UnsafeName { entry: number })?;
        if !distinct.insert(name) {
            return Err(ArchiveError::Damaged("two entries have the same name"));
        }
        total = total.saturating_add(entry.size);
        if total > limits.bytes {
            return Err(ArchiveError::TooLarge {
                limit: limits.bytes,
            });
        }
        if entry.size > entry.packed.saturating_mul(limits.ratio).max(FREE) {
            return Err(ArchiveError::Ratio {
                entry: number,
                limit: limits.ratio,
            });
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

/// A name that is one plain component on every system.
fn plain(name: &[u8]) -> Option<&str> {
    let name = std::str::from_utf8(name).ok()?;
    let odd = |c: char| {
        c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
    };
    let fits = (1..=NAME).contains(&name.len()) && !name.starts_with('.') && !name.contains(odd);
    fits.then_some(name)
}

fn why(e: &zip::result::ZipError) -> ArchiveError {
    use zip::result::ZipError;
    match e {
        ZipError::Io(_) => ArchiveError::Truncated,
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            ArchiveError::Unsupported("a feature")
        }
        ZipError::InvalidPassword => ArchiveError::Unsupported("encryption"),
        _ => ArchiveError::Damaged("an entry is not where the directory says"),
    }
}
