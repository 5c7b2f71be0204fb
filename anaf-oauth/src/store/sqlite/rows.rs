//! Between our values and SQLite's rows.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{Problem, begin};
use crate::store::login::Step;
use crate::store::record::Record;
use crate::store::{Advance, GrantKey, LoginHash, PendingLogin, StoreError, form};

pub(super) fn read(connection: &Connection, key: &GrantKey) -> Result<Record, Problem> {
    let json: Option<String> = connection
        .prepare("SELECT record FROM grants WHERE key = ?1")?
        .query_row([key.as_str()], |row| row.get(0))
        .optional()?;
    let Some(json) = json.map(zeroize::Zeroizing::new) else {
        return Ok(Record::default());
    };
    let what = format!("the row of {key:?}");
    let (whose, record) = form::read_record(&what, json.as_bytes())?;
    if whose != *key {
        return Err(StoreError::corrupt(what, format!("it belongs to {whose:?}")).into());
    }
    Ok(record)
}

pub(super) fn write(
    connection: &Connection,
    key: &GrantKey,
    record: &Record,
) -> Result<(), Problem> {
    let json = form::write_record(key, record);
    let live = record.tokens.is_some();
    connection
        .prepare(
            "INSERT INTO grants (key, live, record) VALUES (?1, ?2, ?3)
             ON CONFLICT (key) DO UPDATE SET live = excluded.live, record = excluded.record",
        )?
        .execute(params![key.as_str(), live, text(&json)?])?;
    Ok(())
}

/// JSON that we wrote, as text.
pub(super) fn text(json: &[u8]) -> Result<&str, StoreError> {
    std::str::from_utf8(json).map_err(|_| StoreError::invalid("JSON is text"))
}

/// By which hash a login is looked for.
#[derive(Clone, Copy)]
pub(super) enum Column {
    Id,
    State,
}

pub(super) fn login_where(
    connection: &Connection,
    column: Column,
    hash: &LoginHash,
) -> Result<Option<PendingLogin>, Problem> {
    let sql = match column {
        Column::Id => "SELECT record FROM logins WHERE id = ?1",
        Column::State => "SELECT record FROM logins WHERE state = ?1",
    };
    let json: Option<String> = connection
        .prepare(sql)?
        .query_row([hash.to_hex()], |row| row.get(0))
        .optional()?;
    let login = json.map(|json| form::read_login("a login's row", json.as_bytes()));
    Ok(login.transpose()?)
}

pub(super) fn nanoseconds(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(if at < Timestamp::UNIX_EPOCH {
        i64::MIN
    } else {
        i64::MAX
    })
}

pub(super) fn advance(
    connection: &mut Connection,
    id: &LoginHash,
    step: Step,
) -> Result<Advance, Problem> {
    let transaction = begin(connection)?;
    let advance = step.take(login_where(&transaction, Column::Id, id)?);
    if let Advance::Done(login) = &advance {
        let json = form::write_login(login);
        transaction.execute(
            "UPDATE logins SET record = ?2 WHERE id = ?1",
            params![id.to_hex(), text(&json)?],
        )?;
        transaction.commit()?;
    }
    Ok(advance)
}
