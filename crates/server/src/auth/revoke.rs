//! `POST /api/auth/revoke-session`, `revoke-other-sessions` and `revoke-sessions`

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{SignedIn, Token};
use crate::{Error, Refusal, Server, db::session, http::JsonBody};

/// Which session is to end: the `token` that `list-sessions` gives.
#[derive(Deserialize, ToSchema)]
pub struct Revoke {
    token: String,
}

/// It has ended.
#[derive(Serialize, ToSchema)]
pub struct Revoked {
    status: bool,
}

/// Ends one of the person's sessions.
///
/// # Errors
/// When nobody is signed in, or the person has no such session.
#[utoipa::path(
    post,
    path = "/api/auth/revoke-session",
    tag = "accounts",
    request_body = Revoke,
    security(("session" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "It has ended", body = Revoked),
        (status = 400, description = "The person has no such session", body = Refusal),
        (status = 401, description = "Nobody is signed in", body = Refusal),
    )
)]
pub async fn revoke_session(
    State(server): State<Server>,
    signed_in: SignedIn,
    JsonBody(body): JsonBody<Revoke>,
) -> Result<Json<Revoked>, Error> {
    // What cannot be stored cannot be found either.
    let token = Token::presented(&body.token).filter(|_| !body.token.contains('\0')).ok_or(Error::NoSession)?;
    if !session::end_one_of(&server.pool, signed_in.user(), &token.hash(), &body.token).await? {
        return Err(Error::NoSession);
    }
    Ok(Json(Revoked { status: true }))
}

/// Ends all of the person's sessions but this one.
///
/// # Errors
/// When nobody is signed in.
#[utoipa::path(
    post,
    path = "/api/auth/revoke-other-sessions",
    tag = "accounts",
    security(("session" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "All others have ended", body = Revoked),
        (status = 401, description = "Nobody is signed in", body = Refusal),
    )
)]
pub async fn revoke_other_sessions(State(server): State<Server>, signed_in: SignedIn) -> Result<Json<Revoked>, Error> {
    session::end_all_of(&server.pool, signed_in.user(), Some(&signed_in.token)).await?;
    Ok(Json(Revoked { status: true }))
}

/// Ends all of the person's sessions.
///
/// # Errors
/// When nobody is signed in.
#[utoipa::path(
    post,
    path = "/api/auth/revoke-sessions",
    tag = "accounts",
    security(("session" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "All have ended", body = Revoked),
        (status = 401, description = "Nobody is signed in", body = Refusal),
    )
)]
pub async fn revoke_sessions(State(server): State<Server>, signed_in: SignedIn) -> Result<Json<Revoked>, Error> {
    session::end_all_of(&server.pool, signed_in.user(), None).await?;
    Ok(Json(Revoked { status: true }))
}
