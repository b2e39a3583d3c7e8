//! Setting a damaged file aside, and putting the newest good snapshot into its place.
//!
//! Nothing is deleted here. Whoever calls this holds the folder lock alone.

use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;

use crate::{
    DataFolder, Moment, StorageError,
    inspect::{Condition, inspect_snapshot},
    private, snapshot,
};

/// Something that happened when the file was opened, and that the person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartEvent {
    /// The file was damaged; it was set aside and the newest good snapshot took its place.
    Restored {
        /// When the snapshot was taken, by the wall clock.
        taken: NaiveDateTime,
        /// Where the damaged file lies now.
        set_aside: PathBuf,
    },
    /// The file was not there; the newest good snapshot took its place.
    RestoredMissing {
        /// When the snapshot was taken, by the wall clock.
        taken: NaiveDateTime,
    },
    /// The file was damaged and there was no good snapshot; it was set aside and a new one begun.
    StartedAfresh {
        /// Where the damaged file lies now.
        set_aside: PathBuf,
    },
}

/// Sets the damaged file aside and puts the newest good snapshot into its place, if there is one.
pub(crate) async fn replace_damaged(folder: &DataFolder, latest: i64, now: Moment) -> Result<StartEvent, StorageError> {
    let set_aside = set_aside(folder, now)?;
    let restored = restore_newest(folder, latest).await?;
    Ok(match restored {
        Some(taken) => StartEvent::Restored { taken, set_aside },
        None => StartEvent::StartedAfresh { set_aside },
    })
}

/// Puts the newest good snapshot into the place of the file, which is not there. Returns when it was
/// taken, or none if there is no good one.
pub(crate) async fn restore_newest(folder: &DataFolder, latest: i64) -> Result<Option<NaiveDateTime>, StorageError> {
    for candidate in snapshot::list(folder)? {
        match inspect_snapshot(&candidate.file, latest).await? {
            Condition::Good | Condition::Behind => {
                put_in_place(&candidate.file, folder)?;
                return Ok(Some(candidate.taken));
            }
            other => log::warn!("the snapshot of {} cannot be used: {other:?}", candidate.taken),
        }
    }
    Ok(None)
}

/// Moves the file and its companions into a folder of their own. The file goes first: should this be cut
/// short, a log without its file is recognised at the next start and set aside as well.
fn set_aside(folder: &DataFolder, now: Moment) -> Result<PathBuf, StorageError> {
    let parent = folder.damaged();
    private::create_folder(&parent)?;
    let stem = now.format("%Y-%m-%dT%H%M%S").to_string();
    let numbered = (2..).map(|number| parent.join(format!("{stem}-{number}")));
    let mut names = std::iter::once(parent.join(&stem)).chain(numbered);
    let target = names.find(|name| !name.exists()).unwrap_or_else(|| parent.join(&stem));
    private::create_folder(&target)?;
    private::sync_folder(&parent)?;
    for path in folder.file_and_companions() {
        if let Some(name) = path.file_name().filter(|_| path.exists()) {
            private::rename(&path, &target.join(name))?;
        }
    }
    private::sync_folder(folder.path())?;
    Ok(target)
}

/// The folders of files that were set aside, oldest first.
pub(crate) fn list(folder: &DataFolder) -> Result<Vec<PathBuf>, StorageError> {
    let path = folder.damaged();
    if !path.exists() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(&path).map_err(StorageError::file("reading the folder", &path))?;
    let mut found: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    found.sort_unstable();
    Ok(found)
}

fn put_in_place(snapshot: &Path, folder: &DataFolder) -> Result<(), StorageError> {
    let part = folder.path().join("local.sqlite.part");
    if part.exists() {
        // Left by a restore that was cut short; the snapshot that it was copied from is still there.
        std::fs::remove_file(&part).map_err(StorageError::file("removing", &part))?;
    }
    private::copy(snapshot, &part)?;
    private::rename(&part, &folder.file())
}
