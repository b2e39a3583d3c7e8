//! Connections to Postgres.

use std::time::Duration;

use chrono::Utc;
use sqlx::{Connection as _, PgPool, postgres::PgPoolOptions};

use super::epoch;
use crate::DatabaseConfig;

/// A connection that rested this long is asked whether it still lives before it is used again. One that rested less is
/// not, since asking costs a round trip on every request.
const RESTED: Duration = Duration::from_secs(5);

/// The connections of this process. None is opened before it is needed.
///
/// Each new one may lead to another place than those before it: to a standby that took over, say. So it is looked at before
/// it is used: a new place begins a new epoch, and a standby that only reads is refused and tried again until it has been
/// promoted or nobody waits any more.
pub fn pool(config: &DatabaseConfig) -> PgPool {
    PgPoolOptions::new()
        .max_connections(config.connection_limit)
        .acquire_timeout(config.pool_timeout)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                if epoch::settle(connection, Utc::now()).await? {
                    tracing::info!("{}", epoch::BEGUN);
                }
                Ok(())
            })
        })
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
