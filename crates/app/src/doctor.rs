//! A thorough look at the data and how it is kept.

use serde::Serialize;
use weekwise_protocol::Notice;

/// What `weekwise doctor` tells about the data. The shell adds what it knows of the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doctor {
    /// The program's version.
    pub version: String,
    /// The data folder.
    pub folder: String,
    /// The data file.
    pub file: String,
    /// Its size in bytes, with what is not yet written back into it.
    pub bytes: u64,
    /// The version of its tables.
    pub tables: u32,
    /// What SQLite's full integrity check found wrong; empty when all is well.
    pub problems: Vec<String>,
    /// How the file is written: the journal mode, `wal` as it should be.
    pub journal_mode: String,
    /// How commits reach the disk: `full` as it should be.
    pub synchronous: String,
    /// How many schedules it holds, those in the trash too.
    pub schedules: u64,
    /// How many exceptions it holds.
    pub exceptions: u64,
    /// How many edits can be looked back on.
    pub history: u64,
    /// The snapshots, newest first.
    pub snapshots: Vec<SnapshotReport>,
    /// Damaged files that were set aside.
    pub set_aside: Vec<String>,
    /// What happened at the start.
    pub notices: Vec<Notice>,
}

/// A snapshot and whether it is good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SnapshotReport {
    /// Its path.
    pub file: String,
    /// Why it was taken: `auto`, `before-migration`, `before-replacement`.
    pub kind: String,
    /// When it was taken, `YYYY-MM-DDTHH:MM:SS` by the wall clock.
    pub taken: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Whether it passes the full integrity check.
    pub is_good: bool,
}
