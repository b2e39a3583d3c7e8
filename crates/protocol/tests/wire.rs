//! `docs/wire/sync.md` says what is on the wire: each of its blocks is read into its type and written back.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;
use weekwise_protocol::sync::{
    Devices, Head, HeldReply, OpReply, Operation, Page, Push, PushReply, Refusal, Row, Value,
};

const PAGE: &str = include_str!("../../../docs/wire/sync.md");

/// The blocks that name a type, with the line on which each begins.
fn blocks() -> Vec<(usize, &'static str, Json)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, &str, String)> = None;
    for (number, line) in (1..).zip(PAGE.lines()) {
        match (&mut open, line) {
            (None, _) => open = line.strip_prefix("```json ").map(|name| (number, name, String::new())),
            (Some(_), "```") => {
                let (at, name, text) = open.take().unwrap();
                let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("line {at}: {error}"));
                found.push((at, name, json));
            }
            (Some((.., text)), line) => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    found
}

fn both_ways<T: Serialize + DeserializeOwned>(at: usize, json: &Json) -> T {
    let read: T = serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("line {at}: {error}"));
    assert_eq!(serde_json::to_value(&read).unwrap(), *json, "line {at}: it is written as the page says");
    read
}

/// What is not understood is kept as it is, so that it would pass for right.
fn assert_understood(at: usize, rows: &[Row]) {
    for row in rows {
        let strange = row.registers.values().find(|it| matches!(it.value, Value::Other(_)));
        assert_eq!(strange, None, "line {at}: {}", row.key);
    }
}

#[test]
fn the_page_and_the_types_agree() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, name, json) in blocks() {
        *seen.entry(name).or_default() += 1;
        match name {
            "Page" => assert_understood(at, &both_ways::<Page>(at, &json).rows),
            "Push" => {
                let push: Push = both_ways(at, &json);
                assert_understood(at, &push.held);
                push.ops.iter().for_each(|op| drop(both_ways::<Operation>(at, op)));
            }
            "PushReply" => drop(both_ways::<PushReply>(at, &json)),
            "OpReply" => drop(both_ways::<OpReply>(at, &json)),
            "HeldReply" => drop(both_ways::<HeldReply>(at, &json)),
            "Refusal" => drop(both_ways::<Refusal>(at, &json)),
            "Head" => drop(both_ways::<Head>(at, &json)),
            "Devices" => drop(both_ways::<Devices>(at, &json)),
            other => panic!("line {at}: {other} is no type of the wire"),
        }
    }
    let expected = [
        ("Devices", 1),
        ("Head", 1),
        ("HeldReply", 1),
        ("OpReply", 7),
        ("Page", 2),
        ("Push", 2),
        ("PushReply", 2),
        ("Refusal", 10),
    ];
    assert_eq!(seen, BTreeMap::from(expected));
}
