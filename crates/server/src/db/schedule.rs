//! `schedule`: recurring slots, those in the trash too.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, Postgres, postgres::PgArguments, postgres::PgRow, query::Query};
use weekwise_domain::{Details, Pattern, Schedule, ScheduleId, SeriesId, Validity};

use super::{columns::Columns, head::Stamp};
use crate::UserId;

/// A schedule with what the server knows of it beside its registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredSchedule {
    pub(crate) schedule: Schedule,
    pub(crate) integer_id: i64,
    pub(crate) rev: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// All schedules of a user.
pub(crate) async fn all(connection: &mut PgConnection, user: &UserId) -> sqlx::Result<Vec<StoredSchedule>> {
    const ALL: &str = "SELECT id, integer_id, rev, created_at, updated_at, series_id, day_of_week, start_time, end_time, \
        valid_from, valid_until, every_n_weeks, title, notes, location, color, reminder_minutes, active \
        FROM schedule WHERE user_id = $1";
    sqlx::query(ALL).bind(user).fetch_all(connection).await?.iter().map(read).collect()
}

/// Stores a new one. All its registers get the same stamp.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    user: &UserId,
    row: &StoredSchedule,
    stamp: Stamp,
) -> sqlx::Result<()> {
    const INSERT: &str = "INSERT INTO schedule (user_id, id, rev, pattern_rev, pattern_origin_rev, details_rev, \
        details_origin_rev, active_rev, active_origin_rev, pattern_origin_epoch, details_origin_epoch, active_origin_epoch, \
        pattern_op, details_op, active_op, updated_at, integer_id, created_at, active, \
        series_id, day_of_week, start_time, end_time, valid_from, valid_until, every_n_weeks, \
        title, notes, location, color, reminder_minutes) \
        VALUES ($1, $2, $3, $3, $3, $3, $3, $3, $3, $4, $4, $4, $5, $5, $5, $6, $7, $8, $9, \
        $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
    let query = bind_stamp(sqlx::query(INSERT), user, row.schedule.id, stamp, row.updated_at);
    let query = query.bind(row.integer_id).bind(row.created_at).bind(row.schedule.active);
    let query = bind_details(bind_pattern(query, &row.schedule.pattern), &row.schedule.details);
    query.execute(connection).await?;
    Ok(())
}

/// Sets the register *pattern*.
pub(crate) async fn set_pattern(
    connection: &mut PgConnection,
    user: &UserId,
    id: ScheduleId,
    pattern: &Pattern,
    stamp: Stamp,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    const SET: &str = "UPDATE schedule SET rev = $3, pattern_rev = $3, pattern_origin_rev = $3, pattern_origin_epoch = $4, \
        pattern_op = $5, updated_at = $6, series_id = $7, day_of_week = $8, start_time = $9, end_time = $10, \
        valid_from = $11, valid_until = $12, every_n_weeks = $13 WHERE user_id = $1 AND id = $2";
    set(connection, bind_pattern(bind_stamp(sqlx::query(SET), user, id, stamp, now), pattern)).await
}

/// Sets the register *details*.
pub(crate) async fn set_details(
    connection: &mut PgConnection,
    user: &UserId,
    id: ScheduleId,
    details: &Details,
    stamp: Stamp,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    const SET: &str = "UPDATE schedule SET rev = $3, details_rev = $3, details_origin_rev = $3, details_origin_epoch = $4, \
        details_op = $5, updated_at = $6, title = $7, notes = $8, location = $9, color = $10, reminder_minutes = $11 \
        WHERE user_id = $1 AND id = $2";
    set(connection, bind_details(bind_stamp(sqlx::query(SET), user, id, stamp, now), details)).await
}

/// Sets the register *active*.
pub(crate) async fn set_active(
    connection: &mut PgConnection,
    user: &UserId,
    id: ScheduleId,
    active: bool,
    stamp: Stamp,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    const SET: &str = "UPDATE schedule SET rev = $3, active_rev = $3, active_origin_rev = $3, active_origin_epoch = $4, \
        active_op = $5, updated_at = $6, active = $7 WHERE user_id = $1 AND id = $2";
    set(connection, bind_stamp(sqlx::query(SET), user, id, stamp, now).bind(active)).await
}

/// Sets all registers to what they are, as if they had been edited so.
pub(crate) async fn revise(
    connection: &mut PgConnection,
    user: &UserId,
    id: ScheduleId,
    stamp: Stamp,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    const SET: &str = "UPDATE schedule SET rev = $3, pattern_rev = $3, pattern_origin_rev = $3, details_rev = $3, \
        details_origin_rev = $3, active_rev = $3, active_origin_rev = $3, pattern_origin_epoch = $4, \
        details_origin_epoch = $4, active_origin_epoch = $4, pattern_op = $5, details_op = $5, active_op = $5, \
        updated_at = $6 WHERE user_id = $1 AND id = $2";
    set(connection, bind_stamp(sqlx::query(SET), user, id, stamp, now)).await
}

/// Removes one for good.
pub(crate) async fn remove(connection: &mut PgConnection, user: &UserId, id: ScheduleId) -> sqlx::Result<()> {
    set(connection, sqlx::query("DELETE FROM schedule WHERE user_id = $1 AND id = $2").bind(user).bind(id.0)).await
}

pub(crate) type Statement<'q> = Query<'q, Postgres, PgArguments>;

/// Runs a statement that changes one row, which is there.
async fn set(connection: &mut PgConnection, query: Statement<'_>) -> sqlx::Result<()> {
    let done = query.execute(connection).await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
}

/// The first six parameters.
fn bind_stamp<'q>(
    query: Statement<'q>,
    user: &'q UserId,
    id: ScheduleId,
    stamp: Stamp,
    now: DateTime<Utc>,
) -> Statement<'q> {
    query.bind(user).bind(id.0).bind(stamp.rev).bind(stamp.epoch).bind(stamp.op).bind(now)
}

pub(crate) fn bind_pattern<'q>(query: Statement<'q>, pattern: &Pattern) -> Statement<'q> {
    query
        .bind(pattern.series_id.0)
        .bind(i16::from(pattern.day_of_week.number()))
        .bind(pattern.time.start().to_string())
        .bind(pattern.time.end().to_string())
        .bind(NaiveDate::from(pattern.validity.from))
        .bind(pattern.validity.until.map(NaiveDate::from))
        .bind(i16::from(pattern.every.number()))
}

pub(crate) fn bind_details<'q>(query: Statement<'q>, details: &'q Details) -> Statement<'q> {
    query
        .bind(details.title.as_str())
        .bind(details.notes.as_str())
        .bind(details.location.as_str())
        .bind(details.color.name())
        // At most 10,080.
        .bind(details.reminder.map(|reminder| i64::from(reminder) as i16))
}

fn read(row: &PgRow) -> sqlx::Result<StoredSchedule> {
    let mut columns = Columns::of(row, "schedule");
    let id = ScheduleId(columns.get()?);
    let (integer_id, rev) = (columns.get()?, columns.get()?);
    let (created_at, updated_at) = (columns.get()?, columns.get()?);
    let schedule = Schedule {
        id,
        pattern: Pattern {
            series_id: SeriesId(columns.get()?),
            day_of_week: columns.weekday()?,
            time: columns.time()?,
            validity: Validity { from: columns.date()?, until: columns.optional_date()? },
            every: columns.number()?,
        },
        details: Details {
            title: columns.get_as::<String, _>()?,
            notes: columns.get_as::<String, _>()?,
            location: columns.get_as::<String, _>()?,
            color: columns.parse()?,
            reminder: columns.optional_number()?,
        },
        active: columns.get()?,
    };
    Ok(StoredSchedule { schedule, integer_id, rev, created_at, updated_at })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use weekwise_domain::{Color, Date, EveryNWeeks, Location, Notes, ReminderMinutes, TimeRange, Title, Weekday};

    use super::*;
    use crate::{db::head::tests::with_head, postgres::Database};

    fn time(start: &str, end: &str) -> TimeRange {
        TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    /// Two that differ in every column, at the ends of what fits.
    fn extremes() -> [StoredSchedule; 2] {
        let first = Schedule {
            id: ScheduleId(Uuid::from_u128(1)),
            pattern: Pattern {
                series_id: SeriesId(Uuid::from_u128(1)),
                day_of_week: Weekday::SUNDAY,
                time: time("00:00", "00:01"),
                validity: Validity { from: Date::MIN, until: Some(Date::MAX) },
                every: EveryNWeeks::ONE,
            },
            details: Details::default(),
            active: true,
        };
        let second = Schedule {
            id: ScheduleId(Uuid::from_u128(u128::MAX)),
            pattern: Pattern {
                series_id: SeriesId(Uuid::from_u128(2)),
                day_of_week: Weekday::SATURDAY,
                time: time("23:59", "24:00"),
                validity: Validity { from: "2028-02-29".parse().unwrap(), until: None },
                every: EveryNWeeks::try_from(8).unwrap(),
            },
            details: Details {
                title: Title::new("ü".repeat(200)).unwrap(),
                notes: Notes::new("𝄞\n".repeat(2000)).unwrap(),
                location: Location::new("'; DROP TABLE schedule; --").unwrap(),
                color: Color::Slate,
                reminder: Some(ReminderMinutes::try_from(10_080).unwrap()),
            },
            active: false,
        };
        let at = |text: &str| text.parse().unwrap();
        let stored = |schedule, integer_id, rev, created: &str, updated: &str| StoredSchedule {
            schedule,
            integer_id,
            rev,
            created_at: at(created),
            updated_at: at(updated),
        };
        [
            stored(first, 1, 1, "2026-11-25T00:00:00Z", "2026-11-25T00:00:00.123456Z"),
            stored(second, i64::MAX, 2, "1970-01-01T00:00:00Z", "2200-12-31T23:59:59Z"),
        ]
    }

    fn stamp(rev: i64) -> Stamp {
        Stamp { rev, epoch: 1, op: Uuid::from_u128(7) }
    }

    #[tokio::test]
    async fn every_register_is_read_as_it_was_written() {
        let database = Database::ready().await;
        let (mut connection, user) = with_head(&database).await;
        let connection = &mut connection;
        let [first, second] = extremes();
        for row in [&first, &second] {
            insert(connection, &user, row, stamp(row.rev)).await.unwrap();
        }
        let mut stored = all(connection, &user).await.unwrap();
        stored.sort_by_key(|row| row.integer_id);
        assert_eq!(stored, [first.clone(), second.clone()]);

        // Register by register from one to the other.
        remove(connection, &user, second.schedule.id).await.unwrap();
        let now = second.updated_at;
        let Schedule { pattern, details, active, .. } = &second.schedule;
        set_pattern(connection, &user, first.schedule.id, pattern, stamp(5), now).await.unwrap();
        set_details(connection, &user, first.schedule.id, details, stamp(6), now).await.unwrap();
        set_active(connection, &user, first.schedule.id, *active, stamp(7), now).await.unwrap();
        let schedule = Schedule { id: first.schedule.id, ..second.schedule };
        let expected = StoredSchedule { schedule, rev: 7, updated_at: now, ..first };
        assert_eq!(all(connection, &user).await.unwrap(), [expected]);
        let revs = "SELECT rev, pattern_rev, pattern_origin_rev, details_rev, details_origin_rev, active_rev, \
            active_origin_rev FROM schedule";
        assert_eq!(database.rows(revs).await, ["7|5|5|6|6|7|7"]);
    }

    #[tokio::test]
    async fn nobody_reads_or_writes_anothers_rows() {
        let database = Database::ready().await;
        let (mut connection, user) = with_head(&database).await;
        let other = database.user("bob").await;
        let [row, _] = extremes();
        insert(&mut connection, &user, &row, stamp(1)).await.unwrap();
        assert_eq!(all(&mut connection, &other).await.unwrap(), []);
        let id = row.schedule.id;
        set_active(&mut connection, &other, id, false, stamp(2), row.updated_at).await.unwrap_err();
        remove(&mut connection, &other, id).await.unwrap_err();
        assert_eq!(all(&mut connection, &user).await.unwrap(), [row]);
    }

    #[tokio::test]
    async fn the_table_refuses_what_the_model_refuses() {
        let database = Database::ready().await;
        let (mut connection, user) = with_head(&database).await;
        let [first, mut second] = extremes();
        insert(&mut connection, &user, &first, stamp(1)).await.unwrap();
        for bad in [
            "day_of_week = 7",
            "day_of_week = -1",
            "start_time = '9:00'",
            "start_time = '24:00', end_time = '24:00'",
            "start_time = '00:01'",
            "end_time = '24:01'",
            "end_time = '00:00'",
            "valid_from = '1899-12-31'",
            "valid_from = '2201-01-01'",
            "valid_from = NULL",
            "valid_until = 'infinity'",
            "every_n_weeks = 0",
            "every_n_weeks = 9",
            "title = repeat('x', 201)",
            "notes = repeat('x', 4001)",
            "location = repeat('x', 201)",
            "color = 'mauve'",
            "reminder_minutes = 10081",
            "reminder_minutes = -1",
            "active = NULL",
            "rev = 2",
            "user_id = 'nobody'",
        ] {
            database.try_run(&format!("UPDATE schedule SET {bad}")).await.expect_err(bad);
        }
        assert_eq!(all(&mut connection, &user).await.unwrap(), std::slice::from_ref(&first));

        // Two segments of a series on one date; unless one is in the trash or holds no date.
        second.schedule.pattern.series_id = first.schedule.pattern.series_id;
        insert(&mut connection, &user, &second, stamp(2)).await.unwrap();
        let restored = set_active(&mut connection, &user, second.schedule.id, true, stamp(3), second.updated_at).await;
        restored.expect_err("they share dates");
        database.run("UPDATE schedule SET valid_until = '1900-01-01' WHERE integer_id <> 1").await;
        set_active(&mut connection, &user, second.schedule.id, true, stamp(3), second.updated_at).await.unwrap();
    }
}
