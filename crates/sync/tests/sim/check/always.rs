//! What must hold at every moment.

use std::collections::{BTreeMap, BTreeSet};

use weekwise_domain::{Change, ExceptionKey, SeriesId};
use weekwise_protocol::sync::{
    DeviceId, OpId, Operation, Outcome, Push, PushReply, RegisterKey, Row, RowKey, Slot, Value,
};
use weekwise_sync::{Rows, server::Written};

use super::{Property, Violation};
use crate::{
    ghost::{Ghost, is_same},
    server::Tables,
    store::Store,
};

/// A device's file, after each step.
pub fn store(store: &Store, ghost: &Ghost) -> Option<Violation> {
    let fail = |property, detail: String| Some(Violation::new(property, detail));
    let view = store.file.view();
    if view != store.view {
        let differs = view.iter().find(|row| store.view.get(&row.key) != Some(row)).map(|row| row.key.to_string());
        let more = store.view.iter().find(|row| !view.contains(&row.key)).map(|row| row.key.to_string());
        return fail(Property::PendingIsShown, format!("the stored view differs: {differs:?} {more:?}"));
    }
    let rejected: BTreeSet<OpId> = store.rejected.iter().filter_map(rejected_op).collect();
    let waiting: BTreeSet<OpId> = store.file.outbox.values().map(|it| it.operation.op).collect();
    // The history in which it wrote nothing may be lost, and none the wiser.
    let is_idle = |op: &OpId| ghost.was_restored && ghost.idle.contains(op);
    let mut left = store.made.iter().filter(|op| !waiting.contains(op) && !rejected.contains(op));
    let left = left.find(|op| !store.known.contains(op) && !is_idle(op));
    if let Some(op) = left {
        return fail(Property::PendingIsShown, format!("{op} left the outbox before what came of it was pulled"));
    }
    if let Some(hidden) = hidden(store, ghost) {
        return fail(Property::PendingIsShown, hidden);
    }
    segments_meet(&view).and_then(|detail| fail(Property::RowsAreValid, format!("in the view, {detail}")))
}

pub fn rejected_op(rejected: &weekwise_sync::client::Rejected) -> Option<OpId> {
    match rejected {
        weekwise_sync::client::Rejected::Operation { operation, .. } => Some(operation.op),
        weekwise_sync::client::Rejected::Held { .. } => None,
    }
}

/// A pending write that the view does not show, though nothing later was written to the register.
fn hidden(store: &Store, ghost: &Ghost) -> Option<String> {
    let mut last: BTreeMap<RegisterKey, OpId> = BTreeMap::new();
    let mut purged: BTreeSet<RowKey> = BTreeSet::new();
    let mut purged_series: BTreeSet<SeriesId> = BTreeSet::new();
    for pending in store.file.outbox.values() {
        for write in &pending.operation.writes {
            match &write.register.row {
                RowKey::Tombstone(id) => {
                    purged.insert((*id).into());
                    let series = write.value.get("series_id");
                    purged_series.extend(series.and_then(|it| serde_json::from_value::<SeriesId>(it.clone()).ok()));
                }
                _ => drop(last.insert(write.register.clone(), pending.operation.op)),
            }
        }
    }
    last.into_iter().find_map(|(register, op)| {
        let is_purged = match &register.row {
            RowKey::Schedule(id) => {
                let tombstone = RowKey::Tombstone(*id);
                let is_held = store.file.held.values().any(|held| held.row.key == tombstone);
                purged.contains(&register.row) || store.file.base.contains(&tombstone) || is_held
                    // The operation that made it was rejected; this one will be.
                    || !store.view.contains(&register.row)
            }
            RowKey::Exception(key) => purged_series.contains(&key.series_id),
            RowKey::ConflictCopy(_) => !store.view.contains(&register.row),
            _ => false,
        };
        let written = ghost.made.get(&op)?.values.get(&register)?;
        let shown = store.view.register(&register).map(|it| &it.value);
        let is_shown = match (written, shown) {
            // A segment can be shortened to nothing; then it says so itself.
            (Value::Pattern(written), Some(Value::Pattern(shown))) => {
                written.pattern.time == shown.pattern.time && written.pattern.series_id == shown.pattern.series_id
            }
            (written, Some(shown)) => is_same(written, shown),
            _ => false,
        };
        (!is_purged && !is_shown).then(|| format!("{op} waits, and {register} shows {shown:?}"))
    })
}

/// A complete page was applied: the file has exactly what the server had when it was read.
pub fn complete(store: &Store, snapshot: &Tables) -> Option<Violation> {
    let theirs: Rows = snapshot.rows.values().map(|row| (**row).clone()).collect();
    let differs = theirs.iter().find(|row| store.file.base.get(&row.key) != Some(row));
    let more = store.file.base.iter().find(|row| !theirs.contains(&row.key));
    let what = differs.or(more)?;
    Some(Violation::new(Property::NoGaps, format!("pulled up to the head, {} is not what the server has", what.key)))
}

/// With a page that reaches the head the checksum does not fit: a row was missed. Only a restore can lead to that: of the pages that a
/// device pulled one after the other, the first may be of the history that was lost, and lack what was written again there.
pub fn mismatch(device: usize, ghost: &Ghost) -> Option<Violation> {
    let violation = || Violation::new(Property::NoGaps, format!("device {device} finds that it missed a row"));
    (!ghost.was_restored).then(violation)
}

/// A user's tables, after each commit.
pub fn tables(before: &Tables, after: &Tables, user: usize, ghost: &Ghost) -> Option<Violation> {
    let changed: Vec<_> = after
        .rows
        .values()
        .filter(|row| before.rows.get(&row.key).is_none_or(|old| !std::sync::Arc::ptr_eq(old, row)))
        .collect();
    for row in &changed {
        let stray = row.registers.values().find_map(|register| {
            let made = ghost.made.get(&register.stamp.op)?;
            (made.user != user).then_some(register.stamp.op)
        });
        if let Some(op) = stray {
            let detail = format!("{} was written by {op} of the other account", row.key);
            return Some(Violation::new(Property::AccountsAreApart, detail));
        }
        if row.rev <= before.head.rev || row.rev > after.head.rev {
            let detail = format!("{} takes the revision {} again", row.key, row.rev);
            return Some(Violation::new(Property::NoGaps, detail));
        }
    }
    let back = after.rows.keys().find_map(|key| match key {
        RowKey::Schedule(id) => after.rows.contains_key(&RowKey::Tombstone(*id)).then_some(id),
        _ => None,
    });
    if let Some(id) = back {
        return Some(Violation::new(Property::DeletedStaysDeleted, format!("{id} is there beside its tombstone")));
    }
    let rows: Rows = after.rows.values().map(|row| (**row).clone()).collect();
    segments_meet(&rows).map(|detail| Violation::new(Property::RowsAreValid, detail))
}

/// Two segments of a series that are both valid on a date.
pub fn segments_meet(rows: &Rows) -> Option<String> {
    let mut by_series: BTreeMap<SeriesId, Vec<_>> = BTreeMap::new();
    for id in rows.schedule_ids() {
        let (Some(fields), Some(true)) = (rows.pattern(id), rows.is_active(id)) else { continue };
        by_series.entry(fields.pattern.series_id).or_default().push((id, fields.pattern.validity));
    }
    by_series.values().find_map(|segments| {
        segments.iter().enumerate().find_map(|(i, (id, validity))| {
            let other = segments[i + 1..].iter().find(|(_, other)| validity.meets(*other));
            other.map(|(other, _)| format!("{id} and {other} are valid on one date"))
        })
    })
}

/// A push was committed: each of its operations is whole or absent, and its conflicts are real ones.
pub fn push(before: &Tables, after: &Tables, push: &Push, reply: &PushReply, ghost: &Ghost) -> Option<Violation> {
    let ops: Vec<Operation> = push.ops.iter().filter_map(|body| serde_json::from_value(body.clone()).ok()).collect();
    let register = |tables: &Tables, key: &RegisterKey| {
        tables.rows.get(&key.row).and_then(|row| row.registers.get(&key.slot)).cloned()
    };
    for (op, answer) in ops.iter().zip(&reply.ops) {
        if before.operations.contains_key(&op.op) {
            continue;
        }
        let Some(made) = ghost.made.get(&op.op) else { continue };
        let is_applied = matches!(answer.outcome, Outcome::Applied { .. });
        let holds = |key: &RegisterKey, value: &Value| {
            let now = register(after, key);
            let is_later =
                ops.iter().any(|other| other.op != op.op && now.as_ref().is_some_and(|it| it.stamp.op == other.op));
            let is_nothing = matches!(value, Value::Exception(fields) if fields.exception.is_none());
            let is_gone = match &key.row {
                RowKey::Schedule(id) => after.rows.contains_key(&RowKey::Tombstone(*id)),
                RowKey::Exception(_) => now.is_none() && is_nothing,
                // A copy that is not there needs no dealing with.
                RowKey::ConflictCopy(_) => now.is_none(),
                _ => false,
            };
            // It was here before a restore, and what the row holds now came after it. What told so, a later edit of this push may
            // have overwritten.
            let wrote = |row: &Row| row.registers.values().any(|it| it.stamp.op == op.op);
            let wrote_row = [before, after].iter().any(|it| it.rows.get(&key.row).is_some_and(|row| wrote(row)))
                || push.held.iter().any(|row| row.key == key.row && wrote(row));
            let is_back = ghost.was_restored && wrote_row;
            // Emptied by the rule of splits, or raised: the register says so, and a copy or a fate does.
            let is_ruled = matches!(value, Value::Pattern(_))
                || matches!(value, Value::Active(_))
                || made.values.len() + made.purges.len() > 1
                    && matches!(&key.row, RowKey::Setting(name) if name == "slot_limit");
            now.as_ref().is_some_and(|now| is_same(value, &now.value) || (is_ruled && now.stamp.op == op.op))
                || is_later
                || is_gone
                || is_back
                || is_ruled && matches!(key.row, RowKey::Setting(_))
        };
        if is_applied && let Some((key, _)) = made.values.iter().find(|(key, value)| !holds(key, value)) {
            let detail = format!("{} is applied, and {key} does not hold what it wrote", op.op);
            return Some(Violation::new(Property::EditsAreWhole, detail));
        }
        if is_applied && let Some(id) = made.purges.iter().find(|id| !after.rows.contains_key(&RowKey::Tombstone(**id)))
        {
            let detail = format!("{} is applied, and {id} has no tombstone", op.op);
            return Some(Violation::new(Property::EditsAreWhole, detail));
        }
        let wrote = |key: &RegisterKey| {
            let is_its = |tables| register(tables, key).is_some_and(|it| it.stamp.op == op.op);
            // What another device held of it came back by itself.
            let is_held = push.held.iter().any(|row| row.registers.values().any(|it| it.stamp.op == op.op));
            is_its(after) && !is_its(before) && !is_held
        };
        if !is_applied && let Some(key) = made.values.keys().find(|key| wrote(key)) {
            let detail = format!("{} is not applied, and wrote {key}", op.op);
            return Some(Violation::new(Property::EditsAreWhole, detail));
        }
        if let Some(detail) = false_conflict(op, answer.outcome.clone(), before, after, ghost) {
            return Some(Violation::new(Property::ConflictsAreReal, detail));
        }
    }
    unknown_lost(before, after, push)
}

/// A side of a conflict that knew of the other. After a restore a conflict may show up twice.
fn false_conflict(
    operation: &Operation,
    outcome: Outcome,
    before: &Tables,
    after: &Tables,
    ghost: &Ghost,
) -> Option<String> {
    if ghost.was_restored {
        return None;
    }
    let op = operation.op;
    // What it changes was to be made by an operation that lost: then it loses against the same.
    let mut bases = operation.writes.iter().filter_map(|write| write.base.as_ref()?.op);
    let mut lost_with = |by| {
        bases.any(|base| match after.operations.get(&base).map(|known| &known.outcome) {
            Some(Outcome::Superseded { by: winner, .. }) => *winner == by,
            _ => false,
        })
    };
    if let Outcome::Superseded { by, .. } = outcome
        && ghost.saw(op, by)
        && !lost_with(by)
    {
        return Some(format!("{op} lost against {by}, which it was made on top of"));
    }
    let copies = after.rows.values().filter(|row| !before.rows.contains_key(&row.key));
    copies.into_iter().find_map(|row| {
        let lost = row.registers.get(&Slot::Lost)?.stamp.op;
        let winner = row.registers.get(&Slot::Resolved)?.stamp.op;
        // By the rule of splits nothing is left of a segment that it made, or took out of the trash: another one, of which it did not
        // know that it would be there, has its dates.
        let is_shortened = lost == winner || is_emptied(after, row, lost);
        let is_false =
            !is_shortened && winner == op && ghost.saw(winner, lost) && !is_cautious(ghost, row, winner, lost);
        is_false.then(|| format!("{winner} won against {lost}, which it was made on top of"))
    })
}

/// Whether a row is a copy of a schedule that was removed for good in the middle of a pull: of an operation of which a part may still have
/// been to come, it counts as unseen all that it wrote.
fn is_cautious(ghost: &Ghost, copy: &Row, winner: OpId, lost: OpId) -> bool {
    let Some(Value::Lost(change)) = copy.value(&Slot::Lost) else { return false };
    let Change::Schedule { id, .. } = &**change else { return false };
    ghost.made.get(&winner).is_some_and(|made| made.purges.contains(id) && !made.knew.contains(&lost))
}

/// Whether the pattern of which a row is a copy is still there, and is valid on no date.
fn is_emptied(tables: &Tables, copy: &Row, writer: OpId) -> bool {
    let Some(Value::Lost(change)) = copy.value(&Slot::Lost) else { return false };
    let Change::Pattern { id, .. } = &**change else { return false };
    let row = tables.rows.get(&RowKey::from(*id));
    let register = row.and_then(|row| row.registers.get(&Slot::Pattern)).filter(|it| it.stamp.op == writer);
    let is_empty = |value: &Value| matches!(value, Value::Pattern(it) if it.pattern.validity.range().is_none());
    register.is_some_and(|register| is_empty(&register.value))
}

/// A field of a later version that an edit of this version took away.
fn unknown_lost(before: &Tables, after: &Tables, push: &Push) -> Option<Violation> {
    if !push.held.is_empty() {
        return None;
    }
    let lost = before.rows.values().find(|old| {
        let Some(new) = after.rows.get(&old.key) else { return false };
        old.registers.iter().any(|(slot, register)| match (&register.value, new.value(slot)) {
            (Value::Details(old), Some(Value::Details(new))) => {
                old.extra.iter().any(|(name, _)| !new.extra.contains_key(name))
            }
            _ => false,
        })
    });
    lost.map(|row| Violation::new(Property::UnknownIsKept, format!("{} lost a field of a later version", row.key)))
}

/// The estimates for the operations of a push.
pub fn estimates(tables: &Tables, push: &Push, written: &Written, received: i64) -> Option<Violation> {
    let clock = tables.clocks.get(&push.device_id).copied().unwrap_or_default();
    let last = clock.last_ms.unwrap_or(i64::MIN);
    let is_device = |by: &DeviceId| *by == push.device_id;
    let bad = written.operations.iter().filter(|it| is_device(&it.by)).find(|it| {
        let is_late = it.at > received.max(last);
        let is_early = clock.drained_at_ms.is_some_and(|drained| it.at < drained.min(received));
        is_late || is_early
    });
    bad.map(|it| {
        let detail = format!("{} was made at {}, and received at {received} ({clock:?})", it.op, it.at);
        Violation::new(Property::TimeIsBounded, detail)
    })
}

/// A split that changes no date touches no exception.
pub fn split(rows: &weekwise_domain::Rows, changes: &[Change]) -> Option<Violation> {
    let mut after = rows.clone();
    after.apply(changes);
    let has_effect = |rows: &weekwise_domain::Rows, key: &ExceptionKey| {
        rows.segments(key.series_id).iter().any(|row| row.active && row.pattern.occurs_on(key.date))
    };
    let lost = rows.exceptions.iter().find(|(key, value)| {
        after.exceptions.get(key) != Some(value) || has_effect(rows, key) && !has_effect(&after, key)
    });
    lost.map(|(key, _)| {
        Violation::new(Property::RowsAreValid, format!("a split takes the exception on {} from its date", key.date))
    })
}
