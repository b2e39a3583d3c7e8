//! The recurrence vectors, made with another library (`tests/data/vectors/README.md`).
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;

use common::{every, schedule_id, series_id, weekday};
use serde::Deserialize;
use weekwise_domain::*;

#[derive(Deserialize)]
struct Vectors {
    format: String,
    version: u32,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    window: DateRange,
    slots: Vec<Slot>,
    exceptions: Vec<Difference>,
    expected: Vec<Expected>,
}

#[derive(Deserialize)]
struct Slot {
    id: u64,
    day_of_week: u8,
    start: Minute,
    end: Minute,
    valid_from: Date,
    valid_until: Option<Date>,
    every_n_weeks: i64,
}

#[derive(Deserialize)]
struct Difference {
    slot_id: u64,
    date: Date,
    kind: String,
    start: Option<Minute>,
    end: Option<Minute>,
    moved_to: Option<Date>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Expected {
    slot_id: u64,
    original_date: Date,
    date: Date,
    start: Minute,
    end: Minute,
    is_exception: bool,
}

fn schedule(slot: &Slot) -> Schedule {
    Schedule {
        id: schedule_id(slot.id.into()),
        pattern: Pattern {
            series_id: series_id(slot.id.into()),
            day_of_week: weekday(slot.day_of_week),
            time: TimeRange::new(slot.start, slot.end).unwrap(),
            validity: Validity { from: slot.valid_from, until: slot.valid_until },
            every: every(slot.every_n_weeks),
        },
        details: Details::default(),
        active: true,
    }
}

fn exception(it: &Difference) -> (ExceptionKey, Exception) {
    let key = ExceptionKey { series_id: series_id(it.slot_id.into()), date: it.date };
    let exception = match it.kind.as_str() {
        "cancelled" => Exception::Cancelled(Cancellation::default()),
        "override" => {
            let time = TimeRange::new(it.start.unwrap(), it.end.unwrap()).unwrap();
            Exception::Override(Override { time: Some(time), moved_to: it.moved_to, ..Override::default() })
        }
        other => panic!("an unknown kind of exception: {other}"),
    };
    (key, exception)
}

#[test]
fn all_vectors_expand_as_expected() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/vectors/expansion.json");
    let vectors: Vectors = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!((vectors.format.as_str(), vectors.version), ("weekwise-recurrence-vectors", 1));
    let mut occurrences = 0;
    for case in &vectors.cases {
        let schedules: Vec<_> = case.slots.iter().map(schedule).collect();
        let exceptions: BTreeMap<_, _> = case.exceptions.iter().map(exception).collect();
        let found = expand(&schedules, &exceptions, case.window).into_iter().map(|it| Expected {
            slot_id: it.schedule.id.0.as_u128() as u64,
            original_date: it.original_date,
            date: it.date,
            start: it.time.start(),
            end: it.time.end(),
            is_exception: it.exception.is_some(),
        });
        assert_eq!(found.collect::<Vec<_>>(), case.expected, "case {}", case.name);
        occurrences += case.expected.len();
    }
    assert_eq!((vectors.cases.len(), occurrences), (200, 2753));
}
