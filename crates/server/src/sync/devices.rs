//! `GET /v1/sync/devices`

use axum::{Json, extract::State};
use weekwise_protocol::sync::Devices;

use super::{Refused, caller::Caller};
use crate::{Server, db::sync};

/// The devices that have pushed, those that did last first.
///
/// # Errors
/// When nobody is signed in.
#[utoipa::path(
    get,
    path = "/v1/sync/devices",
    tag = "sync",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "`Devices` in docs/wire/sync.md", body = serde_json::Value),
        (status = 401, description = "`Refusal`: unauthorized", body = serde_json::Value),
        (status = 410, description = "`Refusal`: account_gone", body = serde_json::Value),
    )
)]
pub async fn devices(State(server): State<Server>, caller: Caller) -> Result<Json<Devices>, Refused> {
    Ok(Json(Devices { devices: sync::devices(&server.pool, &caller.user).await? }))
}
