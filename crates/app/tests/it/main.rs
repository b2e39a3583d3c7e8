//! The application on real data folders, from text in to what a view shows.

#![allow(missing_docs, clippy::unwrap_used)]

mod calls;
#[path = "../../../sync/tests/sim/edit.rs"]
#[allow(dead_code, unreachable_pub, reason = "the simulator has the rest of it, and is no crate")]
mod edit;
mod files;
mod preview;
#[path = "../../../sync/tests/sim/random.rs"]
#[allow(unreachable_pub, reason = "the simulator is no crate")]
mod random;
mod start;
mod sync;
mod term;
mod vectors;
mod week;

use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;
use weekwise_app::{App, DataFolder, Locale};
use weekwise_domain::{
    Cancellation, Date, DateRange, Edit, Override, Request, Schedule, SeriesId, TimeRange, Title, Weekday,
};
use weekwise_protocol::{Block, DoEdit, Edited, Failure, ImportText, Standing, Undo, Undone, WeekRequest, WeekView};

/// An application on a folder of its own.
struct Desk {
    app: App,
    folder: TempDir,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { app: open(&folder).await, folder }
    }

    /// With slots at their first ids: `(weekday, start, end, title)`, weekly since 5 October 2026.
    async fn with(slots: &[(u8, &str, &str, &str)]) -> Self {
        let desk = Self::new().await;
        let rows = (1..).zip(slots).map(|(number, (day, start, end, title))| {
            json!({
                "id": Uuid::from_u128(number), "day_of_week": day, "start": start, "end": end,
                "valid_from": "2026-10-05", "valid_until": null, "every_n_weeks": 1, "title": title,
            })
        });
        desk.import(file(rows.collect(), vec![])).await;
        desk
    }

    async fn import(&self, text: impl ToString) -> Edited {
        self.app.import(ImportText { text: text.to_string() }).await.unwrap()
    }

    async fn refused_import(&self, text: impl ToString) -> Vec<(String, String)> {
        match self.app.import(ImportText { text: text.to_string() }).await {
            Err(Failure::BadFile { problems }) => problems.into_iter().map(|it| (it.position, it.reason)).collect(),
            other => panic!("{other:?}"),
        }
    }

    async fn edit(&self, edit: Edit) -> Result<Edited, Failure> {
        self.app.edit(DoEdit { request: Request::from(edit) }).await
    }

    async fn undo(&self) -> Result<Undone, Failure> {
        self.app.undo(Undo { step: None }).await
    }

    /// The week that holds a date.
    async fn week(&self, on: &str) -> WeekView {
        self.app.week(WeekRequest { date: Some(date(on)), ..WeekRequest::default() }).await.unwrap()
    }

    /// The week that holds a date, one line for each block.
    async fn lines(&self, on: &str) -> Vec<String> {
        self.week(on).await.blocks.iter().map(shown).collect()
    }

    fn data(&self) -> DataFolder {
        data_folder(&self.folder)
    }

    /// Ends the application and starts it again.
    async fn restart(self) -> Self {
        self.app.close().await;
        Self { app: open(&self.folder).await, folder: self.folder }
    }
}

fn data_folder(folder: &TempDir) -> DataFolder {
    DataFolder::at(folder.path().join("data"))
}

async fn open(folder: &TempDir) -> App {
    App::open(data_folder(folder), Locale::default()).await.unwrap()
}

fn shown(block: &Block) -> String {
    let Block { original_date, date, time, title, standing, .. } = block;
    let from = if original_date == date { String::new() } else { format!(" (from {original_date})") };
    let standing = match standing {
        Standing::Usual => String::new(),
        Standing::Changed => " changed".to_owned(),
        Standing::Cancelled { reason } => format!(" cancelled {}", reason.as_ref().map_or("", Title::as_str)),
    };
    format!("{date}{from} {time} {title}{standing}")
}

/// The text of a file.
fn file(schedules: Vec<Value>, exceptions: Vec<Value>) -> Value {
    json!({
        "format": "weekwise", "version": 1, "schedules": schedules, "exceptions": exceptions,
        "settings": { "slot_limit": 24 },
    })
}

fn series(number: u128) -> SeriesId {
    SeriesId(Uuid::from_u128(number))
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn time(start: &str, end: &str) -> TimeRange {
    TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

fn title(text: &str) -> Title {
    Title::new(text).unwrap()
}

fn window(from: &str, to: &str) -> DateRange {
    DateRange::new(date(from), date(to)).unwrap()
}

fn cancel(number: u128, on: &str, why: Option<&str>) -> Edit {
    let reason = Cancellation { title: why.map(title), notes: None };
    Edit::CancelDate { series_id: series(number), date: date(on), reason: Box::new(reason) }
}

fn change(number: u128, on: &str, change: Override) -> Edit {
    Edit::ChangeDate { series_id: series(number), date: date(on), change: Box::new(change) }
}

fn to(on: &str) -> Override {
    Override { moved_to: Some(date(on)), ..Override::default() }
}

/// A slot that was never stored.
fn draft(number: u128, day: u8, start: &str, end: &str) -> Schedule {
    let id = weekwise_domain::ScheduleId(Uuid::from_u128(number));
    Schedule {
        id,
        pattern: weekwise_domain::Pattern {
            series_id: id.into(),
            day_of_week: Weekday::try_from(day).unwrap(),
            time: time(start, end),
            validity: weekwise_domain::Validity { from: date("2026-10-05"), until: None },
            every: weekwise_domain::EveryNWeeks::ONE,
        },
        details: weekwise_domain::Details { title: title("Draft"), ..Default::default() },
        active: true,
    }
}

fn data(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data").join(path);
    std::fs::read_to_string(path).unwrap()
}

fn data_json(path: &str) -> Value {
    serde_json::from_str(&data(path)).unwrap()
}
