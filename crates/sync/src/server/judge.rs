//! What becomes of an operation: whether each of its writes is current, wins, or loses.
//!
//! A write is *current* when its writer saw what the register holds. Else both were made without knowing of each other, and
//! the one that was made later wins, by the server's estimate; the device decides between equals. An operation is whole:
//! if one of its writes loses, none of them holds.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use weekwise_domain::{ScheduleId, SeriesId};
use weekwise_protocol::sync::{
    DetailsFields, MAX_WRITES, OpId, Operation, Outcome, PatternFields, Reason, Register, RegisterKey, Rev, RowKey,
    Seen, Slot, Stamp, Value, Version, Write,
};

use super::{
    Account,
    draft::{Draft, Put},
    lost::{Lost, Writer, copies_of, segments_of},
};

/// The most epochs in a version.
const MAX_EPOCHS: usize = 1_000;

/// What is to be done about an operation.
pub(super) enum Verdict {
    Apply { draft: Draft, saw: Vec<(RegisterKey, Rev)> },
    Supersede { by: OpId, copies: Vec<Lost>, saw: Vec<(RegisterKey, Rev)> },
    Reject(Reason),
}

/// How a write stands to what the register holds.
enum Standing {
    /// The writer saw what it holds, or there is nothing in it.
    Current,
    /// It holds the same already.
    Met(Rev),
    /// It asks for no more than what it holds.
    Idle,
    /// It was made later than what it holds.
    Wins,
    /// It was made earlier than what it holds, which this operation wrote.
    Loses(OpId),
}

impl Account {
    pub(super) fn judge(&self, op: &Operation, writer: &Writer) -> Verdict {
        let checked = check(op).and_then(|()| self.check_known(op));
        let created = match checked.and_then(|()| self.created_by(op)) {
            Ok(created) => created,
            Err(reason) => return Verdict::Reject(reason),
        };
        let bases = op.writes.iter().filter_map(|write| write.base.as_ref()?.op);
        if let Some(needed) = bases.into_iter().find(|base| self.is_rejected(*base)) {
            return Verdict::Reject(Reason::DependsOn { op: needed });
        }
        let mut values = Vec::new();
        let mut judged = Vec::new();
        for write in &op.writes {
            let value = match Value::read_over(&write.register, &write.value, self.value_of(&write.register).as_ref()) {
                Ok(value) => value,
                Err(_) if self.is_unknown(write, &created) => {
                    return Verdict::Reject(Reason::UnknownRow { row: write.register.row.to_string() });
                }
                Err(error) => {
                    return Verdict::Reject(Reason::malformed(format_args!("{}: {error}", write.register)));
                }
            };
            match self.standing(op, write, &value, writer, &created) {
                Ok(standing) => judged.push(standing),
                Err(reason) => return Verdict::Reject(reason),
            }
            values.push((write.register.clone(), value));
        }
        let lost_to = judged.iter().find_map(|standing| match standing {
            Standing::Loses(by) => Some(*by),
            _ => None,
        });
        match lost_to {
            Some(by) => {
                let copies = self.copies_of_superseded(&values, &judged, writer);
                Verdict::Supersede { by, copies, saw: self.saw(&values, &judged) }
            }
            None => self.applied(op, values, &judged, writer, &created),
        }
    }

    /// What a register holds, or held until its schedule was removed.
    fn value_of(&self, register: &RegisterKey) -> Option<Value> {
        if let Some(current) = self.rows.register(register) {
            return Some(current.value.clone());
        }
        let RowKey::Schedule(id) = &register.row else { return None };
        let was = self.graves.get(id)?;
        match register.slot {
            Slot::Pattern => {
                let fields = PatternFields { pattern: was.pattern.clone(), extra: Default::default() };
                Some(Value::Pattern(Box::new(fields)))
            }
            Slot::Details => {
                let fields = DetailsFields { details: was.details.clone(), extra: Default::default() };
                Some(Value::Details(Box::new(fields)))
            }
            _ => None,
        }
    }

    /// Whether a write is to a schedule that was never there.
    fn is_unknown(&self, write: &Write, created: &BTreeSet<ScheduleId>) -> bool {
        let is_there = self.rows.contains(&write.register.row) || self.purge_over(&write.register).is_some();
        let is_made = match &write.register.row {
            RowKey::Schedule(id) => created.contains(id),
            _ => true,
        };
        !is_there && !is_made && self.superseded_base(write).is_none()
    }

    fn applied(
        &self,
        op: &Operation,
        values: Vec<(RegisterKey, Value)>,
        judged: &[Standing],
        writer: &Writer,
        created: &BTreeSet<ScheduleId>,
    ) -> Verdict {
        let mut draft = Draft::new(writer.clone());
        let mut saw = Vec::new();
        for ((write, (register, value)), standing) in op.writes.iter().zip(values).zip(judged) {
            match standing {
                Standing::Met(rev) => {
                    if let (RowKey::Schedule(id), Value::Active(false)) = (&register.row, &value) {
                        draft.trashed.insert(*id);
                    }
                    saw.push((register, *rev));
                }
                Standing::Idle => {}
                _ => {
                    if let (Standing::Wins, Some(loser)) = (standing, self.rows.register(&register)) {
                        draft.lose(&register, loser, &value);
                    }
                    let mut base = write.base.as_ref().map(|base| base.version.clone()).unwrap_or_default();
                    if value == Value::Active(false) {
                        // It comes after every edit that it could have lost against, and says so when it is held out.
                        let edits = self.edits_before_trash(&register.row, op);
                        edits.iter().for_each(|stamp| base.join(&stamp.version));
                    }
                    let is_made = matches!(register.row, RowKey::Schedule(id) if created.contains(&id));
                    if !write.in_trash && !is_made && is_edit(&register) {
                        draft.edited.insert(register.row.clone());
                    }
                    if let (RowKey::Tombstone(id), Value::Gone { series_id }) = (&register.row, &value) {
                        draft.gone.insert(*id, (*series_id, write.seen.clone().unwrap_or_default()));
                    } else {
                        draft.puts.insert(register, Put::fresh(value, base));
                    }
                }
            }
        }
        Verdict::Apply { draft, saw }
    }

    /// The registers of which the writer saw what they hold.
    fn saw(&self, values: &[(RegisterKey, Value)], judged: &[Standing]) -> Vec<(RegisterKey, Rev)> {
        let saw = values.iter().zip(judged).filter_map(|((register, _), standing)| match standing {
            Standing::Met(rev) => Some((register.clone(), *rev)),
            Standing::Current => Some((register.clone(), self.rows.register(register)?.stamp.rev)),
            _ => None,
        });
        saw.collect()
    }

    fn copies_of_superseded(&self, values: &[(RegisterKey, Value)], judged: &[Standing], writer: &Writer) -> Vec<Lost> {
        let lost =
            values.iter().zip(judged).filter(|(_, standing)| !matches!(standing, Standing::Met(_) | Standing::Idle));
        let lost: Vec<_> = lost.map(|(value, _)| value.clone()).collect();
        let mut copies = copies_of(self, &lost, writer);
        let purged = lost.iter().filter(|(register, _)| self.purge_over(register).is_some());
        copies.extend(purged.flat_map(|(register, _)| segments_of(self, register, writer)));
        copies
    }

    /// How a write stands, or why the operation cannot be.
    fn standing(
        &self,
        op: &Operation,
        write: &Write,
        value: &Value,
        writer: &Writer,
        created: &BTreeSet<ScheduleId>,
    ) -> Result<Standing, Reason> {
        let register = &write.register;
        if let Some(purge) = self.purge_over(register) {
            let loses_nothing = matches!(value, Value::Gone { .. } | Value::Active(false))
                || matches!(value, Value::Exception(fields) if fields.exception.is_none());
            return Ok(if loses_nothing { Standing::Idle } else { Standing::Loses(purge.op) });
        }
        let Some(current) = self.rows.register(register) else {
            return match &register.row {
                RowKey::Schedule(id) if !created.contains(id) => match self.superseded_base(write) {
                    Some(by) => Ok(Standing::Loses(by)),
                    None => Err(Reason::UnknownRow { row: register.row.to_string() }),
                },
                // One that nobody has needs no dealing with.
                RowKey::ConflictCopy(_) => Ok(Standing::Idle),
                _ => Ok(Standing::Current),
            };
        };
        if current.value == *value {
            return Ok(Standing::Met(current.stamp.rev));
        }
        match (value, &write.seen) {
            // It was here, and is not remembered because of a restore: what the row holds now came after it.
            _ if self.has_written(op.op, &register.row) => Ok(Standing::Idle),
            // Out of the trash: whoever puts it there at the same time did not know of that.
            (Value::Active(true), _) => Ok(Standing::Current),
            (Value::Active(false), Some(seen)) => {
                let unseen = self.unseen_edit(&register.row, seen, op);
                Ok(unseen.map_or(Standing::Current, |stamp| Standing::Loses(stamp.op)))
            }
            (Value::Active(false), None) => {
                Err(Reason::malformed(format_args!("{register}: it is not said what was seen of the series")))
            }
            _ if self.is_current(write, current) => Ok(Standing::Current),
            _ if is_slot_limit(write) && op.writes.len() > 1 => Ok(raise(value, current)),
            _ if (writer.at, &writer.by) >= (current.stamp.at, &current.stamp.by) => Ok(Standing::Wins),
            _ => Ok(Standing::Loses(current.stamp.op)),
        }
    }

    /// Whether a register of a row holds what an operation wrote to it: then all that it wrote to the row was there. That the row
    /// is out of the trash says nothing, since that follows from edits of other rows too.
    pub(super) fn has_written(&self, op: OpId, row: &RowKey) -> bool {
        let registers = self.rows.get(row).into_iter().flat_map(|row| &row.registers);
        registers.filter(|(slot, _)| **slot != Slot::Active).any(|(_, register)| register.stamp.op == op)
    }

    /// Whether the writer saw what the register holds.
    fn is_current(&self, write: &Write, current: &Register) -> bool {
        let Some(base) = &write.base else { return false };
        let saw_it = |op: &OpId| {
            let saw = &self.operations.get(op)?.saw;
            saw.iter().find(|(register, _)| *register == write.register).map(|(_, rev)| *rev >= current.stamp.rev)
        };
        (!base.version.is_empty() && base.version.covers(&current.stamp.version))
            || base.op == Some(current.stamp.op)
            || base.op.as_ref().and_then(saw_it) == Some(true)
    }

    /// Nobody has seen what was not written yet.
    fn check_known(&self, op: &Operation) -> Result<(), Reason> {
        let is_ahead = |write: &&Write| {
            let base = write.base.as_ref().map(|base| &base.version);
            let seen = write.seen.as_ref().map(|seen| &seen.version);
            base.into_iter().chain(seen).any(|version| self.is_ahead(version))
        };
        match op.writes.iter().find(is_ahead) {
            Some(write) => Err(Reason::malformed(format_args!("{}: nobody can have seen that yet", write.register))),
            None => Ok(()),
        }
    }

    /// Whether a version cannot be: it takes something into account that is yet to come, or comes from more restores than there can be.
    pub(super) fn is_ahead(&self, version: &Version) -> bool {
        version.rev_in(self.head.epoch) > self.head.rev
            || version.iter().any(|(_, rev)| rev < Rev::ZERO)
            || version.iter().count() > MAX_EPOCHS
    }

    /// The schedules that an operation makes: those that are not there, and of which it writes every register.
    fn created_by(&self, op: &Operation) -> Result<BTreeSet<ScheduleId>, Reason> {
        let written = |id, slot: &Slot| {
            op.writes.iter().any(|it| it.register.row == RowKey::Schedule(id) && it.register.slot == *slot)
        };
        let rows = op.writes.iter().filter_map(|write| match write.register.row {
            RowKey::Schedule(id) if !self.rows.contains(&id.into()) => Some(id),
            _ => None,
        });
        let whole =
            |id: &ScheduleId| [Slot::Pattern, Slot::Details, Slot::Active].iter().all(|slot| written(*id, slot));
        let created: BTreeSet<_> = rows.filter(whole).collect();
        let removed = op.writes.iter().find(|write| match write.register.row {
            RowKey::Tombstone(id) => op.writes.iter().any(|it| it.register.row == RowKey::Schedule(id)),
            _ => false,
        });
        match removed {
            Some(write) => Err(Reason::malformed(format_args!("{}: written to and removed", write.register))),
            None => Ok(created),
        }
    }

    /// The purge after which nothing can be written to a register any more.
    pub(super) fn purge_over(&self, register: &RegisterKey) -> Option<&Stamp> {
        match &register.row {
            RowKey::Schedule(id) | RowKey::Tombstone(id) => {
                let gone = RegisterKey::new(RowKey::Tombstone(*id), Slot::Gone);
                self.rows.register(&gone).map(|register| &register.stamp)
            }
            RowKey::Exception(key) => self.rows.purge_of(key.series_id),
            _ => None,
        }
    }

    /// The series that a register belongs to.
    pub(super) fn series_of(&self, register: &RegisterKey) -> Option<SeriesId> {
        match &register.row {
            RowKey::Schedule(id) => self.rows.pattern(*id).map(|fields| fields.pattern.series_id),
            RowKey::Exception(key) => Some(key.series_id),
            _ => None,
        }
    }

    /// The last edit of a schedule that goes into the trash which was not seen.
    fn unseen_edit(&self, row: &RowKey, seen: &Seen, op: &Operation) -> Option<&Stamp> {
        let edits = self.edits_before_trash(row, op).into_iter();
        edits.filter(|stamp| !has_seen(seen, stamp) && stamp.op != op.op).max_by_key(|stamp| stamp.rev)
    }

    /// The edits against which it loses that a schedule goes into the trash: those of the schedule; those of its whole series, if
    /// no segment of it stays outside.
    fn edits_before_trash(&self, row: &RowKey, op: &Operation) -> Vec<&Stamp> {
        let Some(series) = self.series_of(&RegisterKey { row: row.clone(), slot: Slot::Active }) else {
            return Vec::new();
        };
        let goes = |id: ScheduleId| {
            let is_put = |write: &&Write| write.register == RegisterKey::new(id, Slot::Active);
            let put = op.writes.iter().find(is_put).map(|write| write.value == Json::Bool(false));
            put.unwrap_or_else(|| self.rows.is_active(id) == Some(false))
        };
        let is_whole = self.rows.segment_ids(series).all(goes);
        let rows = self.rows.segment_ids(series).map(RowKey::from).filter(|it| is_whole || it == row);
        let of_segments = rows.filter_map(|it| self.rows.get(&it)).flat_map(|row| row.registers.values());
        // That it is in the trash is no edit that would keep it out of the trash.
        let of_segments = of_segments.filter(|register| register.value != Value::Active(false));
        let of_dates = self.rows.exceptions_of(series).map(|(_, register)| register).filter(|_| is_whole);
        of_segments.chain(of_dates).map(|register| &register.stamp).collect()
    }

    fn is_rejected(&self, op: OpId) -> bool {
        matches!(self.operations.get(&op).map(|known| &known.outcome), Some(Outcome::Rejected { .. }))
    }

    /// What the operation lost against that was to make the row of a write.
    fn superseded_base(&self, write: &Write) -> Option<OpId> {
        match self.operations.get(&write.base.as_ref()?.op?)?.outcome {
            Outcome::Superseded { by, .. } => Some(by),
            _ => None,
        }
    }
}

/// Whether a stamp is among what was seen.
pub(super) fn has_seen(seen: &Seen, stamp: &Stamp) -> bool {
    covers(&seen.version, &stamp.version) || seen.ops.contains(&stamp.op)
}

fn covers(seen: &Version, version: &Version) -> bool {
    !version.is_empty() && seen.covers(version)
}

/// Whether a write to the register changes what a series is, rather than whether it is there.
fn is_edit(register: &RegisterKey) -> bool {
    matches!(register.slot, Slot::Pattern | Slot::Details | Slot::Exception)
}

fn is_slot_limit(write: &Write) -> bool {
    matches!(&write.register.row, RowKey::Setting(name) if name == "slot_limit")
}

/// A slot limit that is set along with something else was raised for it. It only ever raises the limit: a slot is not
/// lost because two devices raised it by different steps.
fn raise(value: &Value, current: &Register) -> Standing {
    let number = |value: &Value| match value {
        Value::Setting(limit) => limit.as_i64(),
        _ => None,
    };
    if number(value) > number(&current.value) { Standing::Wins } else { Standing::Idle }
}

fn check(op: &Operation) -> Result<(), Reason> {
    let malformed = |detail: String| Err(Reason::malformed(detail));
    if op.writes.is_empty() || op.writes.len() > MAX_WRITES {
        return malformed(format!("an operation has 1 to {MAX_WRITES} writes, not {}", op.writes.len()));
    }
    let mut seen = BTreeSet::new();
    match op.writes.iter().find(|write| !seen.insert(&write.register)) {
        Some(twice) => malformed(format!("{}: written twice", twice.register)),
        None if op.writes.iter().any(|write| write.register.slot == Slot::Lost) => {
            malformed("what lost is written by the server alone".to_owned())
        }
        None if op.writes.iter().any(|write| has_nul(&write.value)) => malformed("U+0000 is no text".to_owned()),
        None => Ok(()),
    }
}

/// Whether a text in it, or a name, holds U+0000: databases keep no such text, also in fields that are not known here.
pub(super) fn has_nul(json: &Json) -> bool {
    match json {
        Json::String(text) => text.contains('\0'),
        Json::Array(items) => items.iter().any(has_nul),
        Json::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}
