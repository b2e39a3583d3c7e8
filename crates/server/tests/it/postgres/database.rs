//! A database for one test.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::Utc;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};
use weekwise_server::{
    DatabaseConfig, UserId,
    db::{adopt::Saved, migrate::migrate, pool::pool},
};

use super::Cluster;

/// A database that no other test sees. It goes with the test.
pub(crate) struct Database {
    /// What `DATABASE_URL` would be.
    pub(crate) url: String,
    /// The address of another one in the cluster, from where this one can be dropped.
    beside: String,
}

impl Database {
    /// One without tables.
    pub(crate) async fn empty() -> Self {
        Self::create(Cluster::shared()).await
    }

    /// One without tables, in a cluster of the test's own.
    pub(crate) async fn empty_in(cluster: &Cluster) -> Self {
        Self::create(cluster).await
    }

    /// One with this server's tables.
    pub(crate) async fn ready() -> Self {
        Self::ready_in(Cluster::shared()).await
    }

    /// One with this server's tables, in a cluster of the test's own.
    pub(crate) async fn ready_in(cluster: &Cluster) -> Self {
        let database = Self::create(cluster).await;
        migrate(&database.config(), &Saved::No, Utc::now()).await.expect("an empty database takes all migrations");
        database
    }

    async fn create(cluster: &Cluster) -> Self {
        // Every test has a database before it has a client. Refused from the second one on, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("weekwise_test_{}_{number}", std::process::id());
        let database = Self { url: cluster.url(&name), beside: cluster.url("postgres") };
        // A process before this one may have had the same number.
        database.beside(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.expect("Postgres answers");
        database.beside(&format!("CREATE DATABASE {name} TEMPLATE template0")).await.expect("databases can be made");
        database
    }

    async fn beside(&self, sql: &str) -> sqlx::Result<()> {
        let mut connection = PgConnection::connect(&self.beside).await?;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
        connection.close().await
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        let address = self.url.split_once('?').map_or(self.url.as_str(), |(address, _)| address);
        address.rsplit_once('/').expect("the address names a database").1
    }

    /// As a server would be told of it.
    pub(crate) fn config(&self) -> DatabaseConfig {
        DatabaseConfig::read(|_| Some(self.url.clone())).expect("it is an address of a database")
    }

    /// A server's connections.
    pub(crate) fn pool(&self) -> PgPool {
        pool(&self.config())
    }

    /// A connection of the test itself.
    pub(crate) async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.expect("Postgres answers")
    }

    /// A new user, who signed up with nothing.
    pub(crate) async fn user(&self, name: &str) -> UserId {
        self.run(&format!(
            r#"INSERT INTO "user" VALUES ('{name}', '{name}', '{name}@week.example', false, NULL, now(), now())"#
        ))
        .await;
        UserId::from(name.to_owned())
    }

    /// Runs SQL: one statement or several.
    pub(crate) async fn run(&self, sql: &str) {
        self.try_run(sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }

    /// Runs SQL that may be refused.
    pub(crate) async fn try_run(&self, sql: &str) -> sqlx::Result<()> {
        let mut connection = self.connect().await;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
        connection.close().await
    }

    /// The rows of a query, each column as text, none as `∅`.
    pub(crate) async fn rows(&self, query: &str) -> Vec<String> {
        let mut connection = self.connect().await;
        let sql = format!(
            "SELECT array_to_string(array(SELECT value FROM json_each_text(row_to_json(it))), '|', '∅') FROM ({query}) it"
        );
        let rows = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut connection).await;
        rows.unwrap_or_else(|error| panic!("{error}\n{query}"))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name());
        // Within the test's own runtime nothing can be waited for here.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                // Its cluster may be gone; then it is gone as well.
                let _ = runtime.expect("a runtime starts").block_on(self.beside(&drop));
            });
        });
    }
}
