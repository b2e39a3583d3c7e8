//! The journal: what is written down, and when it is not.

use std::fs;

use chrono::TimeDelta;

use super::*;
use crate::{StartEvent, StorageError};

/// The lines of the journal without their checksums and headers.
fn lines(place: &Place) -> Vec<String> {
    let mut files: Vec<_> = fs::read_dir(place.folder().journal()).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
    texts.flat_map(|text| text.lines().skip(1).map(|line| line[17..].to_owned()).collect::<Vec<_>>()).collect()
}

fn files(place: &Place) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(place.folder().journal())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn it_holds_what_was_done_and_nothing_else() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    store.must(create(mondays(2))).await;
    store.try_do(create(mondays(3))).await.unwrap_err();
    assert_eq!(store.undo(Some(99), moment()).await.unwrap(), None);
    assert_eq!(store.redo(moment()).await.unwrap(), None);
    store.undo(None, moment()).await.unwrap().unwrap();
    let lines = lines(&place);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[1].contains("Slot 2") && lines[2].contains(r#""act":{"undo":null}"#), "{lines:?}");
}

/// An edit is in the journal before it is committed, and must not stay in it when that fails.
#[tokio::test]
async fn an_edit_that_could_not_be_committed_is_not_in_it() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    let mut writer = store.begin().await.unwrap();
    sqlx::query("PRAGMA defer_foreign_keys = ON").execute(&mut writer.connection).await.unwrap();
    sqlx::query("CREATE TABLE parent (id INTEGER PRIMARY KEY)").execute(&mut writer.connection).await.unwrap();
    sqlx::query("CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)")
        .execute(&mut writer.connection)
        .await
        .unwrap();
    sqlx::query("INSERT INTO child VALUES (1)").execute(&mut writer.connection).await.unwrap();
    let failed = writer.finish(Ok::<_, StorageError>(()), Some(crate::journal::Act::Redo)).await;
    assert!(failed.unwrap_err().detail().contains("FOREIGN KEY"), "the commit itself fails");
    drop(writer);
    assert_eq!(lines(&place).len(), 1);
    store.must(create(mondays(2))).await;
    assert_eq!(lines(&place).len(), 2);
}

/// A disk that is full in the midst of a line, and a process that was killed there.
#[tokio::test]
async fn a_torn_line_is_written_over() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    let file = place.folder().journal().join("000001.log");
    let mut text = fs::read_to_string(&file).unwrap();
    text.push_str("0123456789abcdef {\"from\":[1,");
    fs::write(&file, text).unwrap();
    store.must(create(mondays(2))).await;
    assert_eq!((lines(&place).len(), files(&place).len()), (2, 1));
    fs::write(place.folder().file(), "garbage").unwrap();
    drop(store);
    let Opened { store, event } = place.open().await;
    assert!(matches!(event, Some(StartEvent::Rebuilt { edits: 2, is_whole: true, .. })), "{event:?}");
    assert_eq!(store.rows().await.schedules.len(), 2);
}

#[tokio::test]
async fn a_damaged_line_ends_it_there_and_is_told() {
    let place = Place::new();
    let store = place.store().await;
    for number in 1..=2 {
        store.must(create(mondays(number))).await;
    }
    store.must(cancel(1, "2026-12-07")).await;
    store.close().await.unwrap();
    let file = place.folder().journal().join("000001.log");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("Slot 2", "Slot 3")).unwrap();
    // The file itself is whole, and goes on in a new journal, which does not lead on from the old one.
    let store = place.store().await;
    store.must(cancel(1, "2026-12-14")).await;
    assert_eq!(files(&place).len(), 2);
    store.close().await.unwrap();
    fs::write(place.folder().file(), "garbage").unwrap();
    let Opened { store, event } = place.open().await;
    assert!(matches!(event, Some(StartEvent::Rebuilt { edits: 1, is_whole: false, .. })), "{event:?}");
    assert_eq!(store.rows().await.schedules.len(), 1);
}

/// An edit that was written down by a process which was killed before it committed, while another one goes on.
#[tokio::test]
async fn what_another_process_left_uncommitted_is_removed_by_one_that_goes_on() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    let file = place.folder().journal().join("000001.log");
    let before = fs::read(&file).unwrap();
    store.must(create(mondays(2))).await;
    let with_both = fs::read(&file).unwrap();
    let killed = &with_both[before.len()..];
    store.must(cancel(1, "2026-12-07")).await;
    let left = fs::read_to_string(&file).unwrap();
    // As a further edit that begins where the file stands now would be left.
    let text = String::from_utf8(killed.to_vec()).unwrap()[17..].trim_end().replace("[1,1]", "[3,3]");
    let line = format!("{:016x} {text}\n", crc::Crc::<u64>::new(&crc::CRC_64_XZ).checksum(text.as_bytes()));
    fs::write(&file, left.clone() + &line).unwrap();
    store.must(cancel(1, "2026-12-14")).await;
    let now = fs::read_to_string(&file).unwrap();
    assert!(now.starts_with(&left) && !now.contains(&text), "{now}");
    assert_eq!((lines(&place).len(), files(&place).len()), (4, 1));
}

/// The same, when the next process that comes opens the file: nobody was told whether that edit was done, and it is.
#[tokio::test]
async fn what_was_under_way_when_the_process_ended_is_done() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    store.close().await.unwrap();
    let before = fs::read(place.folder().file()).unwrap();
    let store = place.store().await;
    store.must(create(mondays(2))).await;
    let rows = store.rows().await;
    store.close().await.unwrap();
    fs::write(place.folder().file(), before).unwrap();
    assert_eq!(place.store().await.rows().await, rows);
}

#[tokio::test]
async fn it_goes_back_as_far_as_the_oldest_daily_snapshot() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    for day in 0..12 {
        let now = moment() + TimeDelta::days(day);
        store.daily_snapshot(now).await.unwrap().unwrap();
        for week in 0..2 {
            let date = date("2026-11-30").plus_days(7 * (2 * i32::try_from(day).unwrap() + week)).unwrap();
            store.edit(&cancel(1, &date.to_string()), now).await.unwrap();
        }
    }
    assert!((7..=9).contains(&files(&place).len()), "{:?}", files(&place));
    let before = store.rows().await;
    let snapshots = store.snapshots().unwrap();
    store.close().await.unwrap();
    // With the oldest of them alone, it still leads to where the file stood.
    for newer in &snapshots[..6] {
        fs::write(&newer.file, "garbage").unwrap();
    }
    fs::write(place.folder().file(), "garbage").unwrap();
    let Opened { store, event } = place.open().await;
    let taken = Some(snapshots[6].taken);
    assert!(
        matches!(event, Some(StartEvent::Rebuilt { edits: 14, is_whole: true, taken: at, .. }) if at == taken),
        "{event:?}"
    );
    assert_eq!(store.rows().await, before);
}

#[tokio::test]
async fn a_journal_that_is_deleted_while_in_use_is_begun_again() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    fs::remove_dir_all(place.folder().journal()).unwrap();
    store.must(create(mondays(2))).await;
    assert_eq!(lines(&place).len(), 1);
    let other = place.store().await;
    other.must(cancel(1, "2026-12-07")).await;
    store.must(cancel(1, "2026-12-14")).await;
    assert_eq!((lines(&place).len(), files(&place).len()), (3, 1), "two who write go on in one file");
}

#[tokio::test]
async fn it_is_written_through_when_asked() {
    let place = Place::new();
    let store = place.store().await;
    store.sync_journal().await.unwrap();
    store.must(create(mondays(1))).await;
    store.sync_journal().await.unwrap();
    fs::remove_dir_all(place.folder().journal()).unwrap();
    store.sync_journal().await.unwrap();
}
