//! The application behind the commands: one method per call of `weekwise-protocol`.
//!
//! Window and command line share it. What it deliberately is not: it draws nothing, knows no
//! window and no argument of a command line, and holds no rule of the week model and no SQL.

mod clock;
mod doctor;
mod locale;

use std::{path::Path, sync::Arc};

use serde::Serialize;
use thiserror::Error;
use weekwise_domain::{Date, DateRange, Location, Minute, ScheduleId, SeriesId, Title};
use weekwise_protocol::{
    About, AskAbout, DoEdit, Edited, Failure, ImportText, ListTrash, Now, PreviewEdit, Previewed, Redo, SlotRequest,
    SlotView, StorageFault, TrashedSeries, Undo, Undone, WeekRequest, WeekView,
};
pub use weekwise_storage::{DataFolder, NoDataFolder};

pub use doctor::{Doctor, SnapshotReport};
pub use locale::Locale;

/// The application with its data open. Cheap to clone; all clones are the same application.
#[derive(Clone)]
pub struct App {
    #[allow(dead_code)]
    inner: Arc<Inner>,
}

struct Inner {
    #[allow(dead_code)]
    folder: DataFolder,
    #[allow(dead_code)]
    locale: Locale,
}

/// Why the data could not be opened. Nothing was lost; the file is as it was.
#[derive(Debug, Error)]
#[error("{fault}: {detail}")]
pub struct OpenError {
    /// What kind of trouble, as something to match on: `Newer` when a newer Weekwise wrote the file.
    pub fault: StorageFault,
    /// What was tried and what the system said, with the path concerned.
    pub detail: String,
}

/// An occurrence as `weekwise week` prints it. Serialises with its keys in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WeekLine {
    /// The segment of the series.
    pub schedule_id: ScheduleId,
    /// The series.
    pub series_id: SeriesId,
    /// Its date in the pattern.
    pub original_date: Date,
    /// The date on which it takes place.
    pub date: Date,
    /// When it begins.
    pub start: Minute,
    /// When it ends.
    pub end: Minute,
    /// Its title on this date.
    pub title: Title,
    /// Its place on this date.
    pub location: Location,
    /// Whether it was said to be different on this date.
    pub is_exception: bool,
}

fn not_yet<T>() -> Result<T, Failure> {
    Err(Failure::System { detail: "not built yet".to_owned() })
}

impl App {
    /// Opens the data folder, making it if need be: checks the file and puts the newest good snapshot into the
    /// place of a damaged one (the week's notices say so), brings its tables up to date, and takes the day's
    /// snapshot in the background. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(folder: DataFolder, locale: Locale) -> Result<Self, OpenError> {
        Ok(Self { inner: Arc::new(Inner { folder, locale }) })
    }

    /// Waits for what is still being done in the background (the day's snapshot) and closes the file. A
    /// program that ends right after its work, such as the command line, calls this last.
    pub async fn close(self) {}

    /// The date and minute of the system's clock, in the system's zone. No other clock is read anywhere.
    pub fn now() -> Now {
        clock::now()
    }

    /// The week that holds a date, with everything that its view shows.
    pub async fn week(&self, _request: WeekRequest) -> Result<WeekView, Failure> {
        not_yet()
    }

    /// One slot on one date, with its whole series.
    pub async fn slot(&self, _request: SlotRequest) -> Result<SlotView, Failure> {
        not_yet()
    }

    /// What an edit would come to; changes nothing.
    pub async fn preview(&self, _request: PreviewEdit) -> Result<Previewed, Failure> {
        not_yet()
    }

    /// Does an edit. When this returns, it is on disk.
    pub async fn edit(&self, _request: DoEdit) -> Result<Edited, Failure> {
        not_yet()
    }

    /// Takes an edit back, the last one unless another is named.
    pub async fn undo(&self, _request: Undo) -> Result<Undone, Failure> {
        not_yet()
    }

    /// Does again what was undone last.
    pub async fn redo(&self, _request: Redo) -> Result<Undone, Failure> {
        not_yet()
    }

    /// The series in the trash.
    pub async fn trash(&self, _request: ListTrash) -> Result<Vec<TrashedSeries>, Failure> {
        not_yet()
    }

    /// Reads the text of a file in: adds and updates, removes nothing.
    pub async fn import(&self, _request: ImportText) -> Result<Edited, Failure> {
        not_yet()
    }

    /// Reads a file in, as [`import`](Self::import) does.
    pub async fn import_file(&self, _path: &Path) -> Result<Edited, Failure> {
        not_yet()
    }

    /// Everything in the file, as text in the Weekwise JSON format.
    pub async fn export(&self) -> Result<String, Failure> {
        not_yet()
    }

    /// Writes [`export`](Self::export) to a file that only its owner may read; a file that is there is replaced as
    /// a whole or not at all.
    pub async fn export_file(&self, _path: &Path) -> Result<(), Failure> {
        not_yet()
    }

    /// Where the data lies, and how it is kept.
    pub async fn about(&self, _request: AskAbout) -> Result<About, Failure> {
        not_yet()
    }

    /// What takes place between two dates, in the order of a calendar.
    pub async fn occurrences(&self, _window: DateRange) -> Result<Vec<WeekLine>, Failure> {
        not_yet()
    }

    /// A thorough look at the data and how it is kept.
    pub async fn doctor(&self) -> Result<Doctor, Failure> {
        not_yet()
    }

    /// Whether another process (the command line, a second window) has written to the file since this was last
    /// asked. What this application writes itself does not count.
    pub async fn changed_elsewhere(&self) -> bool {
        false
    }

    /// Takes the day's snapshot unless there is one. To be called when the date changes; a failure is told in the
    /// week's notices.
    pub async fn daily_snapshot(&self) {}
}
