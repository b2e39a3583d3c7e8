//! Rows to read in with the command line, and what is stored, in short.

use serde_json::{Value, json};
use weekwise_domain::{Date, Weekday};

use super::dates::{monday, plus};
use crate::cli::program::Program;

pub(super) fn id(number: u8) -> String {
    format!("01a0e707-2400-76d1-b9b5-0000000000{number:02x}")
}

/// A slot that has been there every week for eight weeks, up to this one and on. Days count from Sunday, which is 0.
pub(super) fn slot(number: u8, times: (u8, &str, &str), title: &str, location: &str, color: &str) -> Value {
    let (day, start, end) = times;
    let weekday = Weekday::try_from(day).expect("a weekday");
    json!({
        "id": id(number), "day_of_week": day, "start": start, "end": end, "title": title, "location": location,
        "color": color, "valid_from": plus(monday(), i32::from(weekday.days_after(Weekday::MONDAY)) - 56).to_string(),
    })
}

/// A row with some keys set otherwise.
pub(super) fn with(mut row: Value, more: Value) -> Value {
    if let (Some(row), Value::Object(more)) = (row.as_object_mut(), more) {
        row.extend(more);
    }
    row
}

pub(super) fn exception(number: u8, date: Date, kind: &str, more: Value) -> Value {
    with(json!({ "series_id": id(number), "date": date.to_string(), "kind": kind }), more)
}

/// The text of a file.
pub(super) fn file(schedules: &[Value], exceptions: &[Value]) -> String {
    json!({ "format": "weekwise", "version": 1, "schedules": schedules, "exceptions": exceptions }).to_string()
}

/// Reads rows in with the command line.
pub(super) fn import(program: &Program, schedules: &[Value], exceptions: &[Value]) {
    let ran = program.import(&program.file("rows.json", file(schedules, exceptions)));
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

/// A data folder that holds these rows.
pub(super) fn folder(schedules: &[Value], exceptions: &[Value]) -> Program {
    let program = Program::new();
    import(&program, schedules, exceptions);
    program
}

/// What is stored for some weeks, in short: date, time, title, place, whether it is an exception.
pub(super) fn stored(program: &Program, from: Date, weeks: i32) -> Vec<String> {
    let lines = program.week_json(&from.to_string(), &plus(from, 7 * weeks - 1).to_string());
    let text = |line: &Value, key: &str| line[key].as_str().expect("a text").to_owned();
    let told = |line: &Value| {
        let [date, start, end, title, place] = ["date", "start", "end", "title", "location"].map(|key| text(line, key));
        let mark = if line["is_exception"] == Value::Bool(true) { " changed" } else { "" };
        format!("{date} {start}-{end} {title} @ {place}{mark}")
    };
    lines.as_array().expect("a list").iter().map(told).collect()
}

/// Everything that is stored, as a file of it says.
pub(super) fn exported(program: &Program) -> Value {
    let path = program.path("export.json");
    program.done(["export".as_ref(), path.as_os_str(), "--force".as_ref()]);
    let text = std::fs::read_to_string(&path).expect("the export can be read");
    serde_json::from_str(&text).expect("the export is JSON")
}
