//! What a restore replaces waits aside until all of the restore is done: tables and functions in a schema of their own,
//! schemas under another name.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::clear::Ours;

/// Where it waits. The name of a schema that waits begins with it.
pub(super) const ASIDE: &str = "weekwise_replaced";

impl Ours {
    /// The statements that put all of it aside. None where there is nothing.
    pub(super) fn put_aside(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        let tables = self.tables.iter().map(|table| format!("ALTER TABLE {table} SET SCHEMA {ASIDE};\n"));
        let functions =
            self.functions.iter().map(|function| format!("ALTER FUNCTION {function} SET SCHEMA {ASIDE};\n"));
        let schemas = self.schemas.iter().map(|name| format!("ALTER SCHEMA {name} RENAME TO {ASIDE}_{name};\n"));
        let first = format!("CREATE SCHEMA {ASIDE};\n");
        [first].into_iter().chain(tables).chain(functions).chain(schemas).collect()
    }
}

/// Whether something waits: a restore is under way, or was cut off.
pub(super) async fn is_there(connection: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT to_regnamespace($1) IS NOT NULL").bind(ASIDE).fetch_one(connection).await
}

/// Throws away what waits.
pub(super) async fn forget(connection: &mut PgConnection) -> sqlx::Result<()> {
    const SCHEMAS: &str =
        "SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace WHERE nspname ~ ('^' || $1 || '(_|$)')";
    run_each(connection, &[SCHEMAS]).await
}

/// Throws away what came in its place, and brings back what waits, all or nothing.
pub(super) async fn bring_back(connection: &mut PgConnection) -> sqlx::Result<()> {
    const TABLES: &str = "SELECT format('ALTER TABLE %I.%I SET SCHEMA %I', schemaname, tablename, current_schema()) \
        FROM pg_tables WHERE schemaname = $1";
    const FUNCTIONS: &str = "SELECT format('ALTER FUNCTION %I.%I() SET SCHEMA %I', $1, proname, current_schema()) \
        FROM pg_proc WHERE pronamespace = to_regnamespace($1)";
    const SCHEMAS: &str = "SELECT format('ALTER SCHEMA %I RENAME TO %I', nspname, substr(nspname, length($1) + 2)) \
        FROM pg_namespace WHERE nspname ~ ('^' || $1 || '_')";
    const LAST: &str = "SELECT format('DROP SCHEMA %I', $1::text) WHERE to_regnamespace($1) IS NOT NULL";
    let mut transaction = connection.begin().await?;
    let came = Ours::find(&mut transaction).await?;
    sqlx::raw_sql(AssertSqlSafe(came.drop_all())).execute(&mut *transaction).await?;
    run_each(&mut transaction, &[TABLES, FUNCTIONS, SCHEMAS, LAST]).await?;
    transaction.commit().await
}

/// Runs the statements that queries make for [`ASIDE`].
async fn run_each(connection: &mut PgConnection, queries: &[&'static str]) -> sqlx::Result<()> {
    for query in queries {
        let statements: Vec<String> = sqlx::query_scalar(*query).bind(ASIDE).fetch_all(&mut *connection).await?;
        for statement in statements {
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *connection).await?;
        }
    }
    Ok(())
}
