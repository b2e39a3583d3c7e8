//! What state a data file is in, found out without writing to it.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

use sqlx::{Connection as _, SqliteConnection};

use crate::{DataFolder, Fault, StorageError, connect, journal, reading, snapshot, suspicion};

/// "Wekw": says in the file's header whose it is. Set by the first migration.
const APPLICATION_ID: u32 = 0x5765_6b77;
/// Tables this many versions ahead are more likely a damaged number than a later Weekwise.
const PLAUSIBLE: u32 = 1000;

/// The state of a data file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Whole, with the tables that this program knows.
    Good,
    /// Whole, with tables of an earlier version.
    Behind,
    /// Written by a later version.
    Newer {
        /// The version of its tables.
        found: i64,
    },
    /// Not there (or without any table), and nothing tells that it ever was.
    New,
    /// Not there, but there are snapshots of it, or its journal.
    Missing,
    /// Not what Weekwise wrote.
    Damaged {
        /// How that shows, for the log.
        how: String,
    },
}

/// Looks at the data file of a folder, whose tables should be of version `latest`.
///
/// # Errors
/// When it cannot be read at all, which says nothing about its state.
pub(crate) async fn inspect(folder: &DataFolder, latest: i64) -> Result<Condition, StorageError> {
    let file = folder.file();
    let damaged = |how: &str| Ok(Condition::Damaged { how: how.to_owned() });
    let bytes = match fs::metadata(&file) {
        Ok(metadata) => Some(metadata.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(StorageError::file("reading", &file)(error)),
    };
    let [_, log, _] = folder.file_and_companions();
    let has_log = fs::metadata(&log).is_ok_and(|metadata| metadata.len() > 0);
    match bytes {
        Some(1..) => {}
        // Next to an empty file SQLite would delete the log, and with it the last edits.
        None | Some(0) if has_log => return damaged("there is a write-ahead log without its file"),
        None | Some(0) if snapshot::list(folder)?.is_empty() && journal::is_empty(folder)? => {
            return Ok(Condition::New);
        }
        None => return Ok(Condition::Missing),
        Some(0) => return damaged("it is empty"),
    }
    match Header::read(&file).map_err(StorageError::file("reading", &file))? {
        None => return damaged("it is not a database"),
        Some(header) => {
            if let Some(found) = header.is_plainly_newer(latest) {
                return Ok(Condition::Newer { found });
            }
        }
    }
    let check = if suspicion::stands(folder) { Check::Full } else { Check::Quick };
    look_inside(connect::reader(&file).await, latest, check).await
}

/// How thoroughly to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// That every page is sound, and every row keeps the rules of its table.
    Quick,
    /// Also that every index agrees with its table, and every row can be read.
    Full,
}

/// Looks at a file that nobody writes, thoroughly.
pub(crate) async fn inspect_snapshot(file: &Path, latest: i64) -> Result<Condition, StorageError> {
    match Header::read(file).map_err(StorageError::file("reading", file))? {
        None => Ok(Condition::Damaged { how: "it is not a database".to_owned() }),
        Some(_) => look_inside(connect::reader_of_still_file(file).await, latest, Check::Full).await,
    }
}

async fn look_inside(
    connection: Result<SqliteConnection, StorageError>,
    latest: i64,
    check: Check,
) -> Result<Condition, StorageError> {
    let looked = match connection {
        Err(error) => Err(error),
        Ok(mut connection) => {
            let looked = judge(&mut connection, latest, check).await;
            connection.close().await?;
            looked
        }
    };
    match looked {
        Err(error) if error.fault() == Fault::Damaged => Ok(Condition::Damaged { how: error.detail() }),
        other => other,
    }
}

async fn judge(connection: &mut SqliteConnection, latest: i64, check: Check) -> Result<Condition, StorageError> {
    if let Some(how) = sqlite_problems(connection, check).await?.into_iter().next() {
        return Ok(Condition::Damaged { how });
    }
    let found = version(connection).await?;
    // A first start that was cut short leaves a file without tables, or with that of the migrations alone.
    const HAS_NONE: &str = "SELECT count(*) = 0 FROM sqlite_schema WHERE tbl_name <> '_sqlx_migrations'";
    let has_no_tables: bool = sqlx::query_scalar(HAS_NONE).fetch_one(&mut *connection).await?;
    Ok(match found {
        0 if has_no_tables => Condition::New,
        0 => Condition::Damaged { how: "it is a database of another program".to_owned() },
        found if found > latest => Condition::Newer { found },
        found if found < latest => Condition::Behind,
        _ => match unreadable_rows(connection, check).await? {
            Some(how) => Condition::Damaged { how },
            None => Condition::Good,
        },
    })
}

/// The first thing that is wrong with a file whose tables this program knows; none when it is sound.
pub(crate) async fn damage(connection: &mut SqliteConnection, check: Check) -> Result<Option<String>, StorageError> {
    Ok(problems(connection, check).await?.into_iter().next())
}

/// What is wrong with a file whose tables this program knows; nothing when it is sound.
pub(crate) async fn problems(connection: &mut SqliteConnection, check: Check) -> Result<Vec<String>, StorageError> {
    let mut found = sqlite_problems(connection, check).await?;
    if found.is_empty() {
        found.extend(unreadable_rows(connection, check).await?);
    }
    Ok(found)
}

/// The first row that no Weekwise wrote, if a thorough look is asked for and there is one.
async fn unreadable_rows(connection: &mut SqliteConnection, check: Check) -> Result<Option<String>, StorageError> {
    if check == Check::Quick {
        return Ok(None);
    }
    match reading::try_all_rows(connection).await {
        Err(error @ StorageError::Row { .. }) => Ok(Some(error.to_string())),
        tried => tried.map(|()| None),
    }
}

async fn sqlite_problems(connection: &mut SqliteConnection, check: Check) -> Result<Vec<String>, StorageError> {
    let query = match check {
        Check::Quick => "PRAGMA quick_check(1)",
        Check::Full => "PRAGMA integrity_check(20)",
    };
    let found: Vec<String> = sqlx::query_scalar(query).fetch_all(connection).await?;
    Ok(found.into_iter().filter(|line| line != "ok").collect())
}

/// The version of the tables: what the migrations noted, or what the file's header says, whichever is higher.
pub(crate) async fn version(connection: &mut SqliteConnection) -> Result<i64, StorageError> {
    const HAS_TABLE: &str = "SELECT count(*) > 0 FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'";
    let in_header: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await?;
    let has_table: bool = sqlx::query_scalar(HAS_TABLE).fetch_one(&mut *connection).await?;
    if !has_table {
        return Ok(in_header);
    }
    let noted: Option<i64> =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(connection).await?;
    Ok(in_header.max(noted.unwrap_or_default()))
}

/// What the first 100 bytes of a database say (<https://sqlite.org/fileformat2.html#the_database_header>).
struct Header {
    user_version: u32,
    application_id: u32,
}

impl Header {
    fn read(file: &Path) -> io::Result<Option<Self>> {
        let mut bytes = [0; 100];
        match File::open(file)?.read_exact(&mut bytes) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let is_database = bytes.starts_with(b"SQLite format 3\0");
        Ok(is_database.then(|| Self { user_version: number(60), application_id: number(68) }))
    }

    /// The version of a file that names Weekwise and a later version. Said without asking SQLite, for a
    /// later version's tables may be such that this program's SQLite would call them damaged.
    fn is_plainly_newer(&self, latest: i64) -> Option<i64> {
        let found = i64::from(self.user_version);
        let is_plausible = (latest + 1..=latest + i64::from(PLAUSIBLE)).contains(&found);
        (self.application_id == APPLICATION_ID && is_plausible).then_some(found)
    }
}
