//! `epoch`: which history the revisions belong to.

use chrono::{DateTime, Utc};
use sqlx::{Acquire as _, PgConnection};
use uuid::Uuid;

/// Where a history is: a cluster, a database in it, and the timeline that a promotion or a restore forks. None where
/// Postgres does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Place {
    system_identifier: Option<i64>,
    database_oid: Option<i64>,
    timeline: Option<i64>,
}

impl Place {
    /// Where the connection leads to. Not to be asked within a transaction, since a refusal would end it.
    pub(crate) async fn of(connection: &mut PgConnection) -> sqlx::Result<Self> {
        const WHOLE: &str = "SELECT system_identifier, \
            (SELECT oid::bigint FROM pg_database WHERE datname = current_database()) AS database_oid, \
            ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint AS timeline FROM pg_control_system()";
        const DATABASE: &str = "SELECT NULL::bigint AS system_identifier, oid::bigint AS database_oid, \
            NULL::bigint AS timeline FROM pg_database WHERE datname = current_database()";
        match sqlx::query_as(WHOLE).fetch_one(&mut *connection).await {
            Err(sqlx::Error::Database(error)) if is_withheld(error.as_ref()) => {
                sqlx::query_as(DATABASE).fetch_one(connection).await
            }
            whole => whole,
        }
    }
}

/// Some hosts of Postgres do not let their customers look at the cluster.
fn is_withheld(error: &dyn sqlx::error::DatabaseError) -> bool {
    // insufficient_privilege, feature_not_supported, undefined_function
    matches!(error.code().as_deref(), Some("42501" | "0A000" | "42883"))
}

const LAST: &str = "SELECT system_identifier, database_oid, timeline FROM epoch ORDER BY number DESC LIMIT 1";

/// What is logged when [`settle`] did.
pub(crate) const BEGUN: &str = "a new epoch begins: the database is not where it was";

/// Begins a new epoch when the database is not where the last one began. So a database that was restored from a backup,
/// or a standby that was promoted, does not give out revisions a second time in silence. Returns whether it did.
pub async fn settle(connection: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let here = Place::of(connection).await?;
    if sqlx::query_as(LAST).fetch_optional(&mut *connection).await? == Some(here) {
        return Ok(false);
    }
    let mut transaction = connection.begin().await?;
    sqlx::query("LOCK TABLE epoch IN SHARE ROW EXCLUSIVE MODE").execute(&mut *transaction).await?;
    // Another process may have been first.
    let is_new = sqlx::query_as(LAST).fetch_optional(&mut *transaction).await? != Some(here);
    if is_new {
        begin(&mut transaction, here, now).await?;
    }
    transaction.commit().await?;
    Ok(is_new)
}

/// Begins a new epoch and returns its number.
pub(crate) async fn begin(connection: &mut PgConnection, here: Place, now: DateTime<Utc>) -> sqlx::Result<i32> {
    const BEGIN: &str = "INSERT INTO epoch (number, id, begun_at, system_identifier, database_oid, timeline) \
        SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5 FROM epoch RETURNING number";
    let query = sqlx::query_scalar(BEGIN).bind(Uuid::now_v7()).bind(now);
    query.bind(here.system_identifier).bind(here.database_oid).bind(here.timeline).fetch_one(connection).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::Database;

    const EPOCHS: &str = "SELECT number FROM epoch ORDER BY number";

    #[tokio::test]
    async fn an_epoch_lasts_as_long_as_the_database_is_where_it_began() {
        let database = Database::ready().await;
        let now = Utc::now();
        assert!(!settle(&mut database.connect().await, now).await.unwrap());
        assert_eq!(database.rows(EPOCHS).await, ["1"]);

        // As a restore or a promotion leaves it.
        for difference in ["system_identifier = 1", "database_oid = 1", "timeline = timeline - 1"] {
            database
                .run(&format!("UPDATE epoch SET {difference} WHERE number = (SELECT max(number) FROM epoch)"))
                .await;
            assert!(settle(&mut database.connect().await, now).await.unwrap(), "{difference}");
            assert!(!settle(&mut database.connect().await, now).await.unwrap(), "{difference}");
        }
        assert_eq!(database.rows(EPOCHS).await, ["1", "2", "3", "4"]);
    }

    #[tokio::test]
    async fn of_several_processes_one_begins_it() {
        let database = Database::ready().await;
        database.run("UPDATE epoch SET database_oid = 1").await;
        let mut processes = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let mut connection = database.connect().await;
            processes.spawn(async move { settle(&mut connection, Utc::now()).await.unwrap() });
        }
        let began = processes.join_all().await;
        assert_eq!(began.iter().filter(|began| **began).count(), 1);
        assert_eq!(database.rows(EPOCHS).await, ["1", "2"]);
    }

    #[tokio::test]
    async fn where_the_cluster_is_withheld_the_database_tells() {
        let database = Database::ready().await;
        database
            .run(
                "CREATE SCHEMA hosted; CREATE FUNCTION hosted.pg_control_system() RETURNS TABLE (system_identifier bigint) \
                 LANGUAGE plpgsql AS $$ BEGIN RAISE insufficient_privilege; END $$",
            )
            .await;
        let mut connection = database.connect().await;
        sqlx::query("SET search_path = hosted, pg_catalog, public").execute(&mut connection).await.unwrap();
        let place = Place::of(&mut connection).await.unwrap();
        assert_eq!((place.system_identifier, place.timeline), (None, None));
        assert!(place.database_oid.is_some());
    }
}
