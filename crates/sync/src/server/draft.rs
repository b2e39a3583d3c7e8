//! What follows from writes that hold, and writing it all down with new revisions.

use std::collections::{BTreeMap, BTreeSet};

use weekwise_domain::{Pattern, ScheduleId, SeriesId};
use weekwise_protocol::sync::{
    CopyId, ExceptionFields, Fate, PatternFields, Reason, Register, RegisterKey, Rev, Row, RowKey, Seen, Slot, Stamp,
    Value, Version,
};

use super::{
    Account, Room,
    judge::has_seen,
    lost::{Lost, Writer, change},
};
use crate::series::{Segment, keep_apart};

/// Writes that hold, on their way into the rows.
pub(super) struct Draft {
    writer: Writer,
    /// Registers and what they are to hold.
    pub(super) puts: BTreeMap<RegisterKey, Put>,
    /// Schedules that are removed for good, with their series and what was seen of it.
    pub(super) gone: BTreeMap<ScheduleId, (SeriesId, Seen)>,
    /// Schedules and exceptions that were edited by someone who saw them out of the trash.
    pub(super) edited: BTreeSet<RowKey>,
    /// Schedules that are to be in the trash, and are there already.
    pub(super) trashed: BTreeSet<ScheduleId>,
    copies: BTreeMap<CopyId, Lost>,
}

/// What a register is to hold.
pub(super) struct Put {
    pub(super) value: Value,
    /// What the value comes after, beside what the register holds now.
    pub(super) after: Version,
    /// Who wrote it, if not the draft's writer.
    pub(super) writer: Option<Writer>,
    /// Whether it is a new write, and not one of a lost history that is put back in its place.
    pub(super) is_new: bool,
    /// Whether it is no write at all: the register only ends earlier than was written, and keeps its stamp. So who saw what
    /// was written has seen it.
    pub(super) is_rule: bool,
}

impl Put {
    pub(super) fn fresh(value: Value, after: Version) -> Self {
        Self { value, after, writer: None, is_new: true, is_rule: false }
    }
}

impl Draft {
    pub(super) fn new(writer: Writer) -> Self {
        Self {
            writer,
            puts: BTreeMap::new(),
            gone: BTreeMap::new(),
            edited: BTreeSet::new(),
            trashed: BTreeSet::new(),
            copies: BTreeMap::new(),
        }
    }

    pub(super) fn copy(&mut self, lost: Lost) {
        self.copies.insert(lost.id, lost);
    }

    /// What a register holds loses against `winner`.
    pub(super) fn lose(&mut self, register: &RegisterKey, loser: &Register, winner: &Value) {
        let change = change(register, Some(winner), &loser.value);
        let copy = change.map(|it| Lost::register(register, it, Writer::from(&loser.stamp)));
        copy.into_iter().for_each(|copy| self.copy(copy));
    }

    fn put_once(&mut self, register: RegisterKey, value: Value) {
        self.puts.entry(register).or_insert_with(|| Put::fresh(value, Version::default()));
    }
}

impl Account {
    /// Writes a draft down, with all that follows from it, and says what that was.
    ///
    /// Copies come first: whoever has pulled what won against a value has its copy too, wherever a page ends. So what a version
    /// covers was seen, or is kept, also after a restore.
    pub(super) fn write(&mut self, mut draft: Draft) -> Result<Vec<Fate>, Reason> {
        let mut fates = self.restore_edited(&mut draft);
        self.purge(&mut draft);
        fates.extend(self.keep_segments_apart(&mut draft));
        self.check_room(&draft)?;
        self.write_copies(std::mem::take(&mut draft.copies).into_values(), &draft.writer);
        let gone = std::mem::take(&mut draft.gone);
        for (id, (series_id, seen)) in gone {
            self.bury(id, series_id, seen.version, &draft.writer);
        }
        self.write_puts(draft.puts, &draft.writer);
        Ok(fates)
    }

    /// What is in the trash comes out of it when someone edits it who saw it outside.
    fn restore_edited(&self, draft: &mut Draft) -> Vec<Fate> {
        let mut fates = Vec::new();
        for row in std::mem::take(&mut draft.edited) {
            for id in self.trashed_with(&row) {
                let register = RegisterKey::new(id, Slot::Active);
                let is_decided = draft.puts.contains_key(&register) || draft.trashed.contains(&id);
                if !is_decided && !draft.gone.contains_key(&id) {
                    draft.put_once(register, Value::Active(true));
                    fates.push(Fate::Restored { schedule: id });
                }
            }
        }
        fates
    }

    /// What comes out of the trash when a row is edited: if it is a schedule in the trash, that and the segments that went
    /// there along with it; if it is an exception of a series of which nothing is outside, the segments that went there last.
    pub(super) fn trashed_with(&self, row: &RowKey) -> Vec<ScheduleId> {
        let Some(series) = self.series_of(&RegisterKey { row: row.clone(), slot: Slot::Active }) else {
            return Vec::new();
        };
        let actives: Vec<_> = self
            .rows
            .segment_ids(series)
            .filter_map(|id| Some((id, self.rows.register(&RegisterKey::new(id, Slot::Active))?)))
            .collect();
        let is_in_trash = |register: &Register| register.value == Value::Active(false);
        let last = match row {
            RowKey::Schedule(id) => actives.iter().find(|(it, register)| it == id && is_in_trash(register)),
            _ if actives.iter().any(|(_, register)| !is_in_trash(register)) => None,
            _ => actives.iter().max_by_key(|(_, register)| register.stamp.rev),
        };
        let Some(op) = last.map(|(_, register)| register.stamp.op) else { return Vec::new() };
        let along = actives.iter().filter(|(_, register)| is_in_trash(register) && register.stamp.op == op);
        along.map(|(id, _)| *id).collect()
    }

    /// What whoever removes a schedule for good has not seen of it is kept as a copy of the whole. Once a series has no
    /// schedule any more, its exceptions end too.
    fn purge(&self, draft: &mut Draft) {
        let mut series_seen: BTreeMap<SeriesId, Seen> = BTreeMap::new();
        let gone: Vec<_> = draft.gone.iter().map(|(id, (_, seen))| (*id, seen.clone())).collect();
        for (id, seen) in gone {
            let Some(row) = self.rows.get(&id.into()) else { continue };
            let stamps = row.registers.values().map(|register| &register.stamp);
            let unseen = stamps.filter(|stamp| !has_seen(&seen, stamp)).max_by_key(|stamp| stamp.rev);
            if let (Some(unseen), Some(schedule)) = (unseen, self.rows.schedule(id)) {
                draft.copy(Lost::schedule(schedule, Writer::from(unseen)));
            }
            if let Some(fields) = self.rows.pattern(id) {
                let known = series_seen.entry(fields.pattern.series_id).or_default();
                known.version.join(&seen.version);
                known.ops.extend(seen.ops);
            }
        }
        for (series, seen) in series_seen {
            let is_left = |id: ScheduleId| !draft.gone.contains_key(&id);
            if self.rows.segment_ids(series).any(is_left) || self.makes_segment(draft, series) {
                continue;
            }
            for (key, register) in self.rows.exceptions_of(series) {
                let name = RegisterKey::new(key, Slot::Exception);
                let nothing =
                    Value::Exception(Box::new(ExceptionFields { exception: None, extra: Default::default() }));
                let holds = matches!(&register.value, Value::Exception(fields) if fields.exception.is_some());
                if !holds || draft.puts.contains_key(&name) {
                    continue;
                }
                if !has_seen(&seen, &register.stamp) {
                    draft.lose(&name, register, &nothing);
                    let segments = draft.gone.keys().filter_map(|id| self.rows.schedule(*id));
                    let segments = segments.filter(|row| row.pattern.series_id == series);
                    let copies: Vec<_> =
                        segments.map(|row| Lost::schedule(row, Writer::from(&register.stamp))).collect();
                    copies.into_iter().for_each(|copy| draft.copy(copy));
                }
                draft.put_once(name, nothing);
            }
        }
    }

    fn makes_segment(&self, draft: &Draft, series: SeriesId) -> bool {
        let mut patterns = draft.puts.values().filter_map(|put| match &put.value {
            Value::Pattern(fields) => Some(fields.pattern.series_id),
            _ => None,
        });
        patterns.any(|it| it == series)
    }

    /// The segments of each series whose patterns or presence change, as the draft leaves them.
    fn keep_segments_apart(&self, draft: &mut Draft) -> Vec<Fate> {
        let mut touched = BTreeSet::new();
        for (register, put) in &draft.puts {
            if let RowKey::Schedule(id) = register.row {
                touched.extend(self.rows.pattern(id).map(|fields| fields.pattern.series_id));
                if let Value::Pattern(fields) = &put.value {
                    touched.insert(fields.pattern.series_id);
                }
            }
        }
        let mut fates = Vec::new();
        for series in touched {
            for (id, validity) in keep_apart(self.segments_after(draft, series)) {
                let register = RegisterKey::new(id, Slot::Pattern);
                let Some((mut fields, writer)) = self.pattern_after(draft, id) else { continue };
                let unshortened = Value::Pattern(Box::new(fields.clone()));
                fields.pattern.validity = validity;
                let is_empty = validity.range().is_none();
                let value = Value::Pattern(Box::new(fields));
                if is_empty {
                    // Nothing is left of it to be seen.
                    let change = change(&register, Some(&value), &unshortened);
                    let copy = change.map(|it| Lost::register(&register, it, writer));
                    copy.into_iter().for_each(|copy| draft.copy(copy));
                }
                // What is left of it is still the work of who wrote it.
                match draft.puts.get_mut(&register) {
                    Some(put) => put.value = value,
                    None => {
                        let rule = Put { is_rule: true, ..Put::fresh(value, Version::default()) };
                        draft.puts.insert(register, rule);
                    }
                }
                fates.push(Fate::Shortened { schedule: id });
            }
        }
        fates
    }

    fn segments_after(&self, draft: &Draft, series: SeriesId) -> Vec<Segment> {
        let made = draft.puts.keys().filter_map(|register| match (&register.row, &register.slot) {
            (RowKey::Schedule(id), Slot::Pattern) => Some(*id),
            _ => None,
        });
        let ids: BTreeSet<ScheduleId> = self.rows.segment_ids(series).chain(made).collect();
        let after = ids.into_iter().filter(|id| !draft.gone.contains_key(id)).filter_map(|id| {
            let active = match draft.puts.get(&RegisterKey::new(id, Slot::Active)).map(|put| &put.value) {
                Some(Value::Active(active)) => *active,
                _ => self.rows.is_active(id)?,
            };
            let pattern: Pattern = self.pattern_after(draft, id)?.0.pattern;
            (active && pattern.series_id == series).then_some(Segment { id, pattern })
        });
        after.collect()
    }

    fn pattern_after(&self, draft: &Draft, id: ScheduleId) -> Option<(PatternFields, Writer)> {
        let register = RegisterKey::new(id, Slot::Pattern);
        if let Some(put) = draft.puts.get(&register) {
            let Value::Pattern(fields) = &put.value else { return None };
            return Some(((**fields).clone(), put.writer.clone().unwrap_or_else(|| draft.writer.clone())));
        }
        let current = self.rows.register(&register)?;
        let Value::Pattern(fields) = &current.value else { return None };
        Some(((**fields).clone(), Writer::from(&current.stamp)))
    }

    fn check_room(&mut self, draft: &Draft) -> Result<(), Reason> {
        let mut rows = BTreeSet::new();
        let mut bytes = 0_i64;
        for (register, put) in &draft.puts {
            if !self.rows.contains(&register.row) {
                rows.insert(&register.row);
            }
            let old = self.rows.register(register);
            bytes += Room::bytes_of_register(&put.value, &put.after);
            bytes -= old.map_or(0, |old| Room::bytes_of_register(&old.value, &old.stamp.version));
        }
        let rows = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let grows = rows > 0 || bytes > 0;
        if grows && (rows > self.room.rows || bytes > self.room.bytes) {
            return Err(Reason::Limit);
        }
        self.room.rows = self.room.rows.saturating_sub(rows);
        self.room.bytes = self.room.bytes.saturating_sub(bytes);
        Ok(())
    }

    fn bury(&mut self, id: ScheduleId, mut series_id: SeriesId, mut version: Version, writer: &Writer) {
        if let Some(schedule) = self.rows.schedule(id) {
            series_id = schedule.pattern.series_id;
            self.graves.insert(id, schedule);
            self.buried.insert(id);
        }
        if let Some(row) = self.take_row(&id.into()) {
            row.registers.values().for_each(|register| version.join(&register.stamp.version));
        }
        let gone = RegisterKey::new(RowKey::Tombstone(id), Slot::Gone);
        let put = Put::fresh(Value::Gone { series_id }, version);
        self.write_puts(BTreeMap::from([(gone, put)]), writer);
    }

    /// Writes registers, each row with a new revision.
    fn write_puts(&mut self, puts: BTreeMap<RegisterKey, Put>, writer: &Writer) {
        let mut by_row: BTreeMap<RowKey, Vec<(Slot, Put)>> = BTreeMap::new();
        for (register, put) in puts {
            by_row.entry(register.row).or_default().push((register.slot, put));
        }
        for (key, puts) in by_row {
            let rev = self.next_rev();
            let old = self.take_row(&key);
            let mut row = old.unwrap_or_else(|| Row { key, rev, registers: BTreeMap::new() });
            row.rev = rev;
            for (slot, put) in puts {
                if let Some(old) = row.registers.get_mut(&slot).filter(|_| put.is_rule) {
                    old.value = put.value;
                    continue;
                }
                let mut version = row.registers.get(&slot).map(|old| old.stamp.version.clone()).unwrap_or_default();
                version.join(&put.after);
                if put.is_new {
                    version.set(self.head.epoch, rev);
                }
                let Writer { op, at, by } = put.writer.unwrap_or_else(|| writer.clone());
                row.registers.insert(slot, Register { value: put.value, stamp: Stamp { rev, version, op, at, by } });
            }
            self.put_row(row);
        }
    }

    /// Writes conflict copies. One that is there already stays as it is: it may have been dealt with.
    pub(super) fn write_copies(&mut self, copies: impl IntoIterator<Item = Lost>, loser_to: &Writer) {
        for Lost { id, change, writer } in copies {
            let key = RowKey::ConflictCopy(id);
            if self.rows.contains(&key) {
                continue;
            }
            let rev = self.next_rev();
            let stamp = |writer: &Writer| Stamp {
                rev,
                version: Version::at(self.head.epoch, rev),
                op: writer.op,
                at: writer.at,
                by: writer.by.clone(),
            };
            let lost = Register { value: Value::Lost(Box::new(change)), stamp: stamp(&writer) };
            let resolved = Register { value: Value::Resolved(false), stamp: stamp(loser_to) };
            let registers = BTreeMap::from([(Slot::Lost, lost), (Slot::Resolved, resolved)]);
            self.put_row(Row { key, rev, registers });
        }
    }

    fn next_rev(&mut self) -> Rev {
        self.head.rev = self.head.rev.next();
        self.head.rev
    }
}
