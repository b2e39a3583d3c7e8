//! An edit becomes an operation.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use thiserror::Error;
use weekwise_domain::{Change, ExceptionKey, Matter, Schedule, ScheduleId, SeriesId};
use weekwise_protocol::sync::{
    Base, CopyId, DetailsFields, ExceptionFields, Extra, MAX_WRITES, OpId, Operation, PatternFields, Register,
    RegisterKey, Row, RowKey, SYNCED_SETTINGS, Seen, Slot, Value, Version, Write,
};

use super::{File, Pending, Seq, touched::Touched};
use crate::Rows;

/// Why an edit cannot be recorded. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecordError {
    /// It would bring a schedule back that was removed for good. That needs a new id.
    #[error("schedule {0} was removed for good, and comes back under another id only")]
    Purged(ScheduleId),
}

/// Where operations get their ids and their time from.
pub struct Recorder<'a> {
    /// Gives a new id with each call.
    pub id: &'a mut dyn FnMut() -> OpId,
    /// The device's clock (milliseconds since 1970, UTC).
    pub now_ms: i64,
}

impl File {
    /// Puts an edit into the outbox: the `changes` that the week model made of it, on what the view shows. More than 500 writes
    /// become several operations. What belongs to the device (some settings, what it alone was told) is passed over; if nothing
    /// else is left, there is no operation.
    ///
    /// A schedule that is removed while it is not in the trash (the undo of its making) is put into the trash, for what is
    /// removed for good can never come back under its id.
    ///
    /// # Errors
    /// [`RecordError::Purged`].
    pub fn record(&mut self, changes: &[Change], recorder: &mut Recorder<'_>) -> Result<Vec<OpId>, RecordError> {
        let view = self.view();
        let writes = self.outbox.values().flat_map(|it| &it.operation.writes);
        let waiting = writes.map(|write| write.register.row.clone()).collect();
        let groups = Recording { file: self, view: &view, changes, waiting }.writes()?;
        Ok(self.enqueue(groups, recorder))
    }

    /// The operation that an edit comes to, however large. For the server, whose own edits are never sent.
    pub(crate) fn record_whole(
        &self,
        changes: &[Change],
        op: OpId,
        now_ms: i64,
    ) -> Result<Option<Operation>, RecordError> {
        let view = self.view();
        let groups = Recording { file: self, view: &view, changes, waiting: BTreeSet::new() }.writes()?;
        let writes: Vec<Write> = groups.into_iter().flatten().collect();
        let operation = Operation { op, edited_at_ms: now_ms, epoch: self.epoch, writes };
        Ok((!operation.writes.is_empty()).then_some(operation))
    }

    /// `groups` of writes stay together.
    fn enqueue(&mut self, groups: Vec<Vec<Write>>, recorder: &mut Recorder<'_>) -> Vec<OpId> {
        let mut chunks: Vec<Vec<Write>> = Vec::new();
        for group in groups {
            match chunks.last_mut().filter(|chunk| chunk.len() + group.len() <= MAX_WRITES) {
                Some(chunk) => chunk.extend(group),
                None => chunks.push(group),
            }
        }
        let mut ops = Vec::new();
        let mut touched = Touched::default();
        for writes in chunks.into_iter().filter(|writes| !writes.is_empty()) {
            let op = (recorder.id)();
            let operation = Operation { op, edited_at_ms: recorder.now_ms, epoch: self.epoch, writes };
            touched.operation(&operation);
            let seq = Seq(self.next_number());
            self.put_pending(seq, Pending { operation, through: None });
            ops.push(op);
        }
        self.show(touched);
        ops
    }
}

struct Recording<'a> {
    file: &'a File,
    view: &'a Rows,
    changes: &'a [Change],
    /// The rows that the outbox writes to.
    waiting: BTreeSet<RowKey>,
}

impl Recording<'_> {
    fn writes(&self) -> Result<Vec<Vec<Write>>, RecordError> {
        let mut groups: Vec<Vec<Write>> = Vec::new();
        let mut written = BTreeSet::new();
        // Where a register changes twice, the last change is what it comes to.
        for change in self.changes.iter().rev() {
            let mut group = self.writes_of(change)?;
            group.retain(|write| written.insert(write.register.clone()));
            groups.push(group);
        }
        groups.retain(|group| !group.is_empty());
        groups.reverse();
        Ok(groups)
    }

    fn writes_of(&self, change: &Change) -> Result<Vec<Write>, RecordError> {
        Ok(match change {
            Change::Schedule { id, before: _, after: Some(row) } => self.make(*id, row)?,
            Change::Schedule { id, before, after: None } => self.remove(*id, before.as_deref()),
            Change::Pattern { id, after, .. } => {
                let extra = Extra::new();
                let value = Value::Pattern(Box::new(PatternFields { pattern: after.clone(), extra }));
                vec![self.edit(RegisterKey::new(*id, Slot::Pattern), &value)]
            }
            Change::Details { id, after, .. } => {
                let extra = Extra::new();
                let value = Value::Details(Box::new(DetailsFields { details: (**after).clone(), extra }));
                vec![self.edit(RegisterKey::new(*id, Slot::Details), &value)]
            }
            Change::Active { id, after, .. } => vec![self.set_active(*id, *after)],
            Change::Exception { key, .. } if self.is_purged_here(key.series_id) => Vec::new(),
            Change::Exception { key, after, .. } => {
                let (exception, extra) = (after.as_deref().cloned(), Extra::new());
                let value = Value::Exception(Box::new(ExceptionFields { exception, extra }));
                vec![self.edit(RegisterKey::new(*key, Slot::Exception), &value)]
            }
            Change::Setting { after, .. } => {
                let whole = json!(after);
                let name = whole["name"].as_str().unwrap_or_default().to_owned();
                let is_synced = SYNCED_SETTINGS.contains(&name.as_str());
                let value = Value::Setting(whole["value"].clone());
                let register = RegisterKey::new(RowKey::Setting(name), Slot::Setting);
                is_synced.then(|| self.edit(register, &value)).into_iter().collect()
            }
            Change::Dealt { matter: Matter::Conflict(id), after, .. } => {
                let register = RegisterKey::new(RowKey::ConflictCopy(CopyId(*id)), Slot::Resolved);
                let is_there = self.view.register(&register).is_some();
                is_there.then(|| self.edit(register, &Value::Resolved(*after))).into_iter().collect()
            }
            // What was told on this device alone.
            Change::Dealt { matter: Matter::Arrival(_) | Matter::Rejected(_), .. } => Vec::new(),
        })
    }

    fn make(&self, id: ScheduleId, row: &Schedule) -> Result<Vec<Write>, RecordError> {
        let gone = RowKey::Tombstone(id);
        if self.file.base.contains(&gone) || self.waiting.contains(&gone) {
            return Err(RecordError::Purged(id));
        }
        let extra = Extra::new;
        let pattern = Value::Pattern(Box::new(PatternFields { pattern: row.pattern.clone(), extra: extra() }));
        let details = Value::Details(Box::new(DetailsFields { details: row.details.clone(), extra: extra() }));
        let mut writes = vec![
            self.edit(RegisterKey::new(id, Slot::Pattern), &pattern),
            self.edit(RegisterKey::new(id, Slot::Details), &details),
            self.set_active(id, row.active),
        ];
        let shown = |write: &Write| self.view.register(&write.register).map(|register| register.value.write());
        writes.retain(|write| shown(write).as_ref() != Some(&write.value));
        Ok(writes)
    }

    fn remove(&self, id: ScheduleId, before: Option<&Schedule>) -> Vec<Write> {
        let Some(series_id) = self.view.pattern(id).map(|fields| fields.pattern.series_id) else { return Vec::new() };
        if before.is_some_and(|row| row.active) {
            return vec![self.set_active(id, false)];
        }
        let register = RegisterKey::new(RowKey::Tombstone(id), Slot::Gone);
        let value = Value::Gone { series_id }.write();
        vec![Write { register, base: None, seen: Some(self.seen_for_good(series_id)), in_trash: false, value }]
    }

    fn set_active(&self, id: ScheduleId, active: bool) -> Write {
        let register = RegisterKey::new(id, Slot::Active);
        let base = self.view.register(&register).map(base_of);
        let series = self.view.pattern(id).map(|fields| fields.pattern.series_id);
        let seen = (!active).then(|| series.map_or_else(|| self.seen_nothing(), |series| self.seen(series)));
        Write { register, base, seen, in_trash: false, value: Json::Bool(active) }
    }

    fn edit(&self, register: RegisterKey, value: &Value) -> Write {
        let base = self.view.register(&register).map(base_of);
        let in_trash = self.is_in_trash(&register);
        Write { register, base, seen: None, in_trash, value: value.write() }
    }

    /// Whether what the register belongs to is shown in the trash, and stays there.
    fn is_in_trash(&self, register: &RegisterKey) -> bool {
        let stays = |id: &ScheduleId| {
            let is_restored = |it: &Change| matches!(it, Change::Active { id: it, after: true, .. } if it == id);
            self.view.is_active(*id) == Some(false) && !self.changes.iter().any(is_restored)
        };
        match &register.row {
            RowKey::Schedule(id) => stays(id),
            RowKey::Exception(ExceptionKey { series_id, .. }) => {
                let mut segments = self.view.segment_ids(*series_id).peekable();
                segments.peek().is_some() && segments.all(|id| stays(&id))
            }
            _ => false,
        }
    }

    /// Whether the edit removes the last schedule of a series: then its exceptions end by themselves, those too that are
    /// not known here.
    fn is_purged_here(&self, series: SeriesId) -> bool {
        let is_removed = |id: ScheduleId| {
            self.changes.iter().any(|change| match change {
                Change::Schedule { id: it, before: Some(row), after: None } => *it == id && !row.active,
                _ => false,
            })
        };
        let mut segments = self.view.segment_ids(series).peekable();
        segments.peek().is_some() && segments.all(is_removed)
    }

    fn seen_nothing(&self) -> Seen {
        Seen { version: self.file.known.clone(), ops: Vec::new() }
    }

    /// What is known of a series: all up to the last complete pull, and what came of some operations since: those whose
    /// writes are shown or lie beneath what is shown, and those of this device that wait.
    fn seen(&self, series: SeriesId) -> Seen {
        let mut seen = self.seen_nothing();
        let mut ops = self.waiting_of(series);
        for rows in [self.view, &self.file.base] {
            let registers = self.rows_of(rows, series).flat_map(|row| row.registers.values());
            let beyond =
                registers.map(|it| &it.stamp).filter(|it| it.version.is_empty() || !seen.version.covers(&it.version));
            ops.extend(beyond.map(|stamp| stamp.op));
        }
        seen.ops = ops.into_iter().collect();
        seen
    }

    /// As [`seen`](Self::seen), for what leaves nothing of the series to come upon later. Here an operation counts only if nothing that it
    /// wrote can be hidden: by what waits, or, in the middle of a pull, by the end of the page.
    fn seen_for_good(&self, series: SeriesId) -> Seen {
        let hidden = self.hidden_of(series);
        let mut seen = self.seen(series);
        if !self.file.is_complete() {
            seen.ops = self.waiting_of(series).into_iter().collect();
        }
        if !hidden.is_empty() {
            let registers = self.rows_of(self.view, series).flat_map(|row| row.registers.values());
            let shown = registers.map(|it| &it.stamp).filter(|it| seen.version.covers(&it.version)).map(|it| it.op);
            let ops: BTreeSet<OpId> = shown.chain(seen.ops).filter(|op| !hidden.contains(op)).collect();
            seen = Seen { version: Version::default(), ops: ops.into_iter().collect() };
        }
        seen
    }

    /// The operations that wrote to a series what an edit hides that waits, and that was made without knowing of them.
    fn hidden_of(&self, series: SeriesId) -> BTreeSet<OpId> {
        let mut first = BTreeMap::new();
        for pending in self.file.outbox.values() {
            for write in pending.operation.writes.iter().filter(|it| it.register.slot != Slot::Active) {
                first.entry(&write.register).or_insert((write, pending.operation.op));
            }
        }
        let hidden = self.rows_of(&self.file.base, series).flat_map(|row| {
            row.registers.iter().filter(|(slot, beneath)| {
                let register = RegisterKey { row: row.key.clone(), slot: (*slot).clone() };
                first.get(&register).is_some_and(|(write, op)| *op != beneath.stamp.op && !has_known(write, beneath))
            })
        });
        hidden.map(|(_, beneath)| beneath.stamp.op).collect()
    }

    fn rows_of<'a>(&self, rows: &'a Rows, series: SeriesId) -> impl Iterator<Item = &'a Row> + use<'a> {
        let dates = rows.exceptions_of(series).map(|(key, _)| RowKey::from(key));
        rows.segment_ids(series).map(RowKey::from).chain(dates).filter_map(|key| rows.get(&key))
    }

    /// The operations that wait and write to a series.
    fn waiting_of(&self, series: SeriesId) -> BTreeSet<OpId> {
        let is_of_series = |row: &RowKey| match row {
            RowKey::Schedule(id) => self.view.pattern(*id).is_some_and(|it| it.pattern.series_id == series),
            RowKey::Exception(key) => key.series_id == series,
            _ => false,
        };
        let pending = self.file.outbox.values().map(|it| &it.operation);
        let pending = pending.filter(|op| op.writes.iter().any(|write| is_of_series(&write.register.row)));
        pending.map(|op| op.op).collect()
    }
}

/// Whether a write was made on top of what lies beneath it.
fn has_known(write: &Write, beneath: &Register) -> bool {
    let is_below = |base: &Base| base.version.covers(&beneath.stamp.version) || base.op == Some(beneath.stamp.op);
    write.base.as_ref().is_some_and(is_below)
}

fn base_of(register: &Register) -> Base {
    Base { version: register.stamp.version.clone(), op: Some(register.stamp.op) }
}
