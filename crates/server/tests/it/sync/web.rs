//! What the web client does, as devices see it.

use reqwest::StatusCode;
use serde_json::{Value, json};
use weekwise_protocol::sync::Page;

use super::{
    Device,
    device::{change, create, series, title},
    outcomes::assert_sound,
};
use crate::{person::Person, postgres::Database, running::Running};

/// The rows that a device has not pulled yet, as they come over the wire.
async fn news(device: &Device<'_>) -> Vec<Value> {
    let reply = device.ask_page(2_000).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    serde_json::from_str::<Page>(&reply.text).expect("it is a page");
    reply.json()["rows"].as_array().expect("a page has rows").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_its_writes_takes_a_revision_and_is_of_the_device_web() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let mut device = Device::of(&ada);
    device.sync().await;

    let number = ada.create(1, "09:00", "10:00").await;
    let id = number.to_string();
    let moved = json!({ "scheduleId": id, "date": "2030-01-14", "startTime": "11:00", "endTime": "12:00" });
    let cancelled = json!({ "scheduleId": id, "date": "2030-01-21" });
    let gone = json!({ "scheduleId": id });
    // Each with the registers that it writes, and what they hold then.
    let calls = [
        ("", json!({}), "schedule", json!(["active", "details", "pattern"]), json!(true)),
        ("updateSlot", moved, "exception", json!(["exception"]), json!("override")),
        ("deleteSlot", cancelled, "exception", json!(["exception"]), json!("cancelled")),
        ("deleteSchedule", gone, "schedule", json!(["active"]), json!(false)),
    ];
    for (rev, (procedure, input, kind, registers, value)) in (1..).zip(calls) {
        if !procedure.is_empty() {
            let reply = ada.mutate(&format!("scheduler.{procedure}"), input).await;
            assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        }
        let rows = news(&device).await;
        assert_eq!(rows.len(), 1, "{procedure}: {rows:?}");
        assert_eq!((&rows[0]["kind"], &rows[0]["rev"]), (&json!(kind), &json!(rev)), "{procedure}");
        let all = rows[0]["registers"].as_object().expect("a row has registers");
        let written: Vec<_> = all.iter().filter(|(_, it)| it["rev"] == rev).map(|(name, _)| name).collect();
        assert_eq!(json!(written), registers, "{procedure}");
        for register in all.values() {
            assert_eq!(register["by"], "web", "{register}");
            let age = chrono::Utc::now().timestamp_millis() - register["at"].as_i64().expect("a moment");
            assert!((0..60_000).contains(&age), "{register}");
        }
        let register = &all[written[0]];
        let held = if kind == "schedule" { &register["value"] } else { &register["value"]["kind"] };
        assert_eq!(*held, value, "{procedure}");
        device.pull(100).await;
    }
    assert_eq!(database.rows("SELECT rev FROM head").await, ["4"], "and nothing else took one");
    assert_eq!(database.rows("SELECT DISTINCT device FROM operation").await, ["web"]);
    assert_sound(&database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_and_a_device_that_do_not_know_of_each_other_lose_nothing() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let mut device = Device::of(&ada);
    device.sync().await;
    device.edit(create(1, "Algebra", "09:00", "10:00"));
    device.sync().await;
    let number = ada.week("2030-01-07").await[0]["scheduleId"].to_string();

    // The browser deletes the series; the device, which has not heard of it, gives it another title.
    let reply = ada.mutate("scheduler.deleteSchedule", json!({ "scheduleId": number })).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    device.edit(change(1, title("Geometry")));
    let (body, sent) = device.outgoing().unwrap();
    let reply = device.push_body(&body).await.json();
    assert_eq!(reply["ops"][0]["also"], json!([{ "fate": "restored", "schedule": series(1) }]), "{reply}");
    device.file.pushed(&sent, &serde_json::from_value(reply).unwrap());
    device.sync().await;
    assert_eq!(device.titles(), ["Geometry"]);
    assert_eq!(ada.week("2030-01-07").await.as_array().map(Vec::len), Some(1));

    // Both change the same date: the later one holds, the other is kept.
    device.edit(weekwise_domain::Edit::CancelDate {
        series_id: series(1),
        date: "2030-01-14".parse().unwrap(),
        reason: Box::default(),
    });
    let moved = json!({ "scheduleId": number, "date": "2030-01-14", "startTime": "11:00", "endTime": "12:00" });
    assert_eq!(ada.mutate("scheduler.updateSlot", moved).await.status, StatusCode::OK);
    device.sync().await;
    assert_eq!(ada.week("2030-01-14").await[0]["startTime"], "11:00");
    assert_eq!(device.copies(), 1);
    assert_sound(&database).await;
}
