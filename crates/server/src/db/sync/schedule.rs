//! `schedule`, as rows with registers.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, postgres::PgRow, types::Json};
use uuid::Uuid;
use weekwise_domain::{Details, Pattern, ScheduleId, SeriesId, Validity};
use weekwise_protocol::sync::{DetailsFields, PatternFields, Register, Rev, Row, Slot, Stamp, Value};
use weekwise_sync::server::Needs;

use super::{New, Reader, Span, Stamps, Writer, Written, column, lacks};
use crate::db::columns::Columns;

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

/// Puts rows in the place of those with their keys, all in one statement.
pub(super) async fn put(
    connection: &mut PgConnection,
    writer: &Writer<'_>,
    rows: &[New<'_, ScheduleId>],
) -> sqlx::Result<()> {
    const PUT: &str = "INSERT INTO schedule (user_id, created_at, updated_at, \
        pattern_origin_epoch, details_origin_epoch, active_origin_epoch, id, integer_id, rev, stamps, \
        pattern_rev, pattern_origin_rev, pattern_op, details_rev, details_origin_rev, details_op, \
        active_rev, active_origin_rev, active_op, active, \
        series_id, day_of_week, start_time, end_time, valid_from, valid_until, every_n_weeks, \
        title, notes, location, color, reminder_minutes) \
        SELECT $1, $2, $2, $3, $3, $3, id, integer_id, rev, stamps, pattern_rev, pattern_rev, pattern_op, \
        details_rev, details_rev, details_op, active_rev, active_rev, active_op, active, \
        series_id, day_of_week, start_time, end_time, valid_from, valid_until, every_n_weeks, \
        title, notes, location, color, reminder_minutes \
        FROM unnest($4::uuid[], $5::bigint[], $6::bigint[], $7::jsonb[], $8::bigint[], $9::uuid[], $10::bigint[], $11::uuid[], \
        $12::bigint[], $13::uuid[], $14::boolean[], $15::uuid[], $16::smallint[], $17::text[], $18::text[], $19::date[], $20::date[], \
        $21::smallint[], $22::text[], $23::text[], $24::text[], $25::text[], $26::smallint[]) \
        it (id, integer_id, rev, stamps, pattern_rev, pattern_op, details_rev, details_op, active_rev, active_op, active, \
        series_id, day_of_week, start_time, end_time, valid_from, valid_until, every_n_weeks, \
        title, notes, location, color, reminder_minutes) \
        ON CONFLICT (user_id, id) DO UPDATE SET updated_at = EXCLUDED.updated_at, rev = EXCLUDED.rev, stamps = EXCLUDED.stamps, \
        pattern_rev = EXCLUDED.pattern_rev, pattern_origin_rev = EXCLUDED.pattern_rev, pattern_op = EXCLUDED.pattern_op, \
        details_rev = EXCLUDED.details_rev, details_origin_rev = EXCLUDED.details_rev, details_op = EXCLUDED.details_op, \
        active_rev = EXCLUDED.active_rev, active_origin_rev = EXCLUDED.active_rev, active_op = EXCLUDED.active_op, \
        pattern_origin_epoch = EXCLUDED.pattern_origin_epoch, details_origin_epoch = EXCLUDED.details_origin_epoch, \
        active_origin_epoch = EXCLUDED.active_origin_epoch, active = EXCLUDED.active, series_id = EXCLUDED.series_id, \
        day_of_week = EXCLUDED.day_of_week, start_time = EXCLUDED.start_time, end_time = EXCLUDED.end_time, \
        valid_from = EXCLUDED.valid_from, valid_until = EXCLUDED.valid_until, every_n_weeks = EXCLUDED.every_n_weeks, \
        title = EXCLUDED.title, notes = EXCLUDED.notes, location = EXCLUDED.location, color = EXCLUDED.color, \
        reminder_minutes = EXCLUDED.reminder_minutes";
    if rows.is_empty() {
        return Ok(());
    }
    let parts = rows.iter().map(Parts::of).collect::<sqlx::Result<Vec<_>>>()?;
    let query = sqlx::query(PUT)
        .bind(writer.user)
        .bind(writer.now)
        .bind(writer.epoch)
        .bind(column(rows, |it| it.key.0))
        .bind(column(rows, |it| it.integer_id))
        .bind(column(rows, |it| it.row.rev.0))
        .bind(column(rows, |it| Json(Stamps::of(it.row))))
        .bind(column(&parts, |it| it.pattern.1.rev.0))
        .bind(column(&parts, |it| it.pattern.1.op.0))
        .bind(column(&parts, |it| it.details.1.rev.0))
        .bind(column(&parts, |it| it.details.1.op.0))
        .bind(column(&parts, |it| it.active.1.rev.0))
        .bind(column(&parts, |it| it.active.1.op.0))
        .bind(column(&parts, |it| it.active.0))
        .bind(column(&parts, |it| it.pattern.0.series_id.0))
        .bind(column(&parts, |it| i16::from(it.pattern.0.day_of_week.number())))
        .bind(column(&parts, |it| it.pattern.0.time.start().to_string()))
        .bind(column(&parts, |it| it.pattern.0.time.end().to_string()))
        .bind(column(&parts, |it| NaiveDate::from(it.pattern.0.validity.from)))
        .bind(column(&parts, |it| it.pattern.0.validity.until.map(NaiveDate::from)))
        .bind(column(&parts, |it| i16::from(it.pattern.0.every.number())))
        .bind(column(&parts, |it| it.details.0.title.as_str()))
        .bind(column(&parts, |it| it.details.0.notes.as_str()))
        .bind(column(&parts, |it| it.details.0.location.as_str()))
        .bind(column(&parts, |it| it.details.0.color.name()))
        // At most 10,080.
        .bind(column(&parts, |it| it.details.0.reminder.map(|reminder| i64::from(reminder) as i16)));
    query.execute(connection).await?;
    Ok(())
}

/// The registers of a row, each with its stamp.
struct Parts<'a> {
    pattern: (&'a Pattern, &'a Stamp),
    details: (&'a Details, &'a Stamp),
    active: (bool, &'a Stamp),
}

impl<'a> Parts<'a> {
    fn of(new: &New<'a, ScheduleId>) -> sqlx::Result<Self> {
        let register = |slot: Slot| new.row.registers.get(&slot).ok_or_else(|| lacks(new.row, slot.name()));
        let (pattern, details, active) = (register(Slot::Pattern)?, register(Slot::Details)?, register(Slot::Active)?);
        match (&pattern.value, &details.value, &active.value) {
            (Value::Pattern(its_pattern), Value::Details(its_details), Value::Active(is_active)) => Ok(Self {
                pattern: (&its_pattern.pattern, &pattern.stamp),
                details: (&its_details.details, &details.stamp),
                active: (*is_active, &active.stamp),
            }),
            _ => Err(lacks(new.row, "register")),
        }
    }
}

/// Removes rows.
pub(super) async fn remove(connection: &mut PgConnection, writer: &Writer<'_>, ids: &[ScheduleId]) -> sqlx::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let query = sqlx::query("DELETE FROM schedule WHERE user_id = $1 AND id = ANY($2)");
    query.bind(writer.user).bind(column(ids, |id| id.0)).execute(connection).await?;
    Ok(())
}
