//! What was removed for good comes back under new ids: in an account an id that was given up stays so, on every device.

use std::collections::BTreeMap;

use weekwise_domain::{Change, ExceptionKey, Schedule, ScheduleId, SeriesId};
use weekwise_protocol::sync::RowKey;
use weekwise_sync::client::File;

/// The same changes, with new ids for the schedules that were removed for good. A series of which nothing else is left
/// gets a new id too, and its exceptions go along.
pub(super) fn under_new_ids(changes: &[Change], file: &File, mut id: impl FnMut() -> ScheduleId) -> Vec<Change> {
    let writes = file.outbox.values().flat_map(|pending| &pending.operation.writes);
    let mut gone: Vec<&RowKey> = writes.map(|write| &write.register.row).collect();
    gone.extend(file.base.iter().map(|row| &row.key));
    let is_gone = |id: ScheduleId| gone.contains(&&RowKey::Tombstone(id));
    let view = file.view();

    let (mut ids, mut series) = (BTreeMap::new(), BTreeMap::new());
    for change in changes {
        let Change::Schedule { id: old, after: Some(row), .. } = change else { continue };
        if !is_gone(*old) {
            continue;
        }
        let new = id();
        ids.insert(*old, new);
        if view.segment_ids(row.pattern.series_id).next().is_none() {
            series.entry(row.pattern.series_id).or_insert(SeriesId::from(new));
        }
    }
    let renamed = |row: &Schedule| {
        let mut row = row.clone();
        row.id = ids.get(&row.id).copied().unwrap_or(row.id);
        row.pattern.series_id = series.get(&row.pattern.series_id).copied().unwrap_or(row.pattern.series_id);
        row
    };
    let changes = changes.iter().map(|change| match change {
        Change::Schedule { id, before, after: Some(row) } => {
            let row = renamed(row);
            let before = before.clone().filter(|_| row.id == *id);
            Change::Schedule { id: row.id, before, after: Some(Box::new(row)) }
        }
        Change::Exception { key, before, after } if series.contains_key(&key.series_id) => {
            let key = ExceptionKey { series_id: series[&key.series_id], date: key.date };
            Change::Exception { key, before: before.clone(), after: after.clone() }
        }
        other => other.clone(),
    });
    changes.collect()
}
