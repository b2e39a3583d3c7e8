//! Storing what a step changed: a statement for each table, however many rows there are.

use serde::Serialize;
use serde_json::{Value as Json, json};
use sqlx::SqliteConnection;
use uuid::Uuid;
use weekwise_domain::{Cancellation, Exception, ExceptionKey, Override, Schedule, Setting};

use super::{BaseRow, Changed, Copy, HeldRow, OutboxRow, Owner, RejectedRow, RowName, SyncState, View, arrivals};
use crate::{Moment, StorageError};

/// Stores all of it.
pub(super) async fn all(connection: &mut SqliteConnection, changed: &Changed, now: Moment) -> Result<(), StorageError> {
    base(connection, &changed.base, &changed.base_gone).await?;
    outbox(connection, &changed.outbox, &changed.outbox_gone).await?;
    held(connection, &changed.held, &changed.held_gone).await?;
    rejected(connection, &changed.rejected, now).await?;
    arrivals::add(connection, &changed.arrivals).await?;
    if changed.is_whole_view {
        clear_view(connection).await?;
    }
    view(connection, &changed.view).await?;
    state(connection, &changed.state).await
}

/// Makes the file that of an account.
pub(super) async fn claim(connection: &mut SqliteConnection, owner: &Owner, device: &str) -> Result<(), StorageError> {
    // A file that was made anew from the journal alone has operations by then.
    const CLAIM: &str = "INSERT OR IGNORE INTO account \
        (only_one, server, user_id, device, cursor, trail, known, checksum, next, stale) \
        SELECT 1, ?, ?, ?, 0, '[]', '{}', printf('%032d', 0), 1 + coalesce(max(seq), 0), count(*) > 0 FROM outbox";
    sqlx::query(CLAIM).bind(&owner.server).bind(&owner.user_id).bind(device).execute(&mut *connection).await?;
    match super::load::owner(connection).await? {
        Some(found) if found == *owner => Ok(()),
        _ => Err(StorageError::OtherAccount),
    }
}

/// Puts operations back that are not there.
pub(super) async fn put_back(connection: &mut SqliteConnection, rows: &[OutboxRow]) -> Result<(), StorageError> {
    // Where its place was taken meanwhile it comes last, as it would if it were made now.
    const PUT: &str = "INSERT INTO outbox (seq, op, body) \
        SELECT max(?1, coalesce((SELECT next FROM account), 1)), ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE op = ?2)";
    for row in rows {
        let query = sqlx::query(PUT).bind(row.seq).bind(&row.op.as_bytes()[..]).bind(&row.body);
        query.execute(&mut *connection).await?;
        let next = "UPDATE account SET stale = 1, next = max(next, 1 + (SELECT max(seq) FROM outbox))";
        sqlx::query(next).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn state(connection: &mut SqliteConnection, state: &SyncState) -> Result<(), StorageError> {
    const SET: &str =
        "UPDATE account SET epoch = ?, cursor = ?, trail = ?, known = ?, checksum = ?, next = ?, stale = ?";
    let query = sqlx::query(SET).bind(&state.epoch).bind(state.cursor).bind(&state.trail).bind(&state.known);
    query.bind(&state.checksum).bind(state.next).bind(state.is_stale).execute(connection).await?;
    Ok(())
}

async fn base(connection: &mut SqliteConnection, rows: &[BaseRow], gone: &[RowName]) -> Result<(), StorageError> {
    const PUT: &str = "INSERT OR REPLACE INTO base (kind, key, rev, series, body) \
        SELECT value ->> 0, value ->> 1, value ->> 2, unhex(value ->> 3), value ->> 4 FROM json_each(?)";
    const REMOVE: &str = "DELETE FROM base WHERE (kind, key) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))";
    each(connection, PUT, &all_of(rows, base_row)).await?;
    each(connection, REMOVE, &all_of(gone, |name| (&name.kind, &name.key))).await
}

async fn outbox(connection: &mut SqliteConnection, rows: &[OutboxRow], gone: &[i64]) -> Result<(), StorageError> {
    // What an operation writes never changes; what the server has of it does, and how what its writer had seen is counted.
    const PUT: &str = "INSERT INTO outbox (seq, op, body, through) \
        SELECT value ->> 0, unhex(value ->> 1), value ->> 2, value ->> 3 FROM json_each(?) WHERE true \
        ON CONFLICT (seq) DO UPDATE SET body = excluded.body, through = excluded.through";
    const REMOVE: &str = "DELETE FROM outbox WHERE seq IN (SELECT value FROM json_each(?))";
    each(connection, PUT, &all_of(rows, |row| (row.seq, row.op.simple(), &row.body, row.through))).await?;
    each(connection, REMOVE, gone).await
}

async fn held(connection: &mut SqliteConnection, rows: &[HeldRow], gone: &[i64]) -> Result<(), StorageError> {
    const PUT: &str = "INSERT OR REPLACE INTO held (id, body, through) \
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)";
    const REMOVE: &str = "DELETE FROM held WHERE id IN (SELECT value FROM json_each(?))";
    each(connection, PUT, &all_of(rows, |row| (row.id, &row.body, row.through))).await?;
    each(connection, REMOVE, gone).await
}

async fn rejected(connection: &mut SqliteConnection, rows: &[RejectedRow], now: Moment) -> Result<(), StorageError> {
    const ADD: &str = "INSERT INTO rejected (rejected_at, what, body, reason) \
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)";
    let what = |row: &RejectedRow| if row.is_operation { "operation" } else { "row" };
    each(connection, ADD, &all_of(rows, |row| (now.to_rfc3339(), what(row), &row.body, &row.reason))).await
}

/// Settings that the server does not know stay.
async fn clear_view(connection: &mut SqliteConnection) -> Result<(), StorageError> {
    const CLEAR: &str = "DELETE FROM schedule; DELETE FROM exception; DELETE FROM conflict_copy; \
        DELETE FROM setting WHERE name IN ('slot_limit', 'time_zone', 'first_weekday', 'clock')";
    sqlx::raw_sql(CLEAR).execute(connection).await?;
    Ok(())
}

async fn view(connection: &mut SqliteConnection, view: &View) -> Result<(), StorageError> {
    const PUT_SCHEDULE: &str = "INSERT OR REPLACE INTO schedule (id, series_id, day_of_week, start_minute, end_minute, \
        valid_from, valid_until, every_n_weeks, title, notes, location, color, reminder_minutes, active) \
        SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, \
        value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13 FROM json_each(?)";
    const REMOVE_SCHEDULE: &str = "DELETE FROM schedule WHERE id IN (SELECT unhex(value) FROM json_each(?))";
    const PUT_EXCEPTION: &str = "INSERT OR REPLACE INTO exception (series_id, original_date, kind, start_minute, end_minute, \
        moved_to, title, notes, location) SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, \
        value ->> 5, value ->> 6, value ->> 7, value ->> 8 FROM json_each(?)";
    const REMOVE_EXCEPTION: &str = "DELETE FROM exception WHERE (series_id, original_date) IN \
        (SELECT unhex(value ->> 0), value ->> 1 FROM json_each(?))";
    const PUT_SETTING: &str =
        "INSERT OR REPLACE INTO setting (name, value) SELECT value ->> 0, value ->> 1 FROM json_each(?)";
    const REMOVE_SETTING: &str = "DELETE FROM setting WHERE name IN (SELECT value FROM json_each(?))";
    const PUT_COPY: &str = "INSERT OR REPLACE INTO conflict_copy (id, body, resolved) \
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2 FROM json_each(?)";
    const REMOVE_COPY: &str = "DELETE FROM conflict_copy WHERE id IN (SELECT unhex(value) FROM json_each(?))";
    let (put, gone) = parted(&view.schedules, |_, row| schedule(row), |id| id.0.simple());
    each(connection, PUT_SCHEDULE, &put).await?;
    each(connection, REMOVE_SCHEDULE, &gone).await?;
    let (put, gone) = parted(&view.exceptions, exception, |key| (key.series_id.0.simple(), key.date));
    each(connection, PUT_EXCEPTION, &put).await?;
    each(connection, REMOVE_EXCEPTION, &gone).await?;
    let (put, gone) = parted(&view.settings, |_, row| setting(row), String::clone);
    each(connection, PUT_SETTING, &put).await?;
    each(connection, REMOVE_SETTING, &gone).await?;
    let copy = |id: &Uuid, it: &Copy| (id.simple(), it.body.clone(), u8::from(it.is_resolved));
    let (put, gone) = parted(&view.copies, copy, |id| id.simple());
    each(connection, PUT_COPY, &put).await?;
    each(connection, REMOVE_COPY, &gone).await
}

fn all_of<'a, T, Row: Serialize>(rows: &'a [T], row: impl Fn(&'a T) -> Row) -> Vec<Row> {
    rows.iter().map(row).collect()
}

fn base_row(row: &BaseRow) -> impl Serialize + '_ {
    let BaseRow { name: RowName { kind, key }, rev, series, body } = row;
    (kind, key, rev, series.map(|series| series.0.simple()), body)
}

/// What is there, and the names of what is gone.
fn parted<'a, K, V, There, Gone>(
    rows: &'a [(K, Option<V>)],
    there: impl Fn(&'a K, &'a V) -> There,
    gone: impl Fn(&'a K) -> Gone,
) -> (Vec<There>, Vec<Gone>) {
    let all_there = rows.iter().filter_map(|(key, row)| Some(there(key, row.as_ref()?))).collect();
    let all_gone = rows.iter().filter(|(_, row)| row.is_none()).map(|(key, _)| gone(key)).collect();
    (all_there, all_gone)
}

/// Runs a statement whose parameter is the array of rows, unless there are none.
async fn each<T: Serialize>(
    connection: &mut SqliteConnection,
    statement: &'static str,
    rows: &[T],
) -> Result<(), StorageError> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = serde_json::to_string(rows).expect("rows are of numbers, texts and nothing");
    sqlx::query(statement).bind(rows).execute(connection).await?;
    Ok(())
}

fn schedule(Schedule { id, pattern, details, active }: &Schedule) -> impl Serialize + '_ {
    (
        id.0.simple(),
        pattern.series_id.0.simple(),
        pattern.day_of_week.number(),
        pattern.time.start().number(),
        pattern.time.end().number(),
        pattern.validity.from,
        pattern.validity.until,
        pattern.every.number(),
        &details.title,
        &details.notes,
        &details.location,
        details.color.name(),
        details.reminder.map(i64::from),
        u8::from(*active),
    )
}

fn exception<'a>(key: &'a ExceptionKey, row: &'a Exception) -> impl Serialize + 'a {
    let (kind, time, moved_to, title, notes, location) = match row {
        Exception::Cancelled(Cancellation { title, notes }) => ("cancelled", None, None, title, notes, &None),
        Exception::Override(Override { time, moved_to, title, notes, location }) => {
            ("override", *time, *moved_to, title, notes, location)
        }
    };
    let (start, end) = (time.map(|time| time.start().number()), time.map(|time| time.end().number()));
    (key.series_id.0.simple(), key.date, kind, start, end, moved_to, title, notes, location)
}

fn setting(setting: &Setting) -> (Json, String) {
    let mut named = json!(setting);
    (named["name"].take(), named["value"].to_string())
}
