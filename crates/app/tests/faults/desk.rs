//! Edits, and the application that they are given to, in this process.

use std::path::Path;

use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;
use weekwise_app::{App, DataFolder, Locale, OpenError};
use weekwise_domain::{
    Cancellation, Date, Details, Edit, EveryNWeeks, Override, Pattern, Request, Rows, Schedule, ScheduleId, SeriesId,
    TimeRange, Title, Validity, Weekday,
};
use weekwise_protocol::{DoEdit, Edited, Failure, Notice, StorageFault, Undo, WeekRequest};
use weekwise_storage::Store;

/// A data folder of its own.
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

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder().path().join(name)
    }
}

/// The application, open in this process.
pub(crate) struct Desk {
    runtime: Runtime,
    pub(crate) app: App,
}

impl Desk {
    pub(crate) fn open(folder: &DataFolder) -> Result<Self, OpenError> {
        let runtime = Runtime::new().unwrap();
        let app = runtime.block_on(App::open(folder.clone(), Locale::default()))?;
        Ok(Self { runtime, app })
    }

    pub(crate) fn edit(&self, request: Request) -> Result<Edited, Failure> {
        self.runtime.block_on(self.app.edit(DoEdit { request }))
    }

    pub(crate) fn undo(&self) {
        self.runtime.block_on(self.app.undo(Undo { step: None })).unwrap();
    }

    pub(crate) fn export(&self) -> Result<String, Failure> {
        self.runtime.block_on(self.app.export())
    }

    /// What the window is told when it asks for a week.
    pub(crate) fn notices(&self) -> Result<Vec<Notice>, Failure> {
        Ok(self.runtime.block_on(self.app.week(WeekRequest::default()))?.notices)
    }

    pub(crate) fn snapshot(&self) {
        self.runtime.block_on(self.app.daily_snapshot());
    }

    pub(crate) fn changed_elsewhere(&self) -> bool {
        self.runtime.block_on(self.app.changed_elsewhere())
    }

    /// Ends the application as a person would.
    pub(crate) fn close(self) {
        self.runtime.block_on(self.app.close());
    }

    /// Ends it as a crash would, as far as that can be done to a part of a process.
    pub(crate) fn drop(self) {
        drop(self.app);
        self.runtime.shutdown_background();
    }
}

/// Everything that is stored, read without the application.
pub(crate) fn rows(folder: &DataFolder) -> Rows {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(folder.clone(), moment()).await.unwrap().store;
        let mut reading = store.read().await.unwrap();
        let rows = reading.all().await.unwrap();
        assert_eq!(reading.problems().await.unwrap(), Vec::<String>::new());
        drop(reading);
        store.close().await.unwrap();
        rows
    })
}

pub(crate) fn moment() -> weekwise_storage::Moment {
    weekwise_storage::Moment::parse_from_rfc3339("2026-11-23T10:15:00+01:00").unwrap()
}

/// What kind of trouble a call ended in.
pub(crate) fn fault<T: std::fmt::Debug>(result: Result<T, Failure>) -> StorageFault {
    match result {
        Err(Failure::Storage { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

/// A slot on a single date, a different one for each number, with notes of some length.
pub(crate) fn single(number: u32, notes: usize) -> Request {
    Edit::Create { schedule: Box::new(slot(number, notes)) }.into()
}

pub(crate) fn slot(number: u32, notes: usize) -> Schedule {
    let id = ScheduleId(Uuid::from_u128(u128::from(number) + 1));
    let date: Date = "1950-01-02".parse::<Date>().unwrap().plus_days(i32::try_from(number).unwrap()).unwrap();
    Schedule {
        id,
        pattern: Pattern {
            series_id: SeriesId::from(id),
            day_of_week: date.weekday(),
            time: TimeRange::new("09:00".parse().unwrap(), "10:30".parse().unwrap()).unwrap(),
            validity: Validity { from: date, until: Some(date) },
            every: EveryNWeeks::ONE,
        },
        details: Details {
            title: Title::new(format!("Slot {number}")).unwrap(),
            notes: "n".repeat(notes).try_into().unwrap(),
            ..Details::default()
        },
        active: true,
    }
}

/// Mondays without end.
pub(crate) fn mondays(number: u32) -> Request {
    let mut slot = slot(number, 0);
    slot.pattern.day_of_week = Weekday::MONDAY;
    slot.pattern.validity = Validity { from: date("2026-10-05"), until: None };
    Edit::Create { schedule: Box::new(slot) }.into()
}

pub(crate) fn cancel(number: u32, on: &str) -> Request {
    let reason = Box::new(Cancellation { title: Some(Title::new("Holiday").unwrap()), notes: None });
    Edit::CancelDate { series_id: series(number), date: date(on), reason }.into()
}

pub(crate) fn shift(number: u32, on: &str, to: &str) -> Request {
    let change = Box::new(Override { moved_to: Some(date(to)), ..Override::default() });
    Edit::ChangeDate { series_id: series(number), date: date(on), change }.into()
}

pub(crate) fn series(number: u32) -> SeriesId {
    SeriesId(Uuid::from_u128(u128::from(number) + 1))
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}
