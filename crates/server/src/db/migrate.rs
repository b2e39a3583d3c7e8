//! Bringing the tables up to date: of an empty database, of one of ours, and of one of the server that this one replaces.

use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection, migrate::Migrator};
use thiserror::Error;

use super::{
    adopt::{self, AdoptError, Report, Saved},
    epoch::{self, Place},
};
use crate::DatabaseConfig;

/// The tables' versions, embedded. Migrations are only ever added.
static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// Held while tables change, so that two processes do not do it at once.
const LOCK: i64 = 0x5765_656b_7769_7365; // "Weekwise"

/// What the tables of a database are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// There are none.
    Empty,
    /// They are those of the server that this one replaces.
    Reference,
    /// They are ours.
    Ours {
        /// Versions that this program knows and the database does not have.
        pending: Vec<i64>,
        /// Versions that the database has and this program does not know: a later program brought them.
        unknown: Vec<i64>,
    },
}

/// What was done to a database.
#[derive(Debug)]
pub struct Migrated {
    /// The versions that were new to it.
    pub versions: Vec<i64>,
    /// What became of the tables that were there before, if it was taken over.
    pub adopted: Option<Report>,
}

/// Why the tables stay as they are.
#[derive(Debug, Error)]
pub enum MigrateError {
    /// A version could not be brought in.
    #[error("the tables could not be brought up to date")]
    Version(#[from] sqlx::migrate::MigrateError),
    /// The tables of the server that this one replaces could not be taken over.
    #[error(transparent)]
    Adopt(#[from] AdoptError),
    /// The database refused or could not be reached.
    #[error("the database could not be read or written")]
    Database(#[from] sqlx::Error),
}

/// Why a server does not start on a database.
#[derive(Debug, Error)]
pub enum NotReady {
    /// It has no tables yet.
    #[error("the database is empty: run `weekwise-server migrate`")]
    Empty,
    /// It was not adopted yet.
    #[error(
        "the database is of the server that Weekwise replaces: run `weekwise-server migrate`, which takes it over as it is"
    )]
    Reference,
    /// Its tables are those of an earlier version.
    #[error("the database lacks {pending} migrations of this version: run `weekwise-server migrate`")]
    Behind {
        /// How many.
        pending: usize,
    },
    /// It could not be reached.
    #[error("the database could not be read")]
    Database(#[from] sqlx::Error),
}

/// What the tables of the database are.
///
/// # Errors
/// When the database cannot be read.
pub async fn status(connection: &mut PgConnection) -> sqlx::Result<Status> {
    // Not asked by way of the error, which would end a transaction.
    let is_ours = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL");
    if !is_ours.fetch_one(&mut *connection).await? {
        let of_reference = adopt::is_reference(connection).await?;
        return Ok(if of_reference { Status::Reference } else { Status::Empty });
    }
    let query = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success ORDER BY version");
    let applied: Vec<i64> = query.fetch_all(connection).await?;
    let known: Vec<i64> = MIGRATIONS.iter().map(|migration| migration.version).collect();
    Ok(Status::Ours {
        pending: known.iter().filter(|version| !applied.contains(version)).copied().collect(),
        unknown: applied.iter().filter(|version| !known.contains(version)).copied().collect(),
    })
}

/// Makes sure that a server can work on the database: its tables have what this program knows (and maybe more), and its
/// revisions belong to the epoch of where it is now.
///
/// # Errors
/// When it cannot, with what to do.
pub async fn ready(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<(), NotReady> {
    up_to_date(connection).await?;
    settle(connection, now).await
}

/// The first half of [`ready`]: the tables have what this program knows. It only reads, so it may be asked of a standby.
pub(crate) async fn up_to_date(connection: &mut PgConnection) -> Result<(), NotReady> {
    match status(connection).await? {
        Status::Empty => Err(NotReady::Empty),
        Status::Reference => Err(NotReady::Reference),
        Status::Ours { pending, .. } if !pending.is_empty() => Err(NotReady::Behind { pending: pending.len() }),
        Status::Ours { .. } => Ok(()),
    }
}

/// The second half of [`ready`].
pub(crate) async fn settle(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<(), NotReady> {
    if epoch::settle(connection, now).await? {
        tracing::info!("{}", epoch::BEGUN);
    }
    Ok(())
}

/// Brings the tables up to date, all or nothing. Those of the server that this one replaces are taken over with their
/// rows; `saved` says how they are kept safe before.
///
/// # Errors
/// When anything is in the way; the database is then as it was.
pub async fn migrate(config: &DatabaseConfig, saved: &Saved, now: DateTime<Utc>) -> Result<Migrated, MigrateError> {
    let mut connection = PgConnection::connect_with(&config.options()).await?;
    let here = Place::of(&mut connection).await?;

    let mut transaction = connection.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *transaction).await?;
    let versions = match status(&mut transaction).await? {
        Status::Ours { pending, .. } => pending,
        Status::Empty | Status::Reference => MIGRATIONS.iter().map(|migration| migration.version).collect(),
    };
    let reference = adopt::is_reference(&mut transaction).await?;
    let dump = if reference { adopt::set_aside(&mut transaction, config, saved, now).await? } else { None };
    // Not `run`: within a transaction, each version is a part of it.
    MIGRATIONS.run_direct(None, &mut *transaction, false).await?;
    let has_epoch = sqlx::query("SELECT FROM epoch LIMIT 1").fetch_optional(&mut *transaction).await?.is_some();
    if !has_epoch {
        epoch::begin(&mut transaction, here, now).await?;
    }
    let adopted = if reference { Some(adopt::take_over(&mut transaction, dump, now).await?) } else { None };
    transaction.commit().await?;
    connection.close().await?;
    Ok(Migrated { versions, adopted })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::Database;

    #[tokio::test(flavor = "multi_thread")]
    async fn an_empty_database_takes_all_versions_once_however_many_migrate() {
        let database = Database::empty().await;
        assert_eq!(status(&mut database.connect().await).await.unwrap(), Status::Empty);
        let (config, now) = (database.config(), Utc::now());
        let (one, other) = tokio::join!(migrate(&config, &Saved::No, now), migrate(&config, &Saved::No, now));
        let mut new = [one.unwrap().versions.len(), other.unwrap().versions.len()];
        new.sort_unstable();
        assert_eq!(new, [0, MIGRATIONS.iter().count()]);
        assert_eq!(database.rows("SELECT number FROM epoch").await, ["1"]);
    }

    #[tokio::test]
    async fn a_server_starts_on_its_tables_and_on_later_ones_and_on_no_others() {
        let now = Utc::now();
        let database = Database::empty().await;
        assert!(matches!(ready(&mut database.connect().await, now).await, Err(NotReady::Empty)));
        let database = Database::ready().await;
        ready(&mut database.connect().await, now).await.unwrap();
        // During an upgrade, the previous version runs on the tables of the next.
        database.run("INSERT INTO _sqlx_migrations VALUES (9999, 'later', now(), true, '', 0)").await;
        ready(&mut database.connect().await, now).await.unwrap();
        database.run("DELETE FROM _sqlx_migrations WHERE version = 3").await;
        let behind = ready(&mut database.connect().await, now).await;
        assert!(matches!(behind, Err(NotReady::Behind { pending: 1 })), "{behind:?}");
    }
}
