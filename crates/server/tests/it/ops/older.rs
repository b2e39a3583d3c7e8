//! Backups of before this version: of an older schema, and of the server that this one replaces.

use std::{fs, io::Write as _, path::Path, process::Command};

use flate2::{Compression, write::GzEncoder};
use futures_util::TryStreamExt as _;

use super::{content, run};
use crate::postgres::Database;

/// What `pg_dump` wrote of a database with the first five versions of the tables.
pub(super) const FIFTH: &str = include_str!("version_5.sql");

pub(super) fn zip(bytes: &[u8]) -> Vec<u8> {
    let mut zipped = GzEncoder::new(Vec::new(), Compression::fast());
    zipped.write_all(bytes).unwrap();
    zipped.finish().unwrap()
}

pub(crate) fn pg_dump(database: &Database, arguments: &[&str], to: &Path) {
    let dumped = Command::new("pg_dump").args(arguments).arg("--file").arg(to).arg(&database.url).status();
    assert!(dumped.expect("pg_dump starts").success());
}

#[tokio::test]
async fn a_backup_of_an_older_schema_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.sql.gz");
    fs::write(&file, zip(FIFTH.as_bytes())).unwrap();
    let database = Database::empty().await;
    let said = run(&database, ["restore".as_ref(), file.as_os_str()]).well();
    assert!(said.contains("2 users, 6 schedules, 4 exceptions"), "{said}");
    assert!(said.contains("It was of an older version"), "{said}");
    assert_eq!(run(&database, ["migrate", "--status"]).well(), "0 migrations are pending.\n");
    assert_eq!(run(&database, ["check"]).well(), "0 faults, 0 notices\n");

    // Its rows are those of the file, column by column.
    for table in ["schedule", "exception", "head", "operation"] {
        let (columns, mut expected) = rows_of(FIFTH, table);
        let mut there = copied(&database, &format!("SELECT {columns} FROM {table}")).await;
        there.sort();
        expected.sort();
        assert!(!expected.is_empty());
        assert_eq!(there, expected, "{table}");
    }
}

/// The columns and the rows of a table, as a plain backup has them.
fn rows_of(backup: &'static str, table: &str) -> (&'static str, Vec<String>) {
    let (_, rest) = backup.split_once(&format!("\nCOPY public.{table} (")).unwrap_or_else(|| panic!("{table}"));
    let (columns, rest) = rest.split_once(") FROM stdin;\n").unwrap();
    let (rows, _) = rest.split_once("\\.\n").unwrap();
    (columns, rows.lines().map(str::to_owned).collect())
}

/// What a query gives, as a plain backup would have it.
async fn copied(database: &Database, query: &str) -> Vec<String> {
    let mut connection = database.connect().await;
    sqlx::query("SET TimeZone = 'UTC'").execute(&mut connection).await.unwrap();
    let copy = connection.copy_out_raw(&format!("COPY ({query}) TO STDOUT")).await.unwrap();
    let parts: Vec<_> = copy.try_collect().await.unwrap();
    String::from_utf8(parts.concat()).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_backup_of_the_server_before_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let reference = Database::empty().await;
    reference.run(include_str!("../reference/tables.sql")).await;
    reference.run(include_str!("../reference/rows.sql")).await;
    let before = content(&reference).await;
    let [plain, zipped, custom] = ["backup.sql", "backup.sql.gz", "backup.dump"].map(|name| folder.path().join(name));
    pg_dump(&reference, &["--format=plain"], &plain);
    fs::write(&zipped, zip(&fs::read(&plain).unwrap())).unwrap();
    pg_dump(&reference, &["--format=custom"], &custom);

    let mut adopted = None;
    for file in [plain, zipped, custom] {
        let database = Database::empty().await;
        let said = run(&database, ["restore".as_ref(), file.as_os_str()]).well();
        assert!(said.contains("It was of the server that Weekwise replaces, and was taken over."), "{said}");
        let there = database.rows(r#"SELECT "_id", email FROM "user" ORDER BY 1"#).await;
        assert_eq!(there, reference.rows(r#"SELECT "_id", email FROM "user" ORDER BY 1"#).await);
        let weeks = database.rows("SELECT user_id, integer_id, start_time, active FROM schedule ORDER BY 1, 2").await;
        assert_eq!(*adopted.get_or_insert_with(|| weeks.clone()), weeks);
        // As it was, down to the last row.
        run(&database, ["adoption", "revert"]).well();
        database.run("DROP SCHEMA weekwise CASCADE").await;
        assert_eq!(content(&database).await, before);
    }
}
