//! Several devices and servers at once.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    Device,
    device::{create, operation, push, series, time},
    outcomes::assert_sound,
};
use crate::{person::Person, postgres::Database, running::Running};

#[tokio::test(flavor = "multi_thread")]
async fn devices_that_push_at_once_over_two_servers_lose_nothing_and_pull_without_gaps() {
    let database = Database::ready().await;
    let servers = [Running::start(&database), Running::start(&database)];
    let ada = Person::made(&servers[0], &database, "ada").await;
    let persons = [ada.at(&servers[0]), ada.at(&servers[1])];
    let mut devices: Vec<Device<'_>> = (0..6).map(|n| Device::of(&persons[n % 2])).collect();
    for device in &mut devices {
        device.sync().await;
    }
    for round in 0..4_u128 {
        for (n, device) in devices.iter_mut().enumerate() {
            let id = 1 + round * 100 + n as u128;
            device.edit(create(id, &format!("{id}"), "09:00", "10:00"));
            device.edit(super::device::change(id, time("10:00", "11:00")));
        }
        // Each pushes and pulls in small pages while the others write.
        futures_util::future::join_all(devices.iter_mut().map(|device| async {
            device.sync().await;
            device.pull(3).await;
        }))
        .await;
    }
    for device in &mut devices {
        device.sync().await;
    }
    for device in &devices {
        assert_eq!(device.titles().len(), 24);
        assert_eq!(device.file.view(), devices[0].file.view());
        assert_eq!((device.copies(), device.rejected.len()), (devices[0].copies(), 0));
    }
    assert_sound(&database).await;
    let revs = "SELECT count(*) = count(DISTINCT rev) FROM (SELECT rev FROM schedule UNION ALL SELECT rev FROM setting \
        UNION ALL SELECT rev FROM conflict_copy) it";
    assert_eq!(database.rows(revs).await, ["true"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_at_the_slot_limit_each_add_a_slot_and_both_see_all() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let (mut one, mut other) = (Device::of(&ada), Device::of(&ada));
    one.sync().await;
    one.edit(create(1, "Algebra", "08:00", "09:00"));
    one.sync().await;
    other.sync().await;
    one.edit(create(2, "Biology", "10:00", "11:00"));
    other.edit(create(3, "Chess", "12:00", "13:00"));
    for _ in 0..2 {
        one.sync().await;
        other.sync().await;
    }
    assert_eq!(one.titles(), ["Algebra", "Biology", "Chess"]);
    assert_eq!(other.titles(), one.titles());
    assert_eq!(series(1).to_string().len(), 36);
}

#[tokio::test(flavor = "multi_thread")]
async fn pushes_of_one_person_that_wait_keep_nobody_else_waiting() {
    let database = Database::ready().await;
    let server = Running::start_at(&format!("{}&connection_limit=3", database.url), &[]);
    let (ada, bob) = (Person::made(&server, &database, "ada").await, Person::made(&server, &database, "bob").await);
    let mut device = Device::of(&ada);
    device.sync().await;
    device.edit(create(1, "Algebra", "08:00", "09:00"));
    device.sync().await;
    let mut elsewhere = database.connect().await;
    sqlx::raw_sql("BEGIN; SELECT FROM head WHERE user_id = 'ada' FOR UPDATE").execute(&mut elsewhere).await.unwrap();

    let body = push(&device, &[]);
    let pushes = futures_util::future::join_all((0..10).map(|_| ada.post("/v1/sync/push", body.clone())));
    let others = async {
        let waiting =
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        while database.rows(waiting).await != ["true"] {}
        for _ in 0..20 {
            let reply =
                timeout(Duration::from_secs(8), bob.get("/v1/sync/devices")).await.expect("there is a connection left");
            assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        }
        sqlx::raw_sql("ROLLBACK").execute(&mut elsewhere).await.unwrap();
    };
    let (replies, ()) = futures_util::future::join(pushes, others).await;
    assert!(replies.iter().all(|reply| reply.status == StatusCode::OK), "{replies:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_stay_small_however_large_the_rows_are() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let mut device = Device::of(&ada);
    device.sync().await;
    for n in 0..30_u128 {
        let key = format!("{} 2030-01-{:02}", series(1), n + 1);
        let value = json!({ "kind": "cancelled", "later": "x".repeat(900_000) });
        let op = operation(Uuid::from_u128(1 + n), ("exception", &key, "exception"), None, value);
        let reply = ada.post("/v1/sync/push", push(&device, &[op])).await.json();
        assert_eq!(reply["ops"][0]["outcome"], "applied");
    }
    let (mut since, mut pages) = (0, 0);
    while since < 30 {
        let reply = ada.get(&format!("/v1/sync/pull?proto=1&since={since}")).await;
        assert!(reply.text.len() <= 4 * 1024 * 1024, "{}", reply.text.len());
        let next = reply.json()["next"]["rev"].as_i64().expect("a page has an end");
        assert!(next > since, "it leads on");
        (since, pages) = (next, pages + 1);
    }
    assert!(pages >= 10, "{pages}");
    let mut fresh = Device::of(&ada);
    fresh.sync().await;
    assert_eq!(fresh.file.base.len(), 30);
}
