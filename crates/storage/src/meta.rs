//! The table `meta`: about the file itself.

use sqlx::SqliteConnection;

use crate::StorageError;

/// When the file was begun (RFC 3339).
pub(crate) const CREATED_AT: &str = "created_at";

/// Notes a fact about the file, unless it is noted already.
pub(crate) async fn note(connection: &mut SqliteConnection, name: &str, value: &str) -> Result<(), StorageError> {
    let query = sqlx::query("INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)");
    query.bind(name).bind(value).execute(connection).await?;
    Ok(())
}
