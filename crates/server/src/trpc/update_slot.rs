//! `scheduler.updateSlot`

use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    envelope::{Failure, Success},
    input::{Day, ScheduleNumber, Time, time_range},
    rows::Exception,
};
use crate::{Error, Server, UserId, facade};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    schedule_id: ScheduleNumber,
    date: Day,
    start_time: Time,
    end_time: Time,
}

/// Gives a slot another time on one date.
#[utoipa::path(
    post,
    path = "/trpc/scheduler.updateSlot",
    tag = "week",
    request_body = Input,
    security(("session" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Done", body = Success<Exception>),
        (status = 400, description = "The input does not do", body = Failure),
        (status = 401, description = "Nobody is signed in", body = Failure),
        (status = 404, description = "The person has no such schedule", body = Failure),
    )
)]
pub(super) async fn call(server: &Server, user: &UserId, input: Input, now: DateTime<Utc>) -> Result<Exception, Error> {
    let time = time_range(input.start_time, input.end_time)?;
    Ok(facade::update_slot(&server.pool, user, input.schedule_id.0, input.date.0, time, now).await?.into())
}
