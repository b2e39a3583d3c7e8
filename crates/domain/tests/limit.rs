//! The slot limit against a count of each date by hand.
#![allow(clippy::unwrap_used)]

mod common;

use common::{
    World, any_world, apply, cases, date, edits::any_step, limit, recount, rows_of, schedule_id, series_id, slot,
    weekday,
};
use proptest::prelude::*;
use weekwise_domain::*;

/// The dates of a world on which anything can begin or end, and a week more on both sides.
fn all_dates(world: &World) -> impl Iterator<Item = Date> {
    world.era.window().dates()
}

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn over_limit_agrees_with_a_count_of_each_date(world in any_world(), slots in 1i64..=3) {
        let limit = limit(slots);
        let mut expected = Vec::new();
        for day in Weekday::all_from(Weekday::SUNDAY) {
            let counts = || all_dates(&world).filter(|date| date.weekday() == day).map(|date| (date, recount::slots_on(&world.rows, date)));
            let first = counts().find(|(_, count)| *count > u32::from(limit.number()));
            expected.extend(first.map(|(first, _)| {
                OverLimit { weekday: day, first, slots: counts().map(|(_, count)| count).max().unwrap() }
            }));
        }
        prop_assert_eq!(over_limit(world.rows.schedules.values(), limit), expected);
    }

    /// An edit is refused for the limit if and only if it raises a date's count above it.
    #[test]
    fn an_edit_is_refused_iff_it_raises_a_count_above_the_limit(world in any_world(), step in any_step(), slots in 1i64..=3) {
        let mut rows = world.rows.clone();
        rows.settings.slot_limit = limit(slots);
        let request = Request { raise_slot_limit: None, ..step.request(&rows, world.era, 10_000) };
        let unlimited = {
            let mut rows = rows.clone();
            rows.settings.slot_limit = SlotLimit::MAX;
            plan(&request, &rows)
        };
        let result = plan(&request, &rows);
        let Ok(unlimited) = unlimited else {
            prop_assert_eq!(result.map(|plan| plan.preview), unlimited.map(|plan| plan.preview));
            return Ok(());
        };
        let mut after = rows.clone();
        after.apply(&unlimited.changes);
        let allowed = match &request.edit {
            Edit::Set { setting: Setting::SlotLimit(limit) } => *limit,
            _ => limit(slots),
        };
        let raised = |date: &Date| {
            let (was, is) = (recount::slots_on(&rows, *date), recount::slots_on(&after, *date));
            is > was && is > u32::from(allowed.number())
        };
        let is_import = matches!(request.edit, Edit::Import { .. });
        let first_raised = |day| all_dates(&world).filter(|date| date.weekday() == day).find(raised);
        match result {
            Ok(_) => prop_assert!(is_import || all_dates(&world).find(raised).is_none()),
            Err(EditError::SlotLimit { over, limit }) => {
                prop_assert_eq!(limit, allowed);
                prop_assert_eq!(Some(over.first), first_raised(over.weekday));
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

fn create(row: Schedule) -> Request {
    Edit::Create { schedule: Box::new(row) }.into()
}

#[test]
fn a_third_slot_is_refused_until_the_limit_is_raised_with_it() {
    let mut rows = rows_of([slot(1, 1, "2026-01-05", None, 1), slot(2, 1, "2026-03-02", None, 2)]);
    rows.settings.slot_limit = SlotLimit::default();
    let third = create(slot(3, 1, "2026-02-02", Some("2026-03-09"), 4));
    let refused = plan(&third, &rows).unwrap_err();
    let over = OverLimit { weekday: weekday(1), first: date("2026-03-02"), slots: 3 };
    assert_eq!(refused, EditError::SlotLimit { over, limit: limit(2) });

    let allowed = Request { raise_slot_limit: Some(limit(3)), ..third };
    let plan = plan(&allowed, &rows).unwrap();
    let before = rows.clone();
    rows.apply(&plan.changes);
    assert_eq!(rows.settings.slot_limit, limit(3));
    // One undo takes back both.
    let undone = revert(&plan.changes, &rows);
    rows.apply(&undone.changes);
    assert_eq!(rows, before);
}

#[test]
fn a_raise_never_lowers_the_limit() {
    let mut rows = rows_of([]);
    rows.settings.slot_limit = limit(5);
    let request = Request { raise_slot_limit: Some(limit(3)), ..create(slot(1, 1, "2026-01-05", None, 1)) };
    rows.apply(&plan(&request, &rows).unwrap().changes);
    assert_eq!(rows.settings.slot_limit, limit(5));
}

#[test]
fn slots_that_are_never_valid_together_do_not_add_up() {
    let mut rows = rows_of([
        slot(1, 1, "2026-01-05", Some("2026-02-01"), 1),
        // A Monday is not among these dates, so the slot of that week does not count.
        slot(2, 1, "2026-02-03", Some("2026-02-08"), 1),
    ]);
    rows.settings.slot_limit = limit(1);
    assert!(plan(&create(slot(3, 1, "2026-02-02", None, 1)), &rows).is_ok());
    assert!(plan(&create(slot(3, 1, "2026-01-26", None, 1)), &rows).is_err());
}

#[test]
fn what_is_over_the_limit_stays_and_can_be_made_less() {
    let mut rows = rows_of((1..=3).map(|id| slot(id, 1, "2026-01-05", None, 1)));
    rows.settings.slot_limit = limit(1);
    let rename = SeriesPatch { title: Some(common::title("Choir")), ..SeriesPatch::default() };
    let rename = Edit::ChangeSeries {
        series_id: series_id(1),
        patch: Box::new(rename),
        displaced: Displaced::Carry,
        first_weekday: Weekday::MONDAY,
    };
    apply(&mut rows, rename);
    apply(&mut rows, Edit::Trash { series_id: series_id(2) });
    assert_eq!(over_limit(rows.schedules.values(), limit(1))[0].slots, 2);
    let back = plan(&Edit::Restore { series_id: series_id(2) }.into(), &rows);
    assert!(matches!(back, Err(EditError::SlotLimit { .. })), "restoring raises the count again");
}

#[test]
fn undo_and_import_keep_every_row() {
    let mut rows = rows_of([slot(1, 1, "2026-01-05", None, 1)]);
    rows.settings.slot_limit = limit(1);
    let trash = apply(&mut rows, Edit::Trash { series_id: series_id(1) });
    apply(&mut rows, Edit::Create { schedule: Box::new(slot(2, 1, "2026-01-05", None, 1)) });
    let undone = revert(&trash, &rows);
    rows.apply(&undone.changes);
    let imported = vec![slot(3, 1, "2026-01-05", None, 1)];
    apply(&mut rows, Edit::Import { schedules: imported, exceptions: Vec::new(), settings: Vec::new() });
    assert_eq!(rows.schedules.values().filter(|row| row.active).count(), 3);
    assert!(rows.schedules.contains_key(&schedule_id(3)));
}
