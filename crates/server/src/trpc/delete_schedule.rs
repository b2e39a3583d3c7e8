//! `scheduler.deleteSchedule`

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    envelope::{Failure, Success},
    input::ScheduleNumber,
};
use crate::{Error, Server, UserId, facade};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    schedule_id: ScheduleNumber,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Output {
    success: bool,
}

/// Deletes a slot.
#[utoipa::path(
    post,
    path = "/trpc/scheduler.deleteSchedule",
    tag = "week",
    request_body = Input,
    security(("session" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Done", body = Success<Output>),
        (status = 400, description = "The input does not do", body = Failure),
        (status = 401, description = "Nobody is signed in", body = Failure),
        (status = 404, description = "The person has no such schedule", body = Failure),
    )
)]
pub(super) async fn call(server: &Server, user: &UserId, input: Input, now: DateTime<Utc>) -> Result<Output, Error> {
    facade::delete_schedule(&server.pool, user, input.schedule_id.0, now).await?;
    Ok(Output { success: true })
}
