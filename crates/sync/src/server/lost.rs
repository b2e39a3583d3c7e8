//! Conflict copies: what lost is kept, as the change that would bring it back.

use sha2::{Digest, Sha256};
use uuid::Builder;
use weekwise_domain::{Change, Schedule, ScheduleId, Settings};
use weekwise_protocol::sync::{
    CopyId, DetailsFields, DeviceId, ExceptionFields, OpId, PatternFields, RegisterKey, RowKey, Slot, Stamp, Value,
    synced_setting,
};

use super::Account;

/// Who wrote a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Writer {
    pub(super) op: OpId,
    pub(super) at: i64,
    pub(super) by: DeviceId,
}

impl From<&Stamp> for Writer {
    fn from(stamp: &Stamp) -> Self {
        Self { op: stamp.op, at: stamp.at, by: stamp.by.clone() }
    }
}

/// A value that lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) id: CopyId,
    pub(super) change: Change,
    pub(super) writer: Writer,
}

impl Lost {
    /// The copy of a register's value. One for each register of an operation at the most, however often it loses: its id
    /// follows from both.
    pub(super) fn register(register: &RegisterKey, change: Change, writer: Writer) -> Self {
        Self { id: copy_id(writer.op, &register.to_string()), change, writer }
    }

    /// The copy of a schedule as a whole.
    pub(super) fn schedule(row: Schedule, writer: Writer) -> Self {
        let id = copy_id(writer.op, &RowKey::Schedule(row.id).to_string());
        Self { id, change: Change::Schedule { id: row.id, before: None, after: Some(Box::new(row)) }, writer }
    }
}

fn copy_id(op: OpId, what: &str) -> CopyId {
    let digest = Sha256::digest(format!("conflict_copy {op} {what}"));
    let first: [u8; 16] = digest[..16].try_into().expect("SHA-256 has 32 bytes");
    CopyId(Builder::from_custom_bytes(first).into_uuid())
}

/// The change that puts `lost` into a register in the place of `winner`. None for what is no value of a person's: that
/// something is in the trash, or was dealt with.
pub(super) fn change(register: &RegisterKey, winner: Option<&Value>, lost: &Value) -> Option<Change> {
    match (&register.row, lost) {
        (RowKey::Schedule(id), Value::Pattern(after)) => {
            let PatternFields { pattern: after, .. } = (**after).clone();
            let before = match winner {
                Some(Value::Pattern(winner)) => winner.pattern.clone(),
                _ => after.clone(),
            };
            Some(Change::Pattern { id: *id, before, after })
        }
        (RowKey::Schedule(id), Value::Details(after)) => {
            let DetailsFields { details: after, .. } = (**after).clone();
            let before = match winner {
                Some(Value::Details(winner)) => winner.details.clone(),
                _ => after.clone(),
            };
            Some(Change::Details { id: *id, before: Box::new(before), after: Box::new(after) })
        }
        (RowKey::Exception(key), Value::Exception(after)) => {
            let ExceptionFields { exception: after, .. } = (**after).clone();
            let before = match winner {
                Some(Value::Exception(winner)) => winner.exception.clone(),
                _ => None,
            };
            Some(Change::Exception { key: *key, before: before.map(Box::new), after: after.map(Box::new) })
        }
        (RowKey::Setting(name), Value::Setting(after)) => {
            let after = synced_setting(name, after)?;
            let before = match winner {
                Some(Value::Setting(winner)) => synced_setting(name, winner)?,
                _ => Settings::default().value_of(&after),
            };
            Some(Change::Setting { before, after })
        }
        _ => None,
    }
}

/// The copies of values that were to be written by one writer, and lost. What was written to one schedule that is not
/// there (any more) is one copy: the whole of it, so that it can be restored.
pub(super) fn copies_of(account: &Account, values: &[(RegisterKey, Value)], writer: &Writer) -> Vec<Lost> {
    let mut copies = Vec::new();
    for (register, value) in values {
        let RowKey::Schedule(id) = register.row else {
            let winner = account.rows.register(register).map(|register| &register.value);
            copies.extend(change(register, winner, value).map(|it| Lost::register(register, it, writer.clone())));
            continue;
        };
        if account.rows.contains(&register.row) {
            let winner = account.rows.register(register).map(|register| &register.value);
            copies.extend(change(register, winner, value).map(|it| Lost::register(register, it, writer.clone())));
        } else if let Some(row) = whole(account.graves.get(&id).cloned(), id, values) {
            copies.push(Lost::schedule(row, writer.clone()));
        } else {
            copies.extend(change(register, None, value).map(|it| Lost::register(register, it, writer.clone())));
        }
    }
    copies.sort_by_key(|copy| copy.id);
    copies.dedup_by_key(|copy| copy.id);
    copies
}

/// The schedule that `values` make of what it was.
fn whole(was: Option<Schedule>, id: ScheduleId, values: &[(RegisterKey, Value)]) -> Option<Schedule> {
    let (mut pattern, mut details, mut active) = match was {
        Some(row) => (Some(row.pattern), Some(row.details), Some(row.active)),
        None => (None, None, None),
    };
    for (_, value) in values.iter().filter(|(register, _)| register.row == RowKey::Schedule(id)) {
        match value {
            Value::Pattern(fields) => pattern = Some(fields.pattern.clone()),
            Value::Details(fields) => details = Some(fields.details.clone()),
            Value::Active(flag) => active = Some(*flag),
            _ => {}
        }
    }
    Some(Schedule { id, pattern: pattern?, details: details?, active: active? })
}

/// The copies of what an exception of a purged series needs to be restored: the segments that the series had.
pub(super) fn segments_of(account: &Account, register: &RegisterKey, writer: &Writer) -> Vec<Lost> {
    match (&register.row, &register.slot) {
        (RowKey::Exception(key), Slot::Exception) => {
            let segments = account.graves.values().filter(|row| row.pattern.series_id == key.series_id);
            segments.map(|row| Lost::schedule(row.clone(), writer.clone())).collect()
        }
        _ => Vec::new(),
    }
}
