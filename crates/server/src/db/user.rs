//! `"user"` and `account`: who there is, and the password that each signs in with.

use serde::Serialize;
use sqlx::{AssertSqlSafe, FromRow, PgExecutor, PgPool, Postgres, postgres::PgArguments, query::QueryAs};
use utoipa::ToSchema;

use crate::{
    Timestamp, UserId,
    auth::{Email, random_id},
    db::{adopt, session::NewSession},
};

/// A person, as the web client sees them.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[sqlx(rename_all = "camelCase")]
pub struct User {
    /// The key.
    #[sqlx(rename = "_id")]
    pub id: UserId,
    /// The address that they sign in with.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// Where their picture is.
    pub image: Option<String>,
    /// Whether the address was found to be theirs.
    pub email_verified: bool,
    /// When they signed up.
    pub created_at: Timestamp,
    /// When any of this was last changed.
    pub updated_at: Timestamp,
}

/// A person with what is stored of their password.
#[derive(FromRow)]
pub struct WithPassword {
    /// The person.
    #[sqlx(flatten)]
    pub user: User,
    /// What is stored; none for an account without a password.
    pub password: Option<String>,
}

/// A person who signs up.
pub struct NewUser<'a> {
    /// Their key.
    pub id: &'a UserId,
    /// The address that they will sign in with.
    pub email: &'a Email,
    /// What they are called.
    pub name: &'a str,
    /// Where their picture is.
    pub image: Option<&'a str>,
    /// What is stored of their password.
    pub password: &'a str,
}

/// The person with a key.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(pool: &PgPool, id: &UserId) -> sqlx::Result<Option<User>> {
    sqlx::query_as(
        r#"SELECT "_id", email, name, image, "emailVerified", "createdAt", "updatedAt" FROM "user" WHERE "_id" = $1"#,
    )
    .bind(id)
    .fetch_optional(pool)
    .await
}

/// Whether someone has an address.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_taken(pool: &PgPool, email: &Email) -> sqlx::Result<bool> {
    sqlx::query_scalar(r#"SELECT EXISTS (SELECT FROM "user" WHERE email = $1)"#).bind(email).fetch_one(pool).await
}

/// The person with an address, and what is stored of their password.
///
/// # Errors
/// When the database cannot be read.
pub async fn with_password(pool: &PgPool, email: &Email) -> sqlx::Result<Option<WithPassword>> {
    query_with_password("u.email = $1").bind(email).fetch_optional(pool).await
}

/// The person with a key, and what is stored of their password.
///
/// # Errors
/// When the database cannot be read.
pub async fn with_password_by_id(pool: &PgPool, id: &UserId) -> sqlx::Result<Option<WithPassword>> {
    query_with_password(r#"u."_id" = $1"#).bind(id).fetch_optional(pool).await
}

fn query_with_password<'q>(condition: &str) -> QueryAs<'q, Postgres, WithPassword, PgArguments> {
    sqlx::query_as(AssertSqlSafe(format!(
        r#"
        SELECT u."_id", u.email, u.name, u.image, u."emailVerified", u."createdAt", u."updatedAt", a.password
        FROM "user" u
        LEFT JOIN account a ON a."userId" = u."_id" AND a."providerId" = 'credential'
        WHERE {condition}
        ORDER BY a.password IS NULL
        LIMIT 1
        "#
    )))
}

/// Makes a person, their account and their first session, unless someone has the address. Returns whether it did.
///
/// # Errors
/// When the database cannot be written.
pub async fn create(pool: &PgPool, user: &NewUser<'_>, session: &NewSession<'_>) -> sqlx::Result<bool> {
    let made = sqlx::query(
        r#"
        WITH made AS (
            INSERT INTO "user" ("_id", name, email, "emailVerified", image, "createdAt", "updatedAt")
            VALUES ($1, $2, $3, false, $4, $7, $7)
            ON CONFLICT DO NOTHING
            RETURNING "_id"
        ), secured AS (
            INSERT INTO account ("_id", "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
            SELECT $5, "_id", 'credential', "_id", $6, $7, $7 FROM made
        )
        INSERT INTO session
            ("_id", token, "userId", "createdAt", "updatedAt", "expiresAt", "endsAt", "ipAddress", "userAgent")
        SELECT $8, $9, "_id", $7, $7, $10, $11, $12, $13 FROM made
        "#,
    )
    .bind(user.id)
    .bind(user.name)
    .bind(user.email)
    .bind(user.image)
    .bind(random_id())
    .bind(user.password)
    .bind(session.created_at)
    .bind(session.id)
    .bind(session.token)
    .bind(session.expires_at)
    .bind(session.ends_at)
    .bind(&session.address)
    .bind(session.user_agent)
    .execute(pool)
    .await?;
    Ok(made.rows_affected() == 1)
}

/// Stores another password in place of `old`, unless that was replaced meanwhile. Returns whether it did.
///
/// # Errors
/// When the database cannot be written.
pub async fn replace_password(
    executor: impl PgExecutor<'_>,
    id: &UserId,
    old: &str,
    new: &str,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let replaced = sqlx::query(
        r#"
        UPDATE account SET password = $3, "updatedAt" = $4
        WHERE "userId" = $1 AND "providerId" = 'credential' AND password = $2
        "#,
    )
    .bind(id)
    .bind(old)
    .bind(new)
    .bind(now)
    .execute(executor)
    .await?;
    Ok(replaced.rows_affected() > 0)
}

/// Deletes a person with everything that is theirs: sessions and accounts go with the user, the week with its head row.
///
/// # Errors
/// When the database cannot be written.
pub async fn delete(pool: &PgPool, id: &UserId) -> sqlx::Result<()> {
    let mut transaction = pool.begin().await?;
    sqlx::query(r#"DELETE FROM "user" WHERE "_id" = $1"#).bind(id).execute(&mut *transaction).await?;
    // After the user: a first write that was under way has made its head row by now, and no other can.
    sqlx::query("DELETE FROM head WHERE user_id = $1").bind(id).execute(&mut *transaction).await?;
    adopt::erase(&mut transaction, id).await?;
    transaction.commit().await
}
