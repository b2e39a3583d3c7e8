//! A set of rows: what the server has loaded of a user, what a device has pulled, or what it shows.

use std::collections::BTreeMap;

use weekwise_domain::{Date, Exception, ExceptionKey, Schedule, ScheduleId, SeriesId, Settings};
use weekwise_protocol::sync::{
    DetailsFields, PatternFields, Register, RegisterKey, Row, RowKey, Slot, Stamp, Value, synced_setting,
};

/// Rows by their keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows(BTreeMap<RowKey, Row>);

impl FromIterator<Row> for Rows {
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Self {
        Self(rows.into_iter().map(|row| (row.key.clone(), row)).collect())
    }
}

impl Rows {
    /// All of them, by key.
    pub fn iter(&self) -> impl Iterator<Item = &Row> {
        self.0.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A row.
    pub fn get(&self, key: &RowKey) -> Option<&Row> {
        self.0.get(key)
    }

    /// Whether there is such a row.
    pub fn contains(&self, key: &RowKey) -> bool {
        self.0.contains_key(key)
    }

    /// Puts a row in the place of the one with its key, which is returned.
    pub fn insert(&mut self, row: Row) -> Option<Row> {
        self.0.insert(row.key.clone(), row)
    }

    /// Takes a row out.
    pub fn remove(&mut self, key: &RowKey) -> Option<Row> {
        self.0.remove(key)
    }

    /// A register.
    pub fn register(&self, key: &RegisterKey) -> Option<&Register> {
        self.0.get(&key.row)?.registers.get(&key.slot)
    }

    /// A register, to be changed.
    pub(crate) fn register_mut(&mut self, key: &RegisterKey) -> Option<&mut Register> {
        self.0.get_mut(&key.row)?.registers.get_mut(&key.slot)
    }

    /// Sets a register, and makes its row if there is none. The row takes on the register's revision, if that is higher.
    pub fn set(&mut self, key: RegisterKey, value: Value, stamp: Stamp) {
        let rev = stamp.rev;
        let row =
            self.0.entry(key.row).or_insert_with_key(|key| Row { key: key.clone(), rev, registers: BTreeMap::new() });
        row.rev = row.rev.max(rev);
        row.registers.insert(key.slot, Register { value, stamp });
    }

    /// The pattern of a schedule.
    pub fn pattern(&self, id: ScheduleId) -> Option<&PatternFields> {
        match self.0.get(&id.into())?.value(&Slot::Pattern)? {
            Value::Pattern(fields) => Some(fields),
            _ => None,
        }
    }

    /// Whether a schedule is out of the trash.
    pub fn is_active(&self, id: ScheduleId) -> Option<bool> {
        match self.0.get(&id.into())?.value(&Slot::Active)? {
            Value::Active(active) => Some(*active),
            _ => None,
        }
    }

    /// A schedule as the week model knows it; none if a part of it is of a later version.
    pub fn schedule(&self, id: ScheduleId) -> Option<Schedule> {
        let row = self.0.get(&id.into())?;
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
        self.0.range(first..=last).filter_map(|(key, _)| match key {
            RowKey::Schedule(id) => Some(*id),
            _ => None,
        })
    }

    /// The ids of a series' segments.
    pub fn segment_ids(&self, series: SeriesId) -> impl Iterator<Item = ScheduleId> {
        self.schedule_ids().filter(move |id| self.pattern(*id).is_some_and(|it| it.pattern.series_id == series))
    }

    /// The dates of a series that have a register of their own, with what it holds.
    pub fn exceptions_of(&self, series_id: SeriesId) -> impl Iterator<Item = (ExceptionKey, &Register)> {
        let key = |date| RowKey::Exception(ExceptionKey { series_id, date });
        self.0.range(key(Date::MIN)..=key(Date::MAX)).filter_map(|(key, row)| match key {
            RowKey::Exception(key) => Some((*key, row.registers.get(&Slot::Exception)?)),
            _ => None,
        })
    }

    /// Whether all schedules of a series that there were have been removed for good, and which operation said so last.
    pub(crate) fn purge_of(&self, series: SeriesId) -> Option<&Stamp> {
        if self.segment_ids(series).next().is_some() {
            return None;
        }
        let first = RowKey::Tombstone(ScheduleId(uuid::Uuid::nil()));
        let last = RowKey::Tombstone(ScheduleId(uuid::Uuid::max()));
        let stamps = self.0.range(first..=last).filter_map(|(_, row)| match row.registers.get(&Slot::Gone)? {
            Register { value: Value::Gone { series_id }, stamp } if *series_id == series => Some(stamp),
            _ => None,
        });
        stamps.max_by_key(|stamp| stamp.rev)
    }

    /// The rows that this version understands, as the week model knows them.
    pub fn to_domain(&self) -> weekwise_domain::Rows {
        let mut rows = weekwise_domain::Rows {
            schedules: self.schedule_ids().filter_map(|id| Some((id, self.schedule(id)?))).collect(),
            exceptions: BTreeMap::new(),
            settings: Settings::default(),
        };
        for (key, row) in &self.0 {
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
