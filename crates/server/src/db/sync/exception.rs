//! `exception`, as rows with registers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, postgres::PgRow, types::Json};
use uuid::Uuid;
use weekwise_domain::{ExceptionKey, SeriesId};
use weekwise_protocol::sync::{ExceptionFields, Register, Rev, Row, Slot, Value};
use weekwise_sync::server::Needs;

use super::{New, Reader, Span, Stamps, Writer, column, lacks, schedule::written};
use crate::db::{
    columns::Columns,
    exception::{ValueColumns, read_value},
};

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT series_id, original_date, updated_at, stamps, rev, origin_epoch, origin_rev, op, \
             kind, start_time, end_time, moved_to, title, notes, location FROM exception WHERE user_id = $1 AND ",
            $tail
        )
    };
}

pub(super) async fn between(connection: &mut PgConnection, reader: Reader<'_>, span: Span) -> sqlx::Result<Vec<Row>> {
    let query = sqlx::query(select!("rev > $2 AND rev <= $3")).bind(reader.user).bind(span.after).bind(span.through);
    query.fetch_all(connection).await?.iter().map(|row| read(row, reader)).collect()
}

/// Those that are named, and where whole series are needed, all of these series.
pub(super) async fn needed(
    connection: &mut PgConnection,
    reader: Reader<'_>,
    needs: &Needs,
    series: &BTreeSet<SeriesId>,
) -> sqlx::Result<Vec<Row>> {
    const NEEDED: &str = select!(
        "((original_date, series_id) IN (SELECT * FROM unnest($2::date[], $3::uuid[])) OR series_id = ANY($4))"
    );
    let series: Vec<Uuid> = series.iter().filter(|_| needs.whole_series).map(|series| series.0).collect();
    let keys = needs.exceptions.iter();
    let (dates, of): (Vec<NaiveDate>, Vec<Uuid>) = keys.map(|key| (NaiveDate::from(key.date), key.series_id.0)).unzip();
    if series.is_empty() && dates.is_empty() {
        return Ok(Vec::new());
    }
    let query = sqlx::query(NEEDED).bind(reader.user).bind(dates).bind(of).bind(series);
    query.fetch_all(connection).await?.iter().map(|row| read(row, reader)).collect()
}

fn read(row: &PgRow, reader: Reader<'_>) -> sqlx::Result<Row> {
    let mut columns = Columns::of(row, "exception");
    let key = ExceptionKey { series_id: SeriesId(columns.get()?), date: columns.date()? };
    let updated_at: DateTime<Utc> = columns.get()?;
    let Json(stamps): Json<Stamps> = columns.get()?;
    let written = written(&mut columns)?;
    let exception = read_value(&mut columns)?;
    let (stamp, extra) = stamps.stamp(&Slot::Exception, written, reader.epochs, updated_at);
    let value = Value::Exception(Box::new(ExceptionFields { exception, extra }));
    let registers = BTreeMap::from([(Slot::Exception, Register { value, stamp })]);
    Ok(Row { key: key.into(), rev: Rev(written.rev), registers })
}

/// Puts rows in the place of those with their keys, all in one statement.
pub(super) async fn put(
    connection: &mut PgConnection,
    writer: &Writer<'_>,
    rows: &[New<'_, ExceptionKey>],
) -> sqlx::Result<()> {
    const PUT: &str = "INSERT INTO exception (user_id, created_at, updated_at, origin_epoch, original_date, series_id, integer_id, \
        rev, origin_rev, op, stamps, kind, start_time, end_time, moved_to, title, notes, location) \
        SELECT $1, $2, $2, $3, original_date, series_id, integer_id, rev, rev, op, stamps, kind, start_time, end_time, moved_to, \
        title, notes, location FROM unnest($4::date[], $5::uuid[], $6::bigint[], $7::bigint[], $8::uuid[], $9::jsonb[], $10::text[], \
        $11::text[], $12::text[], $13::date[], $14::text[], $15::text[], $16::text[]) \
        it (original_date, series_id, integer_id, rev, op, stamps, kind, start_time, end_time, moved_to, title, notes, location) \
        ON CONFLICT (user_id, original_date, series_id) DO UPDATE SET updated_at = EXCLUDED.updated_at, rev = EXCLUDED.rev, \
        origin_rev = EXCLUDED.rev, origin_epoch = EXCLUDED.origin_epoch, op = EXCLUDED.op, stamps = EXCLUDED.stamps, \
        kind = EXCLUDED.kind, start_time = EXCLUDED.start_time, end_time = EXCLUDED.end_time, moved_to = EXCLUDED.moved_to, \
        title = EXCLUDED.title, notes = EXCLUDED.notes, location = EXCLUDED.location";
    if rows.is_empty() {
        return Ok(());
    }
    let parts = rows.iter().map(|new| match new.row.registers.get(&Slot::Exception) {
        Some(Register { value: Value::Exception(fields), stamp }) => {
            Ok((ValueColumns::of(fields.exception.as_ref()), stamp))
        }
        _ => Err(lacks(new.row, "exception")),
    });
    let parts = parts.collect::<sqlx::Result<Vec<_>>>()?;
    let query = sqlx::query(PUT)
        .bind(writer.user)
        .bind(writer.now)
        .bind(writer.epoch)
        .bind(column(rows, |it| NaiveDate::from(it.key.date)))
        .bind(column(rows, |it| it.key.series_id.0))
        .bind(column(rows, |it| it.integer_id))
        .bind(column(rows, |it| it.row.rev.0))
        .bind(column(&parts, |(_, stamp)| stamp.op.0))
        .bind(column(rows, |it| Json(Stamps::of(it.row))))
        .bind(column(&parts, |(value, _)| value.kind))
        .bind(column(&parts, |(value, _)| value.start_time.as_deref()))
        .bind(column(&parts, |(value, _)| value.end_time.as_deref()))
        .bind(column(&parts, |(value, _)| value.moved_to))
        .bind(column(&parts, |(value, _)| value.title))
        .bind(column(&parts, |(value, _)| value.notes))
        .bind(column(&parts, |(value, _)| value.location));
    query.execute(connection).await?;
    Ok(())
}
