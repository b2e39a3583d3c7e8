//! What happened at a start that the person should know. It is kept in the file until they were told: a process may
//! end before it has shown anything.

use std::path::PathBuf;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use crate::{DataFolder, StorageError, meta};

/// Something that happened when a file was opened, and that the person should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum StartEvent {
    /// The file was damaged or not there; it was made anew from the newest good snapshot and the edits since.
    Rebuilt {
        /// Where the damaged file lies now; none when there was no file.
        set_aside: Option<PathBuf>,
        /// When the snapshot was taken, by the wall clock; none when all was made from edits.
        taken: Option<NaiveDateTime>,
        /// How many edits (also undone ones and their undoing) were done again.
        edits: u32,
        /// Whether these are all, as far as the journal tells.
        is_whole: bool,
    },
    /// The file was damaged, and there was neither a good snapshot nor a journal; a new one was begun.
    StartedAfresh {
        /// Where the damaged file lies now.
        set_aside: PathBuf,
    },
    /// The file lacked the last edits, and they were done again.
    CaughtUp {
        /// How many.
        edits: u32,
    },
}

impl StartEvent {
    fn with_path(mut self, change: impl FnOnce(PathBuf) -> PathBuf) -> Self {
        match &mut self {
            Self::Rebuilt { set_aside: Some(path), .. } | Self::StartedAfresh { set_aside: path } => {
                *path = change(std::mem::take(path));
            }
            Self::Rebuilt { set_aside: None, .. } | Self::CaughtUp { .. } => {}
        }
        self
    }
}

/// Notes an event in the file that it happened to, which may be moved along with its folder.
pub(crate) async fn note(
    connection: &mut SqliteConnection,
    folder: &DataFolder,
    event: &StartEvent,
) -> Result<(), StorageError> {
    let inside = |path: PathBuf| path.strip_prefix(folder.path()).map(PathBuf::from).unwrap_or(path);
    let text = serde_json::to_string(&event.clone().with_path(inside))?;
    meta::forget(connection, meta::START_EVENT).await?;
    meta::note(connection, meta::START_EVENT, &text).await
}

/// The event that is noted in a file.
pub(crate) async fn noted(
    connection: &mut SqliteConnection,
    folder: &DataFolder,
) -> Result<Option<StartEvent>, StorageError> {
    let Some(text) = meta::find(connection, meta::START_EVENT).await? else { return Ok(None) };
    // One that cannot be read must not keep anyone from their week.
    let event = serde_json::from_str(&text).map_err(|error| log::warn!("a note of a start cannot be read: {error}"));
    Ok(event.ok().map(|event: StartEvent| event.with_path(|path| folder.path().join(path))))
}
