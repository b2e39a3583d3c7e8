//! A server that is told to stop.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use sqlx::Connection as _;

use crate::{person::Person, postgres::Database, running::Running};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_under_way_is_answered_before_the_server_ends() {
    let database = Database::ready().await;
    let mut server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let schedule = ada.create(0, "09:00", "10:00").await.to_string();

    // The write waits for the user's row, which is held.
    let mut holder = database.connect().await;
    let mut held = holder.begin().await.unwrap();
    sqlx::query("SELECT FROM head WHERE user_id = 'ada' FOR UPDATE").execute(&mut *held).await.unwrap();
    let input = json!({ "scheduleId": schedule, "date": "2030-01-06", "startTime": "11:00", "endTime": "12:00" });
    let writing = tokio::spawn(async move { ada.mutate("scheduler.updateSlot", input).await });
    let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let begun = async {
        while database.rows(waits).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), begun).await.expect("the write waits");

    let address = server.address().to_owned();
    let stopping = tokio::task::spawn_blocking(move || server.stop());
    let closed = async {
        while tokio::net::TcpStream::connect(&address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), closed).await.expect("nobody else is let in");
    held.rollback().await.unwrap();

    let reply = writing.await.unwrap();
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    assert!(stopping.await.unwrap(), "it ends well");
    assert_eq!(database.rows("SELECT start_time FROM exception").await, ["11:00"]);
}
