//! `user`: the people who have an account.

use chrono::NaiveDateTime;
use clap::{Args, Subcommand};
use sqlx::PgConnection;

use super::{OpsError, person};
use crate::{
    DatabaseConfig, UserId,
    db::{self, adopt, connect::connect, pool::pool},
};

/// Its commands.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Lists them: key, address, day of signing up, slots, sessions.
    List,
    /// Deletes one with everything that is theirs.
    Delete(Delete),
}

/// Who goes.
#[derive(Debug, Args)]
pub struct Delete {
    /// The address that they sign in with, or their key.
    #[arg(value_name = "EMAIL|ID")]
    who: String,
    /// Does it. Only a backup has them then.
    #[arg(long)]
    yes: bool,
}

impl User {
    pub(super) async fn run(&self, database: &DatabaseConfig) -> Result<(), OpsError> {
        let connection = &mut connect(database).await?;
        match self {
            Self::List => list(connection).await,
            Self::Delete(delete) => delete.run(database, connection).await,
        }
    }
}

async fn list(connection: &mut PgConnection) -> Result<(), OpsError> {
    const LIST: &str = r#"SELECT u."_id", email, u."createdAt",
        (SELECT count(*) FROM schedule WHERE user_id = u."_id" AND active),
        (SELECT count(*) FROM session WHERE "userId" = u."_id" AND "expiresAt" > now() AT TIME ZONE 'UTC')
        FROM "user" u ORDER BY email"#;
    let rows: Vec<(String, String, NaiveDateTime, i64, i64)> = sqlx::query_as(LIST).fetch_all(connection).await?;
    for (id, email, signed_up, slots, sessions) in rows {
        println!("{id}  {email}  since {}  {slots} slots  {sessions} sessions", signed_up.format("%Y-%m-%d"));
    }
    Ok(())
}

impl Delete {
    async fn run(&self, database: &DatabaseConfig, connection: &mut PgConnection) -> Result<(), OpsError> {
        let user = self.find(connection).await?;
        if !self.yes {
            let problem = format!("{} would be gone for good with everything that is theirs: say --yes", self.who);
            return Err(OpsError::refused(problem));
        }
        db::user::delete(&pool(database), &user).await?;
        adopt::erase(connection, &user).await?;
        println!(
            "{} was deleted. Backups still hold what was theirs, until the last one of today is removed.",
            self.who
        );
        Ok(())
    }

    /// Also one who is gone and whose week is not, which `check` finds.
    async fn find(&self, connection: &mut PgConnection) -> Result<UserId, OpsError> {
        const WEEK: &str = "SELECT user_id FROM head WHERE user_id = $1";
        match sqlx::query_scalar(WEEK).bind(&self.who).fetch_optional(&mut *connection).await? {
            Some(user) => Ok(user),
            None => person::find(connection, &self.who).await,
        }
    }
}
