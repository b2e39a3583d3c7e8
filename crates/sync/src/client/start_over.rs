//! Starting over: the server keeps another history than the one that was pulled.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use weekwise_domain::SeriesId;
use weekwise_protocol::sync::{EpochId, Fork, OpId, Rev, Row, RowKey, Slot, Value};

use super::{File, Held, HeldId, Pending, touched::Touched};
use crate::Sum;

impl File {
    /// Begins to pull `epoch` from its beginning. The rows that were pulled so far are held, and pushed once the new ones are
    /// there, for the server may have lost them; what waits in the outbox waits on. What a person sees stays.
    ///
    /// `common` is how far both histories are known to be the same; `fork` is set where the history that was pulled turned out to be one of two with the same epoch.
    ///
    /// The file must be there as a whole. A snapshot of it belongs before this.
    pub fn start_over(&mut self, epoch: EpochId, common: Rev, fork: Option<Fork>) {
        if let (Some(forked), Some(fork)) = (self.epoch, fork) {
            self.relabel(forked, fork);
        }
        self.name_what_was_seen();
        let mut held_before: BTreeMap<RowKey, Vec<HeldId>> = BTreeMap::new();
        for (id, held) in &self.held {
            held_before.entry(held.row.key.clone()).or_default().push(*id);
        }
        let rows: Vec<Arc<Row>> = self.base.iter().cloned().collect();
        for row in rows {
            self.remove_base(&row.key);
            let others = held_before.remove(&row.key).unwrap_or_default();
            self.hold(Arc::unwrap_or_clone(row), &others);
        }
        for (id, held) in self.held.clone().into_iter().filter(|(_, held)| held.through.is_some()) {
            self.put_held(id, Held { through: None, ..held });
        }
        for (seq, pending) in self.outbox.clone().into_iter().filter(|(_, it)| it.through.is_some()) {
            self.put_pending(seq, Pending { through: None, ..pending });
        }
        // What is pulled once more was not all there.
        self.known.forget(epoch);
        self.epoch = Some(epoch);
        self.cursor = Rev::ZERO;
        self.leave(common);
        self.sum = Sum::default();
        let mut touched = Touched::default();
        self.held.values().for_each(|held| touched.row(&held.row));
        self.outbox.values().for_each(|pending| touched.operation(&pending.operation));
        self.show(touched);
    }

    fn relabel(&mut self, epoch: EpochId, fork: Fork) {
        for mut row in self.base.iter().cloned().collect::<Vec<_>>() {
            let registers = Arc::make_mut(&mut row).registers.values_mut();
            registers.for_each(|register| register.stamp.version.relabel(epoch, fork));
            self.put_base(row);
        }
        for (id, mut held) in self.held.clone() {
            held.row.registers.values_mut().for_each(|register| register.stamp.version.relabel(epoch, fork));
            self.put_held(id, held);
        }
        for (seq, mut pending) in self.outbox.clone() {
            pending.operation.relabel(epoch, fork);
            self.put_pending(seq, pending);
        }
        self.known.relabel(epoch, fork);
    }

    /// What waits names what its writer had seen of a series: the server may count that otherwise from now on.
    fn name_what_was_seen(&mut self) {
        let mut outbox = self.outbox.clone();
        let rows: Vec<&Row> =
            self.base.iter().map(|row| &**row).chain(self.held.values().map(|held| &held.row)).collect();
        for (seq, pending) in &mut outbox {
            let mut is_new = false;
            for write in &mut pending.operation.writes {
                let (RowKey::Schedule(id) | RowKey::Tombstone(id), Some(seen)) = (&write.register.row, &mut write.seen)
                else {
                    continue;
                };
                let key = RowKey::from(*id);
                let Some(series) = rows.iter().filter(|row| row.key == key).find_map(|row| series_of(row)) else {
                    continue;
                };
                let of_series = rows.iter().filter(|row| row.key == key || series_of(row) == Some(series));
                let stamps = of_series.flat_map(|row| row.registers.values()).map(|register| &register.stamp);
                let seen_stamps = stamps.filter(|stamp| seen.version.covers(&stamp.version));
                let ops: BTreeSet<OpId> = seen.ops.iter().copied().chain(seen_stamps.map(|stamp| stamp.op)).collect();
                is_new |= ops.len() > seen.ops.len();
                seen.ops = ops.into_iter().collect();
            }
            if is_new {
                self.changes.outbox.insert(*seq, Some(pending.clone()));
            }
        }
        self.outbox = outbox;
    }

    /// Holds a row that was pulled, with what is held of it already. What another one comes after is let go; but the first is held as a
    /// whole, and sent first: a server that has nothing of a schedule takes no part of it.
    fn hold(&mut self, row: Row, others: &[HeldId]) {
        let mut others: Vec<Row> = others.iter().filter_map(|id| self.remove_held(*id)).map(|held| held.row).collect();
        let after = others.iter().position(|other| comes_after(other, &row));
        let first = after.map_or(row, |at| others.remove(at));
        for other in &mut others {
            other.registers.retain(|slot, register| {
                let theirs = first.registers.get(slot);
                theirs.is_none_or(|theirs| !theirs.stamp.version.covers(&register.stamp.version))
            });
        }
        others.retain(|other| !other.registers.is_empty());
        for row in [first].into_iter().chain(others) {
            let id = HeldId(self.next_number());
            self.put_held(id, Held { row, through: None });
        }
    }
}

fn series_of(row: &Row) -> Option<SeriesId> {
    match (&row.key, row.value(&Slot::Pattern)) {
        (RowKey::Schedule(_), Some(Value::Pattern(fields))) => Some(fields.pattern.series_id),
        (RowKey::Exception(key), _) => Some(key.series_id),
        _ => None,
    }
}

/// Whether a row comes after another one in all of its registers.
fn comes_after(row: &Row, other: &Row) -> bool {
    other.registers.iter().all(|(slot, register)| {
        row.registers.get(slot).is_some_and(|it| it.stamp.version.covers(&register.stamp.version))
    })
}
