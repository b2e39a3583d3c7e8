//! What every request needs: one cheap clone, passed explicitly.

use std::{sync::Arc, time::Instant};

use sqlx::PgPool;

use crate::{
    Config,
    auth::{Cookies, Passwords},
    http::Limits,
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
}

impl Server {
    /// One that has answered nobody yet.
    pub fn new(pool: PgPool, config: Config) -> Self {
        Self {
            pool,
            cookies: Arc::new(Cookies::new(&config)),
            passwords: Passwords::new(),
            limits: Limits::new(Instant::now()),
            config: Arc::new(config),
        }
    }
}
