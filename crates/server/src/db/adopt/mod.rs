//! Adopting the database of the server that this one replaces, in place: its rows become ours, and its tables, as they
//! were, go to the schema `adopted`, from where they can come back.

mod accounts;
mod back;
mod convert;
mod dump;
mod reference;
mod store;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use thiserror::Error;

pub(crate) use back::TABLES as OUR_TABLES;
pub use back::{Adoption, BackError, Reverted, erase, forget, revert, status};
pub use dump::DumpError;
pub(crate) use reference::{TABLES as REFERENCE_TABLES, is_reference};

use crate::DatabaseConfig;

/// How the database is kept safe before it is adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// Not at all: then it is not adopted.
    No,
    /// The operator did.
    Already,
    /// `pg_dump` writes a file into this folder first.
    DumpTo(PathBuf),
}

/// What became of the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The dump that was made before.
    pub dump: Option<PathBuf>,
    /// How many users there are.
    pub users: u64,
    /// How many of their sessions go on.
    pub sessions: u64,
    /// How many schedules were taken over.
    pub schedules: u64,
    /// How many exceptions were taken over.
    pub exceptions: u64,
    /// How many exceptions for a date that already had one are kept as conflict copies.
    pub conflict_copies: u64,
    /// How many rows were not taken over as they were: `check` lists them.
    pub notes: u64,
    /// How many rows cannot be valid: `check` lists them.
    pub quarantined: u64,
    /// Columns that this server does not know. What they hold stays in the schema `adopted`.
    pub unknown_columns: Vec<String>,
}

/// Why a database was not adopted. It is as it was.
#[derive(Debug, Error)]
pub enum AdoptError {
    /// Nobody said that it is safe.
    #[error(
        "the database is of the server that Weekwise replaces, and adopting it changes its tables. Run \
         `weekwise-server migrate --dump-to DIR` to have it saved there first; or save it yourself (pg_dump \
         --format=custom --file=before-weekwise.dump, with the address of the database) and run \
         `weekwise-server migrate --saved`"
    )]
    NotSaved,
    /// Its tables are not quite those that are known.
    #[error("the tables are not those of the server that Weekwise replaces: {0}")]
    Unknown(String),
    /// It could not be saved.
    #[error(transparent)]
    Dump(#[from] DumpError),
    /// Another program works on it.
    #[error("another program works on the database: stop the old server and try again")]
    InUse(#[source] sqlx::Error),
    /// The database refused or could not be reached.
    #[error("the database could not be read or written")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for AdoptError {
    fn from(error: sqlx::Error) -> Self {
        // lock_not_available, deadlock_detected
        let code = error.as_database_error().and_then(|error| error.code());
        match code.as_deref() {
            Some("55P03" | "40P01") => Self::InUse(error),
            _ => Self::Database(error),
        }
    }
}

/// Saves the tables of the reference, so that nothing changes between that and the end of the transaction, and puts them
/// into the schema `adopted`. Returns the dump, if one was made.
pub(crate) async fn set_aside(
    connection: &mut PgConnection,
    config: &DatabaseConfig,
    saved: &Saved,
    now: DateTime<Utc>,
) -> Result<Option<PathBuf>, AdoptError> {
    reference::examine(connection).await?;
    if *saved == Saved::No {
        return Err(AdoptError::NotSaved);
    }
    sqlx::query("SET LOCAL lock_timeout = '10s'").execute(&mut *connection).await?;
    for table in REFERENCE_TABLES {
        // Others may read, such as `pg_dump`, and not write.
        execute(connection, format!("LOCK TABLE {table} IN EXCLUSIVE MODE")).await?;
    }
    let dump = match saved {
        Saved::DumpTo(folder) => Some(dump::dump(config, folder, now).await?),
        Saved::No | Saved::Already => None,
    };
    execute(connection, "CREATE SCHEMA adopted".to_owned()).await?;
    for table in REFERENCE_TABLES {
        execute(connection, format!("ALTER TABLE {table} SET SCHEMA adopted")).await?;
    }
    Ok(dump)
}

/// Takes the rows over from the schema `adopted` into our tables.
pub(crate) async fn take_over(
    connection: &mut PgConnection,
    dump: Option<PathBuf>,
    now: DateTime<Utc>,
) -> Result<Report, AdoptError> {
    let accounts = accounts::copy(connection).await?;
    let mut report = store::weeks(connection, now).await?;
    (report.users, report.sessions) = (accounts.users, accounts.sessions);
    report.dump = dump;
    report.unknown_columns = accounts.unknown_columns;
    back::record(connection, &report, now).await?;
    Ok(report)
}

/// Runs a statement whose words are fixed in this program.
async fn execute(connection: &mut PgConnection, sql: String) -> sqlx::Result<()> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(connection).await?;
    Ok(())
}
