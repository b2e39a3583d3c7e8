//! What a device may send, and how much of it is kept.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use futures_util::future::join_all;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;
use weekwise_domain::Edit;

use super::{
    Device,
    device::{create, operation, push, series},
    outcomes::assert_sound,
};
use crate::{
    person::{Person, Reply, send},
    postgres::Database,
    running::Running,
};

const PRODUCTION: [(&str, &str); 2] = [("NODE_ENV", "production"), ("BETTER_AUTH_URL", "http://localhost:3000")];

/// A push that is compressed.
async fn push_zipped(person: &Person, body: &[u8]) -> Reply {
    let mut zip = GzEncoder::new(Vec::new(), Compression::best());
    zip.write_all(body).unwrap();
    let request = person.request(Method::POST, "/v1/sync/push").header(header::CONTENT_TYPE, "application/json");
    send(request.header(header::CONTENT_ENCODING, "gzip").body(zip.finish().unwrap())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_count_what_comes_out_of_compression() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let mut device = Device::of(&ada);
    device.sync().await;
    device.edit(create(1, "Algebra", "09:00", "10:00"));
    let (right, sent) = device.outgoing().unwrap();
    let reply = push_zipped(&ada, json!(right).to_string().as_bytes()).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    device.file.pushed(&sent, &serde_json::from_str(&reply.text).unwrap());

    // A quarter of a megabyte that comes to a quarter of a gigabyte.
    let mut bomb = json!(right).to_string().into_bytes();
    bomb.resize(256 * 1024 * 1024, b' ');
    // A connection on which more was sent than is read does not last.
    let reply = push_zipped(&ada.at(&server), &bomb).await;
    let too_large = json!({ "error": "too_large", "max_ops": 500, "max_bytes": 1024 * 1024 });
    assert_eq!((reply.status, reply.json()), (StatusCode::PAYLOAD_TOO_LARGE, too_large.clone()));

    device.sync().await;
    let mut held = push(&device, &[]);
    let row = json!(device.file.base.iter().next().expect("a schedule was pulled"));
    held["held"] = json!(vec![row; 501]);
    let reply = ada.post("/v1/sync/push", held).await;
    assert_eq!((reply.status, reply.json()), (StatusCode::PAYLOAD_TOO_LARGE, too_large));

    // What is not what it says it is.
    let broken = ada.request(Method::POST, "/v1/sync/push").header(header::CONTENT_TYPE, "application/json");
    let reply = send(broken.header(header::CONTENT_ENCODING, "gzip").body("no gzip")).await;
    assert_eq!((reply.status, &reply.json()["error"]), (StatusCode::BAD_REQUEST, &json!("malformed")));
    let other = ada.request(Method::POST, "/v1/sync/push").header(header::CONTENT_TYPE, "application/json");
    let reply = send(other.header(header::CONTENT_ENCODING, "br").body("x")).await;
    assert_eq!((reply.status, &reply.json()["error"]), (StatusCode::BAD_REQUEST, &json!("malformed")));
    assert_sound(&database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_account_takes_no_more_rows_but_less_of_what_it_has() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let mut device = Device::of(&ada);
    device.sync().await;
    device.edit(create(1, "Algebra", "09:00", "10:00"));
    device.sync().await;
    // Dates of other series fill it.
    let fill = "INSERT INTO exception (user_id, original_date, series_id, integer_id, rev, origin_epoch, origin_rev, op, created_at, \
        updated_at, kind) SELECT 'ada', '2030-01-14', gen_random_uuid(), 1000 + n, 1000 + n, 1, 1000 + n, gen_random_uuid(), now(), \
        now(), 'cancelled' FROM generate_series(1, 199999) n; UPDATE head SET rev = 201000";
    database.run(fill).await;
    let op = |id, key: &str, value| operation(Uuid::from_u128(id), ("exception", key, "exception"), None, value);
    let date = |date| format!("{} {date}", series(1));
    let of = |title: &str| json!({ "kind": "cancelled", "title": title });
    let mut body = push(&device, &[op(1, &date("2030-01-14"), of("Holiday"))]);
    body["trail"] = json!([]);
    let reply = ada.post("/v1/sync/push", body.clone()).await.json();
    assert_eq!(reply["ops"][0]["reason"]["why"], "limit", "{reply}");
    let mut trash = operation(Uuid::from_u128(2), ("schedule", &series(1).to_string(), "active"), None, json!(false));
    trash["writes"][0]["seen"] = json!({ "version": { device.file.epoch.unwrap().to_string(): 1 } });
    body["ops"] = json!([trash]);
    let number = database.rows("SELECT integer_id FROM schedule").await.remove(0);
    let slot = json!({ "scheduleId": number, "date": "2030-01-14", "startTime": "11:00", "endTime": "12:00" });
    let reply = ada.mutate("scheduler.updateSlot", slot).await;
    assert!(reply.status == StatusCode::BAD_REQUEST && reply.text.contains("The account is full"), "{reply:?}");
    let reply = ada.post("/v1/sync/push", body).await.json();
    assert_eq!(reply["ops"][0]["outcome"], "applied", "{reply}");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_counted_by_person_and_told_when_to_come_back() {
    let database = Database::ready().await;
    let server = Running::start_with(&database, &PRODUCTION);
    let (ada, bob) = (Person::made(&server, &database, "ada").await, Person::made(&server, &database, "bob").await);
    let (mut hers, mut his) = (Device::of(&ada), Device::of(&bob));
    hers.sync().await;
    his.sync().await;
    let body = push(&hers, &[]);
    let (pushes, pulls) = (async || ada.post("/v1/sync/push", body.clone()).await, async || hers.ask_page(1).await);
    assert_told(refused_of(pushes, 101).await);
    assert_told(refused_of(pulls, 201).await);
    // Who shares an address with somebody is not kept out.
    assert_eq!(bob.post("/v1/sync/push", push(&his, &[])).await.status, StatusCode::OK);
    assert_eq!(his.ask_page(1).await.status, StatusCode::OK);
}

/// One call more than is allowed, all at once. The one that is refused.
async fn refused_of(call: impl AsyncFn() -> Reply, calls: usize) -> Reply {
    let replies = join_all((0..calls).map(|_| call())).await;
    let mut refused: Vec<_> = replies.into_iter().filter(|reply| reply.status != StatusCode::OK).collect();
    // A call before them may still count.
    assert!((1..=2).contains(&refused.len()), "{refused:?}");
    refused.remove(0)
}

fn assert_told(reply: Reply) {
    assert_eq!((reply.status, reply.json()), (StatusCode::TOO_MANY_REQUESTS, json!({ "error": "too_many" })));
    let wait: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_told_when_it_has_pushed_too_much_for_a_day() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let mut device = Device::of(&ada);
    device.sync().await;
    device.edit(create(1, "Algebra", "09:00", "10:00"));
    device.sync().await;
    database.run("UPDATE head SET pushed_operations = 100000").await;
    let one = [operation(Uuid::from_u128(1), ("setting", "clock", "setting"), None, json!("h24"))];
    let reply = ada.post("/v1/sync/push", push(&device, &one)).await;
    assert_eq!((reply.status, reply.json()), (StatusCode::TOO_MANY_REQUESTS, json!({ "error": "too_many" })));
    let wait: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((86_000..=86_400).contains(&wait), "{wait}");
    database.run("UPDATE head SET pushed_since = pushed_since - interval '1 day'").await;
    assert_eq!(ada.post("/v1/sync/push", push(&device, &one)).await.status, StatusCode::OK);
    let counted = "SELECT pushed_operations, pushed_since > now() - interval '1 minute' FROM head";
    assert_eq!(database.rows(counted).await, ["1|true"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_can_have_seen_is_refused() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let mut device = Device::of(&ada);
    device.sync().await;
    device.edit(create(1, "Algebra", "09:00", "10:00"));
    device.sync().await;
    let epoch = device.file.epoch.unwrap();
    let id = series(1).to_string();
    let ahead = |version: Value| {
        let base = Some(json!({ "version": version }));
        operation(Uuid::now_v7(), ("schedule", &id, "details"), base, json!({ "title": "x" }))
    };
    let many: serde_json::Map<_, _> = (0..1001).map(|n| (Uuid::from_u128(n).to_string(), json!(1))).collect();
    let ops =
        [ahead(json!({ epoch.to_string(): i64::MAX })), ahead(json!({ epoch.to_string(): -1 })), ahead(json!(many))];
    let mut body = push(&device, &ops);
    let row = device.file.base.iter().next().expect("a schedule was pulled");
    let mut held = json!(row);
    held["registers"]["details"]["version"] = json!({ epoch.to_string(): 1_000 });
    body["held"] = json!([held]);
    let reply = ada.post("/v1/sync/push", body).await.json();
    for at in 0..3 {
        assert_eq!(reply["ops"][at]["reason"]["why"], "malformed", "{reply}");
    }
    assert_eq!(reply["held"][0]["reason"]["why"], "malformed", "{reply}");

    // A moment that is yet to come would win against all that follows.
    let mut later = json!(row);
    later["registers"]["details"]["version"] = json!({ Uuid::from_u128(5).to_string(): 1 });
    later["registers"]["details"]["at"] = json!(i64::MAX);
    later["registers"]["details"]["value"]["title"] = json!("Held");
    let mut body = push(&device, &[]);
    body["held"] = json!([later]);
    let reply = ada.post("/v1/sync/push", body).await.json();
    assert_eq!(reply["held"][0]["outcome"], "kept", "{reply}");
    device.sync().await;
    assert_eq!(device.titles(), ["Held"]);
    let at = "SELECT (stamps #>> '{details,at}')::bigint <= extract(epoch FROM now()) * 1000 FROM schedule";
    assert_eq!(database.rows(at).await, ["true"]);

    // The server's own names are no device's.
    for name in ["web", "adoption", "x"] {
        let mut body = push(&device, &[]);
        body["device_id"] = json!(name);
        let reply = ada.post("/v1/sync/push", body).await;
        assert_eq!((reply.status, &reply.json()["error"]), (StatusCode::BAD_REQUEST, &json!("malformed")), "{name}");
    }
    // Nothing that was refused is kept at length.
    let long = operation(Uuid::from_u128(7), ("setting", &"x".repeat(100_000), "setting"), None, json!(1));
    ada.post("/v1/sync/push", push(&device, &[long])).await;
    let kept = "SELECT pg_column_size(it.*) < 1000 FROM operation it WHERE op = '00000000-0000-0000-0000-000000000007'";
    assert_eq!(database.rows(kept).await, ["true"]);
    device.edit(Edit::Trash { series_id: series(1) });
    device.sync().await;
    assert_sound(&database).await;
}
