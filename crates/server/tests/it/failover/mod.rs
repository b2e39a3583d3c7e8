//! The primary is lost for good while people write: what was acknowledged is on the standby, which takes over.

mod forwarder;
mod pair;

use std::{process::Command, time::Duration};

use reqwest::StatusCode;

use crate::{
    crash::{Load, assert_all_there},
    person::get,
    postgres::{Cluster, Database},
    refused::refused,
    running::Running,
};
use forwarder::Forwarder;
use pair::Pair;

/// So many writes are acknowledged by either database.
const ENOUGH: usize = 100;

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_takes_over_without_a_restart_and_nothing_acknowledged_is_lost() {
    let mut pair = tokio::task::spawn_blocking(Pair::start).await.expect("there are a primary and its standby");
    let address = Forwarder::start(pair.primary).await;
    let cluster = Cluster::at(&format!("postgresql://postgres@127.0.0.1:{}/postgres", address.port));
    let database = Database::ready_in(&cluster).await;
    let servers = [Running::start(&database), Running::start(&database)];
    let load = Load::start(&[&servers[0], &servers[1]], &database).await;
    load.until(ENOUGH).await;

    let standby = database.url.replacen(&format!(":{}/", address.port), &format!(":{}/", pair.standby), 1);
    let refused = refused(&standby, &[]);
    assert!(refused.line.starts_with("the database is a standby, which only reads: point DATABASE_URL"), "{refused:?}");

    let check = Command::new(env!("CARGO_BIN_EXE_weekwise-server")).arg("check").env("DATABASE_URL", &standby).output();
    let said = String::from_utf8(check.unwrap().stdout).unwrap();
    assert_eq!(said, "0 faults, 0 notices\n", "a standby is read like any other");

    pair.kill_primary();
    for server in &servers {
        until_health_is(server, StatusCode::SERVICE_UNAVAILABLE).await;
    }
    pair.promote_standby();
    address.lead_to(pair.standby);
    for server in &servers {
        until_health_is(server, StatusCode::OK).await;
    }
    let before = load.count();
    load.until(before + ENOUGH).await;

    let acknowledged = load.stop().await;
    assert_all_there(&database, &acknowledged).await;
    let epochs = "SELECT number, timeline FROM epoch ORDER BY number";
    assert_eq!(database.rows(epochs).await, ["1|1", "2|2"], "the promotion began an epoch, once for both servers");
    let of_rows = "SELECT DISTINCT origin_epoch FROM exception ORDER BY origin_epoch";
    assert_eq!(database.rows(of_rows).await, ["1", "2"], "what was written since belongs to the new epoch");
}

async fn until_health_is(server: &Running, expected: StatusCode) {
    let wait = async {
        while get(server, "/health").await.status != expected {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), wait).await;
    waited.unwrap_or_else(|_| panic!("its health never was {expected}: {}", server.log()));
}
