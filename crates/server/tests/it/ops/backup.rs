//! `backup` and `restore`.

use std::{fs, path::Path};

use super::{back_up, content, epochs, run, run_with, with_weeks};
use crate::postgres::Database;

fn restore(database: &Database, file: &Path) -> super::Done {
    run(database, ["restore".as_ref(), file.as_os_str()])
}

fn replace(database: &Database, file: &Path) -> super::Done {
    run(database, ["restore".as_ref(), file.as_os_str(), "--replace".as_ref()])
}

#[tokio::test]
async fn what_was_backed_up_and_dropped_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let database = with_weeks().await;
    let before = content(&database).await;
    let file = back_up(&database, folder.path());
    drop(database);

    let database = Database::empty().await;
    let said = restore(&database, &file).well();
    assert!(said.contains("2 users, 6 schedules, 4 exceptions"), "{said}");
    assert_eq!(content(&database).await, before);
    assert_eq!(epochs(&database).await, 2);
    assert_eq!(run(&database, ["check"]).well(), "0 faults, 0 notices\n");
    assert_eq!(run(&database, ["migrate", "--status"]).well(), "0 migrations are pending.\n");
}

#[tokio::test]
async fn what_is_in_the_database_is_given_up_only_when_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let database = with_weeks().await;
    let file = back_up(&database, folder.path());
    let backed_up = content(&database).await;
    database.run("DELETE FROM head WHERE user_id = 'ada'; CREATE TABLE of_somebody_else (a text)").await;
    let before = content(&database).await;

    let refused = restore(&database, &file).refused();
    assert!(refused.contains("say --replace"), "{refused}");
    assert_eq!(content(&database).await, before);

    replace(&database, &file).well();
    assert_eq!(content(&database).await, backed_up);
    database.run("SELECT FROM of_somebody_else").await;
    // The same place, and yet a new epoch: revisions since the backup were given out already.
    assert_eq!(epochs(&database).await, 2);
    database.run("UPDATE schedule SET title = 'Noted' WHERE user_id = 'ada'").await;
    assert_eq!(run(&database, ["check"]).code, 1, "the triggers came back too");
}

#[tokio::test]
async fn a_file_that_is_not_whole_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = with_weeks().await;
    let whole = back_up(&database, folder.path());
    let plain = folder.path().join("plain.sql");
    super::older::pg_dump(&database, &["--format=plain"], &plain);
    let zipped = folder.path().join("plain.sql.gz");
    fs::write(&zipped, super::older::zip(&fs::read(&plain).unwrap())).unwrap();
    let other = folder.path().join("other.sql");
    fs::write(&other, "CREATE TABLE t (a text);\n-- PostgreSQL database dump complete\n").unwrap();
    database.run(r#"UPDATE "user" SET name = 'changed since'"#).await;
    let before = content(&database).await;

    for (file, part) in [(&whole, 0.9), (&plain, 0.5), (&plain, 0.99), (&zipped, 0.5), (&zipped, 0.99)] {
        let cut_off = folder.path().join("cut-off");
        let bytes = fs::read(file).unwrap();
        fs::write(&cut_off, &bytes[..(bytes.len() as f64 * part) as usize]).unwrap();
        let refused = replace(&database, &cut_off).refused();
        assert_eq!(content(&database).await, before, "{part} of {}: {refused}", file.display());
    }
    let refused = replace(&database, &other).refused();
    assert!(refused.contains("no tables of Weekwise"), "{refused}");
    let missing = replace(&database, &folder.path().join("missing")).refused();
    assert!(missing.contains("missing could not be read"), "{missing}");
    assert_eq!(content(&database).await, before);
    assert_eq!(epochs(&database).await, 1);

    for file in [plain, zipped] {
        replace(&database, &file).well();
        assert_ne!(content(&database).await, before);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_reads_a_backup_and_nobody_sees_the_password() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let database = with_weeks().await;
    // As the real one is called, with notes of how.
    let programs = folder.path().join("bin");
    fs::create_dir(&programs).unwrap();
    let notes = folder.path().join("notes");
    let fake = programs.join("pg_dump");
    let path = std::env::var("PATH").unwrap();
    let script =
        format!("#!/bin/sh\necho \"$PGPASSWORD: $*\" >'{}'\nPATH='{path}'\nexec pg_dump \"$@\"\n", notes.display());
    fs::write(&fake, script).unwrap();
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();

    let url = database.url.replacen("://postgres@", "://postgres:hunter%322@", 1);
    assert_ne!(url, database.url);
    let backups = folder.path().join("backups");
    let path = format!("{}:{path}", programs.display());
    run_with(&url, ["backup".as_ref(), backups.as_os_str()], &[("PATH", &path)]).well();
    let noted = fs::read_to_string(notes).unwrap();
    assert!(noted.starts_with("hunter22: --format=custom") && noted.matches("hunter").count() == 1, "{noted}");

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&backups), 0o700);
    let made: Vec<_> = fs::read_dir(&backups).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(made.iter().map(|path| mode(path)).collect::<Vec<_>>(), [0o600]);
}

#[tokio::test]
async fn older_backups_go_once_a_new_one_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let older = ["weekwise-20260101T020000Z.dump", "weekwise-20260102T020000Z.dump", "weekwise-20260103T020000Z.dump"];
    let others = ["before-weekwise.dump", "weekwise-20260101T020000Z.dump.part"];
    for name in older.iter().chain(&others[..1]) {
        fs::write(folder.path().join(name), "").unwrap();
    }
    let names = || {
        let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    let before = names();
    let keep = |database: &Database| {
        run(database, ["backup".as_ref(), folder.path().as_os_str(), "--keep".as_ref(), "2".as_ref()])
    };

    let empty = Database::empty().await;
    let refused = keep(&empty).refused();
    assert!(refused.contains("no tables of Weekwise"), "{refused}");
    assert_eq!(names(), before);

    fs::write(folder.path().join(others[1]), "").unwrap();
    let database = Database::ready().await;
    keep(&database).well();
    let left = names();
    assert_eq!(left.len(), 3, "{left:?}");
    assert_eq!([&left[0], &left[1]], [others[0], older[2]]);

    let in_json =
        run(&database, ["check".as_ref(), "--json".as_ref(), "--backups".as_ref(), folder.path().as_os_str()]);
    let newest: serde_json::Value = serde_json::from_str(&in_json.well()).unwrap();
    assert!(newest["newest_backup"]["file"].as_str().unwrap().ends_with(&left[2]), "{newest}");
    assert_eq!(newest["findings"], serde_json::json!([]));
}

#[tokio::test]
async fn a_backup_that_was_not_made_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::ready().await;
    let said = || run(&database, ["check".as_ref(), "--backups".as_ref(), folder.path().as_os_str()]).well();
    assert_eq!(said(), "notice: there is no backup\n0 faults, 1 notices\n");
    fs::write(folder.path().join("weekwise-20260101T020000Z.dump"), "").unwrap();
    assert!(said().starts_with("notice: the newest backup is "), "{}", said());
    back_up(&database, folder.path());
    assert!(said().ends_with(" 0 minutes old.\n0 faults, 0 notices\n"), "{}", said());
}

#[tokio::test]
async fn what_is_missing_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::ready().await;
    let without = run_with(&database.url, ["backup".as_ref(), folder.path().as_os_str()], &[("PATH", "/nowhere")]);
    let refused = without.refused();
    assert!(refused.contains("pg_dump could not be started: install Postgres's client programs"), "{refused}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "no half a backup stays");
    fs::write(folder.path().join("file"), "").unwrap();
    let refused = run(&database, ["backup".as_ref(), folder.path().join("file").as_os_str()]).refused();
    assert!(refused.contains("file could not be made"), "{refused}");
}
