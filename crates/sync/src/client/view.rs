//! What a person sees: the server's rows, with what is held and what is pending on top.

use std::collections::BTreeSet;

use weekwise_domain::{ScheduleId, SeriesId};
use weekwise_protocol::sync::{
    DeviceId, ExceptionFields, Operation, PatternFields, Register, RegisterKey, Rev, Row, RowKey, Slot, Stamp, Value,
    Version,
};

use super::{File, touched::Touched};
use crate::{
    Rows,
    series::{Segment, keep_apart},
};

impl File {
    /// The view, as far as the file's part goes. It is computed anew from what was pulled, what is held and what is pending.
    pub fn view(&self) -> Rows {
        let mut view = View::new(&self.base);
        if !self.is_complete() {
            // Of an edit that moved the border between two segments, the one may be in this page and the other in the next.
            let patterns = self.base.schedule_ids().filter_map(|id| self.base.pattern(id));
            view.series.extend(patterns.map(|fields| fields.pattern.series_id));
        }
        // Tombstones first, for nothing that they stand for is shown.
        let (gone, there): (Vec<_>, Vec<_>) =
            self.held.values().partition(|held| matches!(held.row.key, RowKey::Tombstone(_)));
        for held in gone.into_iter().chain(there) {
            view.hold(&held.row);
        }
        for pending in self.outbox.values() {
            view.replay(&pending.operation, &self.device);
        }
        view.keep_segments_apart();
        view.rows
    }

    /// Records what the view shows of what was touched.
    pub(super) fn show(&mut self, touched: Touched) {
        let view = self.view();
        let Touched { mut keys, mut series } = touched;
        for key in &keys {
            if let RowKey::Schedule(id) = key {
                let patterns = [self.base.pattern(*id), view.pattern(*id)].into_iter().flatten();
                series.extend(patterns.map(|fields| fields.pattern.series_id));
            }
        }
        for series in series {
            keys.extend(view.segment_ids(series).map(RowKey::from));
            keys.extend(view.exceptions_of(series).map(|(key, _)| RowKey::from(key)));
        }
        for key in keys {
            let row = view.share(&key);
            self.changes.view.insert(key, row);
        }
    }
}

struct View {
    rows: Rows,
    /// Schedules that were removed for good. Neither they nor their tombstones are shown.
    gone: BTreeSet<ScheduleId>,
    /// Series whose segments may meet.
    series: BTreeSet<SeriesId>,
}

impl View {
    fn new(base: &Rows) -> Self {
        let mut view = Self { rows: base.clone(), gone: BTreeSet::new(), series: BTreeSet::new() };
        let gone: Vec<_> = base.iter().filter_map(|row| tombstone(&row.key)).collect();
        for id in gone {
            view.rows.remove(&RowKey::Tombstone(id));
            view.gone.insert(id);
        }
        view
    }

    /// Shows a held row where the server has nothing newer.
    fn hold(&mut self, held: &Row) {
        match held.key {
            RowKey::Tombstone(id) => return self.purge(id),
            RowKey::Schedule(id) if self.gone.contains(&id) => return,
            _ => {}
        }
        for (slot, register) in &held.registers {
            let key = RegisterKey { row: held.key.clone(), slot: slot.clone() };
            if self.rows.register(&key).is_none_or(|shown| is_over(register, shown)) {
                self.touch(&key, &register.value);
                self.rows.set(key, register.value.clone(), register.stamp.clone());
            }
        }
    }

    /// Does an operation again.
    fn replay(&mut self, op: &Operation, device: &DeviceId) {
        let is_register = |slot: &Slot| matches!(slot, Slot::Pattern | Slot::Details | Slot::Active);
        let makes = |id: ScheduleId| {
            let written = op.writes.iter().filter(|it| it.register.row == RowKey::Schedule(id));
            written.filter(|it| is_register(&it.register.slot)).count() == 3
        };
        for write in &op.writes {
            let key = &write.register;
            let is_there = self.rows.contains(&key.row);
            match &key.row {
                RowKey::Tombstone(id) => {
                    self.purge(*id);
                    continue;
                }
                // What was removed for good does not come back.
                RowKey::Schedule(id) if self.gone.contains(id) || !is_there && !makes(*id) => continue,
                RowKey::ConflictCopy(_) if !is_there => continue,
                _ => {}
            }
            let current = self.rows.register(key).map(|register| &register.value);
            let Ok(value) = Value::read_over(key, &write.value, current) else { continue };
            self.touch(key, &value);
            let (at, by) = (op.edited_at_ms, device.clone());
            let stamp = Stamp { rev: Rev::ZERO, version: Version::default(), op: op.op, at, by };
            self.rows.set(key.clone(), value, stamp);
        }
    }

    /// Removes a schedule, and with the last of a series its exceptions.
    fn purge(&mut self, id: ScheduleId) {
        self.gone.insert(id);
        let series = self.rows.pattern(id).map(|fields| fields.pattern.series_id);
        self.rows.remove(&id.into());
        let Some(series) = series.filter(|series| self.rows.segment_ids(*series).next().is_none()) else { return };
        let dates: Vec<_> =
            self.rows.exceptions_of(series).map(|(key, _)| RegisterKey::new(key, Slot::Exception)).collect();
        for date in dates {
            let nothing = ExceptionFields { exception: None, extra: Default::default() };
            self.rows.change(&date, |value| *value = Value::Exception(Box::new(nothing)));
        }
    }

    fn touch(&mut self, key: &RegisterKey, value: &Value) {
        if let RowKey::Schedule(id) = key.row {
            self.series.extend(self.rows.pattern(id).map(|fields| fields.pattern.series_id));
            if let Value::Pattern(fields) = value {
                self.series.insert(fields.pattern.series_id);
            }
        }
    }

    fn keep_segments_apart(&mut self) {
        for series in std::mem::take(&mut self.series) {
            let ids: Vec<_> =
                self.rows.segment_ids(series).filter(|id| self.rows.is_active(*id) == Some(true)).collect();
            let segments = ids.into_iter().filter_map(|id| {
                let PatternFields { pattern, .. } = self.rows.pattern(id)?;
                Some(Segment { id, pattern: pattern.clone() })
            });
            for (id, validity) in keep_apart(segments.collect()) {
                self.rows.change(&RegisterKey::new(id, Slot::Pattern), |value| {
                    if let Value::Pattern(fields) = value {
                        fields.pattern.validity = validity;
                    }
                });
            }
        }
    }
}

fn tombstone(key: &RowKey) -> Option<ScheduleId> {
    match key {
        RowKey::Tombstone(id) => Some(*id),
        _ => None,
    }
}

/// Whether a held register is shown over one that the server has. Where neither comes after the other, it is the one that
/// the server will let win.
pub(super) fn is_over(held: &Register, base: &Register) -> bool {
    let (held, base) = (&held.stamp, &base.stamp);
    if base.version.covers(&held.version) {
        return false;
    }
    held.version.covers(&base.version) || (held.at, &held.by) > (base.at, &base.by)
}
