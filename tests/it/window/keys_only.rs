//! The first story again, by keys alone: no click, no focus set by script.

use serde_json::json;
use weekwise_domain::Date;

use super::dates::{plus, short, today};
use crate::cli::program::Program;
use crate::driver::App;

/// How many stops the tab key may need to go round the window.
const ROUND: usize = 120;

impl App {
    /// What has the keyboard, as it is read out.
    async fn at(&self) -> String {
        let js = "const e = document.activeElement; \
            const label = e.labels?.length ? e.labels[0].innerText : null; \
            return (e.getAttribute('aria-label') ?? label ?? e.innerText ?? '').replace(/\\s+/g, ' ').trim()";
        self.script(js, vec![json!(null)]).await.as_str().unwrap_or_default().to_owned()
    }

    /// Presses Tab until what begins with this has the keyboard.
    pub(super) async fn tab_to(&self, name: &str) {
        self.tab_until(name, |here| here.starts_with(name)).await;
    }

    /// Presses Tab until what is called exactly so has the keyboard, and presses that.
    pub(super) async fn tab_and_press(&self, name: &str) {
        self.tab_until(name, |here| here == name).await;
        self.press("Enter").await;
    }

    async fn tab_until(&self, name: &str, is_there: impl Fn(&str) -> bool) {
        let mut met = Vec::new();
        for _ in 0..ROUND {
            let here = self.at().await;
            if is_there(&here) {
                return;
            }
            met.push(here);
            self.press("Tab").await;
        }
        self.fail(&format!("Tab does not reach {name} but {met:?}")).await;
    }

    /// Waits until what contains this has the keyboard.
    pub(super) async fn wait_at(&self, part: &str) {
        let here = self.until(|| async { self.at().await.contains(part).then_some(()) }).await;
        if here.is_none() {
            self.fail(&format!("{part} should have the keyboard, and {} has it", self.at().await)).await;
        }
    }

    /// Types in place of what the field with the keyboard holds.
    pub(super) async fn retype(&self, text: &str) {
        self.press("Control+a").await;
        self.type_text(text).await;
    }

    /// Opens the slot that the marked cell lies under.
    async fn open_marked(&self) {
        self.press("Enter").await;
        self.wait_for(".inspector-form").await;
        self.wait_at_id("panel").await;
    }

    /// Closes what stands beside the week, and is in the week again.
    pub(super) async fn close_panel(&self) {
        self.press("Escape").await;
        self.wait_gone("#panel").await;
        self.wait_until("a cell has the keyboard", "return document.activeElement.matches('.cell')", vec![]).await;
    }
}

#[tokio::test]
async fn a_week_is_kept_by_keys_alone() {
    let program = Program::new();
    let app = App::open_on(&program).await;
    let [first, second, third] = [0, 1, 2].map(|week| plus(today(), 7 * week));
    let usual = |date: Date| format!("Choir, 18:00–19:30, St. Mary, {}", short(date));
    let cancelled = |date: Date| format!("Choir, cancelled, 18:00–19:30, St. Mary, {}", short(date));
    let changed = |date: Date| format!("Choir, changed, 20:00–21:30, was 18:00–19:30, St. Mary, {}", short(date));
    let no_slots: [&str; 0] = [];

    // A new slot, filled in from field to field.
    app.press("c").await;
    app.wait_at("Title").await;
    app.type_text("Choir").await;
    app.press("Tab").await;
    app.wait_at("Starts").await;
    app.retype("18:00").await;
    app.press("Tab").await;
    app.wait_at("Ends").await;
    app.retype("1930").await;
    app.tab_to("Place").await;
    app.type_text("St. Mary").await;
    app.press("Control+Enter").await;
    app.wait_toast("Choir added").await;
    app.wait_slots(&[usual(first)]).await;

    // The grid: the arrows find it, Enter opens it.
    app.close_panel().await;
    app.press("Control+Home").await;
    app.wait_at("00:00").await;
    for _ in 0..36 {
        app.press("ArrowDown").await;
    }
    app.wait_at("18:00").await;
    app.wait_at("Choir").await;

    // Next week it is at another time.
    app.press("PageDown").await;
    app.wait_slots(&[usual(second)]).await;
    app.wait_at("Choir").await;
    app.open_marked().await;
    app.tab_to("Starts").await;
    app.retype("20:00").await;
    app.press("Tab").await;
    app.retype("9:30 pm").await;
    app.press("Control+Enter").await;
    app.wait_toast(&format!("Choir changed on {}", short(second))).await;
    app.wait_slots(&[changed(second)]).await;
    app.close_panel().await;

    // The week after it is cancelled, by the key for it.
    app.press("j").await;
    app.wait_slots(&[usual(third)]).await;
    app.wait_at("Choir").await;
    app.open_marked().await;
    app.press("Delete").await;
    app.wait_toast(&format!("Choir cancelled on {}", short(third))).await;
    app.wait_slots(&[cancelled(third)]).await;

    // And put back.
    app.tab_to("Put back").await;
    app.press("Enter").await;
    app.wait_toast(&format!("Choir put back on {}", short(third))).await;
    app.wait_slots(&[usual(third)]).await;

    // Undo and redo.
    app.press("Control+z").await;
    app.wait_slots(&[cancelled(third)]).await;
    app.press("Control+Shift+z").await;
    app.wait_slots(&[usual(third)]).await;

    // To the trash and back.
    app.tab_to("Delete series").await;
    app.press("Enter").await;
    app.wait_toast("Choir deleted").await;
    app.wait_slots(&no_slots).await;
    app.tab_to("Trash").await;
    app.press("Enter").await;
    app.wait_for(".trash li").await;
    app.tab_to("Restore").await;
    app.press("Enter").await;
    app.wait_toast("Choir restored").await;
    app.wait_slots(&[usual(third)]).await;

    // A date is gone to by typing it, and a new process finds the same.
    app.press("Escape").await;
    app.press("g").await;
    app.wait_at_id("go-to-date").await;
    app.type_text(&second.to_string()).await;
    app.press("Enter").await;
    app.wait_slots(&[changed(second)]).await;
    app.press("k").await;
    app.wait_slots(&[usual(first)]).await;
    let app = app.restart().await;
    app.wait_slots(&[usual(first)]).await;
    app.press("j").await;
    app.wait_slots(&[changed(second)]).await;
    app.press("t").await;
    app.wait_slots(&[usual(first)]).await;
}
