//! The folder lock: who uses the data folder, and who may replace the file in it.
//!
//! Everyone who has the file open holds the lock together with the others; only who replaces the whole file or
//! changes its tables holds it alone. Writers are kept apart by SQLite's own locks, not by this one
//! (`docs/decisions/001-folder-lock.md`). The system lets go of it when a process ends, however it ends.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::PathBuf,
    time::{Duration, Instant},
};

use crate::{DataFolder, StorageError};

const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(20);

pub(crate) struct FolderLock {
    file: File,
    path: PathBuf,
}

impl FolderLock {
    /// Opens the lock's file, without locking it yet.
    pub(crate) fn open(folder: &DataFolder) -> Result<Self, StorageError> {
        let path = folder.lock_file();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(StorageError::file("opening", &path))?;
        Ok(Self { file, path })
    }

    /// Takes the lock together with everyone else who uses the file.
    pub(crate) async fn share(&self) -> Result<(), StorageError> {
        self.wait_for(File::try_lock_shared).await
    }

    /// Lets go of the lock and takes it alone. Who comes first in between may have changed the file.
    pub(crate) async fn take_alone(&self) -> Result<(), StorageError> {
        self.release()?;
        self.wait_for(File::try_lock).await
    }

    /// Lets go of the lock.
    pub(crate) fn release(&self) -> Result<(), StorageError> {
        self.file.unlock().map_err(StorageError::file("unlocking", &self.path))
    }

    async fn wait_for(&self, lock: fn(&File) -> Result<(), TryLockError>) -> Result<(), StorageError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match lock(&self.file) {
                Ok(()) => return Ok(()),
                Err(TryLockError::WouldBlock) if Instant::now() >= deadline => return Err(StorageError::Held),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
                Err(TryLockError::Error(error)) => return Err(StorageError::file("locking", &self.path)(error)),
            }
        }
    }
}
