//! The week that the web client shows: seven days, today and later.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use weekwise_domain::{Date, TimeRange};

use crate::UserId;

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

/// What `user` has in the seven days from `start`, on `now`'s date (in the account's time zone, else UTC) and later, by
/// date and start.
///
/// # Errors
/// When the database cannot be read.
pub async fn week(pool: &PgPool, user: &UserId, start: Date, now: DateTime<Utc>) -> Result<Vec<WeekItem>, sqlx::Error> {
    let _ = (pool, user, start, now);
    todo!("with the tables")
}
