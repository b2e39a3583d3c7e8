//! The server's database is set back: by our command, with `psql`, and without a word where it is.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use uuid::Uuid;
use weekwise_domain::{Edit, ScheduleId};
use weekwise_protocol::sync::RowKey;

use super::{
    Device,
    device::{change, create, series, title},
    outcomes::assert_sound,
};
use crate::{
    ops::{back_up, older::pg_dump, run},
    person::Person,
    postgres::Database,
    running::Running,
};

/// The tables that make a history, those first that others refer to.
const TABLES: [&str; 11] = [
    "head",
    "schedule",
    "exception",
    "setting",
    "tombstone",
    "conflict_copy",
    "operation",
    "mark",
    "user_epoch",
    "device",
    "epoch",
];

/// What sets the database back.
enum Backup {
    /// A file of `weekwise-server backup`, for `weekwise-server restore`.
    OfOurCommand(PathBuf),
    /// A file of `pg_dump`, for `psql`, into a database of its own.
    OfPsql(PathBuf),
    /// A copy of the rows, which take their place again while the server runs: as if the disk was set back.
    OfRows,
}

impl Backup {
    async fn make(database: &Database, how: usize, folder: &Path) -> Self {
        match how {
            0 => Self::OfOurCommand(back_up(database, folder)),
            1 => {
                let file = folder.join("plain.sql");
                pg_dump(database, &["--format=plain"], &file);
                Self::OfPsql(file)
            }
            _ => {
                let copies = TABLES.map(|table| format!("CREATE TABLE backup.{table} AS TABLE {table};"));
                database.run(&format!("CREATE SCHEMA backup; {}", copies.concat())).await;
                Self::OfRows
            }
        }
    }

    /// Puts it back, and returns what the server runs on from then on.
    async fn put_back(&self, database: Database, mut server: Running) -> (Database, Running) {
        match self {
            Self::OfOurCommand(file) => {
                assert!(server.stop());
                run(&database, ["restore".as_ref(), file.as_os_str(), "--replace".as_ref()]).well();
                let server = Running::start(&database);
                (database, server)
            }
            Self::OfPsql(file) => {
                assert!(server.stop());
                let database = Database::empty().await;
                psql(&database, file);
                let server = Running::start(&database);
                (database, server)
            }
            Self::OfRows => {
                // Triggers and keys look at nothing.
                let tables = TABLES
                    .map(|table| format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM backup.{table};"));
                let sql = format!("BEGIN; SET session_replication_role = replica; {} COMMIT;", tables.concat());
                database.run(&sql).await;
                (database, server)
            }
        }
    }
}

fn psql(database: &Database, file: &Path) {
    let psql =
        Command::new("psql").args(["--quiet", "--set=ON_ERROR_STOP=1", "--file"]).arg(file).arg(&database.url).output();
    let psql = psql.expect("psql starts");
    assert!(psql.status.success(), "{psql:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_set_back_ends_with_all_that_a_device_had_and_nothing_that_was_deleted() {
    for how in 0..3 {
        let database = Database::ready().await;
        let server = Running::start(&database);
        let ada = Person::made(&server, &database, "ada").await;
        let (mut one, mut other) = (Device::of(&ada), Device::of(&ada));
        one.sync().await;
        one.edit(create(1, "Algebra", "08:00", "09:00"));
        one.edit(create(2, "Biology", "10:00", "11:00"));
        one.sync().await;
        other.sync().await;
        let folder = tempfile::tempdir().unwrap();
        let backup = Backup::make(&database, how, folder.path()).await;
        // Since the backup: a change, a delete for good, something new.
        one.edit(change(1, title("Geometry")));
        one.edit(Edit::Trash { series_id: series(2) });
        one.edit(Edit::Purge { series_id: series(2) });
        one.sync().await;
        other.sync().await;
        other.edit(create(3, "Chess", "12:00", "13:00"));
        other.sync().await;
        one.sync().await;
        assert_eq!(one.titles(), ["Chess", "Geometry"]);
        let before = one.file.epoch;

        let (database, server) = backup.put_back(database, server).await;
        let ada = ada.at(&server);
        let (mut one, mut other) = (one.at(&ada), other.at(&ada));
        // Somebody writes before a device comes back, and takes the revisions a second time.
        for start in ["03:00", "04:00", "05:00", "06:00"] {
            let day = if start < "05:00" { 3 } else { 4 };
            ada.create(day, start, "07:00").await;
        }
        for _ in 0..2 {
            one.sync().await;
            other.sync().await;
        }
        assert_ne!(one.file.epoch, before, "it is another history");
        for device in [&one, &other] {
            let named: Vec<_> = device.titles().into_iter().filter(|title| !title.is_empty()).collect();
            assert_eq!(named, ["Chess", "Geometry"], "set back in way {how}");
            assert_eq!(device.titles().len(), 6, "and what was written since");
            assert_eq!((device.file.held.len(), device.rejected.len()), (0, 0));
            let gone = RowKey::Tombstone(ScheduleId(Uuid::from_u128(2)));
            assert!(device.file.base.contains(&gone), "what was removed for good stays so");
        }
        assert_eq!(one.file.base, other.file.base);
        let mut fresh = Device::of(&ada);
        fresh.sync().await;
        assert_eq!(fresh.file.base, one.file.base, "the server has all of it");
        assert_sound(&database).await;
        assert!(!server.log().contains("ERROR"), "{}", server.log());
    }
}
