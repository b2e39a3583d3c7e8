//! Loading what a step needs: a fixed number of queries, however many rows they name or wait.

use serde_json::json;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Copy, HeldRow, Loaded, Needs, OutboxRow, Outline, Owner, Rejected, RejectedRow, SyncCounts, SyncState, Waiting,
};
use crate::{StorageError, column::Columns};

/// Whose file it is.
pub(super) async fn owner(connection: &mut SqliteConnection) -> Result<Option<Owner>, StorageError> {
    let found: Option<(String, String)> =
        sqlx::query_as("SELECT server, user_id FROM account").fetch_optional(connection).await?;
    Ok(found.map(|(server, user_id)| Owner { server, user_id }))
}

pub(super) async fn outline(connection: &mut SqliteConnection) -> Result<Outline, StorageError> {
    let state = state(connection).await?;
    let held: Vec<(i64, String, Option<i64>)> =
        sqlx::query_as("SELECT id, body, through FROM held ORDER BY id").fetch_all(connection).await?;
    let held = held.into_iter().map(|(id, body, through)| HeldRow { id, body, through }).collect();
    Ok(Outline { state, held })
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

pub(super) async fn state(connection: &mut SqliteConnection) -> Result<SyncState, StorageError> {
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

/// The first operations that the server does not have.
pub(super) async fn unsent(connection: &mut SqliteConnection, most: usize) -> Result<Vec<OutboxRow>, StorageError> {
    const FIRST: &str = "SELECT seq, op, body, through FROM outbox WHERE through IS NULL ORDER BY seq LIMIT ?";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    sqlx::query(FIRST).bind(most).fetch_all(connection).await?.iter().map(read_outbox).collect()
}

/// All that is needed, beginning with what is asked for by name: rows by kind and key, operations (`#operation`, by place), and series, of
/// which `#segments` stands for the schedules and `#dates` for the exceptions. The lines of the recursion are what the documentation of
/// [`Needs`] says.
///
/// `CROSS JOIN` keeps SQLite from walking over a table and looking for each of its rows among what is needed, and
/// `INDEXED BY` from walking over all rows of a kind.
const NEEDED: &str = "WITH RECURSIVE needed(kind, key) AS MATERIALIZED ( \
        SELECT value ->> 0, value ->> 1 FROM json_each(?1) \
        UNION SELECT '#segments', value FROM json_each(?2) \
        UNION SELECT '#dates', value FROM json_each(?3) \
        UNION SELECT '#dates', lower(hex(base.series)) FROM json_each(?4) CROSS JOIN base \
            ON base.kind = 'schedule' AND base.key = value WHERE base.series IS NOT NULL \
        UNION SELECT '#dates', lower(hex(written.series)) FROM json_each(?4) CROSS JOIN outbox_row written \
            ON written.kind = 'schedule' AND written.key = value WHERE written.series IS NOT NULL \
        UNION SELECT '#operation', value FROM json_each(?5) \
        UNION SELECT '#operation', written.seq FROM needed CROSS JOIN outbox_row written \
            ON written.kind = needed.kind AND written.key = needed.key \
        UNION SELECT written.kind, written.key FROM needed CROSS JOIN outbox_row written \
            ON written.seq = needed.key WHERE needed.kind = '#operation' \
        UNION SELECT '#segments', lower(hex(written.series)) FROM needed CROSS JOIN outbox_row written \
            ON written.seq = needed.key WHERE needed.kind = '#operation' AND written.series IS NOT NULL \
        UNION SELECT '#dates', lower(hex(written.series)) FROM needed CROSS JOIN outbox_row written \
            ON written.seq = needed.key \
            WHERE needed.kind = '#operation' AND written.kind = 'tombstone' AND written.series IS NOT NULL \
        UNION SELECT '#segments', lower(hex(base.series)) FROM needed CROSS JOIN base \
            ON base.kind = 'schedule' AND base.key = needed.key \
            WHERE needed.kind IN ('schedule', 'tombstone') AND base.series IS NOT NULL \
        UNION SELECT base.kind, base.key FROM needed CROSS JOIN base INDEXED BY base_by_series \
            ON base.series = unhex(needed.key) AND base.kind = 'schedule' WHERE needed.kind = '#segments' \
        UNION SELECT written.kind, written.key FROM needed CROSS JOIN outbox_row written INDEXED BY outbox_row_by_series \
            ON written.series = unhex(needed.key) AND written.kind IN ('schedule', 'tombstone') \
            WHERE needed.kind = '#segments' \
        UNION SELECT base.kind, base.key FROM needed CROSS JOIN base INDEXED BY base_by_series \
            ON base.series = unhex(needed.key) AND base.kind = 'exception' WHERE needed.kind = '#dates' \
        UNION SELECT written.kind, written.key FROM needed CROSS JOIN outbox_row written INDEXED BY outbox_row_by_series \
            ON written.series = unhex(needed.key) AND written.kind = 'exception' WHERE needed.kind = '#dates' \
        UNION SELECT 'tombstone', key FROM needed WHERE kind = 'schedule' \
        UNION SELECT 'schedule', key FROM needed WHERE kind = 'tombstone') \
    SELECT NULL AS seq, NULL AS op, base.body AS body, NULL AS through FROM needed CROSS JOIN base \
        ON base.kind = needed.kind AND base.key = needed.key \
    UNION ALL SELECT outbox.seq, outbox.op, outbox.body, outbox.through FROM needed CROSS JOIN outbox \
        ON outbox.seq = needed.key WHERE needed.kind = '#operation'";

pub(super) async fn part(connection: &mut SqliteConnection, needs: &Needs) -> Result<Loaded, StorageError> {
    if needs.everything {
        return everything(connection).await;
    }
    let hex = |id: Uuid| id.simple().to_string();
    let rows: Vec<_> = needs.rows.iter().map(|name| json!([name.kind, name.key])).collect();
    let segments: Vec<_> = needs.segments.iter().map(|id| hex(id.0)).collect();
    let dates: Vec<_> = needs.dates.iter().map(|id| hex(id.0)).collect();
    let dates_of: Vec<_> = needs.dates_of.iter().map(|id| id.0.to_string()).collect();
    let places = places(connection, &needs.waiting).await?;
    let query = sqlx::query(NEEDED);
    let query = query.bind(json!(rows).to_string()).bind(json!(segments).to_string());
    let query = query.bind(json!(dates).to_string()).bind(json!(dates_of).to_string()).bind(json!(places).to_string());
    let mut loaded = Loaded::default();
    for row in &query.fetch_all(connection).await? {
        match row.try_get::<Option<i64>, _>("seq")? {
            Some(_) => loaded.outbox.push(read_outbox(row)?),
            None => loaded.base.push(row.try_get("body")?),
        }
    }
    loaded.outbox.sort_unstable_by_key(|row| row.seq);
    Ok(loaded)
}

async fn everything(connection: &mut SqliteConnection) -> Result<Loaded, StorageError> {
    let outbox = sqlx::query("SELECT seq, op, body, through FROM outbox ORDER BY seq");
    let outbox = outbox.fetch_all(&mut *connection).await?.iter().map(read_outbox).collect::<Result<_, _>>()?;
    Ok(Loaded { outbox, base: sqlx::query_scalar("SELECT body FROM base").fetch_all(connection).await? })
}

async fn places(connection: &mut SqliteConnection, waiting: &Waiting) -> Result<Vec<i64>, StorageError> {
    let all = match waiting {
        Waiting::None => return Ok(Vec::new()),
        Waiting::These(places) => return Ok(places.clone()),
        Waiting::Taken => "SELECT seq FROM outbox WHERE through IS NOT NULL",
        Waiting::All => "SELECT seq FROM outbox",
    };
    Ok(sqlx::query_scalar(all).fetch_all(connection).await?)
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
    use weekwise_domain::{ScheduleId, SeriesId};

    use super::*;
    use crate::tests::Place;

    /// However many rows a file holds and however many edits wait, a step finds those that it needs by their names and series.
    #[tokio::test]
    async fn no_step_walks_over_all_rows() {
        let place = Place::new();
        let _store = place.store().await;
        let explain = format!("EXPLAIN QUERY PLAN {NEEDED}");
        let query = sqlx::query(sqlx::AssertSqlSafe(explain)).bind("[]").bind("[]").bind("[]").bind("[]").bind("[]");
        let plan = query.fetch_all(&mut place.raw().await).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
        assert!(
            steps.iter().any(|step| step.starts_with("SEARCH base USING COVERING INDEX base_by_series")),
            "{steps:#?}"
        );
        let walks = |step: &&String| ["SCAN base", "SCAN outbox", "SCAN written"].iter().any(|it| step.starts_with(it));
        assert_eq!(steps.iter().find(walks), None, "{steps:#?}");
    }

    /// Whatever a step begins with, it gets all that could have a say in what its rows show.
    #[tokio::test]
    async fn what_is_written_together_is_loaded_together() {
        let place = Place::new();
        let _store = place.store().await;
        let mut raw = place.raw().await;
        let id = |number: u128| Uuid::from_u128(number).to_string();
        let schedule =
            |number: u128| json!({ "kind": "schedule", "key": id(number), "register": "details", "value": {} });
        let in_series = |number: u128, series: u128| json!({ "kind": "schedule", "key": id(number), "register": "pattern", "value": { "series_id": id(series) } });
        let date = |series: u128, day: &str| json!({ "kind": "exception", "key": format!("{} {day}", id(series)), "register": "exception", "value": {} });
        let gone = |number: u128, series: u128| json!({ "kind": "tombstone", "key": id(number), "register": "gone", "value": { "series_id": id(series) } });
        let setting = json!({ "kind": "setting", "key": "clock", "register": "setting", "value": "h12" });
        let operations = [
            (1, json!([schedule(1)])),
            (2, json!([in_series(2, 1), setting])),
            (3, json!([date(1, "2026-01-05")])),
            (4, json!([date(1, "2026-01-12"), date(3, "2026-01-13")])),
            (5, json!([schedule(4)])),
            (6, json!([gone(5, 5)])),
            (7, json!([date(5, "2026-01-05")])),
        ];
        for (seq, writes) in operations {
            let query = sqlx::query("INSERT INTO outbox (seq, op, body) VALUES (?, ?, ?)").bind(seq);
            let query = query.bind(&Uuid::from_u128(seq as u128).into_bytes()[..]);
            query.bind(json!({ "writes": writes }).to_string()).execute(&mut raw).await.unwrap();
        }
        // Of the server: two segments of the first series, and the fourth, which is a series of its own.
        for (number, series) in [(1, 1), (3, 1), (4, 4)] {
            let query = sqlx::query("INSERT INTO base (kind, key, rev, series, body) VALUES ('schedule', ?, 1, ?, ?)");
            let query = query.bind(id(number)).bind(&Uuid::from_u128(series).into_bytes()[..]);
            query.bind(json!(number.to_string()).to_string()).execute(&mut raw).await.unwrap();
        }
        let name = |kind: &str, key: String| crate::RowName { kind: kind.to_owned(), key };
        let row = |kind: &str, key: String| Needs { rows: vec![name(kind, key)], ..Needs::default() };
        let series = |number: u128| SeriesId(Uuid::from_u128(number));
        for (needs, places, rows) in [
            (row("schedule", id(1)), vec![1, 2], vec!["1", "3"]),
            (row("schedule", id(2)), vec![1, 2], vec!["1", "3"]),
            (row("setting", "clock".to_owned()), vec![1, 2], vec!["1", "3"]),
            (row("schedule", id(4)), vec![5], vec!["4"]),
            (row("exception", format!("{} 2026-01-05", id(1))), vec![1, 2, 3], vec!["1", "3"]),
            (row("exception", format!("{} 2026-01-13", id(3))), vec![1, 2, 4], vec!["1", "3"]),
            (row("exception", format!("{} 2026-01-19", id(1))), vec![], vec![]),
            (row("schedule", id(5)), vec![6, 7], vec![]),
            (Needs { segments: vec![series(1)], ..Needs::default() }, vec![1, 2], vec!["1", "3"]),
            (Needs { dates: vec![series(1)], ..Needs::default() }, vec![1, 2, 3, 4], vec!["1", "3"]),
            (
                Needs { dates_of: vec![ScheduleId(Uuid::from_u128(2))], ..Needs::default() },
                vec![1, 2, 3, 4],
                vec!["1", "3"],
            ),
            (Needs { waiting: Waiting::These(vec![5]), ..Needs::default() }, vec![5], vec!["4"]),
            (Needs { waiting: Waiting::Taken, ..Needs::default() }, vec![], vec![]),
            (Needs { waiting: Waiting::All, ..Needs::default() }, (1..=7).collect(), vec!["1", "3", "4"]),
            (Needs { everything: true, ..Needs::default() }, (1..=7).collect(), vec!["1", "3", "4"]),
        ] {
            let Loaded { outbox, mut base } = part(&mut raw, &needs).await.unwrap();
            base.sort_unstable();
            assert_eq!(outbox.iter().map(|row| row.seq).collect::<Vec<_>>(), places, "{needs:?}");
            assert_eq!(base, rows.into_iter().map(|row| format!("\"{row}\"")).collect::<Vec<_>>(), "{needs:?}");
        }
        sqlx::query("DELETE FROM outbox").execute(&mut raw).await.unwrap();
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox_row").fetch_one(&mut raw).await.unwrap();
        assert_eq!(left, 0);
    }
}
