//! What every request needs: one cheap clone, passed explicitly.

use std::sync::Arc;

use sqlx::PgPool;

use crate::Config;

/// The running server.
#[derive(Clone)]
pub struct Server {
    /// Connections to Postgres.
    pub pool: PgPool,
    /// The settings it was started with.
    pub config: Arc<Config>,
}
