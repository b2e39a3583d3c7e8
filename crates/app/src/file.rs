//! Files in and out.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use weekwise_domain::{Edit, EditError, Request, Setting};
use weekwise_interchange::{Document, MAX_BYTES, Problem, read, write};
use weekwise_protocol::{Edited, Exported, Failure, FileProblem, ImportText};
use weekwise_storage::EditFailure;

use crate::{
    App, clock,
    edit::edited_reply,
    failure::{edited, stored},
    zone,
};

impl App {
    /// Reads the text of a file in: adds and updates, removes nothing. One step of undo takes all of it back.
    ///
    /// # Errors
    /// When anything in it is bad; then nothing of it is taken. When the data file cannot be written.
    pub async fn import(&self, ImportText { text }: ImportText) -> Result<Edited, Failure> {
        let document = read(&text).map_err(|problems| bad(problems.into_iter().map(told)))?;
        let Document { schedules, exceptions, settings } = document;
        if let Some(zone) = settings.iter().find_map(zone::unknown_zone) {
            let position = "settings.time_zone".to_owned();
            return Err(bad([FileProblem { position, reason: zone::reason(zone) }]));
        }
        let request = Request::from(Edit::Import { schedules, exceptions, settings });
        let done = self.inner.store.edit(&request, clock::moment()).await;
        self.edited().notify_one();
        done.map(edited_reply).map_err(|failure| match failure {
            EditFailure::Refused(error) => misfit(&error, &request.edit),
            failure @ EditFailure::Storage(_) => edited(failure),
        })
    }

    /// Reads a file in, as [`import`](Self::import) does.
    ///
    /// # Errors
    /// Also when the file cannot be read, or is no text.
    pub async fn import_file(&self, path: &Path) -> Result<Edited, Failure> {
        let unreadable = |error: io::Error| Failure::System { detail: format!("{}: {error}", path.display()) };
        let file = File::open(path).map_err(unreadable)?;
        // A byte more than may be there is enough to be refused.
        let mut bytes = Vec::new();
        file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let position = format!("byte {}", error.utf8_error().valid_up_to() + 1);
            bad([FileProblem { position, reason: "this is not text in UTF-8".to_owned() }])
        })?;
        self.import(ImportText { text }).await
    }

    /// Everything in the data file, as text in the Weekwise JSON format.
    ///
    /// # Errors
    /// When the data file cannot be read.
    pub async fn export(&self) -> Result<String, Failure> {
        let rows = self.read().await?.all().await.map_err(stored)?;
        let settings = rows.settings;
        Ok(write(&Document {
            schedules: rows.schedules.into_values().collect(),
            exceptions: rows.exceptions.into_iter().collect(),
            settings: vec![
                Setting::SlotLimit(settings.slot_limit),
                Setting::TimeZone(settings.time_zone),
                Setting::FirstWeekday(settings.first_weekday),
                Setting::Clock(settings.clock),
            ],
        }))
    }

    /// Writes [`export`](Self::export) to a file that only its owner may read. A file that is there is replaced as
    /// a whole or not at all.
    ///
    /// # Errors
    /// Also when the file cannot be written.
    pub async fn export_file(&self, path: &Path) -> Result<(), Failure> {
        let text = self.export().await?;
        write_private(path, &text).map_err(|error| Failure::System { detail: format!("{}: {error}", path.display()) })
    }

    /// Writes [`export`](Self::export) to a new file in a folder, which is named by the day and replaces none.
    ///
    /// # Errors
    /// As for [`export_file`](Self::export_file).
    pub async fn export_into(&self, folder: &Path) -> Result<Exported, Failure> {
        let path = free_name(folder, &format!("Weekwise {}", clock::now().date));
        self.export_file(&path).await?;
        Ok(Exported { path: path.display().to_string() })
    }
}

/// The first name that no file has: `stem.json`, `stem (2).json` and so on.
fn free_name(folder: &Path, stem: &str) -> PathBuf {
    let numbered = (2..).map(|number| folder.join(format!("{stem} ({number}).json")));
    let mut names = std::iter::once(folder.join(format!("{stem}.json"))).chain(numbered);
    // What cannot be asked for is taken for free; then writing says why it cannot be.
    names.find(|name| !name.try_exists().unwrap_or(false)).unwrap_or_else(|| folder.join(stem))
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?.to_string_lossy().into_owned();
    let part = path.with_file_name(format!("{name}.{}.part", std::process::id()));
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    drop(file);
    let written = written.and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // What could not be finished must not stay; that it could not is what the caller hears.
        let _ = fs::remove_file(&part);
    }
    written
}

fn bad(problems: impl IntoIterator<Item = FileProblem>) -> Failure {
    Failure::BadFile { problems: problems.into_iter().collect() }
}

fn told(Problem { position, reason }: Problem) -> FileProblem {
    FileProblem { position, reason }
}

/// The rows of a file, each well-formed, that do not go together with one another or with the rows that are there.
fn misfit(error: &EditError, edit: &Edit) -> Failure {
    let (EditError::SegmentsMeet { first, second, date }, Edit::Import { schedules, .. }) = (error, edit) else {
        return Failure::Refused { error: error.clone() };
    };
    let place = |id| schedules.iter().position(|row| row.id == id);
    let (found, other) = match (place(*first), place(*second)) {
        (Some(first), Some(second)) if first > second => (Some(first), format!("schedules[{second}]")),
        (Some(first), Some(second)) => (Some(second), format!("schedules[{first}]")),
        (Some(first), None) => (Some(first), format!("the schedule {second}, which is there already")),
        (None, second) => (second, format!("the schedule {first}, which is there already")),
    };
    let position = found.map_or_else(|| "schedules".to_owned(), |index| format!("schedules[{index}]"));
    let reason = format!("it is valid on {date}, and so is {other}: the schedules of a series follow one another");
    bad([FileProblem { position, reason }])
}
