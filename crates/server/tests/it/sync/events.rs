//! The stream of events.

use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Device, device::create};
use crate::{
    person::{PASSWORD, Person},
    postgres::Database,
    running::Running,
};

/// Nothing takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The data of the next event; none where the stream ends.
async fn next(stream: &mut (impl Stream<Item = reqwest::Result<impl AsRef<[u8]>>> + Unpin)) -> Option<Value> {
    let mut text = String::new();
    let read = async {
        while let Some(Ok(chunk)) = stream.next().await {
            text.push_str(std::str::from_utf8(chunk.as_ref()).expect("events are text"));
            if let Some(data) =
                text.lines().find_map(|line| line.strip_prefix("data: ")).filter(|_| text.ends_with("\n\n"))
            {
                return Some(serde_json::from_str(data).expect("data is JSON"));
            }
        }
        None
    };
    timeout(PATIENCE, read).await.expect("something happens in time")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_hears_of_what_another_one_did_at_another_server_until_its_session_ends() {
    let database = Database::ready().await;
    let mut servers = [Running::start(&database), Running::start(&database)];
    let ada = Person::made(&servers[0], &database, "ada").await;
    let listen = async |person: &Person| {
        let response = person.request(Method::GET, "/v1/sync/events").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Box::pin(response.bytes_stream())
    };
    let there = ada.at(&servers[1]);
    let mut far = listen(&there).await;
    let mut near = listen(&ada).await;
    assert_eq!(next(&mut far).await.unwrap()["head"], 0, "the first says how far it reaches now");
    assert_eq!(next(&mut near).await.unwrap()["head"], 0);

    let mut device = Device::of(&ada);
    device.sync().await;
    device.edit(create(1, "Algebra", "09:00", "10:00"));
    device.sync().await;
    for stream in [&mut near, &mut far] {
        let head = next(stream).await.expect("it goes on");
        assert_eq!(
            (&head["head"], &head["epoch"]),
            (&serde_json::json!(device.file.cursor), &serde_json::json!(device.file.epoch))
        );
    }
    // What the web client does is told, too.
    ada.create(1, "11:00", "12:00").await;
    assert_eq!(next(&mut far).await.unwrap()["head"], serde_json::json!(device.file.cursor.0 + 1));

    // A server that is told to stop does not wait for streams.
    #[cfg(unix)]
    assert!(servers[1].stop());
    assert_eq!(next(&mut far).await, None);
    assert_eq!(
        next(&mut near).await.map(|head| head["head"].clone()),
        Some(serde_json::json!(device.file.cursor.0 + 1))
    );
    database.run("DELETE FROM session").await;
    assert_eq!(next(&mut near).await, None, "it ends with the session");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_session_and_no_other() {
    let database = Database::ready().await;
    let servers = [Running::start(&database), Running::start(&database)];
    let laptop = Person::sign_up(&servers[0], "ada").await;
    let phone = Person::sign_in(&servers[0], &laptop.email, json!({})).await;
    let listen = async |person: Person| {
        let response = person.request(Method::GET, "/v1/sync/events").send().await.unwrap();
        let mut stream = Box::pin(response.bytes_stream());
        assert_eq!(next(&mut stream).await.unwrap()["head"], 0);
        stream
    };
    let (mut of_laptop, mut of_phone) = (listen(laptop.at(&servers[1])).await, listen(phone.at(&servers[1])).await);
    assert_eq!(laptop.post("/api/auth/revoke-other-sessions", json!({})).await.status, StatusCode::OK);
    assert_eq!(next(&mut of_phone).await, None, "it was revoked at the other server");
    laptop.create(1, "11:00", "12:00").await;
    assert_eq!(next(&mut of_laptop).await.unwrap()["head"], 1);
    let gone = laptop.post("/api/auth/delete-user", json!({ "password": PASSWORD })).await;
    assert_eq!(gone.status, StatusCode::OK, "{gone:?}");
    assert_eq!(next(&mut of_laptop).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_more_than_five_streams() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let open = || ada.request(Method::GET, "/v1/sync/events").send();
    let mut streams = Vec::new();
    for _ in 0..5 {
        streams.push(open().await.unwrap());
    }
    assert_eq!(open().await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
}
