//! `reset`: empty tables.

use chrono::{DateTime, Utc};
use clap::Args;
use sqlx::{AssertSqlSafe, Connection as _};

use super::{OpsError, aside, clear::Ours};
use crate::{
    DatabaseConfig,
    db::{adopt::Saved, connect::connect, migrate::migrate},
};

/// Its arguments.
#[derive(Debug, Args)]
pub struct Reset {
    /// Does it. Only a backup has what was there then.
    #[arg(long)]
    yes: bool,
}

impl Reset {
    pub(super) async fn run(
        &self,
        database: &DatabaseConfig,
        production: bool,
        now: DateTime<Utc>,
    ) -> Result<(), OpsError> {
        if production {
            return Err(OpsError::refused("NODE_ENV is production: nothing is thrown away there"));
        }
        if !self.yes {
            return Err(OpsError::refused("everything in the database would be gone for good: say --yes"));
        }
        let mut connection = connect(database).await?;
        let ours = Ours::find(&mut connection).await?;
        let mut transaction = connection.begin().await?;
        // Who still works on the tables is not waited for without end.
        sqlx::query("SET LOCAL lock_timeout = '10s'").execute(&mut *transaction).await?;
        sqlx::raw_sql(AssertSqlSafe(ours.drop_all())).execute(&mut *transaction).await?;
        aside::forget(&mut transaction).await?;
        transaction.commit().await?;
        connection.close().await?;
        migrate(database, &Saved::No, now).await?;
        println!("The database has empty tables.");
        Ok(())
    }
}
