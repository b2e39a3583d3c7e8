//! Settings take effect at once, are remembered, and are undone like any edit.

use serde_json::{Value, json};

use super::dates::{monday, plus, short};
use super::rows::{exported, folder, slot};
use crate::driver::App;

/// The weekdays at the head of the week, shortened.
async fn wait_heads(app: &App, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|&day| day.to_owned()).collect();
    app.wait_equal("the days at the head", &expected, || app.texts(".head .weekday")).await;
}

async fn wait_theme(app: &App, theme: &str) {
    let scheme = "return getComputedStyle(document.documentElement).colorScheme === arguments[0]";
    app.wait_until(&format!("{theme} colours"), scheme, vec![json!(theme)]).await;
}

const FROM_MONDAY: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const FROM_SUNDAY: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const WITHOUT_WEEKEND: [&str; 5] = ["Mon", "Tue", "Wed", "Thu", "Fri"];

#[tokio::test]
async fn settings_take_effect_are_remembered_and_undone() {
    let program = folder(&[slot(1, (2, "13:00", "14:30"), "Algebra", "", "blue")], &[]);
    let app = App::open_on(&program).await;
    let tuesday = short(plus(monday(), 1));
    let in_24_hours = [format!("Algebra, 13:00–14:30, {tuesday}")];
    let in_12_hours = [format!("Algebra, 1:00 PM–2:30 PM, {tuesday}")];
    wait_heads(&app, &FROM_MONDAY).await;
    app.wait_slots(&in_24_hours).await;

    app.push("Settings").await;
    app.choose("Weeks begin on", "Sunday").await;
    // A week from Sunday on that holds today, which may be another one than the week from Monday on.
    wait_heads(&app, &FROM_SUNDAY).await;
    app.wait_toast("Setting changed").await;
    app.choose("Weeks begin on", "As the system: Monday").await;
    wait_heads(&app, &FROM_MONDAY).await;

    app.choose("Clock", "12 hours (1:30 PM)").await;
    app.wait_slots(&in_12_hours).await;
    app.pick("Dark").await;
    wait_theme(&app, "dark").await;
    app.click_named("checkbox", "Hide Saturday and Sunday in the week").await;
    wait_heads(&app, &WITHOUT_WEEKEND).await;
    app.choose("Slots a weekday may have", "5").await;
    app.wait_equal("the limit", &json!(5), || async { exported(&program)["settings"]["slot_limit"].clone() }).await;
    app.choose("Time zone", "America/New_York").await;
    let zone = || async { exported(&program)["settings"]["time_zone"].clone() };
    app.wait_equal("the zone", &json!("America/New_York"), zone).await;
    app.choose("Weeks begin on", "Monday").await;
    let chosen = json!({
        "slot_limit": 5, "time_zone": "America/New_York", "first_weekday": 1, "clock": "h12",
    });
    app.wait_equal("the settings", &chosen, || async { exported(&program)["settings"].clone() }).await;

    // A new process has them all.
    let app = app.restart().await;
    wait_heads(&app, &WITHOUT_WEEKEND).await;
    app.wait_slots(&in_12_hours).await;
    wait_theme(&app, "dark").await;
    app.push("Settings").await;
    for (field, value) in [("Weeks begin on", "1"), ("Clock", "h12"), ("Slots a weekday may have", "5")] {
        assert_eq!(app.value_of("combobox", field).await, value, "{field}");
    }
    app.wait_equal("the zone in view", &"America/New_York".to_owned(), || app.value_of("combobox", "Time zone")).await;
    app.push("Close").await;

    // Each is a step of its own; after as many steps back all is as the system has it.
    for left in (0..8).rev() {
        app.push("Undo").await;
        app.wait_toast("Undone: Setting changed").await;
        app.push("Dismiss").await;
        app.wait_gone(".toast").await;
        if left == 5 {
            wait_heads(&app, &WITHOUT_WEEKEND).await;
        }
    }
    wait_heads(&app, &FROM_MONDAY).await;
    app.wait_slots(&in_24_hours).await;
    app.wait_gone("html[data-theme]").await;
    let settings = exported(&program)["settings"].clone();
    assert_eq!(settings["slot_limit"], 2);
    assert_eq!([&settings["time_zone"], &settings["first_weekday"], &settings["clock"]], [&Value::Null; 3]);
    for _ in 0..8 {
        app.push("Redo").await;
        app.wait_toast("Done again: Setting changed").await;
        app.push("Dismiss").await;
        app.wait_gone(".toast").await;
    }
    assert_eq!(exported(&program)["settings"], chosen);
    wait_theme(&app, "dark").await;
}
