//! Weeks one under another by keys alone: no click, no focus set by script.

use weekwise_domain::{Date, Weekday};

use super::choir;
use crate::driver::App;
use crate::window::dates::{long, plus, short, today};

impl App {
    /// Presses a key and waits until what has this label has the keyboard.
    async fn press_to(&self, key: &str, label: &str) {
        self.press(key).await;
        self.wait_at(label).await;
    }
}

#[tokio::test]
async fn weeks_are_kept_by_keys_alone() {
    let program = choir();
    let app = App::open_on(&program).await;
    let choir = |date: Date| format!("Choir, 18:00–19:30, St. Mary, {}", short(date));
    let add = |date: Date| format!("Add slot, {}", long(date));
    app.press("v").await;
    app.wait_for(".weeks").await;
    app.press("g").await;
    app.wait_at_id("go-to-date").await;
    let wednesday: Date = "2040-02-15".parse().expect("a date");
    app.type_text(&wednesday.to_string()).await;
    app.press("Enter").await;
    app.wait_top(wednesday).await;

    // The keyboard went along; the arrows go through the days and what is on them.
    app.wait_at(&choir(wednesday)).await;
    app.press_to("ArrowRight", &add(plus(wednesday, 1))).await;
    app.press_to("ArrowLeft", &choir(wednesday)).await;
    app.press_to("ArrowUp", &add(wednesday)).await;
    app.press_to("ArrowDown", &choir(wednesday)).await;
    app.press_to("ArrowDown", &choir(plus(wednesday, 7))).await;
    app.press_to("PageUp", &choir(wednesday)).await;
    app.press_to("Home", &add(plus(wednesday, -2))).await;
    app.press_to("End", &add(plus(wednesday, 4))).await;
    for weeks in 1..=20 {
        app.press_to("PageDown", &add(plus(wednesday, 4 + 7 * weeks))).await;
    }
    for weeks in (-20..20).rev() {
        app.press_to("PageUp", &add(plus(wednesday, 4 + 7 * weeks))).await;
    }
    assert!(app.all("[data-week]").await.len() <= super::MOST);

    // It is one stop: the next one is beyond the weeks, and the way back leads to the same place.
    let sunday = plus(wednesday, 4 - 140);
    app.press("Tab").await;
    app.wait_until("the keyboard left the weeks", "return !document.activeElement.closest('.weeks')", vec![]).await;
    app.press_to("Shift+Tab", &add(sunday)).await;

    // Enter on the button begins, and so does the key on the day with the keyboard.
    app.press_to("Enter", "Title").await;
    app.press("Escape").await;
    app.wait_gone("#panel").await;
    app.press_to("c", "Title").await;
    app.type_text("Brunch").await;
    app.tab_to("Repeats").await;
    app.type_text("Only").await;
    app.press("Control+Enter").await;
    app.wait_toast("Brunch added").await;
    let brunch = format!("Brunch, 09:00–10:00, {}", short(sunday));
    app.wait_on(sunday, &[&brunch]).await;
    app.press("Escape").await;
    app.wait_gone("#panel").await;

    // Enter opens, Delete cancels, and both are taken back.
    app.press_to("ArrowDown", &brunch).await;
    app.press_to("Home", &add(plus(sunday, -6))).await;
    app.press_to("ArrowRight", &add(plus(sunday, -5))).await;
    app.press_to("ArrowRight", &choir(plus(sunday, -4))).await;
    app.press("Enter").await;
    app.wait_at_id("panel").await;
    app.press("Delete").await;
    let cancelled = format!("Choir, cancelled, 18:00–19:30, St. Mary, {}", short(plus(sunday, -4)));
    app.wait_on(plus(sunday, -4), &[&cancelled]).await;
    app.press_to("Escape", &cancelled).await;
    app.press("Control+z").await;
    app.wait_on(plus(sunday, -4), &[&choir(plus(sunday, -4))]).await;

    // Home to today, and to the other view with the date that has the keyboard.
    app.press("t").await;
    app.wait_top(today()).await;
    app.press("j").await;
    app.wait_top(plus(today(), 7)).await;
    app.press("v").await;
    app.wait_week_of(plus(today(), 7).week_start(Weekday::MONDAY)).await;
}
