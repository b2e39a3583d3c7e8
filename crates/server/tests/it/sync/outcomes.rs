//! Each outcome that `docs/wire/sync.md` names.

use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;
use weekwise_domain::{Displaced, Edit, ScheduleId, Weekday};

use super::{
    Device,
    device::{change, create, operation, push, series, time, title},
};
use crate::{person::Person, postgres::Database, running::Running};

/// Nothing is wrong with the rows: they add up to the checksum, and each is valid.
pub(super) async fn assert_sound(database: &Database) {
    let findings = weekwise_server::check::check(&mut database.connect().await).await.unwrap();
    let faults: Vec<_> = findings.iter().filter(|it| it.level == weekwise_server::check::Level::Fault).collect();
    assert_eq!(faults, [] as [&weekwise_server::check::Finding; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_goes_from_one_device_to_the_other_and_to_the_web_client_and_back() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::sign_up(&server, "ada").await;
    let (mut one, mut other) = (Device::of(&ada), Device::of(&ada));
    one.sync().await;
    one.edit(create(1, "Algebra", "09:00", "10:00"));
    one.edit(Edit::CancelDate { series_id: series(1), date: "2030-01-14".parse().unwrap(), reason: Box::default() });
    one.sync().await;
    other.sync().await;
    assert_eq!(other.titles(), ["Algebra"]);
    assert_eq!(one.file.view(), other.file.view());

    let week = ada.week("2030-01-07").await;
    assert_eq!(week[0]["startTime"], "09:00", "the web client shows it: {week}");
    assert_eq!(ada.week("2030-01-14").await, json!([]), "cancelled");
    let number = week[0]["scheduleId"].to_string();
    let moved = json!({ "scheduleId": number, "date": "2030-01-21", "startTime": "11:00", "endTime": "12:00" });
    assert_eq!(ada.mutate("scheduler.updateSlot", moved).await.status, StatusCode::OK);
    ada.create(2, "07:00", "08:00").await;
    one.sync().await;
    other.sync().await;
    let rows = one.file.view().to_domain();
    assert_eq!((rows.schedules.len(), rows.exceptions.len()), (2, 2), "what the web client did comes to the devices");
    assert_eq!(one.file.view(), other.file.view());
    assert_sound(&database).await;

    // A change of the web client, and then one on top of it on a device: no conflict.
    one.edit(Edit::PutBack { series_id: series(1), date: "2030-01-21".parse().unwrap() });
    one.sync().await;
    assert_eq!(one.copies(), 0);
    assert_eq!(ada.week("2030-01-21").await[0]["startTime"], "09:00");
    assert_sound(&database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_loses_is_superseded_and_kept_as_a_copy_that_can_be_resolved() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let (mut one, mut other) = (Device::of(&ada), Device::of(&ada));
    one.sync().await;
    one.edit(create(1, "Algebra", "09:00", "10:00"));
    one.sync().await;
    other.sync().await;
    other.edit_an_hour_ago(change(1, title("Earlier")));
    one.edit(change(1, title("Later")));
    one.sync().await;
    let (body, sent) = other.outgoing().expect("an edit waits");
    let reply = other.push_body(&body).await.json();
    assert_eq!(reply["ops"][0]["outcome"], "superseded", "{reply}");
    other.file.pushed(&sent, &serde_json::from_value(reply).unwrap());
    other.sync().await;
    one.sync().await;
    assert_eq!((one.titles(), one.copies()), (vec!["Later".to_owned()], 1));
    assert_eq!(one.file.view(), other.file.view());

    let copy = one.file.base.iter().find_map(|row| match row.key {
        weekwise_protocol::sync::RowKey::ConflictCopy(id) => Some(id),
        _ => None,
    });
    let mut id = || weekwise_protocol::sync::OpId(Uuid::now_v7());
    let mut recorder = weekwise_sync::client::Recorder { id: &mut id, now_ms: 0 };
    let matter = weekwise_domain::Matter::Conflict(copy.unwrap().0);
    let dealt = weekwise_domain::Change::Dealt { matter, before: false, after: true };
    assert_eq!(one.file.record(&[dealt], &mut recorder).unwrap().len(), 1, "it is open");
    one.sync().await;
    other.sync().await;
    assert_eq!(other.copies(), 0, "dealt with everywhere");
    assert_sound(&database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_followed_is_told_out_of_the_trash_and_shortened() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let (mut one, mut other) = (Device::of(&ada), Device::of(&ada));
    one.sync().await;
    one.edit(create(1, "Algebra", "09:00", "10:00"));
    one.edit(create(2, "Biology", "11:00", "12:00"));
    one.sync().await;
    other.sync().await;
    one.edit(Edit::Trash { series_id: series(1) });
    let (displaced, first_weekday) = (Displaced::Carry, Weekday::MONDAY);
    one.edit(Edit::ChangeFollowing {
        series_id: series(2),
        date: "2030-03-04".parse().unwrap(),
        new_id: ScheduleId(Uuid::from_u128(3)),
        patch: Box::new(title("Botany")),
        displaced,
        first_weekday,
    });
    one.sync().await;
    other.edit(change(1, title("Geometry")));
    other.edit(change(2, time("13:00", "14:00")));
    let (body, sent) = other.outgoing().unwrap();
    let reply = other.push_body(&body).await.json();
    let fates = [&reply["ops"][0]["also"], &reply["ops"][1]["also"]];
    assert_eq!(*fates[0], json!([{ "fate": "restored", "schedule": series(1) }]), "{reply}");
    assert_eq!(*fates[1], json!([{ "fate": "shortened", "schedule": series(2) }]), "{reply}");
    other.file.pushed(&sent, &serde_json::from_value(reply).unwrap());
    other.sync().await;
    one.sync().await;
    assert_eq!(one.titles(), ["Biology", "Botany", "Geometry"]);
    assert_eq!(one.file.view(), other.file.view());
    assert_sound(&database).await;
}

/// What everything is that belongs to pushes, but for when they came and how many.
async fn state(database: &Database) -> Vec<String> {
    let mut all = database.rows("SELECT user_id, rev, next_integer_id, checksum, epoch, bytes FROM head").await;
    for table in ["schedule", "exception", "setting", "tombstone", "conflict_copy", "operation", "mark"] {
        all.extend(
            database.rows(&format!("SELECT '{table}' AS name, it::text AS row FROM {table} it ORDER BY 2")).await,
        );
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn redelivery_changes_nothing_and_is_answered_as_before() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let mut device = Device::of(&ada);
    device.sync().await;
    device.edit(create(1, "Algebra", "09:00", "10:00"));
    device.edit(change(1, title("Geometry")));
    device.edit(Edit::Trash { series_id: series(1) });
    device.edit(Edit::Purge { series_id: series(1) });
    let (body, sent) = device.outgoing().unwrap();
    let first = device.push_body(&body).await;
    assert_eq!(first.status, StatusCode::OK, "{first:?}");
    let before = state(&database).await;
    for _ in 0..3 {
        let again = device.push_body(&body).await;
        assert_eq!(again.json(), first.json());
    }
    // Also in another spelling, and after other edits.
    let spelt: Value = serde_json::from_str(&serde_json::to_string_pretty(&json!(body)).unwrap()).unwrap();
    assert_eq!(ada.post("/v1/sync/push", spelt).await.json()["ops"], first.json()["ops"]);
    assert_eq!(state(&database).await, before);
    device.file.pushed(&sent, &serde_json::from_value(first.json()).unwrap());
    device.sync().await;
    assert_eq!(device.titles(), [""; 0]);
    assert_sound(&database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_reason_to_reject_an_operation_fails_no_other() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let mut device = Device::of(&ada);
    device.sync().await;
    let [unknown, bad, needs, good, nul, pair] = [1, 2, 3, 4, 5, 6].map(Uuid::from_u128);
    let nowhere = "0190a000-0000-7000-8000-00000000000f";
    let fine = operation(good, ("setting", "clock", "setting"), None, json!("h24"));
    let ops = [
        operation(unknown, ("schedule", nowhere, "active"), None, json!(true)),
        operation(bad, ("setting", "slot_limit", "setting"), None, json!(25)),
        operation(needs, ("setting", "time_zone", "setting"), Some(json!({ "op": bad })), json!("Europe/Berlin")),
        fine.clone(),
        operation(
            nul,
            ("exception", &format!("{nowhere} 2030-01-07"), "exception"),
            None,
            json!({ "kind": "cancelled", "x": "a\u{0}" }),
        ),
        json!({ "op": pair, "what": "ever" }),
        json!("no operation"),
        operation(Uuid::from_u128(7), ("sched\u{0}ule", "x\u{0}", "y\u{0}"), None, json!(null)),
    ];
    let reply = ada.post("/v1/sync/push", push(&device, &ops)).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let reply = reply.json();
    let why = |at: usize| reply["ops"][at]["reason"]["why"].as_str().unwrap_or_default().to_owned();
    let reasons: Vec<_> = (0..8).map(why).collect();
    let malformed = "malformed";
    assert_eq!(
        reasons,
        ["unknown_row", malformed, "depends_on", "", malformed, malformed, malformed, malformed],
        "{reply}"
    );
    assert_eq!(reply["ops"][3]["outcome"], "applied");
    assert_eq!(reply["ops"][6]["op"], json!(null), "it did not say who it is");
    assert_eq!(reply["ops"][0]["reason"]["row"], format!("schedule {nowhere}"));

    // The same id with another body.
    let other = operation(good, ("setting", "clock", "setting"), None, json!("h12"));
    let reply = ada.post("/v1/sync/push", push(&device, &[other])).await.json();
    assert_eq!(reply["ops"][0]["reason"]["why"], "id_reused", "{reply}");
    let reply = ada.post("/v1/sync/push", push(&device, &[fine])).await.json();
    assert_eq!(reply["ops"][0]["outcome"], "applied", "as before: {reply}");

    // A full account takes no more, but less of it.
    device.sync().await;
    device.edit(create(1, "Algebra", "09:00", "10:00"));
    device.sync().await;
    database.run("UPDATE head SET bytes = 64 * 1024 * 1024").await;
    device.edit(create(2, "Biology", "11:00", "12:00"));
    device.edit(Edit::Trash { series_id: series(1) });
    device.sync().await;
    let reasons: Vec<_> = device.rejected.iter().map(|it| format!("{it:?}")).collect();
    assert!(reasons.len() == 1 && reasons[0].contains("Limit"), "{reasons:?}");
    assert_eq!(device.titles(), [""; 0], "the trash is no growth");
    assert_sound(&database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_the_server_does_not_know_are_kept_whoever_edits() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let mut device = Device::of(&ada);
    device.sync().await;
    device.edit(create(1, "Algebra", "09:00", "10:00"));
    device.sync().await;
    let id = series(1).to_string();
    let later = json!({ "title": "Geometry", "icon": { "name": "△", "size": 1.5 } });
    let base = json!({ "rev": device.file.cursor });
    let op = operation(Uuid::from_u128(9), ("schedule", &id, "details"), Some(base), later);
    let mut op = op;
    op["epoch"] = json!(device.file.epoch);
    let reply = ada.post("/v1/sync/push", push(&device, &[op])).await.json();
    assert_eq!(reply["ops"][0]["outcome"], "applied", "{reply}");
    device.sync().await;
    device.edit(change(1, title("Algebra again")));
    device.sync().await;
    let reply = device.ask_page(10).await;
    assert_eq!(reply.status, StatusCode::OK);
    let mut fresh = Device::of(&ada);
    fresh.sync().await;
    let page = serde_json::to_string(&fresh.file.base.iter().cloned().collect::<Vec<_>>()).unwrap();
    assert!(page.contains("△") && page.contains("Algebra again"), "{page}");
}
