//! What devices are called.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    Device,
    device::{create, push},
};
use crate::{person::Person, postgres::Database, running::Running};

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_listed_under_the_name_that_it_said_last() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let (mut laptop, mut desk) = (Device::of(&ada), Device::of(&ada));
    laptop.sync().await;
    desk.sync().await;
    let names = async || {
        let list = ada.get("/v1/sync/devices").await.json();
        let devices = list["devices"].as_array().unwrap().iter();
        devices.map(|it| (it["device_id"].clone(), it.get("device_name").cloned())).collect::<Vec<_>>()
    };
    let say = async |device: &Device<'_>, name: Value| {
        let mut body = push(device, &[]);
        body["device_name"] = name;
        let reply = ada.post("/v1/sync/push", body).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    };
    say(&laptop, json!("laptop")).await;
    // One that says none, as all devices of before.
    desk.edit(create(1, "Algebra", "09:00", "10:00"));
    desk.sync().await;
    let ids = [&laptop, &desk].map(|device| json!(device.file.device));
    assert_eq!(names().await, [(ids[1].clone(), None), (ids[0].clone(), Some(json!("laptop")))]);

    for (said, name) in [
        (json!("The\u{0} old\none\u{202e}"), "The old one"),
        (json!(null), "The old one"),
        (json!("\u{200b} "), "The old one"),
        (json!("x".repeat(5_000)), &"x".repeat(100)),
    ] {
        say(&laptop, said.clone()).await;
        assert_eq!(names().await[0], (ids[0].clone(), Some(json!(name))), "{said:.40}");
    }
    // Pushes that say nothing leave it.
    laptop.sync().await;
    laptop.edit(create(2, "Biology", "11:00", "12:00"));
    laptop.sync().await;
    assert_eq!(names().await[0].1, Some(json!("x".repeat(100))));
    // What the server of before writes: its statement does not know of names.
    let before = "INSERT INTO device (user_id, device, pushed_at) SELECT user_id, device, now() FROM device \
        ON CONFLICT (user_id, device) DO UPDATE SET pushed_at = now()";
    database.run(before).await;
    assert_eq!(names().await.into_iter().filter_map(|it| it.1).collect::<Vec<_>>(), [json!("x".repeat(100))]);
}
