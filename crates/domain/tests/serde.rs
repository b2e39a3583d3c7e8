//! Edits and changes are stored and sent as JSON: all of it reads back, and what cannot be is refused.
#![allow(clippy::unwrap_used)]

mod common;

use common::{World, any_world, cases, date, edits::any_step, key, schedule_id, slot};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use weekwise_domain::*;

fn round_trip<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    let back: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(&back, value, "{text}");
}

proptest! {
    #![proptest_config(cases(2))]

    #[test]
    fn rows_read_back(world in any_world()) {
        let World { rows, .. } = world;
        rows.schedules.values().for_each(round_trip);
        for (key, exception) in &rows.exceptions {
            round_trip(key);
            round_trip(exception);
        }
        round_trip(&rows.settings);
    }

    #[test]
    fn edits_and_what_they_come_to_read_back(world in any_world(), first in any_step(), second in any_step()) {
        let mut rows = world.rows.clone();
        let mut recorded = Vec::new();
        for (step, fresh) in [first, second].iter().zip(10_000..) {
            let request = step.request(&rows, world.era, fresh);
            round_trip(&request);
            round_trip(&request.edit);
            match plan(&request, &rows) {
                Ok(plan) => {
                    round_trip(&plan.changes);
                    round_trip(&plan.preview);
                    round_trip(&plan.summary);
                    rows.apply(&plan.changes);
                    recorded.push(plan.changes);
                }
                Err(error) => round_trip(&error),
            }
        }
        recorded.iter().for_each(|changes| round_trip(&revert(changes, &rows).left));
        round_trip(&over_limit(rows.schedules.values(), rows.settings.slot_limit));
    }
}

/// What is stored must stay readable: this is its form, letter by letter.
#[test]
fn the_stored_form_is_this() {
    let mut schedule = slot(1, 4, "2026-11-05", None, 2);
    schedule.details.reminder = Some(ReminderMinutes::try_from(15).unwrap());
    let id = "00000000-0000-0000-0000-000000000001";
    let pattern = json!({
        "series_id": id,
        "day_of_week": 4,
        "time": { "start": "09:00", "end": "10:30" },
        "validity": { "from": "2026-11-05", "until": null },
        "every": 2,
    });
    let details = json!({ "title": "Algebra", "notes": "", "location": "", "color": "blue", "reminder": 15 });
    let row = json!({ "id": id, "pattern": pattern, "details": details, "active": true });
    let change = Change::Schedule { id: schedule_id(1), before: None, after: Some(Box::new(schedule)) };
    let expected = json!({ "register": "schedule", "id": id, "before": null, "after": row });
    assert_eq!(serde_json::to_value(&change).unwrap(), expected);

    let moved = Override { moved_to: Some(date("2026-11-27")), ..Override::default() };
    let change = Change::Exception {
        key: key(1, "2026-11-26"),
        before: Some(Box::new(common::cancelled())),
        after: Some(Box::new(Exception::Override(moved))),
    };
    let nothing = json!(null);
    let expected = json!({
        "register": "exception",
        "key": { "series_id": id, "date": "2026-11-26" },
        "before": { "kind": "cancelled", "title": nothing, "notes": nothing },
        "after": {
            "kind": "override", "time": nothing, "moved_to": "2026-11-27",
            "title": nothing, "notes": nothing, "location": nothing,
        },
    });
    assert_eq!(serde_json::to_value(&change).unwrap(), expected);
}

#[test]
fn what_is_left_out_of_an_edit_has_its_default() {
    let request: Request = serde_json::from_value(json!({
        "edit": {
            "do": "change_series", "series_id": "00000000-0000-0000-0000-000000000001",
            "patch": { "title": "Choir" }, "displaced": "leave", "first_weekday": 1,
        },
    }))
    .unwrap();
    let patch = SeriesPatch { title: Some(common::title("Choir")), ..SeriesPatch::default() };
    let edit = Edit::ChangeSeries {
        series_id: common::series_id(1),
        patch: Box::new(patch),
        displaced: Displaced::Leave,
        first_weekday: Weekday::MONDAY,
    };
    assert_eq!(request, Request::from(edit));
    let cancelled: Exception = serde_json::from_value(json!({ "kind": "cancelled" })).unwrap();
    assert_eq!(cancelled, common::cancelled());
}

#[test]
fn what_cannot_be_is_not_read() {
    fn refused<T: DeserializeOwned>(value: serde_json::Value) {
        assert!(serde_json::from_value::<T>(value.clone()).is_err(), "{value} is read");
    }
    for day in ["2027-02-30", "2026-1-5", " 2026-01-05", "+2026-01-05", "1899-12-31", "2201-01-01", "2026-01-05T00:00"]
    {
        refused::<Date>(json!(day));
    }
    for minute in ["24:01", "9", "09:60", "-1:00"] {
        refused::<Minute>(json!(minute));
    }
    refused::<TimeRange>(json!({ "start": "10:00", "end": "10:00" }));
    refused::<DateRange>(json!({ "from": "2026-01-06", "to": "2026-01-05" }));
    refused::<Weekday>(json!(7));
    refused::<EveryNWeeks>(json!(0));
    refused::<EveryNWeeks>(json!(9));
    refused::<SlotLimit>(json!(25));
    refused::<ReminderMinutes>(json!(10_081));
    refused::<Title>(json!("a".repeat(201)));
    refused::<Notes>(json!("a\u{0}"));
    refused::<Color>(json!("mauve"));
    refused::<TimeZone>(json!("../etc"));
    // Inverted validity is read: it holds no date.
    let validity: Validity = serde_json::from_value(json!({ "from": "2026-01-06", "until": "2026-01-05" })).unwrap();
    assert_eq!(validity.range(), None);
}
