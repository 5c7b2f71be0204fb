//! Between our values and PostgreSQL's.

use jiff::Timestamp;
use tokio_postgres::Row;
use zeroize::Zeroizing;

use crate::store::{GrantKey, LoginHash, LoginPhase, PendingLogin, StoreError, Stored, TokenSet};

/// A number of ours as PostgreSQL keeps it.
pub(super) fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number)
        .map_err(|_| StoreError::invalid("a version or fencing number beyond 2^63"))
}

pub(super) fn signed_opt(number: Option<u64>) -> Result<Option<i64>, StoreError> {
    number.map(signed).transpose()
}

pub(super) fn get<'a, T: tokio_postgres::types::FromSql<'a>>(
    row: &'a Row,
    at: usize,
) -> Result<T, StoreError> {
    row.try_get(at)
        .map_err(|error| StoreError::corrupt(format!("column {at} of a row"), error))
}

pub(super) fn unsigned(row: &Row, at: usize) -> Result<u64, StoreError> {
    let number: i64 = get(row, at)?;
    u64::try_from(number)
        .map_err(|_| StoreError::corrupt(format!("column {at} of a row"), "a negative number"))
}

pub(super) fn nanoseconds(at: Timestamp) -> Result<i64, StoreError> {
    i64::try_from(at.as_nanosecond())
        .map_err(|_| StoreError::invalid("a time outside of the years 1678 to 2261"))
}

pub(super) fn time(row: &Row, at: usize) -> Result<Timestamp, StoreError> {
    let ns: i64 = get(row, at)?;
    Timestamp::from_nanosecond(i128::from(ns))
        .map_err(|error| StoreError::corrupt(format!("column {at} of a row"), error))
}

/// A row that begins with tokens and version; `None` if the grant was deleted.
pub(super) fn stored(key: &GrantKey, row: &Row) -> Result<Option<Stored>, StoreError> {
    let Some(json) = get::<Option<String>>(row, 0)?.map(Zeroizing::new) else {
        return Ok(None);
    };
    Ok(Some(Stored {
        tokens: TokenSet::from_json(&format!("the row of {key:?}"), &json)?,
        version: unsigned(row, 1)?,
    }))
}

pub(super) fn login(row: &Row) -> Result<PendingLogin, StoreError> {
    let corrupt = |error: StoreError| StoreError::corrupt("a login's row", error);
    let mut login = PendingLogin::new(
        LoginHash::from_hex(get(row, 0)?).map_err(corrupt)?,
        LoginHash::from_hex(get(row, 1)?).map_err(corrupt)?,
        GrantKey::new(get::<&str>(row, 2)?).map_err(corrupt)?,
        get::<String>(row, 3)?,
        time(row, 4)?,
        time(row, 5)?,
    );
    let phase: &str = get(row, 6)?;
    login.phase = LoginPhase::parse(phase)
        .ok_or_else(|| StoreError::corrupt("a login's row", format!("no phase `{phase}`")))?;
    login.changed_at = time(row, 7)?;
    login.reason = get(row, 8)?;
    Ok(login)
}
