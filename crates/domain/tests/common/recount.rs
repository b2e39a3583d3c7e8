//! What rows show and how much that is, found by looking at each date.

use std::collections::BTreeMap;

use weekwise_domain::*;

/// A date of a series as a person sees it.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    Cancelled(Cancellation),
    TakesPlace {
        date: Date,
        time: TimeRange,
        title: String,
        notes: String,
        location: String,
        exception: Option<Override>,
    },
}

/// The dates of all series that take place, or would, in a window.
pub fn shown(rows: &Rows, window: DateRange) -> BTreeMap<(SeriesId, Date), Shown> {
    let occurrences = expand(rows.schedules.values(), &rows.exceptions, window);
    let mut shown: BTreeMap<_, _> = occurrences
        .iter()
        .map(|it| {
            let takes_place = Shown::TakesPlace {
                date: it.date,
                time: it.time,
                title: it.title().to_owned(),
                notes: it.notes().to_owned(),
                location: it.location().to_owned(),
                exception: it.exception.cloned(),
            };
            ((it.schedule.pattern.series_id, it.original_date), takes_place)
        })
        .collect();
    for deviation in deviations(rows.schedules.values(), &rows.exceptions, window) {
        if let Deviation::Cancelled { schedule, date, reason } = deviation {
            shown.insert((schedule.pattern.series_id, date), Shown::Cancelled(reason.clone()));
        }
    }
    shown
}

/// Whether a series that is not in the trash occurs on a date.
pub fn occurs(rows: &Rows, series_id: SeriesId, date: Date) -> bool {
    let day = DateRange::new(date, date).unwrap();
    rows.segments(series_id).iter().any(|row| row.active && row.pattern.dates_in(day).next().is_some())
}

/// How many dates a series has from a date on, by going through them.
pub fn count_from(rows: &Rows, series_id: SeriesId, from: Date) -> Count {
    let window = DateRange::new(from, Date::MAX).unwrap();
    let segments: Vec<_> = rows.segments(series_id).into_iter().filter(|row| row.active).collect();
    Count {
        dates: segments.iter().map(|row| row.pattern.dates_in(window).count() as u32).sum(),
        open_ended: segments.iter().any(|row| row.pattern.validity.until.is_none()),
    }
}

/// How many active schedules of a date's weekday are valid on it.
pub fn slots_on(rows: &Rows, date: Date) -> u32 {
    let counts = |row: &&Schedule| {
        let Pattern { day_of_week, validity, .. } = &row.pattern;
        let is_valid = validity.from <= date && validity.until.is_none_or(|until| date <= until);
        row.active && *day_of_week == date.weekday() && is_valid
    };
    rows.schedules.values().filter(counts).count() as u32
}

/// Whether some of its segments are in the trash and others are not.
pub fn is_torn(rows: &Rows, series_id: SeriesId) -> bool {
    let segments = rows.segments(series_id);
    segments.iter().any(|row| row.active) && segments.iter().any(|row| !row.active)
}
