//! The folder of a file store: which file holds what, and what guards it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::{Seal, disk, name};
use crate::store::form::{self, Marker};
use crate::store::login::Step;
use crate::store::record::Record;
use crate::store::{Advance, GrantKey, LoginHash, PendingLogin, SCHEMA_VERSION, StoreError};

/// How many locks guard the grants. One per grant would leave one more file behind for each.
const SHARDS: usize = 64;

/// The files in clear or sealed, and the locks, of one store.
pub(super) struct Folder {
    root: PathBuf,
    grants: PathBuf,
    logins: PathBuf,
    locks: PathBuf,
    seal: Seal,
    /// Threads of this process queue here, so that only one of them waits for the other processes.
    queues: Vec<Mutex<()>>,
}

/// What [`Folder::prepare`] may do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    New,
    Existing,
    Either,
}

/// A lock of the store, given back when dropped.
struct Locked<'a> {
    _file: File,
    _queue: MutexGuard<'a, ()>,
}

impl Folder {
    /// Makes the folder or opens it, as wanted; brings an older store up to this version.
    pub(super) fn prepare(root: &Path, seal: Seal, want: Want) -> Result<Self, StoreError> {
        let marker = root.join("store.json");
        let place = |detail: &str| StoreError::Place {
            what: root.display().to_string(),
            detail: detail.to_owned(),
        };
        if want == Want::Existing && !root.is_dir() {
            return Err(place("there is no folder: create the store first"));
        }
        disk::make_folder(root)?;
        disk::check_folder(root)?;
        let folder = Self {
            root: root.to_owned(),
            grants: root.join("grants"),
            logins: root.join("logins"),
            locks: root.join("locks"),
            seal,
            queues: (0..=SHARDS).map(|_| Mutex::new(())).collect(),
        };
        if want == Want::Existing && !marker.exists() {
            return Err(place("there is no store here: store.json is missing"));
        }
        disk::make_folder(&folder.locks)?;
        // Two processes may create the store at once: one does it, the other finds it done.
        let _locked = folder.lock_numbered(SHARDS)?;
        match disk::read(&marker)? {
            Some(_) if want == Want::New => return Err(place("there is a store here already")),
            Some(bytes) => folder.open(&marker, &bytes)?,
            None => folder.create()?,
        }
        drop(_locked);
        Ok(folder)
    }

    fn create(&self) -> Result<(), StoreError> {
        // Empty folders are what a process left that was killed while it made the store.
        if self.grants.exists() && !disk::names(&self.grants, "")?.is_empty() {
            return Err(StoreError::corrupt(
                self.root.display().to_string(),
                "there are grants, but store.json is missing",
            ));
        }
        disk::make_folder(&self.grants)?;
        disk::make_folder(&self.logins)?;
        let marker = Marker {
            store: "anaf-oauth".to_owned(),
            v: SCHEMA_VERSION,
            sealed_with: self.seal.key_id(),
        };
        disk::replace(&self.root, "store.json", &marker.write())
    }

    fn open(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let what = path.display().to_string();
        let marker = Marker::read(&what, bytes)?;
        if marker.store != "anaf-oauth" {
            return Err(StoreError::corrupt(what, "it is not a store of anaf-oauth"));
        }
        let place = |detail: &str| StoreError::Place {
            what: self.root.display().to_string(),
            detail: detail.to_owned(),
        };
        match (&marker.sealed_with, self.seal.key_id()) {
            (Some(_), None) => {
                return Err(place("its files are encrypted: open it with its key"));
            }
            (None, Some(_)) => {
                return Err(place("its files are not encrypted: open it without a key"));
            }
            (Some(found), Some(given)) if *found != given => {
                return Err(StoreError::WrongKey {
                    what: self.root.display().to_string(),
                });
            }
            _ => {}
        }
        for folder in [&self.grants, &self.logins, &self.locks] {
            disk::check_folder(folder)?;
        }
        // Version 1 is the first: each record states its own version and is rewritten in the present form when it
        // next changes, so the marker is all there is to bring up.
        if marker.v < SCHEMA_VERSION {
            let marker = Marker {
                v: SCHEMA_VERSION,
                ..marker
            };
            disk::replace(&self.root, "store.json", &marker.write())?;
        }
        if let Err(error) = self.sweep() {
            // They do no harm, and the next one who opens the store tries again.
            tracing::debug!(%error, "what killed processes left behind could not be removed");
        }
        Ok(())
    }

    /// Removes what killed processes left half written: it may hold tokens. Each under the lock that guards its name, so
    /// what is just being written is let be. The caller holds the lock of the logins and of the folder itself.
    fn sweep(&self) -> Result<(), StoreError> {
        disk::remove_unfinished(&self.root, "store.json")?;
        for prefix in ["l-", "s-"] {
            for stem in disk::unfinished(&self.logins, prefix)? {
                disk::remove_unfinished(&self.logins, &format!("{prefix}{stem}.json"))?;
            }
        }
        for prefix in ["g-", "i-"] {
            for stem in disk::unfinished(&self.grants, prefix)? {
                let Some(shard) = name::shard_of_name(&stem, SHARDS) else {
                    // Not one of ours.
                    continue;
                };
                let _locked = self.lock_numbered(shard)?;
                disk::remove_unfinished(&self.grants, &format!("{prefix}{stem}.json"))?;
            }
        }
        Ok(())
    }

    /// The schema version that the folder states now.
    pub(super) fn schema_version(&self) -> Result<u32, StoreError> {
        let path = self.root.join("store.json");
        let what = path.display().to_string();
        let bytes =
            disk::read(&path)?.ok_or_else(|| StoreError::corrupt(&*what, "it is missing"))?;
        Ok(Marker::read(&what, &bytes)?.v)
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn is_sealed(&self) -> bool {
        self.seal.key_id().is_some()
    }

    fn lock_numbered(&self, number: usize) -> Result<Locked<'_>, StoreError> {
        let queue = self
            .queues
            .get(number)
            .ok_or_else(|| StoreError::unavailable("no such lock"))?;
        let queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.locks.join(format!("{number:02}"));
        let file = disk::lock_file(&path)?;
        disk::lock(&file, &path)?;
        Ok(Locked {
            _file: file,
            _queue: queue,
        })
    }

    fn read(&self, folder: &Path, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let path = folder.join(name);
        let Some(bytes) = disk::read(&path)? else {
            return Ok(None);
        };
        let opened = self.seal.open(name, &path.display().to_string(), bytes)?;
        Ok(Some(opened))
    }

    fn replace(&self, folder: &Path, name: &str, json: &[u8]) -> Result<(), StoreError> {
        disk::replace(folder, name, &self.seal.seal(name, json)?)
    }

    /// Looks at a key's record.
    pub(super) fn look(&self, key: &GrantKey) -> Result<Record, StoreError> {
        let _locked = self.lock_numbered(name::shard(key, SHARDS))?;
        self.record(key)
    }

    /// Changes a key's record, durably. Nothing is written if the record stays as it is.
    pub(super) fn change<T>(
        &self,
        key: &GrantKey,
        change: impl FnOnce(&mut Record) -> T,
    ) -> Result<T, StoreError> {
        let _locked = self.lock_numbered(name::shard(key, SHARDS))?;
        let mut record = self.record(key)?;
        let revision = record.revision;
        let result = change(&mut record);
        if record.revision != revision {
            self.write_record(key, &record)?;
        }
        Ok(result)
    }

    /// A record with tokens is in `g-NAME.json`, one without in `i-NAME.json`, so that a listing need not read them.
    /// Where a process died between writing the one and removing the other, the greater revision is the true one.
    fn record(&self, key: &GrantKey) -> Result<Record, StoreError> {
        let name = name::encode(key);
        let mut newest = Record::default();
        for kind in ["g", "i"] {
            let name = format!("{kind}-{name}.json");
            let Some(json) = self.read(&self.grants, &name)? else {
                continue;
            };
            let what = self.grants.join(&name).display().to_string();
            let (whose, record) = form::read_record(&what, &json)?;
            if whose != *key {
                return Err(StoreError::corrupt(
                    what,
                    format!("it belongs to {whose:?}"),
                ));
            }
            if record.revision >= newest.revision {
                newest = record;
            }
        }
        Ok(newest)
    }

    fn write_record(&self, key: &GrantKey, record: &Record) -> Result<(), StoreError> {
        let name = name::encode(key);
        let (now, before) = match record.tokens {
            Some(_) => ("g", "i"),
            None => ("i", "g"),
        };
        let json = form::write_record(key, record);
        self.replace(&self.grants, &format!("{now}-{name}.json"), &json)?;
        disk::remove(&self.grants, &format!("{before}-{name}.json"))
    }

    /// The keys with a grant, in order.
    pub(super) fn keys(
        &self,
        after: Option<&GrantKey>,
        limit: usize,
    ) -> Result<Vec<GrantKey>, StoreError> {
        let mut keys = Vec::new();
        for stem in disk::names(&self.grants, "g-")? {
            let key = match name::decode(&stem) {
                Some(key) => key,
                None => match self.key_of(&stem)? {
                    Some(key) => key,
                    None => continue,
                },
            };
            if after.is_none_or(|after| key > *after) {
                keys.push(key);
            }
        }
        keys.sort_unstable();
        keys.truncate(limit);
        Ok(keys)
    }

    /// Whose record a file is whose name was cut.
    fn key_of(&self, stem: &str) -> Result<Option<GrantKey>, StoreError> {
        let name = format!("g-{stem}.json");
        let Some(json) = self.read(&self.grants, &name)? else {
            // Deleted since the folder was listed.
            return Ok(None);
        };
        let what = self.grants.join(&name).display().to_string();
        form::read_record(&what, &json).map(|(key, _)| Some(key))
    }

    /// Keeps a new login.
    pub(super) fn put_login(&self, login: &PendingLogin) -> Result<bool, StoreError> {
        let _locked = self.lock_numbered(SHARDS)?;
        if self.read_login(&login.id)?.is_some() || self.state_to_id(&login.state)?.is_some() {
            return Ok(false);
        }
        // The pointer first: one that points nowhere does no harm, a login without it could not be finished.
        let pointer = format!("s-{}.json", login.state);
        self.replace(&self.logins, &pointer, login.id.to_hex().as_bytes())?;
        self.write_login(login)?;
        Ok(true)
    }

    /// The login with this id.
    pub(super) fn login(&self, id: &LoginHash) -> Result<Option<PendingLogin>, StoreError> {
        let _locked = self.lock_numbered(SHARDS)?;
        self.read_login(id)
    }

    /// The login with this state.
    pub(super) fn login_by_state(
        &self,
        state: &LoginHash,
    ) -> Result<Option<PendingLogin>, StoreError> {
        let _locked = self.lock_numbered(SHARDS)?;
        match self.state_to_id(state)? {
            Some(id) => self.read_login(&id),
            None => Ok(None),
        }
    }

    /// Brings a login to another phase, if it may go there.
    pub(super) fn advance_login(&self, id: &LoginHash, step: Step) -> Result<Advance, StoreError> {
        let _locked = self.lock_numbered(SHARDS)?;
        let advance = step.take(self.read_login(id)?);
        if let Advance::Done(login) = &advance {
            self.write_login(login)?;
        }
        Ok(advance)
    }

    /// Forgets the logins that `old` says, and pointers to logins that are not there.
    pub(super) fn purge(&self, old: impl Fn(&PendingLogin) -> bool) -> Result<u64, StoreError> {
        let _locked = self.lock_numbered(SHARDS)?;
        let mut purged = 0;
        for stem in disk::names(&self.logins, "l-")? {
            let Ok(id) = LoginHash::from_hex(&stem) else {
                continue;
            };
            if self.read_login(&id)?.is_some_and(|login| old(&login)) {
                disk::remove(&self.logins, &format!("l-{id}.json"))?;
                purged += 1;
            }
        }
        for stem in disk::names(&self.logins, "s-")? {
            let Ok(state) = LoginHash::from_hex(&stem) else {
                continue;
            };
            let kept = match self.state_to_id(&state)? {
                Some(id) => self.read_login(&id)?.is_some(),
                None => false,
            };
            if !kept {
                disk::remove(&self.logins, &format!("s-{state}.json"))?;
            }
        }
        Ok(purged)
    }

    fn read_login(&self, id: &LoginHash) -> Result<Option<PendingLogin>, StoreError> {
        let name = format!("l-{id}.json");
        let Some(json) = self.read(&self.logins, &name)? else {
            return Ok(None);
        };
        let what = self.logins.join(&name).display().to_string();
        let login = form::read_login(&what, &json)?;
        if login.id != *id {
            return Err(StoreError::corrupt(what, "it is another login"));
        }
        Ok(Some(login))
    }

    fn write_login(&self, login: &PendingLogin) -> Result<(), StoreError> {
        self.replace(
            &self.logins,
            &format!("l-{}.json", login.id),
            &form::write_login(login),
        )
    }

    fn state_to_id(&self, state: &LoginHash) -> Result<Option<LoginHash>, StoreError> {
        let name = format!("s-{state}.json");
        let Some(bytes) = self.read(&self.logins, &name)? else {
            return Ok(None);
        };
        let what = self.logins.join(&name).display().to_string();
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| StoreError::corrupt(&*what, "it is not text"))?;
        let id = LoginHash::from_hex(text).map_err(|error| StoreError::corrupt(what, error))?;
        Ok(Some(id))
    }
}
