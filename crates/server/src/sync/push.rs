//! `POST /v1/sync/push`

use axum::{
    Json,
    extract::{Request, State},
};
use chrono::Utc;
use serde::Deserialize;
use uuid::Uuid;
use weekwise_protocol::sync::{Head, MAX_HELD, MAX_OPS, MAX_PUSH_BYTES, Push, PushReply};

use super::{
    Refused,
    caller::Caller,
    refused::{check_proto, malformed, too_large},
    write::{self, Asked},
};
use crate::{
    Server,
    http::{PUSH, is_json, read},
};

/// Takes operations, and rows that are held out after a restore.
///
/// # Errors
/// When the request as a whole is refused.
#[utoipa::path(
    post,
    path = "/v1/sync/push",
    tag = "sync",
    security(("bearer" = [])),
    request_body(content = serde_json::Value, content_type = "application/json", description = "`Push` in docs/wire/sync.md"),
    responses(
        (status = 200, description = "`PushReply`: what became of each operation and held row, in their order", body = serde_json::Value),
        (status = 400, description = "`Refusal`: malformed, newer", body = serde_json::Value),
        (status = 401, description = "`Refusal`: unauthorized", body = serde_json::Value),
        (status = 409, description = "`Refusal`: resync", body = serde_json::Value),
        (status = 410, description = "`Refusal`: account_gone", body = serde_json::Value),
        (status = 413, description = "`Refusal`: too_large", body = serde_json::Value),
        (status = 426, description = "`Refusal`: update", body = serde_json::Value),
        (status = 429, description = "`Refusal`: too_many", body = serde_json::Value),
    )
)]
pub async fn push(State(server): State<Server>, caller: Caller, request: Request) -> Result<Json<PushReply>, Refused> {
    caller.count(&server, "push", PUSH)?;
    if !is_json(request.headers()) {
        return Err(malformed("send JSON: content-type must be application/json"));
    }
    let (parts, body) = request.into_parts();
    let body = read(&parts.headers, body, MAX_PUSH_BYTES).await?;
    let push = parse(&body)?;
    let asked = Asked { push: &push, bytes: body.len(), now: Utc::now() };
    let reply = write::push(&server.pool, &caller.user, asked).await?;
    server.hub.tell(&caller.user, Head { epoch: reply.epoch, head: reply.head.rev });
    Ok(Json(reply))
}

/// The version is looked at first: what follows may have another form in another one.
fn parse(body: &[u8]) -> Result<Push, Refused> {
    #[derive(Deserialize)]
    struct Spoken {
        proto: u32,
    }
    let Spoken { proto } = serde_json::from_slice(body).map_err(malformed)?;
    check_proto(proto)?;
    let push: Push = serde_json::from_slice(body).map_err(malformed)?;
    if push.ops.len() > MAX_OPS || push.held.len() > MAX_HELD {
        return Err(too_large());
    }
    // The other names that a device can have are the server's own.
    if Uuid::try_parse(push.device_id.as_str()).is_err() {
        return Err(malformed("device_id: it is no UUID"));
    }
    Ok(push)
}
