//! The server at work: it answers, and sweeps up behind itself.

use std::time::Duration;

use chrono::Utc;
use sqlx::PgPool;
use tokio::{net::TcpListener, time::interval};

use crate::{
    Server,
    db::{attempt, session},
    http, router,
};

/// How often rows are looked for that have ended and that nobody will ask for again.
const SWEEP_EVERY: Duration = Duration::from_secs(10 * 60);

/// Answers those who connect to `listener` until `stop`, and lets requests that are under way end.
pub async fn serve(listener: TcpListener, server: Server, stop: impl Future<Output = ()>) {
    let sweeping = tokio::spawn(sweep(server.pool.clone()));
    let pool = server.pool.clone();
    http::serve(listener, router(server), stop).await;
    sweeping.abort();
    pool.close().await;
}

async fn sweep(pool: PgPool) {
    let mut turn = interval(SWEEP_EVERY);
    loop {
        turn.tick().await;
        let now = Utc::now().into();
        for swept in [session::sweep(&pool, now).await, attempt::sweep(&pool, now).await] {
            if let Err(error) = swept {
                tracing::warn!("what has ended could not be swept up: {error}");
            }
        }
    }
}
