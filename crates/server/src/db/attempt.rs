//! `sign_in_attempt`: how often a password was tried, over all processes.

use sqlx::PgPool;

use crate::Timestamp;

/// A window of attempts after the one that was just counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Window {
    /// How many attempts there were in it, up to and with this one.
    pub attempts: i32,
    /// When it ends and the count begins anew.
    pub ends: Timestamp,
}

/// Counts an attempt for each key in turn, in the windows that are open at `now` or in new ones that end at `ends`.
/// The windows are in the order of the keys.
///
/// # Errors
/// When the database cannot be written.
pub async fn count(pool: &PgPool, keys: &[[u8; 32]], now: Timestamp, ends: Timestamp) -> sqlx::Result<Vec<Window>> {
    sqlx::query_as(
        "
        INSERT INTO sign_in_attempt AS old (key, attempts, ends)
        SELECT key, 1, $3 FROM unnest($1::bytea[]) AS key
        ON CONFLICT (key) DO UPDATE SET
            attempts = CASE WHEN old.ends > $2 THEN least(old.attempts, 1000000) + 1 ELSE 1 END,
            ends = CASE WHEN old.ends > $2 THEN old.ends ELSE $3 END
        RETURNING attempts, ends
        ",
    )
    .bind(keys.iter().map(<[u8; 32]>::as_slice).collect::<Vec<_>>())
    .bind(now)
    .bind(ends)
    .fetch_all(pool)
    .await
}

/// Forgets the attempts of some keys.
///
/// # Errors
/// When the database cannot be written.
pub async fn forget(pool: &PgPool, keys: &[[u8; 32]]) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM sign_in_attempt WHERE key = ANY($1)")
        .bind(keys.iter().map(<[u8; 32]>::as_slice).collect::<Vec<_>>())
        .execute(pool)
        .await?;
    Ok(())
}

/// Forgets windows that have ended.
///
/// # Errors
/// When the database cannot be written.
pub async fn sweep(pool: &PgPool, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM sign_in_attempt WHERE ends <= $1").bind(now).execute(pool).await?;
    Ok(())
}
