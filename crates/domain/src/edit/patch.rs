//! A patch of a series, applied to several segments that must stay apart.

use super::{SeriesPatch, Until};
use crate::{Date, EveryNWeeks, Pattern, Schedule, Validity, Weekday};

/// The segments with `patch` applied to each, kept apart from one another. `segments` are in order; none
/// begins before `earliest`.
pub(super) fn patch_all(
    segments: &[Schedule],
    patch: &SeriesPatch,
    earliest: Date,
    first_weekday: Weekday,
) -> Vec<Schedule> {
    let mut patched = segments.to_vec();
    for row in &mut patched {
        patch_what(row, patch);
    }
    if patch.moves_dates() {
        let mut patterns = with_dates(&mut patched);
        move_dates(&mut patterns, patch, earliest, first_weekday);
        keep_apart(&mut patterns);
    }
    patched
}

/// What it is and at what time: each segment takes it on, and no date moves.
fn patch_what(row: &mut Schedule, patch: &SeriesPatch) {
    let Schedule { pattern, details, .. } = row;
    pattern.time = patch.time.unwrap_or(pattern.time);
    details.title = patch.title.clone().unwrap_or_else(|| details.title.clone());
    details.notes = patch.notes.clone().unwrap_or_else(|| details.notes.clone());
    details.location = patch.location.clone().unwrap_or_else(|| details.location.clone());
    details.color = patch.color.unwrap_or(details.color);
}

/// The patterns that are valid on any date. One that was ended before it began takes no part, or it
/// would come back; where all were, the last one takes the series up again.
fn with_dates(segments: &mut [Schedule]) -> Vec<&mut Pattern> {
    let is_valid = |row: &Schedule| row.pattern.validity.range().is_some();
    if !segments.iter().any(is_valid) {
        return segments.last_mut().map(|row| &mut row.pattern).into_iter().collect();
    }
    segments.iter_mut().filter(|row| is_valid(row)).map(|row| &mut row.pattern).collect()
}

/// Weekday, first and last date, and rhythm.
///
/// A split must not show here: segments that follow upon one another without a gap are one run, which changes as a single
/// segment would. Its first date bounds all of it, and its rotation runs on from each to the next.
fn move_dates(patterns: &mut [&mut Pattern], patch: &SeriesPatch, earliest: Date, first_weekday: Weekday) {
    let follows: Vec<bool> = patterns
        .windows(2)
        .map(|pair| pair[0].validity.until.and_then(|until| until.plus_days(1)) == Some(pair[1].validity.from))
        .collect();
    let last = patterns.len().saturating_sub(1);
    let mut run_begins = earliest;
    for i in 0..patterns.len() {
        let (earlier, rest) = patterns.split_at_mut(i);
        let pattern = &mut *rest[0];
        let old_from = pattern.validity.from;
        if let Some(day) = patch.day_of_week.filter(|&day| day != pattern.day_of_week) {
            *pattern = pattern.on_weekday(day, first_weekday);
        }
        end(pattern, patch.valid_until, i == last);

        // A new first date stretches the first segment, and cuts any that it falls into.
        let is_new_first = |from: &Date| i == 0 || old_from <= *from || pattern.validity.from < *from;
        let new_first = patch.valid_from.filter(is_new_first);
        let mut from = new_first.unwrap_or(pattern.validity.from).max(earliest);
        if i > 0 && follows[i - 1] {
            from = from.max(run_begins);
        } else {
            run_begins = from;
        }
        let every = patch.every.unwrap_or(pattern.every);
        let mut run = (0..i).rev().take_while(|&j| follows[j] && new_first.is_none());
        match run.find(|&j| earlier[j].validity.range().is_some()).map(|j| &mut *earlier[j]) {
            Some(previous) => follow(previous, pattern, from, every, patch.restart_rotation),
            None => begin(pattern, from, every, patch.restart_rotation),
        }
    }
}

/// A last date. A new one stretches the last segment, and cuts any that it falls into.
fn end(pattern: &mut Pattern, new: Option<Until>, is_last: bool) {
    let until = &mut pattern.validity.until;
    match new {
        Some(Until::Never) if is_last => *until = None,
        Some(Until::On(date)) if is_last || until.is_none_or(|until| until > date) => *until = Some(date),
        _ => {}
    }
}

/// A segment that follows upon another: a new rhythm that both have runs on from the one into the other, and no gap
/// opens between them.
fn follow(previous: &mut Pattern, pattern: &mut Pattern, from: Date, every: EveryNWeeks, restart: bool) {
    let is_new = every != pattern.every || restart;
    let is_alike = previous.every == every && previous.day_of_week == pattern.day_of_week;
    if is_new && is_alike && every != EveryNWeeks::ONE {
        pattern.every = every;
        pattern.begin_in_phase_of(previous, from);
    } else {
        begin(pattern, from, every, restart);
    }
    let mut stretched = previous.clone();
    let Validity { from, until } = pattern.validity;
    stretched.validity.until = Some(from.saturating_plus_days(-1).min(until.unwrap_or(Date::MAX)));
    if stretched.last_date() == previous.last_date() {
        *previous = stretched;
    }
}

/// A first date and a rhythm. A rotation keeps its weeks: it begins on the first date on or after `from` that
/// is in phase. Started anew, it begins on the first one that falls on the weekday.
fn begin(pattern: &mut Pattern, from: Date, every: EveryNWeeks, restart: bool) {
    if every == EveryNWeeks::ONE {
        pattern.validity.from = from;
    } else if restart {
        pattern.begin_anew(from);
    } else if from != pattern.validity.from || every != pattern.every {
        pattern.begin_in_phase(from);
    }
    pattern.every = every;
}

/// A segment ends before the next one begins, even if that leaves it without a date.
fn keep_apart(patterns: &mut [&mut Pattern]) {
    let mut next: Option<Date> = None;
    for pattern in patterns.iter_mut().rev() {
        let validity = &mut pattern.validity;
        if let Some(next) = next.filter(|&next| validity.range().is_some_and(|range| range.to() >= next)) {
            validity.until = Some(next.saturating_plus_days(-1));
        }
        if let Some(range) = validity.range() {
            next = Some(next.map_or(range.from(), |next| next.min(range.from())));
        }
    }
}
