//! Carrying exceptions along when a series leaves their dates.

use super::preview::has_effect;
use crate::{Change, Date, DateRange, ExceptionKey, Rows, SeriesId, Weekday};

/// The changes that take each exception which loses its date to the date on which the
/// series occurs in the same week (weeks start on `first_weekday`), where there is such a date
/// that carries no exception yet. `after` is `before` with the new patterns, and is brought up to date.
/// Returns the changes and how many exceptions were carried.
pub(super) fn carry(
    before: &Rows,
    after: &mut Rows,
    series_id: SeriesId,
    first_weekday: Weekday,
) -> (Vec<Change>, u32) {
    let displaced: Vec<_> = before
        .exceptions_of(series_id)
        .filter(|(date, _)| has_effect(before, series_id, *date) && !has_effect(after, series_id, *date))
        .map(|(date, exception)| (date, exception.clone()))
        .collect();
    let mut changes = Vec::new();
    let mut carried = 0;
    for (date, exception) in displaced {
        let Some(target) = free_date(before, after, series_id, date, first_weekday) else { continue };
        let (old, new) = (ExceptionKey { series_id, date }, ExceptionKey { series_id, date: target });
        let mut moved = exception.clone();
        if let crate::Exception::Override(change) = &mut moved {
            // Moved to the very date that the pattern now has: no longer a move.
            change.moved_to = change.moved_to.filter(|&to| to != target);
        }
        let steps = [
            Change::Exception { key: old, before: Some(Box::new(exception)), after: None },
            Change::Exception { key: new, before: None, after: Some(Box::new(moved)) },
        ];
        after.apply(&steps);
        changes.extend(steps);
        carried += 1;
    }
    (changes, carried)
}

/// The date of the week of `date` on which the series occurs and did not before, if no exception stands there.
fn free_date(before: &Rows, after: &Rows, series_id: SeriesId, date: Date, first_weekday: Weekday) -> Option<Date> {
    let week = DateRange::week_of(date, first_weekday);
    let segments = after.segments(series_id);
    let dates = segments.iter().filter(|row| row.active).flat_map(|row| row.pattern.dates_in(week));
    let free = dates.filter(|&target| {
        let key = ExceptionKey { series_id, date: target };
        let is_taken = before.exceptions.contains_key(&key) || after.exceptions.contains_key(&key);
        !is_taken && !has_effect(before, series_id, target)
    });
    free.min()
}
