//! Each refusal of a whole request, and that none of them, whatever the body, is a failure of the server.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::{prelude::*, test_runner::TestRunner};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;
use weekwise_protocol::sync::EpochId;

use super::{
    Device,
    device::{create, operation, push},
    outcomes::assert_sound,
};
use crate::{
    person::{PASSWORD, Person, send},
    postgres::Database,
    running::Running,
};

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_has_its_status_and_its_word() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::sign_up(&server, "ada").await;
    let mut device = Device::of(&ada);
    device.sync().await;
    device.edit(create(1, "Algebra", "09:00", "10:00"));
    device.sync().await;
    let good = push(&device, &[]);
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let many: Vec<Value> =
        (0..501).map(|n| operation(Uuid::from_u128(n), ("setting", "clock", "setting"), None, json!(null))).collect();
    let long = json!([{ "op": Uuid::from_u128(1), "x": "x".repeat(1024 * 1024) }]);
    let cases = [
        (json!({}), 400, "malformed"),
        (json!([]), 400, "malformed"),
        (with("device_id", json!("No Device")), 400, "malformed"),
        (with("trail", json!("x")), 400, "malformed"),
        (with("proto", json!(2)), 400, "newer"),
        (with("proto", json!(0)), 426, "update"),
        (with("ops", json!(many)), 413, "too_large"),
        (with("ops", long), 413, "too_large"),
        (with("epoch", json!(EpochId(Uuid::from_u128(77)))), 409, "resync"),
    ];
    for (body, status, word) in cases {
        let reply = ada.post("/v1/sync/push", body).await;
        assert_eq!((reply.status.as_u16(), reply.json()["error"].as_str()), (status, Some(word)), "{reply:?}");
    }
    for (query, status, word) in [
        ("", 400, "malformed"),
        ("proto=1&since=x", 400, "malformed"),
        ("proto=0", 426, "update"),
        ("proto=9", 400, "newer"),
    ] {
        let reply = ada.get(&format!("/v1/sync/pull?{query}")).await;
        assert_eq!((reply.status.as_u16(), reply.json()["error"].as_str()), (status, Some(word)), "{reply:?}");
    }
    // Nobody, and a browser's cookie, which another site could make it send.
    for path in ["/v1/sync/pull?proto=1", "/v1/sync/events", "/v1/sync/devices"] {
        let nobody = send(reqwest::Client::new().get(server.at(path))).await;
        assert_eq!((nobody.status, nobody.json()), (StatusCode::UNAUTHORIZED, json!({ "error": "unauthorized" })));
        let page = send(ada.as_page(Method::GET, path)).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{page:?}");
    }
    // Gone for good: whoever was signed in is told so.
    assert_eq!(ada.post("/api/auth/delete-user", json!({ "password": PASSWORD })).await.status, StatusCode::OK);
    let reply = device.ask_page(10).await;
    assert_eq!((reply.status, reply.json()), (StatusCode::GONE, json!({ "error": "account_gone" })));
}

/// A value in place of one that is right, or beside it.
fn strange() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        Just(json!(i64::MAX)),
        Just(json!(i64::MIN)),
        Just(json!(1.5e300)),
        Just(json!("")),
        Just(json!("\u{0}")),
        Just(json!("0190a000-0000-7000-8000-00000000000f")),
        Just(json!([])),
        Just(json!({})),
        Just(json!({ "\u{0}": "\u{0}" })),
        Just(json!("x".repeat(5_000))),
        Just(json!({ "0190a000-0000-7000-8000-000000000001": i64::MAX })),
        Just(json!("9999-12-31")),
        Just(json!(true)),
        any::<String>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
    ]
}

/// Every place in a value, the deepest first.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            places(value, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found)
        }),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, value)| places(value, &format!("{at}/{n}"), found))
        }
        _ => {}
    }
    found.push(at.to_owned());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_body_makes_the_server_fail_or_reaches_another_person() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let (ada, bob) = (Person::made(&server, &database, "ada").await, Person::made(&server, &database, "bob").await);
    let mut bobs = Device::of(&bob);
    bobs.sync().await;
    bobs.edit(create(1, "Bob alone", "03:17", "04:17"));
    bobs.sync().await;
    let his = database.rows("SELECT it::text AS row FROM schedule it WHERE user_id = 'bob'").await;

    let mut device = Device::of(&ada);
    device.sync().await;
    device.edit(create(1, "Ada alone", "09:00", "10:00"));
    device.edit(weekwise_domain::Edit::CancelDate {
        series_id: super::device::series(1),
        date: "2030-01-14".parse().unwrap(),
        reason: Box::default(),
    });
    device.edit(weekwise_domain::Edit::Trash { series_id: super::device::series(1) });
    let (right, _) = device.outgoing().unwrap();
    let mut right = json!(right);
    // Rows that are held out are a part of it.
    let rows: Vec<Value> = bobs.file.base.iter().map(|row| json!(row)).collect();
    right["held"] = json!(rows);
    let mut all = Vec::new();
    places(&right, "", &mut all);

    let case = (proptest::collection::vec((any::<proptest::sample::Index>(), strange()), 1..4), any::<u128>());
    let answered = AtomicUsize::new(0);
    let runtime = tokio::runtime::Handle::current();
    let cases = tokio::task::block_in_place(|| {
        let mut runner =
            TestRunner::new(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() });
        runner.run(&case, |(changes, fresh)| {
            let mut body = right.clone();
            // Each case is a new operation, or it would only be known already.
            for n in 0..3 {
                body["ops"][n]["op"] = json!(Uuid::from_u128(fresh.wrapping_add(n as u128)));
            }
            for (at, value) in changes {
                if let Some(place) = body.pointer_mut(&all[at.index(all.len())]) {
                    *place = value;
                }
            }
            let reply = runtime.block_on(ada.post("/v1/sync/push", body.clone()));
            prop_assert!(!reply.status.is_server_error(), "{:?} to {body}", reply);
            prop_assert!(!reply.text.contains("03:17"), "{:?} tells of Bob", reply);
            answered.fetch_add(usize::from(reply.status == StatusCode::OK), Ordering::Relaxed);
            Ok(())
        })
    });
    cases.unwrap_or_else(|error| panic!("{error}\n{}", server.log()));
    assert!(answered.into_inner() > 50, "many of them were judged");
    assert_eq!(database.rows("SELECT it::text AS row FROM schedule it WHERE user_id = 'bob'").await, his);
    assert_sound_of_ada(&database).await;
}

/// Whatever was pushed, the rows add up. An exception without its schedule is no fault of the server.
async fn assert_sound_of_ada(database: &Database) {
    database.run("DELETE FROM exception WHERE false").await;
    let findings = weekwise_server::check::check(&mut database.connect().await).await.unwrap();
    let faults: Vec<_> = findings
        .iter()
        .filter(|it| it.level == weekwise_server::check::Level::Fault && it.kind != "orphan_exception")
        .collect();
    assert_eq!(faults, [] as [&weekwise_server::check::Finding; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn anothers_ids_reach_nothing_of_theirs() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let (ada, bob) = (Person::made(&server, &database, "ada").await, Person::made(&server, &database, "bob").await);
    let (mut hers, mut his) = (Device::of(&ada), Device::of(&bob));
    hers.sync().await;
    his.sync().await;
    hers.edit(create(1, "Algebra", "09:00", "10:00"));
    hers.sync().await;
    // A guessed id names nothing of Ada's: not to change, not to remove, and it can be Bob's own as well.
    let id = super::device::series(1).to_string();
    let ops = [
        operation(Uuid::from_u128(1), ("schedule", &id, "active"), None, json!(false)),
        operation(Uuid::from_u128(2), ("schedule", &id, "details"), None, json!({ "title": "mine" })),
    ];
    let reply = bob.post("/v1/sync/push", push(&his, &ops)).await.json();
    for at in 0..2 {
        assert_eq!(reply["ops"][at]["reason"]["why"], "unknown_row", "{reply}");
    }
    his.edit(create(1, "Botany", "11:00", "12:00"));
    his.sync().await;
    hers.sync().await;
    assert_eq!((hers.titles(), his.titles()), (vec!["Algebra".to_owned()], vec!["Botany".to_owned()]));
    let devices = bob.get("/v1/sync/devices").await.json();
    assert_eq!(devices["devices"].as_array().map(Vec::len), Some(1), "{devices}");
    assert_eq!(devices["devices"][0]["device_id"], json!(his.file.device));
    assert!(devices["devices"][0]["drained_at_ms"].is_i64(), "{devices}");
    assert_sound(&database).await;
}
