//! `check`: what is planted is found, and nothing else.

use std::fs;

use serde_json::{Value, json};

use super::{run, with_weeks};
use crate::postgres::Database;

fn check(database: &Database) -> (i32, Vec<(String, String)>) {
    let done = run(database, ["check", "--json"]);
    let said: Value = serde_json::from_str(&done.output).unwrap_or_else(|error| panic!("{error}: {done:?}"));
    let found = said["findings"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (done.code, found.map(|it| (format!("{} {}", text(&it["level"]), text(&it["kind"])), text(&it["text"]))).collect())
}

/// Plants something in a sound database, and returns what kinds of findings that makes.
async fn planted(sql: &str) -> (i32, Vec<String>) {
    let database = with_weeks().await;
    assert_eq!(check(&database), (0, vec![]), "the database is sound before");
    database.run(sql).await;
    let (code, found) = check(&database);
    for (kind, text) in &found {
        assert!(text.contains("ada") || kind.ends_with("quarantine"), "it says whose it is: {text}");
    }
    (code, found.into_iter().map(|(kind, _)| kind).collect())
}

macro_rules! plant {
    ($($name:ident: $sql:expr => $code:literal $found:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            assert_eq!(planted($sql).await, ($code, Vec::from($found.map(str::to_owned))));
        }
    )*};
}

plant! {
    // As with psql, by somebody who does not know of the weeks.
    schedules_and_exceptions_of_nobody: r#"DELETE FROM "user" WHERE "_id" = 'ada'"#
        => 1 ["fault orphan_schedule", "fault orphan_schedule", "fault orphan_schedule",
              "fault orphan_exception", "fault orphan_exception"];
    an_exception_without_a_schedule: "UPDATE exception SET series_id = gen_random_uuid(), rev = (SELECT rev + 1 FROM head WHERE \
            user_id = 'ada') WHERE user_id = 'ada' AND kind = 'cancelled'"
        => 1 ["fault orphan_exception", "fault revision", "fault checksum"];
    rows_without_a_head: "ALTER TABLE schedule DROP CONSTRAINT schedule_head_fkey; \
            ALTER TABLE exception DROP CONSTRAINT exception_head_fkey; DELETE FROM head WHERE user_id = 'ada'"
        => 1 ["fault orphan_row"];
    a_schedule_that_ends_before_it_starts: "ALTER TABLE schedule DROP CONSTRAINT schedule_ends_later; \
            ALTER TABLE schedule DISABLE TRIGGER schedule_unrevised; \
            UPDATE schedule SET end_time = '08:00' WHERE user_id = 'ada' AND integer_id = 1"
        => 1 ["fault times"];
    a_schedule_with_a_time_as_the_reference_has_it: "ALTER TABLE schedule DROP CONSTRAINT schedule_start_time_check; \
            ALTER TABLE schedule DROP CONSTRAINT schedule_ends_later; ALTER TABLE schedule DISABLE TRIGGER schedule_unrevised; \
            UPDATE schedule SET start_time = '9:00' WHERE user_id = 'ada' AND integer_id = 1"
        => 1 ["fault times"];
    an_exception_that_ends_as_it_starts: "ALTER TABLE exception DROP CONSTRAINT exception_ends_later; \
            ALTER TABLE exception DISABLE TRIGGER exception_unrevised; \
            UPDATE exception SET end_time = start_time WHERE user_id = 'ada' AND kind = 'override'"
        => 1 ["fault times"];
    an_exception_with_half_a_time: "ALTER TABLE exception DROP CONSTRAINT exception_both_times; \
            ALTER TABLE exception DISABLE TRIGGER exception_unrevised; \
            UPDATE exception SET end_time = NULL WHERE user_id = 'ada' AND kind = 'override'"
        => 1 ["fault times"];
    segments_of_a_series_that_meet: "ALTER TABLE schedule DROP CONSTRAINT schedule_segments_apart; \
            ALTER TABLE schedule DISABLE TRIGGER schedule_unrevised; \
            UPDATE exception SET kind = 'pattern', start_time = NULL, end_time = NULL WHERE user_id = 'ada' AND kind = 'override'; \
            TRUNCATE unrevised; \
            UPDATE schedule SET series_id = (SELECT series_id FROM schedule WHERE user_id = 'ada' AND integer_id = 1) \
            WHERE user_id = 'ada' AND integer_id = 2"
        => 1 ["fault overlap"];
    a_schedule_changed_without_a_revision: "UPDATE schedule SET title = 'Yoga' WHERE user_id = 'ada' AND integer_id = 1"
        => 1 ["fault unrevised"];
    an_exception_changed_without_a_revision: "UPDATE exception SET title = 'Yoga' WHERE user_id = 'ada' AND kind = 'cancelled'"
        => 1 ["fault unrevised"];
    a_schedule_deleted_past_the_server: "DELETE FROM schedule WHERE user_id = 'ada' AND NOT active"
        => 1 ["fault checksum"];
    a_row_above_its_head: "UPDATE head SET rev = rev - 1 WHERE user_id = 'ada'"
        => 1 ["fault revision"];
    a_row_in_quarantine: "INSERT INTO adoption_quarantine VALUES ('schedule', 7, 'ada', 'its weekday is 9', '{}')"
        => 1 ["fault quarantine"];
    an_exception_off_its_weekday: "UPDATE schedule SET day_of_week = 4 WHERE user_id = 'ada' AND integer_id = 1; TRUNCATE unrevised"
        => 0 ["notice without_effect"];
    an_exception_after_its_last_date: "UPDATE schedule SET valid_until = '2026-11-29' WHERE user_id = 'ada' AND integer_id = 1; \
            TRUNCATE unrevised"
        => 0 ["notice without_effect"];
    an_exception_in_a_week_that_is_left_out: "UPDATE schedule SET every_n_weeks = 2, valid_from = '2026-11-23' \
            WHERE user_id = 'ada' AND integer_id = 1; TRUNCATE unrevised"
        => 0 ["notice without_effect"];
}

#[tokio::test]
async fn more_slots_than_allowed() {
    let database = with_weeks().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mondays.json");
    let slot = |id: u8, until: &str| {
        json!({ "id": format!("0192f000-0000-7000-8000-00000000000{id}"), "day_of_week": 1, "start": "12:00", "end": "13:00",
            "valid_from": "2026-01-05", "valid_until": until })
    };
    let write =
        |slots: Value| fs::write(&file, json!({ "format": "weekwise", "version": 1, "schedules": slots }).to_string());
    // Beside the one of 09:00 that begins in November, never more than two at the same time.
    write(json!([slot(1, "2026-06-01"), slot(2, "2026-12-31")])).unwrap();
    run(&database, ["import-user", "--user", "ada", file.to_str().unwrap()]).well();
    assert_eq!(check(&database), (0, vec![]));

    // An import keeps every row.
    write(json!([slot(3, "2026-12-31")])).unwrap();
    run(&database, ["import-user", "--user", "ada", file.to_str().unwrap()]).well();
    let (code, found) = check(&database);
    let text = "user ada has 3 slots on weekday 1 from 2026-01-05 on, and allows 2";
    assert_eq!((code, found), (0, vec![("notice over_limit".to_owned(), text.to_owned())]));
}

#[tokio::test]
async fn an_exception_in_a_week_of_its_rotation_is_no_finding() {
    let database = with_weeks().await;
    database
        .run(
            "UPDATE schedule SET every_n_weeks = 2, valid_from = '2026-11-16' WHERE integer_id = 1; TRUNCATE unrevised",
        )
        .await;
    assert_eq!(check(&database), (0, vec![]));
}

#[tokio::test]
async fn a_row_that_got_a_revision_since_is_in_order_again() {
    let database = with_weeks().await;
    database.run("UPDATE schedule SET active = false WHERE user_id = 'ada' AND integer_id = 1").await;
    assert_eq!(check(&database).0, 1);
    run(&database, ["trash", "restore", "--user", "ada", "1"]).well();
    assert_eq!(check(&database), (0, vec![]));
}

#[tokio::test]
async fn findings_are_listed_for_people() {
    let database = with_weeks().await;
    database.run(r#"DELETE FROM "user" WHERE "_id" = 'ada'"#).await;
    let done = run(&database, ["check"]);
    assert_eq!(done.code, 1);
    assert!(done.output.ends_with("\n5 faults, 0 notices\n"), "{done:?}");
    assert!(done.output.contains("`weekwise-server user delete ada --yes`"), "{done:?}");
    run(&database, ["user", "delete", "ada", "--yes"]).well();
    assert_eq!(run(&database, ["check"]).well(), "0 faults, 0 notices\n");
}

#[tokio::test]
async fn what_was_changed_past_the_server_is_repaired_and_kept() {
    let database = with_weeks().await;
    let revs = "SELECT user_id, rev FROM head ORDER BY user_id";
    assert_eq!(database.rows(revs).await, ["ada|6", "bob|6"]);
    database
        .run(
            "UPDATE schedule SET title = 'Yoga' WHERE user_id = 'ada' AND integer_id = 1; \
             UPDATE exception SET title = 'No yoga' WHERE user_id = 'ada' AND kind = 'cancelled'",
        )
        .await;
    let (code, found) = check(&database);
    assert_eq!((code, found.len()), (1, 2));
    assert!(found[0].1.contains("`weekwise-server check --repair`"), "{found:?}");

    assert_eq!(run(&database, ["check", "--repair"]).well(), "2 rows got a revision.\n0 faults, 0 notices\n");
    assert_eq!(database.rows(revs).await, ["ada|8", "bob|6"]);
    let titles = "SELECT title FROM schedule WHERE rev > 6 UNION ALL SELECT title FROM exception WHERE rev > 6";
    assert_eq!(database.rows(titles).await, ["Yoga", "No yoga"], "as they were changed, for devices to pull");
    let done = "SELECT device, body -> 'edit' ->> 'do' FROM operation WHERE first_rev > 6";
    assert_eq!(database.rows(done).await, ["operator|import"]);
    assert_eq!(run(&database, ["check", "--repair"]).well(), "0 rows got a revision.\n0 faults, 0 notices\n");
}
