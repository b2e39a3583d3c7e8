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
    let query = sqlx::query(concat!("SELECT ", columns!(), " FROM exception"));
    query.fetch_all(connection).await?.iter().map(read).collect()
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

fn read(row: &SqliteRow) -> Result<(ExceptionKey, Exception), StorageError> {
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
