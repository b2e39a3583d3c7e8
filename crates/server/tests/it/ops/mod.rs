//! The commands of the operators, as they run them.

mod backup;
mod check;
mod cut_off;
mod guide;
mod maintain;
pub(crate) mod older;
mod people;
mod recover;

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use chrono::{DateTime, Utc};
use weekwise_domain::{TimeRange, Weekday};
use weekwise_server::{UserId, facade};

use crate::postgres::Database;

/// What a command did.
#[derive(Debug)]
pub(crate) struct Done {
    code: i32,
    output: String,
    errors: String,
}

impl Done {
    /// Makes sure that it did its work, and returns what it said.
    #[track_caller]
    pub(crate) fn well(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.output
    }

    /// Makes sure that it refused with one line, and returns it.
    #[track_caller]
    fn refused(self) -> String {
        assert_eq!(self.code, 1, "{self:?}");
        assert_eq!(self.errors.trim_end().lines().count(), 1, "one line: {self:?}");
        self.errors
    }
}

/// Runs the program with the settings of a developer.
pub(crate) fn run<S: AsRef<OsStr>>(database: &Database, arguments: impl IntoIterator<Item = S>) -> Done {
    run_with(&database.url, arguments, &[])
}

/// Runs the program over the database with an address, and with other settings.
fn run_with<S: AsRef<OsStr>>(url: &str, arguments: impl IntoIterator<Item = S>, settings: &[(&str, &str)]) -> Done {
    let mut program = Command::new(env!("CARGO_BIN_EXE_weekwise-server"));
    program.args(arguments).env("DATABASE_URL", url).env_remove("NODE_ENV").envs(settings.iter().copied());
    let output = program.output().expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("it says text");
    Done {
        code: output.status.code().expect("it ends by itself"),
        output: text(output.stdout),
        errors: text(output.stderr),
    }
}

/// All rows of all tables. Not among them: attempts to sign in, which no backup has, and epochs, since each restore begins
/// one.
async fn content(database: &Database) -> Vec<String> {
    let tables = database.rows(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') \
         AND tablename NOT IN ('sign_in_attempt', 'epoch') ORDER BY 1",
    );
    let mut rows = Vec::new();
    for table in tables.await {
        let query = format!("SELECT '{table}' AS name, it::text AS row FROM {table} it ORDER BY it::text");
        rows.extend(database.rows(&query).await);
    }
    rows
}

/// How many epochs there have been.
async fn epochs(database: &Database) -> usize {
    database.rows("SELECT id FROM epoch").await.len()
}

/// Wednesday.
fn now() -> DateTime<Utc> {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

/// Makes a slot for somebody, and returns its number.
async fn slot(database: &Database, user: &UserId, day: u8, start: &str, end: &str) -> i64 {
    let time = TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
    let day = Weekday::try_from(day).unwrap();
    facade::create_schedule(&database.pool(), user, day, time, now()).await.unwrap().id
}

/// Two people with slots on Mondays and Tuesdays, a cancelled and a changed date, one slot in the trash, and a session.
async fn with_weeks() -> Database {
    let database = Database::ready().await;
    for name in ["ada", "bob"] {
        let user = database.user(name).await;
        let monday = slot(&database, &user, 1, "09:00", "10:30").await;
        let tuesday = slot(&database, &user, 2, "18:00", "19:00").await;
        let trashed = slot(&database, &user, 3, "08:00", "09:00").await;
        let (pool, now) = (database.pool(), now());
        facade::delete_slot(&pool, &user, monday, "2026-11-30".parse().unwrap(), now).await.unwrap();
        let later = TimeRange::new("20:00".parse().unwrap(), "21:00".parse().unwrap()).unwrap();
        facade::update_slot(&pool, &user, tuesday, "2026-12-01".parse().unwrap(), later, now).await.unwrap();
        facade::delete_schedule(&pool, &user, trashed, now).await.unwrap();
        let session = format!(
            r#"INSERT INTO session ("_id", token, "userId", "createdAt", "updatedAt", "expiresAt")
            VALUES ('of {name}', encode(sha256('{name}'), 'hex'), '{name}', now(), now(), now() + interval '7 days')"#
        );
        database.run(&session).await;
    }
    database
}

/// Makes a backup into a folder, and returns its file.
pub(crate) fn back_up(database: &Database, folder: &Path) -> PathBuf {
    let said = run(database, ["backup".as_ref(), folder.as_os_str()]).well();
    said.lines().next().and_then(|line| Some(line.split_once(" (")?.0.into())).unwrap_or_else(|| panic!("{said}"))
}
