//! `exception`, as rows with registers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, postgres::PgRow, types::Json};
use uuid::Uuid;
use weekwise_domain::{ExceptionKey, SeriesId};
use weekwise_protocol::sync::{ExceptionFields, Register, Rev, Row, Slot, Value};
use weekwise_sync::server::Needs;

use super::{Reader, Span, Stamps, Writer, lacks, schedule::written};
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

pub(super) async fn put(
    connection: &mut PgConnection,
    writer: &Writer<'_>,
    key: ExceptionKey,
    row: &Row,
    integer_id: i64,
) -> sqlx::Result<()> {
    const PUT: &str = "INSERT INTO exception (user_id, original_date, series_id, integer_id, created_at, updated_at, rev, origin_rev, \
        origin_epoch, op, stamps, kind, start_time, end_time, moved_to, title, notes, location) \
        VALUES ($1, $2, $3, $4, $5, $5, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
        ON CONFLICT (user_id, original_date, series_id) DO UPDATE SET updated_at = $5, rev = $6, origin_rev = $6, origin_epoch = $7, \
        op = $8, stamps = $9, kind = $10, start_time = $11, end_time = $12, moved_to = $13, title = $14, notes = $15, location = $16";
    let Some(Register { value: Value::Exception(fields), stamp }) = row.registers.get(&Slot::Exception) else {
        return Err(lacks(row, "exception"));
    };
    let columns = ValueColumns::of(fields.exception.as_ref());
    let stamps = Stamps::of(row);
    let query = sqlx::query(PUT)
        .bind(writer.user)
        .bind(NaiveDate::from(key.date))
        .bind(key.series_id.0)
        .bind(integer_id)
        .bind(writer.now)
        .bind(row.rev.0)
        .bind(writer.epoch)
        .bind(stamp.op.0)
        .bind(stamps.json())
        .bind(columns.kind)
        .bind(columns.start_time)
        .bind(columns.end_time)
        .bind(columns.moved_to)
        .bind(columns.title)
        .bind(columns.notes)
        .bind(columns.location);
    query.execute(connection).await?;
    Ok(())
}
