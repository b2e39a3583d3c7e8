//! What can go wrong between the week and the disk.

use std::{
    error::Error as _,
    io,
    path::{Path, PathBuf},
};

use sqlx::migrate::MigrateError;
use thiserror::Error;

use crate::{DataFolder, StepError, disk};

/// The kinds of trouble that a person can do something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The disk or the quota is full.
    DiskFull,
    /// The file or its folder may not be read or written.
    ReadOnly,
    /// Another program holds the file.
    Busy,
    /// The file is no longer where it was opened.
    Gone,
    /// The file is damaged.
    Damaged,
    /// A newer Weekwise wrote the file.
    Newer,
    /// The disk failed, or refused for a reason of its own (a quota, a limit on the size of files).
    Disk,
    /// Anything else.
    Other,
}

/// Why the data could not be read or written. Nothing was changed.
#[derive(Debug, Error)]
pub enum StorageError {
    /// SQLite refused.
    #[error("the data file could not be read or written")]
    Sqlite(#[from] sqlx::Error),
    /// SQLite was refused something by the system, which says why when asked again.
    #[error("the data file could not be read or written ({sqlite})")]
    Refused {
        /// What SQLite says.
        sqlite: sqlx::Error,
        /// What the system says.
        source: io::Error,
    },
    /// The system refused an operation on a file.
    #[error("{doing} {}", name_of(path))]
    File {
        /// What was tried.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The tables could not be brought up to date.
    #[error("the tables could not be brought up to date")]
    Migrate(#[from] MigrateError),
    /// The file was deleted or replaced while open, so that what is written to it would not survive.
    #[error("the data file was deleted or replaced while it was open")]
    Gone,
    /// A newer version wrote the file. It was left as it is.
    #[error("the data file is of version {found}, and this Weekwise knows versions up to {known}")]
    Newer {
        /// The version of the file's tables.
        found: i64,
        /// The last version that this program knows.
        known: i64,
    },
    /// Another process holds the folder lock.
    #[error("another Weekwise holds the data folder: close it and try again")]
    Held,
    /// A thorough look at the file found what Weekwise never wrote.
    #[error("the data file is damaged: {how}")]
    Damaged {
        /// How that shows.
        how: String,
    },
    /// A row that the tables' checks should have kept out.
    #[error("the table {table} holds a value that cannot be read (column {column})")]
    Row {
        /// The table.
        table: &'static str,
        /// The number of the column in the query, from 0.
        column: usize,
    },
    /// A connection is not set up as it must be for commits to be safe.
    #[error("the setting {pragma} is {found} where {wanted} was asked for")]
    Pragma {
        /// The setting.
        pragma: &'static str,
        /// Its value.
        found: String,
        /// The value that it must have.
        wanted: &'static str,
    },
    /// The store has been closed.
    #[error("the data file has been closed")]
    Closed,
    /// The file is a local one, and a step of sync was asked for.
    #[error("the data file belongs to no account")]
    NoAccount,
    /// The file is that of another account.
    #[error("the data file belongs to another account")]
    OtherAccount,
    /// A step of sync found what it cannot read.
    #[error("the data file holds what sync cannot read")]
    Step(#[from] StepError),
    /// A value that cannot be written as JSON.
    #[error("a record could not be written as JSON")]
    Json(#[from] serde_json::Error),
}

fn name_of(path: &Path) -> std::path::Display<'_> {
    path.file_name().map_or(path, Path::new).display()
}

impl StorageError {
    /// What kind of trouble it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Sqlite(error) | Self::Migrate(MigrateError::Execute(error)) => fault_of_sqlx(error),
            Self::Migrate(MigrateError::ExecuteMigration(error, _)) => fault_of_sqlx(error),
            Self::Refused { source, .. } | Self::File { source, .. } => fault_of_io(source),
            Self::Gone => Fault::Gone,
            Self::Newer { .. } | Self::Migrate(MigrateError::VersionMissing(_)) => Fault::Newer,
            Self::Held => Fault::Busy,
            Self::Damaged { .. } | Self::Row { .. } | Self::Step(_) => Fault::Damaged,
            Self::Migrate(_)
            | Self::Pragma { .. }
            | Self::Closed
            | Self::NoAccount
            | Self::OtherAccount
            | Self::Json(_) => Fault::Other,
        }
    }

    /// The whole chain of causes in one line. It names no content of the week.
    pub fn detail(&self) -> String {
        let mut words = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            words = format!("{words}: {error}");
            cause = error.source();
        }
        words
    }

    /// The same with the system's reason, where SQLite says only that the system refused: of a disk that was made
    /// read-only it says no more than of one that fails.
    pub(crate) fn explained(self, folder: &DataFolder) -> Self {
        match self {
            Self::Sqlite(sqlite) if matches!(fault_of_sqlx(&sqlite), Fault::Disk | Fault::ReadOnly) => {
                match disk::refusal(folder) {
                    Some(source) => Self::Refused { sqlite, source },
                    None => Self::Sqlite(sqlite),
                }
            }
            other => other,
        }
    }

    pub(crate) fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { doing, path, source }
    }
}

fn fault_of_sqlx(error: &sqlx::Error) -> Fault {
    match error {
        sqlx::Error::Database(error) => {
            error.code().and_then(|code| code.parse().ok()).map_or(Fault::Other, fault_of_code)
        }
        sqlx::Error::Io(error) => fault_of_io(error),
        sqlx::Error::PoolTimedOut => Fault::Busy,
        sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => Fault::Damaged,
        _ => Fault::Other,
    }
}

/// SQLite's result codes (<https://sqlite.org/rescode.html>): the low byte is the primary code.
fn fault_of_code(code: i32) -> Fault {
    const READONLY_DBMOVED: i32 = 1032;
    const IOERR_SHORT_READ: i32 = 522;
    const IOERR_CORRUPTFS: i32 = 8458;
    match (code, code & 0xff) {
        (READONLY_DBMOVED, _) => Fault::Gone,
        (IOERR_SHORT_READ | IOERR_CORRUPTFS, _) => Fault::Damaged,
        (_, 5 | 6 | 15) => Fault::Busy,     // BUSY, LOCKED, PROTOCOL
        (_, 3 | 8 | 14) => Fault::ReadOnly, // PERM, READONLY, CANTOPEN
        (_, 10) => Fault::Disk,             // IOERR
        (_, 13) => Fault::DiskFull,         // FULL
        (_, 11 | 26) => Fault::Damaged,     // CORRUPT, NOTADB
        _ => Fault::Other,
    }
}

fn fault_of_io(error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Fault::DiskFull,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Fault::ReadOnly,
        io::ErrorKind::WouldBlock | io::ErrorKind::ResourceBusy => Fault::Busy,
        io::ErrorKind::FileTooLarge => Fault::Disk,
        // EIO has no kind of its own.
        _ if cfg!(unix) && error.raw_os_error() == Some(5) => Fault::Disk,
        _ => Fault::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_by_what_a_person_can_do() {
        let kinds = [
            (13, Fault::DiskFull),
            (5, Fault::Busy),
            (517, Fault::Busy),
            (6, Fault::Busy),
            (8, Fault::ReadOnly),
            (1544, Fault::ReadOnly),
            (14, Fault::ReadOnly),
            (1032, Fault::Gone),
            (11, Fault::Damaged),
            (26, Fault::Damaged),
            (522, Fault::Damaged),
            (778, Fault::Disk),
            (15, Fault::Busy),
            (2067, Fault::Other),
        ];
        for (code, fault) in kinds {
            assert_eq!(fault_of_code(code), fault, "{code}");
        }
        let full = StorageError::file("writing", Path::new("/home/ada/x.sqlite"))(io::ErrorKind::StorageFull.into());
        assert_eq!(full.fault(), Fault::DiskFull);
        assert_eq!(full.detail(), "writing x.sqlite: no storage space");
    }
}
