//! `setting`, as rows with registers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value as Json;
use sqlx::{PgConnection, postgres::PgRow, types};
use weekwise_protocol::sync::{Register, RegisterKey, Rev, Row, RowKey, SYNCED_SETTINGS, Slot, Value};
use weekwise_sync::server::Needs;

use super::{New, Reader, Span, Stamps, Writer, column, lacks, schedule::written};
use crate::db::columns::Columns;

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT name, value, stamps, rev, origin_epoch, origin_rev, op FROM setting WHERE user_id = $1 AND ",
            $tail
        )
    };
}

pub(super) async fn between(connection: &mut PgConnection, reader: Reader<'_>, span: Span) -> sqlx::Result<Vec<Row>> {
    let query = sqlx::query(select!("rev > $2 AND rev <= $3")).bind(reader.user).bind(span.after).bind(span.through);
    query.fetch_all(connection).await?.iter().map(|row| read(row, reader)).collect()
}

/// Those that are named, of the ones that devices share.
pub(super) async fn needed(connection: &mut PgConnection, reader: Reader<'_>, needs: &Needs) -> sqlx::Result<Vec<Row>> {
    let names: Vec<&str> = SYNCED_SETTINGS.into_iter().filter(|name| needs.settings.contains(*name)).collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let query = sqlx::query(select!("name = ANY($2)")).bind(reader.user).bind(names);
    query.fetch_all(connection).await?.iter().map(|row| read(row, reader)).collect()
}

fn read(row: &PgRow, reader: Reader<'_>) -> sqlx::Result<Row> {
    let mut columns = Columns::of(row, "setting");
    let key = RowKey::Setting(columns.get()?);
    let json: Json = columns.get()?;
    let types::Json(stamps): types::Json<Stamps> = columns.get()?;
    let written = written(&mut columns)?;
    // A setting has no moment in its table.
    let (stamp, _) = stamps.stamp(&Slot::Setting, written, reader.epochs, DateTime::<Utc>::UNIX_EPOCH);
    let register = RegisterKey { row: key.clone(), slot: Slot::Setting };
    let value = Value::read(&register, &json).unwrap_or(Value::Other(json));
    Ok(Row { key, rev: Rev(written.rev), registers: BTreeMap::from([(Slot::Setting, Register { value, stamp })]) })
}

/// Puts rows in the place of those with their keys, all in one statement.
pub(super) async fn put(
    connection: &mut PgConnection,
    writer: &Writer<'_>,
    rows: &[New<'_, &str>],
) -> sqlx::Result<()> {
    const PUT: &str = "INSERT INTO setting (user_id, origin_epoch, name, value, rev, origin_rev, op, stamps) \
        SELECT $1, $2, name, value, rev, rev, op, stamps \
        FROM unnest($3::text[], $4::jsonb[], $5::bigint[], $6::uuid[], $7::jsonb[]) it (name, value, rev, op, stamps) \
        ON CONFLICT (user_id, name) DO UPDATE SET value = EXCLUDED.value, rev = EXCLUDED.rev, origin_rev = EXCLUDED.rev, \
        origin_epoch = EXCLUDED.origin_epoch, op = EXCLUDED.op, stamps = EXCLUDED.stamps";
    if rows.is_empty() {
        return Ok(());
    }
    let parts = rows.iter().map(|new| match new.row.registers.get(&Slot::Setting) {
        Some(Register { value: Value::Setting(value), stamp }) => Ok((value, stamp)),
        _ => Err(lacks(new.row, "setting")),
    });
    let parts = parts.collect::<sqlx::Result<Vec<_>>>()?;
    let query = sqlx::query(PUT)
        .bind(writer.user)
        .bind(writer.epoch)
        .bind(column(rows, |it| it.key))
        .bind(column(&parts, |(value, _)| types::Json(*value)))
        .bind(column(rows, |it| it.row.rev.0))
        .bind(column(&parts, |(_, stamp)| stamp.op.0))
        .bind(column(rows, |it| types::Json(Stamps::of(it.row))));
    query.execute(connection).await?;
    Ok(())
}
