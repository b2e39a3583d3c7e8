//! Undo: taking recorded changes back, as far as nothing later stands on them.

use serde::{Deserialize, Serialize};

use super::plan::check_segments;
use crate::{Change, Rows};

/// What an undo comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reverted {
    /// The registers to set.
    pub changes: Vec<Change>,
    /// The recorded changes that are left as they are, and why.
    pub left: Vec<Left>,
}

/// A recorded change that an undo leaves as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The recorded change.
    pub change: Change,
    /// Why it stays.
    pub reason: LeftReason,
}

/// Why an undo leaves a change as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftReason {
    /// It was edited again since.
    EditedSince,
    /// Taking it back would let two segments of a series be valid on one date.
    SegmentsWouldMeet,
}

/// Takes back the `recorded` changes of an edit (as they were applied, in order): each register that still has the
/// value which the edit gave it goes back to the one before; the others are left and named.
pub fn revert(recorded: &[Change], rows: &Rows) -> Reverted {
    let (standing, edited): (Vec<_>, Vec<_>) = recorded.iter().cloned().partition(|change| change.still_stands(rows));
    let left = |changes: Vec<Change>, reason| changes.into_iter().map(move |change| Left { change, reason });
    let mut left_over: Vec<Left> = left(edited, LeftReason::EditedSince).collect();

    let changes: Vec<Change> = standing.iter().rev().map(Change::inverse).collect();
    let mut after = rows.clone();
    after.apply(&changes);
    if check_segments(&after, &changes).is_ok() {
        return Reverted { changes, left: left_over };
    }
    // Patterns and segments stand or fall together; the rest can still go back.
    let (shape, rest): (Vec<_>, Vec<_>) = standing
        .into_iter()
        .partition(|change| matches!(change, Change::Pattern { .. } | Change::Schedule { .. }));
    left_over.extend(left(shape, LeftReason::SegmentsWouldMeet));
    Reverted { changes: rest.iter().rev().map(Change::inverse).collect(), left: left_over }
}
