//! A day of edits of all kinds while the server is not there, with another start of the program in the middle of it.

use std::time::Duration;

use serde_json::Value;
use weekwise_domain::Date;

use super::Service;
use crate::cli::program::Program;
use crate::driver::App;
use crate::sync::signed_in;
use crate::window::dates::{monday, plus, short};
use crate::window::rows::exported;

/// How many edits the day has.
const EDITS: usize = 30;

/// By then a device has tried again: after a day the server is asked every five minutes, and after these edits every two at most.
const TRIES_WITHIN: Duration = Duration::from_secs(150);

/// What is done to each slot of the first week, from Monday on.
const SLOTS: [(i32, u8, &str); 10] = [
    (0, 9, "Algebra"),
    (0, 14, "Office hours"),
    (1, 8, "Chemistry"),
    (1, 16, "Piano"),
    (2, 9, "Statistics"),
    (2, 15, "Studio"),
    (3, 10, "Seminar"),
    (3, 18, "Choir"),
    (4, 9, "Thesis"),
    (5, 10, "Climbing"),
];

/// A slot of an hour as it is read out.
fn usual(title: &str, date: Date, hour: u8) -> String {
    format!("{title}, {hour:02}:00–{:02}:00, {}", hour + 1, short(date))
}

impl App {
    async fn open_usual(&self, title: &str, date: Date, hour: u8) {
        self.open_slot(&usual(title, date, hour)).await;
    }

    async fn save(&self, told: &str) {
        self.press("Control+Enter").await;
        self.wait_toast(told).await;
    }
}

/// Signs in, and then does all of the day's edits while the server is not there. They wait then.
async fn day_of(program: &Program, service: &mut Service, email: &str) -> App {
    let app = App::open_on(program).await;
    app.sign_in(service, email).await;
    app.press("Escape").await;
    service.stop();
    for (day, hour, title) in SLOTS {
        app.add(day, hour, title).await;
    }
    this_week(&app).await;
    app.wait_status("Offline, 20 waiting").await;
    let app = app.restart().await;
    app.resize(1280, 800).await;
    app.wait_status("Offline, 20 waiting").await;
    next_week(&app).await;
    app.wait_status(&format!("Offline, {EDITS} waiting")).await;
    app
}

/// Ten edits in the week in which the slots begin.
async fn this_week(app: &App) {
    let day = |days: i32| plus(monday(), days);
    app.open_usual("Algebra", day(0), 9).await;
    app.pick("Whole series").await;
    app.fill_in("Title", "Linear algebra").await;
    app.fill_in("Place", "Room 204").await;
    app.save("Linear algebra changed").await;

    app.open_usual("Chemistry", day(1), 8).await;
    app.fill_in("Starts", "8:30").await;
    app.fill_in("Ends", "10:00").await;
    app.save(&format!("Chemistry changed on {}", short(day(1)))).await;

    app.open_usual("Statistics", day(2), 9).await;
    app.fill_in("Date", &day(3).to_string()).await;
    app.save(&format!("Statistics moved from {}", short(day(2)))).await;

    app.open_usual("Choir", day(3), 18).await;
    app.push(&format!("Cancel {} 1 date", short(day(3)))).await;
    app.wait_toast(&format!("Choir cancelled on {}", short(day(3)))).await;
    app.open_usual("Thesis", day(4), 9).await;
    app.push(&format!("Cancel {} 1 date", short(day(4)))).await;
    app.wait_toast(&format!("Thesis cancelled on {}", short(day(4)))).await;
    app.push("Put back").await;
    app.wait_toast(&format!("Thesis put back on {}", short(day(4)))).await;

    app.open_usual("Piano", day(1), 16).await;
    app.click(".act.danger").await;
    app.wait_toast("Piano deleted").await;
    app.press("Control+z").await;
    app.wait_toast("Undone: Piano deleted").await;
    app.press("Control+Shift+z").await;
    app.wait_toast("Done again: Piano deleted").await;
    app.open_usual("Climbing", day(5), 10).await;
    app.click(".act.danger").await;
    app.wait_toast("Climbing deleted").await;
}

/// Ten more in the week after it, once the program was started again.
async fn next_week(app: &App) {
    let day = |days: i32| plus(monday(), 7 + days);
    // What was done before the start is taken back as well.
    app.press("Control+z").await;
    app.wait_toast("Undone: Climbing deleted").await;
    app.push("Trash 1").await;
    app.push("Restore Piano").await;
    app.wait_toast("Piano restored").await;
    app.push("Next week (J)").await;

    app.open_usual("Seminar", day(3), 10).await;
    app.pick("This and following").await;
    app.fill_in("Starts", "11:00").await;
    app.fill_in("Ends", "12:30").await;
    app.save(&format!("Seminar changed from {} on", short(day(3)))).await;

    app.open_usual("Office hours", day(0), 14).await;
    app.push_beginning(&format!("End the series before {}", short(day(0)))).await;
    app.wait_gone(&format!(".slot[aria-label='{}']", usual("Office hours", day(0), 14))).await;

    app.open_usual("Studio", day(2), 15).await;
    app.pick("Whole series").await;
    app.choose("Weekday", "Friday").await;
    app.save("Studio changed").await;

    app.open_usual("Studio", day(4), 15).await;
    app.fill_in("Place", "Atelier 3").await;
    app.save(&format!("Studio changed on {}", short(day(4)))).await;

    app.open_usual("Climbing", day(5), 10).await;
    app.pick("Whole series").await;
    app.choose("Repeats", "Every 2 weeks").await;
    app.save("Climbing changed").await;

    app.press("Escape").await;
    app.press(",").await;
    app.choose("Slots a weekday may have", "5").await;
    app.wait_toast("Setting changed").await;
    app.press("Escape").await;
    app.begin_at(day(6), 11).await;
    app.type_text("Tea").await;
    app.choose("Repeats", "Only on this date").await;
    app.save("Tea added").await;
    app.open_usual("Tea", day(6), 11).await;
    app.fill_in("Notes", "At the grandparents'").await;
    app.save("Tea changed").await;
}

impl App {
    /// Presses the first button whose name begins so: the numbers after it are not what is looked at.
    async fn push_beginning(&self, name: &str) {
        let path = format!("//button[starts-with(normalize-space(.), '{name}')]");
        let by = fantoccini::Locator::XPath(&path);
        let pushed = self.until(|| async { self.client().find(by).await.ok()?.click().await.ok() }).await;
        if pushed.is_none() {
            self.fail(&format!("no button {name}")).await;
        }
    }

    /// Waits for as long as it may take until the server is tried again.
    async fn wait_status_patiently(&self, text: &str) {
        let says = || async { self.texts(".status").await.iter().any(|it| it.contains(text)).then_some(()) };
        if self.until_within(TRIES_WITHIN, says).await.is_none() {
            self.fail(&format!("no {text} within {} s", TRIES_WITHIN.as_secs())).await;
        }
    }
}

/// All that another device of the person has from the server.
fn on_the_server(service: &Service, email: &str) -> Value {
    let device = signed_in(service.url(), email);
    device.done(["sync", "--once"]);
    exported(&device)
}

#[tokio::test]
async fn a_day_of_edits_is_on_the_server_once_it_is_back() {
    let mut service = Service::start();
    let email = service.sign_up("ada");
    let program = Program::new();
    let app = day_of(&program, &mut service, &email).await;
    let made = exported(&program);
    service.go_on();
    // Nobody touches anything.
    app.wait_status_patiently("Synced").await;
    assert_eq!(on_the_server(&service, &email), made);
    assert_eq!(exported(&program), made);
}

#[tokio::test]
async fn a_day_of_edits_takes_one_sign_in_where_the_session_has_ended() {
    let mut service = Service::start();
    let email = service.sign_up("ada");
    let program = Program::new();
    let app = day_of(&program, &mut service, &email).await;
    let made = exported(&program);
    service.end_all_sessions();
    service.go_on();
    app.wait_status_patiently(&format!("Sign in again, {EDITS} waiting")).await;
    app.sign_in_again().await;
    app.wait_status("Synced").await;
    assert_eq!(on_the_server(&service, &email), made);
    assert_eq!(exported(&program), made);
}
