//! Dealing with what sync tells: these edits keep every row, as sync itself does, and so raise no question of the slot limit.

use super::{EditError, Plan, Preview, Subject, Summary, plan::about_series, revert};
use crate::{Change, Matter, Rows, SeriesId};

/// Takes back what came from elsewhere, as far as it still stands.
pub(super) fn take_back(rows: &Rows, matter: Matter, recorded: &[Change]) -> Result<Plan, EditError> {
    let dealt = deal_with(rows, matter)?;
    let reverted = revert(recorded, rows);
    let left = u32::try_from(reverted.left.len()).unwrap_or(u32::MAX);
    let summary = named(Subject::TakenBack { left }, recorded, rows);
    let mut changes = reverted.changes;
    if !changes.is_empty() {
        changes.push(dealt);
    }
    let preview = Preview { exceptions: reverted.exceptions, ..Preview::default() };
    Ok(Plan { changes, preview, summary })
}

/// Sets registers to the values that `wanted` changes have after them, and notes that the matters are dealt with.
pub(super) fn settle(rows: &Rows, matters: &[Matter], wanted: &[Change]) -> Result<Plan, EditError> {
    let dealt: Vec<Change> = matters.iter().map(|matter| deal_with(rows, *matter)).collect::<Result<_, _>>()?;
    let mut changes: Vec<Change> = wanted.iter().map(|change| change.onto(rows)).collect::<Result<_, _>>()?;
    let mut after = rows.clone();
    after.apply(&changes);
    let homeless = changes.iter().find_map(|change| match change {
        Change::Exception { key, after: Some(_), .. } => {
            Some(key.series_id).filter(|id| after.segments(*id).is_empty())
        }
        _ => None,
    });
    if let Some(series_id) = homeless {
        return Err(EditError::UnknownSeries { series_id });
    }
    let subject = match (matters.first(), wanted.is_empty()) {
        (Some(Matter::Rejected(_)), true) => Subject::RejectionDismissed,
        (Some(Matter::Rejected(_)), false) => Subject::DoneAgain,
        (_, true) => Subject::ConflictKept,
        (_, false) => Subject::OtherUsed,
    };
    let summary = named(subject, &changes, &after);
    changes.extend(dealt);
    Ok(Plan { changes, preview: Preview::default(), summary })
}

/// That a person deals with something that is open.
fn deal_with(rows: &Rows, matter: Matter) -> Result<Change, EditError> {
    match rows.dealt.get(&matter) {
        Some(false) => Ok(Change::Dealt { matter, before: false, after: true }),
        _ => Err(EditError::NotOpen),
    }
}

impl Change {
    /// The change that leads from what the rows hold to what this one leads to.
    ///
    /// # Errors
    /// When it changes a slot that is not there, or removes one for good that is not in the trash.
    pub fn onto(&self, rows: &Rows) -> Result<Self, EditError> {
        let schedule = |id, series_id| rows.schedules.get(&id).ok_or(EditError::UnknownSeries { series_id });
        Ok(match self.clone() {
            Self::Schedule { id, after, .. } => {
                let before = rows.schedules.get(&id).cloned().map(Box::new);
                if let Some(row) = before.as_ref().filter(|row| row.active && after.is_none()) {
                    return Err(EditError::NotInTrash { series_id: row.pattern.series_id });
                }
                Self::Schedule { id, before, after }
            }
            Self::Pattern { id, after, .. } => {
                let before = schedule(id, after.series_id)?.pattern.clone();
                Self::Pattern { id, before, after }
            }
            Self::Details { id, after, .. } => {
                let before = Box::new(schedule(id, id.into())?.details.clone());
                Self::Details { id, before, after }
            }
            Self::Active { id, after, .. } => Self::Active { id, before: schedule(id, id.into())?.active, after },
            Self::Exception { key, after, .. } => {
                let before = rows.exceptions.get(&key).cloned().map(Box::new);
                Self::Exception { key, before, after }
            }
            Self::Setting { after, .. } => Self::Setting { before: rows.settings.value_of(&after), after },
            dealt @ Self::Dealt { .. } => dealt,
        })
    }
}

/// A summary that names the slot, and the date, if the changes are about one.
fn named(subject: Subject, changes: &[Change], rows: &Rows) -> Summary {
    let series = changes.iter().find_map(|change| series_of(change, rows));
    let segments = series.map(|series| rows.segments(series)).unwrap_or_default();
    let removed = || changes.iter().find_map(removed_title);
    let title = about_series(subject, &segments).title.or_else(removed);
    let date = match changes {
        [Change::Exception { key, .. }] => Some(key.date),
        _ => None,
    };
    Summary { subject, title, date }
}

fn series_of(change: &Change, rows: &Rows) -> Option<SeriesId> {
    match change {
        Change::Schedule { before, after, .. } => after.as_ref().or(before.as_ref()).map(|row| row.pattern.series_id),
        Change::Pattern { after, .. } => Some(after.series_id),
        Change::Details { id, .. } | Change::Active { id, .. } => {
            rows.schedules.get(id).map(|row| row.pattern.series_id)
        }
        Change::Exception { key, .. } => Some(key.series_id),
        Change::Setting { .. } | Change::Dealt { .. } => None,
    }
}

fn removed_title(change: &Change) -> Option<crate::Title> {
    match change {
        Change::Schedule { before, after, .. } => {
            before.as_ref().or(after.as_ref()).map(|row| row.details.title.clone())
        }
        _ => None,
    }
}
