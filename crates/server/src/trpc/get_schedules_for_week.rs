//! `scheduler.getSchedulesForWeek`

use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    envelope::{Failure, Success},
    input::Day,
    rows::Item,
};
use crate::{
    Error, Server, UserId,
    auth::TokenHash,
    db::session::Session,
    week::{week, week_of_session},
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    start_date: Day,
}

/// What there is in the seven days from a date, today and later.
#[utoipa::path(
    get,
    path = "/trpc/scheduler.getSchedulesForWeek",
    tag = "week",
    params(("input" = String, Query, description = "JSON", example = r#"{"startDate":"2026-11-22"}"#)),
    security(("session" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Done", body = Success<Vec<Item>>),
        (status = 400, description = "The input does not do", body = Failure),
        (status = 401, description = "Nobody is signed in", body = Failure),
    )
)]
pub(super) async fn call(server: &Server, user: &UserId, input: Input, now: DateTime<Utc>) -> Result<Vec<Item>, Error> {
    let items = week(&server.pool, user, input.start_date.0, now).await?;
    Ok(items.into_iter().map(Item::from).collect())
}

/// The same for the user of a session, and the session; none when there is no such session.
pub(super) async fn of_session(
    server: &Server,
    token: &TokenHash,
    input: &Input,
    now: DateTime<Utc>,
) -> Result<Option<(Session, Vec<Item>)>, Error> {
    let found = week_of_session(&server.pool, token, input.start_date.0, now).await?;
    Ok(found.map(|found| (found.session, found.items.into_iter().map(Item::from).collect())))
}
