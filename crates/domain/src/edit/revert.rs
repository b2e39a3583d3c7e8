//! Undo: taking recorded changes back, as far as nothing later stands on them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{ExceptionTally, plan::meeting_segments, preview};
use crate::{Change, Date, Rows, Schedule, SeriesId};

/// What an undo comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reverted {
    /// The registers to set.
    pub changes: Vec<Change>,
    /// The recorded changes that are left as they are, and why.
    pub left: Vec<Left>,
    /// What becomes of the exceptions of the series whose dates go back: one that was made since the edit may be
    /// left on a date on which its series does not occur.
    pub exceptions: ExceptionTally,
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
    /// It was edited again since, or the dates of its series were, with which it goes together.
    EditedSince,
    /// Taking it back would let two segments of a series be valid on one date.
    SegmentsWouldMeet,
}

/// Takes back the `recorded` changes of an edit (as they were applied, in order): each register that still has the
/// value which the edit gave it goes back to the one before; the others are left and named.
///
/// The dates of a series go back as a whole or not at all: its patterns, its segments and the exceptions that an edit
/// carried along with them. Else an exception would return to a date on which its series does not occur.
///
/// ```
/// use weekwise_domain::{Edit, Rows, Setting, Theme, plan, revert};
///
/// let mut rows = Rows::default();
/// let dark = plan(&Edit::Set { setting: Setting::Theme(Theme::Dark) }.into(), &rows)?;
/// rows.apply(&dark.changes);
///
/// let undo = revert(&dark.changes, &rows);
/// assert!(undo.left.is_empty());
/// rows.apply(&undo.changes);
/// assert_eq!(rows, Rows::default());
///
/// // By now it is no longer dark, so there is nothing to take back.
/// assert_eq!(revert(&dark.changes, &rows).left.len(), 1);
/// # Ok::<(), weekwise_domain::EditError>(())
/// ```
pub fn revert(recorded: &[Change], rows: &Rows) -> Reverted {
    let moved: BTreeSet<SeriesId> = recorded.iter().flat_map(Change::series).collect();
    let ties: Vec<Vec<SeriesId>> = recorded.iter().map(|change| ties(change, &moved, rows)).collect();
    let mut held: BTreeMap<SeriesId, LeftReason> = BTreeMap::new();
    loop {
        let reason = |(change, ties): (&Change, &Vec<SeriesId>)| match change.still_stands(rows) {
            false => Some(LeftReason::EditedSince),
            true => ties.iter().find_map(|series| held.get(series)).copied(),
        };
        let reasons: Vec<Option<LeftReason>> = recorded.iter().zip(&ties).map(reason).collect();
        let going = recorded.iter().zip(&reasons).filter(|(_, reason)| reason.is_none()).map(|(change, _)| change);
        let changes: Vec<Change> = going.rev().map(Change::inverse).collect();
        let mut after = rows.clone();
        after.apply(&changes);

        let obstacles = ties.iter().zip(&reasons).flat_map(|(ties, reason)| {
            let because = |series: SeriesId| reason.or_else(|| obstacle(series, rows, &after));
            ties.iter().filter_map(move |&series| Some((series, because(series)?)))
        });
        let new: Vec<_> = obstacles.filter(|(series, _)| !held.contains_key(series)).collect();
        if new.is_empty() {
            let left = recorded.iter().zip(reasons);
            let left = left.filter_map(|(change, reason)| Some(Left { change: change.clone(), reason: reason? }));
            let going_back = moved.iter().filter(|series| !held.contains_key(series));
            let exceptions = going_back.map(|series| tally(&changes, *series, rows, &after)).sum();
            return Reverted { changes, left: left.collect(), exceptions };
        }
        held.extend(new);
    }
}

/// What the changes make of the exceptions of a series. Those that had been carried along go back as they came: taken
/// from one date and put on another.
fn tally(changes: &[Change], series: SeriesId, before: &Rows, after: &Rows) -> ExceptionTally {
    let (mut taken, mut put) = (0, 0);
    for change in changes {
        match change {
            Change::Exception { key, after: None, .. } if key.series_id == series => taken += 1,
            Change::Exception { key, before: None, .. } if key.series_id == series => put += 1,
            _ => {}
        }
    }
    preview::between(before, after, series, Date::MIN, std::cmp::min(taken, put)).exceptions
}

/// The series together with which a change goes back, `moved` being those whose dates the edit moved.
fn ties(change: &Change, moved: &BTreeSet<SeriesId>, rows: &Rows) -> Vec<SeriesId> {
    match change {
        Change::Exception { key, .. } => moved.get(&key.series_id).copied().into_iter().collect(),
        Change::Active { id, .. } => rows.schedules.get(id).map(|row| row.pattern.series_id).into_iter().collect(),
        _ => change.series(),
    }
}

/// Why the series cannot go from `before` to `after`: its segments would meet, a part of it would be in the trash, or
/// exceptions made since would be left without their series.
fn obstacle(series: SeriesId, before: &Rows, after: &Rows) -> Option<LeftReason> {
    if meeting_segments(after, series).is_some() {
        return Some(LeftReason::SegmentsWouldMeet);
    }
    let (was, is) = (before.segments(series), after.segments(series));
    let is_torn = |rows: &[&Schedule]| rows.iter().any(|row| row.active) && rows.iter().any(|row| !row.active);
    let leaves_exceptions = is.is_empty() && after.exceptions_of(series).next().is_some();
    (leaves_exceptions || is_torn(&is) && !is_torn(&was)).then_some(LeftReason::EditedSince)
}
