//! The table `meta`: about the file itself.

use sqlx::SqliteConnection;

use crate::StorageError;

/// When the file was begun (RFC 3339). By this a copy of a file is told from another file.
pub(crate) const CREATED_AT: &str = "created_at";

/// What happened when the file took the place of another one, until the person was told (JSON, a
/// [`StartEvent`](crate::StartEvent)).
pub(crate) const START_EVENT: &str = "start_event";

/// Notes a fact about the file, unless it is noted already.
pub(crate) async fn note(connection: &mut SqliteConnection, name: &str, value: &str) -> Result<(), StorageError> {
    let query = sqlx::query("INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)");
    query.bind(name).bind(value).execute(connection).await?;
    Ok(())
}

/// A fact, if it is noted.
pub(crate) async fn find(connection: &mut SqliteConnection, name: &str) -> Result<Option<String>, StorageError> {
    let query = sqlx::query_scalar("SELECT value FROM meta WHERE name = ?");
    Ok(query.bind(name).fetch_optional(connection).await?)
}

/// Forgets a fact.
pub(crate) async fn forget(connection: &mut SqliteConnection, name: &str) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM meta WHERE name = ?").bind(name).execute(connection).await?;
    Ok(())
}
