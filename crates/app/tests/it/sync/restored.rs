//! The server's database is set back to a backup, and devices come back with what they had.

use std::{ffi::OsStr, path::PathBuf};

use weekwise_domain::{Cancellation, Edit, SeriesPatch};
use weekwise_protocol::ListChanges;

use super::{proxy::Proxy, *};
use crate::{date, series, title};

/// A backup, and how it is put back.
enum Backup {
    /// Of `weekwise-server backup`, for `weekwise-server restore`.
    Ours(PathBuf),
    /// Of `pg_dump`, for `psql`.
    Plain(PathBuf),
}

impl Backup {
    fn ours(database: &Database, folder: &TempDir) -> Self {
        let said = database.operate(&["backup".as_ref(), folder.path().as_os_str()]);
        Self::Ours(
            said.lines().next().and_then(|line| Some(line.split_once(" (")?.0.into())).expect("it names the file"),
        )
    }

    fn plain(database: &Database, folder: &TempDir) -> Self {
        let file = folder.path().join("plain.sql");
        database.dump(&file);
        Self::Plain(file)
    }

    /// Puts it back, and gives the database to go on with.
    fn put_back(&self, database: Database) -> Database {
        match self {
            Self::Ours(file) => {
                database.operate(&["restore".as_ref(), file.as_os_str(), OsStr::new("--replace")]);
                database
            }
            Self::Plain(file) => {
                let database = Database::empty();
                database.load(file);
                database
            }
        }
    }
}

fn cancelled(number: u128, on: &str) -> Edit {
    Edit::CancelDate { series_id: series(number), date: date(on), reason: Box::new(Cancellation::default()) }
}

fn retitled(number: u128, to: &str) -> Edit {
    let patch = SeriesPatch { title: Some(title(to)), ..SeriesPatch::default() };
    let first_weekday = weekwise_domain::Weekday::MONDAY;
    Edit::ChangeSeries {
        series_id: series(number),
        patch: Box::new(patch),
        displaced: Default::default(),
        first_weekday,
    }
}

async fn ends_with_all_that_devices_had(back_up: fn(&Database, &TempDir) -> Backup) {
    let database = Database::new();
    let mut server = Server::start(&database);
    let email = server.sign_up("ada");
    // The address of a server stays when it is set back.
    let proxy = Proxy::to(&[server.address()]);
    let (one, other) = (Device::new(&proxy.url, &email).await, Device::new(&proxy.url, &email).await);
    one.import(vec![slot(1, "08:00", "09:00", "Algebra"), slot(2, "10:00", "11:00", "Biology")], vec![]).await;
    one.edit(cancelled(1, "2026-11-16")).await;
    for device in [&one, &other] {
        device.synced().await;
    }
    let folder = tempfile::tempdir().unwrap();
    let backup = back_up(&database, &folder);

    // Since then: a change, dates, one removed for good, a new one that one device alone has pulled.
    one.edit(retitled(1, "Geometry")).await;
    one.edit(cancelled(1, "2026-11-23")).await;
    one.edit(Edit::PutBack { series_id: series(1), date: date("2026-11-16") }).await;
    one.edit(Edit::Trash { series_id: series(2) }).await;
    one.edit(Edit::Purge { series_id: series(2) }).await;
    for device in [&one, &other] {
        device.synced().await;
    }
    other.import(vec![slot(3, "12:00", "13:00", "Chess")], vec![]).await;
    other.synced().await;
    // And what waits still.
    other.edit(cancelled(3, "2026-12-14")).await;
    one.edit(cancelled(1, "2026-12-07")).await;

    server.kill();
    let database = backup.put_back(database);
    let server = Server::start(&database);
    proxy.lead_to(vec![server.address().to_owned()]);
    // Before they come back, somebody takes the revisions a second time.
    let third = Device::new(&proxy.url, &email).await;
    third.import((4..10).map(|number| slot(number, "14:00", "15:00", "Since")).collect(), vec![]).await;
    third.synced().await;

    let mut sync = Sync::of(&one.app).await.unwrap();
    assert_eq!(sync.settle().await, SyncState::Synced, "{:?}", sync.report());
    assert_eq!(sync.report().started_over, 1);
    for device in [&other, &one, &third] {
        device.synced().await;
    }
    for (device, name) in [(&one, "one"), (&other, "other"), (&third, "third")] {
        let rows = device.rows().await;
        let titles: Vec<_> = rows["schedules"].as_array().unwrap().iter().map(|it| it["title"].clone()).collect();
        let since = std::iter::repeat_n("Since", 6);
        assert_eq!(titles, ["Geometry", "Chess"].into_iter().chain(since).collect::<Vec<_>>(), "{name}");
        let dates: Vec<_> = rows["exceptions"].as_array().unwrap().iter().map(|it| it["date"].clone()).collect();
        assert_eq!(dates, ["2026-11-23", "2026-12-07", "2026-12-14"], "{name}: and nothing that was taken back");
        let told = device.app.changes(ListChanges {}).await.unwrap();
        assert!(told.rejected.is_empty() && told.conflicts.is_empty(), "{name}: {told:?}");
        assert_eq!(rows, one.rows().await, "{name}");
    }
    let fresh = Device::new(&proxy.url, &email).await;
    fresh.synced().await;
    assert_eq!(fresh.rows().await, one.rows().await, "the server has all of it");
    assert!(!server.log().contains("ERROR"), "{}", server.log());
}

#[tokio::test]
async fn a_server_set_back_by_our_command_ends_with_all_that_devices_had_and_nothing_that_was_deleted() {
    ends_with_all_that_devices_had(Backup::ours).await;
}

#[tokio::test]
async fn a_server_set_back_with_psql_ends_with_all_that_devices_had_and_nothing_that_was_deleted() {
    ends_with_all_that_devices_had(Backup::plain).await;
}
