//! The recurrence vectors, through a file that is read in and the week that is printed.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use serde_json::{Value, json};

use super::program::Program;

const VECTORS: &str = include_str!("../../data/vectors/expansion.json");

/// Most of a case's time is spent waiting for the disk.
const THREADS: usize = 4;

#[test]
fn every_vector_is_printed_as_expected() {
    let vectors: Value = serde_json::from_str(VECTORS).expect("the vectors are JSON");
    let cases = vectors["cases"].as_array().expect("a list of cases");
    assert_eq!(cases.len(), 200);
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    check(case);
                }
            });
        }
    });
}

fn check(case: &Value) {
    let program = Program::new();
    let ran = program.import(&program.file("case.json", file(case).to_string()));
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", case["name"]);
    let window = |end: &str| case["window"][end].as_str().expect("a date").to_owned();
    let mut found = program.week_json(&window("from"), &window("to"));
    for line in found.as_array_mut().expect("a list") {
        let line = line.as_object_mut().expect("an object");
        for unnamed in ["series_id", "title", "location"] {
            line.remove(unnamed);
        }
    }
    let expected: Vec<_> = rows(case, "expected").map(|row| renamed(row, "schedule_id")).collect();
    assert_eq!(found, Value::Array(expected), "{}", case["name"]);
}

fn file(case: &Value) -> Value {
    let schedules: Vec<_> = rows(case, "slots")
        .map(|slot| {
            let mut row = slot.clone();
            row["id"] = id(&slot["id"]);
            row
        })
        .collect();
    let exceptions: Vec<_> = rows(case, "exceptions").map(|row| renamed(row, "series_id")).collect();
    json!({"format": "weekwise", "version": 1, "schedules": schedules, "exceptions": exceptions})
}

fn rows<'a>(case: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    case[key].as_array().expect("a list").iter()
}

/// The row with its `slot_id` as a UUID by another name.
fn renamed(row: &Value, name: &str) -> Value {
    let mut row = row.clone();
    let number = row.as_object_mut().expect("an object").remove("slot_id").expect("a slot_id");
    row[name] = id(&number);
    row
}

/// UUIDs in the order of the numbers.
fn id(number: &Value) -> Value {
    format!("00000000-0000-7000-8000-{:012x}", number.as_u64().expect("a number")).into()
}
