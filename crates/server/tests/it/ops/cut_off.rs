//! A restore that cannot be finished, or that is cut off, gives nothing up.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{back_up, content, epochs, older::FIFTH, run, with_weeks};
use crate::postgres::Database;

/// A backup of an older version, over which a later version cannot be laid: it has a table of that name already.
fn stubborn(folder: &Path) -> PathBuf {
    const END: &str = "--\n-- PostgreSQL database dump complete\n";
    let (rest, _) = FIFTH.split_once(END).expect("it is whole");
    let file = folder.join("stubborn.sql");
    fs::write(&file, format!("{rest}CREATE TABLE public.unrevised (a text);\n{END}")).unwrap();
    file
}

const SCHEMAS: &str = "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' ORDER BY nspname";

#[tokio::test]
async fn a_backup_that_cannot_be_brought_up_to_date_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = stubborn(folder.path());
    let restore = |database: &Database, more: &[&str]| {
        run(database, ["restore", file.to_str().unwrap()].iter().chain(more)).refused()
    };
    let database = with_weeks().await;
    // As the adoption of another server leaves them.
    database.run("CREATE SCHEMA adopted; CREATE TABLE adopted.schedule (id serial, a text)").await;
    let before = (content(&database).await, database.rows(SCHEMAS).await);
    let refused = restore(&database, &["--replace"]);
    let expected = "the backup could not be brought up to date, so the database is as it was before: ";
    assert!(refused.contains(expected) && refused.contains("unrevised"), "{refused}");
    assert_eq!((content(&database).await, database.rows(SCHEMAS).await), before);
    assert_eq!(epochs(&database).await, 1, "devices that have synced go on");
    assert_eq!(run(&database, ["check"]).well(), "0 faults, 0 notices\n");
    database.run("UPDATE schedule SET title = 'Noted' WHERE user_id = 'ada'").await;
    assert_eq!(run(&database, ["check"]).code, 1, "the triggers came back too");

    let empty = Database::empty().await;
    let before = content(&empty).await;
    restore(&empty, &[]);
    assert_eq!(content(&empty).await, before);
}

/// A `psql` that takes with it who called it, once it is done.
#[cfg(unix)]
fn deadly(folder: &Path) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let path = std::env::var("PATH").unwrap();
    let psql = folder.join("psql");
    fs::write(&psql, format!("#!/bin/sh\nPATH='{path}'\npsql \"$@\"\nkill -KILL $PPID\n")).unwrap();
    fs::set_permissions(&psql, fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{path}", folder.display())
}

#[cfg(unix)]
async fn cut_off(database: &Database, file: &Path, folder: &Path) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_weekwise-server"));
    program.args(["restore".as_ref(), file.as_os_str(), "--replace".as_ref()]);
    let status = program.env("DATABASE_URL", &database.url).env("PATH", deadly(folder)).status().unwrap();
    assert_eq!(status.code(), None, "it was killed");
    assert_eq!(database.rows("SELECT to_regclass('weekwise_replaced.head') IS NULL").await, ["false"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_restore_that_was_cut_off_is_told_and_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let database = with_weeks().await;
    let file = back_up(&database, folder.path());
    let backed_up = content(&database).await;
    database.run("DELETE FROM head WHERE user_id = 'ada'").await;
    let of_before = database.rows(SCHEMAS).await;

    cut_off(&database, &file, folder.path()).await;
    let said = run(&database, ["check"]).well();
    assert!(said.starts_with("notice: a restore was cut off, and what it replaces is in the schema"), "{said}");
    run(&database, ["sessions", "revoke", "--all"]).well();
    assert_eq!(epochs(&database).await, 2, "whoever writes next begins an epoch");
    let refused = run(&database, ["restore", file.to_str().unwrap()]).refused();
    assert!(refused.contains("a restore was cut off"), "{refused}");
    run(&database, ["restore", file.to_str().unwrap(), "--replace"]).well();
    assert_eq!((content(&database).await, database.rows(SCHEMAS).await), (backed_up, of_before));
    assert_eq!(run(&database, ["check"]).well(), "0 faults, 0 notices\n");
}

#[cfg(unix)]
#[tokio::test]
async fn what_waits_while_an_older_backup_is_half_restored_comes_back_before_another_try() {
    let folder = tempfile::tempdir().unwrap();
    let database = with_weeks().await;
    let before = content(&database).await;
    let file = stubborn(folder.path());
    cut_off(&database, &file, folder.path()).await;
    assert_ne!(content(&database).await, before);
    run(&database, ["restore", file.to_str().unwrap(), "--replace"]).refused();
    assert_eq!(content(&database).await, before);
}
