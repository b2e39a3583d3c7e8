//! What a person does in the window again and again, and what they then see.

use std::fmt::Debug;
use std::time::Duration;

use fantoccini::Locator;
use serde_json::json;
use weekwise_domain::{Date, Weekday};

use crate::cli::program::Program;
use crate::driver::{App, Launch};

impl App {
    /// Opens the window on a folder, on a system that begins weeks on Monday and counts 24 hours.
    pub(super) async fn open_on(program: &Program) -> Self {
        let app = Launch::new(&program.folder()).env("LC_ALL", "C.UTF-8").start().await;
        app.resize(1280, 800).await;
        app
    }

    /// Waits until what is asked for is as expected, and says what it is where it stays different.
    pub(super) async fn wait_equal<T, F>(&self, told: &str, expected: &T, ask: impl Fn() -> F)
    where
        T: PartialEq + Debug,
        F: Future<Output = T>,
    {
        let held = self.until(|| async { (ask().await == *expected).then_some(()) }).await;
        if held.is_none() {
            let found = ask().await;
            self.fail(&format!("{told} should be\n{expected:#?}\nand is\n{found:#?}")).await;
        }
    }

    /// The slots in view as they are read out, in their order.
    pub(super) async fn slots(&self) -> Vec<String> {
        self.labels(".slot:not(.draft)").await
    }

    /// Waits until the week in view shows exactly these slots.
    pub(super) async fn wait_slots<S: AsRef<str>>(&self, expected: &[S]) {
        let expected: Vec<String> = expected.iter().map(|label| label.as_ref().to_owned()).collect();
        self.wait_equal("the week", &expected, || self.slots()).await;
    }

    /// The names that elements have for those who hear the page.
    pub(super) async fn labels(&self, css: &str) -> Vec<String> {
        let js = "return [...document.querySelectorAll(arguments[0])].map(e => e.getAttribute('aria-label') ?? '')";
        let labels = self.script(js, vec![json!(css)]).await;
        serde_json::from_value(labels).expect("labels are texts")
    }

    /// Presses a button.
    pub(super) async fn push(&self, name: &str) {
        self.click_named("button", name).await;
    }

    /// Opens a slot by its label.
    pub(super) async fn open_slot(&self, label: &str) {
        self.push(label).await;
        self.wait_for(".inspector-form").await;
    }

    /// Replaces what a field holds.
    pub(super) async fn fill_in(&self, field: &str, text: &str) {
        self.click_named("textbox", field).await;
        let has_keyboard = "return document.activeElement === arguments[0]";
        let element = serde_json::to_value(self.named("textbox", field).await).expect("an element has a reference");
        self.wait_until(&format!("{field} has the keyboard"), has_keyboard, vec![element]).await;
        self.press("Control+a").await;
        self.press("Delete").await;
        self.wait_equal(&format!("{field}, emptied,"), &String::new(), || self.value_of("textbox", field)).await;
        self.type_text(text).await;
    }

    /// What a field holds.
    pub(super) async fn value_of(&self, role: &str, field: &str) -> String {
        let element = self.named(role, field).await;
        element.prop("value").await.expect("the field is there").unwrap_or_default()
    }

    /// Chooses in a list that folds out.
    pub(super) async fn choose(&self, field: &str, option: &str) {
        let list = self.named("combobox", field).await;
        list.select_by_label(option).await.unwrap_or_else(|error| panic!("{field} has no {option}: {error}"));
    }

    /// Chooses one of a group by what stands on it first.
    pub(super) async fn pick(&self, choice: &str) {
        let path = format!("//fieldset//label[span[normalize-space(text())='{choice}']]");
        let chosen =
            self.until(|| async { self.client().find(Locator::XPath(&path)).await.ok()?.click().await.ok() }).await;
        if chosen.is_none() {
            self.fail(&format!("{choice} cannot be chosen")).await;
        }
    }

    /// Begins a new slot by the mouse on a time in the week in view, which begins on Monday.
    pub(super) async fn begin_at(&self, date: Date, hour: u8) {
        let (row, column) = (u16::from(hour) * 2, date.weekday().days_after(Weekday::MONDAY));
        let cell = format!(".cell[data-row='{row}'][data-column='{column}']");
        self.wait_for(&cell).await;
        let js = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })";
        self.script(js, vec![json!(cell)]).await;
        // Two clicks are one double click only within the system's time for it, which a busy machine overruns now and
        // then. A click alone marks the cell and no more, so that they can be made again.
        for _ in 0..5 {
            // In an empty week one click begins. The form makes room for itself, so a late second one would meet another day.
            match self.all(".welcome").await.is_empty() {
                true => self.double_click(&cell).await,
                false => self.click(&cell).await,
            }
            let is_begun = || async {
                // Not by `:focus`, which matches in the window in front only.
                let js = "return document.activeElement.id === 'slot-title'";
                (self.script(js, Vec::new()).await == json!(true)).then_some(())
            };
            if tokio::time::timeout(Duration::from_secs(3), self.until(is_begun)).await.is_ok() {
                return;
            }
        }
        self.fail("a double click begins no slot").await;
    }

    /// Waits until the message at the foot of the window says this.
    pub(super) async fn wait_toast(&self, text: &str) {
        let expected = vec![text.to_owned()];
        self.wait_equal("the toast", &expected, || self.texts(".toast > span")).await;
    }

    /// Waits until the week in view is that of a date, by its heads.
    pub(super) async fn wait_week_of(&self, date: Date) {
        let monday = date.week_start(Weekday::MONDAY);
        let expected: Vec<String> = (0..7).map(|day| super::dates::plus(monday, day).ymd().2.to_string()).collect();
        self.wait_equal("the days in view", &expected, || self.texts(".head b")).await;
    }

    /// Goes to the week of a date by typing it.
    pub(super) async fn go_to(&self, date: Date) {
        self.type_date_to_go_to(date).await;
        self.wait_week_of(date).await;
    }

    /// Waits until an element has the keyboard, as a person waits for the caret before typing.
    pub(super) async fn wait_at_id(&self, id: &str) {
        let js = "return document.activeElement.id === arguments[0]";
        self.wait_until(&format!("#{id} has the keyboard"), js, vec![json!(id)]).await;
    }

    /// Opens the field for a date to go to, and types it there.
    pub(super) async fn type_date_to_go_to(&self, date: Date) {
        self.click("h1 button").await;
        self.wait_at_id("go-to-date").await;
        self.type_text(&date.to_string()).await;
        self.press("Enter").await;
    }
}
