//! Changing every date of a series.

use super::{
    Displaced, EditError, Plan, SeriesPatch, Subject, carry::carry, patch::patch_all, plan::about_series,
    plan::live_segments, preview,
};
use crate::{Change, Date, Rows, Schedule, SeriesId, Weekday};

pub(super) fn change(
    rows: &Rows,
    series_id: SeriesId,
    patch: &SeriesPatch,
    displaced: Displaced,
    first_weekday: Weekday,
) -> Result<Plan, EditError> {
    let segments: Vec<Schedule> = live_segments(rows, series_id)?.into_iter().cloned().collect();
    let patched = patch_all(&segments, patch, Date::MIN, first_weekday);
    if patch.moves_dates() && patched.iter().all(|row| row.pattern.first_date().is_none()) {
        return Err(EditError::NoDates);
    }
    let mut changes: Vec<_> = segments.iter().zip(&patched).flat_map(|(old, new)| differences(old, new)).collect();
    let mut after = rows.clone();
    after.apply(&changes);
    let carried = match displaced {
        Displaced::Carry => {
            let (more, carried) = carry(rows, &mut after, series_id, first_weekday);
            changes.extend(more);
            carried
        }
        Displaced::Leave => 0,
    };
    Ok(Plan {
        changes,
        preview: preview::between(rows, &after, series_id, Date::MIN, carried),
        summary: about_series(Subject::SeriesChanged, &patched.iter().collect::<Vec<_>>()),
    })
}

/// The register changes from one state of a schedule to another.
pub(super) fn differences(old: &Schedule, new: &Schedule) -> Vec<Change> {
    let id = old.id;
    let changes = [
        Change::Pattern { id, before: old.pattern.clone(), after: new.pattern.clone() },
        Change::Details { id, before: Box::new(old.details.clone()), after: Box::new(new.details.clone()) },
        Change::Active { id, before: old.active, after: new.active },
    ];
    changes.into_iter().filter(|change| !change.is_idle()).collect()
}
