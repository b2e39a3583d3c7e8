//! The tables of the server that this one replaces.

use chrono::NaiveDateTime;
use sqlx::{FromRow, PgConnection};

use super::AdoptError;

/// Its tables, as they are written in SQL, those that others refer to last.
pub(crate) const TABLES: [&str; 6] =
    ["schedule_exception", "schedule", "verification", "account", "session", r#""user""#];

/// The columns that are taken over, by table.
const COLUMNS: [(&str, &[&str]); 6] = [
    ("user", &["_id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt"]),
    ("session", &["_id", "expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId"]),
    (
        "account",
        &[
            "_id",
            "accountId",
            "providerId",
            "userId",
            "accessToken",
            "refreshToken",
            "idToken",
            "accessTokenExpiresAt",
            "refreshTokenExpiresAt",
            "scope",
            "password",
            "createdAt",
            "updatedAt",
        ],
    ),
    ("verification", &["_id", "identifier", "value", "expiresAt", "createdAt", "updatedAt"]),
    ("schedule", &["id", "userId", "dayOfWeek", "startTime", "endTime", "isActive", "createdAt", "updatedAt"]),
    (
        "schedule_exception",
        &["id", "scheduleId", "date", "startTime", "endTime", "isDeleted", "createdAt", "updatedAt"],
    ),
];

/// A row of `schedule`.
#[derive(Debug, Clone, FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(super) struct OldSchedule {
    pub(super) id: i32,
    pub(super) user_id: String,
    pub(super) day_of_week: i32,
    pub(super) start_time: String,
    pub(super) end_time: String,
    pub(super) is_active: bool,
    /// In UTC; held within the years that a date may have.
    pub(super) created_at: NaiveDateTime,
    pub(super) updated_at: NaiveDateTime,
}

/// A row of `schedule_exception`.
#[derive(Debug, Clone, FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(super) struct OldException {
    pub(super) id: i32,
    pub(super) schedule_id: i32,
    /// A date, as the moment at which it begins in UTC, or at which the browser that sent it thought it began. None when
    /// it is of no year that a date may have.
    pub(super) date: Option<NaiveDateTime>,
    pub(super) start_time: Option<String>,
    pub(super) end_time: Option<String>,
    pub(super) is_deleted: bool,
    pub(super) created_at: NaiveDateTime,
    pub(super) updated_at: NaiveDateTime,
}

/// Whether the database is of the reference and was not adopted: its exceptions are where it keeps them.
pub(crate) async fn is_reference(connection: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT to_regclass('schedule_exception') IS NOT NULL").fetch_one(connection).await
}

/// Makes sure that all tables and columns are there.
pub(super) async fn examine(connection: &mut PgConnection) -> Result<(), AdoptError> {
    for (table, columns) in COLUMNS {
        let there = columns_of(connection, "current_schema()", table).await?;
        if there.is_empty() {
            return Err(AdoptError::Unknown(format!("there is no table {table}")));
        }
        if let Some(missing) = columns.iter().find(|column| !there.iter().any(|it| it == *column)) {
            return Err(AdoptError::Unknown(format!("the table {table} has no column {missing}")));
        }
    }
    Ok(())
}

/// Columns in the schema `adopted` that are not taken over, as `table.column`.
pub(super) async fn unknown_columns(connection: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let mut unknown = Vec::new();
    for (table, columns) in COLUMNS {
        let there = columns_of(connection, "'adopted'", table).await?;
        let others = there.into_iter().filter(|column| !columns.contains(&column.as_str()));
        unknown.extend(others.map(|column| format!("{table}.{column}")));
    }
    Ok(unknown)
}

async fn columns_of(connection: &mut PgConnection, schema: &str, table: &str) -> sqlx::Result<Vec<String>> {
    let sql = format!(
        "SELECT column_name::text FROM information_schema.columns WHERE table_schema = {schema} AND table_name = $1 \
         ORDER BY ordinal_position"
    );
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(table).fetch_all(connection).await
}

/// The schedules of some users.
pub(super) async fn schedules_of(connection: &mut PgConnection, users: &[String]) -> sqlx::Result<Vec<OldSchedule>> {
    const SELECT: &str = r#"SELECT id, "userId", "dayOfWeek", "startTime", "endTime", "isActive",
        least(greatest("createdAt", '1900-01-01'), '2200-12-31') AS "createdAt",
        least(greatest("updatedAt", '1900-01-01'), '2200-12-31') AS "updatedAt"
        FROM adopted.schedule WHERE "userId" = ANY($1) ORDER BY id"#;
    sqlx::query_as(SELECT).bind(users).fetch_all(connection).await
}

/// The exceptions of some schedules.
pub(super) async fn exceptions_of(connection: &mut PgConnection, schedules: &[i32]) -> sqlx::Result<Vec<OldException>> {
    const SELECT: &str = r#"SELECT id, "scheduleId",
        CASE WHEN "date" >= '1899-12-01' AND "date" < '2201-02-01' THEN "date" END AS "date",
        "startTime", "endTime", "isDeleted",
        least(greatest("createdAt", '1900-01-01'), '2200-12-31') AS "createdAt",
        least(greatest("updatedAt", '1900-01-01'), '2200-12-31') AS "updatedAt"
        FROM adopted.schedule_exception WHERE "scheduleId" = ANY($1) ORDER BY id"#;
    sqlx::query_as(SELECT).bind(schedules).fetch_all(connection).await
}
