//! What the server has loaded of a user, and what it has to write back.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    sync::Arc,
};

use weekwise_domain::{Schedule, ScheduleId};
use weekwise_protocol::sync::{DeviceId, EpochId, Mark, OpId, Outcome, RegisterKey, Rev, Row, RowKey, Value, Version};

use super::{DeviceClock, Fingerprint};
use crate::{Rows, Sum};

/// The part of a user's data that a push touches: what [`Needs`](super::Needs) names.
#[derive(Debug, Clone)]
pub struct Account {
    /// The user's head row, locked.
    pub head: Head,
    /// The rows, as far as they are needed.
    pub rows: Rows,
    /// What purged schedules were, for as long as that is kept: a write that comes late can be restored with it.
    pub graves: BTreeMap<ScheduleId, Schedule>,
    /// The operations that are known, as far as they are needed.
    pub operations: BTreeMap<OpId, Known>,
    /// What is known of the clock of the device that pushes.
    pub clock: DeviceClock,
    /// How much more the account may hold.
    pub room: Room,
    /// The operations whose writes the device holds that pushes: it knew them.
    pub(super) held_ops: BTreeSet<OpId>,
    /// The schedules that the held rows of the push have in the trash.
    pub(super) held_in_trash: BTreeSet<ScheduleId>,
    pub(super) dirty: BTreeSet<RowKey>,
    pub(super) buried: BTreeSet<ScheduleId>,
    pub(super) recorded: Vec<NewOperation>,
}

/// A user's head row: the end of the user's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Which history it is.
    pub epoch: EpochId,
    /// The last revision that was given to a row.
    pub rev: Rev,
    /// The mark of the transaction that gave it out; none where there was none.
    pub mark: Option<Mark>,
    /// The sum over all rows.
    pub sum: Sum,
}

/// An operation that was judged before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Of its body.
    pub fingerprint: Fingerprint,
    /// What became of it.
    pub outcome: Outcome,
    /// Registers that it left as they were though its writer had seen what they hold, with the revisions of that: they had its
    /// value already, or it lost on account of another register. What was written on top of it was written on top of those.
    pub saw: Vec<(RegisterKey, Rev)>,
}

/// An operation to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOperation {
    /// Which one.
    pub op: OpId,
    /// The device that made it.
    pub by: DeviceId,
    /// When it was made, as estimated (milliseconds since 1970, UTC).
    pub at: i64,
    /// The revisions that its rows took, conflict copies among them; none if it wrote nothing.
    pub revs: Option<RangeInclusive<i64>>,
    /// What became of it.
    pub known: Known,
}

/// How much more an account may hold. What the server writes by itself (conflict copies) is never refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Rows.
    pub rows: i64,
    /// Bytes, as [`Room::bytes_of`] counts them.
    pub bytes: i64,
}

/// What is to be written, in the transaction that holds the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The head row. Where its revision is higher than before, its mark is new: it is to be kept for that revision, for good.
    pub head: Head,
    /// The rows that changed, as they are now; none where the row is removed.
    pub rows: BTreeMap<RowKey, Option<Row>>,
    /// What purged schedules were.
    pub graves: BTreeMap<ScheduleId, Schedule>,
    /// The operations to record.
    pub operations: Vec<NewOperation>,
    /// What is known now of the device's clock.
    pub clock: DeviceClock,
}

impl Room {
    /// As much as can be counted: for accounts without a limit.
    pub const ENDLESS: Self = Self { rows: i64::MAX, bytes: i64::MAX };

    /// What a row counts for: its values as JSON, and what its versions hold beyond the one revision that they have as long as nothing
    /// is restored.
    pub fn bytes_of(row: &Row) -> i64 {
        row.registers.values().map(|register| Self::bytes_of_register(&register.value, &register.stamp.version)).sum()
    }

    /// What a register counts for.
    pub(super) fn bytes_of_register(value: &Value, version: &Version) -> i64 {
        const EPOCH: usize = 60; // an epoch and a revision as JSON
        let value = match value {
            // To put something into the trash, or to deal with a copy, is no growth.
            Value::Active(_) | Value::Resolved(_) => 0,
            value => value.write().to_string().len(),
        };
        let bytes = value + EPOCH * version.iter().count().saturating_sub(1);
        i64::try_from(bytes).unwrap_or(i64::MAX)
    }
}

impl Account {
    /// An account of which nothing is loaded yet but the head row.
    pub fn new(head: Head) -> Self {
        Self {
            head,
            rows: Rows::default(),
            graves: BTreeMap::new(),
            operations: BTreeMap::new(),
            clock: DeviceClock::default(),
            room: Room::ENDLESS,
            held_ops: BTreeSet::new(),
            held_in_trash: BTreeSet::new(),
            dirty: BTreeSet::new(),
            buried: BTreeSet::new(),
            recorded: Vec::new(),
        }
    }

    /// Everything that changed.
    pub fn into_written(self) -> Written {
        let Self { head, rows, graves, clock, dirty, buried, recorded, .. } = self;
        Written {
            head,
            rows: dirty.into_iter().map(|key| (key.clone(), rows.get(&key).cloned())).collect(),
            graves: graves.into_iter().filter(|(id, _)| buried.contains(id)).collect(),
            operations: recorded,
            clock,
        }
    }

    pub(super) fn put_row(&mut self, row: Row) {
        self.take_row(&row.key.clone());
        self.head.sum.add(&row.key, row.rev);
        self.rows.insert(row);
    }

    pub(super) fn take_row(&mut self, key: &RowKey) -> Option<Row> {
        self.dirty.insert(key.clone());
        let old = self.rows.remove(key)?;
        self.head.sum.remove(key, old.rev);
        Some(Arc::unwrap_or_clone(old))
    }
}
