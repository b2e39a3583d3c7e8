//! A university term, entered once by hand and once from a file; every date comes out as in files that
//! python-dateutil and holidays made (tests/data/term).

use std::collections::BTreeMap;

use serde_json::{Value, json};
use weekwise_domain::Date;

use super::dates::short;
use crate::cli::program::Program;
use crate::driver::App;

const FIRST: &str = "2026-10-01";
const LAST: &str = "2027-02-28";

fn data(name: &str) -> Value {
    let path = format!("{}/tests/data/term/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn text<'a>(step: &'a Value, key: &str) -> Option<&'a str> {
    step[key].as_str()
}

fn date(step: &Value, key: &str) -> Date {
    text(step, key).and_then(|date| date.parse().ok()).unwrap_or_else(|| panic!("{step} has no {key}"))
}

#[tokio::test]
async fn a_term_is_entered_by_hand() {
    let program = Program::new();
    let app = App::open_on(&program).await;
    app.press(",").await;
    app.choose("Slots a weekday may have", "4").await;
    app.wait_toast("Setting changed").await;
    app.press("Escape").await;

    let steps = data("window.json");
    let mut week = super::dates::monday();
    for step in steps.as_array().expect("a list of steps") {
        let title = text(step, "title").expect("every step is about a slot");
        match text(step, "do") {
            Some("create") => create(&app, step, title).await,
            Some("change_date") => {
                open(&app, &mut week, step, title).await;
                retype(&app, step).await;
                app.press("Control+Enter").await;
                let was = short(date(step, "date"));
                let done = if step["new_date"].is_null() { "changed on" } else { "moved from" };
                app.wait_toast(&format!("{title} {done} {was}")).await;
            }
            Some("cancel_date") => {
                open(&app, &mut week, step, title).await;
                let date = short(date(step, "date"));
                app.push(&format!("Cancel {date} 1 date")).await;
                app.wait_toast(&format!("{title} cancelled on {date}")).await;
            }
            Some("this_and_following") => {
                open(&app, &mut week, step, title).await;
                app.pick("This and following").await;
                retype(&app, step).await;
                app.press("Control+Enter").await;
                app.wait_toast(&format!("{title} changed from {} on", short(date(step, "date")))).await;
            }
            other => panic!("{other:?} is no step"),
        }
        app.press("Escape").await;
    }

    assert_eq!(without_ids(program.week_json(FIRST, LAST)), by_title(data("expected-window.json")));
}

async fn create(app: &App, step: &Value, title: &str) {
    app.press("c").await;
    app.wait_for("#slot-title").await;
    app.fill_in("Title", title).await;
    app.fill_in("First date", &date(step, "first_date").to_string()).await;
    retype(app, step).await;
    if step["until"] == step["first_date"] {
        app.choose("Repeats", "Only on this date").await;
    } else {
        app.fill_in("Until", text(step, "until").expect("every series of the term ends")).await;
        match step["every"].as_i64() {
            Some(1) => {}
            weeks => app.choose("Repeats", &format!("Every {} weeks", weeks.expect("a number of weeks"))).await,
        }
    }
    if let Some(notes) = text(step, "notes").filter(|notes| !notes.is_empty()) {
        app.fill_in("Notes", notes).await;
    }
    app.click(&format!(".swatch.{}", text(step, "color").expect("every slot has a colour"))).await;
    app.press("Control+Enter").await;
    app.wait_toast(&format!("{title} added")).await;
}

/// Opens a slot on a date, in its week.
async fn open(app: &App, week: &mut Date, step: &Value, title: &str) {
    let date = date(step, "date");
    let monday = date.week_start(weekwise_domain::Weekday::MONDAY);
    if *week != monday {
        app.go_to(date).await;
        *week = monday;
    }
    let (begins, ends) = (format!("{title}, "), format!(", {}", short(date)));
    let found = app
        .until(|| async { app.slots().await.into_iter().find(|it| it.starts_with(&begins) && it.ends_with(&ends)) })
        .await;
    match found {
        Some(label) => {
            // Out from under the heads of the days, as one scrolls before one clicks.
            let js = "[...document.querySelectorAll('.slot')].find(slot => slot.ariaLabel === arguments[0])\
                ?.scrollIntoView({ block: 'center' })";
            app.script(js, vec![json!(label)]).await;
            app.open_slot(&label).await;
        }
        None => app.fail(&format!("no {title} on {date} but {:?}", app.slots().await)).await,
    }
}

/// Types what a step names among times, date and place.
async fn retype(app: &App, step: &Value) {
    for (key, field) in [("start", "Starts"), ("end", "Ends"), ("new_date", "Date"), ("location", "Place")] {
        if let Some(value) = text(step, key) {
            app.fill_in(field, value).await;
        }
    }
}

fn without_ids(mut lines: Value) -> Value {
    for line in lines.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        line.remove("schedule_id");
        line.remove("series_id");
    }
    by_title(lines)
}

/// Of those at one time, by title: the ids that order them otherwise are not of the file.
fn by_title(mut lines: Value) -> Value {
    if let Some(lines) = lines.as_array_mut() {
        lines.sort_by_key(|line| ["date", "start", "end", "title"].map(|key| line[key].to_string()));
    }
    lines
}

#[tokio::test]
async fn a_term_is_read_in_from_a_file() {
    let program = Program::new();
    let app = App::open_on(&program).await;
    let file = format!("{}/tests/data/term/term.json", env!("CARGO_MANIFEST_DIR"));
    app.find("input[type='file']").await.send_keys(&file).await.expect("the file can be chosen");
    let expected = data("expected.json");
    app.wait_gone(".welcome").await;
    assert_eq!(program.week_json(FIRST, LAST), expected);

    // Each day of some weeks shows what the file of expectations has for it.
    let mut days: BTreeMap<Date, Vec<String>> = BTreeMap::new();
    for line in expected.as_array().expect("a list") {
        let [title, start, end] = ["title", "start", "end"].map(|key| text(line, key).unwrap_or_default());
        days.entry(date(line, "date")).or_default().push(format!("{title} {start}–{end}"));
    }
    for day in ["2026-10-12", "2026-11-16", "2026-11-23", "2026-12-21", "2027-01-18"] {
        let monday: Date = day.parse().expect("a date");
        app.go_to(monday).await;
        let of_week = days.range(monday..=super::dates::plus(monday, 6)).flat_map(|(_, slots)| slots.clone());
        let mut of_week: Vec<String> = of_week.collect();
        of_week.sort();
        app.wait_equal(&format!("the week of {day}"), &of_week, || shown(&app)).await;
    }
}

/// Title and time of what takes place in the week in view, in the order of the alphabet.
async fn shown(app: &App) -> Vec<String> {
    let js = "return [...document.querySelectorAll('.slot:not(.gone)')].map(slot => slot.getAttribute('aria-label'))";
    let labels: Vec<String> =
        serde_json::from_value(app.script(js, vec![json!(null)]).await).expect("labels are texts");
    let told = labels.iter().map(|label| {
        let parts: Vec<&str> = label.split(", ").collect();
        let is_time = |part: &&&str| part.contains('–') && part.starts_with(|c: char| c.is_ascii_digit());
        let time = parts.iter().position(|part| is_time(&part)).unwrap_or_else(|| panic!("no time in {label}"));
        let title = parts[..time].iter().filter(|part| **part != "changed").copied().collect::<Vec<_>>().join(", ");
        format!("{title} {}", parts[time])
    });
    let mut told: Vec<String> = told.collect();
    told.sort();
    told
}
