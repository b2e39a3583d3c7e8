//! Tests of the store as a whole, on real files.

mod concurrency;
mod damage;
mod editing;
mod faults;
mod journal;
mod opening;
mod random;

use std::path::Path;

use chrono::DateTime;
use sqlx::SqliteConnection;
use tempfile::TempDir;
use uuid::Uuid;
use weekwise_domain::{
    Cancellation, Date, Details, Edit, EveryNWeeks, Override, Pattern, Request, Rows, Schedule, ScheduleId, SeriesId,
    TimeRange, Title, Validity, Weekday,
};

use crate::{DataFolder, EditFailure, Edited, Moment, Opened, Store, connect};

/// A Monday morning.
pub(crate) fn moment() -> Moment {
    DateTime::parse_from_rfc3339("2026-11-23T10:15:00+01:00").unwrap()
}

/// A data folder of its own; it goes with the value.
pub(crate) struct Place {
    pub(crate) root: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn folder(&self) -> DataFolder {
        DataFolder::at(self.root.path().join("data"))
    }

    pub(crate) async fn open(&self) -> Opened {
        Store::open(self.folder(), moment()).await.unwrap()
    }

    /// A store in which nothing unusual happened at the start.
    pub(crate) async fn store(&self) -> Store {
        let Opened { store, event } = self.open().await;
        assert_eq!(event, None);
        store
    }

    /// A connection past the store, to look at a table or break a rule.
    pub(crate) async fn raw(&self) -> SqliteConnection {
        connect::writer(&self.folder().file()).await.unwrap()
    }
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn time(start: &str, end: &str) -> TimeRange {
    TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

pub(crate) fn title(text: &str) -> Title {
    Title::new(text).unwrap()
}

/// Mondays from 09:00 to 10:30 since 5 October 2026.
pub(crate) fn mondays(number: u128) -> Schedule {
    let id = ScheduleId(Uuid::from_u128(number));
    Schedule {
        id,
        pattern: Pattern {
            series_id: SeriesId::from(id),
            day_of_week: Weekday::MONDAY,
            time: time("09:00", "10:30"),
            validity: Validity { from: date("2026-10-05"), until: None },
            every: EveryNWeeks::ONE,
        },
        details: Details { title: title(&format!("Slot {number}")), ..Details::default() },
        active: true,
    }
}

pub(crate) fn create(schedule: Schedule) -> Request {
    Edit::Create { schedule: Box::new(schedule) }.into()
}

pub(crate) fn cancel(number: u128, on: &str) -> Request {
    let reason = Box::new(Cancellation::default());
    Edit::CancelDate { series_id: SeriesId(Uuid::from_u128(number)), date: date(on), reason }.into()
}

pub(crate) fn retime(number: u128, on: &str, to: TimeRange) -> Request {
    let change = Box::new(Override { time: Some(to), ..Override::default() });
    Edit::ChangeDate { series_id: SeriesId(Uuid::from_u128(number)), date: date(on), change }.into()
}

impl Store {
    pub(crate) async fn try_do(&self, request: impl Into<Request>) -> Result<Edited, EditFailure> {
        self.edit(&request.into(), moment()).await
    }

    /// Does an edit that changes something, and returns its number.
    pub(crate) async fn must(&self, request: impl Into<Request>) -> i64 {
        self.try_do(request).await.unwrap().step.expect("a change").id
    }

    pub(crate) async fn rows(&self) -> Rows {
        self.read().await.unwrap().all().await.unwrap()
    }
}

/// Expects a statement to be refused by a check of its table.
pub(crate) async fn refuses(connection: &mut SqliteConnection, statement: &str) {
    match sqlx::query(sqlx::AssertSqlSafe(statement)).execute(connection).await {
        Err(sqlx::Error::Database(error)) => {
            let message = error.message();
            let by_check =
                ["constraint failed", "cannot store", "malformed JSON"].iter().any(|it| message.contains(it));
            assert!(by_check, "{statement}: {message}");
        }
        other => panic!("{statement}: {other:?}"),
    }
}
