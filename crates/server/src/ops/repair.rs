//! `check --repair`: rows that were changed past the server become edits of an operator.

use chrono::{DateTime, Utc};

use super::{OpsError, import_user::DEVICE};
use crate::{
    DatabaseConfig,
    db::{connect::connect, pool::pool, unrevised},
    ids::new_id,
    write::{Author, Write},
};

/// Gives each of them a revision. Returns how many rows there were.
pub(super) async fn repair(database: &DatabaseConfig, now: DateTime<Utc>) -> Result<usize, OpsError> {
    let users = unrevised::users(&mut connect(database).await?).await?;
    let pool = pool(database);
    let mut rows = 0;
    for user in users {
        let mut write = Write::begin(&pool, &user).await?;
        rows += write.revise(Author { op: new_id(now), device: DEVICE, made_at: now }).await?;
        write.commit().await?;
    }
    Ok(rows)
}
