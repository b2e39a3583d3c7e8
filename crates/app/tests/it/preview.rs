//! What an edit would come to, before it is done.

use weekwise_domain::{Displaced, EditError, ScheduleId, SeriesPatch};
use weekwise_protocol::{PreviewEdit, Previewed};

use super::*;

async fn preview(desk: &Desk, edit: Edit) -> Result<Previewed, Failure> {
    desk.app.preview(PreviewEdit { request: Request::from(edit) }).await
}

/// The overlaps, one line for each.
async fn overlaps(desk: &Desk, edit: Edit) -> Vec<String> {
    let previewed = preview(desk, edit).await.unwrap();
    previewed.overlaps.iter().map(|it| format!("{} {} {}", it.date, it.time, it.title)).collect()
}

fn retime(number: u128, start: &str, end: &str) -> Edit {
    let patch = SeriesPatch { time: Some(time(start, end)), ..SeriesPatch::default() };
    Edit::ChangeSeries {
        series_id: series(number),
        patch: Box::new(patch),
        displaced: Displaced::Carry,
        first_weekday: Weekday::MONDAY,
    }
}

#[tokio::test]
async fn a_preview_changes_nothing() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra")]).await;
    let before = desk.week("2026-11-23").await;
    let previewed = preview(&desk, Edit::EndBefore { series_id: series(1), date: date("2026-11-23") }).await.unwrap();
    assert!(previewed.preview.dates_before.open_ended && !previewed.preview.dates_after.open_ended);
    let after = desk.week("2026-11-23").await;
    assert_eq!((after.blocks, after.history), (before.blocks, before.history));
}

#[tokio::test]
async fn a_preview_is_refused_as_the_edit_would_be() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra")]).await;
    let refused = preview(&desk, cancel(1, "2026-11-24", None)).await.unwrap_err();
    assert_eq!(refused, Failure::Refused { error: EditError::NotADate { date: date("2026-11-24") } });
}

#[tokio::test]
async fn a_new_slot_is_compared_with_the_year_from_its_first_date() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra"), (1, "09:30", "10:30", "Physics")]).await;
    let mut slot = draft(7, 1, "09:45", "11:00");
    slot.pattern.validity.from = date("2100-01-01");
    desk.edit(cancel(1, "2100-01-04", None)).await.unwrap();
    desk.edit(change(2, "2100-01-11", to("2100-01-12"))).await.unwrap();
    let found = overlaps(&desk, Edit::Create { schedule: Box::new(slot.clone()) }).await;
    // Algebra is cancelled on the 4th, Physics has moved on the 11th: exceptions of others count.
    assert_eq!(
        found,
        ["2100-01-04 09:30–10:30 Physics", "2100-01-11 09:00–10:00 Algebra", "2100-01-18 09:00–10:00 Algebra"]
    );
    slot.pattern.time = time("10:30", "11:00");
    assert!(overlaps(&desk, Edit::Create { schedule: Box::new(slot) }).await.is_empty(), "touching is not overlapping");
}

#[tokio::test]
async fn a_changed_date_is_compared_on_its_new_date_alone() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra"), (2, "09:30", "10:30", "Physics")]).await;
    assert!(
        overlaps(&desk, change(1, "2026-11-23", Override { title: Some(title("x")), ..Override::default() }))
            .await
            .is_empty()
    );
    let found = overlaps(&desk, change(1, "2026-11-23", to("2026-11-24"))).await;
    assert_eq!(found, ["2026-11-24 09:30–10:30 Physics"]);
    let own = overlaps(&desk, change(1, "2026-11-23", to("2026-11-30"))).await;
    assert_eq!(own, ["2026-11-30 09:00–10:00 Algebra"], "onto the next date of its own series");
}

#[tokio::test]
async fn a_changed_series_is_not_compared_with_itself_nor_with_the_past() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra"), (1, "11:00", "12:00", "Physics")]).await;
    desk.edit(change(1, "2026-10-12", to("2026-10-19"))).await.unwrap();
    let found = overlaps(&desk, retime(1, "10:30", "11:30")).await;
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|line| line.ends_with("11:00–12:00 Physics")), "{found:?}");
    let today = App::now().date.to_string();
    assert!(found.iter().all(|line| line.as_str() >= today.as_str()), "{found:?}");
}

#[tokio::test]
async fn this_and_following_are_compared_from_there_on() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra"), (2, "09:30", "10:30", "Physics")]).await;
    let patch = SeriesPatch { day_of_week: Some(Weekday::try_from(2).unwrap()), ..SeriesPatch::default() };
    let following = Edit::ChangeFollowing {
        series_id: series(1),
        date: date("2100-01-11"),
        new_id: ScheduleId(Uuid::from_u128(50)),
        patch: Box::new(patch),
        displaced: Displaced::Carry,
        first_weekday: Weekday::MONDAY,
    };
    let found = overlaps(&desk, following).await;
    assert_eq!(found[0], "2100-01-12 09:30–10:30 Physics");
    assert_eq!(found.len(), 3);
}
