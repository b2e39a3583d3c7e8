//! Connections to Postgres.

use std::time::Duration;

use sqlx::{Connection as _, PgPool, postgres::PgPoolOptions};

use crate::DatabaseConfig;

/// A connection that rested this long is asked whether it still lives before it is used again. One that rested less is
/// not, since asking costs a round trip on every request.
const RESTED: Duration = Duration::from_secs(5);

/// The connections of this process. None is opened before it is needed.
pub fn pool(config: &DatabaseConfig) -> PgPool {
    PgPoolOptions::new()
        .max_connections(config.connection_limit)
        .acquire_timeout(config.pool_timeout)
        .test_before_acquire(false)
        .before_acquire(|connection, about| {
            Box::pin(async move {
                if about.idle_for > RESTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(config.options())
}
