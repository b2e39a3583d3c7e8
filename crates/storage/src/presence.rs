//! Whether the files that were opened are still the ones that everyone sees.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{DataFolder, StorageError};

/// Which files on the disk were opened, to notice when one is deleted or replaced.
#[derive(Clone)]
pub(crate) struct Presence {
    /// The data file; its write-ahead log, which holds the last commits; and the log's index, through which processes
    /// tell each other what is in the log: two with an index each would write over one another's commits.
    files: [(PathBuf, FileId); 3],
}

impl Presence {
    /// Those of a folder, as they are now.
    pub(crate) fn of(folder: &DataFolder) -> Result<Self, StorageError> {
        let [file, log, index] = folder.file_and_companions();
        let identify = |path: PathBuf| match file_id(&path) {
            Some(id) => Ok((path, id)),
            None => Err(StorageError::Gone),
        };
        Ok(Self { files: [identify(file)?, identify(log)?, identify(index)?] })
    }

    /// Whether the same files are still there.
    pub(crate) fn still_holds(&self) -> bool {
        self.files.iter().all(is_there)
    }
}

fn is_there((path, id): &(PathBuf, FileId)) -> bool {
    file_id(path).as_ref() == Some(id)
}

/// Device and number of a file. Where there is no such thing (Windows), an open file cannot be
/// deleted, so that its being there is enough.
type FileId = (u64, u64);

#[cfg(unix)]
fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|it| (it.dev(), it.ino()))
}

#[cfg(not(unix))]
fn file_id(path: &Path) -> Option<FileId> {
    fs::metadata(path).ok().map(|_| (0, 0))
}
