//! Undo out of order: what stands goes back, what was edited since is left and named, and nothing breaks.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;

use common::{
    any_world, apply, cancelled, cases, date, dates, edits::any_step, key, recount, rows_of, schedule_id, series_id,
    slot, time, title, weekday,
};
use proptest::{collection::vec, prelude::*, sample::Index};
use weekwise_domain::*;

proptest! {
    #![proptest_config(cases(3))]

    #[test]
    fn an_earlier_edit_is_taken_back_as_far_as_it_stands(
        world in any_world(),
        steps in vec(any_step(), 2..10),
        which in any::<Index>(),
    ) {
        let (era, mut rows) = (world.era, world.rows);
        let mut past = Vec::new();
        for (step, fresh) in steps.iter().zip(10_000..) {
            let request = step.request(&rows, era, fresh);
            if let Ok(plan) = plan(&request, &rows) {
                rows.apply(&plan.changes);
                past.push((request.edit, plan.changes));
            }
        }
        prop_assume!(!past.is_empty());
        let (edit, recorded) = which.get(&past);
        let Reverted { changes, left, exceptions } = revert(recorded, &rows);
        let mut after = rows.clone();
        after.apply(&changes);

        // Each recorded change goes back or is named.
        let back: Vec<Change> = changes.iter().rev().map(Change::inverse).collect();
        prop_assert!(recorded.iter().all(|it| back.contains(it) != left.iter().any(|left| left.change == *it)));
        prop_assert_eq!(back.len() + left.len(), recorded.len());
        // Taking back what was taken back leads to where it began: the changes say what the registers were.
        let redone = revert(&changes, &after);
        prop_assert_eq!(&redone.left, &[]);
        let mut again = after.clone();
        again.apply(&redone.changes);
        prop_assert_eq!(&again, &rows);

        // Nothing that was sound is broken.
        for series_id in common::edits::series_of(&rows) {
            let segments = after.segments(series_id);
            for (i, first) in segments.iter().enumerate() {
                prop_assert!(segments[i + 1..].iter().all(|it| !it.pattern.validity.meets(first.pattern.validity)));
            }
            prop_assert!(!recount::is_torn(&after, series_id) || recount::is_torn(&rows, series_id));
            let is_orphaned = segments.is_empty() && after.exceptions_of(series_id).next().is_some();
            prop_assert!(!is_orphaned, "exceptions are left without their series");
        }

        // Of exceptions that stay where they are, as many gain and lose their effect as are told.
        let staying = || rows.exceptions.keys().filter(|key| after.exceptions.contains_key(key));
        let had = |key: &&ExceptionKey| recount::occurs(&rows, key.series_id, key.date);
        let has = |key: &&ExceptionKey| recount::occurs(&after, key.series_id, key.date);
        let count = |test: &dyn Fn(&&ExceptionKey) -> bool| staying().filter(test).count() as u32;
        if leaves_the_trash_alone(recorded) {
            prop_assert_eq!(exceptions.without_effect, count(&|key| had(key) && !has(key)));
            prop_assert_eq!(exceptions.effective_again, count(&|key| !had(key) && has(key)));
        }

        // An exception that was carried along is neither lost nor doubled, nor set on a date that is none.
        let keys = |rows: &Rows| rows.exceptions.keys().copied().collect::<BTreeSet<_>>();
        let (was, is) = (keys(&rows), keys(&after));
        if let Edit::ChangeSeries { series_id, .. } | Edit::ChangeFollowing { series_id, .. } = edit {
            prop_assert_eq!(was.len(), is.len());
            if rows.segments(*series_id).iter().all(|row| row.active) {
                prop_assert!(is.difference(&was).all(|key| recount::occurs(&after, key.series_id, key.date)));
            }
        }
    }
}

/// Whether no series goes into or out of the trash, so that only moved dates change what has an effect.
fn leaves_the_trash_alone(changes: &[Change]) -> bool {
    !changes.iter().any(|change| matches!(change, Change::Active { .. }))
}

fn change_all(patch: SeriesPatch) -> Edit {
    Edit::ChangeSeries {
        series_id: series_id(1),
        patch: Box::new(patch),
        displaced: Displaced::Carry,
        first_weekday: Weekday::MONDAY,
    }
}

fn split_at(on: &str) -> Edit {
    Edit::ChangeFollowing {
        series_id: series_id(1),
        date: date(on),
        new_id: schedule_id(2),
        patch: Box::default(),
        displaced: Displaced::Carry,
        first_weekday: Weekday::MONDAY,
    }
}

fn to_monday() -> SeriesPatch {
    SeriesPatch { day_of_week: Some(weekday(1)), ..SeriesPatch::default() }
}

fn at(text: &str) -> SeriesPatch {
    SeriesPatch { time: Some(time(text)), ..SeriesPatch::default() }
}

fn cancel(on: &str) -> Edit {
    Edit::CancelDate { series_id: series_id(1), date: date(on), reason: Box::default() }
}

/// Thursdays from 5 November 2026, the 26th cancelled.
fn thursdays() -> Rows {
    let mut rows = rows_of([slot(1, 4, "2026-11-05", None, 1)]);
    rows.exceptions.insert(key(1, "2026-11-26"), cancelled());
    rows
}

fn reasons(reverted: &Reverted) -> Vec<LeftReason> {
    reverted.left.iter().map(|left| left.reason).collect()
}

#[test]
fn two_dates_are_undone_one_without_the_other() {
    let mut rows = thursdays();
    let first = apply(&mut rows, cancel("2026-12-03"));
    apply(&mut rows, cancel("2026-12-10"));
    let undone = revert(&first, &rows);
    rows.apply(&undone.changes);
    assert_eq!(undone.left, []);
    assert_eq!(rows.exceptions.keys().collect::<Vec<_>>(), [&key(1, "2026-11-26"), &key(1, "2026-12-10")]);
}

#[test]
fn what_was_edited_since_is_left_and_named() {
    let mut rows = thursdays();
    let patch = SeriesPatch { title: Some(title("Choir")), ..at("18:00-20:00") };
    let first = apply(&mut rows, change_all(patch));
    apply(&mut rows, change_all(SeriesPatch { title: Some(title("Big choir")), ..SeriesPatch::default() }));
    let undone = revert(&first, &rows);
    rows.apply(&undone.changes);
    let row = &rows.schedules[&schedule_id(1)];
    assert_eq!((row.pattern.time, row.details.title.as_str()), (time("09:00-10:30"), "Big choir"));
    assert!(matches!(&undone.left[..], [Left { change: Change::Details { .. }, reason: LeftReason::EditedSince }]));
}

#[test]
fn a_carried_exception_stays_with_dates_that_stay() {
    let mut rows = thursdays();
    let first = apply(&mut rows, change_all(to_monday()));
    apply(&mut rows, change_all(at("18:00-20:00")));
    let undone = revert(&first, &rows);
    // The pattern was edited since. Its exception must not go back to a Thursday without it.
    assert_eq!(undone.changes, []);
    assert_eq!(reasons(&undone), [LeftReason::EditedSince; 3]);
}

#[test]
fn dates_stay_with_a_carried_exception_that_stays() {
    let mut rows = thursdays();
    let first = apply(&mut rows, change_all(to_monday()));
    apply(&mut rows, Edit::PutBack { series_id: series_id(1), date: date("2026-11-23") });
    let undone = revert(&first, &rows);
    // Going back would cancel 26 November again, which the person has put back.
    assert_eq!(undone.changes, []);
    assert_eq!(reasons(&undone), [LeftReason::EditedSince; 3]);
}

#[test]
fn an_exception_made_since_on_a_date_that_goes_is_told_of() {
    let mut rows = thursdays();
    let moved = apply(&mut rows, change_all(to_monday()));
    apply(&mut rows, cancel("2026-12-07"));
    let undone = revert(&moved, &rows);
    rows.apply(&undone.changes);
    assert_eq!(undone.left, []);
    assert!(rows.exceptions.contains_key(&key(1, "2026-12-07")), "it stays listed");
    let told = ExceptionTally { carried: 1, without_effect: 1, ..ExceptionTally::default() };
    assert_eq!(undone.exceptions, told);

    // Doing it again gives it its effect back.
    let redone = revert(&undone.changes, &rows);
    let told = ExceptionTally { carried: 1, effective_again: 1, ..ExceptionTally::default() };
    assert_eq!(redone.exceptions, told);
}

#[test]
fn an_undo_that_moves_no_date_tells_of_no_exception() {
    let mut rows = thursdays();
    let retimed = apply(&mut rows, change_all(at("18:00-20:00")));
    let cancelled = apply(&mut rows, cancel("2026-12-03"));
    for recorded in [retimed, cancelled] {
        assert_eq!(revert(&recorded, &rows).exceptions, ExceptionTally::default());
    }
}

#[test]
fn other_times_go_back_segment_by_segment() {
    let mut rows = thursdays();
    apply(&mut rows, split_at("2026-12-03"));
    let first = apply(&mut rows, change_all(at("18:00-20:00")));
    let mut later = rows.schedules[&schedule_id(2)].clone();
    later.pattern.time = time("19:00-20:00");
    apply(&mut rows, Edit::Import { schedules: vec![later], exceptions: Vec::new(), settings: Vec::new() });
    let undone = revert(&first, &rows);
    rows.apply(&undone.changes);
    assert_eq!(rows.schedules[&schedule_id(1)].pattern.time, time("09:00-10:30"));
    assert_eq!(rows.schedules[&schedule_id(2)].pattern.time, time("19:00-20:00"));
    assert_eq!(reasons(&undone), [LeftReason::EditedSince]);
}

#[test]
fn a_split_stays_when_what_follows_was_edited() {
    let mut rows = thursdays();
    let split = apply(&mut rows, split_at("2026-12-03"));
    apply(&mut rows, cancel("2026-12-10"));
    let undone = revert(&split, &rows);
    assert_eq!(undone.left, [], "an exception belongs to the series, so it does not hold the split");

    apply(&mut rows, change_all(SeriesPatch { title: Some(title("Choir")), ..SeriesPatch::default() }));
    let undone = revert(&split, &rows);
    assert_eq!(undone.changes, []);
    assert_eq!(reasons(&undone), [LeftReason::EditedSince; 2]);
}

#[test]
fn an_end_stays_when_something_else_has_come_after_it() {
    let mut rows = thursdays();
    let ended = apply(&mut rows, Edit::EndBefore { series_id: series_id(1), date: date("2026-12-03") });
    let mut next = slot(2, 1, "2027-01-04", None, 1);
    next.pattern.series_id = series_id(1);
    apply(&mut rows, Edit::Import { schedules: vec![next], exceptions: Vec::new(), settings: Vec::new() });
    let undone = revert(&ended, &rows);
    assert_eq!(undone.changes, []);
    assert_eq!(reasons(&undone), [LeftReason::SegmentsWouldMeet]);
}

#[test]
fn a_slot_stays_when_one_of_its_dates_was_edited_since() {
    let mut rows = rows_of([]);
    let created = apply(&mut rows, Edit::Create { schedule: Box::new(slot(1, 4, "2026-11-05", None, 1)) });
    apply(&mut rows, cancel("2026-11-26"));
    let undone = revert(&created, &rows);
    assert_eq!(undone.changes, [], "its exception would be left without it");
    assert_eq!(reasons(&undone), [LeftReason::EditedSince]);
}

#[test]
fn a_series_never_goes_into_the_trash_by_half() {
    let mut rows = thursdays();
    apply(&mut rows, Edit::Trash { series_id: series_id(1) });
    let restored = apply(&mut rows, Edit::Restore { series_id: series_id(1) });
    apply(&mut rows, split_at("2026-12-03"));
    let undone = revert(&restored, &rows);
    assert_eq!(undone.changes, []);
    assert_eq!(reasons(&undone), [LeftReason::EditedSince]);
}

#[test]
fn what_was_purged_comes_back_whole() {
    let mut rows = thursdays();
    apply(&mut rows, split_at("2026-12-03"));
    let before = rows.clone();
    let trashed = apply(&mut rows, Edit::Trash { series_id: series_id(1) });
    let purged = apply(&mut rows, Edit::Purge { series_id: series_id(1) });
    assert_eq!((rows.schedules.len(), rows.exceptions.len()), (0, 0));
    for recorded in [purged, trashed] {
        let undone = revert(&recorded, &rows);
        assert_eq!(undone.left, []);
        rows.apply(&undone.changes);
    }
    assert_eq!(rows, before);
    assert_eq!(dates(&rows, 1, "2026-11-26", "2026-12-10"), ["2026-11-26", "2026-12-03", "2026-12-10"]);
}
