//! `conflict_copy`, as rows with registers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, postgres::PgRow, types::Json};
use uuid::Uuid;
use weekwise_domain::Change;
use weekwise_protocol::sync::{CopyId, Register, Rev, Row, RowKey, Slot, Stamp, Value};

use super::{New, Reader, Span, Stamps, Writer, column, lacks, moment, schedule::written};
use crate::{UserId, db::columns::Columns};

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, rev, made_at, stamps, lost, resolved, resolved_rev, resolved_origin_epoch, resolved_origin_rev, resolved_op \
             FROM conflict_copy WHERE user_id = $1 AND ",
            $tail
        )
    };
}

pub(super) async fn between(connection: &mut PgConnection, reader: Reader<'_>, span: Span) -> sqlx::Result<Vec<Row>> {
    let query = sqlx::query(select!("rev > $2 AND rev <= $3")).bind(reader.user).bind(span.after).bind(span.through);
    query.fetch_all(connection).await?.iter().map(|row| read(row, reader)).collect()
}

pub(super) async fn needed(
    connection: &mut PgConnection,
    reader: Reader<'_>,
    copies: &BTreeSet<CopyId>,
) -> sqlx::Result<Vec<Row>> {
    if copies.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = copies.iter().map(|id| id.0).collect();
    let query = sqlx::query(select!("id = ANY($2)")).bind(reader.user).bind(ids);
    query.fetch_all(connection).await?.iter().map(|row| read(row, reader)).collect()
}

pub(super) async fn there(
    connection: &mut PgConnection,
    user: &UserId,
    ids: impl Iterator<Item = CopyId>,
) -> sqlx::Result<Vec<CopyId>> {
    let ids: Vec<Uuid> = ids.map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = sqlx::query_scalar("SELECT id FROM conflict_copy WHERE user_id = $1 AND id = ANY($2)");
    let found: Vec<Uuid> = query.bind(user).bind(ids).fetch_all(connection).await?;
    Ok(found.into_iter().map(CopyId).collect())
}

fn read(row: &PgRow, reader: Reader<'_>) -> sqlx::Result<Row> {
    let mut columns = Columns::of(row, "conflict_copy");
    let key = RowKey::ConflictCopy(CopyId(columns.get()?));
    let (rev, made_at): (i64, DateTime<Utc>) = (columns.get()?, columns.get()?);
    let Json(stamps): Json<Stamps> = columns.get()?;
    let Json(change): Json<Change> = columns.get()?;
    let resolved = Value::Resolved(columns.get()?);
    let (stamp, _) = stamps.stamp(&Slot::Resolved, written(&mut columns)?, reader.epochs, made_at);
    let lost = stamps.own(&Slot::Lost).unwrap_or_else(|| stamp.clone());
    let lost = Register { value: Value::Lost(Box::new(change)), stamp: lost };
    let resolved = Register { value: resolved, stamp };
    Ok(Row { key, rev: Rev(rev), registers: BTreeMap::from([(Slot::Lost, lost), (Slot::Resolved, resolved)]) })
}

/// Puts rows in the place of those with their keys, all in one statement.
pub(super) async fn put(
    connection: &mut PgConnection,
    writer: &Writer<'_>,
    rows: &[New<'_, CopyId>],
) -> sqlx::Result<()> {
    const PUT: &str = "INSERT INTO conflict_copy (user_id, resolved_origin_epoch, id, rev, lost, made_at, op, stamps, resolved, \
        resolved_rev, resolved_origin_rev, resolved_op) \
        SELECT $1, $2, id, rev, lost, made_at, op, stamps, resolved, resolved_rev, resolved_rev, op \
        FROM unnest($3::uuid[], $4::bigint[], $5::jsonb[], $6::timestamptz[], $7::uuid[], $8::jsonb[], $9::boolean[], $10::bigint[]) \
        it (id, rev, lost, made_at, op, stamps, resolved, resolved_rev) \
        ON CONFLICT (user_id, id) DO UPDATE SET rev = EXCLUDED.rev, lost = EXCLUDED.lost, made_at = EXCLUDED.made_at, \
        stamps = EXCLUDED.stamps, resolved = EXCLUDED.resolved, resolved_rev = EXCLUDED.resolved_rev, \
        resolved_origin_rev = EXCLUDED.resolved_rev, resolved_origin_epoch = EXCLUDED.resolved_origin_epoch, \
        resolved_op = EXCLUDED.resolved_op";
    if rows.is_empty() {
        return Ok(());
    }
    let parts = rows.iter().map(Parts::of).collect::<sqlx::Result<Vec<_>>>()?;
    let query = sqlx::query(PUT)
        .bind(writer.user)
        .bind(writer.epoch)
        .bind(column(rows, |it| it.key.0))
        .bind(column(rows, |it| it.row.rev.0))
        .bind(column(&parts, |it| Json(it.lost.0)))
        .bind(column(&parts, |it| moment(it.lost.1.at).unwrap_or(writer.now)))
        .bind(column(&parts, |it| it.resolved.1.op.0))
        .bind(column(rows, |it| Json(Stamps::of(it.row))))
        .bind(column(&parts, |it| it.resolved.0))
        .bind(column(&parts, |it| it.resolved.1.rev.0));
    query.execute(connection).await?;
    Ok(())
}

/// The registers of a row, each with its stamp.
struct Parts<'a> {
    lost: (&'a Change, &'a Stamp),
    resolved: (bool, &'a Stamp),
}

impl<'a> Parts<'a> {
    fn of(new: &New<'a, CopyId>) -> sqlx::Result<Self> {
        let register = |slot: Slot| new.row.registers.get(&slot).ok_or_else(|| lacks(new.row, slot.name()));
        let (lost, resolved) = (register(Slot::Lost)?, register(Slot::Resolved)?);
        match (&lost.value, &resolved.value) {
            (Value::Lost(change), Value::Resolved(is_resolved)) => {
                Ok(Self { lost: (change, &lost.stamp), resolved: (*is_resolved, &resolved.stamp) })
            }
            _ => Err(lacks(new.row, "value")),
        }
    }
}
