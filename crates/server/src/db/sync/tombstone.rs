//! `tombstone`, as rows with a register, and what the schedules were that they stand for.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Row as _, postgres::PgRow, types::Json};
use uuid::Uuid;
use weekwise_domain::{Schedule, ScheduleId, SeriesId};
use weekwise_protocol::sync::{Register, Rev, Row, RowKey, Slot, Value};
use weekwise_sync::server::Needs;

use super::{New, Reader, Span, Stamps, Writer, column, lacks, schedule::written};
use crate::db::columns::Columns;

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

/// Puts rows in the place of those with their keys, all in one statement. `graves` are what the schedules were that were removed just now.
pub(super) async fn put(
    connection: &mut PgConnection,
    writer: &Writer<'_>,
    rows: &[New<'_, ScheduleId>],
    graves: &BTreeMap<ScheduleId, Schedule>,
) -> sqlx::Result<()> {
    const PUT: &str = "INSERT INTO tombstone (user_id, origin_epoch, schedule_id, rev, origin_rev, op, stamps, series_id, was) \
        SELECT $1, $2, schedule_id, rev, rev, op, stamps, series_id, was \
        FROM unnest($3::uuid[], $4::bigint[], $5::uuid[], $6::jsonb[], $7::uuid[], $8::jsonb[]) \
        it (schedule_id, rev, op, stamps, series_id, was) \
        ON CONFLICT (user_id, schedule_id) DO UPDATE SET rev = EXCLUDED.rev, origin_rev = EXCLUDED.rev, \
        origin_epoch = EXCLUDED.origin_epoch, op = EXCLUDED.op, stamps = EXCLUDED.stamps, series_id = EXCLUDED.series_id, \
        was = coalesce(EXCLUDED.was, tombstone.was)";
    if rows.is_empty() {
        return Ok(());
    }
    let parts = rows.iter().map(|new| match new.row.registers.get(&Slot::Gone) {
        Some(Register { value: Value::Gone { series_id }, stamp }) => Ok((series_id, stamp)),
        _ => Err(lacks(new.row, "register")),
    });
    let parts = parts.collect::<sqlx::Result<Vec<_>>>()?;
    let query = sqlx::query(PUT)
        .bind(writer.user)
        .bind(writer.epoch)
        .bind(column(rows, |it| it.key.0))
        .bind(column(rows, |it| it.row.rev.0))
        .bind(column(&parts, |(_, stamp)| stamp.op.0))
        .bind(column(rows, |it| Json(Stamps::of(it.row))))
        .bind(column(&parts, |(series_id, _)| series_id.0))
        .bind(column(rows, |it| graves.get(&it.key).map(Json)));
    query.execute(connection).await?;
    Ok(())
}
