//! `sessions`: who is signed in.

use clap::{Args, Subcommand};

use super::{OpsError, person};
use crate::{DatabaseConfig, db::connect::connect};

/// Its commands.
#[derive(Debug, Subcommand)]
pub enum Sessions {
    /// Signs somebody out everywhere, or everybody.
    Revoke(Revoke),
}

/// Who is signed out.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Revoke {
    /// The person: the address that they sign in with, or their key.
    #[arg(long, value_name = "EMAIL|ID")]
    user: Option<String>,
    /// Everybody.
    #[arg(long)]
    all: bool,
}

impl Sessions {
    pub(super) async fn run(&self, database: &DatabaseConfig) -> Result<(), OpsError> {
        const END: &str = r#"DELETE FROM session WHERE $1::text IS NULL OR "userId" = $1"#;
        let Self::Revoke(revoke) = self;
        let connection = &mut connect(database).await?;
        let user = match &revoke.user {
            Some(who) => Some(person::find(connection, who).await?),
            None => None,
        };
        let ended = sqlx::query(END).bind(user).execute(connection).await?.rows_affected();
        println!("{ended} sessions were ended.");
        Ok(())
    }
}
