//! What the person should know about their data without having asked.

use serde::{Deserialize, Serialize};

use crate::Now;

/// Something that happened to the data that the person should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The data file was damaged or not there; it was made anew from the newest good snapshot and the edits since.
    Rebuilt {
        /// Where the damaged file lies now; none when there was no file.
        set_aside: Option<String>,
        /// When the snapshot was taken; none when all was made from edits.
        taken: Option<Now>,
        /// How many edits were done again.
        edits: u32,
        /// Whether these are all, as far as is known.
        is_whole: bool,
    },
    /// The data file was damaged, and there was nothing to make it from; it was set aside and a new one begun.
    StartedAfresh {
        /// Where the damaged file lies now.
        set_aside: String,
    },
    /// The data file lacked the last edits; they were done again.
    CaughtUp {
        /// How many.
        edits: u32,
    },
    /// The data file was found to be damaged while it is in use; at the next start it is put right.
    DamageFound,
    /// The last snapshot could not be taken.
    SnapshotFailed {
        /// The system's own words.
        detail: String,
    },
}
