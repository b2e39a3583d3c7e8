//! Changing or ending a series from one of its dates on.

use super::{
    Displaced, EditError, Plan, SeriesPatch, Subject, Summary,
    carry::carry,
    patch::patch_all,
    plan::{about_series, live_segments, segment_on},
    preview, series,
};
use crate::{Change, Date, DateRange, Rows, Schedule, ScheduleId, SeriesId, Weekday};

/// Where a series is cut.
pub(super) struct Split {
    pub(super) series_id: SeriesId,
    pub(super) date: Date,
    pub(super) new_id: ScheduleId,
}

pub(super) fn change(
    rows: &Rows,
    split: Split,
    patch: &SeriesPatch,
    displaced: Displaced,
    first_weekday: Weekday,
) -> Result<Plan, EditError> {
    let Split { series_id, date, new_id } = split;
    let segment = segment_on(rows, series_id, date)?;
    if rows.schedules.contains_key(&new_id) {
        return Err(EditError::IdTaken { id: new_id });
    }
    let Some(previous) = last_date_before(&rows.segments(series_id), date) else {
        // From the first date on, that is the whole series.
        let whole = series::change(rows, series_id, patch, displaced, first_weekday)?;
        let summary = Summary { subject: Subject::FollowingChanged, date: Some(date), ..whole.summary };
        return Ok(Plan { summary, ..whole });
    };
    // The weekday may take the first date to an earlier day of its week, but not to or before a date that stays.
    let start = date.week_start(first_weekday).max(previous.saturating_plus_days(1));
    let (earlier, later): (Vec<_>, Vec<_>) =
        live_segments(rows, series_id)?.into_iter().partition(|row| row.pattern.validity.from <= previous);
    let is_cut = earlier.iter().any(|row| row.id == segment.id);
    let mut head = segment.clone();
    if is_cut {
        head.id = new_id;
        head.pattern.validity.from = date;
    }
    let id = head.id;
    let scope: Vec<Schedule> = is_cut.then_some(head).into_iter().chain(later.into_iter().cloned()).collect();
    let patched = patch_all(&scope, patch, start, first_weekday);
    if patch.moves_dates() && patched.iter().all(|row| row.pattern.first_date().is_none()) {
        return Err(EditError::NoDates);
    }

    let begins = patched.iter().filter_map(|row| row.pattern.validity.range()).map(DateRange::from);
    let mut changes = shorten(&earlier, begins.fold(date, Date::min));
    changes.extend(patched.iter().flat_map(|new| match rows.schedules.get(&new.id) {
        Some(old) => series::differences(old, new),
        None => vec![Change::Schedule { id: new.id, before: None, after: Some(Box::new(new.clone())) }],
    }));

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
    let title = patched.iter().find(|row| row.id == id).map(|row| row.details.title.clone());
    let summary = Summary { subject: Subject::FollowingChanged, title, date: Some(date) };
    Ok(Plan { changes, preview: preview::between(rows, &after, series_id, start, carried), summary })
}

/// The last date before `date` on which any of the segments occurs.
fn last_date_before(segments: &[&Schedule], date: Date) -> Option<Date> {
    let before = DateRange::new(Date::MIN, date.plus_days(-1)?)?;
    segments.iter().filter_map(|row| row.pattern.last_date_in(before)).max()
}

pub(super) fn end_before(rows: &Rows, series_id: SeriesId, date: Date) -> Result<Plan, EditError> {
    segment_on(rows, series_id, date)?;
    let segments = live_segments(rows, series_id)?;
    // Where nothing would be left, that is deleting the series, which the trash is for.
    let last = last_date_before(&segments, date).ok_or(EditError::NoDates)?;
    // It ends with a date of its own, and so not later in that week should the weekday change.
    let changes = shorten(&segments, last.saturating_plus_days(1));
    let mut after = rows.clone();
    after.apply(&changes);
    Ok(Plan {
        preview: preview::between(rows, &after, series_id, date, 0),
        changes,
        summary: Summary { date: Some(date), ..about_series(Subject::Ended, &segments) },
    })
}

/// Ends before `date` the segments that reach it; one that begins later is left with no date.
fn shorten(segments: &[&Schedule], date: Date) -> Vec<Change> {
    let reaching = segments.iter().filter(|row| row.pattern.validity.range().is_some_and(|range| range.to() >= date));
    reaching
        .flat_map(|&row| {
            let mut short = row.clone();
            short.pattern.validity.until = Some(date.saturating_plus_days(-1));
            series::differences(row, &short)
        })
        .collect()
}
