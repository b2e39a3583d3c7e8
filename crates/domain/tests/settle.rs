//! What sync told is dealt with: by edits that keep every row, and that undo takes back with what was noted.
#![allow(clippy::unwrap_used)]

mod common;

use common::{apply, cancelled, date, key, rows_of, schedule_id, series_id, slot, time, title};
use uuid::Uuid;
use weekwise_domain::*;

const CAME: Matter = Matter::Arrival(Uuid::from_u128(7));
const CONFLICT: Matter = Matter::Conflict(Uuid::from_u128(8));

fn retitled(to: &str) -> Edit {
    let patch = SeriesPatch { title: Some(title(to)), ..SeriesPatch::default() };
    let series_id = series_id(1);
    Edit::ChangeSeries {
        series_id,
        patch: Box::new(patch),
        displaced: Displaced::Carry,
        first_weekday: Weekday::MONDAY,
    }
}

fn details(to: &str) -> Change {
    let of = |name: &str| Box::new(Details { title: title(name), ..Details::default() });
    Change::Details { id: schedule_id(1), before: of("whatever it was"), after: of(to) }
}

fn open(matter: Matter) -> Rows {
    let mut rows = rows_of([slot(1, 1, "2026-10-05", None, 1)]);
    rows.dealt.insert(matter, false);
    rows
}

#[test]
fn what_came_is_taken_back_as_far_as_it_stands_and_once() {
    let mut rows = open(CAME);
    let before = rows.clone();
    let mut came = apply(&mut rows, retitled("Of the other"));
    came.extend(apply(
        &mut rows,
        Edit::CancelDate { series_id: series_id(1), date: date("2026-11-23"), reason: Box::default() },
    ));
    let there = rows.clone();

    let edit = Edit::TakeBack { matter: CAME, changes: came.clone() };
    let plan = plan(&edit.clone().into(), &rows).unwrap();
    assert_eq!(plan.summary.subject, Subject::TakenBack { left: 0 });
    rows.apply(&plan.changes);
    assert_eq!(rows, Rows { dealt: [(CAME, true)].into(), ..before });
    assert_eq!(weekwise_domain::plan(&edit.clone().into(), &rows), Err(EditError::NotOpen));

    let undo = revert(&plan.changes, &rows);
    rows.apply(&undo.changes);
    assert_eq!((rows.clone(), undo.left.len()), (there, 0), "undo brings it all back, and it is open again");

    apply(&mut rows, retitled("Edited since"));
    let partly = weekwise_domain::plan(&edit.into(), &rows).unwrap();
    assert_eq!(partly.summary.subject, Subject::TakenBack { left: 1 });
    rows.apply(&partly.changes);
    assert_eq!(rows.schedules[&schedule_id(1)].details.title.as_str(), "Edited since");
    assert!(rows.exceptions.is_empty());
}

#[test]
fn where_nothing_stands_nothing_is_noted() {
    let mut rows = open(CAME);
    let changes = apply(&mut rows, retitled("Of the other"));
    apply(&mut rows, retitled("Edited since"));
    let plan = plan(&Edit::TakeBack { matter: CAME, changes }.into(), &rows).unwrap();
    assert_eq!((plan.changes.len(), plan.summary.subject), (0, Subject::TakenBack { left: 1 }));
}

#[test]
fn a_version_is_used_or_kept_and_the_conflict_opened_again() {
    for changes in [vec![], vec![details("The other")]] {
        let mut rows = open(CONFLICT);
        let before = rows.clone();
        let edit = Edit::Settle { matters: vec![CONFLICT], changes: changes.clone() };
        let plan = plan(&edit.clone().into(), &rows).unwrap();
        let subject = if changes.is_empty() { Subject::ConflictKept } else { Subject::OtherUsed };
        assert_eq!(plan.summary.subject, subject);
        rows.apply(&plan.changes);
        let expected = if changes.is_empty() { "Algebra" } else { "The other" };
        assert_eq!(rows.schedules[&schedule_id(1)].details.title.as_str(), expected);
        assert_eq!(weekwise_domain::plan(&edit.into(), &rows), Err(EditError::NotOpen), "it is settled");

        rows.apply(&revert(&plan.changes, &rows).changes);
        assert_eq!(rows, before);
    }
    let unknown = Edit::Settle { matters: vec![Matter::Rejected(1)], changes: vec![] };
    assert_eq!(plan(&unknown.into(), &open(CONFLICT)), Err(EditError::NotOpen));
}

#[test]
fn nothing_is_put_where_it_cannot_be() {
    let settle = |changes| Request::from(Edit::Settle { matters: vec![CONFLICT], changes });
    let rows = open(CONFLICT);

    let homeless = Change::Exception { key: key(9, "2026-11-23"), before: None, after: Some(Box::new(cancelled())) };
    assert_eq!(plan(&settle(vec![homeless]), &rows), Err(EditError::UnknownSeries { series_id: series_id(9) }));
    let Change::Details { before, after, .. } = details("x") else { unreachable!() };
    let gone = Change::Details { id: schedule_id(9), before, after };
    assert_eq!(plan(&settle(vec![gone]), &rows), Err(EditError::UnknownSeries { series_id: series_id(9) }));
    let active = Change::Schedule { id: schedule_id(1), before: None, after: None };
    assert_eq!(plan(&settle(vec![active]), &rows), Err(EditError::NotInTrash { series_id: series_id(1) }));

    // Two segments of a series on one date.
    let mut second = slot(2, 1, "2026-10-05", None, 1);
    second.pattern.series_id = series_id(1);
    let meets = Change::Schedule { id: second.id, before: None, after: Some(Box::new(second)) };
    assert!(matches!(plan(&settle(vec![meets]), &rows), Err(EditError::SegmentsMeet { .. })));
}

#[test]
fn the_slot_limit_refuses_nothing_that_sync_brings() {
    let mut rows = open(CONFLICT);
    rows.settings.slot_limit = SlotLimit::try_from(1).unwrap();
    let mut second = slot(2, 1, "2026-10-05", None, 1);
    second.pattern.time = time("09:00-10:00");
    let made = Change::Schedule { id: second.id, before: None, after: Some(Box::new(second.clone())) };
    assert!(plan(&Edit::Create { schedule: Box::new(second) }.into(), &rows).is_err());
    assert!(plan(&Edit::Settle { matters: vec![CONFLICT], changes: vec![made] }.into(), &rows).is_ok());
}
