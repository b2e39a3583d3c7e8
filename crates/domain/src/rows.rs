//! The rows that edits work on, and the register changes that edits come down to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Details, Exception, ExceptionKey, Matter, Pattern, Schedule, ScheduleId, SeriesId, Setting, Settings};

/// Schedules, exceptions and settings: everything a person keeps, or the part of it that an edit needs
/// (all schedules, and the exceptions of the series that the edit names).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    /// By id.
    pub schedules: BTreeMap<ScheduleId, Schedule>,
    /// By series and original date.
    pub exceptions: BTreeMap<ExceptionKey, Exception>,
    /// All settings.
    pub settings: Settings,
    /// Which of the matters that are named were dealt with.
    pub dealt: BTreeMap<Matter, bool>,
}

/// One register before and after an edit. Applying it sets the register to `after`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "register", rename_all = "snake_case")]
pub enum Change {
    /// All registers of a schedule at once: it is made (`before` is none) or removed for good (`after` is none).
    Schedule {
        /// Which one.
        id: ScheduleId,
        /// What it was.
        before: Option<Box<Schedule>>,
        /// What it becomes.
        after: Option<Box<Schedule>>,
    },
    /// When a schedule occurs.
    Pattern {
        /// Which one.
        id: ScheduleId,
        /// What it was.
        before: Pattern,
        /// What it becomes.
        after: Pattern,
    },
    /// What a schedule is.
    Details {
        /// Which one.
        id: ScheduleId,
        /// What it was.
        before: Box<Details>,
        /// What it becomes.
        after: Box<Details>,
    },
    /// Whether a schedule is active (true) or in the trash.
    Active {
        /// Which one.
        id: ScheduleId,
        /// What it was.
        before: bool,
        /// What it becomes.
        after: bool,
    },
    /// What is different on one date; none is "follows the pattern".
    Exception {
        /// Series and original date.
        key: ExceptionKey,
        /// What it was.
        before: Option<Box<Exception>>,
        /// What it becomes.
        after: Option<Box<Exception>>,
    },
    /// A setting.
    Setting {
        /// What it was.
        before: Setting,
        /// What it becomes.
        after: Setting,
    },
    /// Whether a person has dealt with something that sync told them.
    Dealt {
        /// What.
        matter: Matter,
        /// What it was.
        before: bool,
        /// What it becomes.
        after: bool,
    },
}

impl Change {
    /// The change that takes this one back.
    pub fn inverse(&self) -> Self {
        match self.clone() {
            Self::Schedule { id, before, after } => Self::Schedule { id, before: after, after: before },
            Self::Pattern { id, before, after } => Self::Pattern { id, before: after, after: before },
            Self::Details { id, before, after } => Self::Details { id, before: after, after: before },
            Self::Active { id, before, after } => Self::Active { id, before: after, after: before },
            Self::Exception { key, before, after } => Self::Exception { key, before: after, after: before },
            Self::Setting { before, after } => Self::Setting { before: after, after: before },
            Self::Dealt { matter, before, after } => Self::Dealt { matter, before: after, after: before },
        }
    }

    /// The series whose dates this may move: what becomes of it hangs on all of their exceptions.
    pub fn series(&self) -> Vec<SeriesId> {
        match self {
            Self::Schedule { before, after, .. } => {
                [before, after].into_iter().flatten().map(|row| row.pattern.series_id).collect()
            }
            Self::Pattern { before, after, .. } if Pattern { time: after.time, ..before.clone() } != *after => {
                vec![before.series_id, after.series_id]
            }
            _ => Vec::new(),
        }
    }

    /// Whether it changes nothing.
    pub(crate) fn is_idle(&self) -> bool {
        match self {
            Self::Schedule { before, after, .. } => before == after,
            Self::Pattern { before, after, .. } => before == after,
            Self::Details { before, after, .. } => before == after,
            Self::Active { before, after, .. } => before == after,
            Self::Exception { before, after, .. } => before == after,
            Self::Setting { before, after } => before == after,
            Self::Dealt { before, after, .. } => before == after,
        }
    }

    /// Whether the register still has the value that this change gave it.
    pub(crate) fn still_stands(&self, rows: &Rows) -> bool {
        match self {
            Self::Schedule { id, after, .. } => rows.schedules.get(id) == after.as_deref(),
            Self::Pattern { id, after, .. } => rows.schedules.get(id).is_some_and(|row| row.pattern == *after),
            Self::Details { id, after, .. } => rows.schedules.get(id).is_some_and(|row| row.details == **after),
            Self::Active { id, after, .. } => rows.schedules.get(id).is_some_and(|row| row.active == *after),
            Self::Exception { key, after, .. } => rows.exceptions.get(key) == after.as_deref(),
            Self::Setting { after, .. } => rows.settings.value_of(after) == *after,
            Self::Dealt { matter, after, .. } => rows.dealt.get(matter) == Some(after),
        }
    }
}

impl Rows {
    /// Sets the registers of `changes` to their new values.
    pub fn apply<'a>(&mut self, changes: impl IntoIterator<Item = &'a Change>) {
        for change in changes {
            self.apply_one(change);
        }
    }

    fn apply_one(&mut self, change: &Change) {
        match change {
            Change::Schedule { id, after: Some(row), .. } => drop(self.schedules.insert(*id, (**row).clone())),
            Change::Schedule { id, after: None, .. } => drop(self.schedules.remove(id)),
            Change::Pattern { id, after, .. } => self.with_schedule(*id, |row| row.pattern = after.clone()),
            Change::Details { id, after, .. } => self.with_schedule(*id, |row| row.details = (**after).clone()),
            Change::Active { id, after, .. } => self.with_schedule(*id, |row| row.active = *after),
            Change::Exception { key, after: Some(value), .. } => drop(self.exceptions.insert(*key, (**value).clone())),
            Change::Exception { key, after: None, .. } => drop(self.exceptions.remove(key)),
            Change::Setting { after, .. } => self.settings.set(after.clone()),
            Change::Dealt { matter, after, .. } => drop(self.dealt.insert(*matter, *after)),
        }
    }

    fn with_schedule(&mut self, id: ScheduleId, edit: impl FnOnce(&mut Schedule)) {
        if let Some(row) = self.schedules.get_mut(&id) {
            edit(row);
        }
    }

    /// The segments of a series, by the date from which they are valid.
    pub fn segments(&self, series: SeriesId) -> Vec<&Schedule> {
        let mut segments: Vec<_> = self.schedules.values().filter(|row| row.pattern.series_id == series).collect();
        segments.sort_by_key(|row| (row.pattern.validity.from, row.pattern.validity.until, row.id));
        segments
    }

    /// The exceptions of a series, by original date.
    pub fn exceptions_of(&self, series_id: SeriesId) -> impl Iterator<Item = (crate::Date, &Exception)> {
        self.exceptions.range(ExceptionKey::all_of(series_id)).map(|(key, value)| (key.date, value))
    }
}
