//! Changing or ending a series from one of its dates on.

use super::{
    Displaced, EditError, Plan, SeriesPatch, Subject, Summary,
    carry::carry,
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
    let segment = segment_on(rows, series_id, date)?.clone();
    if rows.schedules.contains_key(&new_id) {
        return Err(EditError::IdTaken { id: new_id });
    }
    let later: Vec<Schedule> = live_segments(rows, series_id)?
        .into_iter()
        .filter(|row| row.id != segment.id && row.pattern.validity.from > date)
        .cloned()
        .collect();
    let is_cut = segment.pattern.first_date().is_some_and(|first| first < date);

    let mut head = segment.clone();
    if is_cut {
        head.id = new_id;
        head.pattern.validity.from = date;
    }
    let mut scope = vec![head];
    scope.extend(later.iter().cloned());
    let patched = series::patch_all(&scope, patch, first_weekday);
    if patch.moves_dates() && patched.iter().all(|row| row.pattern.first_date().is_none()) {
        return Err(EditError::NoDates);
    }

    let mut changes = Vec::new();
    if is_cut {
        let new_from = patched[0].pattern.validity.from;
        changes.extend(shorten(&segment, date.min(new_from)));
        changes.push(Change::Schedule { id: new_id, before: None, after: Some(Box::new(patched[0].clone())) });
    } else {
        changes.extend(series::differences(&segment, &patched[0]));
    }
    changes.extend(later.iter().zip(&patched[1..]).flat_map(|(old, new)| series::differences(old, new)));

    let mut after = rows.clone();
    after.apply(&changes);
    let from = scope_start(date, first_weekday, &segment, is_cut);
    let carried = match displaced {
        Displaced::Carry => {
            let (more, carried) = carry(rows, &mut after, series_id, from, first_weekday);
            changes.extend(more);
            carried
        }
        Displaced::Leave => 0,
    };
    let summary = Summary {
        subject: Subject::FollowingChanged,
        title: Some(patched[0].details.title.clone()),
        date: Some(date),
    };
    Ok(Plan { changes, preview: preview::between(rows, &after, series_id, from, carried), summary })
}

/// The first date that "this and following" may touch: moving the weekday may take the first date to
/// an earlier day of its week, on which the series did not occur before.
fn scope_start(date: Date, first_weekday: Weekday, segment: &Schedule, is_cut: bool) -> Date {
    let week_start = date.week_start(first_weekday);
    let before = DateRange::new(Date::MIN, date.saturating_plus_days(-1));
    let previous = before.and_then(|window| segment.pattern.dates_in(window).last());
    match (is_cut, previous) {
        (true, Some(previous)) => week_start.max(previous.saturating_plus_days(1)),
        _ => Date::MIN,
    }
}

pub(super) fn end_before(rows: &Rows, series_id: SeriesId, date: Date) -> Result<Plan, EditError> {
    segment_on(rows, series_id, date)?;
    let segments = live_segments(rows, series_id)?;
    let changes: Vec<_> = segments
        .iter()
        .filter(|row| row.pattern.validity.range().is_some_and(|range| range.to() >= date))
        .flat_map(|row| shorten(row, date))
        .collect();
    let mut after = rows.clone();
    after.apply(&changes);
    if after.segments(series_id).iter().all(|row| row.pattern.first_date().is_none()) {
        // Nothing would be left: that is deleting the series, which the trash is for.
        return Err(EditError::NoDates);
    }
    let title = segments.last().map(|row| row.details.title.clone());
    Ok(Plan {
        preview: preview::between(rows, &after, series_id, date, 0),
        changes,
        summary: Summary { subject: Subject::Ended, title, date: Some(date) },
    })
}

/// Ends a segment before `date`; one that begins later is left with no date.
fn shorten(segment: &Schedule, date: Date) -> Vec<Change> {
    let mut short = segment.clone();
    short.pattern.validity.until = Some(date.saturating_plus_days(-1));
    series::differences(segment, &short)
}
