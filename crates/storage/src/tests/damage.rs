//! A file that is damaged, not there, or behind: what was acknowledged comes back.

use std::fs;

use weekwise_domain::{Setting, View};

use super::*;
use crate::{Fault, History, SnapshotKind, StartEvent};

/// All that a person has: rows, what undo and redo would do, and how many steps there are.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Possessions {
    rows: Rows,
    history: History,
    steps: u64,
}

async fn possessions(store: &Store) -> Possessions {
    let mut reading = store.read().await.unwrap();
    Possessions {
        rows: reading.all().await.unwrap(),
        history: reading.history().await.unwrap(),
        steps: reading.counts().await.unwrap().history,
    }
}

/// Edits of every kind, some before and some after the day's snapshot; all of it closed.
async fn lived_in(with_snapshot: bool) -> (Place, Possessions) {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    store.must(cancel(1, "2026-12-07")).await;
    if with_snapshot {
        store.daily_snapshot(moment()).await.unwrap().unwrap();
    }
    store.must(create(mondays(2))).await;
    store.try_do(Edit::Set { setting: Setting::View(View::Weeks) }).await.unwrap();
    store.must(retime(1, "2026-12-14", time("11:00", "12:00"))).await;
    store.undo(None, moment()).await.unwrap().unwrap();
    store.redo(moment()).await.unwrap().unwrap();
    store.must(cancel(2, "2026-12-14")).await;
    store.undo(None, moment()).await.unwrap().unwrap();
    let possessions = possessions(&store).await;
    store.close().await.unwrap();
    (place, possessions)
}

/// How many of them follow the snapshot, and how many there are in all.
const SINCE: u32 = 7;
const ALL: u32 = 9;

fn overwrite(file: &Path, at: usize, bytes: &[u8]) {
    let mut content = fs::read(file).unwrap();
    content[at..at + bytes.len()].copy_from_slice(bytes);
    fs::write(file, content).unwrap();
}

type Damage = fn(&Path);

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
            // The last pages are those of tables in which nothing is.
            fs::write(file, &content[..content.len() - 12 * 4096 - 1000]).unwrap();
        }),
        ("zeroed pages", |file| overwrite(file, 4096, &[0; 3 * 4096])),
        ("a flipped page header", |file| overwrite(file, 2 * 4096, &[0xff; 8])),
        ("a flipped first page", |file| overwrite(file, 100, &[0xff; 8])),
        ("a flipped file header", |file| overwrite(file, 0, &[0xff; 100])),
    ]
}

#[tokio::test]
async fn a_damaged_file_is_set_aside_and_made_anew_with_every_edit() {
    for (what, damage) in damages() {
        for with_snapshot in [true, false] {
            let (place, before) = lived_in(with_snapshot).await;
            let file = place.folder().file();
            damage(&file);
            let damaged = fs::read(&file).unwrap();

            let Opened { store, event } = place.open().await;
            let Some(StartEvent::Rebuilt { set_aside: Some(set_aside), taken, edits, is_whole }) = event else {
                panic!("{what}: {event:?}")
            };
            assert_eq!(taken, with_snapshot.then(|| moment().naive_local()), "{what}");
            assert_eq!((edits, is_whole), (if with_snapshot { SINCE } else { ALL }, true), "{what}");
            assert_eq!(possessions(&store).await, before, "{what}");
            assert_eq!(fs::read(set_aside.join("local.sqlite")).unwrap(), damaged, "{what}: kept as it was");
            store.must(create(Schedule { active: false, ..mondays(3) })).await;
        }
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_made_anew_with_every_edit() {
    for with_snapshot in [true, false] {
        let (place, before) = lived_in(with_snapshot).await;
        fs::remove_file(place.folder().file()).unwrap();
        let Opened { store, event } = place.open().await;
        let edits = if with_snapshot { SINCE } else { ALL };
        let taken = with_snapshot.then(|| moment().naive_local());
        assert_eq!(event, Some(StartEvent::Rebuilt { set_aside: None, taken, edits, is_whole: true }));
        assert_eq!(possessions(&store).await, before);
    }
}

/// What is made anew is the same file as before: it goes on in the same journal, and can be made anew again.
#[tokio::test]
async fn a_file_is_made_anew_time_and_again() {
    let (place, _) = lived_in(true).await;
    for number in 10..14 {
        fs::write(place.folder().file(), "garbage").unwrap();
        let Opened { store, event } = place.open().await;
        assert!(matches!(event, Some(StartEvent::Rebuilt { is_whole: true, .. })), "{event:?}");
        let mut slot = mondays(number);
        slot.pattern.day_of_week = Weekday::try_from((number % 7) as u8).unwrap();
        store.must(create(slot)).await;
        assert!(store.rows().await.schedules.len() > 2);
        store.close().await.unwrap();
    }
    assert_eq!(place.open().await.store.rows().await.schedules.len(), 6);
}

#[tokio::test]
async fn it_is_told_until_the_person_knows() {
    let (place, _) = lived_in(true).await;
    fs::write(place.folder().file(), "garbage").unwrap();
    let first = place.open().await.event;
    assert!(first.is_some());
    // The folder may be moved; the place of the damaged file is told as it is then.
    let moved = place.root.path().join("moved");
    fs::rename(place.folder().path(), &moved).unwrap();
    let moved = DataFolder::at(moved);
    let Opened { store, event } = Store::open(moved.clone(), moment()).await.unwrap();
    let Some(StartEvent::Rebuilt { set_aside: Some(set_aside), .. }) = event else { panic!("{event:?}") };
    assert!(set_aside.join("local.sqlite").exists(), "{set_aside:?}");
    store.forget_event().await.unwrap();
    drop(store);
    assert_eq!(Store::open(moved, moment()).await.unwrap().event, None);
}

#[tokio::test]
async fn without_a_good_snapshot_and_a_journal_a_new_file_is_begun() {
    let (place, _) = lived_in(true).await;
    for snapshot in fs::read_dir(place.folder().snapshots()).unwrap() {
        fs::write(snapshot.unwrap().path(), "SQLite format 3\0 no more").unwrap();
    }
    fs::remove_dir_all(place.folder().journal()).unwrap();
    fs::write(place.folder().file(), "garbage").unwrap();
    let Opened { store, event } = place.open().await;
    let Some(StartEvent::StartedAfresh { set_aside }) = event else { panic!("{event:?}") };
    assert_eq!(fs::read(set_aside.join("local.sqlite")).unwrap(), b"garbage");
    assert_eq!(store.rows().await, Rows::default());
    store.must(create(mondays(1))).await;
    assert_eq!(store.snapshots().unwrap().len(), 1, "the bad one is kept as well");
}

#[tokio::test]
async fn without_a_journal_it_is_said_that_edits_may_be_missing() {
    let (place, _) = lived_in(true).await;
    fs::remove_dir_all(place.folder().journal()).unwrap();
    fs::write(place.folder().file(), "garbage").unwrap();
    let Opened { store, event } = place.open().await;
    assert!(matches!(event, Some(StartEvent::Rebuilt { edits: 0, is_whole: false, .. })), "{event:?}");
    assert_eq!(store.rows().await.schedules.len(), 1, "what the snapshot has");
}

#[tokio::test]
async fn a_damaged_snapshot_is_passed_over_for_an_older_one() {
    let (place, before) = lived_in(true).await;
    let store = place.store().await;
    let newer = store.snapshot(SnapshotKind::BeforeMigration, moment()).await.unwrap();
    store.close().await.unwrap();
    overwrite(&newer.file, 2 * 4096, &[0xff; 8]);
    fs::write(place.folder().file(), "garbage").unwrap();
    let Opened { store, event } = place.open().await;
    assert!(matches!(event, Some(StartEvent::Rebuilt { edits: SINCE, is_whole: true, .. })), "{event:?}");
    assert_eq!(possessions(&store).await, before);
}

/// With a clock that was set back, what was taken last has not the latest date.
#[tokio::test]
async fn the_newest_snapshot_is_the_one_that_was_taken_last_whatever_the_clock_said() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    store.daily_snapshot(moment() + chrono::TimeDelta::days(400)).await.unwrap().unwrap();
    store.must(create(mondays(2))).await;
    let taken = store.daily_snapshot(moment()).await.unwrap().expect("a new one, although there is a later date");
    let before = store.rows().await;
    assert_eq!(store.snapshots().unwrap()[0], taken);
    assert_eq!(store.daily_snapshot(moment()).await.unwrap(), None);
    store.close().await.unwrap();
    fs::remove_dir_all(place.folder().journal()).unwrap();
    fs::write(place.folder().file(), "garbage").unwrap();
    let Opened { store, event } = place.open().await;
    assert!(matches!(event, Some(StartEvent::Rebuilt { taken: Some(at), .. }) if at == taken.taken), "{event:?}");
    assert_eq!(store.rows().await, before);
}

#[tokio::test]
async fn two_damaged_files_of_one_second_are_both_kept() {
    let (place, _) = lived_in(true).await;
    for content in ["one", "two"] {
        fs::write(place.folder().file(), content).unwrap();
        place.open().await.store.close().await.unwrap();
    }
    let kept = place.open().await.store.set_aside().unwrap();
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
        let Opened { store, event } = place.open().await;
        let Some(StartEvent::Rebuilt { set_aside: Some(set_aside), .. }) = event else { panic!("{event:?}") };
        assert_eq!(fs::read(set_aside.join("local.sqlite-wal")).unwrap(), edits);
        assert_eq!(store.rows().await.schedules.len(), 1);
    }
}

/// Without its log, or with a damaged one, the file is whole for SQLite and lacks the last edits.
#[tokio::test]
async fn edits_that_were_lost_with_the_log_are_done_again() {
    for damage in [|log: &Path| fs::remove_file(log).unwrap(), |log: &Path| overwrite(log, 24 + 4096 * 2, &[0xff; 64])]
    {
        let (place, _) = lived_in(true).await;
        let store = place.store().await;
        for number in 3..6 {
            let mut slot = mondays(number);
            slot.pattern.day_of_week = Weekday::SATURDAY;
            slot.active = number != 5;
            store.must(create(slot)).await;
        }
        let before = possessions(&store).await;
        let copy = copied(&place);
        damage(&copy.folder().file_and_companions()[1]);
        let Opened { store, event } = copy.open().await;
        assert!(matches!(event, Some(StartEvent::CaughtUp { edits: 2.. })), "{event:?}");
        assert_eq!(possessions(&store).await, before);
    }
}

/// The whole folder as it lies there while it is in use.
fn copied(place: &Place) -> Place {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            let to = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy(&entry.path(), &to);
            } else {
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    let other = Place::new();
    copy(place.folder().path(), other.folder().path());
    fs::remove_file(&other.folder().file_and_companions()[2]).unwrap();
    other
}

#[tokio::test]
async fn an_older_copy_of_the_file_is_brought_up_to_where_the_journal_ends() {
    let (place, _) = lived_in(true).await;
    let older = fs::read(place.folder().file()).unwrap();
    let store = place.store().await;
    for date in ["2026-12-21", "2026-12-28"] {
        store.must(cancel(1, date)).await;
    }
    let before = possessions(&store).await;
    store.close().await.unwrap();
    fs::write(place.folder().file(), older).unwrap();
    let Opened { store, event } = place.open().await;
    assert_eq!(event, Some(StartEvent::CaughtUp { edits: 2 }));
    assert_eq!(possessions(&store).await, before);
    store.must(cancel(1, "2027-01-04")).await;
}

/// A file from elsewhere has a journal elsewhere.
#[tokio::test]
async fn another_file_in_its_place_is_taken_as_it_is() {
    let (place, _) = lived_in(true).await;
    let (elsewhere, _) = lived_in(false).await;
    let store = Store::open(elsewhere.folder(), moment()).await.unwrap().store;
    store.must(create(Schedule { active: false, ..mondays(7) })).await;
    let expected = possessions(&store).await;
    store.close().await.unwrap();
    rename_file_id(&elsewhere).await;
    fs::copy(elsewhere.folder().file(), place.folder().file()).unwrap();
    let store = place.store().await;
    assert_eq!(possessions(&store).await, expected);
    assert!(store.daily_snapshot(moment()).await.unwrap().is_some(), "at once, although there is one of today");
    store.must(cancel(1, "2026-12-28")).await;
    let expected = possessions(&store).await;
    store.close().await.unwrap();
    fs::write(place.folder().file(), "garbage").unwrap();
    let Opened { store, event } = place.open().await;
    assert!(matches!(event, Some(StartEvent::Rebuilt { edits: 1, is_whole: true, .. })), "{event:?}");
    assert_eq!(possessions(&store).await, expected);
}

/// All files here begin at one moment, by which they are told apart.
async fn rename_file_id(place: &Place) {
    let mut raw = place.raw().await;
    sqlx::query("UPDATE meta SET value = 'elsewhere' WHERE name = 'created_at'").execute(&mut raw).await.unwrap();
    sqlx::Connection::close(raw).await.unwrap();
}

/// A value that SQLite has nothing against, and that no Weekwise wrote.
#[tokio::test]
async fn what_only_a_thorough_look_finds_is_found_after_it_showed() {
    let (place, before) = lived_in(true).await;
    let mut raw = place.raw().await;
    sqlx::query("UPDATE schedule SET title = title || char(7)").execute(&mut raw).await.unwrap();
    sqlx::Connection::close(raw).await.unwrap();
    let store = place.store().await;
    assert_eq!(store.read().await.unwrap().all().await.unwrap_err().fault(), Fault::Damaged);
    store.close().await.unwrap();
    let Opened { store, event } = place.open().await;
    assert!(matches!(event, Some(StartEvent::Rebuilt { is_whole: true, .. })), "{event:?}");
    assert_eq!(possessions(&store).await, before);
}

/// An index that disagrees with its table: what was damaged is a date, and the quick check does not see it.
#[tokio::test]
async fn the_daily_snapshot_looks_thoroughly_and_does_not_copy_damage() {
    let (place, before) = lived_in(true).await;
    let content = fs::read(place.folder().file()).unwrap();
    let dates: Vec<_> =
        content.windows(10).enumerate().filter(|(_, it)| *it == b"2026-12-07").map(|(at, _)| at).collect();
    // In the table; in the index; and in the history, as what was asked for and what it came to.
    assert!(dates.len() >= 4, "{dates:?}");
    let tomorrow = moment() + chrono::TimeDelta::days(1);
    let mut found = 0;
    for at in dates {
        fs::write(place.folder().file(), &content).unwrap();
        overwrite(&place.folder().file(), at, b"2026-12-08");
        let store = place.store().await;
        match store.daily_snapshot(tomorrow).await {
            Err(error) => {
                assert_eq!(error.fault(), Fault::Damaged, "{error:?}");
                found += 1;
                drop(store);
                assert_eq!(possessions(&place.open().await.store).await, before);
            }
            Ok(taken) => fs::remove_file(taken.unwrap().file).unwrap(),
        }
    }
    assert_eq!(found, 2, "in the table and in the index; what the history says is not looked into");
}

/// Whatever moment a process ends at while it replaces a damaged file.
#[tokio::test]
async fn a_replacement_that_is_cut_short_is_finished_or_begun_again() {
    let (place, before) = lived_in(true).await;
    fs::write(place.folder().file(), "garbage").unwrap();
    // Before: a part that was not finished.
    fs::write(place.folder().part(), "half").unwrap();
    fs::write(place.folder().replacement(), "of an earlier time").unwrap();
    let store = place.open().await.store;
    assert_eq!(possessions(&store).await, before);
    store.close().await.unwrap();
    // After the damaged file was set aside, and before the new one took its place, with a log of the old one left.
    fs::rename(place.folder().file(), place.folder().replacement()).unwrap();
    fs::write(&place.folder().file_and_companions()[1], "of the damaged file").unwrap();
    let store = place.open().await.store;
    assert_eq!(possessions(&store).await, before);
    assert_eq!(store.set_aside().unwrap().len(), 2, "the log is kept as well");
}
