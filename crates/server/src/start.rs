//! How a server starts: settings, listeners, database. Whatever is in the way is told in one line that says what to do.

use std::{io, net::SocketAddr};

use chrono::{DateTime, Utc};
use thiserror::Error;
use tokio::net::TcpListener;

use crate::{
    Config, Server,
    db::{
        connect::{ConnectError, connect},
        migrate::{self, NotReady},
        pool::pool,
    },
    http,
    metrics::metrics_router,
    serve,
};

/// Why a server does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// It cannot listen where it should.
    #[error("{problem}")]
    Listen {
        /// What to do.
        problem: String,
        /// What the system says.
        source: io::Error,
    },
    /// The database cannot be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The database only reads.
    #[error(
        "the database is a standby, which only reads: point DATABASE_URL at the primary, or promote this one with \
         `SELECT pg_promote()`"
    )]
    Standby,
    /// The database is not ready for this version.
    #[error(transparent)]
    NotReady(#[from] NotReady),
}

/// A server that is ready to answer.
pub struct Started {
    listener: TcpListener,
    /// Where it answers its operators, if anywhere.
    metrics: Option<TcpListener>,
    server: Server,
}

/// Makes a server ready: it has its ports, and a database that has what this version needs.
///
/// # Errors
/// The first thing in the way.
pub async fn start(config: Config, now: DateTime<Utc>) -> Result<Started, StartError> {
    let listener = listen(SocketAddr::new(config.host, config.port), "PORT").await?;
    let metrics = match config.metrics {
        Some(address) => Some(listen(address, "METRICS_ADDR").await?),
        None => None,
    };
    let mut connection = connect(&config.database).await?;
    let is_standby = sqlx::query_scalar("SELECT pg_is_in_recovery()").fetch_one(&mut connection).await;
    if is_standby.map_err(NotReady::from)? {
        return Err(StartError::Standby);
    }
    migrate::ready(&mut connection, now).await?;
    let pool = pool(&config.database);
    Ok(Started { listener, metrics, server: Server::new(pool, config) })
}

impl Started {
    /// Where it answers.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until `stop`, and lets requests that are under way end.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let metrics = self.metrics.map(|listener| {
            let router = metrics_router(self.server.clone());
            // Until the last request has ended there is something to count.
            tokio::spawn(http::serve(listener, router, std::future::pending()))
        });
        serve(self.listener, self.server, stop).await;
        if let Some(metrics) = metrics {
            metrics.abort();
        }
    }
}

/// Ends with Ctrl+C, or with what a system sends to end a service. That is listened for from the call on, not only once
/// the future is awaited: who was told the address may send it at once.
pub fn told_to_stop() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    async move {
        #[cfg(unix)]
        match terminate {
            Ok(mut terminate) => tokio::select! {
                _ = terminate.recv() => {}
                () = interrupted() => {}
            },
            Err(error) => {
                tracing::warn!("SIGTERM will end the server at once: {error}");
                interrupted().await;
            }
        }
        #[cfg(not(unix))]
        interrupted().await;
    }
}

/// Waits for Ctrl+C.
async fn interrupted() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!("Ctrl+C will end the server at once: {error}");
        std::future::pending::<()>().await;
    }
}

async fn listen(address: SocketAddr, name: &str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| {
        let port = address.port();
        let problem = match source.kind() {
            io::ErrorKind::AddrInUse => format!(
                "port {port} is in use: stop what listens there (`ss -ltnp 'sport = :{port}'` names it), or set {name} to \
                 another"
            ),
            io::ErrorKind::PermissionDenied => format!(
                "port {port} is for the system's own services: set {name} to 1024 or higher and let a proxy listen on {port}"
            ),
            io::ErrorKind::AddrNotAvailable => {
                let name = if name == "PORT" { "HOST" } else { name };
                format!("{} is no address of this machine: correct {name}", address.ip())
            }
            _ => format!("cannot listen on {address}: correct {name}"),
        };
        StartError::Listen { problem, source }
    })
}
