//! `user` and `sessions`.

use super::{content, run, run_with, with_weeks};
use crate::postgres::Database;

#[tokio::test]
async fn everybody_is_listed_and_one_is_deleted_whole() {
    let database = with_weeks().await;
    let listed = run(&database, ["user", "list"]).well();
    let lines: Vec<_> = listed.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("ada  ada@week.example  since "), "{listed}");
    assert!(lines[0].ends_with("  2 slots  1 sessions"), "{listed}");

    let before = content(&database).await;
    let refused = run(&database, ["user", "delete", "ada@week.example"]).refused();
    assert!(refused.contains("say --yes"), "{refused}");
    let unknown = run(&database, ["user", "delete", "nobody", "--yes"]).refused();
    assert!(unknown.contains("there is no user nobody: `weekwise-server user list`"), "{unknown}");
    assert_eq!(content(&database).await, before);

    run(&database, ["user", "delete", "Ada@week.example", "--yes"]).well();
    let left = content(&database).await;
    assert!(left.iter().all(|row| !row.contains("ada")), "{left:#?}");
    // By the hash of the token her devices are told that the account is gone.
    let is_notice = |row: &&String| row.starts_with("public.departed_session|");
    assert_eq!(left.iter().filter(is_notice).count(), 1, "{left:#?}");
    assert_eq!(left.len() - 1, before.iter().filter(|row| !row.contains("ada")).count(), "and nobody else");
}

#[tokio::test]
async fn one_is_signed_out_or_everybody() {
    let database = with_weeks().await;
    let left = r#"SELECT "userId" FROM session ORDER BY 1"#;
    assert_eq!(run(&database, ["sessions", "revoke", "--user", "ada"]).well(), "1 sessions were ended.\n");
    assert_eq!(database.rows(left).await, ["bob"]);
    assert_eq!(run(&database, ["sessions", "revoke", "--all"]).well(), "1 sessions were ended.\n");
    assert_eq!(database.rows(left).await, [""; 0]);
    assert_eq!(run(&database, ["sessions", "revoke"]).code, 2, "it must be said who");
}

#[tokio::test]
async fn an_empty_database_is_told_to_be_migrated() {
    let database = Database::empty().await;
    for command in [&["check"][..], &["user", "list"], &["trash", "list", "--user", "ada"], &["maintain"]] {
        let refused = run(&database, command).refused();
        assert!(refused.contains("run `weekwise-server migrate`"), "{command:?}: {refused}");
    }
}

#[test]
fn a_setting_that_cannot_be_used_ends_with_2() {
    for (url, expected) in [("", "DATABASE_URL is missing"), ("mysql://localhost/week", "DATABASE_URL is no address")] {
        let done = run_with(url, ["check"], &[]);
        assert_eq!(done.code, 2, "{done:?}");
        assert!(done.errors.contains(expected) && done.errors.lines().count() == 1, "{done:?}");
    }
}
