//! Opening: new files, files of other programs and other versions, what a power cut leaves, and snapshots.

use std::{fs, path::PathBuf};

use chrono::TimeDelta;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use super::*;
use crate::{Fault, SnapshotKind, StartEvent, migrate};

/// A folder with two slots in its file, the first of them in a snapshot too.
async fn with_snapshot() -> Place {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    store.daily_snapshot(moment()).await.unwrap().unwrap();
    store.must(create(mondays(2))).await;
    store.close().await.unwrap();
    place
}

/// What lies on the disk at a moment, as a power cut would leave it: copied away while the store is open.
fn as_it_lies(place: &Place) -> Place {
    let copy = Place::new();
    fs::create_dir(copy.folder().path()).unwrap();
    let [file, log, _] = place.folder().file_and_companions();
    let [to_file, to_log, _] = copy.folder().file_and_companions();
    fs::copy(file, to_file).unwrap();
    fs::copy(log, to_log).unwrap();
    copy
}

#[tokio::test]
async fn every_acknowledged_edit_survives_a_cut() {
    let place = Place::new();
    let store = place.store().await;
    for number in 1..=2 {
        store.must(create(mondays(number))).await;
        assert_eq!(as_it_lies(&place).store().await.rows().await, store.rows().await);
    }
    store.undo(None, moment()).await.unwrap().unwrap();
    let copy = as_it_lies(&place);
    let after = copy.store().await;
    assert_eq!(after.rows().await, store.rows().await);
    assert_eq!(after.redo(moment()).await.unwrap().unwrap().left, 0);
}

/// A write that was under way when the power went is no damage: the log's checksums end it where it was whole.
#[tokio::test]
async fn a_torn_write_takes_nothing_along_that_was_acknowledged() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    let acknowledged = store.rows().await;
    let [_, log, _] = place.folder().file_and_companions();
    let whole = fs::metadata(&log).unwrap().len() as usize;
    store.must(create(mondays(2))).await;
    let longer = fs::read(&log).unwrap();
    for cut in [whole + 1, whole + 24, whole + 3000, longer.len() - 4096, longer.len() - 1] {
        let copy = as_it_lies(&place);
        fs::write(&copy.folder().file_and_companions()[1], &longer[..cut]).unwrap();
        assert_eq!(copy.store().await.rows().await, acknowledged, "cut at {cut} of {}", longer.len());
    }
}

#[tokio::test]
async fn an_empty_file_that_never_was_more_is_simply_begun() {
    let place = Place::new();
    fs::create_dir(place.folder().path()).unwrap();
    fs::write(place.folder().file(), "").unwrap();
    place.store().await.must(create(mondays(1))).await;
}

#[tokio::test]
async fn a_first_start_that_was_cut_short_is_made_up_for() {
    let place = Place::new();
    fs::create_dir(place.folder().path()).unwrap();
    fs::write(place.folder().file(), "").unwrap();
    let mut raw = place.raw().await;
    sqlx::migrate::Migrate::ensure_migrations_table(&mut raw, "_sqlx_migrations").await.unwrap();
    drop(raw);
    place.store().await.must(create(mondays(1))).await;
}

#[tokio::test]
async fn a_file_of_another_program_is_set_aside() {
    let place = Place::new();
    fs::create_dir(place.folder().path()).unwrap();
    fs::write(place.folder().file(), "").unwrap();
    sqlx::query("CREATE TABLE bookmark (url)").execute(&mut place.raw().await).await.unwrap();
    let Opened { event, .. } = place.open().await;
    assert!(matches!(event, Some(StartEvent::StartedAfresh { .. })), "{event:?}");
}

#[tokio::test]
async fn a_newer_file_is_refused_and_left_to_the_byte() {
    let raise = [
        "PRAGMA user_version = 5",
        "PRAGMA user_version = 2000000",
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (5, 'x', 1, x'00', 1)",
    ];
    for raise in raise {
        let place = with_snapshot().await;
        let mut raw = place.raw().await;
        sqlx::query(raise).execute(&mut raw).await.unwrap();
        sqlx::Connection::close(raw).await.unwrap();
        let before = fs::read(place.folder().file()).unwrap();
        let refused = Store::open(place.folder(), moment()).await.err().unwrap();
        assert_eq!(refused.fault(), Fault::Newer, "{raise}: {refused:?}");
        assert!(refused.detail().contains("versions up to 4"), "{}", refused.detail());
        assert_eq!(fs::read(place.folder().file()).unwrap(), before, "{raise}");
        assert!(!place.folder().damaged().exists());
    }
}

/// The next version as a later release might bring it.
fn later_migrations(second: &'static str) -> Migrator {
    let mut all: Vec<Migration> = migrate::MIGRATIONS.iter().cloned().collect();
    let sql = sqlx::SqlSafeStr::into_sql_str(second);
    all.push(Migration::new(5, "later".into(), MigrationType::Simple, sql, false));
    Migrator::with_migrations(all)
}

#[tokio::test]
async fn older_tables_are_brought_up_to_date_after_a_snapshot() {
    let place = with_snapshot().await;
    let later = later_migrations("ALTER TABLE schedule ADD COLUMN mood TEXT; PRAGMA user_version = 5;");
    let at = moment() + TimeDelta::days(1);
    let Opened { store, event } = Store::open_with(place.folder(), at, &later, None).await.unwrap();
    assert_eq!(event, None);
    assert_eq!(store.rows().await.schedules.len(), 2);
    assert_eq!(store.read().await.unwrap().version().await.unwrap(), 5);
    let newest = store.snapshots().unwrap().remove(0);
    assert_eq!((newest.kind, newest.taken), (SnapshotKind::BeforeMigration, at.naive_local()));
    store.close().await.unwrap();

    // And back: the older program refuses the file, but its snapshot is one that it can use.
    let refused = Store::open(place.folder(), at).await.err().unwrap();
    assert_eq!(refused.fault(), Fault::Newer);
    fs::write(place.folder().file(), "garbage").unwrap();
    let Opened { store, .. } = place.open().await;
    assert_eq!(store.rows().await.schedules.len(), 2);
}

#[tokio::test]
async fn a_migration_that_fails_changes_nothing() {
    let place = with_snapshot().await;
    let broken = later_migrations("ALTER TABLE schedule ADD COLUMN mood TEXT; SELECT * FROM nowhere;");
    let failed = Store::open_with(place.folder(), moment(), &broken, None).await.err().unwrap();
    assert_eq!(failed.fault(), Fault::Other, "{failed:?}");
    assert_eq!(place.store().await.rows().await.schedules.len(), 2);
}

#[tokio::test]
async fn tables_are_not_changed_under_someone_who_has_the_file_open() {
    let place = with_snapshot().await;
    let _open = place.store().await;
    let later = later_migrations("ALTER TABLE schedule ADD COLUMN mood TEXT; PRAGMA user_version = 5;");
    let refused = Store::open_with(place.folder(), moment(), &later, None).await.err().unwrap();
    assert_eq!(refused.fault(), Fault::Busy);
}

#[tokio::test]
async fn snapshots_are_taken_daily_and_seven_are_kept() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    for day in 0..10 {
        let now = moment() + TimeDelta::days(day);
        assert!(store.daily_snapshot(now).await.unwrap().is_some());
        assert_eq!(store.daily_snapshot(now + TimeDelta::hours(2)).await.unwrap(), None, "once a day");
        store.snapshot(SnapshotKind::BeforeMigration, now).await.unwrap();
    }
    let snapshots = store.snapshots().unwrap();
    let days =
        |kind| snapshots.iter().filter(|it| it.kind == kind).map(|it| it.taken.date().to_string()).collect::<Vec<_>>();
    let daily = days(SnapshotKind::Daily);
    assert_eq!((daily.len(), daily[0].as_str(), daily[6].as_str()), (7, "2026-12-02", "2026-11-26"));
    assert_eq!(days(SnapshotKind::BeforeMigration).len(), 10);
    for snapshot in &snapshots {
        assert!(store.is_good(snapshot).await.unwrap());
    }
    let others = fs::read_dir(place.folder().snapshots()).unwrap().count();
    assert_eq!(others, snapshots.len(), "nothing unfinished is left");
}

#[tokio::test]
async fn an_untouched_file_needs_no_snapshot() {
    let place = Place::new();
    let store = place.store().await;
    assert_eq!(store.daily_snapshot(moment()).await.unwrap(), None);
    store.must(create(mondays(1))).await;
    store.undo(None, moment()).await.unwrap().unwrap();
    assert!(store.daily_snapshot(moment()).await.unwrap().is_some(), "what can be done again is worth keeping");
}

#[tokio::test]
async fn a_snapshot_never_takes_anothers_name() {
    let place = Place::new();
    let store = place.store().await;
    let first = store.snapshot(SnapshotKind::BeforeMigration, moment()).await.unwrap();
    let second = store.snapshot(SnapshotKind::BeforeMigration, moment()).await.unwrap();
    assert_ne!(first.file, second.file);
    assert_eq!(store.snapshots().unwrap()[0], second);
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_any_of_it() {
    use std::os::unix::fs::PermissionsExt;
    fn walk(path: &std::path::Path, seen: &mut Vec<(PathBuf, u32)>) {
        let metadata = fs::metadata(path).unwrap();
        seen.push((path.to_owned(), metadata.permissions().mode() & 0o777));
        if metadata.is_dir() {
            fs::read_dir(path).unwrap().for_each(|entry| walk(&entry.unwrap().path(), seen));
        }
    }
    let place = with_snapshot().await;
    let file = place.folder().file();
    fs::write(&file, "garbage").unwrap();
    let store = place.open().await.store;
    store.must(cancel(1, "2026-12-07")).await;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    drop(store);
    let _store = place.open().await.store;

    let mut seen = Vec::new();
    walk(place.folder().path(), &mut seen);
    for (path, mode) in &seen {
        assert_eq!(*mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
    let names: Vec<_> = seen.iter().map(|(path, _)| path.file_name().unwrap().to_str().unwrap()).collect();
    for name in [
        "local.sqlite",
        "local.sqlite-wal",
        "local.sqlite-shm",
        "weekwise.lock",
        "snapshots",
        "journal",
        "000001.log",
        "damaged",
    ] {
        assert!(names.contains(&name), "{names:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_holds_other_things_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let mode = |mode| {
        fs::set_permissions(place.folder().path(), fs::Permissions::from_mode(mode)).unwrap();
    };
    let found = || fs::metadata(place.folder().path()).unwrap().permissions().mode() & 0o777;
    fs::create_dir(place.folder().path()).unwrap();
    mode(0o755);
    place.store().await;
    assert_eq!(found(), 0o700, "an empty one is made ours");
    mode(0o755);
    place.store().await;
    assert_eq!(found(), 0o755);
}
