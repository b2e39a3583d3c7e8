//! `GET /health`: whether this server can do its work, for proxies and supervisors.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::Utc;
use serde::Serialize;
use sqlx::{Connection as _, PgPool};
use tokio::time::timeout;

use crate::{Server, Timestamp};

/// Whoever asks wants to know now. A database that takes longer is as good as away.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Serialize)]
struct Health {
    status: &'static str,
    timestamp: Timestamp,
}

/// 200 while the database answers, else 503.
pub(crate) async fn health(State(server): State<Server>) -> Response {
    let (code, status) = match has_database(&server.pool).await {
        true => (StatusCode::OK, "healthy"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "unhealthy"),
    };
    (code, Json(Health { status, timestamp: Utc::now().into() })).into_response()
}

/// Whether the database answers; why not is logged.
pub(crate) async fn has_database(pool: &PgPool) -> bool {
    let ask = async { pool.acquire().await?.ping().await };
    match timeout(PATIENCE, ask).await {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => tracing::warn!("the database is away: {error}"),
        Err(_) => tracing::warn!("the database does not answer within {} s", PATIENCE.as_secs()),
    }
    false
}
