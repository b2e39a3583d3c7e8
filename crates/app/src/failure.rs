//! From what went wrong inside to what the interface matches on.

use std::path::Path;

use thiserror::Error;
use weekwise_domain::EditError;
use weekwise_protocol::{Failure, StorageFault};
use weekwise_storage::{EditFailure, Fault, StorageError};

/// Why the data could not be opened. Nothing was lost; the file is as it was.
#[derive(Debug, Error)]
#[error("{fault} ({detail})")]
pub struct OpenError {
    /// What kind of trouble, as something to match on: `Newer` when a newer Weekwise wrote the file.
    pub fault: StorageFault,
    /// The file's path, and what the system said.
    pub detail: String,
}

impl OpenError {
    pub(crate) fn of(file: &Path, error: &StorageError) -> Self {
        Self { fault: fault_of(error), detail: format!("{}: {}", file.display(), error.detail()) }
    }
}

/// A failure to read or write the data. It is logged here, the whole chain once.
pub(crate) fn stored(error: StorageError) -> Failure {
    let detail = error.detail();
    log::error!("{detail}");
    Failure::Storage { fault: fault_of(&error), detail }
}

pub(crate) fn edited(failure: EditFailure) -> Failure {
    match failure {
        EditFailure::Refused(error) => refused(error),
        EditFailure::Storage(error) => stored(error),
    }
}

pub(crate) fn refused(error: EditError) -> Failure {
    Failure::Refused { error }
}

pub(crate) fn fault_of(error: &StorageError) -> StorageFault {
    match error.fault() {
        Fault::DiskFull => StorageFault::DiskFull,
        Fault::ReadOnly => StorageFault::ReadOnly,
        Fault::Busy => StorageFault::Busy,
        Fault::Gone => StorageFault::Gone,
        Fault::Damaged => StorageFault::Damaged,
        Fault::Newer => StorageFault::Newer,
        Fault::Disk => StorageFault::Disk,
        Fault::Other => StorageFault::Other,
    }
}

pub(crate) fn unopened(OpenError { fault, detail }: OpenError) -> Failure {
    Failure::Storage { fault, detail }
}
