//! Who knew what: seen from above, and not by way of what the program itself keeps. By this it is judged whether
//! something is lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use weekwise_domain::{ExceptionKey, ScheduleId, SeriesId};
use weekwise_protocol::sync::{
    HeldOutcome, HeldReply, OpId, Operation, Outcome, Reason, RegisterKey, Rev, Row, RowKey, Slot, Stamp, Value,
};
use weekwise_sync::{Rows, server::NewOperation};

use crate::{
    server::{ACCOUNTS, Tables},
    store::Store,
};

/// An edit, as it was made.
#[derive(Debug, Clone)]
pub struct Made {
    pub user: usize,
    /// What it wrote.
    pub values: BTreeMap<RegisterKey, Value>,
    /// Whose values the person saw in the registers that it wrote, or removed: all that wrote the same.
    pub over: BTreeMap<RegisterKey, BTreeSet<OpId>>,
    /// Those among them that were known where it was made.
    pub seen: BTreeMap<RegisterKey, BTreeSet<OpId>>,
    /// What it removed for good.
    pub purges: BTreeSet<ScheduleId>,
    /// What it put into the trash.
    pub trashes: BTreeSet<ScheduleId>,
    /// The operations that were known where it was made.
    pub knew: Arc<BTreeSet<OpId>>,
}

#[derive(Debug, Clone, Default)]
pub struct Ghost {
    pub made: BTreeMap<OpId, Made>,
    writers: BTreeMap<(usize, RegisterKey), Vec<OpId>>,
    /// Operations that some history held applied.
    pub applied: BTreeSet<OpId>,
    /// Operations that some history took, whether they held or lost.
    taken: BTreeSet<OpId>,
    /// Operations that were taken in a history that was lost, and sent again: to the server they are new.
    pub again: BTreeSet<OpId>,
    /// Operations that some history took without writing anything. If it is lost, the one that is left may look the same.
    pub idle: BTreeSet<OpId>,
    /// Operations that some history rejected.
    pub rejected: BTreeSet<OpId>,
    /// Rows that were held out when the account was full.
    pub no_room: Vec<Row>,
    /// What was on the server alone when it was set back.
    pub gone: BTreeSet<(OpId, RegisterKey)>,
    /// Whether the database was ever set back.
    pub was_restored: bool,
    /// Schedules that a later server wrote to.
    newer: BTreeSet<ScheduleId>,
    /// The series that a schedule was ever in.
    series: BTreeMap<ScheduleId, BTreeSet<SeriesId>>,
}

impl Ghost {
    /// An edit was made on what `view` shows.
    pub fn record(&mut self, user: usize, op: &Operation, view: &Rows, knew: BTreeSet<OpId>) {
        let mut made = Made {
            user,
            values: BTreeMap::new(),
            over: BTreeMap::new(),
            seen: BTreeMap::new(),
            purges: BTreeSet::new(),
            trashes: BTreeSet::new(),
            knew: Arc::new(knew),
        };
        for write in &op.writes {
            let register = &write.register;
            let current = view.register(register).map(|it| &it.value);
            let value = Value::read_over(register, &write.value, current).unwrap();
            match (&register.row, &value) {
                (RowKey::Tombstone(id), _) => {
                    made.purges.insert(*id);
                    self.see_purge(*id, view, &mut made);
                    continue;
                }
                (RowKey::Schedule(id), Value::Active(false)) => drop(made.trashes.insert(*id)),
                (RowKey::Schedule(id), Value::Pattern(fields)) => {
                    self.series.entry(*id).or_default().insert(fields.pattern.series_id);
                }
                _ => {}
            }
            if let Some(current) = current {
                made.over.insert(register.clone(), self.writers_of(user, register, current));
                let shown = view.register(register).map(|it| &it.stamp);
                made.seen.insert(register.clone(), self.seen_of(&made, register, current, shown));
            }
            made.values.insert(register.clone(), value);
            self.writers.entry((user, register.clone())).or_default().push(op.op);
        }
        self.made.insert(op.op, made);
    }

    fn see_purge(&self, id: ScheduleId, view: &Rows, made: &mut Made) {
        let Some(row) = view.get(&id.into()) else { return };
        let mut registers: Vec<RegisterKey> =
            row.registers.keys().map(|slot| RegisterKey::new(id, slot.clone())).collect();
        if let Some(series) = view.pattern(id).map(|it| it.pattern.series_id) {
            registers.extend(view.exceptions_of(series).map(|(key, _)| RegisterKey::new(key, Slot::Exception)));
        }
        for register in registers {
            let current = &view.register(&register).unwrap().value;
            made.over.insert(register.clone(), self.writers_of(made.user, &register, current));
        }
    }

    /// The edits that wrote what someone saw in a register. An edit may have brought back what an earlier one wrote; then it
    /// is the one that was known.
    fn seen_of(&self, made: &Made, register: &RegisterKey, value: &Value, shown: Option<&Stamp>) -> BTreeSet<OpId> {
        // What waits is shown over what was pulled. That may come to the same, and still it is not what was seen.
        if let Some(pending) = shown.filter(|it| it.rev == Rev::ZERO && self.made.contains_key(&it.op)) {
            return [pending.op].into();
        }
        let writers = self.writers_of(made.user, register, value);
        let exact: BTreeSet<OpId> =
            writers.iter().copied().filter(|op| self.made[op].values[register] == *value).collect();
        let writers = if exact.is_empty() { writers } else { exact };
        let known: BTreeSet<OpId> = writers.intersection(&made.knew).copied().collect();
        // Of a page that was not the last one it is not known here what it had; the register says whose it is. One of a later server
        // is nobody's here.
        let shown = || shown.map(|it| it.op).into_iter().filter(|op| writers.contains(op)).collect();
        if known.is_empty() { shown() } else { known }
    }

    /// The edits that wrote what a register holds.
    pub fn writers_of(&self, user: usize, register: &RegisterKey, value: &Value) -> BTreeSet<OpId> {
        let writers = self.writers.get(&(user, register.clone())).into_iter().flatten().copied();
        writers.filter(|op| is_same(&self.made[op].values[register], value)).collect()
    }

    /// The database of a user was set back from `lost` to `kept`. What no device has any more is gone.
    pub fn restore(&mut self, user: usize, lost: &Tables, kept: &Tables, stores: &[&Store]) {
        self.was_restored = true;
        let kept = kept.taken();
        for op in lost.taken().difference(&kept) {
            let Some(made) = self.made.get(op) else { continue };
            debug_assert_eq!(made.user, user);
            let purged = made.purges.iter().map(|id| RegisterKey::new(RowKey::Tombstone(*id), Slot::Gone));
            for register in made.values.keys().cloned().chain(purged) {
                if !stores.iter().any(|store| has(store, *op, &register)) {
                    self.gone.insert((*op, register));
                }
            }
        }
    }

    /// Whether an edit was made on top of another one, as far as each register goes that both wrote.
    pub fn saw(&self, op: OpId, other: OpId) -> bool {
        let (Some(made), Some(below)) = (self.made.get(&op), self.made.get(&other)) else { return false };
        let mut both = made.values.keys().filter(|key| below.values.contains_key(*key)).peekable();
        both.peek().is_some() && both.all(|key| self.is_below(key, op, other))
    }

    fn is_below(&self, key: &RegisterKey, op: OpId, other: OpId) -> bool {
        let (mut open, mut seen) = (vec![op], BTreeSet::new());
        while let Some(op) = open.pop().filter(|op| *op != other) {
            let over = self.made.get(&op).and_then(|made| made.seen.get(key)).into_iter().flatten();
            open.extend(over.filter(|op| seen.insert(**op)));
        }
        seen.contains(&other)
    }

    /// A history took an operation, or rejected it.
    pub fn judged(&mut self, new: &NewOperation) {
        match new.known.outcome {
            Outcome::Applied { .. } => drop(self.applied.insert(new.op)),
            Outcome::Superseded { .. } => {}
            Outcome::Rejected { .. } => {
                self.rejected.insert(new.op);
                return;
            }
        }
        if !self.taken.insert(new.op) {
            self.again.insert(new.op);
        }
        if new.revs.is_none() {
            self.idle.insert(new.op);
        }
    }

    /// A history answered what was held out.
    pub fn kept(&mut self, held: &[Row], replies: &[HeldReply]) {
        let refused = held.iter().zip(replies).filter(|(_, reply)| is_no_room(reply));
        self.no_room.extend(refused.map(|(row, _)| row.clone()));
    }

    /// A later server writes rows: that is an edit, too.
    pub fn newer<'a>(&mut self, rows: impl Iterator<Item = &'a RowKey>) {
        self.newer.extend(rows.filter_map(|key| match key {
            RowKey::Schedule(id) => Some(*id),
            _ => None,
        }));
    }

    /// Whether a later server wrote to the series of a schedule.
    pub fn is_newer(&self, id: ScheduleId) -> bool {
        let Some(series) = self.series.get(&id) else { return false };
        self.newer.iter().any(|other| self.series.get(other).is_some_and(|it| !it.is_disjoint(series)))
    }

    /// Whether an edit is about the series of a schedule.
    pub fn is_about(&self, made: &Made, id: ScheduleId) -> bool {
        made.values.keys().any(|register| self.is_of(register, id))
    }

    /// Whether a register is of the series of a schedule.
    pub fn is_of(&self, register: &RegisterKey, id: ScheduleId) -> bool {
        let Some(series) = self.series.get(&id) else { return false };
        match &register.row {
            RowKey::Schedule(other) => self.series.get(other).is_some_and(|it| !it.is_disjoint(series)),
            RowKey::Exception(ExceptionKey { series_id, .. }) => series.contains(series_id),
            _ => false,
        }
    }
}

fn has(store: &Store, op: OpId, register: &RegisterKey) -> bool {
    let wrote = |row: &Row| row.registers.get(&register.slot).is_some_and(|it| it.stamp.op == op);
    store.known.contains(&op)
        || store.file.outbox.values().any(|it| it.operation.op == op)
        || store.file.base.get(&register.row).is_some_and(wrote)
        || store.file.held.values().any(|held| held.row.key == register.row && wrote(&held.row))
}

/// Whether a register still holds what was written: that a segment ends earlier than was written is what the rule of
/// splits says, as long as something is left of it.
pub fn is_same(written: &Value, held: &Value) -> bool {
    match (written, held) {
        (Value::Pattern(written), Value::Pattern(held)) => {
            let mut written = written.pattern.clone();
            let was_empty = written.validity.range().is_none();
            let is_empty = held.pattern.validity.range().is_none();
            written.validity.until = held.pattern.validity.until;
            written == held.pattern && was_empty == is_empty
        }
        (Value::Details(written), Value::Details(held)) => written.details == held.details,
        (Value::Exception(written), Value::Exception(held)) => written.exception == held.exception,
        (written, held) => written == held,
    }
}

fn is_no_room(reply: &HeldReply) -> bool {
    matches!(&reply.outcome, HeldOutcome::Rejected { reason: Reason::Limit })
}

/// Both accounts.
pub fn users() -> std::ops::Range<usize> {
    0..ACCOUNTS
}
