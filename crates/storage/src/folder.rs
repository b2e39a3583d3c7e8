//! The data folder: where it lies and what lies in it.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use thiserror::Error;
use uuid::Uuid;

use crate::{StorageError, private};

/// The variable of the environment that names the data folder.
pub const FOLDER_VARIABLE: &str = "WEEKWISE_DATA_DIR";

/// The folder that holds a person's data. It need not exist yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DataFolder {
    path: PathBuf,
    /// What the data file is called, but for its end.
    stem: &'static str,
}

/// The system names no folder for the data of programs.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the system names no folder for application data: set WEEKWISE_DATA_DIR or give --data-dir")]
pub struct NoDataFolder;

impl DataFolder {
    /// The folder at `path`. A relative path is meant from where the program runs now, wherever it goes later.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self { path: std::path::absolute(&path).unwrap_or(path), stem: "local" }
    }

    /// The folder of an account's data, in this one.
    #[must_use]
    pub fn of_account(&self, folder: Uuid) -> Self {
        Self { path: self.path.join("accounts").join(folder.to_string()), stem: "account" }
    }

    /// The list of the accounts that are kept.
    pub(crate) fn accounts(&self) -> PathBuf {
        self.path.join("accounts.json")
    }

    /// The folder that a person named on the command line, else the one that the environment names
    /// in `WEEKWISE_DATA_DIR`, else `weekwise` in the system's folder for application data on this machine.
    ///
    /// # Errors
    /// When none is named and the system has no such folder.
    pub fn resolve(named: Option<PathBuf>) -> Result<Self, NoDataFolder> {
        Self::choose(named, std::env::var_os(FOLDER_VARIABLE), dirs::data_local_dir())
    }

    fn choose(
        named: Option<PathBuf>,
        variable: Option<OsString>,
        of_system: Option<PathBuf>,
    ) -> Result<Self, NoDataFolder> {
        let variable = variable.filter(|value| !value.is_empty()).map(PathBuf::from);
        let path = named.or(variable).or_else(|| Some(of_system?.join("weekwise"))).ok_or(NoDataFolder)?;
        Ok(Self::at(path))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The data file.
    pub fn file(&self) -> PathBuf {
        self.named("")
    }

    /// The file beside the data file whose name ends so.
    fn named(&self, end: &str) -> PathBuf {
        self.path.join(format!("{}.sqlite{end}", self.stem))
    }

    /// The file whose locks say who uses the folder.
    pub(crate) fn lock_file(&self) -> PathBuf {
        self.path.join("weekwise.lock")
    }

    /// The folder of the snapshots.
    pub(crate) fn snapshots(&self) -> PathBuf {
        self.path.join("snapshots")
    }

    /// The folder of the journal.
    pub(crate) fn journal(&self) -> PathBuf {
        self.path.join("journal")
    }

    /// The folder of damaged files that were set aside. Nothing in it is ever deleted.
    pub(crate) fn damaged(&self) -> PathBuf {
        self.path.join("damaged")
    }

    /// The file that is there while the data file may be damaged.
    pub(crate) fn suspicion(&self) -> PathBuf {
        self.named(".suspect")
    }

    /// The file that is to take the data file's place, while it is made.
    pub(crate) fn part(&self) -> PathBuf {
        self.named(".part")
    }

    /// The file that is to take the data file's place, whole and on the disk.
    pub(crate) fn replacement(&self) -> PathBuf {
        self.named(".replacement")
    }

    /// The data file and the two that SQLite keeps beside it: the write-ahead log and its index.
    pub(crate) fn file_and_companions(&self) -> [PathBuf; 3] {
        with_companions(&self.file())
    }

    /// Makes the folder if it is not there, for its owner only, and closes to others what an earlier program or a
    /// copy left open in it. A folder that was there with something in it keeps its own mode: it may be
    /// anyone's.
    pub(crate) fn prepare(&self) -> Result<(), StorageError> {
        private::create_folder(&self.path)?;
        if is_empty(&self.path).map_err(StorageError::file("reading the folder", &self.path))? {
            private::close_folder(&self.path)?;
        }
        for path in self.file_and_companions() {
            private::close_file(&path)?;
        }
        Ok(())
    }
}

/// A database and the two files that SQLite keeps beside it.
pub(crate) fn with_companions(file: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        name.into()
    })
}

fn is_empty(folder: &Path) -> io::Result<bool> {
    Ok(fs::read_dir(folder)?.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_outranks_the_environment_and_that_the_system() {
        let chosen = |named: Option<&str>, variable: Option<&str>, of_system: Option<&str>| {
            DataFolder::choose(named.map(Into::into), variable.map(Into::into), of_system.map(Into::into))
                .map(|folder| folder.path)
        };
        assert_eq!(chosen(Some("/a"), Some("/b"), Some("/c")), Ok("/a".into()));
        assert_eq!(chosen(None, Some("/b"), Some("/c")), Ok("/b".into()));
        assert_eq!(chosen(None, Some(""), Some("/c")), Ok("/c/weekwise".into()));
        assert_eq!(chosen(None, None, None), Err(NoDataFolder));
    }
}
