//! A file as a whole: what it is, and that no row stands in it twice.

use std::collections::BTreeMap;

use serde_json::Value;
use weekwise_domain::{Exception, ExceptionKey, Schedule, Setting};

use crate::{
    FORMAT, MAX_BYTES, VERSION, exception,
    fields::{Fields, Problem},
    kind::{ID, named},
    schedule, settings,
};

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// Schedules, those in the trash too.
    pub schedules: Vec<Schedule>,
    /// What is different on single dates.
    pub exceptions: Vec<(ExceptionKey, Exception)>,
    /// Settings.
    pub settings: Vec<Setting>,
}

/// Reads the text of a file.
///
/// # Errors
/// Every bad place of the file, in the file's order by kind: schedules, exceptions, settings.
///
/// ```
/// let text = r#"{"format": "weekwise", "version": 1, "schedules": [{"id": "7"}]}"#;
/// let problems = weekwise_interchange::read(text).unwrap_err();
/// assert_eq!(problems[1].to_string(), r#"schedules[0].day_of_week: missing: a weekday from 0 (Sunday) to 6 (Saturday) belongs here"#);
/// ```
pub fn read(text: &str) -> Result<Document, Vec<Problem>> {
    let value = parse(text).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let document = read_value(&value, &mut problems);
    if problems.is_empty() { Ok(document) } else { Err(problems) }
}

fn parse(text: &str) -> Result<Value, Problem> {
    if text.len() > MAX_BYTES {
        let reason = format!("{} MiB is too much: a file may have 64 MiB", text.len().div_ceil(1024 * 1024));
        return Err(Problem::new("file", reason));
    }
    // Some editors begin a file with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Problem::new("file", "it is empty"));
    }
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let words = error.to_string();
        let place = format!(" at line {line} column {column}");
        let reason = words.strip_suffix(&place).unwrap_or(&words);
        Problem::new(format!("line {line}, column {column}"), format!("this is not JSON: {reason}"))
    })
}

fn read_value(value: &Value, problems: &mut Vec<Problem>) -> Document {
    let mut document = Document::default();
    if !is_ours(value, problems) {
        return document;
    }
    let mut first_with_id = BTreeMap::new();
    for (i, row) in rows(value, "schedules", problems).iter().enumerate() {
        let Some(mut row) = Fields::of(row, format!("schedules[{i}]"), "a schedule (an object)", problems) else {
            continue;
        };
        let id = row.required("id", ID);
        if let Some(first) = id.and_then(|id| earlier(&mut first_with_id, id, i)) {
            row.problem("id", format!("the same id as schedules[{first}]: every schedule has its own"));
        }
        document.schedules.extend(schedule::read(&mut row, id));
    }
    let mut first_with_key = BTreeMap::new();
    for (i, row) in rows(value, "exceptions", problems).iter().enumerate() {
        let Some(mut row) = Fields::of(row, format!("exceptions[{i}]"), "an exception (an object)", problems) else {
            continue;
        };
        let key = exception::read_key(&mut row);
        if let Some(first) = key.and_then(|key| earlier(&mut first_with_key, key, i)) {
            let reason = format!("the same series and date as exceptions[{first}]: a date has at most one exception");
            row.problem("", reason);
        }
        document.exceptions.extend(exception::read(&mut row).and_then(|exception| Some((key?, exception))));
    }
    if let Some(value) = value.get("settings").filter(|value| !value.is_null())
        && let Some(mut object) = Fields::of(value, "settings".to_owned(), "an object", problems)
    {
        document.settings = settings::read(&mut object);
    }
    document
}

/// Whether the file says that it is one that this version reads. If not, its rows mean nothing.
fn is_ours(value: &Value, problems: &mut Vec<Problem>) -> bool {
    let begins = format!("a Weekwise file begins with {{\"format\": \"{FORMAT}\", \"version\": {VERSION}");
    if !value.is_object() {
        problems.push(Problem::new("file", format!("it holds {}, but {begins}", named(value))));
        return false;
    }
    match value.get("format") {
        Some(Value::String(format)) if format == FORMAT => {}
        found => {
            let found = found.map_or("missing".to_owned(), |value| format!("{} is not ours", named(value)));
            problems.push(Problem::new("format", format!("{found}: {begins}")));
        }
    }
    match value.get("version").map(|value| (value, value.as_i64())) {
        Some((_, Some(VERSION))) => {}
        Some((_, Some(newer))) if newer > VERSION => {
            let reason = format!("the file has version {newer}, and this Weekwise reads {VERSION}: update Weekwise");
            problems.push(Problem::new("version", reason));
        }
        found => {
            let found = found.map_or("missing".to_owned(), |(value, _)| format!("{} is no version", named(value)));
            problems.push(Problem::new("version", format!("{found}: {begins}")));
        }
    }
    problems.is_empty()
}

/// The rows of a list that may be absent.
fn rows<'a>(value: &'a Value, key: &str, problems: &mut Vec<Problem>) -> &'a [Value] {
    match value.get(key) {
        None | Some(Value::Null) => &[],
        Some(Value::Array(rows)) => rows,
        Some(other) => {
            problems.push(Problem::new(key, format!("{} where a list belongs", named(other))));
            &[]
        }
    }
}

/// Where a key was first seen, if it was.
fn earlier<K: Ord>(seen: &mut BTreeMap<K, usize>, key: K, at: usize) -> Option<usize> {
    let first = *seen.entry(key).or_insert(at);
    (first != at).then_some(first)
}
