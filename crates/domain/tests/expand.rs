//! What the expansion of a window promises, over random rows.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;

use common::{ERA_DAYS, World, any_world, apply, cancelled, cases, date, key, range, rows_of, schedule_id, slot, time};
use proptest::{prelude::*, sample::Index};
use weekwise_domain::*;

fn shown(rows: &Rows, window: DateRange) -> Vec<Occurrence<'_>> {
    expand(rows.schedules.values(), &rows.exceptions, window)
}

/// Each slot on each date that it could have, one by one.
fn by_hand(rows: &Rows, window: DateRange, world: &World) -> Vec<(ScheduleId, Date, Date, TimeRange)> {
    let mut found = Vec::new();
    for schedule in rows.schedules.values().filter(|row| row.active) {
        for original in world.era.window().dates().filter(|&date| schedule.pattern.occurs_on(date)) {
            let exception =
                rows.exceptions.get(&ExceptionKey { series_id: schedule.pattern.series_id, date: original });
            let (date, time) = match exception {
                Some(Exception::Cancelled(_)) => continue,
                Some(Exception::Override(it)) => {
                    (it.moved_to.unwrap_or(original), it.time.unwrap_or(schedule.pattern.time))
                }
                None => (original, schedule.pattern.time),
            };
            if window.contains(date) {
                found.push((schedule.id, original, date, time));
            }
        }
    }
    found
}

/// A window within the era of a world.
fn window_of(world: &World, from: u16, days: u16) -> DateRange {
    let from = world.era.day(from);
    DateRange::new(from, world.era.day(ERA_DAYS).min(from.saturating_plus_days(days.into()))).unwrap()
}

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn a_window_shows_each_date_once_and_in_order(world in any_world(), from in 0..ERA_DAYS, days in 0u16..60) {
        let window = window_of(&world, from, days);
        let found = shown(&world.rows, window);
        let order = |it: &Occurrence<'_>| (it.date, it.time.start(), it.time.end(), it.schedule.id, it.original_date);
        prop_assert!(found.is_sorted_by_key(order));

        let mut found: Vec<_> = found.iter().map(|it| (it.schedule.id, it.original_date, it.date, it.time)).collect();
        let mut expected = by_hand(&world.rows, window, &world);
        found.sort();
        expected.sort();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn two_windows_side_by_side_show_what_one_shows(world in any_world(), from in 0..ERA_DAYS, days in 1u16..60, cut in 0u16..60) {
        let whole = window_of(&world, from, days);
        let cut = whole.from().saturating_plus_days(i32::from(cut % days)).min(whole.to());
        let left = DateRange::new(whole.from(), cut).unwrap();
        let right = cut.plus_days(1).and_then(|next| DateRange::new(next, whole.to()));
        let mut parts = shown(&world.rows, left);
        parts.extend(right.into_iter().flat_map(|right| shown(&world.rows, right)));
        prop_assert_eq!(parts, shown(&world.rows, whole));
    }

    #[test]
    fn exceptions_that_touch_no_date_of_the_window_do_not_matter(world in any_world(), from in 0..ERA_DAYS, days in 0u16..60) {
        let window = window_of(&world, from, days);
        let matters = |key: &ExceptionKey, exception: &Exception| {
            let moved_in = exception.as_override().and_then(|it| it.moved_to).is_some_and(|to| window.contains(to));
            window.contains(key.date) || moved_in
        };
        let mut fewer = world.rows.clone();
        fewer.exceptions.retain(|key, exception| matters(key, exception));
        prop_assert_eq!(shown(&fewer, window), shown(&world.rows, window));
    }

    #[test]
    fn an_exception_on_no_date_of_its_series_has_no_effect(world in any_world()) {
        let occurs = |key: &ExceptionKey| common::recount::occurs(&world.rows, key.series_id, key.date);
        let mut effective = world.rows.clone();
        effective.exceptions.retain(|key, _| occurs(key));
        let window = world.era.window();
        prop_assert_eq!(shown(&effective, window), shown(&world.rows, window));
        let all = deviations(world.rows.schedules.values(), &world.rows.exceptions, window);
        prop_assert_eq!(deviations(effective.schedules.values(), &effective.exceptions, window), all.as_slice());
        prop_assert_eq!(all.len(), effective.exceptions.len());
    }

    #[test]
    fn the_deviations_of_a_window_are_what_differs_in_it(world in any_world(), from in 0..ERA_DAYS, days in 0u16..60) {
        let window = window_of(&world, from, days);
        let World { rows, .. } = &world;
        let mut usual = rows.clone();
        usual.exceptions.clear();
        let found = deviations(rows.schedules.values(), &rows.exceptions, window);
        // Take what is usual, put in what deviates: that is what is shown.
        let mut rebuilt = shown(&usual, window);
        for deviation in &found {
            let (schedule, original) = match deviation {
                Deviation::Cancelled { schedule, date, .. } => (schedule.id, *date),
                Deviation::Changed(it) => (it.schedule.id, it.original_date),
            };
            rebuilt.retain(|it| (it.schedule.id, it.original_date) != (schedule, original));
        }
        rebuilt.extend(found.iter().filter_map(|deviation| match deviation {
            Deviation::Changed(it) if window.contains(it.date) => Some(*it),
            _ => None,
        }));
        rebuilt.sort_by_key(|it| (it.date, it.time, it.schedule.id, it.original_date));
        prop_assert_eq!(rebuilt, shown(rows, window));
    }

    #[test]
    fn overlaps_are_the_pairs_that_share_a_minute(world in any_world(), from in 0..ERA_DAYS) {
        let found = shown(&world.rows, window_of(&world, from, 20));
        let shares = |a: &Occurrence<'_>, b: &Occurrence<'_>| {
            a.date == b.date && a.time.start().max(b.time.start()) < a.time.end().min(b.time.end())
        };
        let mut expected = Vec::new();
        for (i, first) in found.iter().enumerate() {
            expected.extend(found[i + 1..].iter().filter(|second| shares(first, second)).map(|second| (first, second)));
        }
        prop_assert_eq!(overlaps(&found).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_series_in_the_trash_is_not_shown(world in any_world(), pick in any::<Index>()) {
        let mut rows = world.rows.clone();
        let series = common::edits::series_of(&rows);
        let series_id = *pick.get(&series);
        for row in rows.schedules.values_mut().filter(|row| row.pattern.series_id == series_id) {
            row.active = false;
        }
        let window = world.era.window();
        let others = shown(&world.rows, window).into_iter().filter(|it| it.schedule.pattern.series_id != series_id);
        prop_assert_eq!(shown(&rows, window), others.collect::<Vec<_>>());
    }

    #[test]
    fn a_split_moves_nothing(world in any_world(), pick in any::<Index>(), on in any::<Index>(), first in common::any_weekday()) {
        let World { era, mut rows } = world;
        rows.settings.slot_limit = SlotLimit::MAX;
        let before = common::recount::shown(&rows, era.window());
        let live: Vec<_> = rows.schedules.values().filter(|row| row.active).collect();
        prop_assume!(!live.is_empty());
        let segment = pick.get(&live);
        let dates: Vec<_> = segment.pattern.dates_in(era.window()).collect();
        prop_assume!(!dates.is_empty());
        let edit = Edit::ChangeFollowing {
            series_id: segment.pattern.series_id,
            date: *on.get(&dates),
            new_id: schedule_id(1),
            patch: Box::default(),
            displaced: Displaced::Carry,
            first_weekday: first,
        };
        let exceptions = rows.exceptions.clone();
        apply(&mut rows, edit);
        prop_assert_eq!(common::recount::shown(&rows, era.window()), before);
        prop_assert_eq!(&rows.exceptions, &exceptions);
    }
}

#[test]
fn a_date_is_shown_where_it_is_moved_to_however_far() {
    let mut rows = rows_of([slot(1, 1, "1950-01-02", None, 1)]);
    let moved = Override { moved_to: Some(date("2199-05-05")), ..Override::default() };
    rows.exceptions.insert(key(1, "1960-02-01"), Exception::Override(moved));
    let there = range("2199-05-05", "2199-05-05");
    let found = shown(&rows, there);
    assert_eq!(found.iter().map(|it| it.original_date).collect::<Vec<_>>(), [date("1960-02-01")]);
    assert_eq!(shown(&rows, range("1960-02-01", "1960-02-01")), []);
    // Both ends of the move know of it.
    for window in [there, range("1960-02-01", "1960-02-01")] {
        assert_eq!(deviations(rows.schedules.values(), &rows.exceptions, window), [Deviation::Changed(found[0])]);
    }
}

#[test]
fn two_dates_of_a_slot_at_one_time_are_in_the_order_of_their_original_dates() {
    let mut rows = rows_of([slot(1, 1, "2026-11-02", None, 1)]);
    for original in ["2026-11-30", "2026-11-09", "2026-11-16"] {
        let moved = Override { moved_to: Some(date("2026-11-23")), ..Override::default() };
        rows.exceptions.insert(key(1, original), Exception::Override(moved));
    }
    let found = shown(&rows, range("2026-11-23", "2026-11-23"));
    let originals: Vec<_> = found.iter().map(|it| it.original_date.to_string()).collect();
    assert_eq!(originals, ["2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30"]);
}

#[test]
fn times_that_touch_do_not_overlap() {
    let mut later = slot(2, 1, "2026-11-02", None, 1);
    later.pattern.time = time("10:30-11:00");
    let mut within = slot(3, 1, "2026-11-02", None, 1);
    within.pattern.time = time("10:00-10:15");
    let rows = rows_of([slot(1, 1, "2026-11-02", None, 1), later, within]);
    let found = shown(&rows, range("2026-11-23", "2026-11-29"));
    let pairs: Vec<_> = overlaps(&found).map(|(a, b)| (a.schedule.id, b.schedule.id)).collect();
    assert_eq!(pairs, [(schedule_id(1), schedule_id(3))]);
}

#[test]
fn what_an_override_leaves_out_follows_the_pattern() {
    let mut rows = rows_of([slot(1, 1, "2026-11-02", None, 1)]);
    let change = Override { location: Some(common::title("Room 7")), ..Override::default() };
    rows.exceptions.insert(key(1, "2026-11-23"), Exception::Override(change));
    let found = shown(&rows, range("2026-11-23", "2026-11-23"));
    assert_eq!((found[0].title(), found[0].location(), found[0].notes()), ("Algebra", "Room 7", ""));
    assert_eq!(found[0].time, time("09:00-10:30"));
}

#[test]
fn a_cancelled_date_is_absent_and_told_of() {
    let mut rows = rows_of([slot(1, 1, "2026-11-02", None, 1)]);
    rows.exceptions.insert(key(1, "2026-11-23"), cancelled());
    let week = range("2026-11-23", "2026-11-29");
    assert_eq!(shown(&rows, week), []);
    let told = deviations(rows.schedules.values(), &rows.exceptions, week);
    assert!(matches!(told[..], [Deviation::Cancelled { date, .. }] if date == common::date("2026-11-23")));
}

#[test]
fn the_ends_of_the_calendar_expand() {
    let rows = rows_of([slot(1, 1, "1900-01-01", None, 8), slot(2, 3, "2200-12-31", None, 8)]);
    let first = shown(&rows, range("1900-01-01", "1900-01-07"));
    let last = shown(&rows, range("2200-12-25", "2200-12-31"));
    assert_eq!(first[0].date, Date::MIN);
    assert_eq!(last[0].date, Date::MAX);
    let none: BTreeMap<_, _> = BTreeMap::new();
    assert_eq!(expand(&[], &none, DateRange::ALL), []);
}
