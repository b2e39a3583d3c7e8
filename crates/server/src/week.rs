//! The week that the web client shows: seven days, today and later.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgPool, postgres::PgRow};
use weekwise_domain::{
    Cancellation, Date, DateRange, Details, Exception, ExceptionKey, Override, Pattern, Schedule, ScheduleId, SeriesId,
    TimeRange, TimeZone, Validity, expand,
};

use crate::{
    Timestamp, UserId,
    auth::TokenHash,
    db::{columns::Columns, session::Session},
    today::today,
};

/// One slot on one date. The web client knows it by `<schedule>-<original date>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekItem {
    /// The integer id of its schedule.
    pub schedule: i64,
    /// Its date in the pattern, which names it.
    pub original_date: Date,
    /// The date on which it takes place.
    pub date: Date,
    /// From when to when.
    pub time: TimeRange,
    /// The integer id of the exception that changes it, if one does.
    pub exception: Option<i64>,
}

/// What a session's user has in the seven days from `start`, and the session: one statement, since this is what is
/// asked most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionWeek {
    /// The session, whether or not it has ended.
    pub session: Session,
    /// By date and start.
    pub items: Vec<WeekItem>,
}

/// Everything that the week of `who` is made of, in rows of one shape:
///
/// | kind | integer_id | id | series_id | first | last | start_time | end_time | day | every | word | expires | ends |
/// |---|---|---|---|---|---|---|---|---|---|---|---|---|
/// | 0 session | | | | | | | | | | user | expiresAt | endsAt |
/// | 1 setting | | | | | | | | | | time zone | | |
/// | 2 schedule | integer id | id | series | valid from | until | start | end | weekday | rhythm | | | |
/// | 3 exception | integer id | | series | original date | moved to | start | end | | | kind | | |
///
/// The exceptions are those with an original date in the window and those that are moved into it; an index leads to
/// either, so that those elsewhere cost nothing.
macro_rules! week_of {
    ($who:literal) => {
        concat!(
            "WITH who AS MATERIALIZED (",
            $who,
            r#")
            SELECT 0, NULL::bigint, NULL::uuid, NULL::uuid, NULL::date, NULL::date, NULL::text, NULL::text,
                NULL::smallint, NULL::smallint, user_id, "expiresAt", "endsAt"
                FROM who
            UNION ALL SELECT 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, value #>> '{}', NULL, NULL
                FROM who JOIN setting USING (user_id) WHERE name = 'time_zone'
            UNION ALL SELECT 2, integer_id, id, series_id, valid_from, valid_until, start_time, end_time,
                day_of_week, every_n_weeks, NULL, NULL, NULL
                FROM who JOIN schedule USING (user_id) WHERE active
            UNION ALL SELECT 3, integer_id, NULL, series_id, original_date, moved_to, start_time, end_time,
                NULL, NULL, kind, NULL, NULL
                FROM who JOIN exception USING (user_id)
                WHERE original_date BETWEEN $2 AND $3 AND kind <> 'pattern'
            UNION ALL SELECT 3, integer_id, NULL, series_id, original_date, moved_to, start_time, end_time,
                NULL, NULL, kind, NULL, NULL
                FROM who JOIN exception USING (user_id)
                WHERE moved_to BETWEEN $2 AND $3 AND original_date NOT BETWEEN $2 AND $3"#
        )
    };
}

/// The week of a user.
pub const OF_USER: &str =
    week_of!(r#"SELECT $1::text AS user_id, NULL::timestamp AS "expiresAt", NULL::timestamp AS "endsAt""#);

/// The week of a session's user, found by the hash of its token.
pub const OF_SESSION: &str =
    week_of!(r#"SELECT "userId" AS user_id, "expiresAt", "endsAt" FROM session WHERE token = $1"#);

/// What `user` has in the seven days from `start`, on `now`'s date (in the account's time zone, else UTC) and later, by
/// date and start.
///
/// # Errors
/// When the database cannot be read.
pub async fn week(pool: &PgPool, user: &UserId, start: Date, now: DateTime<Utc>) -> sqlx::Result<Vec<WeekItem>> {
    let window = DateRange::week_from(start);
    let query = sqlx::query(OF_USER).bind(user);
    let rows = query.bind(NaiveDate::from(window.from())).bind(NaiveDate::from(window.to())).fetch_all(pool).await?;
    Ok(Material::read(&rows)?.items(window, now))
}

/// The session of a token, and the [`week`] of its user. None when there is no such session.
///
/// # Errors
/// When the database cannot be read.
pub async fn week_of_session(
    pool: &PgPool,
    token: &TokenHash,
    start: Date,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<SessionWeek>> {
    let window = DateRange::week_from(start);
    let query = sqlx::query(OF_SESSION).bind(token);
    let rows = query.bind(NaiveDate::from(window.from())).bind(NaiveDate::from(window.to())).fetch_all(pool).await?;
    let material = Material::read(&rows)?;
    let Some(session) = material.session.clone() else { return Ok(None) };
    Ok(Some(SessionWeek { session, items: material.items(window, now) }))
}

/// What a week is made of.
#[derive(Default)]
struct Material {
    session: Option<Session>,
    zone: Option<TimeZone>,
    schedules: Vec<Schedule>,
    exceptions: BTreeMap<ExceptionKey, Exception>,
    schedule_ids: BTreeMap<ScheduleId, i64>,
    exception_ids: BTreeMap<ExceptionKey, i64>,
}

impl Material {
    fn read(rows: &[PgRow]) -> sqlx::Result<Self> {
        let mut material = Self::default();
        for row in rows {
            material.take(&mut Columns::of(row, "the week"))?;
        }
        Ok(material)
    }

    fn take(&mut self, columns: &mut Columns<'_>) -> sqlx::Result<()> {
        const SESSION: i32 = 0;
        const ZONE: i32 = 1;
        const SCHEDULE: i32 = 2;
        const WORD: usize = 10;
        match columns.get::<i32>()? {
            SESSION => {
                columns.skip_to(WORD);
                let user_id: UserId = columns.get()?;
                let expires_at: Option<Timestamp> = columns.get()?;
                let ends_at = columns.get()?;
                self.session = expires_at.map(|expires_at| Session { user_id, expires_at, ends_at });
            }
            ZONE => {
                columns.skip_to(WORD);
                // Null follows the system, which a server does not know.
                self.zone = columns.optional::<String, TimeZone>()?;
            }
            SCHEDULE => {
                let integer_id = columns.get()?;
                let id = ScheduleId(columns.get()?);
                let pattern = Pattern {
                    series_id: SeriesId(columns.get()?),
                    validity: Validity { from: columns.date()?, until: columns.optional_date()? },
                    time: columns.time()?,
                    day_of_week: columns.weekday()?,
                    every: columns.number()?,
                };
                self.schedule_ids.insert(id, integer_id);
                self.schedules.push(Schedule { id, pattern, details: Details::default(), active: true });
            }
            _ => {
                let integer_id = columns.get()?;
                columns.skip(1);
                let key = ExceptionKey { series_id: SeriesId(columns.get()?), date: columns.date()? };
                let (moved_to, time) = (columns.optional_date()?, columns.optional_time()?);
                columns.skip_to(WORD);
                let exception = match columns.get::<&str>()? {
                    "cancelled" => Exception::Cancelled(Cancellation::default()),
                    _ => Exception::Override(Override { time, moved_to, ..Override::default() }),
                };
                self.exception_ids.insert(key, integer_id);
                self.exceptions.insert(key, exception);
            }
        }
        Ok(())
    }

    fn items(&self, window: DateRange, now: DateTime<Utc>) -> Vec<WeekItem> {
        let today = today(now, self.zone.as_ref());
        let occurrences = expand(&self.schedules, &self.exceptions, window);
        let shown = occurrences.into_iter().filter(|it| it.date >= today);
        let items = shown.map(|it| {
            let key = ExceptionKey { series_id: it.schedule.pattern.series_id, date: it.original_date };
            WeekItem {
                schedule: self.schedule_ids[&it.schedule.id],
                original_date: it.original_date,
                date: it.date,
                time: it.time,
                exception: it.exception.and_then(|_| self.exception_ids.get(&key).copied()),
            }
        });
        items.collect()
    }
}
