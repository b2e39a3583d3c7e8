//! Rows as the web client sees them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use weekwise_domain::{Date, Minute, TimeRange, Weekday};

use crate::{
    Timestamp, UserId,
    facade::{ExceptionRow, ScheduleRow},
    week::WeekItem,
};

/// A schedule.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Schedule {
    id: i64,
    user_id: UserId,
    #[schema(value_type = u8, maximum = 6)]
    day_of_week: Weekday,
    #[schema(value_type = String, example = "09:00")]
    start_time: Minute,
    #[schema(value_type = String, example = "09:00")]
    end_time: Minute,
    is_active: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<ScheduleRow> for Schedule {
    fn from(row: ScheduleRow) -> Self {
        Self {
            id: row.id,
            user_id: row.user,
            day_of_week: row.day_of_week,
            start_time: row.time.start(),
            end_time: row.time.end(),
            is_active: row.is_active,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// An exception. One that is deleted has no times.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Exception {
    id: i64,
    schedule_id: i64,
    date: Timestamp,
    #[schema(value_type = Option<String>, example = "09:00")]
    start_time: Option<Minute>,
    #[schema(value_type = Option<String>, example = "09:00")]
    end_time: Option<Minute>,
    is_deleted: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<ExceptionRow> for Exception {
    fn from(row: ExceptionRow) -> Self {
        Self {
            id: row.id,
            schedule_id: row.schedule,
            date: midnight(row.date),
            start_time: row.time.map(TimeRange::start),
            end_time: row.time.map(TimeRange::end),
            is_deleted: row.is_deleted,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// The web client has dates as the first moment of them in UTC.
fn midnight(date: Date) -> Timestamp {
    let date: chrono::NaiveDate = date.into();
    DateTime::<Utc>::from_naive_utc_and_offset(date.into(), Utc).into()
}

/// A slot on a date.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item {
    id: String,
    schedule_id: i64,
    #[schema(value_type = String, format = Date)]
    date: Date,
    #[schema(value_type = String, example = "09:00")]
    start_time: Minute,
    #[schema(value_type = String, example = "09:00")]
    end_time: Minute,
    is_exception: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception_id: Option<i64>,
}

impl From<WeekItem> for Item {
    fn from(item: WeekItem) -> Self {
        Self {
            id: format!("{}-{}", item.schedule, item.original_date),
            schedule_id: item.schedule,
            date: item.date,
            start_time: item.time.start(),
            end_time: item.time.end(),
            is_exception: item.exception.is_some(),
            exception_id: item.exception,
        }
    }
}
