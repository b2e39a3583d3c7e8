//! A term in full swing this week: changed, cancelled, moved, overlapping and folded slots, long and missing texts.

use serde_json::json;

use crate::cli::program::Program;
use crate::window::dates::{monday, plus};
use crate::window::rows::{self, exception, slot, with};

/// A data folder that holds the term.
pub(super) fn term() -> Program {
    let day = |days: i32| plus(monday(), days);
    let seminar = "Introductory seminar on the history and philosophy of the natural sciences";
    let theatre = "Old anatomy lecture theatre, second floor, left staircase";
    let schedules = [
        slot(1, (1, "09:00", "10:30"), "Algebra II", "Room 204", "blue"),
        slot(2, (1, "13:00", "14:30"), "Studio", "Atelier 3", "violet"),
        slot(3, (2, "08:30", "10:00"), "Organic chemistry", "Lab 1", "green"),
        slot(4, (2, "14:00", "14:20"), "Call with the supervisor", "", "slate"),
        slot(5, (3, "09:00", "10:30"), "Statistics", "Room 110", "teal"),
        slot(6, (3, "11:00", "12:30"), seminar, theatre, "red"),
        slot(7, (3, "15:00", "16:30"), "Studio", "Atelier 3", "violet"),
        with(
            slot(8, (4, "08:30", "10:00"), "Organic chemistry", "Lab 1", "green"),
            json!({ "valid_until": day(31).to_string(), "notes": "Bring the lab coat." }),
        ),
        with(slot(9, (4, "18:00", "19:30"), "Choir", "St Mary", "pink"), json!({ "every_n_weeks": 2 })),
        slot(10, (5, "09:00", "12:00"), "Thesis block", "Library", "amber"),
        slot(11, (5, "13:00", "14:30"), "Office hours", "Room 12", "slate"),
        slot(12, (5, "13:30", "15:00"), "Tutoring", "Mensa", "blue"),
        slot(13, (6, "10:00", "12:00"), "Climbing", "Sports hall", "red"),
        slot(14, (6, "10:00", "13:00"), "Market", "Old square", "green"),
        slot(15, (6, "10:30", "12:30"), "Chess club", "Library", "slate"),
        slot(16, (6, "11:00", "12:00"), "Spanish", "Online", "amber"),
        slot(17, (0, "15:00", "16:30"), "Tea with the grandparents", "", "pink"),
        slot(18, (0, "21:30", "24:00"), "Observatory", "Roof", "slate"),
        slot(19, (4, "05:30", "06:15"), "Swimming", "", "teal"),
        slot(20, (2, "16:00", "17:00"), "", "", "violet"),
        with(slot(21, (1, "17:00", "18:00"), "Piano lesson", "Music school", "pink"), json!({ "active": false })),
        with(slot(22, (3, "19:00", "21:00"), "Life drawing", "", "amber"), json!({ "active": false })),
        slot(23, (5, "17:00", "18:00"), "Bookbinding", "Workshop", "teal"),
    ];
    let exceptions = [
        exception(1, day(0), "override", json!({ "start": "11:00", "end": "12:30", "moved_to": day(1).to_string() })),
        exception(7, day(2), "cancelled", json!({ "title": "Public holiday" })),
        exception(8, day(3), "override", json!({ "start": "10:00", "end": "11:30" })),
        exception(8, day(-4), "cancelled", json!({ "title": "Illness" })),
        exception(8, day(10), "override", json!({ "moved_to": day(11).to_string() })),
        exception(8, day(12), "cancelled", json!({})),
        exception(17, day(6), "override", json!({ "moved_to": day(7).to_string() })),
        exception(23, day(-3), "override", json!({ "moved_to": day(5).to_string(), "start": "14:00", "end": "15:30" })),
        exception(21, day(0), "cancelled", json!({})),
    ];
    rows::folder(&schedules, &exceptions)
}

/// A file with several bad places.
pub(super) fn bad_file() -> String {
    let schedules = [
        with(slot(1, (1, "09:00", "10:30"), "Algebra", "", "mauve"), json!({ "end": "8:00" })),
        with(slot(2, (2, "09:00", "10:30"), "Algebra", "", "blue"), json!({ "valid_from": "2026-02-30" })),
    ];
    let exceptions = [json!({ "date": "2026-11-23", "kind": "cancelled" })];
    rows::file(&schedules, &exceptions)
}
