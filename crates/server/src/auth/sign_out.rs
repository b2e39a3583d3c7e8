//! `POST /api/auth/sign-out`

use axum::{Json, extract::State, http::HeaderMap};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Credential, cookie::SetCookies};
use crate::{Error, Server, db::session};

/// Nobody is signed in any more.
#[derive(Serialize, ToSchema)]
pub struct SignedOut {
    success: bool,
}

/// Ends the session, if there is one, and takes all its cookies away.
///
/// # Errors
/// When the database cannot be written.
#[utoipa::path(
    post,
    path = "/api/auth/sign-out",
    tag = "accounts",
    security(("session" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Signed out, or nobody was signed in", body = SignedOut),
    )
)]
pub async fn sign_out(
    State(server): State<Server>,
    headers: HeaderMap,
) -> Result<(SetCookies, Json<SignedOut>), Error> {
    if let Some(credential) = Credential::of(&headers, &server.cookies) {
        session::end(&server.pool, &credential.token().hash()).await?;
    }
    Ok((server.cookies.clear(), Json(SignedOut { success: true })))
}
