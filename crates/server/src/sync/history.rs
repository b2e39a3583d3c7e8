//! A user's history, and whether a device speaks of it.

use std::collections::BTreeMap;

use rand::random;
use sqlx::PgConnection;
use uuid::{Builder, Uuid};
use weekwise_protocol::sync::{Checksum, EpochId, Fork, MAX_TRAIL, Mark, Point, Refusal, Rev};
use weekwise_sync::server::{Head, Standing, relabel, standing};

use crate::{
    UserId,
    db::sync::{Epochs, MAX_EPOCHS, Reader, Span, between, fork, marks_at, restamp},
};

/// As it is in one transaction.
pub(super) struct History {
    pub(super) head: Head,
    pub(super) epochs: Epochs,
}

impl History {
    pub(super) async fn read(connection: &mut PgConnection, user: &UserId) -> sqlx::Result<Self> {
        const READ: &str = "SELECT head.rev, checksum, mark, head.epoch, epoch_number FROM head \
            LEFT JOIN mark ON mark.user_id = head.user_id AND mark.rev = head.rev WHERE head.user_id = $1";
        type Columns = (i64, Vec<u8>, Option<Uuid>, Option<Uuid>, Option<i32>);
        let found: Option<Columns> = sqlx::query_as(READ).bind(user).fetch_optional(&mut *connection).await?;
        // Who has never written has none.
        let (rev, checksum, mark, own) = match found {
            Some((rev, sum_of_rows, mark, epoch, number)) => {
                (Rev(rev), sum(&sum_of_rows)?, mark.map(Mark), epoch.map(EpochId).zip(number))
            }
            None => (Rev::ZERO, Checksum::default(), None, None),
        };
        let epochs = Epochs::load(connection, user, own).await?;
        let head = Head { epoch: epochs.current, rev, mark, sum: checksum.into() };
        Ok(Self { head, epochs })
    }

    /// How what a device has heard of stands to it.
    pub(super) async fn standing(
        &self,
        connection: &mut PgConnection,
        user: &UserId,
        epoch: EpochId,
        trail: &[Point],
    ) -> sqlx::Result<Standing> {
        let trail = &trail[..trail.len().min(MAX_TRAIL)];
        let marks: BTreeMap<Rev, (Mark, EpochId)> =
            marks_at(connection, user, trail.iter().map(|point| point.rev)).await?;
        let mark_at = |rev: Rev| marks.get(&rev).copied();
        Ok(standing(&self.head, (epoch, trail), self.epochs.is_earlier(epoch), mark_at))
    }

    /// What a device is told that has pulled another history.
    pub(super) fn resync(&self, of: EpochId, common: Rev, is_here: bool) -> Refusal {
        let fork = self.epochs.fork_of(of).filter(|_| is_here);
        Refusal::Resync { epoch: self.head.epoch, common, fork }
    }

    /// Begins a new epoch for the user, since a device spoke of `heard` and of a history that is not this one: what the epoch `forked`
    /// gave out here after `common` is counted to the new one. The head row must be locked.
    pub(super) async fn fork(
        &self,
        connection: &mut PgConnection,
        user: &UserId,
        heard: EpochId,
        (forked, common): (EpochId, Rev),
    ) -> sqlx::Result<Refusal> {
        if self.epochs.own() >= MAX_EPOCHS {
            let detail = "the account has begun too many histories of its own".to_owned();
            return Ok(Refusal::Malformed { detail });
        }
        let begun = Fork { after: common, into: EpochId(random_uuid()) };
        let span = Span { after: common.0, through: self.head.rev.0 };
        let rows = between(connection, Reader { user, epochs: &self.epochs }, span).await?;
        let relabelled = relabel(&rows, forked, begun).into_iter().collect();
        restamp(connection, user, &relabelled).await?;
        fork(connection, user, &self.epochs, (forked, begun), heard).await?;
        tracing::warn!(%user, "a device knows another history: a new epoch begins after revision {common}");
        Ok(Refusal::Resync { epoch: begun.into, common, fork: None })
    }
}

/// A UUID that nobody can guess, and that is never made twice.
pub(super) fn random_uuid() -> Uuid {
    Builder::from_random_bytes(random()).into_uuid()
}

fn sum(bytes: &[u8]) -> sqlx::Result<Checksum> {
    let bytes = bytes.try_into().map_err(|_| sqlx::Error::Decode("a checksum has 16 bytes".into()))?;
    Ok(Checksum(u128::from_be_bytes(bytes)))
}
