//! What every edit keeps, over random edits of random rows: nothing outside its scope changes, no exception is lost,
//! the preview's numbers are what happens, and it can be taken back.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{any_world, edits::any_step, recount};
use proptest::{collection::vec, prelude::*};
use weekwise_domain::*;

/// The dates that an edit may change.
#[derive(Debug)]
enum Scope {
    Nothing,
    Date(SeriesId, Date),
    From(SeriesId, Date),
    Series(BTreeSet<SeriesId>),
}

impl Scope {
    fn of(edit: &Edit, rows: &Rows) -> Self {
        match edit {
            Edit::ChangeDate { series_id, date, .. }
            | Edit::CancelDate { series_id, date, .. }
            | Edit::PutBack { series_id, date } => Self::Date(*series_id, *date),
            Edit::ChangeFollowing { series_id, date, first_weekday, .. } => {
                Self::From(*series_id, following_scope(rows, *series_id, *date, *first_weekday))
            }
            Edit::EndBefore { series_id, date } => Self::From(*series_id, *date),
            Edit::ChangeSeries { series_id, .. }
            | Edit::Trash { series_id }
            | Edit::Restore { series_id }
            | Edit::Purge { series_id } => Self::Series([*series_id].into()),
            Edit::Create { schedule } => Self::Series([schedule.pattern.series_id].into()),
            Edit::Import { schedules, exceptions, .. } => {
                let of_schedules = schedules.iter().map(|row| row.pattern.series_id);
                Self::Series(of_schedules.chain(exceptions.iter().map(|(key, _)| key.series_id)).collect())
            }
            Edit::Set { .. } | Edit::TakeBack { .. } | Edit::Settle { .. } => Self::Nothing,
        }
    }

    fn holds(&self, (series, original): (SeriesId, Date)) -> bool {
        match self {
            Self::Nothing => false,
            Self::Date(series_id, date) => series == *series_id && original == *date,
            Self::From(series_id, date) => series == *series_id && original >= *date,
            Self::Series(all) => all.contains(&series),
        }
    }
}

/// "This and following" may reach back to the start of the visible week, but not to a date before it.
fn following_scope(rows: &Rows, series_id: SeriesId, date: Date, first_weekday: Weekday) -> Date {
    let Some(before) = date.plus_days(-1).and_then(|to| DateRange::new(Date::MIN, to)) else { return Date::MIN };
    let segments = rows.segments(series_id);
    let previous = segments.iter().flat_map(|row| row.pattern.dates_in(before)).max();
    previous.map_or(Date::MIN, |previous| date.week_start(first_weekday).max(previous.plus_days(1).unwrap()))
}

fn patch_of(edit: &Edit) -> Option<(SeriesId, &SeriesPatch, Displaced, Weekday)> {
    match edit {
        Edit::ChangeSeries { series_id, patch, displaced, first_weekday }
        | Edit::ChangeFollowing { series_id, patch, displaced, first_weekday, .. } => {
            Some((*series_id, patch, *displaced, *first_weekday))
        }
        _ => None,
    }
}

/// (a) Outside of its scope, an edit changes nothing; an edit of times or details moves no date.
fn only_the_scope_changes(edit: &Edit, before: &Rows, after: &Rows, window: DateRange) {
    let (was, is) = (recount::shown(before, window), recount::shown(after, window));
    let scope = Scope::of(edit, before);
    for at in was.keys().chain(is.keys()).filter(|at| !scope.holds(**at)) {
        assert_eq!(was.get(at), is.get(at), "{at:?} is outside {scope:?}");
    }
    if let Some((_, patch, ..)) = patch_of(edit).filter(|(_, patch, ..)| !patch.moves_dates()) {
        assert!(was.keys().eq(is.keys()), "no date comes or goes");
        for (was, is) in was.values().zip(is.values()) {
            match (was, is) {
                (
                    recount::Shown::TakesPlace { date: old, time: old_time, exception: old_exception, .. },
                    recount::Shown::TakesPlace { date, time, exception, .. },
                ) => {
                    assert_eq!((old, old_exception), (date, exception));
                    assert!(old_time == time || Some(*time) == patch.time);
                }
                _ => assert_eq!(was, is),
            }
        }
    }
}

/// (b) Only the exception that is edited changes; carried ones change their date within the week and nothing else.
fn no_exception_is_lost(edit: &Edit, before: &Rows, after: &Rows, carried: u32) {
    let (was, is) = (&before.exceptions, &after.exceptions);
    let differs = |key: &&ExceptionKey| was.get(key) != is.get(key);
    let changed: BTreeSet<ExceptionKey> = was.keys().chain(is.keys()).filter(differs).copied().collect();
    match edit {
        Edit::ChangeDate { series_id, date, .. }
        | Edit::CancelDate { series_id, date, .. }
        | Edit::PutBack { series_id, date } => {
            let edited = ExceptionKey { series_id: *series_id, date: *date };
            assert!(changed.iter().all(|key| *key == edited));
        }
        Edit::Purge { series_id } => {
            assert!(changed.iter().all(|key| key.series_id == *series_id && !is.contains_key(key)));
            assert_eq!(after.exceptions_of(*series_id).count(), 0);
        }
        Edit::Import { exceptions, .. } => {
            let keys: BTreeSet<_> = exceptions.iter().map(|(key, _)| *key).collect();
            assert!(changed.is_subset(&keys));
            let last: BTreeMap<_, _> = exceptions.iter().cloned().collect();
            assert!(last.iter().all(|(key, value)| is.get(key) == Some(value)));
        }
        _ => match patch_of(edit)
            .filter(|(_, patch, displaced, _)| patch.moves_dates() && *displaced == Displaced::Carry)
        {
            None => assert_eq!(changed, BTreeSet::new(), "no exception changes"),
            Some((series_id, _, _, first_weekday)) => {
                let scope = Scope::of(edit, before);
                carried_within_their_week(before, after, (series_id, first_weekday), &scope, &changed);
                assert_eq!(changed.len() as u32, 2 * carried);
            }
        },
    }
}

fn carried_within_their_week(
    before: &Rows,
    after: &Rows,
    (series_id, first_weekday): (SeriesId, Weekday),
    scope: &Scope,
    changed: &BTreeSet<ExceptionKey>,
) {
    let week = |date: Date| DateRange::week_of(date, first_weekday);
    let gained = |date: Date| recount::occurs(after, series_id, date) && !recount::occurs(before, series_id, date);
    let lost = |date: Date| recount::occurs(before, series_id, date) && !recount::occurs(after, series_id, date);
    let (from, mut to): (Vec<_>, Vec<_>) = changed.iter().copied().partition(|key| before.exceptions.contains_key(key));
    for key in &from {
        assert!(!after.exceptions.contains_key(key), "a carried exception leaves its date");
        assert!(key.series_id == series_id && scope.holds((series_id, key.date)) && lost(key.date));
        let expected = |target: Date| match before.exceptions[key].clone() {
            Exception::Override(it) => {
                Exception::Override(Override { moved_to: it.moved_to.filter(|&date| date != target), ..it })
            }
            cancelled => cancelled,
        };
        let is_new_home = |new: &ExceptionKey| {
            week(key.date).contains(new.date)
                && after.exceptions[new] == expected(new.date)
                && new.series_id == series_id
        };
        let home = to.iter().position(is_new_home).expect("a carried exception arrives in its week");
        assert!(gained(to.swap_remove(home).date));
    }
    assert_eq!(to, Vec::<ExceptionKey>::new(), "nothing arrives that did not leave");
    // One that lost its date and was not carried found no free date in its week.
    for (date, _) in after.exceptions_of(series_id).filter(|(date, _)| lost(*date) && scope.holds((series_id, *date))) {
        let is_free =
            |date: &Date| gained(*date) && !after.exceptions.contains_key(&ExceptionKey { series_id, date: *date });
        assert_eq!(week(date).dates().find(is_free), None, "the exception of {date} could have been carried");
    }
}

/// (c) What the preview says is what happens.
fn the_preview_is_true(edit: &Edit, before: &Rows, after: &Rows, preview: Preview) {
    let count = |rows: &Rows, scope: &Scope| match scope {
        Scope::Date(series_id, date) => {
            let dates = u32::from(recount::occurs(rows, *series_id, *date));
            Count { dates, open_ended: false }
        }
        Scope::From(series_id, date) => recount::count_from(rows, *series_id, *date),
        Scope::Series(all) => all.iter().fold(Count::default(), |sum, series_id| {
            let count = recount::count_from(rows, *series_id, Date::MIN);
            Count { dates: sum.dates + count.dates, open_ended: sum.open_ended || count.open_ended }
        }),
        Scope::Nothing => Count::default(),
    };
    if matches!(edit, Edit::Import { .. }) {
        return;
    }
    let scope = Scope::of(edit, before);
    let mut expected = Preview {
        dates_before: count(before, &scope),
        dates_after: count(after, &scope),
        exceptions: ExceptionTally::default(),
    };
    let single = matches!(scope, Scope::Date(..) | Scope::Nothing);
    for key in after.exceptions.keys().filter(|key| !single && scope.holds((key.series_id, key.date))) {
        let was = recount::occurs(before, key.series_id, key.date);
        let is = recount::occurs(after, key.series_id, key.date);
        let tally = &mut expected.exceptions;
        match (before.exceptions.contains_key(key), was, is) {
            (true, true, true) => tally.kept += 1,
            (true, true, false) => tally.without_effect += 1,
            (true, false, true) => tally.effective_again += 1,
            (true, false, false) => {}
            (false, ..) => tally.carried += 1,
        }
    }
    assert_eq!(preview, expected);
}

/// (e) What holds after each edit, if it held before.
fn invariants_hold(request: &Request, before: &Rows, after: &Rows, window: DateRange) {
    for series_id in common::edits::series_of(after) {
        let segments = after.segments(series_id);
        for (i, first) in segments.iter().enumerate() {
            let meeting = segments[i + 1..].iter().find(|second| first.pattern.validity.meets(second.pattern.validity));
            assert_eq!(meeting, None, "meets {first:?}");
        }
    }
    let limit = after.settings.slot_limit;
    if request.raise_slot_limit.is_none() && !matches!(request.edit, Edit::Set { .. } | Edit::Import { .. }) {
        assert_eq!(limit, before.settings.slot_limit);
    }
    for date in window.dates().filter(|_| !matches!(request.edit, Edit::Import { .. })) {
        let (was, is) = (recount::slots_on(before, date), recount::slots_on(after, date));
        assert!(is <= was || is <= u32::from(limit.number()), "{was} to {is} slots on {date}");
    }
}

/// The changes say what the registers were, and each register changes once.
fn changes_are_honest(changes: &[Change], before: &Rows) {
    let mut registers = BTreeSet::new();
    for change in changes {
        let register = match change {
            Change::Schedule { id, before: old, .. } => {
                assert_eq!(before.schedules.get(id), old.as_deref());
                format!("{id} pattern")
            }
            Change::Pattern { id, before: old, .. } => {
                assert_eq!(&before.schedules[id].pattern, old);
                format!("{id} pattern")
            }
            Change::Details { id, before: old, .. } => {
                assert_eq!(before.schedules[id].details, **old);
                format!("{id} details")
            }
            Change::Active { id, before: old, .. } => {
                assert_eq!(before.schedules[id].active, *old);
                format!("{id} active")
            }
            Change::Exception { key, before: old, .. } => {
                assert_eq!(before.exceptions.get(key), old.as_deref());
                format!("{key:?}")
            }
            Change::Setting { before: old, .. } => {
                assert_eq!(before.settings.value_of(old), *old);
                format!("{:?}", std::mem::discriminant(old))
            }
            Change::Dealt { matter, before: old, .. } => {
                assert_eq!(before.dealt.get(matter), Some(old));
                format!("{matter:?}")
            }
        };
        assert!(registers.insert(register), "{change:?} is the second of its register");
    }
}

/// (e) A refusal has its reason.
fn the_refusal_is_right(request: &Request, rows: &Rows, error: &EditError) {
    match error {
        EditError::NotADate { date } => {
            let (Scope::Date(series_id, _) | Scope::From(series_id, _)) = Scope::of(&request.edit, rows) else {
                panic!("{error:?}");
            };
            assert!(!recount::occurs(rows, series_id, *date));
        }
        EditError::SlotLimit { over, limit } => {
            assert!(over.slots > u32::from(limit.number()));
            assert_eq!(over.first.weekday(), over.weekday);
            let allowed = Request { raise_slot_limit: Some(SlotLimit::MAX), ..request.clone() };
            assert!(plan(&allowed, rows).is_ok(), "a higher limit is enough");
        }
        EditError::SegmentsMeet { .. } => {
            // Segments of one series of which some are in the trash are not kept apart from those.
            let of_torn = patch_of(&request.edit).is_some_and(|(series_id, ..)| recount::is_torn(rows, series_id));
            assert!(of_torn || matches!(request.edit, Edit::Import { .. }), "{error:?}");
        }
        EditError::UnknownSeries { series_id } => assert!(rows.segments(*series_id).is_empty()),
        EditError::InTrash { series_id } => assert!(rows.segments(*series_id).iter().all(|row| !row.active)),
        EditError::NotInTrash { series_id } => assert!(rows.segments(*series_id).iter().any(|row| row.active)),
        EditError::IdTaken { .. } => panic!("the ids are fresh"),
        EditError::NotOpen => panic!("nothing is told here"),
        EditError::NoDates | EditError::NothingToPutBack { .. } => {}
    }
}

proptest! {
    #![proptest_config(common::cases(3))]

    #[test]
    fn every_edit_keeps_its_promises(world in any_world(), steps in vec(any_step(), 1..12)) {
        let (era, first) = (world.era, world.rows);
        let mut rows = first.clone();
        let mut past: Vec<(Rows, Vec<Change>)> = Vec::new();
        for (i, step) in steps.iter().enumerate() {
            let request = step.request(&rows, era, 10_000 + i as u128);
            let plan = match plan(&request, &rows) {
                Ok(plan) => plan,
                Err(error) => {
                    the_refusal_is_right(&request, &rows, &error);
                    continue;
                }
            };
            let mut after = rows.clone();
            after.apply(&plan.changes);
            changes_are_honest(&plan.changes, &rows);
            only_the_scope_changes(&request.edit, &rows, &after, era.window());
            no_exception_is_lost(&request.edit, &rows, &after, plan.preview.exceptions.carried);
            the_preview_is_true(&request.edit, &rows, &after, plan.preview);
            invariants_hold(&request, &rows, &after, era.window());
            past.push((std::mem::replace(&mut rows, after), plan.changes));
        }
        // (d) The inverses in reverse order, and undo in reverse order, lead back.
        let mut back = rows.clone();
        for change in past.iter().flat_map(|(_, changes)| changes).rev() {
            back.apply([&change.inverse()]);
        }
        prop_assert_eq!(&back, &first);
        for (before, changes) in past.iter().rev() {
            let undone = revert(changes, &rows);
            prop_assert_eq!(&undone.left, &[]);
            let mut after = rows.clone();
            after.apply(&undone.changes);
            prop_assert_eq!(&after, before);
            // And taking that back is redo.
            let redone = revert(&undone.changes, &after);
            prop_assert_eq!(&redone.left, &[]);
            let mut again = after.clone();
            again.apply(&redone.changes);
            prop_assert_eq!(&again, &rows);
            rows = after;
        }
    }
}
