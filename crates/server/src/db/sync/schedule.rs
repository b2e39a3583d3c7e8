//! `schedule`, as rows with registers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, postgres::PgRow, types::Json};
use uuid::Uuid;
use weekwise_domain::{Details, Pattern, ScheduleId, SeriesId, Validity};
use weekwise_protocol::sync::{DetailsFields, PatternFields, Register, Rev, Row, Slot, Value};
use weekwise_sync::server::Needs;

use super::{Reader, Span, Stamps, Writer, Written, lacks};
use crate::db::{
    columns::Columns,
    schedule::{bind_details, bind_pattern},
};

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, rev, updated_at, stamps, series_id, day_of_week, start_time, end_time, valid_from, valid_until, every_n_weeks, \
             pattern_rev, pattern_origin_epoch, pattern_origin_rev, pattern_op, title, notes, location, color, reminder_minutes, \
             details_rev, details_origin_epoch, details_origin_rev, details_op, \
             active, active_rev, active_origin_epoch, active_origin_rev, active_op FROM schedule WHERE user_id = $1 AND ",
            $tail
        )
    };
}

pub(super) async fn between(connection: &mut PgConnection, reader: Reader<'_>, span: Span) -> sqlx::Result<Vec<Row>> {
    let query = sqlx::query(select!("rev > $2 AND rev <= $3")).bind(reader.user).bind(span.after).bind(span.through);
    query.fetch_all(connection).await?.iter().map(|row| read(row, reader)).collect()
}

/// Those that are named, and all of each series that is named or that one of them is in; also where a tombstone says so.
pub(super) async fn needed(connection: &mut PgConnection, reader: Reader<'_>, needs: &Needs) -> sqlx::Result<Vec<Row>> {
    const NEEDED: &str = select!(
        "(id = ANY($2) OR series_id = ANY($3) \
         OR series_id IN (SELECT series_id FROM schedule WHERE user_id = $1 AND id = ANY($2)) \
         OR series_id IN (SELECT series_id FROM tombstone WHERE user_id = $1 AND schedule_id = ANY($2)))"
    );
    if needs.schedules.is_empty() && needs.series.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = needs.schedules.iter().map(|id| id.0).collect();
    let series: Vec<Uuid> = needs.series.iter().map(|id| id.0).collect();
    let query = sqlx::query(NEEDED).bind(reader.user).bind(ids).bind(series);
    query.fetch_all(connection).await?.iter().map(|row| read(row, reader)).collect()
}

fn read(row: &PgRow, reader: Reader<'_>) -> sqlx::Result<Row> {
    let mut columns = Columns::of(row, "schedule");
    let id = ScheduleId(columns.get()?);
    let (rev, updated_at): (i64, DateTime<Utc>) = (columns.get()?, columns.get()?);
    let Json(stamps): Json<Stamps> = columns.get()?;
    let pattern = Pattern {
        series_id: SeriesId(columns.get()?),
        day_of_week: columns.weekday()?,
        time: columns.time()?,
        validity: Validity { from: columns.date()?, until: columns.optional_date()? },
        every: columns.number()?,
    };
    let (stamp, extra) = stamps.stamp(&Slot::Pattern, written(&mut columns)?, reader.epochs, updated_at);
    let pattern = Register { value: Value::Pattern(Box::new(PatternFields { pattern, extra })), stamp };
    let details = Details {
        title: columns.get_as::<String, _>()?,
        notes: columns.get_as::<String, _>()?,
        location: columns.get_as::<String, _>()?,
        color: columns.parse()?,
        reminder: columns.optional_number()?,
    };
    let (stamp, extra) = stamps.stamp(&Slot::Details, written(&mut columns)?, reader.epochs, updated_at);
    let details = Register { value: Value::Details(Box::new(DetailsFields { details, extra })), stamp };
    let value = Value::Active(columns.get()?);
    let (stamp, _) = stamps.stamp(&Slot::Active, written(&mut columns)?, reader.epochs, updated_at);
    let active = Register { value, stamp };
    let registers = BTreeMap::from([(Slot::Pattern, pattern), (Slot::Details, details), (Slot::Active, active)]);
    Ok(Row { key: id.into(), rev: Rev(rev), registers })
}

pub(super) fn written(columns: &mut Columns<'_>) -> sqlx::Result<Written> {
    Ok(Written { rev: columns.get()?, epoch: columns.get()?, origin_rev: columns.get()?, op: columns.get()? })
}

pub(super) async fn put(
    connection: &mut PgConnection,
    writer: &Writer<'_>,
    id: ScheduleId,
    row: &Row,
    integer_id: i64,
) -> sqlx::Result<()> {
    const PUT: &str = "INSERT INTO schedule (user_id, id, integer_id, created_at, updated_at, rev, stamps, \
        pattern_rev, pattern_origin_rev, details_rev, details_origin_rev, active_rev, active_origin_rev, \
        pattern_origin_epoch, details_origin_epoch, active_origin_epoch, pattern_op, details_op, active_op, active, \
        series_id, day_of_week, start_time, end_time, valid_from, valid_until, every_n_weeks, \
        title, notes, location, color, reminder_minutes) \
        VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $7, $8, $8, $9, $9, $10, $10, $10, $11, $12, $13, $14, \
        $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26) \
        ON CONFLICT (user_id, id) DO UPDATE SET updated_at = $4, rev = $5, stamps = $6, \
        pattern_rev = $7, pattern_origin_rev = $7, details_rev = $8, details_origin_rev = $8, active_rev = $9, active_origin_rev = $9, \
        pattern_origin_epoch = $10, details_origin_epoch = $10, active_origin_epoch = $10, \
        pattern_op = $11, details_op = $12, active_op = $13, active = $14, \
        series_id = $15, day_of_week = $16, start_time = $17, end_time = $18, valid_from = $19, valid_until = $20, \
        every_n_weeks = $21, title = $22, notes = $23, location = $24, color = $25, reminder_minutes = $26";
    let register = |slot: &Slot| row.registers.get(slot).ok_or_else(|| lacks(row, slot.name()));
    let (pattern, details, active) = (register(&Slot::Pattern)?, register(&Slot::Details)?, register(&Slot::Active)?);
    let (Value::Pattern(its_pattern), Value::Details(its_details), Value::Active(is_active)) =
        (&pattern.value, &details.value, &active.value)
    else {
        return Err(lacks(row, "register"));
    };
    let stamps = Stamps::of(row);
    let query = sqlx::query(PUT)
        .bind(writer.user)
        .bind(id.0)
        .bind(integer_id)
        .bind(writer.now)
        .bind(row.rev.0)
        .bind(stamps.json())
        .bind(pattern.stamp.rev.0)
        .bind(details.stamp.rev.0)
        .bind(active.stamp.rev.0)
        .bind(writer.epoch)
        .bind(pattern.stamp.op.0)
        .bind(details.stamp.op.0)
        .bind(active.stamp.op.0)
        .bind(*is_active);
    bind_details(bind_pattern(query, &its_pattern.pattern), &its_details.details).execute(connection).await?;
    Ok(())
}
