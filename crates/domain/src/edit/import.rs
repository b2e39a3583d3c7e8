//! Reading rows in: adding and updating, never removing.

use std::{collections::BTreeMap, mem::discriminant};

use serde::{Deserialize, Serialize};

use super::{Count, Plan, Preview, Subject, Summary, series};
use crate::{Change, Exception, ExceptionKey, Rows, Schedule, Setting};

/// How many rows (schedules, exceptions and settings) an import touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImportTally {
    /// New rows.
    pub added: u32,
    /// Rows that were there with other values.
    pub changed: u32,
    /// Rows that were there as they are in the file.
    pub unchanged: u32,
}

impl ImportTally {
    fn record(&mut self, was_there: bool, differs: bool) {
        match (was_there, differs) {
            (false, _) => self.added += 1,
            (true, true) => self.changed += 1,
            (true, false) => self.unchanged += 1,
        }
    }
}

pub(super) fn import(
    rows: &Rows,
    schedules: &[Schedule],
    exceptions: &[(ExceptionKey, Exception)],
    settings: &[Setting],
) -> Plan {
    // Where a file names a row twice, the last one counts, so that each register changes once.
    let schedules: BTreeMap<_, _> = schedules.iter().map(|row| (row.id, row)).collect();
    let exceptions: BTreeMap<_, _> = exceptions.iter().map(|(key, exception)| (*key, exception)).collect();
    let settings = settings
        .iter()
        .enumerate()
        .filter(|&(i, setting)| !settings[i + 1..].iter().any(|later| discriminant(later) == discriminant(setting)));

    let mut tally = ImportTally::default();
    let mut changes = Vec::new();
    for (&id, &row) in &schedules {
        let known = rows.schedules.get(&id);
        tally.record(known.is_some(), known != Some(row));
        match known {
            Some(known) => changes.extend(series::differences(known, row)),
            None => changes.push(Change::Schedule { id, before: None, after: Some(Box::new(row.clone())) }),
        }
    }
    for (key, exception) in exceptions {
        let known = rows.exceptions.get(&key);
        tally.record(known.is_some(), known != Some(exception));
        let (before, after) = (known.cloned().map(Box::new), Some(Box::new(exception.clone())));
        changes.push(Change::Exception { key, before, after });
    }
    for (_, setting) in settings {
        let known = rows.settings.value_of(setting);
        tally.record(true, known != *setting);
        changes.push(Change::Setting { before: known, after: setting.clone() });
    }
    Plan {
        changes,
        preview: Preview { dates_after: Count::of(schedules.into_values()), ..Preview::default() },
        summary: Summary { subject: Subject::Imported(tally), title: None, date: None },
    }
}
