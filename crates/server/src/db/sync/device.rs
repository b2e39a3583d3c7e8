//! `device`: who has pushed, and what is known of their clocks.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor, Row as _};
use weekwise_protocol::sync::{Device, DeviceId, DeviceName};
use weekwise_sync::server::DeviceClock;

use crate::UserId;

/// The most devices of a user that are remembered.
const MAX_DEVICES: i64 = 1_000;

/// What is known of the clock of a device.
pub(crate) async fn clock(
    connection: &mut PgConnection,
    user: &UserId,
    device: &DeviceId,
) -> sqlx::Result<DeviceClock> {
    const FIND: &str = "SELECT drained_at, made_at FROM device WHERE user_id = $1 AND device = $2";
    let found = sqlx::query_as(FIND).bind(user).bind(device.as_str()).fetch_optional(connection).await?;
    let (drained, made): (Option<DateTime<Utc>>, Option<DateTime<Utc>>) = found.unwrap_or_default();
    let ms = |moment: Option<DateTime<Utc>>| moment.map(|it| it.timestamp_millis());
    Ok(DeviceClock { drained_at_ms: ms(drained), last_ms: ms(made) })
}

/// That a device has pushed.
#[derive(Clone, Copy)]
pub(crate) struct DevicePush<'a> {
    pub(crate) device: &'a DeviceId,
    /// What it says that it is called.
    pub(crate) name: Option<&'a DeviceName>,
    pub(crate) at: DateTime<Utc>,
}

/// Remembers that a device has pushed. Of very many, those are forgotten that pushed longest ago.
pub(crate) async fn pushed(
    connection: &mut PgConnection,
    user: &UserId,
    DevicePush { device, name, at }: DevicePush<'_>,
    clock: DeviceClock,
) -> sqlx::Result<()> {
    // A device that says no name now keeps the one that it has said.
    const STORE: &str = "INSERT INTO device (user_id, device, pushed_at, drained_at, made_at, name) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, device) DO UPDATE SET \
        pushed_at = $3, drained_at = $4, made_at = $5, name = coalesce($6, device.name) RETURNING xmax = 0";
    const FORGET: &str = "DELETE FROM device WHERE user_id = $1 AND device IN \
        (SELECT device FROM device WHERE user_id = $1 ORDER BY pushed_at DESC, device OFFSET $2)";
    let moment = |ms: Option<i64>| ms.and_then(super::moment);
    let query = sqlx::query(STORE).bind(user).bind(device.as_str()).bind(at);
    let query = query.bind(moment(clock.drained_at_ms)).bind(moment(clock.last_ms));
    let query = query.bind(name.map(DeviceName::as_str));
    let is_new: bool = query.fetch_one(&mut *connection).await?.try_get(0)?;
    if is_new {
        sqlx::query(FORGET).bind(user).bind(MAX_DEVICES).execute(connection).await?;
    }
    Ok(())
}

/// Id, name, when it pushed last, when nothing waited on it last.
type DeviceRow = (String, Option<String>, DateTime<Utc>, Option<DateTime<Utc>>);

/// The devices of a user, those that pushed last first.
pub(crate) async fn devices(executor: impl PgExecutor<'_>, user: &UserId) -> sqlx::Result<Vec<Device>> {
    const ALL: &str =
        "SELECT device, name, pushed_at, drained_at FROM device WHERE user_id = $1 ORDER BY pushed_at DESC, device";
    let rows: Vec<DeviceRow> = sqlx::query_as(ALL).bind(user).fetch_all(executor).await?;
    let devices = rows.into_iter().map(|(device, name, pushed, drained)| {
        let device_id = DeviceId::try_from(device).map_err(|error| sqlx::Error::Decode(error.into()))?;
        let device_name = name.and_then(|name| DeviceName::cleaned(&name));
        let drained_at_ms = drained.map(|it| it.timestamp_millis());
        Ok(Device { device_id, device_name, pushed_at_ms: pushed.timestamp_millis(), drained_at_ms })
    });
    devices.collect()
}
