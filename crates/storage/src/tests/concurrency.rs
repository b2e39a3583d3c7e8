//! Several who use one file at once.

use std::sync::Arc;

use weekwise_domain::Validity;

use super::*;
use crate::{Fault, lock::FolderLock};

/// A single date of its own, so that no weekday has too many.
fn single(number: u128) -> Request {
    let mut row = mondays(number);
    let day = date("1990-01-01").plus_days(i32::try_from(number).unwrap() * 7).unwrap();
    row.pattern.validity = Validity { from: day, until: Some(day) };
    create(row)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_stores_on_one_folder_none_loses_an_edit() {
    let place = Place::new();
    let (first, second) = (place.store().await, place.store().await);
    let write = |store: Store, from: u128| {
        tokio::spawn(async move {
            for number in from..from + 50 {
                store.must(single(number)).await;
            }
        })
    };
    let (first, second) = (write(first, 1), write(second, 101));
    first.await.unwrap();
    second.await.unwrap();
    let store = place.store().await;
    assert_eq!(store.rows().await.schedules.len(), 100);
    assert_eq!(store.read().await.unwrap().counts().await.unwrap().history, 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_of_one_store_wait_for_one_another() {
    let place = Place::new();
    let store = Arc::new(place.store().await);
    let edits: Vec<_> = (1..=40)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.must(single(number)).await })
        })
        .collect();
    for edit in edits {
        edit.await.unwrap();
    }
    assert_eq!(store.rows().await.schedules.len(), 40);
}

/// Judged on the rows inside the transaction: two who each saw room for one slot do not both get it.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_holds_against_two_at_once() {
    let place = Place::new();
    let (first, second) = (place.store().await, place.store().await);
    first.must(create(mondays(1))).await;
    let (one, other) = tokio::join!(first.try_do(create(mondays(2))), second.try_do(create(mondays(3))));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
}

/// What a store keeps in memory from its last edit is not used once anything else has been committed.
#[tokio::test]
async fn an_edit_is_judged_on_what_was_committed_last_by_turns() {
    let place = Place::new();
    let (first, second) = (place.store().await, place.store().await);
    first.must(create(mondays(1))).await;
    second.must(create(mondays(2))).await;
    let refused = first.try_do(create(mondays(3))).await;
    assert!(matches!(refused, Err(EditFailure::Refused(_))), "there are two already: {refused:?}");
    // Room again, made by the other one.
    second.undo(None, moment()).await.unwrap();
    first.must(create(mondays(4))).await;
    // And through the same connection.
    first.undo(None, moment()).await.unwrap();
    first.must(create(mondays(5))).await;
    let refused = second.try_do(create(mondays(6))).await;
    assert!(matches!(refused, Err(EditFailure::Refused(_))), "there are two again: {refused:?}");
}

#[tokio::test]
async fn a_store_notices_what_others_commit_and_not_its_own() {
    let place = Place::new();
    let (mine, other) = (place.store().await, place.store().await);
    assert!(!mine.changed_elsewhere().await.unwrap());
    mine.must(single(1)).await;
    assert!(!mine.changed_elsewhere().await.unwrap());
    other.must(single(2)).await;
    mine.must(single(3)).await;
    assert!(mine.changed_elsewhere().await.unwrap());
    assert!(!mine.changed_elsewhere().await.unwrap(), "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_has_one_snapshot_though_two_ask_for_it_and_edits_go_on() {
    let place = Place::new();
    let store = place.store().await;
    store.must(single(1)).await;
    let (one, other, ()) = tokio::join!(store.daily_snapshot(moment()), store.daily_snapshot(moment()), async {
        for number in 2..20 {
            store.must(single(number)).await;
        }
    });
    assert_eq!([one.unwrap(), other.unwrap()].iter().flatten().count(), 1);
    let snapshots = store.snapshots().unwrap();
    assert!(snapshots.len() == 1 && store.is_good(&snapshots[0]).await.unwrap());
}

#[tokio::test]
async fn a_reading_is_of_one_moment() {
    let place = Place::new();
    let store = place.store().await;
    store.must(single(1)).await;
    let mut reading = store.read().await.unwrap();
    assert_eq!(reading.active_schedules().await.unwrap().len(), 1);
    store.must(single(2)).await;
    assert_eq!(reading.all().await.unwrap().schedules.len(), 1);
    assert_eq!(store.rows().await.schedules.len(), 2);
}

#[tokio::test]
async fn no_one_opens_a_folder_whose_file_is_being_replaced() {
    let place = Place::new();
    drop(place.store().await);
    let lock = FolderLock::open(&place.folder()).unwrap();
    lock.share().await.unwrap();
    lock.take_alone().await.unwrap();
    let refused = Store::open(place.folder(), moment()).await.err().unwrap();
    assert_eq!(refused.fault(), Fault::Busy);
    assert!(refused.detail().contains("another Weekwise"), "{}", refused.detail());
    lock.release().unwrap();
    place.store().await;
}
