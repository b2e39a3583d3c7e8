//! When the disk does not play along.

use std::{future::poll_fn, task::Poll};

use weekwise_domain::Notes;

use super::*;
use crate::{Fault, StartEvent, StorageError};

fn fault(failure: &EditFailure) -> Fault {
    match failure {
        EditFailure::Storage(error) => error.fault(),
        EditFailure::Refused(error) => panic!("{error}"),
    }
}

/// Sets something on the store's own connection.
async fn set(store: &Store, pragma: &'static str) {
    let mut writer = store.begin().await.unwrap();
    writer.finish(Ok::<_, StorageError>(()), None).await.unwrap();
    sqlx::query(pragma).execute(&mut writer.connection).await.unwrap();
}

#[tokio::test]
async fn on_a_full_disk_an_edit_is_refused_and_nothing_is_lost() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    let before = store.rows().await;
    set(&store, "PRAGMA max_page_count = 1").await;

    let mut large = mondays(2);
    large.details.notes = Notes::new("x".repeat(4000)).unwrap();
    for _ in 0..3 {
        let refused = store.try_do(create(large.clone())).await.unwrap_err();
        assert_eq!(fault(&refused), Fault::DiskFull, "{refused:?}");
        assert_eq!(store.rows().await, before);
    }
    set(&store, "PRAGMA max_page_count = 1000000").await;
    store.must(create(large)).await;
    assert_eq!(store.rows().await.schedules.len(), 2);
    assert_eq!(store.undo(None, moment()).await.unwrap().unwrap().left, 0);
    assert_eq!(store.rows().await, before);
}

/// SQLite itself would write on into the deleted file, and say that all is well.
#[cfg(unix)]
#[tokio::test]
async fn no_edit_is_acknowledged_that_goes_to_a_deleted_file() {
    for end in ["", "-wal"] {
        let place = Place::new();
        let store = place.store().await;
        store.must(create(mondays(1))).await;
        let path = place.folder().path().join(format!("local.sqlite{end}"));
        std::fs::rename(&path, path.with_extension("gone")).unwrap();
        let refused = store.try_do(create(mondays(2))).await.unwrap_err();
        assert_eq!(fault(&refused), Fault::Gone, "{refused:?}");
        assert_eq!(store.undo(None, moment()).await.unwrap_err().fault(), Fault::Gone);
        // Another file of that name is not the one that was opened.
        std::fs::write(&path, "").unwrap();
        assert_eq!(store.redo(moment()).await.unwrap_err().fault(), Fault::Gone);
        assert_eq!(store.read().await.err().unwrap().fault(), Fault::Gone);
    }
}

/// As long as it is open, what a deleted file held can be read, and so it is kept: here also the journal is gone.
#[cfg(unix)]
#[tokio::test]
async fn what_was_in_a_folder_that_was_deleted_while_open_is_there_after_a_restart() {
    for notices in [true, false] {
        let place = Place::new();
        let store = place.store().await;
        store.must(create(mondays(1))).await;
        store.must(cancel(1, "2026-12-07")).await;
        let before = store.rows().await;
        std::fs::remove_dir_all(place.folder().path()).unwrap();
        if notices {
            for _ in 0..3 {
                assert_eq!(store.changed_elsewhere().await.unwrap_err().fault(), Fault::Gone);
            }
        }
        assert_eq!(store.close().await.unwrap_err().fault(), Fault::Gone);
        let Opened { store, event } = place.open().await;
        let taken = Some(moment().naive_local());
        assert_eq!(event, Some(StartEvent::Rebuilt { set_aside: None, taken, edits: 0, is_whole: true }));
        assert_eq!(store.rows().await, before);
        assert_eq!(store.snapshots().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn another_programs_lock_is_waited_for_and_then_told() {
    let place = Place::new();
    let store = place.store().await;
    set(&store, "PRAGMA busy_timeout = 20").await;
    let mut other = place.raw().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let refused = store.try_do(create(mondays(1))).await.unwrap_err();
    assert_eq!(fault(&refused), Fault::Busy, "{refused:?}");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    store.must(create(mondays(1))).await;
}

/// Polls a future so often at most, and then drops it.
async fn poll_at_most<T>(times: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = Box::pin(future);
    let mut left = times;
    poll_fn(move |context| {
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Pending if left == 0 => Poll::Ready(None),
            polled => polled.map(Some),
        }
    })
    .await
}

/// Whoever asked may be gone before the answer, as when a window closes.
#[tokio::test]
async fn an_edit_that_is_dropped_midway_is_done_whole_or_not_at_all() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    let before = store.rows().await;
    let mut dropped = 0;
    for polls in 1..=12 {
        if poll_at_most(polls, store.edit(&create(mondays(2)), moment())).await.is_none() {
            dropped += 1;
        }
        // Another store can write: what was dropped keeps no lock once the store is asked anything.
        store.changed_elsewhere().await.unwrap();
        let other = place.store().await;
        if other.rows().await != before {
            assert_eq!(other.undo(None, moment()).await.unwrap().unwrap().step.summary.title, Some(title("Slot 2")));
            assert_eq!(other.rows().await, before);
        }
    }
    assert!(dropped > 0);
}

#[tokio::test]
async fn a_value_that_no_weekwise_wrote_is_damage_and_names_no_content() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    let mut raw = place.raw().await;
    sqlx::query("UPDATE schedule SET title = 'secret' || char(7)").execute(&mut raw).await.unwrap();
    let error = store.read().await.unwrap().all().await.unwrap_err();
    assert_eq!(error.fault(), Fault::Damaged);
    assert!(!error.detail().contains("secret"), "{}", error.detail());
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let place = Place::new();
    let store = place.store().await;
    store.must(create(mondays(1))).await;
    store.close().await.unwrap();
    assert!(store.try_do(create(mondays(2))).await.is_err());
    assert!(store.read().await.is_err());
    let [file, log, index] = place.folder().file_and_companions();
    assert!(file.exists() && !log.exists() && !index.exists(), "all of it is in the one file");
}
