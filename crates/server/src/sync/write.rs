//! A push in its transaction.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{PgConnection, PgPool};
use weekwise_protocol::sync::{Checksum, Mark, OpId, Push, PushReply, Refusal};
use weekwise_sync::{
    Rows,
    server::{Account, Needs, Room, Standing, Written},
};

use super::{
    Refused,
    history::{History, random_uuid},
    refused::too_many,
};
use crate::{
    UserId,
    db::{
        head::{Head, Pushed},
        sync as tables,
    },
};

/// The most bytes of what devices have pushed to an account, as [`Room::bytes_of`] counts them.
const MAX_BYTES: i64 = 64 * 1024 * 1024;

/// The most operations that devices may push to an account in a day, whatever becomes of them: their outcomes are kept for good.
const MAX_OPERATIONS: i64 = 100_000;
/// The most bytes that they may push in a day.
const MAX_PUSHED: i64 = 256 * 1024 * 1024;
/// After so many bytes in a day it is no longer kept what exactly an operation asked for.
const MAX_BODIES: i64 = 16 * 1024 * 1024;
const DAY: TimeDelta = TimeDelta::days(1);

/// A push as it came in.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) push: &'a Push,
    /// How long its body was.
    pub(super) bytes: usize,
    pub(super) now: DateTime<Utc>,
}

/// Does a push: all of it or nothing.
pub(super) async fn push(pool: &PgPool, user: &UserId, asked: Asked<'_>) -> Result<PushReply, Refused> {
    let mut transaction = pool.begin().await?;
    let connection = &mut *transaction;
    let Some(mut head) = Head::lock(connection, user).await? else { return Err(Refusal::AccountGone.into()) };
    count(head.pushed(), asked)?;
    let history = History::read(connection, user).await?;
    let Asked { push, now, .. } = asked;
    match history.standing(connection, user, push.epoch, &push.trail).await? {
        Standing::Here => {}
        Standing::Earlier { common, is_here } => return Err(history.resync(push.epoch, common, is_here).into()),
        Standing::Forked { epoch, common } => {
            let refusal = history.fork(connection, user, push.epoch, (epoch, common)).await?;
            transaction.commit().await?;
            return Err(refusal.into());
        }
    }
    let mut pushing = Pushing { user, push, now, head, history };
    let (before, reply, written) = pushing.judge(connection).await?;
    pushing.store(connection, &before, &written).await?;
    transaction.commit().await?;
    Ok(reply)
}

/// Counts a push, unless it would be too much for a day.
fn count(pushed: &mut Pushed, Asked { push, bytes, now }: Asked<'_>) -> Result<(), Refused> {
    if now - pushed.since > DAY {
        *pushed = Pushed { since: now, ..Pushed::default() };
    }
    pushed.operations += push.ops.len() as i64;
    pushed.bytes += bytes as i64;
    if pushed.operations > MAX_OPERATIONS || pushed.bytes > MAX_PUSHED {
        let left = (pushed.since + DAY - now).num_seconds();
        return Err(too_many(left.try_into().unwrap_or(0) + 1));
    }
    Ok(())
}

/// A push under way: the user's head row is locked.
struct Pushing<'a> {
    user: &'a UserId,
    push: &'a Push,
    now: DateTime<Utc>,
    head: Head,
    history: History,
}

impl Pushing<'_> {
    /// Judges it, on the rows that it touches, which are returned as they were with what comes of it.
    async fn judge(&self, connection: &mut PgConnection) -> sqlx::Result<(Rows, PushReply, Written)> {
        let mark = Mark(random_uuid());
        let received = self.now.timestamp_millis();
        let mut needs = Needs::of(self.push);
        let mut account = self.load(connection, &needs).await?;
        let (mut reply, mut written) = account.clone().push(self.push, received, mark);
        // The ids of conflict copies follow from what lost; after a restore one may be there already.
        let there = tables::copies_there(connection, self.user, written.new_copies()).await?;
        if !there.is_empty() {
            needs.copies.extend(there);
            account = self.load(connection, &needs).await?;
            (reply, written) = account.clone().push(self.push, received, mark);
        }
        Ok((account.rows, reply, written))
    }

    async fn load(&self, connection: &mut PgConnection, needs: &Needs) -> sqlx::Result<Account> {
        let reader = tables::Reader { user: self.user, epochs: &self.history.epochs };
        let mut account = tables::load(connection, reader, self.history.head, needs).await?;
        account.clock = tables::clock(connection, self.user, &self.push.device_id).await?;
        let rows = tables::room(connection, self.user, self.head.rev()).await?;
        account.room = Room { rows, bytes: (MAX_BYTES - self.head.bytes()).max(0) };
        Ok(account)
    }

    /// Writes down what it comes to. `before` are the rows that it touches as they were.
    async fn store(&mut self, connection: &mut PgConnection, before: &Rows, written: &Written) -> sqlx::Result<()> {
        let pushed =
            tables::DevicePush { device: &self.push.device_id, name: self.push.device_name.as_ref(), at: self.now };
        tables::pushed(connection, self.user, pushed, written.clock).await?;
        let are_kept = self.head.pushed().bytes <= MAX_BODIES;
        let bodies = if are_kept { bodies(self.push) } else { BTreeMap::new() };
        tables::record(connection, self.user, &written.operations, &bodies).await?;
        if written.head.rev == self.history.head.rev {
            return self.head.store(connection, self.user).await;
        }
        if let Some(mark) = written.head.mark {
            tables::mark(connection, self.user, written.head.rev, (mark, written.head.epoch)).await?;
        }
        let (mut changed, mut bytes) = (tables::Changed::default(), 0);
        for (key, row) in &written.rows {
            let old = before.get(key);
            bytes -= old.map_or(0, Room::bytes_of);
            match row {
                Some(row) => {
                    bytes += Room::bytes_of(row);
                    changed.put(row, || if old.is_none() { self.head.integer_id() } else { 0 })?;
                }
                // One that came and went with this very push was never stored.
                None if old.is_none() => {}
                None => changed.remove(key)?,
            }
        }
        let writer = tables::Writer { user: self.user, epoch: self.history.epochs.number, now: self.now };
        writer.store(connection, &changed, &written.graves).await?;
        let Checksum(sum) = written.head.sum.into();
        self.head.advance(written.head.rev.0, sum.into(), bytes);
        self.head.store(connection, self.user).await
    }
}

/// What was asked for, by operation.
fn bodies(push: &Push) -> BTreeMap<OpId, &serde_json::Value> {
    let id = |body: &serde_json::Value| serde_json::from_value(body.get("op")?.clone()).ok();
    // Of two with one id the first one is done.
    push.ops.iter().rev().filter_map(|body| Some((id(body)?, body))).collect()
}

#[cfg(test)]
mod tests {
    use axum::{http::StatusCode, response::IntoResponse as _};
    use weekwise_protocol::sync::{DeviceId, EpochId, PROTO};

    use super::*;

    #[test]
    fn so_much_is_taken_in_a_day() {
        let push = Push {
            proto: PROTO,
            epoch: EpochId(uuid::Uuid::nil()),
            trail: Vec::new(),
            device_id: DeviceId::from(uuid::Uuid::nil()),
            device_name: None,
            device_now_ms: 0,
            pending_after: 0,
            held: Vec::new(),
            ops: vec![serde_json::Value::Null; 500],
        };
        let began: DateTime<Utc> = "2026-11-25T12:00:00Z".parse().unwrap();
        let at = |hours| Asked { push: &push, bytes: 1024 * 1024, now: began + TimeDelta::hours(hours) };
        let mut pushed = Pushed::default();
        for _ in 0..200 {
            count(&mut pushed, at(0)).unwrap();
        }
        let refused = count(&mut pushed, at(10)).unwrap_err().into_response();
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS, "100,000 operations were pushed");
        assert_eq!(refused.headers()["retry-after"], (14 * 3600 + 1).to_string());
        count(&mut pushed, at(25)).unwrap();
        assert_eq!((pushed.since, pushed.operations), (began + TimeDelta::hours(25), 500));
        let large = Asked { bytes: 255 * 1024 * 1024 + 1, ..at(26) };
        count(&mut pushed, large).unwrap_err();
    }
}
