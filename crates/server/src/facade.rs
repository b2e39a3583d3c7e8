//! The web client's writes: the calls of the server that this one replaces, as edits of the week model.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use thiserror::Error;
use weekwise_domain::{Date, SlotLimit, TimeRange, Weekday};

use crate::UserId;

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
    /// The user was deleted meanwhile.
    #[error("there is no such user")]
    UserGone,
    /// The database refused or could not be reached.
    #[error("the database could not be read or written")]
    Database(#[from] sqlx::Error),
}

/// Makes a slot that occurs every week from today on.
///
/// # Errors
/// [`FacadeError::SlotLimit`], and what befalls the database.
pub async fn create_schedule(
    pool: &PgPool,
    user: &UserId,
    day_of_week: Weekday,
    time: TimeRange,
    now: DateTime<Utc>,
) -> Result<ScheduleRow, FacadeError> {
    let _ = (pool, user, day_of_week, time, now);
    todo!("with the write path")
}

/// Gives a slot another time on one date. `date` is the one on which the client shows it.
///
/// # Errors
/// [`FacadeError::ScheduleNotFound`], [`FacadeError::NotOnDate`], and what befalls the database.
pub async fn update_slot(
    pool: &PgPool,
    user: &UserId,
    schedule: i64,
    date: Date,
    time: TimeRange,
    now: DateTime<Utc>,
) -> Result<ExceptionRow, FacadeError> {
    let _ = (pool, user, schedule, date, time, now);
    todo!("with the write path")
}

/// Cancels a slot on one date. `date` is the one on which the client shows it.
///
/// # Errors
/// [`FacadeError::ScheduleNotFound`], [`FacadeError::NotOnDate`], and what befalls the database.
pub async fn delete_slot(
    pool: &PgPool,
    user: &UserId,
    schedule: i64,
    date: Date,
    now: DateTime<Utc>,
) -> Result<ExceptionRow, FacadeError> {
    let _ = (pool, user, schedule, date, now);
    todo!("with the write path")
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
    let _ = (pool, user, schedule, now);
    todo!("with the write path")
}
