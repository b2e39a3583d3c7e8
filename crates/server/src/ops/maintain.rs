//! `maintain`: what should be done once a week, while the server runs.

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use super::OpsError;
use crate::{
    DatabaseConfig,
    db::{adopt::OUR_TABLES, attempt, pool::pool, session, unrevised},
};

/// How long it is kept what exactly an edit asked for. What came of it stays.
const BODIES_LAST: TimeDelta = TimeDelta::days(90);
/// How many rows are changed in one transaction, so that nobody waits for long.
const AT_ONCE: i64 = 10_000;

/// It takes no arguments.
#[derive(Debug, Args)]
pub struct Maintain {}

impl Maintain {
    pub(super) async fn run(&self, database: &DatabaseConfig, now: DateTime<Utc>) -> Result<(), OpsError> {
        let pool = pool(database);
        session::sweep(&pool, now.into()).await?;
        attempt::sweep(&pool, now.into()).await?;
        println!("Sessions that have ended are gone.");
        let bodies = forget_bodies(&pool, now - BODIES_LAST).await?;
        println!("{bodies} edits of before the last {} days lost their bodies.", BODIES_LAST.num_days());
        unrevised::forget(&pool).await?;

        let connection = &mut *pool.acquire().await?;
        drop_remains(connection).await?;
        for table in OUR_TABLES {
            run(connection, format!("VACUUM (ANALYZE) {table}")).await?;
            run(connection, format!("REINDEX TABLE CONCURRENTLY {table}")).await?;
        }
        println!("{} tables were vacuumed, analysed and reindexed.", OUR_TABLES.len());
        say_disk_use(connection).await?;
        Ok(())
    }
}

async fn forget_bodies(pool: &PgPool, before: DateTime<Utc>) -> sqlx::Result<u64> {
    const FORGET: &str = "UPDATE operation SET body = NULL WHERE ctid IN \
        (SELECT ctid FROM operation WHERE body IS NOT NULL AND made_at < $1 LIMIT $2)";
    let mut all = 0;
    loop {
        let some = sqlx::query(FORGET).bind(before).bind(AT_ONCE).execute(pool).await?.rows_affected();
        all += some;
        if some == 0 {
            return Ok(all);
        }
    }
}

/// What a rebuilding that was cut off left: indexes that nobody uses and every write keeps up.
async fn drop_remains(connection: &mut PgConnection) -> sqlx::Result<()> {
    const FIND: &str = "SELECT format('%I.%I', nspname, relname) FROM pg_index \
        JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace \
        WHERE NOT indisvalid AND nspname = current_schema() AND relname ~ '_cc(new|old)[0-9]*$'";
    let remains: Vec<String> = sqlx::query_scalar(FIND).fetch_all(&mut *connection).await?;
    for index in remains {
        run(connection, format!("DROP INDEX CONCURRENTLY {index}")).await?;
    }
    Ok(())
}

async fn say_disk_use(connection: &mut PgConnection) -> sqlx::Result<()> {
    const DATABASE: &str = "SELECT pg_size_pretty(pg_database_size(current_database()))";
    const TABLES: &str = "SELECT oid::regclass::text, pg_size_pretty(pg_total_relation_size(oid)) FROM pg_class \
        WHERE relkind = 'r' AND relnamespace IN \
            (SELECT oid FROM pg_namespace WHERE nspname IN (current_schema(), 'adopted', 'weekwise')) \
        ORDER BY pg_total_relation_size(oid) DESC, 1 LIMIT 10";
    let whole: String = sqlx::query_scalar(DATABASE).fetch_one(&mut *connection).await?;
    println!("The database takes {whole}:");
    let tables: Vec<(String, String)> = sqlx::query_as(TABLES).fetch_all(connection).await?;
    for (table, size) in tables {
        println!("{size:>12}  {table}");
    }
    Ok(())
}

async fn run(connection: &mut PgConnection, sql: String) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
    Ok(())
}
