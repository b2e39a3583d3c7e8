//! Devices that wait: what happens elsewhere reaches them by itself.

use std::time::Duration;

use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};
use weekwise_domain::{Cancellation, Edit};

use super::*;
use crate::{date, series};

/// Far less than until the next look for news, which is 30 to 60 s away.
const SOON: Duration = Duration::from_secs(5);

/// How many dates of the first slot are cancelled on a device.
async fn cancelled(device: &Device) -> usize {
    device.rows().await["exceptions"].as_array().unwrap().len()
}

#[tokio::test]
async fn an_edit_is_on_a_device_that_waits_within_seconds_and_so_is_the_end_of_its_session() {
    let database = Database::new();
    let server = Server::start(&database);
    let email = server.sign_up("ada");
    let (one, other) = (Device::new(&server.url, &email).await, Device::new(&server.url, &email).await);
    one.import(vec![slot(1, "09:00", "10:30", "Algebra")], vec![]).await;
    one.synced().await;

    let (has_all, ended) = (Notify::new(), Notify::new());
    let waiting = async {
        let mut sync = Sync::of(&other.app).await.unwrap();
        let mut known = None;
        loop {
            let state = sync.settle().await;
            let there = Some(cancelled(&other).await);
            if state == SyncState::Synced && there != known {
                known = there;
                has_all.notify_one();
            }
            if let SyncState::SignInAgain(_) = state {
                return ended.notify_one();
            }
            sync.wait().await;
        }
    };
    let editing = async {
        has_all.notified().await;
        for (number, day) in (1..).zip(["2026-11-23", "2026-11-30", "2026-12-07"]) {
            let reason = Box::new(Cancellation::default());
            one.edit(Edit::CancelDate { series_id: series(1), date: date(day), reason }).await;
            let began = Instant::now();
            one.synced().await;
            timeout(SOON, has_all.notified()).await.unwrap_or_else(|_| panic!("edit {number} arrives"));
            assert_eq!(cancelled(&other).await, number);
            println!("edit {number} arrived after {:?}", began.elapsed());
        }
        // The stream is there, for by it the edits came.
        database.run("DELETE FROM session");
        timeout(SOON, ended.notified()).await.expect("it is told at once that the session has ended");
    };
    tokio::join!(waiting, editing);
    assert_eq!(cancelled(&other).await, 3, "nothing is deleted");
}

#[tokio::test]
async fn a_server_that_goes_away_is_noticed_at_once_and_found_again() {
    let database = Database::new();
    let mut server = Server::start(&database);
    let email = server.sign_up("ada");
    let proxy = proxy::Proxy::to(&[server.address()]);
    let device = Device::new(&proxy.url, &email).await;
    let mut sync = Sync::of(&device.app).await.unwrap();
    assert_eq!(sync.settle().await, SyncState::Synced);
    let until = async |sync: &mut Sync, state: SyncState| {
        while sync.settle().await != state {
            sync.wait().await;
        }
    };
    // A wait that is given up has opened the stream.
    let _ = timeout(Duration::from_millis(500), sync.wait()).await;
    server.kill();
    timeout(SOON, until(&mut sync, SyncState::Offline(0))).await.expect("it is offline");
    let server = Server::start(&database);
    proxy.lead_to(vec![server.address().to_owned()]);
    timeout(2 * SOON, until(&mut sync, SyncState::Synced)).await.expect("it tries again by itself");
}

#[tokio::test]
async fn a_session_that_ends_before_its_device_listens_is_noticed_at_once() {
    let database = Database::new();
    let server = Server::start(&database);
    let email = server.sign_up("ada");
    let device = Device::new(&server.url, &email).await;
    let mut sync = Sync::of(&device.app).await.unwrap();
    assert_eq!(sync.settle().await, SyncState::Synced);
    database.run("DELETE FROM session");
    let until_told = async {
        while sync.settle().await != SyncState::SignInAgain(0) {
            sync.wait().await;
        }
    };
    timeout(SOON, until_told).await.expect("it is told at once that the session has ended");
}
