//! `operation`: what became of operations, so that one that comes again gets the same answer.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;
use sqlx::PgConnection;
use uuid::Uuid;
use weekwise_protocol::sync::{OpId, Outcome, RegisterKey, Rev};
use weekwise_sync::server::{Fingerprint, Known, NewOperation};

use super::{column, moment};
use crate::UserId;

type Columns = (Uuid, Vec<u8>, sqlx::types::Json<Outcome>, sqlx::types::Json<Vec<(RegisterKey, Rev)>>);

/// What became of some operations of devices, as far as they are known.
pub(crate) async fn known(
    connection: &mut PgConnection,
    user: &UserId,
    ops: &BTreeSet<OpId>,
) -> sqlx::Result<BTreeMap<OpId, Known>> {
    const FIND: &str = "SELECT op, fingerprint, outcome, saw FROM operation WHERE user_id = $1 AND op = ANY($2) \
        AND fingerprint IS NOT NULL AND outcome IS NOT NULL AND saw IS NOT NULL";
    let ids: Vec<Uuid> = ops.iter().map(|op| op.0).collect();
    let rows: Vec<Columns> = sqlx::query_as(FIND).bind(user).bind(ids).fetch_all(connection).await?;
    let known = rows.into_iter().map(|(op, fingerprint, outcome, saw)| {
        let fingerprint =
            fingerprint.try_into().map_err(|_| sqlx::Error::Decode("a fingerprint has 32 bytes".into()))?;
        Ok((OpId(op), Known { fingerprint: Fingerprint(fingerprint), outcome: outcome.0, saw: saw.0 }))
    });
    known.collect()
}

/// Records operations. `bodies` are what was asked for; of one that was rejected it is not kept, since the device has it.
pub(crate) async fn record(
    connection: &mut PgConnection,
    user: &UserId,
    operations: &[NewOperation],
    bodies: &BTreeMap<OpId, &Json>,
) -> sqlx::Result<()> {
    // One that the web client made is known by its rows alone.
    const RECORD: &str = "INSERT INTO operation (user_id, op, device, made_at, first_rev, last_rev, body, fingerprint, outcome, saw) \
        SELECT $1, op, device, made_at, first_rev, last_rev, body::jsonb, fingerprint, outcome::jsonb, saw::jsonb \
        FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::bigint[], $6::bigint[], $7::text[], $8::bytea[], $9::text[], \
            $10::text[]) it (op, device, made_at, first_rev, last_rev, body, fingerprint, outcome, saw) \
        ON CONFLICT (user_id, op) DO UPDATE SET fingerprint = EXCLUDED.fingerprint, outcome = EXCLUDED.outcome, saw = EXCLUDED.saw";
    if operations.is_empty() {
        return Ok(());
    }
    let body = |it: &NewOperation| {
        let is_kept = !matches!(it.known.outcome, Outcome::Rejected { .. });
        bodies.get(&it.op).filter(|_| is_kept).map(kept)
    };
    let query = sqlx::query(RECORD)
        .bind(user)
        .bind(column(operations, |it| it.op.0))
        .bind(column(operations, |it| it.by.as_str()))
        .bind(column(operations, |it| moment(it.at).unwrap_or_default()))
        .bind(column(operations, |it| it.revs.as_ref().map(|revs| *revs.start())))
        .bind(column(operations, |it| it.revs.as_ref().map(|revs| *revs.end())))
        .bind(column(operations, body))
        .bind(column(operations, |it| &it.known.fingerprint.0[..]))
        .bind(column(operations, |it| kept(&it.known.outcome)))
        .bind(column(operations, |it| kept(&it.known.saw)));
    query.execute(connection).await?;
    Ok(())
}

/// As a text that Postgres takes for JSON: U+0000, which it keeps nowhere, becomes U+FFFD. What is refused may quote it.
fn kept(value: impl Serialize) -> String {
    let text = serde_json::to_string(&value).unwrap_or_else(|_| "null".to_owned());
    text.replace("\\u0000", "\\ufffd")
}
