//! `POST /api/auth/change-password`

use axum::{Json, extract::State};
use chrono::Utc;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Password, SignedIn, confirm::confirm, cookie::SetCookies, new_session::Draft};
use crate::{
    Error, Refusal, Server, Timestamp,
    db::{
        session,
        user::{self, User},
    },
    http::{Caller, JsonBody},
};

/// The old password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangePassword {
    current_password: String,
    new_password: String,
    revoke_other_sessions: Option<bool>,
}

/// The password is another one.
#[derive(Serialize, ToSchema)]
pub struct Changed {
    /// The token of a new session, where all others were ended.
    token: Option<String>,
    user: User,
}

/// Changes the password. Where other sessions are to end, this one is replaced as well.
///
/// # Errors
/// When the new password does not do, or the old one is another.
#[utoipa::path(
    post,
    path = "/api/auth/change-password",
    tag = "accounts",
    request_body = ChangePassword,
    security(("session" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The password is another one", body = Changed),
        (status = 400, description = "One of the passwords does not do", body = Refusal),
        (status = 401, description = "Nobody is signed in", body = Refusal),
        (status = 429, description = "Called too often: see X-Retry-After", body = Refusal),
        (status = 503, description = "Too many passwords are being checked", body = Refusal),
    )
)]
pub async fn change_password(
    State(server): State<Server>,
    signed_in: SignedIn,
    caller: Caller,
    JsonBody(body): JsonBody<ChangePassword>,
) -> Result<(SetCookies, Json<Changed>), Error> {
    let now = Timestamp::from(Utc::now());
    let new = Password::chosen(&body.new_password).map_err(Error::Password)?;
    let (user, stored) = confirm(&server, &signed_in, caller.address, &body.current_password, now).await?;
    let new = server.passwords.hash(new).await?;

    let mut transaction = server.pool.begin().await?;
    if !user::replace_password(&mut *transaction, &user.id, &stored, &new, now).await? {
        return Err(Error::WrongPassword);
    }
    let mut replaced = None;
    if body.revoke_other_sessions == Some(true) {
        session::end_all_of(&mut *transaction, &user.id, None).await?;
        let draft = Draft::in_place_of(&signed_in.session, caller, now);
        session::create(&mut *transaction, &user.id, &new, &draft.row()).await?;
        replaced = Some(draft);
    }
    transaction.commit().await?;

    let cookies = replaced.as_ref().map(|draft| draft.cookies(&server.cookies)).unwrap_or_default();
    let token = replaced.map(|draft| draft.token.expose().to_owned());
    Ok((cookies, Json(Changed { token, user })))
}
