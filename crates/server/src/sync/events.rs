//! `GET /v1/sync/events`

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use tokio::time::{Instant, timeout_at};
use weekwise_protocol::sync::{Head, Refusal};

use super::{Refused, caller::Caller, history::History};
use crate::Server;

/// How often something is sent, so that nobody between takes the connection for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a stream lasts. Then the client opens it again, be it at another server.
const LASTS: Duration = Duration::from_secs(10 * 60);

/// Tells how far the history reaches, at once and whenever it reaches further.
///
/// # Errors
/// When nobody is signed in, or the person has as many streams as they may.
#[utoipa::path(
    get,
    path = "/v1/sync/events",
    tag = "sync",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Server-sent events: `Head` in docs/wire/sync.md", body = serde_json::Value, content_type = "text/event-stream"),
        (status = 401, description = "`Refusal`: unauthorized", body = serde_json::Value),
        (status = 410, description = "`Refusal`: account_gone", body = serde_json::Value),
        (status = 429, description = "`Refusal`: too_many", body = serde_json::Value),
    )
)]
pub async fn events(State(server): State<Server>, caller: Caller) -> Result<impl IntoResponse, Refused> {
    let history = History::read(&mut *server.pool.acquire().await?, &caller.user).await?;
    let head = Head { epoch: history.head.epoch, head: history.head.rev };
    let listening = server.hub.listen(&server.pool, caller.user, caller.token, head).ok_or(Refusal::TooMany)?;
    let ends = Instant::now() + LASTS;
    let stream = stream::unfold((listening, true), move |(mut listening, is_first)| async move {
        if !is_first {
            timeout_at(ends, listening.changed()).await.ok()??;
        }
        let event = Event::default().event("head").json_data(listening.head()).ok()?;
        Some((Ok::<_, Infallible>(event), (listening, false)))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}
