//! A database for the time of a command: a backup is looked at there.

use std::path::Path;

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use uuid::Uuid;

use super::{OpsError, clear::Ours, restore::restore};
use crate::{DatabaseConfig, db::connect::connect};

/// What their names begin with.
const PREFIX: &str = "weekwise_scratch_";

/// Restores a backup into a database beside that of `database`, lets `look` at it, and drops it again.
pub(super) async fn with_backup<T>(
    database: &DatabaseConfig,
    backup: &Path,
    now: DateTime<Utc>,
    look: impl AsyncFnOnce(&mut PgConnection) -> Result<T, OpsError>,
) -> Result<T, OpsError> {
    let name = format!("{PREFIX}{}", Uuid::now_v7().simple());
    let mut beside = connect(database).await?;
    run(&mut beside, format!("CREATE DATABASE {name} TEMPLATE template0")).await.map_err(refused)?;
    let scratch = database.of_another(&name);
    let looked = async {
        restore(&scratch, backup, &Ours::default(), now).await?;
        let mut connection = connect(&scratch).await?;
        let looked = look(&mut connection).await;
        connection.close().await?;
        looked
    };
    let looked = looked.await;
    run(&mut beside, format!("DROP DATABASE {name} WITH (FORCE)")).await?;
    beside.close().await?;
    looked
}

async fn run(connection: &mut PgConnection, sql: String) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
    Ok(())
}

fn refused(error: sqlx::Error) -> OpsError {
    const INSUFFICIENT_PRIVILEGE: &str = "42501";
    let code = error.as_database_error().and_then(|error| error.code());
    match code.as_deref() {
        Some(INSUFFICIENT_PRIVILEGE) => OpsError::refused(
            "the user of DATABASE_URL may not make databases: restore the backup into one that you make, set DATABASE_URL to \
             that one, and run this without a backup",
        ),
        _ => error.into(),
    }
}
