//! Changing every date of a series.

use super::{
    Displaced, EditError, Plan, SeriesPatch, Subject, Until, carry::carry, plan::about_series, plan::live_segments,
    preview,
};
use crate::{Change, Date, EveryNWeeks, Pattern, Rows, Schedule, SeriesId, Weekday};

pub(super) fn change(
    rows: &Rows,
    series_id: SeriesId,
    patch: &SeriesPatch,
    displaced: Displaced,
    first_weekday: Weekday,
) -> Result<Plan, EditError> {
    let segments: Vec<Schedule> = live_segments(rows, series_id)?.into_iter().cloned().collect();
    let patched = patch_all(&segments, patch, first_weekday);
    if patch.moves_dates() && patched.iter().all(|row| row.pattern.first_date().is_none()) {
        return Err(EditError::NoDates);
    }
    let mut changes: Vec<_> = segments.iter().zip(&patched).flat_map(|(old, new)| differences(old, new)).collect();
    let mut after = rows.clone();
    after.apply(&changes);
    let carried = match displaced {
        Displaced::Carry => {
            let (more, carried) = carry(rows, &mut after, series_id, Date::MIN, first_weekday);
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

/// The segments with `patch` applied to each, kept apart from one another. `segments` are in order.
pub(super) fn patch_all(segments: &[Schedule], patch: &SeriesPatch, first_weekday: Weekday) -> Vec<Schedule> {
    let has_dates = |row: &Schedule| row.pattern.first_date().is_some();
    let first = segments.iter().position(has_dates).unwrap_or(0);
    let last = segments.iter().rposition(has_dates).unwrap_or(segments.len().saturating_sub(1));
    let mut patched: Vec<Schedule> = segments
        .iter()
        .enumerate()
        .map(|(i, row)| {
            let mut row = row.clone();
            row.pattern = patch_pattern(&row.pattern, patch, first_weekday, i == first, i == last);
            patch_details(&mut row, patch);
            row
        })
        .collect();
    keep_apart(&mut patched);
    patched
}

fn patch_details(row: &mut Schedule, patch: &SeriesPatch) {
    let details = &mut row.details;
    details.title = patch.title.clone().unwrap_or_else(|| details.title.clone());
    details.notes = patch.notes.clone().unwrap_or_else(|| details.notes.clone());
    details.location = patch.location.clone().unwrap_or_else(|| details.location.clone());
    details.color = patch.color.unwrap_or(details.color);
}

/// One segment's pattern with the patch applied; a new first (last) date stretches only the first (last) one.
fn patch_pattern(
    old: &Pattern,
    patch: &SeriesPatch,
    first_weekday: Weekday,
    is_first: bool,
    is_last: bool,
) -> Pattern {
    let mut pattern = match patch.day_of_week {
        Some(day) if day != old.day_of_week => old.on_weekday(day, first_weekday),
        _ => old.clone(),
    };
    pattern.time = patch.time.unwrap_or(pattern.time);
    if let Some(every) = patch.every
        && every != pattern.every
    {
        set_rhythm(&mut pattern, every);
    }
    if let Some(from) = patch.valid_from
        && (is_first || pattern.validity.from < from)
    {
        set_first_date(&mut pattern, from, patch.restart_rotation);
    } else if patch.restart_rotation {
        let from = pattern.validity.from;
        set_first_date(&mut pattern, from, true);
    }
    match patch.valid_until {
        Some(Until::Never) if is_last => pattern.validity.until = None,
        Some(Until::On(date)) if is_last || pattern.validity.until.is_none_or(|until| until > date) => {
            pattern.validity.until = Some(date);
        }
        _ => {}
    }
    pattern
}

/// Another rhythm, counted from the first date as it was.
fn set_rhythm(pattern: &mut Pattern, every: EveryNWeeks) {
    if every != EveryNWeeks::ONE
        && let Some(first) = pattern.first_date()
    {
        pattern.validity.from = first;
    }
    pattern.every = every;
}

/// Another first date. A rotation begins on the first date on or after it that is in phase, or,
/// restarted, on the first one that falls on the weekday.
fn set_first_date(pattern: &mut Pattern, from: Date, restart: bool) {
    let anchor = match (pattern.every == EveryNWeeks::ONE, restart) {
        (true, _) => Some(from),
        (false, true) => from.next_on(pattern.day_of_week),
        (false, false) => pattern.next_in_phase(from),
    };
    pattern.validity.from = anchor.unwrap_or(from);
}

/// A segment ends before the next one begins.
fn keep_apart(segments: &mut [Schedule]) {
    for i in 1..segments.len() {
        let next_from = segments[i].pattern.validity.from;
        let previous = &mut segments[i - 1].pattern.validity;
        if previous.range().is_some_and(|range| range.to() >= next_from) && previous.from <= next_from {
            previous.until = Some(next_from.saturating_plus_days(-1));
        }
    }
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
