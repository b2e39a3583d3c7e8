//! `session`: who is signed in. Of a token only its hash is stored.

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
    pub ip_address: &'a str,
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

const ROW: &str = r#"
    SELECT "_id", token, "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent" FROM session
"#;
