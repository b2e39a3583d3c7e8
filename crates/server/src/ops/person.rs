//! Who a command is about.

use clap::Args;
use sqlx::PgConnection;

use super::OpsError;
use crate::UserId;

/// The person that a command is about.
#[derive(Debug, Args)]
pub struct Who {
    /// The person: the address that they sign in with, or their key.
    #[arg(long = "user", value_name = "EMAIL|ID")]
    who: String,
}

impl Who {
    pub(super) async fn find(&self, connection: &mut PgConnection) -> Result<UserId, OpsError> {
        find(connection, &self.who).await
    }
}

/// The person with an address or a key.
pub(super) async fn find(connection: &mut PgConnection, who: &str) -> Result<UserId, OpsError> {
    // Keys are not in lower case only, addresses are.
    const FIND: &str = r#"SELECT "_id" FROM "user" WHERE "_id" = $1 OR email = lower($1) ORDER BY "_id" <> $1 LIMIT 1"#;
    let found = sqlx::query_scalar(FIND).bind(who).fetch_optional(connection).await?;
    found
        .ok_or_else(|| OpsError::refused(format!("there is no user {who}: `weekwise-server user list` names them all")))
}
