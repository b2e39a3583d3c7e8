//! What every request needs: one cheap clone, passed explicitly.

use std::{sync::Arc, time::Instant};

use sqlx::PgPool;

use crate::{
    Config,
    auth::{Cookies, Passwords},
    http::{Fit, Limits},
    metrics::Metrics,
    sync::{Hub, Turns},
};

/// The running server.
#[derive(Clone)]
pub struct Server {
    /// Connections to Postgres.
    pub pool: PgPool,
    /// The settings it was started with.
    pub config: Arc<Config>,
    /// Reads and writes cookies.
    pub cookies: Arc<Cookies>,
    /// Hashes and compares passwords.
    pub passwords: Passwords,
    /// How often each client has called.
    pub limits: Limits,
    /// What it has done, in numbers.
    pub metrics: Metrics,
    /// What was said of settings that do not fit.
    pub fit: Fit,
    /// Who listens for what happens to their weeks.
    pub hub: Hub,
    /// Whose push is under way.
    pub turns: Turns,
}

impl Server {
    /// One that has answered nobody yet.
    pub fn new(pool: PgPool, config: Config) -> Self {
        Self {
            pool,
            cookies: Arc::new(Cookies::new(&config)),
            passwords: Passwords::new(),
            limits: Limits::new(Instant::now()),
            metrics: Metrics::new(config.database.connection_limit),
            fit: Fit::default(),
            hub: Hub::default(),
            turns: Turns::default(),
            config: Arc::new(config),
        }
    }
}
