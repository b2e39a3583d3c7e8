//! After an adoption: what it left, and the way back.

use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection};
use thiserror::Error;

use super::{Report, execute, reference::TABLES as REFERENCE, store::DEVICE};
use crate::UserId;

/// All tables of this server, as they are written in SQL. A test compares them with those that the migrations make.
pub(crate) const TABLES: [&str; 22] = [
    r#""user""#,
    "session",
    "account",
    "verification",
    "sign_in_attempt",
    "head",
    "schedule",
    "exception",
    "setting",
    "tombstone",
    "operation",
    "conflict_copy",
    "epoch",
    "adoption",
    "adoption_quarantine",
    "adoption_note",
    "unrevised",
    "user_epoch",
    "mark",
    "device",
    "departed_session",
    "_sqlx_migrations",
];

/// What became of the tables that were there before this server.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Adoption {
    /// When they were taken over.
    pub adopted_at: DateTime<Utc>,
    /// When they were forgotten. Until then they are in the schema `adopted`.
    pub forgotten_at: Option<DateTime<Utc>>,
    /// How many users there were.
    pub users: i64,
    /// How many of their sessions went on.
    pub sessions: i64,
    /// How many schedules were taken over.
    pub schedules: i64,
    /// How many exceptions were taken over.
    pub exceptions: i64,
}

/// What going back left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reverted {
    /// How many edits were made since the adoption. They are in the schema `weekwise`.
    pub edits: i64,
    /// How many users signed up since.
    pub users: i64,
}

/// Why nothing was done.
#[derive(Debug, Error)]
pub enum BackError {
    /// There is nothing to go back to.
    #[error("this database was not adopted from another server")]
    NotAdopted,
    /// It was thrown away.
    #[error("what was there before was forgotten on {0}: only a backup has it")]
    Forgotten(DateTime<Utc>),
    /// An earlier return left its tables.
    #[error(
        "the schema weekwise holds what an earlier return set aside: once it is no longer needed, drop it (DROP SCHEMA \
         weekwise CASCADE) and try again"
    )]
    InTheWay,
    /// The database refused or could not be reached.
    #[error("the database could not be read or written")]
    Database(#[from] sqlx::Error),
}

/// Records an adoption.
pub(super) async fn record(connection: &mut PgConnection, report: &Report, now: DateTime<Utc>) -> sqlx::Result<()> {
    const RECORD: &str =
        "INSERT INTO adoption (adopted_at, users, sessions, schedules, exceptions) VALUES ($1, $2, $3, $4, $5)";
    let counts = [report.users, report.sessions, report.schedules, report.exceptions].map(|count| count as i64);
    let query = sqlx::query(RECORD).bind(now);
    counts.into_iter().fold(query, |query, count| query.bind(count)).execute(connection).await?;
    Ok(())
}

/// What became of the tables that were there before; none if there were none.
///
/// # Errors
/// When the database cannot be read.
pub async fn status(connection: &mut PgConnection) -> sqlx::Result<Option<Adoption>> {
    const FIND: &str = "SELECT adopted_at, forgotten_at, users, sessions, schedules, exceptions FROM adoption";
    sqlx::query_as(FIND).fetch_optional(connection).await
}

/// Throws the tables away that were there before.
///
/// # Errors
/// When there are none.
pub async fn forget(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<(), BackError> {
    let mut transaction = connection.begin().await?;
    kept(&mut transaction).await?;
    for table in REFERENCE {
        execute(&mut transaction, format!("DROP TABLE adopted.{table}")).await?;
    }
    execute(&mut transaction, "DROP SCHEMA adopted".to_owned()).await?;
    sqlx::query("UPDATE adoption SET forgotten_at = $1").bind(now).execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

/// Puts the tables back that were there before, as they were, and this server's into the schema `weekwise`. Sessions that
/// have ended since are not brought back.
///
/// # Errors
/// When there is nothing to go back to, or the tables of an earlier return are in the way.
pub async fn revert(connection: &mut PgConnection) -> Result<Reverted, BackError> {
    const EDITS: &str = "SELECT count(*) FROM operation WHERE device <> $1";
    const USERS: &str = r#"SELECT count(*) FROM "user" WHERE "_id" NOT IN (SELECT "_id" FROM adopted."user")"#;
    const ENDED: &str = r#"DELETE FROM adopted.session WHERE "_id" NOT IN (SELECT "_id" FROM session)"#;
    let mut transaction = connection.begin().await?;
    kept(&mut transaction).await?;
    let in_the_way = sqlx::query_scalar("SELECT to_regnamespace('weekwise') IS NOT NULL");
    if in_the_way.fetch_one(&mut *transaction).await? {
        return Err(BackError::InTheWay);
    }
    let edits = sqlx::query_scalar(EDITS).bind(DEVICE).fetch_one(&mut *transaction).await?;
    let users = sqlx::query_scalar(USERS).fetch_one(&mut *transaction).await?;
    sqlx::query(ENDED).execute(&mut *transaction).await?;

    let schema: String =
        sqlx::query_scalar("SELECT quote_ident(current_schema())").fetch_one(&mut *transaction).await?;
    execute(&mut transaction, "CREATE SCHEMA weekwise".to_owned()).await?;
    for table in TABLES {
        execute(&mut transaction, format!("ALTER TABLE {table} SET SCHEMA weekwise")).await?;
    }
    for table in REFERENCE {
        execute(&mut transaction, format!("ALTER TABLE adopted.{table} SET SCHEMA {schema}")).await?;
    }
    execute(&mut transaction, "DROP SCHEMA adopted".to_owned()).await?;
    transaction.commit().await?;
    Ok(Reverted { edits, users })
}

/// Makes sure that the tables which were there before still are.
async fn kept(connection: &mut PgConnection) -> Result<(), BackError> {
    match status(connection).await? {
        None => Err(BackError::NotAdopted),
        Some(Adoption { forgotten_at: Some(at), .. }) => Err(BackError::Forgotten(at)),
        Some(_) => Ok(()),
    }
}

/// Erases a deleted user from the tables that were there before, so that nothing of them is left there.
///
/// # Errors
/// When the database cannot be written.
pub async fn erase(connection: &mut PgConnection, user: &UserId) -> sqlx::Result<()> {
    let is_kept = sqlx::query_scalar(r#"SELECT to_regclass('adopted."user"') IS NOT NULL"#);
    if is_kept.fetch_one(&mut *connection).await? {
        let schedules = r#"DELETE FROM adopted.schedule_exception WHERE "scheduleId" IN
            (SELECT id FROM adopted.schedule WHERE "userId" = $1)"#;
        for sql in [
            schedules,
            r#"DELETE FROM adopted.schedule WHERE "userId" = $1"#,
            r#"DELETE FROM adopted.account WHERE "userId" = $1"#,
            r#"DELETE FROM adopted.session WHERE "userId" = $1"#,
            r#"DELETE FROM adopted."user" WHERE "_id" = $1"#,
        ] {
            sqlx::query(sql).bind(user).execute(&mut *connection).await?;
        }
    }
    sqlx::query("DELETE FROM adoption_quarantine WHERE user_id = $1").bind(user).execute(&mut *connection).await?;
    sqlx::query("DELETE FROM adoption_note WHERE user_id = $1").bind(user).execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::postgres::Database;

    #[tokio::test]
    async fn every_table_that_the_migrations_make_goes_along_on_the_way_back() {
        let database = Database::ready().await;
        let there = database.rows("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'").await;
        let listed: BTreeSet<String> = TABLES.map(str::to_owned).into();
        assert_eq!(there.into_iter().collect::<BTreeSet<_>>(), listed);
    }

    #[tokio::test]
    async fn a_database_that_was_never_adopted_has_no_way_back() {
        let database = Database::ready().await;
        let mut connection = database.connect().await;
        assert!(matches!(revert(&mut connection).await, Err(BackError::NotAdopted)));
        assert!(matches!(forget(&mut connection, Utc::now()).await, Err(BackError::NotAdopted)));
    }
}
