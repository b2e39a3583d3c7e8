//! `exception`: what is different on single dates.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, postgres::PgRow};
use uuid::Uuid;
use weekwise_domain::{Cancellation, Date, Exception, ExceptionKey, Override, SeriesId};

use super::{columns::Columns, head::Stamp};
use crate::UserId;

/// An exception with what the server knows of it beside its register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredException {
    pub(crate) key: ExceptionKey,
    /// None when the date was put back.
    pub(crate) value: Option<Exception>,
    pub(crate) integer_id: i64,
    pub(crate) rev: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT series_id, original_date, integer_id, rev, created_at, updated_at, kind, start_time, end_time, moved_to, \
             title, notes, location FROM exception WHERE user_id = $1 AND ",
            $tail
        )
    };
}

/// Those of a series.
pub(crate) async fn of_series(
    connection: &mut PgConnection,
    user: &UserId,
    series: SeriesId,
) -> sqlx::Result<Vec<StoredException>> {
    let query = sqlx::query(select!("series_id = $2")).bind(user).bind(series.0);
    query.fetch_all(connection).await?.iter().map(read).collect()
}

/// Those of a series that have a date as their original date, or are moved to it.
pub(crate) async fn on_date(
    connection: &mut PgConnection,
    user: &UserId,
    series: SeriesId,
    date: Date,
) -> sqlx::Result<Vec<StoredException>> {
    let query = sqlx::query(select!("series_id = $2 AND (original_date = $3 OR moved_to = $3)"));
    let query = query.bind(user).bind(series.0).bind(NaiveDate::from(date));
    query.fetch_all(connection).await?.iter().map(read).collect()
}

/// Those with certain keys, as far as there are any.
pub(crate) async fn with_keys(
    connection: &mut PgConnection,
    user: &UserId,
    keys: impl Iterator<Item = ExceptionKey>,
) -> sqlx::Result<Vec<StoredException>> {
    const FIND: &str = select!("(original_date, series_id) IN (SELECT * FROM unnest($2::date[], $3::uuid[]))");
    let (dates, series): (Vec<NaiveDate>, Vec<Uuid>) =
        keys.map(|key| (NaiveDate::from(key.date), key.series_id.0)).unzip();
    sqlx::query(FIND).bind(user).bind(dates).bind(series).fetch_all(connection).await?.iter().map(read).collect()
}

/// Stores an exception, new or not. One that is there keeps its integer id.
pub(crate) async fn put(
    connection: &mut PgConnection,
    user: &UserId,
    row: &StoredException,
    stamp: Stamp,
) -> sqlx::Result<()> {
    const PUT: &str = "INSERT INTO exception (user_id, original_date, series_id, integer_id, rev, origin_epoch, origin_rev, op, \
        created_at, updated_at, kind, start_time, end_time, moved_to, title, notes, location) \
        VALUES ($1, $2, $3, $4, $5, $6, $5, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
        ON CONFLICT (user_id, original_date, series_id) DO UPDATE SET rev = $5, origin_epoch = $6, origin_rev = $5, op = $7, \
        updated_at = $9, kind = $10, start_time = $11, end_time = $12, moved_to = $13, title = $14, notes = $15, location = $16";
    let query = sqlx::query(PUT)
        .bind(user)
        .bind(NaiveDate::from(row.key.date))
        .bind(row.key.series_id.0)
        .bind(row.integer_id)
        .bind(stamp.rev)
        .bind(stamp.epoch)
        .bind(stamp.op)
        .bind(row.created_at)
        .bind(row.updated_at);
    let columns = ValueColumns::of(row.value.as_ref());
    let query = query
        .bind(columns.kind)
        .bind(columns.start_time)
        .bind(columns.end_time)
        .bind(columns.moved_to)
        .bind(columns.title)
        .bind(columns.notes)
        .bind(columns.location);
    query.execute(connection).await?;
    Ok(())
}

/// The columns that hold the value.
pub(crate) struct ValueColumns<'a> {
    pub(crate) kind: &'static str,
    pub(crate) start_time: Option<String>,
    pub(crate) end_time: Option<String>,
    moved_to: Option<NaiveDate>,
    title: Option<&'a str>,
    notes: Option<&'a str>,
    location: Option<&'a str>,
}

impl<'a> ValueColumns<'a> {
    pub(crate) fn of(value: Option<&'a Exception>) -> Self {
        let mut columns = Self {
            kind: "pattern",
            start_time: None,
            end_time: None,
            moved_to: None,
            title: None,
            notes: None,
            location: None,
        };
        match value {
            None => {}
            Some(Exception::Cancelled(Cancellation { title, notes })) => {
                columns.kind = "cancelled";
                columns.title = title.as_ref().map(|text| text.as_str());
                columns.notes = notes.as_ref().map(|text| text.as_str());
            }
            Some(Exception::Override(Override { time, moved_to, title, notes, location })) => {
                columns.kind = "override";
                columns.start_time = time.map(|time| time.start().to_string());
                columns.end_time = time.map(|time| time.end().to_string());
                columns.moved_to = moved_to.map(NaiveDate::from);
                columns.title = title.as_ref().map(|text| text.as_str());
                columns.notes = notes.as_ref().map(|text| text.as_str());
                columns.location = location.as_ref().map(|text| text.as_str());
            }
        }
        columns
    }
}

fn read(row: &PgRow) -> sqlx::Result<StoredException> {
    let mut columns = Columns::of(row, "exception");
    let key = ExceptionKey { series_id: SeriesId(columns.get()?), date: columns.date()? };
    let (integer_id, rev) = (columns.get()?, columns.get()?);
    let (created_at, updated_at) = (columns.get()?, columns.get()?);
    let kind: &str = columns.get()?;
    let (time, moved_to) = (columns.optional_time()?, columns.optional_date()?);
    let (title, notes) = (columns.optional::<String, _>()?, columns.optional::<String, _>()?);
    let location = columns.optional::<String, _>()?;
    let value = match kind {
        "pattern" => None,
        "cancelled" => Some(Exception::Cancelled(Cancellation { title, notes })),
        "override" => Some(Exception::Override(Override { time, moved_to, title, notes, location })),
        _ => return Err(columns.unreadable()),
    };
    Ok(StoredException { key, value, integer_id, rev, created_at, updated_at })
}
