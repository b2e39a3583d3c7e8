//! Which tables of a database are Weekwise's, and how they go.

use sqlx::PgConnection;

use crate::db::adopt;

/// Everything of Weekwise, and of the server that it replaces, that a database has, as SQL names it. What else there is in
/// the database is somebody else's.
#[derive(Default)]
pub(super) struct Ours {
    pub(super) tables: Vec<String>,
    pub(super) schemas: Vec<String>,
    pub(super) functions: Vec<String>,
}

impl Ours {
    pub(super) async fn find(connection: &mut PgConnection) -> sqlx::Result<Self> {
        const TABLES: &str = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables \
            WHERE schemaname = current_schema() AND tablename = ANY($1) ORDER BY tablename";
        const SCHEMAS: &str = "SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname IN ('adopted', 'weekwise') \
            AND EXISTS (SELECT FROM pg_tables WHERE schemaname = nspname AND tablename = ANY($1)) ORDER BY nspname";
        const FUNCTIONS: &str = "SELECT format('%I.%I()', current_schema(), proname) FROM pg_proc \
            WHERE pronamespace = current_schema()::regnamespace AND proname IN ('note_unrevised', 'mark_revision', 'note_departed')";
        let names = names();
        Ok(Self {
            tables: sqlx::query_scalar(TABLES).bind(&names).fetch_all(&mut *connection).await?,
            schemas: sqlx::query_scalar(SCHEMAS).bind(&names).fetch_all(&mut *connection).await?,
            functions: sqlx::query_scalar(FUNCTIONS).fetch_all(connection).await?,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.schemas.is_empty()
    }

    /// The statements that throw all of it away.
    pub(super) fn drop_all(&self) -> String {
        let tables = self.tables.iter().map(|table| format!("DROP TABLE IF EXISTS {table} CASCADE;\n"));
        let schemas = self.schemas.iter().map(|schema| format!("DROP SCHEMA {schema} CASCADE;\n"));
        let functions = self.functions.iter().map(|function| format!("DROP FUNCTION {function} CASCADE;\n"));
        tables.chain(schemas).chain(functions).collect()
    }
}

fn names() -> Vec<&'static str> {
    let tables = adopt::OUR_TABLES.iter().chain(&adopt::REFERENCE_TABLES).chain(&["_prisma_migrations"]);
    tables.map(|table| table.trim_matches('"')).collect()
}
