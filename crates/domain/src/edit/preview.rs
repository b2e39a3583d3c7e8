//! What an edit comes to, in numbers, before it is saved.

use serde::{Deserialize, Serialize};

use crate::{Change, Date, DateRange, Rows, Schedule, SeriesId};

/// What a person is told before an edit is saved. About the dates in the edit's scope only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preview {
    /// How many dates the pattern has before the edit, cancelled ones included.
    pub dates_before: Count,
    /// How many it has after it.
    pub dates_after: Count,
    /// What becomes of the exceptions.
    pub exceptions: ExceptionTally,
}

/// A number of dates of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Count {
    /// How many, up to the end of 2200.
    pub dates: u32,
    /// Whether the pattern has no end, so that the number says little.
    pub open_ended: bool,
}

impl Count {
    /// The dates of active segments.
    pub fn of<'a>(segments: impl Iterator<Item = &'a Schedule>) -> Self {
        Self::of_from(segments, Date::MIN)
    }

    /// The dates of active segments from `from` on.
    pub fn of_from<'a>(segments: impl Iterator<Item = &'a Schedule>, from: Date) -> Self {
        let mut count = Self::default();
        let Some(window) = DateRange::new(from, Date::MAX) else { return count };
        for row in segments.filter(|row| row.active) {
            count.dates += row.pattern.count_in(window);
            count.open_ended |= row.pattern.validity.until.is_none();
        }
        count
    }
}

/// What an edit makes of the exceptions of its series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExceptionTally {
    /// Had an effect and still has, on the same date.
    pub kept: u32,
    /// Go along to the series' new date in the same week.
    pub carried: u32,
    /// Had an effect and lose it; they are kept in the ledger.
    pub without_effect: u32,
    /// Had none and gain it, because the series now occurs on their date.
    pub effective_again: u32,
}

impl std::iter::Sum for ExceptionTally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |sum, one| Self {
            kept: sum.kept + one.kept,
            carried: sum.carried + one.carried,
            without_effect: sum.without_effect + one.without_effect,
            effective_again: sum.effective_again + one.effective_again,
        })
    }
}

/// The preview of changes to a whole series that move no exception.
pub(super) fn of_series(rows: &Rows, series_id: SeriesId, changes: &Vec<Change>) -> Preview {
    let mut after = rows.clone();
    after.apply(changes);
    between(rows, &after, series_id, Date::MIN, 0)
}

/// The preview of going from `before` to `after`, for the dates of a series from `from` on,
/// `carried` of its exceptions having changed their date.
pub(super) fn between(before: &Rows, after: &Rows, series_id: SeriesId, from: Date, carried: u32) -> Preview {
    let mut exceptions = ExceptionTally { carried, ..ExceptionTally::default() };
    for (date, _) in after.exceptions_of(series_id).filter(|(date, _)| *date >= from) {
        let was_there = before.exceptions.contains_key(&crate::ExceptionKey { series_id, date });
        match (was_there, has_effect(before, series_id, date), has_effect(after, series_id, date)) {
            (true, true, true) => exceptions.kept += 1,
            (true, true, false) => exceptions.without_effect += 1,
            (true, false, true) => exceptions.effective_again += 1,
            _ => {}
        }
    }
    Preview {
        dates_before: Count::of_from(before.segments(series_id).into_iter(), from),
        dates_after: Count::of_from(after.segments(series_id).into_iter(), from),
        exceptions,
    }
}

/// Whether an exception of the series on `date` would have an effect.
pub(super) fn has_effect(rows: &Rows, series_id: SeriesId, date: Date) -> bool {
    rows.segments(series_id).iter().any(|row| row.active && row.pattern.occurs_on(date))
}
