//! Why a call failed, as something to match on. The interface words it.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use weekwise_domain::EditError;

use crate::AccountFailure;

/// Why a call failed. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The edit breaks a rule of the week.
    #[error("{error}")]
    Refused {
        /// Which one.
        error: EditError,
    },
    /// The file to read in has bad rows; none was taken.
    #[error("the file has {} problem(s)", problems.len())]
    BadFile {
        /// All of them.
        problems: Vec<FileProblem>,
    },
    /// There is nothing to undo or redo.
    #[error("there is nothing to undo or redo")]
    NothingToUndo,
    /// Something about an account was not done.
    #[error("{error}")]
    Account {
        /// Why.
        error: AccountFailure,
    },
    /// The data could not be read or written.
    #[error("{fault} ({detail})")]
    Storage {
        /// What kind of trouble.
        fault: StorageFault,
        /// The system's own words, without personal content.
        detail: String,
    },
    /// The system refused something else, such as opening a folder.
    #[error("{detail}")]
    System {
        /// The system's own words.
        detail: String,
    },
}

/// A bad place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileProblem {
    /// Where: `schedules[3].start`, or `line 4, column 7` where the text is not JSON at all.
    pub position: String,
    /// What is wrong, and what would be right.
    pub reason: String,
}

/// The kinds of trouble with the data file that a person can do something about. In words, each says what happened and
/// what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum StorageFault {
    /// The disk or the quota is full.
    #[error("the disk is full: free some space and try again")]
    DiskFull,
    /// The file or its folder may not be written.
    #[error("the data folder cannot be written: check its permissions and try again")]
    ReadOnly,
    /// Another program holds the file.
    #[error("another program holds the data file: close it and try again")]
    Busy,
    /// The file is gone.
    #[error("the data file is gone: put it back, or start Weekwise again to have it put together again")]
    Gone,
    /// The file is damaged.
    #[error("the data file is damaged: start Weekwise again to have it put together again")]
    Damaged,
    /// A newer Weekwise wrote the file.
    #[error("a newer version of Weekwise wrote the data file: update Weekwise")]
    Newer,
    /// The disk failed, or refused for a reason of its own.
    #[error("the disk refused to read or write: check the disk and its quota, and try again")]
    Disk,
    /// Anything else.
    #[error("the data cannot be reached")]
    Other,
}
