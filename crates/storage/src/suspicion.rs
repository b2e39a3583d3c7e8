//! The mark that the data file may be damaged, left beside it when something in it could not be read. At the next
//! start the file is then looked at thoroughly, where otherwise a quick check is enough.

use std::fs;

use crate::{DataFolder, Fault, StorageError, private};

/// Marks the file when this error tells of damage, and passes the error on.
pub(crate) fn raised_by<T>(folder: &DataFolder, result: Result<T, StorageError>) -> Result<T, StorageError> {
    if result.as_ref().is_err_and(|error| error.fault() == Fault::Damaged) {
        raise(folder);
    }
    result
}

/// Marks the file.
pub(crate) fn raise(folder: &DataFolder) {
    if let Err(error) = private::options().create(true).truncate(true).open(folder.suspicion()) {
        log::warn!("the data file could not be marked as damaged: {error}");
    }
}

/// Whether the file is marked.
pub(crate) fn stands(folder: &DataFolder) -> bool {
    folder.suspicion().exists()
}

/// Takes the mark away, after a thorough look.
pub(crate) fn clear(folder: &DataFolder) {
    match fs::remove_file(folder.suspicion()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            log::warn!("the mark of a damaged file could not be removed: {error}");
        }
        _ => {}
    }
}
