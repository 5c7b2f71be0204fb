//! The JSON form of records and logins, as files and SQLite hold it.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::record::{Held, Moment, Record};
use super::tokens::{TokenForm, read_json};
use super::{
    GrantKey, JournalEntry, LoginHash, LoginPhase, PendingLogin, SCHEMA_VERSION, StoreError,
    TokenSet,
};

/// The version alone, which is looked at first.
#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// Refuses what a later version wrote; reads everything else.
fn read<T: serde::de::DeserializeOwned>(what: &str, json: &[u8]) -> Result<T, StoreError> {
    let Version { v } = read_json(what, json)?;
    if v > SCHEMA_VERSION {
        return Err(StoreError::TooNew {
            what: what.to_owned(),
            found: v,
            supported: SCHEMA_VERSION,
        });
    }
    read_json(what, json)
}

fn write<T: Serialize>(form: &T) -> Zeroizing<Vec<u8>> {
    #[expect(
        clippy::expect_used,
        reason = "strings, numbers and timestamps always serialise"
    )]
    Zeroizing::new(serde_json::to_vec(form).expect("a record is plain data"))
}

#[derive(Serialize, Deserialize)]
struct RecordForm {
    v: u32,
    key: String,
    revision: u64,
    version: u64,
    fence: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tokens: Option<TokenForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lease: Option<LeaseForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    journal: Vec<EntryForm>,
}

#[derive(Serialize, Deserialize)]
struct LeaseForm {
    holder: String,
    boot: Option<String>,
    steady_ms: u64,
    wall_ms: i64,
    ttl_ms: u64,
}

#[derive(Serialize, Deserialize)]
struct EntryForm {
    fence: u64,
    holder: String,
    version: u64,
    begun_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<TokenForm>,
}

/// A record as JSON.
pub(super) fn write_record(key: &GrantKey, record: &Record) -> Zeroizing<Vec<u8>> {
    let lease = record.lease.as_ref().map(|held| LeaseForm {
        holder: held.holder.clone(),
        boot: held.since.boot.clone(),
        steady_ms: held.since.steady_ms,
        wall_ms: held.since.wall_ms,
        ttl_ms: u64::try_from(held.ttl.as_millis()).unwrap_or(u64::MAX),
    });
    let journal = record.journal.iter().map(|entry| EntryForm {
        fence: entry.fence,
        holder: entry.holder.clone(),
        version: entry.version,
        begun_at: entry.begun_at,
        answer: entry.answer.as_ref().map(TokenSet::to_form),
    });
    write(&RecordForm {
        v: SCHEMA_VERSION,
        key: key.as_str().to_owned(),
        revision: record.revision,
        version: record.version,
        fence: record.fence,
        tokens: record.tokens.as_ref().map(TokenSet::to_form),
        lease,
        journal: journal.collect(),
    })
}

/// Reads a record, and whose it is.
pub(super) fn read_record(what: &str, json: &[u8]) -> Result<(GrantKey, Record), StoreError> {
    let form: RecordForm = read(what, json)?;
    let tokens =
        |form: Option<TokenForm>| form.map(|form| TokenSet::from_form(what, form)).transpose();
    let key = GrantKey::stored(form.key).map_err(|error| StoreError::corrupt(what, error))?;
    let lease = form.lease.map(|lease| Held {
        holder: lease.holder,
        since: Moment {
            boot: lease.boot,
            steady_ms: lease.steady_ms,
            wall_ms: lease.wall_ms,
        },
        ttl: Duration::from_millis(lease.ttl_ms),
    });
    let mut journal = Vec::with_capacity(form.journal.len());
    for entry in form.journal {
        let mut read =
            JournalEntry::intent(entry.fence, entry.holder, entry.version, entry.begun_at);
        read.answer = tokens(entry.answer)?;
        journal.push(read);
    }
    journal.sort_by_key(|entry| entry.fence);
    let record = Record {
        revision: form.revision,
        version: form.version,
        fence: form.fence,
        tokens: tokens(form.tokens)?,
        lease,
        journal,
    };
    Ok((key, record))
}

#[derive(Serialize, Deserialize)]
struct LoginForm {
    v: u32,
    id: String,
    state: String,
    key: String,
    redirect_uri: String,
    created_at: Timestamp,
    expires_at: Timestamp,
    phase: LoginPhase,
    changed_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// A login as JSON.
pub(super) fn write_login(login: &PendingLogin) -> Zeroizing<Vec<u8>> {
    write(&LoginForm {
        v: SCHEMA_VERSION,
        id: login.id.to_hex(),
        state: login.state.to_hex(),
        key: login.key.as_str().to_owned(),
        redirect_uri: login.redirect_uri.clone(),
        created_at: login.created_at,
        expires_at: login.expires_at,
        phase: login.phase,
        changed_at: login.changed_at,
        reason: login.reason.clone(),
    })
}

/// Reads a login.
pub(super) fn read_login(what: &str, json: &[u8]) -> Result<PendingLogin, StoreError> {
    let form: LoginForm = read(what, json)?;
    let corrupt = |error: StoreError| StoreError::corrupt(what, error);
    let mut login = PendingLogin::new(
        LoginHash::from_hex(&form.id).map_err(corrupt)?,
        LoginHash::from_hex(&form.state).map_err(corrupt)?,
        GrantKey::new(form.key).map_err(corrupt)?,
        form.redirect_uri,
        form.created_at,
        form.expires_at,
    );
    login.phase = form.phase;
    login.changed_at = form.changed_at;
    login.reason = form.reason;
    Ok(login)
}

/// What a store's folder says about itself, in the file `store.json`.
#[derive(Serialize, Deserialize)]
pub(super) struct Marker {
    /// Always `anaf-oauth`.
    pub(super) store: String,
    /// The schema version.
    pub(super) v: u32,
    /// The id of the key that seals the files; `None` if they are in clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sealed_with: Option<String>,
}

impl Marker {
    pub(super) fn write(&self) -> Zeroizing<Vec<u8>> {
        write(self)
    }

    pub(super) fn read(what: &str, json: &[u8]) -> Result<Self, StoreError> {
        read(what, json)
    }
}
