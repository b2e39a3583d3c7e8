//! Between the plain rows of storage and the values of sync.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};
use weekwise_domain::{Schedule, SeriesId};
use weekwise_protocol::sync::{
    Checksum, DeviceId, EpochId, Register, Rev, Row, RowKey, SYNCED_SETTINGS, Slot, Value, synced_setting,
};
use weekwise_storage::{
    BaseRow, Changed, Copy, HeldRow, Loaded, OutboxRow, Outline, RejectedRow, RowName, StepError, SyncState, View,
};
use weekwise_sync::{
    Rows,
    client::{Changes, File, Held, HeldId, Pending, Rejected, Seq},
};

/// A file without the outbox and the server's rows.
pub(super) fn file_of(outline: Outline) -> Result<File, StepError> {
    let Outline { state, held } = outline;
    let mut file = file_at(state)?;
    for HeldRow { id, body, through } in held {
        let held = Held { row: json("held", &body)?, through: through.map(Rev) };
        file.held.insert(HeldId(number("held", id)?), held);
    }
    Ok(file)
}

/// A file of which nothing is loaded but how far it has come.
pub(super) fn file_at(state: SyncState) -> Result<File, StepError> {
    let mut file = File::new(DeviceId::try_from(state.device).map_err(unreadable("account"))?);
    file.epoch = state.epoch.map(|text| text.parse().map(EpochId)).transpose().map_err(unreadable("account"))?;
    file.cursor = Rev(state.cursor);
    file.trail = json("account", &state.trail)?;
    file.known = json("account", &state.known)?;
    file.sum = state.checksum.parse::<Checksum>().map_err(unreadable("account"))?.into();
    file.next = u64::try_from(state.next).map_err(unreadable("account"))?;
    Ok(file)
}

/// Puts operations and the server's rows into a file.
pub(super) fn add_loaded(file: &mut File, Loaded { outbox, base }: Loaded) -> Result<(), StepError> {
    for OutboxRow { seq, body, through, .. } in outbox {
        let pending = Pending { operation: json("outbox", &body)?, through: through.map(Rev) };
        file.outbox.insert(Seq(number("outbox", seq)?), pending);
    }
    for body in &base {
        file.base.insert(json::<Row>("base", body)?);
    }
    Ok(())
}

/// What is to be stored of a file after a step.
pub(super) fn changed(file: &mut File, is_stale: bool) -> Changed {
    let Changes { base, view, outbox, held, rejected } = file.take_changes();
    let (base, base_gone) = parted(base, |key, row| base_row(&key, &row), |key| name_of(&key));
    let (outbox, outbox_gone) = parted(outbox, |seq, pending| outbox_row(seq, &pending), |seq| to_i64(seq.0));
    let (held, held_gone) = parted(held, |id, held| held_row(id, &held), |id| to_i64(id.0));
    Changed {
        state: state_of(file, is_stale),
        base,
        base_gone,
        outbox,
        outbox_gone,
        held,
        held_gone,
        rejected: rejected.iter().map(rejected_row).collect(),
        arrivals: Vec::new(),
        view: shown(view),
        is_whole_view: false,
        instead: None,
    }
}

/// What the week shows of rows.
pub(super) fn shown(rows: impl IntoIterator<Item = (RowKey, Option<Arc<Row>>)>) -> View {
    let mut view = View::default();
    for (key, row) in rows {
        match key {
            RowKey::Schedule(id) => view.schedules.push((id, row.and_then(schedule))),
            RowKey::Exception(key) => {
                let exception = row.as_ref().and_then(|row| match row.value(&Slot::Exception)? {
                    Value::Exception(fields) => fields.exception.clone(),
                    _ => None,
                });
                view.exceptions.push((key, exception));
            }
            RowKey::Setting(name) if SYNCED_SETTINGS.contains(&name.as_str()) => {
                let setting = row.as_ref().and_then(|row| match row.value(&Slot::Setting)? {
                    Value::Setting(value) => synced_setting(&name, value),
                    _ => None,
                });
                view.settings.push((name, setting));
            }
            RowKey::ConflictCopy(id) => view.copies.push((id.0, row.map(|row| copy(id.0, &row)))),
            // Nothing that this version could show.
            RowKey::Setting(_) | RowKey::Tombstone(_) | RowKey::Other { .. } => {}
        }
    }
    view
}

/// The series that a row belongs to, if it belongs to one.
pub(super) fn series_of(key: &RowKey, row: &Row) -> Option<SeriesId> {
    match key {
        RowKey::Exception(key) => Some(key.series_id),
        _ => row.registers.values().find_map(|Register { value, .. }| match value {
            Value::Pattern(fields) => Some(fields.pattern.series_id),
            Value::Gone { series_id } => Some(*series_id),
            _ => None,
        }),
    }
}

/// The name of a row.
pub(super) fn name_of(key: &RowKey) -> RowName {
    RowName { kind: key.kind().to_owned(), key: key.key() }
}

fn state_of(file: &File, is_stale: bool) -> SyncState {
    SyncState {
        device: file.device.to_string(),
        epoch: file.epoch.map(|epoch| epoch.to_string()),
        cursor: file.cursor.0,
        trail: text(&file.trail),
        known: text(&file.known),
        checksum: Checksum::from(file.sum).to_string(),
        next: to_i64(file.next),
        is_stale,
    }
}

fn base_row(key: &RowKey, row: &Row) -> BaseRow {
    BaseRow { name: name_of(key), rev: row.rev.0, series: series_of(key, row), body: text(row) }
}

fn outbox_row(seq: Seq, pending: &Pending) -> OutboxRow {
    let Pending { operation, through } = pending;
    OutboxRow { seq: to_i64(seq.0), op: operation.op.0, body: text(operation), through: through.map(|rev| rev.0) }
}

fn held_row(id: HeldId, held: &Held) -> HeldRow {
    HeldRow { id: to_i64(id.0), body: text(&held.row), through: held.through.map(|rev| rev.0) }
}

fn rejected_row(rejected: &Rejected) -> RejectedRow {
    match rejected {
        Rejected::Operation { operation, reason } => {
            RejectedRow { is_operation: true, body: text(operation), reason: text(reason) }
        }
        Rejected::Held { row, reason } => RejectedRow { is_operation: false, body: text(row), reason: text(reason) },
    }
}

fn schedule(row: Arc<Row>) -> Option<Schedule> {
    let RowKey::Schedule(id) = row.key else { return None };
    Rows::from_iter([row]).schedule(id)
}

fn copy(id: uuid::Uuid, row: &Row) -> Copy {
    let is_resolved = row.value(&Slot::Resolved) == Some(&Value::Resolved(true));
    Copy { id, body: text(row), is_resolved }
}

/// What is there, and the names of what is gone.
fn parted<K, V, There, Gone>(
    changes: BTreeMap<K, Option<V>>,
    there: impl Fn(K, V) -> There,
    gone: impl Fn(K) -> Gone,
) -> (Vec<There>, Vec<Gone>) {
    let (mut all_there, mut all_gone) = (Vec::new(), Vec::new());
    for (key, value) in changes {
        match value {
            Some(value) => all_there.push(there(key, value)),
            None => all_gone.push(gone(key)),
        }
    }
    (all_there, all_gone)
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("what came as JSON, or was made here, has only texts for keys")
}

fn json<T: DeserializeOwned>(table: &'static str, text: &str) -> Result<T, StepError> {
    // The words of a reader may quote what they read.
    let place = |error: serde_json::Error| format!("line {}, column {}", error.line(), error.column());
    serde_json::from_str(text).map_err(|error| StepError { table, reason: place(error) })
}

fn number(table: &'static str, number: i64) -> Result<u64, StepError> {
    u64::try_from(number).map_err(unreadable(table))
}

/// Numbers count up from 1; one for each operation of a file leaves room for ever.
fn to_i64(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unreadable<E: std::fmt::Display>(table: &'static str) -> impl FnOnce(E) -> StepError {
    move |error| StepError { table, reason: error.to_string() }
}
