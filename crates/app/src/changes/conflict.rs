//! Conflict copies: of two versions that did not know of each other the one that lost, as the change that would put it in
//! the place of the other.

use weekwise_domain::{Change, Edit, Matter, Rows, SeriesId, plan};
use weekwise_protocol::{
    Conflict, Difference, What,
    sync::{CopyId, Row, Slot, Value},
};
use weekwise_storage as storage;

use super::{Authors, Differences, part};
use crate::clock;

/// A conflict copy that nobody has dealt with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Copy {
    pub(super) id: CopyId,
    change: Change,
    by: String,
    at_ms: i64,
}

/// The copies that nobody has dealt with. Those of a later version are passed over.
pub(super) fn open(copies: Vec<storage::Copy>) -> Vec<Copy> {
    copies.iter().filter(|copy| !copy.is_resolved).filter_map(read).collect()
}

fn read(copy: &storage::Copy) -> Option<Copy> {
    let row: Row = serde_json::from_str(&copy.body).ok()?;
    let register = row.registers.get(&Slot::Lost)?;
    let Value::Lost(change) = &register.value else { return None };
    let stamp = &register.stamp;
    Some(Copy { id: CopyId(copy.id), change: (**change).clone(), by: stamp.by.to_string(), at_ms: stamp.at })
}

impl Copy {
    /// The series that is to be there for it, or that it brings back.
    pub(super) fn series(&self) -> Option<SeriesId> {
        match &self.change {
            Change::Schedule { after: Some(row), .. } => Some(row.pattern.series_id),
            Change::Exception { key, .. } => Some(key.series_id),
            _ => None,
        }
    }

    /// What is settled with it: where its series was removed for good (`is_there` says whether it is there), all that is
    /// kept of that, since none of it can stand alone and it comes back under a new id.
    pub(super) fn together<'a>(&'a self, all: &'a [Self], is_there: bool) -> Vec<&'a Self> {
        let series = match self.series() {
            Some(series) if !is_there => series,
            _ => return vec![self],
        };
        let others = all.iter().filter(|copy| copy.series() == Some(series) && copy.id != self.id);
        std::iter::once(self).chain(others).collect()
    }
}

fn is_of_same_row(one: &Change, other: &Change) -> bool {
    match (one, other) {
        (Change::Schedule { id, .. }, Change::Schedule { id: other, .. }) => id == other,
        (Change::Exception { key, .. }, Change::Exception { key: other, .. }) => key == other,
        _ => false,
    }
}

/// The edit that puts what lost in the place of what holds. Where several were about one row, the first of them is used.
pub(super) fn using(copies: &[&Copy]) -> Edit {
    let mut changes: Vec<Change> = Vec::new();
    for Copy { change, .. } in copies {
        if !changes.iter().any(|used| is_of_same_row(used, change)) {
            changes.push(out_of_trash(change));
        }
    }
    Edit::Settle { matters: copies.iter().map(|copy| Matter::Conflict(copy.id.0)).collect(), changes }
}

/// What was removed for good was in the trash before. Whoever wants it back wants to see it.
fn out_of_trash(change: &Change) -> Change {
    let mut change = change.clone();
    if let Change::Schedule { after: Some(row), .. } = &mut change {
        row.active = true;
    }
    change
}

/// A conflict as it is told.
pub(super) fn told(copy: &Copy, all: &[Copy], authors: &Authors, differences: &Differences<'_>) -> Conflict {
    let is_there = copy.series().is_none_or(|series| !differences.rows.segments(series).is_empty());
    let together = copy.together(all, is_there);
    let edit = using(&together);
    // From what holds now: it may have been edited since.
    let change = copy.change.onto(differences.rows).unwrap_or_else(|_| copy.change.clone());
    let same = || Difference { slot: differences.slot_of(&change), what: What::Fields(Vec::new()) };
    Conflict {
        id: copy.id,
        by: authors.of(&copy.by),
        at_ms: copy.at_ms,
        at: clock::at_ms(copy.at_ms),
        difference: differences.one(&change).unwrap_or_else(same),
        can_use_other: can_be_done(&edit, differences.rows),
        along: u32::try_from(together.len() - 1).unwrap_or(u32::MAX),
    }
}

/// Whether an edit that deals with what is open would be done.
pub(super) fn can_be_done(edit: &Edit, rows: &Rows) -> bool {
    let Edit::Settle { matters, changes } = edit else { return false };
    let mut part = part(rows, changes);
    part.dealt = matters.iter().map(|matter| (*matter, false)).collect();
    plan(&edit.clone().into(), &part).is_ok()
}
