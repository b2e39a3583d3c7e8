//! Which histories a user's revisions belong to: `epoch`, and for a user alone `user_epoch`.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use uuid::Uuid;
use weekwise_protocol::sync::{EpochId, Fork, Rev};

use super::marks::relabel;
use crate::UserId;

/// The most epochs of a user alone. Each is a restore of which nobody said anything; more are no accident.
pub(crate) const MAX_EPOCHS: usize = 500;

/// The epochs of a user.
#[derive(Debug, Clone)]
pub(crate) struct Epochs {
    /// The one that revisions are given out in now.
    pub(crate) current: EpochId,
    /// The number of the database's own epoch now.
    pub(crate) number: i32,
    numbers: BTreeMap<i32, EpochId>,
    of_user: BTreeMap<EpochId, Option<Fork>>,
}

impl Epochs {
    /// Those of a user. `own` is what the head row says: an epoch of the user alone, and the number of the database's own one under which
    /// it began. The database has one at least.
    pub(crate) async fn load(
        connection: &mut PgConnection,
        user: &UserId,
        own: Option<(EpochId, i32)>,
    ) -> sqlx::Result<Self> {
        const OF_USER: &str = "SELECT epoch, fork_after, fork_into FROM user_epoch WHERE user_id = $1";
        let numbers: Vec<(i32, Uuid)> =
            sqlx::query_as("SELECT number, id FROM epoch").fetch_all(&mut *connection).await?;
        let numbers: BTreeMap<i32, EpochId> = numbers.into_iter().map(|(number, id)| (number, EpochId(id))).collect();
        let (&number, &current) = numbers.last_key_value().ok_or(sqlx::Error::RowNotFound)?;
        let of_user: Vec<(Uuid, Option<i64>, Option<Uuid>)> = match own {
            Some(_) => sqlx::query_as(OF_USER).bind(user).fetch_all(connection).await?,
            // The first one makes the head row say so.
            None => Vec::new(),
        };
        let fork = |(after, into): (i64, Uuid)| Fork { after: Rev(after), into: EpochId(into) };
        let of_user = of_user.into_iter().map(|(epoch, after, into)| (EpochId(epoch), after.zip(into).map(fork)));
        let own = own.filter(|(_, under)| *under == number).map(|(epoch, _)| epoch);
        Ok(Self { current: own.unwrap_or(current), number, numbers, of_user: of_user.collect() })
    }

    /// Whether an epoch was one of this user.
    pub(crate) fn is_earlier(&self, epoch: EpochId) -> bool {
        epoch != self.current && (self.of_user.contains_key(&epoch) || self.numbers.values().any(|it| *it == epoch))
    }

    /// Where an epoch forked.
    pub(crate) fn fork_of(&self, epoch: EpochId) -> Option<Fork> {
        self.of_user.get(&epoch).copied().flatten()
    }

    /// How many there were of this user alone.
    pub(crate) fn own(&self) -> usize {
        self.of_user.len()
    }

    /// The epoch of a revision that was given out while the database's own epoch had this number.
    pub(super) fn of(&self, number: i32, rev: i64) -> EpochId {
        let mut epoch = self.numbers.get(&number).copied().unwrap_or(self.current);
        // Each fork leads to a new epoch, so this ends.
        while let Some(fork) = self.fork_of(epoch).filter(|fork| Rev(rev) > fork.after) {
            epoch = fork.into;
        }
        epoch
    }
}

/// Begins a new epoch of a user, since `forked` is found to have forked. `heard` is the epoch that a device spoke of, which is an
/// earlier one from now on.
pub(crate) async fn fork(
    connection: &mut PgConnection,
    user: &UserId,
    epochs: &Epochs,
    (forked, fork): (EpochId, Fork),
    heard: EpochId,
) -> sqlx::Result<()> {
    const KNOW: &str = "INSERT INTO user_epoch (user_id, epoch) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    const FORK: &str = "INSERT INTO user_epoch (user_id, epoch, fork_after, fork_into) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (user_id, epoch) DO UPDATE SET fork_after = $3, fork_into = $4";
    const BEGIN: &str = "UPDATE head SET epoch = $2, epoch_number = $3 WHERE user_id = $1";
    for epoch in [fork.into, heard, epochs.current] {
        sqlx::query(KNOW).bind(user).bind(epoch.0).execute(&mut *connection).await?;
    }
    let query = sqlx::query(FORK).bind(user).bind(forked.0).bind(fork.after.0).bind(fork.into.0);
    query.execute(&mut *connection).await?;
    relabel(connection, user, forked, fork).await?;
    sqlx::query(BEGIN).bind(user).bind(fork.into.0).bind(epochs.number).execute(connection).await?;
    Ok(())
}
