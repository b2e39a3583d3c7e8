//! Edits of series that have been split: each segment, their bounds, and the exceptions of all.
#![allow(clippy::unwrap_used)]

mod common;

use common::{apply, cancelled, date, dates, every, key, rows_of, schedule_id, series_id, slot, time, title, weekday};
use weekwise_domain::*;

/// Thursdays, split at 26 November 2026.
fn split_thursdays() -> Rows {
    let mut rows = rows_of([slot(1, 4, "2026-11-05", None, 1)]);
    apply(
        &mut rows,
        following("2026-11-26", SeriesPatch { time: Some(time("18:00-20:00")), ..SeriesPatch::default() }),
    );
    rows
}

fn following(on: &str, patch: SeriesPatch) -> Edit {
    following_as(on, patch, 2)
}

fn following_as(on: &str, patch: SeriesPatch, new_id: u128) -> Edit {
    Edit::ChangeFollowing {
        series_id: series_id(1),
        date: date(on),
        new_id: schedule_id(new_id),
        patch: Box::new(patch),
        displaced: Displaced::Carry,
        first_weekday: Weekday::MONDAY,
    }
}

fn all(patch: SeriesPatch) -> Edit {
    Edit::ChangeSeries {
        series_id: series_id(1),
        patch: Box::new(patch),
        displaced: Displaced::Carry,
        first_weekday: Weekday::MONDAY,
    }
}

fn end_before(on: &str) -> Edit {
    Edit::EndBefore { series_id: series_id(1), date: date(on) }
}

fn to_day(day: u8) -> SeriesPatch {
    SeriesPatch { day_of_week: Some(weekday(day)), ..SeriesPatch::default() }
}

fn until(end: Until) -> SeriesPatch {
    SeriesPatch { valid_until: Some(end), ..SeriesPatch::default() }
}

#[test]
fn this_and_following_changes_what_follows_and_nothing_before() {
    let rows = split_thursdays();
    let shown = common::recount::shown(&rows, common::range("2026-11-19", "2026-11-26"));
    let times: Vec<_> = shown
        .values()
        .map(|it| match it {
            common::recount::Shown::TakesPlace { time, .. } => *time,
            common::recount::Shown::Cancelled(_) => panic!("nothing is cancelled"),
        })
        .collect();
    assert_eq!(times, [time("09:00-10:30"), time("18:00-20:00")]);
}

#[test]
fn a_patch_reaches_every_segment() {
    let mut rows = split_thursdays();
    let patch = SeriesPatch {
        title: Some(title("Choir")),
        notes: Some(Notes::new("Bring water").unwrap()),
        location: Some(title("Hall")),
        color: Some(Color::Teal),
        time: Some(time("17:00-18:00")),
        ..SeriesPatch::default()
    };
    apply(&mut rows, all(patch));
    for row in rows.schedules.values() {
        assert_eq!(row.pattern.time, time("17:00-18:00"));
        let details = &row.details;
        assert_eq!((details.title.as_str(), details.notes.as_str()), ("Choir", "Bring water"));
        assert_eq!((details.location.as_str(), details.color), ("Hall", Color::Teal));
    }
}

#[test]
fn an_earlier_weekday_reaches_into_the_week_of_the_first_date() {
    let mut rows = rows_of([slot(1, 4, "2026-11-05", None, 1)]);
    rows.exceptions.insert(key(1, "2026-11-26"), cancelled());
    apply(&mut rows, following("2026-11-26", to_day(1)));
    let expected = ["2026-11-19", "2026-11-23", "2026-11-30"];
    assert_eq!(dates(&rows, 1, "2026-11-15", "2026-12-05"), expected);
    assert_eq!(rows.exceptions.keys().collect::<Vec<_>>(), [&key(1, "2026-11-23")]);
}

#[test]
fn at_the_start_of_a_segment_an_earlier_weekday_ends_the_one_before() {
    let mut rows = split_thursdays();
    let changes = apply(&mut rows, following_as("2026-11-26", to_day(1), 3));
    assert_eq!(rows.schedules.len(), 2, "there is a segment for that date already");
    assert_eq!(dates(&rows, 1, "2026-11-15", "2026-12-05"), ["2026-11-19", "2026-11-23", "2026-11-30"]);
    assert_eq!(revert(&changes, &rows).left, []);
}

#[test]
fn this_and_following_never_takes_a_date_before_it() {
    // Mondays until 23 November, Thursdays from 26 November on: both in one week.
    let (mut mondays, mut thursdays) =
        (slot(1, 1, "2026-11-02", Some("2026-11-23"), 1), slot(2, 4, "2026-11-26", None, 1));
    mondays.pattern.series_id = series_id(1);
    thursdays.pattern.series_id = series_id(1);
    let mut rows = rows_of([mondays, thursdays]);
    rows.exceptions.insert(key(1, "2026-11-26"), cancelled());
    let plan = plan(&following_as("2026-11-26", to_day(1), 3).into(), &rows).unwrap();
    rows.apply(&plan.changes);
    // Monday 23 November is the first segment's; the Thursday's cancellation does not fall upon it.
    assert_eq!(dates(&rows, 1, "2026-11-15", "2026-12-05"), ["2026-11-16", "2026-11-23", "2026-11-30"]);
    assert_eq!(rows.schedules[&schedule_id(1)].pattern.validity.until, Some(date("2026-11-23")));
    assert!(rows.exceptions.contains_key(&key(1, "2026-11-26")));
    assert_eq!((plan.preview.exceptions.carried, plan.preview.exceptions.without_effect), (0, 1));
}

#[test]
fn a_first_date_before_the_scope_is_held_at_it() {
    let mut rows = rows_of([slot(1, 4, "2026-11-05", None, 1)]);
    let patch = SeriesPatch { valid_from: Some(date("2026-01-01")), ..to_day(2) };
    apply(&mut rows, following("2026-11-26", patch));
    assert_eq!(
        dates(&rows, 1, "2026-11-01", "2026-12-01"),
        ["2026-11-05", "2026-11-12", "2026-11-19", "2026-11-24", "2026-12-01"]
    );
}

#[test]
fn an_exception_is_not_carried_onto_a_date_that_was_there_before() {
    // Tuesdays until 24 November, Thursdays from 26 November on; then all ends with the 25th.
    let (mut tuesdays, mut thursdays) =
        (slot(1, 2, "2026-11-03", Some("2026-11-24"), 1), slot(2, 4, "2026-11-26", None, 1));
    tuesdays.pattern.series_id = series_id(1);
    thursdays.pattern.series_id = series_id(1);
    let mut rows = rows_of([tuesdays, thursdays]);
    rows.exceptions.insert(key(1, "2026-11-26"), cancelled());
    apply(&mut rows, all(until(Until::On(date("2026-11-25")))));
    assert_eq!(rows.exceptions.keys().collect::<Vec<_>>(), [&key(1, "2026-11-26")]);
}

#[test]
fn an_exception_does_not_leave_its_week_at_the_start_of_1900() {
    // In weeks that start on Sunday, 1 January 1900 is in the week of 31 December 1899, and the 7th in the next.
    let mut rows = rows_of([slot(1, 1, "1900-01-01", None, 1)]);
    rows.exceptions.insert(key(1, "1900-01-01"), cancelled());
    let patch = to_day(0);
    let edit = Edit::ChangeSeries {
        series_id: series_id(1),
        patch: Box::new(patch),
        displaced: Displaced::Carry,
        first_weekday: Weekday::SUNDAY,
    };
    apply(&mut rows, edit);
    assert_eq!(rows.exceptions.keys().collect::<Vec<_>>(), [&key(1, "1900-01-01")]);
}

#[test]
fn a_carried_move_to_the_new_date_is_no_move() {
    let mut rows = rows_of([slot(1, 4, "2026-11-05", None, 1)]);
    let moved = |to: &str, location: &str| {
        let location = Some(title(location));
        Exception::Override(Override { moved_to: Some(date(to)), location, ..Override::default() })
    };
    rows.exceptions.insert(key(1, "2026-11-19"), moved("2026-11-16", "Hall"));
    rows.exceptions.insert(key(1, "2026-11-26"), moved("2026-11-25", "Hall"));
    apply(&mut rows, all(to_day(1)));
    let here = Exception::Override(Override { location: Some(title("Hall")), ..Override::default() });
    assert_eq!(rows.exceptions[&key(1, "2026-11-16")], here);
    assert_eq!(rows.exceptions[&key(1, "2026-11-23")], moved("2026-11-25", "Hall"));
}

#[test]
fn an_ended_segment_does_not_come_back() {
    let mut rows = split_thursdays();
    // Nothing is left of the second segment.
    apply(&mut rows, end_before("2026-11-26"));
    let novembers = ["2026-11-05", "2026-11-12", "2026-11-19"];
    assert_eq!(dates(&rows, 1, "2026-11-01", "2026-12-31"), novembers);
    // Its bounds do not move with the weekday: they lie a day apart, and would enclose a date.
    apply(&mut rows, all(to_day(1)));
    assert_eq!(dates(&rows, 1, "2026-11-01", "2026-12-31"), ["2026-11-02", "2026-11-09", "2026-11-16"]);
    // Nor does it stand in the way of the first, when that is made to last.
    apply(&mut rows, all(until(Until::On(date("2026-12-08")))));
    let lasting = ["2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30", "2026-12-07"];
    assert_eq!(dates(&rows, 1, "2026-11-01", "2026-12-31"), lasting);
}

#[test]
fn a_series_ends_before_a_date_of_any_segment_but_not_before_its_first() {
    let mut rows = split_thursdays();
    let ended = plan(&end_before("2026-12-10").into(), &rows).unwrap();
    rows.apply(&ended.changes);
    assert_eq!(dates(&rows, 1, "2026-11-15", "2026-12-31"), ["2026-11-19", "2026-11-26", "2026-12-03"]);
    assert_eq!(plan(&end_before("2026-11-05").into(), &rows).unwrap_err(), EditError::NoDates);
    let rows = rows_of([slot(1, 1, "1900-01-01", None, 1)]);
    assert_eq!(plan(&end_before("1900-01-01").into(), &rows).unwrap_err(), EditError::NoDates);
}

#[test]
fn a_later_end_stretches_the_last_segment_and_an_earlier_one_cuts_all() {
    let mut rows = split_thursdays();
    apply(&mut rows, all(until(Until::On(date("2026-11-12")))));
    assert_eq!(dates(&rows, 1, "2026-11-01", "2026-12-31"), ["2026-11-05", "2026-11-12"]);
    let mut rows = split_thursdays();
    apply(&mut rows, all(until(Until::On(date("2026-12-03")))));
    apply(&mut rows, all(until(Until::Never)));
    let last = rows.segments(series_id(1)).into_iter().map(|row| row.pattern.validity.until).collect::<Vec<_>>();
    assert_eq!(last, [Some(date("2026-11-25")), None]);
}

#[test]
fn segments_that_would_cross_are_kept_apart() {
    // A Monday on its own, then Thursdays whose validity begins the day after.
    let (mut monday, mut thursdays) =
        (slot(1, 1, "2026-11-23", Some("2026-11-23"), 1), slot(2, 4, "2026-11-24", None, 1));
    monday.pattern.series_id = series_id(1);
    thursdays.pattern.series_id = series_id(1);
    let mut rows = rows_of([monday, thursdays]);
    apply(&mut rows, all(to_day(5)));
    assert_eq!(dates(&rows, 1, "2026-11-20", "2026-12-05"), ["2026-11-27", "2026-12-04"]);
}

#[test]
fn a_gap_that_was_left_stays_a_gap() {
    // Every second Monday, but for the second half of January.
    let (mut first, mut second) = (slot(1, 1, "2026-01-05", Some("2026-01-20"), 2), slot(2, 1, "2026-02-02", None, 2));
    first.pattern.series_id = series_id(1);
    second.pattern.series_id = series_id(1);
    let mut rows = rows_of([first, second]);
    apply(&mut rows, all(to_day(2)));
    apply(&mut rows, all(SeriesPatch { every: Some(every(1)), ..SeriesPatch::default() }));
    let tuesdays = ["2026-01-06", "2026-01-13", "2026-01-20", "2026-02-03", "2026-02-10"];
    assert_eq!(dates(&rows, 1, "2026-01-01", "2026-02-15"), tuesdays);
}

#[test]
fn no_segment_begins_before_a_new_first_date() {
    let (mut first, mut second) = (slot(1, 4, "2026-11-05", Some("2026-11-20"), 1), slot(2, 4, "2026-11-26", None, 1));
    first.pattern.series_id = series_id(1);
    second.pattern.series_id = series_id(1);
    let mut rows = rows_of([first, second]);
    // Its week's Monday would be the 23rd.
    apply(&mut rows, all(SeriesPatch { valid_from: Some(date("2026-11-25")), ..to_day(1) }));
    assert_eq!(dates(&rows, 1, "2026-11-01", "2026-12-10"), ["2026-11-30", "2026-12-07"]);
}

#[test]
fn a_one_off_moves_as_one() {
    let mut rows = rows_of([slot(1, 1, "2026-11-23", Some("2026-11-23"), 1)]);
    rows.exceptions.insert(key(1, "2026-11-23"), cancelled());
    apply(&mut rows, all(to_day(5)));
    let on = date("2026-11-27");
    assert_eq!(rows.schedules[&schedule_id(1)].pattern.validity, Validity { from: on, until: Some(on) });
    assert!(rows.exceptions.contains_key(&key(1, "2026-11-27")));
    let elsewhere = date("2026-12-09");
    let patch = SeriesPatch { valid_from: Some(elsewhere), valid_until: Some(Until::On(elsewhere)), ..to_day(3) };
    apply(&mut rows, all(patch));
    assert_eq!(dates(&rows, 1, "2026-11-01", "2026-12-31"), ["2026-12-09"]);
}

#[test]
fn a_series_that_has_run_out_everywhere_can_be_taken_up_again() {
    let mut row = slot(1, 4, "2026-11-26", None, 1);
    row.pattern.validity.until = Some(date("2026-11-25"));
    let mut rows = rows_of([row]);
    apply(&mut rows, all(until(Until::On(date("2026-12-03")))));
    assert_eq!(dates(&rows, 1, "2026-11-01", "2026-12-31"), ["2026-11-26", "2026-12-03"]);
}

#[test]
fn leaving_exceptions_behind_keeps_them_without_effect() {
    let mut rows = rows_of([slot(1, 4, "2026-11-05", None, 1)]);
    rows.exceptions.insert(key(1, "2026-11-26"), cancelled());
    let edit = Edit::ChangeSeries {
        series_id: series_id(1),
        patch: Box::new(to_day(1)),
        displaced: Displaced::Leave,
        first_weekday: Weekday::MONDAY,
    };
    let left = plan(&edit.into(), &rows).unwrap();
    rows.apply(&left.changes);
    assert_eq!(left.preview.exceptions, ExceptionTally { without_effect: 1, ..ExceptionTally::default() });
    let back = plan(&all(to_day(4)).into(), &rows).unwrap();
    assert_eq!(back.preview.exceptions, ExceptionTally { effective_again: 1, ..ExceptionTally::default() });
}

#[test]
fn a_slower_rhythm_says_how_many_exceptions_lose_their_date() {
    let mut rows = rows_of([slot(1, 4, "2026-11-05", None, 1)]);
    for day in ["2026-11-12", "2026-11-19", "2026-11-26"] {
        rows.exceptions.insert(key(1, day), cancelled());
    }
    let patch = SeriesPatch { every: Some(every(2)), ..SeriesPatch::default() };
    let preview = plan(&all(patch).into(), &rows).unwrap().preview;
    assert_eq!(preview.exceptions, ExceptionTally { kept: 1, without_effect: 2, ..ExceptionTally::default() });
}

#[test]
fn a_date_can_be_changed_cancelled_and_put_back() {
    let mut rows = rows_of([slot(1, 4, "2026-11-05", None, 1)]);
    let (series_id, on) = (series_id(1), date("2026-11-26"));
    let change = |change: Override| Edit::ChangeDate { series_id, date: on, change: Box::new(change) };
    apply(&mut rows, change(Override { moved_to: Some(on), time: Some(time("9:00-10:00")), ..Override::default() }));
    let stored = rows.exceptions[&key(1, "2026-11-26")].as_override().unwrap().clone();
    assert_eq!((stored.moved_to, stored.time), (None, Some(time("09:00-10:00"))), "it is moved to where it is");
    apply(&mut rows, Edit::CancelDate { series_id, date: on, reason: Box::default() });
    assert_eq!(rows.exceptions[&key(1, "2026-11-26")], cancelled());
    // A change that changes nothing is the pattern.
    apply(&mut rows, change(Override::default()));
    assert_eq!(rows.exceptions.len(), 0);
    apply(&mut rows, Edit::CancelDate { series_id, date: on, reason: Box::default() });
    apply(&mut rows, Edit::PutBack { series_id, date: on });
    assert_eq!(rows.exceptions.len(), 0);
    let nothing = plan(&Edit::PutBack { series_id, date: on }.into(), &rows);
    assert_eq!(nothing.unwrap_err(), EditError::NothingToPutBack { date: on });
}

#[test]
fn an_import_of_segments_that_share_a_date_is_refused() {
    let rows = rows_of([slot(1, 4, "2026-11-05", Some("2026-11-26"), 1)]);
    let import = |from: &str| {
        let mut next = slot(2, 1, from, None, 1);
        next.pattern.series_id = series_id(1);
        let edit = Edit::Import { schedules: vec![next], exceptions: Vec::new(), settings: Vec::new() };
        plan(&edit.into(), &rows).map(|plan| plan.changes.len())
    };
    let meets = EditError::SegmentsMeet { first: schedule_id(1), second: schedule_id(2), date: date("2026-11-26") };
    assert_eq!(import("2026-11-26"), Err(meets));
    assert_eq!(import("2026-11-27"), Ok(1));
}

#[test]
fn the_toast_names_the_slot_as_it_is_now() {
    let mut rows = rows_of([slot(1, 4, "2026-11-05", None, 1)]);
    apply(&mut rows, following("2026-11-26", SeriesPatch { title: Some(title("Choir")), ..SeriesPatch::default() }));
    let named = |rows: &Rows, edit: Edit| plan(&edit.into(), rows).unwrap().summary.title;
    assert_eq!(named(&rows, Edit::Trash { series_id: series_id(1) }), Some(title("Choir")));
    // Nothing is left of the choir.
    apply(&mut rows, end_before("2026-11-26"));
    assert_eq!(named(&rows, Edit::Trash { series_id: series_id(1) }), Some(title("Algebra")));
}

#[test]
fn an_import_in_which_a_row_stands_twice_takes_the_last() {
    let mut rows = rows_of([]);
    let mut second = slot(1, 2, "2026-11-03", None, 1);
    second.details.title = title("Choir");
    let settings = vec![Setting::HideWeekend(true), Setting::Theme(Theme::Dark), Setting::HideWeekend(false)];
    let edit = Edit::Import {
        schedules: vec![slot(1, 4, "2026-11-05", None, 1), second.clone()],
        exceptions: vec![
            (key(1, "2026-11-03"), cancelled()),
            (key(1, "2026-11-03"), Exception::Override(Override::default())),
        ],
        settings,
    };
    let plan = plan(&edit.into(), &rows).unwrap();
    rows.apply(&plan.changes);
    assert_eq!(rows.schedules[&schedule_id(1)], second);
    assert_eq!(rows.exceptions[&key(1, "2026-11-03")], Exception::Override(Override::default()));
    assert_eq!((rows.settings.hide_weekend, rows.settings.theme), (false, Theme::Dark));
    let tally = ImportTally { added: 2, changed: 1, unchanged: 1 };
    assert_eq!(plan.summary.subject, Subject::Imported(tally));
}
