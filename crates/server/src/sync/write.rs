//! A push in its transaction.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use weekwise_protocol::sync::{Mark, OpId, Push, PushReply, Refusal, RowKey};
use weekwise_sync::{
    Rows,
    server::{Account, Needs, Room, Standing, Written},
};

use super::history::{History, random_uuid};
use crate::{
    UserId,
    db::{checksum::Checksum, head::Head, sync as tables},
};

/// The most rows of an account.
pub(super) const MAX_ROWS: i64 = 200_000;
/// The most bytes of what devices have pushed to an account, as [`Room::bytes_of`] counts them.
pub(super) const MAX_BYTES: i64 = 64 * 1024 * 1024;

/// Does a push: all of it or nothing.
pub(super) async fn push(
    pool: &PgPool,
    user: &UserId,
    push: &Push,
    now: DateTime<Utc>,
) -> sqlx::Result<Result<PushReply, Refusal>> {
    let mut transaction = pool.begin().await?;
    let connection = &mut *transaction;
    let Some(mut head) = Head::lock(connection, user).await? else { return Ok(Err(Refusal::AccountGone)) };
    let history = History::read(connection, user).await?;
    match history.standing(connection, user, push.epoch, &push.trail).await? {
        Standing::Here => {}
        Standing::Earlier { common, is_here } => return Ok(Err(history.resync(push.epoch, common, is_here))),
        Standing::Forked { epoch, common } => {
            let refusal = history.fork(connection, user, push.epoch, (epoch, common)).await?;
            transaction.commit().await?;
            return Ok(Err(refusal));
        }
    }
    let mark = Mark(random_uuid());
    let (before, reply, written) = judge(connection, user, &history, push, now, mark).await?;
    store(connection, user, &history, &mut head, push, &before, written, now).await?;
    transaction.commit().await?;
    Ok(Ok(reply))
}

/// Judges it, on the rows that it touches, which are returned with what comes of it.
async fn judge(
    connection: &mut PgConnection,
    user: &UserId,
    history: &History,
    push: &Push,
    now: DateTime<Utc>,
    mark: Mark,
) -> sqlx::Result<(Rows, PushReply, Written)> {
    let received = now.timestamp_millis();
    let mut needs = Needs::of(push);
    let mut account = load(connection, user, history, push, &needs).await?;
    let (mut reply, mut written) = account.clone().push(push, received, mark);
    // The ids of conflict copies follow from what lost; after a restore one may be there already.
    let there = tables::copies_there(connection, user, written.new_copies()).await?;
    if !there.is_empty() {
        needs.copies.extend(there);
        account = load(connection, user, history, push, &needs).await?;
        (reply, written) = account.clone().push(push, received, mark);
    }
    Ok((account.rows, reply, written))
}

async fn load(
    connection: &mut PgConnection,
    user: &UserId,
    history: &History,
    push: &Push,
    needs: &Needs,
) -> sqlx::Result<Account> {
    let reader = tables::Reader { user, epochs: &history.epochs };
    let mut account = tables::load(connection, reader, history.head, needs).await?;
    account.clock = tables::clock(connection, user, &push.device_id).await?;
    // Each row has a revision of its own: there are no more rows than revisions.
    let rows = match history.head.rev.0 {
        rev if rev <= MAX_ROWS / 2 => rev,
        _ => tables::count(connection, user).await?,
    };
    account.room = Room { rows: (MAX_ROWS - rows).max(0), bytes: (MAX_BYTES - history.bytes).max(0) };
    Ok(account)
}

/// Writes down what a push comes to. `before` are the rows that it touches as they were.
#[expect(clippy::too_many_arguments, reason = "they are what one transaction is about")]
async fn store(
    connection: &mut PgConnection,
    user: &UserId,
    history: &History,
    head: &mut Head,
    push: &Push,
    before: &Rows,
    written: Written,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    tables::pushed(connection, user, &push.device_id, written.clock, now).await?;
    let bodies = bodies(push);
    let body = |op: OpId| bodies.iter().find(|(id, _)| *id == op).map(|(_, body)| *body);
    tables::record(connection, user, &written.operations, body).await?;
    if written.head.rev == history.head.rev {
        return Ok(());
    }
    if let Some(mark) = written.head.mark {
        tables::mark(connection, user, written.head.rev, (mark, written.head.epoch)).await?;
    }
    let writer = tables::Writer { user, epoch: history.epochs.number, now };
    let mut bytes = 0;
    for (key, row) in &written.rows {
        let old = before.get(key);
        bytes -= old.map_or(0, Room::bytes_of);
        let Some(row) = row else {
            writer.remove(connection, key).await?;
            continue;
        };
        bytes += Room::bytes_of(row);
        let has_number = matches!(key, RowKey::Schedule(_) | RowKey::Exception(_));
        let integer_id = if has_number && old.is_none() { head.integer_id() } else { 0 };
        writer.put(connection, row, integer_id).await?;
    }
    for (id, was) in &written.graves {
        writer.bury(connection, *id, was).await?;
    }
    let sum = weekwise_protocol::sync::Checksum::from(written.head.sum);
    head.advance(written.head.rev.0, Checksum::from(sum.0));
    head.store(connection, user).await?;
    let query = sqlx::query("UPDATE head SET bytes = greatest(bytes + $2, 0) WHERE user_id = $1");
    query.bind(user).bind(bytes).execute(connection).await?;
    Ok(())
}

fn bodies(push: &Push) -> Vec<(OpId, &serde_json::Value)> {
    let id = |body: &serde_json::Value| serde_json::from_value(body.get("op")?.clone()).ok();
    push.ops.iter().filter_map(|body| Some((id(body)?, body))).collect()
}
