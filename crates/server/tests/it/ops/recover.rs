//! `export-user`, `import-user` and `trash`: what somebody deleted by accident comes back.

use std::{collections::BTreeSet, fs};

use weekwise_server::{UserId, facade};

use super::{back_up, content, now, run, slot, with_weeks};
use crate::postgres::Database;

const ACTIVE: &str = "SELECT user_id, integer_id, start_time FROM schedule WHERE active ORDER BY 1, 2";

#[tokio::test]
async fn what_one_person_deleted_comes_back_from_a_backup_and_nothing_else_changes() {
    let folder = tempfile::tempdir().unwrap();
    let database = with_weeks().await;
    let (pool, ada, bob) = (database.pool(), UserId::from("ada".to_owned()), UserId::from("bob".to_owned()));
    let backup = back_up(&database, folder.path());
    let before = database.rows(ACTIVE).await;
    assert_eq!(before, ["ada|1|09:00", "ada|2|18:00", "bob|1|09:00", "bob|2|18:00"]);

    // Since then Ada deleted one and changed a date of the other one; both made a new one.
    facade::delete_schedule(&pool, &ada, 1, now()).await.unwrap();
    facade::delete_slot(&pool, &ada, 2, "2026-12-01".parse().unwrap(), now()).await.unwrap();
    slot(&database, &ada, 5, "12:00", "13:00").await;
    facade::delete_schedule(&pool, &bob, 1, now()).await.unwrap();
    slot(&database, &bob, 5, "12:00", "13:00").await;
    let earlier = content(&database).await;

    let file = folder.path().join("ada.json");
    let databases = "SELECT datname FROM pg_database WHERE datname LIKE 'weekwise_scratch%'";
    run(
        &database,
        [
            "export-user",
            "--user",
            "ADA@week.example",
            "--from",
            backup.to_str().unwrap(),
            "--to",
            file.to_str().unwrap(),
        ],
    )
    .well();
    assert_eq!(database.rows(databases).await, [""; 0], "nothing is left of the look into the backup");
    assert_eq!(content(&database).await, earlier);

    let import = |more: &[&str]| {
        run(&database, ["import-user", "--user", "ada", file.to_str().unwrap()].iter().chain(more)).well()
    };
    let said = import(&["--dry-run"]);
    assert!(said.starts_with("1 slots would come back out of the trash, 0 that were gone, 0 exceptions."), "{said}");
    assert_eq!(content(&database).await, earlier);
    import(&[]);
    assert_eq!(
        database.rows(ACTIVE).await,
        ["ada|1|09:00", "ada|2|18:00", "ada|6|12:00", "bob|2|18:00", "bob|6|12:00"]
    );
    let since = "SELECT kind FROM exception WHERE user_id = 'ada' AND original_date = '2026-12-01'";
    assert_eq!(database.rows(since).await, ["cancelled"], "what was changed since the backup stays");
    // One row, the mark of its revision, one operation, the head: all of them Ada's.
    let later: BTreeSet<_> = content(&database).await.into_iter().collect();
    let changed: Vec<_> = later.difference(&earlier.into_iter().collect()).cloned().collect();
    assert_eq!(changed.len(), 4, "{changed:#?}");
    assert!(changed.iter().all(|row| row.contains("(ada,")), "{changed:#?}");
    assert_eq!(
        database.rows("SELECT user_id, device FROM operation WHERE device = 'operator'").await,
        ["ada|operator"]
    );
    assert_eq!(run(&database, ["check"]).well(), "0 faults, 0 notices\n");
}

#[tokio::test]
async fn a_person_who_is_gone_comes_back_into_a_new_account() {
    let folder = tempfile::tempdir().unwrap();
    let database = with_weeks().await;
    let backup = back_up(&database, folder.path());
    run(&database, ["user", "delete", "ada@week.example", "--yes"]).well();
    let refused = run(&database, ["export-user", "--user", "ada"]).refused();
    assert!(refused.contains("there is no user ada"), "{refused}");
    let exported = run(&database, ["export-user", "--user", "ada", "--from", backup.to_str().unwrap()]).well();
    let file = folder.path().join("ada.json");
    fs::write(&file, exported).unwrap();
    database.user("eve").await;
    let said = run(&database, ["import-user", "--user", "eve", file.to_str().unwrap()]).well();
    assert!(said.starts_with("0 slots came back out of the trash, 3 that were gone, 2 exceptions."), "{said}");
    assert_eq!(run(&database, ["check"]).well(), "0 faults, 0 notices\n");
    assert_eq!(run(&database, ["trash", "list", "--user", "eve"]).well().lines().count(), 1);
}

#[tokio::test]
async fn what_is_no_backup_and_no_file_of_ours_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let database = with_weeks().await;
    let other = folder.path().join("other");
    fs::write(&other, "{}").unwrap();
    let earlier = content(&database).await;
    let refused = run(&database, ["import-user", "--user", "ada", other.to_str().unwrap()]).refused();
    assert!(refused.contains("is no Weekwise file"), "{refused}");
    let refused = run(&database, ["export-user", "--user", "ada", "--from", other.to_str().unwrap()]).refused();
    assert!(refused.contains("ends early"), "{refused}");
    let scratch = "SELECT datname FROM pg_database WHERE datname LIKE 'weekwise_scratch%'";
    assert_eq!(database.rows(scratch).await, [""; 0]);
    let there = folder.path().join("there.json");
    fs::write(&there, "precious").unwrap();
    run(&database, ["export-user", "--user", "ada", "--to", there.to_str().unwrap()]).refused();
    assert_eq!(fs::read_to_string(there).unwrap(), "precious");
    assert_eq!(content(&database).await, earlier);
}

#[tokio::test]
async fn slots_come_out_of_the_trash_within_the_limit() {
    let database = Database::ready().await;
    let (pool, ada) = (database.pool(), database.user("ada").await);
    let first = slot(&database, &ada, 1, "09:00", "10:00").await;
    let second = slot(&database, &ada, 1, "11:00", "12:00").await;
    for number in [first, second] {
        facade::delete_schedule(&pool, &ada, number, now()).await.unwrap();
    }
    slot(&database, &ada, 1, "13:00", "14:00").await;
    let listed = run(&database, ["trash", "list", "--user", "ada"]).well();
    assert_eq!(
        listed.lines().collect::<Vec<_>>(),
        [
            "     1  Mon 09:00–10:00  in the trash since 2026-11-25 12:00 UTC  ",
            "     2  Mon 11:00–12:00  in the trash since 2026-11-25 12:00 UTC  ",
        ]
    );
    let restore = |more: &[&str]| run(&database, ["trash", "restore", "--user", "ada"].iter().chain(more));
    let active = "SELECT integer_id FROM schedule WHERE active ORDER BY 1";
    let unknown = restore(&["7"]).refused();
    assert!(unknown.contains("slot 7 is not in the trash"), "{unknown}");
    let over = restore(&["--all"]).refused();
    assert!(over.contains("there would be 3 slots, and 2 are allowed: say --raise-limit"), "{over}");
    assert_eq!(database.rows(active).await, ["3"], "all or none");
    restore(&["1"]).well();
    assert_eq!(database.rows(active).await, ["1", "3"]);
    restore(&["--all", "--raise-limit"]).well();
    assert_eq!(database.rows(active).await, ["1", "2", "3"]);
    assert_eq!(database.rows("SELECT value FROM setting").await, ["3"]);
    assert_eq!(run(&database, ["check"]).well(), "0 faults, 0 notices\n");
}
