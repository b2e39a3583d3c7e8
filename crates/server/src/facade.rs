//! The web client's writes: the calls of the server that this one replaces, as edits of the week model.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use thiserror::Error;
use weekwise_domain::{
    Cancellation, Date, Details, Edit, EditError, EveryNWeeks, Exception, ExceptionKey, Override, Pattern, Schedule,
    ScheduleId, SlotLimit, TimeRange, Validity, Weekday,
};

use crate::{
    UserId,
    db::exception::StoredException,
    ids::new_id,
    today::today,
    write::{Author, Write, WriteError},
};

/// The device that calls of the web client are recorded under.
const WEB: &str = "web";

/// A schedule as the web client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleRow {
    /// Its integer id.
    pub id: i64,
    /// Whose it is.
    pub user: UserId,
    /// On which weekday.
    pub day_of_week: Weekday,
    /// From when to when.
    pub time: TimeRange,
    /// False once it was deleted.
    pub is_active: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// An exception as the web client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionRow {
    /// Its integer id.
    pub id: i64,
    /// The integer id of the schedule that occurs on the date.
    pub schedule: i64,
    /// The date in the pattern.
    pub date: Date,
    /// Another time; none when it was deleted.
    pub time: Option<TimeRange>,
    /// Whether the slot does not take place on the date.
    pub is_deleted: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Why a call of the web client was refused. Nothing was changed.
#[derive(Debug, Error)]
pub enum FacadeError {
    /// The user has no such schedule, or it was deleted.
    #[error("Schedule not found")]
    ScheduleNotFound,
    /// The schedule has nothing on the date that could be changed.
    #[error("The schedule does not take place on {0}")]
    NotOnDate(Date),
    /// The weekday has as many slots as the account allows.
    #[error("Maximum {} slots allowed per day", .0.number())]
    SlotLimit(SlotLimit),
    /// The account holds as many rows as it may.
    #[error("The account is full")]
    Full,
    /// Another rule of the week forbids it.
    #[error(transparent)]
    Refused(EditError),
    /// The user was deleted meanwhile.
    #[error("there is no such user")]
    UserGone,
    /// The database refused or could not be reached.
    #[error("the database could not be read or written")]
    Database(#[from] sqlx::Error),
}

impl From<WriteError> for FacadeError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Refused(EditError::SlotLimit { limit, .. }) => Self::SlotLimit(limit),
            WriteError::Refused(EditError::NotADate { date }) => Self::NotOnDate(date),
            WriteError::Refused(refusal) => Self::Refused(refusal),
            WriteError::UserGone => Self::UserGone,
            WriteError::Full => Self::Full,
            WriteError::Database(error) => Self::Database(error),
        }
    }
}

/// Makes a slot that occurs every week from today on.
///
/// # Errors
/// [`FacadeError::SlotLimit`], [`FacadeError::Full`], and what befalls the database.
pub async fn create_schedule(
    pool: &PgPool,
    user: &UserId,
    day_of_week: Weekday,
    time: TimeRange,
    now: DateTime<Utc>,
) -> Result<ScheduleRow, FacadeError> {
    let mut write = Write::begin(pool, user).await?;
    write.check_room().await?;
    let from = first_date(now, write.settings().time_zone.as_ref());
    let id = ScheduleId(new_id(now));
    let pattern = Pattern {
        series_id: id.into(),
        day_of_week,
        time,
        validity: Validity { from, until: None },
        every: EveryNWeeks::ONE,
    };
    let schedule = Schedule { id, pattern, details: Details::default(), active: true };
    write.edit(&Edit::Create { schedule: Box::new(schedule) }.into(), author(now)).await?;
    let made = write.schedule(id).ok_or(FacadeError::ScheduleNotFound)?;
    let row = ScheduleRow {
        id: made.integer_id,
        user: user.clone(),
        day_of_week,
        time,
        is_active: true,
        created_at: made.created_at,
        updated_at: made.updated_at,
    };
    write.commit().await?;
    Ok(row)
}

/// Gives a slot another time on one date. `date` is the one on which the client shows it. What else is different on the
/// date stays: that it was moved there, and its title, notes and place. A cancelled date takes place again.
///
/// # Errors
/// [`FacadeError::ScheduleNotFound`], [`FacadeError::NotOnDate`], [`FacadeError::Full`], and what befalls the database.
pub async fn update_slot(
    pool: &PgPool,
    user: &UserId,
    schedule: i64,
    date: Date,
    time: TimeRange,
    now: DateTime<Utc>,
) -> Result<ExceptionRow, FacadeError> {
    let mut write = Write::begin(pool, user).await?;
    let key = find_with_room(&mut write, schedule, date).await?;
    let current = write.exception(key).and_then(|row| row.value.as_ref()).and_then(Exception::as_override);
    let change = Box::new(Override { time: Some(time), ..current.cloned().unwrap_or_default() });
    let edit = Edit::ChangeDate { series_id: key.series_id, date: key.date, change };
    write.edit(&edit.into(), author(now)).await?;
    answer(write, key, schedule).await
}

/// Cancels a slot on one date. `date` is the one on which the client shows it. One that is cancelled already stays as it
/// is, with the reason that was given for it.
///
/// # Errors
/// [`FacadeError::ScheduleNotFound`], [`FacadeError::NotOnDate`], [`FacadeError::Full`], and what befalls the database.
pub async fn delete_slot(
    pool: &PgPool,
    user: &UserId,
    schedule: i64,
    date: Date,
    now: DateTime<Utc>,
) -> Result<ExceptionRow, FacadeError> {
    let mut write = Write::begin(pool, user).await?;
    let key = find_with_room(&mut write, schedule, date).await?;
    let reason = match write.exception(key).and_then(|row| row.value.as_ref()) {
        Some(Exception::Cancelled(reason)) => reason.clone(),
        _ => Cancellation::default(),
    };
    let edit = Edit::CancelDate { series_id: key.series_id, date: key.date, reason: Box::new(reason) };
    write.edit(&edit.into(), author(now)).await?;
    answer(write, key, schedule).await
}

/// Puts a slot into the trash. One that is there already stays there.
///
/// # Errors
/// [`FacadeError::ScheduleNotFound`], and what befalls the database.
pub async fn delete_schedule(
    pool: &PgPool,
    user: &UserId,
    schedule: i64,
    now: DateTime<Utc>,
) -> Result<(), FacadeError> {
    let mut write = Write::begin(pool, user).await?;
    let found = &write.schedule_with(schedule).ok_or(FacadeError::ScheduleNotFound)?.schedule;
    if !found.active {
        return Ok(());
    }
    let edit = Edit::Trash { series_id: found.pattern.series_id };
    write.edit(&edit.into(), author(now)).await?;
    Ok(write.commit().await?)
}

/// The exception to be changed, which is there or for which there is room.
async fn find_with_room(write: &mut Write, schedule: i64, date: Date) -> Result<ExceptionKey, FacadeError> {
    let key = find(write, schedule, date).await?;
    if write.exception(key).is_none() {
        write.check_room().await?;
    }
    Ok(key)
}

/// The exception by which the client's item on `date` can be changed: that of the occurrence that is on it by its pattern,
/// else that of the first one that is moved to it.
async fn find(write: &mut Write, schedule: i64, date: Date) -> Result<ExceptionKey, FacadeError> {
    let found = write.schedule_with(schedule).filter(|row| row.schedule.active);
    let pattern = found.ok_or(FacadeError::ScheduleNotFound)?.schedule.pattern.clone();
    let series_id = pattern.series_id;
    let exceptions = write.load_date(series_id, date).await?;
    let is_moved_away = exceptions.iter().any(|row| row.key.date == date && moved_to(row).is_some_and(|to| to != date));
    if pattern.occurs_on(date) && !is_moved_away {
        return Ok(ExceptionKey { series_id, date });
    }
    let moved_here = |row: &&StoredException| moved_to(row) == Some(date) && pattern.occurs_on(row.key.date);
    // By original date, the lowest first.
    exceptions.iter().find(moved_here).map(|row| row.key).ok_or(FacadeError::NotOnDate(date))
}

fn moved_to(row: &StoredException) -> Option<Date> {
    row.value.as_ref()?.as_override()?.moved_to
}

/// Ends a write of an exception, and shows it as the client knows it.
async fn answer(write: Write, key: ExceptionKey, schedule: i64) -> Result<ExceptionRow, FacadeError> {
    let row = write.exception(key).ok_or(FacadeError::NotOnDate(key.date))?;
    let (time, is_deleted) = match &row.value {
        Some(Exception::Cancelled(_)) => (None, true),
        Some(Exception::Override(change)) => (change.time, false),
        None => (None, false),
    };
    let shown = ExceptionRow {
        id: row.integer_id,
        schedule,
        date: key.date,
        time,
        is_deleted,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    write.commit().await?;
    Ok(shown)
}

/// From when on a new slot occurs: today. Where the account has no time zone, from the day before today in UTC, since for
/// people west of it today may still be that.
fn first_date(now: DateTime<Utc>, zone: Option<&weekwise_domain::TimeZone>) -> Date {
    match zone {
        Some(_) => today(now, zone),
        None => today(now, None).saturating_plus_days(-1),
    }
}

fn author(now: DateTime<Utc>) -> Author {
    Author { op: new_id(now), device: WEB, made_at: now }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{postgres::Database, week::week};

    fn time(start: &str, end: &str) -> TimeRange {
        TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// Wednesday.
    fn now() -> DateTime<Utc> {
        "2026-11-25T12:00:00Z".parse().unwrap()
    }

    /// A user with a slot on Mondays at 9.
    async fn with_mondays(database: &Database) -> (PgPool, UserId, i64) {
        let (pool, user) = (database.pool(), database.user("ada").await);
        let made = create_schedule(&pool, &user, Weekday::MONDAY, time("09:00", "10:00"), now()).await.unwrap();
        (pool, user, made.id)
    }

    /// The week from Monday 30 November on: original date, date and start of each item.
    async fn shown(pool: &PgPool, user: &UserId) -> Vec<String> {
        let items = week(pool, user, date("2026-11-30"), now()).await.unwrap();
        let show = |it: &crate::week::WeekItem| format!("{} {} {}", it.original_date, it.date, it.time.start());
        items.iter().map(show).collect()
    }

    #[tokio::test]
    async fn a_new_slot_is_shown_and_a_deleted_one_is_not() {
        let database = Database::ready().await;
        let (pool, user, id) = with_mondays(&database).await;
        assert_eq!(shown(&pool, &user).await, ["2026-11-30 2026-11-30 09:00"]);
        delete_schedule(&pool, &user, id, now()).await.unwrap();
        assert_eq!(shown(&pool, &user).await, [""; 0]);
        delete_schedule(&pool, &user, id, now()).await.expect("it may be deleted again");
        let unknown = delete_schedule(&pool, &user, id + 1, now()).await;
        assert!(matches!(unknown, Err(FacadeError::ScheduleNotFound)), "{unknown:?}");
        // One in the trash cannot be changed.
        let changed = update_slot(&pool, &user, id, date("2026-11-30"), time("11:00", "12:00"), now()).await;
        assert!(matches!(changed, Err(FacadeError::ScheduleNotFound)), "{changed:?}");
    }

    #[tokio::test]
    async fn the_accounts_limit_is_told() {
        let database = Database::ready().await;
        let (pool, user, id) = with_mondays(&database).await;
        let more = || create_schedule(&pool, &user, Weekday::MONDAY, time("11:00", "12:00"), now());
        more().await.unwrap();
        assert_eq!(more().await.unwrap_err().to_string(), "Maximum 2 slots allowed per day");
        delete_schedule(&pool, &user, id, now()).await.unwrap();
        more().await.expect("there is room again");
    }

    #[tokio::test]
    async fn a_date_is_changed_cancelled_and_takes_place_again() {
        let database = Database::ready().await;
        let (pool, user, id) = with_mondays(&database).await;
        let monday = date("2026-11-30");
        let changed = update_slot(&pool, &user, id, monday, time("11:00", "12:00"), now()).await.unwrap();
        assert_eq!((changed.schedule, changed.date, changed.is_deleted), (id, monday, false));
        assert_eq!(shown(&pool, &user).await, ["2026-11-30 2026-11-30 11:00"]);

        let deleted = delete_slot(&pool, &user, id, monday, now()).await.unwrap();
        assert_eq!((deleted.id, deleted.time, deleted.is_deleted), (changed.id, None, true));
        assert_eq!(delete_slot(&pool, &user, id, monday, now()).await.unwrap(), deleted);
        assert_eq!(shown(&pool, &user).await, [""; 0]);

        update_slot(&pool, &user, id, monday, time("13:00", "14:00"), now()).await.unwrap();
        assert_eq!(shown(&pool, &user).await, ["2026-11-30 2026-11-30 13:00"]);
        let tuesday = update_slot(&pool, &user, id, date("2026-12-01"), time("13:00", "14:00"), now()).await;
        assert!(matches!(tuesday, Err(FacadeError::NotOnDate(_))), "{tuesday:?}");
    }

    #[tokio::test]
    async fn a_moved_date_is_found_where_it_is_shown_and_keeps_what_else_is_different() {
        let database = Database::ready().await;
        let (pool, user, id) = with_mondays(&database).await;
        let [moved, monday] = ["2026-12-07", "2026-11-30"].map(date);
        update_slot(&pool, &user, id, moved, time("09:00", "10:00"), now()).await.unwrap();
        // As the desktop would move it, to a Friday and with a title.
        database.run("UPDATE exception SET moved_to = '2026-12-04', title = 'Exam', notes = 'Room 5'").await;

        let changed = update_slot(&pool, &user, id, date("2026-12-04"), time("15:00", "16:00"), now()).await.unwrap();
        assert_eq!(changed.date, moved, "the original date names it");
        assert_eq!(shown(&pool, &user).await, ["2026-11-30 2026-11-30 09:00", "2026-12-07 2026-12-04 15:00"]);
        let kept = "SELECT moved_to, title, notes FROM exception";
        assert_eq!(database.rows(kept).await, ["2026-12-04|Exam|Room 5"]);

        // Nothing is on the date that it left.
        let left = delete_slot(&pool, &user, id, moved, now()).await;
        assert!(matches!(left, Err(FacadeError::NotOnDate(_))), "{left:?}");

        // Moved onto another Monday, that Monday's own occurrence is meant, and once that is moved away the one moved there.
        database.run("UPDATE exception SET moved_to = '2026-11-30'").await;
        assert_eq!(delete_slot(&pool, &user, id, monday, now()).await.unwrap().date, monday);
        database
            .run("UPDATE exception SET kind = 'override', moved_to = '2026-12-02' WHERE original_date = '2026-11-30'")
            .await;
        assert_eq!(delete_slot(&pool, &user, id, monday, now()).await.unwrap().date, moved);
    }

    #[tokio::test]
    async fn only_today_and_later_are_shown_in_the_accounts_zone() {
        let database = Database::ready().await;
        let (pool, user, id) = with_mondays(&database).await;
        let show = async |now: &str| week(&pool, &user, date("2026-11-30"), now.parse().unwrap()).await.unwrap();
        assert_eq!(show("2026-11-30T23:00:00Z").await.len(), 1);
        assert_eq!(show("2026-12-01T00:30:00Z").await.len(), 0);
        database
            .run(
                "INSERT INTO setting (user_id, name, value, rev, origin_epoch, origin_rev, op) \
                 VALUES ('ada', 'time_zone', '\"America/New_York\"', 2, 1, 2, gen_random_uuid())",
            )
            .await;
        let still_monday = show("2026-12-01T00:30:00Z").await;
        assert_eq!(still_monday.iter().map(|it| it.schedule).collect::<Vec<_>>(), [id]);
    }

    #[tokio::test]
    async fn integer_ids_are_each_users_own() {
        let database = Database::ready().await;
        let (pool, _, adas) = with_mondays(&database).await;
        let bob = database.user("bob").await;
        let bobs = create_schedule(&pool, &bob, Weekday::SUNDAY, time("09:00", "10:00"), now()).await.unwrap();
        assert_eq!((adas, bobs.id), (1, 1));
        delete_schedule(&pool, &bob, 1, now()).await.unwrap();
        assert_eq!(database.rows("SELECT user_id, active FROM schedule ORDER BY 1").await, ["ada|true", "bob|false"]);
    }
}
