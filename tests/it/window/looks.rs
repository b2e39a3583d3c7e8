//! How every screen and state looks: axe-core finds nothing to object to in light or dark, wide or narrow.
//! With `WEEKWISE_SCREENSHOTS=1` the pictures in `docs/screenshots/` are taken anew.

mod accounts;
mod bus;
mod gallery;
mod sample;
mod sync;

use weekwise_domain::Date;

use super::dates::{long, monday, plus, short};
use crate::cli::program::Program;
use crate::driver::{App, Launch};
use accounts::{accounts as account_panel, keyring as keyring_states};
use gallery::Gallery;
use sync::{changes as sync_changes, misfits as sync_misfits, rejected as sync_rejected, states as sync_states};

macro_rules! in_both_themes {
    ($($name:ident)*) => { $(
        mod $name {
            #[tokio::test]
            async fn light() {
                super::$name("Light").await;
            }
            #[tokio::test]
            async fn dark() {
                super::$name("Dark").await;
            }
        }
    )* };
}
in_both_themes!(an_empty_week a_full_week weeks slots editing trouble);
in_both_themes!(account_panel keyring_states sync_states sync_changes sync_rejected sync_misfits);

async fn an_empty_week(theme: &'static str) {
    let program = Program::new();
    let app = App::open_on(&program).await;
    let mut gallery = Gallery::open(app, theme).await;
    gallery.show("week-empty").await;
    gallery.app.press("v").await;
    gallery.app.wait_for(".weeks").await;
    gallery.show("weeks-empty").await;
    gallery.app.press("v").await;
    gallery.app.wait_for(".grid").await;

    gallery.app.begin_at(plus(monday(), 1), 9).await;
    gallery.show("new-slot").await;
    gallery.app.type_text("Night shift").await;
    gallery.app.fill_in("Starts", "22:00").await;
    gallery.app.fill_in("Ends", "2:00").await;
    gallery.app.wait_for_text(".problem", "A slot ends by 24:00.").await;
    gallery.show("new-slot-past-midnight").await;
    gallery.app.fill_in("Starts", "25:00").await;
    gallery.app.fill_in("First date", "32 Nov").await;
    gallery.app.fill_in("Until", "soon").await;
    gallery.show("new-slot-problems").await;
    gallery.app.push("Discard").await;

    gallery.app.push("Trash").await;
    gallery.app.wait_for_text(".panel", "The trash is empty.").await;
    gallery.show("trash-empty").await;
    gallery.app.push("Help").await;
    gallery.app.wait_for_text(".panel", "Last snapshot").await;
    gallery.show("help").await;
    gallery.app.push("Settings").await;
    gallery.app.wait_for("#set-time-zone option[value='Europe/Berlin']").await;
    gallery.show("settings").await;
    let bad = program.file("bad.json", sample::bad_file());
    let input = gallery.app.find(".settings input[type=file]").await;
    input.send_keys(&bad.display().to_string()).await.expect("a file can be chosen");
    gallery.app.wait_for_text(".refusal", "Nothing was imported.").await;
    gallery.show("import-problems").await;
    gallery.done();
}

async fn a_full_week(theme: &'static str) {
    let program = sample::term();
    let app = App::open_on(&program).await;
    let mut gallery = Gallery::open(app, theme).await;
    gallery.show("week").await;

    gallery.app.resize(1024, 700).await;
    gallery.app.push("Calendar and changes").await;
    gallery.show_at("side-bar", &[(1024, 700), (640, 800)]).await;
    gallery.app.press("Escape").await;
    gallery.app.resize(1280, 800).await;

    gallery.app.click("h1 button").await;
    gallery.app.wait_at_id("go-to-date").await;
    gallery.app.type_text("3 mar").await;
    gallery.show("go-to-date").await;
    gallery.app.press("Escape").await;

    gallery.app.click(".fold").await;
    gallery.app.wait_for(".day-panel").await;
    gallery.show("day").await;
    gallery.app.press("Escape").await;

    gallery.app.push("Trash 2").await;
    gallery.app.wait_for(".trash li").await;
    gallery.show("trash").await;
    gallery.app.push("Close").await;

    gallery.app.open_slot(&format!("Thesis block, 09:00–12:00, Library, {}", short(plus(monday(), 4)))).await;
    gallery.app.push(&format!("Cancel {} 1 date", short(plus(monday(), 4)))).await;
    gallery.app.wait_for(".toast").await;
    gallery.app.push("Close").await;
    gallery.show_toast("toast").await;

    gallery.app.push("Settings").await;
    gallery.app.choose("Clock", "12 hours (1:30 PM)").await;
    gallery.app.choose("Weeks begin on", "Sunday").await;
    gallery.app.wait_for_text(".head:nth-of-type(2)", "Sun").await;
    gallery.app.push("Close").await;
    gallery.show("week-12-hours").await;
    gallery.done();
}

async fn weeks(theme: &'static str) {
    let program = sample::term();
    let app = App::open_on(&program).await;
    let mut gallery = Gallery::open(app, theme).await;
    let thursday = plus(monday(), 3);
    gallery.app.push("Weeks").await;
    gallery.app.wait_for(".weeks").await;
    gallery.show("weeks").await;

    let changed = format!("Organic chemistry, changed, 10:00–11:30, was 08:30–10:00, Lab 1, {}", short(thursday));
    gallery.app.open_slot(&changed).await;
    gallery.app.wait_for_text(".note", "Changed on this date.").await;
    gallery.show("weeks-slot").await;
    gallery.app.push("Close").await;
    gallery.app.push(&format!("Add slot, {}", long(thursday))).await;
    gallery.app.wait_for(".draft").await;
    gallery.show_at("weeks-new-slot", &[(1280, 800)]).await;
    gallery.app.push("Discard").await;

    for (date, name) in [(Date::MIN, "weeks-beginning"), (Date::MAX, "weeks-end")] {
        gallery.app.go_among_weeks(date).await;
        gallery.show_at(name, &[(1280, 800)]).await;
    }
    gallery.app.press("t").await;
    gallery.app.push("Settings").await;
    gallery.app.choose("Clock", "12 hours (1:30 PM)").await;
    gallery.app.choose("Weeks begin on", "Sunday").await;
    gallery.app.click_named("checkbox", "Hide Saturday and Sunday in the week").await;
    gallery.app.wait_for(".days-5").await;
    gallery.app.push("Close").await;
    gallery.show("weeks-12-hours").await;
    gallery.done();
}

async fn slots(theme: &'static str) {
    let program = sample::term();
    let app = App::open_on(&program).await;
    let mut gallery = Gallery::open(app, theme).await;
    let [wednesday, thursday] = [2, 3].map(|day| plus(monday(), day));
    gallery.app.open_slot(&format!("Statistics, 09:00–10:30, Room 110, {}", short(wednesday))).await;
    gallery.show("slot").await;
    gallery.app.click("#slot-date + .icon-button").await;
    gallery.app.wait_for(".popover .mini-month").await;
    gallery.show("date-picker").await;
    gallery.app.press("Escape").await;

    let cancelled = format!("Studio, cancelled, 15:00–16:30, Public holiday, Atelier 3, {}", short(wednesday));
    gallery.app.open_slot(&cancelled).await;
    gallery.app.wait_for_text(".note", "Cancelled on this date.").await;
    gallery.show("slot-cancelled").await;

    let changed = format!("Organic chemistry, changed, 10:00–11:30, was 08:30–10:00, Lab 1, {}", short(thursday));
    gallery.app.open_slot(&changed).await;
    gallery.app.wait_for_text(".note", "Changed on this date.").await;
    gallery.show("slot-changed").await;
    gallery.done();
}

async fn editing(theme: &'static str) {
    let program = sample::term();
    let app = App::open_on(&program).await;
    let mut gallery = Gallery::open(app, theme).await;
    let [wednesday, thursday] = [2, 3].map(|day| plus(monday(), day));
    let changed = format!("Organic chemistry, changed, 10:00–11:30, was 08:30–10:00, Lab 1, {}", short(thursday));
    gallery.app.open_slot(&changed).await;
    gallery.app.wait_for_text(".note", "Changed on this date.").await;
    gallery.app.pick("This and following").await;
    gallery.app.fill_in("Starts", "8:15").await;
    gallery.app.wait_for_text(".consequences", "changed date").await;
    gallery.show("slot-following").await;

    gallery.app.pick("Whole series").await;
    gallery.app.choose("Weekday", "Wednesday").await;
    gallery.app.wait_for_text(".consequences", "move along").await;
    gallery.app.wait_for_text(".consequences", "Overlaps").await;
    gallery.app.click(".ledger summary").await;
    gallery.show("slot-series").await;
    gallery.app.push("Discard changes").await;
    gallery.app.push("Close").await;

    gallery.app.begin_at(wednesday, 17).await;
    gallery.app.type_text("Yoga").await;
    gallery.app.push("Add to week").await;
    gallery.app.wait_for(".refusal").await;
    gallery.show("slot-limit").await;
    std::fs::remove_file(program.folder().join("local.sqlite")).expect("the data file can be removed");
    gallery.app.push("Allow 4").await;
    gallery.app.wait_for_text(".refusal", "The data file is gone.").await;
    gallery.show("save-failed").await;
    gallery.done();
}

async fn trouble(theme: &'static str) {
    let program = sample::term();
    // The second start of the day takes its snapshot of what the first one left.
    program.week_json("2026-01-01", "2026-01-01");
    let file = program.folder().join("local.sqlite");
    std::fs::write(&file, "not a database".repeat(1000)).expect("the data file can be damaged");
    for left in ["local.sqlite-wal", "local.sqlite-shm"] {
        // There is none after a clean end.
        let _ = std::fs::remove_file(program.folder().join(left));
    }
    let app = App::open_on(&program).await;
    let mut gallery = Gallery::open(app, theme).await;
    gallery.app.wait_for_text(".notices", "The data file was damaged.").await;
    gallery.show("notice").await;
    gallery.done();

    let program = Program::new();
    std::fs::create_dir_all(program.folder().join("local.sqlite")).expect("a folder can be in the way");
    let app = Launch::new(&program.folder()).open().await;
    app.wait_for(".welcome").await;
    let mut gallery = Gallery::without_settings(app, theme).await;
    gallery.show("no-data").await;
    gallery.done();
}
