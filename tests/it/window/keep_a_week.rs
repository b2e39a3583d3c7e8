//! The first story: a week is made, changed, cancelled, deleted, brought back, and found again.

use weekwise_domain::Date;

use super::dates::{monday, plus, short};
use super::rows::stored;
use crate::cli::program::Program;
use crate::driver::App;

/// Reads four weeks in the window, one after the other, beginning with the one that is in view.
async fn four_weeks(app: &App, first: Date) -> Vec<Vec<String>> {
    let mut weeks = Vec::new();
    for week in 0..4 {
        app.wait_week_of(plus(first, 7 * week)).await;
        weeks.push(app.slots().await);
        app.push("Next week (J)").await;
    }
    app.push("Today").await;
    app.wait_week_of(first).await;
    weeks
}

#[tokio::test]
async fn a_week_is_kept() {
    let program = Program::new();
    let app = App::open_on(&program).await;
    let first = plus(monday(), 1);
    let [second, third, fourth] = [1, 2, 3].map(|week| plus(first, 7 * week));
    let usual = |date: Date| format!("Algebra, 09:00–10:30, Room 204, {}", short(date));
    let cancelled = |date: Date| format!("Algebra, cancelled, 09:00–10:30, Room 204, {}", short(date));
    let changed = format!("Algebra, changed, 11:00–12:30, was 09:00–10:30, Room 110, {}", short(second));
    let no_slots: [&str; 0] = [];

    // A slot is made where one clicks.
    app.begin_at(first, 9).await;
    app.wait_equal("the start", &"09:00".to_owned(), || app.value_of("textbox", "Starts")).await;
    app.type_text("Algebra").await;
    app.fill_in("Ends", "10:30").await;
    app.fill_in("Place", "Room 204").await;
    app.wait_slots(&no_slots).await;
    assert_eq!(stored(&program, monday(), 4), no_slots, "nothing is stored before it is saved");
    app.push("Add to week").await;
    app.wait_toast("Algebra added").await;
    app.wait_slots(&[usual(first)]).await;

    // It takes place in the following weeks.
    app.push("Next week (J)").await;
    app.wait_slots(&[usual(second)]).await;

    // One date is at another time and place.
    app.open_slot(&usual(second)).await;
    app.fill_in("Starts", "11:00").await;
    app.fill_in("Ends", "12:30").await;
    app.fill_in("Place", "Room 110").await;
    app.push("Save").await;
    app.wait_toast(&format!("Algebra changed on {}", short(second))).await;
    app.wait_slots(&[&changed]).await;
    app.wait_for_text(".differs", "Algebra at 11:00").await;

    // Two dates are cancelled, and one of them is put back.
    app.push("Next week (J)").await;
    app.wait_slots(&[usual(third)]).await;
    app.open_slot(&usual(third)).await;
    app.push(&format!("Cancel {} 1 date", short(third))).await;
    app.wait_slots(&[cancelled(third)]).await;
    app.push("Next week (J)").await;
    app.wait_slots(&[usual(fourth)]).await;
    app.open_slot(&usual(fourth)).await;
    app.push(&format!("Cancel {} 1 date", short(fourth))).await;
    app.wait_slots(&[cancelled(fourth)]).await;
    app.push("Put back").await;
    app.wait_toast(&format!("Algebra put back on {}", short(fourth))).await;
    app.wait_slots(&[usual(fourth)]).await;
    app.push("Today").await;

    let weeks = four_weeks(&app, first).await;
    assert_eq!(weeks, [vec![usual(first)], vec![changed.clone()], vec![cancelled(third)], vec![usual(fourth)]]);
    let kept = [
        format!("{first} 09:00-10:30 Algebra @ Room 204"),
        format!("{second} 11:00-12:30 Algebra @ Room 110 changed"),
        format!("{fourth} 09:00-10:30 Algebra @ Room 204"),
    ];
    assert_eq!(stored(&program, monday(), 4), kept);

    // The series goes to the trash and comes back with all that was different.
    app.open_slot(&usual(first)).await;
    app.click(".act.danger").await;
    app.wait_toast("Algebra deleted").await;
    app.wait_slots(&no_slots).await;
    assert_eq!(stored(&program, monday(), 4), no_slots);
    app.click(".side-link").await;
    app.push("Restore Algebra").await;
    app.wait_toast("Algebra restored").await;
    app.wait_slots(&[usual(first)]).await;
    assert_eq!(stored(&program, monday(), 4), kept);

    // Undo and redo, by button, by key and in the message at the foot.
    app.push("Undo").await;
    app.wait_slots(&no_slots).await;
    app.press("Control+z").await;
    app.wait_slots(&[usual(first)]).await;
    app.press("Control+Shift+z").await;
    app.wait_slots(&no_slots).await;
    app.push("Redo").await;
    app.wait_slots(&[usual(first)]).await;
    app.open_slot(&usual(first)).await;
    app.push(&format!("Cancel {} 1 date", short(first))).await;
    app.wait_slots(&[cancelled(first)]).await;
    app.click(".toast-action").await;
    app.wait_toast(&format!("Undone: Algebra cancelled on {}", short(first))).await;
    app.wait_slots(&[usual(first)]).await;
    assert_eq!(stored(&program, monday(), 4), kept);

    // A new process finds the same, and can still take back what was done before.
    let app = app.restart().await;
    app.resize(1280, 800).await;
    assert_eq!(four_weeks(&app, first).await, weeks);
    assert_eq!(stored(&program, monday(), 4), kept);
    app.push("Undo").await;
    app.wait_toast("Undone: Algebra restored").await;
    app.wait_slots(&no_slots).await;
    app.push("Redo").await;
    app.wait_slots(&[usual(first)]).await;
}
