//! The server as tables in memory, and its processes, which work on them in transactions.
//!
//! A transaction holds its user's lock from its beginning to its end, as `SELECT … FOR UPDATE` does; what it writes is seen by
//! others once it is committed. A pull reads one snapshot without the lock.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    sync::Arc,
};

use uuid::Uuid;
use weekwise_domain::{Schedule, ScheduleId};
use weekwise_protocol::sync::{
    DeviceId, EpochId, Fork, MAX_OPS, MAX_PAGE_TRAIL, Mark, OpId, Outcome, Page, Point, Push, PushReply, Rev, Row,
    RowKey, Value,
};
use weekwise_sync::{
    Rows, Sum,
    server::{Account, DeviceClock, Head, Known, Needs, Room, Standing, Written, relabel, standing},
};

use crate::plants::{Plant, Plants};

/// The accounts that there are.
pub const ACCOUNTS: usize = 2;

/// The rows of a user.
#[derive(Debug, Clone)]
pub struct Tables {
    pub head: Head,
    pub rows: BTreeMap<RowKey, Arc<Row>>,
    pub graves: BTreeMap<ScheduleId, Schedule>,
    pub operations: BTreeMap<OpId, Arc<Known>>,
    pub clocks: BTreeMap<DeviceId, DeviceClock>,
    /// The mark of each transaction and its epoch, by the last revision that it gave out.
    pub marks: BTreeMap<Rev, (Mark, EpochId)>,
    /// The epochs that there were before this one, and where they forked.
    pub epochs: BTreeMap<EpochId, Option<Fork>>,
}

/// A database: each commit leaves the user's tables as they were for those who read them.
#[derive(Debug, Clone)]
pub struct Database {
    pub users: [Arc<Tables>; ACCOUNTS],
}

impl Tables {
    pub fn new(epoch: EpochId) -> Self {
        Self {
            head: Head { epoch, rev: Rev::ZERO, mark: None, sum: Sum::default() },
            rows: BTreeMap::new(),
            graves: BTreeMap::new(),
            operations: BTreeMap::new(),
            clocks: BTreeMap::new(),
            marks: BTreeMap::new(),
            epochs: BTreeMap::new(),
        }
    }

    pub fn begin_epoch(&mut self, epoch: EpochId) {
        self.epochs.insert(self.head.epoch, None);
        self.head.epoch = epoch;
    }

    /// A device spoke of `heard`, and of a history of the epoch `forked` that is not this one.
    pub fn fork(&mut self, forked: EpochId, into: EpochId, after: Rev, heard: Option<EpochId>) {
        let fork = Fork { after, into };
        for row in relabel(self.rows.values().map(|row| &**row), forked, fork) {
            self.rows.insert(row.key.clone(), Arc::new(row));
        }
        for (rev, (_, epoch)) in &mut self.marks {
            if *rev > after && *epoch == forked {
                *epoch = into;
            }
        }
        self.begin_epoch(into);
        if let Some(heard) = heard {
            self.epochs.entry(heard).or_default();
        }
        self.epochs.insert(forked, Some(fork));
    }

    pub fn standing(&self, epoch: EpochId, trail: &[Point]) -> Standing {
        let mark_at = |rev| self.marks.range(rev..).next().map(|(_, it)| *it);
        standing(&self.head, (epoch, trail), self.epochs.contains_key(&epoch), mark_at)
    }

    /// Loads what `needs` names, and nothing else.
    pub fn load(&self, needs: &Needs, device: Option<&DeviceId>, room: Room) -> Account {
        let mut account = Account::new(self.head);
        let pattern = |row: &Row| match row.value(&weekwise_protocol::sync::Slot::Pattern) {
            Some(Value::Pattern(fields)) => Some(fields.pattern.series_id),
            _ => None,
        };
        let gone = |row: &Row| match row.value(&weekwise_protocol::sync::Slot::Gone) {
            Some(Value::Gone { series_id }) => Some(*series_id),
            _ => None,
        };
        let mut series = needs.series.clone();
        for id in &needs.schedules {
            series.extend(self.rows.get(&RowKey::Schedule(*id)).and_then(|row| pattern(row)));
            series.extend(self.rows.get(&RowKey::Tombstone(*id)).and_then(|row| gone(row)));
        }
        let is_needed = |row: &Row| match &row.key {
            RowKey::Schedule(id) => needs.schedules.contains(id) || pattern(row).is_some_and(|it| series.contains(&it)),
            RowKey::Tombstone(id) => needs.schedules.contains(id) || gone(row).is_some_and(|it| series.contains(&it)),
            RowKey::Exception(key) => {
                needs.exceptions.contains(key) || needs.whole_series && series.contains(&key.series_id)
            }
            RowKey::Setting(name) => needs.settings.contains(name),
            RowKey::ConflictCopy(id) => needs.copies.contains(id),
            RowKey::Other { .. } => false,
        };
        account.rows = self.rows.values().filter(|row| is_needed(row)).map(|row| Row::clone(row)).collect();
        let is_grave =
            |id: &ScheduleId, row: &Schedule| needs.schedules.contains(id) || series.contains(&row.pattern.series_id);
        let graves = self.graves.iter().filter(|(id, row)| is_grave(id, row));
        account.graves = graves.map(|(id, row)| (*id, row.clone())).collect();
        let known = needs.operations.iter().filter_map(|op| Some((*op, self.operations.get(op)?)));
        account.operations = known.map(|(op, known)| (op, Known::clone(known))).collect();
        account.clock = device.and_then(|device| self.clocks.get(device)).copied().unwrap_or_default();
        account.room = room;
        account
    }

    pub fn write(&mut self, written: Written, device: Option<&DeviceId>) {
        if let Some(mark) = written.head.mark {
            self.marks.insert(written.head.rev, (mark, written.head.epoch));
        }
        self.head = written.head;
        for (key, row) in written.rows {
            match row {
                Some(row) => drop(self.rows.insert(key, Arc::new(row))),
                None => drop(self.rows.remove(&key)),
            }
        }
        self.graves.extend(written.graves);
        self.operations.extend(written.operations.into_iter().map(|it| (it.op, Arc::new(it.known))));
        if let Some(device) = device {
            self.clocks.insert(device.clone(), written.clock);
        }
    }

    /// Everything of the user, as the facade loads it.
    pub fn whole(&self) -> Rows {
        self.rows.values().map(|row| Row::clone(row)).collect()
    }

    /// The rows after a revision, in order, with the marks of their transactions.
    pub fn after(&self, since: Rev) -> Vec<(Row, Mark)> {
        let mut rows: Vec<_> = self.rows.values().filter(|row| row.rev > since).collect();
        rows.sort_by_key(|row| row.rev);
        let mark = |rev| self.marks.range(rev..).next().map_or(Mark(Uuid::nil()), |(_, (mark, _))| *mark);
        rows.into_iter().map(|row| (Row::clone(row), mark(row.rev))).collect()
    }

    /// A page with the transactions that it spans.
    pub fn with_trail(&self, page: Page) -> Page {
        let between = (Bound::Excluded(page.since), Bound::Included(page.next.rev));
        let marks = self.marks.range(between).rev().take(MAX_PAGE_TRAIL);
        Page { trail: marks.map(|(rev, (mark, _))| Point { rev: *rev, mark: Some(*mark) }).collect(), ..page }
    }

    /// Operations that were applied or superseded.
    pub fn taken(&self) -> BTreeSet<OpId> {
        let taken = self.operations.iter().filter(|(_, it)| !matches!(it.outcome, Outcome::Rejected { .. }));
        taken.map(|(op, _)| *op).collect()
    }

    /// Judges a push as a server process does: loads, judges, and once more where conflict copies are there already.
    pub fn push(&self, push: &Push, at: (i64, Mark), rows: i64, plant: Option<Plant>) -> (PushReply, Written) {
        let mut needs = Needs::of(push);
        let used = i64::try_from(self.rows.len()).unwrap();
        let room = Room { rows: rows.saturating_sub(used).max(0), bytes: i64::MAX };
        let first = plant.push(self.load(&needs, Some(&push.device_id), room), push, at);
        let there = first.1.new_copies().filter(|id| self.rows.contains_key(&RowKey::ConflictCopy(*id)));
        needs.copies.extend(there.collect::<Vec<_>>());
        if needs.copies == Needs::of(push).copies {
            return first;
        }
        plant.push(self.load(&needs, Some(&push.device_id), room), push, at)
    }
}

/// What the wire carries besides a push: the query of a pull.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullQuery {
    pub epoch: Option<EpochId>,
    pub since: Rev,
    pub trail: Vec<Point>,
}

/// Whether a push is too large for the server.
pub fn is_too_large(push: &Push, max_ops: usize) -> bool {
    push.ops.len() > max_ops.min(MAX_OPS)
}
