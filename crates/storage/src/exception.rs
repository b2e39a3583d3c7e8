//! The table `exception`: what is different on single dates.

use std::collections::BTreeMap;

use sqlx::{SqliteConnection, sqlite::SqliteRow};
use weekwise_domain::{Cancellation, Date, DateRange, Exception, ExceptionKey, Override, SeriesId};

use crate::{StorageError, column::Columns};

/// Exceptions by series and original date.
pub(crate) type Exceptions = BTreeMap<ExceptionKey, Exception>;

macro_rules! columns {
    () => {
        "series_id, original_date, kind, start_minute, end_minute, moved_to, title, notes, location"
    };
}

/// Those whose original date lies in a window, and those that are moved into it. The indexes on both
/// dates lead to them, so that exceptions elsewhere cost nothing.
pub(crate) const IN_WINDOW: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM exception WHERE original_date BETWEEN ?1 AND ?2 UNION ALL SELECT ",
    columns!(),
    " FROM exception WHERE moved_to BETWEEN ?1 AND ?2 AND +original_date NOT BETWEEN ?1 AND ?2"
);

/// All of them, as they lie in the table.
pub(crate) const ALL: &str = concat!("SELECT ", columns!(), " FROM exception");

/// Those that a window of dates needs to be expanded.
pub(crate) async fn in_window(
    connection: &mut SqliteConnection,
    window: DateRange,
) -> Result<Exceptions, StorageError> {
    let query = sqlx::query(IN_WINDOW).bind(window.from().to_string()).bind(window.to().to_string());
    query.fetch_all(connection).await?.iter().map(read).collect()
}

/// All of them.
pub(crate) async fn all(connection: &mut SqliteConnection) -> Result<Exceptions, StorageError> {
    sqlx::query(ALL).fetch_all(connection).await?.iter().map(read).collect()
}

/// Those of a series.
pub(crate) async fn of_series(connection: &mut SqliteConnection, series: SeriesId) -> Result<Exceptions, StorageError> {
    let query = sqlx::query(concat!("SELECT ", columns!(), " FROM exception WHERE series_id = ?"));
    query.bind(bytes(series)).fetch_all(connection).await?.iter().map(read).collect()
}

/// Those with certain keys, as far as there are any.
pub(crate) async fn with_keys(
    connection: &mut SqliteConnection,
    keys: &[ExceptionKey],
) -> Result<Exceptions, StorageError> {
    const FIND: &str = concat!("SELECT ", columns!(), " FROM exception WHERE series_id = ? AND original_date = ?");
    let mut found = Exceptions::new();
    for ExceptionKey { series_id, date } in keys {
        let query = sqlx::query(FIND).bind(bytes(*series_id)).bind(date.to_string());
        if let Some(row) = query.fetch_optional(&mut *connection).await? {
            found.extend([read(&row)?]);
        }
    }
    Ok(found)
}

/// How many a series has.
pub(crate) async fn count_of_series(connection: &mut SqliteConnection, series: SeriesId) -> Result<u32, StorageError> {
    let query = sqlx::query_scalar("SELECT count(*) FROM exception WHERE series_id = ?").bind(bytes(series));
    Ok(query.fetch_one(connection).await?)
}

/// Stores an exception, or removes it when there is none (any more).
pub(crate) async fn set(
    connection: &mut SqliteConnection,
    key: ExceptionKey,
    value: Option<&Exception>,
) -> Result<(), StorageError> {
    const PUT: &str = concat!("INSERT OR REPLACE INTO exception (", columns!(), ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    const REMOVE: &str = "DELETE FROM exception WHERE series_id = ? AND original_date = ?";
    let query = sqlx::query(if value.is_some() { PUT } else { REMOVE });
    let query = query.bind(bytes(key.series_id)).bind(key.date.to_string());
    let query = match value {
        None => query,
        Some(Exception::Cancelled(Cancellation { title, notes })) => query
            .bind("cancelled")
            .bind(None::<u16>)
            .bind(None::<u16>)
            .bind(None::<String>)
            .bind(text(title))
            .bind(text(notes))
            .bind(None::<String>),
        Some(Exception::Override(Override { time, moved_to, title, notes, location })) => query
            .bind("override")
            .bind(time.map(|time| time.start().number()))
            .bind(time.map(|time| time.end().number()))
            .bind(text(moved_to))
            .bind(text(title))
            .bind(text(notes))
            .bind(text(location)),
    };
    query.execute(connection).await?;
    Ok(())
}

fn text(value: &Option<impl ToString>) -> Option<String> {
    value.as_ref().map(ToString::to_string)
}

fn bytes(series: SeriesId) -> Vec<u8> {
    series.0.as_bytes().to_vec()
}

/// A row of this table.
pub(crate) fn read(row: &SqliteRow) -> Result<(ExceptionKey, Exception), StorageError> {
    let mut columns = Columns::of(row, "exception");
    let key = ExceptionKey { series_id: SeriesId(columns.uuid()?), date: columns.parse::<Date>()? };
    let is_cancelled = match columns.get::<&str>()? {
        "cancelled" => true,
        "override" => false,
        _ => return Err(columns.unreadable()),
    };
    let (time, moved_to) = (columns.optional_time()?, columns.optional_date()?);
    let (title, notes) = (columns.optional::<String, _>()?, columns.optional::<String, _>()?);
    let location = columns.optional::<String, _>()?;
    let exception = if is_cancelled {
        Exception::Cancelled(Cancellation { title, notes })
    } else {
        Exception::Override(Override { time, moved_to, title, notes, location })
    };
    Ok((key, exception))
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;
    use uuid::Uuid;
    use weekwise_domain::{Location, Notes};

    use super::*;
    use crate::tests::{Place, date, refuses, time, title};

    fn key(series: u128, on: &str) -> ExceptionKey {
        ExceptionKey { series_id: SeriesId(Uuid::from_u128(series)), date: date(on) }
    }

    fn moved(to: &str) -> Exception {
        Exception::Override(Override { moved_to: Some(date(to)), ..Override::default() })
    }

    fn cancelled() -> Exception {
        Exception::Cancelled(Cancellation::default())
    }

    #[tokio::test]
    async fn every_value_is_read_as_it_was_written() {
        let place = Place::new();
        let _store = place.store().await;
        let connection = &mut place.raw().await;
        let key = key(1, "2026-12-07");
        let whole = Override {
            time: Some(time("00:00", "24:00")),
            moved_to: Some(Date::MAX),
            title: Some(title(&"ü".repeat(200))),
            notes: Some(Notes::new("𝄞\n".repeat(2000)).unwrap()),
            location: Some(Location::new("").unwrap()),
        };
        let values = [
            cancelled(),
            Exception::Cancelled(Cancellation { title: whole.title.clone(), notes: whole.notes.clone() }),
            Exception::Override(Override::default()),
            Exception::Override(Override { time: whole.time, ..Override::default() }),
            Exception::Override(Override { title: whole.title.clone(), ..Override::default() }),
            Exception::Override(Override { notes: whole.notes.clone(), ..Override::default() }),
            Exception::Override(Override { location: whole.location.clone(), ..Override::default() }),
            moved("1900-01-01"),
            Exception::Override(whole),
        ];
        for value in values {
            set(connection, key, Some(&value)).await.unwrap();
            assert_eq!(all(connection).await.unwrap(), Exceptions::from([(key, value)]));
        }
        set(connection, key, None).await.unwrap();
        assert_eq!(all(connection).await.unwrap(), Exceptions::new());
    }

    #[tokio::test]
    async fn a_window_has_what_lies_in_it_and_what_is_moved_into_it() {
        let place = Place::new();
        let _store = place.store().await;
        let connection = &mut place.raw().await;
        let rows = [
            (key(1, "2026-11-22"), cancelled()),
            (key(1, "2026-11-23"), cancelled()),
            (key(1, "2026-11-29"), moved("2027-01-01")),
            (key(1, "2026-11-30"), cancelled()),
            (key(2, "2026-11-24"), moved("2026-11-25")),
            (key(2, "2030-01-01"), moved("2026-11-29")),
            (key(2, "2030-01-08"), moved("2026-11-30")),
        ];
        for (key, value) in &rows {
            set(connection, *key, Some(value)).await.unwrap();
        }
        let window = DateRange::new(date("2026-11-23"), date("2026-11-29")).unwrap();
        let found: Vec<_> = in_window(connection, window).await.unwrap().into_keys().collect();
        assert_eq!(found, [rows[1].0, rows[2].0, rows[4].0, rows[5].0]);
        assert_eq!(of_series(connection, rows[0].0.series_id).await.unwrap().len(), 4);
        assert_eq!(count_of_series(connection, rows[4].0.series_id).await.unwrap(), 3);
        let named = with_keys(connection, &[rows[0].0, key(9, "2026-11-23")]).await.unwrap();
        assert_eq!(named, Exceptions::from([rows[0].clone()]));
    }

    /// However many exceptions there are, a week is found through the two indexes on dates, and a series in its place.
    #[tokio::test]
    async fn no_query_walks_over_all_exceptions() {
        let place = Place::new();
        let _store = place.store().await;
        let connection = &mut place.raw().await;
        let explain = format!("EXPLAIN QUERY PLAN {IN_WINDOW}");
        let explain = sqlx::query(sqlx::AssertSqlSafe(explain)).bind("2026-11-23").bind("2026-11-29");
        let plan = explain.fetch_all(connection).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
        let searches: Vec<_> = steps.iter().filter(|step| step.contains("exception")).collect();
        assert_eq!(
            searches,
            [
                "SEARCH exception USING INDEX exception_by_date (original_date>? AND original_date<?)",
                "SEARCH exception USING INDEX exception_by_move (moved_to>? AND moved_to<?)",
            ]
        );
    }

    #[tokio::test]
    async fn the_table_refuses_what_the_model_refuses() {
        let place = Place::new();
        let _store = place.store().await;
        let connection = &mut place.raw().await;
        set(connection, key(1, "2026-12-07"), Some(&moved("2026-12-08"))).await.unwrap();
        for bad in [
            "series_id = x'00'",
            "original_date = '2026-02-30'",
            "original_date = '1899-12-31'",
            "kind = 'postponed'",
            "kind = 'cancelled'",
            "kind = 'cancelled', moved_to = NULL, start_minute = 1, end_minute = 2",
            "kind = 'cancelled', moved_to = NULL, location = ''",
            "start_minute = 60",
            "end_minute = 60",
            "start_minute = 60, end_minute = 60",
            "start_minute = 60, end_minute = 1441",
            "start_minute = -1, end_minute = 60",
            "moved_to = '2201-01-01'",
            "moved_to = 'tomorrow'",
            "title = printf('%201c', 'x')",
            "notes = printf('%4001c', 'x')",
            "location = printf('%201c', 'x')",
        ] {
            refuses(connection, &format!("UPDATE exception SET {bad}")).await;
        }
        refuses(connection, "INSERT INTO exception SELECT * FROM exception").await;
    }
}
