//! Every kind of bad file, and what its author reads about it.

use weekwise_interchange::{MAX_BYTES, read};

/// All problems of a file, one a line.
fn problems(text: &str) -> String {
    let problems = read(text).expect_err("the file is bad");
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

const ID: &str = "018f4e2a-7b3c-7d10-8a44-1c2b3d4e5f60";

/// A file with one schedule that is good but for `keys`, which replace the good ones.
fn schedule(keys: &str) -> String {
    file(&format!(
        r#""schedules": [{{"id": "{ID}", "day_of_week": 1, "start": "09:00", "end": "10:30", "valid_from": "2026-01-05", {keys}}}]"#
    ))
}

/// A file with one exception that has `keys` besides its series and date.
fn exception(keys: &str) -> String {
    file(&format!(r#""exceptions": [{{"series_id": "{ID}", "date": "2026-01-12", {keys}}}]"#))
}

fn file(body: &str) -> String {
    format!(r#"{{"format": "weekwise", "version": 1, {body}}}"#)
}

#[test]
fn a_text_that_is_not_json_is_named_by_line_and_column() {
    assert_eq!(
        problems("{\"format\": \"weekwise\",\n \"version\" 1}"),
        "line 2, column 12: this is not JSON: expected `:`"
    );
    assert_eq!(problems("BEGIN:VCALENDAR\n"), "line 1, column 1: this is not JSON: expected value");
    assert_eq!(problems("{\"format\": "), "line 1, column 11: this is not JSON: EOF while parsing a value");
    assert_eq!(problems(&"[".repeat(1000)), "line 1, column 128: this is not JSON: recursion limit exceeded");
    assert_eq!(problems(" \n"), "file: it is empty");
}

#[test]
fn a_file_that_is_too_large_is_not_parsed() {
    assert_eq!(problems(&" ".repeat(MAX_BYTES + 1)), "file: 65 MiB is too much: a file may have 64 MiB");
}

#[test]
fn a_file_of_another_kind_is_told_what_ours_looks_like() {
    let begins = "a Weekwise file begins with {\"format\": \"weekwise\", \"version\": 1";
    assert_eq!(problems("[]"), format!("file: it holds a list, but {begins}"));
    assert_eq!(problems("{}"), format!("format: missing: {begins}\nversion: missing: {begins}"));
    assert_eq!(
        problems(r#"{"format": "other", "version": 1, "schedules": 7}"#),
        format!("format: the text \"other\" is not ours: {begins}")
    );
    assert_eq!(
        problems(r#"{"format": "weekwise", "version": "1"}"#),
        format!("version: the text \"1\" is no version: {begins}")
    );
    assert_eq!(
        problems(r#"{"format": "weekwise", "version": 0}"#),
        format!("version: the number 0 is no version: {begins}")
    );
}

#[test]
fn a_newer_version_asks_for_an_update() {
    assert_eq!(
        problems(r#"{"format": "weekwise", "version": 2}"#),
        "version: the file has version 2, and this Weekwise reads 1: update Weekwise"
    );
}

#[test]
fn lists_and_rows_must_be_what_they_are() {
    let text = file(r#""schedules": {}, "exceptions": [3, null], "settings": []"#);
    assert_eq!(
        problems(&text),
        "schedules: an object where a list belongs\n\
         exceptions[0]: the number 3 where an exception (an object) belongs\n\
         exceptions[1]: null where an exception (an object) belongs\n\
         settings: a list where an object belongs"
    );
}

#[test]
fn every_missing_key_is_named() {
    assert_eq!(
        problems(&file(r#""schedules": [{}], "exceptions": [{}]"#)),
        "schedules[0].id: missing: an id (a UUID, such as 018f4e2a-7b3c-7d10-8a44-1c2b3d4e5f60) belongs here\n\
         schedules[0].day_of_week: missing: a weekday from 0 (Sunday) to 6 (Saturday) belongs here\n\
         schedules[0].start: missing: a time such as \"09:00\" belongs here\n\
         schedules[0].end: missing: a time such as \"09:00\" belongs here\n\
         schedules[0].valid_from: missing: a date such as \"2026-01-31\" belongs here\n\
         exceptions[0].series_id: missing: an id (a UUID, such as 018f4e2a-7b3c-7d10-8a44-1c2b3d4e5f60) belongs here\n\
         exceptions[0].date: missing: a date such as \"2026-01-31\" belongs here\n\
         exceptions[0].kind: missing: \"cancelled\" or \"override\" belongs here"
    );
}

#[test]
fn every_wrong_type_of_a_schedule_is_named() {
    let text = file(
        r#""schedules": [{"id": 7, "series_id": false, "day_of_week": "Monday", "start": 9, "end": null,
            "valid_from": [2026, 1, 5], "valid_until": {}, "every_n_weeks": 1.5, "title": 1, "notes": 2, "location": 3,
            "color": 4, "reminder_minutes": "15", "active": "yes"}]"#,
    );
    assert_eq!(
        problems(&text),
        "schedules[0].id: the number 7 where an id (a UUID, such as 018f4e2a-7b3c-7d10-8a44-1c2b3d4e5f60) belongs\n\
         schedules[0].series_id: false where an id (a UUID, such as 018f4e2a-7b3c-7d10-8a44-1c2b3d4e5f60) belongs\n\
         schedules[0].day_of_week: the text \"Monday\" where a weekday from 0 (Sunday) to 6 (Saturday) belongs\n\
         schedules[0].start: the number 9 where a time such as \"09:00\" belongs\n\
         schedules[0].end: null where a time such as \"09:00\" belongs\n\
         schedules[0].valid_from: a list where a date such as \"2026-01-31\" belongs\n\
         schedules[0].valid_until: an object where a date such as \"2026-01-31\" belongs\n\
         schedules[0].every_n_weeks: the number 1.5 where a number of weeks from 1 to 8 belongs\n\
         schedules[0].title: the number 1 where a text of at most 200 characters belongs\n\
         schedules[0].notes: the number 2 where a text of at most 4000 characters belongs\n\
         schedules[0].location: the number 3 where a text of at most 200 characters belongs\n\
         schedules[0].color: the number 4 where the name of a colour belongs\n\
         schedules[0].reminder_minutes: the text \"15\" where a number of minutes from 0 to 10080 belongs\n\
         schedules[0].active: the text \"yes\" where true or false belongs"
    );
}

#[test]
fn every_bad_value_of_a_schedule_says_what_would_be_right() {
    let cases = [
        (r#""id": "7""#, "id: \"7\" is not an id: it must be a UUID, such as 018f4e2a-7b3c-7d10-8a44-1c2b3d4e5f60"),
        (r#""day_of_week": 7"#, "day_of_week: 7 is not a weekday: 0 is Sunday, 6 is Saturday"),
        (r#""day_of_week": -1"#, "day_of_week: -1 is not a weekday: 0 is Sunday, 6 is Saturday"),
        (r#""start": "25:00""#, "start: \"25:00\" is not a time: write it as HH:MM, from 00:00 to 24:00"),
        (r#""start": "9am""#, "start: \"9am\" is not a time: write it as HH:MM, from 00:00 to 24:00"),
        (r#""start": "24:00""#, "start: 24:00 can only be an end: a start is 00:00 to 23:59"),
        (r#""start": "10:30""#, "end: the end 10:30 is not later than the start 10:30"),
        (r#""end": "8:00""#, "end: the end 08:00 is not later than the start 09:00"),
        (
            r#""valid_from": "2026-02-30""#,
            "valid_from: \"2026-02-30\" is not a date: write it as YYYY-MM-DD, for example 2026-01-31",
        ),
        (r#""valid_until": "2201-01-01""#, "valid_until: 2201-01-01 is outside the years 1900 to 2200"),
        (r#""every_n_weeks": 9"#, "every_n_weeks: every 9 weeks is not possible: a slot repeats every 1 to 8 weeks"),
        (
            r#""color": "mauve""#,
            "color: \"mauve\" is not a colour: use blue, green, amber, red, violet, teal, pink or slate",
        ),
        (
            r#""reminder_minutes": 20000"#,
            "reminder_minutes: 20000 minutes is no reminder: it is 0 to 10080 minutes (a week) before the start",
        ),
        (r#""title": "two\nlines""#, "title: character 4 is a control character (U+000A), which cannot stand here"),
    ];
    for (keys, expected) in cases {
        assert_eq!(problems(&schedule(keys)), format!("schedules[0].{expected}"), "{keys}");
    }
    let long = format!(r#""notes": "{}""#, "x".repeat(4001));
    assert_eq!(problems(&schedule(&long)), "schedules[0].notes: 4001 characters are too many: at most 4000 fit");
}

#[test]
fn every_bad_value_of_an_exception_says_what_would_be_right() {
    let cases = [
        (r#""kind": "moved""#, "kind: \"moved\" is not a kind of exception: use cancelled or override"),
        (
            r#""kind": "override", "start": "10:00""#,
            "end: missing: give both start and end, or neither to keep the usual time",
        ),
        (
            r#""kind": "override", "start": null, "end": "10:00""#,
            "start: missing: give both start and end, or neither to keep the usual time",
        ),
        (
            r#""kind": "override", "start": "11:00", "end": "10:00""#,
            "end: the end 10:00 is not later than the start 11:00",
        ),
        (
            r#""kind": "override", "moved_to": "tomorrow""#,
            "moved_to: \"tomorrow\" is not a date: write it as YYYY-MM-DD, for example 2026-01-31",
        ),
        (r#""kind": "cancelled", "title": 4"#, "title: the number 4 where a text of at most 200 characters belongs"),
    ];
    for (keys, expected) in cases {
        assert_eq!(problems(&exception(keys)), format!("exceptions[0].{expected}"), "{keys}");
    }
}

#[test]
fn bad_settings_are_named() {
    let text = file(r#""settings": {"slot_limit": 0, "time_zone": "Berlin!", "first_weekday": 8, "clock": "24"}"#);
    assert_eq!(
        problems(&text),
        "settings.slot_limit: 0 is not a slot limit: it is 1 to 24 slots a weekday\n\
         settings.time_zone: \"Berlin!\" is not a time zone: use a name such as Europe/Berlin or UTC\n\
         settings.first_weekday: 8 is not a weekday: 0 is Sunday, 6 is Saturday\n\
         settings.clock: \"24\" is not a way to write times: use h12 or h24"
    );
    assert_eq!(
        problems(&file(r#""settings": {"slot_limit": null}"#)),
        "settings.slot_limit: null where a number of slots from 1 to 24 belongs"
    );
}

#[test]
fn a_row_that_stands_in_the_file_twice_is_named_with_both_places() {
    let row =
        format!(r#"{{"id": "{ID}", "day_of_week": 1, "start": "09:00", "end": "10:30", "valid_from": "2026-01-05"}}"#);
    let upper = row.replace(ID, &ID.to_uppercase());
    let date = format!(r#"{{"series_id": "{ID}", "date": "2026-01-12", "kind": "cancelled"}}"#);
    assert_eq!(
        problems(&file(&format!(r#""schedules": [{row}, {upper}, {row}], "exceptions": [{date}, {date}]"#))),
        "schedules[1].id: the same id as schedules[0]: every schedule has its own\n\
         schedules[2].id: the same id as schedules[0]: every schedule has its own\n\
         exceptions[1]: the same series and date as exceptions[0]: a date has at most one exception"
    );
}

#[test]
fn problems_of_all_rows_are_told_at_once() {
    let text =
        file(r#""schedules": [{"id": "x"}, 5], "exceptions": [{"kind": "cancelled"}], "settings": {"clock": true}"#);
    let positions: Vec<_> = read(&text).expect_err("bad").into_iter().map(|problem| problem.position).collect();
    assert_eq!(
        positions,
        [
            "schedules[0].id",
            "schedules[0].day_of_week",
            "schedules[0].start",
            "schedules[0].end",
            "schedules[0].valid_from",
            "schedules[1]",
            "exceptions[0].series_id",
            "exceptions[0].date",
            "settings.clock",
        ]
    );
}
