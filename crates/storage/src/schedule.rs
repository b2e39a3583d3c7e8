//! The table `schedule`: recurring slots, those in the trash too.

use sqlx::{Sqlite, SqliteConnection, query::Query, sqlite::SqliteArguments, sqlite::SqliteRow};
use weekwise_domain::{Date, Details, Pattern, Schedule, ScheduleId, SeriesId, Validity};

use crate::{StorageError, column::Columns};

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, series_id, day_of_week, start_minute, end_minute, valid_from, valid_until, every_n_weeks, ",
            "title, notes, location, color, reminder_minutes, active FROM schedule ",
            $tail
        )
    };
}

/// All of them, as they lie in the table.
pub(crate) const ALL: &str = select!("");

/// All of them, by id.
pub(crate) async fn all(connection: &mut SqliteConnection) -> Result<Vec<Schedule>, StorageError> {
    let rows = sqlx::query(select!("ORDER BY id")).fetch_all(connection).await?;
    rows.iter().map(read).collect()
}

/// Those that are not in the trash, by id.
pub(crate) async fn active(connection: &mut SqliteConnection) -> Result<Vec<Schedule>, StorageError> {
    let rows = sqlx::query(select!("WHERE active = 1 ORDER BY id")).fetch_all(connection).await?;
    rows.iter().map(read).collect()
}

/// The segments of a series, by id.
pub(crate) async fn of_series(
    connection: &mut SqliteConnection,
    series: SeriesId,
) -> Result<Vec<Schedule>, StorageError> {
    let query = sqlx::query(select!("WHERE series_id = ? ORDER BY id")).bind(bytes(series));
    query.fetch_all(connection).await?.iter().map(read).collect()
}

/// The segments of the series of which every one is in the trash.
pub(crate) async fn trashed(connection: &mut SqliteConnection) -> Result<Vec<Schedule>, StorageError> {
    let query = sqlx::query(select!(
        "WHERE series_id IN (SELECT series_id FROM schedule GROUP BY series_id HAVING max(active) = 0) ORDER BY id"
    ));
    query.fetch_all(connection).await?.iter().map(read).collect()
}

/// How many series are in the trash.
pub(crate) async fn count_trashed(connection: &mut SqliteConnection) -> Result<u32, StorageError> {
    const COUNT: &str = "SELECT count(*) FROM (SELECT 1 FROM schedule GROUP BY series_id HAVING max(active) = 0)";
    Ok(sqlx::query_scalar(COUNT).fetch_one(connection).await?)
}

/// Stores all registers of a schedule, new or not.
pub(crate) async fn put(connection: &mut SqliteConnection, row: &Schedule) -> Result<(), StorageError> {
    const PUT: &str = "INSERT OR REPLACE INTO schedule (id, series_id, day_of_week, start_minute, end_minute, \
        valid_from, valid_until, every_n_weeks, title, notes, location, color, reminder_minutes, active) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let query = sqlx::query(PUT).bind(&row.id.0.as_bytes()[..]);
    let query = bind_details(bind_pattern(query, &row.pattern), &row.details).bind(row.active);
    query.execute(connection).await?;
    Ok(())
}

/// Sets the register *pattern*.
pub(crate) async fn set_pattern(
    connection: &mut SqliteConnection,
    id: ScheduleId,
    pattern: &Pattern,
) -> Result<(), StorageError> {
    const SET: &str = "UPDATE schedule SET series_id = ?, day_of_week = ?, start_minute = ?, end_minute = ?, \
        valid_from = ?, valid_until = ?, every_n_weeks = ? WHERE id = ?";
    set(connection, bind_pattern(sqlx::query(SET), pattern), id).await
}

/// Sets the register *details*.
pub(crate) async fn set_details(
    connection: &mut SqliteConnection,
    id: ScheduleId,
    details: &Details,
) -> Result<(), StorageError> {
    const SET: &str =
        "UPDATE schedule SET title = ?, notes = ?, location = ?, color = ?, reminder_minutes = ? WHERE id = ?";
    set(connection, bind_details(sqlx::query(SET), details), id).await
}

/// Sets the register *active*.
pub(crate) async fn set_active(
    connection: &mut SqliteConnection,
    id: ScheduleId,
    active: bool,
) -> Result<(), StorageError> {
    set(connection, sqlx::query("UPDATE schedule SET active = ? WHERE id = ?").bind(active), id).await
}

/// Removes a schedule for good.
pub(crate) async fn remove(connection: &mut SqliteConnection, id: ScheduleId) -> Result<(), StorageError> {
    set(connection, sqlx::query("DELETE FROM schedule WHERE id = ?"), id).await
}

type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

/// Runs a statement whose last parameter is the id of the one row that it changes.
async fn set(connection: &mut SqliteConnection, query: Statement<'_>, id: ScheduleId) -> Result<(), StorageError> {
    let done = query.bind(&id.0.as_bytes()[..]).execute(connection).await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(sqlx::Error::RowNotFound.into()) }
}

fn bind_pattern<'q>(query: Statement<'q>, pattern: &Pattern) -> Statement<'q> {
    query
        .bind(bytes(pattern.series_id))
        .bind(pattern.day_of_week.number())
        .bind(pattern.time.start().number())
        .bind(pattern.time.end().number())
        .bind(pattern.validity.from.to_string())
        .bind(pattern.validity.until.map(|date: Date| date.to_string()))
        .bind(pattern.every.number())
}

fn bind_details<'q>(query: Statement<'q>, details: &Details) -> Statement<'q> {
    query
        .bind(details.title.to_string())
        .bind(details.notes.to_string())
        .bind(details.location.to_string())
        .bind(details.color.name())
        .bind(details.reminder.map(i64::from))
}

fn bytes(series: SeriesId) -> Vec<u8> {
    series.0.as_bytes().to_vec()
}

/// A row of this table.
pub(crate) fn read(row: &SqliteRow) -> Result<Schedule, StorageError> {
    let mut columns = Columns::of(row, "schedule");
    Ok(Schedule {
        id: ScheduleId(columns.uuid()?),
        pattern: Pattern {
            series_id: SeriesId(columns.uuid()?),
            day_of_week: columns.get_as::<u8, _>()?,
            time: columns.time()?,
            validity: Validity { from: columns.parse()?, until: columns.optional_date()? },
            every: columns.get_as::<i64, _>()?,
        },
        details: Details {
            title: columns.get_as::<String, _>()?,
            notes: columns.get_as::<String, _>()?,
            location: columns.get_as::<String, _>()?,
            color: columns.parse()?,
            reminder: columns.optional::<i64, _>()?,
        },
        active: columns.get()?,
    })
}

#[cfg(test)]
mod tests {
    use weekwise_domain::{Color, EveryNWeeks, Location, Notes, ReminderMinutes, Weekday};

    use super::*;
    use crate::tests::{Place, date, mondays, refuses, time, title};

    /// Two that differ in every column, at the ends of what fits.
    fn extremes() -> [Schedule; 2] {
        let mut first = mondays(1);
        first.pattern.day_of_week = Weekday::SUNDAY;
        first.pattern.time = time("00:00", "00:01");
        first.pattern.validity = Validity { from: Date::MIN, until: Some(Date::MAX) };
        first.details = Details::default();
        let mut second = mondays(u128::MAX);
        second.pattern.series_id = first.pattern.series_id;
        second.pattern.day_of_week = Weekday::SATURDAY;
        second.pattern.time = time("23:59", "24:00");
        second.pattern.validity = Validity { from: date("2028-02-29"), until: None };
        second.pattern.every = EveryNWeeks::try_from(8).unwrap();
        second.details = Details {
            title: title(&"ü".repeat(200)),
            notes: Notes::new("𝄞\n".repeat(2000)).unwrap(),
            location: Location::new("'; DROP TABLE schedule; --").unwrap(),
            color: Color::Slate,
            reminder: Some(ReminderMinutes::try_from(10_080).unwrap()),
        };
        second.active = false;
        [first, second]
    }

    #[tokio::test]
    async fn every_register_is_read_as_it_was_written() {
        let place = Place::new();
        let _store = place.store().await;
        let connection = &mut place.raw().await;
        let [first, second] = extremes();
        for row in [&first, &second] {
            put(connection, row).await.unwrap();
        }
        assert_eq!(all(connection).await.unwrap(), [first.clone(), second.clone()]);
        assert_eq!(active(connection).await.unwrap(), std::slice::from_ref(&first));
        assert_eq!(of_series(connection, first.pattern.series_id).await.unwrap().len(), 2);
        assert_eq!(count_trashed(connection).await.unwrap(), 0, "a segment of it is active");

        // Register by register from one to the other.
        set_pattern(connection, first.id, &second.pattern).await.unwrap();
        set_details(connection, first.id, &second.details).await.unwrap();
        set_active(connection, first.id, second.active).await.unwrap();
        let expected = Schedule { id: first.id, ..second.clone() };
        assert_eq!(all(connection).await.unwrap(), [expected, second.clone()]);
        assert_eq!((count_trashed(connection).await.unwrap(), trashed(connection).await.unwrap().len()), (1, 2));

        remove(connection, first.id).await.unwrap();
        assert_eq!(all(connection).await.unwrap(), std::slice::from_ref(&second));
        for color in Color::ALL {
            set_details(connection, second.id, &Details { color, ..Details::default() }).await.unwrap();
            assert_eq!(all(connection).await.unwrap()[0].details.color, color);
        }
    }

    #[tokio::test]
    async fn a_register_of_a_row_that_is_not_there_cannot_be_set() {
        let place = Place::new();
        let _store = place.store().await;
        let connection = &mut place.raw().await;
        set_active(connection, mondays(1).id, true).await.unwrap_err();
        remove(connection, mondays(1).id).await.unwrap_err();
    }

    #[tokio::test]
    async fn the_table_refuses_what_the_model_refuses() {
        let place = Place::new();
        let _store = place.store().await;
        let connection = &mut place.raw().await;
        put(connection, &mondays(1)).await.unwrap();
        for bad in [
            "id = x'00'",
            "series_id = x'00'",
            "day_of_week = 7",
            "day_of_week = -1",
            "day_of_week = 'Monday'",
            "start_minute = -1",
            "end_minute = start_minute",
            "end_minute = 1441",
            "valid_from = '2026-02-30'",
            "valid_from = '2026-2-3'",
            "valid_from = '20260203'",
            "valid_from = '1899-12-31'",
            "valid_from = '2201-01-01'",
            "valid_from = '2026-01-01 00:00'",
            "valid_from = ''",
            "valid_from = NULL",
            "valid_until = '2027-13-01'",
            "valid_until = '2201-01-01'",
            "every_n_weeks = 0",
            "every_n_weeks = 9",
            "title = printf('%201c', 'x')",
            "title = NULL",
            "notes = printf('%4001c', 'x')",
            "location = printf('%201c', 'x')",
            "color = 'mauve'",
            "reminder_minutes = 10081",
            "reminder_minutes = -1",
            "active = 2",
        ] {
            refuses(connection, &format!("UPDATE schedule SET {bad}")).await;
        }
        assert_eq!(all(connection).await.unwrap(), [mondays(1)]);
        // Allowed: a range that ends before it begins. It holds no date.
        sqlx::query("UPDATE schedule SET valid_until = '1900-01-01'").execute(connection).await.unwrap();
    }
}
