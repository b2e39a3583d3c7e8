//! What a week shows.

use weekwise_domain::{Clock, Setting, SlotLimit, View, Weekday};
use weekwise_protocol::{ListTrash, SlotRequest, Week, WeeksRequest};

use super::*;

#[tokio::test]
async fn an_empty_file_shows_an_empty_week() {
    let desk = Desk::new().await;
    let week = desk.app.week(WeekRequest::default()).await.unwrap();
    assert!(week.is_empty && week.blocks.is_empty() && week.notices.is_empty());
    assert!(week.window.contains(week.now.date), "without a date it is this week");
    assert_eq!((week.history.undo, week.history.redo, week.in_trash), (None, None, 0));
    assert_eq!(week.system.time_zone, "UTC");
}

#[tokio::test]
async fn a_week_shows_what_is_usual_changed_cancelled_and_gone_elsewhere() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra"), (3, "18:00", "19:00", "Choir")]).await;
    let other = Override { time: Some(time("11:00", "12:00")), title: Some(title("Exam")), ..Override::default() };
    for edit in [
        cancel(1, "2026-11-23", Some("Holiday")),
        change(1, "2026-11-30", to("2026-12-04")),
        change(2, "2026-11-25", to("2026-12-01")),
        change(2, "2026-12-02", other),
    ] {
        desk.edit(edit).await.unwrap();
    }
    assert_eq!(
        desk.lines("2026-11-26").await,
        [
            "2026-11-23 09:00–10:00 Algebra cancelled Holiday",
            // Its place in this week is empty, and it says where it went.
            "2026-12-01 (from 2026-11-25) 18:00–19:00 Choir changed",
        ]
    );
    assert_eq!(
        desk.lines("2026-11-30").await,
        [
            "2026-12-01 (from 2026-11-25) 18:00–19:00 Choir changed",
            "2026-12-02 11:00–12:00 Exam changed",
            "2026-12-04 (from 2026-11-30) 09:00–10:00 Algebra changed",
        ]
    );
    let exam = &desk.week("2026-12-02").await.blocks[1];
    assert_eq!((exam.usual_time, exam.every_n_weeks), (time("18:00", "19:00"), 1));
}

#[tokio::test]
async fn weeks_begin_as_was_set_else_as_the_system_says() {
    let desk = Desk::new().await;
    let week = desk.week("2026-11-22").await;
    assert_eq!(week.window, window("2026-11-16", "2026-11-22"));
    desk.edit(Edit::Set { setting: Setting::FirstWeekday(Some(Weekday::SUNDAY)) }).await.unwrap();
    desk.edit(Edit::Set { setting: Setting::Clock(Some(Clock::H12)) }).await.unwrap();
    let week = desk.week("2026-11-22").await;
    assert_eq!(week.window, window("2026-11-22", "2026-11-28"));
    assert_eq!((week.preferences.first_weekday, week.preferences.clock), (Weekday::SUNDAY, Clock::H12));
    assert_eq!((week.system.first_weekday, week.system.clock), (Weekday::MONDAY, Clock::H24));
}

#[tokio::test]
async fn the_ends_of_the_kept_years_are_weeks_too() {
    let desk = Desk::new().await;
    assert_eq!(desk.week("1900-01-01").await.window, window("1900-01-01", "1900-01-07"));
    assert_eq!(desk.week("2200-12-31").await.window, window("2200-12-29", "2200-12-31"));
    // From Sunday on, the first week is short, and none of its dates is in the next one too.
    desk.edit(Edit::Set { setting: Setting::FirstWeekday(Some(Weekday::SUNDAY)) }).await.unwrap();
    assert_eq!(desk.week("1900-01-03").await.window, window("1900-01-01", "1900-01-06"));
    assert_eq!(desk.week("1900-01-07").await.window, window("1900-01-07", "1900-01-13"));
}

fn around(on: &str, before: u8, after: u8) -> WeekRequest {
    WeekRequest { date: Some(date(on)), view: Some(View::Weeks), before, after }
}

#[tokio::test]
async fn weeks_one_under_another_each_show_what_they_show_alone() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra"), (3, "18:00", "19:00", "Choir")]).await;
    for edit in [
        cancel(1, "2026-11-23", Some("Holiday")),
        change(1, "2026-11-30", to("2026-12-04")),
        change(2, "2026-11-25", to("2026-12-01")),
        change(2, "2026-12-09", to("2027-01-13")),
        change(1, "2027-01-11", to("2026-11-17")),
    ] {
        desk.edit(edit).await.unwrap();
    }
    let view = desk.app.week(around("2026-12-01", 3, 2)).await.unwrap();
    assert_eq!((view.view, view.window), (View::Weeks, window("2026-11-30", "2026-12-06")));
    let in_view = Week { window: view.window, blocks: view.blocks };
    let weeks: Vec<Week> = view.before.into_iter().chain([in_view]).chain(view.after).collect();
    assert_eq!(desk.app.weeks(WeeksRequest { date: date("2026-11-13"), weeks: 6 }).await.unwrap(), weeks);
    assert_eq!(weeks.len(), 6);
    let monday = |number: i32| date("2026-11-09").plus_days(7 * number).unwrap();
    for (number, week) in (0..).zip(weeks) {
        let alone = desk.week(&monday(number).to_string()).await;
        assert_eq!((week.window, week.blocks), (alone.window, alone.blocks), "{number}");
    }
}

#[tokio::test]
async fn weeks_end_where_the_kept_years_do() {
    let desk = Desk::new().await;
    let lengths = |weeks: &[Week]| weeks.iter().map(|week| week.window.dates().count()).collect::<Vec<_>>();
    let first = desk.app.week(around("1900-01-10", 5, 1)).await.unwrap();
    assert_eq!((lengths(&first.before), lengths(&first.after)), (vec![7], vec![7]));
    let last = desk.app.week(around("2200-12-25", 1, 5)).await.unwrap();
    assert_eq!((lengths(&last.before), lengths(&last.after)), (vec![7], vec![3]));
    desk.edit(Edit::Set { setting: Setting::FirstWeekday(Some(Weekday::SUNDAY)) }).await.unwrap();
    let first = desk.app.week(around("1900-01-10", 5, 0)).await.unwrap();
    assert_eq!(lengths(&first.before), [6]);
    let weeks = desk.app.weeks(WeeksRequest { date: date("2200-12-21"), weeks: 9 }).await.unwrap();
    assert_eq!(lengths(&weeks), [7, 4]);
    assert_eq!(desk.app.weeks(WeeksRequest { date: date("2026-11-23"), weeks: 0 }).await.unwrap(), []);
}

#[tokio::test]
async fn the_remembered_view_decides_which_weeks_come_along() {
    let desk = Desk::new().await;
    let unsaid = WeekRequest { view: None, ..around("2026-11-23", 2, 2) };
    let week = desk.app.week(unsaid).await.unwrap();
    assert_eq!((week.view, week.before.len(), week.after.len()), (View::Week, 0, 0));
    assert_eq!(desk.edit(Edit::Set { setting: Setting::View(View::Weeks) }).await.unwrap().step, None);
    let weeks = desk.app.week(unsaid).await.unwrap();
    assert_eq!((weeks.view, weeks.before.len(), weeks.after.len()), (View::Weeks, 2, 2));
    let week = desk.app.week(WeekRequest { view: Some(View::Week), ..unsaid }).await.unwrap();
    assert_eq!((week.view, week.before.len(), week.after.len()), (View::Week, 0, 0));
}

#[tokio::test]
async fn single_dates_and_rotations_say_so() {
    let desk = Desk::new().await;
    let row = |number: u128, until: Value, every: u8| {
        json!({
            "id": Uuid::from_u128(number), "day_of_week": 1, "start": "09:00", "end": "10:00",
            "valid_from": "2026-11-23", "valid_until": until, "every_n_weeks": every,
        })
    };
    let rows = vec![row(1, "2026-11-23".into(), 1), row(2, Value::Null, 3), row(3, "2026-11-30".into(), 1)];
    desk.import(file(rows, vec![])).await;
    let found: Vec<_> = desk.week("2026-11-23").await.blocks.iter().map(|block| block.every_n_weeks).collect();
    assert_eq!(found, [0, 3, 1]);
}

#[tokio::test]
async fn too_many_slots_on_a_weekday_are_told() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "A"), (1, "11:00", "12:00", "B"), (1, "13:00", "14:00", "C")]).await;
    assert!(desk.week("2026-11-23").await.over_limit.is_empty(), "the file raised the limit");
    let limit = SlotLimit::try_from(2).unwrap();
    desk.edit(Edit::Set { setting: Setting::SlotLimit(limit) }).await.unwrap();
    let over = desk.week("2026-11-23").await.over_limit;
    assert_eq!((over.len(), over[0].weekday, over[0].slots), (1, Weekday::MONDAY, 3));
}

#[tokio::test]
async fn the_trash_holds_series_and_gives_them_back() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra"), (3, "18:00", "19:00", "Choir")]).await;
    desk.edit(cancel(1, "2026-11-23", None)).await.unwrap();
    desk.edit(Edit::Trash { series_id: series(1) }).await.unwrap();
    let week = desk.week("2026-11-23").await;
    assert_eq!((week.blocks.len(), week.in_trash, week.is_empty), (1, 1, false));
    let trash = desk.app.trash(ListTrash {}).await.unwrap();
    assert_eq!((trash.len(), trash[0].exceptions), (1, 1));
    assert_eq!(trash[0].schedule.details.title.as_str(), "Algebra");

    let request = SlotRequest { series_id: series(1), date: date("2026-11-23") };
    let slot = desk.app.slot(request).await.unwrap();
    assert!(slot.ledger[0].has_effect, "it would, once restored");
    desk.edit(Edit::Restore { series_id: series(1) }).await.unwrap();
    assert_eq!(desk.lines("2026-11-23").await[0], "2026-11-23 09:00–10:00 Algebra cancelled ");
    desk.edit(Edit::Trash { series_id: series(1) }).await.unwrap();
    desk.edit(Edit::Trash { series_id: series(2) }).await.unwrap();
    assert!(desk.week("2026-11-23").await.is_empty);
}

#[tokio::test]
async fn a_slot_has_its_segments_and_its_ledger() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra")]).await;
    desk.edit(cancel(1, "2026-12-21", None)).await.unwrap();
    desk.edit(change(1, "2026-11-30", to("2026-12-01"))).await.unwrap();
    desk.edit(Edit::EndBefore { series_id: series(1), date: date("2026-12-14") }).await.unwrap();
    let request = SlotRequest { series_id: series(1), date: date("2026-11-23") };
    let slot = desk.app.slot(request).await.unwrap();
    assert_eq!(slot.segments.len(), 1);
    let ledger: Vec<_> = slot.ledger.iter().map(|it| (it.date.to_string(), it.has_effect)).collect();
    assert_eq!(ledger, [("2026-11-30".to_owned(), true), ("2026-12-21".to_owned(), false)]);

    let unknown = SlotRequest { series_id: series(9), date: date("2026-11-23") };
    let refused = desk.app.slot(unknown).await.unwrap_err();
    assert!(matches!(refused, Failure::Refused { .. }), "{refused:?}");
}
