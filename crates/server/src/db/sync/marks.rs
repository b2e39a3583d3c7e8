//! `mark`: which transaction gave a revision out.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use uuid::Uuid;
use weekwise_protocol::sync::{EpochId, Fork, MAX_PAGE_TRAIL, Mark, Point, Rev};

use super::Span;
use crate::UserId;

/// The marks of the transactions that gave some revisions out, and their epochs; those that were not given out yet are left out.
pub(crate) async fn marks_at(
    connection: &mut PgConnection,
    user: &UserId,
    revs: impl Iterator<Item = Rev>,
) -> sqlx::Result<BTreeMap<Rev, (Mark, EpochId)>> {
    const FIND: &str = "SELECT asked.rev, found.mark, found.epoch FROM unnest($2::bigint[]) asked (rev), \
        LATERAL (SELECT mark, epoch FROM mark WHERE user_id = $1 AND mark.rev >= asked.rev ORDER BY mark.rev LIMIT 1) found";
    let revs: Vec<i64> = revs.map(|rev| rev.0).collect();
    let found: Vec<(i64, Uuid, Uuid)> = sqlx::query_as(FIND).bind(user).bind(revs).fetch_all(connection).await?;
    Ok(found.into_iter().map(|(rev, mark, epoch)| (Rev(rev), (Mark(mark), EpochId(epoch)))).collect())
}

/// The mark of the transaction that gave a revision out.
pub(crate) async fn mark_at(connection: &mut PgConnection, user: &UserId, rev: Rev) -> sqlx::Result<Option<Mark>> {
    Ok(marks_at(connection, user, [rev].into_iter()).await?.remove(&rev).map(|(mark, _)| mark))
}

/// The transactions of a span, the newest first: as many as a page names.
pub(crate) async fn marks_of(connection: &mut PgConnection, user: &UserId, span: Span) -> sqlx::Result<Vec<Point>> {
    const FIND: &str =
        "SELECT rev, mark FROM mark WHERE user_id = $1 AND rev > $2 AND rev <= $3 ORDER BY rev DESC LIMIT $4";
    let most = i64::try_from(MAX_PAGE_TRAIL).unwrap_or(i64::MAX);
    let query = sqlx::query_as(FIND).bind(user).bind(span.after).bind(span.through).bind(most);
    let found: Vec<(i64, Uuid)> = query.fetch_all(connection).await?;
    Ok(found.into_iter().map(|(rev, mark)| Point { rev: Rev(rev), mark: Some(Mark(mark)) }).collect())
}

/// Sets the mark of this transaction, before the head row moves to its last revision.
pub(crate) async fn mark(
    connection: &mut PgConnection,
    user: &UserId,
    rev: Rev,
    (mark, epoch): (Mark, EpochId),
) -> sqlx::Result<()> {
    let query = sqlx::query("INSERT INTO mark (user_id, rev, mark, epoch) VALUES ($1, $2, $3, $4)");
    query.bind(user).bind(rev.0).bind(mark.0).bind(epoch.0).execute(connection).await?;
    Ok(())
}

/// Counts what lies after a fork of an epoch to another one.
pub(super) async fn relabel(
    connection: &mut PgConnection,
    user: &UserId,
    epoch: EpochId,
    fork: Fork,
) -> sqlx::Result<()> {
    let query = sqlx::query("UPDATE mark SET epoch = $4 WHERE user_id = $1 AND epoch = $2 AND rev > $3");
    query.bind(user).bind(epoch.0).bind(fork.after.0).bind(fork.into.0).execute(connection).await?;
    Ok(())
}
