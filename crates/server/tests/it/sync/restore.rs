//! The server's database is set back, with and without a word.

use uuid::Uuid;
use weekwise_domain::{Edit, ScheduleId};
use weekwise_protocol::sync::RowKey;

use super::{
    Device,
    device::{change, create, series, title},
    outcomes::assert_sound,
};
use crate::{person::Person, postgres::Database, running::Running};

/// The tables that a backup brings back, those first that others refer to.
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

/// Keeps the rows as they are.
async fn back_up(database: &Database) {
    let copies = TABLES.map(|table| format!("CREATE TABLE backup.{table} AS TABLE {table};"));
    database.run(&format!("CREATE SCHEMA backup; {}", copies.concat())).await;
}

/// Puts them back, as `psql` does with a dump: triggers and keys look at nothing.
async fn put_back(database: &Database) {
    let tables = TABLES.map(|table| format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM backup.{table};"));
    let sql = format!("BEGIN; SET session_replication_role = replica; {} COMMIT;", tables.concat());
    database.run(&sql).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_set_back_ends_with_all_that_a_device_had_and_nothing_that_was_deleted() {
    for is_said in [true, false] {
        let database = Database::ready().await;
        let server = Running::start(&database);
        let ada = Person::made(&server, &database, "ada").await;
        let (mut one, mut other) = (Device::of(&ada), Device::of(&ada));
        one.sync().await;
        one.edit(create(1, "Algebra", "08:00", "09:00"));
        one.edit(create(2, "Biology", "10:00", "11:00"));
        one.sync().await;
        other.sync().await;
        back_up(&database).await;
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

        put_back(&database).await;
        if is_said {
            // As the command and a start on another cluster do.
            database.run("INSERT INTO epoch SELECT max(number) + 1, gen_random_uuid(), now() FROM epoch").await;
        }
        // Somebody writes before a device comes back, and takes the revisions a second time.
        for start in ["03:00", "04:00", "05:00", "06:00"] {
            let day = if start < "05:00" { 3 } else { 4 };
            ada.create(day, start, "07:00").await;
        }
        for _ in 0..2 {
            one.sync().await;
            other.sync().await;
        }
        for device in [&one, &other] {
            let named: Vec<_> = device.titles().into_iter().filter(|title| !title.is_empty()).collect();
            assert_eq!(named, ["Chess", "Geometry"], "a new epoch was begun: {is_said}");
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
