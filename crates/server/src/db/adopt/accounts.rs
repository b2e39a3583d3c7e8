//! Who may sign in, copied. Tokens of sessions become their hashes, so that everybody stays signed in and the table no
//! longer lets anyone in.

use sqlx::PgConnection;

use super::reference;

/// What was copied.
pub(super) struct Accounts {
    pub(super) users: u64,
    pub(super) sessions: u64,
    pub(super) unknown_columns: Vec<String>,
}

pub(super) async fn copy(connection: &mut PgConnection) -> sqlx::Result<Accounts> {
    const USERS: &str = r#"INSERT INTO "user" ("_id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
        SELECT "_id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt" FROM adopted."user""#;
    const SESSIONS: &str = r#"INSERT INTO session
            ("_id", "expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId", "endsAt")
        SELECT "_id", "expiresAt", encode(sha256(convert_to("token", 'UTF8')), 'hex'), "createdAt", "updatedAt",
            "ipAddress", "userAgent", "userId",
            -- One for a single visit was made for a day, all others for seven, and it stays at that.
            CASE WHEN "expiresAt" - "updatedAt" < interval '2 days' THEN "expiresAt"
                ELSE now() AT TIME ZONE 'UTC' + interval '90 days' END
        FROM adopted.session WHERE "userId" IN (SELECT "_id" FROM "user")"#;
    const ACCOUNTS: &str = r#"INSERT INTO account
            ("_id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt",
            "refreshTokenExpiresAt", "scope", "password", "createdAt", "updatedAt")
        SELECT "_id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt",
            "refreshTokenExpiresAt", "scope", "password", "createdAt", "updatedAt"
        FROM adopted.account WHERE "userId" IN (SELECT "_id" FROM "user")"#;
    const VERIFICATIONS: &str = r#"INSERT INTO verification
            ("_id", "identifier", "value", "expiresAt", "createdAt", "updatedAt")
        SELECT "_id", "identifier", "value", "expiresAt", "createdAt", "updatedAt" FROM adopted.verification"#;
    let users = sqlx::query(USERS).execute(&mut *connection).await?.rows_affected();
    let sessions = sqlx::query(SESSIONS).execute(&mut *connection).await?.rows_affected();
    sqlx::query(ACCOUNTS).execute(&mut *connection).await?;
    sqlx::query(VERIFICATIONS).execute(&mut *connection).await?;
    Ok(Accounts { users, sessions, unknown_columns: reference::unknown_columns(connection).await? })
}
