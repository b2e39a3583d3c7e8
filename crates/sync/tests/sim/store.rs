//! An account's file, as SQLite keeps it: a step loads the part that it needs and stores what it changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use weekwise_domain::SeriesId;
use weekwise_protocol::sync::{DeviceId, OpId, Page, RowKey, Value};
use weekwise_sync::{
    Rows,
    client::{File, PageError, Rejected},
    engine::Facts,
};

#[derive(Debug, Clone)]
pub struct Store {
    pub file: File,
    pub view: Rows,
    pub rejected: Vec<Rejected>,
    /// Operations that were made in this file. Not for the program: for the checks.
    pub made: Vec<OpId>,
    /// Operations that the server had when a complete page was read. For the checks.
    pub known: BTreeSet<OpId>,
}

impl Store {
    pub fn new(device: DeviceId) -> Self {
        Self {
            file: File::new(device),
            view: Rows::default(),
            rejected: Vec::new(),
            made: Vec::new(),
            known: BTreeSet::new(),
        }
    }

    pub fn facts(&self) -> Facts {
        let waits = self.file.outbox.values().filter(|it| it.through.is_some()).count()
            + self.file.held.values().filter(|it| it.through.is_some()).count();
        Facts {
            unsent: self.file.unsent().count(),
            waiting: waits,
            held: self.file.unkept().count(),
            complete: self.file.is_complete(),
            rev: self.file.cursor.0,
        }
    }

    /// Loads the part that `keys` and `series` ask for, lets `step` change it, and stores that.
    pub fn with_part<T>(
        &mut self,
        keys: BTreeSet<RowKey>,
        series: BTreeSet<SeriesId>,
        step: impl FnOnce(&mut File) -> T,
    ) -> T {
        let mut part = self.part(keys, series);
        let result = step(&mut part);
        self.store(part);
        result
    }

    pub fn with_whole<T>(&mut self, step: impl FnOnce(&mut File) -> T) -> T {
        let mut whole = self.file.clone();
        let result = step(&mut whole);
        self.store(whole);
        result
    }

    pub fn pulled(&mut self, page: &Page) -> Result<(), PageError> {
        let keys = page.rows.iter().flat_map(|row| match row.key {
            RowKey::Tombstone(id) => vec![row.key.clone(), id.into()],
            _ => vec![row.key.clone()],
        });
        let keys: BTreeSet<RowKey> = keys.collect();
        let were = keys.iter().filter_map(|key| self.file.base.get(key)).filter_map(series_in);
        let are = page.rows.iter().filter_map(series_in);
        let series = were.chain(are).filter_map(|it| serde_json::from_value::<SeriesId>(it).ok()).collect();
        self.with_part(keys, series, |file| file.pulled(page))
    }

    fn part(&self, mut keys: BTreeSet<RowKey>, series: BTreeSet<SeriesId>) -> File {
        let (mut all_segments, mut all_dates) = (series.clone(), series);
        let pending = self.file.outbox.values().flat_map(|it| &it.operation.writes);
        let pending = pending.map(|write| (write.register.row.clone(), write.value.get("series_id").cloned()));
        let held = self.file.held.values().map(|held| (held.row.key.clone(), series_in(&held.row)));
        for (key, named) in pending.chain(held) {
            let named = named.and_then(|it| serde_json::from_value::<SeriesId>(it).ok());
            let (schedule, is_purge) = match key {
                RowKey::Schedule(id) => (Some(id), false),
                RowKey::Tombstone(id) => (Some(id), true),
                _ => (None, false),
            };
            let base = schedule.and_then(|id| self.file.base.pattern(id)).map(|it| it.pattern.series_id);
            for series in [named, base].into_iter().flatten() {
                all_segments.insert(series);
                all_dates.extend(is_purge.then_some(series));
            }
            keys.extend(schedule.map(RowKey::from));
            keys.insert(key);
        }
        // Whether one was removed for good belongs to it.
        let tombstones = keys.iter().filter_map(|key| match key {
            RowKey::Schedule(id) => Some(RowKey::Tombstone(*id)),
            _ => None,
        });
        keys.extend(tombstones.collect::<Vec<_>>());
        let is_needed = |key: &RowKey| match key {
            RowKey::Schedule(id) => {
                self.file.base.pattern(*id).is_some_and(|it| all_segments.contains(&it.pattern.series_id))
            }
            RowKey::Exception(key) => all_dates.contains(&key.series_id),
            _ => false,
        };
        let base = self.file.base.iter().filter(|row| keys.contains(&row.key) || is_needed(&row.key)).cloned();
        let base = base.collect();
        let mut part = File::new(self.file.device.clone());
        (part.epoch, part.cursor, part.sum, part.next) =
            (self.file.epoch, self.file.cursor, self.file.sum, self.file.next);
        (part.known, part.base, part.trail) = (self.file.known.clone(), base, self.file.trail.clone());
        (part.held, part.outbox) = (self.file.held.clone(), self.file.outbox.clone());
        part
    }

    fn store(&mut self, mut part: File) {
        let changes = part.take_changes();
        for (key, row) in changes.base {
            put(&mut self.file.base, key, row);
        }
        for (key, row) in changes.view {
            put(&mut self.view, key, row);
        }
        put_all(&mut self.file.outbox, changes.outbox);
        put_all(&mut self.file.held, changes.held);
        self.rejected.extend(changes.rejected);
        let file = &mut self.file;
        (file.epoch, file.cursor, file.sum, file.next, file.known) =
            (part.epoch, part.cursor, part.sum, part.next, part.known);
        file.trail = part.trail;
    }
}

fn series_in(row: &weekwise_protocol::sync::Row) -> Option<serde_json::Value> {
    row.registers.values().find_map(|register| match &register.value {
        Value::Pattern(fields) => Some(serde_json::json!(fields.pattern.series_id)),
        Value::Gone { series_id } => Some(serde_json::json!(series_id)),
        _ => None,
    })
}

fn put(rows: &mut Rows, key: RowKey, row: Option<Arc<weekwise_protocol::sync::Row>>) {
    match row {
        Some(row) => drop(rows.insert(row)),
        None => drop(rows.remove(&key)),
    }
}

fn put_all<K: Ord, V>(all: &mut BTreeMap<K, V>, changes: BTreeMap<K, Option<V>>) {
    for (key, value) in changes {
        match value {
            Some(value) => drop(all.insert(key, value)),
            None => drop(all.remove(&key)),
        }
    }
}
