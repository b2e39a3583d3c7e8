//! What sync has to tell: what came, what is in conflict, what was not taken; and what can be done about it.

use weekwise_domain::{
    Edit, EditError, Exception, Override, Schedule, SeriesPatch, Setting, SlotLimit, Subject, Weekday,
};
use weekwise_protocol::{
    Arrival, ArrivalStanding, Author, Both, Conflict, DismissRejected, Failure, Field, KeepThis, ListTrash, Redo,
    Rejection, RetryRejected, SeeChanges, TakeBack, UseOther, What,
};

use super::{
    converge::{Two, cancelled, retitled, two},
    refused::{EPOCH, Victim, nothing, victim},
    *,
};
use crate::{date, series, time, title};

impl Device {
    /// What came last.
    async fn last(&self) -> Arrival {
        self.changes().await.arrivals.remove(0)
    }

    async fn conflict(&self) -> Conflict {
        let conflicts = self.changes().await.conflicts;
        assert_eq!(conflicts.len(), 1, "{conflicts:?}");
        conflicts.into_iter().next().unwrap()
    }

    async fn titles(&self) -> Vec<String> {
        let rows = self.rows().await;
        let title = |row: &serde_json::Value| row["title"].as_str().unwrap().to_owned();
        rows["schedules"].as_array().unwrap().iter().map(title).collect()
    }
}

/// Two devices that have a slot on Mondays.
async fn with_algebra() -> Two {
    let two = two().await;
    two.one.import(vec![slot(1, "09:00", "10:30", "Algebra")], vec![]).await;
    two.meet().await;
    two
}

fn patched(patch: SeriesPatch) -> Edit {
    let first_weekday = Weekday::MONDAY;
    Edit::ChangeSeries { series_id: series(1), patch: Box::new(patch), displaced: Default::default(), first_weekday }
}

fn moved(on: &str, to: &str) -> Edit {
    let change = Override { moved_to: Some(date(to)), ..Override::default() };
    Edit::ChangeDate { series_id: series(1), date: date(on), change: Box::new(change) }
}

fn both<T>(before: T, after: T) -> Both<T> {
    Both { before, after }
}

#[tokio::test]
async fn each_edit_of_another_device_is_told_with_what_it_was_and_what_it_is() {
    let two = with_algebra().await;
    let cancel = |reason| Exception::Cancelled(reason);
    let on = |day: &str, before: Option<Exception>, after: Option<Exception>| What::Date {
        date: date(day),
        usual: Some(time("09:00", "10:30")),
        exception: both(before, after),
    };
    let moved_to = |to: &str| Exception::Override(Override { moved_to: Some(date(to)), ..Override::default() });
    let limit = |number: i64| Setting::SlotLimit(SlotLimit::try_from(number).unwrap());
    let put_back = Edit::PutBack { series_id: series(1), date: date("2026-12-07") };
    let later = SeriesPatch {
        time: Some(time("11:00", "12:00")),
        location: Some("Hall".to_owned().try_into().unwrap()),
        ..SeriesPatch::default()
    };
    let cases = [
        (retitled(1, "Analysis"), What::Fields(vec![Field::Title(both(title("Algebra"), title("Analysis")))])),
        (cancelled(1, "2026-11-30"), on("2026-11-30", None, Some(cancel(Default::default())))),
        (moved("2026-12-07", "2026-12-08"), on("2026-12-07", None, Some(moved_to("2026-12-08")))),
        (put_back, on("2026-12-07", Some(moved_to("2026-12-08")), None)),
        (
            patched(later),
            What::Fields(vec![
                Field::Time(both(time("09:00", "10:30"), time("11:00", "12:00"))),
                Field::Location(both(Default::default(), "Hall".to_owned().try_into().unwrap())),
            ]),
        ),
        (Edit::Trash { series_id: series(1) }, What::Trashed),
        (Edit::Restore { series_id: series(1) }, What::Restored),
        (Edit::Set { setting: limit(5) }, What::Setting(both(limit(24), limit(5)))),
    ];
    let count = cases.len();
    for (edit, what) in cases {
        two.other.edit(edit).await;
        two.meet().await;
        let Arrival { by, differences, more, is_merged, is_seen, standing, at_ms, .. } = two.one.last().await;
        assert_eq!(differences.iter().map(|it| it.what.clone()).collect::<Vec<_>>(), std::slice::from_ref(&what));
        assert_eq!((more, is_merged, is_seen, standing), (0, false, false, ArrivalStanding::Whole), "{what:?}");
        let slot = differences[0].slot.as_ref().map(|slot| (slot.series_id, slot.title.clone()));
        match what {
            What::Setting(_) => assert_eq!(slot, None),
            _ => assert_eq!(slot, Some((series(1), title("Analysis")))),
        }
        assert!(matches!(by, Author::Device { .. }), "{by:?}");
        let made = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap() - at_ms;
        assert!((0..60_000).contains(&made), "made {made} ms ago");
    }
    let told = two.one.changes().await;
    assert_eq!((told.arrivals.len(), told.untold as usize, told.older), (count, count, 0));
    // The other one is told of nothing but what it has pulled since it was complete: none of its own.
    assert!(two.other.changes().await.arrivals.iter().all(|it| it.by != Author::ThisDevice));

    let Author::Device { id, .. } = &told.arrivals[0].by else { panic!("{:?}", told.arrivals[0].by) };
    let through = told.arrivals[2].id;
    two.one.app.see_changes(SeeChanges { through }).await.unwrap();
    assert_eq!(two.one.app.count_changes().await.unwrap(), 2, "of {id}");
    assert_eq!(two.one.changes().await.arrivals.iter().filter(|it| !it.is_seen).count(), 2);
}

#[tokio::test]
async fn what_is_made_divided_and_removed_elsewhere_is_told() {
    let two = with_algebra().await;
    two.other.import(vec![slot(2, "14:00", "15:00", "Choir")], vec![]).await;
    two.meet().await;
    let told = two.one.last().await.differences;
    assert!(matches!(&told[..], [it] if matches!(&it.what, What::Added(row) if row.details.title == title("Choir"))));

    let new_id = weekwise_domain::ScheduleId(uuid::Uuid::from_u128(11));
    two.other
        .edit(Edit::ChangeFollowing {
            series_id: series(1),
            date: date("2027-01-04"),
            new_id,
            patch: Box::new(SeriesPatch { title: Some(title("Analysis")), ..SeriesPatch::default() }),
            displaced: Default::default(),
            first_weekday: Weekday::MONDAY,
        })
        .await;
    two.meet().await;
    let split = two.one.last().await;
    let is_part = |row: &Schedule| row.pattern.series_id == series(1);
    assert!(split.differences.iter().any(|it| matches!(&it.what, What::Divided(row) if is_part(row))), "{split:?}");

    for edit in [Edit::Trash { series_id: series(2) }, Edit::Purge { series_id: series(2) }] {
        two.other.edit(edit).await;
    }
    two.meet().await;
    let gone = two.one.last().await;
    assert!(matches!(&gone.differences[..], [it] if matches!(it.what, What::Removed(_))), "{gone:?}");

    // It comes back under another id, and only once.
    two.one.app.take_back(TakeBack { arrival: gone.id }).await.unwrap();
    two.meet().await;
    assert!(two.other.titles().await.contains(&"Choir".to_owned()));
    let again = two.one.app.take_back(TakeBack { arrival: gone.id }).await;
    assert_eq!(again, Err(Failure::Refused { error: EditError::NotOpen }));
    assert_eq!(two.one.last().await.standing, ArrivalStanding::TakenBack);
}

#[tokio::test]
async fn what_came_is_taken_back_by_one_edit_with_one_undo() {
    let two = with_algebra().await;
    two.other.edit(retitled(1, "Analysis")).await;
    two.meet().await;
    let arrival = two.one.last().await.id;

    let done = two.one.app.take_back(TakeBack { arrival }).await.unwrap();
    assert_eq!(done.summary.subject, Subject::TakenBack { left: 0 });
    assert_eq!(two.one.last().await.standing, ArrivalStanding::TakenBack);
    two.meet().await;
    assert_eq!(two.other.titles().await, ["Algebra"]);
    let told = two.other.last().await.differences.remove(0).what;
    assert_eq!(told, What::Fields(vec![Field::Title(both(title("Analysis"), title("Algebra")))]));

    assert_eq!(two.one.undo().await.step, done.step.unwrap());
    assert_eq!(two.one.last().await.standing, ArrivalStanding::Whole);
    two.meet().await;
    assert_eq!(two.other.titles().await, ["Analysis"]);
    two.one.app.redo(Redo {}).await.unwrap();
    assert_eq!(
        (two.one.last().await.standing, two.one.titles().await),
        (ArrivalStanding::TakenBack, vec!["Algebra".to_owned()])
    );
    two.one.undo().await;

    // What was edited since stays, and is said to.
    two.one.edit(retitled(1, "Mine")).await;
    assert_eq!(two.one.last().await.standing, ArrivalStanding::Over);
    let nothing = two.one.app.take_back(TakeBack { arrival }).await.unwrap();
    assert_eq!((nothing.step, nothing.summary.subject), (None, Subject::TakenBack { left: 1 }));
    assert_eq!(two.one.titles().await, ["Mine"]);
}

#[tokio::test]
async fn a_slot_that_came_goes_to_the_trash_and_out_of_it() {
    let two = with_algebra().await;
    two.other.import(vec![slot(2, "14:00", "15:00", "Choir")], vec![]).await;
    two.meet().await;
    let arrival = two.one.last().await.id;
    two.one.app.take_back(TakeBack { arrival }).await.unwrap();
    two.meet().await;
    let active = |rows: &serde_json::Value| rows["schedules"][1]["active"].clone();
    assert_eq!(active(&two.other.rows().await), json!(false), "{}", two.other.rows().await);
    let undone = two.one.undo().await;
    assert_eq!(undone.left, 0);
    two.meet().await;
    assert_eq!(active(&two.other.rows().await), json!(true));
    assert_eq!(two.one.last().await.standing, ArrivalStanding::Whole);
}

#[tokio::test]
async fn a_first_sync_tells_nothing() {
    let two = with_algebra().await;
    two.other.edit(cancelled(1, "2026-11-30")).await;
    two.meet().await;
    assert_eq!(two.one.changes().await.arrivals.len(), 1);
    let third = Device::new(&two.server.url, &two.email).await;
    third.synced().await;
    assert_eq!(third.rows().await, two.one.rows().await);
    assert_eq!((third.changes().await.arrivals, third.changes().await.untold), (vec![], 0));

    two.other.edit(retitled(1, "Analysis")).await;
    two.meet().await;
    third.synced().await;
    assert_eq!(third.changes().await.arrivals.len(), 1, "from then on all is told");
}

#[tokio::test]
async fn what_came_beside_an_edit_of_ones_own_is_told_as_merged() {
    let two = with_algebra().await;
    two.one.edit(retitled(1, "Analysis")).await;
    two.other.edit(patched(SeriesPatch { time: Some(time("11:00", "12:00")), ..SeriesPatch::default() })).await;
    two.meet().await;
    let merged = two.other.last().await;
    assert_eq!(merged.differences[0].what, What::Fields(vec![Field::Title(both(title("Algebra"), title("Analysis")))]));
    assert!(merged.is_merged);
    two.one.edit(cancelled(1, "2026-11-30")).await;
    two.meet().await;
    assert!(!two.other.last().await.is_merged, "that one was made in turn");
}

#[tokio::test]
async fn a_conflict_is_settled_on_all_devices_and_undo_opens_it_again() {
    let two = with_algebra().await;
    two.one.edit(retitled(1, "Of one")).await;
    two.other.edit(retitled(1, "Of the other")).await;
    two.meet().await;
    let holds = two.one.titles().await.remove(0);
    let lost = if holds == "Of one" { "Of the other" } else { "Of one" };
    let sides = What::Fields(vec![Field::Title(both(title(&holds), title(lost)))]);
    let mut authors = Vec::new();
    for device in [&two.one, &two.other] {
        let conflict = device.conflict().await;
        assert_eq!((&conflict.difference.what, conflict.can_use_other, conflict.along), (&sides, true, 0));
        authors.push(conflict.by == Author::ThisDevice);
    }
    assert_eq!(authors.iter().filter(|own| **own).count(), 1, "it lost on one of them");
    let conflict = two.one.conflict().await.id;

    // Kept as it is.
    let done = two.one.app.keep_this(KeepThis { conflict }).await.unwrap();
    assert_eq!(done.summary.subject, Subject::ConflictKept);
    two.meet().await;
    assert_eq!((two.other.changes().await.conflicts, two.other.titles().await), (vec![], vec![holds.clone()]));
    let late = two.other.app.use_other(UseOther { conflict }).await;
    assert_eq!(late, Err(Failure::Refused { error: EditError::NotOpen }));
    two.one.undo().await;
    two.meet().await;
    assert_eq!(two.other.conflict().await.difference.what, sides);

    // The other one instead, on the other device.
    let done = two.other.app.use_other(UseOther { conflict }).await.unwrap();
    assert_eq!((done.summary.subject, done.summary.title), (Subject::OtherUsed, Some(title(lost))));
    two.meet().await;
    for device in [&two.one, &two.other] {
        assert_eq!((device.changes().await.conflicts, device.titles().await), (vec![], vec![lost.to_owned()]));
    }
    assert_eq!(two.other.undo().await.left, 0);
    two.meet().await;
    for device in [&two.one, &two.other] {
        assert_eq!(device.titles().await, std::slice::from_ref(&holds));
        assert_eq!(device.conflict().await.difference.what, sides, "open again, with what it was about");
    }
}

#[tokio::test]
async fn what_lost_against_a_removal_for_good_comes_back_as_a_whole() {
    let two = with_algebra().await;
    two.one.edit(Edit::Trash { series_id: series(1) }).await;
    two.meet().await;
    two.one.edit(Edit::Purge { series_id: series(1) }).await;
    two.other.edit(Edit::Restore { series_id: series(1) }).await;
    two.other.edit(retitled(1, "Analysis")).await;
    two.other.edit(cancelled(1, "2026-11-30")).await;
    two.meet().await;
    assert_eq!(two.one.rows().await["schedules"], json!([]));

    let conflicts = two.one.changes().await.conflicts;
    let whole =
        |it: &&Conflict| matches!(&it.difference.what, What::Added(row) if row.details.title == title("Analysis"));
    let chosen = conflicts.iter().find(whole).unwrap_or_else(|| panic!("{conflicts:?}"));
    assert!(chosen.can_use_other && chosen.along > 0, "{chosen:?}");
    two.one.app.use_other(UseOther { conflict: chosen.id }).await.unwrap();
    two.meet().await;
    let rows = two.other.rows().await;
    assert_eq!((&rows["schedules"][0]["title"], &rows["schedules"][0]["active"]), (&json!("Analysis"), &json!(true)));
    assert_eq!(rows["exceptions"][0]["date"], "2026-11-30");
    assert_eq!(rows["exceptions"][0]["series_id"], rows["schedules"][0]["series_id"], "{rows}");
    assert_eq!((rows["schedules"].as_array().unwrap().len(), two.other.changes().await.conflicts), (1, vec![]));

    assert_eq!(two.one.undo().await.left, 0);
    assert_eq!(two.one.changes().await.conflicts, conflicts, "all of them are open again");
    two.meet().await;
}

#[tokio::test]
async fn what_was_not_taken_is_done_again_or_given_up() {
    let Victim { server, device, before, .. } = victim().await;
    server.says_json("/v1/sync/pull", nothing());
    let refused = |operations: usize, reason: serde_json::Value| {
        let outcome = json!({ "op": null, "outcome": "rejected", "reason": reason });
        json!({ "epoch": EPOCH, "head": { "rev": 0 }, "ops": vec![outcome; operations] })
    };
    server.says_json("/v1/sync/push", refused(1, json!({ "why": "limit" })));
    device.synced().await;
    assert_eq!(device.titles().await, [] as [&str; 0]);
    let told = device.changes().await;
    assert_eq!((told.rejected.len(), told.untold), (1, 1));
    let it = &told.rejected[0];
    // The file that was read in has a slot and a limit.
    let what = it.differences.iter().map(|it| &it.what).collect::<Vec<_>>();
    assert!(matches!(what[..], [What::Added(_), What::Setting(_)]), "{it:?}");
    assert_eq!((&it.why, it.more, it.can_retry), (&Rejection::AccountFull, 0, true));

    let rejected = it.id;
    let done = device.app.dismiss_rejected(DismissRejected { rejected }).await.unwrap();
    assert_eq!(done.summary.subject, Subject::RejectionDismissed);
    assert_eq!((device.changes().await.rejected, device.changes().await.untold), (vec![], 0));
    let gone = device.app.retry_rejected(RetryRejected { rejected }).await;
    assert_eq!(gone, Err(Failure::Refused { error: EditError::NotOpen }));
    device.undo().await;
    assert_eq!(device.changes().await.rejected, told.rejected);

    let done = device.app.retry_rejected(RetryRejected { rejected }).await.unwrap();
    assert_eq!((done.summary.subject, done.summary.title), (Subject::DoneAgain, Some(title("Algebra"))));
    assert_eq!((device.rows().await, device.changes().await.rejected), (before, vec![]));
    let undone = device.undo().await;
    assert_eq!((undone.left, device.changes().await.rejected.len()), (0, 1));
    device.app.redo(Redo {}).await.unwrap();

    // Refused for what they are (that it was done again, taken back, and done again): then they would be refused again.
    server.says_json("/v1/sync/push", refused(3, json!({ "why": "too_large" })));
    device.synced().await;
    let all = device.changes().await.rejected;
    assert_eq!(all.len(), 3);
    for it in all {
        assert_eq!((&it.why, it.can_retry), (&Rejection::TooLarge, false));
        let again = device.app.retry_rejected(RetryRejected { rejected: it.id }).await;
        assert_eq!(again, Err(Failure::Refused { error: EditError::NotOpen }));
    }
}

#[tokio::test]
async fn what_does_not_fit_together_is_told() {
    let two = two().await;
    let today = App::now().date;
    let day = today.weekday().number();
    let on = |number, start, end, name| {
        let mut slot = slot(number, start, end, name);
        slot["day_of_week"] = json!(day);
        slot
    };
    let slots =
        vec![on(1, "09:00", "10:30", "Algebra"), on(2, "10:00", "11:00", "Choir"), on(3, "14:00", "15:00", "Sport")];
    let off = today.plus_days(1).unwrap();
    let exception = json!({ "series_id": uuid::Uuid::from_u128(1), "date": off, "kind": "cancelled" });
    two.one.import(slots, vec![exception]).await;
    two.one.edit(Edit::Set { setting: Setting::SlotLimit(SlotLimit::try_from(2).unwrap()) }).await;
    two.meet().await;
    let told = two.other.changes().await;
    let over: Vec<_> = told.over_limit.iter().map(|it| (it.weekday.number(), it.slots)).collect();
    assert_eq!((over, told.slot_limit.number()), (vec![(day, 3)], 2));
    assert_eq!(told.overlaps.len(), 4, "once in each of four weeks");
    let first = &told.overlaps[0];
    assert_eq!((first.date, &first.first.title, &first.second.title), (today, &title("Algebra"), &title("Choir")));
    let [it] = &told.without_effect[..] else { panic!("{:?}", told.without_effect) };
    assert_eq!((it.date, &it.title), (off, &title("Algebra")));
}

#[tokio::test]
async fn a_division_that_was_undone_leaves_a_series_like_any_other() {
    let two = with_algebra().await;
    let patch = SeriesPatch { title: Some(title("Analysis")), ..SeriesPatch::default() };
    two.one
        .edit(Edit::ChangeFollowing {
            series_id: series(1),
            date: date("2026-12-07"),
            new_id: weekwise_domain::ScheduleId(uuid::Uuid::from_u128(2)),
            patch: Box::new(patch),
            displaced: Default::default(),
            first_weekday: Weekday::MONDAY,
        })
        .await;
    two.one.undo().await;
    two.meet().await;
    for device in [&two.one, &two.other] {
        let tuesday = SeriesPatch { day_of_week: Weekday::try_from(2).ok(), ..SeriesPatch::default() };
        device.edit(patched(tuesday)).await;
        device.undo().await;
        assert!(device.app.trash(ListTrash {}).await.unwrap().is_empty(), "what was divided off is no series");
        device.edit(Edit::Trash { series_id: series(1) }).await;
        device.edit(Edit::Restore { series_id: series(1) }).await;
        two.meet().await;
        let rows = two.other.rows().await;
        let live: Vec<_> = rows["schedules"].as_array().unwrap().iter().filter(|row| row["active"] != false).collect();
        assert_eq!(live.len(), 1, "{live:?}");
        assert_eq!((&live[0]["title"], &live[0]["valid_until"]), (&json!("Algebra"), &serde_json::Value::Null));
        assert_eq!(two.one.rows().await, rows);
    }
}
