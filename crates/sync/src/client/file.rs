//! What an account's file holds for sync.

use std::{collections::BTreeMap, sync::Arc};

use weekwise_protocol::sync::{DeviceId, EpochId, MAX_TRAIL, Operation, Point, Reason, Rev, Row, RowKey, Version};

use crate::{Rows, Sum};

/// The part of an account's file that a step needs: what stands in single rows (cursor, sum …), the whole of what is held, and
/// - for a page: the server's rows with its keys, all segments of the series that schedules among them are or were in, and the operations
///   that the server has;
/// - for an edit: the server's rows that it changes or names; for one of a whole series, all rows of the series;
/// - for a push: the operations to be pushed, for its reply those that were; to set one aside, the whole outbox;
/// - and in any case: of each row that is named so, or held, the operations that write to it, and the server's rows that these write to,
///   with all segments of their series, and all its exceptions where they remove a schedule for good; and of these, again, the operations
///   that write to them, until nothing more comes of it;
/// - and with each schedule that is named so, whether it is there or not, its tombstone.
///
/// A test keeps a whole file in it.
#[derive(Debug, Clone)]
pub struct File {
    /// The device, as the server knows it.
    pub device: DeviceId,
    /// The history that is pulled; none before the first pull.
    pub epoch: Option<EpochId>,
    /// How far it is pulled.
    pub cursor: Rev,
    /// Points of it that were heard of, from pages or from replies to pushes, the newest first: the last 32, and ever fewer of those
    /// before. After a point 0 come those of histories that were pulled before, and that are not in this one. By them it is found after a
    /// restore up to where two histories are the same.
    pub trail: Vec<Point>,
    /// Up to where *everything* is known, of this history and of earlier ones: pages up to the head of that time.
    pub known: Version,
    /// The sum over the server's rows.
    pub sum: Sum,
    /// The server's rows, as they were pulled.
    pub base: Rows,
    /// Rows of lost histories that the server may not have any more.
    pub held: BTreeMap<HeldId, Held>,
    /// Operations that wait, as far as they are needed, in the order in which they were made.
    pub outbox: BTreeMap<Seq, Pending>,
    /// The next place in the outbox, and the next held row. Never used twice.
    pub next: u64,
    pub(super) changes: Changes,
}

/// The place of an operation in the outbox: its edits come in the order of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

/// Names a held row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeldId(pub u64);

/// An operation that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// What is pushed. It never changes, but for the words in which it says what its writer had seen.
    pub operation: Operation,
    /// The server has it, and whoever pulls up to this revision sees what came of it. Until then it stays in the view.
    pub through: Option<Rev>,
}

/// A row of a lost history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The row, as it was pulled, without the registers that the server has; as a whole, if it is in the trash and not there on the server.
    pub row: Row,
    /// As for [`Pending::through`].
    pub through: Option<Rev>,
}

/// What was rejected: shown to the person, with the reason and a way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejected {
    /// An edit.
    Operation {
        /// The edit.
        operation: Operation,
        /// Why.
        reason: Reason,
    },
    /// A row of a lost history.
    Held {
        /// The row.
        row: Row,
        /// Why.
        reason: Reason,
    },
}

/// What a step changed: to be stored in one transaction. What stands in single rows is stored as it is in the [`File`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// The server's rows; none where one is gone.
    pub base: BTreeMap<RowKey, Option<Arc<Row>>>,
    /// What is shown; none where nothing is. Registers that are not pulled yet have the revision 0.
    pub view: BTreeMap<RowKey, Option<Arc<Row>>>,
    /// The outbox; none where an operation left it.
    pub outbox: BTreeMap<Seq, Option<Pending>>,
    /// Held rows; none where one is no longer needed.
    pub held: BTreeMap<HeldId, Option<Held>>,
    /// What was rejected.
    pub rejected: Vec<Rejected>,
}

/// The most points of the history that is pulled.
const LONGEST: usize = 64;

impl File {
    /// An account's file to which nothing was pulled yet.
    pub fn new(device: DeviceId) -> Self {
        Self {
            device,
            epoch: None,
            cursor: Rev::ZERO,
            trail: Vec::new(),
            known: Version::default(),
            sum: Sum::default(),
            base: Rows::default(),
            held: BTreeMap::new(),
            outbox: BTreeMap::new(),
            next: 1,
            changes: Changes::default(),
        }
    }

    /// What has changed since this was asked last.
    pub fn take_changes(&mut self) -> Changes {
        std::mem::take(&mut self.changes)
    }

    /// The operations that the server does not have yet.
    pub fn unsent(&self) -> impl Iterator<Item = (Seq, &Pending)> {
        self.outbox.iter().filter(|(_, it)| it.through.is_none()).map(|(seq, it)| (*seq, it))
    }

    /// The held rows that the server does not have yet.
    pub fn unkept(&self) -> impl Iterator<Item = (HeldId, &Held)> {
        self.held.iter().filter(|(_, it)| it.through.is_none()).map(|(id, it)| (*id, it))
    }

    /// Whether the file has everything up to the head, as of its last page.
    pub fn is_complete(&self) -> bool {
        let mut known = self.known.iter();
        self.epoch.is_some_and(|epoch| known.any(|it| it == (epoch, self.cursor)))
    }

    /// A point of the history was heard of. What is heard of may come after it, if that is from a reply to a push.
    pub(super) fn reach(&mut self, point: Point) {
        let at = self.trail.iter().position(|known| known.rev <= point.rev).unwrap_or(self.trail.len());
        if point.rev > Rev::ZERO && self.trail.get(at).is_none_or(|known| known.rev != point.rev) {
            self.trail.insert(at, point);
            self.thin_trail();
        }
    }

    /// The history that was pulled is left for one that is known to be the same up to `common`.
    pub(super) fn leave(&mut self, common: Rev) {
        let mut histories = self.trail.split(|point| point.rev == Rev::ZERO);
        let own = histories.next().unwrap_or_default().iter().copied();
        let past: Vec<Point> = histories.flatten().copied().collect();
        // If it is one of those before that has come back, this one says nothing of it.
        let has_come_back = past.iter().any(|point| point.rev == common);
        let (mut trail, lost): (Vec<Point>, Vec<Point>) = own.partition(|it| !has_come_back && it.rev <= common);
        let past: Vec<Point> = lost.into_iter().chain(past).take(MAX_TRAIL - 1 - LONGEST).collect();
        if !past.is_empty() {
            trail.push(Point::default());
            trail.extend(past);
        }
        self.trail = trail;
    }

    /// Leaves out of the older points the one that is missed least: the closer its neighbours are, and the further back.
    fn thin_trail(&mut self) {
        let own = self.trail.iter().position(|point| point.rev == Rev::ZERO).unwrap_or(self.trail.len());
        let Some(head) = self.trail.first().map(|point| point.rev).filter(|_| own > LONGEST) else { return };
        let gap = |at: usize| self.trail[at - 1].rev.0 - self.trail[at + 1].rev.0;
        let back = |at: usize| (head.0 - self.trail[at].rev.0).max(1);
        // gap / back, compared without fractions.
        let is_less = |one: &usize, other: &usize| {
            let (one, other) =
                (i128::from(gap(*one)) * i128::from(back(*other)), i128::from(gap(*other)) * i128::from(back(*one)));
            one.cmp(&other)
        };
        if let Some(least) = (LONGEST / 2..own - 1).min_by(is_less) {
            self.trail.remove(least);
        }
    }

    pub(super) fn next_number(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    pub(super) fn put_base(&mut self, row: impl Into<Arc<Row>>) {
        let row = row.into();
        self.remove_base(&row.key.clone());
        self.sum.add(&row.key, row.rev);
        self.changes.base.insert(row.key.clone(), Some(row.clone()));
        self.base.insert(row);
    }

    pub(super) fn remove_base(&mut self, key: &RowKey) -> Option<Arc<Row>> {
        let old = self.base.remove(key)?;
        self.sum.remove(key, old.rev);
        self.changes.base.insert(key.clone(), None);
        Some(old)
    }

    pub(super) fn put_pending(&mut self, seq: Seq, pending: Pending) {
        self.changes.outbox.insert(seq, Some(pending.clone()));
        self.outbox.insert(seq, pending);
    }

    pub(super) fn remove_pending(&mut self, seq: Seq) -> Option<Pending> {
        self.changes.outbox.insert(seq, None);
        self.outbox.remove(&seq)
    }

    pub(super) fn put_held(&mut self, id: HeldId, held: Held) {
        self.changes.held.insert(id, Some(held.clone()));
        self.held.insert(id, held);
    }

    pub(super) fn remove_held(&mut self, id: HeldId) -> Option<Held> {
        self.changes.held.insert(id, None);
        self.held.remove(&id)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use weekwise_protocol::sync::Mark;

    use super::*;

    #[test]
    fn a_trail_is_dense_at_its_end_and_reaches_far_back() {
        let mut file = File::new(DeviceId::web());
        (1..=100_000).for_each(|rev| file.reach(Point { rev: Rev(rev), mark: None }));
        let revs: Vec<i64> = file.trail.iter().map(|point| point.rev.0).collect();
        assert_eq!(revs.len(), LONGEST);
        assert_eq!(revs[..32], (99_969..=100_000).rev().collect::<Vec<_>>());
        assert_eq!(revs[LONGEST - 1], 1, "the first one stays");
        for pair in revs[32..].windows(2) {
            let (newer, older) = (100_000 - pair[0], 100_000 - pair[1]);
            assert!(older <= newer * 3, "of {newer} revisions back, and {older} the next: {revs:?}");
        }
    }

    #[test]
    fn what_is_left_is_remembered_behind_what_is_pulled() {
        let at = |rev, mark| Point { rev: Rev(rev), mark: Some(Mark(Uuid::from_u128(mark))) };
        let end = Point::default();
        let mut file = File::new(DeviceId::web());
        [at(10, 1), at(30, 1), at(20, 1)].into_iter().for_each(|point| file.reach(point));
        assert_eq!(file.trail, [at(30, 1), at(20, 1), at(10, 1)]);
        file.leave(Rev(10));
        file.reach(at(15, 2));
        assert_eq!(file.trail, [at(15, 2), at(10, 1), end, at(30, 1), at(20, 1)]);
        file.leave(Rev(20));
        file.reach(at(20, 1));
        assert_eq!(file.trail, [at(20, 1), end, at(15, 2), at(10, 1), at(30, 1), at(20, 1)], "the first one is back");
    }
}
