//! Opening: new files, damaged ones, older and newer ones.

use std::{fs, path::PathBuf};

use chrono::TimeDelta;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use super::*;
use crate::{Fault, SnapshotKind, StartEvent, migrate};

/// A folder with two slots in its file, the first of them in a snapshot too.
async fn with_snapshot() -> (Place, Rows) {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    store.daily_snapshot(moment()).await.unwrap().unwrap();
    let in_snapshot = store.rows().await;
    store.must(create(mondays(2))).await;
    store.close().await.unwrap();
    (place, in_snapshot)
}

type Damage = fn(&PathBuf);

fn overwrite(file: &PathBuf, at: usize, bytes: &[u8]) {
    let mut content = fs::read(file).unwrap();
    content[at..at + bytes.len()].copy_from_slice(bytes);
    fs::write(file, content).unwrap();
}

/// The ways in which a file is damaged here, and how each is done.
fn damages() -> Vec<(&'static str, Damage)> {
    vec![
        ("garbage", |file| fs::write(file, "This is no database. ".repeat(1000)).unwrap()),
        ("a few bytes", |file| fs::write(file, "SQLite").unwrap()),
        ("emptied", |file| fs::write(file, "").unwrap()),
        ("truncated", |file| {
            let content = fs::read(file).unwrap();
            fs::write(file, &content[..content.len() / 2]).unwrap();
        }),
        ("truncated within a page", |file| {
            let content = fs::read(file).unwrap();
            fs::write(file, &content[..content.len() - 1000]).unwrap();
        }),
        ("zeroed pages", |file| overwrite(file, 4096, &[0; 3 * 4096])),
        ("a flipped page header", |file| overwrite(file, 2 * 4096, &[0xff; 8])),
        ("a flipped first page", |file| overwrite(file, 100, &[0xff; 8])),
        ("a flipped file header", |file| overwrite(file, 0, &[0xff; 100])),
    ]
}

#[tokio::test]
async fn a_damaged_file_is_set_aside_and_the_newest_good_snapshot_takes_its_place() {
    for (what, damage) in damages() {
        let (place, in_snapshot) = with_snapshot().await;
        let file = place.folder().file();
        damage(&file);
        let damaged = fs::read(&file).unwrap();

        let Opened { store, event } = place.open().await;
        let Some(StartEvent::Restored { taken, set_aside }) = event else { panic!("{what}: {event:?}") };
        assert_eq!(taken, moment().naive_local(), "{what}");
        assert_eq!(store.rows().await, in_snapshot, "{what}");
        assert_eq!(fs::read(set_aside.join("local.sqlite")).unwrap(), damaged, "{what}: kept as it was");
        store.must(create(mondays(2))).await;
        drop(store);
        assert_eq!(place.open().await.event, None, "{what}: told once");
    }
}

#[tokio::test]
async fn without_a_good_snapshot_a_new_file_is_begun() {
    let (place, _) = with_snapshot().await;
    let snapshots = fs::read_dir(place.folder().snapshots()).unwrap();
    for snapshot in snapshots {
        fs::write(snapshot.unwrap().path(), "SQLite format 3\0 no more").unwrap();
    }
    fs::write(place.folder().file(), "garbage").unwrap();
    let Opened { store, event } = place.open().await;
    let Some(StartEvent::StartedAfresh { set_aside }) = event else { panic!("{event:?}") };
    assert_eq!(fs::read(set_aside.join("local.sqlite")).unwrap(), b"garbage");
    assert_eq!(store.rows().await, Rows::default());
    store.must(create(mondays(1))).await;
    assert_eq!(store.snapshots().unwrap().len(), 1, "the bad one is kept as well");
}

#[tokio::test]
async fn a_damaged_snapshot_is_passed_over_for_an_older_one() {
    let (place, in_snapshot) = with_snapshot().await;
    let store = place.store().await;
    let newer = store.snapshot(SnapshotKind::BeforeMigration, moment() + TimeDelta::hours(1)).await.unwrap();
    store.close().await.unwrap();
    overwrite(&newer.file, 2 * 4096, &[0xff; 8]);
    fs::write(place.folder().file(), "garbage").unwrap();
    let Opened { store, event } = place.open().await;
    assert!(matches!(event, Some(StartEvent::Restored { taken, .. }) if taken == moment().naive_local()), "{event:?}");
    assert_eq!(store.rows().await, in_snapshot);
}

#[tokio::test]
async fn two_damaged_files_of_one_second_are_both_kept() {
    let (place, _) = with_snapshot().await;
    for content in ["one", "two"] {
        fs::write(place.folder().file(), content).unwrap();
        place.open().await.store.close().await.unwrap();
    }
    let kept = place.store().await.set_aside().unwrap();
    let contents: Vec<_> = kept.iter().map(|path| fs::read_to_string(path.join("local.sqlite")).unwrap()).collect();
    assert_eq!(contents, ["one", "two"]);
}

/// SQLite would delete the log beside an empty file, and the edits in it.
#[tokio::test]
async fn a_log_without_its_file_is_kept() {
    for left in [None, Some("")] {
        let place = Place::new();
        let store = place.store().await;
        store.must(create(mondays(1))).await;
        let [file, log, _] = place.folder().file_and_companions();
        let edits = fs::read(&log).unwrap();
        assert!(!edits.is_empty());
        store.close().await.unwrap();
        fs::remove_file(&file).unwrap();
        fs::write(&log, &edits).unwrap();
        if let Some(left) = left {
            fs::write(&file, left).unwrap();
        }
        let Opened { event, .. } = place.open().await;
        let Some(StartEvent::StartedAfresh { set_aside }) = event else { panic!("{event:?}") };
        assert_eq!(fs::read(set_aside.join("local.sqlite-wal")).unwrap(), edits);
    }
}

#[tokio::test]
async fn a_missing_file_comes_back_from_its_snapshot() {
    let (place, in_snapshot) = with_snapshot().await;
    fs::remove_file(place.folder().file()).unwrap();
    let Opened { store, event } = place.open().await;
    assert!(matches!(event, Some(StartEvent::RestoredMissing { .. })), "{event:?}");
    assert_eq!(store.rows().await, in_snapshot);
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
    store.undo(None).await.unwrap().unwrap();
    let copy = as_it_lies(&place);
    let after = copy.store().await;
    assert_eq!(after.rows().await, store.rows().await);
    assert_eq!(after.redo().await.unwrap().unwrap().left, 0);
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
        "PRAGMA user_version = 2",
        "PRAGMA user_version = 2000000",
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (2, 'x', 1, x'00', 1)",
    ];
    for raise in raise {
        let (place, _) = with_snapshot().await;
        let mut raw = place.raw().await;
        sqlx::query(raise).execute(&mut raw).await.unwrap();
        sqlx::Connection::close(raw).await.unwrap();
        let before = fs::read(place.folder().file()).unwrap();
        let refused = Store::open(place.folder(), moment()).await.err().unwrap();
        assert_eq!(refused.fault(), Fault::Newer, "{raise}: {refused:?}");
        assert!(refused.detail().contains("versions up to 1"), "{}", refused.detail());
        assert_eq!(fs::read(place.folder().file()).unwrap(), before, "{raise}");
        assert!(!place.folder().damaged().exists());
    }
}

/// Version 2 as a later release might bring it.
fn later_migrations(second: &'static str) -> Migrator {
    let mut all: Vec<Migration> = migrate::MIGRATIONS.iter().cloned().collect();
    let sql = sqlx::SqlSafeStr::into_sql_str(second);
    all.push(Migration::new(2, "later".into(), MigrationType::Simple, sql, false));
    Migrator::with_migrations(all)
}

#[tokio::test]
async fn older_tables_are_brought_up_to_date_after_a_snapshot() {
    let (place, _) = with_snapshot().await;
    let later = later_migrations("ALTER TABLE schedule ADD COLUMN mood TEXT; PRAGMA user_version = 2;");
    let at = moment() + TimeDelta::days(1);
    let Opened { store, event } = Store::open_with(place.folder(), at, &later).await.unwrap();
    assert_eq!(event, None);
    assert_eq!(store.rows().await.schedules.len(), 2);
    assert_eq!(store.read().await.unwrap().version().await.unwrap(), 2);
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
    let (place, _) = with_snapshot().await;
    let broken = later_migrations("ALTER TABLE schedule ADD COLUMN mood TEXT; SELECT * FROM nowhere;");
    let failed = Store::open_with(place.folder(), moment(), &broken).await.err().unwrap();
    assert_eq!(failed.fault(), Fault::Other, "{failed:?}");
    assert_eq!(place.store().await.rows().await.schedules.len(), 2);
}

#[tokio::test]
async fn tables_are_not_changed_under_someone_who_has_the_file_open() {
    let (place, _) = with_snapshot().await;
    let _open = place.store().await;
    let later = later_migrations("ALTER TABLE schedule ADD COLUMN mood TEXT; PRAGMA user_version = 2;");
    let refused = Store::open_with(place.folder(), moment(), &later).await.err().unwrap();
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
    store.undo(None).await.unwrap().unwrap();
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
    let (place, _) = with_snapshot().await;
    let file = place.folder().file();
    fs::write(&file, "garbage").unwrap();
    let store = place.open().await.store;
    store.must(create(mondays(3))).await;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    drop(store);
    let _store = place.store().await;

    let mut seen = Vec::new();
    walk(place.folder().path(), &mut seen);
    for (path, mode) in &seen {
        assert_eq!(*mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
    let names: Vec<_> = seen.iter().map(|(path, _)| path.file_name().unwrap().to_str().unwrap()).collect();
    for name in ["local.sqlite", "local.sqlite-wal", "local.sqlite-shm", "weekwise.lock", "snapshots", "damaged"] {
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
