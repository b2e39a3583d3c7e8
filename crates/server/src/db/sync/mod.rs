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
mod restamp;
mod schedule;
mod setting;
mod stamps;
mod tombstone;

use std::{collections::BTreeMap, pin::pin};

use chrono::{DateTime, Utc};
use futures_util::{Stream, TryStreamExt as _};
use sqlx::{PgConnection, Row as _, postgres::PgRow};
use weekwise_domain::{ExceptionKey, Schedule, ScheduleId, SeriesId};
use weekwise_protocol::sync::{CopyId, Rev, Row, RowKey, Value};
use weekwise_sync::server::{Account, Head, Needs};

pub(crate) use device::{DevicePush, clock, devices, pushed};
pub(crate) use epochs::{Epochs, MAX_EPOCHS, fork};
pub(crate) use marks::{mark, mark_at, marks_at, marks_of};
pub(crate) use operation::{known, record};
pub(crate) use restamp::restamp;
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

fn series_of(row: &Row) -> Option<SeriesId> {
    row.registers.values().find_map(|register| match &register.value {
        Value::Pattern(fields) => Some(fields.pattern.series_id),
        Value::Gone { series_id } => Some(*series_id),
        _ => None,
    })
}

/// The rows of a stretch of revisions, in their order: all, or the first ones, of which those of no kind are much more than `most` bytes.
pub(crate) async fn between(
    connection: &mut PgConnection,
    reader: Reader<'_>,
    mut span: Span,
    most: usize,
) -> sqlx::Result<Vec<Row>> {
    let mut rows = Vec::new();
    let stretch = schedule::between(connection, reader, span, most).await?;
    stretch.add_to(&mut rows, &mut span);
    let stretch = exception::between(connection, reader, span, most).await?;
    stretch.add_to(&mut rows, &mut span);
    let stretch = setting::between(connection, reader, span, most).await?;
    stretch.add_to(&mut rows, &mut span);
    let stretch = tombstone::between(connection, reader, span, most).await?;
    stretch.add_to(&mut rows, &mut span);
    let stretch = copy::between(connection, reader, span, most).await?;
    stretch.add_to(&mut rows, &mut span);
    rows.retain(|row| row.rev.0 <= span.through);
    rows.sort_by_key(|row| row.rev);
    Ok(rows)
}

/// Rows of one kind, in the order of their revisions.
struct Stretch {
    rows: Vec<Row>,
    /// Whether there are more of them.
    is_cut: bool,
}

impl Stretch {
    /// Reads rows until they are more than `most` bytes.
    async fn read(
        found: impl Stream<Item = sqlx::Result<PgRow>>,
        most: usize,
        read: impl Fn(&PgRow) -> sqlx::Result<Row>,
    ) -> sqlx::Result<Self> {
        let mut found = pin!(found);
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while let Some(row) = found.try_next().await? {
            if bytes > most {
                return Ok(Self { rows, is_cut: true });
            }
            for column in 0..row.len() {
                bytes += row.try_get_raw(column)?.as_bytes().map_or(0, <[u8]>::len);
            }
            rows.push(read(&row)?);
        }
        Ok(Self { rows, is_cut: false })
    }

    /// Adds the rows to others. Where there are more of them, the span ends with the last one.
    fn add_to(self, rows: &mut Vec<Row>, span: &mut Span) {
        if let Some(last) = self.rows.last().filter(|_| self.is_cut) {
            span.through = span.through.min(last.rev.0);
        }
        rows.extend(self.rows);
    }
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

/// The most rows of a user.
const MAX_ROWS: i64 = 200_000;

/// How many more rows a user may have, whose last revision is `rev`.
pub(crate) async fn room(connection: &mut PgConnection, user: &UserId, rev: i64) -> sqlx::Result<i64> {
    // Each row has a revision of its own: there are no more rows than revisions.
    let rows = if rev <= MAX_ROWS / 2 { rev } else { count(connection, user).await? };
    Ok((MAX_ROWS - rows).max(0))
}

async fn count(connection: &mut PgConnection, user: &UserId) -> sqlx::Result<i64> {
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

/// Rows that changed, by kind.
#[derive(Default)]
pub(crate) struct Changed<'a> {
    schedules: Vec<New<'a, ScheduleId>>,
    exceptions: Vec<New<'a, ExceptionKey>>,
    settings: Vec<New<'a, &'a str>>,
    tombstones: Vec<New<'a, ScheduleId>>,
    copies: Vec<New<'a, CopyId>>,
    removed: Vec<ScheduleId>,
}

/// A row as it is to be stored.
struct New<'a, Key> {
    key: Key,
    row: &'a Row,
    /// For a row that is new, if it is of a kind that has such numbers.
    integer_id: i64,
}

impl<'a> Changed<'a> {
    /// A row takes the place of the one with its key. If there was none, it may get an integer id.
    pub(crate) fn put(&mut self, row: &'a Row, integer_id: impl FnOnce() -> i64) -> sqlx::Result<()> {
        match &row.key {
            RowKey::Schedule(key) => self.schedules.push(New { key: *key, row, integer_id: integer_id() }),
            RowKey::Exception(key) => self.exceptions.push(New { key: *key, row, integer_id: integer_id() }),
            RowKey::Setting(key) => self.settings.push(New { key, row, integer_id: 0 }),
            RowKey::Tombstone(key) => self.tombstones.push(New { key: *key, row, integer_id: 0 }),
            RowKey::ConflictCopy(key) => self.copies.push(New { key: *key, row, integer_id: 0 }),
            RowKey::Other { .. } => return Err(unknown(&row.key)),
        }
        Ok(())
    }

    /// A schedule is removed. No other row ever is.
    pub(crate) fn remove(&mut self, key: &RowKey) -> sqlx::Result<()> {
        match key {
            RowKey::Schedule(id) => self.removed.push(*id),
            _ => return Err(unknown(key)),
        }
        Ok(())
    }
}

impl Writer<'_> {
    /// Stores rows that changed, a statement for each kind however many there are. `graves` are what the schedules were that are
    /// removed.
    pub(crate) async fn store(
        &self,
        connection: &mut PgConnection,
        changed: &Changed<'_>,
        graves: &BTreeMap<ScheduleId, Schedule>,
    ) -> sqlx::Result<()> {
        schedule::remove(connection, self, &changed.removed).await?;
        schedule::put(connection, self, &changed.schedules).await?;
        exception::put(connection, self, &changed.exceptions).await?;
        setting::put(connection, self, &changed.settings).await?;
        tombstone::put(connection, self, &changed.tombstones, graves).await?;
        copy::put(connection, self, &changed.copies).await
    }
}

/// One column of many rows.
fn column<'a, Part, T>(parts: &'a [Part], of: impl Fn(&'a Part) -> T) -> Vec<T> {
    parts.iter().map(of).collect()
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
