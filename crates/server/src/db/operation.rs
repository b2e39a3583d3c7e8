//! `operation` and `tombstone`: what was done, and what is no more.

use std::{collections::BTreeSet, ops::RangeInclusive};

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;
use weekwise_domain::ScheduleId;

use super::head::Stamp;
use crate::UserId;

/// Records an operation of `device`, whose rows took `revs`.
pub(crate) async fn record(
    connection: &mut PgConnection,
    user: &UserId,
    op: Uuid,
    device: &str,
    made_at: DateTime<Utc>,
    revs: RangeInclusive<i64>,
    body: &impl Serialize,
) -> sqlx::Result<()> {
    const RECORD: &str = "INSERT INTO operation (user_id, op, device, made_at, first_rev, last_rev, body) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let body = serde_json::to_value(body).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let query = sqlx::query(RECORD).bind(user).bind(op).bind(device).bind(made_at);
    query.bind(revs.start()).bind(revs.end()).bind(Json(body)).execute(connection).await?;
    Ok(())
}

/// The schedules of a user that were removed for good.
pub(crate) async fn buried(connection: &mut PgConnection, user: &UserId) -> sqlx::Result<BTreeSet<ScheduleId>> {
    let query = sqlx::query_scalar("SELECT schedule_id FROM tombstone WHERE user_id = $1").bind(user);
    Ok(query.fetch_all(connection).await?.into_iter().map(ScheduleId).collect())
}

/// Says that a schedule was removed for good.
pub(crate) async fn bury(
    connection: &mut PgConnection,
    user: &UserId,
    id: ScheduleId,
    stamp: Stamp,
) -> sqlx::Result<()> {
    const BURY: &str = "INSERT INTO tombstone (user_id, schedule_id, rev, origin_epoch, origin_rev, op) \
        VALUES ($1, $2, $3, $4, $3, $5)";
    let query = sqlx::query(BURY).bind(user).bind(id.0).bind(stamp.rev).bind(stamp.epoch).bind(stamp.op);
    query.execute(connection).await?;
    Ok(())
}
