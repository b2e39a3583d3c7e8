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

/// All of a user.
pub(crate) async fn all(connection: &mut PgConnection, user: &UserId) -> sqlx::Result<Vec<StoredException>> {
    sqlx::query(select!("true")).bind(user).fetch_all(connection).await?.iter().map(read).collect()
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
    pub(crate) moved_to: Option<NaiveDate>,
    pub(crate) title: Option<&'a str>,
    pub(crate) notes: Option<&'a str>,
    pub(crate) location: Option<&'a str>,
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
    let value = read_value(&mut columns)?;
    Ok(StoredException { key, value, integer_id, rev, created_at, updated_at })
}

/// The columns that hold the value, one after the other.
pub(crate) fn read_value(columns: &mut Columns<'_>) -> sqlx::Result<Option<Exception>> {
    let kind: &str = columns.get()?;
    let (time, moved_to) = (columns.optional_time()?, columns.optional_date()?);
    let (title, notes) = (columns.optional::<String, _>()?, columns.optional::<String, _>()?);
    let location = columns.optional::<String, _>()?;
    Ok(match kind {
        "pattern" => None,
        "cancelled" => Some(Exception::Cancelled(Cancellation { title, notes })),
        "override" => Some(Exception::Override(Override { time, moved_to, title, notes, location })),
        _ => return Err(columns.unreadable()),
    })
}

#[cfg(test)]
mod tests {
    use weekwise_domain::{Location, Notes, TimeRange, Title};

    use super::*;
    use crate::{db::head::tests::with_head, postgres::Database};

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn key(series: u128, on: &str) -> ExceptionKey {
        ExceptionKey { series_id: SeriesId(Uuid::from_u128(series)), date: date(on) }
    }

    fn moved(to: &str) -> Option<Exception> {
        Some(Exception::Override(Override { moved_to: Some(date(to)), ..Override::default() }))
    }

    fn row(key: ExceptionKey, value: Option<Exception>, number: i64) -> StoredException {
        let at = "2026-11-25T00:00:00Z".parse().unwrap();
        StoredException { key, value, integer_id: number, rev: number, created_at: at, updated_at: at }
    }

    async fn store(connection: &mut PgConnection, user: &UserId, row: &StoredException) {
        let stamp = Stamp { rev: row.rev, epoch: 1, op: Uuid::from_u128(7) };
        put(connection, user, row, stamp).await.unwrap();
    }

    #[tokio::test]
    async fn every_value_is_read_as_it_was_written() {
        let database = Database::ready().await;
        let (mut connection, user) = with_head(&database).await;
        let key = key(1, "2026-12-07");
        let whole = Override {
            time: Some(TimeRange::new("00:00".parse().unwrap(), "24:00".parse().unwrap()).unwrap()),
            moved_to: Some(Date::MAX),
            title: Some(Title::new("ü".repeat(200)).unwrap()),
            notes: Some(Notes::new("𝄞\n".repeat(2000)).unwrap()),
            location: Some(Location::new("").unwrap()),
        };
        let reason = Cancellation { title: whole.title.clone(), notes: whole.notes.clone() };
        let values = [
            Some(Exception::Cancelled(Cancellation::default())),
            Some(Exception::Cancelled(reason)),
            None,
            Some(Exception::Override(Override::default())),
            moved("1900-01-01"),
            Some(Exception::Override(whole)),
        ];
        for (number, value) in (1..).zip(values) {
            let mut expected = row(key, value, number);
            store(&mut connection, &user, &expected).await;
            // It is the same exception all along.
            expected.integer_id = 1;
            assert_eq!(with_keys(&mut connection, &user, [key].into_iter()).await.unwrap(), [expected]);
        }
    }

    #[tokio::test]
    async fn those_of_a_series_a_date_and_a_key_are_found_and_no_others() {
        let database = Database::ready().await;
        let (mut connection, user) = with_head(&database).await;
        let connection = &mut connection;
        let rows = [
            row(key(1, "2026-11-23"), None, 1),
            row(key(1, "2026-11-30"), moved("2026-11-23"), 2),
            row(key(1, "2026-12-07"), moved("2026-12-08"), 3),
            row(key(2, "2026-11-23"), moved("2026-11-24"), 4),
        ];
        for row in &rows {
            store(connection, &user, row).await;
        }
        let numbers = |found: Vec<StoredException>| {
            let mut numbers: Vec<i64> = found.iter().map(|row| row.integer_id).collect();
            numbers.sort_unstable();
            numbers
        };
        let [first, second] = [1, 2].map(|series| SeriesId(Uuid::from_u128(series)));
        assert_eq!(numbers(of_series(connection, &user, first).await.unwrap()), [1, 2, 3]);
        assert_eq!(numbers(on_date(connection, &user, first, date("2026-11-23")).await.unwrap()), [1, 2]);
        assert_eq!(numbers(on_date(connection, &user, second, date("2026-11-30")).await.unwrap()), [0; 0]);
        let keys = [key(1, "2026-12-07"), key(2, "2026-11-23"), key(2, "2026-12-07")];
        assert_eq!(numbers(with_keys(connection, &user, keys.into_iter()).await.unwrap()), [3, 4]);
        let other = database.user("bob").await;
        assert_eq!(of_series(connection, &other, first).await.unwrap(), []);
    }

    #[tokio::test]
    async fn the_table_refuses_what_the_model_refuses() {
        let database = Database::ready().await;
        let (mut connection, user) = with_head(&database).await;
        let time = TimeRange::new("09:00".parse().unwrap(), "10:00".parse().unwrap()).unwrap();
        let value = Some(Exception::Override(Override { time: Some(time), ..Override::default() }));
        let row = row(key(1, "2026-12-07"), value, 1);
        store(&mut connection, &user, &row).await;
        for bad in [
            "kind = 'moved'",
            "kind = 'cancelled'",
            "kind = 'pattern'",
            "kind = 'pattern', start_time = NULL, end_time = NULL, title = 'x'",
            "kind = 'cancelled', start_time = NULL, end_time = NULL, moved_to = '2026-12-08'",
            "kind = 'cancelled', start_time = NULL, end_time = NULL, location = 'x'",
            "start_time = NULL",
            "end_time = NULL",
            "start_time = '10:00'",
            "start_time = '9:00'",
            "original_date = '2201-01-01'",
            "moved_to = '1899-12-31'",
            "title = repeat('x', 201)",
            "notes = repeat('x', 4001)",
            "location = repeat('x', 201)",
            "user_id = 'nobody'",
        ] {
            database.try_run(&format!("UPDATE exception SET {bad}")).await.expect_err(bad);
        }
        assert_eq!(of_series(&mut connection, &user, row.key.series_id).await.unwrap(), [row]);
    }
}
