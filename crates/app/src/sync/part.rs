//! A step of sync on the part of a file that it needs, as storage does it.

use std::collections::BTreeSet;

use weekwise_domain::{ScheduleId, SeriesId};
use weekwise_protocol::sync::{RowKey, Write};
use weekwise_storage::{ArrivalRow, Changed, Needs, Outline, StepError, SyncStep};
use weekwise_sync::client::File;

use super::rows::{add_base, changed, file_of, name_of, series_of, shown};

/// What a step is about, beside the outbox and what is held.
#[derive(Debug, Default)]
pub(super) struct About {
    /// The whole file.
    pub(super) everything: bool,
    /// Rows.
    pub(super) keys: BTreeSet<RowKey>,
    /// Series with all their segments.
    pub(super) segments: BTreeSet<SeriesId>,
    /// Series with all their dates.
    pub(super) dates: BTreeSet<SeriesId>,
    /// Schedules whose series' dates are needed.
    pub(super) dates_of: BTreeSet<ScheduleId>,
}

/// What a step leaves to be stored.
pub(super) enum Store {
    /// What it changed.
    Changes,
    /// What it changed, and what came from elsewhere with it.
    Arrivals(Vec<ArrivalRow>),
    /// Nothing.
    Nothing,
    /// What it changed, and the whole view.
    View,
}

/// A step.
pub(super) struct Part<'a, T> {
    about: About,
    #[expect(clippy::type_complexity, reason = "it is spelt out here and nowhere else")]
    act: Option<Box<dyn FnOnce(&mut File) -> (T, Store) + Send + 'a>>,
    file: Option<(File, bool)>,
    outcome: Option<T>,
}

impl<'a, T> Part<'a, T> {
    /// The step that does `act`.
    pub(super) fn new(about: About, act: impl FnOnce(&mut File) -> (T, Store) + Send + 'a) -> Self {
        Self { about, act: Some(Box::new(act)), file: None, outcome: None }
    }

    /// What it came to, once it was done.
    pub(super) fn outcome(&mut self) -> Option<T> {
        self.outcome.take()
    }
}

impl<T: Send> SyncStep for Part<'_, T> {
    fn begin(&mut self, outline: Outline) -> Result<Needs, StepError> {
        let is_stale = outline.state.is_stale;
        let file = file_of(outline)?;
        let needs = needs_of(&file, &self.about);
        self.file = Some((file, is_stale));
        Ok(needs)
    }

    fn end(&mut self, base: Vec<String>) -> Result<Option<Changed>, StepError> {
        let (Some((mut file, is_stale)), Some(act)) = (self.file.take(), self.act.take()) else { return Ok(None) };
        add_base(&mut file, &base)?;
        let (outcome, store) = act(&mut file);
        self.outcome = Some(outcome);
        Ok(match store {
            Store::Nothing => None,
            Store::Changes => Some(changed(&mut file, is_stale)),
            Store::Arrivals(arrivals) => Some(Changed { arrivals, ..changed(&mut file, is_stale) }),
            Store::View => {
                let view = shown(file.view().iter().map(|row| (row.key.clone(), Some(row.clone()))));
                Some(Changed { view, is_whole_view: true, ..changed(&mut file, false) })
            }
        })
    }
}

/// The server's rows that a step needs: those that it is about, and those that the outbox or held rows write to, with all
/// segments of their series, and all its exceptions where they remove a schedule for good.
pub(super) fn needs_of(file: &File, about: &About) -> Needs {
    if about.everything {
        return Needs { everything: true, ..Needs::default() };
    }
    let mut keys = about.keys.clone();
    let (mut segments, mut dates) = (about.segments.clone(), about.dates.clone());
    let mut dates_of = about.dates_of.clone();
    let mut write_to = |key: &RowKey, series: Option<SeriesId>| {
        if let RowKey::Tombstone(id) = key {
            dates.extend(series);
            dates_of.insert(*id);
        }
        segments.extend(series);
        keys.insert(key.clone());
    };
    for write in file.outbox.values().flat_map(|pending| &pending.operation.writes) {
        write_to(&write.register.row, series_named(write));
    }
    for held in file.held.values() {
        write_to(&held.row.key, series_of(&held.row.key, &held.row));
    }
    let tombstones = keys.iter().filter_map(|key| match key {
        RowKey::Schedule(id) => Some(RowKey::Tombstone(*id)),
        _ => None,
    });
    let tombstones: Vec<_> = tombstones.collect();
    keys.extend(tombstones);
    Needs {
        everything: false,
        rows: keys.iter().map(name_of).collect(),
        segments: segments.into_iter().collect(),
        dates: dates.into_iter().collect(),
        dates_of: dates_of.into_iter().collect(),
    }
}

fn series_named(write: &Write) -> Option<SeriesId> {
    match &write.register.row {
        RowKey::Exception(key) => Some(key.series_id),
        _ => serde_json::from_value(write.value.get("series_id")?.clone()).ok(),
    }
}
