//! A set of rows: what the server has loaded of a user, what a device has pulled, or what it shows.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use weekwise_domain::{Date, Exception, ExceptionKey, Schedule, ScheduleId, SeriesId, Settings};
use weekwise_protocol::sync::{
    DetailsFields, PatternFields, Register, RegisterKey, Row, RowKey, Slot, Stamp, Value, synced_setting,
};

/// Rows by their keys. A row is shared between all sets that have it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    by_key: BTreeMap<RowKey, Arc<Row>>,
    /// The schedules and tombstones of each series, as the rows say.
    of_series: BTreeMap<SeriesId, BTreeSet<RowKey>>,
}

impl<R: Into<Arc<Row>>> FromIterator<R> for Rows {
    fn from_iter<I: IntoIterator<Item = R>>(rows: I) -> Self {
        let mut all = Self::default();
        rows.into_iter().for_each(|row| drop(all.insert(row)));
        all
    }
}

impl Rows {
    /// All of them, by key.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Row>> {
        self.by_key.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// A row.
    pub fn get(&self, key: &RowKey) -> Option<&Row> {
        self.by_key.get(key).map(|row| &**row)
    }

    /// A row, shared.
    pub(crate) fn share(&self, key: &RowKey) -> Option<Arc<Row>> {
        self.by_key.get(key).cloned()
    }

    /// Whether there is such a row.
    pub fn contains(&self, key: &RowKey) -> bool {
        self.by_key.contains_key(key)
    }

    /// Puts a row in the place of the one with its key, which is returned.
    pub fn insert(&mut self, row: impl Into<Arc<Row>>) -> Option<Arc<Row>> {
        let row = row.into();
        let old = self.remove(&row.key);
        if let Some(series) = series_of(&row) {
            self.of_series.entry(series).or_default().insert(row.key.clone());
        }
        self.by_key.insert(row.key.clone(), row);
        old
    }

    /// Takes a row out.
    pub fn remove(&mut self, key: &RowKey) -> Option<Arc<Row>> {
        let old = self.by_key.remove(key)?;
        if let Some(series) = series_of(&old)
            && let Some(keys) = self.of_series.get_mut(&series)
        {
            keys.remove(key);
            if keys.is_empty() {
                self.of_series.remove(&series);
            }
        }
        Some(old)
    }

    /// A register.
    pub fn register(&self, key: &RegisterKey) -> Option<&Register> {
        self.by_key.get(&key.row)?.registers.get(&key.slot)
    }

    /// Changes what a register holds, if it is there.
    pub(crate) fn change(&mut self, key: &RegisterKey, change: impl FnOnce(&mut Value)) {
        let Some(mut row) = self.remove(&key.row) else { return };
        if let Some(register) = Arc::make_mut(&mut row).registers.get_mut(&key.slot) {
            change(&mut register.value);
        }
        self.insert(row);
    }

    /// Sets a register, and makes its row if there is none. The row takes on the register's revision, if that is higher.
    pub fn set(&mut self, key: RegisterKey, value: Value, stamp: Stamp) {
        let rev = stamp.rev;
        let row = self.remove(&key.row).map(Arc::unwrap_or_clone);
        let mut row = row.unwrap_or_else(|| Row { key: key.row, rev, registers: BTreeMap::new() });
        row.rev = row.rev.max(rev);
        row.registers.insert(key.slot, Register { value, stamp });
        self.insert(row);
    }

    /// The pattern of a schedule.
    pub fn pattern(&self, id: ScheduleId) -> Option<&PatternFields> {
        match self.by_key.get(&id.into())?.value(&Slot::Pattern)? {
            Value::Pattern(fields) => Some(fields),
            _ => None,
        }
    }

    /// Whether a schedule is out of the trash.
    pub fn is_active(&self, id: ScheduleId) -> Option<bool> {
        match self.by_key.get(&id.into())?.value(&Slot::Active)? {
            Value::Active(active) => Some(*active),
            _ => None,
        }
    }

    /// A schedule as the week model knows it; none if a part of it is of a later version.
    pub fn schedule(&self, id: ScheduleId) -> Option<Schedule> {
        let row = self.by_key.get(&id.into())?;
        let (Value::Pattern(pattern), Value::Details(details), Value::Active(active)) =
            (row.value(&Slot::Pattern)?, row.value(&Slot::Details)?, row.value(&Slot::Active)?)
        else {
            return None;
        };
        let PatternFields { pattern, .. } = &**pattern;
        let DetailsFields { details, .. } = &**details;
        Some(Schedule { id, pattern: pattern.clone(), details: details.clone(), active: *active })
    }

    /// The ids of all schedules.
    pub fn schedule_ids(&self) -> impl Iterator<Item = ScheduleId> {
        let first = RowKey::Schedule(ScheduleId(uuid::Uuid::nil()));
        let last = RowKey::Schedule(ScheduleId(uuid::Uuid::max()));
        self.by_key.range(first..=last).filter_map(|(key, _)| match key {
            RowKey::Schedule(id) => Some(*id),
            _ => None,
        })
    }

    /// The ids of a series' segments.
    pub fn segment_ids(&self, series: SeriesId) -> impl Iterator<Item = ScheduleId> {
        self.of_series.get(&series).into_iter().flatten().filter_map(|key| match key {
            RowKey::Schedule(id) => Some(*id),
            _ => None,
        })
    }

    /// The dates of a series that have a register of their own, with what it holds.
    pub fn exceptions_of(&self, series_id: SeriesId) -> impl Iterator<Item = (ExceptionKey, &Register)> {
        let key = |date| RowKey::Exception(ExceptionKey { series_id, date });
        self.by_key.range(key(Date::MIN)..=key(Date::MAX)).filter_map(|(key, row)| match key {
            RowKey::Exception(key) => Some((*key, row.registers.get(&Slot::Exception)?)),
            _ => None,
        })
    }

    /// Whether all schedules of a series that there were have been removed for good, and which operation said so last.
    pub(crate) fn purge_of(&self, series: SeriesId) -> Option<&Stamp> {
        if self.segment_ids(series).next().is_some() {
            return None;
        }
        let stamps = self.of_series.get(&series).into_iter().flatten().filter_map(|key| {
            let gone = self.by_key.get(key)?.registers.get(&Slot::Gone)?;
            Some(&gone.stamp)
        });
        stamps.max_by_key(|stamp| stamp.rev)
    }

    /// The rows that this version understands, as the week model knows them.
    pub fn to_domain(&self) -> weekwise_domain::Rows {
        let mut rows = weekwise_domain::Rows {
            schedules: self.schedule_ids().filter_map(|id| Some((id, self.schedule(id)?))).collect(),
            exceptions: BTreeMap::new(),
            settings: Settings::default(),
            dealt: BTreeMap::new(),
        };
        for (key, row) in &self.by_key {
            match (key, row.value(&Slot::Exception), row.value(&Slot::Setting)) {
                (RowKey::Exception(key), Some(Value::Exception(fields)), _) => {
                    let value: Option<Exception> = fields.exception.clone();
                    rows.exceptions.extend(value.map(|value| (*key, value)));
                }
                (RowKey::Setting(name), _, Some(Value::Setting(value))) => {
                    if let Some(setting) = synced_setting(name, value) {
                        rows.settings.set(setting);
                    }
                }
                _ => {}
            }
        }
        rows
    }
}

/// The series that a schedule is in, or a tombstone stands for a schedule of.
fn series_of(row: &Row) -> Option<SeriesId> {
    match (row.value(&Slot::Pattern), row.value(&Slot::Gone)) {
        (Some(Value::Pattern(fields)), _) => Some(fields.pattern.series_id),
        (_, Some(Value::Gone { series_id })) => Some(*series_id),
        _ => None,
    }
}
