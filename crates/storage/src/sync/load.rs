//! Loading what a step needs: a fixed number of queries, however many rows they name.

use serde_json::json;
use sqlx::{SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Copy, HeldRow, Needs, OutboxRow, Outline, Owner, Rejected, RejectedRow, SyncCounts, SyncState};
use crate::{StorageError, column::Columns};

/// Whose file it is.
pub(super) async fn owner(connection: &mut SqliteConnection) -> Result<Option<Owner>, StorageError> {
    let found: Option<(String, String)> =
        sqlx::query_as("SELECT server, user_id FROM account").fetch_optional(connection).await?;
    Ok(found.map(|(server, user_id)| Owner { server, user_id }))
}

pub(super) async fn outline(connection: &mut SqliteConnection) -> Result<Outline, StorageError> {
    let state = state(connection).await?;
    let outbox = sqlx::query("SELECT seq, op, body, through FROM outbox ORDER BY seq");
    let outbox = outbox.fetch_all(&mut *connection).await?.iter().map(read_outbox).collect::<Result<_, _>>()?;
    let held: Vec<(i64, String, Option<i64>)> =
        sqlx::query_as("SELECT id, body, through FROM held ORDER BY id").fetch_all(connection).await?;
    let held = held.into_iter().map(|(id, body, through)| HeldRow { id, body, through }).collect();
    Ok(Outline { state, outbox, held })
}

pub(super) async fn counts(connection: &mut SqliteConnection) -> Result<SyncCounts, StorageError> {
    const COUNT: &str = "SELECT (SELECT count(*) FROM outbox WHERE through IS NULL), \
        (SELECT count(*) FROM outbox WHERE through IS NOT NULL) + (SELECT count(*) FROM held WHERE through IS NOT NULL), \
        (SELECT count(*) FROM held WHERE through IS NULL)";
    let state = state(connection).await?;
    let (unsent, waiting, held): (i64, i64, i64) = sqlx::query_as(COUNT).fetch_one(connection).await?;
    let count = |rows: i64| usize::try_from(rows).unwrap_or_default();
    Ok(SyncCounts { state, unsent: count(unsent), waiting: count(waiting), held: count(held) })
}

async fn state(connection: &mut SqliteConnection) -> Result<SyncState, StorageError> {
    const STATE: &str = "SELECT device, epoch, cursor, trail, known, checksum, next, stale FROM account";
    let row = sqlx::query(STATE).fetch_optional(connection).await?.ok_or(StorageError::NoAccount)?;
    let mut columns = Columns::of(&row, "account");
    Ok(SyncState {
        device: columns.get()?,
        epoch: columns.get()?,
        cursor: columns.get()?,
        trail: columns.get()?,
        known: columns.get()?,
        checksum: columns.get()?,
        next: columns.get()?,
        is_stale: columns.get()?,
    })
}

fn read_outbox(row: &SqliteRow) -> Result<OutboxRow, StorageError> {
    let mut columns = Columns::of(row, "outbox");
    Ok(OutboxRow { seq: columns.get()?, op: columns.uuid()?, body: columns.get()?, through: columns.get()? })
}

/// `CROSS JOIN` keeps SQLite from walking over the table and looking for each of its rows among what is needed, and
/// `INDEXED BY` from walking over all rows of a kind.
const NEEDED: &str = "WITH needed(kind, key) AS (SELECT value ->> 0, value ->> 1 FROM json_each(?1)), \
    segments(series) AS (SELECT unhex(value) FROM json_each(?2) UNION \
        SELECT base.series FROM needed CROSS JOIN base ON base.kind = 'schedule' AND base.key = needed.key \
        WHERE needed.kind IN ('schedule', 'tombstone') AND base.series IS NOT NULL), \
    dates(series) AS (SELECT unhex(value) FROM json_each(?3) UNION \
        SELECT base.series FROM json_each(?4) CROSS JOIN base ON base.kind = 'schedule' AND base.key = value \
        WHERE base.series IS NOT NULL) \
    SELECT base.body FROM needed CROSS JOIN base ON base.kind = needed.kind AND base.key = needed.key \
    UNION ALL SELECT base.body FROM segments CROSS JOIN base INDEXED BY base_by_series \
        ON base.series = segments.series AND base.kind = 'schedule' \
    UNION ALL SELECT base.body FROM dates CROSS JOIN base INDEXED BY base_by_series \
        ON base.series = dates.series AND base.kind = 'exception'";

pub(super) async fn base(connection: &mut SqliteConnection, needs: &Needs) -> Result<Vec<String>, StorageError> {
    if needs.everything {
        return Ok(sqlx::query_scalar("SELECT body FROM base").fetch_all(connection).await?);
    }
    let hex = |id: Uuid| id.simple().to_string();
    let rows: Vec<_> = needs.rows.iter().map(|name| json!([name.kind, name.key])).collect();
    let segments: Vec<_> = needs.segments.iter().map(|id| hex(id.0)).collect();
    let dates: Vec<_> = needs.dates.iter().map(|id| hex(id.0)).collect();
    let dates_of: Vec<_> = needs.dates_of.iter().map(|id| id.0.to_string()).collect();
    let query = sqlx::query_scalar(NEEDED);
    let query = query.bind(json!(rows).to_string()).bind(json!(segments).to_string());
    Ok(query.bind(json!(dates).to_string()).bind(json!(dates_of).to_string()).fetch_all(connection).await?)
}

pub(super) async fn rejected(connection: &mut SqliteConnection) -> Result<Vec<Rejected>, StorageError> {
    const ALL: &str =
        "SELECT id, rejected_at, what = 'operation', body, reason FROM rejected WHERE dismissed = 0 ORDER BY id";
    let read = |row: &SqliteRow| {
        let mut columns = Columns::of(row, "rejected");
        let (id, at) = (columns.get()?, columns.get()?);
        let row = RejectedRow { is_operation: columns.get()?, body: columns.get()?, reason: columns.get()? };
        Ok(Rejected { id, at, row })
    };
    sqlx::query(ALL).fetch_all(connection).await?.iter().map(read).collect()
}

pub(super) async fn copies(connection: &mut SqliteConnection) -> Result<Vec<Copy>, StorageError> {
    const ALL: &str = "SELECT id, body, resolved FROM conflict_copy ORDER BY id";
    let read = |row: &SqliteRow| {
        let mut columns = Columns::of(row, "conflict_copy");
        Ok(Copy { id: columns.uuid()?, body: columns.get()?, is_resolved: columns.get()? })
    };
    sqlx::query(ALL).fetch_all(connection).await?.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;
    use crate::tests::Place;

    /// However many rows a file holds, a step finds those that it needs by their names and series.
    #[tokio::test]
    async fn no_step_walks_over_all_rows() {
        let place = Place::new();
        let _store = place.store().await;
        let explain = format!("EXPLAIN QUERY PLAN {NEEDED}");
        let query = sqlx::query(sqlx::AssertSqlSafe(explain)).bind("[]").bind("[]").bind("[]").bind("[]");
        let plan = query.fetch_all(&mut place.raw().await).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
        assert!(steps.iter().any(|step| step.contains("SEARCH base USING INDEX base_by_series")), "{steps:#?}");
        assert!(!steps.iter().any(|step| step.starts_with("SCAN base")), "{steps:#?}");
    }
}
