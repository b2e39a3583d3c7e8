//! `GET /api/auth/list-sessions`

use axum::{Json, extract::State};
use chrono::Utc;

use super::{SignedIn, session_view::SessionView};
use crate::{Error, Refusal, Server, db::session};

/// Where the person is signed in.
///
/// # Errors
/// When nobody is signed in.
#[utoipa::path(
    get,
    path = "/api/auth/list-sessions",
    tag = "accounts",
    security(("session" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Where the person is signed in", body = Vec<SessionView>),
        (status = 401, description = "Nobody is signed in", body = Refusal),
    )
)]
pub async fn list_sessions(State(server): State<Server>, signed_in: SignedIn) -> Result<Json<Vec<SessionView>>, Error> {
    let rows = session::of(&server.pool, signed_in.user(), Utc::now().into()).await?;
    Ok(Json(rows.into_iter().map(|row| SessionView::new(row, &signed_in)).collect()))
}
