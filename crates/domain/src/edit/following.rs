//! Changing or ending a series from one of its dates on.

use super::{
    Displaced, EditError, Plan, SeriesPatch, Subject, Summary,
    carry::carry,
    patch::patch_all,
    plan::{live_segments, segment_on},
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
    let is_cut = segment.pattern.first_date().is_some_and(|first| first < date);
    let mut head = segment.clone();
    if is_cut {
        head.id = new_id;
        head.pattern.validity.from = date;
    }
    let (earlier, later): (Vec<_>, Vec<_>) = live_segments(rows, series_id)?
        .into_iter()
        .filter(|row| is_cut || row.id != segment.id)
        .partition(|row| row.pattern.validity.from <= date);
    let scope: Vec<Schedule> = std::iter::once(head).chain(later.iter().map(|&row| row.clone())).collect();
    let start = scope_start(rows, series_id, date, first_weekday);
    let patched = patch_all(&scope, patch, start, first_weekday);
    if patch.moves_dates() && patched.iter().all(|row| row.pattern.first_date().is_none()) {
        return Err(EditError::NoDates);
    }

    let mut changes = shorten(&earlier, date.min(patched[0].pattern.validity.from));
    if is_cut {
        changes.push(Change::Schedule { id: new_id, before: None, after: Some(Box::new(patched[0].clone())) });
    } else {
        changes.extend(series::differences(segment, &patched[0]));
    }
    changes.extend(later.iter().zip(&patched[1..]).flat_map(|(old, new)| series::differences(old, new)));

    let mut after = rows.clone();
    after.apply(&changes);
    let carried = match displaced {
        Displaced::Carry => {
            let (more, carried) = carry(rows, &mut after, series_id, start, first_weekday);
            changes.extend(more);
            carried
        }
        Displaced::Leave => 0,
    };
    let summary =
        Summary { subject: Subject::FollowingChanged, title: Some(patched[0].details.title.clone()), date: Some(date) };
    Ok(Plan { changes, preview: preview::between(rows, &after, series_id, start, carried), summary })
}

/// The first date that "this and following" may touch: moving the weekday may take the first date to an earlier day
/// of its week, but not to or before a date that stays. Where none stays, there is no bound.
fn scope_start(rows: &Rows, series_id: SeriesId, date: Date, first_weekday: Weekday) -> Date {
    let previous = last_date_before(&rows.segments(series_id), date).and_then(|previous| previous.plus_days(1));
    previous.map_or(Date::MIN, |next| next.max(date.week_start(first_weekday)))
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
    let title = segments.last().map(|row| row.details.title.clone());
    Ok(Plan {
        preview: preview::between(rows, &after, series_id, date, 0),
        changes,
        summary: Summary { subject: Subject::Ended, title, date: Some(date) },
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
