//! Files that only their owner can read, replaced whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::store::StoreError;

/// The largest file that is read: a record with its journal has some 100 KiB at most.
const LARGEST: u64 = 4 << 20;

/// How long to wait for another process that holds a lock; they hold it for milliseconds.
const PATIENCE: Duration = Duration::from_secs(15);

fn failed<'a>(doing: &'a str, path: &'a Path) -> impl FnOnce(std::io::Error) -> StoreError + 'a {
    move |error| StoreError::unavailable(format_args!("cannot {doing} {}: {error}", path.display()))
}

/// Options for a file that nobody else can read from its first moment: the mode is part of its creation, and a
/// umask can only take more away.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a folder that only its owner can enter. It is well if it is there already; whether it is closed, too, is
/// for [`check_folder`] to see.
pub(super) fn make_folder(path: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .map_err(failed("create the folder", path))
}

/// Refuses a folder that others can enter, read or change.
pub(super) fn check_folder(path: &Path) -> Result<(), StoreError> {
    let metadata = fs::metadata(path).map_err(failed("look at", path))?;
    if !metadata.is_dir() {
        return Err(StoreError::Place {
            what: path.display().to_string(),
            detail: "it is not a folder".to_owned(),
        });
    }
    check_mode(path, &metadata, "700")
}

/// Refuses a file that others can read. It is well if there is none.
#[cfg(feature = "sqlite")]
pub(in crate::store) fn check_file(path: &Path) -> Result<(), StoreError> {
    match fs::metadata(path) {
        Ok(metadata) => check_mode(path, &metadata, "600"),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed("look at", path)(error)),
    }
}

#[cfg(unix)]
fn check_mode(path: &Path, metadata: &fs::Metadata, closed: &str) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    // The path in single quotes, so that the command can be pasted as it is.
    let quoted = path.display().to_string().replace('\'', "'\\''");
    Err(StoreError::Permissions {
        path: path.to_owned(),
        mode,
        fix: format!("chmod {closed} '{quoted}'"),
    })
}

/// Elsewhere access is governed by lists that the folder hands down.
#[cfg(not(unix))]
fn check_mode(_path: &Path, _metadata: &fs::Metadata, _closed: &str) -> Result<(), StoreError> {
    Ok(())
}

/// Reads a whole file; `None` if it is not there. Refuses one that others can read.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("open", path)(error)),
    };
    // The opened file's own metadata: a name could be given to another file in between.
    let metadata = file.metadata().map_err(failed("look at", path))?;
    check_mode(path, &metadata, "600")?;
    if metadata.len() > LARGEST {
        let detail = format!("it has {} bytes; {LARGEST} are the most", metadata.len());
        return Err(StoreError::corrupt(path.display().to_string(), detail));
    }
    let room = usize::try_from(metadata.len()).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(room + 1));
    file.take(LARGEST)
        .read_to_end(&mut bytes)
        .map_err(failed("read", path))?;
    Ok(Some(bytes))
}

/// What a file is called while it is written.
const UNFINISHED: &str = ".tmp";
const UNFINISHED_JSON: &str = ".json.tmp";

/// Puts `bytes` in the place of `folder/name`: written to a file beside it, brought to the disk, renamed, and the
/// folder brought to the disk. The caller holds the lock that guards the name.
pub(super) fn replace(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let path = folder.join(name);
    let beside = folder.join(format!("{name}{UNFINISHED}"));
    // What a killed process left behind. Never opened and overwritten: its mode would not be ours.
    remove_quietly(&beside)?;
    let mut file = private()
        .write(true)
        .create_new(true)
        .open(&beside)
        .map_err(failed("create", &beside))?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&beside, &path));
    if let Err(error) = written {
        // The first error says more than one about the leftover.
        let _ = fs::remove_file(&beside);
        return Err(failed("write", &path)(error));
    }
    sync_folder(folder)
}

/// Removes what a killed process left of `folder/name`. The caller holds the lock that guards the name, so nobody is
/// writing it.
pub(super) fn remove_unfinished(folder: &Path, name: &str) -> Result<bool, StoreError> {
    remove_quietly(&folder.join(format!("{name}{UNFINISHED}")))
}

/// As [`names`], of the files that are being written, or that a killed process has left so.
pub(super) fn unfinished(folder: &Path, prefix: &str) -> Result<Vec<String>, StoreError> {
    listed(folder, prefix, UNFINISHED_JSON)
}

/// Removes a file, if it is there, and brings the folder to the disk.
pub(super) fn remove(folder: &Path, name: &str) -> Result<(), StoreError> {
    if remove_quietly(&folder.join(name))? {
        sync_folder(folder)?;
    }
    Ok(())
}

fn remove_quietly(path: &Path) -> Result<bool, StoreError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed("remove", path)(error)),
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed("bring to the disk", folder))
}

/// Elsewhere a folder cannot be opened as a file; the rename itself is durable there as far as it can be.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// Opens, or makes, a file that serves as a lock.
pub(super) fn lock_file(path: &Path) -> Result<File, StoreError> {
    private()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(failed("open", path))
}

/// Locks the file against all other processes. The lock goes with the process, however that ends.
pub(super) fn lock(file: &File, path: &Path) -> Result<(), StoreError> {
    let begun = Instant::now();
    let mut pause = Duration::from_micros(200);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(fs::TryLockError::Error(error)) => return Err(failed("lock", path)(error)),
            Err(fs::TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => {}
            Err(fs::TryLockError::WouldBlock) => {
                return Err(StoreError::unavailable(format_args!(
                    "another process has held the lock {} for {} seconds",
                    path.display(),
                    PATIENCE.as_secs()
                )));
            }
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// The names in a folder that begin with `prefix` and end in `.json`, without these.
pub(super) fn names(folder: &Path, prefix: &str) -> Result<Vec<String>, StoreError> {
    listed(folder, prefix, ".json")
}

fn listed(folder: &Path, prefix: &str, ending: &str) -> Result<Vec<String>, StoreError> {
    let list = || -> std::io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            let stem = name.to_str().and_then(|name| name.strip_prefix(prefix));
            if let Some(stem) = stem.and_then(|name| name.strip_suffix(ending)) {
                names.push(stem.to_owned());
            }
        }
        Ok(names)
    };
    list().map_err(failed("list", folder))
}
