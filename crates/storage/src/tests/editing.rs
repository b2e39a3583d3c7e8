//! Edits, undo and redo.

use weekwise_domain::{Displaced, Edit, EditError, Override, SeriesPatch, Setting, SlotLimit, View, Weekday};

use super::*;
use crate::KEPT;

fn titles(rows: &Rows) -> Vec<&str> {
    rows.schedules.values().map(|row| row.details.title.as_str()).collect()
}

#[tokio::test]
async fn an_edit_is_there_after_a_restart() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    store.must(cancel(1, "2026-12-07")).await;
    let rows = store.rows().await;
    // Not closed: what an edit acknowledged does not hang on a clean end.
    drop(store);
    assert_eq!(place.store().await.rows().await, rows);
    assert_eq!(rows.exceptions.len(), 1);
}

#[tokio::test]
async fn a_refused_edit_leaves_everything_as_it_was() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    store.must(create(mondays(2))).await;
    let before = store.rows().await;
    let refused = store.try_do(create(mondays(3))).await.unwrap_err();
    assert!(matches!(refused, EditFailure::Refused(EditError::SlotLimit { .. })), "{refused}");
    assert_eq!(store.rows().await, before);
    let history = store.read().await.unwrap().history().await.unwrap();
    assert_eq!(history.undo.unwrap().summary.title, Some(title("Slot 2")));
}

#[tokio::test]
async fn allowing_more_slots_is_one_step_with_the_edit() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    store.must(create(mondays(2))).await;
    let before = store.rows().await;
    let allowed = Request { raise_slot_limit: Some(SlotLimit::try_from(3).unwrap()), ..create(mondays(3)) };
    store.must(allowed).await;
    assert_eq!(store.rows().await.settings.slot_limit.number(), 3);
    store.undo(None, moment()).await.unwrap().unwrap();
    assert_eq!(store.rows().await, before);
}

#[tokio::test]
async fn an_edit_that_changes_nothing_is_not_recorded() {
    let place = Place::new();
    let store = place.store().await;
    let step = store.must(create(mondays(1))).await;
    store.undo(None, moment()).await.unwrap().unwrap();
    let idle = Edit::Set { setting: Setting::SlotLimit(SlotLimit::default()) };
    assert_eq!(store.try_do(idle).await.unwrap().step, None);
    let redone = store.redo(moment()).await.unwrap().expect("what was undone can still be done again");
    assert_eq!(redone.step.id, step);
}

#[tokio::test]
async fn the_view_is_remembered_and_is_no_step() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    let undone = store.must(create(mondays(2))).await;
    store.undo(None, moment()).await.unwrap().unwrap();
    assert_eq!(store.try_do(Edit::Set { setting: Setting::View(View::Weeks) }).await.unwrap().step, None);
    drop(store);
    let store = place.store().await;
    assert_eq!(store.rows().await.settings.view, View::Weeks);
    assert_eq!(store.redo(moment()).await.unwrap().expect("it can still be done again").step.id, undone);
    assert_eq!(store.undo(None, moment()).await.unwrap().unwrap().step.summary.title, Some(title("Slot 2")));
}

#[tokio::test]
async fn undo_and_redo_go_back_and_forth_over_restarts() {
    let place = Place::new();
    let store = place.store().await;
    let mut states = vec![store.rows().await];
    for request in [create(mondays(1)), cancel(1, "2026-12-07"), retime(1, "2026-12-14", time("10:00", "11:30"))] {
        store.must(request).await;
        states.push(store.rows().await);
    }
    drop(store);
    let store = place.store().await;
    for state in states.iter().rev().skip(1) {
        assert_eq!(store.undo(None, moment()).await.unwrap().unwrap().left, 0);
        assert_eq!(&store.rows().await, state);
    }
    assert_eq!(store.undo(None, moment()).await.unwrap(), None);
    drop(store);
    let store = place.store().await;
    for state in &states[1..] {
        assert_eq!(store.redo(moment()).await.unwrap().unwrap().left, 0);
        assert_eq!(&store.rows().await, state);
    }
    assert_eq!(store.redo(moment()).await.unwrap(), None);
}

#[tokio::test]
async fn a_new_edit_drops_what_was_undone() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    let undone = store.must(create(mondays(2))).await;
    store.undo(None, moment()).await.unwrap().unwrap();
    let newer = store.must(create(mondays(3))).await;
    assert!(newer > undone, "a number is never used twice");
    assert_eq!(store.redo(moment()).await.unwrap(), None);
    assert_eq!(store.undo(Some(undone), moment()).await.unwrap(), None);
}

#[tokio::test]
async fn a_toast_takes_back_its_own_edit_though_others_followed() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    let cancelled = store.must(cancel(1, "2026-12-07")).await;
    let last = store.must(create(mondays(2))).await;

    let undone = store.undo(Some(cancelled), moment()).await.unwrap().unwrap();
    assert_eq!((undone.step.id, undone.left), (cancelled, 0));
    let rows = store.rows().await;
    assert_eq!((rows.exceptions.len(), titles(&rows)), (0, vec!["Slot 1", "Slot 2"]));

    assert_eq!(store.undo(Some(cancelled), moment()).await.unwrap(), None, "once is enough");
    assert_eq!(store.redo(moment()).await.unwrap().unwrap().step.id, cancelled);
    assert_eq!(store.undo(None, moment()).await.unwrap().unwrap().step.id, cancelled, "what was done last, if again");
    assert_eq!(store.undo(None, moment()).await.unwrap().unwrap().step.id, last);
}

#[tokio::test]
async fn what_was_edited_since_is_left_and_counted() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    let first = store.must(retime(1, "2026-12-07", time("10:00", "11:00"))).await;
    store.must(retime(1, "2026-12-07", time("12:00", "13:00"))).await;
    let before = store.rows().await;

    let undone = store.undo(Some(first), moment()).await.unwrap().unwrap();
    assert_eq!((undone.step.id, undone.left), (first, 1));
    assert_eq!(store.rows().await, before);
    assert_eq!(store.redo(moment()).await.unwrap(), None, "there is nothing in it to do again");
    assert_ne!(store.undo(None, moment()).await.unwrap().unwrap().step.id, first, "it is out of the way");
}

#[tokio::test]
async fn a_part_that_was_edited_since_stays_and_the_rest_goes_back() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    let rows = store.rows().await;
    let row = mondays(1);
    let key = |on: &str| weekwise_domain::ExceptionKey { series_id: row.pattern.series_id, date: date(on) };
    let other = |minute| weekwise_domain::Exception::Override(Override { time: Some(minute), ..Override::default() });
    let import = Edit::Import {
        schedules: vec![],
        exceptions: ["2026-12-07", "2026-12-14"].map(|on| (key(on), other(time("10:00", "11:00")))).into(),
        settings: vec![],
    };
    let imported = store.must(import).await;
    store.must(cancel(1, "2026-12-14")).await;

    let undone = store.undo(Some(imported), moment()).await.unwrap().unwrap();
    assert_eq!(undone.left, 1);
    let kept: Vec<_> = store.rows().await.exceptions.into_keys().map(|key| key.date.to_string()).collect();
    assert_eq!(kept, ["2026-12-14"]);
    let redone = store.redo(moment()).await.unwrap().unwrap();
    assert_eq!((redone.step.id, redone.left), (imported, 0), "all that was taken back is done again");
    assert_eq!(store.rows().await.exceptions.len(), 2);
    assert_eq!(store.rows().await.schedules, rows.schedules);
}

#[tokio::test]
async fn undo_counts_exceptions_made_since_that_lose_their_effect() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    let to_thursday = Edit::ChangeSeries {
        series_id: mondays(1).pattern.series_id,
        patch: Box::new(SeriesPatch { day_of_week: Some(Weekday::THURSDAY), ..SeriesPatch::default() }),
        displaced: Displaced::Carry,
        first_weekday: Weekday::MONDAY,
    };
    let moved = store.must(to_thursday).await;
    store.must(cancel(1, "2026-12-10")).await;
    let undone = store.undo(Some(moved), moment()).await.unwrap().unwrap();
    assert_eq!((undone.left, undone.exceptions.without_effect), (0, 1));
    assert_eq!(store.redo(moment()).await.unwrap().unwrap().exceptions.effective_again, 1);
}

#[tokio::test]
async fn a_slot_stays_when_one_of_its_dates_was_edited_since() {
    let place = Place::new();
    let store = place.store().await;
    let made = store.must(create(mondays(1))).await;
    store.must(cancel(1, "2026-12-07")).await;
    let before = store.rows().await;
    assert_eq!(store.undo(Some(made), moment()).await.unwrap().unwrap().left, 1);
    assert_eq!(store.rows().await, before, "its exception would be left without it");
}

#[tokio::test]
async fn the_last_200_edits_are_kept() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    let hour = |hour: u32| time("00:00", &format!("{:02}:{:02}", hour / 60 + 1, hour % 60));
    for number in 0..KEPT + 4 {
        store.must(retime(1, "2026-12-07", hour(number))).await;
    }
    let counts = store.read().await.unwrap().counts().await.unwrap();
    assert_eq!(counts.history, u64::from(KEPT));
    drop(store);
    let store = place.store().await;
    let mut taken_back = 0;
    while let Some(undone) = store.undo(None, moment()).await.unwrap() {
        assert_eq!(undone.left, 0);
        taken_back += 1;
    }
    assert_eq!(taken_back, KEPT);
    let rows = store.rows().await;
    assert_eq!(rows.exceptions.into_values().next().unwrap().as_override().unwrap().time, Some(hour(3)));
}

#[tokio::test]
async fn a_purged_series_comes_back_whole() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    store.must(cancel(1, "2026-12-07")).await;
    let series_id = mondays(1).pattern.series_id;
    store.must(Edit::Trash { series_id }).await;
    let before = store.rows().await;
    store.must(Edit::Purge { series_id }).await;
    assert_eq!(store.rows().await, Rows::default());
    assert_eq!(store.undo(None, moment()).await.unwrap().unwrap().left, 0);
    assert_eq!(store.rows().await, before);
}
