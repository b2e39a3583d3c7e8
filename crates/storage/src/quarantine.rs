//! Where damaged files are set aside. Nothing in there is ever deleted.

use std::path::{Path, PathBuf};

use crate::{DataFolder, Moment, StorageError, private};

/// A folder that is not there yet, for a file that is set aside now.
pub(crate) fn place_for(folder: &DataFolder, now: Moment) -> PathBuf {
    let parent = folder.damaged();
    let stem = now.format("%Y-%m-%dT%H%M%S").to_string();
    let numbered = (2..).map(|number| parent.join(format!("{stem}-{number}")));
    let mut names = std::iter::once(parent.join(&stem)).chain(numbered);
    names.find(|name| !name.exists()).unwrap_or_else(|| parent.join(&stem))
}

/// Moves the file and its companions into a folder of their own. The file goes first: should this be cut short, a log
/// without its file is recognised at the next start and set aside as well.
pub(crate) fn set_aside(folder: &DataFolder, place: &Path) -> Result<(), StorageError> {
    let parent = folder.damaged();
    private::create_folder(&parent)?;
    private::create_folder(place)?;
    private::sync_folder(&parent)?;
    for path in folder.file_and_companions() {
        if let Some(name) = path.file_name().filter(|_| path.exists()) {
            private::rename(&path, &place.join(name))?;
        }
    }
    private::sync_folder(folder.path())
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
