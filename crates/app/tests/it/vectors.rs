//! Every case of the recurrence vectors, through import and storage.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Desk, data_json, window};

/// Ids in the order of the vectors' numbers, for the order of occurrences may hang on them.
fn id(number: &Value) -> String {
    Uuid::from_u128(u128::from(number.as_u64().unwrap())).to_string()
}

fn file(case: &Value) -> Value {
    let schedules = case["slots"].as_array().unwrap().iter().map(|slot| {
        let mut row = slot.clone();
        row["id"] = id(&slot["id"]).into();
        row
    });
    let exceptions = case["exceptions"].as_array().unwrap().iter().map(|exception| {
        let mut row = exception.clone();
        row.as_object_mut().unwrap().remove("slot_id");
        row["series_id"] = id(&exception["slot_id"]).into();
        row
    });
    json!({
        "format": "weekwise",
        "version": 1,
        "schedules": schedules.collect::<Vec<_>>(),
        "exceptions": exceptions.collect::<Vec<_>>(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_case_holds() {
    let Value::Array(cases) = data_json("vectors/expansion.json")["cases"].take() else { panic!("cases") };
    assert_eq!(cases.len(), 200);
    // Several at once: most of the time goes into waiting for the disk.
    let mut running = tokio::task::JoinSet::new();
    for case in cases {
        running.spawn(async move { hold(&case).await });
        if running.len() == 8 {
            running.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
}

async fn hold(case: &Value) {
    let name = case["name"].as_str().unwrap();
    let desk = Desk::new().await;
    desk.import(file(case)).await;
    let ids: BTreeMap<String, &Value> =
        case["slots"].as_array().unwrap().iter().map(|slot| (id(&slot["id"]), &slot["id"])).collect();
    let bounds = &case["window"];
    let window = window(bounds["from"].as_str().unwrap(), bounds["to"].as_str().unwrap());
    let lines = desk.app.occurrences(window).await.unwrap();
    let found: Vec<Value> = lines
        .iter()
        .map(|line| {
            json!({
                "slot_id": ids[&line.schedule_id.to_string()],
                "original_date": line.original_date,
                "date": line.date,
                "start": line.start,
                "end": line.end,
                "is_exception": line.is_exception,
            })
        })
        .collect();
    assert_eq!(&Value::from(found), &case["expected"], "{name}");
}
