//! `tombstone`, as rows with a register, and what the schedules were that they stand for.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Row as _, postgres::PgRow, types::Json};
use uuid::Uuid;
use weekwise_domain::{Schedule, ScheduleId, SeriesId};
use weekwise_protocol::sync::{Register, Rev, Row, RowKey, Slot, Value};
use weekwise_sync::server::Needs;

use super::{Reader, Span, Stamps, Writer, lacks, schedule::written};
use crate::{UserId, db::columns::Columns};

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT schedule_id, coalesce(series_id, schedule_id), stamps, rev, origin_epoch, origin_rev, op, was \
             FROM tombstone WHERE user_id = $1 AND ",
            $tail
        )
    };
}

pub(super) async fn between(connection: &mut PgConnection, reader: Reader<'_>, span: Span) -> sqlx::Result<Vec<Row>> {
    let query = sqlx::query(select!("rev > $2 AND rev <= $3")).bind(reader.user).bind(span.after).bind(span.through);
    query.fetch_all(connection).await?.iter().map(|row| read(row, reader)).collect()
}

/// Those of the schedules and series that are named, and of the series that they are in; and what they were.
pub(super) async fn needed(
    connection: &mut PgConnection,
    reader: Reader<'_>,
    needs: &Needs,
) -> sqlx::Result<(Vec<Row>, BTreeMap<ScheduleId, Schedule>)> {
    const NEEDED: &str = select!(
        "(schedule_id = ANY($2) OR series_id = ANY($3) \
         OR series_id IN (SELECT series_id FROM schedule WHERE user_id = $1 AND id = ANY($2)) \
         OR series_id IN (SELECT series_id FROM tombstone WHERE user_id = $1 AND schedule_id = ANY($2)))"
    );
    if needs.schedules.is_empty() && needs.series.is_empty() {
        return Ok((Vec::new(), BTreeMap::new()));
    }
    let ids: Vec<Uuid> = needs.schedules.iter().map(|id| id.0).collect();
    let series: Vec<Uuid> = needs.series.iter().map(|id| id.0).collect();
    let query = sqlx::query(NEEDED).bind(reader.user).bind(ids).bind(series);
    let (mut rows, mut graves) = (Vec::new(), BTreeMap::new());
    for row in query.fetch_all(connection).await? {
        let was: Option<Json<Schedule>> = row.try_get(7)?;
        graves.extend(was.map(|Json(was)| (was.id, was)));
        rows.push(read(&row, reader)?);
    }
    Ok((rows, graves))
}

fn read(row: &PgRow, reader: Reader<'_>) -> sqlx::Result<Row> {
    let mut columns = Columns::of(row, "tombstone");
    let key = RowKey::Tombstone(ScheduleId(columns.get()?));
    let value = Value::Gone { series_id: SeriesId(columns.get()?) };
    let Json(stamps): Json<Stamps> = columns.get()?;
    let written = written(&mut columns)?;
    // A tombstone has no moment in its table.
    let (stamp, _) = stamps.stamp(&Slot::Gone, written, reader.epochs, DateTime::<Utc>::UNIX_EPOCH);
    Ok(Row { key, rev: Rev(written.rev), registers: BTreeMap::from([(Slot::Gone, Register { value, stamp })]) })
}

pub(super) async fn put(
    connection: &mut PgConnection,
    writer: &Writer<'_>,
    id: ScheduleId,
    row: &Row,
) -> sqlx::Result<()> {
    const PUT: &str = "INSERT INTO tombstone (user_id, schedule_id, rev, origin_rev, origin_epoch, op, stamps, series_id) \
        VALUES ($1, $2, $3, $3, $4, $5, $6, $7) ON CONFLICT (user_id, schedule_id) DO UPDATE SET \
        rev = $3, origin_rev = $3, origin_epoch = $4, op = $5, stamps = $6, series_id = $7";
    let Some(Register { value: Value::Gone { series_id }, stamp }) = row.registers.get(&Slot::Gone) else {
        return Err(lacks(row, "register"));
    };
    let stamps = Stamps::of(row);
    let query = sqlx::query(PUT).bind(writer.user).bind(id.0).bind(row.rev.0).bind(writer.epoch);
    query.bind(stamp.op.0).bind(stamps.json()).bind(series_id.0).execute(connection).await?;
    Ok(())
}

/// Keeps what a schedule was. Its tombstone is there.
pub(super) async fn bury(
    connection: &mut PgConnection,
    user: &UserId,
    id: ScheduleId,
    was: &Schedule,
) -> sqlx::Result<()> {
    let query = sqlx::query("UPDATE tombstone SET was = $3 WHERE user_id = $1 AND schedule_id = $2");
    query.bind(user).bind(id.0).bind(Json(was)).execute(connection).await?;
    Ok(())
}
