//! Which rows a push touches.

use std::collections::BTreeSet;

use weekwise_domain::{ExceptionKey, ScheduleId, SeriesId};
use weekwise_protocol::sync::{CopyId, OpId, Operation, Push, RowKey, Slot, Value};

/// What must be loaded before a push can be judged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// The rows of these schedules, and their tombstones and graves; and of each series that such a row is in, all that
    /// `series` asks for.
    pub schedules: BTreeSet<ScheduleId>,
    /// All schedules of these series, all their tombstones and graves.
    pub series: BTreeSet<SeriesId>,
    /// Whether all exceptions of the series named above are needed, also of those found by `schedules`: where something
    /// goes into the trash, away for good, or comes out of a lost history.
    pub whole_series: bool,
    /// These exceptions.
    pub exceptions: BTreeSet<ExceptionKey>,
    /// These settings.
    pub settings: BTreeSet<String>,
    /// These conflict copies. Those that a push may make have to be looked for too: [`Needs::of`] knows their ids.
    pub copies: BTreeSet<CopyId>,
    /// What became of these operations.
    pub operations: BTreeSet<OpId>,
}

impl Needs {
    /// What a push needs.
    pub fn of(push: &Push) -> Self {
        let mut needs = Self::default();
        for row in &push.held {
            needs.whole_series = true;
            needs.row(&row.key);
            for register in row.registers.values() {
                needs.operations.insert(register.stamp.op);
                match &register.value {
                    Value::Pattern(fields) => drop(needs.series.insert(fields.pattern.series_id)),
                    Value::Gone { series_id } => drop(needs.series.insert(*series_id)),
                    _ => {}
                }
            }
        }
        for body in &push.ops {
            // Of one that cannot be read it is asked whether its id is known.
            let id = body.get("op").and_then(|op| serde_json::from_value::<OpId>(op.clone()).ok());
            needs.operations.extend(id);
            if let Ok(op) = serde_json::from_value::<Operation>(body.clone()) {
                needs.operation(&op);
            }
        }
        needs
    }

    fn operation(&mut self, op: &Operation) {
        self.operations.insert(op.op);
        for write in &op.writes {
            self.row(&write.register.row);
            self.operations.extend(write.base.as_ref().and_then(|base| base.op));
            self.whole_series |= write.seen.is_some();
            let series =
                write.value.get("series_id").filter(|_| matches!(write.register.slot, Slot::Pattern | Slot::Gone));
            self.series.extend(series.and_then(|it| serde_json::from_value::<SeriesId>(it.clone()).ok()));
        }
    }

    fn row(&mut self, key: &RowKey) {
        match key {
            RowKey::Schedule(id) | RowKey::Tombstone(id) => drop(self.schedules.insert(*id)),
            RowKey::Exception(key) => {
                self.exceptions.insert(*key);
                self.series.insert(key.series_id);
            }
            RowKey::Setting(name) => drop(self.settings.insert(name.clone())),
            RowKey::ConflictCopy(id) => drop(self.copies.insert(*id)),
            RowKey::Other { .. } => {}
        }
    }
}
