//! A ZIP's central directory, read before the ZIP library sees the archive, so that nothing is allocated by what the
//! archive claims about itself.

use super::ArchiveError;

const END: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
const HEADER: &[u8] = b"PK\x01\x02";
const HEADER_LENGTH: usize = 46;
/// The end record is followed by a comment of this length at most.
const COMMENT: usize = u16::MAX as usize;

/// What the directory says of one entry.
pub(super) struct Listed<'a> {
    pub(super) name: &'a [u8],
    pub(super) encrypted: bool,
    pub(super) method: u16,
    pub(super) packed: u64,
    pub(super) size: u64,
}

pub(super) struct Directory<'a> {
    /// The archive without what may follow its end.
    pub(super) archive: &'a [u8],
    pub(super) entries: Vec<Listed<'a>>,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(pair.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

pub(super) fn read(zip: &[u8], most: usize) -> Result<Directory<'_>, ArchiveError> {
    let (at, end) = end_record(zip).ok_or(ArchiveError::Truncated)?;
    let cut = || ArchiveError::Truncated;
    let count = u16_at(end, 10).ok_or_else(cut)?;
    let length = u32_at(end, 12).ok_or_else(cut)?;
    let start = u32_at(end, 16).ok_or_else(cut)?;
    if count == u16::MAX || length == u32::MAX || start == u32::MAX {
        return Err(ArchiveError::Unsupported("ZIP64"));
    }
    if u16_at(end, 4) != Some(0) || u16_at(end, 6) != Some(0) || u16_at(end, 8) != Some(count) {
        return Err(ArchiveError::Unsupported("several parts"));
    }
    if usize::from(count) > most {
        return Err(ArchiveError::Entries {
            found: u64::from(count),
            limit: most,
        });
    }
    let (start, length) = (start as usize, length as usize);
    if start.checked_add(length) != Some(at) {
        return Err(ArchiveError::Damaged("its directory is not before its end"));
    }
    let directory = zip.get(start..at).ok_or_else(cut)?;
    Ok(Directory {
        archive: zip.get(..at + end.len()).ok_or_else(cut)?,
        entries: headers(directory, usize::from(count))?,
    })
}

/// Whether the archive came whole, as far as its end tells.
pub(super) fn has_end(zip: &[u8]) -> bool {
    end_record(zip).is_some()
}

/// The last end record whose comment fits into the file.
fn end_record(zip: &[u8]) -> Option<(usize, &[u8])> {
    let first = zip.len().saturating_sub(END_LENGTH + COMMENT);
    let tail = zip.get(first..)?;
    memchr::memmem::rfind_iter(tail, END).find_map(|at| {
        let comment = usize::from(u16_at(tail, at + 20)?);
        let record = tail.get(at..at + END_LENGTH + comment)?;
        Some((first + at, record))
    })
}

fn headers(directory: &[u8], count: usize) -> Result<Vec<Listed<'_>>, ArchiveError> {
    const DAMAGED: ArchiveError = ArchiveError::Damaged("its directory is not a list of entries");
    let mut rest = directory;
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        let (listed, length) = header(rest).ok_or(DAMAGED)?;
        entries.push(listed);
        rest = rest.get(length..).ok_or(DAMAGED)?;
    }
    match rest.is_empty() {
        true => Ok(entries),
        false => Err(DAMAGED),
    }
}

fn header(bytes: &[u8]) -> Option<(Listed<'_>, usize)> {
    if !bytes.starts_with(HEADER) {
        return None;
    }
    let name = usize::from(u16_at(bytes, 28)?);
    let extra = usize::from(u16_at(bytes, 30)?);
    let comment = usize::from(u16_at(bytes, 32)?);
    let length = HEADER_LENGTH + name + extra + comment;
    bytes.get(..length)?;
    let flags = u16_at(bytes, 8)?;
    let listed = Listed {
        name: bytes.get(HEADER_LENGTH..HEADER_LENGTH + name)?,
        // Bit 0: encrypted; bit 6: strongly; bit 13: the directory itself.
        encrypted: flags & (1 | 1 << 6 | 1 << 13) != 0,
        method: u16_at(bytes, 10)?,
        packed: u64::from(u32_at(bytes, 20)?),
        size: u64::from(u32_at(bytes, 24)?),
    };
    Some((listed, length))
}
