//! The tables `arrival` and `device_name`: what came from elsewhere, and what the person's devices are called.

use serde_json::{Value as Json, json};
use sqlx::{SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;
use weekwise_domain::Change;

use crate::{StorageError, column::Columns};

/// How many arrivals are kept.
const KEPT: u32 = 500;

/// An edit that came from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrivalRow {
    /// Its operation.
    pub op: Uuid,
    /// The device on which it was made.
    pub device: String,
    /// When it was made, as the server estimates (milliseconds since 1970, UTC).
    pub at_ms: i64,
    /// What it changed here.
    pub changes: Vec<Change>,
    /// Whether it came together with edits of this device.
    pub is_merged: bool,
}

/// An edit that came from elsewhere, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// What came.
    pub row: ArrivalRow,
    /// Whether the person has seen it.
    pub is_seen: bool,
    /// Whether the person has taken it back.
    pub is_taken_back: bool,
}

/// Adds what came. Of one that came in parts the parts are put together.
pub(super) async fn add(connection: &mut SqliteConnection, rows: &[ArrivalRow]) -> Result<(), StorageError> {
    const ADD: &str = "INSERT INTO arrival (op, device, at_ms, changes, merged) \
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value -> 3, value ->> 4 FROM json_each(?) WHERE true \
        ON CONFLICT (op) DO UPDATE SET seen = 0, merged = max(merged, excluded.merged), changes = \
            (SELECT json_group_array(json(value)) FROM \
                (SELECT value FROM json_each(arrival.changes) UNION ALL SELECT value FROM json_each(excluded.changes)))";
    const FORGET: &str =
        "DELETE FROM arrival WHERE seq <= (SELECT seq FROM arrival ORDER BY seq DESC LIMIT 1 OFFSET ?)";
    if rows.is_empty() {
        return Ok(());
    }
    let json = |row: &ArrivalRow| {
        json!([row.op.simple().to_string(), row.device, row.at_ms, row.changes, i64::from(row.is_merged)])
    };
    let all = Json::Array(rows.iter().map(json).collect());
    sqlx::query(ADD).bind(all.to_string()).execute(&mut *connection).await?;
    sqlx::query(FORGET).bind(KEPT).execute(connection).await?;
    Ok(())
}

/// What came last, the newest first; what a later version wrote and this one cannot read is passed over.
pub(super) async fn newest(connection: &mut SqliteConnection, most: usize) -> Result<Vec<Arrival>, StorageError> {
    const LAST: &str =
        "SELECT op, device, at_ms, changes, merged, seen, taken_back FROM arrival ORDER BY seq DESC LIMIT ?";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = sqlx::query(LAST).bind(most).fetch_all(connection).await?;
    Ok(rows.iter().filter_map(|row| passed_over(read(row))).collect())
}

pub(super) async fn count(connection: &mut SqliteConnection) -> Result<u32, StorageError> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM arrival").fetch_one(connection).await?)
}

pub(super) async fn of_operation(connection: &mut SqliteConnection, op: Uuid) -> Result<Option<Arrival>, StorageError> {
    const ONE: &str = "SELECT op, device, at_ms, changes, merged, seen, taken_back FROM arrival WHERE op = ?";
    let row = sqlx::query(ONE).bind(op.as_bytes().to_vec()).fetch_optional(connection).await?;
    row.as_ref().map(read).transpose()
}

/// Notes that the person has seen an arrival and those that came before.
pub(super) async fn see(connection: &mut SqliteConnection, through: Uuid) -> Result<(), StorageError> {
    const SEE: &str = "UPDATE arrival SET seen = 1 WHERE seen = 0 AND seq <= (SELECT seq FROM arrival WHERE op = ?)";
    sqlx::query(SEE).bind(through.as_bytes().to_vec()).execute(connection).await?;
    Ok(())
}

/// How much there is that the person has neither seen nor dealt with.
pub(super) async fn count_untold(connection: &mut SqliteConnection) -> Result<u32, StorageError> {
    const COUNT: &str = "SELECT (SELECT count(*) FROM arrival WHERE seen = 0) \
        + (SELECT count(*) FROM conflict_copy WHERE resolved = 0) + (SELECT count(*) FROM rejected WHERE dismissed = 0)";
    Ok(sqlx::query_scalar(COUNT).fetch_one(connection).await?)
}

/// Notes what devices are called; those that are not named keep their names.
pub(super) async fn name(connection: &mut SqliteConnection, names: &[(String, String)]) -> Result<(), StorageError> {
    const NAME: &str = "INSERT OR REPLACE INTO device_name (device, name) \
        SELECT value ->> 0, value ->> 1 FROM json_each(?)";
    sqlx::query(NAME).bind(json!(names).to_string()).execute(connection).await?;
    Ok(())
}

/// The devices from which something came and whose names are not known.
pub(super) async fn unnamed(connection: &mut SqliteConnection) -> Result<Vec<String>, StorageError> {
    const UNNAMED: &str = "SELECT DISTINCT device FROM arrival EXCEPT SELECT device FROM device_name";
    Ok(sqlx::query_scalar(UNNAMED).fetch_all(connection).await?)
}

pub(super) async fn names(connection: &mut SqliteConnection) -> Result<Vec<(String, String)>, StorageError> {
    Ok(sqlx::query_as("SELECT device, name FROM device_name").fetch_all(connection).await?)
}

fn read(row: &SqliteRow) -> Result<Arrival, StorageError> {
    let mut columns = Columns::of(row, "arrival");
    let row = ArrivalRow {
        op: columns.uuid()?,
        device: columns.get()?,
        at_ms: columns.get()?,
        changes: columns.json()?,
        is_merged: columns.get()?,
    };
    Ok(Arrival { row, is_seen: columns.get()?, is_taken_back: columns.get()? })
}

fn passed_over<T>(read: Result<T, StorageError>) -> Option<T> {
    read.inspect_err(|error| log::warn!("something that came is not told: {}", error.detail())).ok()
}

#[cfg(test)]
mod tests {
    use weekwise_domain::{Setting, Theme};

    use super::*;
    use crate::tests::Place;

    fn row(number: u32) -> ArrivalRow {
        let change = |theme| Change::Setting { before: Setting::Theme(Theme::System), after: Setting::Theme(theme) };
        ArrivalRow {
            op: Uuid::from_u128(number.into()),
            device: "web".to_owned(),
            at_ms: number.into(),
            changes: vec![change(if number.is_multiple_of(2) { Theme::Dark } else { Theme::Light })],
            is_merged: number == 3,
        }
    }

    #[tokio::test]
    async fn what_came_is_read_newest_first_and_its_parts_are_put_together() {
        let place = Place::new();
        let _store = place.store().await;
        let connection = &mut place.raw().await;
        add(connection, &[row(1), row(2), row(3)]).await.unwrap();
        see(connection, row(2).op).await.unwrap();
        assert_eq!(count_untold(connection).await.unwrap(), 1);
        add(connection, &[ArrivalRow { op: row(1).op, ..row(2) }]).await.unwrap();

        let all = newest(connection, 9).await.unwrap();
        assert_eq!(all.iter().map(|it| it.row.at_ms).collect::<Vec<_>>(), [3, 2, 1]);
        assert_eq!(all.iter().map(|it| it.is_seen).collect::<Vec<_>>(), [false, true, false], "a new part is news");
        assert_eq!(all[2].row.changes, [row(1).changes, row(2).changes].concat());
        assert_eq!((&all[0].row, &all[1].row), (&row(3), &row(2)));
        assert_eq!(of_operation(connection, row(3).op).await.unwrap().as_ref(), Some(&all[0]));
    }

    #[tokio::test]
    async fn only_the_newest_are_kept() {
        let place = Place::new();
        let _store = place.store().await;
        let connection = &mut place.raw().await;
        let rows: Vec<_> = (1..=KEPT + 20).map(row).collect();
        for part in rows.chunks(300) {
            add(connection, part).await.unwrap();
        }
        assert_eq!(count(connection).await.unwrap(), KEPT);
        let all = newest(connection, usize::MAX).await.unwrap();
        assert_eq!(all.last().map(|it| it.row.at_ms), Some(21));
        assert_eq!(newest(connection, 2).await.unwrap(), all[..2]);
    }

    #[tokio::test]
    async fn a_device_has_the_name_that_was_said_last() {
        let place = Place::new();
        let _store = place.store().await;
        let connection = &mut place.raw().await;
        let named = |device: &str, name: &str| (device.to_owned(), name.to_owned());
        name(connection, &[named("a", "Laptop"), named("b", "Desk")]).await.unwrap();
        name(connection, &[named("a", "Old laptop")]).await.unwrap();
        assert_eq!(names(connection).await.unwrap(), [named("a", "Old laptop"), named("b", "Desk")]);
    }
}
