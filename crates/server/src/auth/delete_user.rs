//! `POST /api/auth/delete-user`

use axum::{Json, extract::State};
use chrono::Utc;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{SignedIn, confirm::confirm, cookie::SetCookies};
use crate::{
    Error, Refusal, Server,
    db::user,
    http::{Caller, JsonBody},
};

/// The password, as a confirmation.
#[derive(Deserialize, ToSchema)]
pub struct DeleteUser {
    password: String,
}

/// The account is gone.
#[derive(Serialize, ToSchema)]
pub struct Deleted {
    success: bool,
    message: &'static str,
}

/// Deletes the person's account with everything in it.
///
/// # Errors
/// When nobody is signed in, or the password is another one.
#[utoipa::path(
    post,
    path = "/api/auth/delete-user",
    tag = "accounts",
    request_body = DeleteUser,
    security(("session" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The account is gone", body = Deleted),
        (status = 400, description = "The password is another one", body = Refusal),
        (status = 401, description = "Nobody is signed in", body = Refusal),
        (status = 429, description = "Called too often: see X-Retry-After", body = Refusal),
        (status = 503, description = "Too many passwords are being checked", body = Refusal),
    )
)]
pub async fn delete_user(
    State(server): State<Server>,
    signed_in: SignedIn,
    caller: Caller,
    JsonBody(body): JsonBody<DeleteUser>,
) -> Result<(SetCookies, Json<Deleted>), Error> {
    confirm(&server, &signed_in, caller.address, &body.password, Utc::now().into()).await?;
    user::delete(&server.pool, signed_in.user()).await?;
    Ok((server.cookies.clear(), Json(Deleted { success: true, message: "User deleted" })))
}
