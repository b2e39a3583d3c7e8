//! `conflict_copy`, as rows with registers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, postgres::PgRow, types::Json};
use uuid::Uuid;
use weekwise_domain::Change;
use weekwise_protocol::sync::{CopyId, Register, Rev, Row, RowKey, Slot, Value};

use super::{Reader, Span, Stamps, Writer, lacks, moment, schedule::written};
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

pub(super) async fn put(connection: &mut PgConnection, writer: &Writer<'_>, id: CopyId, row: &Row) -> sqlx::Result<()> {
    const PUT: &str = "INSERT INTO conflict_copy (user_id, id, rev, lost, made_at, op, stamps, resolved, resolved_rev, \
        resolved_origin_rev, resolved_origin_epoch, resolved_op) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $6) \
        ON CONFLICT (user_id, id) DO UPDATE SET rev = $3, lost = $4, made_at = $5, stamps = $7, resolved = $8, resolved_rev = $9, \
        resolved_origin_rev = $9, resolved_origin_epoch = $10, resolved_op = $6";
    let (Some(lost), Some(resolved)) = (row.registers.get(&Slot::Lost), row.registers.get(&Slot::Resolved)) else {
        return Err(lacks(row, "register"));
    };
    let (Value::Lost(change), Value::Resolved(is_resolved)) = (&lost.value, &resolved.value) else {
        return Err(lacks(row, "value"));
    };
    let made_at = moment(lost.stamp.at).unwrap_or(writer.now);
    let stamps = Stamps::of(row);
    let query = sqlx::query(PUT).bind(writer.user).bind(id.0).bind(row.rev.0).bind(Json(&**change)).bind(made_at);
    let query = query.bind(resolved.stamp.op.0).bind(stamps.json()).bind(*is_resolved).bind(resolved.stamp.rev.0);
    query.bind(writer.epoch).execute(connection).await?;
    Ok(())
}
