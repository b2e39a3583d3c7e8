//! `scheduler.createSchedule`

use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use weekwise_domain::Weekday;

use super::{
    envelope::{Failure, Success},
    input::{Time, time_range},
    rows::Schedule,
};
use crate::{Error, Server, UserId, facade};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    /// 0 is Sunday.
    #[schema(value_type = u8, maximum = 6)]
    day_of_week: Weekday,
    start_time: Time,
    end_time: Time,
}

/// Makes a slot that occurs every week from today on.
#[utoipa::path(
    post,
    path = "/trpc/scheduler.createSchedule",
    tag = "week",
    request_body = Input,
    security(("session" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Done", body = Success<Schedule>),
        (status = 400, description = "The input does not do, or the day has no room", body = Failure),
        (status = 401, description = "Nobody is signed in", body = Failure),
    )
)]
pub(super) async fn call(server: &Server, user: &UserId, input: Input, now: DateTime<Utc>) -> Result<Schedule, Error> {
    let time = time_range(input.start_time, input.end_time)?;
    Ok(facade::create_schedule(&server.pool, user, input.day_of_week, time, now).await?.into())
}
