//! `GET /api/auth/get-session`

use axum::{Json, extract::State, http::HeaderMap};
use chrono::Utc;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Credential, Keep, SignedIn, cookie::SetCookies, session_view::SessionView};
use crate::{
    Error, Server, Timestamp,
    db::{
        session,
        user::{self, User},
    },
};

/// A session and whose it is.
#[derive(Serialize, ToSchema)]
pub struct Current {
    session: SessionView,
    user: User,
}

/// The session of the request; `null` where there is none, or one that is forged or has ended.
///
/// # Errors
/// When the database cannot be read or written.
#[utoipa::path(
    get,
    path = "/api/auth/get-session",
    tag = "accounts",
    security(("session" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The session, or null", body = Option<Current>),
    )
)]
pub async fn get_session(
    State(server): State<Server>,
    headers: HeaderMap,
) -> Result<(SetCookies, Json<Option<Current>>), Error> {
    let now = Timestamp::from(Utc::now());
    let Some(credential) = Credential::of(&headers, &server.cookies) else {
        return Ok((SetCookies::default(), Json(None)));
    };
    let in_cookie = matches!(credential, Credential::Cookie(_));
    let Some(signed_in) = SignedIn::find(&server, &headers, now).await? else {
        let cookies = if in_cookie { server.cookies.clear() } else { SetCookies::default() };
        return Ok((cookies, Json(None)));
    };
    let row = session::row(&server.pool, &signed_in.token).await?;
    let user = user::find(&server.pool, signed_in.user()).await?;
    let cookies = match signed_in.extended {
        Some(to) if in_cookie => server.cookies.set(credential.token(), Keep::For(to.since(now))),
        _ => SetCookies::default(),
    };
    let current = row.zip(user).map(|(row, user)| Current { session: SessionView::new(row, &signed_in), user });
    Ok((cookies, Json(current)))
}
