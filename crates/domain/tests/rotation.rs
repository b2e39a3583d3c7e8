//! A rotation keeps its weeks: over changes of weekday and first date, and however its series is split.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;

use common::{
    ERA_DAYS, Era, any_every, any_exception, any_weekday, apply, cases, date, dates, edits::any_patch, every,
    pattern_on, rows_of, schedule_id, series_id, slot, weekday,
};
use proptest::{collection::vec, prelude::*, sample::Index};
use weekwise_domain::*;

fn change(patch: SeriesPatch, first_weekday: Weekday) -> Edit {
    Edit::ChangeSeries { series_id: series_id(1), patch: Box::new(patch), displaced: Displaced::Carry, first_weekday }
}

fn following(date: Date, patch: SeriesPatch, new_id: u128, first_weekday: Weekday) -> Edit {
    Edit::ChangeFollowing {
        series_id: series_id(1),
        date,
        new_id: schedule_id(new_id),
        patch: Box::new(patch),
        displaced: Displaced::Carry,
        first_weekday,
    }
}

fn to_day(day: Weekday) -> SeriesPatch {
    SeriesPatch { day_of_week: Some(day), ..SeriesPatch::default() }
}

/// The starts of the visible weeks in which the series occurs between two dates.
fn weeks(rows: &Rows, first_weekday: Weekday, from: Date, to: Date) -> BTreeSet<i32> {
    let window = DateRange::new(from, to).unwrap();
    let dates = rows.segments(series_id(1)).into_iter().flat_map(|row| row.pattern.dates_in(window));
    let start = |date: Date| date.day_number() - i32::from(date.weekday().days_after(first_weekday));
    dates.map(start).filter(|&start| start >= from.day_number() && start + 6 <= to.day_number()).collect()
}

fn all_dates(rows: &Rows) -> BTreeSet<Date> {
    let window = DateRange::new(date("2025-06-01"), date("2030-12-31")).unwrap();
    rows.segments(series_id(1)).into_iter().flat_map(|row| row.pattern.dates_in(window)).collect()
}

proptest! {
    #![proptest_config(cases(2))]

    #[test]
    fn another_weekday_keeps_the_visible_weeks(
        (day, from, until, weeks_apart) in (any_weekday(), 0i32..60, prop::option::of(300i32..500), any_every()),
        moves in vec((any_weekday(), any_weekday()), 1..4),
    ) {
        let start = date("2026-01-01");
        let mut row = slot(1, 0, "2026-01-01", None, 1);
        row.pattern.day_of_week = day;
        row.pattern.every = weeks_apart;
        row.pattern.validity = Validity {
            from: start.saturating_plus_days(from),
            until: until.map(|days| start.saturating_plus_days(days)),
        };
        let mut rows = rows_of([row]);
        // Away from the bounds, which hold for the new weekday as they are.
        let (from, to) = (date("2026-03-20"), date("2026-10-10"));
        for (day, first_weekday) in moves {
            let before = weeks(&rows, first_weekday, from, to);
            apply(&mut rows, change(to_day(day), first_weekday));
            prop_assert!(!before.is_empty());
            prop_assert_eq!(weeks(&rows, first_weekday, from, to), before);
            prop_assert!(all_dates(&rows).iter().all(|date| date.weekday() == day));
        }
    }

    /// Bounds that are dates of the slot move along, so nothing is gained or lost at them either.
    #[test]
    fn to_another_weekday_and_back_is_nothing(
        (from, day, count, weeks_apart) in (0i32..60, any_weekday(), 0i32..20, any_every()),
        (to, first_weekday) in (any_weekday(), any_weekday()),
    ) {
        let mut row = slot(1, 0, "2026-01-01", None, 1);
        let from = date("2026-01-01").saturating_plus_days(from).next_on(day).unwrap();
        let until = from.saturating_plus_days(count * 7 * i64::from(weeks_apart) as i32);
        row.pattern.day_of_week = day;
        row.pattern.every = weeks_apart;
        row.pattern.validity = Validity { from, until: Some(until) };
        let first = rows_of([row]);
        let mut rows = first.clone();
        apply(&mut rows, change(to_day(to), first_weekday));
        prop_assert_eq!(all_dates(&rows).len(), all_dates(&first).len());
        apply(&mut rows, change(to_day(day), first_weekday));
        prop_assert_eq!(rows, first);
    }

    #[test]
    fn another_first_date_keeps_the_phase_and_a_restart_begins_with_it(
        (day, weeks_apart, old, new) in (any_weekday(), any_every(), 0u16..ERA_DAYS, 0u16..ERA_DAYS),
        (restart_rotation, first_weekday) in (any::<bool>(), any_weekday()),
    ) {
        let era = Era(date("2026-01-01"));
        let (old, new) = (era.day(old), era.day(new));
        let mut row = slot(1, 0, "2026-01-01", None, 1);
        row.pattern.day_of_week = day;
        row.pattern.every = weeks_apart;
        row.pattern.validity.from = old;
        let mut rows = rows_of([row]);
        let before = all_dates(&rows);
        let patch = SeriesPatch { valid_from: Some(new), restart_rotation, ..SeriesPatch::default() };
        apply(&mut rows, change(patch, first_weekday));
        let after = all_dates(&rows);
        if restart_rotation {
            prop_assert_eq!(after.first().copied(), new.next_on(day));
        } else {
            let both = old.max(new);
            prop_assert!(before.range(both..).eq(after.range(both..)));
            let days = 7 * i64::from(weeks_apart) as i32;
            prop_assert!(after.first().unwrap().day_number() < new.day_number() + days);
        }
        prop_assert!(after.first().unwrap() >= &new);
    }

    /// A split is no cut in the rotation: whatever is changed then comes out the same.
    #[test]
    fn a_series_changes_as_if_it_had_not_been_split(
        (day, weeks_apart, from, until) in (any_weekday(), any_every(), 0u16..30, prop::option::of(100u16..ERA_DAYS)),
        (splits, exceptions) in (vec(any::<Index>(), 1..3), vec((any::<Index>(), any_exception()), 0..6)),
        edits in vec((prop::option::weighted(0.4, any::<Index>()), any_patch()), 1..4),
        first_weekday in any_weekday(),
    ) {
        let era = Era(date("2026-01-01"));
        let mut row = slot(1, 0, "2026-01-01", None, 1);
        row.pattern.day_of_week = day;
        row.pattern.every = weeks_apart;
        row.pattern.validity = Validity { from: era.day(from), until: until.map(|days| era.day(days)) };
        let mut whole = rows_of([row]);
        for (at, exception) in exceptions {
            let on: Vec<_> = all_dates(&whole).into_iter().take(20).collect();
            let key = ExceptionKey { series_id: series_id(1), date: *at.get(&on) };
            whole.exceptions.insert(key, exception.at(era));
        }
        let mut parts = whole.clone();
        for (at, new_id) in splits.iter().zip(2..) {
            let on: Vec<_> = all_dates(&parts).into_iter().take(20).collect();
            apply(&mut parts, following(*at.get(&on), SeriesPatch::default(), new_id, first_weekday));
        }
        prop_assert_eq!(all_dates(&parts), all_dates(&whole));
        for ((at, patch), new_id) in edits.iter().zip(10..) {
            let on: Vec<_> = all_dates(&whole).into_iter().take(20).collect();
            let edit = match at {
                Some(at) if !on.is_empty() => following(*at.get(&on), *patch.at(era), new_id, first_weekday),
                _ => change(*patch.at(era), first_weekday),
            };
            let Ok(plan_of_whole) = plan(&edit.clone().into(), &whole) else {
                prop_assert!(plan(&edit.into(), &parts).is_err());
                return Ok(());
            };
            whole.apply(&plan_of_whole.changes);
            let plan_of_parts = plan(&edit.into(), &parts).unwrap();
            parts.apply(&plan_of_parts.changes);
            prop_assert_eq!(all_dates(&parts), all_dates(&whole));
            prop_assert_eq!(&parts.exceptions, &whole.exceptions);
            prop_assert_eq!(plan_of_parts.preview, plan_of_whole.preview);
        }
    }
}

/// Edits that once came out otherwise after a split: a slot, the date of the split, and edits of all dates or of those
/// from a date on.
#[test]
fn a_split_does_not_show_where_it_once_did() {
    type Step = (Option<&'static str>, SeriesPatch);
    fn patch(day: Option<u8>, from: Option<&str>, weeks: Option<i64>) -> SeriesPatch {
        let valid_from = from.map(date);
        SeriesPatch { day_of_week: day.map(weekday), valid_from, every: weeks.map(every), ..SeriesPatch::default() }
    }
    let all = |patch| (None, patch);
    let for_good = SeriesPatch { valid_until: Some(Until::Never), ..patch(None, None, Some(8)) };
    let cases: Vec<(Schedule, &str, u8, Vec<Step>)> = vec![
        (
            slot(1, 0, "2026-01-05", None, 1),
            "2026-01-18",
            2,
            vec![all(patch(Some(1), None, None)), all(patch(None, None, Some(2)))],
        ),
        (
            slot(1, 2, "2026-01-01", Some("2026-03-17"), 5),
            "2026-03-10",
            0,
            vec![all(patch(None, None, Some(8))), all(patch(None, None, Some(1)))],
        ),
        (
            slot(1, 0, "2026-01-13", Some("2026-03-02"), 1),
            "2026-01-25",
            0,
            vec![all(for_good), all(patch(None, None, Some(5)))],
        ),
        (
            slot(1, 2, "2026-01-21", None, 1),
            "2026-03-31",
            3,
            vec![all(patch(None, Some("2026-03-28"), None)), all(patch(Some(4), None, None))],
        ),
        (
            slot(1, 2, "2026-01-14", None, 1),
            "2026-03-10",
            0,
            vec![(Some("2026-01-27"), patch(None, Some("2026-03-04"), None)), all(patch(None, None, Some(2)))],
        ),
        (
            slot(1, 0, "2026-01-01", Some("2026-03-08"), 1),
            "2026-02-08",
            2,
            vec![all(patch(None, Some("2026-02-02"), None)), (Some("2026-02-08"), patch(Some(1), None, None))],
        ),
        (
            slot(1, 4, "2026-01-16", None, 1),
            "2026-01-29",
            4,
            vec![all(patch(Some(3), Some("2026-01-30"), None)), all(patch(Some(4), None, None))],
        ),
        (
            slot(1, 4, "2026-01-01", Some("2026-04-30"), 1),
            "2026-04-02",
            5,
            vec![all(patch(None, Some("2026-03-31"), None)), all(patch(Some(0), None, Some(2)))],
        ),
        (
            slot(1, 2, "2026-01-21", None, 1),
            "2026-04-28",
            4,
            vec![all(patch(Some(3), Some("2026-04-28"), None)), all(patch(Some(0), None, None))],
        ),
        (
            slot(1, 0, "2026-01-05", None, 1),
            "2026-05-03",
            1,
            vec![
                (Some("2026-01-18"), patch(None, Some("2026-04-29"), None)),
                (Some("2026-05-03"), patch(Some(2), None, None)),
            ],
        ),
    ];
    for (i, (row, on, first_weekday, steps)) in cases.into_iter().enumerate() {
        let mut whole = rows_of([row]);
        let mut parts = whole.clone();
        let first_weekday = weekday(first_weekday);
        apply(&mut parts, following(date(on), SeriesPatch::default(), 2, first_weekday));
        assert_eq!(parts.schedules.len(), 2, "case {i} is split");
        for ((from, patch), new_id) in steps.into_iter().zip(10..) {
            let edit = match from {
                Some(from) => following(date(from), patch, new_id, first_weekday),
                None => change(patch, first_weekday),
            };
            apply(&mut whole, edit.clone());
            apply(&mut parts, edit);
            assert_eq!(all_dates(&parts), all_dates(&whole), "case {i}");
        }
    }
}

#[test]
fn a_rotation_runs_on_over_a_segment_that_it_leaves_empty() {
    let mut whole = rows_of([slot(1, 0, "2026-01-23", None, 1)]);
    let mut parts = whole.clone();
    for (on, new_id) in ["2026-02-01", "2026-02-08"].into_iter().zip(2..) {
        apply(&mut parts, following(date(on), SeriesPatch::default(), new_id, Weekday::MONDAY));
    }
    let slow = SeriesPatch { every: Some(every(8)), ..to_day(weekday(4)) };
    let anew = SeriesPatch { valid_from: Some(date("2026-01-01")), restart_rotation: true, ..SeriesPatch::default() };
    for patch in [slow, anew] {
        apply(&mut whole, change(patch.clone(), weekday(5)));
        apply(&mut parts, change(patch, weekday(5)));
        assert_eq!(all_dates(&parts), all_dates(&whole));
    }
}

#[test]
fn a_new_rhythm_counts_from_the_first_date_as_it_becomes() {
    let mut rows = rows_of([slot(1, 1, "2026-01-05", None, 1)]);
    let patch = SeriesPatch { valid_from: Some(date("2026-01-13")), every: Some(every(2)), ..SeriesPatch::default() };
    apply(&mut rows, change(patch, Weekday::MONDAY));
    assert_eq!(dates(&rows, 1, "2026-01-01", "2026-02-20"), ["2026-01-19", "2026-02-02", "2026-02-16"]);
    // Every week again, from a Wednesday on: the Monday after it is the first.
    let patch = SeriesPatch { valid_from: Some(date("2026-01-07")), every: Some(every(1)), ..SeriesPatch::default() };
    apply(&mut rows, change(patch, Weekday::MONDAY));
    assert_eq!(dates(&rows, 1, "2026-01-01", "2026-01-30"), ["2026-01-12", "2026-01-19", "2026-01-26"]);
}

#[test]
fn at_the_start_of_1900_a_rotation_keeps_its_weeks() {
    // Monday 1 January 1900; weeks that start on Saturday show it in that of 30 December 1899.
    let mut rows = rows_of([slot(1, 1, "1900-01-01", None, 2)]);
    apply(&mut rows, change(to_day(Weekday::SATURDAY), Weekday::SATURDAY));
    assert_eq!(dates(&rows, 1, "1900-01-01", "1900-01-31"), ["1900-01-13", "1900-01-27"]);
}

#[test]
fn at_the_end_of_2200_a_rotation_ends() {
    let pattern = pattern_on(3, "2200-12-31", None, 8);
    assert_eq!(pattern.dates_in(DateRange::ALL).collect::<Vec<_>>(), [Date::MAX]);
    let mut rows = rows_of([slot(1, 3, "2200-12-17", None, 8)]);
    let patch = SeriesPatch { valid_from: Some(date("2200-12-30")), ..SeriesPatch::default() };
    assert_eq!(plan(&change(patch, Weekday::MONDAY).into(), &rows).unwrap_err(), EditError::NoDates);
    apply(&mut rows, change(to_day(weekday(5)), Weekday::MONDAY));
    assert_eq!(dates(&rows, 1, "2200-12-01", "2200-12-31"), ["2200-12-19"]);
}
