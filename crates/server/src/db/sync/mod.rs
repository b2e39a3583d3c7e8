//! The tables as sync sees them: rows with registers, whose stamps say what they come after.
//!
//! A file for each kind of row reads and writes it; the others are about operations, devices, marks and epochs. Everything that writes must
//! hold the lock of the user's head row.

mod copy;
mod device;
mod epochs;
mod exception;
mod marks;
mod operation;
mod schedule;
mod setting;
mod stamps;
mod tombstone;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use weekwise_domain::ScheduleId;
use weekwise_protocol::sync::{CopyId, Rev, Row, RowKey};
use weekwise_sync::{
    Rows,
    server::{Account, Head, Needs},
};

pub(crate) use device::{clock, devices, pushed};
pub(crate) use epochs::{Epochs, MAX_EPOCHS, fork};
pub(crate) use marks::{mark, mark_at, marks_at};
pub(crate) use operation::{known, record};
use stamps::{Stamps, Written};

use crate::UserId;

/// Which rows of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// Those after this revision.
    pub(crate) after: i64,
    /// Up to this one.
    pub(crate) through: i64,
}

/// Who reads, and what the epochs of their rows are called.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) user: &'a UserId,
    pub(crate) epochs: &'a Epochs,
}

/// Loads what a push needs into an account.
pub(crate) async fn load(
    connection: &mut PgConnection,
    reader: Reader<'_>,
    head: Head,
    needs: &Needs,
) -> sqlx::Result<Account> {
    let mut account = Account::new(head);
    let (tombstones, graves) = tombstone::needed(connection, reader, needs).await?;
    let schedules = schedule::needed(connection, reader, needs).await?;
    let mut series = needs.series.clone();
    for row in schedules.iter().chain(&tombstones) {
        series.extend(series_of(row));
    }
    let mut rows: Vec<Row> = exception::needed(connection, reader, needs, &series).await?;
    rows.extend(setting::needed(connection, reader, needs).await?);
    rows.extend(copy::needed(connection, reader, &needs.copies).await?);
    rows.extend(schedules);
    rows.extend(tombstones);
    account.rows = rows.into_iter().collect();
    account.graves = graves;
    account.operations = known(connection, reader.user, &needs.operations).await?;
    Ok(account)
}

fn series_of(row: &Row) -> Option<weekwise_domain::SeriesId> {
    use weekwise_protocol::sync::Value;
    row.registers.values().find_map(|register| match &register.value {
        Value::Pattern(fields) => Some(fields.pattern.series_id),
        Value::Gone { series_id } => Some(*series_id),
        _ => None,
    })
}

/// The rows of a stretch of revisions, in their order.
pub(crate) async fn between(connection: &mut PgConnection, reader: Reader<'_>, span: Span) -> sqlx::Result<Vec<Row>> {
    let mut rows = schedule::between(connection, reader, span).await?;
    rows.extend(exception::between(connection, reader, span).await?);
    rows.extend(setting::between(connection, reader, span).await?);
    rows.extend(tombstone::between(connection, reader, span).await?);
    rows.extend(copy::between(connection, reader, span).await?);
    rows.sort_by_key(|row| row.rev);
    Ok(rows)
}

/// The revision up to which there are `count` rows after `since`; the last one if there are fewer.
pub(crate) async fn reach(connection: &mut PgConnection, user: &UserId, since: Rev, count: i64) -> sqlx::Result<i64> {
    // Each part is read from an index alone.
    const REACH: &str = "SELECT coalesce(max(rev), $2) FROM (SELECT rev FROM ( \
        (SELECT rev FROM schedule WHERE user_id = $1 AND rev > $2 ORDER BY rev LIMIT $3) UNION ALL \
        (SELECT rev FROM exception WHERE user_id = $1 AND rev > $2 ORDER BY rev LIMIT $3) UNION ALL \
        (SELECT rev FROM setting WHERE user_id = $1 AND rev > $2 ORDER BY rev LIMIT $3) UNION ALL \
        (SELECT rev FROM tombstone WHERE user_id = $1 AND rev > $2 ORDER BY rev LIMIT $3) UNION ALL \
        (SELECT rev FROM conflict_copy WHERE user_id = $1 AND rev > $2 ORDER BY rev LIMIT $3)) it ORDER BY rev LIMIT $3) it";
    sqlx::query_scalar(REACH).bind(user).bind(since.0).bind(count).fetch_one(connection).await
}

/// How many rows a user has.
pub(crate) async fn count(connection: &mut PgConnection, user: &UserId) -> sqlx::Result<i64> {
    const COUNT: &str = "SELECT (SELECT count(*) FROM schedule WHERE user_id = $1) + (SELECT count(*) FROM exception WHERE user_id = $1) \
        + (SELECT count(*) FROM setting WHERE user_id = $1) + (SELECT count(*) FROM tombstone WHERE user_id = $1) \
        + (SELECT count(*) FROM conflict_copy WHERE user_id = $1)";
    sqlx::query_scalar(COUNT).bind(user).fetch_one(connection).await
}

/// Which of some conflict copies are there.
pub(crate) async fn copies_there(
    connection: &mut PgConnection,
    user: &UserId,
    ids: impl Iterator<Item = CopyId>,
) -> sqlx::Result<Vec<CopyId>> {
    copy::there(connection, user, ids).await
}

/// Writes rows that changed.
pub(crate) struct Writer<'a> {
    pub(crate) user: &'a UserId,
    /// The number of the epoch, for servers that know no others.
    pub(crate) epoch: i32,
    pub(crate) now: DateTime<Utc>,
}

impl Writer<'_> {
    /// Puts a row in the place of the one with its key. One that is new gets the integer id.
    pub(crate) async fn put(&self, connection: &mut PgConnection, row: &Row, integer_id: i64) -> sqlx::Result<()> {
        match &row.key {
            RowKey::Schedule(id) => schedule::put(connection, self, *id, row, integer_id).await,
            RowKey::Exception(key) => exception::put(connection, self, *key, row, integer_id).await,
            RowKey::Setting(name) => setting::put(connection, self, name, row).await,
            RowKey::Tombstone(id) => tombstone::put(connection, self, *id, row).await,
            RowKey::ConflictCopy(id) => copy::put(connection, self, *id, row).await,
            RowKey::Other { .. } => Err(unknown(&row.key)),
        }
    }

    /// Removes a schedule. No other row is ever removed.
    pub(crate) async fn remove(&self, connection: &mut PgConnection, key: &RowKey) -> sqlx::Result<()> {
        match key {
            RowKey::Schedule(id) => crate::db::schedule::remove(connection, self.user, *id).await,
            _ => Err(unknown(key)),
        }
    }

    /// Keeps what a purged schedule was.
    pub(crate) async fn bury(
        &self,
        connection: &mut PgConnection,
        id: ScheduleId,
        was: &weekwise_domain::Schedule,
    ) -> sqlx::Result<()> {
        tombstone::bury(connection, self.user, id, was).await
    }
}

/// Stores the stamps of rows, which are otherwise as they were.
pub(crate) async fn restamp(connection: &mut PgConnection, user: &UserId, rows: &Rows) -> sqlx::Result<()> {
    for row in rows.iter() {
        let stamps = Stamps::of(row);
        match &row.key {
            RowKey::Schedule(id) => {
                let query = sqlx::query("UPDATE schedule SET stamps = $3 WHERE user_id = $1 AND id = $2");
                query.bind(user).bind(id.0).bind(stamps.json()).execute(&mut *connection).await?;
            }
            RowKey::Exception(key) => {
                const SET: &str =
                    "UPDATE exception SET stamps = $4 WHERE user_id = $1 AND series_id = $2 AND original_date = $3";
                let query = sqlx::query(SET).bind(user).bind(key.series_id.0).bind(chrono::NaiveDate::from(key.date));
                query.bind(stamps.json()).execute(&mut *connection).await?;
            }
            RowKey::Setting(name) => {
                let query = sqlx::query("UPDATE setting SET stamps = $3 WHERE user_id = $1 AND name = $2");
                query.bind(user).bind(name).bind(stamps.json()).execute(&mut *connection).await?;
            }
            RowKey::Tombstone(id) => {
                let query = sqlx::query("UPDATE tombstone SET stamps = $3 WHERE user_id = $1 AND schedule_id = $2");
                query.bind(user).bind(id.0).bind(stamps.json()).execute(&mut *connection).await?;
            }
            RowKey::ConflictCopy(id) => {
                let query = sqlx::query("UPDATE conflict_copy SET stamps = $3 WHERE user_id = $1 AND id = $2");
                query.bind(user).bind(id.0).bind(stamps.json()).execute(&mut *connection).await?;
            }
            RowKey::Other { .. } => return Err(unknown(&row.key)),
        }
    }
    Ok(())
}

/// What the judgement of a push never comes to.
fn unknown(key: &RowKey) -> sqlx::Error {
    sqlx::Error::Encode(format!("{key}: there is no table for that").into())
}

/// A row without a register that it must have.
fn lacks(row: &Row, what: &str) -> sqlx::Error {
    sqlx::Error::Encode(format!("{}: it has no {what} that is known here", row.key).into())
}

/// A moment that the tables can hold; none before 1900 and after 2299, which no clock of ours shows.
fn moment(ms: i64) -> Option<DateTime<Utc>> {
    use chrono::Datelike as _;
    DateTime::from_timestamp_millis(ms).filter(|moment| (1900..2300).contains(&moment.year()))
}
