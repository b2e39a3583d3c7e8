//! Devices of one person, over the real server.

use weekwise_domain::{Cancellation, Edit, Override, SeriesPatch, Setting, SlotLimit};
use weekwise_protocol::Undo;

use super::*;
use crate::{date, series, time, title};

pub(super) struct Two {
    pub(super) server: Server,
    pub(super) email: String,
    pub(super) one: Device,
    pub(super) other: Device,
}

pub(super) async fn two() -> Two {
    let server = Server::start(&Database::new());
    let email = server.sign_up("ada");
    let (one, other) = (Device::new(&server.url, &email).await, Device::new(&server.url, &email).await);
    Two { server, email, one, other }
}

impl Two {
    /// Until what either has is on both.
    pub(super) async fn meet(&self) {
        for device in [&self.one, &self.other, &self.one] {
            device.synced().await;
        }
        assert_eq!(self.one.rows().await, self.other.rows().await);
    }
}

pub(super) fn cancelled(number: u128, on: &str) -> Edit {
    Edit::CancelDate { series_id: series(number), date: date(on), reason: Box::new(Cancellation::default()) }
}

pub(super) fn retitled(number: u128, to: &str) -> Edit {
    let patch = SeriesPatch { title: Some(title(to)), ..SeriesPatch::default() };
    Edit::ChangeSeries {
        series_id: series(number),
        patch: Box::new(patch),
        displaced: Default::default(),
        first_weekday: weekwise_domain::Weekday::MONDAY,
    }
}

#[tokio::test]
async fn what_two_devices_did_apart_is_on_both() {
    let two = two().await;
    two.one.import(vec![slot(1, "09:00", "10:30", "Algebra")], vec![]).await;
    two.meet().await;

    // Offline, each on its own; also several edits of one register, and one that is taken back.
    two.one.edit(cancelled(1, "2026-11-23")).await;
    two.one.edit(retitled(1, "Analysis")).await;
    two.one.edit(retitled(1, "Analysis 2")).await;
    let change = Override { time: Some(time("11:00", "12:00")), ..Override::default() };
    two.other.edit(Edit::ChangeDate { series_id: series(1), date: date("2026-11-30"), change: Box::new(change) }).await;
    two.other.edit(cancelled(1, "2026-12-07")).await;
    two.other.app.undo(Undo { step: None }).await.unwrap();
    two.other.import(vec![slot(2, "14:00", "15:00", "Choir")], vec![]).await;
    two.meet().await;

    let rows = two.one.rows().await;
    let titles: Vec<_> = rows["schedules"].as_array().unwrap().iter().map(|row| row["title"].clone()).collect();
    assert_eq!(titles, ["Analysis 2", "Choir"]);
    let dates: Vec<_> = rows["exceptions"].as_array().unwrap().iter().map(|row| row["date"].clone()).collect();
    assert_eq!(dates, ["2026-11-23", "2026-11-30"]);
}

#[tokio::test]
async fn what_loses_is_kept_as_a_conflict_copy_on_both() {
    let two = two().await;
    two.one.import(vec![slot(1, "09:00", "10:30", "Algebra")], vec![]).await;
    two.meet().await;
    two.one.edit(retitled(1, "Of one")).await;
    two.other.edit(retitled(1, "Of the other")).await;
    two.meet().await;
    for device in [&two.one, &two.other] {
        assert_eq!(device.changes().await.conflicts.len(), 1);
    }
}

#[tokio::test]
async fn two_devices_at_the_limit_keep_the_slots_of_both() {
    let two = two().await;
    two.one.edit(Edit::Set { setting: Setting::SlotLimit(SlotLimit::try_from(1).unwrap()) }).await;
    two.meet().await;
    let new = |number: u128, start: &str, end: &str, name: &str| {
        let id = weekwise_domain::ScheduleId(uuid::Uuid::from_u128(number));
        Edit::Create {
            schedule: Box::new(weekwise_domain::Schedule {
                id,
                pattern: weekwise_domain::Pattern {
                    series_id: id.into(),
                    day_of_week: weekwise_domain::Weekday::MONDAY,
                    time: time(start, end),
                    validity: weekwise_domain::Validity { from: date("2026-10-05"), until: None },
                    every: weekwise_domain::EveryNWeeks::ONE,
                },
                details: weekwise_domain::Details { title: title(name), ..Default::default() },
                active: true,
            }),
        }
    };
    two.one.edit(new(1, "09:00", "10:00", "Of one")).await;
    two.other.edit(new(2, "09:00", "10:00", "Of the other")).await;
    two.meet().await;
    assert_eq!(two.one.rows().await["schedules"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_series_removed_for_good_comes_back_under_another_id() {
    let two = two().await;
    let exception = json!({ "series_id": uuid::Uuid::from_u128(1), "date": "2026-11-23", "kind": "cancelled" });
    two.one.import(vec![slot(1, "09:00", "10:30", "Algebra")], vec![exception]).await;
    two.one.edit(Edit::Trash { series_id: series(1) }).await;
    two.meet().await;
    two.one.edit(Edit::Purge { series_id: series(1) }).await;
    two.meet().await;
    assert_eq!(two.other.rows().await["schedules"], json!([]));

    two.one.app.undo(Undo { step: None }).await.unwrap();
    two.meet().await;
    let rows = two.other.rows().await;
    let back = rows["schedules"].as_array().unwrap();
    assert_eq!((back.len(), &back[0]["title"]), (1, &json!("Algebra")));
    assert_ne!(back[0]["id"], json!(uuid::Uuid::from_u128(1)));
    assert_eq!(rows["exceptions"][0]["series_id"], back[0]["id"], "its changed dates go along");
}

#[tokio::test]
async fn edits_wait_across_restarts_and_a_server_that_is_down() {
    let database = Database::new();
    let mut server = Server::start(&database);
    let email = server.sign_up("ada");
    let device = Device::new(&server.url, &email).await;
    device.synced().await;
    server.kill();
    device.import(vec![slot(1, "09:00", "10:30", "Algebra")], vec![]).await;
    assert_eq!(device.sync().await, SyncState::Offline(1));
    let device = device.restart().await;
    device.edit(cancelled(1, "2026-11-23")).await;
    assert_eq!(device.sync().await, SyncState::Offline(2));
    assert_eq!(device.rows().await["exceptions"][0]["date"], "2026-11-23");
}

#[tokio::test]
async fn a_damaged_file_is_made_anew_with_what_waits_in_it() {
    for with_snapshot in [true, false] {
        let Two { server, email, one, other } = two().await;
        one.import(vec![slot(1, "09:00", "10:30", "Algebra")], vec![]).await;
        one.synced().await;
        if with_snapshot {
            one.app.daily_snapshot().await;
        }
        // One that the server has and the snapshot has not, and one that neither has.
        one.edit(cancelled(1, "2026-11-23")).await;
        one.synced().await;
        one.edit(retitled(1, "Analysis")).await;
        let before = one.rows().await;
        let Device { folder, kept, app, sessions } = one;
        app.close().await;
        std::fs::write(root(&folder).of_account(kept.folder).file(), "garbage").unwrap();

        let one = Device { app: App::open(root(&folder), Locale::default()).await.unwrap(), folder, kept, sessions };
        assert_eq!(one.rows().await, before, "{with_snapshot}");
        assert!(shows_what_it_holds(&one.app).await.unwrap());
        let two = Two { server, email, one, other };
        two.meet().await;
        assert_eq!(two.other.rows().await, before);
        let told = two.one.changes().await;
        assert!(told.rejected.is_empty() && told.conflicts.is_empty(), "{with_snapshot}: {told:?}");
    }
}

#[tokio::test]
async fn a_large_week_goes_over_in_several_pages_and_pushes() {
    let two = two().await;
    let slots: Vec<_> = (1..=20).map(|number| slot(number, "09:00", "10:00", "Slot")).collect();
    let days = (0..220).map(|week| date("2026-10-05").plus_days(7 * week).unwrap());
    let days: Vec<_> = days.collect();
    let exceptions = (1..=20).flat_map(|number: u128| {
        days.iter()
            .map(move |day| json!({ "series_id": uuid::Uuid::from_u128(number), "date": day, "kind": "cancelled" }))
    });
    two.one.import(slots, exceptions.collect()).await;
    two.meet().await;
    assert_eq!(two.other.rows().await["exceptions"].as_array().unwrap().len(), 4400);
}
