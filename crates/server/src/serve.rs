//! The server at work: it answers, sweeps up behind itself, and watches where its database is.

use std::time::Duration;

use chrono::Utc;
use sqlx::PgPool;
use tokio::{
    net::TcpListener,
    time::{Instant, interval, interval_at},
};

use crate::{
    Server,
    db::{attempt, epoch, session},
    http, router,
};

/// How often rows are looked for that have ended and that nobody will ask for again.
const SWEEP_EVERY: Duration = Duration::from_secs(10 * 60);

/// How often the database is asked where it is. Every new connection asks as well; this is for what stands between and
/// keeps a connection open while it leads to another database, such as a pooler.
const WATCH_EVERY: Duration = Duration::from_secs(10);

/// Answers those who connect to `listener` until `stop`, and lets requests that are under way end.
pub async fn serve(listener: TcpListener, server: Server, stop: impl Future<Output = ()>) {
    let beside = [tokio::spawn(sweep(server.pool.clone())), tokio::spawn(watch(server.pool.clone()))];
    let pool = server.pool.clone();
    let hub = server.hub.clone();
    // A stream of events would never end by itself.
    let stop = async move {
        stop.await;
        hub.close();
    };
    http::serve(listener, router(server), stop).await;
    for task in beside {
        task.abort();
    }
    pool.close().await;
}

async fn watch(pool: PgPool) {
    let mut turn = interval_at(Instant::now() + WATCH_EVERY, WATCH_EVERY);
    loop {
        turn.tick().await;
        let settled = async { epoch::settle(&mut *pool.acquire().await?, Utc::now()).await };
        match settled.await {
            Ok(true) => tracing::info!("{}", epoch::BEGUN),
            Ok(false) => {}
            Err(error) => tracing::warn!("the database does not tell where it is: {error}"),
        }
    }
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
