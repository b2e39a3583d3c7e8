//! `session`: who is signed in. Of a token only its hash is stored.

use std::collections::HashSet;

use chrono::TimeDelta;
use sqlx::{FromRow, PgExecutor, PgPool};

use crate::{Timestamp, UserId, auth::TokenHash};

/// How long a session lasts after it was made or last extended.
pub const LASTS: TimeDelta = TimeDelta::days(7);
/// A session is extended when it was last extended so long ago.
const EXTEND_AFTER: TimeDelta = TimeDelta::days(1);

/// What tells whether a session is good.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[sqlx(rename_all = "camelCase")]
pub struct Session {
    /// Whose it is.
    pub user_id: UserId,
    /// When it ends unless it is extended.
    pub expires_at: Timestamp,
    /// Beyond what it is never extended; none for a desktop's.
    pub ends_at: Option<Timestamp>,
}

/// What becomes of a session that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It has ended, and its row goes.
    Expired,
    /// It is good as it is.
    Good,
    /// It is good, and is extended to this moment.
    Extend(Timestamp),
}

impl Session {
    /// What becomes of it at `now`.
    pub fn fate(&self, now: Timestamp) -> Fate {
        if self.expires_at <= now {
            return Fate::Expired;
        }
        let later = now.plus(LASTS);
        let later = self.ends_at.map_or(later, |end| later.min(end));
        let is_due = self.expires_at.plus(EXTEND_AFTER - LASTS) <= now;
        if is_due && later > self.expires_at { Fate::Extend(later) } else { Fate::Good }
    }
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[sqlx(rename_all = "camelCase")]
pub struct SessionRow {
    /// The key.
    #[sqlx(rename = "_id")]
    pub id: String,
    /// What is stored of its token.
    pub token: TokenHash,
    /// Whose it is.
    pub user_id: UserId,
    /// When it ends unless it is extended.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last extended.
    pub updated_at: Timestamp,
    /// From where it was made.
    pub ip_address: Option<String>,
    /// With what it was made.
    pub user_agent: Option<String>,
}

/// A session that is to be made.
pub struct NewSession<'a> {
    /// Its key.
    pub id: &'a str,
    /// What is stored of its token.
    pub token: &'a TokenHash,
    /// Now.
    pub created_at: Timestamp,
    /// When it ends unless it is extended.
    pub expires_at: Timestamp,
    /// Beyond what it is never extended.
    pub ends_at: Option<Timestamp>,
    /// From where it is made.
    pub address: String,
    /// With what it is made.
    pub user_agent: &'a str,
}

/// The session of a token, whether or not it has ended.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(pool: &PgPool, token: &TokenHash) -> sqlx::Result<Option<Session>> {
    sqlx::query_as(r#"SELECT "userId", "expiresAt", "endsAt" FROM session WHERE token = $1"#)
        .bind(token)
        .fetch_optional(pool)
        .await
}

/// Which of some sessions have not ended.
///
/// # Errors
/// When the database cannot be read.
pub async fn good(pool: &PgPool, tokens: &[TokenHash], now: Timestamp) -> sqlx::Result<HashSet<String>> {
    let tokens: Vec<&str> = tokens.iter().map(TokenHash::as_str).collect();
    let query = sqlx::query_scalar(r#"SELECT token FROM session WHERE token = ANY($1) AND "expiresAt" > $2"#);
    Ok(query.bind(tokens).bind(now).fetch_all(pool).await?.into_iter().collect())
}

/// Whether the user of a session was deleted.
///
/// # Errors
/// When the database cannot be read.
pub async fn has_departed(pool: &PgPool, token: &TokenHash) -> sqlx::Result<bool> {
    let query = sqlx::query_scalar("SELECT EXISTS (SELECT FROM departed_session WHERE token = $1)");
    query.bind(token).fetch_one(pool).await
}

const ROW: &str = r#"
    SELECT "_id", token, "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent" FROM session
"#;

/// The whole row of a token's session.
///
/// # Errors
/// When the database cannot be read.
pub async fn row(pool: &PgPool, token: &TokenHash) -> sqlx::Result<Option<SessionRow>> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("{ROW} WHERE token = $1"))).bind(token).fetch_optional(pool).await
}

/// A person's sessions that have not ended, the oldest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn of(pool: &PgPool, user: &UserId, now: Timestamp) -> sqlx::Result<Vec<SessionRow>> {
    let sql = format!(r#"{ROW} WHERE "userId" = $1 AND "expiresAt" > $2 ORDER BY "createdAt", "_id""#);
    sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(user).bind(now).fetch_all(pool).await
}

/// Makes a session for the person whose stored password still is `password`: one that was changed since it was
/// compared lets nobody in. Returns whether it did.
///
/// # Errors
/// When the database cannot be written.
pub async fn create(
    executor: impl PgExecutor<'_>,
    user: &UserId,
    password: &str,
    session: &NewSession<'_>,
) -> sqlx::Result<bool> {
    let made = sqlx::query(
        r#"
        WITH secured AS (
            SELECT "userId" FROM account
            WHERE "userId" = $1 AND "providerId" = 'credential' AND password = $2
            LIMIT 1
            FOR SHARE
        )
        INSERT INTO session
            ("_id", token, "userId", "createdAt", "updatedAt", "expiresAt", "endsAt", "ipAddress", "userAgent")
        SELECT $3, $4, "userId", $5, $5, $6, $7, $8, $9 FROM secured
        "#,
    )
    .bind(user)
    .bind(password)
    .bind(session.id)
    .bind(session.token)
    .bind(session.created_at)
    .bind(session.expires_at)
    .bind(session.ends_at)
    .bind(&session.address)
    .bind(session.user_agent)
    .execute(executor)
    .await?;
    Ok(made.rows_affected() == 1)
}

/// Extends a session.
///
/// # Errors
/// When the database cannot be written.
pub async fn extend(pool: &PgPool, token: &TokenHash, expires_at: Timestamp, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(r#"UPDATE session SET "expiresAt" = $2, "updatedAt" = $3 WHERE token = $1"#)
        .bind(token)
        .bind(expires_at)
        .bind(now)
        .execute(pool)
        .await?;
    Ok(())
}

/// Ends the session of a token, if there is one.
///
/// # Errors
/// When the database cannot be written.
pub async fn end(pool: &PgPool, token: &TokenHash) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM session WHERE token = $1").bind(token).execute(pool).await?;
    Ok(())
}

/// Ends one of a person's sessions, named by its token or by its key. Returns whether there was one.
///
/// # Errors
/// When the database cannot be written.
pub async fn end_one_of(pool: &PgPool, user: &UserId, token: &TokenHash, id: &str) -> sqlx::Result<bool> {
    let ended = sqlx::query(r#"DELETE FROM session WHERE "userId" = $1 AND (token = $2 OR "_id" = $3)"#)
        .bind(user)
        .bind(token)
        .bind(id)
        .execute(pool)
        .await?;
    Ok(ended.rows_affected() > 0)
}

/// Ends all of a person's sessions, but for that of the token `except`.
///
/// # Errors
/// When the database cannot be written.
pub async fn end_all_of(executor: impl PgExecutor<'_>, user: &UserId, except: Option<&TokenHash>) -> sqlx::Result<()> {
    sqlx::query(r#"DELETE FROM session WHERE "userId" = $1 AND token IS DISTINCT FROM $2"#)
        .bind(user)
        .bind(except)
        .execute(executor)
        .await?;
    Ok(())
}

/// Ends the sessions that nobody has used for too long.
///
/// # Errors
/// When the database cannot be written.
pub async fn sweep(pool: &PgPool, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(r#"DELETE FROM session WHERE "expiresAt" <= $1"#).bind(now).execute(pool).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from(chrono::DateTime::<chrono::Utc>::UNIX_EPOCH).plus(TimeDelta::hours(hours))
    }

    fn session(ends_at: Option<Timestamp>) -> Session {
        Session { user_id: UserId::from("ada".to_owned()), expires_at: at(0).plus(LASTS), ends_at }
    }

    #[test]
    fn a_session_slides_once_a_day_and_ends_after_seven() {
        let session = session(None);
        assert_eq!(session.fate(at(0)), Fate::Good);
        assert_eq!(session.fate(at(24).plus(TimeDelta::milliseconds(-1))), Fate::Good);
        assert_eq!(session.fate(at(24)), Fate::Extend(at(24).plus(LASTS)));
        assert_eq!(session.fate(at(7 * 24)), Fate::Expired);
    }

    #[test]
    fn it_is_never_extended_past_its_end() {
        let session = session(Some(at(8 * 24)));
        assert_eq!(session.fate(at(24)), Fate::Extend(at(8 * 24)));
        assert_eq!(session.fate(at(6 * 24)), Fate::Extend(at(8 * 24)));
        let extended = Session { expires_at: at(8 * 24), ..session };
        assert_eq!(extended.fate(at(7 * 24)), Fate::Good);
        assert_eq!(extended.fate(at(8 * 24)), Fate::Expired);
    }
}
