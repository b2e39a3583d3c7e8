//! What does not fit together in the week: derived from the rows, and stored nowhere.

use std::collections::BTreeMap;

use weekwise_domain::{Date, DateRange, Occurrence, Rows, Schedule, SeriesId, expand, overlaps};
use weekwise_protocol::{Overlap, OverlapSide, WithoutEffect};

/// From today on, for how many days overlaps are told.
const DAYS: i32 = 28;
/// How many overlaps are told at most.
const OVERLAPS: usize = 50;
/// How many exceptions without effect are told at most.
const WITHOUT_EFFECT: usize = 200;

/// The slots that share time in the four weeks from a date on.
pub(super) fn overlaps_from(rows: &Rows, today: Date) -> Vec<Overlap> {
    let Some(window) = DateRange::new(today, today.saturating_plus_days(DAYS - 1)) else { return Vec::new() };
    let occurrences = expand(rows.schedules.values(), &rows.exceptions, window);
    let found = overlaps(&occurrences).take(OVERLAPS);
    found.map(|(first, second)| Overlap { date: first.date, first: side(first), second: side(second) }).collect()
}

fn side(occurrence: &Occurrence<'_>) -> OverlapSide {
    let schedule = occurrence.schedule;
    let title = occurrence.exception.and_then(|change| change.title.clone());
    OverlapSide {
        series_id: schedule.pattern.series_id,
        original_date: occurrence.original_date,
        title: title.unwrap_or_else(|| schedule.details.title.clone()),
        time: occurrence.time,
    }
}

/// The exceptions on dates on which their series does not occur: those to come by date, then those of the past, the last
/// one first. Series that are in the trash as a whole have none.
pub(super) fn without_effect(rows: &Rows, today: Date) -> Vec<WithoutEffect> {
    let mut series: BTreeMap<SeriesId, Vec<&Schedule>> = BTreeMap::new();
    for row in rows.schedules.values().filter(|row| row.active) {
        series.entry(row.pattern.series_id).or_default().push(row);
    }
    let mut found = Vec::new();
    for (key, exception) in &rows.exceptions {
        let Some(segments) = series.get(&key.series_id) else { continue };
        if segments.iter().any(|row| row.pattern.occurs_on(key.date)) {
            continue;
        }
        let Some(last) = segments.iter().max_by_key(|row| row.pattern.validity.from) else { continue };
        found.push(WithoutEffect {
            series_id: key.series_id,
            title: last.details.title.clone(),
            date: key.date,
            exception: exception.clone(),
        });
    }
    let distance = |date: Date| (date < today, (date.day_number() - today.day_number()).abs());
    found.sort_by_key(|it| distance(it.date));
    found.truncate(WITHOUT_EFFECT);
    found
}
