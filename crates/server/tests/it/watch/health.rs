//! `GET /health` and `weekwise-server health`.

use std::{
    process::{Command, Output},
    time::Duration,
};

use reqwest::StatusCode;

use crate::{
    person::get,
    postgres::{Cluster, Database},
    running::Running,
};

/// What the command says of a server.
async fn asked(server: &Running) -> Output {
    let port = server.address().rsplit_once(':').unwrap().1;
    let mut command = Command::new(env!("CARGO_BIN_EXE_weekwise-server"));
    command.arg("health").env_clear().env("PORT", port);
    tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_healthy_while_its_database_is_there() {
    let mut cluster = Cluster::own();
    let database = Database::ready_in(&cluster).await;
    let server = Running::start(&database);
    let healthy = get(&server, "/health").await;
    assert_eq!((healthy.status, &healthy.json()["status"]), (StatusCode::OK, &"healthy".into()), "{healthy:?}");
    let said = asked(&server).await;
    assert!(said.status.success() && said.stdout == b"healthy\n", "{said:?}");

    cluster.crash();
    let away = get(&server, "/health").await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE, "{away:?}");
    assert_eq!(away.json()["status"], "unhealthy");
    assert!(away.json()["timestamp"].is_string(), "{away:?}");
    let said = asked(&server).await;
    assert_eq!(String::from_utf8_lossy(&said.stderr), "weekwise-server: the server says 503 Service Unavailable\n");
    assert_eq!(said.status.code(), Some(1));
    assert!(server.log().contains("the database is away") || server.log().contains("the database does not answer"));
    assert_eq!(get(&server, "/").await.status, StatusCode::OK, "the server itself is there");

    cluster.start();
    let back = async {
        while get(&server, "/health").await.status != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), back).await.expect("it finds its way back by itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_not_healthy() {
    let database = Database::ready().await;
    let mut server = Running::start(&database);
    assert!(server.stop());
    let said = asked(&server).await;
    let expected = format!("weekwise-server: no server answers at {}: ", server.address());
    assert!(String::from_utf8_lossy(&said.stderr).starts_with(&expected), "{said:?}");
    assert_eq!(said.status.code(), Some(1));
}
